"""People and roles: add, invite, join, change, be away, leave."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from routebook.core.audit import MemberAdded, MemberAway, MemberChanged, MemberInvited, MemberJoined, RoleChanged
from routebook.core.document import Access, WorkingWeek
from routebook.core.events import Refusal
from routebook.store import audit, journal, search
from routebook.store import mails as written
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import mails
from routebook.store.actions.organisations import (
    checked_email,
    checked_time_zone,
    digest,
    key_of,
    new_user,
    set_checked_password,
)
from routebook.store.countries import checked_holidays
from routebook.store.models import Away, Invitation, Member, Role, RoleHolder, User

INVITATION_DAYS = 7
HOURS_OF_A_WEEK = 168
MOST_COST = 1_000_000


def stream_of(member: int) -> str:
    """The journal's stream of a member."""
    return f"member:{member}"


@transaction.atomic
def add(
    actor: Actor,
    *,
    name: str,
    access: Access,
    now: dt.datetime,
    email: str = "",
    time_zone: str = "",
    holidays: str = "",
    week: WorkingWeek | None = None,
    key: str = "",
    command: str = "",
) -> Member:
    """A new person without an account; `invite` gives them one. The same `command` again gives the same person."""
    require(actor, Verb.MANAGE_PEOPLE)
    _may_give(actor, access)
    lately = Member.objects.filter(org_id=actor.org, created_at__gte=now - audit.REPEATS)
    made = audit.made_before(actor, "member", lately, command)
    if made is not None:
        return lately.get(pk=made)
    if not name.strip():
        raise Refused(Refusal("name_missing", "What is their name?", "name"))
    _be_alone_at(actor.org, email)
    member = Member.objects.create(
        org_id=actor.org,
        key=_free_key(actor.org, key or key_of(name)),
        name=name.strip()[:200],
        email=checked_email(email) if email.strip() else "",
        access=access,
        time_zone=checked_time_zone(time_zone) if time_zone else "",
        holidays=checked_holidays(holidays),
        week=[list(span) for span in week.spans] if week else None,
        created_at=now,
    )
    journal.touch_facts(actor.org)
    search.index_member(actor.org, member.pk)
    event = MemberAdded(member.key, member.name, access)
    audit.record(actor.org, stream_of(member.pk), event, actor=actor.id, now=now, command=command)
    return member


def _be_alone_at(org: int, email: str, but: int | None = None) -> None:
    """Two people with one address could not both sign in."""
    others = Member.objects.filter(org_id=org, active=True, email__iexact=email.strip())
    if but is not None:
        others = others.exclude(pk=but)
    other = others.first() if email.strip() else None
    if other is not None:
        raise Refused(Refusal("email_taken", f"{other.name} has this address already.", "email"))


def _free_key(org: int, wanted: str) -> str:
    taken = set(Member.objects.filter(org_id=org, key__startswith=wanted).values_list("key", flat=True))
    key, n = wanted, 1
    while key in taken:
        n += 1
        key = f"{wanted}-{n}"
    return key


def _may_give(actor: Actor, access: Access) -> None:
    """Only an owner makes owners; nobody widens what they have themselves."""
    if access is Access.OWNER and actor.access is not Access.OWNER:
        raise Refused(Refusal("forbidden", "Only an owner can make somebody an owner.", "access"))


def member_for_change(actor: Actor, member_id: int) -> Member:
    """A member of the actor's organisation, locked until the transaction ends."""
    member = Member.objects.select_for_update().filter(org_id=actor.org, pk=member_id).first()
    if member is None:
        raise NotFound
    return member


@transaction.atomic
def change(
    actor: Actor,
    member_id: int,
    *,
    now: dt.datetime,
    name: str | None = None,
    email: str | None = None,
    access: Access | None = None,
    time_zone: str | None = None,
    holidays: str | None = None,
    week: WorkingWeek | None = None,
    own_week: bool | None = None,
) -> Member:
    """Change a person; None leaves a thing as it is. `own_week` False goes back to the organisation's week. How
    somebody leaves, `actions.leaving` says."""
    require(actor, Verb.MANAGE_PEOPLE)
    member = member_for_change(actor, member_id)
    may_change(actor, member)
    wanted: dict[str, object] = {}
    if name is not None:
        if not name.strip():
            raise Refused(Refusal("name_missing", "What is their name?", "name"))
        wanted["name"] = name.strip()[:200]
    if email is not None:
        _be_alone_at(actor.org, email, but=member.pk)
        wanted["email"] = checked_email(email) if email.strip() else ""
    if access is not None:
        _may_give(actor, access)
        wanted["access"] = access
    if time_zone is not None:
        wanted["time_zone"] = checked_time_zone(time_zone) if time_zone else ""
    if holidays is not None:
        wanted["holidays"] = checked_holidays(holidays)
    if week is not None or own_week is False:
        wanted["week"] = [list(span) for span in week.spans] if week else None
    changed = tuple(field for field, value in wanted.items() if getattr(member, field) != value)
    if not changed:
        return member
    for field in changed:
        setattr(member, field, wanted[field])
    _keep_an_owner(actor.org, member)
    member.save()
    journal.touch_facts(actor.org)
    search.index_member(actor.org, member.pk)
    event = MemberChanged(changed, str(member.access), member.active)
    audit.record(actor.org, stream_of(member.pk), event, actor=actor.id, now=now)
    return member


