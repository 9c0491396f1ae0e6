"""Questions of scenarios about one contract, and about the trail of what was recorded."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field

from application.queries.agreement import AgreementAnswer, contract_agreement
from application.queries.audit_trail import Period, Trail, TrailAnswer, TrailAsked
from application.queries.audit_why import WhyAnswer, WhyAsked, audit_why
from application.queries.contract_answer import ContractAnswer
from application.queries.contract_diff import Axis, Compared, DiffAnswer, contract_diff
from application.queries.events import EventsAnswer, contract_events
from application.queries.questionnaire import QuestionnaireAnswer, questionnaire
from application.queries.reasons import ReasonsAnswer, contract_reasons
from application.scenarios.expectations import PARTS, Difference, differences, shown
from application.scenarios.question import Desk, Question, QuestionOfADay
from application.scenarios.values import ContractIdText, DayOrMoment
from domain.agb import AgbCode
from domain.contract.audience import Audience
from domain.contract.standing import Status
from domain.model import Frozen


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


class ContractQuestion(QuestionOfADay):
    """Where the procedure stood and what held in law, on a day and with the knowledge of an instant."""

    answer_model: ClassVar[type[BaseModel]] = ContractAnswer
    ask: Literal["contract"] = "contract"
    contract: ContractIdText | None = None
    audience: Audience = Audience.PURCHASER
    answer: _EXPECTED_CONTRACT | None = None  # type: ignore[valid-type]

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


class DiffQuestion(QuestionOfADay):
    """What two answers about a contract differ in, and the facts that made the difference.

    On the effective axis ``before`` and ``after`` are days, on that of knowledge (``axis: known``) instants or days.
    """

    answer_model: ClassVar[type[BaseModel]] = DiffAnswer
    ask: Literal["diff"]
    contract: ContractIdText | None = None
    axis: Axis = Axis.EFFECTIVE
    before: DayOrMoment
    after: DayOrMoment
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(DiffAnswer) | None = None  # type: ignore[valid-type]

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


class ReasonsQuestion(QuestionOfADay):
    """Every decision that counts for a day, each with the tree of what it rests on."""

    answer_model: ClassVar[type[BaseModel]] = ReasonsAnswer
    ask: Literal["reasons"]
    contract: ContractIdText | None = None
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(ReasonsAnswer) | None = None  # type: ignore[valid-type]

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


class QuestionnaireQuestion(QuestionOfADay):
    """What the questionnaire asks, what was saved of it, and what was confirmed."""

    answer_model: ClassVar[type[BaseModel]] = QuestionnaireAnswer
    ask: Literal["questionnaire"]
    contract: ContractIdText | None = None
    answer: PARTS.model(QuestionnaireAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The questionnaire; raises ``LookupError`` before the purchaser's history begins."""
        found = questionnaire(desk.contracting, desk.contract_id(self.contract), self.asked())
        if found is None:
            raise LookupError("not known yet: no policy of the purchaser was adopted by then")
        return found
