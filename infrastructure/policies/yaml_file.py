"""YAML as policies use it: mappings, lists and text, each value with its line.

Scalars stay text and are typed by the model: ``04`` never becomes a number and ``no`` never a falsehood. A value left
empty is nothing. Anchors, aliases, tags and several documents in one file are refused: they hide what a rule says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 1_000_000
DEEPEST = 40
NOTHING = frozenset({"", "~", "null"})

Path = tuple[str | int, ...]


@dataclass
class YamlFile:
    """What a file holds: its data, the line of every value by its path, and what is wrong with it as YAML."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of the value at ``path``, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Unreadable(Exception):
    """The rest of the file can not be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_yaml(content: bytes) -> YamlFile:
    """Read one file; mistakes that stop the reading leave ``data`` as far as nothing."""
    file = YamlFile()
    try:
        events = _events(_text(content))
        _Builder(file, events).build()
    except _Unreadable as unreadable:
        file.data = None
        file.mistakes.append((unreadable.line, unreadable.message))
    return file


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Unreadable(1, f"found {len(content):,} bytes, expected at most {MOST_BYTES:,}: is this a policy?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"found the byte 0x{content[error.start]:02x}, which is not UTF-8; save the file as UTF-8"
        raise _Unreadable(line, message) from None


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.BaseLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _Unreadable(line, f"found the character U+{ord(text[error.position]):04X}, expected text") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        problem = error.problem or ""
        hint = "; indent with spaces, not with tabs" if "\\t" in problem else ""
        if "mapping values" in problem:
            hint = "; put text that has a colon and a space in it between quotes, and check the indentation"
        raise _Unreadable(line, f"not YAML: {error.problem or error.context}{hint}") from None


class _Builder:
    """Turns events into data, remembers lines, and notes what policies do not use of YAML."""

    def __init__(self, file: YamlFile, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events

    def build(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unreadable(_line(event), "a second document begins here, expected one in a file")
            elif isinstance(event, yaml.NodeEvent):
                self._file.data = self._value(event, ())
        if documents == 0:
            raise _Unreadable(1, "the file is empty")
        if not isinstance(self._file.data, dict):
            raise _Unreadable(1, f"found {described(self._file.data)}, expected keys with values")

    def _value(self, event: yaml.Event, path: Path) -> Any:
        if len(path) > DEEPEST:
            raise _Unreadable(_line(event), f"nested more than {DEEPEST} deep")
        self._refuse_what_hides(event)
        self._file.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in NOTHING else event.value
        return None

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            self._refuse_what_hides(event)
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Unreadable(line, "expected a key of plain text")
            key, known = event.value, self._file.lines.get((*path, event.value))
            if key in result:
                self._file.mistakes.append((line, f'the key "{key}" stands here again; it stands on line {known} too'))
                self._skip(next(self._events))
            else:
                self._file.lines[*path, key] = line
                result[key] = self._value(next(self._events), (*path, key))
        return result

    def _skip(self, event: yaml.Event) -> None:
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            result.append(self._value(event, (*path, len(result))))
        return result

    def _refuse_what_hides(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _Unreadable(_line(event), f"found the alias *{event.anchor}; write the values out")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            if event.anchor is not None:
                message = f"found the anchor &{event.anchor}; write the values out where they belong"
                self._file.mistakes.append((_line(event), message))
            if event.tag is not None:
                self._file.mistakes.append((_line(event), f"found the tag {event.tag}; write plain text"))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1


def described(value: Any) -> str:
    """What stands there, for a message: text in quotes, else its sort."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'
