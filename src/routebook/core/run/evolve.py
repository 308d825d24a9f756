"""`evolve`: the state after an event. Looks nothing up and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from routebook.core.events import Event
from routebook.core.run import events as e
from routebook.core.run.state import FINISHED, RunState, RunStatus, Task, TaskStatus, Token


def evolve(state: RunState, event: Event) -> RunState:
    """The state after `event`. Raises TypeError for an event that is no run event."""
    apply = _APPLY.get(type(event))
    if apply is None:
        raise TypeError(f"{type(event).__name__} is not an event of a run")
    return apply(state, event)


def _run_started(state: RunState, event: e.RunStarted) -> RunState:
    return replace(
        state,
        status=RunStatus.RUNNING,
        number=event.number,
        name=event.name,
        process=event.process,
        version=event.version,
        owner=event.owner,
        due=event.due,
        started_at=event.at,
        fields=event.fields,
        variations=event.variations,
        tokens=((0, 0),),
    )


def _task_opened(state: RunState, event: e.TaskOpened) -> RunState:
    task = Task(
        number=event.task,
        step=event.step,
        attempt=event.attempt,
        status=TaskStatus.OPEN,
        assignee=event.assignee,
        took=event.took,
        level=event.level,
        delegator=event.delegator,
        review=event.review,
        review_of=event.review_of,
        sop=event.sop,
        items=event.items,
        asked=event.asked,
        variation=event.variation,
        due=event.due,
        opened_at=event.at,
    )
    return replace(
        state, tokens=_without(state.tokens, event.took), tasks={**state.tasks, task.number: task}
    )


def _task_assigned(state: RunState, event: e.TaskAssigned) -> RunState:
    return _change(
        state, event.task, assignee=event.assignee, level=event.level, delegator=event.delegator
    )


def _task_started(state: RunState, event: e.TaskStarted) -> RunState:
    return _change(state, event.task, started=True)


def _item_ticked(state: RunState, event: e.ItemTicked) -> RunState:
    ticks = set(state.tasks[event.task].ticks)
    ticks.add(event.item) if event.ticked else ticks.discard(event.item)
    return _change(state, event.task, ticks=tuple(sorted(ticks)), started=True)


def _evidence_added(state: RunState, event: e.EvidenceAdded) -> RunState:
    evidence = {**state.tasks[event.task].evidence, event.item: event.value}
    if not event.value:
        del evidence[event.item]
    return _change(state, event.task, evidence=evidence, started=True)


def _variation_picked(state: RunState, event: e.VariationPicked) -> RunState:
    return _change(
        state,
        event.task,
        variation=event.variation,
        sop=event.sop,
        items=event.items,
        asked=event.asked,
        level=event.level,
        delegator=event.delegator,
        ticks=(),
        evidence={},
    )


def _handed_over(state: RunState, event: e.HandedOver) -> RunState:
    task = state.tasks[event.task]
    doers = task.doers if not _worked(task) else _with(task.doers, event.giver)
    return _change(
        state,
        event.task,
        assignee=event.receiver,
        level=event.level,
        delegator=event.delegator,
        doers=doers,
    )


def _task_blocked(state: RunState, event: e.TaskBlocked) -> RunState:
    return _change(state, event.task, blocked_on=event.on, blocked_at=event.at)


def _task_unblocked(state: RunState, event: e.TaskUnblocked) -> RunState:
    return _change(state, event.task, blocked_on="", blocked_at=None)


def _question_asked(state: RunState, event: e.QuestionAsked) -> RunState:
    questions = {**state.tasks[event.task].questions, event.question: False}
    return replace(_change(state, event.task, questions=questions), questions=event.question)


def _question_answered(state: RunState, event: e.QuestionAnswered) -> RunState:
    questions = {**state.tasks[event.task].questions, event.question: True}
    return _change(state, event.task, questions=questions)


def _due_changed(state: RunState, event: e.DueChanged) -> RunState:
    return _change(state, event.task, due=event.due)


def _task_submitted(state: RunState, event: e.TaskSubmitted) -> RunState:
    doers = _with(state.tasks[event.task].doers, event.by)
    return _change(
        state, event.task, status=TaskStatus.SUBMITTED, outcome=event.outcome, doers=doers
    )


def _task_completed(state: RunState, event: e.TaskCompleted) -> RunState:
    doers = _with(state.tasks[event.task].doers, event.by)
    state = _change(
        state,
        event.task,
        status=TaskStatus.DONE,
        outcome=event.outcome,
        made=event.made,
        doers=doers,
    )
    return _make(state, event.task, event.made)


def _task_skipped(state: RunState, event: e.TaskSkipped) -> RunState:
    state = _change(
        state,
        event.task,
        status=TaskStatus.SKIPPED,
        outcome=event.outcome,
        made=event.made,
        blocked_on="",
        blocked_at=None,
    )
    return _make(state, event.task, event.made)


def _review_passed(state: RunState, event: e.ReviewPassed) -> RunState:
    return _change(state, event.task, status=TaskStatus.DONE, doers=(event.by,))


def _review_failed(state: RunState, event: e.ReviewFailed) -> RunState:
    state = _change(state, event.task, status=TaskStatus.DONE, doers=(event.by,))
    return _change(
        state,
        event.of,
        status=TaskStatus.OPEN,
        attempt=event.attempt,
        assignee=event.assignee,
        level=event.level,
        delegator=event.delegator,
        outcome="",
        doers=(),
    )


def _run_returned(state: RunState, event: e.RunReturned) -> RunState:
    undone = frozenset(event.undone)
    tasks = {
        number: replace(
            task,
            status=TaskStatus.RETURNED,
            blocked_on="",
            blocked_at=None,
        )
        if number in undone or task.review_of in undone and task.status is TaskStatus.OPEN
        else task
        for number, task in state.tasks.items()
    }
    tokens = tuple(token for token in state.tokens if token[1] not in undone)
    return replace(state, tasks=tasks, tokens=tokens + event.back)


def _run_completed(state: RunState, event: e.RunCompleted) -> RunState:
    return replace(state, status=RunStatus.COMPLETED)


def _run_cancelled(state: RunState, event: e.RunCancelled) -> RunState:
    tasks = dict(state.tasks)
    for number in event.closed:
        tasks[number] = replace(
            tasks[number], status=TaskStatus.CANCELLED, blocked_on="", blocked_at=None
        )
    return replace(state, status=RunStatus.CANCELLED, tasks=tasks, tokens=())


def _change(state: RunState, number: int, **values: Any) -> RunState:
    return replace(
        state, tasks={**state.tasks, number: replace(state.tasks[number], **values)}
    )


def _make(state: RunState, number: int, made: tuple[int, ...]) -> RunState:
    if not made:
        return state
    return replace(state, tokens=state.tokens + tuple((line, number) for line in made))


def _without(tokens: tuple[Token, ...], took: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple(token for token in tokens if token not in took) if took else tokens


def _worked(task: Task) -> bool:
    return task.started or bool(task.ticks) or bool(task.evidence)


def _with(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)


_APPLY: Mapping[type[Event], Callable[[RunState, Any], RunState]] = {
    e.RunStarted: _run_started,
    e.TaskOpened: _task_opened,
    e.TaskAssigned: _task_assigned,
    e.TaskStarted: _task_started,
    e.ItemTicked: _item_ticked,
    e.EvidenceAdded: _evidence_added,
    e.VariationPicked: _variation_picked,
    e.HandedOver: _handed_over,
    e.TaskBlocked: _task_blocked,
    e.TaskUnblocked: _task_unblocked,
    e.QuestionAsked: _question_asked,
    e.QuestionAnswered: _question_answered,
    e.DueChanged: _due_changed,
    e.TaskSubmitted: _task_submitted,
    e.TaskCompleted: _task_completed,
    e.TaskSkipped: _task_skipped,
    e.ReviewPassed: _review_passed,
    e.ReviewFailed: _review_failed,
    e.RunReturned: _run_returned,
    e.RunCompleted: _run_completed,
    e.RunCancelled: _run_cancelled,
}


def finished(state: RunState) -> tuple[Task, ...]:
    """The tasks whose results are part of the flow, oldest first (reviews are not part of it)."""
    return tuple(
        task for task in state.tasks.values() if task.status in FINISHED and not task.review_of
    )
