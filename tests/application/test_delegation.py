"""A delegate fills in and uploads for the practice while a signatory lets it, and never signs."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.audit.reproduction import Outcome, reproduce
from application.contracting import Answer
from application.order import Order
from application.providers import execute
from domain.contract import commands as ask
from domain.contract.contract_id import ContractId
from domain.provider.commands import GrantDelegation, RevokeDelegation
from domain.provider.provider import Delegation
from domain.provider.register import Person
from domain.refusal import Refused, RefusedError
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.infrastructure.cli.conftest import CONTRACT

ID = ContractId.parse(CONTRACT)
UPLOAD = ask.UploadEvidence(factor="skf", sha256="ab" * 32, size=10, media_type="application/pdf")
GRANT = GrantDelegation(
    person=Person(person_id="p7", name="J. Voorbeeld"), granted_by="p1", certificate_serial="serial-1"
)
REVOKE = RevokeDelegation(person_id="p7", revoked_by="p1", certificate_serial="serial-1")


@pytest.fixture
def system(year: str) -> Iterator[System]:
    with open_system(year, clock=SetClock(at("2025-09-01"))) as system:
        yield system


def say(system: System, command: GrantDelegation | RevokeDelegation, command_id: str) -> None:
    execute(system.providers, ID.agb, command, Order("p1", command_id))


def upload(system: System, command_id: str, sha256: str = "ab" * 32) -> Answer:
    command = UPLOAD.model_copy(update={"sha256": sha256})
    return system.contracting.act(ID, command, Order("p7", command_id, delegated=True))


def code(system: System, command: ask.ContractCommand, order: Order) -> str:
    with pytest.raises(RefusedError) as refused:
        system.contracting.act(ID, command, order)
    return refused.value.refused.code


def test_both_persons_stand_in_the_trail_whomever_the_delegate_named(system: System) -> None:
    say(system, GRANT, "g1")
    system.contracting.act(ID, UPLOAD, Order("p7", "c1", on_behalf_of="somebody else", delegated=True))

    recorded = system.contracting.load(ID).history[-1]
    context = recorded.envelope()
    granted = system.providers.history(ID.agb)[-1]
    assert (context.actor, context.on_behalf_of) == ("p7", "p1")
    assert context.provider_version == granted.version
    assert granted.envelope().actor == "p1"
    assert reproduce(system.contracting, recorded.event_id).outcome is Outcome.SAME
    assert reproduce(system.contracting, granted.event_id).outcome is Outcome.SAME


def test_a_grant_and_a_revocation_work_at_once(system: System) -> None:
    with pytest.raises(RefusedError, match=r"^NOT_DELEGATED: 'p7' may not act for the practice on 2025-09-01"):
        upload(system, "c1")
    say(system, GRANT, "g1")
    assert upload(system, "c1").facts
    say(system, REVOKE, "r1")
    assert code(system, UPLOAD.model_copy(update={"sha256": "cd" * 32}), Order("p7", "c2", delegated=True)) == (
        "NOT_DELEGATED"
    )
    assert reproduce(system.contracting, system.providers.history(ID.agb)[-1].event_id).outcome is Outcome.SAME


def test_a_repeat_is_answered_while_the_right_stands_and_not_afterwards(system: System) -> None:
    say(system, GRANT, "g1")
    first = upload(system, "c1")
    assert upload(system, "c1") == first._replace(repeated=True)
    say(system, REVOKE, "r1")
    assert code(system, UPLOAD, Order("p7", "c1", delegated=True)) == "NOT_DELEGATED"


def test_a_batch_asks_for_the_right_too(system: System) -> None:
    [refused] = system.contracting.begin_all([(ID, UPLOAD, Order("p7", "c1", delegated=True))])
    assert isinstance(refused, Refused)
    assert refused.code == "NOT_DELEGATED"


def test_a_delegate_neither_signs_nor_declines_nor_backdates(system: System) -> None:
    say(system, GRANT, "g1")
    delegated = Order("p7", "c1", reason="by post", delegated=True)
    sign = ask.Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="ab" * 32)
    decline = ask.DeclineOffer(person_id="p1", certificate_serial="serial-1")

    assert code(system, sign, delegated) == code(system, decline, delegated) == "NOT_FOR_A_DELEGATE"
    assert code(system, UPLOAD, delegated._replace(occurred_at=at("2025-08-01"))) == "NEVER_BACKDATED"


def test_nobody_grants_or_revokes_for_an_earlier_instant(system: System) -> None:
    for command in (GRANT, REVOKE):
        with pytest.raises(RefusedError, match=r"^NEVER_BACKDATED: who acts for a practice is said at once"):
            execute(system.providers, ID.agb, command, Order("p1", "g1", reason="x", occurred_at=at("2025-08-01")))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.sampled_from(["grant", "revoke", "act"]), max_size=8))
def test_after_a_revocation_nothing_by_the_delegate_is_accepted(system: System, said: list[str]) -> None:
    """On one log, whatever was said before: the last word of a signatory decides."""
    stands = any(isinstance(each, Delegation) for each in _delegations(system))
    for word in said:
        number = system.log.horizon().position
        if word == "act":
            try:
                upload(system, f"a{number}", f"{number:064x}")
                accepted = True
            except RefusedError as refused:
                assert refused.refused.code == "NOT_DELEGATED"  # noqa: PT017
                accepted = False
            assert accepted == stands
        else:
            say(system, GRANT if word == "grant" else REVOKE, f"{word}{number}")
            stands = word == "grant"


def _delegations(system: System) -> list[Delegation]:
    provider = system.contracting.load(ID).provider
    assert provider is not None
    return [each for each in provider.delegations if each.person.person_id == "p7"]
