"""Files of evidence: supplied, handed out, and held against the log that names them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, NamedTuple

from application.audit.access import Action, Reading, record_access
from application.contracting import Answer, Contracting
from application.order import Order
from application.ports import (
    AccessLog,
    EvidenceDamaged,
    EvidenceMissing,
    EvidenceStore,
    KeptEvidence,
    StoredFile,
    UnfinishedFile,
)
from domain.agb import AgbCode
from domain.calendar import from_microseconds
from domain.contract.commands import UploadEvidence
from domain.contract.contract_id import ContractId, is_contract
from domain.contract.facts import EvidenceUploaded
from domain.history import FactCorrected, effective
from domain.refusal import Refused, RefusedError

UNREFERENCED_FOR = timedelta(days=1)
"""For so long a file that no fact names may belong to a command that is still on its way."""
NAMING = (EvidenceUploaded.topic(), FactCorrected.topic())


class Supplied(NamedTuple):
    """What supplying a file brought; ``evidence_id`` is the earlier one when this very file was supplied before."""

    evidence_id: str
    file: KeptEvidence
    answer: Answer


class Reader(NamedTuple):
    """Who asks for evidence, by name for the access log, and for whom: a purchaser or a practice, and no other."""

    name: str
    purchaser: str | None = None
    practice: AgbCode | None = None


class Evidence(NamedTuple):
    """A file that is handed out; whoever asked closes ``content``."""

    evidence_id: str
    factor: str
    file: KeptEvidence
    content: BinaryIO


class Named(NamedTuple):
    """A file as a fact of the log names it."""

    event_id: str
    sha256: str


class Checked(NamedTuple):
    """The store held against the log: how many files the log names, and what is wrong, each file once."""

    named: int
    missing: tuple[Named, ...]
    damaged: tuple[Named, ...]
    unreferenced: tuple[StoredFile, ...]


def supply_evidence(
    contracting: Contracting,
    store: EvidenceStore,
    contract_id: ContractId,
    factor: str,
    content: Iterable[bytes],
    order: Order,
    *,
    claimed: str | None = None,
) -> Supplied:
    """Take in a file and record that it was supplied for a factor: the file first, so that no fact is without one.

    ``claimed`` is the SHA-256 that the sender names. Raises ``RefusedError`` for a file that is not accepted, and when
    a rule forbids the supply: the file then stays behind, named by nothing, for ``unreferenced`` to find. Raises
    ``EvidenceUnavailable``.
    """
    file = store.keep(content, claimed=claimed)
    command = UploadEvidence(factor=factor, sha256=file.sha256, size=file.size, media_type=file.media_type)
    answer = contracting.act(contract_id, command, order)
    for fact in answer.facts:
        if isinstance(fact, EvidenceUploaded):
            return Supplied(fact.evidence_id, file, answer)
    known = contracting.load(contract_id).contract.evidence.values()
    same = [each.evidence_id for each in known if (each.factor, each.sha256) == (factor, file.sha256)]
    return Supplied(same[-1], file, answer)


def read_evidence(
    contracting: Contracting,
    store: EvidenceStore,
    access: AccessLog,
    contract_id: ContractId,
    evidence_id: str,
    reader: Reader,
) -> Evidence:
    """A file that was supplied, verified and written into the access log before it is handed out.

    Raises ``RefusedError`` when the contract is another's than the reader's, or has no such evidence; then
    ``EvidenceMissing``, ``EvidenceDamaged``, ``EvidenceUnavailable`` and ``StorageUnavailable``.
    """
    _check_whose(contract_id, reader)
    horizon = contracting.log_port.horizon()
    rows = contracting.log_port.read_streams([str(contract_id)], up_to=horizon.position)
    facts = (each.fact for each in effective(contracting.facts.decode_all(rows)))
    supplied = {each.evidence_id: each for each in facts if isinstance(each, EvidenceUploaded)}
    found = supplied.get(evidence_id)
    if found is None:
        message = (
            f"{contract_id} has no evidence {evidence_id[:80]!a}; supplied so far: {', '.join(supplied) or 'none'}"
        )
        raise RefusedError(Refused("EVIDENCE_UNKNOWN", message))
    content = store.read(found.sha256)
    try:
        subject = {"contract": str(contract_id), "evidence": evidence_id, "SHA-256": found.sha256}
        known_at, position = from_microseconds(horizon.known_at), horizon.position
        reading = Reading(reader.name, Action.EVIDENCE, subject, contract_id.purchaser, known_at, position)
        record_access(access, contracting.clock, reading)
    except BaseException:
        content.close()
        raise
    return Evidence(evidence_id, found.factor, KeptEvidence(found.sha256, found.size, found.media_type), content)


def _check_whose(contract_id: ContractId, reader: Reader) -> None:
    if reader.purchaser is not None and reader.purchaser != contract_id.purchaser:
        message = f"{contract_id} is of another purchaser than {reader.purchaser}"
        raise RefusedError(Refused("OF_ANOTHER_PURCHASER", message))
    if reader.practice is not None and reader.practice != contract_id.agb:
        message = f"{contract_id} is of another practice than {reader.practice}"
        raise RefusedError(Refused("OF_ANOTHER_PRACTICE", message))
    if reader.purchaser is None and reader.practice is None:
        message = "evidence is read for a purchaser or for a practice; name one"
        raise RefusedError(Refused("OF_ANOTHER_PRACTICE", message))


def check_evidence(contracting: Contracting, store: EvidenceStore, at: datetime) -> Checked:
    """Hold every file against the log: which ones are missing, which damaged, and which ones nothing names."""
    stored = list(store.stored())
    named: dict[str, str] = {}
    for each in _named(contracting):
        named.setdefault(each.sha256, each.event_id)
    missing, damaged = [], []
    for sha256, event_id in named.items():
        try:
            store.read(sha256).close()
        except EvidenceMissing:
            missing.append(Named(event_id, sha256))
        except EvidenceDamaged:
            damaged.append(Named(event_id, sha256))
    return Checked(len(named), tuple(missing), tuple(damaged), _unreferenced(stored, named, at))


def unreferenced(contracting: Contracting, store: EvidenceStore, at: datetime) -> tuple[StoredFile, ...]:
    """The files that no fact names and that were last taken in more than a day before an instant."""
    stored = list(store.stored())  # before the log is read: what is named by now is not among them
    return _unreferenced(stored, {each.sha256 for each in _named(contracting)}, at)


def left_unfinished(store: EvidenceStore, at: datetime) -> tuple[UnfinishedFile, ...]:
    """What writes that were cut off left more than a day before an instant; a younger one may still go on."""
    return tuple(each for each in store.unfinished() if at - each.written_at > UNREFERENCED_FOR)


def _unreferenced(stored: Iterable[StoredFile], named: Iterable[str], at: datetime) -> tuple[StoredFile, ...]:
    known = set(named)
    return tuple(each for each in stored if each.sha256 not in known and at - each.stored_at > UNREFERENCED_FOR)


def _named(contracting: Contracting) -> Iterator[Named]:
    """Every file that the log names, those of entries that were mended since too."""
    position = 0
    while rows := contracting.log_port.rows_after(position):
        position = rows[-1].position
        naming = [row for row in rows if row.topic in NAMING and is_contract(row.originator_id)]
        for recorded in contracting.facts.decode_all(naming):
            fact = recorded.fact
            if isinstance(fact, EvidenceUploaded):
                yield Named(recorded.event_id, fact.sha256)
            elif isinstance(fact, FactCorrected) and "sha256" in (fact.replacement or {}):
                yield Named(recorded.event_id, str((fact.replacement or {})["sha256"]))
