"""Rounds over HTTP: planned, held in the background, followed, stopped and resumed, and reported line by line."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from application.jobs import JobState
from application.provider_import import import_records
from infrastructure.http.identity import Role
from infrastructure.http.resources import jobs
from tests.given import at
from tests.infrastructure.http.api import Api
from tests.round_world import entry

ROUND = "/rounds/caresq/caresq-2025"
RUNS = f"{ROUND}/runs"


@pytest.fixture
def candidates(api: Api) -> Api:
    """The API with 450 further practices, on the day of the round."""
    api.clock.set(at("2024-09-16T10:00"))
    import_records(api.system.providers, [entry(f"0401{number:04}") for number in range(450)], actor="import")
    return api


def start(api: Api, key: str = "key-1", **body: Any) -> str:
    answer = api.post(RUNS, body, Role.OFFICER, key)
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    assert answer.headers["Location"] == f"/jobs/caresq/{job_id}"
    return str(job_id)


def job(api: Api, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/jobs/caresq/{job_id}").json()
    return found


def events(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The id, the name and the data of each event of a stream."""
    for part in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines())
        yield int(fields["id"]), fields["event"], json.loads(fields["data"])


def test_a_round_is_planned_by_the_policy_of_its_day(api: Api) -> None:
    plan = api.get(f"{ROUND}/plan", on="2024-09-16").json()
    deep_winter = api.get(f"{ROUND}/plan", on="2025-01-16").json()

    assert {"care_type": "FYS", "route": "questionnaire", "period": "2025-2026"} in plan["care_types"]
    assert any("lies outside the planning" in each for each in deep_winter["warnings"])


def test_a_round_is_planned_for_an_instant_to_come_once_and_taken_back(api: Api) -> None:
    api.clock.set(at("2024-09-10"))
    plans = f"{ROUND}/plans"
    wanted = {"planned_for": "2024-09-16T08:00:00+02:00", "care_types": ["FYS"], "reason": "As announced"}
    past = api.post(plans, wanted | {"planned_for": "2024-09-01T08:00:00+02:00"}, Role.OFFICER, "p0")
    made = api.post(plans, wanted, Role.OFFICER, "p1").json()
    taken_back = api.post(f"{plans}/1/cancellation", {"reason": "The board decides later"}, Role.OFFICER, "p2").json()
    api.clock.set(at("2024-09-20"))
    repeated = api.post(plans, wanted, Role.OFFICER, "p1").json()
    other = api.post(plans, wanted | {"care_types": ["OEF"]}, Role.OFFICER, "p1")
    unknown = api.post(f"{plans}/7/cancellation", {}, Role.OFFICER, "p3")

    assert (past.status_code, past.json()["code"]) == (422, "PLANNED_IN_PAST")
    assert (made["state"], made["planned_for"], made["actor"], made["reason"]) == (
        "planned", "2024-09-16T06:00:00.000000Z", "officer-1", "As announced",
    )  # fmt: skip
    assert taken_back == repeated == made | {"state": "cancelled"}
    assert (other.json()["code"], unknown.status_code) == ("COMMAND_ID_REUSED", 404)
    assert api.get(plans, Role.AUDITOR).json()["plans"] == [taken_back]
    assert api.get(plans, state="planned").json()["plans"] == []


def test_a_round_waits_for_its_turn_is_held_once_and_counts(candidates: Api) -> None:
    api = candidates
    job_id = start(api, care_types=["FYS"])
    again = api.post(RUNS, {"care_types": ["FYS"]}, Role.OFFICER)
    other = api.post(RUNS, {"care_types": ["LOG"]}, Role.OFFICER)
    waits = job(api, job_id)
    worked = [api.system.run_next_job(), api.system.run_next_job()]
    done = job(api, job_id)

    assert (again.json()["job_id"], again.headers["Idempotency-Replayed"]) == (job_id, "true")
    assert (other.status_code, other.json()["code"]) == (422, "COMMAND_ID_REUSED")
    assert (waits["state"], waits["actor"], worked) == ("waiting", "officer-1", [True, False])
    assert (done["state"], done["done"], done["total"]) == ("done", 451, 451)
    assert done["result"]["counts"]["FYS"]["approached"] == 450
    runs = api.get(ROUND).json()["runs"]
    assert [(each["actor"], each["finished_at"] is not None) for each in runs] == [("officer-1", True)]


