"""Reading YAML as text with lines; the mistakes of whole documents are under tests/policy_mistakes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.policies.yaml_file import DEEPEST, MOST_BYTES, read_yaml


def test_scalars_stay_text() -> None:
    file = read_yaml(b"a: 04001234\nb: 2024-10-20\nc: no\nd: 1.50\ne: 0x10\nf: 1_000\n")
    assert file.data == {"a": "04001234", "b": "2024-10-20", "c": "no", "d": "1.50", "e": "0x10", "f": "1_000"}
    assert file.mistakes == []


def test_a_value_left_empty_is_nothing_and_a_quoted_one_is_text() -> None:
    assert read_yaml(b"a:\nb: ~\nc: null\nd: ''\ne: 'null'\n").data == {
        "a": None,
        "b": None,
        "c": None,
        "d": "",
        "e": "null",
    }


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_yaml("\ufeffa: ë\n".encode()).data == {"a": "ë"}


def test_every_value_has_its_line() -> None:
    file = read_yaml(b"a:\n  b: x\n  c:\n    - y\n    - d: z\n")
    assert file.line_of(("a", "b")) == 2
    assert file.line_of(("a", "c", 0)) == 4
    assert file.line_of(("a", "c", 1, "d")) == 5


def test_what_is_missing_is_told_on_the_line_of_what_is_around_it() -> None:
    file = read_yaml(b"a:\n  b: x\n")
    assert file.line_of(("a", "b", "gone")) == 2
    assert file.line_of(("gone",)) == 1


def test_a_key_twice_is_told_with_both_lines_and_the_first_counts() -> None:
    file = read_yaml(b"a: 1\nb:\n  c: [1, {d: 2}]\n  c: 3\na: {x: [1]}\n")
    assert file.mistakes == [
        (4, 'the key "c" stands here again; it stands on line 3 too'),
        (5, 'the key "a" stands here again; it stands on line 1 too'),
    ]
    assert file.data == {"a": "1", "b": {"c": ["1", {"d": "2"}]}}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# only a comment\n", b"---\n"])
def test_a_file_without_content_is_told(content: bytes) -> None:
    file = read_yaml(content)
    assert file.data is None
    assert len(file.mistakes) == 1


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert read_yaml(b"<<: {a: 1}\n").data == {"<<": {"a": "1"}}


def test_a_key_that_is_a_list_is_told() -> None:
    assert read_yaml(b"? [a, b]\n: c\n").mistakes == [(1, "expected a key of plain text")]


def test_nesting_without_end_is_told_and_not_followed() -> None:
    assert read_yaml(b"a: " + b"[" * 5000).mistakes == [(1, f"nested more than {DEEPEST} deep")]


def test_a_file_of_the_wrong_sort_is_told_by_its_size() -> None:
    file = read_yaml(b"a" * (MOST_BYTES + 1))
    assert file.mistakes == [(1, "found 1,000,001 bytes, expected at most 1,000,000: is this a policy?")]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet="ab:-[]{}&*!|>'\"# \n\t0,?", max_size=60).map(str.encode)))
def test_any_bytes_give_data_or_a_mistake_and_never_an_exception(content: bytes) -> None:
    file = read_yaml(content)
    assert isinstance(file.data, dict) or file.mistakes
    assert all(line >= 1 and message for line, message in file.mistakes)
