"""What a person changes of a proposal before its parts become drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from routebook.core.document import Process, WorkInstruction
from routebook.formats.pile.split import LEFT_OVER, LeftOver, Part, Proposal

MAP = "map"
"""As the place of a left-over: the notes of the process."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By slug of the part, id of the step or place in the left-over list; what isn't named stays as proposed.

    - `without`: parts that are not made; their sentences are left over;
    - `titles` of parts and of the process (by its slug), `at` the step that a part explains ("" for none);
    - `step_titles`, `roles` of steps;
    - `moved`: the part that a left-over goes to (`MAP` for the process), by its place.
    """

    without: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    step_titles: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[int, str] = field(default_factory=dict)


def adjusted(proposal: Proposal, change: Adjustment) -> Proposal:
    """The proposal as the person wants it. Every sentence keeps a place."""
    process = _process(proposal, change)
    steps = {step.id for step in process.steps}
    documents = tuple(
        _part(part, change, process.slug, steps, _moved_to(proposal, change, part.slug))
        for part in proposal.documents
        if part.slug not in change.without
    )
    kept = {part.slug for part in documents}
    left = tuple(one for at, one in enumerate(proposal.left_over) if _home(change.moved.get(at, ""), kept) == LEFT_OVER)
    places = tuple(
        replace(place, part=LEFT_OVER) if place.part in change.without else place for place in proposal.places
    )
    return Proposal(process, documents, left, places)


def _home(wanted: str, kept: set[str]) -> str:
    return wanted if wanted == MAP or wanted in kept else LEFT_OVER


def _moved_to(proposal: Proposal, change: Adjustment, part: str) -> tuple[LeftOver, ...]:
    return tuple(one for at, one in enumerate(proposal.left_over) if change.moved.get(at) == part)


def _process(proposal: Proposal, change: Adjustment) -> Process:
    process = proposal.process
    steps = tuple(
        replace(
            step,
            title=change.step_titles.get(step.id, "").strip()[:300] or step.title,
            role=change.roles.get(step.id, step.role).strip()[:200],
        )
        for step in process.steps
    )
    notes = "\n\n".join(
        part for part in (process.notes, *(one.text for one in _moved_to(proposal, change, MAP))) if part
    )
    title = change.titles.get(process.slug, "").strip()[:300] or process.title
    return replace(process, title=title, steps=steps, notes=notes)


def _part(part: Part, change: Adjustment, process: str, steps: set[str], more: tuple[LeftOver, ...]) -> Part:
    title = change.titles.get(part.slug, "").strip()[:300] or part.title
    notes = "\n\n".join(text for text in (part.notes, *(one.text for one in more)) if text)
    if isinstance(part, WorkInstruction):
        return replace(part, title=title, notes=notes)
    wanted = change.at.get(part.slug)
    step = part.step if wanted is None else f"{process}/{wanted}" if wanted in steps else ""
    return replace(part, title=title, notes=notes, step=step)
