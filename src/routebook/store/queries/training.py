"""What somebody has to read and to practise, which ways in they need, and who helps: for themselves and who manages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routebook.core.handoff import Level
from routebook.store.access import Actor, NotFound, Verb, actor_of, require
from routebook.store.models import DelegatedStep, Document
from routebook.store.queries import handoffs, members, readings
from routebook.store.queries.handoffs import HandoffView
from routebook.store.queries.members import PersonView
from routebook.store.queries.readings import ToRead, folded

MOST_TO_READ = 8


@dataclass(frozen=True, slots=True)
class WayIn:
    """A tool that a hand-off needs; `missing` says that they could not open it, `tried` that they said so or not."""

    tool: str
    vault: str
    missing: bool
    tried: bool
    view: HandoffView


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who helps, with the steps that they gave, or none for who stands beside in a role."""

    person: PersonView
    steps: tuple[HandoffView, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """Everything of one person's first days. `maps` are the processes that their steps and roles are part of."""

    person: PersonView
    to_read: Sequence[ToRead]
    unread: int
    handoffs: Sequence[HandoffView]
    ways_in: Sequence[WayIn]
    helpers: Sequence[Helper]
    maps: Sequence[Document]

    def at(self, *levels: Level) -> list[HandoffView]:
        """The hand-offs at these levels."""
        return [view for view in self.handoffs if view.state.level in levels]


def training(actor: Actor, member: int) -> Training:
    """Somebody's training. Raises `NotFound` for one that is not the actor's to see."""
    require(actor, Verb.SEE_PEOPLE)
    if member != actor.member and not actor.may(Verb.MANAGE_PEOPLE):
        raise NotFound
    everybody = members.people(actor)
    person = next((one for one in everybody if one.row.pk == member), None)
    if person is None:
        raise NotFound
    views = handoffs.of(actor, member)
    unread, total = readings.to_read(actor_of(person.row), MOST_TO_READ)
    return Training(
        person=person,
        to_read=unread,
        unread=total,
        handoffs=views,
        ways_in=_ways_in(views),
        helpers=_helpers(person, views, everybody),
        maps=_maps(actor, person, views),
    )


def _ways_in(views: Sequence[HandoffView]) -> list[WayIn]:
    found: dict[tuple[str, str], WayIn] = {}
    for view in views:
        for tool in view.state.card.tools:
            missing = tool.tool in view.state.missing_access
            known = found.get((tool.tool, tool.vault))
            if known is None or missing:
                tried = view.state.level is not Level.PREPARED
                found[tool.tool, tool.vault] = WayIn(tool.tool, tool.vault, missing, tried, view)
    return sorted(found.values(), key=lambda one: (one.tried and not one.missing, one.tool.casefold()))


def _helpers(person: PersonView, views: Sequence[HandoffView], everybody: Sequence[PersonView]) -> list[Helper]:
    """Who gave them a step, then who holds the same role."""
    found = []
    for one in everybody:
        if one.row.pk == person.row.pk:
            continue
        steps = tuple(view for view in views if view.row.delegator_id == one.row.pk)
        if steps or set(one.roles) & set(person.roles):
            found.append(Helper(one, steps))
    return sorted(found, key=lambda helper: -len(helper.steps))


def _maps(actor: Actor, person: PersonView, views: Sequence[HandoffView]) -> list[Document]:
    roles = {folded(role) for role in person.roles}
    steps = DelegatedStep.objects.filter(org_id=actor.org).values_list("process_id", "role")
    ids = {process for process, role in steps if folded(role) in roles} | {view.row.process_id for view in views}
    rows = Document.objects.filter(org_id=actor.org, pk__in=ids, published__isnull=False)
    return list(rows.order_by("title", "id"))
