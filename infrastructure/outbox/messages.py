"""A letter as the outbox keeps it, and as an e-mail: the same bytes at every attempt."""

from binascii import b2a_qp
from email.header import Header
from email.utils import format_datetime, formataddr
from hashlib import sha256

from application.letters.letter import Language, Letter
from domain.calendar import from_microseconds
from domain.model import Frozen
from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.wording import word

NO_ADDRESS = "the register knows no e-mail address of this practice; import one, then: contractspoor outbox resend"
_LONGEST_LINE = 900
"""RFC 5322 allows 998 octets; what is not ASCII is folded all the same."""


class Mail(Frozen):
    """A worded letter, kept until it is sent and after."""

    sender_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    language: str


def mail_of(letter: Letter, language: Language) -> Mail:
    """The letter in words."""
    worded = word(letter, language)
    return Mail(
        sender_name=letter.purchaser_name,
        reply_to=letter.reply_to,
        subject=worded.subject,
        text=worded.text,
        html=worded.html,
        language=language.value,
    )


def email_of(delivery: Delivery, sender: str) -> bytes:
    """The e-mail of a delivery: text and HTML, and an id by which a mailbox knows it when it comes twice.

    Written out here: the standard library's ``EmailMessage`` takes longer than a mail server needs to accept it, and
    chooses another boundary each time.
    """
    mail = Mail.model_validate_json(delivery.message)
    key = sha256(delivery.id.encode()).hexdigest()[:40]
    headers = [
        ("From", formataddr((_one_line(mail.sender_name), sender))),
        ("To", delivery.recipient),
        *([("Reply-To", mail.reply_to)] if mail.reply_to else []),
        ("Subject", mail.subject),
        ("Date", format_datetime(from_microseconds(delivery.created_at))),
        ("Message-ID", f"<{key}@{sender.rpartition('@')[2]}>"),
        ("X-Contractspoor-Delivery", delivery.id),
        ("X-Contractspoor-Correlation", delivery.correlation_id),
        ("Content-Language", mail.language),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{key}"'),
    ]
    head = "".join(f"{name}: {_header(name, _one_line(value))}\r\n" for name, value in headers).encode("ascii")
    mark = f"\r\n--{key}".encode("ascii")
    return b"".join((head, mark, _part("plain", mail.text), mark, _part("html", mail.html), mark, b"--\r\n"))


def _one_line(value: str) -> str:
    """No value begins a header of its own."""
    return " ".join(value.split())


def _header(name: str, value: str) -> str:
    """As it is where a line may hold it; encoded and folded as RFC 2047 says where not."""
    if value.isascii() and len(name) + len(value) < _LONGEST_LINE:
        return value
    return Header(value, "us-ascii" if value.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")


def _part(subtype: str, content: str) -> bytes:
    head = f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    encoded = b2a_qp(content.encode(), istext=True, header=False)
    return head.encode("ascii") + b"\r\n".join(encoded.splitlines()) + b"\r\n"
