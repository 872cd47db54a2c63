"""The command line: it translates arguments into use cases, and their results and errors into text."""
