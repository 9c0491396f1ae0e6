"""The library of policies: packaged documents by id, and files by path."""

from collections.abc import Iterable
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from application.policies import Mistake, PolicyMistakesError, PolicySource
from domain.policy.adoption import Ground
from domain.policy.amendment import Amendment, merged
from domain.policy.contract_keys import changed_keys
from domain.policy.document import PolicyDocument
from domain.refusal import nearest
from infrastructure.policies.mistakes import Told, mistakes_in, path_text
from infrastructure.policies.yaml_file import Path, YamlFile, described, read_yaml

SUFFIXES = (".yaml", ".yml")

Model = TypeVar("Model", bound=BaseModel)


class PolicyFiles:
    """Finds policies: packaged ones by their id, others by the path of a YAML file."""

    @cached_property
    def packaged(self) -> dict[str, Traversable]:
        """The documents and amendments that come with the program, by id."""
        documents = files("domain.policy") / "documents"
        found = {each.name.removesuffix(".yaml"): each for each in documents.iterdir() if each.name.endswith(".yaml")}
        return dict(sorted(found.items()))

    def read(self, name: str) -> PolicySource:
        """The policy of that id, or in that file; raises ``PolicyMistakesError`` with all that is wrong in it."""
        is_path = name.endswith(SUFFIXES) or "/" in name or "\\" in name
        if not is_path and name not in self.packaged:
            suggestion = nearest(name, self.packaged)
            hint = f', did you mean "{suggestion}"?' if suggestion else f"; packaged are {', '.join(self.packaged)}"
            raise PolicyMistakesError([Mistake(name, 0, "", f"no packaged policy and no YAML file{hint}")])
        return _source(name, _content(name, FilePath(name) if is_path else self.packaged[name]))


def policy_from_text(name: str, text: str) -> PolicySource:
    """A policy or an amendment in YAML, told of under a name; raises ``PolicyMistakesError`` with all that is wrong."""
    return _source(name, text.encode())


def _content(name: str, where: Traversable) -> bytes:
    try:
        return where.read_bytes()
    except FileNotFoundError:
        message = "there is no such file"
    except IsADirectoryError:
        message = "expected a file, found a folder"
    except PermissionError:
        message = "the file may not be read; change its permissions"
    except OSError as error:
        message = f"the file can not be read: {error.strerror}"
    raise PolicyMistakesError([Mistake(name, 0, "", message)])


def _source(name: str, content: bytes) -> PolicySource:
    file = read_yaml(content)
    reader = _Reader(name, file)
    if not isinstance(file.data, dict):
        raise reader.refusal(())
    if "amends" in file.data or "set" in file.data:
        return AmendmentFile(reader, reader.validated(Amendment, file.data))
    return DocumentFile(name, reader.validated(PolicyDocument, file.data))


class _Reader:
    """Turns what is wrong with a file into mistakes with its name and lines."""

    def __init__(self, name: str, file: YamlFile) -> None:
        self.name = name
        self._file = file

    def validated(self, model: type[Model], data: Any) -> Model:
        """The model of the data, if the file has no mistake of any kind."""
        try:
            valid = model.model_validate(data)
        except ValidationError as error:
            raise self.refusal(mistakes_in(model, data, error)) from None
        if self._file.mistakes:
            raise self.refusal(())
        return valid

    def refusal(self, told: Iterable[Told], under: Path = ()) -> PolicyMistakesError:
        """All mistakes, in the order of their lines; what was told lies at ``under`` in the file."""
        mistakes = [Mistake(self.name, line, "", message) for line, message in self._file.mistakes]
        for each in told:
            path = (*under, *each.path)
            mistakes.append(Mistake(self.name, self._file.line_of(path), path_text(path), each.message))
        return PolicyMistakesError(sorted(mistakes, key=lambda mistake: mistake.line))


class DocumentFile:
    """A whole policy document."""

    amends = False
    ground: Ground | None = None
    note: str | None = None

    def __init__(self, name: str, document: PolicyDocument) -> None:
        self.name = name
        self._document = document

    @property
    def policy_id(self) -> str:
        """The policy that it is."""
        return self._document.id

    def document(self, in_force: PolicyDocument | None) -> PolicyDocument:
        """The document, whatever is in force."""
        return self._document


class AmendmentFile:
    """An amendment, with the lines on which it says what changes."""

    amends = True

    def __init__(self, reader: _Reader, amendment: Amendment) -> None:
        self._reader = reader
        self._amendment = amendment

    @property
    def name(self) -> str:
        """The file it was read from."""
        return self._reader.name

    @property
    def policy_id(self) -> str:
        """The policy that it amends."""
        return self._amendment.amends

    @property
    def ground(self) -> Ground | None:
        """The ground that it names."""
        return self._amendment.ground

    @property
    def note(self) -> str | None:
        """Its note, with its clause."""
        return f"{self._amendment.note} ({self._amendment.clause})"

    def document(self, in_force: PolicyDocument | None) -> PolicyDocument:
        """The version in force with the changes over it, judged as a whole; raises ``PolicyMistakesError``."""
        if in_force is None:
            told = Told((), f"found {described(self.policy_id)}, of which no version is in force")
            raise self._reader.refusal([told], under=("amends",))
        data = merged(in_force.model_dump(mode="json"), self._amendment.set)
        try:
            document = PolicyDocument.model_validate(data)
        except ValidationError as error:
            raise self._reader.refusal(mistakes_in(PolicyDocument, data, error), under=("set",)) from None
        misfits = [Told(each.path, each.message) for each in changed_keys(in_force, document)]
        if misfits:
            raise self._reader.refusal(misfits, under=("set",))
        return document
