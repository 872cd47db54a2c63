"""The use cases, one module each. No printing, no arguments, no knowledge of who asked; an adapter is handed in.

Callers import the module that they need and nothing is imported here: a button, a command and each worker start with
their own use case alone.
"""
