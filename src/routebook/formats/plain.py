"""Documents as plain JSON values: what drafts are stored as and what the editors send.

    to_plain(document) -> {"title": …, "steps": [{…}, …]}        every field but the slug, defaults left out
    from_plain(Kind.SOP, "issue-a-refund", fields) -> Sop(…)     the inverse; raises PlainError

The keys are the field names of the values in `core.document`. A draft may be incomplete: every field but
the title has a default, and an empty title is allowed.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Hashable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, Union

from routebook.core.document import CLASS_OF, AnyDocument, Document, Kind

NEVER_PLAIN = frozenset({"slug", "status"})
"""Fields that the store keeps beside the text, not in it."""


class PlainError(ValueError):
    """A value that a field can't hold: the field's path, and a sentence that says what it takes."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}" if path else sentence)
        self.path = path
        self.sentence = sentence


def to_plain(document: Document) -> dict[str, Any]:
    """The document's fields as JSON values; fields that hold their default are left out."""
    return {
        field.name: _plain(getattr(document, field.name))
        for field in fields(document)
        if field.name not in NEVER_PLAIN and getattr(document, field.name) != _default(field)
    }


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.value if isinstance(value, Enum) else value


def from_plain(kind: Kind, slug: str, plain: dict[str, Any]) -> AnyDocument:
    """The document that the fields describe. Raises `PlainError` naming the first field that is wrong."""
    values = _values(CLASS_OF[kind], plain, "", {"slug": slug, "title": ""})
    return typing.cast("AnyDocument", CLASS_OF[kind](**values))


def _values(cls: type[Any], plain: Any, path: str, given: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise PlainError(path, "a group of fields is expected here.")
    readers = _readers(cls)  # type: ignore[arg-type]  # mypy takes a class for unhashable
    values = dict(given)
    for name, value in plain.items():
        if name not in readers or name in NEVER_PLAIN:
            raise PlainError(_join(path, name), f"there is no field “{name}” here.")
        values[name] = readers[name](value, _join(path, name))
    return values


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


Reader = Callable[[Any, str], Any]


@cache
def _readers(cls: Hashable) -> dict[str, Reader]:
    hints = typing.get_type_hints(cls)
    return {field.name: _reader(hints[field.name]) for field in fields(typing.cast("type[Any]", cls))}


def _reader(hint: Any) -> Reader:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional([part for part in typing.get_args(hint) if part is not type(None)])
    if origin is tuple:
        return _sequence(typing.get_args(hint))
    if is_dataclass(hint):
        return lambda value, path: _build(typing.cast("type[Any]", hint), value, path)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value, path: _member(hint, value, path)
    return _SCALARS[hint]


def _optional(parts: list[Any]) -> Reader:
    if len(parts) == 1:
        read = _reader(parts[0])
        return lambda value, path: None if value in (None, "") else read(value, path)

    def choose(value: Any, path: str) -> Any:
        if value is None:
            return None
        for part in parts:
            if isinstance(value, dict) and value.keys() <= {field.name for field in fields(part)}:
                return _build(part, value, path)
        raise PlainError(path, "this is none of the forms that the field takes.")

    return choose


def _sequence(parts: tuple[Any, ...]) -> Reader:
    if parts[-1] is not Ellipsis:
        readers = [_reader(part) for part in parts]
        return lambda value, path: tuple(
            read(one, f"{path}[{i}]") for i, (read, one) in enumerate(zip(readers, value, strict=True))
        )
    read_one = _reader(parts[0])

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, list | tuple):
            raise PlainError(path, "a list is expected here.")
        return tuple(read_one(one, f"{path}[{i}]") for i, one in enumerate(value))

    return read


def _build(cls: type[Any], value: Any, path: str) -> Any:
    try:
        return cls(**_values(cls, value, path, {}))
    except TypeError as error:
        missing = [f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING]
        raise PlainError(path, f"these fields are needed here: {', '.join(missing)}.") from error


def _member(cls: type[Enum], value: Any, path: str) -> Any:
    try:
        return cls(value)
    except ValueError as error:
        listed = ", ".join(str(member.value) for member in cls)
        raise PlainError(path, f"“{value}” is none of {listed}.") from error


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise PlainError(path, "text is expected here.")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _whole(value: Any, path: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise PlainError(path, f"“{value}” is not a whole number.") from error


def _truth(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise PlainError(path, "true or false is expected here.")
    return value


def _date(value: Any, path: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PlainError(path, f"“{value}” is no date; write it like 2026-11-30.") from error


def _decimal(value: Any, path: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise PlainError(path, f"“{value}” is not a number.") from error
    if not number.is_finite():
        raise PlainError(path, f"“{value}” is not a number.")
    return number


_SCALARS: dict[Any, Reader] = {str: _text, int: _whole, bool: _truth, dt.date: _date, Decimal: _decimal}
