"""Commands as an operator sees them: a log line each, and counts by kind, outcome and refusal."""

import logging
from collections.abc import Callable
from time import perf_counter

from prometheus_client import Counter, Histogram, disable_created_metrics

from application.order import Order
from application.watch import Answer, Answered, Commanded
from domain.refusal import Refused, RefusedError
from infrastructure.observability.correlation import CORRELATION, correlated

disable_created_metrics()  # type: ignore[no-untyped-call] # a series more for each, which nobody asks for
_LOG = logging.getLogger("contractspoor.commands")
COMMANDS = Counter(
    "contractspoor_commands",
    "Commands that this process carried out, by kind and outcome: accepted, unchanged, repeated, refused or failed.",
    ["kind", "outcome"],
    registry=None,
)
REFUSALS = Counter(
    "contractspoor_refusals", "Commands that a rule refused in this process, by code.", ["code"], registry=None
)
SECONDS = Histogram(
    "contractspoor_command_duration_seconds",
    "How long a command took in this process, from loading to the durable commit or the refusal.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=None,
)
COUNTED = (COMMANDS, REFUSALS, SECONDS)
"""What is counted in this process; each begins at zero when the process does."""


class CommandWatch:
    """A ``Watch`` that counts, and writes a line for each command at level info: what, on what, how it ended.

    Who gave it stands in the trail of the log of facts, not here.
    """

    def over(self, subject: str, command: Commanded, order: Order, work: Callable[[], Answer]) -> Answer:
        """See ``Watch``."""
        token = CORRELATION.set(order.correlation_id or order.command_id)
        began = perf_counter()
        try:
            answer = work()
        except RefusedError as error:
            self._ended(subject, command, order, "refused", error.refused.code, perf_counter() - began)
            raise
        except Exception:
            self._ended(subject, command, order, "failed", None, perf_counter() - began)
            raise
        else:
            self._ended(subject, command, order, _outcome(answer), None, perf_counter() - began)
            return answer
        finally:
            CORRELATION.reset(token)

    def note(self, subject: str, command: Commanded, order: Order, answer: Answered | Refused) -> None:
        """See ``Watch``."""
        code = answer.code if isinstance(answer, Refused) else None
        outcome = "refused" if isinstance(answer, Refused) else _outcome(answer)
        with correlated(order.correlation_id or order.command_id):
            self._ended(subject, command, order, outcome, code, None)

    def _ended(
        self, subject: str, command: Commanded, order: Order, outcome: str, code: str | None, seconds: float | None
    ) -> None:
        COMMANDS.labels(command.kind, outcome).inc()
        if code is not None:
            REFUSALS.labels(code).inc()
        if seconds is not None:
            SECONDS.observe(seconds)
        if _LOG.isEnabledFor(logging.INFO):
            told: dict[str, object] = {
                "subject": subject,
                "kind": command.kind,
                "outcome": outcome,
                "command_id": order.command_id,
            }
            told |= {} if code is None else {"code": code}
            told |= {} if seconds is None else {"milliseconds": round(seconds * 1000, 3)}
            _LOG.info("command %s", outcome, extra=told)


def _outcome(answer: Answered) -> str:
    if answer.repeated:
        return "repeated"
    return "accepted" if answer.facts else "unchanged"
