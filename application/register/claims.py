"""Whether care on a day was contracted, and if not why not: what a claim is judged by."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from application.ports import Horizon
from application.register.answers import WhyNot
from application.register.coverage import Coverage, Covered
from application.register.reads import LegalRow, OfCode, RegisterReads, Stood
from domain.calendar import from_microseconds, last_instant, local_day, next_day, to_microseconds
from domain.care_type import CareType
from domain.contract.standing import UNFINISHED, ClaimsStanding, Status
from domain.policy.adoption import PolicyVersion
from domain.policy.care_type_rules import Route

_CONCLUDED = frozenset({Status.SIGNED, Status.CARRIED_OVER, Status.ENDED})
_NOT_THIS_WAY = frozenset({Route.NOT_OFFERED, Route.DEFERRED, Route.TRANSFERRED})


class CareGiven(NamedTuple):
    """What a claim is about: ``code`` is the AGB code of a practice or of one of its locations."""

    purchaser: str
    code: str
    care_type: CareType
    effective_on: date


class Claim(NamedTuple):
    """How a claim is treated; ``standing`` is absent when no policy in the log covers the care on that day."""

    standing: ClaimsStanding | None
    practice: str
    period: str | None = None
    legal: LegalRow | None = None
    reason: str | None = None


class Claims:
    """Judges claims on the register; the tables have reached the position of the horizon."""

    def __init__(self, reads: RegisterReads, policies: PolicyLibrary) -> None:
        self._reads = reads
        self._judge = Judge(policies)

    def judge(self, care: CareGiven, horizon: Horizon) -> Claim | None:
        """How a claim is treated; nothing when no policy of the purchaser was known then."""
        purchaser, code, care_type, day = care
        known = self._reads.on_day(purchaser, code, care_type.value, day, horizon.position)
        return self._judge(care, horizon, known)


class Judge:
    """Judges claims by what is known of a code and a care type."""

    def __init__(self, policies: PolicyLibrary) -> None:
        self._coverage = Coverage(policies)

    def __call__(self, care: CareGiven, horizon: Horizon, known: OfCode) -> Claim | None:
        """How a claim is treated; nothing when no policy of the purchaser was known then."""
        day = care.effective_on.isoformat()
        practices = [each.agb for each in known.meant if each.day_from <= day < each.day_to]
        in_force = {each.row.agb: each.row for each in known.in_force if each.day_from <= day < each.day_to}
        for practice in (care.code, *practices) if in_force else ():
            if practice in in_force:
                return contracted(in_force[practice])
        adopted = self._coverage.adopted(care.purchaser, horizon.position)
        if not adopted:
            return None
        named = sorted({care.code, *practices}, key=lambda each: (each != care.code, each))
        judged = self._without_contract(care, named, adopted, horizon, known)
        held = next((claim for claim in judged if claim.standing is ClaimsStanding.HELD), None)
        told = next((claim for claim in judged if claim.period is not None), judged[0])
        if held is None and told.period is None and not practices and told.reason == WhyNot.NO_PROCEDURE:
            return told._replace(reason=WhyNot.PRACTICE_UNKNOWN.value)
        return held or told

    def turning_days(self, purchaser: str, care_type: CareType, horizon: Horizon) -> set[date]:
        """The local days on which the policies, or the end of what is known, may bring another answer."""
        known_on = local_day(from_microseconds(horizon.known_at))
        return {known_on, next_day(known_on), *self._coverage.turning_days(purchaser, care_type, horizon.position)}

    def _without_contract(
        self,
        care: CareGiven,
        practices: Sequence[str],
        adopted: Sequence[PolicyVersion],
        horizon: Horizon,
        known: OfCode,
    ) -> list[Claim]:
        """Of each practice: held while contracting for that day is unfinished (ASR24-5-DECL-2, OD47), else why there
        is no contract.
        """
        known_at = from_microseconds(horizon.known_at)
        judged_at = min(last_instant(care.effective_on), known_at)
        latest = self._covering(care, adopted, judged_at)
        periods = {each.period for each in latest}
        holding = {each.period for each in self._covering(care, adopted, known_at) if each.holds_claims}
        at = to_microseconds(judged_at)
        judged = []
        for practice in practices:
            held = _held(_standing(known, practice, horizon.known_at), holding) if holding else None
            judged.append(held or _refused(practice, latest, _standing(known, practice, at), periods))
        return judged

    def _covering(self, care: CareGiven, adopted: Sequence[PolicyVersion], at: datetime) -> list[Covered]:
        covered = self._coverage.on(care.purchaser, care.care_type, adopted, local_day(at))
        return [each for each in covered if each.covers(care.effective_on)]


def _standing(known: OfCode, practice: str, at: int) -> list[Stood]:
    """Where each procedure of a practice stood at an instant, by period."""
    found: dict[str, Stood] = {}
    for each in known.stood:
        if each.agb == practice and each.at_from <= at:
            found.setdefault(each.period, each)
    return list(found.values())


def _held(standing: Sequence[Stood], holding: Set[str | None]) -> Claim | None:
    """A claim that waits until contracting for its day is finished."""
    for each in standing:
        if each.period in holding and each.status in UNFINISHED:
            return Claim(ClaimsStanding.HELD, each.agb, each.period, None, each.status.value)
    return None


def _refused(practice: str, covered: Sequence[Covered], standing: Sequence[Stood], periods: Set[str | None]) -> Claim:
    """Why there is no contract."""
    if not covered:
        return Claim(None, practice, reason=WhyNot.NO_POLICY.value)
    for each in standing:
        if each.period in periods:
            reason = WhyNot.OUTSIDE_TERM.value if each.status in _CONCLUDED else each.status.value
            return Claim(ClaimsStanding.NOT_CONTRACTED, practice, each.period, None, reason)
    route = covered[0].route
    reason = route.value if route in _NOT_THIS_WAY else WhyNot.NO_PROCEDURE.value
    return Claim(ClaimsStanding.NOT_CONTRACTED, practice, reason=reason)


def contracted(row: LegalRow) -> Claim:
    """What is answered while a contract is in force."""
    return Claim(ClaimsStanding.CONTRACTED, row.agb, row.period, row)


def contract_of(care: CareGiven, claim: Claim) -> str | None:
    """The contract that a claim was judged by."""
    return None if claim.period is None else f"{care.purchaser}/{claim.practice}/{care.care_type}/{claim.period}"
