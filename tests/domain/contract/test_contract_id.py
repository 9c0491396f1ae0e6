"""A contract is known by purchaser, practice, care type and period."""

import pytest

from domain.care_type import CareType
from domain.contract.contract_id import ContractId


@pytest.mark.parametrize("text", ["caresq/04001234/FYS/2025-2026", "asr/26001122/VOET/2024", "a-b2/00000000/GLI/2025"])
def test_an_id_is_read_from_its_text_and_written_the_same(text: str) -> None:
    assert str(ContractId.parse(text)) == text


def test_the_four_keys_are_told_apart() -> None:
    contract_id = ContractId.parse("caresq/04001234/FYS/2025-2026")
    assert contract_id == ("caresq", "04001234", CareType.FYS, "2025-2026")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("caresq/04001234/FYS", "expected PURCHASER/AGB/CARE_TYPE/PERIOD"),
        ("caresq/04001234/FYS/2025/x", "expected PURCHASER/AGB/CARE_TYPE/PERIOD"),
        ("Caresq/04001234/FYS/2025", "is not a lower-case name"),
        ("caresq/4001234/FYS/2025", "did a spreadsheet drop the leading zero"),
        ("caresq/04001234/fys/2025", "care type 'fys' is not one of FYS, OEF"),
        ("caresq/04001234/FYS/25", "is not a year or two years"),
        ("caresq/04001234/FYS/2025-2026\n", "is not a year or two years"),
        ("caresq/04001234/FYS/\u0662\u0660\u0662\u0665", "is not a year or two years"),
    ],
)
def test_a_wrong_part_is_named(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ContractId.parse(text)
