"""Bringing a library folder into an organisation: people, roles and calendars, documents, media. All or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction

from routebook.core import document as core
from routebook.core.audit import LibraryImported
from routebook.core.document import AnyDocument, Library, Person, Status
from routebook.core.events import Refusal
from routebook.formats.library import MEDIA_FOLDER, ORGANISATION_FILE, path_of
from routebook.store import audit
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import filing, leaving, media, members, organisations
from routebook.store.models import Member, Organisation
from routebook.store.queries.library import DRAFTS_FOLDER


@dataclass(frozen=True, slots=True)
class Brought:
    """One file of the folder and what became of it: created, published, drafted, retired, changed or unchanged."""

    path: str
    result: str


def bring(
    actor: Actor,
    library: Library,
    files: Mapping[str, bytes] | None = None,
    drafts: Sequence[AnyDocument] = (),
    *,
    now: dt.datetime,
    note: str = "",
) -> tuple[Brought, ...]:
    """Make the organisation say what the folder says. A second time changes nothing.

    `files` are the media by their path below `media/`; `drafts` the open drafts beside published documents. What the
    organisation has and the folder hasn't stays. Raises `Refused`, naming the file in `field`, and then nothing of
    the folder was brought in.
    """
    require(actor, Verb.MANAGE_ORGANISATION)
    wanted = sorted((files or {}).items())
    for path, data in wanted:
        with _naming(f"{MEDIA_FOLDER}/{path}"):
            media.check(path, data)
    with transaction.atomic():
        brought = [Brought(ORGANISATION_FILE, _bring_organisation(actor, library.organisation, now))]
        brought += [_bring_document(actor, path_of(value), value, now, note) for value in library.documents]
        brought += [_bring_draft(actor, value, now) for value in drafts]
        _record(actor, brought, now)
        # Last, so that a full disk undoes the rows; files that were written by then are only not shown yet.
        brought += [Brought(f"{MEDIA_FOLDER}/{path}", media.put(actor, path, data)) for path, data in wanted]
    return tuple(brought)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """A refusal names the file that it is about."""
    try:
        yield
    except Refused as refused:
        raise Refused(Refusal(refused.refusal.code, refused.refusal.sentence, path)) from refused


def _bring_document(actor: Actor, path: str, value: AnyDocument, now: dt.datetime, note: str) -> Brought:
    with _naming(path):
        return Brought(path, filing.put(actor, value, now=now, note=note).result)


def _bring_draft(actor: Actor, value: AnyDocument, now: dt.datetime) -> Brought:
    return _bring_document(actor, f"{DRAFTS_FOLDER}/{path_of(value)}", replace(value, status=Status.DRAFT), now, "")


def _record(actor: Actor, brought: Sequence[Brought], now: dt.datetime) -> None:
    results = [one.result for one in brought[1:]]
    if {one.result for one in brought} == {"unchanged"}:
        return
    event = LibraryImported(
        created=results.count("created"),
        published=results.count("published"),
        drafted=results.count("drafted"),
        unchanged=results.count("unchanged"),
    )
    audit.record(actor.org, f"organisation:{actor.org}", event, actor=actor.id, now=now)


# --- routebook.yaml -----------------------------------------------------------------------------


def _bring_organisation(actor: Actor, wanted: core.Organisation, now: dt.datetime) -> str:
    before = _stamp(actor.org)
    with _naming(ORGANISATION_FILE):
        organisations.change(
            actor,
            now=now,
            name=wanted.name,
            time_zone=wanted.time_zone,
            holidays=wanted.holidays,
            currency=wanted.currency,
            week=wanted.week,
        )
        for person in wanted.people:
            _bring_person(actor, person, now)
        _bring_roles(actor, wanted, now)
    return "unchanged" if _stamp(actor.org) == before else "changed"


def _stamp(org: int) -> int:
    """Every change of the organisation, its people and its roles draws a new number (`journal.touch_facts`)."""
    return Organisation.objects.values_list("facts", flat=True).get(pk=org)


def _bring_person(actor: Actor, person: Person, now: dt.datetime) -> None:
    member = Member.objects.filter(org_id=actor.org, key=person.id).first()
    if member is None:
        member = members.add(
            actor,
            key=person.id,
            name=person.name,
            email=person.email,
            access=person.access,
            time_zone=person.time_zone,
            holidays=person.holidays,
            week=person.week,
            now=now,
        )
    else:
        members.change(
            actor,
            member.pk,
            now=now,
            name=person.name,
            email=person.email,
            access=person.access,
            time_zone=person.time_zone,
            holidays=person.holidays,
            week=person.week,
            own_week=person.week is not None,
        )
        leaving.come_back(actor, member.pk, now=now)
    _bring_aways(actor, member, person, now)


def _bring_aways(actor: Actor, member: Member, person: Person, now: dt.datetime) -> None:
    known = {core.Away(away.first, away.last) for away in member.aways.all()}
    for away in sorted(known - set(person.away), key=lambda away: away.first):
        members.be_back(actor, member.pk, first=away.first, now=now)
    for away in sorted(set(person.away) - known, key=lambda away: away.first):
        members.be_away(actor, member.pk, first=away.first, last=away.last, now=now)


def _bring_roles(actor: Actor, wanted: core.Organisation, now: dt.datetime) -> None:
    ids = dict(Member.objects.filter(org_id=actor.org).values_list("key", "pk"))
    for role in wanted.roles:
        holders = [ids[holder] for holder in role.holders]
        members.set_role(actor, role.title, holders=holders, backup=ids.get(role.backup), now=now)
