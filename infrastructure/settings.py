"""What the environment may set: variables that begin with ``CONTRACTSPOOR_``."""

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A variable of the environment can not be used; the message is one line that names it."""


class Settings(BaseSettings):
    """The settings of a service or a command. ``database_url`` may hold a password and is never shown."""

    model_config = SettingsConfigDict(env_prefix="CONTRACTSPOOR_", frozen=True, hide_input_in_errors=True)

    database_url: str = Field(default="sqlite:///contractspoor.db", min_length=1, repr=False)
    lock_timeout_seconds: float = Field(default=10.0, gt=0, le=3600)
    """How long a writer waits for another before it gives up."""
    traceback: bool = False
    """Whether a command that fails also prints where in the program it failed."""


def load_settings() -> Settings:
    """The settings of this environment. Raises ``SettingsError``."""
    try:
        return Settings()
    except ValidationError as error:
        mistake = error.errors(include_input=False, include_url=False)[0]
        variable = "CONTRACTSPOOR_" + "_".join(str(part) for part in mistake["loc"]).upper()
        raise SettingsError(f"{variable}: {mistake['msg'][0].lower()}{mistake['msg'][1:]}") from None
