"""Doing the work of a task: starting, ticking, giving evidence, completing, skipping, passing it on."""

from __future__ import annotations

from routebook.core.document import Decision, Evidence, Step, same_name
from routebook.core.events import Event
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.core.run.assign import level_of
from routebook.core.run.evolve import fold
from routebook.core.run.form import read_number
from routebook.core.run.moves import Decided, advance, seconds_since, sop_of
from routebook.core.run.refuse import (
    be_manager,
    be_receiver,
    be_unblocked,
    known_task,
    open_task,
    refuse,
    said,
    short,
    workable,
    workable_work,
)
from routebook.core.run.reviews import is_gated, submit
from routebook.core.run.state import Context, Definition, RunState, Task


def _then(state: RunState, *events: Event) -> Decided:
    return events, fold(state, events)


def assign(definition: Definition, state: RunState, command: c.AssignTask, context: Context) -> Decided:
    task = open_task(state, command.task)
    be_manager(context, "Only the process's owner or a manager assigns a task; hand it over instead.")
    level = be_receiver(state, task, command.to, context)
    if task.assignee == command.to:
        return (), state
    return _then(state, e.TaskAssigned(task.number, command.to, level.level, level.delegator))


def start_task(definition: Definition, state: RunState, command: c.StartTask, context: Context) -> Decided:
    task = workable(state, command.task, context)
    return ((), state) if task.started else _then(state, e.TaskStarted(task.number, context.actor))


# --- the checklist ----------------------------------------------------------------------------


def tick(definition: Definition, state: RunState, command: c.TickItem, context: Context) -> Decided:
    task = workable_work(state, command.task, context)
    _be_item(task, command.item)
    if (command.item in task.ticks) == command.ticked:
        return (), state
    return _then(state, e.ItemTicked(task.number, command.item, command.ticked, context.actor))


def add_evidence(definition: Definition, state: RunState, command: c.AddEvidence, context: Context) -> Decided:
    task = workable_work(state, command.task, context)
    item = command.item
    _be_item(task, item)
    kind = Evidence(dict(task.asked).get(item, Evidence.NONE))
    if kind in (Evidence.NONE, Evidence.TICK):
        refuse("no_evidence_asked", f"Item {item + 1} asks for no evidence; tick it.", f"item-{item}")
    value = short(command.value, f"item-{item}")
    if value:
        _be_evidence(kind, value, f"item-{item}")
    if task.evidence.get(item, "") == value:
        return (), state
    return _then(state, e.EvidenceAdded(task.number, item, kind.value, value, context.actor))


def _be_item(task: Task, item: int) -> None:
    if not task.items:
        refuse("no_such_item", "This task has no checklist.")
    if not 0 <= item < task.items:
        refuse("no_such_item", f"The checklist has {task.items} items; there is no item {item + 1}.")


def _be_evidence(kind: Evidence, value: str, field: str) -> None:
    if kind is Evidence.NUMBER and not read_number(value):
        refuse("not_a_number", f"“{value}” is not a number. Write it like 120 or 119.50.", field)
    if kind is Evidence.LINK and not value.startswith(("https://", "http://")):
        refuse("not_a_link", "A link starts with https:// – copy it whole from the address bar.", field)


def pick(definition: Definition, state: RunState, command: c.PickVariation, context: Context) -> Decided:
    task = workable_work(state, command.task, context)
    step = definition.steps[task.step]
    variation = _variation(step, command.variation)
    if variation == task.variation:
        return (), state
    if task.step in state.variations and not context.manages:
        field = step.variations.by if step.variations else ""
        refuse("variation_fixed", f"The run says “{field}: {task.variation}”. Ask a manager to change it.", "variation")
    sop = sop_of(step, variation, context)
    level = level_of(task.step, variation, task.assignee, context)
    return _then(
        state,
        e.VariationPicked(task.number, variation, sop.id, sop.items, sop.asked, level.level, level.delegator),
    )


