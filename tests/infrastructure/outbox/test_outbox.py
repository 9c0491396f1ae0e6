"""The outbox: filled once from the log, sent at least once, patient, and silent when it is told to be."""

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from unittest.mock import patch

import pytest

from application.letters.letter import Language
from application.letters.preview import letters_about
from domain.calendar import to_microseconds
from domain.contract.facts import TierAssigned
from domain.explanation import Explanation, Outcome
from domain.simulation import SimulationStarted
from infrastructure.clock import SetClock
from infrastructure.outbox import sending
from infrastructure.outbox.deliveries import Channel, Delivery, State
from infrastructure.outbox.messages import NO_ADDRESS, Mail, mail_of
from infrastructure.outbox.sending import LEASE, PAUSES, NotNowError, Sender, Sent
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.recorder import open_log
from infrastructure.persistence.tracking import position_of
from tests.infrastructure.outbox.conftest import Post, opened_post, silent
from tests.infrastructure.outbox.servers import PASSWORD, USER, smtp_server
from tests.infrastructure.persistence.entries import append, entry


def states(post: Post) -> dict[str, int]:
    return {state: depth.messages for state, depth in post.outbox.status().depths.items()}


def test_each_fact_that_has_a_letter_fills_the_outbox_once(post: Post) -> None:
    post.approach(1, 2)
    first, second = post.outbox.fill(), post.outbox.fill()
    post.approach(3)
    third = post.outbox.fill()
    found = post.outbox.deliveries()

    assert (first, second, third) == (2, 0, 1)
    assert [each.recipient for each in found] == [f"praktijk{number}@voorbeeld.example" for number in (1, 2, 3)]
    assert [each.kind for each in found] == ["questionnaire_ready"] * 3
    assert [each.correlation_id for each in found] == ["round/04000001", "round/04000002", "round/04000003"]
    assert found[0].event_id == "caresq/04000001/FYS/2025-2026@2"


def test_several_fillers_at_once_enter_nothing_twice(post: Post) -> None:
    post.approach(*range(1, 9))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: post.outbox.fill(), range(8)))

    assert len(post.outbox.deliveries()) == 8
    assert states(post) == {"waiting": 8}


def test_letters_are_files_unless_a_server_is_named(sqlite_post: Post) -> None:
    sqlite_post.approach(1)
    sqlite_post.outbox.fill()
    sent = sqlite_post.outbox.send(silent)
    folder: Path = sqlite_post.settings["mail_folder"]
    (file,) = folder.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)

    assert sent == Sent(sent=1)
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert message["To"] == "praktijk1@voorbeeld.example"
    assert message["From"] == "Caresq <contractspoor@localhost>"
    assert message["Reply-To"] == "zorginkoop@caresq.nl"
    assert message["Subject"] == "De vragenlijst staat voor u klaar - AGB-code 04000001 - fysiotherapie"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]


def test_a_letter_that_was_sent_is_never_sent_again(post: Post) -> None:
    post.approach(1)
    post.outbox.fill()

    assert [post.outbox.send(silent).sent for _ in range(2)] == [1, 0]
    assert states(post) == {"sent": 1}


# over TLS from the first byte on, the server takes a login for one in the clear
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_real_server_takes_the_letters_over_tls_and_with_a_login(
    sqlite_post: Post, tmp_path: Path, security: str
) -> None:
    with smtp_server(tmp_path, security=security) as server:
        sqlite_post.settings.update(
            smtp_host=server.host, smtp_port=server.port, smtp_security=security, smtp_ca_file=server.ca_file
        )
        if security != "none":
            sqlite_post.settings.update(smtp_user=USER, smtp_password=PASSWORD)
        sqlite_post.approach(1, 2)
        sqlite_post.outbox.fill()
        sent = sqlite_post.outbox.send(silent)

    assert sent == Sent(sent=2)
    assert server.mailbox.deliveries == [each.id for each in sqlite_post.outbox.deliveries()]
    assert len({message["Message-ID"] for message in server.mailbox.messages}) == 2


def test_a_password_comes_from_a_file_as_well(sqlite_post: Post, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    with smtp_server(tmp_path, security="starttls") as server:
        sqlite_post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_ca_file=server.ca_file)
        sqlite_post.settings.update(smtp_user=USER, smtp_password_file=tmp_path / "password")
        sqlite_post.approach(1)
        sqlite_post.outbox.fill()

        assert sqlite_post.outbox.send(silent) == Sent(sent=1)


