"""How a rule says no, and the questions that nearly every command has to pass.

Inside `decide` a refusal travels as an exception, so that each rule reads as one line; `decide` hands it
out as a value.
"""

from __future__ import annotations

from typing import NoReturn

from routebook.core.events import Refusal
from routebook.core.run.assign import Receiver, level_of, may_work
from routebook.core.run.form import LONGEST
from routebook.core.run.state import LIVE, Context, Definition, RunState, RunStatus, Task, TaskStatus


class Refused(Exception):
    """Carries a refusal out to `decide`."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def refuse(code: str, sentence: str, field: str = "") -> NoReturn:
    raise Refused(Refusal(code, sentence, field))


def be_running(definition: Definition, state: RunState) -> None:
    if state.status is RunStatus.NEW:
        refuse("not_started", "The run has not started.")
    if state.status is not RunStatus.RUNNING:
        refuse("run_over", f"Run #{state.number} is {state.status}; nothing can change in it any more.")
    be_pinned(definition, state)


def be_pinned(definition: Definition, state: RunState) -> None:
    if (state.process, state.version) != (definition.process_id, definition.version):
        refuse("other_version", f"Run #{state.number} follows version {state.version} of its process, to its end.")


def known_task(state: RunState, number: int) -> Task:
    task = state.tasks.get(number)
    if task is None:
        refuse("no_such_task", f"Run #{state.number} has no task {number}.")
    return task


def live_task(state: RunState, number: int) -> Task:
    task = known_task(state, number)
    if task.status not in LIVE:
        refuse("task_closed", f"The task is already {task.status}.")
    return task


def open_task(state: RunState, number: int) -> Task:
    task = live_task(state, number)
    if task.status is TaskStatus.SUBMITTED:
        refuse("in_review", "The result is being reviewed; wait for the review.")
    return task


def workable(state: RunState, number: int, context: Context) -> Task:
    """An open task that the actor may act on: their own, or any where they manage the process."""
    task = open_task(state, number)
    if task.assignee != context.actor and not context.manages:
        refuse("not_yours", "This task is somebody else's. Ask them to hand it over.")
    return task


def workable_work(state: RunState, number: int, context: Context) -> Task:
    """The same, and no review: a review is only ever passed or failed."""
    task = workable(state, number, context)
    if task.review_of:
        refuse("review_decides", "This is a review. Pass it, or send the work back with reasons.")
    return task


def be_unblocked(task: Task) -> None:
    if task.blocked_on:
        refuse("blocked", f"The task waits on {task.blocked_on}. Unblock it first.")


def be_receiver(state: RunState, task: Task, person: str, context: Context) -> Receiver:
    """The level at which `person` would have the task; refuses who may not be given it."""
    if not may_work(person, context):
        refuse("no_access", "That person can't be given work here. Choose somebody of the team.", "to")
    if not task.review_of:
        return level_of(task.step, task.variation, person, context)
    if person in state.tasks[task.review_of].doers:
        refuse("own_work", "They worked on this themselves; somebody else must review it.", "to")
    return Receiver(person)


def be_manager(context: Context, sentence: str) -> None:
    if not context.manages:
        refuse("not_yours", sentence)


def said(text: str, code: str, sentence: str, field: str) -> str:
    """What somebody wrote, without the space around it; refuses nothing and far too much."""
    if not text.strip():
        refuse(code, sentence, field)
    return short(text, field)


def short(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        refuse("too_long", f"That is more than {LONGEST:,} characters; attach it as a file instead.", field)
    return text
