"""A real SMTP server and a real receiver of webhooks, each on a free port of this machine."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any, NamedTuple

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "contractspoor", "geheim-en-lang"


class Mailbox:
    """What an SMTP server accepted; ``refuse`` answers a recipient with something else."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self._arrived = Condition()

    def wait_for(self, count: int, timeout: float = 60) -> bool:
        """Wait until so many messages have arrived; whether they have, within so many seconds."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.messages) >= count, timeout)

    async def handle_RCPT(  # noqa: N802 - the server's name and arguments
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 accepted"

    @property
    def deliveries(self) -> list[str]:
        """The delivery ids that arrived, in the order in which they did."""
        return [str(message["X-Contractspoor-Delivery"]) for message in self.messages]


class Server(NamedTuple):
    """A server that runs, and what it took."""

    host: str
    port: int
    mailbox: Mailbox
    ca_file: Path


@contextmanager
def smtp_server(folder: Path, *, security: str = "none") -> Iterator[Server]:
    """A server that asks for TLS and a login, unless its security is ``none``."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    mailbox = Mailbox()
    options: dict[str, Any] = {}
    if security == "starttls":
        options = {"tls_context": context, "require_starttls": True}
    if security != "none":
        options |= {"auth_required": True, "authenticator": _authenticate, "auth_require_tls": security == "starttls"}
    controller = Controller(
        mailbox, hostname="localhost", port=free_port(), ssl_context=context if security == "tls" else None, **options
    )
    controller.start()
    try:
        yield Server("localhost", controller.port, mailbox, ca_file)
    finally:
        controller.stop()


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    right = isinstance(login, LoginPassword) and login == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


class Post(NamedTuple):
    """A request that a receiver got."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver(NamedTuple):
    """A receiver of webhooks: where it is, what it got, and the answers that it will give before 204."""

    url: str
    posts: list[Post]
    answers: list[int]


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    """A receiver that answers what it is told to, and then 204."""
    posts: list[Post] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            posts.append(Post({name.lower(): value for name, value in self.headers.items()}, body))
            code = answers.pop(0) if answers else 204
            self.send_response(code)
            if code in {301, 302, 307}:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}/hook", posts, answers)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port
