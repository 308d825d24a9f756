"""The record of a run: everything that happened, in order, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routebook.core.events import decode
from routebook.store import models
from routebook.store.access import Actor, Verb, require
from routebook.store.queries.runs import RecordLine
from routebook.store.verify import Problem, chain_problems, run_problems


@dataclass(frozen=True, slots=True)
class Record:
    """The lines, oldest first; `head` is the seal that the run ends with, `problems` what does not hold."""

    lines: Sequence[RecordLine]
    head: str
    problems: Sequence[Problem]

    @property
    def holds(self) -> bool:
        return not self.problems


def read(actor: Actor, run: models.Run) -> Record:
    """The record of a run that the actor sees: every seal recomputed, and the run replayed."""
    require(actor, Verb.SEE_RUNS)
    stream = f"run:{run.pk}"
    rows = list(models.Event.objects.filter(org_id=actor.org, stream=stream).order_by("seq"))
    if not rows:
        return Record((), run.head, [Problem(actor.org, stream, 0, "The run has no record at all.")])
    problems = [*chain_problems(actor.org, stream, rows), *run_problems(actor.org, stream, rows)]
    return Record([_line(row) for row in rows], run.head, problems)


def _line(row: models.Event) -> RecordLine:
    event = decode(row.name, row.version, row.payload) if row.payload else None
    return RecordLine(row.seq, row.name, row.actor, row.at, event, row.hash)
