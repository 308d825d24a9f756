"""Who gets the task of a step, and at which hand-off level somebody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from routebook.core.document import Step
from routebook.core.run.state import Context, HandOffFact, Member

BEGUN = frozenset({"prepared", "accepted"})
"""Levels at which a hand-off has begun, but the delegator still does the work."""
WORKING = ("owned", "supervised", "practice")
"""Levels at which the receiver gets the tasks, the furthest first."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a task; `instead_of` is who would have, were they not away."""

    person: str
    level: str = ""
    delegator: str = ""
    instead_of: str = ""


def receiver(step: Step, variation: str, context: Context) -> Receiver:
    """The hand-off's receiver from practice on; its delegator before; else the role; else the owner.

    Whoever is away gives way to the role's backup, who works without the receiver's level.
    """
    facts = _facts(step.id, variation, context)
    for level in WORKING:
        for fact in facts:
            if fact.level == level and fact.person in context.members:
                return _present(step, variation, Receiver(fact.person, fact.level, fact.delegator), context)
    for fact in facts:
        if fact.level in BEGUN and fact.delegator in context.members:
            return Receiver(fact.delegator)
    roster = context.roster.get(step.role.casefold())
    holders = [person for person in roster.holders if person in context.members] if roster else []
    if not holders:
        return Receiver(context.owner)
    for person in holders:
        if not is_away(context.members[person], context):
            return Receiver(person, instead_of=holders[0] if person != holders[0] else "")
    return _present(step, variation, Receiver(holders[0]), context)


def level_of(step: str, variation: str, person: str, context: Context) -> Receiver:
    """The level at which this person works on the step: their own hand-off's, or none."""
    for fact in _facts(step, variation, context):
        if fact.person == person and fact.level in WORKING:
            return Receiver(person, fact.level, fact.delegator)
    return Receiver(person)


def is_away(member: Member, context: Context) -> bool:
    """Whether the person is out of office today, by their own calendar's date."""
    today = context.now.astimezone(ZoneInfo(member.calendar.time_zone)).date()
    return any(away.first <= today <= away.last for away in member.calendar.away)


def _present(step: Step, variation: str, who: Receiver, context: Context) -> Receiver:
    if not is_away(context.members[who.person], context):
        return who
    roster = context.roster.get(step.role.casefold())
    backup = roster.backup if roster else ""
    if backup in context.members and backup != who.person and not is_away(context.members[backup], context):
        level = level_of(step.id, variation, backup, context)
        return Receiver(backup, level.level, level.delegator, instead_of=who.person)
    return who


def _facts(step: str, variation: str, context: Context) -> tuple[HandOffFact, ...]:
    return context.handoffs.get((step, variation), ())
