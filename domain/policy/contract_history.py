"""What the contracts that a purchaser had with a practice say of a year."""

from collections.abc import Iterable
from datetime import date

from domain.care_type import CareType
from domain.explanation import Explanation, outcome_of
from domain.policy.approach import ContractInYearRule, WhichCareType
from domain.provider.provider import PastContract, Provider


def in_force_years(provider: Provider, years: Iterable[int]) -> list[int]:
    """Those of the calendar years in which a contract of any care type was in force."""
    return sorted({year for past in provider.past_contracts for year in years if _in_year(past, year)})


def in_force_on(day: date, care_type: CareType, provider: Provider) -> PastContract | None:
    """The contract for a care type that is in force on a day."""
    return next(
        (
            past
            for past in provider.past_contracts
            if past.care_type is care_type and past.first_day <= day <= past.last_day
        ),
        None,
    )


def contract_in_year(
    asked: ContractInYearRule, care_type: CareType, provider: Provider, policy_year: int
) -> Explanation:
    """Whether a contract as asked was in force in that calendar year."""
    year = policy_year - asked.years_before
    in_year = [
        past
        for past in provider.past_contracts
        if _in_year(past, year) and (asked.care_type is WhichCareType.ANY or past.care_type is care_type)
    ]
    fitting = [past for past in in_year if _as_asked(asked, past)]
    told = [f"{past.care_type} {past.first_day}..{past.last_day}" + _addendum(past) for past in fitting or in_year]
    return Explanation(
        rule="contract_in_year",
        clause=asked.clause,
        outcome=outcome_of(bool(fitting)),
        value=", ".join(told) or f"none in force in {year}",
        threshold=_threshold(asked, care_type, year),
    )


def is_new(provider: Provider) -> bool:
    """Whether this purchaser never had a contract with the practice."""
    return not provider.past_contracts


def without_contract_in(provider: Provider, care_type: CareType, year: int) -> bool:
    """Whether no contract for the care type was in force in a calendar year."""
    return not any(past.care_type is care_type and _in_year(past, year) for past in provider.past_contracts)


def _in_year(past: PastContract, year: int) -> bool:
    return past.first_day.year <= year <= past.last_day.year


def _as_asked(asked: ContractInYearRule, past: PastContract) -> bool:
    years = past.last_day.year - past.first_day.year + 1
    return asked.full_years in (None, years) and asked.addendum in (None, past.addendum)


def _addendum(past: PastContract) -> str:
    return f" with the addendum {past.addendum}" if past.addendum else ""


def _threshold(asked: ContractInYearRule, care_type: CareType, year: int) -> str:
    which = "any care type" if asked.care_type is WhichCareType.ANY else care_type
    length = f", for {asked.full_years} calendar year(s)" if asked.full_years else ""
    addendum = f", with the addendum {asked.addendum}" if asked.addendum else ""
    return f"a contract for {which} in force in {year}{length}{addendum}"
