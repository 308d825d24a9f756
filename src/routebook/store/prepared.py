"""Prepared statements on PostgreSQL, one layer below psycopg's cursors.

A completion runs two statements, always the same two. Handing them to libpq under a name costs a third of what a
cursor costs. Values travel as text, each with its type in the statement.

A statement may hold ``rows(events) AS x(seq int, name text)``: a list of VALUES as long as the rows given. There
is one prepared statement for each length; a change of unusual size is not worth keeping one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import errors
from psycopg.pq import ExecStatus, TransactionStatus

from routebook.store.sql import statement

MOST_ROWS = 4
"""Of longer lists no prepared statement is kept."""

Value = str | int | dt.datetime | None
Lists = Mapping[str, Sequence[Sequence[Value]]]

_PLACE = re.compile(r"%\((\w+)\)s")
_ROWS = re.compile(r"rows\((\w+)\) AS (\w+)\(([^)]*)\)")
_known: WeakKeyDictionary[Any, set[bytes]] = WeakKeyDictionary()
"""Which statements each connection has prepared."""


def execute(
    connection: Any, name: str, values: Mapping[str, Value], rows: Lists | None = None
) -> Sequence[str | None] | None:
    """Run the statement `name` on a psycopg connection; the first row as text, or None where there is none.
    Of a statement that ends in a write, the row is the number of rows written.

    Raises psycopg's errors.
    """
    lengths = tuple((key, len(found)) for key, found in rows.items()) if rows else ()
    label, sql, names, lists = _text(name, lengths)
    given = [_BYTES[type(value := values[each])](value) for each in names]
    for each in lists:
        for row in rows[each]:  # type: ignore[index]  # where there are lists, there are rows
            given += [_BYTES[type(value)](value) for value in row]
    pg = connection.pgconn
    if not connection.autocommit and pg.transaction_status == TransactionStatus.IDLE:
        # Somebody's transaction of which this is the first statement: psycopg begins it with the first cursor only.
        _check(pg.exec_(b"BEGIN"), ExecStatus.COMMAND_OK)
    if any(length > MOST_ROWS for _, length in lengths):
        return _first(pg.exec_params(sql, given))
    known = _known.get(connection)
    if known is None:
        known = _known.setdefault(connection, set())
    if label not in known:
        _check(pg.prepare(label, sql), ExecStatus.COMMAND_OK)
        known.add(label)
    return _first(pg.exec_prepared(label, given))


def _first(result: Any) -> list[str | None] | None:
    if result.status == ExecStatus.COMMAND_OK:
        # It ended in an INSERT; asking for no row back saves PostgreSQL a part of its plan.
        return [str(result.command_tuples)]
    _check(result, ExecStatus.TUPLES_OK)
    if not result.ntuples:
        return None
    row = [result.get_value(0, column) for column in range(result.nfields)]
    return [None if value is None else value.decode() for value in row]


@cache
def _text(name: str, lengths: tuple[tuple[str, int], ...]) -> tuple[bytes, bytes, tuple[str, ...], tuple[str, ...]]:
    """The label and the text of a statement for lists of these lengths, and which values it takes in which order."""
    text = statement("postgresql", name)
    names = tuple(dict.fromkeys(_PLACE.findall(text)))
    text = _PLACE.sub(lambda place: f"${names.index(place[1]) + 1}", text)
    left, count, lists = dict(lengths), len(names), []

    def values(found: re.Match[str]) -> str:
        nonlocal count
        lists.append(found[1])
        columns = [column.split() for column in found[3].split(",")]
        rows = []
        for _ in range(left[found[1]]):
            rows.append("(" + ", ".join(f"${count + n}::{kind}" for n, (_, kind) in enumerate(columns, 1)) + ")")
            count += len(columns)
        listed = f"VALUES {', '.join(rows)}" if rows else _no_row(columns)
        return f"({listed}) AS {found[2]}({', '.join(column for column, _ in columns)})"

    text = _ROWS.sub(values, text)
    label = "/".join([name, *(str(length) for _, length in lengths)])
    return label.encode(), text.encode(), names, tuple(lists)


def _no_row(columns: Sequence[Sequence[str]]) -> str:
    return f"SELECT {', '.join(f'NULL::{kind}' for _, kind in columns)} WHERE false"


class _Bytes(dict[type, Callable[[Any], bytes | None]]):
    """How a value of each type is written. A subclass, such as an enumeration of texts, is written as its base."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes | None]:
        write = next((self[base] for base in kind.__mro__ if base in self), None)
        if write is None:
            raise TypeError(f"a statement can't take a {kind.__name__}")
        self[kind] = write
        return write


_BYTES = _Bytes(
    {
        type(None): lambda value: None,
        str: str.encode,
        int: b"%d".__mod__,
        dt.datetime: lambda value: value.isoformat().encode(),
    }
)


def _check(result: Any, wanted: ExecStatus) -> None:
    if result.status != wanted:
        raise errors.error_from_result(result)
