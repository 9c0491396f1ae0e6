"""What the contracts that a purchaser had with a practice say of a year."""

from collections.abc import Iterable
from datetime import date

from domain.care_type import CareType
from domain.explanation import Explanation, outcome_of
from domain.policy.application_rules import Applicants
from domain.policy.approach import ContractInYearRule, WhichCareType
from domain.policy.document import PolicyDocument
from domain.provider.provider import OwnContract, PastContract, Provider


def asks_history(document: PolicyDocument, care_type: CareType) -> WhichCareType | None:
    """Of which care types the rules of a care type ask the contract history: of any, of its own, of none."""
    approach, rules, application = document.approach_of(care_type), document.care_types[care_type], document.application
    asked = {each.care_type for each in (approach.contract_in_year, rules.transferred_when) if each is not None}
    if approach.recent_contract is not None:
        asked.add(WhichCareType.ANY)
    if approach.running is not None:
        asked.add(WhichCareType.SAME)
    if application is not None:
        whom = {each.applicants for each in application.criteria}
        if application.deadline is not None:
            whom.add(application.deadline.applicants)
        asked |= {_ASKED_OF[each] for each in whom if each in _ASKED_OF}
    return next((each for each in (WhichCareType.ANY, WhichCareType.SAME) if each in asked), None)


_ASKED_OF = {Applicants.NEW: WhichCareType.ANY, Applicants.WITHOUT_LAST_YEAR: WhichCareType.SAME}


def in_force_years(provider: Provider, years: Iterable[int]) -> list[int]:
    """Those of the calendar years in which a contract of any care type was in force."""
    return sorted({year for past in provider.past_contracts for year in years if _in_year(past, year)})


def told_in_force(provider: Provider, years: Iterable[int]) -> str:
    """Those years as an explanation names them, with the ids of the contracts that this log holds."""
    in_force = in_force_years(provider, years)
    if not in_force:
        return "none in force"
    own = [
        each.contract_id
        for each in provider.past_contracts
        if isinstance(each, OwnContract) and any(_in_year(each, year) for year in in_force)
    ]
    named = f" ({', '.join(dict.fromkeys(own))})" if own else ""
    return f"in force in {', '.join(map(str, in_force))}{named}"


def source(past: PastContract) -> str:
    """The id of a contract that this log holds, to be told behind its days; nothing for one that was imported."""
    return f" ({past.contract_id})" if isinstance(past, OwnContract) else ""


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
    told = [
        f"{past.care_type} {past.first_day}..{past.last_day}" + _addendum(past) + source(past)
        for past in fitting or in_year
    ]
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
