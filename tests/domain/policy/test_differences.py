"""What changed between two policy documents; the changes, made to the one, give the other."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.care_type import CareType
from domain.policy.differences import Change, ChangeKind, applied, differences
from domain.policy.document import CareTypeRules, PolicyDocument
from domain.policy.planning import PlanningKind, PlanningRow
from domain.provider.register import ProviderKind
from infrastructure.policies.library import PolicyFiles

CARESQ = PolicyFiles().read("caresq-2025").document(None)
AMENDED = PolicyFiles().read("caresq-2025-fys-term").document(CARESQ)
EXAMPLE = PolicyFiles().read("tests/policy_mistakes/valid.yaml").document(None)


def changed(document: PolicyDocument = CARESQ, **changes: object) -> PolicyDocument:
    return PolicyDocument.model_validate(document.model_copy(update=changes).model_dump(mode="json"))


def with_rules(care_type: CareType, **changes: object) -> PolicyDocument:
    rules = CARESQ.care_types[care_type].model_copy(update=changes)
    return changed(care_types={**CARESQ.care_types, care_type: rules})


def told(new: PolicyDocument) -> list[tuple[str, str, Any, Any, str | None]]:
    """Each change from Caresq's document: what, where, old, new, clause."""
    return [
        (each.kind.value, ".".join(map(str, each.path)), each.old, each.new, each.clause)
        for each in differences(CARESQ, new)
    ]


def row(label: str) -> PlanningRow:
    return next(each for each in CARESQ.planning if each.label.startswith(label))


def test_a_document_does_not_differ_from_itself() -> None:
    assert differences(CARESQ, CARESQ) == ()


def test_an_amendment_shows_what_it_changes_under_its_clause() -> None:
    term = "care_types.FYS.term"
    assert told(AMENDED) == [
        ("changed", f"{term}.clause", "CQ25-4-6", "CQ25-4-7", "CQ25-4-7"),
        ("changed", f"{term}.end", "undecided", "2025-12-31", "CQ25-4-7"),
        ("removed", f"{term}.options", ["2025-12-31", "2026-12-31"], None, "CQ25-4-7"),
    ]


def test_a_changed_day_names_its_row() -> None:
    later = row("Uiterste").model_copy(update={"day": date(2024, 11, 14)})
    (change,) = differences(CARESQ, changed(planning=(*CARESQ.planning[:7], later, *CARESQ.planning[8:])))
    assert change == Change(
        kind=ChangeKind.CHANGED,
        path=("planning", 7, "day"),
        old="2024-11-07",
        new="2024-11-14",
        clause="CQ25-5-15",
        entry="Uiterste tekendatum zorgovereenkomst",
    )


def test_a_row_that_is_added_changes_none_of_the_others() -> None:
    reminder = PlanningRow(
        label="Herinnering",
        kind=PlanningKind.OTHER,
        care_types=(CareType.FYS,),
        day=date(2024, 10, 1),
        clause="CQ25-5-1",
    )
    (change,) = differences(CARESQ, changed(planning=(reminder, *CARESQ.planning)))
    assert (change.kind, change.path, change.clause) == (ChangeKind.ADDED, ("planning", 0), "CQ25-5-1")
    assert change.is_rule


def test_a_row_that_is_taken_away_changes_none_of_the_others() -> None:
    (change,) = differences(CARESQ, changed(planning=CARESQ.planning[1:]))
    assert (change.kind, change.path, change.clause) == (ChangeKind.REMOVED, ("planning", 0), "CQ25-5-8")
    assert change.is_rule


def test_a_row_that_moved_is_told_once() -> None:
    rows = CARESQ.planning
    assert told(changed(planning=(*rows[1:5], rows[0], *rows[5:]))) == [("moved", "planning.0", 0, 4, "CQ25-5-8")]


def of_kind(label: str, kind: PlanningKind, *care_types: CareType) -> PlanningRow:
    return PlanningRow(label=label, kind=kind, care_types=care_types, day=date(2024, 10, 1), clause="CQ25-5-1")


def changes(old: PlanningRow, new: PlanningRow) -> list[str]:
    """What became of the only row of a planning."""
    before, after = (CARESQ.model_copy(update={"planning": (row,)}) for row in (old, new))
    return [each.kind.value for each in differences(before, after)]


def test_rows_are_the_same_by_name_and_kind_or_by_kind_and_a_care_type_of_both() -> None:
    fys, log = CareType.FYS, CareType.LOG
    old = of_kind("Herinnering", PlanningKind.OTHER, fys)
    assert set(changes(old, of_kind("Herinnering", PlanningKind.OTHER, log))) == {"changed"}
    assert set(changes(old, of_kind("Anders", PlanningKind.OTHER, fys, log))) == {"changed"}
    assert changes(old, of_kind("Anders", PlanningKind.OTHER, log)) == ["removed", "added"]
    assert changes(old, of_kind("Herinnering", PlanningKind.OFFER, log)) == ["removed", "added"]
    assert changes(old, of_kind("Anders", PlanningKind.OFFER, fys)) == ["removed", "added"]


def test_a_row_with_other_words_for_the_same_subject_is_the_same_row() -> None:
    renamed = row("Uiterste").model_copy(update={"label": "Laatste tekendag"})
    new = changed(planning=(renamed, *(each for each in CARESQ.planning if each != row("Uiterste"))))
    assert [what for what, *_ in told(new)] == ["moved", "changed"]


