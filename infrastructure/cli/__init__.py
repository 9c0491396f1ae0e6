"""The command line: arguments in, use cases called, answers printed."""
