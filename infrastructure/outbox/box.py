"""The outbox as commands and the scheduler use it: fill, send, look, mend."""

import logging
from collections.abc import Sequence
from datetime import datetime
from threading import Event, Lock
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from application.contracting import Contracting
from application.letters.letter import Language
from application.ports import Clock, ProgressReport, StorageUnavailable, ToldOf
from application.providers import ProviderStreams
from domain.calendar import to_microseconds
from domain.simulation import SIMULATION_STREAM
from infrastructure.outbox import deliveries
from infrastructure.outbox.deliveries import Channel, Delivery, Depth, State
from infrastructure.outbox.filling import Filler
from infrastructure.outbox.receivers import ReceiversError, read_receivers
from infrastructure.outbox.resending import Resent, resend
from infrastructure.outbox.sending import AT_ONCE, Sender, Sent, Transport, send_all
from infrastructure.outbox.transports import MailFolder, Senders, Smtp, SmtpServer, Webhooks
from infrastructure.persistence import sending, tracking
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors
from infrastructure.persistence.sending import Hold
from infrastructure.settings import Settings

_LOG = logging.getLogger("contractspoor.outbox")


class OutboxStatus(NamedTuple):
    """How far the outbox has read, whether sending is held, and how much is in which state."""

    position: int
    hold: Hold | None
    depths: dict[str, Depth]


class _Progress:
    """Counts what several senders tried."""

    def __init__(self, report: ProgressReport | None, total: int) -> None:
        self._report = report
        self._total = total
        self._lock = Lock()
        self._done = 0

    def one_more(self) -> None:
        with self._lock:
            self._done += 1
            if self._report is not None:
                self._report(self._done, self._total)


