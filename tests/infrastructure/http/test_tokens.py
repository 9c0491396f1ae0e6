"""Whose tokens are accepted, and which are not."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx import ConnectError
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from infrastructure.clock import SetClock
from infrastructure.http.identity import Identity, Role, TokenRefusedError
from infrastructure.http.keys import IdentityProviderUnavailableError, ProviderKeys
from infrastructure.http.tokens import TokenVerifier
from tests.given import at
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.issuer import AUDIENCE, Issuer

NOW = at("2024-11-01")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def verify(issuer: Issuer, clock: SetClock) -> Callable[[str], Identity]:
    keys = ProviderKeys(issuer.url, None, clock)
    return TokenVerifier(issuer.url, AUDIENCE, keys, clock, skew_seconds=30).verify


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_token_of_the_issuer_says_who_calls(verify: Callable[[str], Identity], issuer: Issuer, alg: str) -> None:
    token = issuer.token(
        NOW,
        alg=alg,
        sub="u-1",
        roles=["provider_signatory", "painter"],
        practice_agb="04001234",
        person_id="p1",
        certificate_serial="serial-1",
    )

    assert verify(token) == Identity(
        subject="u-1",
        roles=frozenset({Role.PROVIDER_SIGNATORY}),
        person_id="p1",
        practice="04001234",  # type: ignore[arg-type]
        certificate_serial="serial-1",
    )


WRONG_CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://other.example"}, "another issuer"),
    ({"iss": None}, "another issuer"),
    ({"aud": "https://other.example"}, "another audience"),
    ({"aud": ["https://other.example"]}, "another audience"),
    ({"aud": None}, "another audience"),
    ({"exp": None}, "never expires"),
    ({"exp": int(NOW.timestamp()) - 30}, "has expired"),
    ({"exp": "tomorrow"}, "no number of seconds"),
    ({"exp": True}, "no number of seconds"),
    ({"nbf": int(NOW.timestamp()) + 31}, "not valid yet"),
    ({"iat": int(NOW.timestamp()) + 31}, "not valid yet"),
    ({"sub": None}, "who is it"),
    ({"sub": "a\nb"}, "in one line"),
    ({"person_id": " "}, "in one line"),
    ({"roles": "officer"}, "no list"),
    ({"practice_agb": "4001234"}, "leading zero"),
    ({"purchaser": 7}, "no text"),
]


@pytest.mark.parametrize(("claims", "told"), WRONG_CLAIMS, ids=str)
def test_a_token_that_says_something_else_is_refused(
    verify: Callable[[str], Identity], issuer: Issuer, claims: dict[str, Any], told: str
) -> None:
    with pytest.raises(TokenRefusedError, match=told):
        verify(issuer.token(NOW, **claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(NOW.timestamp()) - 29},
        {"nbf": int(NOW.timestamp()) + 30},
        {"aud": ["https://other.example", AUDIENCE]},
    ],
    ids=str,
)
def test_clocks_may_differ_by_the_skew_and_audiences_may_be_several(
    verify: Callable[[str], Identity], issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert verify(issuer.token(NOW, **claims)).subject == "someone"


def test_no_algorithm_but_the_two_is_accepted(verify: Callable[[str], Identity], issuer: Issuer) -> None:
    shared = OctKey.import_key("a secret of thirty-two characters", {"kid": "rsa-1"})
    p384 = ECKey.generate_key("P-384", {"kid": "ec-3"})
    unsigned = "eyJhbGciOiJub25lIn0.e30."  # {"alg":"none"}.{}
    for token in (
        issuer.token(NOW, key=shared, alg="HS256"),  # type: ignore[arg-type]
        issuer.token(NOW, key=p384, alg="ES384"),
        issuer.token(NOW, key=issuer.rsa, alg="RS512"),
        unsigned,
    ):
        with pytest.raises(TokenRefusedError, match="RS256 and ES256 are accepted"):
            verify(token)


def header_alone(text: str) -> str:
    return f"{urlsafe_b64encode(text.encode()).decode().rstrip('=')}.e30.e30"


NO_TOKENS = ["", "a", "a.b", "a.b.c", "e30.e30.e30", "é.e.e", "W10.e30.", "a" * 9_000]
NO_HEADERS = ['{"alg": {}}', '{"alg": ["RS256"]}', '{"alg": "RS256", "kid": {}}', "[" * 5_000]


@pytest.mark.parametrize("token", [*NO_TOKENS, *map(header_alone, NO_HEADERS)], ids=lambda each: each[:20])
def test_what_is_no_token_is_refused(verify: Callable[[str], Identity], token: str) -> None:
    with pytest.raises(TokenRefusedError):
        verify(token)


def test_a_key_of_another_under_the_id_of_the_issuers_is_refused(
    verify: Callable[[str], Identity], issuer: Issuer
) -> None:
    with pytest.raises(TokenRefusedError, match="signature is wrong"):
        verify(issuer.token(NOW, key=RSAKey.generate_key(2048, {"kid": "rsa-1"})))


def test_an_identity_token_of_another_type_is_refused(verify: Callable[[str], Identity], issuer: Issuer) -> None:
    header = {"alg": "RS256", "kid": "rsa-1", "typ": "logout+jwt"}
    with pytest.raises(TokenRefusedError, match="no access token"):
        verify(jwt.encode(header, issuer.claims(NOW), issuer.rsa))


def test_a_rotated_key_is_fetched_once_and_a_made_up_one_does_not_ask_again_and_again(
    verify: Callable[[str], Identity], issuer: Issuer, clock: SetClock
) -> None:
    verify(issuer.token(NOW))
    asked = issuer.asked
    new = RSAKey.generate_key(2048, {"kid": "rsa-2"})
    with pytest.raises(TokenRefusedError, match="does not publish"):
        verify(issuer.token(NOW, key=new))
    issuer.published.append(new)
    try:
        clock.set(NOW + timedelta(seconds=11))
        assert verify(issuer.token(NOW, key=new)).subject == "someone"
        for _ in range(3):
            with pytest.raises(TokenRefusedError):
                verify(issuer.token(NOW, key=RSAKey.generate_key(2048, {"kid": "made up"})))
    finally:
        issuer.published.remove(new)

    assert issuer.asked == asked + 1


def test_a_withdrawn_key_is_forgotten_after_an_hour(
    verify: Callable[[str], Identity], issuer: Issuer, clock: SetClock
) -> None:
    verify(issuer.token(NOW))
    issuer.published.remove(issuer.rsa)
    later = NOW + timedelta(minutes=61)
    clock.set(later)
    try:
        with pytest.raises(TokenRefusedError, match="does not publish"):
            verify(issuer.token(later))
    finally:
        issuer.published.insert(0, issuer.rsa)


def test_a_verified_token_is_remembered_until_it_expires(issuer: Issuer, clock: SetClock) -> None:
    verifier = TokenVerifier(issuer.url, AUDIENCE, ProviderKeys(issuer.url, None, clock), clock, skew_seconds=30)
    token = issuer.token(NOW)
    before = verifier.remembered(token)
    verifier.verify(token)
    clock.set(NOW + timedelta(seconds=329))
    known = verifier.remembered(token)
    clock.set(NOW + timedelta(seconds=330))

    assert (before, verifier.remembered(token)) == (None, None)
    assert known is not None


def test_a_provider_that_is_away_is_told_and_asked_again_later(issuer: Issuer, clock: SetClock) -> None:
    away = [True]

    def fetch(url: str) -> Any:
        if away[0]:
            raise ConnectError("refused")
        return issuer.answer(url.removeprefix(issuer.url))

    verifier = TokenVerifier(issuer.url, AUDIENCE, ProviderKeys(issuer.url, None, clock, fetch), clock, skew_seconds=30)
    with pytest.raises(IdentityProviderUnavailableError):
        verifier.verify(issuer.token(NOW))
    away[0] = False
    clock.set(NOW + timedelta(seconds=2))

    assert verifier.verify(issuer.token(NOW)).subject == "someone"
    away[0] = True
    clock.set(NOW + timedelta(hours=2))
    assert verifier.verify(issuer.token(NOW + timedelta(hours=2))).subject == "someone"


def test_a_discovery_document_of_another_issuer_is_not_believed(issuer: Issuer, clock: SetClock) -> None:
    keys = ProviderKeys(issuer.url, None, clock, lambda _: {"issuer": "https://other.example", "jwks_uri": issuer.url})
    with pytest.raises(IdentityProviderUnavailableError, match=r"other\.example"):
        TokenVerifier(issuer.url, AUDIENCE, keys, clock, skew_seconds=0).verify(issuer.token(NOW))


def test_who_calls_without_a_token_or_with_a_wrong_one_is_challenged(api: Api) -> None:
    without = api.client.request("GET", f"/contracts/{CONTRACT}")
    wrong = api.client.request("GET", "/healthz", headers={"Authorization": "Bearer a.b.c"})
    basic = api.client.request("GET", "/healthz", headers={"Authorization": "Basic YTpi"})

    assert [each.status_code for each in (without, wrong, basic)] == [401, 401, 401]
    assert [each.headers["WWW-Authenticate"] for each in (without, wrong, basic)] == [
        'Bearer realm="contractspoor"',
        'Bearer realm="contractspoor", error="invalid_token"',
        'Bearer realm="contractspoor"',
    ]
    assert [each.json()["code"] for each in (without, wrong)] == ["TOKEN_MISSING", "TOKEN_REFUSED"]
