"""The API over loopback, load from this process on a server of its own: lookups beside an empty route, and signatures.

The empty route has the same authentication and does nothing. Times are those of the caller.
"""

import json
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from time import perf_counter
from typing import NamedTuple

from application.order import Order
from benchmarks.arena import DATABASES, Arena
from benchmarks.contracts import live_one, spread
from benchmarks.measure import Contest, quantile
from domain.calendar import instant_text
from domain.contract.commands import Sign
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import upgrade_database
from tests.given import at
from tests.infrastructure.http.issuer import Issuer, running_issuer
from tests.infrastructure.http.server import serving_at
from tests.round_world import RoundWorld, round_world

NOW = "2024-10-21T10:00"
CONTRACTS = 200
LOOKUPS = 600
SIGNATURES = 60
ROUNDS = 5
CONNECTIONS = 4
LEAST_OF_EMPTY = {"sqlite": 0.60, "postgres": 0.35}
"""What the register's lookup may cost beside an empty route."""
ONLY_TOLD = 0.0, 1_000.0
"""Targets of rows that are for reading: a rate is above the first, a time below the second."""


class Took(NamedTuple):
    """How many requests a second, and the seconds that each took."""

    rate: float
    each: list[float]


def contests(arena: Arena) -> Iterator[Contest]:
    """On each database, with one server process."""
    with running_issuer() as issuer:
        for database in DATABASES:
            url = arena.bare_url(database)
            upgrade_database(url)
            with round_world(url) as world:
                yield from _rows(database, url, world, issuer)


def _rows(database: str, url: str, world: RoundWorld, issuer: Issuer) -> Iterator[Contest]:
    lived = live_one(world, offered=True)
    world.at(NOW)
    contracted = spread(world, lived, range(CONTRACTS))
    waiting = iter(spread(world, lived, range(CONTRACTS, CONTRACTS + 4 * SIGNATURES * (ROUNDS + 1))))
    command = Sign(person_id="p1", certificate_serial="s1", agreement_sha256=lived.offered_sha256)
    world.clock.set(at(NOW) - timedelta(hours=1))
    for each in contracted:
        world.act(str(each), command)
    world.at(NOW)
    world.system.read_models.catch_up(["register"])
    claims = issuer.token(at(NOW), roles=["claims_system"], purchaser="caresq", exp=int(at(NOW).timestamp()) + 86_400)
    empty = cycle([_request("GET", "/empty/caresq", claims)])
    paid_at = f"effective_on=2025-03-01&known_at={instant_text(at(NOW) - timedelta(seconds=1))}"
    paths = [f"/register/caresq/{each.agb}/FYS" for each in contracted]
    lookups = cycle([_request("GET", f"{path}?{paid_at}", claims) for path in paths])
    present = cycle([_request("GET", f"{path}?effective_on=2025-03-01", claims) for path in paths])
    with serving_at(at(NOW), url, issuer.url) as server, _connections(server.url) as connections:

        def asked(requests: Iterator[bytes], amount: int) -> float:
            return _send(connections, list(islice(requests, amount))).rate

        def over_http() -> Took:
            signing = [_signature(issuer, each, lived.offered_sha256) for each in islice(waiting, SIGNATURES)]
            return _send(connections, signing)

        def in_process() -> Took:
            some = list(islice(waiting, SIGNATURES))
            began, each = perf_counter(), []
            for contract_id in some:
                at_first = perf_counter()
                world.contracting.act(contract_id, command, Order("p1", f"sign-{contract_id.agb}"))
                each.append(perf_counter() - at_first)
            return Took(SIGNATURES / (perf_counter() - began), each)

        asked(empty, LOOKUPS)
        asked(lookups, LOOKUPS)
        asked(present, LOOKUPS)
        least, most = ONLY_TOLD
        yield Contest(
            "register lookup over HTTP, as known when it was paid, against an empty route",
            database,
            partial(asked, lookups, LOOKUPS),
            partial(asked, empty, LOOKUPS),
            target=LEAST_OF_EMPTY[database],
            rounds=ROUNDS,
        )
        yield Contest(
            "the same, as known at present, which waits for writers in flight",
            database,
            partial(asked, present, LOOKUPS),
            partial(asked, empty, LOOKUPS),
            target=least,
            rounds=ROUNDS,
        )
        yield Contest(
            "signatures a second, over HTTP against in process",
            database,
            lambda: over_http().rate,
            lambda: in_process().rate,
            target=least,
            rounds=ROUNDS,
        )
        yield Contest(
            "a signature, p99, µs, over HTTP against in process",
            database,
            lambda: 1e6 * quantile(0.99, over_http().each),
            lambda: 1e6 * quantile(0.99, in_process().each),
            target=most,
            at_most=True,
            rounds=ROUNDS,
        )


def _request(method: str, path: str, token: str, body: object = None, *headers: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        f"Content-Length: {len(content)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def _signature(issuer: Issuer, contract_id: ContractId, sha256: str) -> bytes:
    token = issuer.token(
        at(NOW),
        sub=f"p1 of {contract_id.agb}",
        roles=["provider_signatory"],
        practice_agb=contract_id.agb,
        person_id="p1",
        certificate_serial="s1",
    )
    headers = "Content-Type: application/json", "Idempotency-Key: signature"
    return _request("POST", f"/contracts/{contract_id}/signature", token, {"agreement_sha256": sha256}, *headers)


@contextmanager
def _connections(url: str) -> Iterator[list[socket.socket]]:
    host, port = url.removeprefix("http://").split(":")
    made = [socket.create_connection((host, int(port)), timeout=60) for _ in range(CONNECTIONS)]
    for each in made:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield made
    finally:
        for each in made:
            each.close()


def _send(connections: Sequence[socket.socket], requests: Sequence[bytes]) -> Took:
    """Send them all, one after the other on each connection; every answer must be 200."""

    def on_one(number: int) -> list[float]:
        took = []
        for request in requests[number :: len(connections)]:
            began = perf_counter()
            _exchange(connections[number], request)
            took.append(perf_counter() - began)
        return took

    began = perf_counter()
    with ThreadPoolExecutor(len(connections)) as pool:
        each = [seconds for found in pool.map(on_one, range(len(connections))) for seconds in found]
    return Took(len(requests) / (perf_counter() - began), each)


def _exchange(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    received = connection.recv(65_536)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{request[:200]!r} was answered {received[:800]!r}")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
