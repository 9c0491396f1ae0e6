"""The register, claims by the file, the care finder, work, deadlines and letters over HTTP."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from icalendar import Calendar

from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.http.api import AGB, CONTRACT, Api

REGISTER, CHECKS, FINDER = "/register/caresq", "/register/caresq/checks", "/care-finder/caresq/FYS"
SHEET = "claim,agb,care_type,treated_on\nA-1,04001234,FYS,2025-03-01\nA-2,4001234,FYS,2025-03-01\n"


def _check(api: Api, body: str, media_type: str, **query: Any) -> Response:
    headers = api.headers(Role.CLAIMS_SYSTEM) | {"Content-Type": media_type}
    return api.client.request("POST", CHECKS, content=body.encode(), headers=headers, params=query)


def test_a_page_of_the_register_goes_on_with_the_day_and_the_knowledge_of_the_first(api: Api) -> None:
    first = api.get(REGISTER, Role.CLAIMS_SYSTEM, effective_on="2025-03-01").json()
    echoed = {name: first[name] for name in ("effective_on", "known_at", "position")}
    api.sign()
    again = api.get(REGISTER, Role.CLAIMS_SYSTEM, **echoed).json()
    now = api.get(REGISTER, Role.CLAIMS_SYSTEM, effective_on="2025-03-01", tier="D", status="signed").json()

    assert again == first
    assert [(each["contract_id"], each["in_force"]) for each in now["contracts"]] == [(CONTRACT, True)]
    for wrong in ({"cursor": "next"}, {"cursor": "2024-11-01T00:00:00Z~1~2025-03-01~x", "position": "1"}):
        assert api.get(REGISTER, Role.CLAIMS_SYSTEM, **wrong).status_code == 422


def test_a_sheet_of_claims_comes_back_with_an_answer_in_each_line(either_api: Api) -> None:
    api = either_api
    api.sign()
    answer = _check(api, SHEET, "text/csv")
    first, second = csv.DictReader(io.StringIO(answer.text))

    assert (first["claim"], first["claims"], first["tier"], first["contract_id"]) == (
        "A-1",
        "contracted",
        "D",
        CONTRACT,
    )
    assert (second["claim"], second["claims"]) == ("A-2", "error")
    assert first["answered_position"] == answer.headers["X-Position"]


def test_claims_as_json_lines_get_the_same_answers_as_a_sheet(api: Api) -> None:
    api.sign()
    claims = [row | {"note": "é\n"} for row in csv.DictReader(io.StringIO(SHEET))]
    body = "".join(json.dumps(each) + "\n" for each in claims) + '{"agb": \n[1]\n'
    answer = _check(api, body, "application/jsonl")
    known = {"known_at": answer.headers["X-Known-At"], "position": answer.headers["X-Position"]}
    sheet = list(csv.DictReader(io.StringIO(_check(api, SHEET, "text/csv", **known).text)))
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert [each["line"] for each in lines] == [1, 2, 3, 4]
    assert (lines[0]["note"], lines[0]["selective"]) == ("é\n", None)
    for line, row in zip(lines, sheet, strict=False):
        assert {name: line[name] or "" for name in row} == row
    assert [(each["claims"], each["reason"][:22]) for each in lines[2:]] == [("error", "expected a JSON object")] * 2


@pytest.mark.parametrize(
    ("body", "media_type", "query", "status", "told"),
    [
        ("agb,care_type\n", "text/csv", {}, 422, "treated_on"),
        ("", "text/csv", {}, 422, "found the columns none"),
        (SHEET, "application/json", {}, 415, "text/csv"),
        (SHEET, "text/csv", {"effective_on": "2025-03-01"}, 422, "treated_on"),
        (SHEET, "text/csv", {"known_at": "2024-03-01"}, 409, "no policy of caresq"),
    ],
    ids=str,
)
def test_claims_that_can_not_be_answered_at_all_are_a_problem(
    api: Api, body: str, media_type: str, query: dict[str, str], status: int, told: str
) -> None:
    answer = _check(api, body, media_type, **query)

    assert (answer.status_code, told in answer.text, "/tmp" in answer.text) == (status, True, False)


def test_who_has_claims_answered_is_written_down_first(api: Api) -> None:
    _check(api, SHEET, "text/csv")
    [entry] = api.get("/audit/caresq/accesses", Role.AUDITOR).json()["entries"]

    assert (entry["reader"], entry["action"]) == ("claims_system-1", "claims answered from the register")


def test_the_public_finds_who_is_contracted_from_the_publication_date_and_never_before(api: Api) -> None:
    def found() -> Any:
        return api.get(FINDER, Role.PUBLIC).json()

    api.sign()
    published_from = found()["published_from"]
    early = found()["practices"]
    day = published_from[:10]
    ahead = api.get("/listings/caresq/FYS", Role.OFFICER, at=published_from).json()["practices"]
    api.clock.set(at("2024-12-31"))
    late = found()

    assert day > "2024-11-01"
    assert (early, [each["agb"] for each in ahead]) == ([], [AGB])
    assert [(each["agb"], each["shown_as"]) for each in late["practices"]] == [(AGB, "contracted")]
    assert api.get(FINDER, Role.PUBLIC, cursor=AGB).json()["practices"] == []
    assert api.get(FINDER, Role.PUBLIC, region="Elsewhere").json()["practices"] == []


def test_a_public_answer_may_be_cached_for_a_minute_and_never_over_midnight(api: Api) -> None:
    first = api.get(FINDER, Role.PUBLIC)
    again = api.client.request("GET", FINDER, headers={"If-None-Match": first.headers["ETag"]})
    api.clock.set(at("2024-11-01T23:59:30"))
    late = api.get(FINDER, Role.PUBLIC)

    assert (first.headers["Cache-Control"], again.status_code) == ("public, max-age=60", 304)
    assert late.headers["Cache-Control"] == "public, max-age=30"
    assert api.get("/contracts/caresq").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/care-finder/nobody/FYS", 409, "NOT_KNOWN_YET"),
        ("/care-finder/caresq/XXX", 422, "INVALID"),
    ],
)
def test_what_the_care_finder_can_not_show_is_told(api: Api, path: str, status: int, code: str) -> None:
    answer = api.get(path, Role.PUBLIC)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_work_and_deadlines_are_those_of_the_command_line(api: Api) -> None:
    work = api.get("/worklist/caresq", Role.REVIEWER).json()
    deadlines = api.get("/deadlines/caresq", until="2025-01-31").json()

    assert {each["contract_id"] for each in work["items"]} <= {CONTRACT}
    assert sum(work["waiting"].values()) == len(work["items"])
    assert CONTRACT in {each["contract_id"] for each in deadlines["items"]}


LISTS = ("/contracts/caresq", "/worklist/caresq", "/deadlines/caresq")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_asked_on_both_axes_and_says_the_same_again_with_what_it_named(path: str, api: Api) -> None:
    early = api.get(path, effective_on="2024-10-12").json()
    echoed = {name: early[name] for name in ("effective_on", "known_at", "position")}
    now = api.get(path).json()
    api.sign()
    again, then = api.get(path, **echoed), api.get(path, known_at=now["known_at"], position=now["position"]).json()
    later = api.get(path, effective_on="2024-10-12").json()
    signed = api.get(path).json()

    assert again.json() == early
    assert then == now
    assert later == early | {"known_at": later["known_at"], "position": later["position"]}
    assert later["position"] > early["position"]
    assert signed != now
    assert early["at"] == "2024-10-12T21:59:59.999999Z"


def test_a_row_of_a_list_stands_where_the_contract_stood_on_the_day(api: Api) -> None:
    for day in ("2024-09-16", "2024-10-12", "2024-10-15", "2024-10-16", "2024-12-31", "2026-01-01"):
        [row] = api.get("/contracts/caresq", effective_on=day).json()["contracts"]
        procedure = api.get(f"/contracts/{CONTRACT}", effective_on=day).json()["procedure"]
        assert (row["status"], row["entitled_tier"]) == (procedure["status"], procedure["entitled_tier"])
    assert api.get("/contracts/caresq", effective_on="2024-09-15").json()["contracts"] == []
    [work] = api.get("/worklist/caresq", Role.REVIEWER, effective_on="2024-10-12").json()["items"]
    assert (work["kind"], work["since"]) == ("assessment", "2024-10-10T10:00:00.000000Z")


def test_a_cursor_keeps_the_day_and_the_knowledge_of_its_first_page(api: Api) -> None:
    def paged(**asked: Any) -> tuple[list[Any], list[Any]]:
        pages = [api.get("/deadlines/caresq", limit=1, **asked).json()]
        whole = api.get("/deadlines/caresq", **asked).json()
        while pages[-1]["next_page"] is not None:
            if asked and len(pages) == 1:
                api.sign()
            pages.append(api.get("/deadlines/caresq", limit=1, cursor=pages[-1]["next_page"]).json())
        assert {each["total"] for each in pages} == {whole["total"]}
        assert len({each["position"] for each in pages}) == 1
        return [item for each in pages for item in each["items"]], whole["items"]

    present, whole = paged()
    assert present == whole
    past, whole = paged(effective_on="2024-10-31")
    assert past == whole
    assert len(past) > 1


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_can_not_be_is_a_problem(path: str, api: Api) -> None:
    kept = "@2024-10-01T00:00:00Z~1~2024-10-01~x"
    for query, status, code in (
        ({"known_at": "2024-12-31"}, 422, "KNOWN_AT_IN_FUTURE"),
        ({"position": 10_000}, 409, "POSITION_UNKNOWN"),
        ({"min-position": 10_000}, 409, "POSITION_UNKNOWN"),
        ({"known_at": "2024-03-01"}, 409, "NOT_KNOWN_YET"),
        ({"cursor": "next"}, 422, "INVALID"),
        ({"cursor": kept}, 422, "INVALID"),
        ({"cursor": kept, "position": 1}, 422, "INVALID"),
        ({"cursor": "@yesterday"}, 422, "INVALID"),
        ({"cursor": f"2024-10-01,1,{CONTRACT},evidence,a\x00"}, 422, "INVALID"),
        ({"cursor": f"{2**70},{CONTRACT},offer_lapse"}, 422, "INVALID"),
    ):
        answer = api.get(path, **query)
        assert (answer.status_code, answer.json()["code"]) == (status, code), query


def test_a_practice_subscribes_to_its_deadlines_and_is_told_when_nothing_changed(api: Api) -> None:
    api.let_the_delegate_act()
    path = f"/practices/{AGB}/calendar"
    first = api.get(path, Role.PROVIDER_DELEGATE)
    headers = api.headers(Role.PROVIDER_DELEGATE) | {"If-None-Match": first.headers["ETag"]}
    same = api.client.request("GET", path, headers=headers).status_code
    api.sign()
    changed = api.client.request("GET", path, headers=headers)

    assert (first.headers["Content-Type"], same) == ("text/calendar; charset=utf-8", 304)
    states = [{str(each["STATUS"]) for each in Calendar.from_ical(answer.text).events} for answer in (first, changed)]
    assert "CANCELLED" in states[1] - states[0] | states[1]
    assert changed.status_code == 200
    then = api.get(path, Role.PROVIDER_DELEGATE, position=first.headers["X-Position"])
    ahead = api.get(path, Role.PROVIDER_DELEGATE, **{"min-position": api.facts() + 1})
    assert (then.content, then.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert (ahead.status_code, ahead.json()["code"]) == (409, "POSITION_UNKNOWN")
    planning = api.get("/deadlines/caresq/calendar", lang="en")
    early = api.get("/deadlines/caresq/calendar", lang="en", known_at="2024-09-01")
    assert int(early.headers["X-Position"]) < int(planning.headers["X-Position"])
    assert api.get("/deadlines/caresq/calendar", known_at="2024-03-01").json()["code"] == "NOT_KNOWN_YET"
    assert CONTRACT not in planning.text
    assert len(Calendar.from_ical(planning.text).events) > 3


def test_letters_are_listed_with_their_cause_and_read_as_they_were_written(api: Api) -> None:
    api.let_the_delegate_act()
    api.system.outbox.fill()
    told = api.get(f"/contracts/{CONTRACT}/letters", Role.PROVIDER_DELEGATE).json()["letters"]
    letter = told[-1]
    path = f"/contracts/{CONTRACT}/letters/{letter['event_id'].rpartition('@')[2]}/{letter['kind']}"
    dutch, english = (api.get(path, Role.PROVIDER_DELEGATE, lang=each) for each in ("nl", "en"))

    assert {each["event_id"].rpartition("@")[0] for each in told} == {CONTRACT}
    assert [each["recipient"] for each in told if "…@" not in each["recipient"] and each["recipient"]] == []
    assert (dutch.headers["Content-Type"], dutch.headers["Content-Language"]) == ("text/html; charset=utf-8", "nl")
    assert "default-src 'none'" in dutch.headers["Content-Security-Policy"]
    assert "Geachte" in dutch.text
    assert "Dear" in english.text


def test_of_an_earlier_instant_it_is_told_which_letters_had_been_sent_by_then(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def letters(**asked: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = api.get(f"/contracts/{CONTRACT}/letters", **asked).json()["letters"]
        return told

    monkeypatch.chdir(tmp_path)
    api.system.outbox.fill()
    before = api.get(f"/contracts/{CONTRACT}/letters").json()
    api.clock.set(at("2024-11-02"))
    api.system.outbox.send()
    api.clock.set(at("2024-11-03"))
    now = letters()
    then = letters(known_at=before["known_at"], position=before["position"])

    assert [each["id"] for each in letters(position=now[0]["position"])] == [now[0]["id"]]
    assert {each["state"] for each in then} == {"not_sent"}
    assert [each["id"] for each in then] == [each["id"] for each in now]
    assert {(each["attempts"], each["error"], each["sent_at"]) for each in then} == {(None, None, None)}
    sent = {each["id"]: each["sent_at"] for each in now if each["state"] == "sent"}
    assert {each["id"]: each["sent_at"] for each in letters(known_at="2024-11-02") if each["state"] == "sent"} == sent
    assert sent
    assert letters(known_at="2024-03-01") == []
    for wrong in ({"position": 10_000}, {"min-position": 10_000}):
        answer = api.get(f"/contracts/{CONTRACT}/letters", Role.OFFICER, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (409, "POSITION_UNKNOWN")


def test_a_letter_that_there_is_not_is_told(api: Api) -> None:
    no_fact = api.get(f"/contracts/{CONTRACT}/letters/999/offer_ready")
    no_letter = api.get(f"/contracts/{CONTRACT}/letters/1/ended")

    assert [(each.status_code, each.json()["code"]) for each in (no_fact, no_letter)] == [
        (404, "EVENT_UNKNOWN"),
        (404, "LETTER_UNKNOWN"),
    ]
