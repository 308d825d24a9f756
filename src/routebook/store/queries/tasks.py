"""What people read of one run and of one task in it: the journey so far, and the directions pinned to the task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routebook.core.document import Kind, Sop, Status, Step, WorkInstruction
from routebook.core.events import Event, decode
from routebook.core.run import Definition, RunState, RunStatus, Task, TaskStatus, unpack
from routebook.core.run import events as e
from routebook.core.run.reviews import is_gated
from routebook.store import facts, models
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.parsing import parse
from routebook.store.queries.documents import work_instructions
from routebook.store.queries.members import names
from routebook.store.queries.runs import visible

NOTED = ("task.handed_over", "review.failed", "run.returned")
"""The events whose words the next person has to read before they begin."""
OPENED = "task.opened"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its pages show it. `rows` are the lists' rows of its tasks, by number; `people` the names by id;
    `owner` who owns the process now; `manages` whether the actor decides for others in it."""

    row: models.Run
    state: RunState
    definition: Definition
    rows: Mapping[int, models.Task]
    people: Mapping[str, str]
    owner: str
    manages: bool

    def step_of(self, task: Task) -> Step:
        return self.definition.steps[task.step]

    def number_of(self, step: str) -> int:
        """The step's number on the map, from 1."""
        return self.definition.flow.steps.index(step) + 1

    @property
    def running(self) -> bool:
        return self.state.status is RunStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Directions:
    """The SOP version that a task is pinned to, with the work instructions that its items use."""

    sop: Sop
    version: models.Version
    newer: bool
    instructions: Mapping[str, WorkInstruction]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that somebody said to whoever has the task next."""

    event: Event
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with all that doing it needs. `work` is the task itself, or the one that it reviews; `instead_of` is who
    was away when it opened (a member's id), "" for nobody."""

    run: RunView
    task: Task
    work: Task
    step: Step
    directions: Directions | None
    procedures: Sequence[models.Document]
    questions: Sequence[models.Question]
    notes: Sequence[Note]
    instead_of: str
    may_work: bool
    may_skip: bool


def run_view(actor: Actor, number: int, *, now: dt.datetime) -> RunView:
    """A run by its number. Raises `NotFound`, and `Refused` for guests."""
    require(actor, Verb.SEE_RUNS)
    rows = visible(actor).select_related("org", "process", "version", "owner").defer("version__content")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound
    state = unpack(row.snapshot)
    known = facts.process_facts(actor.org, row.process_id, row.org.facts, now)
    return RunView(
        row=row,
        state=state,
        definition=facts.definition(actor.org, row.process_id, row.version_id, row.version.content_hash),
        rows={task.number: task for task in models.Task.objects.filter(org_id=actor.org, run=row)},
        people=names(actor),
        owner=known.owner,
        manages=actor.may(Verb.MANAGE_RUNS) or actor.id in known.owners,
    )


def task_view(actor: Actor, number: int, task_number: int, *, now: dt.datetime) -> TaskView:
    """A task by its number within a run. Raises `NotFound`, and `Refused` for guests."""
    run = run_view(actor, number, now=now)
    task = run.state.tasks.get(task_number)
    if task is None:
        raise NotFound
    work = run.state.tasks[task.review_of] if task.review_of else task
    step = run.step_of(task)
    told = _told(actor, run)
    return TaskView(
        run=run,
        task=task,
        work=work,
        step=step,
        directions=_directions(actor, work),
        procedures=_procedures(actor, run, step),
        questions=questions_of(actor, run, work.number),
        notes=[note for note in told if _is_about(note, work)],
        instead_of=_instead_of(told, task),
        may_work=run.running and task.status is TaskStatus.OPEN and (task.assignee == actor.id or run.manages),
        may_skip=_may_skip(actor, run, task, step),
    )


def _may_skip(actor: Actor, run: RunView, task: Task, step: Step) -> bool:
    """As the core decides it, so that nobody is offered what would be refused."""
    if not run.running or task.status is not TaskStatus.OPEN or task.review_of or is_gated(task):
        return False
    return actor.id == run.owner or (step.optional and task.assignee == actor.id)


def _directions(actor: Actor, task: Task) -> Directions | None:
    if not task.sop:
        return None
    version = models.Version.objects.select_related("document").get(org_id=actor.org, pk=task.sop)
    sop = parse(version.content, Kind.SOP, version.document.slug)
    assert isinstance(sop, Sop)
    used = {item.uses for item in sop.checklist if item.uses}
    newer = version.document.published_id not in (None, version.pk)
    return Directions(sop, version, newer, work_instructions(actor, used))


def _procedures(actor: Actor, run: RunView, step: Step) -> Sequence[models.Document]:
    return list(
        models.Document.objects.filter(
            org_id=actor.org,
            kind=Kind.PROCEDURE,
            step=f"{run.row.process.slug}/{step.id}",
            status=Status.PUBLISHED,
        ).order_by("title")
    )


def questions_of(actor: Actor, run: RunView, task: int | None = None) -> Sequence[models.Question]:
    """The questions asked in a run, or on one task of it, oldest first."""
    require(actor, Verb.SEE_RUNS)
    rows = models.Question.objects.filter(org_id=actor.org, run=run.row).select_related("asked_by", "to", "answered_by")
    if task is not None:
        rows = rows.filter(task=task)
    return list(rows.order_by("number"))


def _told(actor: Actor, run: RunView) -> Sequence[Note]:
    """What was said when tasks of the run came to somebody: when they opened, and by whoever passed one on, sent it
    back, or returned to its step."""
    lines = models.Event.objects.filter(org_id=actor.org, stream=f"run:{run.row.pk}", name__in=(*NOTED, OPENED))
    kept = lines.exclude(payload="").order_by("seq")
    return [Note(decode(line.name, line.version, line.payload), line.actor, line.at) for line in kept]


def _instead_of(told: Sequence[Note], task: Task) -> str:
    """For whom its assignee stands in; nobody any more once the task was passed on."""
    opened = [note.event for note in told if isinstance(note.event, e.TaskOpened) and note.event.task == task.number]
    return opened[-1].instead_of if opened and opened[-1].assignee == task.assignee else ""


def _is_about(note: Note, work: Task) -> bool:
    """Whether whoever does the work now has to read it first."""
    event = note.event
    if isinstance(event, e.ReviewFailed):
        return event.of == work.number
    if isinstance(event, e.RunReturned):
        # A return opens its step at the very moment that it is recorded.
        return event.step == work.step and note.at == work.opened_at
    return isinstance(event, e.HandedOver) and event.task == work.number and bool(event.note)
