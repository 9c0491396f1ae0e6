"""What the register's tables hold, and what is asked of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from domain.contract.facts import Reason
from domain.contract.standing import Status

RegisterKey = tuple[str, str, str]
"""A contract of one purchaser: AGB code, care type and period. Pages of the register stand in this order."""


class RegisterMoment(NamedTuple):
    """What a question about the register stands on: a local day, an instant in microseconds, a log position."""

    effective_on: date
    judged_at: int
    position: int


class RegisterFilter(NamedTuple):
    """Which contracts of a purchaser are asked for; absent is all. ``tier`` is that in force on the day."""

    purchaser: str
    care_type: str | None = None
    tier: str | None = None
    status: str | None = None
    listed: bool | None = None


class ProcedureRow(NamedTuple):
    """Where a procedure stood; ``due_on`` is the last local day of what it waited for."""

    agb: str
    period: str
    status: Status
    attempt: int
    entitled_tier: str | None
    offered_tier: str | None
    due_on: date | None
    reasons: tuple[Reason, ...]


class LegalRow(NamedTuple):
    """What held in law on a day on which a contract was in force or listed."""

    agb: str
    period: str
    in_force: bool
    attempt: int
    term_start: date | None
    term_end: date | None
    tier: str | None
    tier_from: date | None
    selective: tuple[str, ...]
    listed: bool
    listed_from: datetime | None


class RegisterLine(NamedTuple):
    """One contract in the register: purchaser and key, and what is known of either sort."""

    key: tuple[str, str, str, str]
    procedure: ProcedureRow | None
    legal: LegalRow | None


class Meant(NamedTuple):
    """A practice that a code means on the local days from ``day_from`` until before ``day_to``, as ISO text."""

    agb: str
    day_from: str
    day_to: str


class InForce(NamedTuple):
    """A contract in force on the local days from ``day_from`` until before ``day_to``, as ISO text."""

    day_from: str
    day_to: str
    row: LegalRow


class Stood(NamedTuple):
    """Where a procedure stood from an instant, in microseconds, until the next of the same contract."""

    agb: str
    period: str
    at_from: int
    status: Status


class OfCode(NamedTuple):
    """All that is known at a position of a code and a care type, on whatever day.

    ``meant`` are the practices that the code means, by AGB code. ``in_force`` and ``stood`` are those of the practice
    whose own code it is and of those that it means, on any day; the latest state of a contract comes first.
    """

    meant: Sequence[Meant]
    in_force: Sequence[InForce]
    stood: Sequence[Stood]


class RegisterReads(Protocol):
    """The register without replay. Whoever asks has made sure that its tables have reached ``position``."""

    def on_day(self, purchaser: str, code: str, care_type: str, effective_on: date, position: int) -> OfCode:
        """What is known at a position of a code and a care type, as far as it bears on a day.

        Of a practice that has a contract in force on that day nothing else is told.
        """
        ...

    def lines(
        self, asked: RegisterFilter, moment: RegisterMoment, *, after: RegisterKey | None, limit: int
    ) -> Sequence[RegisterLine]:
        """The next contracts after a key of which something had happened, or that are in force or listed."""
        ...


class RememberedReads(Protocol):
    """What is known of many codes of one purchaser, for whoever asks about the same ones again and again."""

    def load(self, wanted: Collection[tuple[str, str]]) -> None:
        """Read all of these codes and care types at once, where they are not in memory."""
        ...

    def of_code(self, code: str, care_type: str, position: int) -> OfCode:
        """All that is known at a position of a code and a care type."""
        ...
