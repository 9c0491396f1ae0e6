"""A tier that was assigned ahead is announced on its first day; one that counts back was announced already."""

from domain.contract.commands import AcceptEvidence, AnnounceTierChange, Terminate
from domain.contract.due import Due, DueKind, falls_due
from domain.contract.facts import Registration, TierChangeAnnounced
from domain.contract.standing import planned
from tests.given import Given, at, caresq_two_years, day, explained, offered, signed, upload

ANNOUNCE = AnnounceTierChange()
ANNOUNCED = TierChangeAnnounced(tier="D", effective_on=day("2025-06-01"))
BEGINS = at("2025-06-01T00:00")


def due(contract: Given) -> list[Due]:
    planning = planned(caresq_two_years(), contract.contract_id.care_type)
    found = falls_due(contract.contract, planning, at("2024-04-01"))
    return [each for each in found if each.kind is DueKind.TIER_CHANGE]


def corrected(*, checked: str) -> Given:
    """The proof of a claimed factor came in May of the term, and was checked on a day."""
    contract = signed("kngf").when(upload("kngf", "1"), at="2025-05-10").done()
    accept = AcceptEvidence(evidence_id="kngf-1", registration=Registration())
    return contract.when(accept, at=checked).done()


def test_a_tier_assigned_before_its_first_day_is_announced_on_it_once() -> None:
    ahead = corrected(checked="2025-05-20")
    assert due(ahead) == [Due(DueKind.TIER_CHANGE, BEGINS)]
    ahead.when(ANNOUNCE, at="2025-05-31").nothing()
    announced = ahead.when(ANNOUNCE, at="2025-06-03").then(ANNOUNCED)
    assert announced.history[-1].occurred_at == BEGINS
    announced.when(ANNOUNCE, at="2025-06-04").nothing()
    assert due(announced) == []


def test_an_announcement_says_what_the_tier_was_and_by_which_clause() -> None:
    told = explained(corrected(checked="2025-05-20").when(ANNOUNCE, at="2025-06-01").why(TierChangeAnnounced), "tier.D")
    assert (told.clause, told.value) == ("CQ25-3.2-9", "tier D, was E")


def test_a_tier_that_counts_back_is_not_announced_again() -> None:
    late = corrected(checked="2025-08-20")
    assert late.tier_on("2025-06-01") == "D"
    assert due(late) == []
    late.when(ANNOUNCE, at="2025-08-21").nothing()


def test_the_tier_of_the_first_day_is_no_change_and_nothing_is_announced_before_a_signature() -> None:
    assert due(signed()) == []
    assert due(offered()) == []


def test_nothing_is_announced_of_a_contract_that_ends_before() -> None:
    ended = corrected(checked="2025-05-20").when(Terminate(last_day=day("2025-05-31")), at="2025-05-21").done()
    assert due(ended) == []
