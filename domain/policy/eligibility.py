"""Whom a round approaches: small named rules, each with its clause; every one that bars is told, not the first."""

from collections.abc import Iterator
from datetime import date

from domain.care_type import CareType
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.approach import ApproachRules, ClaimsInYearRule, FindingsRule, RecentContractRule
from domain.policy.care_type_rules import Route
from domain.policy.conditions import Verdicts, judge
from domain.policy.contract_history import contract_in_year, in_force_on, in_force_years, source, told_in_force
from domain.policy.document import CareTypeRules, PolicyDocument, VektisRule
from domain.policy.judged import Consequence, Judged, bar, person_decides
from domain.policy.known_values import NOTHING_KNOWN, number_in, standing_texts
from domain.policy.registrations import annotated_on, judged_certificate
from domain.policy.values import Clause, day_in
from domain.provider.provider import Provider
from domain.provider.register import Professional, ProviderKind

WITHOUT_APPROACH = {
    Route.TRANSFERRED: "OTHER_POLICY",
    Route.DEFERRED: "DEFERRED",
    Route.NOT_OFFERED: "NOT_OFFERED",
    Route.APPLICATION_ONLY: "NO_ROUND",
}
"""Routes that approach nobody, with the reason code."""


def is_candidate(rules: CareTypeRules, care_type: CareType, provider: Provider, day: date) -> bool:
    """Whether a profession, its kind or its history makes the practice a candidate.

    Its kind does where the care type has rules of approach for other kinds than independent practices alone and names
    no profession. The answer for all others is computed when asked.
    """
    if any(past.care_type is care_type for past in provider.past_contracts):
        return True
    if rules.vektis is not None:
        vektis = rules.vektis
        return bool(provider.professionals_on(day, vektis.profession)) or bool(annotated_on(day, vektis.also, provider))
    if rules.professions:
        return any(provider.professionals_on(day, profession) for profession in rules.professions)
    kinds = rules.approach.kinds if rules.approach is not None else ()
    return provider.record.kind in kinds and ProviderKind.INDEPENDENT not in kinds


def approach_rules(
    document: PolicyDocument, care_type: CareType, provider: Provider, day: date
) -> Iterator[tuple[str, Explanation]]:
    """Each rule of approach with its reason code and what was found, on the day of approach.

    What the practice would still be asked does not stand in the way of an approach and is left out.
    """
    for judged in judge_approach(document, care_type, provider, day):
        if judged.consequence is not Consequence.ASKS:
            yield judged.refusal_code, judged.explanation


def judge_approach(
    document: PolicyDocument, care_type: CareType, provider: Provider, day: date, verdicts: Verdicts | None = None
) -> Iterator[Judged]:
    """Each rule of approach with what follows: it bars, asks the practice, or needs a person.

    A person's verdict on a condition, by its code, takes the place of what is unknown.
    """
    rules, approach = document.care_types[care_type], document.approach_of(care_type)
    yield from _route(rules, approach, care_type, provider, date(document.year, 1, 1))
    yield bar("PROVIDER_KIND", _kind(approach, provider))
    if rules.vektis is not None:
        yield bar("AGB_PREFIX", _agb_prefix(rules.vektis, provider))
        yield bar("PROFESSION_NOT_ATTACHED", _profession(rules.vektis, provider, day))
    if approach.certificate is not None:
        found = judged_certificate("approach.certificate", approach.certificate.clause, provider, day)
        yield bar("NO_VECOZO_CERTIFICATE", found)
    if approach.recent_contract is not None:
        yield bar("NOT_CONTRACTED_RECENTLY", _recent_contract(approach.recent_contract, provider, document.year))
    if approach.contract_in_year is not None:
        found = contract_in_year(approach.contract_in_year, care_type, provider, document.year)
        yield bar(approach.contract_in_year.code, found)
    if approach.claims_in_year is not None:
        yield _claims(approach, approach.claims_in_year, care_type, provider, document.year, verdicts or {})
    if approach.findings is not None:
        yield _findings(approach.findings, care_type, provider)
    if approach.opt_out is not None:
        yield bar("OPTED_OUT", _opt_out(approach.opt_out.clause, care_type, provider, day))
    if approach.conditions is not None:
        codes = [code for code in rules.conditions if not document.conditions[code].answered]
        yield from judge(document, codes, provider, None, day, care_type=care_type, verdicts=verdicts)


