"""The contracts that one practice has or seeks with one purchaser, and where each stands (ASR24-6-1)."""

from datetime import date

from application.contracting import Contracting
from application.queries.contract_answer import ContractAnswer, Knowledge
from application.queries.horizon import Asked, fix_horizon
from application.queries.time_travel import TimeTravel
from domain.agb import AgbCode
from domain.calendar import Instant, Term, from_microseconds
from domain.care_type import CareType
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from domain.contract.facts import Reason
from domain.contract.standing import ClaimsStanding, Status
from domain.model import Frozen, added


class OwnContract(Frozen):
    """Where one contract stood by the end of the day asked about, and what held in law on it."""

    contract_id: str
    care_type: CareType
    period: str
    status: Status
    reasons: tuple[Reason, ...]
    last_signing_day: date | None
    in_force: bool
    term: Term | None
    tier: str | None
    claims: ClaimsStanding
    listed: bool


class OwnContractsAnswer(Frozen):
    """Every contract of the practice with the purchaser that was known then, in order of their ids."""

    agb: AgbCode
    purchaser: str
    effective_on: date
    known_at: Instant
    position: int
    contracts: tuple[OwnContract, ...]
    audience: Audience = added(Audience.PURCHASER)


def own_contracts(
    contracting: Contracting,
    questions: TimeTravel,
    agb: AgbCode,
    purchaser: str,
    asked: Asked,
    audience: Audience = Audience.PURCHASER,
) -> OwnContractsAnswer:
    """The contracts of a practice with a purchaser, as somebody may see them; raises the errors of ``horizon``."""
    log = contracting.log_port
    effective_on, horizon = fix_horizon(log, contracting.clock, asked)
    known_at = from_microseconds(horizon.known_at)
    streams = log.stream_ids(f"{purchaser}/{agb}/")
    known = {row.originator_id for row in log.read_streams(streams, up_to=horizon.position)} if streams else set()
    same = Asked(effective_on=effective_on, known_at=known_at, position=horizon.position)
    answers = [questions.contract(ContractId.parse(each), same, audience) for each in streams if each in known]
    return OwnContractsAnswer(
        agb=agb,
        purchaser=purchaser,
        effective_on=effective_on,
        known_at=known_at,
        position=horizon.position,
        contracts=tuple(each for answer in answers for each in [_own(answer)] if each is not None),
        audience=audience,
    )


def _own(answer: ContractAnswer) -> OwnContract | None:
    procedure, legal = answer.procedure, answer.legal_position
    if answer.knowledge is not Knowledge.KNOWN or procedure is None or legal is None:
        return None
    contract_id = ContractId.parse(answer.contract_id)
    return OwnContract(
        contract_id=answer.contract_id,
        care_type=contract_id.care_type,
        period=contract_id.period,
        status=procedure.status,
        reasons=procedure.reasons,
        last_signing_day=None if procedure.offer is None else procedure.offer.last_signing_day,
        in_force=legal.in_force,
        term=legal.term,
        tier=legal.tier,
        claims=legal.claims,
        listed=bool(answer.listed),
    )
