"""The order in which people read a library, and what stands next to what.

Policies come first, then each process with its procedures, SOPs and work instructions in place, in the order of its
steps. What belongs to no map comes after them, and the goals last. Every document stands in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from routebook.core.blocks import included
from routebook.core.document import (
    FOLDERS,
    AnyDocument,
    Goal,
    Kind,
    Policy,
    Procedure,
    Process,
    Sop,
    WorkInstruction,
)
from routebook.formats.sheets.of_document import address_of


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the contents. `depth` is 0 for what stands by itself, 1 below a process, 2 below its directions."""

    document: AnyDocument
    depth: int = 0
    step: int = 0
    """The number of the step that it explains; 0 for none."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What stands together: the policies, one process with all below it, the rest, the goals."""

    heading: str
    places: tuple[Place, ...]


def chapters(documents: Sequence[AnyDocument]) -> tuple[Chapter, ...]:
    """The documents in the reader's order, each once. Within a kind they keep the order they come in."""
    left = {address_of(one): one for one in documents}
    found = [Chapter("Policies", _taken(left, Policy))]
    explaining: dict[str, list[Sop | Procedure]] = {}
    for one in documents:
        if isinstance(one, Sop | Procedure):
            explaining.setdefault(one.step.partition("/")[0], []).append(one)
    processes = [one for one in documents if isinstance(one, Process)]
    found += [Chapter("", tuple(_process(process, explaining, left))) for process in processes]
    found.append(Chapter("Other directions", tuple(_rest(left))))
    found.append(Chapter("Goals", _taken(left, Goal)))
    return tuple(chapter for chapter in found if chapter.places)


def _taken(left: dict[str, AnyDocument], kind: type[AnyDocument]) -> tuple[Place, ...]:
    chosen = [one for one in left.values() if isinstance(one, kind)]
    return tuple(Place(left.pop(address_of(one))) for one in chosen)


def _process(
    process: Process, explaining: Mapping[str, Sequence[Sop | Procedure]], left: dict[str, AnyDocument]
) -> Iterator[Place]:
    yield Place(left.pop(address_of(process)))
    below = {f"{process.slug}/{step.id}": number for number, step in enumerate(process.steps, 1)}
    directions = [one for one in explaining.get(process.slug, ()) if one.step in below]
    for one in sorted(directions, key=lambda one: (below[one.step], isinstance(one, Sop))):
        if left.pop(address_of(one), None) is not None:
            yield Place(one, 1, below[one.step])
            yield from _used_by(one, left, 2)


def _used_by(directions: Sop | Procedure, left: dict[str, AnyDocument], depth: int) -> Iterator[Place]:
    for item in directions.checklist:
        found = left.pop(f"{FOLDERS[Kind.WORK_INSTRUCTION]}/{item.uses}", None) if item.uses else None
        if found is not None:
            yield Place(found, depth)


def _rest(left: dict[str, AnyDocument]) -> Iterator[Place]:
    """Directions on no map that the reader has, then the work instructions that nothing uses."""
    for one in [one for one in left.values() if isinstance(one, Sop | Procedure)]:
        del left[address_of(one)]
        yield Place(one)
        yield from _used_by(one, left, 1)
    yield from _taken(left, WorkInstruction)


def neighbours(documents: Iterable[AnyDocument]) -> dict[str, tuple[AnyDocument, ...]]:
    """For each address the documents that it names and that name it: all that its sheet can lead to."""
    known = {address_of(one): one for one in documents}
    near: dict[str, dict[str, AnyDocument]] = {address: {} for address in known}
    for address, one in known.items():
        for named in filter(known.__contains__, _names(one)):
            near[address][named] = known[named]
            near[named][address] = one
    return {address: tuple(found.values()) for address, found in near.items()}


def _names(document: AnyDocument) -> Iterator[str]:
    match document:
        case Policy():
            yield from (f"{FOLDERS[Kind.PROCESS]}/{slug}" for slug in document.applies_to)
        case Process():
            cited = [document.target.policy] if document.target else []
            yield from (f"{FOLDERS[Kind.POLICY]}/{slug}" for slug in [*document.policies, *cited])
            yield from (f"{FOLDERS[Kind.GOAL]}/{slug}" for slug in document.serves)
        case Sop() | Procedure():
            yield f"{FOLDERS[Kind.PROCESS]}/{document.step.partition('/')[0]}"
            yield from (f"{FOLDERS[Kind.WORK_INSTRUCTION]}/{item.uses}" for item in document.checklist if item.uses)
            yield from (f"{FOLDERS[Kind.PROCEDURE]}/{slug}" for slug in included(document))
        case _:
            return


def by_place(found: Sequence[Chapter]) -> Mapping[str, tuple[AnyDocument | None, AnyDocument | None]]:
    """The documents before and after each address, as one reads on."""
    line = [place.document for chapter in found for place in chapter.places]
    around: list[AnyDocument | None] = [None, *line, None]
    return {address_of(one): (around[n], around[n + 2]) for n, one in enumerate(line)}
