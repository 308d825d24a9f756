"""What a map was made of. Who may draft maps may see the file: it can say more than what became of it."""

from __future__ import annotations

from routebook.core.document import Kind
from routebook.store import originals
from routebook.store.access import Actor, NotFound, drafting
from routebook.store.models import MapOriginal


def original_of(actor: Actor, slug: str) -> MapOriginal | None:
    """The other tool's file that a process was made of, if it was and the actor may see it."""
    if not actor.may(drafting(Kind.PROCESS)):
        return None
    rows = MapOriginal.objects.filter(org_id=actor.org, document__org_id=actor.org)
    return rows.filter(document__kind=Kind.PROCESS, document__slug=slug).first()


def data_of(row: MapOriginal) -> bytes:
    """The file's bytes, as they were sent. Raises `NotFound` where somebody removed it from the disk."""
    try:
        return originals.file_of(row.org_id, row.digest).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
