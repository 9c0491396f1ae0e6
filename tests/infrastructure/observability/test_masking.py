"""What is logged tells of nobody, and no secret."""

from datetime import datetime, timedelta, timezone

import pytest

from infrastructure.observability.masking import MASKED, mask, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no mailbox <Anne.de-Vries+zorg@praktijk.example>", "no mailbox <[e-mail]>"),
        ("from contractspoor@localhost to post@debrug.example.", "from [e-mail] to [e-mail]."),
        ("certificate_serial='4F:2A:91' is unknown", f"certificate_serial='{MASKED}' is unknown"),
        ("certificate serial number 82001937", f"certificate serial number {MASKED}"),
        ('{"name": "A. de Vries", "agb": "04001234"}', f'{{"name": {MASKED}, "agb": "04001234"}}'),
        (
            "Professional(family_name='De Vries', initials='A.')",
            f"Professional(family_name={MASKED}, initials={MASKED})",
        ),
        ("[type=x, input_value='A. de Vries', input_type=str]", f"[type=x, input_value={MASKED}, input_type=str]"),
        (
            "postgresql+psycopg://zorg:geheim@db:5432/zorg is away",
            f"postgresql+psycopg://{MASKED}@db:5432/zorg is away",
        ),
        ("Authorization: Bearer eyJhbGciOi.eyJzdWIi.sig", f"Authorization: Bearer {MASKED}"),
        ("SMTP_PASSWORD=geheim-en-lang", f"SMTP_PASSWORD={MASKED}"),
        ("[SQL: INSERT]\n[parameters: ('A. de Vries', 3)]\nend", f"[SQL: INSERT]\n[parameters: {MASKED}]\nend"),
        ("exists\nDETAIL:  Key (name)=(De Vries) exists.", f"exists\nDETAIL: {MASKED}"),
    ],
)
def test_personal_data_and_secrets_are_masked_by_their_form(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "caresq/04001234/FYS/2025-2026@12",
        "tick/unpublish/caresq/04001234/FYS/2025-2026/2025-12-31",
        "could not serialize access in 3 places",
        "read model register stopped before caresq/04001234/FYS/2025-2026@13 at log position 13",
    ],
)
def test_ids_of_contracts_commands_and_facts_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


def test_a_field_that_is_not_known_to_be_harmless_is_masked_whatever_stands_in_it() -> None:
    line = {"event": "signed", "outcome": "accepted", "signatory": "A. de Vries", "serials": ["4F2A"], "facts": 3}

    assert mask(None, "info", line) == {
        "event": "signed",
        "outcome": "accepted",
        "signatory": MASKED,
        "serials": MASKED,
        "facts": 3,
    }


def test_an_instant_is_written_in_utc_with_z_whatever_its_zone() -> None:
    instant = datetime(2025, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))

    assert mask(None, "info", {"event": "x", "due": instant})["due"] == "2025-07-01T10:30:00.000000Z"
