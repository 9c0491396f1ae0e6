"""Deadlines as a calendar: those of one practice, or the planning of a purchaser's policies.

Everything in it comes from the log, also how often an entry changed and when: the same log gives the same calendar, and
an entry keeps its id, so that a client that read it before changes what it has.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby

from application.contracting import Contracting
from application.ports import Horizon
from application.wording.explanations import Language
from domain.agb import AgbCode
from domain.calendar import Deadline, Instant, from_microseconds
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.standing import deadlines_of, last_signing_day
from domain.history import Recorded
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.policy.document import PolicyDocument
from domain.policy.planning import PlanningRow
from domain.policy.values import Bilingual

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_SUMMARIES = {
    "questionnaire": Bilingual(
        nl="Vragenlijst {care_type} bevestigen - {purchaser}", en="Confirm the questionnaire {care_type} - {purchaser}"
    ),
    "signing": Bilingual(
        nl="Contractaanbod {care_type} tekenen - {purchaser}", en="Sign the offer for {care_type} - {purchaser}"
    ),
    "end": Bilingual(
        nl="Laatste dag zorgovereenkomst {care_type} - {purchaser}",
        en="Last day of the contract for {care_type} - {purchaser}",
    ),
}
_LAST_DAY = Bilingual(
    nl="Tot en met deze dag, tot middernacht in Amsterdam. Kenmerk: {contract}",
    en="Up to and including this day, until midnight in Amsterdam. Reference: {contract}",
)
_BINDS = Bilingual(nl="Bindend.", en="Binding.")
_TARGET = Bilingual(nl="Streefdatum.", en="A target.")


class CalendarEntry(Frozen):
    """A deadline: the local days that it takes, both counted, and how it came to be as it is.

    ``sequence`` counts its changes, the last of which was recorded at ``changed_at``. ``cancelled`` is what nobody
    needs to mind any more, because it was done or fell away; ``tentative`` is a window or a target that ends nothing.
    """

    uid: str
    summary: str
    description: str
    category: str
    first_day: date
    last_day: date
    tentative: bool = False
    cancelled: bool = False
    sequence: int = 0
    created_at: Instant
    changed_at: Instant


class CalendarFeed(Frozen):
    """All entries as the log knows them at ``position``, ordered by day."""

    name: str
    language: Language
    position: int
    entries: tuple[CalendarEntry, ...]


def provider_feed(
    contracting: Contracting, agb: AgbCode, language: Language, horizon: Horizon, *, purchaser: str | None = None
) -> CalendarFeed:
    """The deadlines of one practice with every purchaser, or with one; for nobody but the practice without one."""
    log, facts, policies = contracting.log_port, contracting.facts, contracting.policies
    policies.refresh()
    position = horizon.position
    known = sorted({each.document.purchaser.id for each in policies.adopted_by(position)})
    streams = [stream for each in known if purchaser in {None, each} for stream in log.stream_ids(f"{each}/{agb}/")]
    history = facts.decode_all(log.read_streams(streams, up_to=position)) if streams else []
    entries: list[CalendarEntry] = []
    for stream, recorded in groupby(history, key=lambda each: each.stream_id):
        contract_id = ContractId.parse(stream)
        versions = policies.governing(contract_id, up_to=position)
        entries += _of_contract(contracting, contract_id, list(recorded), versions, language)
    return CalendarFeed(name=f"Contractspoor {agb}", language=language, position=position, entries=_ordered(entries))


def purchaser_feed(contracting: Contracting, purchaser: str, language: Language, horizon: Horizon) -> CalendarFeed:
    """The planning of every policy that a purchaser adopted; no entry is about a practice."""
    policies, position = contracting.policies, horizon.position
    policies.refresh()
    versions = [each for each in policies.adopted_by(position) if each.document.purchaser.id == purchaser]
    recorded_at = _recorded_at(contracting, [each.position for each in versions])
    entries: list[CalendarEntry] = []
    for policy_id in dict.fromkeys(each.document.id for each in versions):
        kept: dict[str, CalendarEntry] = {}
        for version in versions:
            if version.document.id == policy_id:
                at = recorded_at[version.position]
                _keep(kept, _planned(version.document, at, language), at)
        entries += kept.values()
    return CalendarFeed(
        name=f"Contractspoor {purchaser}", language=language, position=position, entries=_ordered(entries)
    )


def _of_contract(
    contracting: Contracting,
    contract_id: ContractId,
    history: Sequence[Recorded],
    versions: PolicyVersions,
    language: Language,
) -> Iterable[CalendarEntry]:
    """As it was after every commit of the contract and every adoption of its policy, one change upon the other."""
    began = history[0].position
    moments = {each.position: each.recorded_at for each in history}
    moments |= _recorded_at(contracting, [each.position for each in versions.versions if each.position > began])
    kept: dict[str, CalendarEntry] = {}
    for position, at in sorted(moments.items()):
        # a version that is adopted holds for what lies ahead of it, also when it is in force from a later day
        adopted = PolicyVersions(tuple(each for each in versions.versions if each.position <= position))
        version = adopted.at(_FOR_EVER)
        if version is not None and moments.get(position + 1) != at:  # not in the middle of a commit
            contract = fold([each for each in history if each.position <= position])
            _keep(kept, _deadlines(contract_id, contract, version, at, language), at)
    return kept.values()


def _deadlines(
    contract_id: ContractId, contract: Contract, version: PolicyVersion, at: datetime, language: Language
) -> Iterator[CalendarEntry]:
    document, care_type = version.document, contract_id.care_type
    for attempt in contract.attempts:
        deadlines = deadlines_of(attempt, document, care_type)
        found: list[tuple[str, date, bool]] = []
        if attempt.questionnaire_sent_at is not None and deadlines.questionnaire is not None:
            found.append(("questionnaire", deadlines.questionnaire.last_day, attempt.confirmed_at is not None))
        if attempt.offer is not None:
            done = attempt.signed_at is not None or attempt.declined_at is not None
            found.append(("signing", last_signing_day(attempt.offer, deadlines), done))
        if attempt.concluded and attempt.term is not None and attempt.term.end is not None:
            found.append(("end", attempt.term.end, False))
        for kind, day, done in found:
            told = {
                "care_type": care_type.dutch if language is Language.NL else care_type.english,
                "purchaser": document.purchaser.name,
                "contract": str(contract_id),
            }
            yield CalendarEntry(
                uid=f"{contract_id}/{attempt.attempt}/{kind}@contractspoor".replace("/", "."),
                summary=getattr(_SUMMARIES[kind], language).format(**told),
                description=getattr(_LAST_DAY, language).format(**told),
                category=kind,
                first_day=day,
                last_day=day,
                cancelled=done,
                created_at=at,
                changed_at=at,
            )


def _planned(document: PolicyDocument, at: datetime, language: Language) -> Iterator[CalendarEntry]:
    alike: Counter[str] = Counter()
    for row in document.planning:
        days = _days(row)
        if days is None:
            continue
        name = ".".join((document.id, row.kind, *sorted(row.care_types)))
        alike[name] += 1
        names = ", ".join(each.dutch if language is Language.NL else each.english for each in row.care_types)
        binds: str = getattr(_BINDS if row.binding else _TARGET, language)
        yield CalendarEntry(
            uid=f"{name}.{alike[name]}@contractspoor",
            summary=f"{row.label} - {document.purchaser.name}",
            description=f"{names}. {binds} {document.id} {row.clause}",
            category=row.kind,
            first_day=days[0],
            last_day=days[1],
            tentative=not row.binding,
            created_at=at,
            changed_at=at,
        )


def _days(row: PlanningRow) -> tuple[date, date] | None:
    if row.window is not None:
        return row.window.first_day, row.window.last_day
    if row.day is None:
        return None
    last_day = Deadline(day=row.day, boundary=row.boundary).last_day
    return last_day, last_day


def _keep(kept: dict[str, CalendarEntry], present: Iterable[CalendarEntry], at: datetime) -> None:
    """Make what was kept what is present: an entry that is new, has changed, or is gone and so cancelled."""
    found = {each.uid: each for each in present}
    for uid, entry in found.items():
        was = kept.get(uid)
        if was is None and not entry.cancelled:
            kept[uid] = entry
        elif was is not None and not (was.cancelled and entry.cancelled):
            same = {"sequence": was.sequence, "created_at": was.created_at, "changed_at": was.changed_at}
            if entry.model_copy(update=same) != was:
                kept[uid] = entry.model_copy(update={"sequence": was.sequence + 1, "created_at": was.created_at})
    for uid, was in kept.items():
        if uid not in found and not was.cancelled:
            kept[uid] = was.model_copy(update={"cancelled": True, "sequence": was.sequence + 1, "changed_at": at})


def _recorded_at(contracting: Contracting, positions: Sequence[int]) -> dict[int, datetime]:
    rows = contracting.log_port.rows_at(positions) if positions else []
    return {row.position: from_microseconds(row.recorded_at) for row in rows}


def _ordered(entries: Iterable[CalendarEntry]) -> tuple[CalendarEntry, ...]:
    return tuple(sorted(entries, key=lambda each: (each.first_day, each.uid)))
