"""What the environment may set: variables that begin with ``CONTRACTSPOOR_``."""

import getpass
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.model import what_is_wrong
from domain.refusal import nearest

PREFIX = "CONTRACTSPOOR_"
_CLAMD = re.compile(r"tcp://[^/:@\s]+:[0-9]{1,5}|unix:///\S+")
_ENDPOINT = re.compile(r"https://[^@?#\s]+|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?/?")
_PLACE = re.compile(r"s3://[^/:@?#\s]+(/[^?#\s]*)?|file:///\S[^?#]*|[^:?#\s][^:?#]*")
Address = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]

HttpsOrLocal = Annotated[
    str,
    StringConstraints(pattern=r"^(https://[^\s/]+|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?)(/\S*)?$"),
]
"""A URL whose answers nobody on the way can change."""


class SettingsError(Exception):
    """A variable of the environment can not be used; the message is one line that names it."""


def _a_place(url: str) -> str:
    if not _PLACE.fullmatch(url):
        raise ValueError("expected a folder, such as file:///srv/evidence, or a bucket, such as s3://bucket/prefix")
    return url


def _an_endpoint(url: str) -> str:
    if not _ENDPOINT.fullmatch(url):
        raise ValueError("expected https://host, or http:// on this machine, such as http://127.0.0.1:8333")
    return url


def _a_scanner(url: str) -> str:
    if not _CLAMD.fullmatch(url):
        raise ValueError("expected clamd's socket, such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")
    return url


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in a container
        return "an account without a name"


class Settings(BaseSettings):
    """The settings of a service or a command. ``database_url`` may hold a password and is never shown."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)

    database_url: str = Field(default="sqlite:///contractspoor.db", min_length=1, repr=False)
    lock_timeout_seconds: float = Field(default=10.0, gt=0, le=3600)
    """How long a writer waits for another before it gives up."""
    traceback: bool = False
    """Whether a command that fails also prints where in the program it failed."""
    log_format: Literal["console", "json"] = "console"
    """How the program's own log is written to standard error: for a person, or one JSON object a line."""
    log_level: Literal["debug", "info", "warning", "error"] | None = None
    """From which level on; left out, warnings of what works on by itself, and else nothing beside what commands say."""
    reader: str = Field(default_factory=_account, min_length=1)
    """Who reads out what is exported; left out, the account on this machine."""
    letters_language: Literal["nl", "en"] = "nl"
    """The language of letters."""
    mail_sender: Address = "contractspoor@localhost"
    """The address in the From of letters; the name beside it is the purchaser's."""
    mail_senders: dict[str, Address] = Field(default_factory=dict)
    """The address of each purchaser that writes from one of its own, as JSON by the purchaser's id."""
    mail_folder: Path = Path("letters")
    """Where letters are written as .eml files while no SMTP server is named."""
    mail_connections: int = Field(default=4, ge=1, le=16)
    """Over how many connections letters go at once, where there are many of them."""
    smtp_host: str | None = Field(default=None, min_length=1)
    """The SMTP server that letters are handed to."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: Path | None = None
    """A certificate authority of one's own, as a PEM file."""
    smtp_user: str | None = Field(default=None, min_length=1)
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = None
    """A file that holds the password, instead of the variable."""
    webhooks_file: Path | None = None
    """A YAML file that lists the receivers of webhooks (docs/webhooks.md)."""
    evidence_url: Annotated[str, AfterValidator(_a_place)] = "evidence"
    """Where files of evidence stand: a folder, or ``s3://bucket/prefix`` (docs/evidence.md)."""
    evidence_s3_endpoint: Annotated[str, AfterValidator(_an_endpoint)] | None = None
    """The server of the bucket, where it is not Amazon's; encrypted, or on this machine."""
    evidence_s3_secret_file: Path | None = None
    """A file that holds the secret key of the bucket, instead of ``AWS_SECRET_ACCESS_KEY``."""
    evidence_max_megabytes: int = Field(default=20, ge=1, le=1000)
    """How large a file of evidence may be, in MiB."""
    evidence_scanner: Annotated[str, AfterValidator(_a_scanner)] | None = None
    """The clamd that every file of evidence is shown to; without one none is scanned."""

    oidc_issuer: HttpsOrLocal | None = None
    """Whose access tokens the HTTP API accepts: the claim ``iss``, exactly."""
    oidc_audience: str | None = Field(default=None, min_length=1)
    """The claim ``aud`` of tokens that are for this service."""
    oidc_jwks_url: HttpsOrLocal | None = None
    """Where the issuer publishes its keys; left out, found by discovery."""
    oidc_clock_skew_seconds: float = Field(default=30.0, ge=0, le=300)
    """How far the issuer's clock and ours may be apart."""
    http_threads: int = Field(default=8, ge=1, le=10)
    """How many requests one process works on at once; each takes a connection of the database."""
    http_requests_per_minute: int = Field(default=6_000, ge=1)
    """How many requests one identity, or one address without one, may make of one process."""
    http_headers_seconds: float = Field(default=10.0, gt=0, le=600)
    """How long a caller may take to send the head of a request, before it is cut off."""
    http_body_bytes: int = Field(default=1_000_000, ge=1_000)
    """The most that the body of a request may take, evidence apart."""
    http_body_seconds: float = Field(default=10.0, gt=0, le=600)
    """How long a caller may let the next piece of a body wait."""
    http_request_seconds: float = Field(default=300.0, gt=0, le=3_600)
    """How long a caller may take to send a whole body."""
    http_wait_seconds: float = Field(default=5.0, gt=0, le=60)
    """How long a question waits for a position that a read model has not reached."""
    http_cors_origins: str = ""
    """The origins, parted by commas, of pages that may call the API from a browser; none by default."""

    @property
    def evidence_max_bytes(self) -> int:
        """How large a file of evidence may be."""
        return self.evidence_max_megabytes * 1024 * 1024

    @property
    def cors_origin_list(self) -> list[str]:
        """The origins one by one."""
        return [each.strip() for each in self.http_cors_origins.split(",") if each.strip()]

    @model_validator(mode="after")
    def _mail_fits(self) -> "Settings":
        if self.smtp_password is not None and self.smtp_password_file is not None:
            raise ValueError("name the password or its file, not both")
        if self.smtp_user is not None and self.smtp_security == "none":
            raise ValueError("a login needs smtp_security starttls or tls: the password would be readable on its way")
        return self


def load_settings() -> Settings:
    """The settings of this environment. Raises ``SettingsError``."""
    try:
        return Settings()
    except ValidationError as error:
        mistake = error.errors(include_input=False, include_url=False)[0]
        variable = PREFIX + ("_".join(str(part) for part in mistake["loc"]).upper() or "SMTP_...")
        message = what_is_wrong(mistake)
        raise SettingsError(f"{variable}: {message[0].lower()}{message[1:]}") from None


def unknown_settings() -> Iterator[tuple[str, str | None]]:
    """Variables that look like settings and are none, each with the setting that was probably meant."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield name, nearest(name, known)
