"""A whole drive in one archive: sorted some files at a time, by whoever looks at it and by the dispatcher.

1. Whoever goes on claims the arrival with a conditional UPDATE; the other finds no row and leaves it alone.
2. Files are read and kept one by one; each is its own small write, and a file that is kept already is found again, so
   that a process which dies between two of them loses nothing and does nothing twice.
3. The place is written, and the claim given back. A claim that nobody gave back runs out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Q

from routebook.formats.pile import Unreadable, read_packed
from routebook.store import originals
from routebook.store.access import Actor, actor_of
from routebook.store.actions import pile
from routebook.store.models import PileArrival, PileItem
from routebook.store.queries import pile as queries

CLAIM = dt.timedelta(minutes=2)


def go_on(actor: Actor, arrival: int, *, now: dt.datetime, enough: Callable[[], bool]) -> PileArrival:
    """Sort some more of it: at least one file, then until it is `enough`. Somebody else's turn leaves it as it is."""
    row = queries.find_arrival(actor, arrival)
    if row.finished_at is None and _claimed(row, now):
        _sort_some(actor, row, now, enough)
    return queries.find_arrival(actor, arrival)


def put_away(actor: Actor, arrival: int) -> None:
    """Forget an arrival: what is on the pile stays there, what wasn't sorted yet never comes."""
    row = queries.find_arrival(actor, arrival)
    row.delete()
    _drop_archive(row)


def work_off(now: dt.datetime, enough: Callable[[], bool]) -> None:
    """Go on with the oldest arrival of anybody, for those who closed the page."""
    waiting = PileArrival.objects.filter(finished_at=None).filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    row = waiting.select_related("member__org").first()
    if row is None:
        return
    if row.member is None or not row.member.active:
        row.delete()
        _drop_archive(row)
    elif _claimed(row, now):
        _sort_some(actor_of(row.member), row, now, enough)


def _claimed(row: PileArrival, now: dt.datetime) -> bool:
    free = PileArrival.objects.filter(org_id=row.org_id, pk=row.pk, finished_at=None, at=row.at)
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    return free.update(claimed_until=now + CLAIM) == 1


def _sort_some(actor: Actor, row: PileArrival, now: dt.datetime, enough: Callable[[], bool]) -> None:
    try:
        data = originals.file_of(row.org_id, row.digest).read_bytes()
    except FileNotFoundError:
        row.refused.append([row.path, "The archive is gone from the disk."])
        row.at = row.total
    else:
        for found, content, at in read_packed(row.path, data, row.at, row.size):
            for one in found:
                kept = pile.keep(actor, one, content, now)
                if isinstance(kept, Unreadable):
                    row.refused.append([kept.path, kept.reason])
                else:
                    row.kept += 1
            row.at, row.size = at + 1, row.size + len(content)
            if enough():
                break
    row.claimed_until = None
    row.finished_at = now if row.at >= row.total else None
    # An arrival that was put away meanwhile stays away.
    values = {name: getattr(row, name) for name in ("at", "size", "kept", "refused", "claimed_until", "finished_at")}
    PileArrival.objects.filter(org_id=row.org_id, pk=row.pk).update(**values)
    if row.finished_at is not None:
        _drop_archive(row)


def _drop_archive(row: PileArrival) -> None:
    """The archive isn't needed any more: each of its documents is kept by itself."""
    needed = PileArrival.objects.filter(org_id=row.org_id, digest=row.digest, finished_at=None).exists()
    if not needed and not PileItem.objects.filter(org_id=row.org_id, digest=row.digest).exists():
        originals.file_of(row.org_id, row.digest).unlink(missing_ok=True)
