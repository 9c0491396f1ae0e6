"""The one place where logs are set up: every logger of the process writes through structlog to standard error."""

import logging
import sys
from typing import Any, Literal, TextIO

from infrastructure.observability.correlation import LogLine, with_correlation
from infrastructure.observability.masking import mask

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
OURS = "contractspoor"
"""The logger above all of ours. Libraries are heard from warnings on: below, some of them tell of every statement."""

_SILENT = logging.CRITICAL + 1


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes where standard error is at that moment; a process that logs nothing never loads what words a line."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__(sys.stderr)
        self._log_format = log_format

    def format(self, record: logging.LogRecord) -> str:
        if self.formatter is None:
            self.setFormatter(_formatter(self._log_format))
        return super().format(record)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        """It is always standard error."""


def set_up_logs(log_format: LogFormat, level: LogLevel | None) -> None:
    """Write log lines as JSON, one object a line, or for a person; ours from ``level`` on, if one is given.

    May be called again.
    """
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each, _StandardError)]:
        root.removeHandler(earlier)
    root.addHandler(_StandardError(log_format))
    ours = _SILENT if level is None else logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(logging.ERROR if level == "error" else logging.WARNING)
    logging.getLogger(OURS).setLevel(ours)


def _formatter(log_format: LogFormat) -> logging.Formatter:
    # most commands log nothing
    import structlog  # noqa: PLC0415
    from structlog.typing import Processor  # noqa: PLC0415

    renderer: Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            timestamp_key="logged_at",
            exception_formatter=structlog.dev.plain_traceback,
        )
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _without_what_others_made,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="logged_at"),
        with_correlation,
        structlog.processors.format_exc_info,
        mask,
        _in_one_line,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _without_what_others_made(_logger: Any, _method: str, line: LogLine) -> LogLine:
    """What another handler of the same record left on it is no field of the line."""
    for name in ("message", "asctime"):
        line["_record"].__dict__.pop(name, None)
    return line


def _in_one_line(_logger: Any, _method: str, line: LogLine) -> LogLine:
    """Nobody writes a second line, or to a terminal, by what is logged; the lines of a traceback stay."""
    for name, value in line.items():
        if isinstance(value, str) and name != "exception" and not value.isprintable():
            line[name] = "".join(
                each if each.isprintable() else each.encode("unicode_escape").decode() for each in value
            )
    return line
