"""What a tick need not look at again: contracts of which the register was asked, and nothing has changed since.

Kept beside the log, because no fact tells of a look that found nothing; whatever is lost is looked at anew.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from application.contracting import Loaded
from domain.calendar import to_microseconds
from domain.contract.register_changes import RegisterState, turns

RULES = 1
"""Raise it when the rules of ``domain.contract.register_changes`` ask more than before: all is looked at anew then."""
_NEVER = (1 << 63) - 1


class Look(NamedTuple):
    """Nothing is to be asked of a contract from ``looked_at`` until ``turns_at``, as the log stood then.

    Instants are microseconds; ``turns_at`` is exclusive. ``practice`` is the stream of the practice, absent where the
    contract did not run, and the register had no say; ``policy_position`` is that of the last adoption that names it.
    """

    contract_id: str
    looked_at: int
    turns_at: int
    contract_version: int
    practice: str | None
    practice_version: int
    policy_position: int


class Looks(Protocol):
    """Keeps looks; raises ``StorageUnavailable``."""

    def standing(self, contract_ids: Sequence[str], at: int) -> Collection[tuple[str, int]]:
        """Those of the contracts of which nothing is to be asked at an instant, with their ``policy_position``: neither
        they nor their practices have a fact that the look did not see.
        """
        ...

    def keep(self, looks: Sequence[Look]) -> None:
        """Keep looks, each in the place of an earlier one of the same contract."""
        ...


def look_at(loaded: Loaded, states: Sequence[RegisterState], practice: tuple[str, int] | None, at: datetime) -> Look:
    """A look at an instant that found nothing to ask; ``practice`` is its stream and the version that was seen."""
    versions = loaded.policies.versions
    ahead = [*turns(loaded.contract, states), *(each.in_force_from for each in versions)]
    stream, version = practice or (None, 0)
    return Look(
        str(loaded.contract_id),
        to_microseconds(at),
        min((to_microseconds(each) for each in ahead if each > at), default=_NEVER),
        loaded.contract.version,
        stream,
        version,
        versions[-1].position,
    )
