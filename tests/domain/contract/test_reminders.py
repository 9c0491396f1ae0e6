"""Who has not confirmed or signed is reminded on the days that the policy plans (OD56)."""

import pytest

from domain.calendar import Deadline, next_day
from domain.care_type import CareType
from domain.contract.commands import AssessQuestionnaire, DeclineOffer, MakeOffer, RecordLapse, RecordReminder
from domain.contract.due import Due, DueKind, falls_due
from domain.contract.facts import Reminded, Reminder
from domain.contract.standing import planned
from tests.given import SENT, Given, at, caresq_two_years, confirmed, day, explained, given, offered, sign

REMIND = RecordReminder()
SINCE = at("2024-04-01")
FIRST, SECOND = at("2024-10-06T09:00"), at("2024-10-17T09:00")


def reminders(contract: Given) -> list[Due]:
    planning = planned(caresq_two_years(), contract.contract_id.care_type)
    found = falls_due(contract.contract, planning, SINCE)
    return [each for each in found if each.kind in {DueKind.QUESTIONNAIRE_REMINDER, DueKind.OFFER_REMINDER}]


def of_questionnaire(due_on: str) -> Reminded:
    return Reminded(about=Reminder.QUESTIONNAIRE, due_on=day(due_on), last_day=day("2024-10-20"), clause="CQ25-5-14")


def test_an_open_questionnaire_has_its_reminders_ahead_each_until_the_next_one_or_the_deadline() -> None:
    assert reminders(given(SENT)) == [
        Due(DueKind.QUESTIONNAIRE_REMINDER, FIRST, SECOND),
        Due(DueKind.QUESTIONNAIRE_REMINDER, SECOND, at("2024-10-21T00:00")),
    ]


@pytest.mark.parametrize(
    ("night", "nine", "ends"),
    [
        ("2025-03-29", "2025-03-29T08:00Z", "2025-03-29T23:00Z"),
        ("2025-03-30", "2025-03-30T07:00Z", "2025-03-30T22:00Z"),
        ("2025-03-31", "2025-03-31T07:00Z", "2025-03-31T22:00Z"),
        ("2025-10-25", "2025-10-25T07:00Z", "2025-10-25T22:00Z"),
        ("2025-10-26", "2025-10-26T08:00Z", "2025-10-26T23:00Z"),
        ("2025-10-27", "2025-10-27T08:00Z", "2025-10-27T23:00Z"),
    ],
)
def test_around_the_nights_of_the_clock_change_a_reminder_is_due_at_nine_and_a_deadline_ends_at_midnight(
    night: str, nine: str, ends: str
) -> None:
    """At nine of the local day; the deadlines, one a day later and one on the day itself, at their midnights."""
    planning = planned(caresq_two_years(), CareType.FYS)
    rule = planning.questionnaire_reminders
    assert rule is not None
    rule = rule.model_copy(update={"days_before": (1,)})
    the_day_after = Deadline(day=next_day(day(night)))
    of_next = planning._replace(questionnaire=the_day_after, questionnaire_reminders=rule)
    on_the_day = planning._replace(questionnaire=Deadline(day=day(night)), questionnaire_reminders=None)

    assert list(falls_due(given(SENT).contract, of_next, SINCE)) == [
        Due(DueKind.QUESTIONNAIRE_LAPSE, the_day_after.ends_at),
        Due(DueKind.QUESTIONNAIRE_REMINDER, at(nine), the_day_after.ends_at),
    ]
    assert list(falls_due(given(SENT).contract, on_the_day, SINCE)) == [Due(DueKind.QUESTIONNAIRE_LAPSE, at(ends))]


def test_a_reminder_is_recorded_with_the_instant_since_which_it_is_due_and_once() -> None:
    given(SENT).when(REMIND, at="2024-10-06T08:59").nothing()
    reminded = given(SENT).when(REMIND, at="2024-10-08").then(of_questionnaire("2024-10-06"))
    assert reminded.history[-1].occurred_at == FIRST
    reminded.when(REMIND, at="2024-10-09").nothing()
    assert reminders(reminded) == [Due(DueKind.QUESTIONNAIRE_REMINDER, SECOND, at("2024-10-21T00:00"))]


def test_a_reminder_says_under_which_clause_and_until_when() -> None:
    told = explained(given(SENT).when(REMIND, at="2024-10-17").why(Reminded), "questionnaire.reminder")
    assert (told.clause, told.value) == ("CQ25-5-14", "not confirmed on 2024-10-17")
    assert told.threshold == "to be confirmed on or before 2024-10-20"


def test_a_reminder_that_another_one_has_overtaken_is_never_sent() -> None:
    late = given(SENT).when(REMIND, at="2024-10-18").then(of_questionnaire("2024-10-17"))
    assert reminders(late) == []


def test_nobody_is_reminded_after_the_deadline_nor_of_what_was_confirmed() -> None:
    given(SENT).when(REMIND, at="2024-10-21T00:00").nothing()
    confirmed().when(REMIND, at="2024-10-18").nothing()
    assert reminders(confirmed()) == []
    assert reminders(given(SENT).when(RecordLapse(), at="2024-10-21").done()) == []


def test_an_offer_is_reminded_of_until_it_is_signed_or_declined() -> None:
    reminded = offered().when(REMIND, at="2024-11-05T09:00").done()
    assert [each.fact for each in reminded.history[-1:]] == [
        Reminded(about=Reminder.OFFER, due_on=day("2024-11-05"), last_day=day("2024-11-07"), clause="CQ25-5-15")
    ]
    assert reminders(offered().when(sign(offered()), at="2024-11-01").done()) == []
    decline = DeclineOffer(person_id="p1", certificate_serial="serial-1")
    assert reminders(offered().when(decline, at="2024-11-01").done()) == []
    assert reminders(offered().when(RecordLapse(), at="2024-11-08").done()) == []


def test_nobody_is_reminded_on_a_day_before_the_offer_was_there() -> None:
    late = confirmed().when(AssessQuestionnaire(), at="2024-11-04").done()
    late = late.when(MakeOffer(), at="2024-11-04T13:00").done()
    assert reminders(late) == [Due(DueKind.OFFER_REMINDER, at("2024-11-05T09:00"), at("2024-11-08T00:00"))]
