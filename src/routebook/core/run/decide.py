"""`decide`: what a command does to a run, or why it can't be done.

Pure: everything that the answer depends on is in the definition, the state and the context. Inside,
a refusal travels as an exception so that each rule reads as one line; `decide` hands it out as a value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from routebook.core.calendar import NoWorkingTime, add_working, parse_duration
from routebook.core.document import Decision, Evidence, Step, same_name
from routebook.core.events import Event, Refusal
from routebook.core.process_map import next_opening
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.core.run.assign import level_of, receiver
from routebook.core.run.evolve import evolve, finished
from routebook.core.run.form import read_form, run_name
from routebook.core.run.state import (
    LIVE,
    Context,
    Definition,
    PublishedSop,
    RunState,
    RunStatus,
    Task,
    TaskStatus,
    Token,
)

GATED = frozenset({"practice", "supervised"})
"""The hand-off levels at which somebody else looks at the result before it counts."""

NO_SOP = PublishedSop(0)


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def _refuse(code: str, sentence: str, field: str = "") -> NoReturn:
    raise _Refused(Refusal(code, sentence, field))


def decide(
    definition: Definition, state: RunState, command: c.Command, context: Context
) -> tuple[Event, ...] | Refusal:
    """The events that carry the command out (none where it changes nothing), or a refusal."""
    try:
        if isinstance(command, c.Start):
            return _start(definition, state, command, context)
        _be_running(state)
        return _DECIDE[type(command)](definition, state, command, context)
    except _Refused as refused:
        return refused.refusal


def fold(state: RunState, events: Iterable[Event]) -> RunState:
    """The state after several events."""
    for event in events:
        state = evolve(state, event)
    return state


# --- starting ---------------------------------------------------------------------------------


def _start(
    definition: Definition, state: RunState, command: c.Start, context: Context
) -> tuple[Event, ...]:
    if state.status is not RunStatus.NEW:
        _refuse("already_started", f"Run #{state.number} has already started.")
    process = definition.process
    values = read_form(process.form, command.fields)
    if isinstance(values, Refusal):
        raise _Refused(values)
    due = None
    if process.target is not None:
        due = _due(process.target.within, context.owner, context)
    started = e.RunStarted(
        number=command.number,
        name=run_name(process, values),
        process=definition.process_id,
        version=definition.version,
        owner=context.owner,
        fields=values,
        variations=_picked(process.steps, values),
        due=due,
        at=context.now,
    )
    return _advance(definition, state, context, (started,))


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


# --- moving the flow --------------------------------------------------------------------------


def _advance(
    definition: Definition, state: RunState, context: Context, events: tuple[Event, ...]
) -> tuple[Event, ...]:
    """Open every step that can open after `events`, and end the run where no token is left."""
    state = fold(state, events)
    opened: list[Event] = list(events)
    while state.tokens:
        ready = next_opening(definition.flow, [line for line, _ in state.tokens])
        if ready is None:
            break
        step, lines = ready
        took = tuple(next(token for token in state.tokens if token[0] == line) for line in lines)
        event = _open(definition, state, step, took, context)
        state = evolve(state, event)
        opened.append(event)
    if not state.tokens and not state.open_tasks():
        started = state.started_at or context.now
        opened.append(e.RunCompleted(int((context.now - started).total_seconds())))
    return tuple(opened)


def _open(
    definition: Definition, state: RunState, step_id: str, took: tuple[Token, ...], context: Context
) -> e.TaskOpened:
    step = definition.steps[step_id]
    variation = state.variations.get(step_id, "")
    who = receiver(step, variation, context)
    sop = _sop(step, variation, context)
    return e.TaskOpened(
        task=_next_number(state),
        step=step_id,
        attempt=_next_attempt(state, step_id),
        took=took,
        role=step.role,
        assignee=who.person,
        level=who.level,
        delegator=who.delegator,
        due=_due(step.due, who.person, context) if step.due else None,
        sop=sop.id,
        items=sop.items,
        asked=sop.asked,
        variation=variation,
        at=context.now,
        review=step.review,
        instead_of=who.instead_of,
    )


def _sop(step: Step, variation: str, context: Context) -> PublishedSop:
    if step.variations is not None and not variation:
        return NO_SOP
    return context.sops.get((step.id, variation)) or context.sops.get((step.id, "")) or NO_SOP


def _due(duration: str, person: str, context: Context) -> dt.datetime | None:
    member = context.members.get(person)
    if member is None:
        return None
    try:
        return add_working(member.calendar, context.now, parse_duration(duration))
    except NoWorkingTime:
        # Somebody without a single working day ahead still gets the task; it just has no due date.
        return None


def _next_number(state: RunState) -> int:
    return max(state.tasks, default=0) + 1


def _next_attempt(state: RunState, step: str) -> int:
    return 1 + max((t.attempt for t in state.tasks.values() if t.step == step and not t.review_of), default=0)


# --- doing the work ---------------------------------------------------------------------------


def _assign(definition: Definition, state: RunState, command: c.AssignTask, context: Context) -> tuple[Event, ...]:
    task = _live(state, command.task)
    if not context.manages:
        _refuse("not_yours", "Only the process's owner or a manager assigns a task; hand it over instead.")
    if task.assignee == command.to:
        return ()
    _be_worker(command.to, context, "to")
    if task.review_of:
        _may_review(state.tasks[task.review_of], command.to)
    level = level_of(task.step, task.variation, command.to, context)
    return (e.TaskAssigned(task.number, command.to, level.level, level.delegator),)


def _start_task(definition: Definition, state: RunState, command: c.StartTask, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    return () if task.started else (e.TaskStarted(task.number),)


def _complete(definition: Definition, state: RunState, command: c.CompleteTask, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    if task.review_of:
        _refuse("review_decides", "A review is passed or sent back with reasons; choose one of the two.")
    step = definition.steps[task.step]
    outcome = _outcome(step, command.outcome)
    _be_ready(step, task)
    if task.level in GATED or task.review:
        return _submit(state, task, outcome, context)
    done = e.TaskCompleted(task.number, context.actor, outcome, _made(definition, task.step, outcome))
    return _advance(definition, state, context, (done,))


def _outcome(step: Step, chosen: str) -> str:
    """The outcome's own spelling. Refuses where a decision has none chosen, or a wrong one."""
    if not isinstance(step.then, Decision):
        if chosen:
            _refuse("no_decision", f"“{step.title}” is no decision; it has no outcome to choose.", "outcome")
        return ""
    names = [outcome.when for outcome in step.then.outcomes]
    for name in names:
        if same_name(name, chosen):
            return name
    listed = " or ".join(f"“{name}”" for name in names)
    if not chosen:
        _refuse("outcome_missing", f"Choose how “{step.title}” came out: {listed}.", "outcome")
    _refuse("outcome_unknown", f"“{chosen}” is no outcome of “{step.title}”. Choose {listed}.", "outcome")


