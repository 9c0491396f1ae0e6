"""Who carries out what a step does: the use case that HTTP and the command line call for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from application.contracting import Loaded
from application.due import Ticking
from application.extensions import extend_after
from application.known_values import record_value
from application.order import Order
from application.policies import AdoptionOrder, PolicySources, PolicyStreams, adopt
from application.provider_import import import_records
from application.providers import ProviderStreams, execute
from application.registry_changes import ask_about_changes_after
from application.round import RoundOrder, run_round
from application.scenarios.deeds import (
    COMMANDS,
    PROVIDER_COMMANDS,
    AdoptPolicy,
    AnswersForm,
    ChangeRegister,
    RecordDue,
    RunRound,
    answers_of,
    file_sha256,
    kind_of,
)
from application.scenarios.format import Scenario
from application.scenarios.practices import ProviderForm, SignatoryForm, changed, practice_entry
from application.tick import tick
from domain.agb import AgbCode
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.policy.adoption import Ground
from domain.provider.commands import RecordValue, SignalIntegrity
from domain.refusal import Refused, RefusedError

NO_OFFER = "0" * 64
"""The hash that a signatory gives who signs although nothing was offered."""


class Act(NamedTuple):
    """Who acts, under which id, why, when, and on what; absent parts are those of the scenario."""

    by: str
    command_id: str
    on_behalf_of: str | None = None
    reason: str | None = None
    occurred_at: datetime | None = None
    contract: str | None = None
    provider: AgbCode | None = None

    def order(self) -> Order:
        """The order around the command."""
        return Order(
            actor=self.by,
            command_id=self.command_id,
            on_behalf_of=self.on_behalf_of,
            reason=self.reason,
            occurred_at=self.occurred_at,
        )


class Doing:
    """Carries out the deeds of one scenario."""

    def __init__(
        self,
        ticking: Ticking,
        providers: ProviderStreams,
        policies: PolicyStreams,
        sources: PolicySources,
        scenario: Scenario,
    ) -> None:
        self._ticking = ticking
        self._contracting = ticking.contracting
        self._providers = providers
        self._policies = policies
        self._sources = sources
        self._contract = scenario.contract
        self._practices = {each.agb: each for each in scenario.providers}

    def carry_out(self, deed: Any, act: Act) -> None:
        """Do it; raises what the use case raises."""
        match deed:
            case AdoptPolicy():
                self.adopt(deed.policy, act, deed.ground)
            case ChangeRegister():
                self._change_register(deed, act)
            case RunRound():
                self._run_round(deed, act)
            case RecordDue():
                self._record_due(act)
            case _:
                self._command(deed, act)

    def adopt(self, policy: str, act: Act, ground: Ground | None) -> None:
        """Adopt a policy or an amendment; raises ``RefusedError`` when it is refused."""
        order = AdoptionOrder(act.by, ground, act.occurred_at, act.reason, act.on_behalf_of)
        answer = adopt(self._policies, self._sources.read(policy), order)
        if isinstance(answer, Refused):
            raise RefusedError(answer)
        report = extend_after(self._contracting, answer.version.document)
        _raise_failures([f"{each.contract_id}: {each.message}" for each in (() if report is None else report.failures)])

    def register(self, form: ProviderForm) -> None:
        """Enter a practice as a register file would, and what officers know of it."""
        purchaser, year = self._purchaser_and_year()
        import_records(self._providers, [practice_entry(form, purchaser, year)], actor="inkoper")
        for number, each in enumerate(form.integrity_signals, start=1):
            signal = SignalIntegrity(purchaser=each.purchaser or purchaser, from_day=each.from_day)
            order = Order(actor="inkoper", command_id=f"signal-{form.agb}-{number}", reason=each.reason)
            execute(self._providers, form.agb, signal, order)

    def _change_register(self, deed: ChangeRegister, act: Act) -> None:
        agb = self._agb(act)
        if agb not in self._practices:
            raise LookupError(f"the scenario has no practice {agb}")
        self._practices[agb] = changed(self._practices[agb], deed.to)
        purchaser, year = self._purchaser_and_year()
        head = self._contracting.log_port.horizon().position
        import_records(self._providers, [practice_entry(self._practices[agb], purchaser, year)], actor=act.by)
        report = ask_about_changes_after(self._contracting, head)
        _raise_failures([f"{each.contract_id}: {each.message}" for each in report.failures])

    def _run_round(self, deed: RunRound, act: Act) -> None:
        order = RoundOrder(deed.policy, act.by, deed.on, deed.care_types, act.reason)
        report = run_round(self._contracting, order)
        _raise_failures([f"{each.stream_id}: {each.message}" for each in report.failures])

    def _record_due(self, act: Act) -> None:
        at = act.occurred_at or self._contracting.clock.now()
        reports = tick(self._ticking, at).values()
        _raise_failures([f"{each.contract_id}: {each.message}" for report in reports for each in report.failures])

    def _command(self, form: BaseModel, act: Act) -> None:
        """One of the program's own commands, made whole and given to its use case."""
        command_type = COMMANDS[kind_of(type(form))]
        if issubclass(command_type, PROVIDER_COMMANDS):
            values = self._filled(command_type, form, lambda name: {"purchaser": self._purchaser_and_year()[0]}[name])
            command: Any = command_type.model_validate(values)
            if isinstance(command, RecordValue):
                record_value(self._contracting, self._providers, self._agb(act), command, act.order())
            else:
                execute(self._providers, self._agb(act), command, act.order())
            return
        contract_id = self._contract_id(act)
        loaded = self._contracting.load(contract_id)
        filling = _Filling(loaded, self._signatory(contract_id.agb), act, self._contracting.clock.now())
        command = command_type.model_validate(self._filled(command_type, form, filling.left_out, filling.written))
        self._contracting.act(contract_id, command, act.order())

    def _filled(
        self,
        command_type: type[BaseModel],
        form: BaseModel,
        left_out: Callable[[str], Any],
        written: Callable[[str, Any], Any] = lambda _, value: value,
    ) -> dict[str, Any]:
        """The fields of the command: as they are written, and what the scenario fills in for those that are not."""
        values: dict[str, Any] = {}
        for name, field in command_type.model_fields.items():
            if name in form.model_fields_set and getattr(form, name) is not None:
                values[name] = written(name, getattr(form, name))
            elif field.is_required():
                values[name] = left_out(name)
        return values

    def _contract_id(self, act: Act) -> ContractId:
        text = act.contract or self._contract
        if text is None:
            raise LookupError("this step names no contract, and the scenario has none of its own")
        return ContractId.parse(text)

    def _agb(self, act: Act) -> AgbCode:
        if act.provider is not None:
            return act.provider
        if act.contract is None and self._contract is None and len(self._practices) == 1:
            return next(iter(self._practices))
        return self._contract_id(act).agb

    def _signatory(self, agb: AgbCode) -> SignatoryForm:
        practice = self._practices.get(agb)
        return practice.signatories[0] if practice is not None and practice.signatories else SignatoryForm()

    def _purchaser_and_year(self) -> tuple[str, int]:
        """Those of the policy that was adopted first."""
        streams = self._contracting.policies.streams()
        versions = [version for stream in streams for version in self._contracting.policies.versions(stream).versions]
        if not versions:
            raise LookupError("no policy is adopted yet; let one be adopted before the first practice is registered")
        document = min(versions, key=lambda version: version.position).document
        return document.purchaser.id, document.year


