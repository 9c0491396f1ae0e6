"""What a scenario can ask when its steps are done: every question of the program, the answer written in part."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Union, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from application.contracting import Contracting
from application.queries.agreement import AgreementAnswer, contract_agreement
from application.queries.audit_trail import Period, Trail, TrailAnswer, TrailAsked
from application.queries.audit_why import WhyAnswer, WhyAsked, audit_why
from application.queries.contract_answer import ContractAnswer
from application.queries.contract_diff import Axis, Compared, DiffAnswer, contract_diff
from application.queries.events import EventsAnswer, contract_events
from application.queries.horizon import Asked
from application.queries.listing import ListingAnswer, ListingAsked, listing
from application.queries.own_contracts import OwnContractsAnswer, own_contracts
from application.queries.policy import PolicyAnswer, policy
from application.queries.provider import ProviderAnswer, provider
from application.queries.provider_events import ProviderEventsAnswer, provider_events
from application.queries.reasons import ReasonsAnswer, contract_reasons
from application.queries.register import RegisterQuestions
from application.queries.round_report import RoundReportAnswer, RoundStatusAnswer, round_report, round_status
from application.queries.schedule import ScheduleAnswer, schedule
from application.queries.time_travel import TimeTravel
from application.register.answers import ClaimAnswer, RegisterAnswer
from application.register.reads import RegisterFilter
from application.scenarios.expectations import PARTS, Difference, as_json, differences, shown
from application.scenarios.values import ContractIdText, DayOrMoment, Moment
from application.scenarios.written import Written
from domain.agb import AgbCode
from domain.calendar import last_instant
from domain.care_type import CareType
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from domain.contract.standing import Status
from domain.model import Frozen
from domain.policy.adoption import policy_stream
from domain.policy.values import Day


@dataclass(frozen=True)
class Desk:
    """Where questions are asked: what answers them, and the contract meant when a question names none."""

    contracting: Contracting
    time_travel: TimeTravel
    register: RegisterQuestions
    contract: str | None

    def contract_id(self, named: str | None) -> ContractId:
        """The contract asked about."""
        text = named or self.contract
        if text is None:
            raise LookupError("this question names no contract, and the scenario has none of its own")
        return ContractId.parse(text)


class Question(Written):
    """A question; ``known_at`` absent is what is known when it is asked, after the last step or at ``asked_at``.

    ``refused`` names the error that the log should answer with instead, such as ``KnownAtInFuture``.
    """

    answer_model: ClassVar[type[BaseModel]]
    known_at: DayOrMoment | None = None
    position: int | None = Field(default=None, ge=0)
    asked_at: Moment | None = None
    refused: str | None = None
    note: str = ""

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(known_at=self.known_at, position=self.position)

    @abstractmethod
    def put(self, desk: Desk) -> Frozen:
        """The answer to the question; raises the errors of ``EventLog.horizon``."""

    def expected(self) -> dict[str, Any]:
        """What the answer should have in it, as JSON."""
        answer: BaseModel | None = getattr(self, "answer", None)
        return {} if answer is None else as_json(answer)

    def differences(self, answer: Frozen) -> Iterator[Difference]:
        """Where the answer is not as expected."""
        return differences(self.expected(), answer.model_dump(mode="json"))


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Clauses = Annotated[tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])]

SHORT_FORMS = {
    "tier": "legal_position.tier",
    "in_force": "legal_position.in_force",
    "status": "procedure.status",
    "entitled_tier": "procedure.entitled_tier",
}
"""What may stand at the top of an answer about a contract, and where it really stands."""

_EXPECTED_CONTRACT = PARTS.model(
    ContractAnswer,
    tier=(str | None, None),
    in_force=(bool | None, None),
    status=(Status | None, None),
    entitled_tier=(str | None, None),
    cites=(Clauses | None, None),
)


class ContractQuestion(Question):
    """Where the procedure stood and what held in law, on a day and with the knowledge of an instant."""

    answer_model: ClassVar[type[BaseModel]] = ContractAnswer
    ask: Literal["contract"] = "contract"
    contract: ContractIdText | None = None
    effective_on: Day | None = None
    audience: Audience = Audience.PURCHASER
    answer: _EXPECTED_CONTRACT | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The contract, or that nothing is known of it yet."""
        return desk.time_travel.contract(desk.contract_id(self.contract), self.asked(), self.audience)

    def differences(self, answer: Frozen) -> Iterator[Difference]:
        """Where the answer is not as expected; ``cites`` asks for clauses in the explanation of the tier."""
        expected, found = self.expected(), answer.model_dump(mode="json")
        for short, path in SHORT_FORMS.items():
            part, name = path.split(".")
            found[short] = (found[part] or {}).get(name)
        explanation = answer.explanation if isinstance(answer, ContractAnswer) else None
        cited = [] if explanation is None else explanation.clauses()
        missing = [clause for clause in expected.pop("cites", None) or [] if clause not in cited]
        if missing:
            yield Difference("cites", shown(missing), shown(cited))
        yield from differences(expected, found)


