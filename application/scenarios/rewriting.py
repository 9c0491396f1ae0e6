"""The models of the program as a scenario may write them: with fields that the scenario fills in, or in part.

Commands, facts and answers are taken as they are, so that one that is added later can be written at once.
"""

from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, create_model
from pydantic.fields import FieldInfo

from application.scenarios.values import Moment
from application.scenarios.written import Written
from domain.policy.values import Day

Model = type[BaseModel]


class Rewriter:
    """Makes models that read what people write: local instants, strict days.

    ``replaced`` gives another type for a model or a field's name; with ``partial`` every field may be left out.
    """

    def __init__(self, prefix: str, *, partial: bool, replaced: dict[Any, Any] | None = None) -> None:
        self._prefix = prefix
        self._partial = partial
        self._replaced = replaced or {}
        self._made: dict[Model, Model] = {}
        self._under_way: set[Model] = set()

    def model(self, original: Model, **more: Any) -> Model:
        """The rewritten model, made once; ``more`` are further fields."""
        if original not in self._made:
            self._under_way.add(original)
            fields = {name: self._field(name, field) for name, field in original.model_fields.items()}
            self._made[original] = create_model(
                f"{self._prefix}{original.__name__}",
                __base__=Written,
                __doc__=original.__doc__,
                **{**fields, **more},
            )
            self._under_way.discard(original)
        return self._made[original]

    def _field(self, name: str, field: FieldInfo) -> Any:
        if name in self._replaced:
            return (self._replaced[name] | None, None)
        annotation = self._type(_annotated(field))
        if self._partial:
            return (annotation | None, None)
        if field.is_required():
            return (annotation, ...)
        return (annotation, FieldInfo(default=field.default, default_factory=field.default_factory))

    def _type(self, annotation: Any) -> Any:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if annotation in self._replaced:
            return self._replaced[annotation]
        if origin is Annotated:
            if arguments[0] is AwareDatetime:
                return Moment
            return Annotated[(self._type(arguments[0]), *arguments[1:])]
        if annotation is AwareDatetime:
            return Moment
        if annotation is date:
            return Day
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            # a tree of itself is written freely: its names are checked when it is compared
            return dict[str, Any] if annotation in self._under_way else self.model(annotation)
        if origin is tuple:
            return tuple[tuple(each if each is ... else self._type(each) for each in arguments)]  # type: ignore[misc]
        if origin is dict:
            return dict[arguments[0], self._type(arguments[1])]  # type: ignore[valid-type, misc]
        if origin in (Union, UnionType):
            return Union[tuple(self._type(each) for each in arguments)]  # noqa: UP007
        return annotation


def _annotated(field: FieldInfo) -> Any:
    """The type of a field with its constraints."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
