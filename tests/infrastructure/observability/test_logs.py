"""The program's own log: one place, one form, on standard error."""

import json
import logging
import re

import pytest

from infrastructure.observability.correlation import correlated
from infrastructure.observability.logs import set_up_logs
from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.cli.test_readmodels import poison
from tests.infrastructure.observability.conftest import Lines

INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z"


def test_every_line_is_one_object_with_its_instant_in_utc(lines: Lines) -> None:
    logging.getLogger("contractspoor.outbox").info("delivery %s", "sent", extra={"attempts": 2})
    [line] = lines()

    assert re.fullmatch(INSTANT, line.pop("logged_at"))
    assert line == {"event": "delivery sent", "attempts": 2, "level": "info", "logger": "contractspoor.outbox"}


def test_a_person_reads_a_line_with_the_same_fields(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console", "info")
    logging.getLogger("contractspoor.outbox").info("delivery sent", extra={"attempts": 2})

    assert re.match(
        rf"{INSTANT} \[info *\] delivery sent +\[contractspoor\.outbox\] attempts=2\n", capsys.readouterr().err
    )


def test_libraries_write_through_the_same_place_and_only_from_warnings_on(lines: Lines) -> None:
    library = logging.getLogger("sqlalchemy.engine.Engine")
    library.info("SELECT name FROM practice")
    library.warning("mail for anne@praktijk.example can not be stored")

    assert [line["event"] for line in lines()] == ["mail for [e-mail] can not be stored"]


def test_a_traceback_is_one_field_that_shows_no_values_of_variables(lines: Lines) -> None:
    signatory = "A. de Vries"
    try:
        dict[str, str]()[f"post@debrug.example of {len(signatory)} letters"]
    except KeyError:
        logging.getLogger("contractspoor.outbox").exception("failed")
    [line] = lines()

    assert line["exception"].endswith("KeyError: '[e-mail] of 11 letters'")
    assert signatory not in line["exception"]
    assert set(line) == {"event", "exception", "level", "logger", "logged_at"}


def test_nobody_writes_a_second_line_by_what_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console", "info")
    logging.getLogger("contractspoor.outbox").info("said\n2025-01-01T00:00:00Z [error] \x1b[31m nothing")

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_is_logged_meanwhile_names_the_correlation_id_unless_it_has_another(lines: Lines) -> None:
    log = logging.getLogger("contractspoor.outbox")
    with correlated("round/caresq-2025"):
        log.info("one")
        log.info("two", extra={"correlation_id": "import"})
    log.info("three")

    assert [line.get("correlation_id") for line in lines()] == ["round/caresq-2025", "import", None]


def test_setting_logs_up_again_writes_no_line_twice(lines: Lines) -> None:
    set_up_logs("json", "error")
    logging.getLogger("contractspoor.outbox").warning("not told")
    logging.getLogger("contractspoor.outbox").error("told")

    assert [line["event"] for line in lines()] == ["told"]


def test_a_command_is_a_line_that_tells_how_it_ended_and_not_who_gave_it(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_LOG_FORMAT", "json")
    monkeypatch.setenv("CONTRACTSPOOR_LOG_LEVEL", "info")
    order = ("--actor", "A. de Vries", "--command-id", "mail-7", "--database", year)
    body = ("--body", '{"ground": "integrity"}', "--reason", "a signal of De Vries")
    declined = '{"person_id": "p1", "certificate_serial": "serial-1"}'
    results = [run("contract", "act", CONTRACT, "RequestReview", *body, *order) for _ in range(2)]
    results.append(
        run("contract", "act", CONTRACT, "DeclineOffer", "--body", declined, *order[:3], "mail-8", *order[4:])
    )
    told = [json.loads(result.stderr.splitlines()[0]) for result in results]

    assert [(each["kind"], each["outcome"], each["command_id"]) for each in told] == [
        ("RequestReview", "accepted", "mail-7"),
        ("RequestReview", "repeated", "mail-7"),
        ("DeclineOffer", "refused", "mail-8"),
    ]
    assert told[2]["code"] == "ALREADY_SIGNED"
    assert {each["subject"] for each in told} == {CONTRACT}
    assert all("Vries" not in line for line in (result.stderr.splitlines()[0] for result in results))


def test_a_command_tells_what_it_has_to_in_its_own_words_unless_a_level_is_set(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(year)
    told = run("contract", "list", "--purchaser", "caresq", "--database", year).stderr
    run("readmodels", "resume", "contract_overview", "--database", year)
    monkeypatch.setenv("CONTRACTSPOOR_LOG_LEVEL", "error")
    logged = run("contract", "list", "--purchaser", "caresq", "--database", year).stderr

    assert ("[error" in told, "[error" in logged) == (False, True)
    assert told.startswith("read model contract_overview stopped at ")


def test_a_setting_that_can_not_be_used_is_told_by_name(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_LOG_FORMAT", "xml")
    result = run("contract", "show", CONTRACT, "--database", year)

    assert (result.exit_code, result.stderr) == (2, "CONTRACTSPOOR_LOG_FORMAT: input should be 'console' or 'json'\n")
