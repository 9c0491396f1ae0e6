"""The ways out: SMTP, a folder of ``.eml`` files, and webhooks."""

import base64
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from application.ports import Clock
from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.filling import Receiver
from infrastructure.outbox.messages import email_of
from infrastructure.outbox.sending import AwayError, NeverError, NotNowError

_PERMANENT = range(500, 600)
_GONE = 410


class Senders(NamedTuple):
    """The addresses in From: that of each purchaser which has one of its own, by id, and that of the others."""

    others: str
    own: Mapping[str, str]

    def of(self, delivery: Delivery) -> str:
        """The address from which a letter goes."""
        return self.own.get(delivery.purchaser, self.others)


class MailFolder:
    """Writes each letter as a file ``<position>-<kind>-<id>.eml``; the same delivery is the same file."""

    def __init__(self, folder: Path, senders: Senders) -> None:
        self._folder = folder
        self._senders = senders

    def deliver(self, delivery: Delivery) -> None:
        """See ``Transport``."""
        name = f"{delivery.position:09}-{delivery.kind}-{hashlib.sha256(delivery.id.encode()).hexdigest()[:8]}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._folder / f"{name}.part"
            part.touch(mode=0o600)
            part.write_bytes(email_of(delivery, self._senders.of(delivery)))
            part.rename(self._folder / name)
        except OSError as error:
            raise AwayError(f"{self._folder} can not be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Nothing is open."""


class SmtpServer(NamedTuple):
    """Where letters go; ``security`` is ``starttls``, ``tls`` or ``none``, ``ca_file`` a CA of one's own."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    ca_file: str | None = None


class Smtp:
    """Hands letters to an SMTP server over one connection, made when it is needed and made anew when it is lost."""

    def __init__(self, server: SmtpServer, senders: Senders, *, timeout: float = 30.0) -> None:
        self._server = server
        self._senders = senders
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None

    def deliver(self, delivery: Delivery) -> None:
        """See ``Transport``: what the server refuses with a code of 5xx is refused for good."""
        if not delivery.recipient.isascii():
            raise NeverError("the address has letters that mail servers do not take; ask the practice for another one")
        sender = self._senders.of(delivery)
        message = email_of(delivery, sender)
        for attempt in (1, 2):
            connection = self._connected()
            try:
                connection.sendmail(sender, [delivery.recipient], message)
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise _refused(code, said) from error
            except smtplib.SMTPSenderRefused as error:
                self.close()  # it will have none of our letters, whoever they are for
                raise AwayError(str(_refused(error.smtp_code, error.smtp_error))) from error
            except smtplib.SMTPServerDisconnected as error:
                self.close()
                if attempt == 2:
                    raise AwayError(f"{self._server.host} ended the connection") from error
            except smtplib.SMTPResponseException as error:
                raise _refused(error.smtp_code, error.smtp_error) from error
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                raise AwayError(f"{self._server.host}: {error}") from error
            else:
                return

    def close(self) -> None:
        """Say goodbye."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        host, port, security, user, password, ca_file = self._server
        try:
            if security == "none":
                connection = smtplib.SMTP(host, port, timeout=self._timeout)
            elif security == "tls":
                secure = ssl.create_default_context(cafile=ca_file)
                connection = smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=secure)
            else:
                connection = smtplib.SMTP(host, port, timeout=self._timeout)
                connection.starttls(context=ssl.create_default_context(cafile=ca_file))
            if user:
                connection.login(user, password)
        except (OSError, smtplib.SMTPException) as error:
            raise AwayError(f"the SMTP server {host}:{port} can not be used: {_said(error)}") from error
        return connection


class Webhooks:
    """Posts notices to receivers, signed as the Standard Webhooks specification says.

    ``webhook-id`` and the body are the same at every attempt; ``webhook-signature`` is the HMAC-SHA256 of id,
    timestamp and body, so that a receiver knows an old message that somebody sends again.
    """

    def __init__(self, receivers: Iterable[Receiver], clock: Clock, *, timeout: float = 10.0) -> None:
        self._receivers = {each.name: each for each in receivers}
        self._clock = clock
        import httpx  # noqa: PLC0415 - only who has receivers waits for it

        self._failures = httpx.HTTPError
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)
        self._unreachable: dict[str, str] = {}

    def deliver(self, delivery: Delivery) -> None:
        """See ``Transport``: only an answer of 2xx counts; 410 says that nobody wants it any more."""
        receiver = self._receivers.get(delivery.recipient)
        if receiver is None:
            raise NotNowError(f"no receiver {delivery.recipient} is set up")
        if receiver.name in self._unreachable:  # it is not waited for again and again: the others want theirs
            raise NotNowError(self._unreachable[receiver.name])
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "contractspoor",
            "x-contractspoor-correlation": quote(delivery.correlation_id, safe="/:"),
            "webhook-id": delivery.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(receiver.secret, delivery.id, timestamp, delivery.message),
        }
        try:
            answer = self._client.post(receiver.url, content=delivery.message, headers=headers)
        except self._failures as error:
            self._unreachable[receiver.name] = f"{receiver.name} can not be reached: {_said(error)}"
            raise NotNowError(self._unreachable[receiver.name]) from error
        if answer.status_code == _GONE:
            raise NeverError(f"{receiver.name} answered 410: it wants no more")
        if not answer.is_success:
            raise NotNowError(f"{receiver.name} answered {answer.status_code}")

    def close(self) -> None:
        """End the connections."""
        self._client.close()


def signature(secret: bytes, delivery_id: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of ``<id>.<timestamp>.<body>`` in Base64."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _refused(code: int, said: bytes | str) -> NeverError | NotNowError:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    told = f"the mail server said {code} {' '.join(text.split())}"
    return NeverError(told) if code in _PERMANENT else NotNowError(told)


def _said(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
