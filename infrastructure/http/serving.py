"""Runs the API: one process with everything in it, or several that share a port and a PostgreSQL."""

import logging
import signal
import socket
import sys
from asyncio import Protocol
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple, cast

from fastapi import FastAPI
from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from application.ports import Clock
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import (
    Settings,
    SettingsError,
    System,
    load_settings,
    open_simulated,
    open_system,
    set_up_logs,
    system_clock,
)
from infrastructure.http import demo
from infrastructure.http.app import create_app
from infrastructure.http.keys import ProviderKeys
from infrastructure.http.slow_clients import ImpatientProtocol
from infrastructure.http.tokens import TokenVerifier

SERVICES = "contractspoor.services"
"""The entry point group of what runs beside the API, from a layer above: ``name = "package.module:function"``.

Each is given the system and an ``Event``, and returns when that is set.
"""
_LOG = logging.getLogger("contractspoor.http")
Service = Callable[[System, Event], None]


class AddressTakenError(Exception):
    """The address can not be listened on; the message is one line."""


class Address(NamedTuple):
    """Where the API listens; port 0 takes any that is free."""

    host: str
    port: int


def make_app(database_url: str) -> FastAPI:
    """The API as a process serves it, by the settings of its environment. Raises ``SettingsError``.

    Each process of several begins here, and sets up its own log.
    """
    settings, clock = load_settings(), system_clock()
    set_up_logs(settings.log_format, settings.log_level or "info")
    opening = partial(open_system, database_url, lock_timeout=settings.lock_timeout_seconds)
    return create_app(opening, settings, verifier=verifier_of(settings, clock), clock=clock)


def serve(
    make: Callable[[], FastAPI],
    opening: AbstractContextManager[System],
    address: Address,
    *,
    workers: int,
    headers_seconds: float,
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in hand are answered, and batches finished.

    ``make`` is called in each process that answers, so with several ``workers`` it must be something that can be
    pickled; ``opening`` is the system on which the read models are kept up and time ticks. A client that takes longer
    than ``headers_seconds`` to send the head of a request is cut off. ``ready`` is told the URL once the port listens.
    Raises ``AddressTakenError`` and ``StorageUnavailable``.
    """
    with _listening(address) as listening, opening as system, _beside(system):
        host, port = listening.getsockname()[:2]
        config = Config(
            make,
            factory=True,
            workers=workers,
            loop="asyncio",
            http=cast("type[Protocol]", partial(ImpatientProtocol, headers_seconds=headers_seconds)),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=10,
            timeout_worker_healthcheck=60,  # on a busy machine loading alone takes longer than the usual five seconds
            h11_max_incomplete_event_size=16_384,
        )
        ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        with _ends_on_signals():
            if workers == 1:
                Server(config).run(sockets=[listening])
            else:
                Multiprocess(config, sockets=[listening]).run()


def serve_demo(database_url: str, address: Address, identities: Path, ready: Callable[[str, ContractId], None]) -> None:
    """Serve a simulation, whose time goes on where its log ends, and write tokens of every role to a file.

    ``ready`` is told the URL and the contract that the practice's identities are for. Raises ``NoSimulationError``
    beside what ``serve`` does.
    """
    with open_system(database_url) as looked_at:
        demo.check_simulated(looked_at)
    with open_simulated(database_url) as system:
        issuer = demo.DemoIssuer(system.clock)
        contract_id = demo.a_contract(system)
        demo.let_the_delegate_act(system, contract_id)
        tokens = dict(demo.identities(system, issuer, contract_id))

        def written(url: str) -> None:
            demo.write_identities(identities, url, contract_id, tokens)
            ready(url, contract_id)

        settings = load_settings()
        make = partial(demo.demo_app, system, settings, issuer)
        headers_seconds = settings.http_headers_seconds
        serve(make, nullcontext(system), address, workers=1, headers_seconds=headers_seconds, ready=written)


def verifier_of(settings: Settings, clock: Clock) -> TokenVerifier:
    """What verifies tokens of the configured issuer; raises ``SettingsError`` when none is."""
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        missing = "OIDC_ISSUER" if settings.oidc_issuer is None else "OIDC_AUDIENCE"
        raise SettingsError(f"CONTRACTSPOOR_{missing}: is missing; the API must know whose tokens it accepts")
    keys = ProviderKeys(settings.oidc_issuer, settings.oidc_jwks_url, clock)
    skew = settings.oidc_clock_skew_seconds
    return TokenVerifier(settings.oidc_issuer, settings.oidc_audience, keys, clock, skew_seconds=skew)


@contextmanager
def _listening(address: Address) -> Iterator[socket.socket]:
    try:
        family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        told = f"{address.host}:{address.port} can not be listened on: {error.strerror or error}; choose another"
        raise AddressTakenError(f"{told} with --host and --port") from None
    # accepted connections inherit it: else head and body of an answer leave 40 ms apart
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listening:
        yield listening


@contextmanager
def _beside(system: System) -> Iterator[None]:
    """Keep the read models up and let time tick, in threads of this process."""
    stop = Event()
    services: list[tuple[str, Service]] = [
        ("read models", lambda each, until: each.read_models.run(until)),
        ("jobs", lambda each, until: each.run_jobs(until)),
    ]
    services += [(each.name, each.load()) for each in sorted(entry_points(group=SERVICES), key=lambda each: each.name)]
    threads = [Thread(target=service, args=(system, stop), name=name) for name, service in services]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """The server stops on signals by itself, and raises them again once it has: then there is still work to end."""

    def ended(number: int, _frame: object) -> None:
        _LOG.info("stopped by %s", signal.Signals(number).name)

    before = {each: signal.signal(each, ended) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        sys.stderr.flush()
