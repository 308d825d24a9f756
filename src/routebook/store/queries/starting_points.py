"""The starting points: maps that small businesses really have, as they come with the product.

Each is a library folder of its own below `starting_points/`: one process, the drafts of the SOPs and procedures that it
needs, and the policies above it. `index.yaml` says which businesses each fits. None of it is an organisation's until
somebody takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

import routebook
from routebook.core.document import Kind, Library, Policy, Procedure, Process, Sop, kind_of
from routebook.formats.errors import Refused as Unreadable
from routebook.formats.library import read_library
from routebook.store.access import Actor, NotFound, drafting

FOLDER = Path(routebook.__file__).parent / "starting_points"
INDEX = "index.yaml"


class Business(StrEnum):
    """What a business does, as far as its processes differ."""

    COACHING = "coaching"
    AGENCY = "agency"
    SHOP = "shop"
    TRADES = "trades"
    SOFTWARE = "software"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """One map with what comes with it. `purpose` is the sentence that it is chosen by."""

    slug: str
    purpose: str
    fits: tuple[Business, ...]
    library: Library

    @property
    def process(self) -> Process:
        return next(value for value in self.library.documents if isinstance(value, Process))

    @property
    def policies(self) -> tuple[Policy, ...]:
        return tuple(value for value in self.library.documents if isinstance(value, Policy))

    @property
    def directions(self) -> tuple[Sop | Procedure, ...]:
        """The drafts of SOPs and procedures, in the order of the map."""
        places = {f"{self.slug}/{step.id}": number for number, step in enumerate(self.process.steps)}
        found = [value for value in self.library.documents if isinstance(value, Sop | Procedure)]
        return tuple(sorted(found, key=lambda value: (places[value.step], kind_of(value) is Kind.PROCEDURE)))

    @property
    def sops(self) -> tuple[Sop, ...]:
        return tuple(value for value in self.directions if isinstance(value, Sop))

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that it names, in the order in which they come up."""
        named = [step.role for step in self.process.steps]
        named += [value.owner for value in self.library.documents]
        named += [exception.approver for policy in self.policies for exception in policy.exceptions]
        return tuple(dict.fromkeys(named))


def offered(actor: Actor, business: Business | None = None) -> Sequence[StartingPoint]:
    """What the actor may start a map from, in the order of the index: all, or those that fit a business."""
    if not actor.may(drafting(Kind.PROCESS)):
        return ()
    return [point for point in shelf().values() if business is None or business in point.fits]


def find(actor: Actor, slug: str) -> StartingPoint:
    """One starting point. Raises `NotFound` for who may not draft a process."""
    found = shelf().get(slug)
    if found is None or not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    return found


@cache
def shelf() -> Mapping[str, StartingPoint]:
    """All starting points by slug, read once. Raises ValueError where one is broken, which a release never is."""
    with (FOLDER / INDEX).open("rb") as file:
        rows = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    points = (
        StartingPoint(row["slug"], row["purpose"], tuple(map(Business, row["fits"])), _read(FOLDER / row["slug"]))
        for row in rows
    )
    return {point.slug: point for point in points}


def _read(folder: Path) -> Library:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    read = read_library({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    if isinstance(read, Unreadable):
        raise ValueError("\n".join(map(str, read.errors)))
    return read.library
