"""What the register says of practices that bears on contracts: members of networks, and the codes that mean them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from domain.agb import AgbCode
from domain.calendar import next_day
from domain.history import Recorded
from domain.provider.facts import NO_PURCHASER, PurchaserFact, fold_provider, provider_stream
from domain.provider.provider import Provider
from domain.provider.register import PracticeRecord
from infrastructure.read_models.register.tables import OPEN
from infrastructure.read_models.register.writing import Changes

_FIRST_DAY = "0001-01-01"
_KEPT = 100_000
Histories = Callable[[Sequence[str]], Mapping[str, Sequence[Recorded]]]


class Known(NamedTuple):
    """A practice from a log position on: with its members of networks, without them absent; and its codes' days."""

    position: int
    members: Provider | None
    codes: Mapping[tuple[str, str], str]


_UNKNOWN = Known(0, None, {})


def known_states(history: Sequence[Recorded]) -> list[Known]:
    """What was known of a practice after each commit that told something of what the register says of it."""
    states: list[Known] = []
    read: list[Recorded] = []
    public = [recorded for recorded in history if not isinstance(recorded.fact, PurchaserFact)]
    for _, commit in groupby(public, key=lambda recorded: recorded.recorded_at):
        read += commit
        provider = fold_provider(read, NO_PURCHASER)
        if provider is not None:
            states.append(Known(read[-1].position, _members(provider), _codes(provider.record)))
    return states


def _members(provider: Provider) -> Provider | None:
    """The practice with nobody but members of networks; nothing when it has none, as most have not."""
    members = tuple(each for each in provider.record.professionals if each.memberships)
    if not members:
        return None
    return replace(provider, version=0, record=PracticeRecord(agb=provider.record.agb, name="", professionals=members))


def _codes(record: PracticeRecord) -> dict[tuple[str, str], str]:
    """The first day not meant any more, by code and first day."""
    found = {(str(record.agb), _FIRST_DAY): OPEN}
    for location in record.locations:
        key = (str(location.agb), location.valid_from.isoformat())
        until = OPEN if location.valid_to is None else next_day(location.valid_to).isoformat()
        found[key] = max(until, found.get(key, until))
    return found


class Practices:
    """Practices as they were known at the positions of a batch; those asked for last stay in memory."""

    def __init__(self) -> None:
        self._states: dict[str, list[Known]] = {}

    def make_room(self, amount: int) -> None:
        """Forget all when so many more are too many."""
        if len(self._states) + amount > _KEPT:
            self._states.clear()

    def begin(self, agb: str, history: Sequence[Recorded]) -> None:
        """Take in a practice of which these are all the facts."""
        self._states[agb] = known_states(history)

    def load(self, agbs: Sequence[str], histories: Histories, *, anew: bool = False) -> None:
        """Read the practices that are not in memory, or all of them ``anew``."""
        missing = [agb for agb in agbs if anew or agb not in self._states]
        if len(self._states) + len(missing) > _KEPT:
            self._states.clear()
            missing = list(agbs)
        found = histories([provider_stream(AgbCode(agb)) for agb in missing]) if missing else {}
        for agb in missing:
            self._states[agb] = known_states(found.get(provider_stream(AgbCode(agb)), ()))

    def at(self, agb: str, position: int) -> Known:
        """A practice that is loaded, as it was known at a position."""
        return next((known for known in reversed(self._states[agb]) if known.position <= position), _UNKNOWN)

    def since(self, agb: str, position: int) -> list[Known]:
        """What became known of a loaded practice after a position."""
        return [known for known in self._states[agb] if known.position > position]


def write_codes(changes: Changes, agb: str, before: Known, after: Known) -> None:
    """What another state of a practice changes in the codes that mean it."""
    for code, day_from in before.codes.keys() - after.codes.keys():
        changes.end((code, agb, day_from), after.position)
    for (code, day_from), day_to in after.codes.items():
        known = before.codes.get((code, day_from))
        if known == day_to:
            continue
        if known is not None:
            changes.end((code, agb, day_from), after.position)
        changes.begin((code, agb, day_from), after.position, (day_to,))
