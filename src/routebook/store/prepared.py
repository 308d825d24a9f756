"""Prepared statements on PostgreSQL, one layer below psycopg's cursors.

A completion runs two statements, always the same two. Handing them to libpq under a name costs a third of what a
cursor costs. Values travel as text; the statement casts what PostgreSQL can't infer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import errors
from psycopg.pq import ExecStatus, TransactionStatus

from routebook.store.sql import statement

_PLACE = re.compile(r"%\((\w+)\)s")
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""Which statements each connection has prepared."""

Value = str | int | dt.datetime | None


def execute(connection: Any, name: str, values: Mapping[str, Value]) -> Sequence[str | None] | None:
    """Run the statement `name` on a psycopg connection; the first row as text, or None where there is none.

    Raises psycopg's errors.
    """
    known = _known.get(connection)
    if known is None:
        known = _known.setdefault(connection, set())
    sql, names = _numbered(name)
    label = name.encode()
    pg = connection.pgconn
    if not connection.autocommit and pg.transaction_status == TransactionStatus.IDLE:
        # Somebody's transaction of which this is the first statement: psycopg begins it with the first cursor only.
        _check(pg.exec_(b"BEGIN"), ExecStatus.COMMAND_OK)
    if name not in known:
        _check(pg.prepare(label, sql), ExecStatus.COMMAND_OK)
        known.add(name)
    result = pg.exec_prepared(label, [_bytes(values[each]) for each in names])
    _check(result, ExecStatus.TUPLES_OK)
    if not result.ntuples:
        return None
    row = [result.get_value(0, column) for column in range(result.nfields)]
    return [None if value is None else value.decode() for value in row]


@cache
def _numbered(name: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with $1, $2, … for its named places, and the names in that order."""
    text = statement("postgresql", name)
    names = tuple(dict.fromkeys(_PLACE.findall(text)))
    return _PLACE.sub(lambda place: f"${names.index(place[1]) + 1}", text).encode(), names


def _bytes(value: Value) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.isoformat().encode()
    return str(value).encode()


def _check(result: Any, wanted: ExecStatus) -> None:
    if result.status != wanted:
        raise errors.error_from_result(result)