def test_a_certificate_that_nobody_vouches_for_gets_no_letter_and_no_password(
    sqlite_post: Post, tmp_path: Path
) -> None:
    with smtp_server(tmp_path, security="starttls") as server:
        sqlite_post.settings.update(
            smtp_host=server.host, smtp_port=server.port, smtp_user=USER, smtp_password=PASSWORD
        )
        sqlite_post.approach(1)
        sqlite_post.outbox.fill()
        sent = sqlite_post.outbox.send(silent)

    assert (sent.sent, sent.failed, server.mailbox.messages) == (0, 1, [])
    assert "certificate verify failed" in sent.away[0]


def test_a_server_that_is_away_costs_no_attempt_and_gets_the_letters_later(sqlite_post: Post, tmp_path: Path) -> None:
    with smtp_server(tmp_path) as server:
        sqlite_post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
    sqlite_post.approach(1, 2)
    sqlite_post.outbox.fill()
    away = sqlite_post.outbox.send(silent)
    waiting = sqlite_post.outbox.deliveries()
    too_soon = sqlite_post.outbox.send(silent)
    sqlite_post.clock.set(sqlite_post.clock.now() + timedelta(minutes=2))
    with smtp_server(tmp_path) as server:
        sqlite_post.settings.update(smtp_port=server.port)
        sent = sqlite_post.outbox.send(silent)

    assert (away.sent, away.failed) == (0, 2)
    assert [(each.attempts, each.state) for each in waiting] == [(0, "waiting")] * 2
    assert too_soon == Sent()
    assert sent == Sent(sent=2)


def test_a_recipient_that_is_refused_for_good_waits_for_a_person_and_the_others_get_theirs(
    sqlite_post: Post, tmp_path: Path
) -> None:
    with smtp_server(tmp_path) as server:
        sqlite_post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        server.mailbox.refuse["praktijk1@voorbeeld.example"] = "550 no such mailbox"
        server.mailbox.refuse["praktijk2@voorbeeld.example"] = "451 come back later"
        sqlite_post.approach(1, 2, 3)
        sqlite_post.outbox.fill()
        sent = sqlite_post.outbox.send(silent)
        dead, later, done = sqlite_post.outbox.deliveries()
        server.mailbox.refuse.clear()
        again = sqlite_post.outbox.resend([dead.name, done.id])
        second = sqlite_post.outbox.send(silent)

    assert sent == Sent(sent=1, failed=1, dead=1)
    assert (dead.state, dead.error) == ("dead", "the mail server said 550 no such mailbox")
    assert (later.state, later.attempts) == ("waiting", 1)
    assert done.state == "sent"
    assert ([each.id for each in again.waiting], again.others) == ([dead.id], (done.id,))
    assert second == Sent(sent=1)


class Busy:
    """A way that is never free."""

    def deliver(self, delivery: Delivery) -> None:
        """Not now."""
        raise NotNowError("busy")

    def close(self) -> None:
        """Nothing is open."""


def test_pauses_grow_and_after_the_last_attempt_a_delivery_is_dead(post: Post) -> None:
    post.approach(1)
    post.outbox.fill()
    sender = Sender(post.system.log.database, post.clock, {Channel.MAIL: Busy()})
    pauses = []
    for _ in PAUSES:
        assert sender.send_due() == Sent(failed=1)
        (waiting,) = post.outbox.deliveries()
        pause = timedelta(microseconds=waiting.due_at) - timedelta(seconds=post.clock.now().timestamp())
        pauses.append(round(pause.total_seconds() * 1_000_000))
        post.clock.set(post.clock.now() + pause - timedelta(seconds=1))
        assert sender.send_due() == Sent()
        post.clock.set(post.clock.now() + timedelta(seconds=1))
    last = sender.send_due()
    (dead,) = post.outbox.deliveries()

    assert tuple(pauses) == PAUSES
    assert last == Sent(dead=1)
    assert (dead.state, dead.error) == ("dead", f"busy; given up after {len(PAUSES) + 1} attempts")