def integrity_doubted(document: PolicyDocument, provider: Provider, day: date) -> bool:
    """Whether a named officer's signal sends the practice to review instead (OD54)."""
    return document.approach.integrity is not None and any(
        signal.active_on(day) for signal in provider.integrity_signals
    )


def transferred(document: PolicyDocument, care_type: CareType, provider: Provider) -> Explanation | None:
    """Whether the care of this practice goes to the policy that the document names; nothing where it names none.

    Without a contract as asked it goes nowhere and nothing is offered (CQ25-4-28).
    """
    rules = document.care_types[care_type]
    if rules.transfer is None:
        return None
    to = f"goes to {rules.transfer.to}"
    if rules.transferred_when is None:
        return Explanation(
            rule="transfer",
            clause=rules.transfer.clause,
            outcome=Outcome.MET,
            value=to,
            threshold="all of this care type",
        )
    asked = contract_in_year(rules.transferred_when, care_type, provider, document.year)
    told = to if asked.outcome is Outcome.MET else "nothing to transfer"
    return Explanation(
        rule="transfer", clause=rules.transfer.clause, outcome=asked.outcome, value=told, because=(asked,)
    )


def vektis_rules(vektis: VektisRule, provider: Provider, day: date) -> tuple[Judged, Judged]:
    """The registration test on its own, as a request to follow another insurer needs it (CQ25-4-32)."""
    return (
        bar("AGB_PREFIX", _agb_prefix(vektis, provider)),
        bar("PROFESSION_NOT_ATTACHED", _profession(vektis, provider, day)),
    )


def _route(
    rules: CareTypeRules, approach: ApproachRules, care_type: CareType, provider: Provider, year_start: date
) -> Iterator[Judged]:
    """A contract that runs on, else a round that approaches nobody."""
    running = in_force_on(year_start, care_type, provider)
    if approach.running is not None and (running is not None or approach.closed is None):
        told = f"in force until {running.last_day}{source(running)}" if running is not None else "none runs on"
        yield bar(
            approach.running.code,
            Explanation(
                rule="approach.running",
                clause=approach.running.clause,
                outcome=outcome_of(running is None),
                value=told,
                threshold=f"no contract in force on {year_start}",
            ),
        )
        if running is not None:
            return
    if approach.closed is not None:
        found = Explanation(
            rule="approach.round",
            clause=approach.closed.clause,
            outcome=Outcome.NOT_MET,
            value="closed",
            threshold="a round that approaches",
        )
        yield bar(approach.closed.code, found)
    elif rules.route in WITHOUT_APPROACH:
        clause = rules.transfer.clause if rules.transfer is not None else rules.clause
        code = rules.transfer.code if rules.transfer is not None else WITHOUT_APPROACH[rules.route]
        found = Explanation(
            rule="approach.route",
            clause=clause,
            outcome=Outcome.NOT_MET,
            value=rules.route,
            threshold="a round that approaches",
        )
        yield bar(code, found)


def _kind(approach: ApproachRules, provider: Provider) -> Explanation:
    kind = provider.record.kind
    return Explanation(
        rule="approach.kind",
        clause=approach.kinds_clause,
        outcome=outcome_of(kind in approach.kinds),
        value=kind,
        threshold=", ".join(approach.kinds),
    )


def _agb_prefix(vektis: VektisRule, provider: Provider) -> Explanation:
    return Explanation(
        rule="approach.agb_prefix",
        clause=vektis.clause,
        outcome=outcome_of(provider.record.agb.prefix in vektis.prefixes),
        value=provider.record.agb.prefix,
        threshold=", ".join(vektis.prefixes),
    )


