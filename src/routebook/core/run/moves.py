"""Moving the run: starting it, opening what can open, going back to a step, giving up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from routebook.core.calendar import BadDuration, NoWorkingTime, add_working, parse_duration
from routebook.core.document import Step, same_name
from routebook.core.events import Event, Refusal
from routebook.core.process_map import next_opening
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.core.run.assign import receiver
from routebook.core.run.evolve import evolve, finished, fold
from routebook.core.run.form import read_form, run_name
from routebook.core.run.refuse import Refused, be_manager, refuse, said
from routebook.core.run.state import (
    Context,
    Definition,
    PublishedSop,
    RunState,
    RunStatus,
    Task,
    TaskStatus,
    Token,
)

Decided = tuple[tuple[Event, ...], RunState]
"""The events that a command causes, and the state after them."""

NO_SOP = PublishedSop(0)


def start(definition: Definition, state: RunState, command: c.Start, context: Context) -> Decided:
    if state.status is not RunStatus.NEW:
        refuse("already_started", f"Run #{state.number} has already started.")
    process = definition.process
    values = read_form(process.form, command.fields)
    if isinstance(values, Refusal):
        raise Refused(values)
    started = e.RunStarted(
        number=command.number,
        name=run_name(process, values),
        process=definition.process_id,
        version=definition.version,
        owner=context.owner,
        fields=values,
        variations=_picked(process.steps, values),
        due=due_after(process.target.within, context.owner, context) if process.target else None,
        at=context.now,
    )
    return advance(definition, state, context, (started,))


def _picked(steps: Iterable[Step], values: Mapping[str, str]) -> dict[str, str]:
    """The variation of each step that a field of the run already picks."""
    picked = {}
    for step in steps:
        if step.variations is None:
            continue
        value = values.get(step.variations.by, "")
        for variation in step.variations.of:
            if same_name(variation, value):
                picked[step.id] = variation
    return picked


def advance(definition: Definition, state: RunState, context: Context, events: tuple[Event, ...]) -> Decided:
    """Open every step that can open after `events`, and end the run where no token is left."""
    state = fold(state, events)
    opened = list(events)
    while state.tokens:
        ready = next_opening(definition.flow, [line for line, _ in state.tokens])
        if ready is None:
            break
        step, lines = ready
        took = tuple([next(token for token in state.tokens if token[0] == line) for line in lines])
        event = _open(definition, state, step, took, context)
        state = evolve(state, event)
        opened.append(event)
    if not state.tokens and not state.open_tasks():
        completed = e.RunCompleted(seconds_since(state.started_at, context))
        state = evolve(state, completed)
        opened.append(completed)
    return tuple(opened), state


def _open(
    definition: Definition, state: RunState, step_id: str, took: tuple[Token, ...], context: Context
) -> e.TaskOpened:
    """A step's task, with all that is fixed from now on: who, at which level, by which SOP, until when."""
    step = definition.steps[step_id]
    variation = state.variations.get(step_id, "")
    who = receiver(step, variation, context)
    sop = sop_of(step, variation, context)
    return e.TaskOpened(
        task=next_number(state),
        step=step_id,
        attempt=next_attempt(state, step_id),
        took=took,
        role=step.role,
        assignee=who.person,
        level=who.level,
        delegator=who.delegator,
        due=due_after(step.due, who.person, context) if step.due else None,
        sop=sop.id,
        items=sop.items,
        asked=sop.asked,
        variation=variation,
        at=context.now,
        review=step.review,
        instead_of=who.instead_of,
    )


def sop_of(step: Step, variation: str, context: Context) -> PublishedSop:
    """The SOP of this variation, else of the step as a whole; none while the variation is not picked."""
    if step.variations is not None and not variation:
        return NO_SOP
    return context.sops.get((step.id, variation)) or context.sops.get((step.id, "")) or NO_SOP


def due_after(duration: str, person: str, context: Context) -> dt.datetime | None:
    """When so much of this person's working time has passed, or None where nobody can tell."""
    member = context.members.get(person)
    if member is None:
        return None
    try:
        return add_working(member.calendar, context.now, parse_duration(duration))
    except (BadDuration, NoWorkingTime):
        # A slip in the map, or somebody without a working day ahead, must not stop the work:
        # the task just has no due date.
        return None


def next_number(state: RunState) -> int:
    return len(state.tasks) + 1


def next_attempt(state: RunState, step: str) -> int:
    return 1 + max([t.attempt for t in state.tasks.values() if t.step == step and not t.review_of], default=0)


def seconds_since(moment: dt.datetime | None, context: Context) -> int:
    return int((context.now - (moment or context.now)).total_seconds())


def go_back(definition: Definition, state: RunState, command: c.ReturnTo, context: Context) -> Decided:
    """Undo all that followed from the step's latest completion, and open the step again.

    A step that is open for the first time starts over: somebody else may do it, from an empty checklist.
    """
    if command.step not in definition.steps:
        refuse("no_such_step", "The process has no such step.", "step")
    title = definition.steps[command.step].title
    latest = _latest(state, command.step)
    if latest is None:
        refuse("not_reached", f"The run has not come to “{title}” yet; there is nothing to go back to.", "step")
    undone = _future(state, latest)
    closed = tuple(task for task in state.open_tasks() if task.number in undone or task.review_of in undone)
    if not context.manages and all(task.assignee != context.actor for task in closed):
        refuse("not_yours", f"Only whose open task followed from “{title}”, or a manager, may go back to it.")
    returned = e.RunReturned(
        step=command.step,
        reason=said(command.reason, "reason_missing", f"Say why the run goes back to “{title}”.", "reason"),
        undone=undone,
        closed=tuple(task.number for task in closed),
        back=tuple(token for number in undone for token in state.tasks[number].took if token[1] not in undone),
    )
    reopened = _open(definition, evolve(state, returned), command.step, latest.took, context)
    return advance(definition, state, context, (returned, reopened))


def _latest(state: RunState, step: str) -> Task | None:
    """The step's latest completion, or else the task that is open now."""
    tasks = (*state.open_tasks(), *finished(state))
    return next((task for task in reversed(tasks) if task.step == step and not task.review_of), None)


def _future(state: RunState, origin: Task) -> tuple[int, ...]:
    """The tasks whose tokens come from `origin`, itself first. Tasks are numbered in opening order."""
    undone = {origin.number}
    for task in state.tasks.values():
        if task.status in (TaskStatus.RETURNED, TaskStatus.CANCELLED):
            continue
        if any(maker in undone for _, maker in task.took):
            undone.add(task.number)
    return tuple(sorted(undone))


def cancel(definition: Definition, state: RunState, command: c.Cancel, context: Context) -> Decided:
    be_manager(context, "Only the process's owner or a manager cancels a run.")
    reason = said(
        command.reason, "reason_missing", "Say why the run is cancelled; the reason goes on the record.", "reason"
    )
    closed = tuple(task.number for task in state.open_tasks())
    cancelled = e.RunCancelled(reason, closed)
    return (cancelled,), evolve(state, cancelled)
