"""Whom a fact of the log is about: what keeps one purchaser's trail apart from another's."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Self

from application.policy_library import PolicyLibrary
from domain.contract.contract_id import is_contract
from domain.history import Context, Fact, FactCorrected, Recorded
from domain.policy.adoption import PolicyAdopted, policy_stream
from domain.provider.facts import PurchaserFact
from domain.round.facts import PLANS, ROUNDS

_POLICIES, _PROVIDERS = policy_stream(""), "provider/"


class Subject(NamedTuple):
    """The purchaser whose fact it is and the practice that it is about, each absent where there is none.

    What the register says of a practice is everybody's and has no purchaser.
    """

    purchaser: str | None = None
    agb: str | None = None


class AdoptedPolicies(NamedTuple):
    """The policies of a log: the purchaser of each, and which policy was adopted at which position."""

    purchasers: Mapping[str, str]
    adopted_at: Mapping[int, str]

    @classmethod
    def of(cls, library: PolicyLibrary) -> Self:
        """All that are adopted by now."""
        library.refresh()
        versions = [each for stream in library.streams() for each in library.versions(stream).versions]
        return cls(
            {each.document.id: each.document.purchaser.id for each in versions},
            {each.position: each.document.id for each in versions},
        )

    def purchaser_of(self, policy_id: str) -> str | None:
        """Whose a policy is."""
        return self.purchasers.get(policy_id)

    def policy_of(self, recorded: Recorded, context: Context) -> str | None:
        """The policy that a fact adopts or was decided under, or whose round it tells of."""
        if isinstance(recorded.fact, PolicyAdopted):
            return recorded.fact.policy_id
        if recorded.stream_id.startswith((ROUNDS, PLANS)):
            return recorded.stream_id.split("/")[1]
        return None if context.policy_position is None else self.adopted_at.get(context.policy_position)


def subject_of(stream_id: str, fact: Fact, purchaser_of_policy: Callable[[str], str | None]) -> Subject:
    """The subject of a fact; ``purchaser_of_policy`` tells whose an adopted policy is, for the rounds held under it."""
    if stream_id.startswith(_PROVIDERS):
        owner = fact.purchaser if isinstance(fact, PurchaserFact | FactCorrected) else None
        return Subject(owner, stream_id[len(_PROVIDERS) :])
    if stream_id.startswith(_POLICIES):
        return Subject(fact.purchaser if isinstance(fact, PolicyAdopted) else None)
    if stream_id.startswith((ROUNDS, PLANS)):
        return Subject(purchaser_of_policy(stream_id.split("/")[1]))
    if is_contract(stream_id):
        purchaser, agb, *_ = stream_id.split("/")
        return Subject(purchaser, agb)
    return Subject()


def owner_of(library: PolicyLibrary, stream_id: str) -> str | None:
    """The purchaser whose stream it is: a contract's, a policy's or a round's; a practice's is nobody's."""
    if is_contract(stream_id):
        return stream_id.split("/", maxsplit=1)[0]
    if stream_id.startswith((_POLICIES, ROUNDS, PLANS)):
        return AdoptedPolicies.of(library).purchaser_of(stream_id.split("/")[1])
    return None
