"""What a scenario can ask when its steps are done: every question of the program, the answer written in part."""

from datetime import datetime
from typing import Annotated, Any, Union, get_args

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter

from application.scenarios.contract_questions import (
    AgreementQuestion,
    ContractQuestion,
    DiffQuestion,
    EventsQuestion,
    QuestionnaireQuestion,
    ReasonsQuestion,
    TrailQuestion,
    WhyQuestion,
)
from application.scenarios.purchaser_questions import (
    ClaimQuestion,
    ListingQuestion,
    OwnContractsQuestion,
    PoliciesQuestion,
    PolicyQuestion,
    ProviderEventsQuestion,
    ProviderQuestion,
    RegisterQuestion,
    RoundReportQuestion,
    RoundStatusQuestion,
    ScheduleQuestion,
)
from application.scenarios.question import Question
from domain.calendar import last_instant

_QUESTIONS: tuple[type[Question], ...] = (
    ContractQuestion,
    DiffQuestion,
    TrailQuestion,
    WhyQuestion,
    EventsQuestion,
    AgreementQuestion,
    QuestionnaireQuestion,
    ReasonsQuestion,
    ScheduleQuestion,
    PolicyQuestion,
    PoliciesQuestion,
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
