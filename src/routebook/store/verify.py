"""Does the record hold? Recompute every hash, look for gaps, replay every run and compare.

An event whose contents were erased keeps its digest, so its chain is checked all the same; a run with such an
event can't be replayed, and only its chain is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from routebook.core.events import UnknownEvent, decode
from routebook.core.run import NEW_RUN, RunState, Task, evolve, unpack
from routebook.core.run.state import UnknownSnapshot
from routebook.store import models
from routebook.store.journal import digest_of, hash_of, moment_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `seq` is the line of the stream, 0 where it is about the whole."""

    org: int
    stream: str
    seq: int
    sentence: str

    def __str__(self) -> str:
        place = f"{self.stream}, line {self.seq}" if self.seq else self.stream
        return f"organisation {self.org}, {place}: {self.sentence}"


@dataclass(slots=True)
class Counted:
    """How much was looked at."""

    streams: int = 0
    lines: int = 0
    runs: int = 0


def verify(org: int | None = None, run: int | None = None, counted: Counted | None = None) -> Iterator[Problem]:
    """Every problem of the record: of one organisation, or of the runs with this number, or of everything.

    Reads stream by stream, so a record of any length fits in memory.
    """
    counted = counted or Counted()
    runs = models.Run.objects.all()
    events = models.Event.objects.all()
    if org is not None:
        runs, events = runs.filter(org_id=org), events.filter(org_id=org)
    if run is not None:
        runs = runs.filter(number=run)
        events = events.filter(run__number=run)
    seen: set[str] = set()
    ordered = events.order_by("org_id", "stream", "seq").iterator(chunk_size=2000)
    for (of, stream), group in groupby(ordered, key=lambda line: (line.org_id, line.stream)):
        lines = list(group)
        counted.streams += 1
        counted.lines += len(lines)
        yield from chain_problems(of, stream, lines)
        if stream.startswith("run:"):
            seen.add(stream)
            counted.runs += 1
            yield from run_problems(of, stream, lines)
        elif stream.startswith("handoff:"):
            yield from handoff_problems(of, stream, lines)
    for row in runs.values_list("pk", "org_id"):
        if f"run:{row[0]}" not in seen:
            yield Problem(row[1], f"run:{row[0]}", 0, "The run has no record at all.")


# --- the chain --------------------------------------------------------------------------------


def chain_problems(org: int, stream: str, lines: Iterable[models.Event]) -> Iterator[Problem]:
    """Gaps, and lines whose digest or hash is not what their contents give."""
    prev, expected = "", 1
    for line in lines:
        if line.seq != expected:
            yield Problem(org, stream, line.seq, f"Lines {expected} to {line.seq - 1} are missing.")
        if not _erased(line) and digest_of(line.salt, line.payload) != line.digest:
            yield Problem(org, stream, line.seq, "Its contents are not what was written.")
        moment = moment_of(line.at)
        wanted = hash_of(prev, stream, line.seq, line.name, line.version, line.actor, moment, line.digest)
        if wanted != line.hash:
            yield Problem(org, stream, line.seq, "Its hash does not follow from the line before and its own contents.")
        prev, expected = line.hash, line.seq + 1


def _erased(line: models.Event) -> bool:
    return not line.salt and not line.payload


# --- runs -------------------------------------------------------------------------------------


def run_problems(org: int, stream: str, lines: Sequence[models.Event]) -> Iterator[Problem]:
    """What the run's row and its tasks say that the record doesn't."""
    row = models.Run.objects.filter(org_id=org, pk=stream.removeprefix("run:")).first()
    if row is None:
        yield Problem(org, stream, 0, "There is a record but no run.")
        return
    yield from _end_problems(org, stream, lines[-1], row)
    if any(_erased(line) for line in lines):
        return
    try:
        state = NEW_RUN
        for line in lines:
            state = evolve(state, decode(line.name, line.version, line.payload))
    except UnknownEvent as error:
        yield Problem(org, stream, 0, f"It can't be replayed: {error}.")
        return
    except (KeyError, TypeError, ValueError) as error:
        yield Problem(org, stream, 0, f"It can't be replayed: {type(error).__name__}: {error}.")
        return
    yield from _state_problems(org, stream, row, state)
    if (row.status, row.number) != (state.status, state.number):
        yield Problem(
            org, stream, 0, f"The list says that run {row.number} is {row.status}; the record says otherwise."
        )
    yield from _task_problems(org, stream, row, state)


def _state_problems(org: int, stream: str, row: models.Run, state: RunState) -> Iterator[Problem]:
    try:
        stored = unpack(row.snapshot)
    except UnknownSnapshot as error:
        yield Problem(org, stream, 0, f"Its state can't be read: {error}. A start of the server makes it anew.")
        return
    if stored != state:
        yield Problem(org, stream, 0, "Replaying the record does not give the state that the run is in.")


def _end_problems(org: int, stream: str, last: models.Event, row: models.Run | models.HandOff) -> Iterator[Problem]:
    if row.seq != last.seq:
        yield Problem(org, stream, last.seq, f"The record ends here, but {row.seq} lines were written.")
    elif row.head != last.hash:
        yield Problem(org, stream, last.seq, "The record does not end with the hash that was written last.")


def _task_problems(org: int, stream: str, row: models.Run, state: RunState) -> Iterator[Problem]:
    shown = {task.number: _shown(task) for task in models.Task.objects.filter(org_id=org, run=row)}
    recorded = {number: _recorded(task) for number, task in state.tasks.items()}
    for number in sorted(shown.keys() | recorded.keys()):
        if shown.get(number) != recorded.get(number):
            yield Problem(org, stream, 0, f"The task list shows task {number} otherwise than the record.")


def _shown(task: models.Task) -> tuple[Any, ...]:
    assignee = str(task.assignee_id) if task.assignee_id else ""
    return (
        *(task.step, task.attempt, task.status, assignee, task.level, task.review_of, task.sop_id or 0),
        *(task.variation, task.outcome, _same_moment(task.due), task.blocked_on, _same_moment(task.blocked_at)),
    )


def _recorded(task: Task) -> tuple[Any, ...]:
    return (
        *(task.step, task.attempt, task.status.value, task.assignee, task.level, task.review_of, task.sop),
        *(task.variation, task.outcome, _same_moment(task.due), task.blocked_on, _same_moment(task.blocked_at)),
    )


def _same_moment(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment.astimezone(dt.UTC)


# --- hand-offs --------------------------------------------------------------------------------


def handoff_problems(org: int, stream: str, lines: Sequence[models.Event]) -> Iterator[Problem]:
    """Whether the hand-off's row ends where its record ends."""
    key = stream.removeprefix("handoff:")
    row = models.HandOff.objects.filter(org_id=org, pk=int(key)).first() if key.isdecimal() else None
    if row is None:
        yield Problem(org, stream, 0, "There is a record but no hand-off.")
        return
    yield from _end_problems(org, stream, lines[-1], row)
