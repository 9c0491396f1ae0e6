"""The letters that a fact caused, or would cause, made from the log alone."""

from application.contracting import Contracting
from application.letters.letter import Letter
from application.letters.writing import letters_of
from domain.contract.contract_id import ContractId
from domain.provider.facts import fold_provider, provider_stream


def letters_about(contracting: Contracting, event_id: str) -> tuple[Letter, ...] | None:
    """The letters of the commit that holds an event, ``<contract id>@<version>``; ``None`` when there is no such fact.

    Raises ``ValueError`` for what is no event of a contract.
    """
    stream, _, version = event_id.rpartition("@")
    contract_id = ContractId.parse(stream)
    log, facts = contracting.log_port, contracting.facts
    history = facts.decode_all(log.read_streams([str(contract_id)]))
    found = [each for each in history if version.isdecimal() and each.version == int(version)]
    if not found:
        return None
    known = [each for each in history if each.recorded_at <= found[0].recorded_at]
    commit = [each for each in known if each.recorded_at == found[0].recorded_at]
    contracting.policies.refresh()
    governing = contracting.policies.governing(contract_id, up_to=commit[-1].position).at(commit[-1].occurred_at)
    practice = log.read_streams([provider_stream(contract_id.agb)], up_to=commit[-1].position)
    provider = fold_provider(facts.decode_all(practice), contract_id.purchaser)
    stored = log.explanations_at([each.position for each in commit])
    why = {position: facts.decode_explanation(each) for position, each in stored.items()}
    return () if governing is None else letters_of(contract_id, known, commit, governing, provider, why)
