"""The reference of events, written from the classes themselves: `python -m tests.docs.events` writes the page."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import routebook.core
from routebook.core.events import EventType, registered

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "events.md"

HEAD = """\
# Events

What happens in a run, in a hand-off and to documents and people is kept as events: never changed, in order, each chained to the one before.
An event has a stable name and a version. A name is never used for anything else, and a changed shape gets a new
version, so a record can be read for ever.

Beside its own fields the journal keeps for every event: the stream (one per run, hand-off, document …), its number in the
stream, who acted, when, and the hash that chains it. Moments are ISO 8601 with an offset. People are opaque ids.
A task is known by its number in its run, an item of a checklist by its place (the first is 0).

This page is written from the code by `python -m tests.docs.events`.
"""


def kinds() -> tuple[EventType, ...]:
    """Every event of the core, whichever module it stands in."""
    # All of the core is imported, so that an event in a new module can't be missing from the page.
    for module in pkgutil.walk_packages(routebook.core.__path__, "routebook.core."):
        importlib.import_module(module.name)
    return tuple(kind for kind in registered() if kind.cls.__module__.startswith("routebook."))


def page() -> str:
    return "\n".join([HEAD, *(line for kind in kinds() for line in entry(kind))])


def entry(kind: EventType) -> Iterator[str]:
    yield f"## `{kind.name}`"
    yield ""
    yield f"Version {kind.version}. {about(kind)}"
    yield ""
    if not fields(kind.cls):  # type: ignore[arg-type]
        return
    yield "| field | type |"
    yield "|---|---|"
    for field in fields(kind.cls):  # type: ignore[arg-type]
        yield f"| `{field.name}` | {reading(str(field.type))} |"
    yield ""


def about(kind: EventType) -> str:
    """The docstring of the class. A dataclass without one has its signature there, which tells nothing."""
    text = inspect.cleandoc(kind.cls.__doc__ or "")
    if text.startswith(f"{kind.cls.__name__}("):
        raise ValueError(f"{kind.cls.__name__} has no docstring; say what happened and what its fields are")
    return text.replace("``", "`")


def reading(annotation: str) -> str:
    """A type as a reader without Python would say it."""
    words = {"str": "text", "int": "whole number", "bool": "yes or no", "dt.datetime": "moment", "None": "nothing"}
    parts = [part.strip() for part in annotation.split(" | ")]
    if all(part in words for part in parts):
        return " or ".join(words[part] for part in parts)
    if annotation.startswith("tuple[tuple["):
        return (
            "list of "
            + ", ".join(words[part.strip()] for part in annotation[12:].split("]")[0].split(","))
            + " (each a list)"
        )
    if annotation.startswith("tuple["):
        return f"list of {words[annotation[6:].split(',')[0]]}"
    if annotation.startswith("Mapping["):
        return "text by text"
    raise ValueError(f"no words for the type {annotation}")


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
