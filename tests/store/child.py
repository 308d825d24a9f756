"""Other processes on the same test database: they write at the same time, or are killed in the middle.

The fork server has Django loaded, so a child costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # in the fork server, before anything is unpickled; under pytest it has long been done

from django.db import connection  # noqa: E402

from routebook.core.run.commands import TickItem  # noqa: E402
from routebook.store.actions import runs  # noqa: E402
from tests.conftest import point_at  # noqa: E402

KILLED = -signal.SIGKILL


def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.store.child"])
    return found


def start(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """`work` in a process of its own, on the database of this test."""
    process = context().Process(target=run, args=(dict(connection.settings_dict), work, arguments))
    process.start()
    return process


def run(database: dict[str, Any], work: Callable[..., None], arguments: Sequence[Any]) -> None:
    point_at(database)
    work(*arguments)
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def command_until_killed(moment: int, actor: Any, run_id: str, command: Any, command_id: str, now: Any) -> None:
    """Carry a command out, but be killed just before the statement with this number (1 is the first)."""
    kill_before(moment)
    runs.command(actor, run_id, command, command_id=command_id, now=now)


def start_until_killed(moment: int, actor: Any, process: int, given: dict[str, Any]) -> None:
    kill_before(moment)
    runs.start(actor, process, **given)


def kill_before(moment: int) -> None:
    count = 0

    def statement(*_: object) -> None:
        nonlocal count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(statement)
        return
    from routebook.store import prepared

    real = prepared.execute

    def watched(raw: Any, name: str, *rest: Any) -> Any:
        statement()
        row = real(raw, name, *rest)
        statement()  # once more between the answer of the database and whatever comes next
        return row

    prepared.execute = watched
    connection.execute_wrappers.append(lambda execute, *rest: (statement(), execute(*rest))[1])


def tick_and_untick(actor: Any, run_id: str, task: int, item: int, times: int, now: Any) -> None:
    """Tick an item and take the tick away again, so many times."""
    for n in range(times):
        command = TickItem(task, item, ticked=n % 2 == 0)
        runs.command(actor, run_id, command, command_id=f"{item}-{n}", now=now)
