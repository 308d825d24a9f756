"""Reviews: a result that somebody else looks at before it counts."""

from __future__ import annotations

from routebook.core.handoff import Level
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.core.run.assign import is_away, level_of, may_work
from routebook.core.run.evolve import fold
from routebook.core.run.moves import Decided, advance, next_attempt, next_number
from routebook.core.run.refuse import be_unblocked, refuse, said, workable
from routebook.core.run.state import Context, Definition, RunState, Task

GATED = frozenset({Level.PRACTICE, Level.SUPERVISED})
"""The hand-off levels at which somebody else looks at the result before it counts."""


def is_gated(task: Task) -> bool:
    """Whether the result is reviewed: because the doer is still learning, or because the step asks for it."""
    return task.review or task.level in GATED


def submit(state: RunState, task: Task, outcome: str, context: Context) -> Decided:
    """The result waits for a review; the token stays where it is."""
    reviewer, instead_of = _reviewer(task, context)
    events = (
        e.TaskSubmitted(task.number, context.actor, outcome),
        e.TaskOpened(
            task=next_number(state),
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
            instead_of=instead_of,
        ),
    )
    return events, fold(state, events)


def _reviewer(task: Task, context: Context) -> tuple[str, str]:
    """The delegator, else the process's owner, but nobody who worked on it; and who of them is away."""
    doers = {*task.doers, context.actor}
    fit = [p for p in (task.delegator, context.owner) if p not in doers and may_work(p, context)]
    if not fit:
        refuse(
            "needs_second_person",
            "Somebody else must look at this result, and nobody is left who did not work on it. "
            "Go back to the step, and let another person do it.",
        )
    for person in fit:
        if not is_away(context.members[person], context):
            return person, fit[0] if person != fit[0] else ""
    return fit[0], ""


def pass_review(definition: Definition, state: RunState, command: c.PassReview, context: Context) -> Decided:
    review, work = _under_review(state, command.task, context)
    return advance(
        definition,
        state,
        context,
        (
            e.ReviewPassed(review.number, work.number, work.attempt, context.actor),
            e.TaskCompleted(work.number, work.doers[-1], work.outcome, definition.flow.exits[work.step][work.outcome]),
        ),
    )


def fail_review(definition: Definition, state: RunState, command: c.FailReview, context: Context) -> Decided:
    review, work = _under_review(state, command.task, context)
    reasons = said(command.reasons, "reason_missing", "Say what is missing, so that the next try succeeds.", "reasons")
    assignee, level, delegator = work.assignee, work.level, work.delegator
    if command.redo:
        own = level_of(work.step, work.variation, context.actor, context)
        assignee, level, delegator = own.person, own.level, own.delegator
    failed = e.ReviewFailed(
        task=review.number,
        of=work.number,
        attempt=next_attempt(state, work.step),
        by=context.actor,
        reasons=reasons,
        redo=command.redo,
        assignee=assignee,
        level=level,
        delegator=delegator,
    )
    return (failed,), fold(state, (failed,))


def _under_review(state: RunState, number: int, context: Context) -> tuple[Task, Task]:
    review = workable(state, number, context)
    if not review.review_of:
        refuse("no_review", "This task is no review; complete it instead.")
    work = state.tasks[review.review_of]
    if context.actor in work.doers:
        refuse("own_work", "You worked on this yourself; somebody else must review it.")
    be_unblocked(review)
    return review, work
