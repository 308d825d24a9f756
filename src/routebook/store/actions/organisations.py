"""Making an organisation and changing what it says of itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from routebook.core.audit import MemberAdded, OrganisationChanged, OrganisationCreated
from routebook.core.delegation import OutOfRange, Rates
from routebook.core.document import Access, Kind, WorkingWeek
from routebook.core.events import Refusal
from routebook.store import audit, journal, search
from routebook.store.access import Actor, NotFound, Refused, Verb, actor_of, require
from routebook.store.countries import checked_holidays
from routebook.store.models import Member, Organisation, SetupLink, User

MOST_MONEY, MOST_MINUTES = Decimal(100_000), Decimal(600)


def digest(token: str) -> str:
    """What is kept of a one-time token: enough to recognise it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_setup_link() -> str:
    """A fresh one-time token that creates the first owner; earlier unused ones stop working."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        SetupLink.objects.filter(used_at__isnull=True).delete()
        SetupLink.objects.create(digest=digest(token))
    return token


def needs_setup() -> bool:
    """Whether nobody has an account here yet."""
    return not User.objects.exists()


def setup_link_holds(token: str) -> bool:
    """Whether this token may still create the first owner."""
    return needs_setup() and SetupLink.objects.filter(digest=digest(token), used_at__isnull=True).exists()


@transaction.atomic
def set_up(
    token: str, *, organisation: str, time_zone: str, name: str, email: str, password: str, now: dt.datetime
) -> User:
    """Create the organisation and its owner by the one-time link that the server printed."""
    link = SetupLink.objects.select_for_update().filter(digest=digest(token), used_at__isnull=True).first()
    if link is None or not needs_setup():
        raise NotFound
    if not organisation.strip():
        raise Refused(Refusal("name_missing", "What is your business called?", "organisation"))
    user = new_user(name=name, email=email, password=password)
    found(organisation, time_zone=time_zone, owner=user, key=key_of(name), now=now)
    link.used_at = now
    link.save()
    return user


def new_user(*, name: str, email: str, password: str) -> User:
    """An account with a checked name, address and password."""
    if not name.strip():
        raise Refused(Refusal("name_missing", "What is your name?", "name"))
    email = checked_email(email)
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(Refusal("email_taken", "Somebody here already signs in with this address.", "email"))
    user = User(email=email, name=name.strip())
    set_checked_password(user, password)
    user.save()
    return user


def checked_email(email: str) -> str:
    """The address in its normal form, or a refusal."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        sentence = f"“{email}” is no e-mail address; write it like ana@example.com."
        raise Refused(Refusal("not_an_email", sentence, "email")) from error
    return email


