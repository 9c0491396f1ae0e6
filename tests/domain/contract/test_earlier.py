"""What the log holds of earlier periods is contract history, beside what was imported."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.contract import CarriedOver, Contract
from domain.contract.contract_id import ContractId
from domain.contract.earlier import EarlierContract, begins_before, with_earlier
from domain.policy.contract_history import in_force_years
from domain.provider.provider import OwnContract, PastContract, Provider
from tests.given import day, practice

ERG = CareType.ERG
OF_2024 = Term(start=day("2024-01-01"), end=day("2024-12-31"))


def of_log(contract: Contract, care_type: CareType = ERG, period: str = "2024") -> EarlierContract:
    return EarlierContract(ContractId("caresq", practice(ERG).record.agb, care_type, period), contract)


def concluded(term: Term = OF_2024, last_day: date | None = None) -> Contract:
    return Contract(carried_over=CarriedOver(term, None, "an earlier policy"), last_day=last_day)


def imported(care_type: CareType, first: str, last: str, addendum: str | None = None) -> PastContract:
    return PastContract(care_type=care_type, first_day=day(first), last_day=day(last), addendum=addendum)


def knowing(*past: PastContract) -> Provider:
    return replace(practice(ERG), past_contracts=past)


def history(provider: Provider, *earlier: EarlierContract) -> list[tuple[str, str, str]]:
    """Each contract with its source, its first and its last day."""
    return [
        (each.contract_id if isinstance(each, OwnContract) else "imported", str(each.first_day), str(each.last_day))
        for each in with_earlier(provider, earlier).past_contracts
    ]


OWN = "caresq/88003355/ERG/2024"


def test_a_contract_of_the_log_counts_for_its_term() -> None:
    assert history(knowing(), of_log(concluded())) == [(OWN, "2024-01-01", "2024-12-31")]


def test_one_that_was_terminated_counts_until_its_last_day() -> None:
    found = history(knowing(), of_log(concluded(last_day=day("2024-03-31"))))
    assert found == [(OWN, "2024-01-01", "2024-03-31")]


def test_one_that_was_extended_counts_until_its_new_end() -> None:
    longer = replace(concluded(), extended_to=day("2025-12-31"))
    assert history(knowing(), of_log(longer)) == [(OWN, "2024-01-01", "2025-12-31")]


@pytest.mark.parametrize(
    "never", [Contract(), concluded(last_day=day("2023-12-31"))], ids=["never signed", "ended before it began"]
)
def test_one_that_was_never_in_force_counts_for_nothing(never: Contract) -> None:
    assert history(knowing(), of_log(never)) == []


def test_each_attempt_counts_for_its_own_days_the_oldest_first() -> None:
    first = concluded(Term(start=day("2024-01-01"), end=day("2024-12-31")), last_day=day("2024-03-31"))
    second = replace(concluded(Term(start=day("2024-06-01"), end=day("2024-12-31"))), past=(first,), attempt=2)
    assert history(knowing(), of_log(second)) == [
        (OWN, "2024-01-01", "2024-03-31"),
        (OWN, "2024-06-01", "2024-12-31"),
    ]


@pytest.mark.parametrize(
    ("past", "stays"),
    [
        (imported(ERG, "2024-01-01", "2024-12-31"), False),
        (imported(ERG, "2024-03-01", "2024-06-30"), False),
        (imported(ERG, "2023-12-31", "2024-12-31"), True),
        (imported(ERG, "2024-01-01", "2025-01-01"), True),
        (imported(CareType.LOG, "2024-01-01", "2024-12-31"), True),
    ],
    ids=["the same days", "days within", "began earlier", "ended later", "another care type"],
)
def test_an_imported_contract_within_the_days_agreed_here_is_the_same_one_and_the_log_goes_first(
    past: PastContract, stays: bool
) -> None:
    found = history(knowing(past), of_log(concluded()))
    assert [each[0] for each in found] == (["imported", OWN] if stays else [OWN])


def test_the_log_goes_first_for_the_days_after_a_termination_too() -> None:
    past = imported(ERG, "2024-07-01", "2024-12-31")
    found = history(knowing(past), of_log(concluded(last_day=day("2024-03-31"))))
    assert found == [(OWN, "2024-01-01", "2024-03-31")]


def test_what_was_imported_stays_where_the_log_has_only_an_offer_that_came_to_nothing() -> None:
    past = imported(ERG, "2024-01-01", "2024-12-31")
    assert history(knowing(past), of_log(Contract())) == [("imported", "2024-01-01", "2024-12-31")]


def test_the_addendum_that_only_the_import_knows_is_kept() -> None:
    past = imported(ERG, "2024-01-01", "2024-12-31", "Keer diabetes 2 om")
    [found] = with_earlier(knowing(past), [of_log(concluded())]).past_contracts
    assert isinstance(found, OwnContract)
    assert found.addendum == "Keer diabetes 2 om"


def test_only_periods_that_begin_before_the_year_of_a_policy_are_history_to_it() -> None:
    told = {period: begins_before(period, 2025) for period in ("2023", "2024", "2024-2026", "2025", "2025-2026")}
    assert told == {"2023": True, "2024": True, "2024-2026": True, "2025": False, "2025-2026": False}


DAYS = st.dates(day("2020-01-01"), day("2026-12-31"))
TERMS = st.tuples(DAYS, DAYS).map(lambda days: Term(start=min(days), end=max(days)))
CARE = st.sampled_from([ERG, CareType.LOG])


@drawn(
    own=st.lists(st.tuples(CARE, TERMS), max_size=4),
    past=st.lists(st.tuples(CARE, TERMS), max_size=4),
)
def test_a_year_is_in_force_exactly_where_the_log_or_the_import_has_a_day_of_it(
    own: list[tuple[CareType, Term]], past: list[tuple[CareType, Term]]
) -> None:
    """Without terminations nothing that was imported is lost, and nothing is there that nobody told of."""
    told = [
        PastContract(care_type=care_type, first_day=term.start, last_day=term.end or date.max)
        for care_type, term in past
    ]
    earlier = [of_log(concluded(term), care_type, str(2020 + number)) for number, (care_type, term) in enumerate(own)]
    years = {year for _, term in (*own, *past) for year in range(term.start.year, (term.end or date.max).year + 1)}
    for order in (earlier, earlier[::-1]):
        provider = with_earlier(knowing(*told), order)
        assert in_force_years(provider, range(2019, 2029)) == sorted(years)
        assert len(provider.past_contracts) <= len(own) + len(past)
