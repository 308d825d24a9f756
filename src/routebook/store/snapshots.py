"""The state that a run's row keeps is only a shortcut: the record says it too, and this makes the one from the other.

A release that packs states in another form finds those of the release before. Where the server starts, each is made
anew from its events; nothing of the record changes.
"""

from __future__ import annotations

from django.db.models import QuerySet

from routebook.core.events import UnknownEvent, decode
from routebook.core.run import NEW_RUN, RunState, fold, pack, unpack
from routebook.core.run.state import BEGINNING, UnknownSnapshot
from routebook.store import models


def are_outdated() -> bool:
    """Whether a run is stored in a form that this release does not write."""
    return _outdated().exists()


def renew_all() -> int:
    """Pack the state of every such run anew; how many. A run that neither its record nor its row can tell any more,
    because somebody's events were erased before, stays as it is."""
    renewed = 0
    for org, pk, seq, packed in list(_outdated().values_list("org_id", "pk", "seq", "snapshot")):
        state = _state_of(org, pk, packed)
        if state is not None:
            # One that went on meanwhile was written by this release.
            renewed += models.Run.objects.filter(org_id=org, pk=pk, seq=seq).update(snapshot=pack(state))
    return renewed


def _outdated() -> QuerySet[models.Run]:
    return models.Run.objects.exclude(snapshot__startswith=BEGINNING)


def _state_of(org: int, pk: str, packed: str) -> RunState | None:
    lines = models.Event.objects.filter(org_id=org, stream=f"run:{pk}").order_by("seq")
    try:
        if any(not line.payload for line in lines):
            return unpack(packed)
        return fold(NEW_RUN, (decode(line.name, line.version, line.payload) for line in lines))
    except (UnknownSnapshot, UnknownEvent):
        return None
