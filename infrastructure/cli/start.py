"""The console script."""

import gc
import signal
import sys

_COLLECTS = 100_000, 20, 10
"""How many new objects let Python look for cycles, and how many such looks a wider one.

At its own 700 a third of a round's time went into looking through the policies, practices and contracts that are kept.
"""


def run() -> None:
    """Carry out the command line of this process, and end it with its exit code.

    Ctrl-C while the program is still being loaded ends it without a word, as it ends any other program.
    """
    gc.set_threshold(*_COLLECTS)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from infrastructure.cli.main import main  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
