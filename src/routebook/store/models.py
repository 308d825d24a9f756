"""The tables. Only `store` touches them; every other module asks `actions` and `queries`.

Two families: account tables (the user, sessions, sign-in attempts) belong to the installation; every
other table belongs to one organisation and says so in `org`, in every unique constraint as well.

Runs and hand-offs are folded from events: their row holds a packed snapshot, the number of its last event
(`seq`) and the hash of that event (`head`). Everything else is rows, whose actions write an audit event.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from routebook.core.document import Access, Handling, Kind, MailWhen, Status
from routebook.core.run import RunStatus, TaskStatus


def choices_of(names: Any) -> list[tuple[str, str]]:
    return [(str(name), str(name)) for name in names]


# --- accounts: the installation's ---------------------------------------------------------------


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with `email`; without a password they can't sign in by password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. What they may do, each organisation says by its `Member`."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email


# --- the organisation and its people ------------------------------------------------------------


class Organisation(models.Model):
    """A business. `facts` is raised by every change that a run's decisions depend on (people, roles,
    published SOPs, hand-offs), so that cached facts are known to be current by one number. `approved_kinds` are
    the kinds of documents that somebody else approves before they are published."""

    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    holidays = models.CharField(max_length=16, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    week = models.JSONField(default=list)
    approved_kinds = models.JSONField(default=list)
    sample = models.BooleanField(default=False)
    next_run = models.PositiveIntegerField(default=1)
    facts = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person of one organisation: whom events name as actor. `user` is empty until they joined.

    `capacity` is the hours a week that they have for work here, `cost` what one of them costs, in the organisation's
    currency; both empty for not said. `mail` is when they get mail."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    access = models.CharField(max_length=16, choices=choices_of(Access), default=Access.ASSISTANT.value)
    time_zone = models.CharField(max_length=64, blank=True)
    holidays = models.CharField(max_length=16, blank=True)
    week = models.JSONField(null=True, blank=True)
    capacity = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    cost = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    mail = models.CharField(max_length=8, choices=choices_of(MailWhen), default=MailWhen.AT_ONCE.value)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "key"], name="member_key"),
            models.UniqueConstraint(fields=["org", "user"], name="member_user", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A one-time link by which a member gets an account. Only a digest of its token is kept."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "digest"], name="invitation_digest")]


class SetupLink(models.Model):
    """The one-time link that `start` prints on an empty installation; it creates the first owner."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)


class Role(models.Model):
    """A job on the map. `folded` is the case-folded title, by which maps find it."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="roles")
    title = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    backup = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "folded"], name="role_title")]

    def __str__(self) -> str:
        return self.title


class RoleHolder(models.Model):
    """Who holds a role; the lowest `position` gets the tasks."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="holdings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="holdings")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "role", "member"], name="role_holder")]


class Away(models.Model):
    """Out of office, first and last day included."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="aways")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "member", "first"], name="away_first"),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="away_in_order"),
        ]


class RevokedAccess(models.Model):
    """While somebody leaves: their way into a tool was taken away. Forgotten when they come back."""

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    tool = models.CharField(max_length=200)
    vault = models.CharField(max_length=300, blank=True)
    done_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org", "member", "tool", "vault"], name="revoked_access"),
        ]


# --- documents ----------------------------------------------------------------------------------


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
    anything in it: none of them approves it.
    """

    org = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="draft")
    rev = models.PositiveIntegerField(default=1)
    fields = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    writers = models.JSONField(default=list)
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


# --- delegation ---------------------------------------------------------------------------------


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


# --- runs ---------------------------------------------------------------------------------------
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


# --- the journal --------------------------------------------------------------------------------


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
