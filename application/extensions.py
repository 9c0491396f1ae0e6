"""Terms that an adopted policy extends without a signature, recorded contract by contract."""

from application.contracting import Contracting
from application.due import DueReport, record_extensions
from domain.policy.document import PolicyDocument
from domain.policy.term_rules import ExtendedBy


def extend_after(contracting: Contracting, document: PolicyDocument) -> DueReport | None:
    """What the adoption of a document extends at once; none where it extends nothing."""
    rules = document.care_types.values()
    if not any(each.extension is not None and each.extension.by is ExtendedBy.ADOPTION for each in rules):
        return None
    return record_extensions(contracting)