def _be_ready(step: Step, task: Task) -> None:
    if task.blocked_on:
        _refuse("blocked", f"The task waits on {task.blocked_on}. Unblock it first.")
    if step.variations is not None and not task.variation:
        listed = ", ".join(step.variations.of)
        _refuse("variation_missing", f"Pick which kind this is first: {listed}.", "variation")
    for item, kind in task.asked:
        if kind == Evidence.TICK and item not in task.ticks:
            _refuse("evidence_missing", f"Item {item + 1} of the checklist must be ticked first.", f"item-{item}")
        if kind != Evidence.TICK and not task.evidence.get(item):
            _refuse(
                "evidence_missing",
                f"Item {item + 1} of the checklist asks for {_ASKED[Evidence(kind)]} first.",
                f"item-{item}",
            )


_ASKED = {
    Evidence.TEXT: "a text",
    Evidence.NUMBER: "a number",
    Evidence.PHOTO: "a photo",
    Evidence.FILE: "a file",
    Evidence.LINK: "a link",
}


def _made(definition: Definition, step: str, outcome: str) -> tuple[int, ...]:
    return definition.flow.exits[step][outcome]


def _submit(state: RunState, task: Task, outcome: str, context: Context) -> tuple[Event, ...]:
    """The result waits for a review: the delegator's, else the process owner's, never a doer's."""
    doers = {*task.doers, context.actor}
    reviewer = next(
        (
            person
            for person in (task.delegator, context.owner)
            if person and person not in doers and person in context.members
        ),
        "",
    )
    if not reviewer:
        _refuse(
            "needs_second_person",
            "Somebody else must look at this result, and nobody is left who did not work on it. "
            "Ask the organisation's owner to give the process a second person.",
        )
    review = e.TaskOpened(
        task=_next_number(state),
        step=task.step,
        attempt=task.attempt,
        took=(),
        role="",
        assignee=reviewer,
        level="",
        delegator="",
        due=task.due,
        sop=task.sop,
        items=0,
        asked=(),
        variation=task.variation,
        at=context.now,
        review_of=task.number,
    )
    return (e.TaskSubmitted(task.number, context.actor, outcome), review)


