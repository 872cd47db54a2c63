"""The workbook: where everything stands, the formulas, the drawing, and the values that go into it."""