def _variation(step: Step, given: str) -> str:
    """The variation's own spelling."""
    if step.variations is None:
        refuse("no_variations", f"“{step.title}” has no variations.", "variation")
    for variation in step.variations.of:
        if same_name(variation, given):
            return variation
    listed = ", ".join(step.variations.of)
    if not given:
        refuse("variation_missing", f"Pick which kind this is: {listed}.", "variation")
    return refuse("variation_unknown", f"“{given}” is none of {listed}.", "variation")


# --- finishing --------------------------------------------------------------------------------


def complete(definition: Definition, state: RunState, command: c.CompleteTask, context: Context) -> Decided:
    task = workable_work(state, command.task, context)
    step = definition.steps[task.step]
    outcome = _outcome(step, command.outcome)
    be_unblocked(task)
    _be_ready(step, task)
    if is_gated(task):
        return submit(state, task, outcome, context)
    made = definition.flow.exits[task.step][outcome]
    return advance(definition, state, context, (e.TaskCompleted(task.number, context.actor, outcome, made),))


def _outcome(step: Step, chosen: str) -> str:
    """The outcome's own spelling. Refuses where a decision has none chosen, or a wrong one."""
    if not isinstance(step.then, Decision):
        if chosen:
            refuse("no_decision", f"“{step.title}” is no decision; it has no outcome to choose.", "outcome")
        return ""
    names = [outcome.when for outcome in step.then.outcomes]
    for name in names:
        if same_name(name, chosen):
            return name
    listed = " or ".join(f"“{name}”" for name in names)
    if not chosen:
        refuse("outcome_missing", f"Choose how “{step.title}” came out: {listed}.", "outcome")
    return refuse("outcome_unknown", f"“{chosen}” is no outcome of “{step.title}”. Choose {listed}.", "outcome")


def _be_ready(step: Step, task: Task) -> None:
    """The gates: the kind is picked, and every item has the evidence that it asks for."""
    if step.variations is not None and not task.variation:
        listed = ", ".join(step.variations.of)
        refuse("variation_missing", f"Pick which kind this is first: {listed}.", "variation")
    for item, kind in task.asked:
        given = item in task.ticks if kind == Evidence.TICK else bool(task.evidence.get(item))
        if not given:
            refuse(
                "evidence_missing", f"Item {item + 1} of the checklist {_ASKS[Evidence(kind)]} first.", f"item-{item}"
            )


_ASKS = {
    Evidence.TICK: "must be ticked",
    Evidence.TEXT: "asks for a text",
    Evidence.NUMBER: "asks for a number",
    Evidence.PHOTO: "asks for a photo",
    Evidence.FILE: "asks for a file",
    Evidence.LINK: "asks for a link",
}


def skip(definition: Definition, state: RunState, command: c.SkipTask, context: Context) -> Decided:
    """Complete with a reason. Nobody skips what is to be reviewed: that would skip the review."""
    task = open_task(state, command.task)
    if task.review_of:
        refuse("review_decides", "A review can't be skipped; pass it or send the work back.")
    step = definition.steps[task.step]
    if context.actor != context.owner and task.assignee != context.actor:
        refuse("not_yours", "Only whose task it is, or the process's owner, may skip it.")
    if is_gated(task):
        refuse("not_skippable", f"The result of “{step.title}” is reviewed, so it can't be skipped.")
    if context.actor != context.owner and not step.optional:
        refuse("not_skippable", f"“{step.title}” is not optional; only the process's owner may skip it.")
    why = "Say why the step is skipped; the reason goes on the record."
    reason = said(command.reason, "reason_missing", why, "reason")
    outcome = _outcome(step, command.outcome)
    made = definition.flow.exits[task.step][outcome]
    skipped = e.TaskSkipped(task.number, context.actor, reason, outcome, made)
    return advance(definition, state, context, (skipped,))


# --- passing it on, waiting, asking -----------------------------------------------------------


