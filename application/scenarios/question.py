"""What every question of a scenario has in common: the axes on which it is asked, and the answer written in part."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from application.contracting import Contracting
from application.queries.horizon import Asked
from application.queries.register import RegisterQuestions
from application.queries.time_travel import TimeTravel
from application.scenarios.expectations import Difference, as_json, differences
from application.scenarios.values import DayOrMoment, Moment
from application.scenarios.written import Written
from domain.contract.contract_id import ContractId
from domain.model import Frozen
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


class QuestionOfADay(Question):
    """A question about a local day as well; ``effective_on`` absent is the day of ``known_at``."""

    effective_on: Day | None = None

    def asked(self) -> Asked:
        """The two axes of the question."""
        return Asked(effective_on=self.effective_on, known_at=self.known_at, position=self.position)
