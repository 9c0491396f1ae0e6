"""Where the modules on top of a contract stand: in the procedure at an instant, in law on a day."""

from datetime import date, datetime

from application.queries.contract_answer import ModuleInForce, ModuleState
from domain.contract.contract import Contract, Module
from domain.contract.modules import modules_on, standing


def modules_in_procedure(contract: Contract, at: datetime) -> tuple[ModuleState, ...]:
    """Every module that was granted or refused, tests that are due judged at an instant."""
    granted = tuple(_state(each, at) for each in contract.modules)
    return (*granted, *(ModuleState(module=code, refused=why) for code, why in contract.modules_refused.items()))


def _state(module: Module, at: datetime) -> ModuleState:
    stands = standing(module, at)
    return ModuleState(
        module=module.module,
        granted_at=module.granted_at,
        term=module.term,
        ended_by=stands.ended_by,
        last_day=stands.last_day,
        next_retest_due=stands.next_due,
        passed=tuple(each.due_on for each in module.results if each.passed),
        failed=tuple(each.due_on for each in module.results if not each.passed),
    )


def modules_in_law(contract: Contract, effective_on: date, known_at: datetime) -> tuple[ModuleInForce, ...]:
    """The modules in force on a day, with what is known at an instant: a test missed by then has ended them."""
    attempt = contract.attempt_in_force(effective_on)
    if attempt is None:
        return ()
    return tuple(
        ModuleInForce(module=each.module, term=each.term, last_day=stands.last_day, next_retest_due=stands.next_due)
        for each, stands in modules_on(attempt, effective_on, known_at)
    )
