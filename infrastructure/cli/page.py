"""A page for people: headings, named values and indented lines, wrapped to the width of the terminal."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.calendar import instant_text

_NAMES, _OUTCOMES = 20, 9
"""Columns that the names of values, and the outcomes of rules, take."""
_PASTED, _GOES_ON = 80, " \\"


def same_again(known_at: datetime, position: int) -> str:
    """The options under which a question gives the same answer for ever."""
    return f"--known-at {instant_text(known_at)} --position {position}"


class Page:
    """Prints to standard output; colours and wrapping only on a terminal, and no colours under ``NO_COLOR``."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._wraps = self._console.is_terminal

    def heading(self, text: str) -> None:
        """A heading, with an empty line above."""
        self._print(Text(f"\n{text}", style="bold"), 0)

    def line(self, text: str, indent: int = 0, style: str = "") -> None:
        """A line, or several where it is wider than the terminal."""
        self._print(Text(text, style=style), indent)

    def value(self, name: str, text: str, style: str = "") -> None:
        """A named value."""
        self._row(Text(name, style="dim"), Text(text, style=style), width=_NAMES, indent=2)

    def judged(self, outcome: str, text: str, *, style: str, indent: int, width: int = _OUTCOMES) -> None:
        """A line of an explanation: the outcome in so many columns, then what was judged."""
        self._row(Text(outcome, style=style), Text(text), width=width, indent=indent)

    def values(self, rows: Iterable[tuple[str, str]]) -> None:
        """Several named values; those without a text are left out."""
        for name, text in rows:
            if text:
                self.value(name, text)

    def verbatim(self, text: str) -> None:
        """Text as it is, never wrapped."""
        self._console.print(Text(text), soft_wrap=True, end="")

    def again(self, known_at: datetime, position: int) -> None:
        """With what the same question gives the same answer for ever; the instant is exact."""
        self.line(f"The same again with {same_again(known_at, position)}", style="dim")

    def command(self, first: str, *more: str) -> None:
        """A command to be pasted, in several lines where 80 columns do not hold it; each part stays whole."""
        lines = [f"  {first}"]
        for part in more:
            if len(lines[-1]) + len(part) + len(" " + _GOES_ON) > _PASTED:
                lines.append(f"    {part}")
            else:
                lines[-1] += f" {part}"
        self.verbatim(f"{_GOES_ON}\n".join(lines) + "\n")

    def _row(self, name: Text, text: Text, *, width: int, indent: int) -> None:
        """A name and a text, whose further lines stand below its first."""
        if not self._wraps:
            self._print(Text(f"{name.plain:{width}}{text.plain}"), indent)
            return
        row = Table.grid(padding=0)
        row.add_column(width=width)
        row.add_column(overflow="fold")
        row.add_row(name, text)
        self._console.print(Padding(row, (0, 0, 0, indent), expand=False))

    def _print(self, text: Text, indent: int) -> None:
        if self._wraps:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False))
        else:
            self._console.print(Text(" " * indent) + text, soft_wrap=True)
