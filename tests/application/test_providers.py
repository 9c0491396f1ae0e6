"""What officers hear of one practice: idempotent, decided on what is known, never in the future."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from application.contracting import Contracting
from application.mapper import FactMapper
from application.order import Order
from application.provider_import import PracticeEntry, import_records
from application.providers import Entered, ProviderStreams, execute, known_provider
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.history import FactCorrected
from domain.provider.commands import CorrectProviderFact, OptOutOfOffers, SignalIntegrity, WithdrawOptOut
from domain.provider.facts import IntegritySignalled, OptedOut
from domain.provider.register import PracticeRecord
from domain.refusal import RefusedError
from infrastructure.clock import SetClock, SystemClock
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder, open_log

AGB = AgbCode("04001234")
NOON = datetime(2024, 8, 28, 10, tzinfo=UTC)
OPT_OUT = OptOutOfOffers(purchaser="caresq")


@pytest.fixture
def streams(event_log: LogRecorder) -> ProviderStreams:
    streams = ProviderStreams(event_log, FactMapper(), SetClock(NOON))
    import_records(streams, [PracticeEntry(PracticeRecord(agb=AGB, name="De Linde"))], actor="test")
    return streams


def order(command_id: str = "c1", **more: object) -> Order:
    return Order(actor="officer", command_id=command_id, **more)  # type: ignore[arg-type]


def refusal(streams: ProviderStreams, command: OptOutOfOffers | SignalIntegrity, given: Order) -> str:
    with pytest.raises(RefusedError) as refused:
        execute(streams, AGB, command, given)
    return refused.value.refused.code


def test_an_opt_out_is_recorded_with_who_heard_it_and_why(streams: ProviderStreams) -> None:
    answer = execute(streams, AGB, OPT_OUT, order(reason="a letter", on_behalf_of="caresq"))

    context = streams.history(AGB)[-1].envelope()
    assert answer == Entered((OptedOut(purchaser="caresq", care_type=None, from_day=date(2024, 8, 28)),), 2)
    assert (context.actor, context.on_behalf_of, context.reason, context.provider_version) == (
        "officer",
        "caresq",
        "a letter",
        1,
    )


def test_the_same_command_id_gives_the_same_answer_and_changes_nothing(streams: ProviderStreams) -> None:
    first = execute(streams, AGB, OPT_OUT, order())
    execute(streams, AGB, WithdrawOptOut(purchaser="caresq"), order("c2"))

    assert execute(streams, AGB, OPT_OUT, order()) == first
    assert len(streams.history(AGB)) == 3


def test_another_command_under_the_same_id_is_refused(streams: ProviderStreams) -> None:
    execute(streams, AGB, OPT_OUT, order())

    assert refusal(streams, OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS), order()) == "COMMAND_ID_REUSED"


def test_what_was_known_already_is_not_recorded_again(streams: ProviderStreams) -> None:
    execute(streams, AGB, OPT_OUT, order())

    assert execute(streams, AGB, OPT_OUT, order("c2")) == Entered((), 2)


def test_the_day_is_that_of_amsterdam_on_which_it_was_heard(streams: ProviderStreams) -> None:
    heard = datetime(2024, 7, 31, 22, 30, tzinfo=UTC)

    answer = execute(streams, AGB, OPT_OUT, order(occurred_at=heard, reason="found in the post"))

    assert answer.facts == (OptedOut(purchaser="caresq", care_type=None, from_day=date(2024, 8, 1)),)
    assert streams.history(AGB)[-1].occurred_at == heard


def test_nothing_is_heard_in_the_future(streams: ProviderStreams) -> None:
    later = order(occurred_at=NOON + timedelta(microseconds=1), reason="x")

    assert refusal(streams, OPT_OUT, later) == "OCCURRED_IN_FUTURE"


def test_an_earlier_instant_needs_a_reason(streams: ProviderStreams) -> None:
    assert refusal(streams, OPT_OUT, order(occurred_at=NOON - timedelta(days=1))) == "REASON_MISSING"


def test_a_doubt_about_integrity_needs_a_reason_and_a_refusal_stores_nothing(streams: ProviderStreams) -> None:
    assert refusal(streams, SignalIntegrity(purchaser="caresq"), order()) == "REASON_MISSING"
    assert len(streams.history(AGB)) == 1

    answer = execute(streams, AGB, SignalIntegrity(purchaser="caresq"), order(reason="claims for the same hour"))

    assert answer.facts == (IntegritySignalled(purchaser="caresq", from_day=date(2024, 8, 28)),)


def test_a_practice_that_nobody_knows_is_refused(streams: ProviderStreams) -> None:
    with pytest.raises(RefusedError, match="PROVIDER_UNKNOWN"):
        execute(streams, AgbCode("04009999"), OPT_OUT, order())


def test_an_earlier_position_knows_nothing_of_what_came_after(streams: ProviderStreams, event_log: LogRecorder) -> None:
    before = event_log.horizon()
    execute(streams, AGB, OPT_OUT, order())

    then, now = known_provider(streams, AGB, "caresq", before), known_provider(streams, AGB, "caresq")

    assert then is not None
    assert now is not None
    assert (then.version, then.opt_outs) == (1, ())
    assert (now.version, len(now.opt_outs)) == (2, 1)


def test_equal_opt_outs_in_parallel_become_one_fact(streams: ProviderStreams, database_url: str) -> None:
    def opt_out(number: int) -> Entered:
        log = open_log(database_url)
        try:
            return execute(ProviderStreams(log, FactMapper(), SystemClock()), AGB, OPT_OUT, order(f"c{number % 2}"))
        finally:
            log.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(opt_out, range(8)))

    assert len(streams.history(AGB)) == 2
    assert all(len(answer.facts) <= 1 for answer in answers)


def test_a_mended_fact_is_read_so_by_whoever_had_read_the_practice_before(event_log: LogRecorder) -> None:
    contracting = Contracting(LogFactory(event_log), event_log, SetClock(NOON))
    streams = ProviderStreams(event_log, contracting.facts, SetClock(NOON))
    import_records(streams, [PracticeEntry(PracticeRecord(agb=AGB, name="De Linde"))], actor="test")
    execute(streams, AGB, OPT_OUT, order())
    [before] = contracting.providers("caresq", [AGB])
    correction = CorrectProviderFact(purchaser="caresq", version=2)

    answer = execute(streams, AGB, correction, order("c2", reason="another practice wrote"))

    assert answer == Entered((FactCorrected(corrects=2, purchaser="caresq"),), 3)
    assert execute(streams, AGB, correction, order("c2", reason="another practice wrote")) == answer
    [after] = contracting.providers("caresq", [AGB])
    assert [(len(each.opt_outs), each.version) for each in (before, after)] == [(1, 2), (0, 3)]
    assert known_provider(streams, AGB, "caresq") == after
