"""What the read tables and the outbox say of a run, from its state and its newest events.

One projection keeps tasks, questions and notices; the same rows could be made again from the journal alone.
A task's row is written whole whenever the task changed; what the state doesn't keep (when it was closed, by
whom, why it is blocked) comes from the moment of the change, and the SQL keeps the older value after that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routebook.core.events import Event
from routebook.core.run import RunState, Task, TaskStatus
from routebook.core.run import events as e

Row = tuple[Any, ...]
_LIVE = frozenset({TaskStatus.OPEN, TaskStatus.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the order in which the statements in `store.sql` name their columns:

    tasks: number, step, attempt, status, assignee, done by, level, review of, SOP, variation, outcome, due,
    opened, started, closed, blocked on, why, since. Questions: task, number, SOP, text, asked by, asked at, to.
    Answers: number, text, answered by, answered at. Notices: kind, key, payload.
    """

    tasks: tuple[Row, ...]
    questions: tuple[Row, ...]
    answers: tuple[Row, ...]
    notices: tuple[Row, ...]


def rows_of(
    before: RunState, after: RunState, events: Sequence[Event], *, run: str, seq: int, actor: str, at: dt.datetime
) -> Rows:
    """The rows that a command changed. Its first event has the number ``seq + 1``."""
    whys = {event.task: event.why for event in events if isinstance(event, e.TaskBlocked)}
    known = before.tasks
    tasks = tuple(
        _task(task, actor, at, whys.get(number, ""))
        for number, task in after.tasks.items()
        if known.get(number) is not task
    )
    questions = tuple(
        (event.task, event.question, event.sop or None, asked_text(event), _person(actor), at, _person(event.to))
        for event in events
        if isinstance(event, e.QuestionAsked | e.TaskEscalated)
    )
    answers = tuple(
        (event.question, event.text, _person(actor), at) for event in events if isinstance(event, e.QuestionAnswered)
    )
    return Rows(tasks, questions, answers, tuple(_notices(events, after, run, seq, actor)))


def asked_text(event: e.QuestionAsked | e.TaskEscalated) -> str:
    """What somebody reads who is to answer: the question; or the problem, the options a line each, and the advice."""
    if isinstance(event, e.QuestionAsked):
        return event.text
    options = (f"{number}. {option}" for number, option in enumerate(event.options, start=1))
    return "\n".join((event.problem, *options, f"Recommended: {event.recommendation}"))


def _task(task: Task, actor: str, at: dt.datetime, why: str) -> Row:
    live = task.status in _LIVE
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
