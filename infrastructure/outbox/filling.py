"""Fills the outbox: reads the log behind a cursor of its own, and enters what each commit has to tell.

Deliveries and cursor commit together, and no rebuild moves the cursor: a fact is told of once, whoever reads it again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from application.contracting import Contracting
from application.letters.letter import Language
from application.letters.notices import notices_of
from application.letters.writing import letters_of
from application.ports import Clock, Row, VersionConflict
from domain.calendar import to_microseconds
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId, is_contract
from domain.contract.facts import ApplicationRefused, QuestionnaireAssessed, TierAssigned
from domain.explanation import Explanation
from domain.history import Recorded
from domain.provider.facts import fold_provider, provider_stream
from domain.provider.provider import Provider
from infrastructure.outbox.deliveries import Channel, Delivery, State, enter
from infrastructure.outbox.messages import NO_ADDRESS, mail_of
from infrastructure.persistence import tracking
from infrastructure.persistence.commits import whole_commits
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors

OUTBOX = "outbox"
"""The name of the cursor."""
UNREADABLE = "unreadable"
"""The kind of a delivery that stands for a commit which this program can not read."""
_EXPLAINED = frozenset(each.stored_name for each in (TierAssigned, QuestionnaireAssessed, ApplicationRefused))
"""The facts whose letters tell why."""
_STREAMS = 500


class Receiver(NamedTuple):
    """A claims system that is told by webhook of one purchaser's contracts."""

    name: str
    purchaser: str
    url: str
    secret: bytes


