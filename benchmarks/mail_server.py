"""An SMTP server in a process of its own: takes letters, keeps none, until its standard input ends."""

import sys
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Accepts whatever comes."""

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - the server's name
        """Forget the message."""
        return "250 accepted"


if __name__ == "__main__":
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    print("ready", flush=True)
    sys.stdin.read()
    controller.stop()
