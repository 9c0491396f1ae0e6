"""The API as a process of its own: what ``contractspoor serve`` starts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.infrastructure.http.issuer import AUDIENCE

PROJECT = Path(__file__).parents[3]
CONTRACTSPOOR = Path(sys.prefix) / "bin" / "contractspoor"


class Server:
    """A running server; ``url`` is where it listens."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send it a signal, and answer its exit code and what it said last."""
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=30)
        return self.process.returncode, told


@contextmanager
def serving(database_url: str, issuer_url: str, *options: str, **settings: str) -> Iterator[Server]:
    """``contractspoor serve`` on a free port of this machine, with more settings; it is ended when it is left."""
    environment = {
        "CONTRACTSPOOR_DATABASE_URL": database_url,
        "CONTRACTSPOOR_OIDC_ISSUER": issuer_url,
        "CONTRACTSPOOR_OIDC_AUDIENCE": AUDIENCE,
        **settings,
    }
    with _running([str(CONTRACTSPOOR), "serve", "--port", "0", *options], environment) as server:
        yield server


@contextmanager
def serving_at(instant: datetime, database_url: str, issuer_url: str, workers: int = 1) -> Iterator[Server]:
    """The same with a clock that stands still; tokens are of that instant too."""
    module = "tests.infrastructure.http.at_an_instant"
    arguments = [database_url, issuer_url, AUDIENCE, instant.isoformat(), str(workers)]
    with _running([sys.executable, "-m", module, *arguments], {}) as server:
        yield server


@contextmanager
def serving_demo(database_url: str) -> Iterator[Server]:
    """``contractspoor serve --demo``."""
    command = [str(CONTRACTSPOOR), "serve", "--demo", "--port", "0", "--database", database_url]
    with _running(command, {}) as server:
        yield server


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    kept = ("PATH", "CONTRACTSPOOR_EVIDENCE_URL")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | environment
    with subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            told = []
            for line in process.stderr:
                told.append(line)
                if line.startswith("Serving "):
                    break
            assert told, "it ended at once"
            assert told[-1].startswith("Serving http://127.0.0.1:"), "".join(told)
            yield Server(process, told[-1].split()[1])
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.communicate(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
