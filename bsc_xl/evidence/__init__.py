"""Actuals from raw evidence, one module per source (domain.md, section 9)."""
