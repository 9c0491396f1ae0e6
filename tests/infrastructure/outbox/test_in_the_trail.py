"""Each letter and webhook stands in the trail below the event that caused it, as it stands now."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from application.ports import ToldOf
from application.queries.audit_why import WhyAsked, WhyDelivery, WhyEvent, audit_why
from application.queries.horizon import Asked
from domain.contract.facts import Published
from tests.infrastructure.cli.conftest import CONTRACT, Run, run, year, year_file
from tests.infrastructure.outbox.conftest import LETTER, Post, silent
from tests.infrastructure.outbox.servers import webhook_receiver
from tests.infrastructure.outbox.test_webhooks import OFFERED, RIGHT, SIGNED, file_of

__all__ = ["run", "year", "year_file"]  # fixtures

READY = f"{LETTER.format(agb='04000001')}@2"


def all_of(event: WhyEvent) -> Iterator[WhyEvent]:
    yield event
    for each in event.consequences:
        yield from all_of(each)


def told_of(post: Post, event_id: str, purchaser: str | None = None) -> dict[str, list[WhyDelivery]]:
    """What the tree around an event shows to have left, by the event that caused it."""
    wanted = WhyAsked(event_id, purchaser)
    root = audit_why(post.system.contracting, None, wanted, Asked(), post.outbox).root
    return {each.event_id: list(each.deliveries) for each in all_of(root) if each.deliveries}


def test_a_letter_stands_below_its_cause_without_its_address_and_with_its_present_state(post: Post) -> None:
    post.approach(1, 2)
    unread = told_of(post, READY)
    post.outbox.fill()
    waits = told_of(post, READY)
    post.outbox.send(silent)
    sent = told_of(post, READY)
    position = next(each.position for each in post.outbox.deliveries() if each.event_id == READY)

    letter = WhyDelivery(
        delivery_id=f"{position}/questionnaire_ready",
        kind="questionnaire_ready",
        channel="mail",
        recipient="p…@voorbeeld.example",
        state="waiting",
    )
    assert unread == {}
    assert waits == {READY: [letter]}
    assert sent == {READY: [letter.model_copy(update={"state": "sent"})]}


def test_a_webhook_stands_below_its_cause_with_its_receiver_and_its_id(post: Post, tmp_path: Path) -> None:
    with webhook_receiver() as receiver:
        post.settings["webhooks_file"] = file_of(tmp_path, RIGHT.replace("https://claims.example/hook", receiver.url))
        post.approach(1)
        post.record(1, OFFERED, SIGNED)
        published = post.record(1, Published())
        post.outbox.fill()
        told = told_of(post, published)[published]

    [webhook] = [each for each in told if each.channel == "webhook"]
    assert (webhook.kind, webhook.recipient, webhook.state) == ("contract.listed", "aevitae", "waiting")
    assert webhook.delivery_id.endswith("/contract.listed/aevitae")


def test_what_was_told_for_one_purchaser_is_not_handed_to_another(post: Post) -> None:
    post.approach(1)
    post.clock.set(post.clock.now() + timedelta(minutes=1))
    post.outbox.fill()
    [letter] = post.outbox.deliveries()

    assert post.outbox.caused_by([letter.position], "asr") == []
    for allowed in ("caresq", None):
        assert [each.delivery_id for each in post.outbox.caused_by([letter.position], allowed)] == [letter.name]


class Listening:
    """An outbox of nothing, which notes whose deliveries it is asked for."""

    def __init__(self) -> None:
        self.asked_for: list[str | None] = []

    def caused_by(self, positions: Sequence[int], purchaser: str | None) -> list[ToldOf]:
        assert positions
        self.asked_for.append(purchaser)
        return []


def test_the_trail_asks_for_what_was_told_of_the_purchaser_alone_who_asks_it(post: Post) -> None:
    post.approach(1)
    listening = Listening()
    for purchaser in ("caresq", None):
        audit_why(post.system.contracting, None, WhyAsked(READY, purchaser), Asked(), listening)

    assert listening.asked_for == ["caresq", None]


def test_the_command_prints_them_as_leaves_and_gives_them_to_programs(run: Run, year: str) -> None:
    run("outbox", "send", "--database", year)
    text = run("audit", "why", f"{CONTRACT}@2", "--database", year).stdout
    root = json.loads(run("audit", "why", f"{CONTRACT}@2", "--database", year, "--json").stdout)["root"]
    [letter] = next(each for each in [root, *root["consequences"]] if each["asked"])["deliveries"]

    assert f"mail {letter['delivery_id']} to {letter['recipient']}: sent" in text
    assert "…@" in letter["recipient"]
    assert letter["kind"] == "questionnaire_ready"
