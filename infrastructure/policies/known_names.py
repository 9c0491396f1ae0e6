"""Which names a part of the model knows, and which of them comes nearest to what somebody wrote."""

from collections.abc import Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from infrastructure.policies.yaml_file import Path


def names_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the mapping at ``path`` may have; none when it may have any."""
    names: list[str] = []
    for each in _types_at(model, path):
        if isinstance(each, type) and issubclass(each, BaseModel):
            names += each.model_fields
        elif get_origin(each) is dict:
            names += _values(get_args(each)[0])
    return tuple(dict.fromkeys(names))


def values_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The values of which the one at ``path`` has to be one; none when it is not chosen from a list."""
    return tuple(dict.fromkeys(value for each in _types_at(model, path) for value in _values(each)))


def _types_at(model: type[BaseModel], path: Path) -> Sequence[Any]:
    types: list[Any] = [model]
    for part in path:
        types = [inner for each in types for inner in _inside(each, part)]
    return types


def _inside(each: Any, part: str | int) -> Sequence[Any]:
    if isinstance(each, type) and issubclass(each, BaseModel):
        field = each.model_fields.get(str(part))
        return [] if field is None else _alternatives(field.annotation)
    if get_origin(each) is dict:
        return _alternatives(get_args(each)[1])
    if get_origin(each) is tuple:
        return _alternatives(get_args(each)[0])
    return []


def _alternatives(annotation: Any) -> Sequence[Any]:
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [inner for each in get_args(annotation) for inner in _alternatives(each)]
    return [annotation]


def _values(annotation: Any) -> Sequence[str]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    return []
