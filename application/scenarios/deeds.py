"""What a step can do: every command of the program by its kind, and what a scenario adds to them."""

from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal, Union, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from application.scenarios.practices import PracticeForm
from application.scenarios.rewriting import Rewriter
from application.scenarios.written import Written
from domain.care_type import CareType
from domain.contract.commands import ContractCommand
from domain.policy.adoption import Ground
from domain.policy.answers import Answers, Claim
from domain.policy.condition_rules import Condition, UnknownMeans
from domain.policy.document import ConditionKind, PolicyDocument, Route
from domain.policy.values import Day, Flag
from domain.provider.commands import ProviderCommand

COMPLETE = "complete"


class ClaimForm(Written):
    """A claimed factor; a bureau that is left out is the first on the policy's list, ``null`` names none."""

    bureau: str | None = None
    valid_until: Day | None = None


def _by_name(value: object) -> object:
    if isinstance(value, list):
        return {each if isinstance(each, str) else str(each): {} for each in value}
    if isinstance(value, dict):
        return {code: {} if claim is None else claim for code, claim in value.items()}
    return value


class AnswersForm(Written):
    """The questionnaire; ``complete`` declares and chooses whatever the policy asks that is not named here."""

    conditions: Literal["complete", "as_given"] = "complete"
    declared: dict[str, Flag] = Field(default_factory=dict)
    chosen: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    numbers: dict[str, Decimal] = Field(default_factory=dict)
    claims: Annotated[
        dict[str, ClaimForm],
        BeforeValidator(_by_name, json_schema_input_type=list[str] | dict[str, ClaimForm | None]),
    ] = Field(default_factory=dict)


def _complete(value: object) -> object:
    return {} if value == COMPLETE else value


AnswersText = Annotated[
    AnswersForm, BeforeValidator(_complete, json_schema_input_type=Literal["complete"] | AnswersForm)
]
"""``complete``, or the questionnaire with what matters in it."""


class AdoptPolicy(Written):
    """Adopt a policy or an amendment: a packaged one by its id, or a file beside the scenario."""

    kind: Literal["AdoptPolicy"] = "AdoptPolicy"
    policy: str
    ground: Ground | None = None


class ChangeRegister(Written):
    """The register says something else of a practice; what is named under ``to`` is replaced.

    As after an import, a review is asked for where a running contract rests on what changed.
    """

    kind: Literal["ChangeRegister"] = "ChangeRegister"
    to: PracticeForm


class RunRound(Written):
    """Run the round of a policy over all practices of the scenario."""

    kind: Literal["RunRound"] = "RunRound"
    policy: str
    on: Day | None = None
    care_types: tuple[CareType, ...] = ()


class RecordDue(Written):
    """A tick of the scheduler: record deadlines, publish what is due, ask about what ended in the register."""

    kind: Literal["RecordDue"] = "RecordDue"


CONTRACT_COMMANDS: tuple[type[BaseModel], ...] = get_args(ContractCommand)
PROVIDER_COMMANDS: tuple[type[BaseModel], ...] = get_args(ProviderCommand)
OWN_DEEDS: tuple[type[BaseModel], ...] = (AdoptPolicy, ChangeRegister, RunRound, RecordDue)

FILLED_IN: dict[str, Any] = {
    "purchaser": str,
    "person_id": str,
    "certificate_serial": str,
    "agreement_sha256": str,
    "sha256": str,
    "size": Annotated[int, Field(ge=1)],
    "media_type": str,
    "version": Annotated[str, BeforeValidator(str, json_schema_input_type=Annotated[int, Field(ge=1)] | str)],
}
"""Fields of commands that a scenario may leave out or write in words, by name."""

_rewriter = Rewriter("", partial=False, replaced={**FILLED_IN, Answers: AnswersText})


def kind_of(model: type[BaseModel]) -> str:
    """The name by which files call a command."""
    return str(model.model_fields["kind"].default)


FORMS: dict[str, type[BaseModel]] = {
    **{kind_of(each): _rewriter.model(each) for each in (*CONTRACT_COMMANDS, *PROVIDER_COMMANDS)},
    **{kind_of(each): each for each in OWN_DEEDS},
}
"""How each kind is written in a scenario."""

COMMANDS: dict[str, type[BaseModel]] = {kind_of(each): each for each in (*CONTRACT_COMMANDS, *PROVIDER_COMMANDS)}
"""The commands of the program, by kind."""

_ALONE = tuple(
    kind for kind, form in FORMS.items() if not any(field.is_required() for field in form.model_fields.values())
)


_one_of_them: Any = Annotated[Union[tuple(FORMS.values())], Field(discriminator="kind")]  # noqa: UP007
_reader: TypeAdapter[Any] = TypeAdapter(_one_of_them, config=ConfigDict(defer_build=True))


def _by_kind(value: object) -> object:
    return _reader.validate_python({"kind": value} if isinstance(value, str) else value)


Deed = Annotated[Any, BeforeValidator(_by_kind, json_schema_input_type=Literal[_ALONE] | _one_of_them)]
"""A command by its kind with its fields; one that needs none may be its kind alone."""


def file_sha256(words: str) -> str:
    """The SHA-256 that a scenario's file has: given as such, or that of the words that stand for the file."""
    is_hash = len(words) == 64 and all(digit in "0123456789abcdef" for digit in words)
    return words if is_hash else sha256(words.encode()).hexdigest()


def answers_of(form: AnswersForm, document: PolicyDocument, care_type: CareType) -> Answers:
    """The questionnaire as the practice fills it in, under the policy in force."""
    rules = document.care_types[care_type]
    declared: dict[str, bool] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    if form.conditions == COMPLETE:
        asked = {code: document.conditions[code] for code in rules.conditions}
        by_signature = rules.route is not Route.QUESTIONNAIRE
        declared = {code: True for code, each in asked.items() if _declared(each, by_signature=by_signature)}
        chosen = {
            code: each.options[: each.at_least] for code, each in asked.items() if each.kind is ConditionKind.CHOSEN
        }
    claims = {code: _claim(code, claim, document, care_type) for code, claim in form.claims.items()}
    return Answers(
        declared={**declared, **form.declared},
        chosen={**chosen, **form.chosen},
        claims=claims,
        numbers=form.numbers,
    )


def _declared(condition: Condition, *, by_signature: bool) -> bool:
    """What a practice declares: with the signature also what the register does not know (OD48)."""
    if condition.kind is ConditionKind.DECLARED:
        return True
    return by_signature and condition.kind is not ConditionKind.CHOSEN and condition.means_unknown is UnknownMeans.ASK


def _claim(code: str, form: ClaimForm, document: PolicyDocument, care_type: CareType) -> Claim:
    factor = document.care_types[care_type].factors.get(code)
    bureau = form.bureau
    if "bureau" not in form.model_fields_set and factor is not None and factor.bureau_list is not None:
        bureau = document.bureau_lists[factor.bureau_list].bureaus[0].name
    return Claim(bureau=bureau, valid_until=form.valid_until)
