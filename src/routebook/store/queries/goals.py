"""What stands between the organisation and its goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from routebook.core.document import Goal, Handling, Kind, Process
from routebook.store.access import Actor, Verb, require
from routebook.store.queries import documents
from routebook.store.queries.delegations import Missing, StepOfAll, every_step
from routebook.store.queries.documents import DocumentView


class Hindrance(StrEnum):
    """Why a step stands in the way of a goal: it hangs on its owner, nobody decided, or nobody could take it on."""

    KEPT = "kept"
    UNDECIDED = "undecided"
    WITHOUT_SOP = "without an SOP"


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A step that stands in the way, and why."""

    at: StepOfAll
    why: Hindrance


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal with the maps that serve it and the steps in its way, the most hours first; `free` are the maps that
    could be linked to it."""

    view: DocumentView
    goal: Goal
    serving: Sequence[DocumentView]
    free: Sequence[DocumentView]
    in_the_way: Sequence[InTheWay]


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals, those with the nearest day first, and the maps that serve none of them."""

    goals: Sequence[GoalView]
    aimless: Sequence[DocumentView]


def goals(actor: Actor) -> Goals:
    """All goals with what stands in their way, by the maps as they are being decided about."""
    return goals_of(actor, every_step(actor))


def goals_of(actor: Actor, steps: Sequence[StepOfAll]) -> Goals:
    """The same for steps that were read already."""
    require(actor, Verb.SEE_SCORES)
    maps = documents.listing(actor, Kind.PROCESS)
    views = sorted(documents.listing(actor, Kind.GOAL), key=_by_day)
    known = {view.row.slug for view in views}
    return Goals(
        [_goal(view, maps, steps) for view in views],
        [view for view in maps if known.isdisjoint(_serves(view))],
    )


def _by_day(view: DocumentView) -> tuple[bool, str, str]:
    by = cast("Goal", view.value).by
    return by is None, by.isoformat() if by else "", view.row.title


def _goal(view: DocumentView, maps: Sequence[DocumentView], steps: Sequence[StepOfAll]) -> GoalView:
    slug = view.row.slug
    found = [InTheWay(one, why) for one in steps if slug in one.goals and (why := hindrance(one))]
    return GoalView(
        view=view,
        goal=cast("Goal", view.value),
        serving=[one for one in maps if slug in _serves(one)],
        free=[one for one in maps if slug not in _serves(one)],
        in_the_way=sorted(found, key=lambda one: (-(one.at.hours.value if one.at.hours else 0), one.at.number)),
    )


def hindrance(at: StepOfAll) -> Hindrance | None:
    """Why a step stands in the way of the goals that its process serves; None if it doesn't."""
    match at.step.handling:
        case Handling.UNDECIDED:
            return Hindrance.UNDECIDED
        case Handling.KEEP:
            return Hindrance.KEPT
        case Handling.DELEGATE if at.missing is not Missing.NOTHING:
            return Hindrance.WITHOUT_SOP
    return None


def _serves(view: DocumentView) -> tuple[str, ...]:
    return cast("Process", view.draft or view.published).serves
