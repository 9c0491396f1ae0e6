"""The words of an explanation: outcomes, decisions, names of rules, and what was found and asked."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from application.wording.dutch import in_dutch
from domain.explanation import Explanation, Outcome
from domain.policy.document import PolicyDocument
from domain.policy.values import Bilingual


class Language(StrEnum):
    """Dutch or English."""

    NL = "nl"
    EN = "en"


class About(StrEnum):
    """What a decision is about."""

    APPROACH = "approach"
    APPLICATION = "application"
    CONDITIONS = "conditions"
    FACTORS = "factors"
    EVIDENCE = "evidence"
    TIER = "tier"
    START = "start"
    OFFER = "offer"
    SIGNATURE = "signature"
    DEADLINE = "deadline"
    REVIEW = "review"
    PUBLICATION = "publication"
    TERM = "term"
    MODULE = "module"
    END = "end"


class Words(NamedTuple):
    """The same in Dutch and in English."""

    nl: str
    en: str


OUTCOMES = {
    Outcome.MET: Words("voldaan", "met"),
    Outcome.NOT_MET: Words("niet voldaan", "not met"),
    Outcome.UNKNOWN: Words("onbekend", "unknown"),
}

DECISIONS = {
    About.APPROACH: Words("Benadering", "Approach"),
    About.APPLICATION: Words("Aanvraag", "Application"),
    About.CONDITIONS: Words("Voorwaarden", "Conditions"),
    About.FACTORS: Words("Differentiatiefactoren", "Differentiation factors"),
    About.EVIDENCE: Words("Bewijsstuk", "Evidence"),
    About.TIER: Words("Zorgovereenkomst (niveau)", "Tier"),
    About.START: Words("Ingangsdatum", "Start"),
    About.OFFER: Words("Aanbod", "Offer"),
    About.SIGNATURE: Words("Ondertekening", "Signature"),
    About.DEADLINE: Words("Termijn", "Deadline"),
    About.REVIEW: Words("Oordeel van een medewerker", "A person's verdict"),
    About.PUBLICATION: Words("Zorgzoeker", "Care finder"),
    About.MODULE: Words("Module", "Module"),
    About.TERM: Words("Looptijd", "Term"),
    About.END: Words("Einde", "End"),
}

PHRASES = {
    "asked": Words("gevraagd", "asked"),
    "computed": Words("nu berekend, niet vastgelegd", "computed now, not recorded"),
    "decided": Words("besloten op {day} door {actor}", "decided on {day} by {actor}"),
    "nothing": Words("Over deze overeenkomst is nog niets besloten.", "Nothing was decided about this contract yet."),
    "reason": Words("reden", "reason"),
    "way": Words("Kortste weg naar het volgende niveau", "Shortest way to the next tier"),
    "way_by": Words("Naar {tier} met goed bewijs van {factors}", "To {tier} by correct evidence of {factors}"),
    "points": Words("{points} punten erbij", "{points} points more"),
    "no_way": Words(
        "Geen: met bewijs is geen hoger niveau meer te bereiken.",
        "None: no higher tier can be reached by evidence any more.",
    ),
    "again": Words("Hetzelfde antwoord met", "The same again with"),
    "as_known": Words("{contract} op {day}, zoals bekend op {instant}", "{contract} on {day}, as known at {instant}"),
    "not_in_force": Words(
        "De overeenkomst is op die dag niet van kracht: dit is waar de regels op uitkwamen.",
        "The contract is not in force on that day: no tier holds in law, this is what the rules came to.",
    ),
}
"""What stands around an explanation."""

RULES = {
    "application": Words("aanvraag", "application"),
    "application.claims": Words("ingediende declaraties", "claims filed"),
    "application.deadline": Words("aanmeldtermijn", "application deadline"),
    "application.route": Words("zorgsoort", "care type"),
    "application.follow_insurer": Words("volgbeleid", "following another insurer"),
    "application.running": Words("lopende overeenkomst of aanvraag", "running contract or attempt"),
    "application.start": Words("ingangsdatum", "start"),
    "approach": Words("benadering", "approach"),
    "approach.agb_prefix": Words("begin van de AGB-code", "AGB prefix"),
    "approach.certificate": Words("VECOZO-certificaat", "VECOZO certificate"),
    "approach.claims": Words("declaraties", "claims"),
    "approach.findings": Words("bevindingen", "findings"),
    "approach.integrity": Words("integriteit", "integrity"),
    "approach.kind": Words("soort zorgaanbieder", "kind of provider"),
    "approach.opt_out": Words("afmelding", "opt-out"),
    "approach.profession": Words("verbonden beroep", "attached profession"),
    "approach.recent_contract": Words("recente overeenkomst", "recent contract"),
    "approach.round": Words("inkoopronde", "contracting round"),
    "approach.route": Words("route", "route"),
    "approach.running": Words("lopende overeenkomst", "running contract"),
    "conditions": Words("voorwaarden", "conditions"),
    "contract_in_year": Words("overeenkomst in dat jaar", "contract in that year"),
    "extension": Words("verlenging van de looptijd", "extension of the term"),
    "factors": Words("differentiatiefactoren", "differentiation factors"),
    "licence": Words("licentie", "licence"),
    "location": Words("locatie", "location"),
    "offer": Words("aanbod", "offer"),
    "offer.approached": Words("benadering", "approach"),
    "offer.assessed": Words("beoordeling van de vragenlijst", "assessment of the questionnaire"),
    "offer.granted": Words("toegekende aanvraag", "granted application"),
    "offer.signing": Words("uiterste tekendatum", "last signing day"),
    "offer.term": Words("looptijd", "term"),
    "publication": Words("publicatie", "publication"),
    "questionnaire.deadline": Words("sluiting van de vragenlijst", "questionnaire deadline"),
    "recognised": Words("erkend", "recognised"),
    "registration": Words("registratie", "registration"),
    "restricted": Words("alleen voor beoordelaars", "for reviewers only"),
    "review.application": Words("oordeel over de aanvraag", "verdict on the application"),
    "review.assessed_after_last_signing_day": Words("beoordeeld na de tekendatum", "assessed after signing closed"),
    "review.condition": Words("oordeel over een voorwaarde", "verdict on a condition"),
    "review.factor_ends_before_start": Words("bewijs eindigt voor de start", "proof ends before the start"),
    "review.factor_no_longer_met": Words("factor niet meer voldaan", "factor no longer met"),
    "review.integrity": Words("oordeel over integriteit", "verdict on integrity"),
    "review.registration_after_confirmation": Words("registratie na bevestiging", "registration after confirmation"),
    "review.registry_changed": Words("register gewijzigd", "register changed"),
    "review.vecozo_email_missing": Words("geen VECOZO-mailadres", "no VECOZO e-mail address"),
    "signature": Words("ondertekening", "signature"),
    "signature.certificate": Words("persoonlijk certificaat", "personal certificate"),
    "signature.deadline": Words("uiterste tekendatum", "last signing day"),
    "signature.person": Words("tekenbevoegde", "signatory"),
    "signature.text": Words("tekst van de overeenkomst", "agreement text"),
    "start": Words("ingangsdatum", "start"),
    "start instruction": Words("startinstructie", "start instruction"),
    "term": Words("looptijd", "term"),
    "transfer": Words("overdracht", "transfer"),
}

PREFIXES = {
    "condition": Words("voorwaarde", "condition"),
    "criterion": Words("criterium", "criterion"),
    "evidence": Words("bewijsstuk", "evidence"),
    "factor": Words("factor", "factor"),
    "measure": Words("getal", "number"),
    "module": Words("module", "module"),
    "points": Words("punten van", "points of"),
    "refused": Words("weigering", "refusal"),
    "selective": Words("selectieve inkoop", "selective purchasing"),
    "tier": Words("niveau", "tier"),
}
"""What stands before the name that a policy gives."""

PARTS = {
    "retest": Words("herhaalde toets", "yearly test"),
    "end": Words("einde", "end"),
    "others": Words("overige", "the others"),
    "individual": Words("individueel", "individually"),
}
PROFESSIONAL, INTERVENTION = Words("zorgverlener", "professional"), Words("interventie", "intervention")

Labels = Mapping[str, Bilingual]
"""The names that a policy gives, by ``condition.<code>``, ``criterion.<code>``, ``factor.<code>``."""


def labels_of(documents: Iterable[PolicyDocument]) -> dict[str, Bilingual]:
    """Every name that these versions of a policy give to what they judge; the latest version has the last word."""
    found: dict[str, Bilingual] = {}
    for document in documents:
        for code, condition in document.conditions.items():
            found[f"condition.{code}"] = condition.label
            individual = None if condition.measured is None else condition.measured.individual
            for criterion in () if individual is None else individual.criteria:
                found[f"criterion.{criterion.code}"] = criterion.label
        for asked in () if document.application is None else document.application.criteria:
            found[f"criterion.{asked.code}"] = asked.label
        for rules in document.care_types.values():
            found |= {f"module.{code}": module.label for code, module in rules.modules.items()}
            found |= {f"factor.{code}": factor.label for code, factor in rules.factors.items()}
    return found


def rule_name(rule: str, language: Language, labels: Labels) -> str:
    """What a rule is called: by the policy where it names it, else by the words here."""
    if rule in RULES:
        return getattr(RULES[rule], language)  # type: ignore[no-any-return]
    if rule in labels:
        return getattr(labels[rule], language)  # type: ignore[no-any-return]
    person, _, name = rule.partition(" ")
    if name:
        kind = {"professional": PROFESSIONAL, "intervention": INTERVENTION}.get(person)
        return f"{getattr(kind, language)} {name}" if kind is not None else rule
    whole, _, part = rule.rpartition(".")
    if part in PARTS and whole:
        return f"{rule_name(whole, language, labels)}, {getattr(PARTS[part], language)}"
    prefix, _, code = rule.partition(".")
    if prefix not in PREFIXES:
        return rule
    named = labels.get(f"factor.{code}")
    shown = code.upper() if prefix == "refused" else code if named is None else getattr(named, language)
    return f"{getattr(PREFIXES[prefix], language)} {shown}"


def told(text: str, language: Language, labels: Labels) -> str:
    """What was found or asked, as the rules say it in English, in a language."""
    if language is Language.EN:
        return text
    by_name = {label.en: label.nl for label in labels.values()}
    return by_name.get(text) or in_dutch(text)


def told_tree(explanation: Explanation, language: Language, labels: Labels) -> dict[str, Any]:
    """A tree as data, each rule with a ``text`` that says it in words."""
    _, _, word, text = next(iter(tree_lines(explanation, language, labels)))
    found = explanation.model_dump(mode="json", exclude={"because"}, exclude_defaults=True)
    because = [told_tree(each, language, labels) for each in explanation.because]
    return {**found, "text": f"{word}: {text}", **({"because": because} if because else {})}


def tree_lines(
    explanation: Explanation, language: Language, labels: Labels, depth: int = 0
) -> Iterable[tuple[int, Outcome, str, str]]:
    """Each line of a tree: how deep, the outcome, its word, and what was judged with what was found and asked."""
    found = f": {told(explanation.value, language, labels)}" if explanation.value else ""
    asked = ""
    if explanation.threshold:
        asked = f" ({getattr(PHRASES['asked'], language)}: {told(explanation.threshold, language, labels)})"
    clause = f" [{explanation.clause}]" if explanation.clause else ""
    name = rule_name(explanation.rule, language, labels)
    word = getattr(OUTCOMES[explanation.outcome], language)
    yield depth, explanation.outcome, word, f"{name}{found}{asked}{clause}"
    for reason in explanation.because:
        yield from tree_lines(reason, language, labels, depth + 1)
