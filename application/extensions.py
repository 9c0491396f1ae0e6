"""Terms that an adopted policy extends without a signature, recorded contract by contract."""

from collections.abc import Iterator
from datetime import datetime

from application.contracting import Contracting, Loaded
from application.due import DueCommand, DueReport, carry_out_due
from domain.contract.commands import RecordExtension
from domain.policy.document import PolicyDocument
from domain.policy.term_rules import ExtendedBy


def extend_due(contracting: Contracting, at: datetime) -> DueReport:
    """Record for every concluded contract the extension that the policy in force at ``at`` brings it.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """

    def may_be_extended(loaded: Loaded) -> Iterator[DueCommand]:
        version = loaded.policies.at(at)
        rules = None if version is None else version.document.care_types.get(loaded.contract_id.care_type)
        if loaded.contract.concluded and rules is not None and rules.extension is not None:
            yield DueCommand("extension", RecordExtension(), rules.extension.until)

    return carry_out_due(contracting, at, may_be_extended)


def extend_after(contracting: Contracting, document: PolicyDocument) -> DueReport | None:
    """What the adoption of a document extends at once; none where it extends nothing."""
    rules = document.care_types.values()
    if not any(each.extension is not None and each.extension.by is ExtendedBy.ADOPTION for each in rules):
        return None
    return extend_due(contracting, contracting.clock.now())