class Filler:
    """Enters deliveries for what is new in the log."""

    def __init__(
        self,
        contracting: Contracting,
        database: LogDatabase,
        clock: Clock,
        *,
        language: Language,
        receivers: Sequence[Receiver] = (),
    ) -> None:
        self._contracting = contracting
        self._log = contracting.log_port
        self._facts = contracting.facts
        self._database = database
        self._clock = clock
        self._language = language
        self._receivers = receivers

    def fill(self) -> int:
        """Read on to the head of the log; how many deliveries were entered.

        Another filler at the same place makes this one read on behind it. Raises ``StorageUnavailable``.
        """
        entered = 0
        while True:
            position = self._position()
            rows = whole_commits(self._log, position)
            if not rows:
                return entered
            self._contracting.policies.refresh()
            deliveries = list(self._deliveries(rows))
            try:
                with storage_errors(self._database.engine.url), self._database.transaction() as connection:
                    tracking.move(connection, OUTBOX, read_from=position, to=rows[-1].position)
                    enter(connection, deliveries)
            except VersionConflict:
                continue
            entered += len(deliveries)

    def read_again(self, delivery: Delivery) -> list[Delivery]:
        """What the commit has to tell whose first fact of a contract caused this delivery; nothing is entered."""
        self._contracting.policies.refresh()
        history = self._log.read_streams([delivery.stream_id])
        recorded_at = next(row.recorded_at for row in history if row.position == delivery.position)
        commit = [row for row in history if row.recorded_at == recorded_at]
        contract_id = ContractId.parse(delivery.stream_id)
        practices = self._read({provider_stream(contract_id.agb)}, commit[-1].position)
        return list(self._of_commit(contract_id, commit, history, practices))

    def _position(self) -> int:
        with storage_errors(self._database.engine.url), self._database.engine.connect() as connection:
            return tracking.position_of(connection, OUTBOX)

    def _deliveries(self, rows: Sequence[Row]) -> Iterator[Delivery]:
        """Those of every contract that the rows are about, in the order of the rows."""
        commits: dict[tuple[str, int], list[Row]] = {}
        for row in rows:
            if is_contract(row.originator_id):
                commits.setdefault((row.originator_id, row.recorded_at), []).append(row)
        ids = list(dict.fromkeys(stream for stream, _ in commits))
        for first in range(0, len(ids), _STREAMS):
            page = set(ids[first : first + _STREAMS])
            histories = self._read(page, rows[-1].position)
            practices = self._read({provider_stream(ContractId.parse(each).agb) for each in page}, rows[-1].position)
            for (stream, _), commit in commits.items():
                if stream in page:
                    yield from self._of_commit(ContractId.parse(stream), commit, histories[stream], practices)

    def _read(self, stream_ids: set[str], up_to: int) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self._log.read_streams(sorted(stream_ids), up_to=up_to):
            found.setdefault(row.originator_id, []).append(row)
        return found

    def _of_commit(
        self, contract_id: ContractId, commit: Sequence[Row], history: Sequence[Row], practices: dict[str, list[Row]]
    ) -> Iterator[Delivery]:
        """What one commit has to tell; what can not be read becomes a dead delivery, for a person to see."""
        last = commit[-1].position
        now = to_microseconds(self._clock.now())
        try:
            known = self._facts.decode_all([row for row in history if row.position <= last])
            practice = practices.get(provider_stream(contract_id.agb), [])
            recorded = self._facts.decode_all([row for row in practice if row.position <= last])
            provider = fold_provider(recorded, contract_id.purchaser)
            explained = [row.position for row in commit if row.topic.partition(".")[0] in _EXPLAINED]
            stored = self._log.explanations_at(explained) if explained else {}
            why = {position: self._facts.decode_explanation(each) for position, each in stored.items()}
            yield from self._messages(contract_id, known, known[-len(commit) :], provider, why, now)
        except Exception as error:  # noqa: BLE001 - one contract that can not be read keeps no letter from another
            row = commit[0]
            yield Delivery(
                id=f"{row.position}/{UNREADABLE}/",
                position=row.position,
                event_id=f"{row.originator_id}@{row.originator_version}",
                kind=UNREADABLE,
                channel=Channel.MAIL,
                purchaser=contract_id.purchaser,
                stream_id=row.originator_id,
                recipient="",
                correlation_id="",
                message=b"{}",
                created_at=now,
                state=State.DEAD,
                error=f"{type(error).__name__}: {error}".splitlines()[0][:500],
            )

    def _messages(
        self,
        contract_id: ContractId,
        history: Sequence[Recorded],
        commit: Sequence[Recorded],
        provider: Provider | None,
        why: Mapping[int, Explanation],
        now: int,
    ) -> Iterator[Delivery]:
        before = fold(history[: len(history) - len(commit)])
        version = self._contracting.policies.governing(contract_id).at(commit[-1].occurred_at)
        if version is not None:
            for letter in letters_of(contract_id, history, commit, version, provider, why):
                entered = _delivery(
                    letter.delivery_id,
                    commit,
                    (letter.position, letter.event_id, letter.kind.value),
                    (Channel.MAIL, letter.purchaser, letter.recipient),
                    mail_of(letter, self._language).model_dump_json().encode(),
                    now,
                )
                yield entered if letter.recipient else entered._replace(state=State.DEAD, error=NO_ADDRESS)
        for notice in notices_of(contract_id, before, commit):
            for receiver in self._receivers:
                if receiver.purchaser == notice.purchaser:
                    yield _delivery(
                        f"{notice.position}/{notice.type}/{receiver.name}",
                        commit,
                        (notice.position, notice.event_id, notice.type.value),
                        (Channel.WEBHOOK, notice.purchaser, receiver.name),
                        notice.model_dump_json().encode(),
                        now,
                    )


def _delivery(
    delivery_id: str,
    commit: Sequence[Recorded],
    cause: tuple[int, str, str],
    to: tuple[Channel, str, str],
    message: bytes,
    now: int,
) -> Delivery:
    position, event_id, kind = cause
    channel, purchaser, recipient = to
    return Delivery(
        id=delivery_id,
        position=position,
        event_id=event_id,
        kind=kind,
        channel=channel,
        purchaser=purchaser,
        stream_id=commit[0].stream_id,
        recipient=recipient,
        correlation_id=commit[0].envelope().correlation_id,
        message=message,
        created_at=now,
        due_at=now,
    )
