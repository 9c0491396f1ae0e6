"""Questions of scenarios about policies, practices, rounds, lists and the register."""

from typing import ClassVar, Literal

from pydantic import BaseModel

from application.contracting import Contracting
from application.queries.horizon import Asked
from application.queries.listing import ListingAnswer, ListingAsked, listing
from application.queries.own_contracts import OwnContractsAnswer, own_contracts
from application.queries.policy import PoliciesAnswer, PolicyAnswer, policies_of, policy
from application.queries.provider import ProviderAnswer, provider
from application.queries.provider_events import ProviderEventsAnswer, provider_events
from application.queries.round_report import RoundReportAnswer, RoundStatusAnswer, round_report, round_status
from application.queries.schedule import ScheduleAnswer, schedule
from application.register.answers import ClaimAnswer, RegisterAnswer
from application.register.reads import RegisterFilter
from application.scenarios.expectations import PARTS
from application.scenarios.question import Desk, Question, QuestionOfADay
from application.scenarios.values import DayOrMoment
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.audience import Audience
from domain.contract.standing import Status
from domain.model import Frozen
from domain.policy.adoption import policy_stream
from domain.policy.values import Day


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


class PoliciesQuestion(Question):
    """The adopted policies of a purchaser, by id."""

    answer_model: ClassVar[type[BaseModel]] = PoliciesAnswer
    ask: Literal["policies"]
    purchaser: str
    answer: PARTS.model(PoliciesAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The policies."""
        return policies_of(desk.contracting, self.purchaser, self.asked())


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


class RoundStatusQuestion(QuestionOfADay):
    """Where the procedures of a policy stood on a day, by care type, and which rounds were held."""

    answer_model: ClassVar[type[BaseModel]] = RoundStatusAnswer
    ask: Literal["round_status"]
    policy: str
    answer: PARTS.model(RoundStatusAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The counts and the rounds."""
        return round_status(desk.contracting, self.policy, self.asked())


class RoundReportQuestion(QuestionOfADay):
    """A row for each candidate and care type of a round; with ``everybody`` for all practices."""

    answer_model: ClassVar[type[BaseModel]] = RoundReportAnswer
    ask: Literal["round_report"]
    policy: str
    everybody: bool = False
    audience: Audience = Audience.PURCHASER
    answer: PARTS.model(RoundReportAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The rows."""
        asked, everybody = self.asked(), self.everybody
        return round_report(desk.contracting, self.policy, asked, everybody=everybody, audience=self.audience)


class ListingQuestion(QuestionOfADay):
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
    answer: PARTS.model(ListingAnswer) | None = None  # type: ignore[valid-type]

    def put(self, desk: Desk) -> Frozen:
        """The practices that are shown."""
        purchaser = self.purchaser or _purchaser_of(desk.contracting, self.policy)
        wanted = ListingAsked(purchaser, self.care_type, self.region, self.at, self.asked(), self.policy)
        return listing(desk.contracting, wanted)


class OwnContractsQuestion(QuestionOfADay):
    """The contracts that a practice has or seeks with a purchaser, as somebody may see them."""

    answer_model: ClassVar[type[BaseModel]] = OwnContractsAnswer
    ask: Literal["own_contracts"]
    provider: AgbCode
    purchaser: str
    audience: Audience = Audience.PROVIDER
    answer: PARTS.model(OwnContractsAnswer) | None = None  # type: ignore[valid-type]

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
