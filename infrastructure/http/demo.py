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

from application.ports import Clock
from application.providers import known_provider
from application.queries.horizon import Asked
from domain.contract.contract_id import ContractId
from domain.simulation import SIMULATION_STREAM
from infrastructure.bootstrap import Settings, System
from infrastructure.http.app import create_app
from infrastructure.http.identity import OF_A_PURCHASER, Role
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
    """A token for each role, of the contract's purchaser or of its practice."""
    provider = known_provider(system.providers, contract_id.agb, contract_id.purchaser)
    signatories = () if provider is None else provider.record.signatories
    for role in OF_A_PURCHASER:
        yield role, issuer.token(f"demo-{role}", roles=[role.value], purchaser=contract_id.purchaser)
    who: dict[str, Any] = {}
    if signatories:
        signing = signatories[0]
        who = {"person_id": signing.person.person_id, "certificate_serial": signing.certificate_serial}
    practice = {"practice_agb": contract_id.agb}
    signatory, delegate = Role.PROVIDER_SIGNATORY, Role.PROVIDER_DELEGATE
    yield signatory, issuer.token(f"demo-{signatory}", roles=[signatory.value], **practice, **who)
    yield delegate, issuer.token(f"demo-{delegate}", roles=[delegate.value], **practice)


def write_identities(path: Path, url: str, contract_id: ContractId, tokens: Mapping[Role, str]) -> None:
    """A file of shell variables, for its owner only."""
    lines = [f"API={url}", f"CONTRACT={contract_id}", f"AGB={contract_id.agb}"]
    lines += [f"{role.name}={token}" for role, token in sorted(tokens.items())]
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("".join(f"export {line}\n" for line in lines))