def _raise_failures(failures: list[str]) -> None:
    if failures:
        raise LookupError("; ".join(failures))


class _Filling:
    """What a scenario leaves to us: values that follow from the contract, its signatory and the step."""

    def __init__(self, loaded: Loaded, signatory: SignatoryForm, act: Act, now: datetime) -> None:
        self._loaded = loaded
        self._signatory = signatory
        self._act = act
        self._now = now

    def left_out(self, name: str) -> Any:
        """The value of a field that was left out."""
        offer = self._loaded.contract.offer
        return {
            "person_id": self._signatory.person_id,
            "certificate_serial": self._signatory.certificate_serial,
            "agreement_sha256": NO_OFFER if offer is None else offer.agreement_sha256,
            "sha256": file_sha256(f"the file of {self._act.command_id}"),
            "size": 1000,
            "media_type": "application/pdf",
            "version": self._loaded.contract.version,
        }[name]

    def written(self, name: str, value: Any) -> Any:
        """A field as the command has it."""
        if isinstance(value, AnswersForm):
            versions = self._loaded.policies
            version = versions.at(self._act.occurred_at or self._now) or versions.versions[0]
            return answers_of(value, version.document, self._loaded.contract_id.care_type)
        if name in {"sha256", "agreement_sha256"}:
            return file_sha256(value)
        if name == "version" and not value.isdecimal():
            return _version_of(self._loaded.history, value)
        return value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value


def _version_of(history: list[Recorded], name: str) -> int:
    """The version of the last fact of that name."""
    for recorded in reversed(history):
        if recorded.fact.stored_name == name:
            return recorded.version
    raise LookupError(f"the contract has no fact {name}")
