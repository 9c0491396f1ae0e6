"""What is wrong in a scenario file is told in one line each: file, line, path, what was found, what was expected."""

from pathlib import Path

import pytest

from infrastructure.trials import ScenarioMistakesError, scenario_paths
from tests.application.scenario_files import SHORT, mistakes

ONE_MISTAKE = [
    (
        "do: Approach",
        "do: Approch",
        'case.yaml:11: steps[0].do: found "Approch", no kind of command; did you mean "Approach"?',
    ),
    (
        "do: Approach",
        "do: {kind: Sgn}",
        'case.yaml:11: steps[0].do.kind: found "Sgn", no kind of command; did you mean "Sign"?',
    ),
    ("do: Approach", "do: {kid: Sign}", "case.yaml:11: steps[0].do: missing kind of command; known are Approach, "),
    ("do: Approach", "do: [Approach]", "case.yaml:11: steps[0].do: found a list, expected a command such as Approach"),
    ("do: Approach", "do:", "case.yaml:11: steps[0].do: found nothing, expected a command"),
    ("do: Approach", "do: RejectEvidence", "case.yaml:11: steps[0].do.evidence_id: missing"),
    (
        "do: Approach",
        "do: {kind: UploadEvidence, facto: kngf}",
        'case.yaml:11: steps[0].do.facto: unknown key, did you mean "factor"?',
    ),
    (
        "do: Approach",
        "do: {kind: Terminate, last_day: 20250630}",
        'case.yaml:11: steps[0].do.last_day: found "20250630", expected a day that exists, such as 2024-10-20',
    ),
    ("do: Approach", "do: {kind: AdoptPolicy, policy: caresq-2052}", 'did you mean "caresq-2025"?'),
    (
        "at: 2024-09-16T09:00",
        "at: 2024-09-16",
        'case.yaml:10: steps[0].at: found "2024-09-16", expected a day and a time',
    ),
    (
        "at: 2024-09-16T09:00",
        "at: 2024-02-30T09:00",
        'case.yaml:10: steps[0].at: found "2024-02-30T09:00", it does not exist',
    ),
    (
        "at: 2024-09-16T09:00",
        "at: 2024-03-16T09:00",
        "case.yaml:10: steps[0].at: lies before the first policy is adopted",
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: [Aproached]",
        'case.yaml:12: steps[0].expect[0]: found "Aproached", no name of a fact; did you mean "Approached"?',
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: [{Approached: {rout: questionnaire}}]",
        'case.yaml:12: steps[0].expect[0].Approached.rout: unknown key, did you mean "route"?',
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: [{Approached: {route: questionnair}}]",
        'found "questionnair", expected one of questionnaire, direct_offer',
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: {refusd: OFFER_LAPSED}",
        "case.yaml:12: steps[0].expect: found the keys refusd, expected nothing, a list of facts, refused: CODE",
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: {refused: X, claus: CQ25-4-8}",
        'case.yaml:12: steps[0].expect.claus: unknown key, did you mean "clause"?',
    ),
    (
        "expect: [Approached, QuestionnaireSent]",
        "expect: {caresq/05007788/LOG/2025-2026: Approached}",
        'found "Approached", expected a list of facts, or nothing',
    ),
    ("expect: [Approached, QuestionnaireSent]", "expect: [[Approached]]", "found a list, expected one fact"),
    (
        "answer: {status: questionnaire_open}",
        "answer: {statu: signed}",
        'questions[0].answer.statu: unknown key, did you mean "status"?',
    ),
    (
        "answer: {status: questionnaire_open}",
        "answer: {status: signd}",
        'case.yaml:14: questions[0].answer.status: found "signd", expected one of no_procedure, ',
    ),
    (
        "- answer:",
        "- ask: contrac\n    answer:",
        'questions[0].ask: found "contrac", no question; did you mean "contract"?',
    ),
    ("- answer:", "- asked_at: 2024-05-01T09:00\n    answer:", "questions[0].asked_at: lies before all has happened"),
    (
        "- answer:",
        "- known_at: 2025-02-30\n    answer:",
        'questions[0].known_at: found "2025-02-30", expected a day that exists',
    ),
    (
        'agb: "05007788"',
        "agb: 5007788",
        "found \"5007788\", '5007788' is not an AGB code: expected eight digits, found 7",
    ),
    ("profession: logopedist", "profession: logopedis", "expected one of fysiotherapeut, oefentherapeut, logopedist"),
    (
        "profession: logopedist",
        "profession: logopedist, count: many",
        'providers[0].professionals[0].count: found "many", expected a whole',
    ),
    (
        "policy: caresq-2025",
        "policy: caresq-2052",
        "case.yaml:5: policies[0].policy: caresq-2052: no packaged policy and no YAML file",
    ),
    ("policy: caresq-2025", "policy: other.yaml", "there is no such file"),
    ("clauses: [CQ25-4-8]", "clauses: [4.8]", 'clauses[0]: found "4.8", expected a clause such as CQ25-3.2-20'),
    ("clauses: [CQ25-4-8]", "clauses: []", "case.yaml:2: clauses: found a list, expected at least 1 in it"),
    (
        "contract: caresq/05007788/LOG/2025-2026\n",
        "",
        "steps[0].contract: missing; name it here, or once for the whole scenario",
    ),
    ("caresq/05007788/LOG/2025-2026", "caresq/05007788/LOGO/2025-2026", "care type 'LOGO' is not one of FYS, OEF, LOG"),
    ("scenario: A short one", "scenario: A: B", "case.yaml:1: not YAML: mapping values are not allowed here; put text"),
    ("scenario: A short one\n", "", "case.yaml:1: scenario: missing"),
    (
        "    do: Approach\n",
        "    do: Approach\n    do: Sign\n",
        'case.yaml:12: the key "do" stands here again; it stands on line 11 too',
    ),
]