def test_a_practice_without_an_address_gets_its_letter_once_the_register_knows_one(post: Post) -> None:
    post.approach(1)
    post.register(1, email="")
    post.lapse()
    post.outbox.fill()
    (dead,) = post.outbox.deliveries(state=State.DEAD)
    too_early = post.outbox.resend(None)
    post.register(1, email="nieuw@voorbeeld.example")
    again = post.outbox.resend([dead.name])
    sent = post.outbox.send(silent)
    instead = post.outbox.deliveries(state=State.SENT)[-1]

    assert (dead.kind, dead.recipient, dead.error) == ("lapsed", "", NO_ADDRESS)
    assert (too_early.waiting, [each.id for each in too_early.stranded]) == ((), [dead.id])
    assert [each.id for each in again.waiting] == [instead.id] == [f"{dead.position}/lapsed/nieuw@voorbeeld.example"]
    assert sent == Sent(sent=2)
    assert [each.error for each in post.outbox.deliveries(state=State.SKIPPED)] == [f"goes as {instead.name} instead"]


def test_a_list_shows_no_address_unless_it_is_asked_for(post: Post) -> None:
    post.approach(1)
    post.outbox.fill()
    (found,) = post.outbox.deliveries()
    refused = found._replace(error="550 praktijk1@voorbeeld.example unknown")

    assert (found.name, found.masked_recipient) == (f"{found.position}/questionnaire_ready", "p…@voorbeeld.example")
    assert refused.masked_error == "550 p…@voorbeeld.example unknown"
    assert post.outbox.deliveries(after=found.name) == []


def test_several_senders_at_once_send_every_letter_once(post: Post, tmp_path: Path) -> None:
    post.approach(*range(1, 13))
    post.outbox.fill()
    with smtp_server(tmp_path) as server, ThreadPoolExecutor(4) as pool:
        post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        with patch.object(sending, "AT_ONCE", 2):
            sent = list(pool.map(lambda _: post.outbox.send(silent), range(4)))
        arrived = Counter(server.mailbox.deliveries)

    assert sum(each.sent for each in sent) == 12
    assert arrived == Counter(each.id for each in post.outbox.deliveries())


