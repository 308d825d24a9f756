"""What people read of who works here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routebook.core.document import Access
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Invitation, Member, Organisation, Role


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with their roles; `invited` says that a link is out."""

    row: Member
    roles: tuple[str, ...]
    invited: bool

    @property
    def access(self) -> Access:
        return Access(self.row.access)


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role, who holds it (the first gets the tasks) and who stands in."""

    row: Role
    holders: tuple[Member, ...]
    backup: Member | None


def people(actor: Actor, *, former: bool = False) -> Sequence[PersonView]:
    """Everybody who works here, owners first; with `former` also who left."""
    require(actor, Verb.SEE_PEOPLE)
    members = Member.objects.filter(org_id=actor.org).prefetch_related("holdings__role", "aways").order_by("id")
    if not former:
        members = members.filter(active=True)
    invited = set(Invitation.objects.filter(org_id=actor.org, used_at__isnull=True).values_list("member_id", flat=True))
    order = list(Access)
    views = [
        PersonView(member, tuple(held.role.title for held in member.holdings.all()), member.pk in invited)
        for member in members
    ]
    return sorted(views, key=lambda view: (not view.row.active, order.index(view.access), view.row.name))


def person(actor: Actor, member_id: int) -> PersonView:
    """One person. Raises `NotFound` for somebody of another organisation."""
    for view in people(actor, former=True):
        if view.row.pk == member_id:
            return view
    raise NotFound


def roles(actor: Actor) -> Sequence[RoleView]:
    """All roles, by title; who left is named no more."""
    require(actor, Verb.SEE_PEOPLE)
    rows = Role.objects.filter(org_id=actor.org).select_related("backup").prefetch_related("holdings__member")
    return [
        RoleView(
            row,
            tuple(held.member for held in row.holdings.all() if held.member.active),
            row.backup if row.backup and row.backup.active else None,
        )
        for row in rows.order_by("title")
    ]


def names(actor: Actor) -> dict[str, str]:
    """People's names by the id that events use, those who left included."""
    return {str(pk): name for pk, name in Member.objects.filter(org_id=actor.org).values_list("pk", "name")}


def currency(actor: Actor) -> str:
    """What an organisation's money is counted in, "" for not said."""
    require(actor, Verb.SEE_COSTS)
    return Organisation.objects.values_list("currency", flat=True).get(pk=actor.org)


def organisation(actor: Actor) -> Organisation:
    """The actor's organisation."""
    require(actor, Verb.MANAGE_ORGANISATION)
    return Organisation.objects.get(pk=actor.org)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the shell lists them; `signs_in` says that they have a password."""

    email: str
    name: str
    access: str
    organisation: str
    active: bool
    signs_in: bool


def accounts() -> Sequence[Account]:
    """Everybody of this installation, for whoever operates it."""
    rows = Member.objects.select_related("org", "user").order_by("org__name", "org_id", "id")
    return [
        Account(
            email=row.user.email if row.user else row.email,
            name=row.name,
            access=row.access,
            organisation=row.org.name,
            active=row.active,
            signs_in=row.user is not None and row.user.has_usable_password(),
        )
        for row in rows
    ]


def sample_people() -> Sequence[Member]:
    """The people of the sample company, for the sign-in page of a server that only this machine reaches."""
    return list(
        Member.objects.select_related("org", "user")
        .filter(org__sample=True, active=True, user__isnull=False)
        .prefetch_related("holdings__role")
        .order_by("id")
    )
