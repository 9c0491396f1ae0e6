"""Webhooks: signed, with a stable id and the same body at every attempt, to those whom it concerns."""

import base64
import hashlib
import hmac
from datetime import timedelta
from pathlib import Path

import pytest

from infrastructure.clock import SetClock
from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.filling import Receiver as Settled
from infrastructure.outbox.receivers import ReceiversError, read_receivers
from infrastructure.outbox.sending import NeverError, NotNowError
from infrastructure.outbox.transports import Webhooks
from tests.given import at
from tests.infrastructure.outbox.servers import Receiver, webhook_receiver

SECRET = b"a secret of at least twenty-four bytes"
DELIVERY = Delivery(
    id="12/contract.listed/aevitae",
    position=12,
    event_id="caresq/04001234/FYS/2025-2026@9",
    kind="contract.listed",
    channel="webhook",
    purchaser="caresq",
    stream_id="caresq/04001234/FYS/2025-2026",
    recipient="aevitae",
    correlation_id="c",
    message=b'{"type":"contract.listed"}',
    created_at=0,
)


def deliver(receiver: Receiver, clock: SetClock, delivery: Delivery = DELIVERY) -> None:
    webhooks = Webhooks([Settled("aevitae", "caresq", receiver.url, SECRET)], clock)
    try:
        webhooks.deliver(delivery)
    finally:
        webhooks.close()


def test_a_receiver_that_fails_first_gets_the_same_id_and_body_again_and_can_prove_both() -> None:
    clock = SetClock(at("2025-01-01T10:00"))
    with webhook_receiver() as receiver:
        receiver.answers.append(503)
        with pytest.raises(NotNowError, match="aevitae answered 503"):
            deliver(receiver, clock)
        clock.set(clock.now() + timedelta(minutes=1))
        deliver(receiver, clock)
    first, second = receiver.posts

    assert first.body == second.body == DELIVERY.message
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == DELIVERY.id
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60
    for post in (first, second):
        signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
        expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
        assert post.headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 404, 500])
def test_anything_but_a_success_is_tried_again_and_no_redirect_is_followed(code: int) -> None:
    with webhook_receiver() as receiver:
        receiver.answers.append(code)
        with pytest.raises(NotNowError, match=f"answered {code}"):
            deliver(receiver, SetClock(at("2025-01-01")))

    assert len(receiver.posts) == 1


def test_a_receiver_that_is_gone_is_left_alone() -> None:
    with webhook_receiver() as receiver:
        receiver.answers.append(410)
        with pytest.raises(NeverError, match="wants no more"):
            deliver(receiver, SetClock(at("2025-01-01")))


def test_a_receiver_that_can_not_be_reached_is_tried_again() -> None:
    with webhook_receiver() as receiver:
        pass
    with pytest.raises(NotNowError, match="can not be reached"):
        deliver(receiver, SetClock(at("2025-01-01")))


def test_a_receiver_that_is_no_longer_set_up_is_named() -> None:
    with webhook_receiver() as receiver, pytest.raises(NotNowError, match="no receiver someone is set up"):
        deliver(receiver, SetClock(at("2025-01-01")), DELIVERY._replace(recipient="someone"))


def file_of(folder: Path, text: str, secret: bytes = SECRET) -> Path:
    (folder / "aevitae.secret").write_bytes(secret + b"\n")
    (folder / "webhooks.yaml").write_text(text)
    return folder / "webhooks.yaml"


RIGHT = (
    "receivers:\n"
    "- {name: aevitae, purchaser: caresq, url: 'https://claims.example/hook', secret_file: aevitae.secret}\n"
)


def test_receivers_and_where_their_secrets_stand_are_read_from_a_file(tmp_path: Path) -> None:
    assert read_receivers(file_of(tmp_path, RIGHT)) == (
        Settled("aevitae", "caresq", "https://claims.example/hook", SECRET),
    )
    assert read_receivers(None) == ()


@pytest.mark.parametrize(
    ("text", "secret", "saying"),
    [
        ("receivers: [", SECRET, "not YAML"),
        ("receivers: []\n", SECRET, "receivers: .*at least 1"),
        (RIGHT.replace("name: aevitae, ", ""), SECRET, r"receivers\.0\.name: Field required"),
        (RIGHT.replace("https", "ftp"), SECRET, r"receivers\.0\.url"),
        (RIGHT.replace("purchaser", "inkoper"), SECRET, r"receivers\.0\.purchaser"),
        (RIGHT + RIGHT.splitlines()[1] + "\n", SECRET, "aevitae: named twice"),
        (RIGHT.replace("aevitae.secret", "other.secret"), SECRET, "the secret of aevitae: .*No such file"),
        (RIGHT, b"zo-kort", "shorter than 24 bytes"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_where_and_why(
    tmp_path: Path, text: str, secret: bytes, saying: str
) -> None:
    with pytest.raises(ReceiversError, match=saying) as error:
        read_receivers(file_of(tmp_path, text, secret))

    assert "\n" not in str(error.value)
    assert secret.decode() not in str(error.value)
