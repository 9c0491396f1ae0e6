"""Whether the log could answer about a contract at all, from what it held by then and nothing later."""

from collections.abc import Iterable
from datetime import datetime

from application.policy_library import PolicyLibrary
from application.ports import Horizon
from domain.calendar import from_microseconds, local_text
from domain.contract.contract_id import ContractId
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.refusal import Refused, RefusedError


def governing(policies: PolicyLibrary, contract_id: ContractId, horizon: Horizon) -> PolicyVersions | None:
    """The versions known by then that name the contract's period; none before the purchaser's history begins.

    Raises ``RefusedError`` when the purchaser had policies, and none of them named this period for the care type.
    """
    policies.refresh()
    known = policies.governing(contract_id, up_to=horizon.position)
    if known.versions:
        return known
    of_purchaser = [
        each for each in policies.adopted_by(horizon.position) if each.document.purchaser.id == contract_id.purchaser
    ]
    if not of_purchaser:
        return None
    message = (
        f"no adopted policy of {contract_id.purchaser} has {contract_id.care_type} for {contract_id.period}, "
        f"{_as_known(horizon)}; adopted by then: {_periods(of_purchaser)}"
    )
    raise RefusedError(Refused("POLICY_NOT_ADOPTED", message))


def not_known_yet(policies: PolicyLibrary, contract_id: ContractId, horizon: Horizon) -> str:
    """Why the log could not answer: nothing of this purchaser had been adopted, and who had by then.

    A misspelt purchaser looks the same as one that will adopt its first policy later: only later knowledge could tell
    them apart, and an answer never rests on that.
    """
    adopted = {each.document.purchaser.id for each in policies.adopted_by(horizon.position)}
    told = f"those of {', '.join(sorted(adopted))} were" if adopted else "nor of anybody else"
    return f"not known yet: no policy of {contract_id.purchaser} was adopted by then, {told}; {_as_known(horizon)}"


def _as_known(horizon: Horizon) -> str:
    known_at: datetime = from_microseconds(horizon.known_at)
    return f"as known at {local_text(known_at)}, log position {horizon.position}"


def _periods(versions: Iterable[PolicyVersion]) -> str:
    """The care types of each period, in the order in which they were adopted."""
    periods: dict[str, dict[str, None]] = {}
    for version in versions:
        for care_type, rules in version.document.care_types.items():
            if rules.period is not None:
                periods.setdefault(rules.period, {})[care_type.value] = None
    return ", ".join(f"{' '.join(care_types)} ({period})" for period, care_types in periods.items())
