"""What a purchaser's policies say of a care type on a day: which periods it has, and whether claims wait for them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from domain.agb import AgbCode
from domain.calendar import last_instant, local_day, next_day
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.policy.adoption import PolicyVersion
from domain.policy.care_type_rules import Route

_ANY = AgbCode("00000000")
_KEPT = 20_000


class Covered(NamedTuple):
    """A care type as one policy has it: the period of its contracts, if any, and the days that these may cover."""

    period: str | None
    first_day: date
    last_day: date
    holds_claims: bool
    route: Route

    def covers(self, day: date) -> bool:
        """Whether contracts of the period may be in force on a day."""
        return self.first_day <= day <= self.last_day


class Coverage:
    """The policies known at a position; what was asked before stays in memory."""

    def __init__(self, policies: PolicyLibrary) -> None:
        self._policies = policies
        self._kept: dict[tuple[str, CareType, int, date], tuple[Covered, ...]] = {}
        self._adopted: dict[tuple[str, int], Sequence[PolicyVersion]] = {}

    def adopted(self, purchaser: str, position: int) -> Sequence[PolicyVersion]:
        """A purchaser's adoptions known at a position; none before its history begins in the log."""
        found = self._adopted.get((purchaser, position))
        if found is None:
            if len(self._adopted) >= _KEPT:
                self._adopted.clear()
            known = self._policies.adopted_by(position)
            found = [each for each in known if each.document.purchaser.id == purchaser]
            self._adopted[purchaser, position] = found
        return found

    def turning_days(self, purchaser: str, care_type: CareType, position: int) -> set[date]:
        """The local days on which what the policies say of a care type may begin to be something else."""
        adopted = self.adopted(purchaser, position)
        days = {local_day(each.in_force_from) for each in adopted}
        for day in sorted(days):
            for covered in self.on(purchaser, care_type, adopted, day):
                days |= {covered.first_day, next_day(covered.last_day)}
        return days

    def on(
        self, purchaser: str, care_type: CareType, adopted: Sequence[PolicyVersion], day: date
    ) -> tuple[Covered, ...]:
        """The care type in each of these policies, in the version in force at the end of a local day.

        In the first one where none was in force yet. Adoptions never lie in the future, so that the versions known at
        an instant are those in force then, whichever day lies later.
        """
        key = (purchaser, care_type, adopted[-1].position, day)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = tuple(self._covered(purchaser, care_type, adopted, last_instant(day)))
        return found

    def _covered(
        self, purchaser: str, care_type: CareType, adopted: Sequence[PolicyVersion], at: datetime
    ) -> Iterator[Covered]:
        named = [
            (each, each.document.care_types[care_type]) for each in adopted if care_type in each.document.care_types
        ]
        for period in dict.fromkeys(rules.period for _, rules in named):
            if period is None:
                continue
            contract_id = ContractId(purchaser, _ANY, care_type, period)
            governing = self._policies.governing(contract_id, up_to=adopted[-1].position)
            document = (governing.at(at) or governing.versions[0]).document
            rules = document.care_types[care_type]
            holds = document.claims is not None and document.claims.held_while_unfinished and rules.term is not None
            first, last = date(int(period[:4]), 1, 1), date(int(period[-4:]), 12, 31)
            if rules.term is not None:
                first, last = rules.term.start, rules.term.latest_end
            yield Covered(period, first, last, holds, rules.route)
        for version, rules in named:
            if rules.period is None:
                year = version.document.year
                yield Covered(None, date(year, 1, 1), date(year, 12, 31), False, rules.route)
