"""Finding policies by id and by path, and the mistakes of amendments."""

from pathlib import Path

import pytest

from application.policies import PolicyMistakesError, check
from domain.policy.adoption import Ground
from domain.policy.document import PolicyDocument
from infrastructure.policies.library import PolicyFiles

AMENDMENT = """amends: caresq-2025
ground: clarification
clause: CQ25-D-3
note: An invented change.
set:
  care_types:
    FYS:
"""


@pytest.fixture(scope="module")
def caresq() -> PolicyDocument:
    return PolicyFiles().read("caresq-2025").document(None)


def amendment(folder: Path, text: str) -> str:
    path = folder / "amendment.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def mistakes(name: str, in_force: PolicyDocument | None = None) -> list[str]:
    with pytest.raises(PolicyMistakesError) as raised:
        PolicyFiles().read(name).document(in_force)
    return [f"{mistake.line}: {mistake.path}: {mistake.message}" for mistake in raised.value.mistakes]


def test_every_packaged_policy_is_good() -> None:
    packaged = list(PolicyFiles().packaged)
    assert packaged[:3] == ["asr-2024", "caresq-2025", "caresq-2025-fys-term"]
    assert [each.mistakes for each in check(PolicyFiles(), packaged)] == [()] * len(packaged)


def test_an_unknown_id_is_told_with_the_nearest_one() -> None:
    assert mistakes("caresq-2o25") == ['0: : no packaged policy and no YAML file, did you mean "caresq-2025"?']
    assert "packaged are asr-2024, caresq-2025" in mistakes("zzz")[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert mistakes(str(tmp_path / "gone.yaml")) == ["0: : there is no such file"]
    (tmp_path / "folder.yaml").mkdir()
    assert mistakes(str(tmp_path / "folder.yaml")) == ["0: : expected a file, found a folder"]


def test_a_file_says_the_same_as_the_packaged_document(tmp_path: Path, caresq: PolicyDocument) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(PolicyFiles().packaged["caresq-2025"].read_bytes())
    assert PolicyFiles().read(str(copy)).document(None) == caresq


def test_an_amendment_says_why_with_its_clause() -> None:
    source = PolicyFiles().read("caresq-2025-fys-term")
    assert source.note == "The physiotherapy agreement is for one year, 2025. (CQ25-4-7)"
    assert source.ground == "clarification"


def test_a_misspelt_key_in_an_amendment_is_told_with_its_own_line(tmp_path: Path, caresq: PolicyDocument) -> None:
    name = amendment(tmp_path, AMENDMENT + "      trem: {end: 2025-12-31}\n")
    assert mistakes(name, caresq) == ['8: set.care_types.FYS.trem: unknown key, did you mean "term"?']


def test_an_amendment_that_breaks_the_whole_is_told(tmp_path: Path, caresq: PolicyDocument) -> None:
    name = amendment(tmp_path, AMENDMENT + "      conditions: [guidelines, guidelnes]\n")
    (told,) = mistakes(name, caresq)
    assert told.startswith('8: set.care_types.FYS.conditions[1]: found "guidelnes", expected a name under conditions')
    assert told.endswith('did you mean "guidelines"?')


def test_a_decided_end_with_the_options_left_in_place_is_told(tmp_path: Path, caresq: PolicyDocument) -> None:
    name = amendment(tmp_path, AMENDMENT + "      term: {end: 2025-12-31}\n")
    told = mistakes(name, caresq)
    assert [line.split(": ")[1] for line in told] == ["set.care_types.FYS.term.options"]


def test_an_amendment_may_not_change_a_period(tmp_path: Path, caresq: PolicyDocument) -> None:
    name = amendment(tmp_path, AMENDMENT.replace("FYS", "INST") + "      period: 2025-2026\n")
    assert mistakes(name, caresq) == ["8: set.care_types.INST.period: a change of policy keeps the period 2025 of INST"]


def test_an_amendment_needs_its_four_keys_and_a_change(tmp_path: Path) -> None:
    name = amendment(tmp_path, "amends: caresq-2025\nground: whim\nset: {}\n")
    assert mistakes(name) == [
        "1: clause: missing",
        "1: note: missing",
        f'2: ground: found "whim", expected one of {", ".join(Ground)}',
        "3: set: found keys with values, expected at least 1 in it",
    ]


def test_a_check_lays_an_amendment_over_the_file_before_it(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    valid = Path("tests/policy_mistakes/valid.yaml").read_text(encoding="utf-8")
    base.write_text(valid, encoding="utf-8")
    change = amendment(
        tmp_path, AMENDMENT.replace("caresq-2025", "example-2030").replace("CQ25", "EX30") + "      note: x\n"
    )
    alone, together = check(PolicyFiles(), [change]), check(PolicyFiles(), [str(base), change])
    assert [str(mistake) for mistake in alone[0].mistakes] == [
        f'{change}:1: amends: found "example-2030", which is not packaged; name its file before this one'
    ]
    assert [each.mistakes for each in together] == [(), ()]
    assert together[0].document_sha256 != together[1].document_sha256
