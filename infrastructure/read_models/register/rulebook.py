"""What the policies known at each position of a batch say of a contract's care type and period."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from application.policy_library import PolicyLibrary
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.intervals import Rulings, rulings_of
from domain.policy.document import PolicyDocument
from infrastructure.read_models.model import Batch


class Subject(NamedTuple):
    """What a policy rules: the contracts of one purchaser, care type and period."""

    purchaser: str
    care_type: str
    period: str

    @classmethod
    def of(cls, stream_id: str) -> Self:
        """What rules a contract."""
        purchaser, _, care_type, period = stream_id.split("/")
        return cls(purchaser, care_type, period)


class Change(NamedTuple):
    """Other rulings, known from a log position on."""

    position: int
    rulings: Rulings


_ANY = AgbCode("00000000")


class Rulebook:
    """The rulings at the positions of one batch, made once for all its contracts."""

    def __init__(self, batch: Batch) -> None:
        self._policies: PolicyLibrary = batch.policies
        self._read_from = batch.read_from
        self._adopted: dict[Subject, list[int]] = {}
        adopted = self._policies.adopted_by(batch.to) if batch.of_policies else ()
        for version in adopted:
            if version.position > batch.read_from:
                for subject in _subjects(version.document):
                    self._adopted.setdefault(subject, []).append(version.position)
        self._before: dict[Subject, Rulings] = {}
        self._changes: dict[Subject, list[Change]] = {}

    def before(self, subject: Subject) -> Rulings:
        """What held before the batch; empty when there was no policy yet."""
        if subject not in self._before:
            self._before[subject] = self._at(subject, self._read_from)
        return self._before[subject]

    def changes(self, subject: Subject) -> list[Change]:
        """What comes to be known in the batch, where it says something else."""
        if subject not in self._adopted:
            return []
        if subject not in self._changes:
            found: list[Change] = []
            latest = self.before(subject)
            for position in sorted(self._adopted[subject]):
                rulings = self._at(subject, position)
                if rulings != latest:
                    found.append(Change(position, rulings))
                    latest = rulings
            self._changes[subject] = found
        return self._changes[subject]

    @property
    def stays(self) -> bool:
        """Whether nothing at all is adopted in the batch, as in almost every one."""
        return not self._adopted

    def changed(self) -> list[Subject]:
        """Whose contracts have to be looked at anew."""
        return [subject for subject in sorted(self._adopted) if self.before(subject) and self.changes(subject)]

    def _at(self, subject: Subject, position: int) -> Rulings:
        care_type = CareType(subject.care_type)
        any_contract = ContractId(subject.purchaser, _ANY, care_type, subject.period)
        known = self._policies.governing(any_contract, up_to=position)
        return rulings_of(known, care_type) if known.versions else ()


def _subjects(document: PolicyDocument) -> Iterator[Subject]:
    for care_type, rules in document.care_types.items():
        if rules.period is not None:
            yield Subject(document.purchaser.id, care_type.value, rules.period)
