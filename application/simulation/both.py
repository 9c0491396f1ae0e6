"""One practice as two purchasers see it: each side from that purchaser's own answers alone."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from application.contracting import Contracting
from application.queries.contract_answer import ContractAnswer
from application.queries.horizon import Asked
from application.queries.provider import ProviderAnswer, provider
from application.queries.time_travel import TimeTravel
from domain.care_type import CareType
from domain.contract.contract_id import ContractId


class View(NamedTuple):
    """What one purchaser can know of a practice: its contract with it, and what it recorded about it."""

    contract_id: ContractId
    contract: ContractAnswer
    practice: ProviderAnswer


def seen_by_both(
    contracting: Contracting, questions: TimeTravel, concluded: Sequence[Sequence[ContractId]], days: Sequence[date]
) -> list[View]:
    """A practice with a signed contract at each purchaser for the same care, asked about a day of each one's term.

    A practice of which each of them recorded something of its own comes first; empty when there is none.
    """
    found: list[View] = []
    for contract_ids in _shared(concluded):
        views = [_view(contracting, questions, each, day) for each, day in zip(contract_ids, days, strict=True)]
        if all(view.practice.past_contracts or view.practice.known_values for view in views):
            return views
        found = found or views
    return found


def _shared(concluded: Sequence[Sequence[ContractId]]) -> Iterator[list[ContractId]]:
    first, *others = ({(each.agb, each.care_type): each for each in contract_ids} for contract_ids in concluded)
    physiotherapy_first = sorted(first, key=lambda each: (each[1] is not CareType.FYS, each))
    for key in physiotherapy_first:
        if all(key in other for other in others):
            yield [first[key], *(other[key] for other in others)]


def _view(contracting: Contracting, questions: TimeTravel, contract_id: ContractId, day: date) -> View:
    return View(
        contract_id,
        questions.contract(contract_id, Asked(effective_on=day)),
        provider(contracting, contract_id.agb, contract_id.purchaser, Asked()),
    )
