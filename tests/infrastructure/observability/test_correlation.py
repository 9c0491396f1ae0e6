"""One id leads from the command through the logs to what leaves the system."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.cli.test_readmodels import poison
from tests.infrastructure.outbox.servers import smtp_server, webhook_receiver

ORDER = ("--actor", "officer", "--reason", "seen", "--occurred-at", "2025-09-01T10:00+02:00", "--command-id", "case-7")
FILE = {"factor": "skf", "sha256": "1" * 64, "size": 9, "media_type": "application/pdf"}


def logged(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_LOG_FORMAT", "json")
    monkeypatch.setenv("CONTRACTSPOOR_LOG_LEVEL", "info")


def test_an_id_is_followed_from_the_command_to_the_letter_in_the_mailbox(
    run: Run, year: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = ("UploadEvidence", "--body", json.dumps(FILE), *ORDER[:-1], "upload-7")
    reject = ("RejectEvidence", "--body", '{"evidence_id": "skf-1", "ground": "of another practice"}', *ORDER)
    run("contract", "act", CONTRACT, *upload, "--database", year)
    commanded = run("contract", "act", CONTRACT, *reject, "--database", year)
    with smtp_server(tmp_path) as server:
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_HOST", server.host)
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_PORT", str(server.port))
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_SECURITY", "none")
        sent = run("outbox", "send", "--database", year)
    letters = [each for each in server.mailbox.messages if each["X-Contractspoor-Correlation"] == "case-7"]
    trail = json.loads(run("audit", "trail", "--contract", CONTRACT, "--database", year, "--json").stdout)

    assert [(each["outcome"], each["correlation_id"]) for each in logged(commanded.stderr)] == [("accepted", "case-7")]
    told = [each for each in logged(sent.stderr) if each["correlation_id"] == "case-7"]
    assert [(each["event"], each["kind"], each["channel"]) for each in told] == [
        ("delivery sent", "evidence_rejected", "mail")
    ]
    assert len(letters) == 1
    assert "post@debrug.example" in letters[0]["To"]
    assert "debrug" not in sent.stderr
    assert [each["name"] for each in trail["entries"] if each["correlation_id"] == "case-7"] == ["EvidenceRejected"]


def test_a_webhook_names_the_id_too(run: Run, year: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with webhook_receiver() as receiver:
        (tmp_path / "aevitae.secret").write_text("a secret of at least twenty-four bytes")
        entry = f'{{name: aevitae, purchaser: caresq, url: "{receiver.url}", secret_file: aevitae.secret}}'
        (tmp_path / "receivers.yaml").write_text(f"receivers:\n- {entry}\n")
        monkeypatch.setenv("CONTRACTSPOOR_WEBHOOKS_FILE", str(tmp_path / "receivers.yaml"))
        sent = run("outbox", "send", "--database", year)
    named = [each.headers["x-contractspoor-correlation"] for each in receiver.posts]

    assert named == [each["correlation_id"] for each in logged(sent.stderr) if each["channel"] == "webhook"]
    assert "year/2025-08-20/AcceptEvidence" in named


def test_a_delivery_that_waits_for_a_person_is_a_warning(
    run: Run, year: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_server(tmp_path) as server:
        server.mailbox.refuse["post@debrug.example"] = "550 no such mailbox: post@debrug.example"
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_HOST", server.host)
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_PORT", str(server.port))
        monkeypatch.setenv("CONTRACTSPOOR_SMTP_SECURITY", "none")
        monkeypatch.setenv("CONTRACTSPOOR_LOG_LEVEL", "warning")
        told = logged(run("outbox", "send", "--database", year).stderr)

    assert {each["event"] for each in told} == {"delivery dead: the mail server said 550 no such mailbox: [e-mail]"}
    assert {each["level"] for each in told} == {"warning"}
    assert all(each["correlation_id"].startswith("year/") for each in told)


def test_a_read_model_that_stops_names_what_was_going_on_when_the_fact_was_recorded(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    poison(year)
    told = logged(run("readmodels", "catch-up", "--database", year).stderr)

    assert {each["level"] for each in told} == {"error"}
    assert {each["event_id"] for each in told} == {f"{CONTRACT}@13"}
    assert {each["correlation_id"] for each in told} == {"year/delegate"}  # in the course of which it was recorded
