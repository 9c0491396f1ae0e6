"""Deadlines as a calendar: an entry keeps its id, tells what changed from the log alone, and is valid iCalendar."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from application.calendar_feed import provider_feed, purchaser_feed
from application.contracting import Contracting
from application.policies import AdoptionOrder, adopt
from application.wording.explanations import Language
from domain.agb import AgbCode
from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.facts import (
    ContractOffered,
    ContractTerminated,
    QuestionnaireConfirmed,
    Signed,
    SigningPerson,
)
from domain.policy.planning import PlanningKind
from infrastructure.bootstrap import ical, policy_sources
from infrastructure.cli.main import main
from tests.given import answers, at, caresq_two_years
from tests.infrastructure.outbox.conftest import Post, opened_post

AGB = AgbCode("04000001")
CONTRACT = "caresq.04000001.FYS.2025-2026.1"
SHA = "0" * 64
PERSON = SigningPerson(person_id="p1", name="A. de Vries", certificate_serial="serial-1")
OFFERED = ContractOffered(
    tier=None,
    term=Term(start=date(2025, 1, 1), end=date(2026, 12, 31)),
    last_signing_day=date(2024, 11, 7),
    agreement_sha256=SHA,
    policy_position=1,
)


@pytest.fixture
def post(sqlite_url: str, tmp_path: Path) -> Any:
    with opened_post(sqlite_url, tmp_path) as found:
        yield found


def events(contracting: Contracting, language: Language = Language.NL) -> dict[str, Any]:
    """What a calendar program reads in the practice's file, by what stands before @ in its UID."""
    calendar = Calendar.from_ical(ical(provider_feed(contracting, AGB, language, contracting.log_port.horizon())))
    assert [str(each["tzid"]) for each in calendar.walk("VTIMEZONE")] == ["Europe/Amsterdam"]
    found = {str(each["uid"]).partition("@")[0].removeprefix(f"{CONTRACT}."): each for each in calendar.walk("VEVENT")}
    assert all(not each.errors for each in (calendar, *found.values()))
    return found


def shown(event: Any) -> tuple[date, str, int]:
    return event["dtstart"].dt, str(event["status"]), event["sequence"]


def test_a_deadline_is_a_whole_day_and_is_cancelled_once_it_is_met(post: Post) -> None:
    post.approach(1)
    asked = events(post.system.contracting)["questionnaire"]
    post.record(1, QuestionnaireConfirmed(answers=answers()), OFFERED)
    confirmed = events(post.system.contracting)

    assert shown(asked) == (date(2024, 10, 20), "CONFIRMED", 0)
    assert str(asked["summary"]) == "Vragenlijst fysiotherapie bevestigen - Caresq"
    assert asked["dtend"].dt == date(2024, 10, 21)
    assert shown(confirmed["questionnaire"]) == (date(2024, 10, 20), "CANCELLED", 1)
    assert confirmed["questionnaire"]["uid"] == asked["uid"]
    assert shown(confirmed["signing"]) == (date(2024, 11, 7), "CONFIRMED", 0)


def test_the_last_day_of_a_contract_moves_with_it_under_the_same_id(post: Post) -> None:
    post.approach(1)
    post.record(1, OFFERED, Signed(person=PERSON, agreement_sha256=SHA))
    signed = events(post.system.contracting, Language.EN)
    post.clock.set(at("2025-03-01"))
    post.record(1, ContractTerminated(last_day=date(2025, 6, 30)))
    ended = events(post.system.contracting, Language.EN)

    assert "signing" not in signed  # it was offered and signed in one commit: nobody ever had it to mind
    assert shown(signed["end"]) == (date(2026, 12, 31), "CONFIRMED", 0)
    assert shown(ended["end"]) == (date(2025, 6, 30), "CONFIRMED", 1)
    assert (ended["end"]["created"].dt, ended["end"]["last-modified"].dt.date()) == (
        signed["end"]["created"].dt,
        date(2025, 3, 1),
    )


def test_an_amendment_moves_a_deadline_under_the_same_id(post: Post) -> None:
    post.approach(1)
    before = events(post.system.contracting)["questionnaire"]
    post.clock.set(at("2024-09-20"))
    document = caresq_two_years()
    row = document.row_of(PlanningKind.QUESTIONNAIRE_DEADLINE, CareType.FYS)
    moved = [each.model_copy(update={"day": date(2024, 10, 27)}) if each == row else each for each in document.planning]
    post.amend(document.model_copy(update={"planning": tuple(moved)}))
    after = events(post.system.contracting)["questionnaire"]

    assert (shown(before)[0], shown(after)) == (date(2024, 10, 20), (date(2024, 10, 27), "CONFIRMED", 1))
    assert after["uid"] == before["uid"]


def test_the_same_log_gives_the_same_bytes_whenever_it_is_asked(post: Post) -> None:
    post.approach(1)
    first = ical(provider_feed(post.system.contracting, AGB, Language.NL, post.system.log.horizon()))
    post.clock.set(at("2025-12-31"))

    assert ical(provider_feed(post.system.contracting, AGB, Language.NL, post.system.log.horizon())) == first


def test_an_officer_of_one_purchaser_sees_nothing_of_another_in_a_practices_calendar(post: Post) -> None:
    adopt(post.system.policies, policy_sources().read("asr-2024"), AdoptionOrder(actor="board"))
    post.approach(1)
    theirs = provider_feed(post.system.contracting, AGB, Language.NL, post.system.log.horizon(), purchaser="asr")
    every = provider_feed(post.system.contracting, AGB, Language.NL, post.system.log.horizon())

    assert theirs.entries == ()
    assert [each.uid for each in every.entries] == [f"{CONTRACT}.questionnaire@contractspoor"]


def test_a_purchasers_calendar_is_its_planning_and_names_no_practice(post: Post) -> None:
    post.approach(1)
    feed = purchaser_feed(post.system.contracting, "caresq", Language.NL, post.system.log.horizon())
    written = ical(feed)
    days = {(each.category, each.first_day) for each in feed.entries}

    assert ("questionnaire_deadline", date(2024, 10, 20)) in days
    assert ("signing", date(2024, 11, 7)) in days
    assert all(each.tentative for each in feed.entries if each.first_day != each.last_day)
    assert len({each.uid for each in feed.entries}) == len(feed.entries)
    assert b"04000001" not in written
    assert len(Calendar.from_ical(written).walk("VEVENT")) == len(feed.entries)


def test_the_command_says_what_it_needs_and_writes_over_no_file(
    post: Post, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    post.approach(1)
    file = tmp_path / "praktijk.ics"
    line = ["deadlines", "ical", str(file), "--database", sqlite_url]
    codes = [
        main(line),
        main([*line, "--provider", "04009999"]),
        main([*line, "--purchaser", "nobody"]),
        main([*line, "--provider", AGB]),
        main([*line, "--provider", AGB]),
        main([*line, "--provider", AGB, "--force", "--json"]),
    ]
    told = capsys.readouterr()

    assert codes == [2, 4, 3, 0, 1, 0]
    assert "name a practice with --provider" in told.err
    assert "write over it with --force" in told.err
    assert f"1 entry in {file}" in told.out
    assert '"entries": 1' in told.out
