"""The harness itself: each test meets the database that its id names, from any thread."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone


def save_session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


@pytest.mark.django_db
def test_it_runs_on_the_database_in_its_id(database: str, request: pytest.FixtureRequest) -> None:
    assert connection.vendor == database
    assert f"[{database}]" in request.node.name


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_it_leaves_nothing_to_the_next_test(turn: int) -> None:
    assert not Session.objects.exists()
    save_session("left")


@pytest.mark.django_db(transaction=True)
def test_other_threads_see_what_was_committed(database: str) -> None:
    save_session("seen")
    seen: list[object] = []

    def look() -> None:
        seen.extend((connection.vendor, Session.objects.filter(session_key="seen").count()))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [database, 1]


@pytest.mark.django_db(transaction=True)
def test_eight_threads_write_at_once_and_none_is_refused() -> None:
    errors: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(10):
                with transaction.atomic():
                    save_session(f"{number}-{turn}")
                save_session(f"{number}-{turn}-alone")
        except Exception as error:  # noqa: BLE001  (the assertion below shows it)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Session.objects.count() == 160


@pytest.mark.databases("sqlite")
@pytest.mark.django_db(transaction=True)
class TestTheWriteLock:
    def test_it_is_free_after_commit_rollback_and_close(self) -> None:
        with transaction.atomic():
            assert not self.is_free_for_others()
            save_session("a")
        assert self.is_free_for_others()
        with pytest.raises(KeyError), transaction.atomic():
            raise KeyError
        assert self.is_free_for_others()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert not self.is_free_for_others()
        connection.close()
        assert self.is_free_for_others()

    def test_an_inner_block_gives_nothing_back(self) -> None:
        with transaction.atomic():
            with transaction.atomic():
                save_session("b")
            assert not self.is_free_for_others()
        assert self.is_free_for_others()

    def is_free_for_others(self) -> bool:
        from routebook.store.sqlite_backend import base

        answers: list[bool] = []

        def knock() -> None:
            free = base._LOCK.acquire(blocking=False)
            answers.append(free)
            if free:
                base._LOCK.release()

        thread = threading.Thread(target=knock)
        thread.start()
        thread.join()
        return answers[0]


@pytest.mark.databases("sqlite")
@pytest.mark.django_db(transaction=True)
def test_sqlite_has_the_settings_that_were_measured() -> None:
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 1}
    assert connection.settings_dict["CONN_MAX_AGE"] is None


@pytest.mark.databases("sqlite")
@pytest.mark.django_db
def test_no_completion_writes_a_counter_of_ids() -> None:
    """A migration that makes one of these tables anew must end like 0010 does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE %s", ["%AUTOINCREMENT%"])
        counted = {row[0] for row in cursor.fetchall()}
    assert "store_member" in counted
    assert counted.isdisjoint({"store_event", "store_task", "store_outbox"})
