"""What the simulated years came to: where every contract stands, in which tier, and which are worth a look."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from application.contract_pages import contract_pages
from application.contracting import Contracting, Loaded
from application.queries.contract_answer import ContractAnswer
from application.queries.horizon import Asked
from application.queries.time_travel import TimeTravel
from application.round import version_of
from domain.calendar import local_day
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.standing import Status, deadlines_of, status
from domain.explanation import Outcome

MOST_ASKED = 200
"""How many contracts are asked for an explanation worth showing before the search gives up."""

OPEN_DAY = date(2025, 6, 30)
"""Halfway the year, when evidence can still bring a higher tier: on the last day of a term none does."""


class Standing(NamedTuple):
    """Where a number of contracts of one care type stand; ``tier`` is what the practices are entitled to."""

    care_type: CareType
    status: Status
    tier: str | None


class Summary(NamedTuple):
    """How many contracts stand where; those that are signed and run, and all that were signed, in order of id."""

    counts: Counter[Standing]
    in_force: list[ContractId]
    concluded: list[ContractId]


def summarise(contracting: Contracting, policy: str, at: datetime) -> Summary:
    """Where all contracts of a policy stand at an instant."""
    document = version_of(contracting, policy, at).document
    counts: Counter[Standing] = Counter()
    in_force: list[ContractId] = []
    concluded: list[ContractId] = []
    for page in contract_pages(contracting, policy):
        for loaded in page:
            care_type = loaded.contract_id.care_type
            stands = status(loaded.contract, deadlines_of(loaded.contract, document, care_type), at)
            counts[Standing(care_type, stands, _tier(loaded, at))] += 1
            if stands is Status.SIGNED:
                in_force.append(loaded.contract_id)
            if loaded.contract.concluded:
                concluded.append(loaded.contract_id)
    return Summary(counts, in_force, concluded)


def _tier(loaded: Loaded, at: datetime) -> str | None:
    assignments = loaded.contract.assignments
    if not assignments:
        return None
    first_day = min(each.effective_on for each in assignments)
    assignment = loaded.contract.tier_on(max(local_day(at), first_day))
    return None if assignment is None else assignment.tier


def with_a_way_up(questions: TimeTravel, contract_ids: list[ContractId]) -> ContractAnswer | None:
    """A contract for which evidence could bring a higher tier on ``OPEN_DAY``; one with a factor met if there is."""
    fallback: ContractAnswer | None = None
    for answer in _asked(questions, contract_ids):
        if answer.next_tier is None or answer.explanation is None:
            continue
        if sum(each.outcome is Outcome.MET for each in answer.explanation.because) > 1:
            return answer
        fallback = fallback or answer
    return fallback


def _asked(questions: TimeTravel, contract_ids: list[ContractId]) -> Iterator[ContractAnswer]:
    physiotherapy_first = sorted(contract_ids, key=lambda each: each.care_type is not CareType.FYS)
    for contract_id in physiotherapy_first[:MOST_ASKED]:
        yield questions.contract(contract_id, Asked(effective_on=OPEN_DAY, known_at=OPEN_DAY))
