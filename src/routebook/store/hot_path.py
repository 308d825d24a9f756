"""How a run is read and written: by hand-written statements on the driver's own connection.

SQLite:     BEGIN IMMEDIATE, one read, the writes, COMMIT, under this process's write lock.
PostgreSQL: two round trips: one SELECT, then one statement that writes everything if the run has not moved on.

Inside somebody's `transaction.atomic()` the statements join that transaction. Both ways answer `write` with
False where another writer was faster; whoever called reads again and decides again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from routebook.core.run import RunState
from routebook.store.journal import Line
from routebook.store.projection import TASK, Row, Rows
from routebook.store.search import Entry, postgresql_words, row_of, sqlite_words
from routebook.store.sql import statement
from routebook.store.sqlite_backend.base import acquire, release


class FoundRun(NamedTuple):
    """Where a run stands. `access` is the actor's, None where they don't belong to the organisation (any
    more); `written` is the number of the last event that this command has already written, if it has."""

    id: str
    number: int
    seq: int
    head: str
    snapshot: str
    process: int
    version: int
    content_hash: str
    facts: int
    access: str | None
    written: int | None


class FoundProcess(NamedTuple):
    """What starting a run needs. `process` is None where the organisation has no such process, `version` and
    `content_hash` where it was never published; `run_org` is whose the run already is, if anybody's."""

    process: int | None
    status: str
    version: int | None
    content_hash: str
    facts: int
    number: int
    access: str | None
    run_org: int | None


@dataclass(slots=True)
class Change:
    """What one command writes: lines of the record, the run's row and the rows beside it.

    `version` is the id of the process version of a run that starts and `entry` what search finds it by, both None
    for one that goes on.
    """

    org: int
    run: str
    expected: int
    state: RunState
    snapshot: str
    lines: Sequence[Line]
    rows: Rows
    version: int | None = None
    entry: Entry | None = None

    @property
    def at(self) -> dt.datetime:
        return self.lines[-1].at

    @property
    def ended_at(self) -> dt.datetime | None:
        return None if self.state.status == "running" else self.at


class Path(Protocol):
    """One database's way, on one connection."""

    @property
    def joins(self) -> bool:
        """Whether everything becomes part of somebody's transaction."""

    def whole(self, *, locked: bool) -> AbstractContextManager[None]:
        """Around a read and its write. `locked`: nobody else may write between the two."""

    def read_run(self, org: int, run: str | int, member: int, command: str, *, locked: bool) -> FoundRun | None:
        """A run by its id or its number."""

    def read_process(self, org: int, process: int, run: str, member: int, *, locked: bool) -> FoundProcess: ...

    def write(self, change: Change) -> bool: ...


def path() -> Path:
    """The way of the database in use, on this thread's connection."""
    django = connections[DEFAULT_DB_ALIAS]
    if django.connection is None:
        django.ensure_connection()
    return _PATHS[django.vendor](django)


# --- SQLite -----------------------------------------------------------------------------------


class SqlitePath:
    """The write lock makes a read and its write one; `write` never loses a race."""

    def __init__(self, django: Any) -> None:
        self._django = django
        self._raw = django.connection

    @property
    def joins(self) -> bool:
        return bool(self._django.in_atomic_block)

    def whole(self, *, locked: bool) -> AbstractContextManager[None]:
        return nullcontext() if self.joins else SqliteTransaction(self._django)

    def read_run(self, org: int, run: str | int, member: int, command: str, *, locked: bool) -> FoundRun | None:
        name = "read_run" if isinstance(run, str) else "read_run_by_number"
        row = self._execute(name, {"org": org, "run": run, "member": member, "command": command}).fetchone()
        return FoundRun(*row) if row else None

    def read_process(self, org: int, process: int, run: str, member: int, *, locked: bool) -> FoundProcess:
        values = {"org": org, "process": process, "run": run, "member": member}
        return FoundProcess(*self._execute("read_process", values).fetchone())

    def write(self, change: Change) -> bool:
        with self._django.wrap_database_errors:
            written = self._write_run(change)
            if written:
                self._write_rows(change)
        return written

    def _write_run(self, change: Change) -> bool:
        state, last = change.state, change.lines[-1]
        now = (last.seq, last.hash, change.snapshot)
        where = (change.run, change.org, change.expected)
        if change.version is None:
            if change.ended_at is None:
                return self._count("update_run", (*now, *where)) == 1
            return self._count("end_run", (*now, state.status.value, _text(change.ended_at), *where)) == 1
        if self._count("take_number", (change.org, state.number)) != 1:
            return False
        values = (
            *(change.run, change.org, state.number, state.name, state.process, change.version, _member(state.owner)),
            *(state.status.value, _text(state.due), _text(state.started_at), _text(change.ended_at)),
            *now,
        )
        written = self._count("insert_run", values) == 1
        if change.entry is not None:
            self._write_entry(row_of(change.org, change.entry))
        return written

    def _write_entry(self, row: Row) -> None:
        entry = self._execute("insert_search", row).lastrowid
        self._execute("insert_search_words", (entry, *sqlite_words(row)))

    def _write_rows(self, change: Change) -> None:
        org, run, rows = change.org, change.run, change.rows
        at = _text(change.at)
        events = [
            (org, run, stream, seq, name, version, actor, at, command, n, salt, payload, digest, hash_)
            for stream, seq, name, version, actor, _, command, n, salt, payload, digest, hash_ in change.lines
        ]
        self._many("insert_event", events)
        self._many(
            "end_task",
            [
                (status, done_by, outcome, _text(closed_at), run, number, org)
                for number, status, done_by, outcome, closed_at in rows.ended
            ],
        )
        for row in rows.changed:
            self._execute("change_task", {"org": org, "run": run, **dict(zip(TASK, _texts(row), strict=True))})
        self._many("open_task", [(org, run, *_texts(row)) for row in rows.opened])
        self._many("insert_question", [(org, run, *_texts(row)) for row in rows.questions])
        self._many("answer_question", [(text, by, at, org, run, number) for number, text, by, _ in rows.answers])
        self._many("insert_notice", [(org, at, at, *row) for row in rows.notices])

    def _execute(self, name: str, values: Any) -> Any:
        return self._raw.execute(statement("sqlite", name), values)

    def _count(self, name: str, values: Row) -> int:
        rows: int = self._execute(name, values).rowcount
        return rows

    def _many(self, name: str, rows: Sequence[Row]) -> None:
        if rows:
            self._raw.executemany(statement("sqlite", name), rows)