def _skip(definition: Definition, state: RunState, command: c.SkipTask, context: Context) -> tuple[Event, ...]:
    task = _open_task(state, command.task)
    if task.review_of:
        _refuse("review_decides", "A review can't be skipped; pass it or send the work back.")
    step = definition.steps[task.step]
    gated = task.level in GATED or task.review
    doer = task.assignee == context.actor and step.optional and not gated
    if context.actor != context.owner and not doer:
        why = "its result is reviewed" if gated and step.optional else "the step is not optional"
        _refuse("not_skippable", f"Only the process's owner may skip “{step.title}”: {why}.")
    if not command.reason.strip():
        _refuse("reason_missing", "Say why the step is skipped; the reason goes on the record.", "reason")
    outcome = _outcome(step, command.outcome)
    skipped = e.TaskSkipped(
        task.number, context.actor, command.reason.strip(), outcome, _made(definition, task.step, outcome)
    )
    return _advance(definition, state, context, (skipped,))


def _tick(definition: Definition, state: RunState, command: c.TickItem, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    _be_item(task, command.item)
    if (command.item in task.ticks) == command.ticked:
        return ()
    return (e.ItemTicked(task.number, command.item, command.ticked),)


def _add_evidence(definition: Definition, state: RunState, command: c.AddEvidence, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    _be_item(task, command.item)
    kind = dict(task.asked).get(command.item, Evidence.NONE)
    if kind in (Evidence.NONE, Evidence.TICK):
        _refuse("no_evidence_asked", f"Item {command.item + 1} asks for no evidence; tick it.", f"item-{command.item}")
    value = command.value.strip()
    if value:
        _be_evidence(Evidence(kind), value, command.item)
    if task.evidence.get(command.item, "") == value:
        return ()
    return (e.EvidenceAdded(task.number, command.item, kind, value),)


def _be_evidence(kind: Evidence, value: str, item: int) -> None:
    field = f"item-{item}"
    if kind is Evidence.NUMBER and not _is_number(value):
        _refuse("not_a_number", f"“{value}” is not a number. Write it like 120 or 119.50.", field)
    if kind is Evidence.LINK and not value.startswith(("https://", "http://")):
        _refuse("not_a_link", "A link starts with https:// – copy it whole from the address bar.", field)
    if len(value) > 10_000:
        _refuse("too_long", "That is more than 10,000 characters; attach it as a file instead.", field)


def _is_number(value: str) -> bool:
    try:
        number = float(value.replace(",", "").replace("\u202f", "").replace(" ", ""))
    except ValueError:
        return False
    return number == number and abs(number) != float("inf")


def _be_item(task: Task, item: int) -> None:
    if not 0 <= item < task.items:
        _refuse("no_such_item", f"The checklist has {task.items} items; there is no item {item + 1}.")


def _pick(definition: Definition, state: RunState, command: c.PickVariation, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    step = definition.steps[task.step]
    if step.variations is None:
        _refuse("no_variations", f"“{step.title}” has no variations.", "variation")
    for variation in step.variations.of:
        if same_name(variation, command.variation):
            break
    else:
        listed = ", ".join(step.variations.of)
        _refuse("variation_unknown", f"“{command.variation}” is none of {listed}.", "variation")
    if variation == task.variation:
        return ()
    sop = _sop(step, variation, context)
    level = level_of(task.step, variation, task.assignee, context)
    return (
        e.VariationPicked(
            task.number, variation, sop.id, sop.items, sop.asked, level.level, level.delegator
        ),
    )


def _hand_over(definition: Definition, state: RunState, command: c.HandOver, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    if command.to == task.assignee:
        _refuse("same_person", "The task is already theirs. Choose who takes it next.", "to")
    _be_worker(command.to, context, "to")
    if task.review_of:
        _may_review(state.tasks[task.review_of], command.to)
    level = level_of(task.step, task.variation, command.to, context)
    return (
        e.HandedOver(
            task.number, task.assignee, command.to, command.note.strip(), level.level, level.delegator
        ),
    )


def _be_worker(person: str, context: Context, field: str) -> None:
    member = context.members.get(person)
    if member is None or not member.works:
        _refuse("no_access", "That person can't be given work here. Choose somebody of the team.", field)


def _may_review(work: Task, person: str) -> None:
    if person in work.doers:
        _refuse("own_work", "They did this work themselves; somebody else must review it.", "to")


def _block(definition: Definition, state: RunState, command: c.BlockTask, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    if task.blocked_on:
        _refuse("already_blocked", f"The task already waits on {task.blocked_on}. Unblock it first.")
    on, why = command.on.strip(), command.why.strip()
    if not on:
        _refuse("party_missing", "Say who has the ball: the client, a vendor, the founder or a name.", "on")
    if not why:
        _refuse("reason_missing", "Say what you wait for, in a few words.", "why")
    return (e.TaskBlocked(task.number, on, why, context.now),)


def _unblock(definition: Definition, state: RunState, command: c.UnblockTask, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    if not task.blocked_on:
        return ()
    since = task.blocked_at or context.now
    return (
        e.TaskUnblocked(task.number, task.blocked_on, int((context.now - since).total_seconds())),
    )


def _ask(definition: Definition, state: RunState, command: c.Ask, context: Context) -> tuple[Event, ...]:
    task = _workable(state, command.task, context)
    text = command.question.strip()
    if not text:
        _refuse("question_missing", "Write your question first.", "question")
    to = next(
        (p for p in (task.delegator, context.owner) if p and p != context.actor), context.owner
    )
    return (e.QuestionAsked(task.number, state.questions + 1, text, to, task.sop),)


def _answer(definition: Definition, state: RunState, command: c.Answer, context: Context) -> tuple[Event, ...]:
    task = _known(state, command.task)
    if command.question not in task.questions:
        _refuse("no_such_question", "There is no such question on this task.")
    if not command.answer.strip():
        _refuse("answer_missing", "Write the answer first.", "answer")
    if not context.manages and context.actor not in (task.delegator, task.assignee):
        _refuse("not_yours", "The delegator, the process's owner or a manager answers this.")
    return (e.QuestionAnswered(task.number, command.question, command.answer.strip()),)


def _change_due(definition: Definition, state: RunState, command: c.ChangeDue, context: Context) -> tuple[Event, ...]:
    task = _live(state, command.task)
    if not context.manages:
        _refuse("not_yours", "Only the process's owner or a manager changes when a task is due.")
    if not command.why.strip():
        _refuse("reason_missing", "Say why the date changes; the reason goes on the record.", "why")
    return (e.DueChanged(task.number, command.due, command.why.strip()),)


# --- reviewing --------------------------------------------------------------------------------


def _pass(definition: Definition, state: RunState, command: c.PassReview, context: Context) -> tuple[Event, ...]:
    review, work = _under_review(state, command.task, context)
    made = _made(definition, work.step, work.outcome)
    events: tuple[Event, ...] = (
        e.ReviewPassed(review.number, work.number, work.attempt, context.actor),
        e.TaskCompleted(work.number, work.doers[-1], work.outcome, made),
    )
    return _advance(definition, state, context, events)


def _fail(definition: Definition, state: RunState, command: c.FailReview, context: Context) -> tuple[Event, ...]:
    review, work = _under_review(state, command.task, context)
    if not command.reasons.strip():
        _refuse("reason_missing", "Say what is missing to be done, so that the next try succeeds.", "reasons")
    assignee = context.actor if command.redo else work.assignee
    level = level_of(work.step, work.variation, assignee, context)
    return (
        e.ReviewFailed(
            task=review.number,
            of=work.number,
            attempt=_next_attempt(state, work.step),
            by=context.actor,
            reasons=command.reasons.strip(),
            redo=command.redo,
            assignee=assignee,
            level=level.level if command.redo else work.level,
            delegator=level.delegator if command.redo else work.delegator,
        ),
    )


def _under_review(state: RunState, number: int, context: Context) -> tuple[Task, Task]:
    review = _workable(state, number, context)
    if not review.review_of:
        _refuse("no_review", "This task is no review; complete it instead.")
    work = state.tasks[review.review_of]
    if context.actor in work.doers:
        _refuse("own_work", "You did this work yourself; somebody else must review it.")
    return review, work


# --- going back and giving up -----------------------------------------------------------------


def _return(definition: Definition, state: RunState, command: c.ReturnTo, context: Context) -> tuple[Event, ...]:
    if command.step not in definition.steps:
        _refuse("no_such_step", "The process has no such step.", "step")
    title = definition.steps[command.step].title
    if not context.manages and not any(t.assignee == context.actor for t in state.open_tasks()):
        _refuse("not_yours", "Only who has an open task of this run, or its owner, may go back.")
    if not command.reason.strip():
        _refuse("reason_missing", f"Say why the run goes back to “{title}”.", "reason")
    latest = next((t for t in reversed(finished(state)) if t.step == command.step), None)
    if latest is None:
        _refuse("not_completed", f"“{title}” has not been completed yet; there is nothing to go back to.", "step")
    undone = _future(state, latest)
    back = tuple(token for number in undone for token in state.tasks[number].took if token[1] not in undone)
    closed = tuple(
        task.number
        for task in state.open_tasks()
        if task.number in undone or task.review_of in undone
    )
    returned = e.RunReturned(command.step, command.reason.strip(), undone, closed, back)
    state = evolve(state, returned)
    reopened = _open(definition, state, command.step, latest.took, context)
    advanced = _advance(definition, evolve(state, reopened), context, ())
    return (returned, reopened, *advanced)


def _future(state: RunState, origin: Task) -> tuple[int, ...]:
    """The tasks whose tokens come from `origin`, itself first. Tasks are numbered in opening order."""
    undone = {origin.number}
    for task in state.tasks.values():
        if task.status in (TaskStatus.RETURNED, TaskStatus.CANCELLED):
            continue
        if any(maker in undone for _, maker in task.took):
            undone.add(task.number)
    return tuple(sorted(undone))


def _cancel(definition: Definition, state: RunState, command: c.Cancel, context: Context) -> tuple[Event, ...]:
    if not context.manages:
        _refuse("not_yours", "Only the process's owner or a manager cancels a run.")
    if not command.reason.strip():
        _refuse("reason_missing", "Say why the run is cancelled; the reason goes on the record.", "reason")
    closed = tuple(task.number for task in state.open_tasks())
    return (e.RunCancelled(command.reason.strip(), closed),)


# --- what every command needs -----------------------------------------------------------------


def _be_running(state: RunState) -> None:
    if state.status is RunStatus.NEW:
        _refuse("not_started", "The run has not started.")
    if state.status is not RunStatus.RUNNING:
        _refuse("run_over", f"Run #{state.number} is {state.status}; nothing can change in it any more.")


def _known(state: RunState, number: int) -> Task:
    task = state.tasks.get(number)
    if task is None:
        _refuse("no_such_task", f"Run #{state.number} has no task {number}.")
    return task


def _live(state: RunState, number: int) -> Task:
    task = _known(state, number)
    if task.status not in LIVE:
        _refuse("task_closed", f"The task is already {task.status}.")
    return task


def _open_task(state: RunState, number: int) -> Task:
    task = _live(state, number)
    if task.status is TaskStatus.SUBMITTED:
        _refuse("in_review", "The result is being reviewed; wait for the review.")
    return task


def _workable(state: RunState, number: int, context: Context) -> Task:
    """An open task that the actor may work on: their own, or any where they manage the process."""
    task = _open_task(state, number)
    if task.assignee != context.actor and not context.manages:
        _refuse("not_yours", "This task is somebody else's. Ask them to hand it over.")
    return task


_DECIDE: Mapping[type[Any], Callable[[Definition, RunState, Any, Context], tuple[Event, ...]]] = {
    c.AssignTask: _assign,
    c.StartTask: _start_task,
    c.CompleteTask: _complete,
    c.SkipTask: _skip,
    c.TickItem: _tick,
    c.AddEvidence: _add_evidence,
    c.PickVariation: _pick,
    c.HandOver: _hand_over,
    c.BlockTask: _block,
    c.UnblockTask: _unblock,
    c.Ask: _ask,
    c.Answer: _answer,
    c.ChangeDue: _change_due,
    c.PassReview: _pass,
    c.FailReview: _fail,
    c.ReturnTo: _return,
    c.Cancel: _cancel,
}

__all__ = ["GATED", "decide", "fold"]
