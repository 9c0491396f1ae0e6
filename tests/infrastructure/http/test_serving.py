"""``contractspoor serve`` as it runs: read models, scheduler and API in one process, and a clean end."""

import shutil
import signal
import socket
from pathlib import Path

import httpx
import pytest

from infrastructure.bootstrap import open_system
from infrastructure.clock import SystemClock
from tests.infrastructure.cli.conftest import Run, run  # noqa: F401 - a fixture
from tests.infrastructure.http.api import AGB
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving


@pytest.fixture
def offered_url(offered_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(offered_file, tmp_path / 'offered.db')}"


def test_one_process_answers_keeps_up_ticks_and_ends_cleanly(offered_url: str, issuer: Issuer) -> None:
    token = issuer.token(SystemClock().now(), roles=["claims_system"], purchaser="caresq")
    with serving(offered_url, issuer.url) as server, httpx.Client(base_url=server.url) as client:
        headers, question = {"Authorization": f"Bearer {token}"}, {"effective_on": "2025-03-01"}
        lookup = client.get(f"/register/caresq/{AGB}/FYS", params=question, headers=headers)
        while client.get("/readyz").json()["position"] < 12:
            pass  # the first tick is on its way
        exit_code, told = server.stop(signal.SIGTERM)

    assert (lookup.status_code, lookup.json()["reason"]) == (200, "offer_lapsed")
    assert (exit_code, told.splitlines()[-1]) == (0, "Stopped; what was being answered was answered.")
    with open_system(offered_url) as system:
        recorded = [row.topic for row in system.log.rows_after(11)]
    assert recorded == ["OfferLapsed.v1"], "the tick at the start records what lapsed meanwhile"


def test_what_can_not_be_served_is_told_in_one_line(
    run: Run,  # noqa: F811
    offered_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without = run("serve", "--database", offered_url)
    monkeypatch.setenv("CONTRACTSPOOR_OIDC_ISSUER", "http://login.example")
    insecure = run("serve", "--database", offered_url)
    monkeypatch.setenv("CONTRACTSPOOR_OIDC_ISSUER", "https://login.example")
    no_audience = run("serve", "--database", offered_url)
    monkeypatch.setenv("CONTRACTSPOOR_OIDC_AUDIENCE", "https://contractspoor.example")
    workers = run("serve", "--database", offered_url, "--workers", "2")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = run("serve", "--database", offered_url, "--port", str(taken.getsockname()[1]))
    missing = run("serve", "--database", "sqlite:///nothing.db")

    assert [each.exit_code for each in (without, insecure, no_audience, workers, port)] == [2] * 5
    assert missing.exit_code == 1
    assert without.stderr.startswith("CONTRACTSPOOR_OIDC_ISSUER: is missing")
    assert insecure.stderr.startswith("CONTRACTSPOOR_OIDC_ISSUER: ")
    assert no_audience.stderr.startswith("CONTRACTSPOOR_OIDC_AUDIENCE: is missing")
    assert workers.stderr.startswith("--workers: an SQLite file is served by one process")
    assert "can not be listened on" in port.stderr
    assert all(len(each.stderr.splitlines()) == 1 for each in (without, insecure, no_audience, workers, port, missing))
