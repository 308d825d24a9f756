"""What people, guests and agents may ask of a run.

A command says what somebody wants; `decide` answers with events or a refusal. Tasks are named by their
number within the run, people and documents by their opaque ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a run. `fields` are the answers to the process's start form, by field name."""

    number: int
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssignTask:
    """Give an open task to somebody: the process's owner or a manager decides."""

    task: int
    to: str


@dataclass(frozen=True, slots=True)
class StartTask:
    """Say that work on the task has begun."""

    task: int


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """The work is done. `outcome` names the chosen way out where the step is a decision."""

    task: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SkipTask:
    """Complete without doing: evidence is waived, an outcome is still chosen, the reason is kept."""

    task: int
    reason: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TickItem:
    """Tick an item of the checklist (the first is 0), or take the tick away."""

    task: int
    item: int
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class AddEvidence:
    """`value` is text, a number, an address, or the id of an uploaded file, as the item asks."""

    task: int
    item: int
    value: str


@dataclass(frozen=True, slots=True)
class PickVariation:
    """Say which kind this one is; it brings its own SOP, and an empty checklist."""

    task: int
    variation: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Pass a task on to the next person; ticks, evidence, due date and SOP version stay."""

    task: int
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockTask:
    """The ball is with somebody else: `on` says with whom (client, vendor, founder or a name)."""

    task: int
    on: str
    why: str


@dataclass(frozen=True, slots=True)
class UnblockTask:
    """The ball is back."""

    task: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A question on the task's directions; it counts on the SOP, never on the person."""

    task: int
    question: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """More than the doer may decide alone: one problem, three options, one recommendation.

    It is answered like a question, by `Answer`.
    """

    task: int
    problem: str
    options: tuple[str, ...]
    recommendation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a question or decide what was escalated; also once the task or the run is over."""

    task: int
    question: int
    answer: str


@dataclass(frozen=True, slots=True)
class ChangeDue:
    """Give a task another due moment (aware, and still to come); managers only."""

    task: int
    due: dt.datetime
    why: str


@dataclass(frozen=True, slots=True)
class PassReview:
    """`task` is the review task."""

    task: int


@dataclass(frozen=True, slots=True)
class FailReview:
    """Send the work back with reasons; `redo` means that the reviewer does it themselves."""

    task: int
    reasons: str
    redo: bool = False


@dataclass(frozen=True, slots=True)
class ReturnTo:
    """Go back to a step that was completed: everything that followed from it is undone.

    Whoever manages the process may; and the assignee of an open task that followed from that step.
    """

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    reason: str


TaskCommand = (
    AssignTask
    | StartTask
    | CompleteTask
    | SkipTask
    | TickItem
    | AddEvidence
    | PickVariation
    | HandOver
    | BlockTask
    | UnblockTask
    | Ask
    | Escalate
    | Answer
    | ChangeDue
    | PassReview
    | FailReview
)
Command = Start | TaskCommand | ReturnTo | Cancel
