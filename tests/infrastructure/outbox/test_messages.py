"""A letter as an e-mail: read back by the standard library, the same bytes at every attempt."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.messages import Mail, email_of
from infrastructure.outbox.sending import NeverError
from infrastructure.outbox.transports import Senders, Smtp, SmtpServer

MAIL = Mail(
    sender_name="Zorgverzekeraar Coöperatie, Noord",
    reply_to="zorginkoop@verzekeraar.example",
    subject="Uw overeenkomst verandert – " + "diëtetiek en " * 12 + "- AGB-code 04001234",
    text="Geachte Praktijk Één,\n\nEen lange regel: " + "woord " * 40 + "\n.\nPunt = alleen.\n",
    html="<p>Geachte Praktijk Één &amp; co,</p>\n",
    language="nl",
)


def delivery(recipient: str = "post@praktijk.example", mail: Mail = MAIL) -> Delivery:
    return Delivery(
        id=f"12/tier_changed/{recipient}",
        position=12,
        event_id="caresq/04001234/FYS/2025-2026@9",
        kind="tier_changed",
        channel="mail",
        purchaser="caresq",
        stream_id="caresq/04001234/FYS/2025-2026",
        recipient=recipient,
        correlation_id="c",
        message=mail.model_dump_json().encode(),
        created_at=1_726_480_800_000_000,
    )


def read(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def test_a_message_reads_back_as_it_was_written() -> None:
    message = read(email_of(delivery(), "post@verzekeraar.example"))
    text, html = message.get_body(("plain",)), message.get_body(("html",))

    assert message["From"] == '"Zorgverzekeraar Coöperatie, Noord" <post@verzekeraar.example>'
    assert message["To"] == "post@praktijk.example"
    assert message["Subject"] == MAIL.subject
    assert message["Date"] == "Mon, 16 Sep 2024 10:00:00 +0000"
    assert message["Content-Language"] == "nl"
    assert message["X-Contractspoor-Delivery"] == "12/tier_changed/post@praktijk.example"
    assert text is not None
    assert html is not None
    found = [part.get_content().replace("\r\n", "\n") for part in (text, html)]
    assert found == [MAIL.text, MAIL.html]


def test_every_attempt_sends_the_same_bytes_in_lines_that_a_mail_server_takes() -> None:
    first, second = (email_of(delivery(), "post@verzekeraar.example") for _ in range(2))

    assert first == second
    assert max(len(line) for line in first.split(b"\r\n")) < 998
    assert first.count(b"\n") == first.count(b"\r\n")
    assert first.isascii()


def test_nothing_in_a_letter_begins_a_header_of_its_own() -> None:
    mail = MAIL.model_copy(update={"subject": "Onderwerp\r\nBcc: iedereen@voorbeeld.example", "sender_name": "A\nB: c"})
    message = read(email_of(delivery(mail=mail), "post@verzekeraar.example"))

    assert (message["Bcc"], message["B"]) == (None, None)
    assert message["Subject"] == "Onderwerp Bcc: iedereen@voorbeeld.example"


def test_an_address_that_no_mail_server_takes_is_dead_and_closes_the_way_for_nobody_else() -> None:
    smtp = Smtp(SmtpServer("localhost", 1, "none"), Senders("post@verzekeraar.example", {}))

    with pytest.raises(NeverError, match="mail servers do not take"):
        smtp.deliver(delivery("één@praktijk.example"))


def test_a_purchaser_that_has_an_address_of_its_own_writes_from_it() -> None:
    senders = Senders("post@dienst.example", {"caresq": "zorginkoop@caresq.example"})

    assert senders.of(delivery()) == "zorginkoop@caresq.example"
    assert senders.of(delivery()._replace(purchaser="asr")) == "post@dienst.example"
