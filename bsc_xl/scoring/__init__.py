"""The rules of scoring, arrays in and arrays out: no files, no tables, no names of columns.

Each module owns one step and takes any number of units and KPIs at once:
`consolidation` (periods to one target and one actual), `achievement` (to a ratio and an index), `rollup` (indices to
scores) and `rating` (scores to a colour and a word). `arrays` holds the types and codes that they share.
"""
