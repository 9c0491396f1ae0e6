"""Register files over HTTP: taken in whole, brought in in the background, and what was wrong with them told."""

import json
from io import StringIO
from typing import Any

import pytest

from infrastructure.bootstrap import write_sample_register
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import Api

IMPORTS = "/imports/caresq"


def sample(count: int = 30) -> bytes:
    """A sample register, without what another purchaser knows."""
    written = StringIO()
    write_sample_register(count, 7, written)
    return "".join(line for line in written.getvalue().splitlines(keepends=True) if ",asr," not in line).encode()


def upload(api: Api, content: bytes, key: str = "key-1", role: Role = Role.OFFICER) -> Any:
    headers = api.headers(role) | {"Idempotency-Key": key, "Content-Type": "text/csv"}
    return api.client.request("POST", IMPORTS, content=content, headers=headers)


def test_a_register_is_brought_in_once_and_a_second_time_changes_nothing(api: Api) -> None:
    first, again = upload(api, sample()), upload(api, sample())
    other = upload(api, sample(31))
    before = api.facts()
    api.system.run_next_job()
    job = api.get(f"/jobs/caresq/{first.json()['job_id']}").json()
    brought = api.facts()
    rows = api.system.log.rows_after(before)
    recorded = [each for each in api.system.contracting.facts.decode_all(rows) if each.envelope().actor == "officer-1"]
    upload(api, sample(), "key-2")
    api.system.run_next_job()
    second = api.get("/jobs/caresq").json()["jobs"]

    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert [each.status_code for each in (first, again)] == [202, 202]
    assert first.headers["Location"] == again.headers["Location"] == f"/jobs/caresq/{job['job_id']}"
    assert (other.status_code, other.json()["code"]) == (422, "COMMAND_ID_REUSED")
    assert (job["state"], job["done"], job["total"]) == ("done", 30, 30)
    assert (job["result"]["practices"], job["result"]["new"] + job["result"]["refused"]) == (30, 30)
    assert brought > before
    assert {each.envelope().correlation_id for each in recorded} == {first.headers["X-Correlation-Id"]}
    assert {each["result"]["unchanged"] for each in second} == {0, job["result"]["new"]}
    assert api.facts() == brought


def test_what_is_wrong_with_a_file_can_be_asked_for_line_by_line(api: Api) -> None:
    lines = sample().decode().splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("practice,"))
    cells = lines[wrong].split(",")
    cells[3] = "=castle"
    answer = upload(api, "\n".join([*lines[:wrong], ",".join(cells), *lines[wrong + 1 :], ""]).encode())
    api.system.run_next_job()
    path = f"/jobs/caresq/{answer.json()['job_id']}"
    job, as_csv = api.get(path).json(), api.get(f"{path}/bad-rows").text.splitlines()
    rows = [json.loads(line) for line in api.get(f"{path}/bad-rows", format="jsonl").text.splitlines()]

    assert (job["state"], job["bad_rows"]) == ("done", len(rows))
    assert job["result"]["refused"] >= 1
    assert {"line": wrong + 1, "column": "kind", "found": "=castle", "practice": cells[1]}.items() <= rows[0].items()
    assert as_csv[0] == "line,column,found,expected,practice"
    assert as_csv[1].startswith(f"{wrong + 1},kind,'=castle,")


def test_what_a_file_says_of_another_purchaser_is_not_brought_in(api: Api) -> None:
    lines = sample().decode().splitlines()
    known = next(number for number, line in enumerate(lines) if line.startswith(("history,", "value,", "opt_out,")))
    agb = lines[known].split(",")[1]
    content = "\n".join([*lines[:known], lines[known].replace(",caresq,", ",asr,"), *lines[known + 1 :], ""])
    answer = upload(api, content.encode())
    api.system.run_next_job()
    [row] = api.get(f"/jobs/caresq/{answer.json()['job_id']}/bad-rows").text.splitlines()[1:]

    assert row.startswith("0,purchaser,asr,facts of caresq only")
    assert row.endswith(f",{agb}")
    assert api.get(f"/providers/caresq/{agb}").status_code == 404


def test_an_import_that_is_stopped_keeps_its_file_and_goes_on(api: Api) -> None:
    answer = upload(api, sample(250))
    path = f"/jobs/caresq/{answer.json()['job_id']}"
    api.system.run_next_job(ending=lambda: api.get(path).json()["done"] > 0)
    interrupted = api.get(path).json()
    api.post(f"{path}/resume", role=Role.OFFICER, key="resume")
    api.system.run_next_job()
    done = api.get(path).json()

    assert (interrupted["state"], interrupted["total"]) == ("interrupted", 250)
    assert 0 < interrupted["done"] < 250
    assert (done["state"], done["result"]["unchanged"] > 0, done["done"]) == ("done", True, 250)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"agb,name\n04001234,x\n", "missing: record"),
        (b"\xd0\xcf\x11\xe0\x00", "old Excel workbook"),
        (b"PK\x03\x04 and nothing more", "the file"),
        (b"\xff\xfe\x00", "the file"),
    ],
    ids=str,
)
def test_what_is_no_register_is_refused_at_once_without_a_path_of_the_server(
    api: Api, content: bytes, told: str
) -> None:
    answer = upload(api, content)
    [error] = answer.json()["errors"]

    assert (answer.status_code, error["path"]) == (422, "body")
    assert told in error["message"]
    assert "/tmp" not in error["message"]
    assert api.system.jobs.jobs(api.clock.now()) == []
