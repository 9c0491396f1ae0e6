"""The API as a test calls it: with a role, a purchaser and a practice instead of a token."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx import Response

from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System
from infrastructure.clock import SetClock
from infrastructure.http.identity import Role
from tests.infrastructure.http.in_process import InProcessClient
from tests.infrastructure.http.issuer import Issuer

CONTRACT = "caresq/04001234/FYS/2025-2026"
AGB = "04001234"


@dataclass(frozen=True)
class Api:
    """The API in this process, with its system, its clock and the issuer of its tokens."""

    client: InProcessClient
    app: FastAPI
    system: System
    clock: SetClock
    issuer: Issuer

    def headers(self, role: Role = Role.OFFICER, **claims: Any) -> dict[str, str]:
        """The header of a caller with a role: of Caresq, or of the practice; none for the public.

        p1 is its signatory, p7 its delegate, once that was granted.
        Claims that are given replace these.
        """
        if role is Role.PUBLIC:
            return {}
        told: dict[str, Any] = {"sub": f"{role}-1", "roles": [role.value]}
        if role in {Role.PROVIDER_DELEGATE, Role.PROVIDER_SIGNATORY}:
            who = {"person_id": "p7"} if role is Role.PROVIDER_DELEGATE else {"person_id": "p1"}
            told |= {"practice_agb": AGB, "certificate_serial": "serial-1", **who}
        else:
            told |= {"purchaser": "caresq"}
        return {"Authorization": f"Bearer {self.issuer.token(self.clock.now(), **told | claims)}"}

    def get(self, path: str, role: Role = Role.OFFICER, **query: Any) -> Response:
        """Ask as somebody with a role."""
        return self.client.request("GET", path, params=query, headers=self.headers(role))

    def post(
        self, path: str, body: Any = None, role: Role = Role.PROVIDER_SIGNATORY, key: str = "key-1", **headers: Any
    ) -> Response:
        """Command as somebody with a role, under a key."""
        given = self.headers(role) | {"Idempotency-Key": key} | headers
        return self.client.request("POST", path, json=body, headers=given)

    def let_the_delegate_act(self) -> Response:
        """The signatory grants it, from now on."""
        return self.post(f"/practices/{AGB}/delegations", {"person_id": "p7", "name": "J. Voorbeeld"}, key="let-p7")

    def put(self, path: str, body: Any, role: Role, key: str, **headers: Any) -> Response:
        """The same in the place of what was there."""
        given = self.headers(role) | {"Idempotency-Key": key} | headers
        return self.client.request("PUT", path, json=body, headers=given)

    def upload(
        self,
        path: str,
        content: bytes | AsyncIterable[bytes],
        key: str = "file-1",
        *,
        as_type: str = "application/pdf",
        **headers: str,
    ) -> Response:
        """Send a file as it is, as the signatory."""
        given = self.headers(Role.PROVIDER_SIGNATORY) | {"Idempotency-Key": key, "Content-Type": as_type} | headers
        return self.client.request("POST", path, content=content, headers=given)

    def offered_text(self) -> str:
        """The SHA-256 of the agreement text that was offered."""
        offer = self.system.contracting.load(ContractId.parse(CONTRACT)).contract.offer
        assert offer is not None
        return offer.agreement_sha256

    def sign(self, key: str = "key-1", **headers: Any) -> Response:
        """Sign what was offered, as the signatory."""
        return self.post(
            f"/contracts/{CONTRACT}/signature", {"agreement_sha256": self.offered_text()}, key=key, **headers
        )

    def facts(self) -> int:
        """How many facts the log holds."""
        return self.system.log.max_notification_id() or 0
