"""The people of these tests: an owner, a manager, three who do the work, and one who has left."""

from __future__ import annotations

import datetime as dt

from routebook.core.calendar import Calendar
from routebook.core.document import Away
from routebook.core.run import Context, Member, RoleHolders

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
"""A Monday morning in London."""

OFFICE = Calendar("Europe/London")
ON_HOLIDAY = Calendar("Europe/London", away=(Away(dt.date(2026, 11, 1), dt.date(2026, 12, 24)),))

OWNER, MANAGER = "olga", "mara"
MANAGERS = frozenset({OWNER, MANAGER})
WORKERS = ("ana", "ben", "gus")
PEOPLE = (OWNER, MANAGER, *WORKERS)
LEFT = "lee"
"""Somebody who may not be given work any more."""

ROSTER = {
    "founder": RoleHolders((OWNER,)),
    "support": RoleHolders(("ana", "ben"), backup="gus"),
    "finance": RoleHolders(("ben",), backup="gus"),
}


def context(actor: str = OWNER, minutes: int = 0, away: frozenset[str] = frozenset(), **facts: object) -> Context:
    """What the store would have loaded for `actor`, so many minutes after `NOW`."""
    members = {person: Member(person, ON_HOLIDAY if person in away else OFFICE) for person in PEOPLE}
    members[LEFT] = Member(LEFT, OFFICE, works=False)
    values = {"roster": ROSTER, **facts}
    return Context(
        now=NOW + dt.timedelta(minutes=minutes),
        actor=actor,
        manages=actor in MANAGERS,
        owner=OWNER,
        members=members,
        **values,  # type: ignore[arg-type]
    )
