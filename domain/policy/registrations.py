"""Conditions that rest on the register: the professionals' quality registers, programmes, the VECOZO certificate.

A professional of whom no registration at all was supplied is unknown; one with others than those asked is not met.
"""

from collections.abc import Iterable
from datetime import date

from domain.explanation import Explanation, Outcome, outcome_of, shortened
from domain.policy.condition_rules import ProfessionalsRule, ProgrammeRule, RegistrationAlternative
from domain.provider.provider import Provider
from domain.provider.register import GliProgramme, Profession, Professional, Registration


def judged_professionals(
    asked: ProfessionalsRule, rule: str, clause: str, provider: Provider, day: date
) -> Explanation:
    """Whether everybody of these professions, or at least one of them, is registered in one of the ways asked."""
    attached = _attached(asked.professions, provider, day)
    judged = [_registered(asked, each, clause, day) for each in attached]
    judged.sort(key=lambda each: (each.outcome is not Outcome.NOT_MET, each.outcome is Outcome.MET))
    unjudged = [
        Explanation(
            rule=f"professional {each.agb}",
            clause=clause,
            outcome=Outcome.MET,
            value=f"{each.profession}, not judged",
            threshold="a profession that the registers do not know",
        )
        for each in professions_unjudged(asked, provider, day)
    ]
    met = sum(each.outcome is Outcome.MET for each in judged)
    quantity = "at least one" if asked.at_least_one else "every"
    return Explanation(
        rule=rule,
        clause=clause,
        outcome=_one_of(judged) if asked.at_least_one else _all_of(judged),
        value=f"{met} of {len(judged)} registered" if judged else "nobody attached",
        threshold=f"{quantity} {' or '.join(asked.professions)}: {_ways(asked)}",
        because=shortened([*judged, *unjudged], rule),
    )


def professions_unjudged(asked: ProfessionalsRule, provider: Provider, day: date) -> list[Professional]:
    """Who is attached on a day of a profession that the registers asked do not know (OD38)."""
    return _attached(asked.unjudged, provider, day)


def annotated_on(day: date, ways: Iterable[RegistrationAlternative], provider: Provider) -> list[Professional]:
    """Who is attached on a day and is registered in one of these ways, each for the professions that it names."""
    return [
        professional
        for professional in provider.record.professionals
        if professional.valid_on(day)
        and any(
            professional.profession in way.professions
            and any(_fits(way, each, day) for each in professional.registrations)
            for way in ways
        )
    ]


def judged_programme(asked: ProgrammeRule, rule: str, clause: str, provider: Provider, day: date) -> Explanation:
    """Whether one recognised intervention is delivered with its own licence and start instruction (CQ25-W-2)."""
    known = provider.record.gli
    delivered = [each for each in known if each.valid_on(day)]
    judged = [_complete(asked, each, clause) for each in delivered]
    if not known:
        outcome, told = Outcome.UNKNOWN, "no intervention known"
    else:
        outcome = outcome_of(any(each.outcome is Outcome.MET for each in judged))
        told = ", ".join(each.intervention for each in delivered) or f"none delivered on {day}"
    return Explanation(
        rule=rule,
        clause=clause,
        outcome=outcome,
        value=told,
        threshold=f"one of {', '.join(asked.interventions)}",
        because=shortened(judged, rule),
    )


def judged_certificate(rule: str, clause: str, provider: Provider, day: date) -> Explanation:
    """Whether the practice has a VECOZO certificate on a day."""
    certified = provider.certified_on(day)
    return Explanation(
        rule=rule,
        clause=clause,
        outcome=outcome_of(certified),
        value="a valid certificate" if certified else f"none valid on {day}",
        threshold=f"a VECOZO certificate valid on {day}",
    )


def _attached(professions: Iterable[Profession], provider: Provider, day: date) -> list[Professional]:
    return [each for profession in professions for each in provider.professionals_on(day, profession)]


