"""For whom a policy buys, as answers name them where they are several."""

from domain.model import Frozen
from domain.policy.document import PolicyDocument


class InsurerNamed(Frozen):
    """One of several insurers for whom the purchaser buys under one policy."""

    id: str
    name: str
    uzovi: str
    labels: tuple[str, ...]

    @property
    def words(self) -> str:
        """The insurer as a person reads it."""
        labels = f", labels {', '.join(self.labels)}" if self.labels else ""
        return f"{self.name}, UZOVI {self.uzovi}{labels}"


def several_insurers(document: PolicyDocument) -> tuple[InsurerNamed, ...]:
    """The insurers of a policy for several; none where there is one, whom the policy names."""
    return tuple(
        InsurerNamed(id=each.id, name=each.name, uzovi=each.uzovi or "", labels=each.labels)
        for each in document.insurers
    )
