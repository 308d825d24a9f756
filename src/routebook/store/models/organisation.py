"""Accounts, which are the installation's; and an organisation, its people and their roles."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from routebook.core.document import Access, MailWhen
from routebook.store.models.choices import choices_of

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
    the kinds of documents that somebody else approves before they are published. `owner_hour` is what an hour of the owner
    is worth, in the organisation's currency; the ledger counts with it and with the minutes that an answer and a review
    take."""

    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    holidays = models.CharField(max_length=16, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    week = models.JSONField(default=list)
    approved_kinds = models.JSONField(default=list)
    owner_hour = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    minutes_per_answer = models.DecimalField(max_digits=5, decimal_places=1, default=5)
    minutes_per_review = models.DecimalField(max_digits=5, decimal_places=1, default=3)
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
