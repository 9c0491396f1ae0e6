"""Use cases: load, decide, append; and the questions that are asked of the log."""