class DiffQuestion(Question):
    """What two answers about a contract differ in, and the facts that made the difference.

    On the effective axis ``before`` and ``after`` are days, on that of knowledge (``axis: known``) instants or days.
    """

    answer_model: ClassVar[type[BaseModel]] = DiffAnswer
    ask: Literal["diff"]
    contract: ContractIdText | None = None
    axis: Axis = Axis.EFFECTIVE
    before: DayOrMoment
    after: DayOrMoment
    effective_on: Day | None = None
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(DiffAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """What both answers have in common."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The difference."""
        compared = Compared(axis=self.axis, before=self.before, after=self.after)
        contract_id, asked = desk.contract_id(self.contract), self.asked()
        return contract_diff(desk.contracting, desk.time_travel, contract_id, compared, asked, self.audience)


class TrailQuestion(Question):
    """A page of the audit trail; everything left out leaves nothing out, and a page has 200 facts."""

    answer_model: ClassVar[type[BaseModel]] = TrailAnswer
    ask: Literal["trail"]
    contract: ContractIdText | None = None
    purchaser: str | None = None
    provider: AgbCode | None = None
    actor: str | None = None
    on_behalf_of: str | None = None
    policy: str | None = None
    recorded: Period = Period()
    occurred: Period = Period()
    after: int = Field(default=0, ge=0)
    answer: PARTS.model(TrailAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The page."""
        wanted = TrailAsked(
            purchaser=self.purchaser,
            contract=self.contract,
            agb=self.provider,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            policy_id=self.policy,
            recorded=self.recorded,
            occurred=self.occurred,
        )
        return Trail(desk.contracting).page(wanted, self.asked(), after=self.after)


class WhyQuestion(Question):
    """What caused an event, named as ``<stream>@<number>``, and what followed from that."""

    answer_model: ClassVar[type[BaseModel]] = WhyAnswer
    ask: Literal["why"]
    event: str
    purchaser: str | None = None
    answer: PARTS.model(WhyAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The tree of causes."""
        return audit_why(desk.contracting, None, WhyAsked(self.event, self.purchaser), self.asked())


class ReasonsQuestion(Question):
    """Every decision that counts for a day, each with the tree of what it rests on."""

    answer_model: ClassVar[type[BaseModel]] = ReasonsAnswer
    ask: Literal["reasons"]
    contract: ContractIdText | None = None
    effective_on: Day | None = None
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(ReasonsAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The decisions."""
        contract_id = desk.contract_id(self.contract)
        return contract_reasons(desk.contracting, desk.time_travel, contract_id, self.asked(), self.audience)


class EventsQuestion(Question):
    """The facts of a contract that were known, in log order, each with both its instants."""

    answer_model: ClassVar[type[BaseModel]] = EventsAnswer
    ask: Literal["events"]
    contract: ContractIdText | None = None
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(EventsAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The facts."""
        return contract_events(desk.contracting, desk.contract_id(self.contract), self.asked(), self.audience)


class AgreementQuestion(Question):
    """The agreement texts of a contract, each made anew and held against its SHA-256."""

    answer_model: ClassVar[type[BaseModel]] = AgreementAnswer
    ask: Literal["agreement"]
    contract: ContractIdText | None = None
    answer: PARTS.model(AgreementAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The texts."""
        return contract_agreement(desk.contracting, desk.contract_id(self.contract), self.asked())


class ScheduleQuestion(Question):
    """The planning of a policy."""

    answer_model: ClassVar[type[BaseModel]] = ScheduleAnswer
    ask: Literal["schedule"]
    policy: str
    answer: PARTS.model(ScheduleAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The planning rows."""
        return schedule(desk.contracting, self.policy, self.asked())


class PolicyQuestion(Question):
    """The adopted versions of a policy, and the document in force."""

    answer_model: ClassVar[type[BaseModel]] = PolicyAnswer
    ask: Literal["policy"]
    policy: str
    answer: PARTS.model(PolicyAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The policy."""
        return policy(desk.contracting, self.policy, self.asked())


class ProviderQuestion(Question):
    """A practice as the register tells it, and as a purchaser knows it; without ``provider`` that of the contract."""

    answer_model: ClassVar[type[BaseModel]] = ProviderAnswer
    ask: Literal["provider"]
    provider: AgbCode | None = None
    purchaser: str | None = None
    with_integrity: bool = False
    answer: PARTS.model(ProviderAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The practice."""
        agb = desk.contract_id(None).agb if self.provider is None else self.provider
        asked, with_integrity = self.asked(), self.with_integrity
        return provider(desk.contracting, agb, self.purchaser, asked, with_integrity=with_integrity)


class ProviderEventsQuestion(Question):
    """The facts about a practice as a purchaser may see them; without ``provider`` the practice of the contract."""

    answer_model: ClassVar[type[BaseModel]] = ProviderEventsAnswer
    ask: Literal["provider_events"]
    provider: AgbCode | None = None
    purchaser: str | None = None
    with_integrity: bool = False
    answer: PARTS.model(ProviderEventsAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The facts."""
        agb = desk.contract_id(None).agb if self.provider is None else self.provider
        asked, with_integrity = self.asked(), self.with_integrity
        return provider_events(desk.contracting, agb, self.purchaser, asked, with_integrity=with_integrity)


class RoundStatusQuestion(Question):
    """Where the procedures of a policy stood on a day, by care type, and which rounds were held."""

    answer_model: ClassVar[type[BaseModel]] = RoundStatusAnswer
    ask: Literal["round_status"]
    policy: str
    effective_on: Day | None = None
    answer: PARTS.model(RoundStatusAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The counts and the rounds."""
        return round_status(desk.contracting, self.policy, self.asked())


class RoundReportQuestion(Question):
    """A row for each candidate and care type of a round; with ``everybody`` for all practices."""

    answer_model: ClassVar[type[BaseModel]] = RoundReportAnswer
    ask: Literal["round_report"]
    policy: str
    everybody: bool = False
    audience: Audience = Audience.PURCHASER
    effective_on: Day | None = None
    answer: PARTS.model(RoundReportAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The rows."""
        asked, everybody = self.asked(), self.everybody
        return round_report(desk.contracting, self.policy, asked, everybody=everybody, audience=self.audience)


class ListingQuestion(Question):
    """What the care finder shows of a purchaser's care type, in a region or everywhere, at an instant.

    A day means its last instant. With ``policy`` in place of ``purchaser`` only the periods of that policy are meant.
    """

    answer_model: ClassVar[type[BaseModel]] = ListingAnswer
    ask: Literal["listing"]
    purchaser: str | None = None
    policy: str | None = None
    care_type: CareType
    region: str | None = None
    at: DayOrMoment | None = None
    effective_on: Day | None = None
    answer: PARTS.model(ListingAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The practices that are shown."""
        purchaser = self.purchaser or _purchaser_of(desk.contracting, self.policy)
        wanted = ListingAsked(purchaser, self.care_type, self.region, self.at, self.asked(), self.policy)
        return listing(desk.contracting, wanted)


class OwnContractsQuestion(Question):
    """The contracts that a practice has or seeks with a purchaser, as somebody may see them."""

    answer_model: ClassVar[type[BaseModel]] = OwnContractsAnswer
    ask: Literal["own_contracts"]
    provider: AgbCode
    purchaser: str
    audience: Audience = Audience.PROVIDER
    effective_on: Day | None = None
    answer: PARTS.model(OwnContractsAnswer) | None = None  # type: ignore[valid-type]

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)

    def put(self, desk: Desk) -> Frozen:
        """The contracts."""
        asked, audience = self.asked(), self.audience
        return own_contracts(desk.contracting, desk.time_travel, self.provider, self.purchaser, asked, audience)


class ClaimQuestion(Question):
    """Whether care on a day was contracted, by the AGB code of a practice or of one of its locations."""

    answer_model: ClassVar[type[BaseModel]] = ClaimAnswer
    ask: Literal["claim"]
    purchaser: str
    agb: AgbCode
    care_type: CareType
    treated_on: Day
    answer: PARTS.model(ClaimAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """How the claim is treated, and why."""
        asked = Asked(effective_on=self.treated_on, known_at=self.known_at, position=self.position)
        return desk.register.lookup(self.purchaser, self.agb, self.care_type, asked)


class RegisterQuestion(Question):
    """The first contracts of a purchaser in the register on a day, those that the filters leave."""

    answer_model: ClassVar[type[BaseModel]] = RegisterAnswer
    ask: Literal["register"]
    purchaser: str
    care_type: CareType | None = None
    tier: str | None = None
    status: Status | None = None
    listed: bool | None = None
    effective_on: Day | None = None
    answer: PARTS.model(RegisterAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The contracts, in order of AGB code."""
        asked = Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)
        wanted = RegisterFilter(self.purchaser, self.care_type, self.tier, self.status, self.listed)
        return desk.register.page(wanted, asked)


def _purchaser_of(contracting: Contracting, policy_id: str | None) -> str:
    """The purchaser of an adopted policy; an unknown policy is no purchaser's."""
    contracting.policies.refresh()
    versions = contracting.policies.versions(policy_stream(policy_id or "")).versions
    return versions[0].document.purchaser.id if versions else ""


_QUESTIONS: tuple[type[Question], ...] = (
    ContractQuestion,
    DiffQuestion,
    TrailQuestion,
    WhyQuestion,
    EventsQuestion,
    AgreementQuestion,
    ReasonsQuestion,
    ScheduleQuestion,
    PolicyQuestion,
    ProviderQuestion,
    ProviderEventsQuestion,
    RoundStatusQuestion,
    RoundReportQuestion,
    ListingQuestion,
    OwnContractsQuestion,
    ClaimQuestion,
    RegisterQuestion,
)
QUESTIONS = {get_args(each.model_fields["ask"].annotation)[0]: each for each in _QUESTIONS}
"""Every question by the name under which it is asked; a further one is added here."""

_one_of_them: Any = Annotated[Union[_QUESTIONS], Field(discriminator="ask")]  # noqa: UP007
_reader: TypeAdapter[Any] = TypeAdapter(_one_of_them, config=ConfigDict(defer_build=True))


def _about_a_contract(value: object) -> object:
    return _reader.validate_python({"ask": "contract", **value} if isinstance(value, dict) else value)


AnyQuestion = Annotated[Any, BeforeValidator(_about_a_contract, json_schema_input_type=_one_of_them)]
"""A question by its name; one without a name is about a contract."""


def asked_when(question: Question, done_at: datetime) -> datetime:
    """The instant at which a question is asked: as it says, else when the steps are done or when it wants to know."""
    if question.asked_at is not None:
        return question.asked_at
    known_at = question.known_at
    if known_at is not None and not isinstance(known_at, datetime):
        known_at = last_instant(known_at)
    return done_at if known_at is None else max(done_at, known_at)
