"""What a question about a contract ends with when there is nothing to answer from, and how an answer is written."""

import sys
from typing import NoReturn

from application.ports import Horizon
from application.providers import known_provider
from application.queries.contract_answer import ContractAnswer, Knowledge
from application.queries.governed import governing, not_known_yet
from domain.calendar import to_microseconds
from domain.contract.contract_id import ContractId
from domain.model import Frozen
from infrastructure.bootstrap import System
from infrastructure.cli.adopted import told_adopted
from infrastructure.cli.errors import NOT_KNOWN_YET, Told, end, fail


def practice_named(system: System, contract_id: ContractId, answer: ContractAnswer) -> str:
    """The practice's name; ends the command when the log has never heard of it, but knows the purchaser."""
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        return ""
    return check_practice(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))


def check_practice(system: System, contract_id: ContractId, horizon: Horizon) -> str:
    """The practice's name; ends the command when it is not registered, as known then."""
    provider = known_provider(system.providers, contract_id.agb, contract_id.purchaser, horizon)
    if provider is None:
        fail(
            f"no practice with AGB code {contract_id.agb} is registered, as known at log position {horizon.position}; "
            "check the code, or bring it in with: contractspoor providers import FILE",
            code="PROVIDER_UNKNOWN",
        )
    return provider.record.name


def check_governed(system: System, contract_id: ContractId) -> None:
    """End the command when no adopted policy has this purchaser, care type and period."""
    system.contracting.policies.refresh()
    if not system.contracting.policies.governing(contract_id).versions:
        missing = f"no adopted policy of {contract_id.purchaser} has {contract_id.care_type} for {contract_id.period}"
        fail(f"{missing}; {told_adopted(system)}", code="POLICY_NOT_ADOPTED")


def check_known(system: System, contract_id: ContractId, horizon: Horizon) -> None:
    """End the command when the log knew nothing then of the purchaser, the period or the practice."""
    if governing(system.contracting.policies, contract_id, horizon) is None:
        end_not_known(system, contract_id, horizon)
    check_practice(system, contract_id, horizon)


def end_not_known(system: System, contract_id: ContractId, horizon: Horizon) -> NoReturn:
    """End the command: nothing was adopted for the purchaser by then."""
    message = not_known_yet(system.contracting.policies, contract_id, horizon)
    end(Told("NOT_KNOWN_YET", message, NOT_KNOWN_YET))


def write_json(answer: Frozen) -> None:
    """The bytes of an answer, with a newline: a repeated question gives the same ones."""
    sys.stdout.flush()
    sys.stdout.buffer.write(answer.model_dump_json().encode() + b"\n")
    sys.stdout.buffer.flush()
