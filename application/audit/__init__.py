"""The audit trail: who did what, when, on whose word and why, and whether it can be decided again."""
