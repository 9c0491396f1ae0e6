"""Who is told by webhook: read from a file that names each receiver and where its secret stands."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints, ValidationError

from domain.model import Frozen, what_is_wrong
from domain.policy.values import Identifier
from infrastructure.outbox.filling import Receiver

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_SHORTEST = 24


class ReceiversError(Exception):
    """The file of receivers can not be used; the message is one line that says where and why."""


class _Entry(Frozen):
    name: Name
    purchaser: Identifier
    url: HttpUrl
    secret_file: Path


class _File(Frozen):
    receivers: tuple[_Entry, ...] = Field(min_length=1)


def read_receivers(file: Path | None) -> tuple[Receiver, ...]:
    """The receivers; none when no file is named. A secret's path is taken from the folder of the file.

    Raises ``ReceiversError``.
    """
    if file is None:
        return ()
    import yaml  # noqa: PLC0415 - only who has receivers waits for it

    try:
        found = _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReceiversError(f"{file}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReceiversError(f"{file}: not YAML: {str(error).splitlines()[0]}") from error
    except ValidationError as error:
        mistake = error.errors(include_input=False, include_url=False)[0]
        raise ReceiversError(f"{file}: {'.'.join(map(str, mistake['loc']))}: {what_is_wrong(mistake)}") from None
    names = [each.name for each in found.receivers]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ReceiversError(f"{file}: {', '.join(sorted(twice))}: named twice; a receiver's name is its own")
    return tuple(Receiver(each.name, each.purchaser, str(each.url), _secret(file, each)) for each in found.receivers)


def _secret(file: Path, entry: _Entry) -> bytes:
    path = file.parent / entry.secret_file
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ReceiversError(f"{file}: the secret of {entry.name}: {path}: {error.strerror or error}") from error
    if len(secret) < _SHORTEST:
        raise ReceiversError(f"{file}: the secret of {entry.name} is shorter than {_SHORTEST} bytes; make a longer one")
    return secret
