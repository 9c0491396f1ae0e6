"""Which known values only a purchaser's reviewers may see (ASR24-4-ALG-6, OD54)."""

from collections.abc import Iterable

from domain.policy.document import PolicyDocument
from domain.provider.provider import KnownValue


def open_values(values: Iterable[KnownValue], documents: Iterable[PolicyDocument]) -> tuple[KnownValue, ...]:
    """The values that everybody at the purchaser may see; none while no policy says which those are.

    A code is restricted when any version of the purchaser's policies has a restricted condition that reads it.
    """
    known = list(documents)
    if not known:
        return ()
    restricted = {code for document in known for code in _restricted_codes(document)}
    return tuple(each for each in values if each.code not in restricted)


def _restricted_codes(document: PolicyDocument) -> Iterable[str]:
    for condition in document.conditions.values():
        if condition.restricted:
            for rule in (condition.registered, condition.verdict, condition.measured, condition.since):
                if rule is not None:
                    yield rule.value
