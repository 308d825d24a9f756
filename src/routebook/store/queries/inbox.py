"""What people read of their inbox, and the owner of the mail that goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min

from routebook.core.document import MailWhen
from routebook.store import mails
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Member, Notice, Outbox
from routebook.store.notices import MAIL

PAGE = 50
MOST_TROUBLES = 50


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of what somebody was told, the newest first."""

    notices: Sequence[Notice]
    unread: int
    page: int
    more: bool


def inbox(actor: Actor, page: int = 1) -> Inbox:
    """The actor's inbox, `PAGE` lines on a page."""
    rows = Notice.objects.filter(member_id=actor.member, org_id=actor.org).order_by("-created_at", "-pk")
    first = (page - 1) * PAGE
    found = list(rows[first : first + PAGE + 1])
    return Inbox(found[:PAGE], unread(actor), page, len(found) > PAGE)


def unread(actor: Actor) -> int:
    """How many lines of the actor's inbox are new."""
    return Notice.objects.filter(member_id=actor.member, org_id=actor.org, read_at__isnull=True).count()


def mail_choice(actor: Actor) -> tuple[MailWhen, str]:
    """When the actor gets mail, and at which address."""
    member = Member.objects.get(org_id=actor.org, pk=actor.member)
    return MailWhen(member.mail), member.email


# --- mail that goes out -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that didn't go. `again_at` is when it is tried again by itself, None for never."""

    id: int
    to: str
    subject: str
    reason: str
    attempts: int
    again_at: dt.datetime | None
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Post:
    """How mail stands: how many wait, what went wrong, and when the last one went out."""

    waiting: int
    troubles: Sequence[Trouble]
    last_sent: dt.datetime | None


def post(actor: Actor) -> Post:
    """The organisation's outgoing mail. For its owner."""
    require(actor, Verb.MANAGE_ORGANISATION)
    rows = Outbox.objects.filter(org_id=actor.org, kind=MAIL)
    open_rows = rows.filter(done_at__isnull=True)
    return Post(
        waiting=open_rows.filter(error="").count(),
        troubles=[_trouble(row) for row in open_rows.exclude(error="").order_by("-pk")[:MOST_TROUBLES]],
        last_sent=rows.aggregate(last=Max("done_at"))["last"],
    )


def troubles(actor: Actor) -> tuple[int, dt.datetime | None]:
    """How many mails did not go, and since when; (0, None) for whoever can't do anything about it."""
    if not actor.may(Verb.MANAGE_ORGANISATION):
        return 0, None
    rows = Outbox.objects.filter(org_id=actor.org, kind=MAIL, done_at__isnull=True).exclude(error="")
    found = rows.aggregate(n=Count("pk"), since=Min("created_at"))
    return found["n"], found["since"]


def _trouble(row: Outbox) -> Trouble:
    mail = mails.mail_of(row.payload)
    return Trouble(row.pk, mail.to, mail.subject, row.error, row.attempts, row.next_due, row.created_at)


def mail(actor: Actor, mail_id: int) -> mails.Mail:
    """One mail as it went out, or will: the actor's own, for the owner any of the organisation's."""
    row = Outbox.objects.filter(org_id=actor.org, kind=MAIL, pk=mail_id).first()
    if row is None:
        raise NotFound
    found = mails.mail_of(row.payload)
    if not actor.may(Verb.MANAGE_ORGANISATION) and found.to != mail_choice(actor)[1]:
        raise NotFound
    return found.without_secret()


def own_mails(actor: Actor, most: int = 10) -> Sequence[tuple[int, mails.Mail, dt.datetime]]:
    """The last mails to the actor, as (id, mail, when it was written)."""
    rows = Outbox.objects.filter(org_id=actor.org, kind=MAIL, key__startswith=f"{actor.member}:").order_by("-pk")[:most]
    return [(row.pk, mails.mail_of(row.payload), row.created_at) for row in rows]
