"""The words of explanations: nothing that the rules say stays English in Dutch, and everything has a name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.queries.reasons import ABOUT
from application.wording.dutch import BOOK, in_dutch
from application.wording.explanations import DECISIONS, OUTCOMES, RULES, About, Language, labels_of, rule_name, told
from domain.contract.facts import ContractFact
from domain.explanation import Outcome
from domain.policy.document import PolicyDocument
from tests.explanations import ONLY_TOLD
from tests.given import asr, caresq

PAGES = sorted((Path(__file__).parents[1] / "told").glob("*.txt"))
"""Some sixty decisions, told whole."""
LINE = re.compile(r"^ +(?:met|not_met|unknown) (?P<rule>.+?)(?: \[(?P<clause>[^\]]+)\])?: (?P<rest>.*)$")
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the and or not no none nothing nobody with from until at least most on to by for which asked found valid "
        "attached declared registered supplied claimed accepted rejected established approached offered signed points "
        "factors years hours questionnaire assessment application verdict person day force",
    )
)
"""Words that an English sentence has and a Dutch one has not."""
SAID_BY_PEOPLE = {"the file can not be read"}


def phrases() -> Iterator[tuple[str, str]]:
    """What was found and what was asked, from every page, with the page it stands on."""
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            found = LINE.match(line)
            if found is None:
                continue
            value, _, threshold = found["rest"].partition(" (asked: ")
            for text in (value.strip(), threshold.removesuffix(")")):
                if text and text not in SAID_BY_PEOPLE:
                    yield text, page.name


def rules() -> set[str]:
    lines = (line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines())
    return {found["rule"] for line in lines if (found := LINE.match(line)) is not None}


def test_what_the_rules_find_and_ask_is_dutch_in_dutch() -> None:
    labels = {f"{each.id} {rule}": label for each in (caresq(), asr()) for rule, label in labels_of([each]).items()}
    left = {
        text: dutch
        for text, _ in phrases()
        for dutch in [told(text, Language.NL, labels)]
        if ENGLISH & set(re.findall(r"[a-z]+", dutch))
    }

    assert left == {}


def test_every_rule_has_a_name_in_both_languages() -> None:
    labels = labels_of([caresq(), asr()])
    for language in Language:
        named = {rule for rule in rules() if rule not in RULES and " " not in rule}
        bare = {rule for rule in named if rule_name(rule, language, labels) == rule}
        assert bare == set()
    assert rule_name("transfer", Language.NL, labels) == "overdracht"


def test_the_names_are_the_policys_own() -> None:
    document: PolicyDocument = caresq()
    code = next(iter(document.conditions))

    assert rule_name(f"condition.{code}", Language.NL, labels_of([document])) == document.conditions[code].label.nl
    assert rule_name("factor.share.others", Language.NL, labels_of([document])).endswith(", overige")


def test_everything_that_is_decided_has_a_place_in_why() -> None:
    facts = {each for each in ContractFact.__args__ if each not in ONLY_TOLD}

    assert facts <= ABOUT.keys()
    assert set(About) == DECISIONS.keys()
    assert set(Outcome) == OUTCOMES.keys()


@pytest.mark.parametrize("line", BOOK.strip().splitlines())
def test_a_phrase_has_a_place_for_each_of_its_places(line: str) -> None:
    english, separator, dutch = line.partition(" = ")

    assert separator
    assert len(re.findall(r"\{.?\}", english)) == dutch.count("{}")


def test_of_two_phrases_that_fit_the_one_that_names_more_is_taken() -> None:
    assert in_dutch("supplied on 2025-05-20; label Basis, asked Keurmerk") == (
        "ingediend op 2025-05-20; label Basis, gevraagd Keurmerk"
    )
    assert in_dutch("at least 3/10") == "ten minste 3/10"
    assert in_dutch("no registration known") == "geen registratie bekend"


def test_what_people_entered_stays_as_it_is() -> None:
    assert in_dutch("Meetbureau Alfa") == "Meetbureau Alfa"
    assert in_dutch("krf_nl") == "krf_nl"
