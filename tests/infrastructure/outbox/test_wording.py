"""Letters in words: every kind in both languages, as text and as HTML."""

from datetime import date
from typing import Any

import pytest

from application.letters.example import example
from application.letters.letter import Language, Letter, LetterKind, LetterReason, NewTier
from domain.policy.letters import LinkTo, SubjectPart
from domain.policy.values import Bilingual
from infrastructure.outbox.wording import word

BETTER = NewTier(tier="B", effective_on=date(2025, 6, 1), factors=(Bilingual(nl="keurmerk", en="mark"),))


def letter(kind: LetterKind, **values: Any) -> Letter:
    """A letter of a kind, with something in every field that a template may print."""
    return example(kind).model_copy(update={"tiers": (BETTER,), **values})


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


def test_a_tier_is_told_with_how_it_came_about_and_what_the_next_one_asks() -> None:
    worded = word(example(LetterKind.TIER_ASSIGNED), Language.NL)

    assert (
        "Zo is overeenkomst B vanaf 1 juni 2025 bepaald:\n\n"
        "- cliëntervaringen (PREM) gemeten: voldaan [CQ25-3.2-11]\n"
        "- keurmerk: voldaan [CQ25-3.2-21]\n"
        "- niveau A: niet voldaan (gevraagd: ten minste 4 factoren) [CQ25-3.2-6]\n"
    ) in worded.text


def test_a_ground_is_told_by_its_name_and_clause_and_one_that_is_not_for_letters_by_neither() -> None:
    named = LetterReason(code="NO_ADDED_VALUE", clause="CQ25-4-33", name=Bilingual(nl="meerwaarde", en="added value"))
    reasons = (named, named.model_copy(update={"name": None}), LetterReason(code="", clause=""))
    worded = word(letter(LetterKind.REFUSED, reasons=reasons, may_apply=False), Language.EN)

    assert (
        "- added value (NO_ADDED_VALUE, CQ25-4-33)\n- NO_ADDED_VALUE (CQ25-4-33)\n"
        "- a ground that we do not name in a letter\n"
    ) in worded.text
    assert "apply again" not in worded.text
    assert "apply again at www.caresq.nl" in word(letter(LetterKind.REFUSED), Language.EN).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_about_which_little_is_known_has_no_hole_in_it(kind: LetterKind, language: Language) -> None:
    bare = {"reply_to": "", "practice": "", "agreement_sha256": None, "tier": None, "apply_at": ""}
    worded = word(letter(kind, **bare, tiers=(BETTER.model_copy(update={"factors": ()}),)), language)

    assert "None" not in worded.text
    assert "  " not in worded.text
    assert "\n\n\n" not in worded.text


def test_a_reminder_threatens_with_an_end_only_where_there_is_one() -> None:
    ends = word(letter(LetterKind.SIGNING_REMINDER), Language.NL).text
    target = word(letter(LetterKind.SIGNING_REMINDER, binding=False), Language.NL).text

    assert "tot en met 20 oktober 2024. Daarna vervalt het." in ends
    assert "liefst tot en met 20 oktober 2024." in target
    assert "vervalt" not in target


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
