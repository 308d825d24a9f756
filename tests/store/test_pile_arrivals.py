"""A whole drive in one archive, sorted some files at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from routebook.store import originals
from routebook.store.access import NotFound
from routebook.store.actions import pile, pile_arrivals
from routebook.store.models import Member, PileArrival, PileItem
from tests.formats.pile.word import zipped
from tests.world import World

pytestmark = pytest.mark.django_db

COUNT = 45


def drive(count: int = COUNT, **more: str | bytes) -> bytes:
    files: dict[str, str | bytes] = {
        f"team/{at:04}.md": f"# Tea {at}\n\n1. Fill it.\n2. Boil it.\n" for at in range(count)
    }
    return zipped({**files, **more})


def after(files: int) -> Callable[[], bool]:
    """Enough after so many files."""
    left = [files]

    def enough() -> bool:
        left[0] -= 1
        return left[0] <= 0

    return enough


def arrived(world: World, data: bytes | None = None, who: str = "owner") -> PileArrival:
    taken = pile.take(world.actor(who), "drive.zip", data or drive(), now=world.at())
    assert taken.arrival is not None
    assert not taken.kept
    return taken.arrival


def test_a_small_zip_is_sorted_at_once(world: World) -> None:
    taken = pile.take(world.actor("owner"), "drive.zip", drive(5), now=world.at())
    assert taken.arrival is None
    assert len(taken.kept) == 5


def test_a_drive_is_sorted_some_files_at_a_time_and_each_once(world: World) -> None:
    owner, arrival = world.actor("owner"), arrived(world, drive(**{"photo.png": b"x", "team/b.docm": b"x"}))
    assert arrival.total == COUNT + 2
    archive = originals.file_of(arrival.org_id, arrival.digest)
    row = pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(20))
    assert (row.at, row.kept, row.finished_at) == (20, 19, None)
    assert archive.is_file()
    now = world.at()
    row = pile_arrivals.go_on(owner, arrival.pk, now=now, enough=after(1_000))
    assert (row.at, row.kept, row.finished_at) == (COUNT + 2, COUNT, now)
    assert [path for path, _ in row.refused] == ["drive.zip/photo.png", "drive.zip/team/b.docm"]
    paths = list(PileItem.objects.values_list("path", flat=True))
    assert len(paths) == len(set(paths)) == COUNT
    assert not archive.exists()
    assert pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(1)).at == COUNT + 2


def test_who_closed_the_page_finds_it_sorted(world: World) -> None:
    arrival = arrived(world)
    for _ in range(3):
        pile_arrivals.work_off(world.at(), after(20))
    arrival.refresh_from_db()
    assert arrival.finished_at is not None
    assert PileItem.objects.filter(member_id=world.actor("owner").member).count() == COUNT
    pile_arrivals.work_off(world.at(), after(20))


def test_two_never_sort_the_same_and_a_claim_that_was_lost_runs_out(world: World) -> None:
    owner, arrival, now = world.actor("owner"), arrived(world), world.at()
    PileArrival.objects.update(claimed_until=now + dt.timedelta(minutes=1))
    assert pile_arrivals.go_on(owner, arrival.pk, now=now, enough=after(20)).at == 0
    pile_arrivals.work_off(now, after(20))
    assert PileItem.objects.count() == 0
    late = now + dt.timedelta(minutes=3)
    assert pile_arrivals.go_on(owner, arrival.pk, now=late, enough=after(20)).at == 20


def test_what_was_kept_before_a_crash_is_not_there_twice(world: World) -> None:
    owner, arrival = world.actor("owner"), arrived(world)
    pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(10))
    PileArrival.objects.update(at=5)  # as if the process had died before the place was written
    pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(1_000))
    assert PileItem.objects.count() == COUNT


def test_it_is_put_away_and_stays_away(world: World) -> None:
    owner, arrival = world.actor("owner"), arrived(world)
    archive = originals.file_of(arrival.org_id, arrival.digest)
    pile_arrivals.put_away(owner, arrival.pk)
    assert not archive.exists()
    with pytest.raises(NotFound):
        pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(1))


@pytest.mark.parametrize("name", ["support", "outsider", "guest", "agent"])
def test_nobody_goes_on_with_what_they_may_not_see(world: World, name: str) -> None:
    arrival = arrived(world)
    with pytest.raises(NotFound):
        pile_arrivals.go_on(world.actor(name), arrival.pk, now=world.at(), enough=after(1))
    with pytest.raises(NotFound):
        pile_arrivals.put_away(world.actor(name), arrival.pk)


def test_nothing_is_sorted_for_who_has_left(world: World) -> None:
    arrived(world)
    Member.objects.filter(pk=world.actor("owner").member).update(active=False)
    pile_arrivals.work_off(world.at(), after(20))
    assert not PileArrival.objects.exists()
    assert not PileItem.objects.exists()


def test_an_archive_that_unpacks_to_too_much_ends_with_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routebook.formats.pile.archive.MOST_BYTES", 500)
    owner, arrival = world.actor("owner"), arrived(world)
    row = arrival
    for _ in range(5):
        row = pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(5))
    assert row.finished_at is not None
    assert 0 < row.kept < COUNT
    assert "unpacks to more than" in row.refused[-1][1]


def test_an_archive_that_is_gone_from_the_disk_says_so(world: World) -> None:
    owner, arrival = world.actor("owner"), arrived(world)
    originals.file_of(arrival.org_id, arrival.digest).unlink()
    row = pile_arrivals.go_on(owner, arrival.pk, now=world.at(), enough=after(5))
    assert row.finished_at is not None
    assert row.refused == [["drive.zip", "The archive is gone from the disk."]]
