"""The route line of a run: every step of its map as a stop that lies behind, is here, is ahead, or was passed by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import Handling, Step
from routebook.core.run import Definition, RunState, Task, TaskStatus
from routebook.core.run.evolve import finished
from routebook.core.run.state import FINISHED, LIVE
from routebook.formats.drawing.main_way import main_way
from routebook.formats.drawing.svg import State
from routebook.store.queries.tasks import RunView


class Place(StrEnum):
    """Where a stop lies, seen from where the run is."""

    DONE = "done"
    HERE = "here"
    AHEAD = "ahead"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the map. `task` is its latest opening that counts, `review` the open review of it."""

    number: int
    step: Step
    place: Place
    task: Task | None = None
    closed_at: dt.datetime | None = None
    review: Task | None = None
    holder: str = ""
    mine: bool = False

    @property
    def skipped(self) -> bool:
        return self.task is not None and self.task.status is TaskStatus.SKIPPED

    @property
    def ball(self) -> Task | None:
        """The task that somebody has to do now for the run to go on from here."""
        if self.place is not Place.HERE:
            return None
        return self.review or self.task

    @property
    def automatic(self) -> bool:
        return self.step.handling is Handling.AUTOMATE


def stops(run: RunView, reader: str) -> Sequence[Stop]:
    """The whole route line, in the order of the map. `reader` is the id of who looks at it."""
    reachable = _reachable(run.definition, run.state) if run.running else frozenset[str]()
    return [_stop(run, number, step, reachable, reader) for number, step in enumerate(run.definition.flow.steps, 1)]


def _stop(run: RunView, number: int, step_id: str, reachable: Collection[str], reader: str) -> Stop:
    step = run.definition.steps[step_id]
    task = _latest(run.state, step_id)
    if task is None:
        return Stop(number, step, Place.AHEAD if step_id in reachable else Place.PASSED)
    review = run.state.review_for(task.number) if task.status is TaskStatus.SUBMITTED else None
    place = Place.HERE if task.status in LIVE else Place.DONE
    # Whose name stands at the stop: who has the ball, else who did it.
    holder = (review or task).assignee if place is Place.HERE else _doer(run, task)
    closed_at = run.rows[task.number].closed_at
    return Stop(number, step, place, task, closed_at, review, run.people.get(holder, ""), holder == reader)


def _latest(state: RunState, step: str) -> Task | None:
    own = [
        task
        for task in state.tasks.values()
        if task.step == step and not task.review_of and (task.status in LIVE or task.status in FINISHED)
    ]
    return own[-1] if own else None


def _doer(run: RunView, task: Task) -> str:
    done_by = run.rows[task.number].done_by_id
    return str(done_by) if done_by else task.assignee


def _reachable(definition: Definition, state: RunState) -> frozenset[str]:
    """The steps that a line leads to from where the run is now."""
    lines = definition.flow.lines
    after: dict[str, list[str]] = {}
    for source, target in lines:
        after.setdefault(source, []).append(target)
    found: set[str] = set()
    waiting = [lines[line][1] for line, _ in state.tokens]
    waiting += [target for task in state.open_tasks() for target in after.get(task.step, ())]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += after.get(step, ())
    return frozenset(found)


def mini(run: RunView, line: Sequence[Stop]) -> Sequence[Stop]:
    """What of the line a phone has room for: the last two stops, where the run is, and the next on the main way."""
    behind = [stop for stop in line if stop.place is Place.DONE][-2:]
    here = [stop for stop in line if stop.place is Place.HERE]
    way = main_way(run.definition.process)
    following = {target for source, target in way if source in {stop.step.id for stop in here}}
    ahead = [stop for stop in line if stop.place is Place.AHEAD and stop.step.id in following][:1]
    return sorted([*behind, *here, *ahead], key=lambda stop: stop.number)


def states(line: Sequence[Stop]) -> Mapping[str, State]:
    """How the drawing shows each step."""
    shown: dict[Place, State] = {Place.DONE: "done", Place.HERE: "here"}
    return {stop.step.id: shown.get(stop.place, "ahead") for stop in line}


def travelled(run: RunView) -> frozenset[tuple[str, str]]:
    """The lines of the map that the run went along, as source and target."""
    lines = run.definition.flow.lines
    live = [task for task in run.state.tasks.values() if task.status in LIVE or task.status in FINISHED]
    gone = {lines[line] for task in live for line, _ in task.took} | {lines[line] for line, _ in run.state.tokens}
    ended = {(task.step, "end") for task in finished(run.state) if not task.made}
    return frozenset(gone | ended)