def test_a_tier_with_another_threshold_is_the_same_tier() -> None:
    a, b, _, d, e = CARESQ.care_types[CareType.FYS].tiers
    new = with_rules(CareType.FYS, tiers=(a, b.model_copy(update={"at_least": 2}), d, e))
    assert [(what, path, old, after) for what, path, old, after, _ in told(new) if what == "changed"] == [
        ("changed", "care_types.FYS.tiers.1.at_least", 3, 2)
    ]
    assert [(what, path, clause) for what, path, _, _, clause in told(new) if what != "changed"] == [
        ("removed", "care_types.FYS.tiers.2", "CQ25-3.2-8")
    ]


def test_a_factor_that_goes_is_a_rule_removed() -> None:
    rules = CARESQ.care_types[CareType.OEF]
    new = with_rules(CareType.OEF, factors={"prem": rules.factors["prem"]}, tiers=rules.tiers[1:])
    assert [(each.kind, each.path[-2:], each.clause, each.is_rule) for each in differences(CARESQ, new)] == [
        (ChangeKind.REMOVED, ("factors", "vvocm"), "CQ25-3.2-34", True),
        (ChangeKind.REMOVED, ("tiers", 0), "CQ25-3.2-30", True),
    ]


def test_a_reading_that_goes_is_removed_and_one_that_comes_is_added() -> None:
    with_reading = changed(publication=CARESQ.publication.model_copy(update={"reading": "OD18"}))
    assert told(with_reading) == [("added", "publication.reading", None, "OD18", "CQ25-4-40")]
    (back,) = differences(with_reading, CARESQ)
    assert (back.kind, back.path, back.old) == (ChangeKind.REMOVED, ("publication", "reading"), "OD18")


def test_a_care_type_that_goes_is_a_rule_removed() -> None:
    (change,) = differences(
        CARESQ, changed(care_types={name: each for name, each in CARESQ.care_types.items() if name != CareType.ZKH})
    )
    assert (change.kind, change.path, change.clause) == (ChangeKind.REMOVED, ("care_types", "ZKH"), "CQ25-4-29")
    assert change.is_rule


@pytest.mark.parametrize(
    ("field", "value", "clause"),
    [("weekly_hours", Decimal(20), "CQ25-3.2-14"), ("minimum", Fraction(2, 5), "CQ25-3.2-13")],
)
def test_a_number_names_the_clause_that_is_its_own(field: str, value: object, clause: str) -> None:
    factors = CARESQ.care_types[CareType.FYS].factors
    assert factors["share"].share is not None
    share = factors["share"].share.model_copy(update={field: value})
    new = with_rules(CareType.FYS, factors={**factors, "share": factors["share"].model_copy(update={"share": share})})
    ((what, path, _, _, cited),) = told(new)
    assert (what, path, cited) == ("changed", f"care_types.FYS.factors.share.share.{field}", clause)


def test_a_specialisation_names_the_clause_that_it_stands_for() -> None:
    factors = CARESQ.care_types[CareType.FYS].factors
    assert factors["share"].share is not None
    fewer = {code: clause for code, clause in factors["share"].share.specialisations.items() if code != "arbeid"}
    share = factors["share"].share.model_copy(update={"specialisations": fewer})
    new = with_rules(CareType.FYS, factors={**factors, "share": factors["share"].model_copy(update={"share": share})})
    ((what, path, _, _, cited),) = told(new)
    assert (what, path.rpartition(".")[2], cited) == ("removed", "arbeid", "CQ25-3.2-19")


def test_what_stands_beside_its_clause_names_it() -> None:
    approach = CARESQ.approach.model_copy(update={"kinds": tuple(ProviderKind)})
    ((_, path, _, _, cited),) = told(changed(approach=approach))
    assert (path, cited) == ("approach.kinds", "CQ25-4-45")


def test_the_identity_of_a_policy_has_no_clause() -> None:
    assert told(changed(title="Another")) == [("changed", "title", CARESQ.title, "Another", None)]


@pytest.mark.parametrize("new", [CARESQ, AMENDED, EXAMPLE])
@pytest.mark.parametrize("old", [CARESQ, AMENDED, EXAMPLE])
def test_the_changes_made_to_the_one_give_the_other(old: PolicyDocument, new: PolicyDocument) -> None:
    assert applied(old, differences(old, new)) == new


BINDING = [each for each in CARESQ.planning if each.day is not None]
INFORMING = [each for each in CARESQ.planning if each.day is None]
WORDS = st.sampled_from(["", "Eind augustus", "Half september"])


@st.composite
def plannings(draw: st.DrawFn) -> tuple[PlanningRow, ...]:
    kept = draw(st.lists(st.sampled_from(INFORMING), unique=True, max_size=len(INFORMING)))
    renamed = [each.model_copy(update={"moment": draw(WORDS)}) for each in kept]
    return tuple(draw(st.permutations([*BINDING, *renamed])))


@st.composite
def rules(draw: st.DrawFn, care_type: CareType) -> CareTypeRules:
    standing = CARESQ.care_types[care_type]
    return standing.model_copy(
        update={
            "note": draw(WORDS),
            "selective": tuple(draw(st.permutations(standing.selective)))[: draw(st.integers(0, 2))],
            "conditions": tuple(draw(st.permutations(standing.conditions))),
        }
    )


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    kept = draw(st.lists(st.sampled_from(CareType), unique=True, min_size=1))
    care_types = {care_type: draw(rules(care_type)) for care_type in kept}
    return changed(planning=draw(plannings()), care_types=care_types)


@settings(max_examples=60, deadline=None)
@given(old=documents(), new=documents())
def test_whatever_changed_the_changes_made_to_the_one_give_the_other(old: PolicyDocument, new: PolicyDocument) -> None:
    changes = differences(old, new)
    stored = [Change.model_validate_json(each.model_dump_json()) for each in changes]
    assert applied(old, changes) == applied(old, stored) == new
    assert bool(changes) == (old != new)
