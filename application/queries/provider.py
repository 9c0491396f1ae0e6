"""A practice as the register tells it, and as one purchaser knows it."""

from collections.abc import Iterator

from application.contracting import Contracting
from application.queries.horizon import Asked, fix_horizon
from domain.agb import AgbCode
from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from domain.policy.document import PolicyDocument
from domain.policy.restricted_values import open_values
from domain.provider.facts import NO_PURCHASER, fold_provider, provider_stream
from domain.provider.provider import Delegation, IntegritySignal, KnownValue, OptOut, PastContract
from domain.provider.register import PracticeRecord


class ProviderAnswer(Frozen):
    """The practice as known then, without ``record`` when it was not registered; ``version`` is that of its stream.

    ``delegations`` are those who fill in and upload for it. What follows ``purchaser`` is known to that purchaser, and
    absent when the register alone was asked for; ``integrity_signals`` are there only when its reviewers ask (OD54).
    """

    agb: str
    version: int | None = None
    record: PracticeRecord | None = None
    delegations: tuple[Delegation, ...] | None = None
    purchaser: str | None = None
    past_contracts: tuple[PastContract, ...] | None = None
    opt_outs: tuple[OptOut, ...] | None = None
    known_values: tuple[KnownValue, ...] | None = None
    integrity_signals: tuple[IntegritySignal, ...] | None = None
    known_at: Instant
    position: int


def provider(
    contracting: Contracting, agb: AgbCode, purchaser: str | None, asked: Asked, *, with_integrity: bool = False
) -> ProviderAnswer:
    """The practice with the knowledge of an instant: the register alone, or also what a purchaser knows.

    ``with_integrity`` brings integrity signals and restricted values, which are for the purchaser's reviewers only.
    Raises the errors of ``EventLog.horizon``.
    """
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    rows = contracting.log_port.read_streams([provider_stream(agb)], up_to=horizon.position)
    found = fold_provider(contracting.facts.decode_all(rows), purchaser or NO_PURCHASER)
    known_at, position = from_microseconds(horizon.known_at), horizon.position
    if found is None or purchaser is None:
        register = (
            {}
            if found is None
            else {"version": found.version, "record": found.record, "delegations": found.delegations}
        )
        return ProviderAnswer.model_validate({"agb": agb, "known_at": known_at, "position": position, **register})
    documents = _documents(contracting, purchaser, position)
    return ProviderAnswer(
        agb=agb,
        version=found.version,
        record=found.record,
        delegations=found.delegations,
        purchaser=purchaser,
        past_contracts=found.past_contracts,
        opt_outs=found.opt_outs,
        known_values=found.known_values if with_integrity else open_values(found.known_values, documents),
        integrity_signals=found.integrity_signals if with_integrity else None,
        known_at=known_at,
        position=position,
    )


def _documents(contracting: Contracting, purchaser: str, up_to: int) -> Iterator[PolicyDocument]:
    """Every adopted version of the purchaser's policies that was known then."""
    policies = contracting.policies
    for stream in policies.streams():
        for version in policies.versions(stream, up_to=up_to).versions:
            if version.document.purchaser.id == purchaser:
                yield version.document
