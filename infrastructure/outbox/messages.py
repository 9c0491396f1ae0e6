"""A letter as the outbox keeps it, and as an e-mail: the same bytes at every attempt."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256

from application.letters.letter import Language, Letter
from domain.calendar import from_microseconds
from domain.model import Frozen
from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.wording import word

NO_ADDRESS = "the register knows no e-mail address of this practice; import one, then: contractspoor outbox resend"


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


def email_of(delivery: Delivery, sender: str) -> EmailMessage:
    """The e-mail of a delivery: text and HTML, and an id by which a mailbox knows it when it comes twice."""
    mail = Mail.model_validate_json(delivery.message)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((mail.sender_name, sender))
    message["To"] = delivery.recipient
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(from_microseconds(delivery.created_at))
    message["Message-ID"] = f"<{sha256(delivery.id.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
    message["X-Contractspoor-Delivery"] = delivery.id
    message["X-Contractspoor-Correlation"] = delivery.correlation_id
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
