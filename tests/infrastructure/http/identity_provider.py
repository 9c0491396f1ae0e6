"""A real identity provider, in a process of its own, and a browser's part of a login."""

import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.infrastructure.http.issuer import AUDIENCE

FOLDER = Path(__file__).parents[2] / "identity_provider"
CALLBACK = "https://portal.example/callback"
VERIFIER = "a verifier that a portal makes anew for every login".replace(" ", "-")


@contextmanager
def running_provider() -> Iterator[str]:
    """The provider's issuer; ``make identity-provider`` fetches it where it is not there yet."""
    if not (FOLDER / "node_modules").is_dir():
        subprocess.run(["make", "identity-provider"], cwd=FOLDER.parents[1], check=True, timeout=300)
    command = ["node", "provider.mjs", AUDIENCE]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            issuer = ""
            for line in process.stdout:
                if line.startswith("Issuer "):
                    issuer = line.split()[1]
                    break
            assert issuer, "the identity provider ended at once"
            yield issuer
        finally:
            process.kill()


def token_of_a_person(issuer: str, name: str) -> str:
    """Log in as a browser does: authorization code with PKCE, a page for the login and one for the consent."""
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid contractspoor",
        "resource": AUDIENCE,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with httpx.Client(base_url=issuer, timeout=20) as browser:
        answer = browser.get("/auth", params=asked)
        for form in ({"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}):
            page = answer.headers["location"]
            answer = _followed(browser, browser.post(page, data=form))
        [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
        exchanged = browser.post(
            "/token",
            data={
                "grant_type": "authorization_code",
                "client_id": "portal",
                "code": code,
                "code_verifier": VERIFIER,
                "redirect_uri": CALLBACK,
                "resource": AUDIENCE,
            },
        )
    return str(exchanged.json()["access_token"])


def token_of_a_machine(issuer: str, name: str) -> str:
    """Client credentials."""
    asked = {"grant_type": "client_credentials", "resource": AUDIENCE, "scope": "contractspoor"}
    answer = httpx.post(f"{issuer}/token", data=asked, auth=(name, "only for tests"), timeout=20)
    return str(answer.json()["access_token"])


def _followed(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Follow redirects within the provider, up to the next page or the portal's callback."""
    while True:
        target = answer.headers["location"]
        if target.startswith(CALLBACK) or "/interaction/" in target:
            return answer
        answer = browser.get(target)