def _open_part(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Outbox:
    """The outbox of a database. Simulated facts are told of into a folder only, whatever the settings say."""

    def __init__(self, contracting: Contracting, database: LogDatabase, clock: Clock, settings: Settings) -> None:
        self._contracting = contracting
        self._database = database
        self._clock = clock
        self._settings = settings

    def fill(self) -> int:
        """Enter what is new in the log; how many deliveries. Raises ``StorageUnavailable`` and ``ReceiversError``."""
        return self._filler().fill()

    def send(self, report: ProgressReport | None = None, stop: Event | None = None) -> Sent:
        """Send what is due, over as many connections as the settings say, until ``stop`` is set if one is given.

        Raises what ``fill`` raises.
        """
        with storage_errors(self._database.engine.url), self._database.engine.connect() as connection:
            waiting = deliveries.waiting(connection)
        turns = min(self._settings.mail_connections, max(1, waiting // AT_ONCE))
        transports = [self._transports() for _ in range(turns)]
        progress = _Progress(report, waiting)
        try:
            senders = [Sender(self._database, self._clock, each) for each in transports]
            return send_all(senders, progress.one_more, stop or Event())
        finally:
            for each in transports:
                for transport in each.values():
                    transport.close()

    def run(self, stop: Event, every: float) -> None:
        """Fill and send every so many seconds until ``stop`` is set; the letter in hand is finished.

        Goes on after a database, or a file of receivers, that could not be read; that is told in the program's log.
        """
        while not stop.is_set():
            try:
                self.fill()
                sent = self.send(stop=stop)
            except (StorageUnavailable, ReceiversError) as error:
                _LOG.warning("%s; trying again", error)
            else:
                for away in sent.away:
                    _LOG.warning("%s; trying again", away)
            stop.wait(every)

    def status(self) -> OutboxStatus:
        """How it stands."""
        with self._database.engine.connect() as connection:
            return OutboxStatus(
                tracking.position_of(connection, "outbox"), sending.held(connection), deliveries.depths(connection)
            )

    def deliveries(
        self,
        *,
        state: State | None = None,
        stream_id: str | None = None,
        purchaser: str | None = None,
        channel: Channel | None = None,
        up_to: int | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """A page of deliveries, in the order of what caused them; of facts up to a log position, if given."""
        with self._database.engine.connect() as connection:
            return deliveries.listed(
                connection,
                state=state,
                stream_id=stream_id,
                purchaser=purchaser,
                channel=channel,
                up_to=up_to,
                after=after,
                limit=limit,
            )

    def caused_by(self, positions: Sequence[int], purchaser: str | None) -> list[ToldOf]:
        """See ``application.ports.Deliveries``: no whole address leaves the outbox by this."""
        with self._database.engine.connect() as connection:
            return [
                ToldOf(each.position, each.name, each.kind, each.channel, each.masked_recipient, each.state)
                for each in deliveries.caused_by(connection, positions, purchaser)
            ]

    def resend(self, ids: Sequence[str] | None, purchaser: str | None = None) -> Resent:
        """Let dead or skipped deliveries be tried anew, or every dead one, of a purchaser if one is named.

        Raises ``ReceiversError``.
        """
        now = to_microseconds(self._clock.now())
        providers = ProviderStreams(self._contracting.log_port, self._contracting.facts, self._clock)
        return resend(self._database, self._filler(), providers, ids, now=now, purchaser=purchaser)

    def receivers(self, purchaser: str) -> list[tuple[str, str]]:
        """The names of who is told by webhook of a purchaser's contracts, each with its address; never its secret.

        What may be secret in an address, a user or a query, is left out. Raises ``ReceiversError``.
        """
        found = read_receivers(self._settings.webhooks_file)
        return [(each.name, _open_part(each.url)) for each in found if each.purchaser == purchaser]

    def hold(self, reason: str) -> None:
        """Hold sending back until ``resume``."""
        with self._database.transaction() as connection:
            sending.hold(connection, at=self._clock.now(), reason=reason)

    def end_hold(self, held_at: datetime, position: int | None) -> bool:
        """Let sending go on from a log position, where the hold that stands is that of an instant or none does.

        False for another hold: it stays. Where none stands nothing is skipped.
        """
        with self._database.transaction() as connection:
            standing = sending.held(connection)
            if standing is None:
                return True
            if standing.held_at != held_at:
                return False
            if position is not None:
                deliveries.skip_before(connection, position)
            return sending.release(connection)

    def resume(self, position: int | None) -> tuple[bool, int]:
        """Let sending go on from a log position; whether it was held, and how many deliveries are skipped."""
        with self._database.transaction() as connection:
            skipped = 0 if position is None else deliveries.skip_before(connection, position)
            return sending.release(connection), skipped

    def _filler(self) -> Filler:
        receivers = () if self._simulated() else read_receivers(self._settings.webhooks_file)
        language = Language(self._settings.letters_language)
        return Filler(self._contracting, self._database, self._clock, language=language, receivers=receivers)

    def _transports(self) -> dict[Channel, Transport]:
        settings = self._settings
        senders = Senders(settings.mail_sender, settings.mail_senders)
        if settings.smtp_host is None or self._simulated():
            return {Channel.MAIL: MailFolder(settings.mail_folder, senders), **self._webhooks()}
        password = "" if settings.smtp_password is None else settings.smtp_password.get_secret_value()
        if settings.smtp_password_file is not None:
            password = settings.smtp_password_file.read_text(encoding="utf-8").strip()
        server = SmtpServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user or "",
            password,
            None if settings.smtp_ca_file is None else str(settings.smtp_ca_file),
        )
        return {Channel.MAIL: Smtp(server, senders), **self._webhooks()}

    def _webhooks(self) -> dict[Channel, Transport]:
        receivers = () if self._simulated() else read_receivers(self._settings.webhooks_file)
        return {Channel.WEBHOOK: Webhooks(receivers, self._clock)} if receivers else {}

    def _simulated(self) -> bool:
        """Whether everything in the log is made up: its first fact says so."""
        rows = self._contracting.log_port.rows_after(0, limit=1)
        return bool(rows) and rows[0].originator_id == SIMULATION_STREAM
