"""What an operator sees of the running program: its log lines and its metrics."""