def hand_over(definition: Definition, state: RunState, command: c.HandOver, context: Context) -> Decided:
    task = workable(state, command.task, context)
    if command.to == task.assignee:
        refuse("same_person", "The task is already theirs. Choose who takes it next.", "to")
    level = be_receiver(state, task, command.to, context)
    note = short(command.note, "note")
    return _then(state, e.HandedOver(task.number, task.assignee, command.to, note, level.level, level.delegator))


def block(definition: Definition, state: RunState, command: c.BlockTask, context: Context) -> Decided:
    task = workable(state, command.task, context)
    if task.blocked_on:
        refuse("already_blocked", f"The task already waits on {task.blocked_on}. Unblock it first.")
    who = "Say who has the ball: the client, a vendor, the founder or a name."
    on = said(command.on, "party_missing", who, "on")
    why = said(command.why, "reason_missing", "Say what you wait for, in a few words.", "why")
    return _then(state, e.TaskBlocked(task.number, on, why, context.now))


def unblock(definition: Definition, state: RunState, command: c.UnblockTask, context: Context) -> Decided:
    task = workable(state, command.task, context)
    if not task.blocked_on:
        return (), state
    waited = seconds_since(task.blocked_at, context)
    return _then(state, e.TaskUnblocked(task.number, task.blocked_on, waited))


def ask(definition: Definition, state: RunState, command: c.Ask, context: Context) -> Decided:
    task = workable(state, command.task, context)
    text = said(command.question, "question_missing", "Write your question first.", "question")
    return _then(state, e.QuestionAsked(task.number, state.questions + 1, text, _adviser(task, context), task.sop))


def escalate(definition: Definition, state: RunState, command: c.Escalate, context: Context) -> Decided:
    """One problem, three options, one recommendation: so that the decision takes a minute."""
    task = workable(state, command.task, context)
    problem = said(command.problem, "problem_missing", "Say in a sentence what the problem is.", "problem")
    options = tuple(short(option, "options") for option in command.options if option.strip())
    if len(options) != 3:
        refuse("options_missing", "Write three options; the third is often the good one.", "options")
    which = "Say which of the three you recommend, and why."
    recommendation = said(command.recommendation, "recommendation_missing", which, "recommendation")
    return _then(
        state,
        e.TaskEscalated(
            task.number,
            state.questions + 1,
            problem,
            options,
            recommendation,
            _adviser(task, context),
            task.sop,
        ),
    )


def _adviser(task: Task, context: Context) -> str:
    """Who answers: the delegator, else the process's owner."""
    return task.delegator if task.delegator and task.delegator != context.actor else context.owner


def answer(definition: Definition, state: RunState, command: c.Answer, context: Context) -> Decided:
    """An answer also comes late: it improves the SOP after the task, or the whole run, is over."""
    task = known_task(state, command.task)
    if command.question not in task.questions:
        refuse("no_such_question", "There is no such question on this task.")
    if not context.manages and context.actor not in (task.delegator, task.assignee, context.owner):
        refuse("not_yours", "The delegator, the process's owner or a manager answers this.")
    if task.questions[command.question]:
        refuse("already_answered", "This question has its answer already.")
    text = said(command.answer, "answer_missing", "Write the answer first.", "answer")
    return _then(state, e.QuestionAnswered(task.number, command.question, text))


def change_due(definition: Definition, state: RunState, command: c.ChangeDue, context: Context) -> Decided:
    task = open_task(state, command.task)
    be_manager(context, "Only the process's owner or a manager changes when a task is due.")
    if command.due.tzinfo is None:
        refuse("no_time_zone", "The new due moment needs a time zone.", "due")
    if command.due <= context.now:
        refuse("due_past", "That moment has passed. Choose one that is still to come.", "due")
    why = said(command.why, "reason_missing", "Say why the date changes; the reason goes on the record.", "why")
    if command.due == task.due:
        return (), state
    return _then(state, e.DueChanged(task.number, command.due, why))
