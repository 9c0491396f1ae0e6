"""Contracts of earlier periods that this log holds: with what was imported they are a practice's contract history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from domain.contract.commands import Approach, DecideApplication, ReceiveApplication
from domain.contract.contract import Contract
from domain.contract.contract_id import ContractId
from domain.provider.provider import OwnContract, PastContract, Provider

JUDGE_HISTORY = (Approach, ReceiveApplication, DecideApplication)
"""Commands whose decision may rest on the contract history."""


class EarlierContract(NamedTuple):
    """A contract of the same purchaser and practice for an earlier period, as its stream tells of it."""

    contract_id: ContractId
    contract: Contract


def begins_before(period: str, year: int) -> bool:
    """Whether a period begins before a policy's year: only such contracts are history to its decisions.

    So the order in which the contracts of one year come about changes no decision.
    """
    return int(period[:4]) < year


def with_earlier(provider: Provider, earlier: Sequence[EarlierContract]) -> Provider:
    """The practice with the contracts that this log holds beside those that were imported.

    A contract counts for the days of its term: signed, extended, cut short; one that was never signed, or ended before
    it began, for none. An imported contract for the same care type whose days lie within those agreed here is the same
    one: the log goes first, and takes over only its addendum, of which the log has none.
    """
    imported, own = list(provider.past_contracts), list[PastContract]()
    for contract_id, contract in earlier:
        for attempt in reversed(contract.attempts):
            same = [past for past in imported if _same(past, contract_id, attempt)]
            imported = [past for past in imported if past not in same]
            if attempt.term is not None:
                own.append(
                    OwnContract(
                        contract_id=str(contract_id),
                        care_type=contract_id.care_type,
                        first_day=attempt.term.start,
                        last_day=attempt.term.end or date.max,
                        addendum=next((past.addendum for past in same if past.addendum), None),
                    )
                )
    return replace(provider, past_contracts=(*imported, *own))


def _same(past: PastContract, contract_id: ContractId, attempt: Contract) -> bool:
    agreed = attempt.agreed_term
    within = agreed is not None and agreed.contains(past.first_day) and agreed.contains(past.last_day)
    return within and past.care_type is contract_id.care_type