def test_one_id_leads_from_the_request_to_all_that_its_round_recorded_and_back(candidates: Api) -> None:
    api, portals = candidates, {"X-Correlation-Id": "portal-17"}
    headers = api.headers(Role.OFFICER) | {"Idempotency-Key": "key-1"} | portals
    api.client.request("POST", RUNS, json={"care_types": ["FYS"]}, headers=headers)
    api.system.run_next_job()
    [asked_for] = api.get("/jobs/caresq", correlation_id="portal-17").json()["jobs"]
    started = f"{asked_for['result']['batch']}@1"
    down = api.get("/audit/caresq/why", event=started, limit=1).json()
    [approached, *_] = down["root"]["consequences"]
    up = api.get("/audit/caresq/why", event=approached["event_id"], limit=1).json()

    assert api.get("/jobs/caresq", correlation_id="portal-18").json()["jobs"] == []
    assert (down["root"]["name"], down["course"], up["course"]) == ("RoundStarted", "portal-17", "portal-17")
    assert (up["root"]["event_id"], approached["name"]) == (started, "Approached")
    assert len(down["root"]["consequences"]) + down["root"]["more"] >= 450


def test_a_dry_run_counts_and_stores_nothing(candidates: Api) -> None:
    facts = candidates.facts()
    job_id = start(candidates, care_types=["FYS"], dry_run=True)
    candidates.system.run_next_job()

    assert job(candidates, job_id)["result"]["counts"]["FYS"]["approached"] == 450
    assert candidates.facts() == facts


@contextmanager
def stopped_after_the_first_page(api: Api, job_id: str) -> Iterator[None]:
    """Somebody stops the job as soon as it has noted how far it is."""
    noted = api.system.jobs.note

    def note(each: Any, done: int, total: int) -> bool:
        noted(each, done, total)
        if done == 200:
            assert api.post(f"/jobs/caresq/{job_id}/stop", role=Role.OFFICER, key="stop").json()["stop_asked"]
        return noted(each, done, total)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.system.jobs, "note", note)
        yield


def test_a_round_that_was_stopped_goes_on_where_it_stopped_and_does_nothing_twice(candidates: Api) -> None:
    api, before = candidates, candidates.facts()
    job_id = start(api, care_types=["FYS"])
    with stopped_after_the_first_page(api, job_id):
        api.system.run_next_job()
    stopped, half = job(api, job_id), api.facts()
    resumed = api.post(f"/jobs/caresq/{job_id}/resume", role=Role.OFFICER, key="resume").json()
    api.system.run_next_job()
    done, whole = job(api, job_id), api.facts()
    api.post(RUNS, {"care_types": ["FYS"]}, Role.OFFICER, "once-more")
    api.system.run_next_job()

    assert (stopped["state"], stopped["done"], resumed["state"]) == ("stopped", 200, "waiting")
    assert (done["state"], done["attempt"], done["result"]["resumed"]) == ("done", 2, True)
    assert before < half < whole
    assert api.facts() == whole + 2, "a further run records that it began and ended, and nothing else"
    gone_on = api.post(f"/jobs/caresq/{job_id}/resume", role=Role.OFFICER, key="resume-2")
    assert (gone_on.status_code, gone_on.json()["code"]) == (409, "JOB_DONE")


def test_a_round_whose_process_ends_says_so_and_goes_on_the_day_after(candidates: Api) -> None:
    api = candidates
    job_id = start(api, care_types=["FYS"])
    api.system.run_next_job(ending=lambda: api.system.jobs.jobs(api.clock.now())[0].done > 0)
    interrupted = job(api, job_id)
    api.clock.set(at("2024-09-17T10:00"))
    api.post(f"/jobs/caresq/{job_id}/resume", role=Role.OFFICER, key="resume")
    api.system.run_next_job()
    done = job(api, job_id)

    assert (interrupted["state"], interrupted["done"]) == ("interrupted", 200)
    assert (done["state"], done["result"]["day"], done["result"]["resumed"]) == ("done", "2024-09-16", True)


