"""Contracts from before this system are carried over from a file; a second import of it changes nothing."""

from collections.abc import Iterable
from typing import NamedTuple

from application.contracting import Contracting
from application.order import Order, digest
from application.ports import VersionConflict
from application.provider_import import RowMistake
from domain.contract.commands import CarryOver
from domain.contract.contract_id import ContractId
from domain.model import Frozen
from domain.refusal import RefusedError


class CarriedOverRow(NamedTuple):
    """A row of the file that could be read."""

    line: int
    contract_id: ContractId
    command: CarryOver


class RefusedRow(Frozen):
    """A row that was left out, with what is wrong with it."""

    line: int
    message: str


class CarriedOver(Frozen):
    """What an import did: how many rows there were, how many contracts are new, and the rows left out."""

    rows: int
    new: int
    unchanged: int
    refused: tuple[RefusedRow, ...]


def carry_over_contracts(
    contracting: Contracting, rows: Iterable[CarriedOverRow | tuple[RowMistake, ...]], *, actor: str, reason: str
) -> CarriedOver:
    """Carry over the contract of each row, one per transaction; a row that can not be is told, and the rest go on."""
    new = unchanged = count = 0
    refused: list[RefusedRow] = []
    for row in rows:
        count += 1
        if not isinstance(row, CarriedOverRow):
            refused += [RefusedRow(line=each.line, message=str(each).partition(", ")[2]) for each in row]
            continue
        command_id = f"carry-over/{row.contract_id}/{digest(row.command)}"
        order = Order(actor=actor, command_id=command_id, reason=reason)
        try:
            answer = contracting.act(row.contract_id, row.command, order)
        except (RefusedError, VersionConflict) as error:
            refused.append(RefusedRow(line=row.line, message=str(error)))
        else:
            recorded = bool(answer.facts) and not answer.repeated
            new, unchanged = new + recorded, unchanged + (not recorded)
    return CarriedOver(rows=count, new=new, unchanged=unchanged, refused=tuple(refused))
