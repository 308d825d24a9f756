"""Documents with their drafts and versions, and what people do to keep them right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routebook.core.document import Kind, Status
from routebook.store.models.choices import choices_of
from routebook.store.models.organisation import Member, Organisation


class Document(models.Model):
    """A goal, policy, process, procedure, SOP or work instruction, through all its versions.

    `title`, `owner`, `step`, `variation`, `role` and `review_by` repeat the published version (or the
    draft, before the first), so that lists and look-ups need no parsing. `last_major` is the number of the
    newest version that must be read again: who read it or a later one has read the document. A retired
    document leads to the one that it was `replaced_by`.
    """

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=16, choices=choices_of(Kind))
    slug = models.SlugField(max_length=120)
    title = models.CharField(max_length=300)
    owner = models.CharField(max_length=200, blank=True)
    step = models.CharField(max_length=260, blank=True)
    variation = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=200, blank=True)
    review_by = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=choices_of(Status), default=Status.DRAFT.value)
    published = models.ForeignKey("Version", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_major = models.PositiveIntegerField(default=0)
    replaced_by = models.ForeignKey("Document", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "kind", "slug"], name="document_slug"),
            # The target of the composite foreign keys that keep organisations apart on PostgreSQL.
            models.UniqueConstraint(fields=["org", "id"], name="document_in_org"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org", "step"], name="document_step"),
            models.Index(fields=["org", "kind", "role"], name="document_role"),
            models.Index(fields=["org", "review_by"], name="document_review", condition=Q(status="published")),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """A published text. Immutable: `content` is the document as the library folder would hold it.

    `approved_by` is who approved it; `waived` says that its kind asks for approval and the owner did without."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    major = models.BooleanField(default=True)
    note = models.TextField(blank=True)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    waived = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document", "number"], name="version_number"),
        ]


class Draft(models.Model):
    """The one open draft of a document: its fields, and a `rev` that every change raises.

    `changed` says in which rev each top-level field changed last, so that edits of different fields by
    two people merge and edits of the same field are noticed. `writers` are the ids of all members who changed
    anything in it: none of them approves it. `bands` says in which band of its drawing each step of a map stands, by
    step id, so that the map is found as it was left.
    """

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="draft")
    rev = models.PositiveIntegerField(default=1)
    fields = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    writers = models.JSONField(default=list)
    bands = models.JSONField(default=dict)
    updated_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)


class Link(models.Model):
    """One reference from a document to another: what a map, a rule or a checklist names. Repeats the published
    text (or the draft, before the first), so that *where used* is a look-up."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=16, choices=choices_of(Kind))
    slug = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "kind", "slug", "document"], name="link_to_document"),
        ]


class DelegatedStep(models.Model):
    """A delegated step (× variation) of a published map that needs an SOP. `step` is ``process/step``."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    process = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="delegated_steps")
    step = models.CharField(max_length=260)
    title = models.CharField(max_length=300)
    role = models.CharField(max_length=200, blank=True)
    variation = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "step", "variation"], name="delegated_step"),
        ]


class Reading(models.Model):
    """Somebody said that they have read this version of a document; tied to the hash of what they saw."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="readings")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document", "member", "number"], name="reading_of_version"),
        ]


class Approval(models.Model):
    """Somebody asked that another person approve a draft. Open while `outcome` is empty; then it is approved,
    declined, withdrawn, or published by the owner without it."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="approvals")
    major = models.BooleanField(default=True)
    note = models.TextField(blank=True)
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=16, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document"], name="approval_open", condition=Q(outcome="")),
        ]


class Suggestion(models.Model):
    """A reader's proposal for one place of a document, or with an empty `place` a note about all of it.

    `base` is what the place said when it was made. Open while `outcome` is empty; then accepted or declined."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="suggestions")
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=120, blank=True)
    base = models.TextField(blank=True)
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=16, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "document", "number"], name="suggestion_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org", "document"], name="suggestion_open", condition=Q(outcome="")),
        ]
