"""An officer enters what became known of a practice, under a code that the purchaser's policies read."""

from application.contracting import Contracting
from application.order import Order
from application.providers import Entered, ProviderStreams, execute
from domain.agb import AgbCode
from domain.policy.value_codes import value_refused
from domain.provider.commands import RecordValue
from domain.provider.provider import KnownValue
from domain.refusal import RefusedError


def record_value(
    contracting: Contracting, streams: ProviderStreams, agb: AgbCode, command: RecordValue, order: Order
) -> Entered:
    """Record the value if a rule of an adopted policy would read it; raises what ``execute`` raises."""
    contracting.policies.refresh()
    adopted = contracting.policies.adopted_by(contracting.log_port.horizon().position)
    documents = [each.document for each in adopted if each.document.purchaser.id == command.purchaser]
    value = KnownValue(code=command.code, value=command.value, year=command.year, care_type=command.care_type)
    refused = value_refused(value, documents)
    if refused is not None:
        raise RefusedError(refused)
    return execute(streams, agb, command, order)
