"""How a command ends that works on until it is told to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


class Stop(Event):
    """Set when somebody asks for the end; ``interrupted`` when that was Ctrl-C."""

    interrupted = False

    def ask(self, sent: int, _frame: object) -> None:
        """What a signal does."""
        if self.is_set():
            raise KeyboardInterrupt
        self.interrupted = sent == signal.SIGINT
        self.set()


@contextmanager
def stops_on_signal() -> Iterator[Stop]:
    """Ctrl-C, or the end that a service manager asks for, lets the work in hand end; a second one stops at once."""
    stop = Stop()
    before = {each: signal.signal(each, stop.ask) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
