"""Where one contract stood, and what held in law, on a day and with the knowledge of an instant."""

from collections.abc import Sequence
from datetime import date, datetime

from application.contracting import Contracting
from application.mapper import FactMapper
from application.ports import Horizon
from application.queries.audience import open_answer, restricted_of
from application.queries.contract_answer import (
    ApplicationState,
    ContractAnswer,
    EvidenceState,
    ExplainedBy,
    Knowledge,
    Legal,
    NextTier,
    OfferState,
    Procedure,
    ReviewState,
    TierFrom,
)
from application.queries.governed import governing
from application.queries.horizon import Asked, fix_horizon
from application.queries.insurers import several_insurers
from application.queries.modules import modules_in_law, modules_in_procedure
from domain.calendar import Term, from_microseconds, last_instant, local_day
from domain.contract.audience import Audience
from domain.contract.contract import Assignment, Contract, Evidence, fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import EvidenceAccepted, EvidenceRejected, Reason, TierAssigned
from domain.contract.situation import kept_version
from domain.contract.standing import (
    OVER,
    ClaimsStanding,
    Deadlines,
    claims_standing,
    deadlines_of,
    entitled_tier,
    last_signing_day,
    legal_position,
    listed,
    listed_from,
    members_of,
    reasons_of,
    status,
    term_sought,
    timeline_of,
)
from domain.contract.tiers import supply_effect
from domain.contract.way_up import supply_counts, way_to_next_tier
from domain.explanation import Explanation
from domain.history import FactCorrected, Recorded, effective
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.policy.document import CareTypeRules
from domain.policy.eligibility import approach_rules
from domain.policy.values import number_text
from domain.provider.facts import fold_provider, provider_stream
from domain.provider.provider import Provider


class TimeTravel:
    """Questions about one contract."""

    def __init__(self, contracting: Contracting, tzdata: str) -> None:
        self._contracting = contracting
        self._log = contracting.log_port
        self._facts: FactMapper = contracting.facts
        self._tzdata = tzdata

    def contract(
        self, contract_id: ContractId, asked: Asked, audience: Audience = Audience.PURCHASER
    ) -> ContractAnswer:
        """The contract on ``effective_on`` with the knowledge of ``known_at``, as somebody may see it.

        Raises the errors of ``EventLog.horizon``, and ``RefusedError`` for a period that no policy of the purchaser
        named by then.
        """
        answer = self._whole(contract_id, asked)
        if audience is Audience.PURCHASER:
            return answer
        return open_answer(answer, restricted_of(self._contracting, contract_id.purchaser, answer.position))

    def _whole(self, contract_id: ContractId, asked: Asked) -> ContractAnswer:
        effective_on, horizon = fix_horizon(self._log, self._contracting.clock, asked)
        policies = self._policies(contract_id, horizon)
        if policies is None:
            return self._answer(contract_id, effective_on, horizon, Knowledge.NOT_KNOWN_YET)
        history = self.history(contract_id, horizon)
        provider = self._provider(contract_id, horizon)
        judged_at = min(last_instant(effective_on), from_microseconds(horizon.known_at))
        version = policies.at(judged_at) or policies.versions[0]
        if not history and provider is not None:
            # who has no stream is told why, by its whole contract history
            known, year = self._contracting.contract_history.known, version.document.year
            [provider] = known(contract_id.purchaser, [provider], year, up_to=horizon.position)
        contract = fold(history)
        deadlines = deadlines_of(contract, version.document, contract_id.care_type)
        asked_about = contract.attempt_in_force(effective_on) or contract
        term = _term(asked_about, version, contract_id)
        assignment = asked_about.tier_on(effective_on if term is None else max(effective_on, term.start))
        asked_at = last_instant(effective_on)
        decided = _decided_by(history, assignment)
        known_at = from_microseconds(horizon.known_at)
        latest = policies.at(known_at) or policies.versions[0]
        claims = claims_standing(contract, latest.document, contract_id.care_type, effective_on, known_at)
        return self._answer(
            contract_id,
            effective_on,
            horizon,
            Knowledge.KNOWN,
            policy_id=version.document.id,
            policy_position=version.position,
            insurers=several_insurers(kept_version(asked_about, policies, version).document),
            procedure=self._explained(_procedure(contract_id, history, version, provider, judged_at), history),
            legal_position=_legal(contract_id, contract, version, provider, effective_on, claims, known_at),
            listed=listed(contract, deadlines.publication_starts, asked_at),
            listed_from=listed_from(contract.attempt_asked(effective_on) or contract, deadlines.publication_starts),
            explanation=None if decided is None else self._stored(decided),
            explained_by=None
            if decided is None
            else ExplainedBy(
                event_id=decided.event_id, occurred_at=decided.occurred_at, recorded_at=decided.recorded_at
            ),
            next_tier=_next_tier(contract_id, contract, policies, effective_on, known_at),
        )

    def history(self, contract_id: ContractId, horizon: Horizon) -> list[Recorded]:
        """The contract's facts recorded up to the horizon, in log order."""
        return self._facts.decode_all(self._log.read_streams([str(contract_id)], up_to=horizon.position))

    def version(self, contract_id: ContractId, position: int) -> int:
        """How many facts the contract had at a log position: its version then."""
        rows = self._log.read_streams([str(contract_id)], up_to=position)
        return rows[-1].originator_version if rows else 0

    def _stored(self, recorded: Recorded) -> Explanation | None:
        """The explanation that was stored with a fact, never made anew."""
        stored = self._log.explanation(recorded.stream_id, recorded.version)
        return None if stored is None else self._facts.decode_explanation(stored)

    def _explained(self, procedure: Procedure, history: Sequence[Recorded]) -> Procedure:
        """With the explanation of each verdict on evidence, a corrected verdict with that of its correction."""
        verdicts = {
            each.evidence_id: _verdict(history, each.evidence_id, procedure.judged_at)
            for each in procedure.evidence
            if each.state != "waiting"
        }
        told = tuple(
            each if verdict is None else each.model_copy(update={"explanation": self._stored(verdict)})
            for each in procedure.evidence
            for verdict in (verdicts.get(each.evidence_id),)
        )
        return procedure.model_copy(update={"evidence": told})

    def _policies(self, contract_id: ContractId, horizon: Horizon) -> PolicyVersions | None:
        """The policy's versions known by then; nothing before the purchaser's history begins in the log."""
        return governing(self._contracting.policies, contract_id, horizon)

    def _provider(self, contract_id: ContractId, horizon: Horizon) -> Provider | None:
        rows = self._log.read_streams([provider_stream(contract_id.agb)], up_to=horizon.position)
        return fold_provider(self._facts.decode_all(rows), contract_id.purchaser)

    def _answer(
        self, contract_id: ContractId, effective_on: date, horizon: Horizon, knowledge: Knowledge, **found: object
    ) -> ContractAnswer:
        return ContractAnswer.model_validate(
            {
                "tzdata": self._tzdata,
                "contract_id": str(contract_id),
                "effective_on": effective_on,
                "known_at": from_microseconds(horizon.known_at),
                "position": horizon.position,
                "knowledge": knowledge,
                **found,
            }
        )


