"""Bearer tokens: JWTs of the configured issuer for this service, signed with RS256 or ES256 (RFC 9068, RFC 8725)."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from application.ports import Clock
from infrastructure.http.identity import Identity, TokenRefusedError, identity_of
from infrastructure.http.keys import ProviderKeys

_KINDS = {"RS256": "RSA", "ES256": "EC"}
"""The algorithms that are accepted, and the kind of key that each takes; never ``none``, never a shared secret."""
_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_LONGEST = 8_192
_REMEMBERED = 10_000


class TokenVerifier:
    """Verifies tokens, and remembers those that were good until they expire; safe to use from several threads."""

    def __init__(self, issuer: str, audience: str, keys: ProviderKeys, clock: Clock, *, skew_seconds: float) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock
        self._skew = timedelta(seconds=skew_seconds).total_seconds()
        self._good: dict[bytes, tuple[Identity, float]] = {}

    def remembered(self, token: str) -> Identity | None:
        """Whose token this is, if it was verified before and has not expired."""
        found = self._good.get(sha256(token.encode()).digest())
        if found is None or self._clock.now().timestamp() >= found[1] + self._skew:
            return None
        return found[0]

    def verify(self, token: str) -> Identity:
        """Whose token this is; raises ``TokenRefusedError`` and ``IdentityProviderUnavailableError``."""
        if len(token) > _LONGEST:
            raise TokenRefusedError("the token is too long")
        claims = self._signed_claims(token)
        expires = self._check(claims)
        identity = identity_of(claims)
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good[sha256(token.encode()).digest()] = (identity, expires)
        return identity

    def _signed_claims(self, token: str) -> Mapping[str, Any]:
        header = _header(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in _KINDS:
            raise TokenRefusedError(f"the token is signed with {algorithm!r}; RS256 and ES256 are accepted")
        if str(header.get("typ", "")).lower() not in _TYPES:
            raise TokenRefusedError("the token is no access token: its header's typ is neither JWT nor at+jwt")
        key_id = header.get("kid")
        key = self._keys.find(key_id if isinstance(key_id, str) else None, _KINDS[algorithm])
        if key is None:
            raise TokenRefusedError("the token is signed with a key that its issuer does not publish")
        try:
            return jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            raise TokenRefusedError("the token's signature is wrong") from None

    def _check(self, claims: Mapping[str, Any]) -> float:
        """The instant at which it expires, in seconds since 1970; raises ``TokenRefusedError``."""
        if claims.get("iss") != self._issuer:
            raise TokenRefusedError("the token is of another issuer")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefusedError("the token is for another audience")
        now = self._clock.now().timestamp()
        expires = _seconds(claims, "exp")
        if expires is None:
            raise TokenRefusedError("the token never expires: it has no claim exp")
        if now >= expires + self._skew:
            raise TokenRefusedError("the token has expired")
        for name in ("nbf", "iat"):
            begins = _seconds(claims, name)
            if begins is not None and now < begins - self._skew:
                raise TokenRefusedError(f"the token is not valid yet: its claim {name} lies in the future")
        return expires


def _header(token: str) -> dict[str, Any]:
    try:
        encoded = token.split(".", maxsplit=1)[0]
        header = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, RecursionError):
        header = None
    if token.count(".") != 2 or not isinstance(header, dict):
        raise TokenRefusedError("the token is no signed JWT")
    return header


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    found = claims.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < 1e12:
        raise TokenRefusedError(f"the token's claim {name} is no number of seconds")
    return float(found)
