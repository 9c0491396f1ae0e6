"""The correction that shows best what two dates are for: the one that was checked longest after it was supplied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from domain.calendar import local_day
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractFact, EvidenceAccepted, EvidenceUploaded, Signed, TierAssigned


class Correction(NamedTuple):
    """A tier changed from ``effective_on`` by evidence supplied and checked on these local days."""

    contract_id: ContractId
    supplied_on: date
    checked_on: date
    effective_on: date


@dataclass
class BestCorrection:
    """Sees every act go by and remembers the one correction."""

    found: Correction | None = None
    _supplied: dict[tuple[ContractId, str], date] = field(default_factory=dict)
    _signed: set[ContractId] = field(default_factory=set)

    def see(self, contract_id: ContractId, facts: Sequence[ContractFact], at: datetime) -> None:
        """Take in the facts of one act."""
        for fact in facts:
            match fact:
                case Signed():
                    self._signed.add(contract_id)
                case EvidenceUploaded() if contract_id in self._signed:
                    self._supplied[contract_id, fact.evidence_id] = local_day(at)
                case EvidenceAccepted():
                    self._judge(contract_id, fact.evidence_id, facts, local_day(at))
                case _:
                    pass

    def _judge(self, contract_id: ContractId, evidence_id: str, facts: Sequence[ContractFact], today: date) -> None:
        supplied_on = self._supplied.pop((contract_id, evidence_id), None)
        changed = [fact.effective_on for fact in facts if isinstance(fact, TierAssigned)]
        if supplied_on is None or not changed or min(changed) >= today:
            return
        correction = Correction(contract_id, supplied_on, today, min(changed))
        if self.found is None or _months(correction) > _months(self.found):
            self.found = correction


def _months(correction: Correction) -> tuple[int, str]:
    return (correction.checked_on - correction.supplied_on).days, str(correction.contract_id)
