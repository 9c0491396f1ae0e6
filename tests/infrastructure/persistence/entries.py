"""Entries for tests of the log, and other processes that write to it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.ports import Appended, Entry, VersionConflict
from domain.calendar import to_microseconds
from infrastructure.clock import SystemClock
from infrastructure.persistence.recorder import LogRecorder, open_log

STREAM = "caresq/04001234/FYS/2025-2026"
PROVIDER = "provider/04001234"


def instant() -> int:
    """Now, in microseconds."""
    return to_microseconds(SystemClock().now())


def entry(
    version: int = 1, stream: str = STREAM, *, occurred_at: int | None = None, explanation: bytes | None = None
) -> Entry:
    """A fact of a stream; it occurs now unless said otherwise."""
    occurred_at = instant() if occurred_at is None else occurred_at
    state = f'{{"version":{version}}}'.encode()
    return Entry(stream, version, "TierAssigned.v1", state, occurred_at, b'{"actor":"test"}', explanation)


def append(log: LogRecorder, *entries: Entry) -> Appended:
    """Append with the clock of this machine."""
    return log.append(entries, now=instant())


def append_next(log: LogRecorder, stream: str) -> int:
    """Load, decide, append; again after a conflict. The version that was written."""
    version = 0
    while True:
        version += len(log.read([(stream, version)]))
        try:
            append(log, entry(version + 1, stream))
        except VersionConflict:
            continue
        return version + 1


@contextmanager
def writing_processes(
    database_url: str, count: int, stream: str, appends: int | None
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that append to ``stream``, or each to ``<stream><n>`` when it ends with a slash.

    Each appends so many times, or until the end of the block.
    """
    root = Path(__file__).parents[3]
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                __name__,
                database_url,
                f"{stream}{n}" if stream.endswith("/") else stream,
                str(appends or sys.maxsize),
            ],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(count)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        yield writers
        for writer in writers if appends else ():
            assert writer.wait(timeout=60) == 0
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            assert writer.stdout is not None
            writer.stdout.close()


def _write(database_url: str, stream: str, appends: int) -> None:
    log = open_log(database_url)
    log.read([(stream, 0)])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in range(appends):
        append_next(log, stream)
    log.close()


if __name__ == "__main__":
    _write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