def _decided_by(history: Sequence[Recorded], assignment: Assignment | None) -> Recorded | None:
    """The fact that assigned a tier."""
    for recorded in reversed(history):
        fact = recorded.fact
        if (
            assignment is not None
            and isinstance(fact, TierAssigned)
            and (fact.effective_on, fact.tier) == (assignment.effective_on, assignment.tier)
        ):
            return recorded
    return None


def _verdict(history: Sequence[Recorded], evidence_id: str, judged_at: datetime) -> Recorded | None:
    """The fact that recorded the verdict on evidence which counted at an instant: itself, or what corrected it so."""
    counting = [
        each
        for each in effective(history)
        if isinstance(each.fact, EvidenceAccepted | EvidenceRejected)
        and each.fact.evidence_id == evidence_id
        and each.occurred_at <= judged_at
    ]
    if not counting:
        return None
    read = counting[-1].fact.model_dump(mode="json")
    for recorded in reversed(history):
        fact = recorded.fact
        corrected = isinstance(fact, FactCorrected) and (fact.corrects, fact.replacement) == (
            counting[-1].version,
            read,
        )
        if corrected or (recorded.version == counting[-1].version and fact == counting[-1].fact):
            return recorded
    return None


def _procedure(
    contract_id: ContractId,
    history: Sequence[Recorded],
    version: PolicyVersion,
    provider: Provider | None,
    judged_at: datetime,
) -> Procedure:
    """From the facts that had occurred by then, corrected as is known; who has no stream is told why, computed now."""
    occurred = [recorded for recorded in effective(history) if recorded.occurred_at <= judged_at]
    contract = fold(occurred)
    deadlines = deadlines_of(contract, version.document, contract_id.care_type)
    reasons = reasons_of(contract)
    if not history and provider is not None:
        judged = approach_rules(version.document, contract_id.care_type, provider, local_day(judged_at))
        reasons = tuple(
            Reason(code=code, clause=each.clause, found=each.value) for code, each in judged if each.outcome != "met"
        )
    term, rules = _term(contract, version, contract_id), version.document.care_types[contract_id.care_type]
    entitled = entitled_tier(contract, term, judged_at)
    return Procedure(
        status=status(contract, deadlines, judged_at),
        attempt=contract.attempt,
        application=_application_state(contract),
        judged_at=judged_at,
        approached_at=contract.approached_at,
        reasons=reasons,
        flags=contract.flags,
        questionnaire_deadline=None if deadlines.questionnaire is None else deadlines.questionnaire.day,
        confirmed_at=contract.confirmed_at,
        assessed_at=contract.assessed_at,
        entitled_tier=entitled,
        corrections_open=() if _over(contract, rules, deadlines, term, judged_at) else _corrections_open(contract),
        evidence=tuple(_evidence_state(each) for each in contract.evidence.values()),
        reviews=tuple(
            ReviewState(review_id=each.review_id, ground=each.ground, factor=each.factor, outcome=each.outcome)
            for each in contract.reviews.values()
        ),
        offer=_offer_state(contract, deadlines),
        signed_at=contract.signed_at,
        published_at=contract.published_at,
        modules=modules_in_procedure(contract, judged_at),
    )


