"""Which version of a policy a name on the command line means: of the log, of the package, or of a file."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from application.ports import StorageUnavailable
from application.queries.horizon import Asked
from domain.calendar import instant_text
from domain.policy.values import IDENTIFIER
from infrastructure.bootstrap import System, load_settings
from infrastructure.cli.errors import fail
from infrastructure.cli.options import opened


@contextmanager
def log_if_there(database: str | None, *, needed: bool) -> Iterator[System | None]:
    """The system on the log; none when it can not be opened and neither an option nor the question asks for it.

    Raises ``StorageUnavailable`` and ``SettingsError``.
    """
    with ExitStack() as stack:
        try:
            system = stack.enter_context(opened(database))
        except StorageUnavailable:
            if needed or database is not None or "database_url" in load_settings().model_fields_set:
                raise
            system = None
        yield system


def refuse_unless_now(policy_id: str, asked: Asked, known_at: datetime, position: int) -> None:
    """End the command when it asks what the log knew of a policy that was not adopted then."""
    if asked != Asked():
        fail(f"{policy_id} was not adopted, as known at {instant_text(known_at)}, position {position}")


def is_id(name: str) -> bool:
    """Whether a name is an id and no file."""
    return re.fullmatch(IDENTIFIER, name) is not None
