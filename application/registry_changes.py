"""What changes in the register reaches the running contracts that rest on it: a person is asked, nothing is decided."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from application.contract_pages import contract_pages
from application.contracting import Contracting, Loaded
from application.due import SYSTEM, DueFailure, DueReport
from application.order import Order
from application.ports import VersionConflict
from application.providers import ProviderStreams
from application.register_looks import Looks, look_at
from domain.agb import AgbCode
from domain.calendar import day_start, instant_text, local_day, next_day, to_microseconds
from domain.contract.commands import RequestReview
from domain.contract.contract import Contract
from domain.contract.contract_id import ContractId
from domain.contract.ended_proofs import EndedProof, ended_proofs
from domain.contract.facts import EvidenceAccepted, QuestionnaireConfirmed, ReviewGround, ReviewRequested, Signed
from domain.contract.register_changes import ContractBasis, Loss, RegisterState, losses
from domain.history import Fact, FactCorrected, Recorded, UnreadableError, effective
from domain.provider.facts import ProviderChanged, RegisterFact, fold_provider, provider_stream
from domain.refusal import Refused, RefusedError

PROVIDERS = provider_stream(AgbCode("00000000"))[:-8]
REASON = "the register says so"
CHANGES = (ProviderChanged.topic(), FactCorrected.topic())


def ask_about_register(
    contracting: Contracting,
    at: datetime,
    practices: Collection[AgbCode] | None = None,
    *,
    looks: Looks | None = None,
    correlation_id: str | None = None,
) -> DueReport:
    """Ask for a review of whatever a running contract rested on in the register and, at ``at``, rests on no longer.

    Of all practices, or of those given; for any purchaser. A change is asked about once, under
    ``registry/<event of the register>/<contract id>/<what>/<day>``, with that event as its cause; not again where a
    review of the same was asked for since. With ``looks``, a contract of which an earlier look says that nothing is
    to be asked is not read again. Raises ``RefusedError`` when ``at`` lies in the future.
    """
    now = contracting.clock.now()
    if at > now:
        message = f"nothing is due at {instant_text(at)} yet: it is {instant_text(now)}"
        raise RefusedError(Refused("OCCURRED_IN_FUTURE", message))
    recorded: Counter[str] = Counter()
    failures: list[DueFailure] = []
    contracts = 0

    def fail(contract_id: str, error: Exception) -> None:
        failures.append(DueFailure(contract_id=contract_id, message=str(error)))

    streams = ProviderStreams(contracting.log_port, contracting.facts, contracting.clock)

    def looked_at(contract_ids: Sequence[ContractId]) -> Collection[ContractId]:
        return () if looks is None else _standing(contracting, looks, contract_ids, at)

    for page in contract_pages(contracting, practices=practices, on_unreadable=fail, without=looked_at):
        contracts += len(page)
        found_nothing = [look_at(loaded, (), None, at) for loaded in page if _running(loaded.contract, at) is None]
        running = [(loaded, attempt) for loaded in page if (attempt := _running(loaded.contract, at)) is not None]
        histories = _histories(streams, [loaded.contract_id.agb for loaded, _ in running])
        for loaded, attempt in running:
            try:
                history = histories[loaded.contract_id.agb]
                if isinstance(history, UnreadableError):
                    raise history
                states = _states(history)
                unasked = list(_unasked(loaded, attempt, history, states, at))
                for loss in unasked:
                    occurred_at = None if at == now else at
                    recorded.update(_ask(contracting, loaded, loss, occurred_at, correlation_id))
                if not unasked:
                    practice = provider_stream(loaded.contract_id.agb), history[-1].version if history else 0
                    found_nothing.append(look_at(loaded, states, practice, at))
            except (RefusedError, VersionConflict, UnreadableError) as error:
                fail(str(loaded.contract_id), error)
        if looks is not None:
            looks.keep(found_nothing)
    return DueReport(at=at, contracts=contracts, recorded=dict(sorted(recorded.items())), failures=tuple(failures))


def ask_about_changes_after(contracting: Contracting, position: int, *, correlation_id: str | None = None) -> DueReport:
    """The same for the practices of which the register said something else after a log position: what an import did.

    With the ``correlation_id`` of who brought it in.
    """
    changed: set[AgbCode] = set()
    while rows := contracting.log_port.rows_after(position):
        position = rows[-1].position
        changed |= {
            AgbCode(row.originator_id.removeprefix(PROVIDERS))
            for row in rows
            if row.topic in CHANGES and row.originator_id.startswith(PROVIDERS)
        }
    return ask_about_register(contracting, contracting.clock.now(), sorted(changed), correlation_id=correlation_id)


def _running(contract: Contract, at: datetime) -> Contract | None:
    """The attempt whose contract is concluded and has not ended, if there is one."""
    today = local_day(at)
    for attempt in contract.attempts:
        term = attempt.term
        if attempt.concluded and term is not None and (term.end is None or term.end >= today):
            return attempt
    return None


def _histories(streams: ProviderStreams, agbs: Sequence[AgbCode]) -> dict[AgbCode, list[Recorded] | UnreadableError]:
    """All at once; one by one when there is a fact that this version does not know."""
    found: dict[AgbCode, list[Recorded] | UnreadableError] = {agb: [] for agb in agbs}
    try:
        return {**found, **streams.histories(sorted(found))}
    except UnreadableError:
        for agb in found:
            try:
                found[agb] = streams.history(agb)
            except UnreadableError as error:
                found[agb] = error
        return found


def _standing(
    contracting: Contracting, looks: Looks, contract_ids: Sequence[ContractId], at: datetime
) -> Collection[ContractId]:
    """The contracts of which nothing is to be asked, as an earlier look says and no adoption since changed."""
    adoptions = {str(each): contracting.policies.governing(each).versions[-1].position for each in contract_ids}
    standing = looks.standing(list(adoptions), to_microseconds(at))
    return {ContractId.parse(each) for each, position in standing if adoptions[each] == position}


def _states(history: Sequence[Recorded]) -> list[RegisterState]:
    """What the register said, oldest first, without what was mended."""
    return [
        RegisterState(each.occurred_at, each.event_id, each.fact.record)
        for each in effective(history)
        if isinstance(each.fact, RegisterFact)
    ]


def _unasked(
    loaded: Loaded, attempt: Contract, history: Sequence[Recorded], states: Sequence[RegisterState], at: datetime
) -> Iterator[Loss]:
    """The losses of which nobody asked since they came about."""
    provider = fold_provider(history, loaded.contract_id.purchaser)
    offer = attempt.offer
    version = loaded.policies.at(at) if offer is None else loaded.policies.adopted_at(offer.policy_position)
    care_type = loaded.contract_id.care_type
    if provider is None or version is None or care_type not in version.document.care_types:
        return
    facts = list(effective(loaded.history))
    declared = next((each.fact.declared for each in reversed(facts) if isinstance(each.fact, Signed)), None)
    basis = ContractBasis(attempt, version.document, care_type, provider, attempt.answers or declared)
    asked = [(each.occurred_at, each.fact) for each in facts if isinstance(each.fact, ReviewRequested)]
    for loss in (*losses(basis, states, at), *_proofs_ended(attempt, facts, at)):
        if not any(
            occurred_at >= loss.since and (fact.ground, fact.factor) == (loss.ground, loss.subject)
            for occurred_at, fact in asked
        ):
            yield loss


def _proofs_ended(attempt: Contract, facts: Sequence[Recorded], at: datetime) -> Iterator[Loss]:
    """Proofs whose own validity has passed, each with the fact that had it (OD07)."""
    for proof in ended_proofs(attempt, local_day(at)):
        brought = [each for each in facts if _brought(each.fact, proof)]
        since = next_day(proof.last_day)
        found = f"{proof.factor}: the proof was valid until {proof.last_day}; since {since}"
        if brought:
            event_id = brought[-1].event_id
            yield Loss(ReviewGround.FACTOR_NO_LONGER_MET, proof.factor, found, day_start(since), event_id)


def _brought(fact: Fact, proof: EndedProof) -> bool:
    if proof.evidence_id is None:
        return isinstance(fact, QuestionnaireConfirmed)
    return isinstance(fact, EvidenceAccepted) and fact.evidence_id == proof.evidence_id


def _ask(
    contracting: Contracting, loaded: Loaded, loss: Loss, occurred_at: datetime | None, correlation_id: str | None
) -> list[str]:
    contract_id = loaded.contract_id
    command_id = f"registry/{loss.event_id}/{contract_id}/{loss.subject}/{local_day(loss.since)}"
    order = Order(
        actor=SYSTEM,
        command_id=command_id,
        reason=REASON,
        occurred_at=occurred_at,
        correlation_id=correlation_id or command_id,
        causation_id=loss.event_id,
    )
    command = RequestReview(ground=loss.ground, factor=loss.subject, found=loss.found)
    answer = contracting.act(contract_id, command, order)
    return [] if answer.repeated else [fact.stored_name for fact in answer.facts]
