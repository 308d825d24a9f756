"""Who gets the task of a step, and at which hand-off level somebody works on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from routebook.core.document import Step
from routebook.core.handoff import BEGUN, WORKING, Level, receiver_of
from routebook.core.run.state import Context, HandOffFact, Member


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a task; `instead_of` is who would have, were they not away."""

    person: str
    level: str = ""
    delegator: str = ""
    instead_of: str = ""


def receiver(step: Step, variation: str, context: Context) -> Receiver:
    """The hand-off's receiver from practice on; its delegator before; else the role; else the owner.

    Whoever is away gives way to the hand-off's backup, else the role's, who works at a level of their own.
    """
    for facts in _facts(step.id, variation, context):
        who = _handed_off(facts, context)
        if who is not None:
            backups = [fact.backup for fact in facts if fact.person == who.person and fact.level in WORKING]
            return _present(step, variation, who, backups, context)
    roster = context.roster.get(step.role.casefold())
    holders = [person for person in roster.holders if may_work(person, context)] if roster else []
    if not holders:
        return Receiver(context.owner)
    for person in holders:
        if not is_away(context.members[person], context):
            return Receiver(person, instead_of=holders[0] if person != holders[0] else "")
    return _present(step, variation, Receiver(holders[0]), (), context)


def _handed_off(facts: tuple[HandOffFact, ...], context: Context) -> Receiver | None:
    """Who works while these hand-offs run, or None where none has begun or its receiver has left."""
    now = [_as_of_today(fact, context) for fact in facts]
    standing = [fact for fact in now if fact.level in BEGUN or may_work(fact.person, context)]
    who = receiver_of(standing, role_holder="", process_owner="")
    if not who.person:
        return None
    # Begun is not yet the receiver's, so without the delegator it falls to the owner, not to the role.
    return Receiver(who.person, who.level, who.delegator) if may_work(who.person, context) else Receiver(context.owner)


def _as_of_today(fact: HandOffFact, context: Context) -> HandOffFact:
    """Before its first day a hand-off has only begun, however far it has come."""
    if fact.starts is None or fact.level not in WORKING:
        return fact
    member = context.members.get(fact.person)
    zone = ZoneInfo(member.calendar.time_zone) if member else dt.UTC
    return replace(fact, level=Level.ACCEPTED) if context.now.astimezone(zone).date() < fact.starts else fact


def level_of(step: str, variation: str, person: str, context: Context) -> Receiver:
    """The level at which this person works on the step: their own hand-off's, or none."""
    for facts in _facts(step, variation, context):
        for fact in facts:
            if fact.person == person and fact.level in WORKING:
                return Receiver(person, fact.level, fact.delegator)
    return Receiver(person)


def may_work(person: str, context: Context) -> bool:
    """Whether somebody is known here and may be given work."""
    member = context.members.get(person)
    return member is not None and member.works


def is_away(member: Member, context: Context) -> bool:
    """Whether the person is out of office today, by their own calendar's date."""
    if not member.calendar.away:
        return False
    today = context.now.astimezone(ZoneInfo(member.calendar.time_zone)).date()
    return any(away.first <= today <= away.last for away in member.calendar.away)


def _present(step: Step, variation: str, who: Receiver, backups: Sequence[str], context: Context) -> Receiver:
    member = context.members.get(who.person)
    if member is None or not is_away(member, context):
        return who
    roster = context.roster.get(step.role.casefold())
    for backup in (*backups, roster.backup if roster else ""):
        if _can_stand_in(step.id, variation, backup, who.person, context):
            level = level_of(step.id, variation, backup, context)
            return Receiver(backup, level.level, level.delegator, instead_of=who.person)
    return who


def _can_stand_in(step: str, variation: str, backup: str, person: str, context: Context) -> bool:
    if backup == person or not may_work(backup, context) or is_away(context.members[backup], context):
        return False
    return not _is_new_to(step, variation, backup, context)


def _is_new_to(step: str, variation: str, person: str, context: Context) -> bool:
    """Whether somebody's own hand-off of the step has begun, but not come to practice."""
    facts = (fact for facts in _facts(step, variation, context) for fact in facts)
    return any(fact.person == person and fact.level in BEGUN for fact in facts)


def _facts(step: str, variation: str, context: Context) -> tuple[tuple[HandOffFact, ...], ...]:
    """The hand-offs of this variation of the step, then those of the step as a whole."""
    if not context.handoffs:
        return ()
    whole = context.handoffs.get((step, ""), ())
    return (context.handoffs.get((step, variation), ()), whole) if variation else (whole,)
