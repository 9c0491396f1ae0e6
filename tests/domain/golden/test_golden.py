"""What was stored once is read for ever: names, versions and bytes of every fact are frozen.

A test that fails here says that a stored fact would read or be written otherwise. Do not change the golden file: give
the fact the next ``schema_version`` and read the old one through an upcaster.
"""

import json
from pathlib import Path

import pytest

from application.mapper import FACT_TYPES, FactMapper
from application.ports import Row
from domain.explanation import Explanation
from domain.history import Context, Fact, FactCorrected
from domain.policy.adoption import canonical
from domain.policy.document import PolicyDocument
from tests.domain.golden import stored as golden
from tests.domain.golden.examples import CONTEXT, EXPLANATION, FACTS, SEEN_BEFORE, UNTOLD
from tests.given import caresq

FILES = golden.fact_files()


def read(path: Path) -> golden.Golden:
    return golden.Golden(**json.loads(path.read_text(encoding="utf-8")))


def decoded(kept: golden.Golden) -> Fact:
    return FactMapper().decode(Row(1, "s", 1, kept.topic, kept.state.encode(), 0, 0, b"{}")).fact


@pytest.mark.parametrize("example", FACTS, ids=lambda each: golden.file_of(each).stem)
def test_a_stored_fact_still_reads_as_it_was_meant(example: Fact) -> None:
    fact = decoded(read(golden.file_of(example)))
    assert fact == example
    assert type(fact) is type(example)


@pytest.mark.parametrize("path", FILES, ids=lambda each: each.stem)
def test_a_stored_fact_is_written_with_the_same_bytes_under_the_same_name(path: Path) -> None:
    kept = read(path)
    assert golden.stored(decoded(kept)) == kept


def test_every_fact_has_a_golden_file_and_no_file_is_orphaned() -> None:
    assert set(FILES) == {golden.file_of(example) for example in FACTS}
    assert {type(example) for example in FACTS} == set(FACT_TYPES)


@pytest.mark.parametrize("fact_type", FACT_TYPES, ids=lambda each: each.topic())
def test_the_examples_of_a_fact_fill_in_every_field(fact_type: type[Fact]) -> None:
    optional = {"evidence_id", "care_type"}
    examples = [example for example in FACTS if type(example) is fact_type]
    empty = [
        name
        for name in fact_type.model_fields
        if all(getattr(example, name) in (None, (), {}, "") for example in examples)
    ]
    assert set(empty) <= optional


def test_no_two_facts_share_a_stored_name() -> None:
    assert len({fact.topic() for fact in FACT_TYPES}) == len(FACT_TYPES)


def test_the_replacement_within_a_correction_reads_as_the_fact_that_it_replaces() -> None:
    for correction in (each for each in FACTS if isinstance(each, FactCorrected)):
        assert decoded(golden.stored(correction)) == correction


def test_the_envelope_is_written_with_the_same_bytes() -> None:
    assert golden.envelopes() == json.loads(golden.ENVELOPE.read_text(encoding="utf-8"))


def test_a_stored_envelope_still_reads_as_it_was_meant() -> None:
    kept = json.loads(golden.ENVELOPE.read_text(encoding="utf-8"))
    assert Context.model_validate_json(kept["first"]) == CONTEXT
    caused = CONTEXT.model_copy(update={"causation_id": "caresq/04001234/FYS/2025-2026@13"})
    assert Context.model_validate_json(kept["caused"]) == caused
    assert Context.model_validate_json(kept["untold"]) == CONTEXT.model_copy(update=UNTOLD._asdict())
    smallest = Context(actor="x", command_id="c1", command_digest="d", correlation_id="c1")
    assert Context.model_validate_json(kept["smallest"]) == smallest
    assert Explanation.model_validate_json(kept["explanation"]) == EXPLANATION


def test_the_contracts_that_a_decision_saw_stand_in_its_envelope() -> None:
    kept = json.loads(golden.LATER_ENVELOPE.read_text(encoding="utf-8"))
    assert golden.later_envelopes() == kept
    assert Context.model_validate_json(kept["earlier_contracts"]).earlier_contracts == SEEN_BEFORE.earlier_contracts


def test_a_policy_adopted_once_is_read_for_ever() -> None:
    document = PolicyDocument.model_validate_json(golden.POLICY.read_text(encoding="utf-8"))
    assert document.id == "caresq-2025"
    assert document.care_types.keys() == caresq().care_types.keys()


@pytest.mark.parametrize("policy_id", ["caresq-2025", "asr-2024"])
def test_an_adopted_document_keeps_its_bytes_and_so_its_hash(policy_id: str) -> None:
    text = (golden.FOLDER / golden.ADOPTED.format(policy_id)).read_text(encoding="utf-8")
    assert canonical(PolicyDocument.model_validate_json(text)) == text, "write a new field with domain.model.added"


def test_the_text_of_an_agreement_is_the_same_for_ever() -> None:
    assert golden.agreement() == golden.AGREEMENT.read_text(encoding="utf-8")


def test_texts_of_later_shapes_are_the_same_for_ever_too() -> None:
    kept = {name: (golden.FOLDER / name).read_text(encoding="utf-8") for name in golden.later_agreements()}
    assert golden.later_agreements() == kept


def test_what_is_frozen_is_never_written_again(tmp_path: Path) -> None:
    (tmp_path / "Signed.v1.json").write_text("frozen")
    written = golden.write_missing(tmp_path)
    assert "Signed.v1.json" not in [path.name for path in written]
    assert (tmp_path / "Signed.v1.json").read_text() == "frozen"
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in golden.FOLDER.iterdir() if path.suffix in (".json", ".txt")
    }
    assert golden.write_missing(tmp_path) == []
