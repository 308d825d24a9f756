"""Sending mail so that nobody gets one twice.

    claim  →  (the network, outside any transaction)  →  sent | failed | uncertain

A claimed mail that is found again after its lease was being sent when the server died. It may have arrived, so it is
not sent again by itself: it is shown to the owner, who may. A mail that surely was not taken is tried again later.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from routebook.core.document import MailWhen
from routebook.core.events import Refusal
from routebook.store import mails
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions.notices import wants_mail
from routebook.store.models import Member, Outbox
from routebook.store.notices import MAIL
from routebook.store.queries.handoffs import HandoffView

LEASE = dt.timedelta(minutes=15)
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""How long to wait after the first failure, the second, …; after the last the mail is given up and shown."""
AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this server is sending. `message_id` stays the same however often it is sent."""

    id: int
    message_id: str
    mail: mails.Mail


def claim(now: dt.datetime, *, most: int = AT_MOST) -> Sequence[Claimed]:
    """The mails to send now, marked as being sent."""
    due = Outbox.objects.filter(kind=MAIL, done_at__isnull=True, next_due__lte=now)
    due = due.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
    if not due.exists():
        return ()
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("next_due", "id")[:most])
        for row in rows:
            if row.claimed_until is not None:
                _give_up(row, "The server stopped while this was being sent. It may have arrived.")
            else:
                row.claimed_until, row.attempts = now + LEASE, row.attempts + 1
                row.payload = mails.mail_of(row.payload).to_json()
            row.save(update_fields=["claimed_until", "attempts", "next_due", "error", "payload"])
        return [_claimed(row) for row in rows if row.claimed_until is not None]


def _claimed(row: Outbox) -> Claimed:
    return Claimed(
        row.pk, f"<{row.org_id}.{row.pk}.{row.created_at:%Y%m%d%H%M%S%f}@routebook>", mails.mail_of(row.payload)
    )


def sent(mail_id: int, *, now: dt.datetime) -> None:
    """The server that was spoken to took the mail."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=mail_id)
        row.done_at, row.claimed_until, row.error, row.payload = now, None, "", mails.kept(row.payload)
        row.save(update_fields=["done_at", "claimed_until", "error", "payload"])


def failed(mail_id: int, reason: str, *, now: dt.datetime, for_good: bool = False) -> None:
    """The mail surely was not taken: try again later, unless it never will be."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=mail_id)
        if for_good or row.attempts > len(PAUSES):
            _give_up(row, reason)
        else:
            row.claimed_until, row.next_due, row.error = None, now + PAUSES[row.attempts - 1], reason[:500]
        row.save(update_fields=["claimed_until", "next_due", "error"])


def uncertain(mail_id: int, reason: str) -> None:
    """The connection broke after the mail was on its way: it may have arrived, so it waits for the owner."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=mail_id)
        _give_up(row, f"{reason} It may have arrived.")
        row.save(update_fields=["claimed_until", "next_due", "error"])


def not_tried(mail_ids: Sequence[int], *, until: dt.datetime, reason: str = "") -> None:
    """Give claimed mails back that were never offered to a server, such as when it can't be reached."""
    with transaction.atomic():
        for row in Outbox.objects.select_for_update().filter(pk__in=mail_ids).order_by("pk"):
            row.claimed_until, row.next_due, row.attempts = None, until, max(0, row.attempts - 1)
            row.error = reason[:500] or row.error
            row.save(update_fields=["claimed_until", "next_due", "attempts", "error"])


def _give_up(row: Outbox, reason: str) -> None:
    row.claimed_until, row.next_due, row.error = None, None, reason[:500]


# --- what the owner does ------------------------------------------------------------------------


@transaction.atomic
def send_again(actor: Actor, mail_id: int, *, now: dt.datetime) -> None:
    """Send a mail that was given up, or may have got lost, once more."""
    require(actor, Verb.MANAGE_ORGANISATION)
    row = (
        Outbox.objects.select_for_update().filter(org_id=actor.org, kind=MAIL, pk=mail_id, done_at__isnull=True).first()
    )
    if row is None:
        raise NotFound
    if row.claimed_until is not None and row.claimed_until > now:
        raise Refused(Refusal("being_sent", "This mail is being sent right now."))
    row.claimed_until, row.next_due, row.attempts, row.error = None, now, 0, ""
    row.save(update_fields=["claimed_until", "next_due", "attempts", "error"])


def send_test(actor: Actor, *, now: dt.datetime) -> None:
    """Enqueue a mail to the actor that says that mail works."""
    require(actor, Verb.MANAGE_ORGANISATION)
    member = Member.objects.select_related("org").get(org_id=actor.org, pk=actor.member)
    if not wants_mail(member):
        raise Refused(Refusal("no_address", "There is no mail address of yours to send it to."))
    enqueue(actor.org, f"test:{uuid.uuid4().hex}", mails.test(member), now=now)


def enqueue(org: int, key: str, mail: mails.Mail, *, now: dt.datetime) -> None:
    """Put a mail that somebody wants to go now beside those that tell of things."""
    Outbox.objects.create(org_id=org, kind=MAIL, key=key, payload=mail.to_json(), next_due=now, created_at=now)


# --- what people send each other ----------------------------------------------------------------


def send_pack(actor: Actor, view: HandoffView, pdf: Callable[[], bytes], *, now: dt.datetime) -> Member:
    """Mail the pack of a hand-off to who takes the step on. For the delegator, and for whoever sees every hand-off.

    The paper is made only when it can go.
    """
    if actor.member != view.row.delegator_id:
        require(actor, Verb.SEE_ALL_HANDOFFS)
    receiver = Member.objects.select_related("org").get(org_id=actor.org, pk=view.row.receiver_id)
    if not wants_mail(receiver):
        raise Refused(Refusal("no_address", f"No mail reaches {receiver.name}: save the PDF, and send it another way."))
    if receiver.mail == MailWhen.OFF:
        raise Refused(
            Refusal("mail_is_off", f"{receiver.name} has switched mail off: save the PDF, and give it to them.")
        )
    sender = Member.objects.get(org_id=actor.org, pk=actor.member)
    mail = mails.pack(receiver, sender, view.title, f"/handoffs/{view.row.pk}/", pdf())
    enqueue(actor.org, f"{receiver.pk}:pack:{uuid.uuid4().hex}", mail, now=now)
    return receiver
