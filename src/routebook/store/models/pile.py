"""The pile: documents that somebody brought, what they were taken for, and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from routebook.store.models.documents import Document
from routebook.store.models.organisation import Member, Organisation


class PileItem(models.Model):
    """A document of the pile. Its original lies under the digest of its content (`store.originals`).

    `kind` is what the person says it is, at first what was found; `found` stays what was found. `left` are the texts
    that found no place when it was accepted. `change` is what the person moved and renamed so far of what a mixed one
    would become, for another day. It waits until it is `accepted_at`, and is kept after that."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    path = models.CharField(max_length=500)
    title = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    words = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=16)
    found = models.CharField(max_length=16)
    second = models.CharField(max_length=16)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    left = models.JSONField(default=list)
    change = models.JSONField(default=dict)
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["path", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "digest", "path"], name="pile_original"),
        ]


class PileArrival(models.Model):
    """An archive of many documents that is being sorted, some at a time: a request is too short for a whole drive.

    `at` of its `total` files were looked at and `size` bytes unpacked; `kept` of them are on the pile, `refused` says of
    the others why not, as pairs of path and reason. Whoever goes on with it claims it for a while, so that two never do
    the same. Once it is `finished_at`, it only tells what became of it, until somebody puts it away."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    total = models.PositiveIntegerField()
    at = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["org", "created_at"], name="pile_arrivals"),
            models.Index(fields=["created_at"], condition=models.Q(finished_at=None), name="pile_arriving"),
        ]


class PileMade(models.Model):
    """A document that was made of one of the pile."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    item = models.ForeignKey(PileItem, on_delete=models.CASCADE, related_name="made")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="made_from")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document"], name="pile_made"),
        ]
