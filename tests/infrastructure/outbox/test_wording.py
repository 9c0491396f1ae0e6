"""Letters in words: every kind in both languages, as text and as HTML."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from application.letters.letter import Language, Letter, LetterKind, LetterReason, NewTier
from domain.agb import AgbCode
from domain.calendar import Term
from domain.care_type import CareType
from domain.policy.letters import LinkTo, SubjectPart
from domain.policy.values import Bilingual
from infrastructure.outbox.wording import word

BETTER = NewTier(tier="B", effective_on=date(2025, 6, 1), factors=(Bilingual(nl="keurmerk", en="mark"),))


def letter(kind: LetterKind, **values: Any) -> Letter:
    """A letter of a kind, with something in every field that a template may print."""
    return Letter.model_validate(
        {
            "kind": kind,
            "event_id": "caresq/04001234/FYS/2025-2026@7",
            "position": 7,
            "occurred_at": datetime(2025, 5, 19, 22, 30, tzinfo=UTC),
            "correlation_id": "c",
            "contract_id": "caresq/04001234/FYS/2025-2026",
            "purchaser": "caresq",
            "purchaser_name": "Caresq",
            "reply_to": "zorginkoop@caresq.nl",
            "practice": "Praktijk De Brug",
            "agb": AgbCode("04001234"),
            "care_type": CareType.FYS,
            "recipient": "post@debrug.example",
            "deadline": date(2024, 10, 20),
            "term": Term(start=date(2025, 1, 1), end=date(2026, 12, 31)),
            "tier": "C",
            "tiers": (BETTER,),
            "factor": Bilingual(nl="kwaliteitsregister", en="quality register"),
            "ground": "de bladzijde met de datum ontbreekt",
            "reasons": (LetterReason(code="NO_ADDED_VALUE", clause="CQ25-4-33"),),
            "documents": ("het jaarverslag",),
            **values,
        }
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("missing", [False, True])
def test_every_letter_names_the_practice_its_code_and_care_type_in_either_language(
    kind: LetterKind, language: Language, missing: bool
) -> None:
    worded = word(letter(kind, missing=missing, link=LinkTo.CONTRACT), language)
    care_type = {Language.NL: "fysiotherapie", Language.EN: "physiotherapy"}[language]

    assert "04001234" in worded.subject
    assert care_type in worded.subject
    assert "\n" not in worded.subject
    for body in (worded.text, worded.html):
        assert "Praktijk De Brug" in body
        assert "caresq/04001234/FYS/2025-2026" in body
        assert "Caresq" in body
        assert "{{" not in body
        assert "None" not in body


def test_a_letter_reads_as_a_person_would_write_it() -> None:
    worded = word(letter(LetterKind.TIER_CHANGED, clause="CQ25-3.2-25"), Language.NL)

    assert worded.subject == "Uw overeenkomst verandert - AGB-code 04001234 - fysiotherapie"
    assert worded.text == (
        "Geachte Praktijk De Brug,\n\n"
        "Uw zorgovereenkomst is aangepast:\n\n"
        "- overeenkomst B vanaf 1 juni 2025: keurmerk\n\n"
        "U hoeft niet opnieuw te tekenen. De nieuwe tekst van de overeenkomst staat in het portaal.\n\n"
        "Met vriendelijke groet,\nCaresq\n\n"
        "Kenmerk: caresq/04001234/FYS/2025-2026 (CQ25-3.2-25)\n"
    )


def test_the_html_is_a_list_where_the_text_has_dashes() -> None:
    worded = word(letter(LetterKind.TIER_CHANGED), Language.EN)

    assert "<ul>\n<li>contract B from 1 June 2025: mark</li>\n</ul>" in worded.html
    assert '<html lang="en">' in worded.html


def test_the_policys_own_heading_is_the_title() -> None:
    heading = Bilingual(nl="Uw contract is aangepast", en="Your contract was adapted")
    worded = word(letter(LetterKind.TIER_CHANGED, heading=heading), Language.EN)

    assert worded.subject.startswith("Your contract was adapted - ")
    assert "<h1>Your contract was adapted</h1>" in worded.html


def test_a_subject_names_what_the_policy_asks_and_no_more() -> None:
    worded = word(letter(LetterKind.PUBLISHED, subject=(SubjectPart.AGB,)), Language.NL)

    assert worded.subject == "Uw praktijk staat in de zorgzoeker - AGB-code 04001234"


def test_a_day_is_that_of_amsterdam() -> None:
    worded = word(letter(LetterKind.APPLICATION_RECEIVED), Language.NL)

    assert "is op 20 mei 2025 bij ons binnengekomen" in worded.text


def test_what_somebody_wrote_is_shown_and_never_run() -> None:
    worded = word(
        letter(LetterKind.EVIDENCE_REJECTED, ground="<script>alert(1)</script> {{ 7 * 7 }} & \n\n- meer"), Language.NL
    )

    assert "{{ 7 * 7 }}" in worded.text
    assert "49" not in worded.text
    assert "<script>" not in worded.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in worded.html
