"""The golden files: the exact bytes that the log holds of each fact, frozen when its shape was."""

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from application.mapper import FactMapper, NewFact
from application.order import Order, contexts
from domain.calendar import Term
from domain.contract.agreement import agreement_text
from domain.contract.contract_id import ContractId
from domain.history import Fact
from domain.policy.adoption import canonical
from domain.policy.document import PolicyDocument
from tests.domain.golden.examples import CONTEXT, EXPLANATION, FACTS
from tests.given import asr, caresq

FOLDER = Path(__file__).parent
ENVELOPE = FOLDER / "envelope.json"
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
    [smallest] = contexts(Order("x", "c1"), "d", "s@1", policy_position=None, provider_version=None)
    explanation = FactMapper().encode(NewFact("s", 1, FACTS[0], 0, b"{}", EXPLANATION)).explanation
    assert explanation is not None
    texts = {"first": first, "caused": caused, "smallest": smallest, "explanation": explanation}
    return {name: text.decode() for name, text in texts.items()}


def agreement() -> str:
    """An agreement text; its SHA-256 stands in offers and signatures, so that it can never change."""
    contract_id = ContractId.parse("caresq/04001234/FYS/2025-2026")
    term = Term(start=date(2025, 1, 1), end=date(2026, 12, 31))
    document = PolicyDocument.model_validate_json(POLICY.read_text(encoding="utf-8"))
    return agreement_text(contract_id, "Praktijk De Brug", document, tier="D", tier_from=date(2025, 4, 1), term=term)


def write_missing(folder: Path = FOLDER) -> list[Path]:
    """Freeze what has no golden file yet; one that stands is never overwritten."""
    texts = {file_of(fact).name: as_json(stored(fact)._asdict()) for fact in FACTS}
    texts |= {ENVELOPE.name: as_json(envelopes()), POLICY.name: canonical(caresq())}
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
