"""Differentiation factors on the day of confirmation: what is declared or measured, and which tier follows from a
set.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from domain.explanation import Explanation, Outcome, outcome_of, shortened
from domain.policy.answers import Answers, Claim, Finding, Measured
from domain.policy.document import CareTypeRules, Factor, PolicyDocument, ShareRule
from domain.policy.measures import numbers_of
from domain.policy.tier_rules import AnyTier, Standing, tier_reached
from domain.provider.provider import Provider
from domain.provider.register import Professional

NOT_SPECIALISED = "no specialisation"


def findings_at_confirmation(
    document: PolicyDocument, rules: CareTypeRules, answers: Answers, provider: Provider, day: date, start: date
) -> list[tuple[Finding, Explanation]]:
    """What is established of each claimed factor that needs no evidence, on the local day of confirmation.

    A certificate known to end before the start is unknown: a person decides (OD07).
    """
    established: list[tuple[Finding, Explanation]] = []
    for code, factor in rules.factors.items():
        if code in answers.claims and factor.evidence is None:
            explanation = _established(document, code, factor, answers.claims[code], provider, day, start)
            established.append(
                (Finding(factor=code, outcome=explanation.outcome, value=explanation.value), explanation)
            )
    return established


def asked_of(factor: Factor) -> str:
    """What a factor without evidence asks, as the policy has it."""
    if factor.share is not None:
        return least_share(factor.share)
    if factor.bureau_list is not None:
        return "a bureau on the list"
    return "a valid certificate" if factor.certificate else "declared"


def least_share(share: ShareRule) -> str:
    """The smallest share of heads that meets the rule."""
    return f"at least {share.minimum.numerator}/{share.minimum.denominator}"


def _established(
    document: PolicyDocument, code: str, factor: Factor, claim: Claim, provider: Provider, day: date, start: date
) -> Explanation:
    rule = f"factor.{code}"
    if factor.share is not None:
        return measured_share(factor.share, rule, provider, day)
    if factor.bureau_list is not None:
        listed = document.bureau_lists[factor.bureau_list]
        return Explanation(
            rule=rule,
            clause=factor.clause,
            outcome=outcome_of(any(bureau.name == claim.bureau and bureau.listed_on(day) for bureau in listed.bureaus)),
            value=claim.bureau or "no bureau named",
            threshold=f"a bureau on the list on {day} ({listed.clause})",
        )
    if factor.certificate and claim.valid_until is not None:
        return Explanation(
            rule=rule,
            clause=factor.clause,
            outcome=_certificate_outcome(claim.valid_until, day, start),
            value=f"valid until {claim.valid_until}",
            threshold=f"valid on {day} and not ending before {start}",
        )
    return Explanation(rule=rule, clause=factor.clause, outcome=Outcome.MET, value="declared", threshold="declared")


def _certificate_outcome(valid_until: date, day: date, start: date) -> Outcome:
    if valid_until < day:
        return Outcome.NOT_MET
    return Outcome.MET if valid_until >= start else Outcome.UNKNOWN


def measured_share(share: ShareRule, rule: str, provider: Provider, day: date) -> Explanation:
    """The share of heads on a day, compared exactly; nobody of the profession at all does not meet it."""
    everybody = provider.professionals_on(day, share.profession)
    judged = [_qualifies(share, each) for each in everybody]
    counted = sum(each.outcome is Outcome.MET for each in judged)
    met = bool(everybody) and Fraction(counted, len(everybody)) >= share.minimum
    judged.sort(key=lambda each: (each.outcome is not Outcome.MET, each.value == NOT_SPECIALISED))
    return Explanation(
        rule=rule,
        clause=share.clause,
        outcome=outcome_of(met),
        value=f"{counted}/{len(everybody)}",
        threshold=least_share(share),
        because=shortened(judged, rule),
    )


def _qualifies(share: ShareRule, professional: Professional) -> Explanation:
    """Whether one professional counts in the numerator; a reason per person."""
    name = f"professional {professional.agb}"
    recognised = [each for each in professional.specialisations if each.code in share.specialisations]
    if not recognised:
        found = ", ".join(each.code for each in professional.specialisations)
        return Explanation(
            rule=name,
            outcome=Outcome.NOT_MET,
            clause=share.clause,
            value=found or NOT_SPECIALISED,
            threshold="a recognised specialisation",
        )
    registered = [each for each in recognised if each.vektis_registered or not share.vektis_registered]
    if not registered:
        return Explanation(
            rule=name,
            outcome=Outcome.NOT_MET,
            clause=share.clause,
            value=f"{recognised[0].code}, not registered in Vektis",
            threshold="registered in Vektis",
        )
    return Explanation(
        rule=name,
        outcome=outcome_of(professional.weekly_hours >= share.weekly_hours),
        clause=share.hours_clause,
        value=f"{registered[0].code}, {professional.weekly_hours} hours a week for this practice",
        threshold=f"at least {share.weekly_hours} hours",
    )


def starts_with_implied(rules: CareTypeRules, met_from: Mapping[str, date]) -> dict[str, date]:
    """The start day of every factor met, those included that another one implies (CQ25-3.2-22)."""
    starts = dict(met_from)
    pending = list(starts)
    while pending:
        code = pending.pop()
        for implication in rules.factors[code].implies:
            known = starts.get(implication.factor)
            if known is None or starts[code] < known:
                starts[implication.factor] = starts[code]
                pending.append(implication.factor)
    return starts


def tier_for(rules: CareTypeRules, factors: Iterable[str], measured: Iterable[Measured] = ()) -> AnyTier:
    """The tier to which the factors met and the numbers measured entitle; the table leaves nobody out."""
    return tier_reached(rules.tiers, rules.unmeasured, standing_of(rules, factors, measured))


def standing_of(rules: CareTypeRules, factors: Iterable[str], measured: Iterable[Measured] = ()) -> Standing:
    """What the tiers look at: how many factors, their points, the numbers."""
    met = set(factors)
    points = sum((rules.factors[code].points or Fraction(0) for code in met if code in rules.factors), Fraction(0))
    return Standing(len(met), points, numbers_of(rules, measured))
