"""The public keys of the identity provider: fetched when first needed, kept, and fetched anew when they rotate."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from application.ports import Clock

_TIMEOUT_SECONDS = 5.0
_PAUSE = timedelta(seconds=10)
"""The least between two fetches, so that tokens with made-up key ids do not become requests to the provider."""
_KEPT = timedelta(hours=1)
"""How long a key is used that the provider may have withdrawn."""
PublicKey = RSAKey | ECKey


class IdentityProviderUnavailableError(Exception):
    """The identity provider's keys can not be had for now; the message says why, for the log."""


class ProviderKeys:
    """The keys of one issuer, by their ids; safe to use from several threads.

    ``jwks_url`` left out is found by discovery (``<issuer>/.well-known/openid-configuration``).
    """

    def __init__(
        self,
        issuer: str,
        jwks_url: str | None,
        clock: Clock,
        fetch: Callable[[str], Any] | None = None,
    ) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._fetch = fetch or fetch_json
        self._fetching = Lock()
        self._keys: dict[str | None, PublicKey] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None

    def find(self, key_id: str | None, kind: str) -> PublicKey | None:
        """The key with that id, of kind ``RSA`` or ``EC``; without an id the only one there is, if there is one.

        An unknown id fetches the keys once, as rotation brings new ones. Raises ``IdentityProviderUnavailableError``.
        """
        now = self._clock.now()
        if self._fetched_at is None or now - self._fetched_at > _KEPT:
            self._renew(now, must=self._fetched_at is None)
        found = self._find(key_id, kind)
        if found is None and (self._tried_at is None or now - self._tried_at >= _PAUSE):
            self._renew(now, must=False)
            found = self._find(key_id, kind)
        return found

    def _find(self, key_id: str | None, kind: str) -> PublicKey | None:
        keys = self._keys
        if key_id is None:
            alike = [key for key in keys.values() if key.key_type == kind]
            return alike[0] if len(alike) == 1 else None
        found = keys.get(key_id)
        return found if found is not None and found.key_type == kind else None

    def _renew(self, now: datetime, *, must: bool) -> None:
        """Fetch the keys; where some are known already, a provider that is away only delays rotation."""
        seen = self._keys
        with self._fetching:
            if self._keys is not seen:
                return  # another thread has just been there
            if self._tried_at is not None and must and now - self._tried_at < timedelta(seconds=1):
                raise IdentityProviderUnavailableError("the identity provider did not answer a moment ago")
            self._tried_at = now
            try:
                self._keys = self._fetch_keys()
                self._fetched_at = now
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
                if must:
                    told = f"the keys of {self._issuer} can not be fetched: {type(error).__name__}: {error}"
                    raise IdentityProviderUnavailableError(told) from error

    def _fetch_keys(self) -> dict[str | None, PublicKey]:
        url = self._jwks_url
        if url is None:
            found = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if found["issuer"] != self._issuer:
                raise ValueError(f"its configuration names the issuer {found['issuer']!r}")
            url = str(found["jwks_uri"])
        keys: dict[str | None, PublicKey] = {}
        for each in self._fetch(url)["keys"]:
            key = _public_key(each)
            if key is not None:
                keys[each.get("kid")] = key
        return keys


def _public_key(found: dict[str, Any]) -> PublicKey | None:
    """A key that signs with RS256 or ES256; nothing for any other."""
    usable = {"RSA": "RS256", "EC": "ES256"}.get(found.get("kty", ""))
    if usable is None or found.get("use", "sig") != "sig" or found.get("alg", usable) != usable:
        return None
    if found["kty"] == "EC" and found.get("crv") != "P-256":
        return None
    try:
        key = import_key({name: value for name, value in found.items() if name not in {"d", "key_ops"}})
    except (JoseError, ValueError):
        return None
    return key if isinstance(key, RSAKey | ECKey) else None


def fetch_json(url: str) -> Any:
    """What a provider answers at an address; follows no redirect. Raises httpx's errors and ``ValueError``."""
    answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, headers={"accept": "application/json"})
    answer.raise_for_status()
    return answer.json()
