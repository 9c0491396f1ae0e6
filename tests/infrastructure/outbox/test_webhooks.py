"""Webhooks: signed, with a stable id and the same body at every attempt, to those whom it concerns."""

import base64
import hashlib
import hmac
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.calendar import Term
from domain.contract.facts import ContractOffered, Published, Signed, SigningPerson, TierAssigned, Unpublished
from infrastructure.clock import SetClock
from infrastructure.outbox.deliveries import Delivery
from infrastructure.outbox.filling import Receiver as Settled
from infrastructure.outbox.receivers import ReceiversError, read_receivers
from infrastructure.outbox.sending import NeverError, NotNowError, Sent
from infrastructure.outbox.transports import Webhooks
from tests.given import at
from tests.infrastructure.outbox.conftest import Post, silent
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

SHA = "0" * 64
OFFERED = ContractOffered(
    tier="C",
    term=Term(start=date(2025, 1, 1), end=date(2026, 12, 31)),
    last_signing_day=date(2024, 11, 7),
    agreement_sha256=SHA,
    policy_position=1,
)
SIGNED = Signed(
    person=SigningPerson(person_id="p1", name="A. de Vries", certificate_serial="serial-1"), agreement_sha256=SHA
)
TIER = TierAssigned(tier="B", effective_on=date(2025, 6, 1), factors=("kngf", "prem", "skf"), agreement_sha256=SHA)


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


def test_a_receiver_that_can_not_be_reached_is_not_waited_for_again_in_the_same_turn() -> None:
    with webhook_receiver() as receiver:
        pass
    webhooks = Webhooks([Settled("aevitae", "caresq", receiver.url, SECRET)], SetClock(at("2025-01-01")))
    with pytest.raises(NotNowError) as first:
        webhooks.deliver(DELIVERY)
    with webhook_receiver() as back, pytest.raises(NotNowError) as second:
        webhooks.deliver(DELIVERY)
    webhooks.close()

    assert str(second.value) == str(first.value)
    assert back.posts == []


def test_a_receiver_that_is_no_longer_set_up_is_named() -> None:
    with webhook_receiver() as receiver, pytest.raises(NotNowError, match="no receiver someone is set up"):
        deliver(receiver, SetClock(at("2025-01-01")), DELIVERY._replace(recipient="someone"))


def test_what_was_recorded_is_told_to_the_receivers_of_its_purchaser_until_they_take_it(
    post: Post, tmp_path: Path
) -> None:
    with webhook_receiver() as receiver:
        post.settings["webhooks_file"] = file_of(
            tmp_path,
            RIGHT.replace("https://claims.example/hook", receiver.url)
            + RIGHT.splitlines()[1].replace("aevitae, purchaser: caresq", "other, purchaser: asr")
            + "\n",
        )
        post.approach(1)
        post.record(1, OFFERED, SIGNED)
        causes = [post.record(1, fact) for fact in (TIER, Published(), Unpublished())]
        receiver.answers.extend([500, 503])
        post.outbox.fill()
        turns = []
        for pause in (0, 1, 5):
            post.clock.set(post.clock.now() + timedelta(minutes=pause))
            turns.append(post.outbox.send(silent)._replace(sent=0))
        noticed = [each for each in post.outbox.deliveries() if each.channel == "webhook"]
    bodies = {each.headers["webhook-id"]: each.told for each in receiver.posts}

    assert turns == [Sent(failed=2), Sent(), Sent()]
    assert [(each.state, each.attempts, each.recipient) for each in noticed] == [
        ("sent", 2, "aevitae"),
        ("sent", 2, "aevitae"),
        ("sent", 1, "aevitae"),
    ]
    assert len({(each.headers["webhook-id"], each.body) for each in receiver.posts}) == 3
    assert len(receiver.posts) == 5
    assert [(bodies[each.id]["type"], bodies[each.id]["event_id"]) for each in noticed] == [
        ("contract.tier_changed", causes[0]),
        ("contract.listed", causes[1]),
        ("contract.unlisted", causes[2]),
    ]
    assert bodies[noticed[0].id]["tiers"] == [{"tier": "B", "effective_on": "2025-06-01"}]


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