@transaction.atomic
def set_capacity(
    actor: Actor, member_id: int, *, hours: Decimal | None, cost: Decimal | None, now: dt.datetime
) -> Member:
    """How many hours a week somebody has for work here, and what one of them costs; None for not said.

    The record says that it changed, not to what.
    """
    require(actor, Verb.SEE_COSTS)
    member = member_for_change(actor, member_id)
    _be_amount(hours, HOURS_OF_A_WEEK, "capacity", "A week has 168 hours: give a number from 0 to that.")
    _be_amount(cost, MOST_COST, "cost", "Give what an hour costs, 0 or more.")
    wanted = {"capacity": hours, "cost": cost}
    changed = tuple(field for field, value in wanted.items() if getattr(member, field) != value)
    if not changed:
        return member
    member.capacity, member.cost = hours, cost
    member.save(update_fields=changed)
    event = MemberChanged(changed, str(member.access), member.active)
    audit.record(actor.org, stream_of(member.pk), event, actor=actor.id, now=now)
    return member


def _be_amount(value: Decimal | None, most: int, field: str, sentence: str) -> None:
    if value is not None and not (value.is_finite() and 0 <= value <= most):
        raise Refused(Refusal("out_of_range", sentence, field))


def may_change(actor: Actor, member: Member) -> None:
    """Raise `Refused` where somebody would change an owner without being one."""
    if member.access == Access.OWNER and actor.access is not Access.OWNER:
        raise Refused(Refusal("forbidden", "Only an owner can change an owner."))


def _keep_an_owner(org: int, member: Member) -> None:
    if member.access == Access.OWNER and member.active:
        return
    others = Member.objects.filter(org_id=org, access=Access.OWNER, active=True).exclude(pk=member.pk)
    if not others.exists():
        raise Refused(Refusal("last_owner", "Somebody must own the organisation; make another owner first.", "access"))


# --- joining ------------------------------------------------------------------------------------


@transaction.atomic
def invite(actor: Actor, member_id: int, *, now: dt.datetime, by_mail: bool = False) -> str:
    """A one-time token by which the member gets an account; earlier ones stop working. It can go by mail as well."""
    require(actor, Verb.MANAGE_PEOPLE)
    member = member_for_change(actor, member_id)
    may_change(actor, member)
    if member.user_id is not None:
        raise Refused(Refusal("has_account", f"{member.name} can already sign in."))
    if not member.active:
        raise Refused(Refusal("not_active", f"{member.name} does not work here any more."))
    Invitation.objects.filter(org_id=actor.org, member=member, used_at__isnull=True).delete()
    token = secrets.token_urlsafe(24)
    expires = now + dt.timedelta(days=INVITATION_DAYS)
    made = Invitation.objects.create(
        org_id=actor.org,
        member=member,
        digest=digest(token),
        expires_at=expires,
        created_by_id=actor.member,
        created_at=now,
    )
    if by_mail and member.email:
        mails.enqueue(actor.org, f"invitation:{made.pk}", written.invitation(made, token), now=now)
    audit.record(actor.org, stream_of(member.pk), MemberInvited(expires), actor=actor.id, now=now)
    return token


def invitation(token: str, *, now: dt.datetime) -> Invitation | None:
    """The invitation behind a token, if it can still be used."""
    return (
        Invitation.objects.select_related("member", "org", "created_by")
        .filter(digest=digest(token), used_at__isnull=True, expires_at__gt=now, member__active=True)
        .first()
    )


@transaction.atomic
def join(token: str, *, email: str, password: str, now: dt.datetime, user: User | None = None) -> User:
    """Use an invitation: with the account that is signed in, or with a new one."""
    found = invitation(token, now=now)
    if found is None:
        raise NotFound
    if user is None:
        user = new_user(name=found.member.name, email=email, password=password)
    if Member.objects.filter(org_id=found.org_id, user=user).exists():
        raise Refused(Refusal("already_member", "You already belong to this organisation."))
    # The condition settles a race: of two people with one link, the first gets in.
    used = Invitation.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=now)
    if not used:
        raise NotFound
    Member.objects.filter(pk=found.member_id).update(user=user, email=user.email)
    journal.touch_facts(found.org_id)
    audit.record(found.org_id, stream_of(found.member_id), MemberJoined(), actor=str(found.member_id), now=now)
    return user


