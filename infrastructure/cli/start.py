"""The console script."""

import signal
import sys


def run() -> None:
    """Carry out the command line of this process, and end it with its exit code.

    Ctrl-C while the program is still being loaded ends it without a word, as it ends any other program.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from infrastructure.cli.main import main  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
