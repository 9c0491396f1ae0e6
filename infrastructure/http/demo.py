"""The API on a simulation: its clock goes on where the log ends, and its issuer lives and dies with the process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import RSAKey

from application.order import Order
from application.ports import Clock
from application.providers import execute, known_provider
from application.queries.horizon import Asked
from domain.calendar import instant_text, local_day
from domain.contract.contract_id import ContractId
from domain.provider.commands import GrantDelegation
from domain.provider.register import Person, Signatory
from domain.simulation import SIMULATION_STREAM
from infrastructure.bootstrap import Settings, System
from infrastructure.http.app import create_app
from infrastructure.http.identity import OF_A_PRACTICE, Role
from infrastructure.http.keys import ProviderKeys
from infrastructure.http.tokens import TokenVerifier

ISSUER = "urn:contractspoor:demo"
AUDIENCE = "urn:contractspoor:demo:api"
PURCHASER = "caresq"
_LAST_FOR = timedelta(hours=12)
_LOOKED_AT = 1_000


class NoSimulationError(Exception):
    """The log is no simulation: nobody gets identities for the asking there."""


class DemoIssuer:
    """Signs tokens with a key that nobody else has and nothing keeps: they work in this process only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = RSAKey.generate_key(2048, {"kid": "demo"})

    def verifier(self) -> TokenVerifier:
        """What accepts these tokens and no others."""
        keys = ProviderKeys(ISSUER, ISSUER, self._clock, lambda _: {"keys": [self._key.as_dict(private=False)]})
        return TokenVerifier(ISSUER, AUDIENCE, keys, self._clock, skew_seconds=0)

    def token(self, subject: str, **claims: Any) -> str:
        """A token for twelve hours."""
        now = self._clock.now()
        told = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": int((now + _LAST_FOR).timestamp()), **claims}
        header = {"alg": "RS256", "kid": "demo", "typ": "at+jwt"}
        return jwt.encode(header, told, self._key, algorithms=["RS256"], default_type=None)


def check_simulated(system: System) -> None:
    """Raises ``NoSimulationError`` unless everything in the log is invented."""
    if system.log.stream_ids(SIMULATION_STREAM, limit=1) != [SIMULATION_STREAM]:
        raise NoSimulationError("this log is no simulation; make one with: contractspoor demo")


def demo_app(system: System, settings: Settings, issuer: DemoIssuer) -> FastAPI:
    """The API on a simulation that is open already. Raises ``NoSimulationError``."""
    check_simulated(system)
    return create_app(lambda: nullcontext(system), settings, verifier=issuer.verifier(), clock=system.clock)


def a_contract(system: System) -> ContractId:
    """A contract in force to look at, else any; the log of a simulation has some."""
    found = [ContractId.parse(each) for each in system.log.stream_ids(f"{PURCHASER}/", limit=_LOOKED_AT)]
    return next((each for each in found if _in_force(system, each)), found[0])


def _in_force(system: System, contract_id: ContractId) -> bool:
    legal = system.questions.contract(contract_id, Asked()).legal_position
    return legal is not None and legal.in_force


def identities(system: System, issuer: DemoIssuer, contract_id: ContractId) -> Iterator[tuple[Role, str]]:
    """A token for each role but the public: of the contract's purchaser, or of its practice."""
    signing = _signatory(system, contract_id)
    for role in Role:
        told: dict[str, Any] = {"purchaser": contract_id.purchaser}
        if role in OF_A_PRACTICE:
            told = {"practice_agb": contract_id.agb}
        if role is Role.PROVIDER_SIGNATORY and signing is not None:
            told |= {"person_id": signing.person.person_id, "certificate_serial": signing.certificate_serial}
        if role is not Role.PUBLIC:
            yield role, issuer.token(f"demo-{role}", roles=[role.value], **told)


def let_the_delegate_act(system: System, contract_id: ContractId) -> None:
    """The signatory lets the demo's delegate act, as one has to before a delegate can do anything.

    Nothing happens where it stands already, or where nobody may sign.
    """
    signing = _signatory(system, contract_id)
    if signing is None:
        return
    command = GrantDelegation(
        person=Person(person_id=f"demo-{Role.PROVIDER_DELEGATE}", name="Demo"),
        granted_by=signing.person.person_id,
        certificate_serial=signing.certificate_serial,
    )
    # by the instant: one that was taken back while the demo was tried is granted anew
    order = Order(signing.person.person_id, f"demo/delegate/{instant_text(system.clock.now())}")
    execute(system.providers, contract_id.agb, command, order)


def _signatory(system: System, contract_id: ContractId) -> Signatory | None:
    """One who may sign now, if there is any."""
    provider = known_provider(system.providers, contract_id.agb, contract_id.purchaser)
    today = local_day(system.clock.now())
    everybody = () if provider is None else provider.record.signatories
    return next(
        (each for each in everybody if provider and each in provider.signatories_on(today, each.person.person_id)), None
    )


def write_identities(path: Path, url: str, contract_id: ContractId, tokens: Mapping[Role, str]) -> None:
    """A file of shell variables, for its owner only."""
    lines = [f"API={url}", f"CONTRACT={contract_id}", f"AGB={contract_id.agb}"]
    lines += [f"{role.name}={token}" for role, token in sorted(tokens.items())]
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("".join(f"export {line}\n" for line in lines))
