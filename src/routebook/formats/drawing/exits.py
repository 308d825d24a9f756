"""What leaves each step, read straight from the step list, so that any draft can be drawn.

Steps are known by their place in the list here, because a draft may give one id to two steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import END, Decision, Goes, Step


class Gate(StrEnum):
    """The mark after a box, where more than one line may leave it."""

    NONE = "none"
    DECISION = "decision"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Exit:
    """One line out of a step. `target` is a place in the list; None is the end or an unknown step."""

    id: str
    target: int | None

    @property
    def missing(self) -> bool:
        """Whether it names a step that is not there."""
        return self.target is None and self.id != END


@dataclass(frozen=True, slots=True)
class Group:
    """The lines that leave together: one outcome of a decision, or everything without one."""

    when: str
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """The gate after a step and the groups of lines out of it."""

    gate: Gate
    groups: tuple[Group, ...]

    def targets(self) -> list[int]:
        """The places of the steps that follow, in the order written."""
        return [exit_.target for group in self.groups for exit_ in group.exits if exit_.target is not None]


def leaving(steps: Sequence[Step]) -> tuple[Leaving, ...]:
    """What leaves each step, in list order."""
    places: dict[str, int] = {}
    for place, step in enumerate(steps):
        places.setdefault(step.id, place)
    return tuple(_leaving(step, place, len(steps), places) for place, step in enumerate(steps))


def _leaving(step: Step, place: int, count: int, places: dict[str, int]) -> Leaving:
    if step.then is None:
        following = Exit("", place + 1) if place + 1 < count else Exit(END, None)
        return Leaving(Gate.NONE, (Group("", (following,)),))
    if isinstance(step.then, Decision):
        groups = (Group(outcome.when, _exits(outcome.goes, places)) for outcome in step.then.outcomes)
        return Leaving(Gate.DECISION, tuple(group for group in groups if group.exits))
    exits = _exits(step.then, places)
    return Leaving(Gate.SPLIT if len(exits) > 1 else Gate.NONE, (Group("", exits),) if exits else ())


def _exits(goes: Goes, places: dict[str, int]) -> tuple[Exit, ...]:
    return tuple(Exit(target, places.get(target) if target != END else None) for target in goes.targets)
