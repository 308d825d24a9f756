"""Reading the files that were given as evidence."""

from __future__ import annotations

from routebook.store.access import Actor, NotFound, Verb
from routebook.store.evidence import file_of, kind_of
from routebook.store.queries.media import MediaFile
from routebook.store.queries.runs import get


def file(actor: Actor, number: int, task: int, item: int) -> MediaFile:
    """The file that stands at an item of a task now. Raises `NotFound`."""
    if not actor.may(Verb.SEE_RUNS):
        raise NotFound
    found = get(actor, number)
    known = found.state.tasks.get(task)
    name = known.evidence.get(item, "") if known else ""
    kind = kind_of(name)
    if kind is None:
        raise NotFound
    path = file_of(actor.org, found.row.pk, name)
    if not path.is_file():
        raise NotFound
    return MediaFile(path, kind)