class Slow:
    """A way that takes six minutes for a letter; ``alike`` is another sender that looks in meanwhile."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.alike: Sender | None = None
        self.delivered: list[str] = []

    def deliver(self, delivery: Delivery) -> None:
        """Take the time."""
        self.delivered.append(delivery.id)
        self.clock.set(self.clock.now() + timedelta(minutes=6))
        if self.alike is not None:
            other, self.alike = self.alike, None
            other.send_due()

    def close(self) -> None:
        """Nothing is open."""


def test_however_slow_a_sender_is_no_other_takes_what_it_has_in_hand(post: Post) -> None:
    post.approach(1, 2, 3)
    post.outbox.fill()
    slow = Slow(post.clock)
    database = post.system.log.database
    sender = Sender(database, post.clock, {Channel.MAIL: slow})
    slow.alike = Sender(database, post.clock, {Channel.MAIL: slow})
    sent = sender.send_due()

    assert sent == Sent(sent=3)
    assert slow.delivered == [each.id for each in post.outbox.deliveries()]


def test_what_left_before_a_sender_was_stopped_is_noted(post: Post) -> None:
    post.approach(1, 2)
    post.outbox.fill()

    class Stopped(Slow):
        def deliver(self, delivery: Delivery) -> None:
            if self.delivered:
                raise KeyboardInterrupt
            super().deliver(delivery)

    with pytest.raises(KeyboardInterrupt):
        Sender(post.system.log.database, post.clock, {Channel.MAIL: Stopped(post.clock)}).send_due()

    assert states(post) == {"sent": 1, "waiting": 1}


def test_a_rebuild_of_what_is_read_from_the_log_sends_nothing(post: Post, tmp_path: Path) -> None:
    post.approach(1, 2)
    with smtp_server(tmp_path) as server:
        post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        post.outbox.fill()
        post.outbox.send(silent)
        for name in post.system.read_models.names:
            post.system.read_models.rebuild(name)
        again = post.outbox.fill(), post.outbox.send(silent)

    assert again == (0, Sent())
    assert len(server.mailbox.messages) == 2


def test_nothing_is_sent_while_sending_is_held_and_what_went_out_before_is_skipped(post: Post) -> None:
    post.approach(1, 2, 3)
    post.outbox.hold("restored from a backup")
    post.outbox.fill()
    held = post.outbox.send(silent)
    (_, second, _) = post.outbox.deliveries()
    resumed = post.outbox.resume(second.position)
    sent = post.outbox.send(silent)

    assert held == Sent(held="restored from a backup")
    assert resumed == (True, 1)
    assert sent == Sent(sent=2)
    assert states(post) == {"skipped": 1, "sent": 2}


def test_a_database_from_before_there_were_letters_sends_nothing_of_its_past(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_log_engine(url)
    schema.upgrade(engine, "0006")
    log = open_log(url)
    append(log, entry())
    log.close()
    schema.upgrade(engine)
    with engine.connect() as connection:
        upgraded = position_of(connection, "outbox")
    engine.dispose()

    assert upgraded == 1


def test_simulated_letters_never_leave_this_machine(sqlite_url: str, tmp_path: Path) -> None:
    log = open_log(sqlite_url)
    append(log, entry(stream="simulation")._replace(topic=SimulationStarted.topic(), state=b'{"seed":1,"providers":1}'))
    log.close()
    with smtp_server(tmp_path) as server, opened_post(sqlite_url, tmp_path) as post:
        post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        post.approach(1)
        post.outbox.fill()
        sent = post.outbox.send(silent)

    assert (sent, server.mailbox.messages) == (Sent(sent=1), [])
    assert len(list((tmp_path / "letters").iterdir())) == 1


def test_a_fact_that_can_not_be_read_keeps_no_letter_from_another(post: Post) -> None:
    post.approach(1)
    unheard = entry(stream="caresq/04000009/FYS/2025-2026", occurred_at=0)._replace(topic="Unheard.v9")
    post.system.log.append([unheard], now=to_microseconds(post.clock.now()))
    post.approach(2)
    post.outbox.fill()
    found = post.outbox.deliveries()

    assert [(each.kind, each.state) for each in found] == [
        ("questionnaire_ready", "waiting"),
        ("unreadable", "dead"),
        ("questionnaire_ready", "waiting"),
    ]
    assert [each.id for each in post.outbox.resend(None).stranded] == [found[1].id]


def test_a_letter_tells_why_as_it_was_decided_and_a_preview_reads_the_same(sqlite_post: Post) -> None:
    sqlite_post.approach(1)
    higher = Explanation(rule="tier.B", clause="CQ25-3.2-7", outcome=Outcome.NOT_MET, threshold="at least 3 factors")
    why = Explanation(rule="tier.C", outcome=Outcome.MET, value="2 factors", because=(higher,))
    event = sqlite_post.record(1, TierAssigned(tier="C", effective_on=date(2025, 1, 1), factors=()), why=why)
    sqlite_post.outbox.fill()
    sent = Mail.model_validate_json(sqlite_post.outbox.deliveries()[-1].message)
    previewed = letters_about(sqlite_post.system.contracting, event)
    assert previewed is not None

    assert "- niveau B: niet voldaan (gevraagd: ten minste 3 factoren) [CQ25-3.2-7]" in sent.text
    assert [mail_of(each, Language.NL) for each in previewed] == [sent]


def test_a_killed_sender_loses_no_letter_and_repeats_only_what_it_had_in_hand(
    database_url: str, tmp_path: Path
) -> None:
    with smtp_server(tmp_path) as server, opened_post(database_url, tmp_path) as post:
        post.approach(*range(1, 7))
        post.outbox.fill()
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, database_url, str(server.port), "5"],
            cwd=Path(__file__).parents[3],
            check=False,
        )
        arrived = list(server.mailbox.deliveries)
        post.settings.update(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        at_once = post.outbox.send(silent)
        post.clock.set(post.clock.now() + timedelta(microseconds=LEASE + 1))
        after_the_lease = post.outbox.send(silent)
        expected = [each.id for each in post.outbox.deliveries()]

    assert killed.returncode == -signal.SIGKILL
    assert arrived == expected[:5]
    assert at_once == Sent()
    assert after_the_lease == Sent(sent=2)
    assert sorted(set(server.mailbox.deliveries)) == sorted(expected)
    assert Counter(server.mailbox.deliveries) == Counter([*expected, expected[4]])


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from infrastructure.outbox import sending
from infrastructure.outbox.box import Outbox
from infrastructure.outbox.transports import Smtp
from infrastructure.settings import Settings

sending.AT_ONCE = 2
url, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
deliver, done = Smtp.deliver, []

def deliver_and_die(self, delivery):
    deliver(self, delivery)
    done.append(delivery)
    if len(done) == count:
        os.kill(os.getpid(), signal.SIGKILL)

Smtp.deliver = deliver_and_die
clock = SetClock(datetime(2024, 9, 16, 10, tzinfo=UTC))
with open_system(url, clock=clock) as system:
    settings = Settings(smtp_host="localhost", smtp_port=port, smtp_security="none")
    Outbox(system.contracting, system.log.database, clock, settings).send(lambda done, total: None)
"""
