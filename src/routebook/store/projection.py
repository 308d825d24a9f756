"""What the read tables and the outbox say of a run, from its state and its newest events.

One projection keeps tasks, questions and notices; the same rows could be made again from the journal alone.
A task's row is written whole whenever the task changed in more than its end; what the state doesn't keep (when it was
closed, by whom, why it is blocked) comes from the moment of the change, and the SQL keeps the older value after that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from routebook.core.events import Event
from routebook.core.run import RunState, Task, TaskStatus
from routebook.core.run import events as e
from routebook.core.run.state import FINISHED, LIVE

Row = tuple[Any, ...]
TASK = (
    *("number", "step", "attempt", "status", "assignee", "done_by", "level", "review_of", "sop", "variation"),
    *("outcome", "due", "opened_at", "started_at", "closed_at", "blocked_on", "blocked_why", "blocked_at"),
)
"""What a row says of a task that is opened or changed, in this order."""


class Rows(NamedTuple):
    """Rows in the order in which the statements in `store.sql` name their columns:

    tasks that were opened, and those that changed: `TASK`. Tasks that came to their end and changed in nothing else:
    number, status, done by, outcome, closed. Questions: task, number, SOP, text, asked by, asked at, to. Answers:
    number, text, answered by, answered at. Notices: kind, key, payload.
    """

    opened: Sequence[Row]
    ended: Sequence[Row]
    changed: Sequence[Row]
    questions: Sequence[Row]
    answers: Sequence[Row]
    notices: Sequence[Row]


def rows_of(
    before: RunState, after: RunState, events: Sequence[Event], *, run: str, seq: int, actor: str, at: dt.datetime
) -> Rows:
    """The rows that a command changed. Its first event has the number ``seq + 1``."""
    whys: dict[int, str] = {}
    questions: list[Row] = []
    answers: list[Row] = []
    for event in events:
        if isinstance(event, e.TaskBlocked):
            whys[event.task] = event.why
        elif isinstance(event, e.QuestionAsked | e.TaskEscalated):
            text, to = asked_text(event), _person(event.to)
            questions.append((event.task, event.question, event.sop or None, text, _person(actor), at, to))
        elif isinstance(event, e.QuestionAnswered):
            answers.append((event.question, event.text, _person(actor), at))
    opened: list[Row] = []
    ended: list[Row] = []
    changed: list[Row] = []
    known = before.tasks.get
    for number, task in after.tasks.items():
        old = known(number)
        if old is task:
            continue
        if old is None:
            opened.append(_task(task, actor, at, whys.get(number, "")))
        elif _has_only_ended(old, task):
            ended.append((number, task.status.value, _done_by(task, actor), task.outcome, at))
        else:
            changed.append(_task(task, actor, at, whys.get(number, "")))
    return Rows(opened, ended, changed, questions, answers, list(_notices(events, after, run, seq, actor)))


def _has_only_ended(old: Task, new: Task) -> bool:
    return (
        new.status in FINISHED
        and old.status in LIVE
        and new[_FROM_DUE:] == old[_FROM_DUE:]
        and new.assignee == old.assignee
        and new.attempt == old.attempt
    )


_FROM_DUE = Task._fields.index("due")
"""Of what comes before it, only an end changes anything but the assignee and the attempt."""


def asked_text(event: e.QuestionAsked | e.TaskEscalated) -> str:
    """What somebody reads who is to answer: the question; or the problem, the options a line each, and the advice."""
    if isinstance(event, e.QuestionAsked):
        return event.text
    options = (f"{number}. {option}" for number, option in enumerate(event.options, start=1))
    return "\n".join((event.problem, *options, f"Recommended: {event.recommendation}"))


def _task(task: Task, actor: str, at: dt.datetime, why: str) -> Row:
    live = task.status in LIVE
    return (
        task.number,
        task.step,
        task.attempt,
        task.status.value,
        _person(task.assignee),
        _done_by(task, actor),
        task.level,
        task.review_of,
        task.sop or None,
        task.variation,
        task.outcome,
        task.due,
        task.opened_at,
        at if task.started else None,
        None if live else at,
        task.blocked_on,
        why,
        task.blocked_at,
    )


def _done_by(task: Task, actor: str) -> int | None:
    if task.status is TaskStatus.SKIPPED:
        return _person(actor)
    if task.status in (TaskStatus.DONE, TaskStatus.SUBMITTED) and task.doers:
        return _person(task.doers[-1])
    return None


def _person(member: str) -> int | None:
    """A machine that acts, such as the worker, is nobody's member."""
    return int(member) if member.isdecimal() else None


# --- notices ----------------------------------------------------------------------------------

_RECIPIENT: Mapping[type[Event], Callable[[Any, RunState], str]] = {
    e.TaskOpened: lambda event, _: event.assignee,
    e.TaskAssigned: lambda event, _: event.assignee,
    e.HandedOver: lambda event, _: event.receiver,
    e.QuestionAsked: lambda event, _: event.to,
    e.TaskEscalated: lambda event, _: event.to,
    e.QuestionAnswered: lambda event, state: state.tasks[event.task].assignee,
    e.ReviewFailed: lambda event, _: event.assignee,
}
NOTICES: Mapping[type[Event], str] = {
    e.TaskOpened: "task.opened",
    e.TaskAssigned: "task.assigned",
    e.HandedOver: "task.handed_over",
    e.QuestionAsked: "task.question_asked",
    e.TaskEscalated: "task.escalated",
    e.QuestionAnswered: "task.question_answered",
    e.ReviewFailed: "review.failed",
}
"""The events that somebody is told about, and the outbox's kind for it."""


def _notices(events: Iterable[Event], state: RunState, run: str, seq: int, actor: str) -> Iterable[Row]:
    """One notice for each person who now has the ball, but none about what they did themselves.

    The key is the event's place in the record, so the same event never makes a second notice.
    """
    for event in events:
        seq += 1
        recipient = _RECIPIENT.get(type(event))
        if recipient is None:
            continue
        to = recipient(event, state)
        if to and to != actor:
            # Nothing in it needs escaping, so the text is made by hand.
            payload = f'{{"run":"{run}","number":{state.number},"task":{event.task},"to":"{to}"}}'  # type: ignore[attr-defined]
            yield (NOTICES[type(event)], f"{run}:{seq}", payload)
