"""The golden files: the exact bytes that the log holds of each fact, frozen when its shape was."""

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from application.mapper import FactMapper, NewFact
from application.order import Order, contexts
from domain.calendar import Term
from domain.contract.agreement import agreement_text, module_text
from domain.contract.contract_id import ContractId
from domain.history import Fact
from domain.policy.adoption import canonical
from domain.policy.application_rules import StartOn
from domain.policy.document import PolicyDocument
from infrastructure.policies.library import PolicyFiles
from tests.domain.golden.examples import CONTEXT, EXPLANATION, FACTS, SEEN_BEFORE, UNTOLD
from tests.given import asr, caresq

FOLDER = Path(__file__).parent
ENVELOPE = FOLDER / "envelope.json"
LATER_ENVELOPE = FOLDER / "envelope.earlier-contracts.json"
POLICY = FOLDER / "policy-document.format-1.json"
ADOPTED = "adopted.{}.json"
"""The canonical form of a packaged policy as logs have adopted it; that of today may say more."""
AGREEMENT = FOLDER / "agreement.uniform-agreement.txt"


class Golden(NamedTuple):
    """What stands in the log's columns for one fact."""

    topic: str
    state: str


def file_of(fact: Fact) -> Path:
    """The golden file of an example: ``TierAssigned.v1.json``, of a further one of its type ``TierAssigned.v1.2.json``.

    A further one has the fields that were added to the shape since the first was frozen.
    """
    alike = [each for each in FACTS if each.topic() == fact.topic()]
    number = alike.index(fact) + 1
    return FOLDER / (f"{fact.topic()}.json" if number == 1 else f"{fact.topic()}.{number}.json")


def fact_files() -> list[Path]:
    """The golden files of facts."""
    return sorted(FOLDER.glob("*.v*.json"))


def stored(fact: Fact) -> Golden:
    """What today's code would store."""
    entry = FactMapper().encode(NewFact("stream", 1, fact, 0, b"{}"))
    return Golden(entry.topic, entry.state.decode())


def envelopes() -> dict[str, str]:
    """The stored contexts of a command's first fact and of those that it caused, and an explanation."""
    order = Order(
        actor=CONTEXT.actor,
        command_id=CONTEXT.command_id,
        on_behalf_of=CONTEXT.on_behalf_of,
        reason=CONTEXT.reason,
        correlation_id=CONTEXT.correlation_id,
        causation_id=CONTEXT.causation_id,
    )
    first, caused = contexts(
        order,
        CONTEXT.command_digest,
        "caresq/04001234/FYS/2025-2026@13",
        facts=2,
        policy_position=CONTEXT.policy_position,
        provider_version=CONTEXT.provider_version,
    )
    [untold] = contexts(
        order,
        CONTEXT.command_digest,
        "caresq/04001234/FYS/2025-2026@13",
        policy_position=CONTEXT.policy_position,
        provider_version=CONTEXT.provider_version,
        untold=UNTOLD,
    )
    [smallest] = contexts(Order("x", "c1"), "d", "s@1", policy_position=None, provider_version=None)
    explanation = FactMapper().encode(NewFact("s", 1, FACTS[0], 0, b"{}", EXPLANATION)).explanation
    assert explanation is not None
    texts = {"first": first, "caused": caused, "smallest": smallest, "untold": untold, "explanation": explanation}
    return {name: text.decode() for name, text in texts.items()}


def later_envelopes() -> dict[str, str]:
    """The stored context of a decision that saw contracts of earlier periods."""
    order = Order(CONTEXT.actor, CONTEXT.command_id)
    [told] = contexts(
        order,
        CONTEXT.command_digest,
        "caresq/04001234/FYS/2025-2026@1",
        policy_position=CONTEXT.policy_position,
        provider_version=CONTEXT.provider_version,
        untold=SEEN_BEFORE,
    )
    return {"earlier_contracts": told.decode()}


def agreement() -> str:
    """An agreement text; its SHA-256 stands in offers and signatures, so that it can never change."""
    contract_id = ContractId.parse("caresq/04001234/FYS/2025-2026")
    term = Term(start=date(2025, 1, 1), end=date(2026, 12, 31))
    document = PolicyDocument.model_validate_json(POLICY.read_text(encoding="utf-8"))
    return agreement_text(contract_id, "Praktijk De Brug", document, tier="D", tier_from=date(2025, 4, 1), term=term)


def later_agreements() -> dict[str, str]:
    """Texts of shapes that came later, by the name of their file: a start by signature, insurers, a module."""
    term = Term(start=date(2027, 1, 1), end=date(2027, 12, 31))
    quarterly, several, modular = (
        _fictional(name) for name in ("kwartaalzorg-2027", "samenkoop-2027", "modulair-2027")
    )
    by_signature = agreement_text(
        ContractId.parse("kwartaalzorg/04001234/FYS/2027"),
        "Praktijk De Brug",
        quarterly,
        tier="Zilver",
        tier_from=term.start,
        term=term,
        starts=StartOn.NEXT_QUARTER_DAY,
    )
    for_several = agreement_text(
        ContractId.parse("samenkoop/05001234/LOG/2027"),
        "Praktijk De Brug",
        several,
        tier=None,
        tier_from=term.start,
        term=term,
    )
    contract_id = ContractId.parse("modulair/04001234/FYS/2027-2029")
    module = module_text(contract_id, "Praktijk De Brug", modular, "complex", term)
    return {
        "agreement.start-by-signature.txt": by_signature,
        "agreement.several-insurers.txt": for_several,
        "agreement.module.txt": module,
    }


def _fictional(name: str) -> PolicyDocument:
    return PolicyFiles().read(str(FOLDER.parents[1] / "fictional_policies" / f"{name}.yaml")).document(None)


def write_missing(folder: Path = FOLDER) -> list[Path]:
    """Freeze what has no golden file yet; one that stands is never overwritten."""
    texts = {file_of(fact).name: as_json(stored(fact)._asdict()) for fact in FACTS}
    texts[LATER_ENVELOPE.name] = as_json(later_envelopes())
    texts |= {ENVELOPE.name: as_json(envelopes()), POLICY.name: canonical(caresq())}
    texts |= later_agreements()
    texts |= {ADOPTED.format(each.id): canonical(each) for each in (caresq(), asr())}
    missing = [name for name in texts if not (folder / name).exists()]
    for name in missing:
        (folder / name).write_text(texts[name], encoding="utf-8")
    if not (folder / AGREEMENT.name).exists():
        missing.append(AGREEMENT.name)
        (folder / AGREEMENT.name).write_text(agreement(), encoding="utf-8")
    return [folder / name for name in missing]


def as_json(texts: dict[str, str]) -> str:
    """A golden file's content."""
    return json.dumps(texts, ensure_ascii=False, indent=1) + "\n"
