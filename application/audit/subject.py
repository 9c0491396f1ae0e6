"""Whom a fact of the log is about: what keeps one purchaser's trail apart from another's."""

from collections.abc import Callable
from typing import NamedTuple

from domain.history import Fact
from domain.policy.adoption import PolicyAdopted, policy_stream
from domain.provider.facts import PurchaserFact
from domain.round.facts import ROUNDS

_POLICIES, _PROVIDERS = policy_stream(""), "provider/"


class Subject(NamedTuple):
    """The purchaser whose fact it is and the practice that it is about, each absent where there is none.

    What the register says of a practice is everybody's and has no purchaser.
    """

    purchaser: str | None = None
    agb: str | None = None


def subject_of(stream_id: str, fact: Fact, purchaser_of_policy: Callable[[str], str | None]) -> Subject:
    """The subject of a fact; ``purchaser_of_policy`` tells whose an adopted policy is, for the rounds held under it."""
    if stream_id.startswith(_PROVIDERS):
        return Subject(fact.purchaser if isinstance(fact, PurchaserFact) else None, stream_id[len(_PROVIDERS) :])
    if stream_id.startswith(_POLICIES):
        return Subject(fact.purchaser if isinstance(fact, PolicyAdopted) else None)
    if stream_id.startswith(ROUNDS):
        return Subject(purchaser_of_policy(stream_id.split("/")[1]))
    if is_contract(stream_id):
        purchaser, agb, *_ = stream_id.split("/")
        return Subject(purchaser, agb)
    return Subject()


def is_contract(stream_id: str) -> bool:
    """Whether a stream is a contract's: its id has four parts, those of others fewer."""
    return stream_id.count("/") == 3 and not stream_id.startswith((_PROVIDERS, _POLICIES, ROUNDS))
