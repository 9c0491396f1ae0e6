"""The server with a clock that stands still, where an offer can be signed that lapsed years ago.

``python -m tests.infrastructure.http.at_an_instant DATABASE ISSUER AUDIENCE INSTANT WORKERS``
"""

import sys
from datetime import datetime
from functools import partial

from fastapi import Depends, FastAPI, Response

from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from infrastructure.http.access import Operation
from infrastructure.http.app import create_app
from infrastructure.http.calling import Allowed
from infrastructure.http.serving import Address, serve, verifier_of
from infrastructure.settings import Settings


def make(database_url: str, settings: Settings, instant: str) -> FastAPI:
    """The API of one process."""
    clock = SetClock(datetime.fromisoformat(instant))
    opening = partial(open_system, database_url, clock=clock)
    app = create_app(opening, settings, verifier=verifier_of(settings, clock), clock=clock)
    same_check = Depends(Allowed(Operation.LOOK_UP_REGISTER))
    app.add_api_route("/empty/{purchaser}", _empty, dependencies=[same_check], include_in_schema=False)
    return app


def _empty() -> Response:
    """Nothing, for those who measure what stands around it."""
    return Response(b"{}", media_type="application/json")


def _told(url: str) -> None:
    sys.stderr.write(f"Serving {url}\n")
    sys.stderr.flush()


def main(database_url: str, issuer: str, audience: str, instant: str, workers: str) -> None:
    """Serve until told to stop."""
    settings = Settings(oidc_issuer=issuer, oidc_audience=audience, http_requests_per_minute=1_000_000)
    serve(
        partial(make, database_url, settings, instant),
        open_system(database_url, clock=SetClock(datetime.fromisoformat(instant))),
        Address("127.0.0.1", 0),
        workers=int(workers),
        headers_seconds=settings.http_headers_seconds,
        ready=_told,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
