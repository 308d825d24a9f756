"""Several processes that read and look at documents together, each with a part of them.

It pays from a few thousand documents on: to start a process and to send it the library's facts takes as long as to check
some hundred documents.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar
from zlib import crc32

from routebook.cli.checking.part import Around, Looked, Part, Read, Task
from routebook.cli.main import CommandError

T = TypeVar("T")

LEAST_FOR_A_PROCESS = 800
"""Documents. A smaller share isn't worth a process of its own."""
MOST_PROCESSES = 8
AT_A_TIME = 100


def workers_for(documents: int) -> int:
    """How many processes should share so many documents; 1 means that this process does it alone."""
    return processes_for(documents, LEAST_FOR_A_PROCESS)


def processes_for(pieces: int, least: int) -> int:
    """How many processes should share so many pieces of work, of which each needs at least so many to pay."""
    known = getattr(os, "sched_getaffinity", None)
    cores = len(known(0)) if known else os.cpu_count() or 1
    return max(1, min(cores, pieces // least, MOST_PROCESSES))


class Team:
    """The processes, from entering until leaving. A document is always the same one's, which keeps it in memory."""

    def __init__(self, directory: str, workers: int) -> None:
        self._directory = directory
        self._workers = workers
        self._pipes: list[Connection] = []
        self._processes: list[BaseProcess] = []

    def __enter__(self) -> Team:
        context: Any = multiprocessing.get_context(way_to_start())
        for _ in range(self._workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, self._directory), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def read(self, tasks: Sequence[Task]) -> Iterator[Read]:
        """Each file, as far as its content is new, in any order. They begin at once, before the first is asked for."""
        self._share("read", tasks, lambda task: task.name)
        return self._results()

    def look(self, names: Sequence[str], around: Around) -> Iterator[Looked]:
        """Each document, seen within its library, in any order. They begin at once, too."""
        self._share("look", names, str, around)
        return self._results()

    def _share(self, verb: str, items: Sequence[T], name_of: Callable[[T], str], *others: Any) -> None:
        shares: list[list[T]] = [[] for _ in self._pipes]
        for item in items:
            shares[crc32(name_of(item).encode(errors="surrogateescape")) % len(shares)].append(item)
        common = pickle.dumps(others)  # large, and the same for all
        for pipe, share in zip(self._pipes, shares, strict=True):
            pipe.send((verb, share))
            pipe.send_bytes(common)

    def _results(self) -> Iterator[Any]:
        busy: list[Any] = list(self._pipes)
        while busy:
            for ready in wait(busy):
                done = _received(ready)
                if done is None:
                    busy.remove(ready)
                else:
                    yield from done


def _received(pipe: Any) -> list[Any] | None:
    try:
        done: list[Any] | None = pipe.recv()
    except EOFError:
        raise CommandError("a process that helped to check has stopped; try again.") from None
    return done


def way_to_start() -> str:
    """A copy of this process is the quickest; only safe while it has a single thread, and not with every system."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _work(pipe: Connection, directory: str) -> None:
    """What each process does: what it is told, until nobody is there to tell it."""
    part = Part(directory)
    try:
        while True:
            verb, share = pipe.recv()
            others = pickle.loads(pipe.recv_bytes())
            results = part.read(share) if verb == "read" else part.look(share, *others)
            while batch := list(islice(results, AT_A_TIME)):
                pipe.send(batch)
            pipe.send(None)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
