"""Taking a starting point: its map and everything that comes with it become the organisation's own drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from routebook.core.audit import DocumentCreated
from routebook.core.document import AnyDocument, Kind, Policy, Process, Sop, Status, kind_of
from routebook.core.events import Refusal, decode
from routebook.formats.plain import to_plain
from routebook.store import audit
from routebook.store.access import Actor, Refused, Verb, drafting, require
from routebook.store.actions import documents, members
from routebook.store.models import Document, Event, Organisation, Role
from routebook.store.queries import starting_points as queries
from routebook.store.queries.starting_points import StartingPoint

LONGEST_ROLE = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it: the slug of the new process, and the roles that the organisation didn't have before."""

    process: str
    new_roles: tuple[str, ...] = ()


@transaction.atomic
def take(
    actor: Actor, slug: str, *, roles: Mapping[str, str] | None = None, command_id: str, now: dt.datetime
) -> Taken:
    """Make drafts of the map, its SOPs, procedures and policies.

    `roles` says which role of the organisation stands for each role of the starting point; by default the one of the
    same name. A role that the organisation doesn't have is made, without a holder. A policy that it has by the same
    name is cited, not made again. The same command a second time returns the process that the first one made.
    """
    require(actor, drafting(Kind.PROCESS))
    point = queries.find(actor, slug)
    # One at a time in an organisation: slugs are chosen from what is there.
    Organisation.objects.select_for_update().get(pk=actor.org)
    made = _made_before(actor, point, command_id)
    if made is not None:
        return made
    titles = _titles(actor, point, roles or {})
    new_roles = _make_roles(actor, titles, now)
    process = _make_documents(actor, point, titles, now)
    event = DocumentCreated(Kind.PROCESS, process.slug, process.title)
    audit.record(actor.org, _stream(point), event, actor=actor.id, now=now, command=command_id)
    return Taken(process.slug, new_roles)


def _stream(point: StartingPoint) -> str:
    return f"starting-point:{point.slug}"


def _made_before(actor: Actor, point: StartingPoint, command_id: str) -> Taken | None:
    lines = Event.objects.filter(org_id=actor.org, stream=_stream(point), command=command_id, n=0)
    written = lines.exclude(payload="").first()  # empty where the person who did it was erased
    if written is None:
        return None
    event = decode(written.name, written.version, written.payload)
    assert isinstance(event, DocumentCreated)
    return Taken(event.slug)


# --- roles --------------------------------------------------------------------------------------


def _titles(actor: Actor, point: StartingPoint, wanted: Mapping[str, str]) -> dict[str, str]:
    """The organisation's title of each role of the starting point."""
    known = {role.folded: role.title for role in Role.objects.filter(org_id=actor.org)}
    titles = {}
    for number, role in enumerate(point.roles):
        title = " ".join(wanted.get(role, role).split()) or role
        if len(title) > LONGEST_ROLE:
            raise Refused(
                Refusal("too_long", f"A role's name has {LONGEST_ROLE} characters at most.", f"role-{number}")
            )
        titles[role] = known.get(title.casefold(), title)
    return titles


def _make_roles(actor: Actor, titles: Mapping[str, str], now: dt.datetime) -> tuple[str, ...]:
    """Roles that aren't there yet, so that the people page asks who holds them."""
    if not actor.may(Verb.MANAGE_PEOPLE):
        return ()
    known = set(Role.objects.filter(org_id=actor.org).values_list("folded", flat=True))
    missing = [title for title in dict.fromkeys(titles.values()) if title.casefold() not in known]
    for title in missing:
        members.set_role(actor, title, holders=(), backup=None, now=now)
    return tuple(missing)


# --- documents ----------------------------------------------------------------------------------


def _make_documents(actor: Actor, point: StartingPoint, titles: Mapping[str, str], now: dt.datetime) -> Document:
    """The policies, the map, then its directions, each under a slug that is free and all leading to one another."""
    process_slug = documents.free_slug(actor.org, Kind.PROCESS, point.slug)
    policies = {policy.slug: _policy_slug(actor, policy) for policy in point.policies}
    for policy in point.policies:
        if not _has_policy(actor, policy):
            mine = replace(policy, slug=policies[policy.slug], applies_to=(process_slug,))
            _create(actor, _with_roles(mine, titles), now)
    process = _create(actor, _with_roles(_own_process(point.process, process_slug, policies), titles), now)
    for value in point.directions:
        step = value.step.split("/", 1)[1]
        _create(actor, _with_roles(replace(value, step=f"{process_slug}/{step}"), titles), now)
    return process


def _has_policy(actor: Actor, policy: Policy) -> bool:
    rows = Document.objects.filter(org_id=actor.org, kind=Kind.POLICY, slug=policy.slug, title__iexact=policy.title)
    return rows.exclude(status=Status.RETIRED).exists()


def _policy_slug(actor: Actor, policy: Policy) -> str:
    return policy.slug if _has_policy(actor, policy) else documents.free_slug(actor.org, Kind.POLICY, policy.slug)


def _own_process(process: Process, slug: str, policies: Mapping[str, str]) -> Process:
    target = process.target
    if target is not None and target.policy:
        target = replace(target, policy=policies[target.policy])
    return replace(process, slug=slug, target=target, policies=tuple(policies[name] for name in process.policies))


def _with_roles(value: AnyDocument, titles: Mapping[str, str]) -> AnyDocument:
    value = replace(value, owner=titles[value.owner])
    if isinstance(value, Process):
        return replace(value, steps=tuple(replace(step, role=titles[step.role]) for step in value.steps))
    if isinstance(value, Sop):
        return replace(value, role=titles[value.role])
    if isinstance(value, Policy):
        exceptions = (replace(one, approver=titles[one.approver]) for one in value.exceptions)
        return replace(value, exceptions=tuple(exceptions))
    return value


def _create(actor: Actor, value: AnyDocument, now: dt.datetime) -> Document:
    return documents.create(actor, kind_of(value), to_plain(value), slug=value.slug, now=now)
