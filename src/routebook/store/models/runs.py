"""Runs, their tasks and the questions asked on them, as pages read them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from routebook.core.run import RunStatus, TaskStatus
from routebook.store.models.choices import choices_of
from routebook.store.models.documents import Document, Version
from routebook.store.models.organisation import Member, Organisation

# Every completion writes these tables, and each index is one more page to write. A foreign key has none of its own
# (`db_index=False`) where a constraint already finds the rows. An event's run is found by its stream.
# Numbers that the engine counts have no CHECK either: PostgreSQL would parse and plan it anew for every statement.


class Run(models.Model):
    """One journey, folded from the stream ``run:<id>``. The id is 32 hex digits and comes from the client,
    so that starting is repeatable."""

    id = models.CharField(primary_key=True, max_length=32)
    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="runs", db_index=False)
    number = models.IntegerField()
    name = models.CharField(max_length=200, blank=True)
    process = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="runs", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs", db_index=False)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    status = models.CharField(max_length=16, choices=choices_of(RunStatus))
    due = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seq = models.IntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    snapshot = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "number"], name="run_number"),
            models.UniqueConstraint(fields=["org", "id"], name="run_in_org"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org", "process", "status"], name="run_of_process"),
            models.Index(fields=["org", "due"], name="run_due", condition=Q(status="running")),
        ]


class Task(models.Model):
    """One opening of a step (or the review of one) as lists show it; the run's snapshot is the truth."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    number = models.IntegerField()
    step = models.CharField(max_length=120)
    attempt = models.IntegerField(default=1)
    status = models.CharField(max_length=16, choices=choices_of(TaskStatus))
    assignee = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="tasks", null=True, db_index=False)
    done_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    level = models.CharField(max_length=16, blank=True)
    review_of = models.IntegerField(default=0)
    sop = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="tasks", db_index=False)
    variation = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    blocked_on = models.CharField(max_length=200, blank=True)
    blocked_why = models.TextField(blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number", "org"], name="task_number")]
        indexes: ClassVar = [
            models.Index(fields=["org", "assignee", "due"], name="task_list", condition=Q(status="open")),
        ]


class Question(models.Model):
    """A question asked on a task; it counts on the SOP version, never on the person."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="questions", db_index=False)
    task = models.IntegerField()
    number = models.IntegerField()
    sop = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    to = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number", "org"], name="question_number")]
