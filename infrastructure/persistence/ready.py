"""Connections kept ready with their cursor: a checkout from the engine's pool takes as long as a statement."""

from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

KEPT = 4
"""How many stay ready; the others go back to the engine's pool, which must have some left for Core."""
CursorT = TypeVar("CursorT")


class Ready(NamedTuple, Generic[CursorT]):
    """A connection that is checked out of the engine's pool, and the one cursor that works on it."""

    connection: PoolProxiedConnection
    cursor: CursorT


class ReadyConnections(Generic[CursorT]):
    """The ready connections of one log; the engine makes and ends them, and a thread takes one while it works."""

    def __init__(self, engine: Engine, new_cursor: Callable[[PoolProxiedConnection], CursorT]) -> None:
        self._engine = engine
        self._new_cursor = new_cursor
        self._idle: deque[Ready[CursorT]] = deque()

    def take(self) -> Ready[CursorT]:
        """One that nobody works with, the one used last if there are several; raises the driver's errors."""
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._engine.raw_connection()
            return Ready(connection, self._new_cursor(connection))

    def give_back(self, ready: Ready[CursorT]) -> None:
        """Keep it for the next, if it is whole and at rest."""
        if len(self._idle) < KEPT:
            self._idle.append(ready)
        else:
            ready.connection.close()

    def close(self) -> None:
        """Give all back to the engine, and end its connections."""
        while self._idle:
            self._idle.pop().connection.close()
        self._engine.dispose()
