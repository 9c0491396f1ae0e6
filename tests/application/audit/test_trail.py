"""Who did what, when, on whose word and why: found by any of these, and read back without loss."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest

from application.queries.audit_entry import TrailEntry
from application.queries.audit_trail import Period, Trail, TrailAnswer, TrailAsked
from application.queries.horizon import Asked
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from tests.given import at, day
from tests.infrastructure.cli.conftest import CONTRACT
from tests.two_purchasers import AGB, ASR, CARESQ, PURCHASERS, Purchaser, log_at

NOW = Asked()


@contextmanager
def opened(url: str) -> Iterator[System]:
    with open_system(url, clock=SetClock(at("2026-02-01T09:00"))) as system:
        yield system


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A log in which two purchasers lived with one practice."""
    with opened(log_at(tmp_path_factory.mktemp("two"), "two.db")) as system:
        yield system


def asked_for(system: System, wanted: TrailAsked) -> list[TrailEntry]:
    return [entry for page in system.trail.pages(wanted, NOW) for entry in page.entries]


def test_an_entry_says_who_did_what_for_whom_when_and_why(year: str) -> None:
    with opened(year) as system:
        found = {each.event_id: each for each in asked_for(system, TrailAsked(contract=CONTRACT))}
    signed = found[f"{CONTRACT}@8"]

    assert (signed.name, signed.actor, signed.on_behalf_of) == ("Signed", "p1", "Praktijk De Brug")
    assert signed.occurred_at_local == "2024-11-01 12:00:00 CET (Europe/Amsterdam)"
    assert '"occurred_at":"2024-11-01T11:00:00.000000Z"' in signed.model_dump_json()
    assert (signed.policy_id, signed.purchaser, signed.agb) == ("caresq-2025", "caresq", "04001234")
    [change] = signed.changes
    assert (change.path, change.old, change.new) == (("signed_at",), None, "2024-11-01T11:00:00.000000Z")


def test_what_a_fact_brought_with_it_names_it_as_its_cause_and_cites_its_clauses(year: str) -> None:
    with opened(year) as system:
        found = {each.event_id: each for each in asked_for(system, TrailAsked(contract=CONTRACT))}
    tier = found[f"{CONTRACT}@12"]

    assert (tier.name, tier.caused_by) == ("TierAssigned", f"{CONTRACT}@11")
    assert "CQ25-3.2-8" in tier.clauses


FILTERS: dict[str, list[Any]] = {
    "contract": [None, CARESQ.contracts[0]],
    "agb": [None, AGB],
    "actor": [None, CARESQ.text("officer"), "register"],
    "on_behalf_of": [None, CARESQ.text("behalf")],
    "policy_id": [None, "caresq-2025"],
    "purchaser": ["caresq"],
    "recorded": [Period(), Period(first=day("2024-09-01"), last=day("2024-12-31"))],
    "occurred": [Period(), Period(first=at("2024-09-16T00:00"), last=day("2025-03-01"))],
}


def test_any_of_the_filters_together_find_what_fits_all_of_them(both: System) -> None:
    everything = asked_for(both, TrailAsked())
    for choice in product(*FILTERS.values()):
        wanted = TrailAsked.model_validate(dict(zip(FILTERS, choice, strict=True)))
        expected = [each.event_id for each in everything if by_hand(each, wanted)]
        assert [each.event_id for each in asked_for(both, wanted)] == expected, wanted
        without_index = Trail(both.contracting).pages(wanted, NOW)
        assert [each.event_id for page in without_index for each in page.entries] == expected, wanted


def by_hand(entry: TrailEntry, wanted: TrailAsked) -> bool:
    """What a filter means, in days and words of the entry itself."""
    if wanted.contract is not None and entry.stream_id != wanted.contract:
        return False
    if wanted.recorded.first is not None and not "2024-09-01" <= entry.recorded_at_local[:10] <= "2024-12-31":
        return False
    if wanted.occurred.first is not None and not "2024-09-16" <= entry.occurred_at_local[:10] <= "2025-03-01":
        return False
    fits = entry.purchaser in (None, wanted.purchaser) and wanted.agb in (None, entry.agb)
    fits = fits and wanted.actor in (None, entry.actor) and wanted.on_behalf_of in (None, entry.on_behalf_of)
    return fits and wanted.policy_id in (None, entry.policy_id)


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
def test_a_purchasers_trail_has_nothing_of_the_other_and_all_of_its_own(both: System, purchaser: Purchaser) -> None:
    other = ASR if purchaser is CARESQ else CARESQ
    found = asked_for(both, TrailAsked(purchaser=purchaser.id))
    told = "".join(each.model_dump_json() for each in found)

    assert [mark for mark in other.marks if mark in told] == []
    assert all(mark in told for mark in purchaser.marks)
    every = asked_for(both, TrailAsked())
    assert len(every) > len(found)
    assert [each for each in every if each.purchaser == purchaser.id] == [each for each in found if each.purchaser]


def test_what_is_another_purchasers_is_refused(both: System) -> None:
    for wanted in (
        TrailAsked(purchaser="asr", contract=CARESQ.contracts[0]),
        TrailAsked(purchaser="asr", policy_id="caresq-2025"),
        TrailAsked(contract=CARESQ.contracts[0], policy_id="asr-2024"),
    ):
        with pytest.raises(RefusedError, match="of another purchaser"):
            asked_for(both, wanted)
    with pytest.raises(RefusedError, match="not adopted in this log; adopted are: asr-2024, caresq-2025"):
        asked_for(both, TrailAsked(policy_id="caresq-2052"))


@pytest.mark.parametrize(
    "wanted", [TrailAsked(), TrailAsked(contract=CARESQ.contracts[0]), TrailAsked(agb=AGB, purchaser="caresq")], ids=str
)
def test_pages_follow_each_other_without_a_gap(both: System, wanted: TrailAsked) -> None:
    whole = asked_for(both, wanted)
    first = both.trail.page(wanted, NOW, limit=7)
    known = Asked(known_at=first.known_at, position=first.position)
    pages: list[TrailAnswer] = [first]
    while (after := pages[-1].next_after) is not None:
        pages.append(both.trail.page(wanted, known, after=after, limit=7))

    assert [entry for page in pages for entry in page.entries] == whole
    assert max(len(page.entries) for page in pages) <= 7


def test_a_trail_as_known_earlier_stops_there(year: str) -> None:
    with opened(year) as system:
        page = system.trail.page(TrailAsked(contract=CONTRACT), Asked(known_at=at("2024-10-12T00:00")))
    assert [each.name for each in page.entries][-1] == "QuestionnaireConfirmed"


def test_a_period_that_has_not_begun_is_empty_and_one_that_ends_later_goes_up_to_now(both: System) -> None:
    later = Period(first=day("2030-01-01"), last=day("2031-01-01"))
    assert asked_for(both, TrailAsked(recorded=later)) == []
    until = TrailAsked(recorded=Period(last=day("2031-01-01")))
    assert asked_for(both, until) == asked_for(both, TrailAsked())


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ends .* before it begins"):
        Period(first=day("2025-02-01"), last=day("2025-01-31"))
    assert Period(first=day("2025-02-01"), last=day("2025-02-01")).ends == at("2025-02-02T00:00")
