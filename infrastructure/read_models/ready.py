"""Brings a read model up before a question is answered from it, where no runner has done so yet."""

from application.ports import ReadModelBehind, ReadModelStopped
from infrastructure.persistence.database import LogDatabase
from infrastructure.read_models.runner import Runner

_CURSOR = "SELECT position FROM tracking WHERE name = ?"


class Ready:
    """Makes sure that one model has passed a log position; what it has passed it never has to look up again."""

    def __init__(self, name: str, database: LogDatabase, runner: Runner) -> None:
        self._name = name
        self._database = database
        self._runner = runner
        self._passed = 0

    def __call__(self, position: int) -> None:
        """Return when the model has reached the position; catches up here and now if it has not.

        Raises ``ReadModelBehind`` when a fault stops the model, or its tables are of another version, and
        ``StorageUnavailable``.
        """
        if position <= self._passed:
            return
        found = self._database.fetch(_CURSOR, (self._name,))
        if not found or found[0][0] < position or self._passed == 0:
            caught_up = self._runner.catch_up([self._name], up_to=position)
            if caught_up.outdated:
                raise ReadModelBehind(
                    f"the tables of read model {self._name} are of another version of this program; "
                    f"run: contractspoor readmodels rebuild {self._name}"
                )
            standing = caught_up.standings[self._name]
            if standing.position < position:
                fault = caught_up.faults.get(self._name)
                told = "" if fault is None else f" by {fault.event_id}: {fault.message}"
                raise ReadModelStopped(
                    f"read model {self._name} is stopped at log position {standing.position}{told}; mend the cause, "
                    f"then run: contractspoor readmodels resume {self._name}"
                )
            self._passed = standing.position
            return
        self._passed = int(found[0][0])
