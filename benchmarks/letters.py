"""Letters on their way: as many as a mail server would take from a bare loop, and what memory it takes.

The server is a process of its own; ours and the bare loop hand it the same letters over one connection.
"""

import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from sqlalchemy import select, update

from benchmarks.arena import DATABASES, Arena
from benchmarks.letters_memory import LETTERS, enter_letters, senders_settings
from benchmarks.measure import Contest, rate
from infrastructure.bootstrap import System, open_system, upgrade_database
from infrastructure.outbox.box import Outbox
from infrastructure.outbox.deliveries import State
from infrastructure.outbox.messages import email_of
from infrastructure.persistence.durable import DELIVERY
from infrastructure.settings import Settings

MOST_MEGABYTES = 500
ROUNDS = 10
"""In each of which as many letters go as are needed for all to have gone in the end."""


def contests(arena: Arena) -> Iterator[Contest]:
    """Letters a second on each database, and memory on SQLite."""
    port = arena.stack.enter_context(_mail_server())
    for database in DATABASES:
        url = arena.bare_url(database)
        upgrade_database(url)
        enter_letters(url)
        if database == "sqlite":
            yield _memory(url, port)
        yield _sending(arena.stack.enter_context(open_system(url)), database, port)


def _sending(system: System, database: str, port: int) -> Contest:
    settings = senders_settings(port)
    outbox = Outbox(system.contracting, system.log.database, system.clock, settings)
    outbox.fill()
    portions = cycle(_portions(system))

    def ours() -> float:
        amount = _let_wait(system, next(portions))
        return rate(lambda: _send(outbox, amount), amount)

    def peer() -> float:
        amount = LETTERS // ROUNDS
        letters = _ready(system, settings, amount)
        with smtplib.SMTP("127.0.0.1", port) as connection:
            return rate(lambda: [connection.sendmail(*letter) for letter in letters], amount)

    peer()
    name = f"letters: {LETTERS:,} sent, against a bare loop to the same server"
    return Contest(name, database, ours, peer, target=0.8, rounds=ROUNDS)


def _memory(url: str, port: int) -> Contest:
    """The peak of a whole process that enters and sends all; the peer is the most that it may take."""

    def megabytes() -> float:
        command = [sys.executable, "-m", "benchmarks.letters_memory", url, str(port)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    name = f"letters: peak memory over {LETTERS:,} entered and sent, MB"
    return Contest(name, "sqlite", megabytes, lambda: MOST_MEGABYTES, target=1.0, at_most=True, rounds=1)


def _portions(system: System) -> list[list[str]]:
    with system.log.database.engine.connect() as connection:
        ids = list(connection.scalars(select(DELIVERY.c.id).order_by(DELIVERY.c.position)))
    assert len(ids) == LETTERS, len(ids)
    size = LETTERS // ROUNDS
    with system.log.database.transaction() as connection:
        connection.execute(update(DELIVERY).values(state=State.SKIPPED))
    return [ids[first : first + size] for first in range(0, LETTERS, size)]


def _let_wait(system: System, ids: list[str]) -> int:
    with system.log.database.transaction() as connection:
        connection.execute(update(DELIVERY).where(DELIVERY.c.id.in_(ids)).values(state=State.WAITING, due_at=0))
    return len(ids)


def _send(outbox: Outbox, amount: int) -> None:
    sent = outbox.send()
    assert sent.sent == amount, sent


def _ready(system: System, settings: Settings, amount: int) -> list[tuple[str, str, bytes]]:
    """The first letters as the server gets them: from, to, and the message."""
    outbox = Outbox(system.contracting, system.log.database, system.clock, settings)
    found = outbox.deliveries(limit=amount)
    return [(settings.mail_sender, each.recipient, email_of(each, settings.mail_sender)) for each in found]


@contextmanager
def _mail_server() -> Iterator[int]:
    """The port of a server that runs meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.mail_server", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield port
        assert server.stdin is not None
        server.stdin.close()
