"""A request is refused where it could mean two things, and read by nobody who does not know its caller."""

from collections.abc import AsyncIterator
from json import JSONDecodeError

import pytest

from infrastructure.http.identity import Role
from infrastructure.http.strict_requests import parsed
from tests.infrastructure.http.api import AGB, CONTRACT, Api

WISHES = f"/providers/caresq/{AGB}/opt-outs"
SIGNATURE = f"/contracts/{CONTRACT}/signature"
TWICE = b'{"care_type": "ERG", "care_type": "FYS"}'


def test_nothing_of_a_body_is_read_of_who_may_not_send_it(api: Api) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(True)
        yield b"{"

    kind = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answers = [
        api.client.request("POST", SIGNATURE, content=body(), headers=who | kind)
        for who in ({}, {"Authorization": "Bearer a.b.c"}, api.headers(Role.AUDITOR))
    ]

    assert [each.status_code for each in answers] == [401, 401, 403]
    assert read == []


def test_a_parameter_that_nobody_reads_is_told_and_not_ignored(api: Api) -> None:
    misspelt = api.get(f"/contracts/{CONTRACT}", efective_on="2025-03-01")
    twice = api.get(f"/contracts/{CONTRACT}", known_at=["2024-11-01", "2024-10-01"])
    unknown = api.get("/contracts/caresq", as_of="2025-03-01")

    assert [each.status_code for each in (misspelt, twice, unknown)] == [422] * 3
    assert [each.json()["errors"] for each in (misspelt, twice, unknown)] == [
        [{"path": "query.efective_on", "message": "unknown parameter, did you mean effective_on?"}],
        [{"path": "query.known_at", "message": "is given more than once"}],
        [{"path": "query.as_of", "message": "unknown parameter"}],
    ]


def test_a_body_says_what_it_is_and_is_not_packed(api: Api) -> None:
    headers = api.headers() | {"Idempotency-Key": "k"}
    told = [
        api.client.request("POST", WISHES, content=b'{"care_type": "ERG"}', headers=headers | kind)
        for kind in ({"Content-Type": "text/plain"}, {}, {"Content-Type": "application/json", "Content-Encoding": "br"})
    ]

    assert [(each.status_code, each.json()["code"]) for each in told] == [(415, "MEDIA_TYPE")] * 3
    assert [each.headers.get("Accept") for each in told] == ["application/json", "application/json", None]
    assert told[2].headers["Accept-Encoding"] == "identity"


def test_a_body_that_could_mean_two_things_records_nothing(api: Api) -> None:
    headers = api.headers() | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    before = api.facts()
    answer = api.client.request("POST", WISHES, content=TWICE, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "NOT_JSON")
    assert answer.json()["detail"] == "the body names care_type more than once"
    assert api.facts() == before


def test_a_plus_that_was_not_escaped_and_a_cursor_that_can_be_none_are_told(api: Api) -> None:
    instant = api.client.request(
        "GET", f"/contracts/{CONTRACT}?known_at=2024-10-31T17:00:00+02:00", headers=api.headers()
    )
    cursor = api.get("/jobs/caresq", cursor="\0")

    assert [each.status_code for each in (instant, cursor)] == [422, 422]
    assert instant.json()["errors"][0]["message"] == (
        'found "2024-10-31T17:00:00 02:00": a + in a query is written as %2B'
    )


def test_a_reason_has_an_end(api: Api) -> None:
    wordy = api.post(WISHES, {"care_type": "ERG", "reason": "x" * 2_001}, Role.OFFICER)

    assert (wordy.status_code, wordy.json()["errors"][0]["path"]) == (422, "body.reason")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (TWICE, "names care_type more than once"),
        (b'{"share": NaN}', "holds NaN"),
        (b'["a\\u0000b"]', r"U\+0000"),
        (b'{"reason": ["\\ud800"]}', "half a character"),
        (b'{"\\udfff": 1}', "half a character"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5_000, "too many digits"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        ('"é"'.encode("utf-16"), "not UTF-8"),
        (b"{} {}", "from character 4 on"),
        (b"", "from character 1 on"),
    ],
    ids=lambda each: str(each[:20]),
)
def test_what_is_no_json_is_told_by_what_is_wrong_with_it(body: bytes, told: str) -> None:
    with pytest.raises(JSONDecodeError, match=told):
        parsed(body)


def test_what_is_json_is_read_as_it_is_meant() -> None:
    assert parsed(b'\xef\xbb\xbf{"name": "\\ud83d\\ude42", "codes": ["\\\\u0000"]}') == {
        "name": "🙂",
        "codes": ["\\u0000"],
    }
