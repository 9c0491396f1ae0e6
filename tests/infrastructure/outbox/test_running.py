"""``contractspoor outbox run``, as processes that send what others record, until they are told to stop."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.infrastructure.outbox.conftest import Post
from tests.infrastructure.outbox.servers import Server, smtp_server

PROGRAM = Path(sys.prefix) / "bin" / "contractspoor"


def running(stack: ExitStack, url: str, server: Server) -> subprocess.Popen[str]:
    """A sender that has begun."""
    settings = {"SMTP_HOST": server.host, "SMTP_PORT": str(server.port), "SMTP_SECURITY": "none"}
    process = subprocess.Popen(
        [PROGRAM, "outbox", "run", "--every", "0.2", "--database", url],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **{f"CONTRACTSPOOR_{name}": value for name, value in settings.items()}},
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    assert process.stderr is not None
    assert process.stderr.readline() == "Sending what is recorded.\n"
    return process


def test_two_senders_that_run_send_what_is_recorded_once_and_stop_when_told(
    post: Post, database_url: str, tmp_path: Path
) -> None:
    with smtp_server(tmp_path) as server, ExitStack() as stack:
        senders = [running(stack, database_url, server) for _ in range(2)]
        post.approach(1, 2, 3)
        arrived = server.mailbox.wait_for(3)
        senders[0].send_signal(signal.SIGTERM)
        post.approach(4)
        arrived = arrived and server.mailbox.wait_for(4)
        senders[1].send_signal(signal.SIGINT)
        told = [each.communicate(timeout=60)[1] for each in senders]

    assert arrived
    assert [each.returncode for each in senders] == [0, 130]
    assert told == ["Stopped; what is not sent yet waits for the next run.\n"] * 2
    assert Counter(server.mailbox.deliveries) == Counter(each.id for each in post.outbox.deliveries())
