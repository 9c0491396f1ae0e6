"""Whom a round approaches: small named rules, each with its clause; every one that bars is told, not the first."""

from collections.abc import Iterator
from datetime import date

from domain.care_type import CareType
from domain.explanation import Explanation, outcome_of
from domain.policy.document import CareTypeRules, PolicyDocument
from domain.provider.provider import Provider


def is_candidate(rules: CareTypeRules, care_type: CareType, provider: Provider, day: date) -> bool:
    """Whether a profession or its history makes the practice a candidate.

    The answer for all others is computed when asked.
    """
    if rules.vektis is None:
        return False
    return bool(provider.professionals_on(day, rules.vektis.profession)) or any(
        past.care_type is care_type for past in provider.past_contracts
    )


def approach_rules(
    document: PolicyDocument, care_type: CareType, provider: Provider, day: date
) -> Iterator[tuple[str, Explanation]]:
    """Each rule of approach with its reason code and what was found, on the day of approach."""
    approach = document.approach
    kind = provider.record.kind
    yield (
        "PROVIDER_KIND",
        Explanation(
            rule="approach.kind",
            clause=approach.kinds_clause,
            outcome=outcome_of(kind in approach.kinds),
            value=kind,
            threshold=", ".join(approach.kinds),
        ),
    )
    yield from _vektis_rules(document.care_types[care_type], provider, day)
    if approach.certificate is not None:
        certified = provider.certified_on(day)
        yield (
            "NO_VECOZO_CERTIFICATE",
            Explanation(
                rule="approach.certificate",
                clause=approach.certificate.clause,
                outcome=outcome_of(certified),
                value="a valid certificate" if certified else f"none valid on {day}",
                threshold="a VECOZO certificate valid on the day of approach",
            ),
        )
    if approach.recent_contract is not None:
        years = range(document.year - approach.recent_contract.calendar_years, document.year)
        in_force = sorted(
            {
                year
                for past in provider.past_contracts
                for year in years
                if past.first_day.year <= year <= past.last_day.year
            }
        )
        yield (
            "NOT_CONTRACTED_RECENTLY",
            Explanation(
                rule="approach.recent_contract",
                clause=approach.recent_contract.clause,
                outcome=outcome_of(bool(in_force)),
                value=f"in force in {', '.join(map(str, in_force))}" if in_force else "none in force",
                threshold=f"a contract in force in one of {years[0]}..{years[-1]}",
            ),
        )
    if approach.opt_out is not None:
        opted_out = any(opt_out.active_on(day, care_type) for opt_out in provider.opt_outs)
        yield (
            "OPTED_OUT",
            Explanation(
                rule="approach.opt_out",
                clause=approach.opt_out.clause,
                outcome=outcome_of(not opted_out),
                value="wants no offer" if opted_out else "no opt-out",
                threshold="no opt-out in force",
            ),
        )


def _vektis_rules(rules: CareTypeRules, provider: Provider, day: date) -> Iterator[tuple[str, Explanation]]:
    vektis = rules.vektis
    if vektis is None:
        return
    yield (
        "AGB_PREFIX",
        Explanation(
            rule="approach.agb_prefix",
            clause=vektis.clause,
            outcome=outcome_of(provider.record.agb.prefix in vektis.prefixes),
            value=provider.record.agb.prefix,
            threshold=", ".join(vektis.prefixes),
        ),
    )
    attached = [
        each
        for each in provider.professionals_on(day, vektis.profession)
        if vektis.professional_prefix is None or each.agb.prefix == vektis.professional_prefix
    ]
    wanted = vektis.profession + (f" ({vektis.professional_prefix})" if vektis.professional_prefix else "")
    yield (
        "PROFESSION_NOT_ATTACHED",
        Explanation(
            rule="approach.profession",
            clause=vektis.clause,
            outcome=outcome_of(bool(attached)),
            value=f"{len(attached)} attached",
            threshold=f"at least one {wanted}",
        ),
    )


def integrity_doubted(document: PolicyDocument, provider: Provider, day: date) -> bool:
    """Whether a named officer's signal sends the practice to review instead (OD54)."""
    return document.approach.integrity is not None and any(
        signal.active_on(day) for signal in provider.integrity_signals
    )
