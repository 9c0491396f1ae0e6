"""Rows written to a file or to standard output, for a spreadsheet or for a program."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TextIO

from application.queries.audit_entry import TrailEntry
from application.queries.trail_file import trail_lines, trail_sheet
from infrastructure.cli.errors import fail


def exported(
    target: str,
    entries: Iterable[TrailEntry],
    write: Callable[[Iterable[TrailEntry], TextIO], int],
    *,
    force: bool,
) -> int:
    """Write to a file, or for ``-`` to standard output; answers how many. Whoever opens the file finds a whole one."""
    if target == "-":
        return write(entries, sys.stdout)
    file = Path(target)
    if file.exists() and not force:
        fail(f"{file} exists; name another file, or write over it with --force")
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as written:
            count = write(entries, written)
        unfinished.replace(file)
    except OSError as error:
        fail(f"{file} can not be written: {error.strerror or error}")
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def written_lines(entries: Iterable[TrailEntry], file: TextIO) -> int:
    """See ``trail_lines``; how many."""
    return _written(trail_lines(entries), file)


def written_csv(entries: Iterable[TrailEntry], file: TextIO) -> int:
    """See ``trail_sheet``; how many, without the head."""
    return _written(trail_sheet(entries), file) - 1


def _written(lines: Iterator[str], file: TextIO) -> int:
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007
        file.write(line)
    return count
