"""The record, what is to be done because of it, and what people were told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routebook.store.models.organisation import Member, Organisation
from routebook.store.models.runs import Run


class Event(models.Model):
    """One line of the record. Append-only: `store.journal` writes it, nothing changes it.

    `payload` holds the exact bytes that were hashed. Erasing a person empties `salt` and `payload` of their
    events and leaves `digest`, so the chain still verifies. `actor` is a member's id as text, or the name
    of a machine such as ``worker``. `command` and `n` make a repeated command harmless.
    """

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    stream = models.CharField(max_length=80)
    seq = models.IntegerField()
    name = models.CharField(max_length=64)
    version = models.SmallIntegerField(default=1)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    command = models.CharField(max_length=80)
    n = models.SmallIntegerField()
    salt = models.CharField(max_length=32)
    payload = models.TextField()
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="events", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "stream", "seq"], name="event_seq"),
            # The first line of a command stands for all of them, which saves the others an entry.
            models.UniqueConstraint(fields=["org", "stream", "command"], condition=Q(n=0), name="event_command"),
        ]


class Outbox(models.Model):
    """A side effect to be carried out by the worker: never sent from inside a request."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=160)
    payload = models.TextField()
    next_due = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "kind", "key"], name="outbox_key")]
        indexes: ClassVar = [
            models.Index(fields=["next_due"], name="outbox_due", condition=Q(done_at__isnull=True)),
        ]


class Notice(models.Model):
    """What somebody was told: a line of their inbox. `key` names what happened, so that nobody is told twice.

    `about` is the second line, `address` the page where it goes on, `urgent` what they can't switch off. `mailed_at`
    is when it went into a mail, or was found to need none.
    """

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    about = models.TextField(blank=True)
    address = models.CharField(max_length=300)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "member", "key"], name="notice_key")]
        indexes: ClassVar = [
            models.Index(fields=["member", "-created_at"], name="notice_list"),
            models.Index(fields=["member"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]
