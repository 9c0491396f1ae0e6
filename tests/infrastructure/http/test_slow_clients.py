"""Who sends slowly to a real server is cut off, or told so, while others are served."""

import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import httpx
import pytest

from infrastructure.clock import SystemClock
from tests.infrastructure.http.api import AGB, CONTRACT
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving

LIMIT = 1.0
LONGEST = 20.0
"""Seconds after which a test gives up on a server that does not cut."""
QUICK = b"GET /healthz HTTP/1.1\r\nHost: api.test\r\n\r\n"
HEAD = b"GET /healthz HTTP/1.1\r\nHost: api.test\r\nX-Padding: "
REFUSED = b"POST /nowhere HTTP/1.1\r\nHost: api.test\r\nContent-Length: 900000\r\n\r\n"


@pytest.fixture(scope="module")
def address(offered_file: Path, tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[tuple[str, int]]:
    """A server with short limits."""
    file = shutil.copy(offered_file, tmp_path_factory.mktemp("slow") / "offered.db")
    limits = {"HEADERS": LIMIT, "BODY": LIMIT, "REQUEST": 2 * LIMIT}
    settings = {f"CONTRACTSPOOR_HTTP_{name}_SECONDS": str(seconds) for name, seconds in limits.items()}
    with serving(f"sqlite:///{file}", issuer.url, **settings) as server:
        url = httpx.URL(server.url)
        assert url.port is not None
        yield url.host, url.port


def until_closed(address: tuple[str, int], first: bytes, piece: bytes) -> tuple[bytes, float]:
    """Send the beginning, then a piece whenever nothing comes; what was received, and the seconds until it ended."""
    began, received = monotonic(), b""
    with socket.create_connection(address, timeout=LIMIT / 10) as client:
        client.sendall(first)
        while monotonic() < began + LONGEST:
            try:
                came = client.recv(65_536)
            except TimeoutError:
                client.sendall(piece)
                continue
            except ConnectionError:
                break
            if not came:
                break
            received += came
    return received, monotonic() - began


def slow_body(token: str) -> bytes:
    """The beginning of a body of who may send one."""
    return (
        f"POST /contracts/{CONTRACT}/signature HTTP/1.1\r\nHost: api.test\r\nIdempotency-Key: slow\r\n"
        f"Authorization: Bearer {token}\r\n"
        'Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n{"agreement_sha256":'
    ).encode()


def answered(client: socket.socket) -> bytes:
    """The answer to a quick request on a connection that stays open."""
    client.sendall(QUICK)
    received = b""
    while not received.endswith(b"}") and (came := client.recv(65_536)):
        received += came
    return received


def test_a_client_that_never_ends_its_request_is_cut_off(address: tuple[str, int]) -> None:
    clients = {
        "silent": (b"", b""),
        "head byte by byte": (HEAD, b"x"),
        "second head byte by byte": (QUICK + HEAD, b"x"),
        "body byte by byte after its refusal": (REFUSED, b"x"),
    }
    with ThreadPoolExecutor(len(clients)) as pool:
        ends = list(pool.map(lambda each: until_closed(address, *each), clients.values()))

    for name, (_, seconds) in zip(clients, ends, strict=True):
        assert LIMIT / 2 < seconds < LONGEST, name
    assert [received.partition(b"\r\n")[0] for received, _ in ends] == [
        b"",
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 404 Not Found",
    ]


def test_a_body_that_stops_or_never_ends_is_a_problem_and_the_end_of_the_connection(
    address: tuple[str, int], issuer: Issuer
) -> None:
    body = slow_body(issuer.token(SystemClock().now(), roles=["provider_signatory"], practice_agb=AGB))
    with ThreadPoolExecutor(2) as pool:
        stopped, endless = pool.map(lambda piece: until_closed(address, body, piece), (b"", b" "))

    for received, _ in (stopped, endless):
        head, _, told = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 Request Timeout")
        assert b"application/problem+json" in head
        assert json.loads(told)["code"] == "TOO_SLOW"
    assert LIMIT / 2 < stopped[1] < LONGEST
    assert LIMIT * 1.5 < endless[1] < LONGEST


def test_who_pauses_between_requests_is_not_cut_off_as_slow(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=LONGEST) as pausing:
        first = answered(pausing)
        until_closed(address, b"", b"")  # longer than a head may take
        second = answered(pausing)

    assert [each.partition(b"\r\n")[0] for each in (first, second)] == [b"HTTP/1.1 200 OK"] * 2
