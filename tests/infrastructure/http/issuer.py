"""An issuer of tokens on this machine: it publishes its keys over HTTP, and signs whatever a test asks for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

AUDIENCE = "https://contractspoor.example"
Key = RSAKey | ECKey


class Issuer:
    """An identity provider as far as a resource server sees it; ``published`` are the keys that it answers with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rsa = RSAKey.generate_key(2048, {"kid": "rsa-1"})
        self.ec = ECKey.generate_key("P-256", {"kid": "ec-1"})
        self.published: list[Key] = [self.rsa, self.ec]
        self.asked = 0

    def claims(self, now: datetime, **claims: Any) -> dict[str, Any]:
        """Claims of a token for five minutes; ``None`` leaves one out."""
        seconds = int(now.timestamp())
        told = {"iss": self.url, "aud": AUDIENCE, "sub": "someone", "iat": seconds, "exp": seconds + 300, **claims}
        return {name: value for name, value in told.items() if value is not None}

    def token(self, now: datetime, *, key: Key | None = None, alg: str = "RS256", **claims: Any) -> str:
        """A signed token."""
        key = key or (self.ec if alg.startswith("ES") else self.rsa)
        header = {"alg": alg, "kid": str(key.kid), "typ": "at+jwt"}
        return jwt.encode(header, self.claims(now, **claims), key, algorithms=[alg], default_type=None)

    def answer(self, path: str) -> dict[str, Any] | None:
        """What it answers at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path == "/keys":
            self.asked += 1
            return {"keys": [key.as_dict(private=False) for key in self.published]}
        return None


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer that answers on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = issuer.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