class SqliteTransaction:
    """BEGIN IMMEDIATE … COMMIT under the process's write lock; rolled back where something is raised."""

    __slots__ = ("_django", "_raw")

    def __init__(self, django: Any) -> None:
        self._django = django
        self._raw = django.connection

    def __enter__(self) -> None:
        acquire(self._django.lock_timeout)
        try:
            with self._django.wrap_database_errors:
                self._raw.execute("BEGIN IMMEDIATE")
        except BaseException:
            release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raw, wrapped = self._raw, self._django.wrap_database_errors
        try:
            if error is None:
                with wrapped:
                    raw.execute("COMMIT")
            else:
                wrapped.__exit__(kind, error, trace)
        finally:
            try:
                # SQLite has already rolled back by itself after some errors, such as a full disk.
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
            finally:
                release()


def _text(moment: dt.datetime | None) -> str | None:
    """A moment as Django keeps it in SQLite: in UTC, without the offset."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat(" ")[:-_OFFSET]


_OFFSET = len("+00:00")


def _texts(row: Row) -> Row:
    return tuple([_text(value) if type(value) is dt.datetime else value for value in row])


# --- PostgreSQL -------------------------------------------------------------------------------


class PostgresqlPath:
    """No lock at first: `write` is guarded by the number of the last event that was read. A second try locks
    the run's row before it reads, so it can't lose again."""

    def __init__(self, django: Any) -> None:
        self._django = django
        self._raw = django.connection

    @property
    def joins(self) -> bool:
        return bool(self._django.in_atomic_block)

    def whole(self, *, locked: bool) -> AbstractContextManager[Any]:
        return transaction.atomic() if locked and not self.joins else nullcontext()

    def read_run(self, org: int, run: str | int, member: int, command: str, *, locked: bool) -> FoundRun | None:
        if locked:
            # A statement of its own: one that waited for a lock still sees the other tables as of before the wait.
            by_id = isinstance(run, str)
            self._execute("lock_run", {"org": org, "id": run if by_id else None, "number": None if by_id else run})
        name = "read_run" if isinstance(run, str) else "read_run_by_number"
        row = self._execute(name, {"org": org, "run": run, "member": member, "command": command})
        if row is None:
            return None
        id_, number, seq, head, snapshot, process, version, content_hash, facts, access, written = row
        return FoundRun(
            *(id_, int(number), int(seq), head, snapshot, int(process), int(version), content_hash, int(facts)),
            *(access, _number(written)),
        )

    def read_process(self, org: int, process: int, run: str, member: int, *, locked: bool) -> FoundProcess:
        if locked:
            self._execute("lock_numbers", {"org": org})
        values = {"org": org, "process": process, "run": run, "member": member}
        found, status, version, content_hash, facts, number, access, run_org = self._execute("read_process", values)
        return FoundProcess(
            *(_number(found), status, _number(version), content_hash, int(facts), int(number), access),
            _number(run_org),
        )

    def write(self, change: Change) -> bool:
        state, last, rows = change.state, change.lines[-1], change.rows
        values = {
            "org": change.org,
            "run": change.run,
            "expected": change.expected,
            "status": state.status.value,
            "ended_at": change.ended_at,
            "seq": last.seq,
            "head": last.hash,
            "snapshot": change.snapshot,
            "actor": last.actor,
            "at": last.at,
            "command": last.command,
        }
        lists: dict[str, Sequence[Row]] = {
            "events": [
                (seq, name, version, n, salt, payload, digest, hash_)
                for _, seq, name, version, _, _, _, n, salt, payload, digest, hash_ in change.lines
            ],
            "ended": rows.ended,
            "opened": rows.opened,
            "notices": rows.notices,
        }
        name = "continue_run"
        if rows.changed or rows.questions or rows.answers:
            name = "change_run"
            lists |= {"changed": rows.changed, "questions": rows.questions, "answers": rows.answers}
        if change.version is not None:
            name = "start_run"
            values |= {
                "number": state.number,
                "name": state.name,
                "process": state.process,
                "version": change.version,
                "owner": _member(state.owner),
                "due": state.due,
                "started_at": state.started_at,
            }
            lists["entries"] = [_entry(change.org, change.entry)] if change.entry else ()
        return bool(int(self._execute(name, values, lists)[0]))

    def _execute(self, name: str, values: Any, lists: dict[str, Sequence[Row]] | None = None) -> Any:
        # PostgreSQL's driver is an extra, so it is loaded where it is in use.
        from routebook.store.prepared import execute

        with self._django.wrap_database_errors:
            return execute(self._raw, name, values, lists)


def _entry(org: int, entry: Entry) -> Row:
    row = row_of(org, entry)
    return (*row, *postgresql_words(row))


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _member(person: str) -> int | None:
    return int(person) if person else None


_PATHS: dict[str, Callable[[Any], Path]] = {"sqlite": SqlitePath, "postgresql": PostgresqlPath}
