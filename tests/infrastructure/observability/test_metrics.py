"""Metrics: in Prometheus's format, counted where things happen and asked for where they stand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from application.order import Order
from domain.contract.commands import DeclineOffer, RequestReview
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind
from domain.contract.facts import ReviewGround
from domain.refusal import RefusedError
from infrastructure.bootstrap import PortTakenError, System, metrics_of, open_system
from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.cli.test_readmodels import poison
from tests.infrastructure.outbox.conftest import Post, opened_post
from tests.infrastructure.outbox.servers import free_port

Samples = dict[tuple[str, str], float]


def samples(text: str) -> Samples:
    """Every value by its name and the values of its labels."""
    return {
        (each.name, " ".join(each.labels.values())): each.value for family in parsed(text) for each in family.samples
    }


def measured(system: System) -> Samples:
    return samples(metrics_of(lambda: nullcontext(system)).text().decode())


@pytest.fixture
def post(database_url: str, tmp_path: Path) -> Iterator[Post]:
    """Letters to send, on each database."""
    with opened_post(database_url, tmp_path) as found:
        yield found


def test_every_name_has_a_meaning_and_the_prefix_of_the_program_or_the_process(run: Run, year: str) -> None:
    families = list(parsed(run("metrics", "--database", year).stdout))

    assert len({family.name for family in families}) == len(families) > 15
    assert all(family.documentation.strip() for family in families)
    assert {family.name.split("_")[0] for family in families} == {"contractspoor", "process"}


def test_commands_are_counted_by_kind_and_outcome_and_refusals_by_code(year: str) -> None:
    contract_id = ContractId.parse(CONTRACT)
    with open_system(year) as system:
        before = measured(system)
        review = RequestReview(ground=ReviewGround.INTEGRITY)
        for _ in range(2):
            system.contracting.act(contract_id, review, Order("officer", "review", reason="seen"))
        system.contracting.act(contract_id, review, Order("officer", "again", reason="seen"))
        with pytest.raises(RefusedError, match="ALREADY_SIGNED"):
            system.contracting.act(
                contract_id, DeclineOffer(person_id="p1", certificate_serial="serial-1"), Order("officer", "offer")
            )
        after = measured(system)

    def more(name: str, labels: str = "") -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert more("contractspoor_commands_total", "RequestReview accepted") == 1
    assert more("contractspoor_commands_total", "RequestReview repeated") == 1
    assert more("contractspoor_commands_total", "RequestReview unchanged") == 1
    assert more("contractspoor_commands_total", "DeclineOffer refused") == 1
    assert more("contractspoor_refusals_total", "ALREADY_SIGNED") == 1
    assert more("contractspoor_command_duration_seconds_count") == 4
    assert more("contractspoor_command_duration_seconds_sum") > 0


def test_lag_depth_and_age_are_what_stands_in_the_database(post: Post) -> None:
    post.approach(1, 2)
    head = post.system.log.max_notification_id()
    post.clock.set(post.clock.now() + timedelta(minutes=3))
    before = measured(post.system)
    post.system.read_models.catch_up(["practice"])
    post.outbox.fill()
    post.clock.set(post.clock.now() + timedelta(minutes=10))
    after = measured(post.system)

    assert before["contractspoor_log_head_position", ""] == head
    assert before["contractspoor_log_head_age_seconds", ""] == pytest.approx(180, abs=1)
    assert (
        before["contractspoor_outbox_lag_events", ""]
        == before["contractspoor_read_model_lag_events", "practice"]
        == head
    )
    assert (
        before["contractspoor_outbox_deliveries", "waiting"],
        after["contractspoor_outbox_deliveries", "waiting"],
    ) == (
        0,
        2,
    )
    assert after["contractspoor_read_model_lag_events", "practice"] == after["contractspoor_outbox_lag_events", ""] == 0
    assert (
        after["contractspoor_read_model_lag_seconds", "practice"]
        == 0
        < after["contractspoor_read_model_lag_seconds", "register"]
    )
    assert after["contractspoor_outbox_oldest_waiting_age_seconds", ""] == 600
    post.outbox.hold("restored")
    assert measured(post.system)["contractspoor_outbox_held", ""] == 1


def test_what_is_due_is_late_after_an_hour_and_gone_when_it_is_recorded(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    late = samples(run("metrics", "--database", year).stdout)
    run("scheduler", "tick", "--database", year)
    run("readmodels", "catch-up", "--database", year)
    done = samples(run("metrics", "--database", year).stdout)

    for gauge in ("contractspoor_due_things", "contractspoor_late_things"):
        assert {labels for name, labels in late if name == gauge} == {kind.value for kind in DueKind}
    assert late["contractspoor_due_things", "questionnaire_lapse"] == 1
    assert late["contractspoor_late_things", "questionnaire_lapse"] == 1
    assert late["contractspoor_due_oldest_age_seconds", ""] > 24 * 3600
    assert (
        done["contractspoor_due_things", "questionnaire_lapse"] == done["contractspoor_due_oldest_age_seconds", ""] == 0
    )


def test_a_read_model_that_waits_for_a_person_is_told(run: Run, year: str) -> None:
    poison(year)
    run("readmodels", "catch-up", "--database", year)
    found = samples(run("metrics", "--database", year).stdout)

    assert found["contractspoor_read_model_stopped", "register"] == 1
    assert found["contractspoor_read_model_stopped", "practice"] == 0


def test_a_scrape_survives_a_database_that_is_away_and_says_so(tmp_path: Path) -> None:
    away = metrics_of(lambda: open_system(f"sqlite:///{tmp_path / 'gone.db'}"))
    found = samples(away.text().decode())

    assert found["contractspoor_database_up", ""] == 0
    assert not any(name.startswith("contractspoor_outbox") for name, _ in found)


def test_metrics_are_served_on_this_machine_and_no_longer_afterwards(year: str) -> None:
    port = free_port()
    with open_system(year) as system, metrics_of(lambda: nullcontext(system)).served(port):
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        with pytest.raises(PortTakenError, match=f"127.0.0.1:{port}: Address already in use; name another port"):
            metrics_of(lambda: nullcontext(system)).served(port).__enter__()

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert samples(answer.text)["contractspoor_database_up", ""] == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_log_that_holds_nothing_is_measured_too(sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)
    with open_system(sqlite_url) as system:
        assert measured(system)["contractspoor_log_head_position", ""] == 0
