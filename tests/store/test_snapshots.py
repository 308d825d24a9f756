"""What the row of a run keeps in an older form is made anew from the record."""

from __future__ import annotations

import json

import pytest

from routebook.cli import serve
from routebook.core.run import commands as c
from routebook.core.run import unpack
from routebook.store import journal, snapshots
from routebook.store.models import Run
from routebook.store.verify import verify
from tests.world import World

pytestmark = pytest.mark.django_db


def in_an_older_form(run: str) -> str:
    """Make the row of the run look as an older release would have left it; what it was before."""
    packed = Run.objects.get(pk=run).snapshot
    _, *state, tasks = json.loads(packed)
    turned = [[*task[:5], *reversed(task[5:])] for task in tasks]
    Run.objects.filter(pk=run).update(snapshot=json.dumps([1, *state, turned], separators=(",", ":")))
    return packed


def test_it_is_folded_from_its_events_and_goes_on(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    started, other = world.start().run, world.start().run
    world.complete("support", started, "request")
    before = in_an_older_form(started)
    assert ["can't be read" in problem.sentence for problem in verify()] == [True]
    serve.renew_what_is_stored()
    assert capsys.readouterr().out == "Reading the record of older runs …\n"
    assert Run.objects.get(pk=started).snapshot == before
    assert list(verify()) == []
    world.do("support", started, c.CompleteTask(2, "eligible"))
    world.complete("support", other, "request")
    serve.renew_what_is_stored()
    assert capsys.readouterr().out == ""


def test_what_the_record_can_not_tell_any_more_is_kept_as_it_is(world: World) -> None:
    readable, lost = world.start().run, world.start().run
    packed = Run.objects.get(pk=readable).snapshot
    Run.objects.filter(pk=readable).update(snapshot="[1," + packed.partition(",")[2])
    in_an_older_form(lost)
    left = Run.objects.get(pk=lost).snapshot
    journal.erase(world.organisation.pk, world.members["support"].pk)
    assert snapshots.renew_all() == 1
    assert Run.objects.get(pk=readable).snapshot == packed
    assert unpack(packed).tasks
    assert Run.objects.get(pk=lost).snapshot == left
