"""The sample company: brought in from its library folder, with a history that is played through the actions.

Everything happens in one transaction: the sample is there whole, or not at all. Given `now`, it is the same every time
(but for the salt of the record's lines).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from routebook import sample_folder
from routebook.core.document import Organisation
from routebook.formats.errors import Refused
from routebook.formats.library import LibraryFolder, read_library
from routebook.store.access import Actor, actor_of
from routebook.store.actions import library, members, notices, organisations
from routebook.store.models import Member, Notice, User
from routebook.store.queries.members import sample_people
from routebook.store.sample import history, house
from routebook.store.sample.calendars import Calendars
from routebook.store.sample.play import Player

TOLD_WITHIN, NEW_WITHIN = dt.timedelta(days=8), dt.timedelta(days=3)
"""How far back the inboxes of the sample go, and what of it is still new."""
NOT_THE_LIBRARY = (history.FILE, "README.md")


def load(now: dt.datetime | None = None) -> None:
    """Bring the sample in and play its history up to `now` (else the clock's). Call it on an empty database."""
    now = now or timezone.now()
    folder = sample_folder()
    read = read_folder(folder)
    past = history.read(folder)
    calendars = Calendars(read.library.organisation, now)
    with transaction.atomic():
        founder = _found(read.library.organisation, calendars.days_back(past.began))
        then = house.as_it_was(read.library, past.was)
        library.bring(founder, then, read.media, now=calendars.days_back(past.began), note="First version")
        people = _give_accounts(founder, calendars.days_back(past.began))
        at_home = house.House(people, calendars, read.library.documents)
        Player(founder.org, people, calendars, past, at_home, now).play()
        _fill_inboxes(founder.org, now)


def read_folder(folder: Path) -> LibraryFolder:
    """The sample's library. Raises ValueError where the folder is broken, which a release never is."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    read = read_library({name: data for name, data in files.items() if name not in NOT_THE_LIBRARY})
    if isinstance(read, Refused):
        raise ValueError("\n".join(map(str, read.errors)))
    return read


def _found(organisation: Organisation, now: dt.datetime) -> Actor:
    """The organisation with its first person, who owns it."""
    founder = organisation.people[0]
    user = User.objects.create_user(founder.email, name=founder.name)
    return organisations.found(
        organisation.name, time_zone=organisation.time_zone, owner=user, key=founder.id, now=now, sample=True
    )


def _give_accounts(founder: Actor, now: dt.datetime) -> dict[str, Actor]:
    """Everybody's actor by their key, each with an account that nobody can sign in to by password."""
    people = list(Member.objects.select_related("org").filter(org_id=founder.org).order_by("id"))
    for member in people:
        members.open_account(founder, member.pk, now=now)
    return {member.key: actor_of(member) for member in people}


def _fill_inboxes(org: int, now: dt.datetime) -> None:
    """What the last days brought, in the inboxes; nobody gets mail about it."""
    notices.pass_over(org, before=now - TOLD_WITHIN)
    while notices.deliver(now, by_mail=False):
        pass
    Notice.objects.filter(org_id=org, created_at__lt=now - NEW_WITHIN).update(read_at=now - NEW_WITHIN)


# --- what the shell says ------------------------------------------------------------------------


def sign_in_lines(address: str) -> list[str]:
    """How each person of the sample signs in; or, while nobody has an account, the link that sets the server up."""
    if organisations.needs_setup():
        link = f"{address}/setup/{organisations.new_setup_link()}/"
        return ["Nobody has an account here yet. This link creates the owner; it works once:", f"  {link}"]
    people = sample_people()
    if not people:
        return []
    return [*_how(address), *(_line(member) for member in people)]


def _how(address: str) -> list[str]:
    if settings.SERVING_ON_LOOPBACK:
        return ["It holds the sample company. Look around, one click each, at", f"  {address}/sign-in/"]
    return ["It holds the sample company. Give a person a password: routebook user password EMAIL"]


def _line(member: Member) -> str:
    roles = ", ".join(held.role.title for held in member.holdings.all())
    return f"  {member.name:<14} {member.email:<20} {member.access:<10} {roles}".rstrip()
