"""Whether care on a day was contracted, and if not why not: what a claim is judged by."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from application.ports import Horizon
from application.register.answers import WhyNot
from application.register.coverage import Coverage, Covered
from application.register.reads import LegalRow, ProcedureRow, RegisterReads
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
    procedure: ProcedureRow | None = None


class Claims:
    """Judges claims on the register; the tables have reached the position of the horizon."""

    def __init__(self, reads: RegisterReads, policies: PolicyLibrary) -> None:
        self._reads = reads
        self._coverage = Coverage(policies)

    def judge(self, care: CareGiven, horizon: Horizon) -> Claim | None:
        """How a claim is treated; nothing when no policy of the purchaser was known then."""
        purchaser, code, care_type, day = care
        for row in self._reads.in_force(purchaser, code, care_type.value, day, horizon.position):
            return contracted(row)
        adopted = self._coverage.adopted(purchaser, horizon.position)
        if not adopted:
            return None
        practices = self._reads.practices(code, day, horizon.position)
        for practice in practices:
            if practice == code:
                continue
            for row in self._reads.in_force(purchaser, practice, care_type.value, day, horizon.position):
                return contracted(row)
        named = sorted({code, *practices}, key=lambda each: (each != code, each))
        judged = [self._without_contract(care, practice, adopted, horizon) for practice in named]
        held = next((claim for claim in judged if claim.standing is ClaimsStanding.HELD), None)
        told = next((claim for claim in judged if claim.procedure is not None), judged[0])
        if held is None and told.procedure is None and not practices and told.reason == WhyNot.NO_PROCEDURE:
            return told._replace(reason=WhyNot.PRACTICE_UNKNOWN.value)
        return held or told

    def turning_days(self, purchaser: str, care_type: CareType, horizon: Horizon) -> set[date]:
        """The local days on which the policies, or the end of what is known, may bring another answer."""
        known_on = local_day(from_microseconds(horizon.known_at))
        return {known_on, next_day(known_on), *self._coverage.turning_days(purchaser, care_type, horizon.position)}

    def _without_contract(
        self, care: CareGiven, practice: str, adopted: Sequence[PolicyVersion], horizon: Horizon
    ) -> Claim:
        """Held while contracting for that day is unfinished (ASR24-5-DECL-2, OD47), else why there is no contract."""
        known_at = from_microseconds(horizon.known_at)
        latest = list(self._covering(care, adopted, min(last_instant(care.effective_on), known_at)))
        holding = {each.period for each in self._covering(care, adopted, known_at) if each.holds_claims}
        if holding:
            for row in self._procedures(care, practice, known_at, horizon):
                if row.period in holding and row.status in UNFINISHED:
                    return Claim(ClaimsStanding.HELD, practice, row.period, None, row.status.value, row)
        if not latest:
            return Claim(None, practice, reason=WhyNot.NO_POLICY.value)
        periods = [each.period for each in latest]
        judged_at = min(last_instant(care.effective_on), known_at)
        for row in self._procedures(care, practice, judged_at, horizon):
            if row.period in periods:
                reason = WhyNot.OUTSIDE_TERM.value if row.status in _CONCLUDED else row.status.value
                return Claim(ClaimsStanding.NOT_CONTRACTED, practice, row.period, None, reason, row)
        route = latest[0].route
        reason = route.value if route in _NOT_THIS_WAY else WhyNot.NO_PROCEDURE.value
        return Claim(ClaimsStanding.NOT_CONTRACTED, practice, reason=reason)

    def _covering(self, care: CareGiven, adopted: Sequence[PolicyVersion], at: datetime) -> Iterator[Covered]:
        for each in self._coverage.on(care.purchaser, care.care_type, adopted, local_day(at)):
            if each.covers(care.effective_on):
                yield each

    def _procedures(self, care: CareGiven, practice: str, at: datetime, horizon: Horizon) -> Sequence[ProcedureRow]:
        return self._reads.procedures(
            care.purchaser, practice, care.care_type.value, to_microseconds(at), horizon.position
        )


def contracted(row: LegalRow) -> Claim:
    """What is answered while a contract is in force."""
    return Claim(ClaimsStanding.CONTRACTED, row.agb, row.period, row)


def contract_of(care: CareGiven, claim: Claim) -> str | None:
    """The contract that a claim was judged by."""
    return None if claim.period is None else f"{care.purchaser}/{claim.practice}/{care.care_type}/{claim.period}"
