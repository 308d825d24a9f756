"""What should leave whose plate, and the hand-offs by which it does."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from routebook.core.document import Handling
from routebook.store.models.choices import choices_of
from routebook.store.models.documents import Document
from routebook.store.models.organisation import Member, Organisation


class PlateItem(models.Model):
    """One line of *On my plate*: something that a member does. Nobody but that member sees it, so it has no events.

    `value` and `energy` are empty until it is placed on the matrix. What is mapped leads to its `process`; what is
    done has left the plate, and comes back when the same line is written again (`folded` is how it is recognised)."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="plate")
    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=300)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    energy = models.SmallIntegerField(null=True, blank=True)
    costly = models.BooleanField(default=False)
    judgement = models.BooleanField(default=False)
    minutes = models.PositiveIntegerField(default=0)
    times_a_month = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    facts = models.JSONField(default=dict)
    process = models.ForeignKey(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "member", "folded"], name="plate_line"),
        ]


class StepScore(models.Model):
    """How the owner scored a step: the place on the matrix, the two vetoes, minutes x times a month."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    process = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="scores")
    step = models.CharField(max_length=120)
    value = models.PositiveSmallIntegerField()
    energy = models.SmallIntegerField()
    costly = models.BooleanField(default=False)
    judgement = models.BooleanField(default=False)
    minutes = models.PositiveIntegerField(default=0)
    times_a_month = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    facts = models.JSONField(default=dict)
    scored_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    scored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "process", "step"], name="score_step")]


class StepDecision(models.Model):
    """One decision about a step, kept for ever; the latest one counts. `was` is how the map handled it before."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    process = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="decisions")
    step = models.CharField(max_length=120)
    was = models.CharField(max_length=16, blank=True)
    handling = models.CharField(max_length=16, choices=choices_of(Handling))
    with_review = models.BooleanField(default=False)
    recommended = models.CharField(max_length=16, blank=True)
    reasons = models.JSONField(default=list)
    why = models.TextField(blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-decided_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["org", "process", "step"], name="decision_step")]


class PlanEntry(models.Model):
    """What somebody arranged about a step in the plan: its `period` ("" leaves it to the scores), its `position`
    there, and by which day it should have left."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    process = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=120)
    period = models.CharField(max_length=16, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    by_day = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "process", "step"], name="plan_step")]


class HandOff(models.Model):
    """One step (x variation) given to one person, folded from the stream ``handoff:<id>``. `starts` and `backup`
    repeat its terms for whoever opens tasks."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="handoffs")
    process = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="handoffs")
    step = models.CharField(max_length=120)
    variation = models.CharField(max_length=120, blank=True)
    receiver = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="handoffs")
    delegator = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="delegated")
    level = models.CharField(max_length=16)
    starts = models.DateField(null=True, blank=True)
    backup = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    snapshot = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org", "process", "step", "variation", "receiver"], name="handoff_of_step_to_person"
            ),
        ]