def _all_of(judged: list[Explanation]) -> Outcome:
    outcomes = {each.outcome for each in judged}
    for outcome in (Outcome.NOT_MET, Outcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return Outcome.MET


def _one_of(judged: list[Explanation]) -> Outcome:
    outcomes = {each.outcome for each in judged}
    for outcome in (Outcome.MET, Outcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return Outcome.NOT_MET


def _registered(asked: ProfessionalsRule, professional: Professional, clause: str, day: date) -> Explanation:
    ways = [way for way in asked.any_of if not way.professions or professional.profession in way.professions]
    judged = [_in_way(way, professional, clause, day) for way in ways]
    if not judged:
        found = Explanation(
            rule="", clause=clause, outcome=Outcome.NOT_MET, value="asked in no way", threshold=_ways(asked)
        )
    else:
        found = next((each for each in judged if each.outcome is Outcome.MET), judged[0])
    told = f"{professional.profession}: {found.value}"
    return found.model_copy(update={"rule": f"professional {professional.agb}", "value": told})


def _in_way(way: RegistrationAlternative, professional: Professional, clause: str, day: date) -> Explanation:
    if way.for_each_specialisation:
        return _specialised(way, professional, way.clause or clause, day)
    entry = next((each for each in professional.registrations if _fits(way, each, day)), None)
    known = ", ".join(_entry(each) for each in professional.registrations if each.valid_on(day))
    return Explanation(
        rule="registration",
        clause=way.clause or clause,
        outcome=_found(professional, met=entry is not None),
        value=_entry(entry) if entry is not None else known or "no registration known",
        threshold=_way(way),
    )


def _specialised(way: RegistrationAlternative, professional: Professional, clause: str, day: date) -> Explanation:
    wanted = {each.code for each in professional.specialisations}
    missing = sorted(
        code
        for code in wanted
        if not any(_fits(way, each, day) and each.annotation == code for each in professional.registrations)
    )
    outcome = Outcome.MET if not wanted else _found(professional, met=not missing)
    told = f"not registered for {', '.join(missing)}" if missing else ", ".join(sorted(wanted)) or "no specialisation"
    return Explanation(rule="registration", clause=clause, outcome=outcome, value=told, threshold=_way(way))


def _found(professional: Professional, *, met: bool) -> Outcome:
    return outcome_of(met) if met or professional.registrations else Outcome.UNKNOWN


def _fits(way: RegistrationAlternative, registration: Registration, day: date) -> bool:
    return (
        registration.valid_on(day)
        and way.in_register in (None, registration.in_register)
        and way.annotation in (None, registration.annotation)
    )


def _complete(asked: ProgrammeRule, programme: GliProgramme, clause: str) -> Explanation:
    parts = [("recognised", clause, programme.intervention in asked.interventions)]
    if asked.licence_clause is not None:
        parts.append(("licence", asked.licence_clause, programme.licence))
    if asked.start_instruction_clause is not None:
        parts.append(("start instruction", asked.start_instruction_clause, programme.start_instruction))
    because = tuple(
        Explanation(rule=name, clause=where, outcome=outcome_of(met), value="yes" if met else "no", threshold="yes")
        for name, where, met in parts
    )
    missing = [name for name, _, met in parts if not met]
    return Explanation(
        rule=f"intervention {programme.intervention}",
        clause=clause,
        outcome=outcome_of(not missing),
        value=f"{', '.join(missing)} missing" if missing else "complete",
        threshold=", ".join(name for name, _, _ in parts),
        because=because,
    )


def _ways(asked: ProfessionalsRule) -> str:
    return " or ".join(dict.fromkeys(_way(way) for way in asked.any_of))


def _way(way: RegistrationAlternative) -> str:
    register = way.in_register or "any register"
    if way.for_each_specialisation:
        return f"{register}, for each specialisation"
    return f"{register} with {way.annotation}" if way.annotation else register


def _entry(registration: Registration) -> str:
    noted = f" with {registration.annotation}" if registration.annotation else ""
    return registration.in_register + noted
