"""Office Open XML workbooks as files: the zip package, its XML, its parts, and the cells of its sheets.

Nothing here knows what a scorecard is; nothing above takes a package apart by itself.
"""
