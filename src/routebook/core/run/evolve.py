"""`evolve`: the state after an event. Looks nothing up and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from routebook.core.events import Event
from routebook.core.run import events as e
from routebook.core.run.state import (
    FINISHED,
    RunState,
    RunStatus,
    Task,
    TaskStatus,
    Token,
)


def evolve(state: RunState, event: Event) -> RunState:
    """The state after `event`. Raises TypeError for an event that is no run event."""
    apply = _APPLY.get(type(event))
    if apply is None:
        raise TypeError(f"{type(event).__name__} is not an event of a run")
    return apply(state, event)


def fold(state: RunState, events: Iterable[Event]) -> RunState:
    """The state after several events."""
    for event in events:
        state = evolve(state, event)
    return state


def _run_started(state: RunState, event: e.RunStarted) -> RunState:
    return state._replace(
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
    return state.moved(_without(state.tokens, event.took), {**state.tasks, task.number: task})


def _task_assigned(state: RunState, event: e.TaskAssigned) -> RunState:
    return _change(state, event.task, assignee=event.assignee, level=event.level, delegator=event.delegator)


def _task_started(state: RunState, event: e.TaskStarted) -> RunState:
    return _worked(state, event.task, event.by)


def _item_ticked(state: RunState, event: e.ItemTicked) -> RunState:
    ticks = set(state.tasks[event.task].ticks)
    if event.ticked:
        ticks.add(event.item)
    else:
        ticks.discard(event.item)
    return _worked(state, event.task, event.by, ticks=tuple(sorted(ticks)))


def _evidence_added(state: RunState, event: e.EvidenceAdded) -> RunState:
    evidence = {**state.tasks[event.task].evidence, event.item: event.value}
    if not event.value:
        del evidence[event.item]
    return _worked(state, event.task, event.by, evidence=evidence)


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
    return _change(state, event.task, assignee=event.receiver, level=event.level, delegator=event.delegator)


def _task_blocked(state: RunState, event: e.TaskBlocked) -> RunState:
    return _change(state, event.task, blocked_on=event.on, blocked_at=event.at)


def _task_unblocked(state: RunState, event: e.TaskUnblocked) -> RunState:
    return _change(state, event.task, blocked_on="", blocked_at=None)


def _question_asked(state: RunState, event: e.QuestionAsked | e.TaskEscalated) -> RunState:
    questions = {**state.tasks[event.task].questions, event.question: False}
    return _change(state, event.task, questions=questions)._replace(questions=event.question)


def _question_answered(state: RunState, event: e.QuestionAnswered) -> RunState:
    questions = {**state.tasks[event.task].questions, event.question: True}
    return _change(state, event.task, questions=questions)


def _due_changed(state: RunState, event: e.DueChanged) -> RunState:
    return _change(state, event.task, due=event.due)


def _task_submitted(state: RunState, event: e.TaskSubmitted) -> RunState:
    doers = _last(state.tasks[event.task].doers, event.by)
    return _change(state, event.task, status=TaskStatus.SUBMITTED, outcome=event.outcome, doers=doers)


def _task_completed(state: RunState, event: e.TaskCompleted) -> RunState:
    doers = _last(state.tasks[event.task].doers, event.by)
    return _finish(state, event, status=TaskStatus.DONE, doers=doers)


def _task_skipped(state: RunState, event: e.TaskSkipped) -> RunState:
    return _finish(state, event, status=TaskStatus.SKIPPED, blocked_on="", blocked_at=None)


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
    )


def _run_returned(state: RunState, event: e.RunReturned) -> RunState:
    undone = frozenset(event.undone)
    tasks = dict(state.tasks)
    for number in undone.union(event.closed):
        tasks[number] = tasks[number]._replace(status=TaskStatus.RETURNED, blocked_on="", blocked_at=None)
    tokens = tuple(token for token in state.tokens if token[1] not in undone)
    return state._replace(tasks=tasks, tokens=tokens + event.back)


def _run_completed(state: RunState, event: e.RunCompleted) -> RunState:
    return state._replace(status=RunStatus.COMPLETED)


def _run_cancelled(state: RunState, event: e.RunCancelled) -> RunState:
    tasks = dict(state.tasks)
    for number in event.closed:
        tasks[number] = tasks[number]._replace(status=TaskStatus.CANCELLED, blocked_on="", blocked_at=None)
    return state._replace(status=RunStatus.CANCELLED, tasks=tasks, tokens=())


def _change(state: RunState, number: int, **values: Any) -> RunState:
    return state.moved(state.tokens, {**state.tasks, number: state.tasks[number]._replace(**values)})


def _worked(state: RunState, number: int, by: str, **values: Any) -> RunState:
    doers = state.tasks[number].doers
    if by not in doers:
        doers = (*doers, by)
    return _change(state, number, started=True, doers=doers, **values)


def _finish(state: RunState, event: e.TaskCompleted | e.TaskSkipped, **values: Any) -> RunState:
    task = state.tasks[event.task]._replace(outcome=event.outcome, made=event.made, **values)
    made = tuple([(line, event.task) for line in event.made])
    return state.moved(state.tokens + made, {**state.tasks, event.task: task})


def _without(tokens: tuple[Token, ...], took: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple([token for token in tokens if token not in took]) if took else tokens


def _last(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return (*[each for each in people if each != person], person) if people else (person,)


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
    e.TaskEscalated: _question_asked,
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
    return tuple(task for task in state.tasks.values() if task.status in FINISHED and not task.review_of)
