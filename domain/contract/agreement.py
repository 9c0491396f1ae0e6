"""The agreement text: made by the system from the policy, the same text for the same values for ever.

The national uniform agreement and its parts are named by reference (CQ25-3-1); ``Signed`` holds the SHA-256 of this
text.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from domain.calendar import Term
from domain.contract.contract import Contract
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractOffered, ModuleGranted, OfferReplaced, TierAssigned
from domain.history import Fact
from domain.policy.agreement_template import UNIFORM, filled
from domain.policy.application_rules import StartOn
from domain.policy.document import PolicyDocument


def agreement_text(
    contract_id: ContractId,
    practice: str,
    document: PolicyDocument,
    *,
    tier: str | None,
    tier_from: date,
    term: Term,
    starts: StartOn | None = None,
    english: bool = False,
) -> str:
    """The Dutch text that is offered, or that a changed tier brings, or its English translation; UNIX line ends.

    The words are those of the policy's template. With ``starts`` the start waits for the signature, and the term's is
    the first day that it can be.
    """
    rules, words = document.agreement, _ENGLISH if english else _DUTCH
    texts = rules.text or UNIFORM
    care_type = contract_id.care_type
    row = next((each for each in document.care_types[care_type].tiers if each.name == tier), None)
    since = _dutch(tier_from) if starts is None else words["start"]
    values = {
        "heading": (care_type.english if english else care_type.dutch).upper()
        + (f" {tier}" if tier is not None else ""),
        "contract": str(contract_id),
        "insurers": _insurers(document),
        "purchaser": document.purchaser.name,
        "practice": practice,
        "agb": str(contract_id.agb),
        "start": _start(term.start, starts, words),
        "end": _dutch(term.end) if term.end else words["undecided"],
        "tier": tier or "",
        "tier_clause": "" if row is None else row.clause,
        "tier_from": "" if tier is None else since,
        "clause": rules.clause,
        "template": rules.template,
        "policy": document.id,
        "title": document.title,
    }
    parts = [part.en if english else part.nl for part in rules.parts]
    return filled(texts.en if english else texts.nl, values, parts)


def _insurers(document: PolicyDocument) -> str:
    """The insurer by its name; several each with its UZOVI number and labels."""
    if document.insurer is not None:
        return document.insurer.name
    named = []
    for each in document.bought_for:
        labels = f", label {', '.join(each.labels)}" if each.labels else ""
        named.append(f"{each.name} (UZOVI {each.uzovi}{labels})")
    return ",\n".join(named)


def _start(day: date, starts: StartOn | None, words: Mapping[str, str]) -> str:
    return _dutch(day) if starts is None else f"{words[starts]}, {words['not_before']} {_dutch(day)},"


_DUTCH = {
    "start": "de aanvang",
    "undecided": "nog te bepalen",
    "not_before": "niet eerder dan",
    StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE: "vanaf de eerste dag van de maand na ondertekening",
    StartOn.MONTH_OF_SIGNATURE: "vanaf de eerste dag van de maand van ondertekening",
    StartOn.NEXT_QUARTER_DAY: "vanaf de eerste dag van het kwartaal na ondertekening",
}
_ENGLISH = {
    "start": "its start",
    "undecided": "still to be decided",
    "not_before": "not before",
    StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE: "from the first day of the month after the signature",
    StartOn.MONTH_OF_SIGNATURE: "from the first day of the month of the signature",
    StartOn.NEXT_QUARTER_DAY: "from the first day of the quarter after the signature",
}


def module_text(contract_id: ContractId, practice: str, document: PolicyDocument, code: str, term: Term) -> str:
    """The Dutch text of the supplement that a module is, with UNIX line ends."""
    rules = document.care_types[contract_id.care_type].modules[code]
    retest = ""
    if rules.retest is not None:
        retest = f"Hertoets: ieder jaar uiterlijk op {_yearly(rules.retest.day)} ({rules.retest.clause}).\n"
    return (
        f"AANVULLING OP ZORGOVEREENKOMST {contract_id.care_type.dutch.upper()}\n"
        f"Kenmerk {contract_id}, module {code}\n\n"
        f"Partijen: {_insurers(document)}, vertegenwoordigd door {document.purchaser.name},\n"
        f"en {practice}, AGB-code {contract_id.agb}.\n\n"
        f"Module: {rules.label.nl} ({rules.clause}).\n"
        f"Looptijd: {_dutch(term.start)} tot en met {_dutch(term.end) if term.end else 'nog te bepalen'},\n"
        f"en niet langer dan de zorgovereenkomst.\n"
        f"{retest}\n"
        f"Inkoopbeleid: {document.id}, {document.title}.\n"
    )


def _yearly(day: str) -> str:
    month, day_of_month = day.split("-")
    return f"{day_of_month}-{month}"


WITH_A_TEXT = (ContractOffered, OfferReplaced, TierAssigned, ModuleGranted)
"""The facts that can bring an agreement text."""


class Agreed(NamedTuple):
    """What a text is about: a tier from a day on, in the days of the contract, and the SHA-256 that its fact holds.

    The supplement of a ``module`` has its own days and no tier.
    """

    tier: str | None
    tier_from: date
    term: Term
    sha256: str
    starts: StartOn | None = None
    module: str | None = None


def agreed_by(contract: Contract, fact: Fact) -> Agreed | None:
    """What the text is about that a fact brought, ``contract`` being folded to it; nothing when it brought none.

    The days are those that were known then: a termination shortens the texts that follow it.
    """
    term = contract.settled_term
    if not isinstance(fact, WITH_A_TEXT) or term is None:
        return None
    if isinstance(fact, ModuleGranted):
        return Agreed(None, fact.term.start, fact.term, fact.agreement_sha256, module=fact.module)
    if fact.agreement_sha256 is None:
        return None
    tier_from = fact.effective_on if isinstance(fact, TierAssigned) else term.start
    waits = contract.offer is not None and contract.signed_at is None
    starts = contract.offer.starts if waits and contract.offer is not None else None
    return Agreed(fact.tier, tier_from, term, fact.agreement_sha256, starts)


def text_sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _dutch(day: date) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year}"
