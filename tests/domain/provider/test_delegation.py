"""Who acts for a practice: a signatory says so, and takes it back."""

from datetime import date, timedelta

import pytest

from domain.agb import AgbCode
from domain.provider.commands import GrantDelegation, RevokeDelegation
from domain.provider.delegation import delegate
from domain.provider.facts import DelegationGranted, DelegationRevoked, evolve
from domain.provider.provider import Provider
from domain.provider.register import Person, PracticeRecord, Signatory
from domain.refusal import Refused
from tests import refusals

TODAY = date(2025, 3, 1)
DELEGATE = Person(person_id="p7", name="J. Voorbeeld")
GRANT = GrantDelegation(person=DELEGATE, granted_by="p1", certificate_serial="s1")
REVOKE = RevokeDelegation(person_id="p7", revoked_by="p2", certificate_serial="s2")


def signatory(number: int, *, serial: str = "", authorised: bool = True, until: date | None = None) -> Signatory:
    return Signatory(
        person=Person(person_id=f"p{number}", name="T."),
        certificate_serial=serial or f"s{number}",
        valid_from=date(2025, 1, 1),
        valid_to=until,
        authorised=authorised,
    )


def practice(*signatories: Signatory) -> Provider:
    record = PracticeRecord(agb=AgbCode("04001234"), name="De Linde", signatories=signatories)
    return Provider(version=1, record=record)


KNOWN = practice(signatory(1), signatory(2))


def after(provider: Provider, *commands: GrantDelegation | RevokeDelegation, day: date = TODAY) -> Provider:
    for command in commands:
        decided = delegate(command, provider, day)
        assert isinstance(decided, list)
        for fact in decided:
            found = evolve(provider, fact, provider.version + 1, "caresq")
            assert found is not None
            provider = found
    return provider


def code(command: GrantDelegation | RevokeDelegation, provider: Provider | None, day: date = TODAY) -> str | None:
    decided = delegate(command, provider, day)
    if not isinstance(decided, Refused):
        return None
    refusals.assert_worded(decided)
    return decided.code


def test_a_signatory_lets_a_person_act_until_a_day_or_until_it_is_revoked() -> None:
    assert delegate(GRANT, KNOWN, TODAY) == [
        DelegationGranted(person=DELEGATE, granted_by="p1", certificate_serial="s1", last_day=None)
    ]
    for_a_day = after(KNOWN, GRANT.model_copy(update={"last_day": TODAY}))
    tomorrow = TODAY + timedelta(days=1)

    assert after(KNOWN, GRANT).delegation_on(date(2099, 1, 1), "p7") is not None
    assert [for_a_day.delegation_on(each, "p7") is not None for each in (TODAY, tomorrow)] == [True, False]
    assert for_a_day.delegation_on(TODAY, "p8") is None


def test_any_signatory_takes_it_back_and_nothing_of_it_is_left() -> None:
    assert delegate(REVOKE, after(KNOWN, GRANT), TODAY) == [
        DelegationRevoked(person_id="p7", revoked_by="p2", certificate_serial="s2")
    ]
    assert after(KNOWN, GRANT, REVOKE).delegations == ()


def test_a_repeat_brings_nothing_and_another_last_day_or_signatory_replaces() -> None:
    granted = after(KNOWN, GRANT)
    later = GRANT.model_copy(update={"last_day": date(2025, 12, 31)})
    other = GRANT.model_copy(update={"granted_by": "p2", "certificate_serial": "s2"})

    assert delegate(GRANT, granted, TODAY) == delegate(REVOKE, KNOWN, TODAY) == []
    assert [each.last_day for each in after(granted, later).delegations] == [date(2025, 12, 31)]
    assert [each.granted_by for each in after(granted, later, other).delegations] == ["p2"]


def test_one_revocation_leaves_other_delegates() -> None:
    second = GRANT.model_copy(update={"person": Person(person_id="p8", name="K.")})
    assert [each.person.person_id for each in after(KNOWN, GRANT, second, REVOKE).delegations] == ["p8"]


@pytest.mark.parametrize("command", [GRANT, REVOKE.model_copy(update={"revoked_by": "p1", "certificate_serial": "s1"})])
@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (None, "PROVIDER_UNKNOWN"),
        (practice(), "NOT_A_SIGNATORY"),
        (practice(signatory(2)), "NOT_A_SIGNATORY"),
        (practice(signatory(1, authorised=False)), "NOT_A_SIGNATORY"),
        (practice(signatory(1, until=date(2025, 2, 28))), "NOT_A_SIGNATORY"),
        (practice(signatory(1, serial="other")), "CERTIFICATE_NOT_THEIRS"),
        (practice(signatory(1, serial="s1", authorised=False), signatory(1, serial="s9")), "CERTIFICATE_NOT_THEIRS"),
        (practice(signatory(1, serial="s0"), signatory(1)), None),
        (practice(signatory(1, until=TODAY)), None),
    ],
)
def test_only_a_signatory_of_the_register_with_the_certificate_of_its_own_says_who_acts(
    command: GrantDelegation | RevokeDelegation, provider: Provider | None, expected: str | None
) -> None:
    assert code(command, provider) == expected


def test_a_delegation_that_has_ended_is_not_granted() -> None:
    assert code(GRANT.model_copy(update={"last_day": TODAY - timedelta(days=1)}), KNOWN) == "DELEGATION_ENDED"


def test_every_purchaser_sees_the_same_delegates() -> None:
    fact = DelegationGranted(person=DELEGATE, granted_by="p1", certificate_serial="s1", last_day=None)
    seen = [evolve(KNOWN, fact, 2, purchaser) for purchaser in ("caresq", "asr", "")]
    assert seen[0] == seen[1] == seen[2]
    assert evolve(None, fact, 2, "caresq") is None
