"""SQLite for a server with many threads.

SQLite has one writer at a time, and a writer that finds the door shut sleeps for longer and longer before it knocks
again, so under load a few requests wait for seconds while others overtake them. Here every transaction first takes a
lock of this process, so writers of one server queue in order and SQLite itself is almost never contended. Transactions
begin with BEGIN IMMEDIATE (see the settings), so every one of them counts as a writer; pages that only read open none.

The lock belongs to a thread and is re-entrant. Code that speaks to the driver directly (the hot path) holds it too:

    with write_lock(connection):
        connection.connection.execute("BEGIN IMMEDIATE")
        ...
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_LOCK = threading.RLock()
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_DEFAULT_TIMEOUT = 5.0  # seconds; what the sqlite3 module itself takes where the settings say nothing


# The type stubs know none of the hooks below, which Django's own backends override too.
class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the process's write lock from BEGIN to COMMIT, ROLLBACK or close."""

    _holds_write_lock = False

    def create_cursor(self, name: str | None = None) -> "Cursor":
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._take_write_lock()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release_write_lock()
            raise

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open: the rollback that follows gives the lock back.
        super()._commit()  # type: ignore[misc]
        self._release_write_lock()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release_write_lock()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release_write_lock()

    def _take_write_lock(self) -> None:
        acquire(self.lock_timeout)
        self._holds_write_lock = True

    def _release_write_lock(self) -> None:
        if self._holds_write_lock:
            self._holds_write_lock = False
            _LOCK.release()

    @property
    def lock_timeout(self) -> float:
        """Seconds that a writer waits for its turn."""
        return float(self.settings_dict["OPTIONS"].get("timeout", _DEFAULT_TIMEOUT))


class Cursor(base.SQLiteCursorWrapper):
    """Writes outside a transaction queue like transactions do."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if not self._is_write_of_its_own(query):
            return super().execute(query, params)
        with write_lock(self.wrapper):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if not self._is_write_of_its_own(query):
            return super().executemany(query, param_list)
        with write_lock(self.wrapper):
            return super().executemany(query, param_list)

    def _is_write_of_its_own(self, query: str) -> bool:
        return not self.wrapper.in_atomic_block and query.lstrip()[:7].upper().startswith(_WRITES)


@contextmanager
def write_lock(connection: Any) -> Iterator[None]:
    """Hold this process's place at the head of the writers' queue.

    Raises OperationalError when the turn does not come within the connection's `timeout`, as SQLite itself would.
    """
    acquire(connection.lock_timeout)
    try:
        yield
    finally:
        release()


def acquire(timeout: float) -> None:
    """The first half of `write_lock`, for whom a context manager is too slow; `release` follows in any case."""
    if not _LOCK.acquire(timeout=timeout):
        raise OperationalError("database is locked")


def release() -> None:
    _LOCK.release()
