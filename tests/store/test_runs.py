"""Runs through the store's door: start, every command, who may, and what the tables say afterwards."""

from routebook.core.run import commands as c
from routebook.store import models
from routebook.store.queries import runs as queries
from tests.world import World


def test_a_run_goes_from_start_to_end(world: World) -> None:
    run = world.start()
    assert (run.number, run.status) == (1, "running")
    world.complete("support", run.run, "request")
    world.complete("support", run.run, "verify", "eligible")
    world.complete("owner", run.run, "approve")
    world.complete("finance", run.run, "issue")
    last = world.complete("support", run.run, "confirm")
    assert last.status == "completed"
    row = models.Run.objects.get(pk=run.run)
    assert (row.status, row.seq) == ("completed", last.seq)
    assert row.ended_at is not None