def _application_state(contract: Contract) -> ApplicationState | None:
    application = contract.application
    if application is None:
        return None
    return ApplicationState(
        kind=application.kind,
        received_at=application.received_at,
        awaits_documents=application.documents_missing,
        granted_at=application.granted_at,
        term=application.term,
    )


def _offer_state(contract: Contract, deadlines: Deadlines) -> OfferState | None:
    offer = contract.offer
    if offer is None:
        return None
    return OfferState(
        offered_at=offer.offered_at,
        tier=offer.tier,
        term=offer.term,
        last_signing_day=last_signing_day(offer, deadlines),
        agreement_sha256=offer.agreement_sha256,
        flags=offer.flags,
        starts=offer.starts,
    )


def _term(contract: Contract, version: PolicyVersion, contract_id: ContractId) -> Term | None:
    rule = version.document.care_types[contract_id.care_type].term
    return term_sought(contract, None if rule is None else rule.term)


def _over(contract: Contract, rules: CareTypeRules, deadlines: Deadlines, term: Term | None, at: datetime) -> bool:
    """Whether nothing supplied at an instant counts any more: the contract came to nothing, ends first, or ended."""
    if term is None or status(contract, deadlines, at) in OVER:
        return True
    return not supply_counts(contract, rules, term, at)


def _corrections_open(contract: Contract) -> tuple[str, ...]:
    """The factors for which a corrected proof can be sent: claimed, proof rejected or missing, none accepted or
    waiting.
    """
    by_factor: dict[str, list[Evidence]] = {}
    for evidence in contract.evidence.values():
        by_factor.setdefault(evidence.factor, []).append(evidence)
    rejected = [factor for factor, supplied in by_factor.items() if all(each.rejected for each in supplied)]
    missing = [factor for factor in contract.missing_evidence if factor not in by_factor]
    return tuple(sorted({*rejected, *missing}))


def _evidence_state(evidence: Evidence) -> EvidenceState:
    accepted = evidence.accepted is not None
    return EvidenceState(
        evidence_id=evidence.evidence_id,
        factor=evidence.factor,
        supplied_at=evidence.supplied_at,
        state="rejected" if evidence.rejected else "accepted" if accepted else "waiting",
        consequence=evidence.consequence,
    )


def _legal(
    contract_id: ContractId,
    contract: Contract,
    version: PolicyVersion,
    provider: Provider | None,
    effective_on: date,
    claims: ClaimsStanding,
    known_at: datetime,
) -> Legal:
    position, asked = legal_position(contract, effective_on), contract.attempt_asked(effective_on)
    selective = version.document.care_types[contract_id.care_type].selective
    return Legal(
        concluded=position.concluded,
        in_force=position.in_force,
        term=position.term,
        tier=None if position.tier is None else position.tier.tier,
        tier_from=None if position.tier is None else position.tier.effective_on,
        timeline=() if asked is None else tuple(_tier_from(each) for each in timeline_of(asked)),
        selective=members_of(selective, provider, effective_on) if position.in_force else (),
        claims=claims,
        modules=modules_in_law(contract, effective_on, known_at),
    )


def _tier_from(assignment: Assignment) -> TierFrom:
    return TierFrom(tier=assignment.tier, effective_on=assignment.effective_on, factors=assignment.factors)


def _next_tier(
    contract_id: ContractId, contract: Contract, policies: PolicyVersions, effective_on: date, asked_at: datetime
) -> NextTier | None:
    """What evidence supplied at ``asked_at`` brings, beyond the tier that holds when it begins to count."""
    current = policies.at(asked_at) or policies.versions[0]
    kept = kept_version(contract, policies, current)
    term, rules = _term(contract, kept, contract_id), kept.document.care_types[contract_id.care_type]
    deadlines = deadlines_of(contract, current.document, contract_id.care_type)
    if term is None or _over(contract, rules, deadlines, term, asked_at):
        return None
    counts_from = supply_effect(contract, rules, term, asked_at) or effective_on
    assignment = contract.tier_on(max(effective_on, counts_from))
    way = None if assignment is None else way_to_next_tier(contract, rules, assignment, term, asked_at)
    if way is None:
        return None
    points = None if way.points is None else number_text(way.points)
    return NextTier(tier=way.tier, factors=way.factors, clause=way.clause, points=points)
