"""What an operator sees: metrics, read models, and log lines that name the request."""

import json
import shutil
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from infrastructure.clock import SystemClock
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving


def test_metrics_are_an_operators_and_count_the_commands_of_this_process(api: Api) -> None:
    def signed() -> float:
        answer = api.get("/metrics", Role.OPERATOR)
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return sum(
            sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.name == "contractspoor_commands_total" and sample.labels["kind"] == "Sign"
        )

    before = signed()
    api.sign()

    assert signed() == before + 1
    assert [api.get("/metrics", role).status_code for role in (Role.OFFICER, Role.PUBLIC)] == [403, 401]


def test_an_operator_sees_how_far_each_read_model_is_and_no_contract(api: Api) -> None:
    api.system.read_models.catch_up(["register"])
    found = {each["name"]: each for each in api.get("/operations/read-models", Role.OPERATOR).json()["read_models"]}

    assert (found["register"]["condition"], found["register"]["lag_events"]) == ("up_to_date", 0)
    assert found["contract_deadline"]["condition"] == "not_begun"
    assert api.get(f"/contracts/{CONTRACT}", Role.OPERATOR).status_code == 403


def test_every_line_of_a_request_in_the_log_names_its_correlation_id(
    offered_file: Path, tmp_path: Path, issuer: Issuer
) -> None:
    url = f"sqlite:///{shutil.copy(offered_file, tmp_path / 'offered.db')}"
    token = issuer.token(
        SystemClock().now(),
        roles=["provider_signatory"],
        practice_agb="04001234",
        person_id="p1",
        certificate_serial="serial-1",
    )
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "X-Correlation-Id": "portal-17"}
    logs = {"CONTRACTSPOOR_LOG_FORMAT": "json", "CONTRACTSPOOR_LOG_LEVEL": "debug"}
    with serving(url, issuer.url, **logs) as server:
        answer = httpx.post(f"{server.url}/contracts/{CONTRACT}/decline", headers=headers)
        _, told = server.stop()
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    ours = [each for each in lines if each.get("correlation_id") == "portal-17"]

    assert answer.headers["X-Correlation-Id"] == "portal-17"
    assert [each["logger"] for each in ours] == ["contractspoor.commands", "contractspoor.http"]
    assert (ours[1]["route"], ours[1]["status"]) == (
        "/contracts/{purchaser}/{agb}/{care_type}/{period}/decline",
        answer.status_code,
    )
