"""What every answer carries, and what no caller may do: send too much, too slowly or too often."""

from collections.abc import AsyncIterator

from fastapi import Request

from infrastructure.http.edge import HEADERS, large_body
from infrastructure.http.identity import Role
from infrastructure.http.rates import Rates
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.conftest import api_on

SIGNATURE = f"/contracts/{CONTRACT}/signature"


def test_every_answer_carries_the_headers_of_safety_and_a_correlation_id(api: Api) -> None:
    for answer in (api.client.request("GET", "/healthz"), api.client.request("GET", "/nowhere")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["X-Correlation-Id"]


def test_a_correlation_id_of_the_caller_is_kept_unless_it_can_be_none(api: Api) -> None:
    kept = api.client.request("GET", "/healthz", headers={"X-Correlation-Id": "portal-7"})
    other = api.client.request("GET", "/healthz", headers={"X-Correlation-Id": "a b"})

    assert kept.headers["X-Correlation-Id"] == "portal-7"
    assert other.headers["X-Correlation-Id"].startswith("http-20241101T")


def test_a_body_that_is_too_large_is_refused_whether_announced_or_not(api: Api) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100_000

    headers = api.headers(Role.PROVIDER_SIGNATORY) | {"Content-Type": "application/json", "Idempotency-Key": "k"}
    announced = api.client.request("POST", SIGNATURE, content=b" " * 1_000_001, headers=headers)
    streamed = api.client.request("POST", SIGNATURE, content=pieces(), headers=headers)

    assert [(each.status_code, each.json()["code"]) for each in (announced, streamed)] == [(413, "TOO_LARGE")] * 2


def test_an_endpoint_may_take_a_larger_body_than_the_others(api: Api) -> None:
    async def taking(request: Request) -> int:
        return len(await request.body())

    api.app.add_api_route("/large", large_body(2_000_000)(taking), methods=["POST"])
    sent = b" " * 1_500_000

    assert api.client.request("POST", "/large", content=sent).text == "1500000"
    assert api.client.request("POST", "/large", content=sent * 2).status_code == 413


def test_who_asks_too_often_is_told_how_long_to_wait(api: Api) -> None:
    with api_on(api.system, api.clock, api.issuer, http_requests_per_minute=2) as limited:
        answers = [limited.get("/healthz") for _ in range(3)]
        another = limited.client.request("GET", "/healthz", headers=limited.headers(sub="another"))

    assert [each.status_code for each in (*answers, another)] == [200, 200, 429, 200]
    assert answers[-1].headers["Retry-After"] == "30"


def test_who_guesses_at_tokens_is_slowed_down_too(api: Api) -> None:
    guessed = {"Authorization": "Bearer a.b.c"}
    with api_on(api.system, api.clock, api.issuer, http_requests_per_minute=2) as limited:
        answers = [limited.client.request("GET", "/healthz", headers=guessed) for _ in range(3)]

    assert [each.status_code for each in answers] == [401, 401, 429]


def test_a_rate_may_be_used_up_at_once_and_comes_back_evenly() -> None:
    now = [100.0]
    rates = Rates(60, lambda: now[0])
    at_once = [rates.wait("someone") for _ in range(61)]
    now[0] += 1.0
    later = [rates.wait("someone"), rates.wait("someone")]

    assert (at_once[:60], at_once[60]) == ([0] * 60, 1)
    assert later == [0, 1]


def test_no_page_of_another_origin_may_call_unless_the_settings_say_so(api: Api) -> None:
    headers = {"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"}
    refused = api.client.request("OPTIONS", "/healthz", headers=headers)
    with api_on(api.system, api.clock, api.issuer, http_cors_origins="https://portal.example") as open_to_one:
        allowed = open_to_one.client.request("OPTIONS", "/healthz", headers=headers)
        other = open_to_one.client.request("GET", "/healthz", headers={"Origin": "https://other.example"})

    assert (refused.status_code, "Access-Control-Allow-Origin" in refused.headers) == (405, False)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert "Access-Control-Allow-Origin" not in other.headers


def test_head_is_answered_as_get_is_but_for_the_content(api: Api) -> None:
    for path, role in ((f"/contracts/{CONTRACT}", Role.OFFICER), ("/audit/caresq/export", Role.AUDITOR)):
        whole = api.get(path, role)
        head = api.client.request("HEAD", path, headers=api.headers(role))

        assert (head.status_code, head.content) == (200, b"")
        assert {*head.headers} == {*whole.headers}
        assert head.headers.get("Content-Length") == whole.headers.get("Content-Length")


def test_allow_names_every_method_of_a_path(api: Api) -> None:
    paths = (f"/contracts/{CONTRACT}/questionnaire", f"/contracts/{CONTRACT}/evidence/kngf", SIGNATURE, "/healthz")
    refused = [api.client.request("DELETE", path) for path in paths]

    assert [each.status_code for each in refused] == [405] * 4
    assert [each.headers["Allow"] for each in refused] == ["GET, HEAD, PUT", "GET, HEAD, POST", "POST", "GET, HEAD"]
