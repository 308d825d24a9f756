"""What becomes of outbox rows: lines of people's inboxes, and mails for those who want them.

All of it happens in transactions of this database, so a server that dies on the way tells nobody twice and forgets
nobody: either the outbox row is done and its lines are there, or neither is.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from routebook.core.document import Access, Kind, MailWhen, Status
from routebook.core.events import Refusal
from routebook.core.run import RunStatus, TaskStatus
from routebook.store import mails, notices
from routebook.store.access import Actor, NotFound, Refused
from routebook.store.models import Document, Member, Notice, Outbox, Task
from routebook.store.queries.upkeep import REMIND_BEFORE

log = logging.getLogger(__name__)

AT_MOST = 100
"""Outbox rows that one transaction delivers."""
SUMMARY_HOUR = 8
"""The hour of somebody's own morning at which a day's notices go into one mail."""
LATE_WITHIN = dt.timedelta(days=1)
OVERDUE_WITHIN = dt.timedelta(days=30)
KEPT_SENT = dt.timedelta(days=30)
KEPT_READ = dt.timedelta(days=180)
POSTPONED = dt.timedelta(hours=1)


# --- delivering ---------------------------------------------------------------------------------


def deliver(now: dt.datetime, *, by_mail: bool = True) -> int:
    """Tell people what is due, `AT_MOST` rows at once; how many rows were done. Call it until it says 0."""
    due = Outbox.objects.filter(done_at__isnull=True, next_due__lte=now).exclude(kind=notices.MAIL)
    if not due.exists():  # SQLite's one writer isn't asked for nothing, once a second
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("next_due", "id")[:AT_MOST])
        told = _in_words(rows, now)
        made = _new_lines(told, now, by_mail)
        Notice.objects.bulk_create(made)
        if by_mail:
            wanted = [line for line in made if _at_once(line)]
            _enqueue([(line.member, f"{line.member_id}:{line.key}", mails.later(line)) for line in wanted], now)
        Outbox.objects.filter(pk__in=[row.pk for row, _ in told]).update(done_at=now, error="")
    return len(rows)


def _in_words(rows: Sequence[Outbox], now: dt.datetime) -> list[tuple[Outbox, notices.Telling | None]]:
    """One row that can't be put into words must not keep the others waiting: it is put off, and says why."""
    found: list[tuple[Outbox, notices.Telling | None]] = []
    tasks = notices.tasks_of(rows)
    for row in rows:
        try:
            found.append((row, notices.telling(row, tasks)))
        except (LookupError, ValueError, TypeError, RuntimeError) as error:
            log.exception("notice %s %s can't be put into words", row.kind, row.key)
            row.attempts, row.next_due, row.error = row.attempts + 1, now + POSTPONED, repr(error)[:500]
            row.save(update_fields=["attempts", "next_due", "error"])
    return found


def _new_lines(told: Sequence[tuple[Outbox, notices.Telling | None]], now: dt.datetime, by_mail: bool) -> list[Notice]:
    """The lines of all inboxes, but those that stand there already."""
    people = {member for _, telling in told if telling for member in telling.to}
    members = {row.pk: row for row in Member.objects.select_related("org").filter(pk__in=people, active=True)}
    keys = [f"{row.kind}:{row.key}" for row, telling in told if telling]
    known = set(Notice.objects.filter(member__in=members, key__in=keys).values_list("member_id", "key"))
    made = []
    for row, telling in told:
        key, urgent = f"{row.kind}:{row.key}", row.kind in notices.URGENT
        for pk in dict.fromkeys(telling.to if telling else ()):
            member = members.get(pk)
            if telling is None or member is None or member.org_id != row.org_id or (pk, key) in known:
                continue
            known.add((pk, key))
            waits = by_mail and member.mail == MailWhen.DAILY and not urgent
            line = Notice(org_id=row.org_id, member=member, kind=row.kind, key=key, urgent=urgent)
            line.title, line.about, line.address = telling.words.title[:300], telling.words.about, telling.words.address
            line.created_at, line.mailed_at = row.created_at, None if waits else now
            made.append(line)
    return made


def _at_once(line: Notice) -> bool:
    return wants_mail(line.member) and (line.urgent or line.member.mail == MailWhen.AT_ONCE)


def wants_mail(member: Member) -> bool:
    """Whether mail can reach somebody: people with an address who have joined."""
    return bool(member.email and member.user_id) and member.access != Access.AGENT


def _enqueue(found: Iterable[tuple[Member, str, str]], now: dt.datetime) -> None:
    """Mails to go, as (member, key, payload)."""
    rows = [
        Outbox(org_id=member.org_id, kind=notices.MAIL, key=key[:160], payload=payload, next_due=now, created_at=now)
        for member, key, payload in found
    ]
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)


def pass_over(org: int, *, before: dt.datetime) -> None:
    """Tell nobody of what happened before a moment, such as the past that a sample is given."""
    rows = Outbox.objects.filter(org_id=org, done_at__isnull=True, created_at__lt=before)
    rows.update(done_at=before)


