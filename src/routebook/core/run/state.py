"""The state of a run, its packed form, and what a decision may look at."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from routebook.core.calendar import Calendar
from routebook.core.document import Process, Step
from routebook.core.process_map import Flow, compile_flow

Token = tuple[int, int]
"""A token: the line it lies on, and the task that made it (0 for the start of the run)."""


class RunStatus(StrEnum):
    NEW = "new"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DONE = "done"
    SKIPPED = "skipped"
    RETURNED = "returned"
    CANCELLED = "cancelled"


LIVE = frozenset({TaskStatus.OPEN, TaskStatus.SUBMITTED})
"""A live task still holds the tokens it took."""
FINISHED = frozenset({TaskStatus.DONE, TaskStatus.SKIPPED})
"""A finished task is part of the flow: what it made may be used or still lie on the lines."""


@dataclass(frozen=True, slots=True)
class Task:
    """One opening of a step, or the review of one.

    `took` and `made` are its part in the flow (`made` is None until it is finished). `doers` are all
    who did work on the current attempt: none of them may review it. `asked` holds the items that ask for
    evidence; `evidence` what was given, by item; `questions` whether each question is answered.
    """

    number: int
    step: str
    attempt: int
    status: TaskStatus
    assignee: str
    took: tuple[Token, ...] = ()
    made: tuple[int, ...] | None = None
    outcome: str = ""
    level: str = ""
    delegator: str = ""
    review: bool = False
    review_of: int = 0
    sop: int = 0
    items: int = 0
    asked: tuple[tuple[int, str], ...] = ()
    variation: str = ""
    started: bool = False
    due: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    ticks: tuple[int, ...] = ()
    evidence: Mapping[int, str] = field(default_factory=dict)
    blocked_on: str = ""
    blocked_at: dt.datetime | None = None
    questions: Mapping[int, bool] = field(default_factory=dict)
    doers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunState:
    """Everything that deciding needs to know of a run. `tokens` lie on lines, waiting to be taken."""

    status: RunStatus = RunStatus.NEW
    number: int = 0
    name: str = ""
    process: int = 0
    version: int = 0
    owner: str = ""
    due: dt.datetime | None = None
    started_at: dt.datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    variations: Mapping[str, str] = field(default_factory=dict)
    tokens: tuple[Token, ...] = ()
    tasks: Mapping[int, Task] = field(default_factory=dict)
    questions: int = 0

    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that are open or submitted, oldest first."""
        return tuple(task for task in self.tasks.values() if task.status in LIVE)

    def review_for(self, number: int) -> Task | None:
        """The open review of a submitted task."""
        for task in self.tasks.values():
            if task.review_of == number and task.status is TaskStatus.OPEN:
                return task
        return None


NEW_RUN = RunState()


@dataclass(frozen=True, slots=True)
class Definition:
    """One published version of a process, compiled once and never changed.

    `process_id` and `version` name it in the store; `steps` are by id.
    """

    process_id: int
    version: int
    process: Process
    flow: Flow
    steps: Mapping[str, Step]


def compile_definition(process: Process, process_id: int, version: int) -> Definition:
    """Compile a process for running. Raises `process_map.FlowError` where it has no flow."""
    return Definition(
        process_id, version, process, compile_flow(process), {step.id: step for step in process.steps}
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A person as a run sees them: their calendar, and whether they may be given work."""

    id: str
    calendar: Calendar
    works: bool = True


@dataclass(frozen=True, slots=True)
class RoleHolders:
    """Who holds a role (people's ids, the first gets the tasks) and who stands in."""

    holders: tuple[str, ...]
    backup: str = ""


@dataclass(frozen=True, slots=True)
class PublishedSop:
    """The SOP that a task shows: the id of its published version and what its checklist asks."""

    id: int
    items: int = 0
    asked: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HandOffFact:
    """One person's hand-off of a step: its level, and who delegated it."""

    person: str
    level: str
    delegator: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the store loaded in one read for one decision.

    `manages` says that the actor may decide for others in this process (its owner, a manager, the
    organisation's owner). `roster` is by role, case-folded; `sops` and `handoffs` by
    ``(step, variation)``.
    """

    now: dt.datetime
    actor: str
    manages: bool
    owner: str
    members: Mapping[str, Member]
    roster: Mapping[str, RoleHolders] = field(default_factory=dict)
    sops: Mapping[tuple[str, str], PublishedSop] = field(default_factory=dict)
    handoffs: Mapping[tuple[str, str], tuple[HandOffFact, ...]] = field(default_factory=dict)


SNAPSHOT = 1
"""The version of the packed form; `unpack` upgrades older ones step by step."""

_TASK_FIELDS = tuple(f.name for f in fields(Task))
_TASK_DEFAULTS = {f.name: f.default for f in fields(Task) if f.name not in ("evidence", "questions")}
_RUN_FIELDS = tuple(f.name for f in fields(RunState) if f.name != "tasks")
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=lambda t: t.isoformat())


def pack(state: RunState) -> str:
    """The state as JSON text. Fields of a task that hold their default are left out."""
    tasks = []
    for task in state.tasks.values():
        packed = {}
        for name in _TASK_FIELDS:
            value = getattr(task, name)
            if value and value != _TASK_DEFAULTS.get(name):
                packed[name] = value
        if task.made is not None:
            packed["made"] = task.made
        tasks.append(packed)
    return _encoder.encode([SNAPSHOT, [getattr(state, name) for name in _RUN_FIELDS], tasks])


class UnknownSnapshot(ValueError):
    """A packed state of a version that this release does not know."""


def unpack(text: str) -> RunState:
    """The state that `pack` wrote. Raises `UnknownSnapshot` for a newer release's form."""
    version, run, tasks = json.loads(text)
    if version != SNAPSHOT:
        raise UnknownSnapshot(f"the run was stored in form {version}; this release reads form {SNAPSHOT}")
    values: dict[str, Any] = dict(zip(_RUN_FIELDS, run, strict=True))
    values["status"] = RunStatus(values["status"])
    values["tokens"] = tuple((line, maker) for line, maker in values["tokens"])
    for name in ("due", "started_at"):
        values[name] = values[name] and dt.datetime.fromisoformat(values[name])
    return RunState(**values, tasks={task["number"]: _unpack_task(task) for task in tasks})


def _unpack_task(values: dict[str, Any]) -> Task:
    values["status"] = TaskStatus(values["status"])
    for name in ("took", "asked"):
        if name in values:
            values[name] = tuple((first, second) for first, second in values[name])
    for name in ("made", "ticks", "doers"):
        if name in values:
            values[name] = tuple(values[name])
    for name in ("due", "opened_at", "blocked_at"):
        if name in values:
            values[name] = dt.datetime.fromisoformat(values[name])
    for name in ("evidence", "questions"):
        if name in values:
            values[name] = {int(key): value for key, value in values[name].items()}
    return Task(**values)