def _profession(vektis: VektisRule, provider: Provider, day: date) -> Explanation:
    attached: list[Professional] = [
        each
        for each in provider.professionals_on(day, vektis.profession)
        if vektis.professional_prefix is None or each.agb.prefix == vektis.professional_prefix
    ]
    counted = [each for each in annotated_on(day, vektis.also, provider) if each not in attached]
    wanted = vektis.profession + (f" ({vektis.professional_prefix})" if vektis.professional_prefix else "")
    also = f", {len(counted)} by annotation" if counted else ""
    return Explanation(
        rule="approach.profession",
        clause=vektis.clause,
        outcome=outcome_of(bool(attached or counted)),
        value=f"{len(attached)} attached{also}",
        threshold=f"at least one {wanted}",
    )


def _recent_contract(recent: RecentContractRule, provider: Provider, policy_year: int) -> Explanation:
    years = range(policy_year - recent.calendar_years, policy_year)
    return Explanation(
        rule="approach.recent_contract",
        clause=recent.clause,
        outcome=outcome_of(bool(in_force_years(provider, years))),
        value=told_in_force(provider, years),
        threshold=f"a contract in force in one of {years[0]}..{years[-1]}",
    )


def _claims(
    approach: ApproachRules,
    asked: ClaimsInYearRule,
    care_type: CareType,
    provider: Provider,
    policy_year: int,
    verdicts: Verdicts,
) -> Judged:
    """Claims in a year; who had a contract and no claims is flagged, never taken for new; unknown is for a person
    (OD35).
    """
    year = policy_year - asked.years_before
    text = provider.value(asked.value, year=year, care_type=care_type)
    number = None if text is None else number_in(text)
    rule, told = "approach.claims", f"{text} in {year}" if text is not None else NOTHING_KNOWN
    outcome = Outcome.UNKNOWN if number is None else outcome_of(number > 0)
    if outcome is Outcome.UNKNOWN and rule in verdicts:
        outcome, told = verdicts[rule], f"{told}; a person decided"
    found = Explanation(rule=rule, clause=asked.clause, outcome=outcome, value=told, threshold=f"more than 0 in {year}")
    contracted = approach.contract_in_year is None or (
        contract_in_year(approach.contract_in_year, care_type, provider, policy_year).outcome is Outcome.MET
    )
    flags = (asked.flag,) if contracted and outcome is Outcome.NOT_MET else ()
    if outcome is Outcome.UNKNOWN:
        return person_decides(asked.unknown_code, found)
    return bar(asked.code, found, *flags)


def _findings(asked: FindingsRule, care_type: CareType, provider: Provider) -> Judged:
    """A finding counts from its day, and each for itself; that nobody found anything is known, for only the purchaser
    records one.
    """
    texts = standing_texts(
        each for each in provider.values_in_order(asked.value) if each.care_type in (care_type, None)
    )
    unread = next((text for text in texts if day_in(text) is None), None)
    days = sorted(found_on for text in texts if (found_on := day_in(text)) is not None)
    if days and days[0] <= asked.until:
        outcome, told = Outcome.NOT_MET, f"found on {max(each for each in days if each <= asked.until)}"
    elif unread is not None:
        outcome, told = Outcome.UNKNOWN, f"{unread}, which is no day"
    else:
        outcome, told = Outcome.MET, f"found on {days[-1]}" if days else "nothing found"
    found = Explanation(
        rule="approach.findings",
        clause=asked.clause,
        outcome=outcome,
        value=told,
        threshold=f"not found to fall short of the conditions up to {asked.until}",
    )
    return bar(asked.code, found)


def _opt_out(clause: Clause, care_type: CareType, provider: Provider, day: date) -> Explanation:
    opted_out = any(opt_out.active_on(day, care_type) for opt_out in provider.opt_outs)
    return Explanation(
        rule="approach.opt_out",
        clause=clause,
        outcome=outcome_of(not opted_out),
        value="wants no offer" if opted_out else "no opt-out",
        threshold="no opt-out in force",
    )
