"""What leaves the system: letters and webhooks, written once with a cursor of their own, sent at least once."""
