"""What a spreadsheet would run of a text: said in one place for all that is written for one."""

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet runs as a formula; the last four are the wide signs of Asian keyboards."""


def inert(text: str) -> str:
    """The text as a cell in which nothing is run, not behind spaces either.

    Such a cell begins with an apostrophe, which spreadsheets take for "this is text".
    """
    return f"'{text}" if text.startswith(RUNS) or text.lstrip().startswith(RUNS) else text