@transaction.atomic
def open_account(actor: Actor, member_id: int, *, now: dt.datetime) -> User:
    """An account for a member by their e-mail address, for whoever operates the server: no link is sent.

    Somebody who has an account here already uses that one; a new one has no password until `set_password`.
    """
    require(actor, Verb.MANAGE_PEOPLE)
    member = member_for_change(actor, member_id)
    if member.user is not None:
        return member.user
    email = checked_email(member.email)
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name=member.name)
    if Member.objects.filter(org_id=actor.org, user=user).exists():
        raise Refused(Refusal("already_member", f"Somebody else here signs in as {email}.", "email"))
    Invitation.objects.filter(org_id=actor.org, member=member, used_at__isnull=True).delete()
    member.user = user
    member.save()
    journal.touch_facts(actor.org)
    audit.record(actor.org, stream_of(member.pk), MemberJoined(), actor=str(member.pk), now=now)
    return user


def set_password(email: str, password: str) -> None:
    """Give the account with this address a new password that is good enough. Raises `NotFound`."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise NotFound
    set_checked_password(user, password)
    user.save()


# --- roles --------------------------------------------------------------------------------------


@transaction.atomic
def set_role(
    actor: Actor, title: str, *, holders: Sequence[int], backup: int | None, now: dt.datetime, new: bool = False
) -> Role:
    """Who holds a role (members' ids, the first gets the tasks) and who stands in; makes a role that isn't there.

    `new`: it must not be there yet.
    """
    require(actor, Verb.MANAGE_PEOPLE)
    title = " ".join(title.split())
    if not title:
        raise Refused(Refusal("title_missing", "What is the role called?", "title"))
    known = set(
        Member.objects.filter(org_id=actor.org, pk__in=[*holders, *([backup] if backup else [])]).values_list(
            "pk", flat=True
        )
    )
    if not known.issuperset(holders) or (backup is not None and backup not in known):
        raise NotFound
    role, created = Role.objects.get_or_create(
        org_id=actor.org, folded=title.casefold()[:200], defaults={"title": title[:200]}
    )
    if new and not created:
        raise Refused(Refusal("title_taken", f"There is a role “{role.title}” already; open that one.", "title"))
    before = (role.title, _holders(role), role.backup_id)
    role.title, role.backup_id = title[:200], backup
    wanted = tuple(dict.fromkeys(holders))
    if not created and before == (role.title, wanted, backup):
        return role
    role.save()
    RoleHolder.objects.filter(role=role).delete()
    RoleHolder.objects.bulk_create(
        RoleHolder(org_id=actor.org, role=role, member_id=member, position=position)
        for position, member in enumerate(wanted)
    )
    journal.touch_facts(actor.org)
    search.index_role(actor.org, role.pk, {*before[1], *wanted})
    event = RoleChanged(role.title, tuple(map(str, wanted)), str(backup or ""))
    audit.record(actor.org, f"role:{role.pk}", event, actor=actor.id, now=now)
    return role


def _holders(role: Role) -> tuple[int, ...]:
    return tuple(RoleHolder.objects.filter(role=role).order_by("position").values_list("member_id", flat=True))


# --- out of office ------------------------------------------------------------------------------


@transaction.atomic
def be_away(actor: Actor, member_id: int, *, first: dt.date, last: dt.date, now: dt.datetime) -> None:
    """Out of office; one's own dates, or anybody's for who manages people."""
    member = member_for_change(actor, member_id)
    if member.pk != actor.member:
        require(actor, Verb.MANAGE_PEOPLE)
    if last < first:
        raise Refused(Refusal("wrong_order", "The last day is before the first.", "last"))
    overlap = Away.objects.filter(org_id=actor.org, member=member, first__lte=last, last__gte=first)
    if overlap.exists():
        raise Refused(Refusal("overlap", "These days overlap with days that are already marked.", "first"))
    Away.objects.create(org_id=actor.org, member=member, first=first, last=last)
    journal.touch_facts(actor.org)
    event = MemberAway(first.isoformat(), last.isoformat())
    audit.record(actor.org, stream_of(member.pk), event, actor=actor.id, now=now)


@transaction.atomic
def be_back(actor: Actor, member_id: int, *, first: dt.date, now: dt.datetime) -> None:
    """Take back the out-of-office days that begin on `first`."""
    member = member_for_change(actor, member_id)
    if member.pk != actor.member:
        require(actor, Verb.MANAGE_PEOPLE)
    away = Away.objects.filter(org_id=actor.org, member=member, first=first).first()
    if away is None:
        raise NotFound
    event = MemberAway(away.first.isoformat(), away.last.isoformat(), back=True)
    away.delete()
    journal.touch_facts(actor.org)
    audit.record(actor.org, stream_of(member.pk), event, actor=actor.id, now=now)
