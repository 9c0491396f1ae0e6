"""The rows of a CSV file in UTF-8, with commas or semicolons, read in a stream."""

import csv
from collections.abc import Iterator
from pathlib import Path

from application.provider_import import RegisterFileError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class CsvTable:
    """A CSV file; each reading opens it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, with the line on which each begins; raises ``RegisterFileError``."""
        lines = _text_lines(self._path)
        header = next(lines, "")
        if not header:
            return
        delimiter = _delimiter(self._path, header)
        yield 1, next(csv.reader([header], delimiter=delimiter))
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        before = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise RegisterFileError(f"{self._path}: {_unreadable(error, before + 1)}") from None
            line, before = before + 1, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield line, cells


def _text_lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, with or without byte order mark."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                content = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                if number == 1 and content.startswith(_UTF_16):
                    raise RegisterFileError(f"{path}: is UTF-16, not UTF-8; save it as 'CSV UTF-8'")
                if b"\0" in content:
                    raise RegisterFileError(
                        f"{path}: line {number} has a NUL byte; is this a text file? Save it as 'CSV UTF-8'"
                    )
                yield content.decode()
    except UnicodeDecodeError as error:
        raise RegisterFileError(
            f"{path}: line {number} is not UTF-8 (byte 0x{error.object[error.start]:02x} at place {error.start + 1}); "
            "save the file as 'CSV UTF-8'"
        ) from None
    except OSError as error:
        raise RegisterFileError(f"{path}: can not be read: {error.strerror or error}") from None


def _delimiter(path: Path, header: str) -> str:
    if "\t" in header and "," not in header and ";" not in header:
        raise RegisterFileError(f"{path}: line 1 is separated by tabs; save the file with commas or semicolons")
    return ";" if header.count(";") > header.count(",") else ","


def _unreadable(error: csv.Error, line: int) -> str:
    if "end of data" in str(error) or "field limit" in str(error):
        return f"the row that begins on line {line} has a quote that is never closed"
    return f"the row that begins on line {line} is not CSV: {error}; double a quote inside quotes"
