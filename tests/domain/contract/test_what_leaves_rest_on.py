"""Leaves carry decisions: alter the fact that a leaf rests on, and the leaf changes, and the decision with it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.care_type import CareType
from domain.contract.commands import Approach, DecideApplication, ReceiveApplication, Sign
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationRefused,
    Approached,
    ContractOffered,
    NotApproached,
    OfferWithheld,
    Signed,
)
from domain.contract.tiers import factor_starts, tier_explanation
from domain.explanation import Explanation, Outcome
from domain.policy.answers import Answers
from domain.policy.condition_rules import Condition, ConditionKind
from domain.policy.document import PolicyDocument, Route
from domain.provider.provider import OptOut, Provider
from domain.provider.register import ProviderKind, Registration
from tests.given import (
    Given,
    adoptions,
    amended,
    asr,
    assessed,
    caresq_two_years,
    declared,
    given,
    known_to_asr,
    practice,
    sign,
)
from tests.given import Outcome as Brought

CARE_TYPES = (CareType.FYS, CareType.OEF, CareType.LOG, CareType.DIE, CareType.ERG, CareType.HUI)
Alters = Callable[[Provider], Provider]


class Case(NamedTuple):
    """A practice that a round approaches, and by leaf what takes away the fact that the leaf rests on."""

    document: PolicyDocument
    care_type: CareType
    provider: Provider
    flaws: Mapping[str, Alters]
    day: str

    def __repr__(self) -> str:
        return f"{self.document.id} {self.care_type}"

    def approach(self, provider: Provider) -> Brought:
        period = self.document.care_types[self.care_type].period
        contract = f"{self.document.purchaser.id}/{provider.record.agb}/{self.care_type}/{period}"
        policies = adoptions(self.document, since=("2023-04-01",))
        asked = given(care_type=self.care_type, policies=policies, provider=provider, contract=contract)
        return asked.when(Approach(), at=self.day)


def record(**changes: object) -> Alters:
    return lambda provider: replace(provider, record=provider.record.model_copy(update=changes))


def knowing(code: str, value: str, year: int | None) -> Alters:
    def alter(provider: Provider) -> Provider:
        others = tuple(each for each in provider.known_values if (each.code, each.year) != (code, year))
        told = type(provider.known_values[0])(code=code, value=value, year=year)
        return replace(provider, known_values=(*others, told))

    return alter


def without_professionals_registrations(provider: Provider) -> Provider:
    elsewhere = (Registration(in_register="elsewhere", valid_from=date(2015, 1, 1)),)
    people = [each.model_copy(update={"registrations": elsewhere}) for each in provider.record.professionals]
    return record(professionals=tuple(people))(provider)


def by_condition(condition: Condition) -> Alters | None:
    """What makes a condition not met; nothing where the practice itself is asked."""
    value = condition.registered or condition.verdict
    if value is not None and value.allowed:
        return knowing(value.value, "none of these", value.year)
    if condition.measured is not None:
        return knowing(condition.measured.value, str(condition.measured.below), condition.measured.year)
    if condition.since is not None:
        return knowing(condition.since.value, "2022-06-01", None)
    if condition.kind is ConditionKind.PROFESSIONALS:
        return without_professionals_registrations
    return None


def case(document: PolicyDocument, care_type: CareType) -> Case:
    """Everything that a round asks of this care type, each met, and each with what takes it away."""
    rules, approach = document.care_types[care_type], document.approach_of(care_type)
    flaws: dict[str, Alters] = {"certificate": record(certificates=())}
    if ProviderKind.HOSPITAL not in approach.kinds:
        flaws["approach.kind"] = record(kind=ProviderKind.HOSPITAL)
    if rules.vektis is not None:
        flaws["approach.profession"] = record(professionals=())
    if approach.opt_out is not None:
        flaws["approach.opt_out"] = lambda provider: replace(
            provider, opt_outs=(OptOut(care_type=None, from_day=date(2023, 1, 1)),)
        )
    contracted = "approach.recent_contract" if approach.recent_contract is not None else "contract_in_year"
    flaws[contracted] = lambda provider: replace(provider, past_contracts=())
    if approach.claims_in_year is not None:
        flaws["approach.claims"] = knowing(approach.claims_in_year.value, "0", document.year - 1)
    if approach.findings is not None:
        flaws["approach.findings"] = knowing(approach.findings.value, "2023-05-22", None)
    for code in rules.conditions:
        condition = document.conditions[code]
        alters = None if condition.answered or not condition.bars else by_condition(condition)
        if alters is not None and condition.kind is not ConditionKind.PROFESSIONALS:
            flaws[f"condition.{code}"] = alters
    provider, day = practice(care_type), "2024-08-28"
    if document.purchaser.id == "asr":
        told = ("kvk=ingeschreven", "wtza=gemeld", "governance_code=nvt", "verscherpt_toezicht=nee")
        provider, day = known_to_asr(care_type, *told), "2023-09-15"
        people = [
            each.model_copy(
                update={
                    "registrations": tuple(
                        Registration(in_register=name, valid_from=date(2015, 1, 1))
                        for name in ("big", "irf_kngf", "kp")
                    )
                }
            )
            for each in provider.record.professionals
        ]
        provider = record(professionals=tuple(people))(provider)
        registers = [code for code in rules.conditions if document.conditions[code].professionals is not None]
        for code in registers[:1]:
            flaws[f"condition.{code}"] = without_professionals_registrations
    return Case(document, care_type, provider, flaws, day)


CASES = [case(document, care_type) for document in (caresq_two_years(), asr()) for care_type in CARE_TYPES]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Case, frozenset[str]]:
    chosen = draw(st.sampled_from(CASES))
    return chosen, draw(st.frozensets(st.sampled_from(sorted(chosen.flaws)), max_size=4))


def with_flaws(chosen: Case, flaws: frozenset[str]) -> Provider:
    provider = chosen.provider
    for name in sorted(flaws):
        provider = chosen.flaws[name](provider)
    return provider


def outcomes(explanation: Explanation) -> dict[str, Outcome]:
    """Each judged rule with its outcome; that of the certificate under one name, whichever rule asks for it."""
    found = {each.rule: each.outcome for each in explanation.because}
    for rule in ("approach.certificate", "condition.vecozo_certificate"):
        if rule in found:
            found["certificate"] = found[rule]
    return found


@for_all(cases())
def test_who_takes_away_what_a_leaf_of_an_approach_rests_on_changes_the_leaf_and_the_decision(
    drawn: tuple[Case, frozenset[str]],
) -> None:
    chosen, flaws = drawn
    flawed = chosen.approach(with_flaws(chosen, flaws))
    for name in flaws:
        told = outcomes(flawed.why(NotApproached))
        mended = chosen.approach(with_flaws(chosen, flaws - {name}))
        better = outcomes(mended.why(NotApproached if flaws - {name} else Approached))
        assert told[name] is Outcome.NOT_MET, name
        assert better[name] is Outcome.MET, name
    if not flaws:
        assert set(outcomes(flawed.why(Approached)).values()) == {Outcome.MET}
        assert flawed.why(Approached).outcome is Outcome.MET


@for_all(st.sampled_from(CASES), st.data())
def test_every_leaf_that_is_met_was_needed(chosen: Case, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(chosen.flaws)))
    assert outcomes(chosen.approach(chosen.provider).why(Approached))[name] is Outcome.MET
    refused = chosen.approach(chosen.flaws[name](chosen.provider))
    assert [type(fact) for fact in refused.facts] == [NotApproached]


# ------------------------------------------------------------------------------------------------------------- tiers

PROVEN = ("kngf", "skf")
FACTORS = ("kngf", "prem", "skf")


@for_all(st.frozensets(st.sampled_from(FACTORS)), st.sampled_from(FACTORS))
def test_who_takes_away_a_factor_changes_its_leaf_and_the_tier(claimed: frozenset[str], taken: str) -> None:
    fewer = claimed - {taken} - ({"skf"} if taken == "kngf" else set())  # skf implies kngf
    both = fewer | {taken}

    def tier(factors: frozenset[str]) -> tuple[str, dict[str, Outcome]]:
        proven = tuple(each for each in sorted(factors) if each in PROVEN)
        contract = assessed(*sorted(factors), proven=proven)
        [assignment] = contract.contract.assignments
        leaves = {each.rule: each.outcome for each in tier_tree(contract).because}
        return assignment.tier, {code: leaves[f"factor.{code}"] for code in FACTORS}

    with_it, without_it = tier(both), tier(fewer)
    assert (with_it[1][taken], without_it[1][taken]) == (Outcome.MET, Outcome.NOT_MET)
    assert with_it[0] < without_it[0], "a factor more is a better tier, and A is better than B"
    assert {code for code, outcome in with_it[1].items() if outcome is Outcome.MET} >= both


def tier_tree(contract: Given) -> Explanation:
    """The tree that is made of the contract as it stands."""
    rules = caresq_two_years().care_types[CareType.FYS]
    term = rules.term.term if rules.term is not None else None
    assert term is not None
    starts = factor_starts(contract.contract, rules, term)
    return tier_explanation(starts, rules, contract.contract.assignments[0])


# --------------------------------------------------------------------------------------- signature, application, start

OFFERED = [each for each in CASES if each.document.care_types[each.care_type].route is Route.DIRECT_OFFER]


def offered_to(chosen: Case, provider: Provider | None = None) -> Given:
    contract = chosen.approach(chosen.provider).done()
    return contract if provider is None else contract.but(provider=provider)


def declared_but(chosen: Case, *unmet: str) -> Answers:
    return declared(chosen.document, chosen.care_type, **dict.fromkeys(unmet, False))


@for_all(st.sampled_from(OFFERED), st.data())
def test_who_declares_otherwise_changes_the_leaf_and_can_not_sign(chosen: Case, data: st.DataObject) -> None:
    conditions = chosen.document.conditions
    asked = [
        code
        for code in chosen.document.care_types[chosen.care_type].conditions
        if conditions[code].bars and conditions[code].kind is ConditionKind.DECLARED
    ]
    code = data.draw(st.sampled_from(asked))
    contract = offered_to(chosen)
    signed = contract.when(sign(contract, declared_but(chosen)), at=chosen.day[:8] + "29").why(Signed)
    refused = contract.when(sign(contract, declared_but(chosen, code)), at=chosen.day[:8] + "29").refusal

    assert outcomes(signed)[f"condition.{code}"] is Outcome.MET
    assert refused.code == "CONDITIONS_NOT_MET"
    assert refused.why is not None
    assert outcomes(refused.why)[f"condition.{code}"] is Outcome.NOT_MET


@for_all(st.sampled_from(OFFERED), st.sampled_from(["person", "certificate", "text"]))
def test_who_takes_away_what_a_signature_rests_on_is_refused_for_it(chosen: Case, part: str) -> None:
    contract = offered_to(chosen)
    right = sign(contract, declared_but(chosen))
    wrong: dict[str, tuple[Given, Sign, str]] = {
        "person": (contract.but(provider=record(signatories=())(chosen.provider)), right, "NOT_A_SIGNATORY"),
        "certificate": (contract, right.model_copy(update={"certificate_serial": "x"}), "CERTIFICATE_NOT_THEIRS"),
        "text": (contract, right.model_copy(update={"agreement_sha256": "0" * 64}), "AGREEMENT_CHANGED"),
    }
    told = contract.when(right, at=chosen.day[:8] + "29").why(Signed)
    where, command, code = wrong[part]
    refused = where.when(command, at=chosen.day[:8] + "29").refusal

    assert outcomes(told)[f"signature.{part}"] is Outcome.MET
    assert (refused.code, refused.clause) == (code, chosen.document.signature.clause)


@for_all(st.dates(date(2024, 11, 8), date(2026, 8, 31)), st.integers(31, 60))
def test_the_start_of_an_application_moves_with_the_day_that_its_leaf_rests_on(received: date, later: int) -> None:
    def start(day: date) -> tuple[date, str]:
        contract = given(care_type=CareType.ERG, policy=caresq_two_years())
        applied = contract.when(ReceiveApplication(), at=str(day)).done()
        granted = applied.when(DecideApplication(verdicts={"added_value": True}), at="2026-12-30")
        [fact] = [each for each in granted.facts if isinstance(each, ApplicationGranted)]
        return fact.term.start, granted.why(ApplicationGranted).value

    first, second = start(received), start(date.fromordinal(received.toordinal() + later))
    assert first[1] == str(first[0])
    assert second[0] > first[0] or second[0] == date(2025, 1, 1)


@for_all(st.booleans())
def test_the_verdict_that_a_leaf_rests_on_grants_or_refuses(of_value: bool) -> None:
    applied = given(care_type=CareType.ERG).when(ReceiveApplication(), at="2024-11-15").done()
    decided = applied.when(DecideApplication(verdicts={"added_value": of_value}), at="2024-11-20")

    assert any(isinstance(each, ApplicationGranted) for each in decided.facts) is of_value
    assert any(isinstance(each, ApplicationRefused) for each in decided.facts) is not of_value
    assert of_value or decided.why(ApplicationRefused).outcome is Outcome.NOT_MET


@for_all(st.sampled_from(CASES), st.booleans())
def test_an_offer_is_withheld_for_the_term_that_its_leaf_names(chosen: Case, decided: bool) -> None:
    if chosen.care_type not in (CareType.DIE, CareType.ERG):
        return  # the others' period is one year: there is one end to choose from
    options = [f"{chosen.document.year}-12-31", "2026-12-31"]
    rules: dict[str, object] = {"term": {"end": "undecided", "options": options}}
    policy = chosen.document if decided else amended(chosen.document, {"care_types": {chosen.care_type: rules}})
    brought = chosen._replace(document=policy).approach(chosen.provider)

    assert any(isinstance(each, ContractOffered) for each in brought.facts) is decided
    leaf = brought.why(ContractOffered if decided else OfferWithheld)
    term = leaf if not decided else next(each for each in leaf.because if each.rule == "offer.term")
    assert term.outcome is (Outcome.MET if decided else Outcome.UNKNOWN)
