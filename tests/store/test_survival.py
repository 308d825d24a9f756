"""Two writers at once, and a process killed between any two statements: nothing is lost, doubled or half-done."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from routebook.core.run import commands as c
from routebook.store import models
from routebook.store.access import Refused
from routebook.store.actions import runs
from routebook.store.journal import Conflict
from routebook.store.queries import runs as queries
from routebook.store.verify import verify
from tests.store import child
from tests.world import FIELDS, World, build

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STATEMENTS = 60


@pytest.fixture
def world(transactional_db: None) -> World:
    """The cast, committed, so that other threads and processes see it."""
    return build()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each work returns or raises, all begun at the same moment in threads of their own."""
    ready = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(n: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            results[n] = works[n]()
        except (Refused, Conflict) as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class TestRaces:
    def test_one_of_two_completes_the_task_the_other_is_told(self, world: World) -> None:
        for _ in range(5):
            run = world.start()
            results = at_once(
                lambda run=run: world.do("support", run.run, c.CompleteTask(1)),
                lambda run=run: world.do("manager", run.run, c.CompleteTask(1)),
            )
            refused = [result for result in results if isinstance(result, Refused)]
            assert [error.refusal.code for error in refused] == ["task_closed"]
            assert len(queries.get(world.actor("owner"), run.run).state.tasks) == 2
        assert list(verify()) == []

    def test_the_same_command_at_once_is_carried_out_once(self, world: World) -> None:
        run = world.start()
        actor, now = world.actor("support"), world.at()
        results = at_once(
            *[lambda: runs.command(actor, run.run, c.CompleteTask(1), command_id="same", now=now)] * 4,
        )
        assert {(result.seq, result.events) for result in results} == {(results[0].seq, results[0].events)}
        assert sorted(result.repeated for result in results) == [False, True, True, True]

    def test_the_same_start_at_once_starts_one_run(self, world: World) -> None:
        actor, now, run_id = world.actor("support"), world.at(), uuid.uuid4().hex
        given = {"run_id": run_id, "fields": FIELDS, "command_id": "same", "now": now}
        results = at_once(*[lambda: runs.start(actor, world.process.pk, **given)] * 4)
        assert {(result.number, result.seq) for result in results} == {(1, 2)}
        assert models.Run.objects.count() == 1

    def test_runs_that_start_at_once_get_numbers_of_their_own(self, world: World) -> None:
        results = at_once(*[world.start] * 8)
        assert sorted(result.number for result in results) == list(range(1, 9))
        assert list(verify()) == []

    def test_two_processes_write_to_one_run(self, world: World) -> None:
        run = world.start()
        world.complete("support", run.run, "request")
        actor, now = world.actor("support"), world.at()
        children = [child.start(child.tick_and_untick, actor, run.run, 2, item, 20, now) for item in (0, 1)]
        for process in children:
            process.join()
        assert [process.exitcode for process in children] == [0, 0]
        assert models.Event.objects.filter(stream=f"run:{run.run}", name="task.item_ticked").count() == 40
        assert list(verify()) == []


def test_a_transaction_that_begins_with_a_command_is_one(world: World) -> None:
    run = world.start()
    actor, now = world.actor("support"), world.at()
    with transaction.atomic():
        runs.command(actor, run.run, c.CompleteTask(1), command_id="x", now=now)
        transaction.set_rollback(True)
    assert models.Run.objects.get(pk=run.run).seq == run.seq


class TestKilled:
    """A child is killed before its first statement, its second, … until one gets through."""

    def test_a_completion(self, world: World) -> None:
        actor = world.actor("support")
        for moment in range(1, MOST_STATEMENTS):
            run = world.start()
            world.complete("support", run.run, "request")
            before = models.Run.objects.get(pk=run.run).seq
            given = (actor, run.run, c.CompleteTask(2, "eligible"), f"kill-{moment}", world.at())
            exitcode = self.let_die(child.command_until_killed, moment, *given)
            after = models.Run.objects.get(pk=run.run)
            assert after.seq in (before, before + 2)
            assert models.Task.objects.filter(run=after).count() == (3 if after.seq > before else 2)
            assert list(verify(run=run.number)) == []
            *_, command, command_id, now = given
            repeated = runs.command(actor, run.run, command, command_id=command_id, now=now)
            assert (repeated.seq, repeated.repeated) == (before + 2, after.seq > before)
            assert models.Outbox.objects.filter(key__startswith=run.run).count() == 1
            if exitcode == 0:
                break
        assert moment > 3
        assert list(verify()) == []

    def test_a_start(self, world: World) -> None:
        actor = world.actor("support")
        for moment in range(1, MOST_STATEMENTS):
            given = {"run_id": uuid.uuid4().hex, "fields": FIELDS, "command_id": "begin", "now": world.at()}
            exitcode = self.let_die(child.start_until_killed, moment, actor, world.process.pk, given)
            written = models.Run.objects.filter(pk=given["run_id"]).exists()
            assert models.Task.objects.filter(run_id=given["run_id"]).exists() == written
            repeated = runs.start(actor, world.process.pk, **given)
            assert (repeated.number, repeated.repeated) == (moment, written)
            if exitcode == 0:
                break
        assert moment > 3
        assert list(verify()) == []

    def test_a_completion_that_a_hand_off_learns_of(self, world: World) -> None:
        world.hand_off("verify", "support", "supervised")
        actor = world.actor("manager")
        for moment in range(1, MOST_STATEMENTS):
            run = world.start()
            world.complete("support", run.run, "request")
            submitted = world.complete("support", run.run, "verify", "eligible")
            given = (actor, run.run, c.PassReview(3), f"kill-{moment}", world.at())
            exitcode = self.let_die(child.command_until_killed, moment, *given)
            assert models.Run.objects.get(pk=run.run).seq in (submitted.seq, submitted.seq + 3)
            assert list(verify(run=run.number)) == []
            if exitcode == 0:
                break
        assert moment > 3

    def let_die(self, work: Callable[..., None], *arguments: Any) -> int | None:
        process = child.start(work, *arguments)
        process.join()
        assert process.exitcode in (0, child.KILLED)
        return process.exitcode
