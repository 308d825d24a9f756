"""The state of a run, its packed form, and what a decision may look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, get_type_hints

import msgspec

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


_NOTHING: Mapping[Any, Any] = {}


# A task and a run are named tuples where the rest of the core has frozen dataclasses: each completion
# makes a dozen of them, and a tuple is made (and packed) in a tenth of the time.
class Task(NamedTuple):
    """One opening of a step, or the review of one.

    `took` and `made` are its part in the flow (`made` is None until it is finished). `doers` are all
    who worked on it, in earlier attempts too, whoever last completed it at the end: none of them may
    review it. `asked` holds the items that ask for
    evidence; `evidence` what was given, by item; `questions` whether each question is answered.
    """

    number: int
    step: str
    attempt: int
    status: TaskStatus
    assignee: str
    opened_at: dt.datetime | None = None
    took: tuple[Token, ...] = ()
    made: tuple[int, ...] | None = None
    doers: tuple[str, ...] = ()
    outcome: str = ""
    due: dt.datetime | None = None
    # Most tasks have nothing from here on, and `pack` leaves it out where that is so.
    level: str = ""
    delegator: str = ""
    review: bool = False
    review_of: int = 0
    sop: int = 0
    items: int = 0
    asked: tuple[tuple[int, str], ...] = ()
    variation: str = ""
    started: bool = False
    ticks: tuple[int, ...] = ()
    evidence: Mapping[int, str] = _NOTHING
    blocked_on: str = ""
    blocked_at: dt.datetime | None = None
    questions: Mapping[int, bool] = _NOTHING


class RunState(NamedTuple):
    """Everything that deciding needs to know of a run. `tokens` lie on lines, waiting to be taken."""

    status: RunStatus = RunStatus.NEW
    number: int = 0
    name: str = ""
    process: int = 0
    version: int = 0
    owner: str = ""
    due: dt.datetime | None = None
    started_at: dt.datetime | None = None
    fields: Mapping[str, str] = _NOTHING
    variations: Mapping[str, str] = _NOTHING
    tokens: tuple[Token, ...] = ()
    tasks: Mapping[int, Task] = _NOTHING
    questions: int = 0

    def moved(self, tokens: tuple[Token, ...], tasks: Mapping[int, Task]) -> RunState:
        """The same run with other tokens and tasks: what nearly every event changes. `_replace` takes three times as
        long."""
        return RunState._make((*self[:_TOKENS], tokens, tasks, self.questions))

    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that are open or submitted, oldest first."""
        return tuple(task for task in self.tasks.values() if task.status in LIVE)

    def review_for(self, number: int) -> Task | None:
        """The open review of a submitted task."""
        for task in self.tasks.values():
            if task.review_of == number and task.status is TaskStatus.OPEN:
                return task
        return None


_TOKENS = RunState._fields.index("tokens")
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
    return Definition(process_id, version, process, compile_flow(process), {step.id: step for step in process.steps})


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
    """One person's hand-off of a step: its level, who delegated it, who stands in ("" for the role's backup), and the
    day before which its tasks stay with the delegator."""

    person: str
    level: str
    delegator: str
    backup: str = ""
    starts: dt.date | None = None


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


SNAPSHOT = 2
"""The version of the packed form: raise it when the form changes. What stands in an older form is folded anew from the
record when the server starts."""

_USUAL = Task._fields.index("level")
_NO_MORE = Task(0, "", 0, TaskStatus.OPEN, "")[_USUAL:]
_BEFORE_TASKS = RunState._fields.index("tasks")
# The types of the fields, so that one call reads the text and makes every value of it.
_RUN: Any = tuple[tuple(get_type_hints(RunState).values())[:_BEFORE_TASKS]]  # type: ignore[misc]
_to_json = msgspec.json.Encoder().encode
_from_json: Callable[[str], tuple[int, tuple[Any, ...], int, list[Task]]]
_from_json = msgspec.json.Decoder(tuple[int, _RUN, int, list[Task]]).decode


def pack(state: RunState) -> str:
    """The state as JSON text: the version of the form, then the fields in order, then those of each task, without
    the second half where that says nothing."""
    tasks = [task[:_USUAL] if task[_USUAL:] == _NO_MORE else task for task in state.tasks.values()]
    return _to_json((SNAPSHOT, state[:_BEFORE_TASKS], state.questions, tasks)).decode()


class UnknownSnapshot(ValueError):
    """A packed state that this release can't read."""


def unpack(text: str) -> RunState:
    """The state that `pack` wrote. Raises `UnknownSnapshot` for the form of another release, and for what is none."""
    if not text.startswith(_READ):
        version = text[1:].partition(",")[0]
        raise UnknownSnapshot(f"the run was stored in form {version}; this release reads form {SNAPSHOT}")
    try:
        _, run, questions, tasks = _from_json(text)
    except msgspec.DecodeError as error:
        raise UnknownSnapshot("what was stored of the run can't be read") from error
    return RunState._make((*run, {task.number: task for task in tasks}, questions))


BEGINNING = f"[{SNAPSHOT},"
"""How every packed state of this release begins."""
_READ = (BEGINNING, "[1,")  # the last of form 1 were like form 2