# --- once a day ---------------------------------------------------------------------------------


def summarise(now: dt.datetime) -> int:
    """One mail for each person who wants one a day and has something new since; how many mails were made."""
    waiting = Member.objects.filter(mail=MailWhen.DAILY, active=True, notices__mailed_at__isnull=True).distinct()
    made = 0
    for member in waiting.select_related("org").order_by("pk"):
        morning = _morning(member, now)
        if wants_mail(member) and now >= morning:
            made += _summarise_one(member, morning, now)
    return made


def _morning(member: Member, now: dt.datetime) -> dt.datetime:
    local = now.astimezone(ZoneInfo(member.time_zone or member.org.time_zone))
    return local.replace(hour=SUMMARY_HOUR, minute=0, second=0, microsecond=0)


@transaction.atomic
def _summarise_one(member: Member, morning: dt.datetime, now: dt.datetime) -> bool:
    """What came before this morning and isn't read; what comes later waits for the next one."""
    rows = Notice.objects.select_for_update().filter(member=member, mailed_at__isnull=True, created_at__lt=morning)
    found = list(rows.order_by("created_at", "pk"))
    if not found:
        return False
    unread = [notice for notice in found if notice.read_at is None]
    if unread:
        mail = mails.summary(member, unread).to_json()
        _enqueue([(member, f"{member.pk}:summary:{morning.date()}", mail)], now)
    Notice.objects.filter(pk__in=[notice.pk for notice in found]).update(mailed_at=now)
    return bool(unread)


# --- what the clock says ------------------------------------------------------------------------


def remind(now: dt.datetime) -> None:
    """Tell of tasks that became late, and of documents whose review is due. Each is told once."""
    for task in _late(now):
        key = f"{task.run_id}:{task.number}:{task.attempt}:{task.due:%Y%m%dT%H%M%S}"
        _once(task.org_id, "task.late", key, [task.assignee_id or 0], now, run=task.run_id, task=task.number)
    today = now.date()
    for row in _reviewed(today):
        assert row.review_by is not None
        kind = "document.review_overdue" if row.review_by < today else "document.review_soon"
        key, day = f"{row.pk}:{row.review_by}", row.review_by.isoformat()
        _once(row.org_id, kind, key, notices.answering(row.org_id, row), now, document=row.pk, day=day)


def _late(now: dt.datetime) -> Sequence[Task]:
    rows = Task.objects.filter(status=TaskStatus.OPEN, due__lt=now, due__gte=now - LATE_WITHIN, blocked_on="")
    return list(rows.filter(run__status=RunStatus.RUNNING, assignee__isnull=False))


def _reviewed(today: dt.date) -> Sequence[Document]:
    near = Q(review_by__lte=today + REMIND_BEFORE, review_by__gte=today - OVERDUE_WITHIN)
    return list(Document.objects.filter(near, status=Status.PUBLISHED).exclude(kind=Kind.GOAL))


def _once(org: int, kind: str, key: str, to: Iterable[int], now: dt.datetime, **about: object) -> None:
    if not Outbox.objects.filter(org_id=org, kind=kind, key=key).exists():
        notices.post(org, kind, key, to, now, **about)


def tidy(now: dt.datetime) -> None:
    """Forget what was done long ago. A reminder's row stays as long as it could be made again."""
    Outbox.objects.filter(done_at__lt=now - KEPT_SENT - OVERDUE_WITHIN).delete()
    Notice.objects.filter(read_at__lt=now - KEPT_READ).delete()


# --- what people do with their inbox ------------------------------------------------------------


def read(actor: Actor, notice_id: int, *, now: dt.datetime) -> Notice:
    """Take a line of the actor's inbox as read; its `address` is where it leads."""
    notice = Notice.objects.filter(org_id=actor.org, member_id=actor.member, pk=notice_id).first()
    if notice is None:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


def read_all(actor: Actor, *, now: dt.datetime) -> int:
    """Take the whole inbox as read; how many lines were not."""
    return Notice.objects.filter(org_id=actor.org, member_id=actor.member, read_at__isnull=True).update(read_at=now)


@transaction.atomic
def choose_mail(actor: Actor, when: str, *, now: dt.datetime) -> None:
    """When the actor gets mail from now on."""
    if when not in set(MailWhen):
        raise Refused(Refusal("no_such_choice", "Choose at once, once a day, or off.", "mail"))
    _set_mail(Member.objects.filter(org_id=actor.org, pk=actor.member), MailWhen(when), now)


def _set_mail(members: Iterable[Member], when: MailWhen, now: dt.datetime) -> None:
    for member in members:
        member.mail = when
        member.save(update_fields=["mail"])
        if when is not MailWhen.DAILY:
            Notice.objects.filter(member=member, mailed_at__isnull=True).update(mailed_at=now)


@transaction.atomic
def unsubscribe(token: str, *, now: dt.datetime) -> Member:
    """Switch somebody's mail off by the link in their mail, without signing in."""
    member = mails.member_of(token)
    _set_mail([member], MailWhen.OFF, now)
    return member
