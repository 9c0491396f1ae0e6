"""AGB codes are text of eight digits, never numbers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.agb import AgbCode

CODE: TypeAdapter[AgbCode] = TypeAdapter(AgbCode)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True, alphabet=st.characters(max_codepoint=127)))
def test_eight_digits_are_a_code_that_keeps_its_zeros(text: str) -> None:
    code = AgbCode(text)
    assert code == text
    assert code.prefix == text[:2]


ARABIC, FULL_WIDTH = (
    "\u0660\u0664\u0660\u0660\u0661\u0662\u0663\u0664",
    "\uff10\uff14\uff10\uff10\uff11\uff12\uff13\uff14",
)


@pytest.mark.parametrize(
    "text",
    ["", "4001234", "040012345", "0400123a", " 04001234", "04001234\n", "04-01234", ARABIC, FULL_WIDTH],
    ids=["empty", "seven", "nine", "letter", "space", "line end", "dash", "Arabic digits", "full-width digits"],
)
def test_anything_else_is_refused_and_never_padded(text: str) -> None:
    with pytest.raises(ValueError, match="is not an AGB code: expected eight digits"):
        AgbCode(text)


def test_a_lost_zero_is_told() -> None:
    with pytest.raises(ValueError, match="did a spreadsheet drop the leading zero"):
        AgbCode("4001234")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("4001234", "found 7; did a spreadsheet drop the leading zero?"),
        ("", "such as '04001234', found 0 characters"),
        ("040012345", "such as '04001234', found 9 characters"),
        ("0400-23", "such as '04001234', found 7 characters"),
        (ARABIC[:7], "such as '04001234', found 7 characters"),
    ],
    ids=["a digit too few", "nothing", "a digit too many", "a dash", "a digit too few, of another script"],
)
def test_only_digits_too_few_are_taken_for_a_lost_zero(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="expected eight digits") as refused:
        AgbCode(text)
    assert str(refused.value) == f"{text!r} is not an AGB code: expected eight digits, {hint}"


@pytest.mark.parametrize("number", [4001234, 4001234.0, None, b"04001234"])
def test_a_number_is_never_a_code(number: Any) -> None:
    with pytest.raises(TypeError, match="is text of eight digits"):
        AgbCode(number)


def test_a_code_is_read_from_json_text_and_written_as_text() -> None:
    adapter: TypeAdapter[AgbCode] = TypeAdapter(AgbCode)
    code = adapter.validate_json('"04001234"')
    assert isinstance(code, AgbCode)
    assert adapter.dump_json(code) == b'"04001234"'
    assert type(adapter.dump_python(code)) is AgbCode
    assert type(adapter.dump_python(code, mode="json")) is str
    assert adapter.json_schema(mode="serialization") == {"type": "string"}


@pytest.mark.parametrize("text", ["4001234", 4001234, b"04001234"])
def test_a_model_reads_a_code_as_strictly(text: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(AgbCode).validate_python(text)


@pytest.mark.parametrize("json", ["4001234", "04001234", '"4001234"', "null"])
def test_a_json_number_is_never_a_code(json: str) -> None:
    with pytest.raises(ValidationError):
        CODE.validate_json(json)
