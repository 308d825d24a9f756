"""Bringing in maps of other tools: each process becomes a draft of the organisation's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from routebook.core.document import Kind, Process
from routebook.core.events import Refusal
from routebook.formats.plain import to_plain
from routebook.store import originals
from routebook.store.access import Actor, Refused, Verb, drafting, require
from routebook.store.actions import documents, members
from routebook.store.models import Document, MapOriginal, Role

MOST_MAPS = 50
MOST_STEPS = 200
"""As many as the editor takes."""
LONGEST_COMMAND = 60
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that maps are made of: its name as it was sent, and its bytes."""

    name: str
    data: bytes


@transaction.atomic
def bring_in(
    actor: Actor, processes: Sequence[Process], file: SentFile, *, now: dt.datetime, command: str = ""
) -> tuple[str, ...]:
    """A draft of each process; their slugs, which are free ones. The same command again gives the same drafts.

    Roles that the organisation doesn't have yet are made, without a holder, where the actor may do that. The file is
    kept as it is, linked from each of the processes.
    """
    require(actor, drafting(Kind.PROCESS))
    _be_few(processes)
    _make_roles(actor, (step.role for process in processes for step in process.steps), now)
    digest = originals.keep(actor.org, file.data)
    made = []
    for number, process in enumerate(processes, 1):
        own = f"{command[:LONGEST_COMMAND]}/{number}" if command else ""
        fields = to_plain(process)
        row = documents.create(actor, Kind.PROCESS, fields, slug=process.slug, now=now, command=own)
        _keep(actor, row, file.name, digest, now)
        made.append(row.slug)
    return tuple(made)


def _keep(actor: Actor, document: Document, name: str, digest: str, now: dt.datetime) -> None:
    MapOriginal.objects.get_or_create(
        org_id=actor.org,
        document=document,
        defaults={"member_id": actor.member, "name": name[-LONGEST_NAME:], "digest": digest, "created_at": now},
    )


def _be_few(processes: Sequence[Process]) -> None:
    if not processes:
        raise Refused(Refusal("nothing_chosen", "Choose at least one process.", "process"))
    if len(processes) > MOST_MAPS:
        raise Refused(Refusal("too_many", f"At most {MOST_MAPS} processes can be brought in at a time.", "process"))
    for process in processes:
        if len(process.steps) > MOST_STEPS:
            sentence = (
                f"“{process.title}” has {len(process.steps)} steps, and a map has {MOST_STEPS} at most. "
                "Take it apart in the other tool first."
            )
            raise Refused(Refusal("too_many_steps", sentence, "process"))


def _make_roles(actor: Actor, titles: Iterable[str], now: dt.datetime) -> None:
    if not actor.may(Verb.MANAGE_PEOPLE):
        return
    known = set(Role.objects.filter(org_id=actor.org).values_list("folded", flat=True))
    for title in titles:
        if title and title.casefold() not in known:
            known.add(title.casefold())
            members.set_role(actor, title, holders=(), backup=None, now=now)
