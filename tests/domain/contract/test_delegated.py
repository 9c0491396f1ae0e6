"""What a delegate may do: fill in and upload while a signatory lets it, and nothing that binds the practice."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from domain.contract import commands as ask
from domain.contract.delegated import MAY_BE_DELEGATED, delegation_for
from domain.provider.provider import Delegation
from domain.provider.register import Person
from domain.refusal import Refused
from tests import refusals
from tests.given import at, practice

NOW = at("2025-09-01")
UPLOAD = ask.UploadEvidence(factor="skf", sha256="ab" * 32, size=10, media_type="application/pdf")
STANDS = Delegation(person=Person(person_id="p7", name="J. Voorbeeld"), granted_by="p1", last_day=date(2025, 9, 1))
KNOWN = replace(practice(), delegations=(STANDS,))
FORBIDDEN = [each for each in get_args(ask.ContractCommand) if each not in MAY_BE_DELEGATED]


def code(found: Delegation | Refused) -> str:
    assert isinstance(found, Refused)
    refusals.assert_worded(found)
    return found.code


@pytest.mark.parametrize("kind", MAY_BE_DELEGATED, ids=lambda kind: kind.__name__)
def test_who_was_named_fills_in_and_uploads_until_the_end_of_the_last_day(kind: type[ask.Command]) -> None:
    command = kind.model_construct()
    for moment in ("2025-09-01T00:00", "2025-09-01T23:59"):
        assert delegation_for(command, KNOWN, "p7", at(moment), at(moment)) == STANDS  # type: ignore[arg-type]


def test_nobody_acts_without_a_delegation_that_stands() -> None:
    later = at("2025-09-02T00:00")
    for provider, person, now in ((None, "p7", NOW), (practice(), "p7", NOW), (KNOWN, "p8", NOW), (KNOWN, "p7", later)):
        found = delegation_for(UPLOAD, provider, person, now, now)
        assert isinstance(found, Refused)
        assert found.code == "NOT_DELEGATED"
    assert code(delegation_for(UPLOAD, None, "p7", NOW, NOW)) == "NOT_DELEGATED"


def test_a_delegate_never_acts_for_another_instant() -> None:
    assert code(delegation_for(UPLOAD, KNOWN, "p7", at("2025-08-01"), NOW)) == "NEVER_BACKDATED"


@pytest.mark.parametrize("kind", FORBIDDEN, ids=lambda kind: kind.__name__)
def test_whatever_binds_the_practice_or_is_the_purchasers_is_never_for_a_delegate(kind: type[ask.Command]) -> None:
    refused = delegation_for(kind.model_construct(), KNOWN, "p7", NOW, NOW)  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert refused.code == "NOT_FOR_A_DELEGATE"


def test_what_is_not_for_a_delegate_is_told_with_what_is() -> None:
    assert code(delegation_for(ask.MakeOffer(), KNOWN, "p7", NOW, NOW)) == "NOT_FOR_A_DELEGATE"
