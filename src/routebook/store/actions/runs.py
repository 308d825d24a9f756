"""What people do to runs: start one, and every command on its tasks.

    load what the decision depends on → may this actor? → `core.run` decides → record, run, tasks, outbox in one
    transaction

Nothing is locked while deciding (on PostgreSQL); whoever loses a race reads and decides again. A command with
an id that was carried out before answers with its first result.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import OperationalError, transaction

from routebook.core.document import Access, Status
from routebook.core.events import Event, Refusal, decode
from routebook.core.run import NEW_RUN, RunState, carry_out, fold, pack, unpack
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.store import facts, models, search
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import handoffs
from routebook.store.hot_path import Change, FoundProcess, Path, path
from routebook.store.journal import LONGEST_COMMAND, Conflict, Line, lines_of
from routebook.store.projection import rows_of

ATTEMPTS = 3
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_LOST_RACES = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialisation failure and for a deadlock: try again."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did: its events and where the run stands after them (`seq` counts all events of the run).

    `repeated` says that the command had been carried out before; then this is what it did then.
    """

    run: str
    number: int
    status: str
    seq: int
    events: tuple[Event, ...]
    state: RunState
    repeated: bool = False


def start(
    actor: Actor,
    process_id: int,
    *,
    run_id: str,
    fields: Mapping[str, str],
    command_id: str,
    now: dt.datetime,
) -> Result:
    """Start a run of the process's published version. `run_id` is 32 hex digits, drawn by the client.

    Raises `Refused`, or `NotFound` for a process or a run id that is not the actor's organisation's.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise Refused(Refusal("bad_run_id", "A run's id has 32 hexadecimal digits.", "run_id"))
    _be_command_id(command_id)

    def attempt(way: Path, *, locked: bool) -> Result:
        found = way.read_process(actor.org, process_id, run_id, actor.member, locked=locked)
        who = _current(actor, found.access)
        if found.run_org is not None:
            return _started_before(who, found.run_org, run_id, command_id)
        require(who, Verb.START_RUN)
        version = _published(who, found)
        definition = facts.definition(actor.org, process_id, version, found.content_hash)
        context = facts.context(actor.org, process_id, found.facts, who, now)
        decided = carry_out(definition, NEW_RUN, c.Start(found.number, fields), context)
        if isinstance(decided, Refusal):
            raise Refused(decided)
        events, state = decided
        entry = search.entry_of_run(run_id, state.number, state.name, definition.process.title, state.fields)
        return _write(way, who, run_id, NEW_RUN, state, events, 0, "", command_id, now, version, entry)

    return _carry_out(attempt)


def command(actor: Actor, run: str | int, command: c.Command, *, command_id: str, now: dt.datetime) -> Result:
    """Carry a command out on a run, named by its id (text) or its number.

    Raises `Refused` with the core's refusal, or `NotFound` for a run that is not the actor's to see.
    """
    _be_command_id(command_id)

    def attempt(way: Path, *, locked: bool) -> Result:
        found = way.read_run(actor.org, run, actor.member, command_id, locked=locked)
        if found is None:
            raise NotFound
        who = _current(actor, found.access)
        before = unpack(found.snapshot)
        _be_seen(who, before)
        if found.written is not None:
            return _first_result(who, found.id, command_id)
        definition = facts.definition(actor.org, found.process, found.version, found.content_hash)
        context = facts.context(actor.org, found.process, found.facts, who, now)
        decided = carry_out(definition, before, command, context)
        if isinstance(decided, Refusal):
            raise Refused(decided)
        events, state = decided
        if not events:
            return _result(found.id, found.seq, (), before)
        return _write(way, who, found.id, before, state, events, found.seq, found.head, command_id, now, None)

    return _carry_out(attempt)


# --- one attempt, and the next ----------------------------------------------------------------


class _NeedsTransaction(Exception):
    """What follows from these events is written by the ORM, so Django must know of the transaction."""


def _carry_out(attempt: Callable[..., Result]) -> Result:
    for n in range(ATTEMPTS):
        way, locked = path(), n > 0
        try:
            with way.whole(locked=locked):
                return attempt(way, locked=locked)
        except _NeedsTransaction:
            with transaction.atomic():
                return attempt(way, locked=True)
        except Conflict:
            continue
        except OperationalError as error:
            if (
                getattr(error.__cause__, "sqlstate", "") not in _LOST_RACES
                or transaction.get_connection().in_atomic_block
            ):
                raise
    raise Conflict("other writers were faster, three times in a row")


def _write(
    way: Path,
    actor: Actor,
    run_id: str,
    before: RunState,
    state: RunState,
    events: Sequence[Event],
    seq: int,
    head: str,
    command_id: str,
    now: dt.datetime,
    version: int | None,
    entry: search.Entry | None = None,
) -> Result:
    followed = _has_consequences(before, state, events)
    if followed and not way.joins:
        raise _NeedsTransaction
    lines = _lines(run_id, seq, head, events, actor, now, command_id)
    rows = rows_of(before, state, events, run=run_id, seq=seq, actor=actor.id, at=now)
    if not way.write(Change(actor.org, run_id, seq, state, pack(state), lines, rows, version, entry)):
        raise Conflict(run_id)
    if followed:
        after_events(actor, run_id, before, state, events, command_id=command_id, now=now)
    return _result(run_id, lines[-1].seq, tuple(events), state)


def _result(run_id: str, seq: int, events: tuple[Event, ...], state: RunState, *, repeated: bool = False) -> Result:
    return Result(run_id, state.number, state.status.value, seq, events, state, repeated)


# --- what follows from a result ---------------------------------------------------------------

_RESULTS = frozenset({e.TaskCompleted, e.ReviewFailed, e.TaskSkipped, e.RunReturned})
_QUESTIONS = frozenset({e.QuestionAsked, e.TaskEscalated, e.QuestionAnswered})


def _has_consequences(before: RunState, after: RunState, events: Sequence[Event]) -> bool:
    """Whether a task that somebody does at a hand-off level came to a result, good or bad, or something was asked."""
    kinds = {type(event) for event in events}
    if not kinds.isdisjoint(_QUESTIONS):
        return True
    if kinds.isdisjoint(_RESULTS):
        return False
    # The level is the one that it was done at: a reviewer who redoes it works at a level of their own.
    return any(task.level and after.tasks.get(number) is not task for number, task in before.tasks.items())


def after_events(
    actor: Actor,
    run_id: str,
    before: RunState,
    after: RunState,
    events: Sequence[Event],
    *,
    command_id: str,
    now: dt.datetime,
) -> None:
    """Tell the hand-offs what came of their tasks and the search what was asked, inside the run's transaction.

    Called only for events that end or send back a task which somebody does at a hand-off level, and for questions.
    """
    handoffs.note_results(actor, run_id, before, after, events, now=now)
    if any(type(event) in _QUESTIONS for event in events):
        search.index_questions(actor.org, run_id)


# --- who may ----------------------------------------------------------------------------------


def _current(actor: Actor, access: str | None) -> Actor:
    """The actor with the access that they have now, which may be another than when the request began."""
    if access is None:
        raise NotFound
    return actor if actor.access == access else replace(actor, access=Access(access))


def _be_seen(actor: Actor, state: RunState) -> None:
    """A guest sees only runs in which a task is or was theirs."""
    if not actor.may(Verb.SEE_RUNS) and not any(task.assignee == actor.id for task in state.tasks.values()):
        raise NotFound


def _published(actor: Actor, found: FoundProcess) -> int:
    if found.process is None:
        raise NotFound
    if found.status == Status.RETIRED:
        raise Refused(Refusal("process_retired", "This process is no longer in use; no run of it can start."))
    if found.version is None:
        raise Refused(Refusal("not_published", "This process has no published version yet; publish it first."))
    return found.version


# --- a command that was carried out before ----------------------------------------------------


def _started_before(actor: Actor, org: int, run_id: str, command_id: str) -> Result:
    if org != actor.org:
        raise NotFound
    first = _first_result(actor, run_id, command_id)
    if not first.events:
        raise Refused(Refusal("already_started", f"Run #{first.number} has already started."))
    return first


def _first_result(actor: Actor, run_id: str, command_id: str) -> Result:
    """What this command did when it was carried out: the run as it stood then."""
    lines = list(models.Event.objects.filter(org_id=actor.org, stream=f"run:{run_id}").order_by("seq"))
    own = [line for line in lines if line.command == command_id]
    if own and own[0].actor != actor.id:
        raise Refused(Refusal("command_taken", "Somebody else has used this command id. Draw another one."))
    last = own[-1].seq if own else lines[-1].seq
    if not all(line.payload for line in lines[:last]):
        return _result(run_id, last, (), _present_state(actor, run_id), repeated=True)
    events = {line.seq: decode(line.name, line.version, line.payload) for line in lines[:last]}
    state = fold(NEW_RUN, events.values())
    return _result(run_id, last, tuple(events[line.seq] for line in own), state, repeated=True)


def _present_state(actor: Actor, run_id: str) -> RunState:
    """Where somebody's events were erased, nobody can tell any more how the run stood back then."""
    return unpack(models.Run.objects.values_list("snapshot", flat=True).get(org_id=actor.org, pk=run_id))


# --- what can't be stored ---------------------------------------------------------------------


def _be_command_id(command_id: str) -> None:
    if not 0 < len(command_id) <= LONGEST_COMMAND or not command_id.isprintable():
        raise Refused(Refusal("bad_command_id", f"A command's id has 1 to {LONGEST_COMMAND} printable characters."))


def _lines(
    run_id: str, seq: int, head: str, events: Sequence[Event], actor: Actor, now: dt.datetime, command_id: str
) -> tuple[Line, ...]:
    """The events as lines. Refuses what no database keeps in a text: half a character, or a null character."""
    try:
        lines = lines_of(f"run:{run_id}", seq, head, events, actor.id, now, command_id)
    except UnicodeEncodeError as error:
        raise Refused(_BAD_TEXT) from error
    if any("\\u0000" in line.payload and _NULL.search(line.payload) for line in lines):
        raise Refused(_BAD_TEXT)
    return lines


_BAD_TEXT = Refusal("bad_text", "The text holds a character that can't be stored; type it again.")
_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A null character in JSON text; behind an odd number of backslashes the same letters are ordinary text."""

__all__ = ["ATTEMPTS", "Result", "after_events", "command", "start"]
