"""What happened in a run. Events carry resolved results, so that `evolve` looks nothing up.

Who acted and when stand in the envelope that the journal keeps beside each event; an event repeats
them only where a later decision depends on them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from routebook.core.events import Event, event


@event("run.started")
@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run began on one published version of a process.

    `number` is the ticket's number, `process` the document's id, `version` its version number,
    `fields` the answers to the start form, `variations` the picked variation by step, `due` when the
    whole run should be done, `owner` the person who owns the process.
    """

    number: int
    name: str
    process: int
    version: int
    owner: str
    fields: Mapping[str, str]
    variations: Mapping[str, str]
    due: dt.datetime | None
    at: dt.datetime


@event("task.opened")
@dataclass(frozen=True, slots=True)
class TaskOpened(Event):
    """A step, or the review of one, became somebody's task.

    `took` holds the tokens it consumed as ``(line, task that made it)``. `level` is the hand-off level
    of the assignee ("" where nothing was handed off), `delegator` who would review. `sop` is the id of
    the published SOP version that the task shows (0 for none), `items` its number of checklist items and
    `asked` the items that ask for evidence as ``(item, evidence)``. `instead_of` is who is away.
    `review_of` is the task under review (0 for ordinary work).
    """

    task: int
    step: str
    attempt: int
    took: tuple[tuple[int, int], ...]
    role: str
    assignee: str
    level: str
    delegator: str
    due: dt.datetime | None
    sop: int
    items: int
    asked: tuple[tuple[int, str], ...]
    variation: str
    at: dt.datetime
    review: bool = False
    review_of: int = 0
    instead_of: str = ""


@event("task.assigned")
@dataclass(frozen=True, slots=True)
class TaskAssigned(Event):
    """Somebody decided whose task it is; the hand-off level of `assignee` counts from now on."""

    task: int
    assignee: str
    level: str
    delegator: str


@event("task.started")
@dataclass(frozen=True, slots=True)
class TaskStarted(Event):
    """`by` began to work on the task, and so can't review it."""

    task: int
    by: str


@event("task.item_ticked")
@dataclass(frozen=True, slots=True)
class ItemTicked(Event):
    """An item of the checklist was ticked (the first is 0), or its tick taken away, by `by`."""

    task: int
    item: int
    ticked: bool
    by: str


@event("task.evidence_added")
@dataclass(frozen=True, slots=True)
class EvidenceAdded(Event):
    """`kind` is what the item asks for; `value` the text, number, address or file id.

    An empty value takes the evidence away.
    """

    task: int
    item: int
    kind: str
    value: str
    by: str


@event("task.variation_picked")
@dataclass(frozen=True, slots=True)
class VariationPicked(Event):
    """The doer picked which variation this is, and with it the SOP; the checklist starts empty."""

    task: int
    variation: str
    sop: int
    items: int
    asked: tuple[tuple[int, str], ...]
    level: str
    delegator: str


@event("task.handed_over")
@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """A handover: the task went from `giver` to `receiver`; their hand-off level counts from now on."""

    task: int
    giver: str
    receiver: str
    note: str
    level: str
    delegator: str


@event("task.blocked")
@dataclass(frozen=True, slots=True)
class TaskBlocked(Event):
    """The ball is with `on`; the waiting clock runs on them."""

    task: int
    on: str
    why: str
    at: dt.datetime


@event("task.unblocked")
@dataclass(frozen=True, slots=True)
class TaskUnblocked(Event):
    """`seconds` is how long the task waited on `on`."""

    task: int
    on: str
    seconds: int


@event("task.question_asked")
@dataclass(frozen=True, slots=True)
class QuestionAsked(Event):
    """`to` is who should answer: the delegator, else the process's owner."""

    task: int
    question: int
    text: str
    to: str
    sop: int


@event("task.escalated")
@dataclass(frozen=True, slots=True)
class TaskEscalated(Event):
    """A decision beyond the doer's: one problem, three options, one recommendation, for `to` to decide.

    It is numbered among the questions of the run, and answered like one.
    """

    task: int
    question: int
    problem: str
    options: tuple[str, ...]
    recommendation: str
    to: str
    sop: int


@event("task.question_answered")
@dataclass(frozen=True, slots=True)
class QuestionAnswered(Event):
    """A question was answered, or what was escalated decided."""

    task: int
    question: int
    text: str


@event("task.due_changed")
@dataclass(frozen=True, slots=True)
class DueChanged(Event):
    """The task is due at another moment now, and why."""

    task: int
    due: dt.datetime
    why: str


@event("task.submitted")
@dataclass(frozen=True, slots=True)
class TaskSubmitted(Event):
    """The doer says it is done; a review decides whether it counts."""

    task: int
    by: str
    outcome: str


@event("task.completed")
@dataclass(frozen=True, slots=True)
class TaskCompleted(Event):
    """The step's result counts. `made` are the lines that got a token; `by` is who did the work."""

    task: int
    by: str
    outcome: str
    made: tuple[int, ...]


@event("task.skipped")
@dataclass(frozen=True, slots=True)
class TaskSkipped(Event):
    """Completed by `by` with a reason instead of the work. `made` are the lines that got a token."""

    task: int
    by: str
    reason: str
    outcome: str
    made: tuple[int, ...]


@event("review.passed")
@dataclass(frozen=True, slots=True)
class ReviewPassed(Event):
    """`task` is the review, `of` the reviewed task and `attempt` its attempt."""

    task: int
    of: int
    attempt: int
    by: str


@event("review.failed")
@dataclass(frozen=True, slots=True)
class ReviewFailed(Event):
    """The work goes back: task `of` is open again as attempt `attempt`, for `assignee`.

    `redo` means that the reviewer does it themselves; `level` and `delegator` are then theirs.
    """

    task: int
    of: int
    attempt: int
    by: str
    reasons: str
    redo: bool
    assignee: str
    level: str
    delegator: str


@event("run.returned")
@dataclass(frozen=True, slots=True)
class RunReturned(Event):
    """The run went back to a step. `undone` are the tasks that left the flow, `closed` those of them that
    were open, `back` the tokens that they had taken from elsewhere, as ``(line, task that made it)``."""

    step: str
    reason: str
    undone: tuple[int, ...]
    closed: tuple[int, ...]
    back: tuple[tuple[int, int], ...]


@event("run.completed")
@dataclass(frozen=True, slots=True)
class RunCompleted(Event):
    """No token is left: the journey is over. It took `seconds` from its start."""

    seconds: int


@event("run.cancelled")
@dataclass(frozen=True, slots=True)
class RunCancelled(Event):
    """The run was given up; `closed` are the tasks that were open."""

    reason: str
    closed: tuple[int, ...]
