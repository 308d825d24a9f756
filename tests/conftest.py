"""Every test that touches the database runs once on SQLite and once on a real PostgreSQL, in one run of pytest.

A test asks for the database as usual with pytest-django (the `django_db` mark, `db`, `transactional_db`,
`live_server`); its id then carries the name of the database, `[sqlite]` or `[postgresql]`. A test about one of them
says `@pytest.mark.databases("sqlite")`; browser journeys run on SQLite. The fixture `database` is that name.

Both databases are files that can be opened by many threads and by other processes, as in production.
"""

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgresql
from tests.world import world as world

VENDORS = ("sqlite", "postgresql")
PATIENCE = postgresql.PATIENCE
"""Seconds to wait for a database where the product would give up sooner: a busy machine is no failure of a test."""
BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if uses_database(metafunc):
        metafunc.parametrize("database", vendors_of(metafunc), indirect=True, scope="session")


def uses_database(metafunc: pytest.Metafunc) -> bool:
    marked = metafunc.definition.get_closest_marker("django_db") is not None
    return marked or not {"_django_db_helper", "live_server"}.isdisjoint(metafunc.fixturenames)


def vendors_of(metafunc: pytest.Metafunc) -> list[str]:
    chosen = metafunc.definition.get_closest_marker("databases")
    if chosen is not None:
        return list(chosen.args)
    if BROWSER_TESTS in metafunc.definition.path.parents:
        return ["sqlite"]
    return list(VENDORS)


@pytest.fixture(scope="session", autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The name of the database that this test runs on; None for a test that uses none."""
    vendor: str | None = getattr(request, "param", None)
    if vendor is None:
        yield None
        return
    databases: Databases = request.getfixturevalue("databases_of_the_session")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        databases.use(vendor)
    yield vendor
    with blocker.unblock():
        databases.leave()


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What `routebook check` keeps for the next time, away from the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def django_db_setup(database: str | None) -> None:
    """Takes the place of pytest-django's, which knows one database for the whole session."""


@pytest.fixture(scope="session")
def databases_of_the_session(django_test_environment: None) -> Iterator["Databases"]:
    databases = Databases()
    yield databases
    databases.stop()


class Databases:
    """The test databases of this session; each is made, with all migrations, the first time that a test needs it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="routebook-databases-"))
        self.ready: dict[str, dict[str, Any]] = {}
        self.stop_server: Callable[[], None] | None = None

    def use(self, vendor: str) -> None:
        if vendor in self.ready:
            point_at(self.ready[vendor])
        else:
            self.ready[vendor] = self.make(vendor)

    def make(self, vendor: str) -> dict[str, Any]:
        from django.db import connection

        point_at(self.settings_for(vendor))
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        return copy.deepcopy(dict(connection.settings_dict))

    def settings_for(self, vendor: str) -> dict[str, Any]:
        from routebook.settings import database as database_settings

        address = "" if vendor == "sqlite" else self.start_postgresql()
        name = str(self.folder / "tests.sqlite3") if vendor == "sqlite" else "routebook_tests"
        found = {**database_settings(address, self.folder), "TEST": {"NAME": name}}
        patient = found["OPTIONS"]["pool"] if address else found["OPTIONS"]
        patient["timeout"] = PATIENCE
        return found

    def start_postgresql(self) -> str:
        """The address of a PostgreSQL of our own. It forgets on a power cut, which is what makes it fast."""
        import psycopg

        server = postgresql.start(Path(tempfile.mkdtemp(prefix="routebook-pg-")), lock=self.folder)
        self.stop_server = server.cleanup
        address: str = server.get_uri()
        with psycopg.connect(address, autocommit=True) as session:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                session.execute(f"ALTER SYSTEM SET {setting} = off")
            session.execute("SELECT pg_reload_conf()")
        return address

    def leave(self) -> None:
        from django.db import connection

        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]

    def stop(self) -> None:
        if self.stop_server:
            self.stop_server()
        shutil.rmtree(self.folder, ignore_errors=True)


def point_at(wanted: dict[str, Any]) -> None:
    """Make `connections["default"]`, here and in every thread that starts from now on, a connection to this database."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    current = connections.settings["default"]
    current.clear()
    current.update(copy.deepcopy(wanted))
    connections.settings = connections.configure_settings(connections.settings)
    connections["default"].close()
    del connections["default"]
    ContentType.objects.clear_cache()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "tests/browser/" in report.nodeid]
    if skipped:
        terminalreporter.section("THE BROWSER JOURNEYS WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} journeys did not run: {skipped[0].longrepr[2]}")