def set_checked_password(user: User, password: str) -> None:
    """Set a password that is good enough, or refuse with what is wrong with it. Does not save."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Refusal("weak_password", " ".join(error.messages), "password")) from error
    user.set_password(password)


def found(name: str, *, time_zone: str, owner: User, key: str, now: dt.datetime, sample: bool = False) -> Actor:
    """A new organisation with its owner as first member. Call it inside a transaction."""
    organisation = Organisation.objects.create(
        name=name.strip()[:200],
        time_zone=checked_time_zone(time_zone),
        week=[list(span) for span in WorkingWeek().spans],
        sample=sample,
        created_at=now,
    )
    member = Member.objects.create(
        org=organisation,
        user=owner,
        key=key,
        name=owner.name,
        email=owner.email,
        access=Access.OWNER,
        created_at=now,
    )
    actor = actor_of(member)
    search.index_member(organisation.pk, member.pk)
    stream = f"organisation:{organisation.pk}"
    audit.record(organisation.pk, stream, OrganisationCreated(organisation.name), actor=actor.id, now=now)
    added = MemberAdded(key, member.name, Access.OWNER)
    audit.record(organisation.pk, f"member:{member.pk}", added, actor=actor.id, now=now)
    return actor


def checked_time_zone(time_zone: str) -> str:
    """The name of a known time zone, or a refusal."""
    if time_zone not in available_timezones():
        sentence = f"“{time_zone}” is no time zone; choose one such as Asia/Singapore."
        raise Refused(Refusal("unknown_time_zone", sentence, "time_zone"))
    return ZoneInfo(time_zone).key


def key_of(name: str) -> str:
    """A short key for a person: the first word of their name."""
    from django.utils.text import slugify

    return slugify(name.split()[0] if name.split() else "")[:40] or "person"


@transaction.atomic
def change(
    actor: Actor,
    *,
    now: dt.datetime,
    name: str | None = None,
    time_zone: str | None = None,
    holidays: str | None = None,
    currency: str | None = None,
    week: WorkingWeek | None = None,
    approved_kinds: Iterable[Kind] | None = None,
) -> None:
    """Change what the organisation says of itself; None leaves a thing as it is."""
    require(actor, Verb.MANAGE_ORGANISATION)
    organisation = Organisation.objects.select_for_update().get(pk=actor.org)
    before = (
        organisation.name,
        organisation.time_zone,
        organisation.holidays,
        organisation.currency,
        organisation.week,
        organisation.approved_kinds,
    )
    if name is not None:
        if not name.strip():
            raise Refused(Refusal("name_missing", "What is your business called?", "name"))
        organisation.name = name.strip()[:200]
    if time_zone is not None:
        organisation.time_zone = checked_time_zone(time_zone)
    if holidays is not None:
        organisation.holidays = checked_holidays(holidays)
    if currency is not None:
        organisation.currency = currency.strip().upper()[:8]
    if week is not None:
        organisation.week = [list(span) for span in week.spans]
    if approved_kinds is not None:
        wanted = set(approved_kinds)
        organisation.approved_kinds = [kind.value for kind in Kind if kind in wanted]
    after = (
        organisation.name,
        organisation.time_zone,
        organisation.holidays,
        organisation.currency,
        organisation.week,
        organisation.approved_kinds,
    )
    names = ("name", "time_zone", "holidays", "currency", "week", "approved_kinds")
    changed = tuple(field for field, old, new in zip(names, before, after, strict=True) if old != new)
    if not changed:
        return
    organisation.save()
    journal.touch_facts(actor.org)
    stream = f"organisation:{actor.org}"
    audit.record(actor.org, stream, OrganisationChanged(changed), actor=actor.id, now=now)


@transaction.atomic
def change_rates(
    actor: Actor,
    *,
    owner_hour: Decimal | None,
    minutes_per_answer: Decimal,
    minutes_per_review: Decimal,
    now: dt.datetime,
) -> None:
    """Change what the ledger counts with; `owner_hour` None for not said, in the organisation's currency."""
    require(actor, Verb.MANAGE_ORGANISATION)
    try:
        Rates(owner_hour or Decimal(0), Decimal(0), minutes_per_answer, minutes_per_review)
    except OutOfRange as wrong:
        raise Refused(Refusal("out_of_range", wrong.sentence, wrong.field)) from wrong
    for field, value, most in (
        ("owner_hour", owner_hour or Decimal(0), MOST_MONEY),
        ("minutes_per_answer", minutes_per_answer, MOST_MINUTES),
        ("minutes_per_review", minutes_per_review, MOST_MINUTES),
    ):
        if value > most:
            raise Refused(Refusal("out_of_range", f"That is more than anybody means: at most {most}.", field))
    organisation = Organisation.objects.select_for_update().get(pk=actor.org)
    new = {
        "owner_hour": owner_hour,
        "minutes_per_answer": minutes_per_answer,
        "minutes_per_review": minutes_per_review,
    }
    changed = tuple(field for field, value in new.items() if getattr(organisation, field) != value)
    if not changed:
        return
    for field in changed:
        setattr(organisation, field, new[field])
    organisation.save(update_fields=changed)
    audit.record(actor.org, f"organisation:{actor.org}", OrganisationChanged(changed), actor=actor.id, now=now)
