"""What an event and a refusal are.

An event is a frozen dataclass registered under a stable name and a version. The name is never reused;
a changed shape gets a new version. A refusal is a value: the command did nothing, and says why.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import msgspec


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that was not carried out: a stable code, a sentence for people, the field at fault.

    `also` holds what else is at fault, where that was looked for, so that a form can say everything at once.
    """

    code: str
    sentence: str
    field: str = ""
    also: tuple[Refusal, ...] = ()

    @property
    def all(self) -> tuple[Refusal, ...]:
        """This one and what else is at fault, each by itself."""
        return (replace(self, also=()), *self.also)


def together(refusals: Iterable[Refusal]) -> Refusal | None:
    """The first refusal with all others beside it; None where there is none."""
    found = list(dict.fromkeys(one for refusal in refusals for one in refusal.all))
    return replace(found[0], also=tuple(found[1:])) if found else None


class Event:
    """Base of all events. Payload values are text, whole numbers, booleans, None, aware datetimes, and
    tuples or text-keyed mappings of these."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EventType:
    """A registered event class. `stored` lists its field names in payload order, each with what reads its value."""

    name: str
    version: int
    cls: type[Event]
    stored: tuple[tuple[str, Callable[[Any], Any]], ...]


_BY_NAME: dict[tuple[str, int], EventType] = {}
_BY_CLASS: dict[type[Event], EventType] = {}

E = TypeVar("E", bound=type[Event])


def event(name: str, version: int = 1) -> Callable[[E], E]:
    """Register a frozen dataclass as the event `name`, version `version`."""

    def register(cls: E) -> E:
        if (name, version) in _BY_NAME:
            raise ValueError(f"event {name} version {version} is registered twice")
        stored = tuple((f.name, _reader(str(f.type))) for f in fields(cls))  # type: ignore[arg-type]
        kind = EventType(name, version, cls, stored)
        _BY_NAME[(name, version)] = kind
        _BY_CLASS[cls] = kind
        return cls

    return register


def _reader(annotation: str) -> Callable[[Any], Any]:
    if "datetime" in annotation:
        return _read_time
    if annotation.startswith("tuple"):
        return _read_tuple
    return _read_plain


def _read_time(value: Any) -> Any:
    return None if value is None else dt.datetime.fromisoformat(value)


def _read_tuple(value: Any) -> Any:
    return tuple(_read_tuple(v) if isinstance(v, list) else v for v in value)


def _read_plain(value: Any) -> Any:
    return value


def type_of(event: Event) -> EventType:
    """The registration of an event value."""
    return _BY_CLASS[type(event)]


def registered() -> tuple[EventType, ...]:
    """Every registered event type, by name and version."""
    return tuple(_BY_NAME[key] for key in sorted(_BY_NAME))


def _write(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"an event can't hold a {type(value).__name__}")


_to_json = msgspec.json.Encoder(enc_hook=_write).encode


def encode(event: Event) -> str:
    """The payload as JSON text; these exact bytes are stored and hashed.

    Raises UnicodeEncodeError for half a character.
    """
    return _to_json(event).decode()


class UnknownEvent(LookupError):
    """A stored event whose name and version no code knows: written by a newer release."""


def decode(name: str, version: int, payload: str) -> Event:
    """The event that `encode` wrote. Fields that the payload lacks keep their defaults."""
    kind = _BY_NAME.get((name, version))
    if kind is None:
        raise UnknownEvent(f"no event is called {name} version {version}; a newer release wrote it")
    data = json.loads(payload)
    return kind.cls(**{key: read(data[key]) for key, read in kind.stored if key in data})