@pytest.mark.parametrize(("right", "wrong", "told"), ONE_MISTAKE)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    right: str, wrong: str, told: str, tmp_path: Path
) -> None:
    assert right in SHORT
    lines = mistakes(tmp_path, SHORT.replace(right, wrong, 1))

    assert any(told in line for line in lines), lines
    assert all(line.startswith("case.yaml:") and "\n" not in line for line in lines)


def test_the_short_scenario_has_no_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, SHORT) == []


def test_all_mistakes_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = SHORT
    for right, wrong in (("clauses", "clause"), ("do: Approach", "do: Aproach"), ("status:", "stats:")):
        text = text.replace(right, wrong, 1)

    lines = mistakes(tmp_path, text)

    assert [line.split(": ")[:2] for line in lines] == [
        ["case.yaml:2", "clause"],
        ["case.yaml:11", "steps[0].do"],
        ["case.yaml:14", "questions[0].answer.stats"],
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "case.yaml:1: the file is empty"),
        (b"scenario: \xff", "case.yaml:1: found the byte 0xff, which is not UTF-8; save the file as UTF-8"),
        (b"- a\n- list\n", "case.yaml:1: found a list, expected keys with values"),
        (b"scenario: &a x\n", "case.yaml:1: found the anchor &a; write the values out where they belong"),
    ],
)
def test_a_file_that_is_no_scenario_at_all_is_told_so(content: bytes, told: str, tmp_path: Path) -> None:
    assert told in mistakes(tmp_path, content)


def test_a_later_step_can_not_come_first(tmp_path: Path) -> None:
    text = SHORT.replace("questions:", "  - {at: 2024-09-15T09:00, do: Approach}\nquestions:")

    told = "case.yaml:13: steps[1].at: lies before the step above; steps stand in the order in which they happen"
    assert mistakes(tmp_path, text) == [told]


def test_a_mistake_in_a_policy_beside_the_scenario_is_told_with_both_files(tmp_path: Path) -> None:
    (tmp_path / "draft.yaml").write_text('format: "1"\nid: draft\n')
    text = SHORT.replace("policy: caresq-2025", "policy: draft.yaml")

    lines = mistakes(tmp_path, text)

    assert lines
    assert all(line.startswith("case.yaml:5: policies[0].policy: draft.yaml:") for line in lines)


def test_policies_in_a_folder_are_no_scenarios(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "amendment.yaml").write_text("amends: caresq-2025\n")
    (tmp_path / "b.yml").write_text(SHORT)
    (tmp_path / "a.yaml").write_text("scenaro: mistyped\n")

    assert [path.name for path in scenario_paths(tmp_path)] == ["a.yaml", "b.yml"]


def test_a_folder_without_a_scenario_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ScenarioMistakesError, match="no scenario in this folder"):
        scenario_paths(tmp_path)
