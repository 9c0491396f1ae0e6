"""The questions: answered from the log alone, the same question with the same answer for ever."""