def test_a_round_is_followed_to_its_end_and_who_comes_back_gets_what_is_new(
    candidates: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = candidates
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.001)
    job_id = start(api, care_types=["FYS"])
    path, headers = f"/jobs/caresq/{job_id}/events", api.headers(Role.AUDITOR)
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(api.client.request, "GET", path, headers=headers)
        api.system.run_next_job()
        answer = following.result(timeout=60)
    seen = list(events(answer.text))
    ids = [each[0] for each in seen]
    back = api.client.request("GET", path, headers=headers | {"Last-Event-ID": str(ids[-1] - 1)})
    nothing_new = api.client.request("GET", path, headers=headers | {"Last-Event-ID": str(ids[-1])})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert ids == sorted(set(ids))
    assert [each[1] for each in seen] == ["progress"] * (len(seen) - 1) + ["ended"]
    assert seen[-1][2] == job(api, job_id)
    assert list(events(back.text)) == [seen[-1]]
    assert (nothing_new.status_code, nothing_new.content) == (204, b"")


def test_the_report_is_written_line_by_line_repeats_to_the_byte_and_who_reads_it_is_written_down(api: Api) -> None:
    as_csv = api.get(f"{ROUND}/report", Role.AUDITOR, effective_on="2024-10-15")
    rows = [json.loads(line) for line in api.get(f"{ROUND}/report", format="jsonl").text.splitlines()]
    last = as_csv.text.splitlines()[1].split(",")[-3:]
    asked = dict(zip(("effective_on", "known_at", "position"), last, strict=True))
    api.sign()

    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert as_csv.text.splitlines()[1].startswith("04001234,")
    assert [(each["agb"], each["status"]) for each in rows] == [("04001234", "offered")]
    assert api.get(f"{ROUND}/report", Role.AUDITOR, **asked).text == as_csv.text
    assert [each.reader for each in api.system.access.accesses()] == ["auditor-1", "officer-1", "auditor-1"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"on": "2024-12-01"}, 409, "ROUND_IN_FUTURE"),
        ({"on": "2024-09-16"}, 422, "REASON_MISSING"),
        ({"care_types": ["INST"], "on": "2024-03-01", "reason": "x"}, 409, "POLICY_NOT_IN_FORCE"),
        ({"care_types": ["XYZ"]}, 422, "INVALID"),
    ],
    ids=str,
)
def test_a_round_that_can_not_be_held_is_refused_at_once(
    api: Api, body: dict[str, Any], status: int, code: str
) -> None:
    answer = api.post(RUNS, body, Role.OFFICER)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.system.jobs.jobs(api.clock.now()) == []


def test_a_round_of_another_purchasers_policy_is_not_there(api: Api) -> None:
    headers = api.headers(Role.OFFICER, purchaser="asr") | {"Idempotency-Key": "key-1"}
    for method, path in (("POST", "runs"), ("GET", "plan"), ("GET", "report")):
        body: dict[str, Any] = {"json": {}} if method == "POST" else {}
        answer = api.client.request(method, f"/rounds/asr/caresq-2025/{path}", headers=headers, **body)

        assert (answer.status_code, answer.json()["code"]) == (404, "POLICY_NOT_ADOPTED")


def test_a_job_of_another_purchaser_is_not_there(api: Api) -> None:
    job_id, headers = start(api, care_types=["FYS"]), api.headers(Role.OFFICER, purchaser="asr")
    for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/bad-rows"), ("POST", "/stop"), ("POST", "/resume")):
        given = headers | {"Idempotency-Key": "key-1"}
        answer = api.client.request(method, f"/jobs/asr/{job_id}{path}", headers=given)

        assert (answer.status_code, answer.json()["code"]) == (404, "JOB_UNKNOWN"), path
    assert [each.state for each in api.system.jobs.jobs(api.clock.now())] == [JobState.WAITING]


def test_jobs_are_paged_the_newest_first(api: Api) -> None:
    made = [start(api, f"key-{number}", care_types=["FYS"]) for number in range(3)]
    first = api.get("/jobs/caresq", limit=2).json()
    rest = api.get("/jobs/caresq", limit=2, cursor=first["next_page"]).json()

    assert sorted(each["job_id"] for each in first["jobs"] + rest["jobs"]) == sorted(made)
    assert rest["next_page"] is None
