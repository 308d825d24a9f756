"""What is somebody's when they leave: nothing of it may be left to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, F

from routebook.core.document import Access, Status, Step, same_name
from routebook.core.handoff import LINE
from routebook.core.run import RunStatus, TaskStatus
from routebook.store import facts
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Document, Event, Member, Question, RevokedAccess, Role, Task
from routebook.store.queries import handoffs, members, readings
from routebook.store.queries.handoffs import HandoffView
from routebook.store.queries.members import PersonView, RoleView


class Left(StrEnum):
    """What still has to find somebody else before they can go."""

    TASKS = "open tasks"
    IN_REVIEW = "results that wait for a review"
    QUESTIONS = "questions that wait for them"
    HANDOFFS = "steps that were handed to them"
    DELEGATED = "hand-offs that name them"
    ROLES = "roles"
    ACCESS = "ways into tools"
    OWNER = "the organisation itself"


@dataclass(frozen=True, slots=True)
class TaskLeft:
    """An open task of theirs; `suggested` is who its role names beside them (a member's id, 0 for nobody)."""

    row: Task
    step: Step
    suggested: int


@dataclass(frozen=True, slots=True)
class RoleLeft:
    """A role that names them: as a holder (`others` hold it too) or as the backup. `documents` counts what the role
    answers for; it would be nobody's where nobody else holds the role."""

    view: RoleView
    holds: bool
    others: tuple[Member, ...]
    stands_in: bool
    documents: int


@dataclass(frozen=True, slots=True)
class AccessLeft:
    """A way into a tool that some hand-off gave them. `revoked` is the tick, None while it is open."""

    tool: str
    vault: str
    account_owner: str
    revoker: str
    revoked: RevokedAccess | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything of one person on one screen. `redo` are steps that were theirs and that nobody has taken on since;
    `left_at` and `seen_off_by` say when they left, and who saw to it."""

    person: PersonView
    tasks: Sequence[TaskLeft]
    in_review: Sequence[TaskLeft]
    questions: Sequence[Question]
    handoffs: Sequence[HandoffView]
    redo: Sequence[HandoffView]
    delegated: Sequence[HandoffView]
    roles: Sequence[RoleLeft]
    access: Sequence[AccessLeft]
    is_last_owner: bool
    left_at: dt.datetime | None
    seen_off_by: str

    @property
    def left(self) -> tuple[Left, ...]:
        """What still keeps them from going, in the order of the page."""
        found = (
            (Left.OWNER, self.is_last_owner),
            (Left.TASKS, bool(self.tasks)),
            (Left.IN_REVIEW, bool(self.in_review)),
            (Left.QUESTIONS, bool(self.questions)),
            (Left.HANDOFFS, bool(self.handoffs)),
            (Left.DELEGATED, bool(self.delegated)),
            (Left.ROLES, bool(self.roles)),
            (Left.ACCESS, any(one.revoked is None for one in self.access)),
        )
        return tuple(what for what, there in found if there)


def leaving(actor: Actor, member: int) -> Leaving:
    """What is theirs now. Raises `NotFound` for somebody of another organisation."""
    require(actor, Verb.MANAGE_PEOPLE)
    person = members.person(actor, member)
    views, roles = handoffs.listing(actor), members.roles(actor)
    own = [view for view in views if view.row.receiver_id == member]
    going = [view for view in own if view.state.level in LINE]
    line = _went(actor, member) if not person.row.active else None
    return Leaving(
        person=person,
        tasks=_tasks(actor, member, TaskStatus.OPEN, roles),
        in_review=_tasks(actor, member, TaskStatus.SUBMITTED, roles),
        questions=_questions(actor, member),
        handoffs=going,
        redo=_redo(own, views),
        delegated=[view for view in views if view.state.level in LINE and _names(view, person.row)],
        roles=_roles(actor, member, roles),
        access=_access(actor, member, own),
        is_last_owner=_is_last_owner(actor, person.row),
        left_at=line.at if line else None,
        seen_off_by=line.actor if line else "",
    )


def _tasks(actor: Actor, member: int, status: TaskStatus, roles: Sequence[RoleView]) -> list[TaskLeft]:
    rows = Task.objects.filter(org_id=actor.org, assignee_id=member, status=status, run__status=RunStatus.RUNNING)
    with_runs = rows.select_related("run", "run__process", "run__version")
    found = with_runs.defer("run__snapshot", "run__version__content").order_by(F("due").asc(nulls_last=True), "id")
    return [_task(actor, member, row, roles) for row in found]


def _task(actor: Actor, member: int, row: Task, roles: Sequence[RoleView]) -> TaskLeft:
    run = row.run
    step = facts.definition(actor.org, run.process_id, run.version_id, run.version.content_hash).steps[row.step]
    role = next((view for view in roles if view.row.folded == readings.folded(step.role)), None)
    able = [*role.holders, *([role.backup] if role.backup else [])] if role else []
    return TaskLeft(row, step, next((one.pk for one in able if one.pk != member), 0))


def _questions(actor: Actor, member: int) -> list[Question]:
    rows = Question.objects.filter(org_id=actor.org, to_id=member, answered_at__isnull=True)
    return list(rows.select_related("run", "run__process").defer("run__snapshot").order_by("asked_at", "id"))


def _redo(own: Sequence[HandoffView], views: Sequence[HandoffView]) -> list[HandoffView]:
    taken = {_place(view) for view in views if view.state.level in LINE}
    return [view for view in own if view.state.level not in LINE and _place(view) not in taken]


def _place(view: HandoffView) -> tuple[int, str, str]:
    return view.row.process_id, view.row.step, view.row.variation


def _names(view: HandoffView, member: Member) -> bool:
    """Whether somebody else's hand-off depends on them: they delegate, revoke, stand in, or own an account of it."""
    if view.row.receiver_id == member.pk:
        return False
    card, me = view.state.card, str(member.pk)
    if me in (view.state.delegator, card.revoker, view.state.terms.backup):
        return True
    return any(same_name(tool.account_owner, member.name) for tool in card.tools)


def _roles(actor: Actor, member: int, roles: Sequence[RoleView]) -> list[RoleLeft]:
    owned = dict(
        Document.objects.filter(org_id=actor.org)
        .exclude(status=Status.RETIRED)
        .order_by()
        .values_list("owner")
        .annotate(n=Count("id"))
    )
    answers: dict[str, int] = {}
    for title, n in owned.items():
        answers[readings.folded(title)] = answers.get(readings.folded(title), 0) + n
    rows = Role.objects.filter(org_id=actor.org, holdings__member_id=member).values_list("pk", flat=True)
    holds = set(rows)
    backs = set(Role.objects.filter(org_id=actor.org, backup_id=member).values_list("pk", flat=True))
    return [
        RoleLeft(
            view=view,
            holds=view.row.pk in holds,
            others=tuple(one for one in view.holders if one.pk != member),
            stands_in=view.row.pk in backs,
            documents=answers.get(view.row.folded, 0),
        )
        for view in roles
        if view.row.pk in holds or view.row.pk in backs
    ]


def _access(actor: Actor, member: int, own: Sequence[HandoffView]) -> list[AccessLeft]:
    ticks = {
        (row.tool, row.vault): row
        for row in RevokedAccess.objects.select_related("done_by").filter(org_id=actor.org, member_id=member)
    }
    names = members.names(actor)
    found: dict[tuple[str, str], AccessLeft] = {}
    for view in own:
        for tool in view.state.card.tools:
            key = (tool.tool, tool.vault)
            revoker = names.get(view.state.card.revoker, "")
            found.setdefault(key, AccessLeft(*key, tool.account_owner, revoker, ticks.get(key)))
    return sorted(found.values(), key=lambda one: (one.tool.casefold(), one.vault))


def _is_last_owner(actor: Actor, member: Member) -> bool:
    if member.access != Access.OWNER or not member.active:
        return False
    owners = Member.objects.filter(org_id=actor.org, access=Access.OWNER, active=True)
    return not owners.exclude(pk=member.pk).exists()


def _went(actor: Actor, member: int) -> Event | None:
    lines = Event.objects.filter(org_id=actor.org, stream=f"member:{member}", name="member.left")
    return lines.order_by("-seq").first()
