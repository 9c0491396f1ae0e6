"""The reminder that shows best what reminders are for: of a questionnaire that came in time, and only after it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from domain.calendar import local_day
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractFact, QuestionnaireConfirmed, Reminded, Reminder
from domain.history import Recorded


class HeededReminder(NamedTuple):
    """A practice was reminded by the event, had until ``last_day``, and confirmed on ``confirmed_on``; local days."""

    contract_id: ContractId
    event_id: str
    clause: str
    reminded_on: date
    last_day: date
    confirmed_on: date


@dataclass
class FirstHeeded:
    """Sees every reminder and every act go by, and remembers the first practice that acted upon one."""

    found: HeededReminder | None = None
    _reminded: dict[str, Recorded] = field(default_factory=dict)

    def remind(self, recorded: Recorded) -> None:
        """Take in a fact that a tick recorded."""
        if isinstance(recorded.fact, Reminded) and recorded.fact.about is Reminder.QUESTIONNAIRE:
            self._reminded[recorded.stream_id] = recorded

    def see(self, contract_id: ContractId, facts: tuple[ContractFact, ...], at: datetime) -> None:
        """Take in the facts of one act."""
        reminder = self._reminded.get(str(contract_id))
        if self.found is not None or reminder is None or not isinstance(reminder.fact, Reminded):
            return
        slept_on_it = local_day(at) > local_day(reminder.occurred_at)
        if slept_on_it and any(isinstance(fact, QuestionnaireConfirmed) for fact in facts):
            fact, reminded_on = reminder.fact, local_day(reminder.occurred_at)
            self.found = HeededReminder(
                contract_id, reminder.event_id, fact.clause, reminded_on, fact.last_day, local_day(at)
            )
