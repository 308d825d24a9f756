"""The plan: which steps leave the plate now, in the next 90 days and later, what each still lacks, and what it would bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import cast

from routebook.core.delegation import (
    Arranged,
    Figure,
    Item,
    Period,
    Rates,
    Receiver,
    Term,
    WhatIf,
    hours_a_month,
    plan,
    settled,
    weight,
    what_if,
)
from routebook.core.document import Handling, Process, same_name
from routebook.core.handoff import Level
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Organisation, PlanEntry, RoleHolder
from routebook.store.queries.delegations import Missing, StepOfAll, every_step

WEEKS_A_MONTH = Decimal(52) / 12


class Piece(StrEnum):
    """What a step of the plan lacks next, in the order in which it is asked for."""

    DECISION = "decision"
    TAKING_OFF = "taking off the map"
    ROLE = "role"
    SOP = "sop"
    PUBLISHED_SOP = "published sop"
    PERSON = "person"
    PUBLISHED_MAP = "published map"
    HANDOFF = "handoff"
    ACCESS = "access"
    OWNING = "owning"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the plan. `by_hand`: somebody put it where it stands; `by_day` is when it should have left."""

    at: StepOfAll
    period: Period
    hours: Figure
    weight: Figure
    piece: Piece
    by_hand: bool
    by_day: dt.date | None

    @property
    def reference(self) -> str:
        return self.at.reference


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan. `steps` are all steps that there are; `cluster` is the map that most of `now` belongs to; `unscored` counts the steps that have no
    place in it yet, `gone` those that somebody else owns by now."""

    steps: Sequence[StepOfAll]
    cluster: Process | None
    periods: Mapping[Period, Sequence[Line]]
    kept: Sequence[StepOfAll]
    unscored: int
    gone: Sequence[StepOfAll]

    @property
    def lines(self) -> Sequence[Line]:
        return [line for lines in self.periods.values() for line in lines]


def plan_of(actor: Actor) -> Plan:
    """The plan of the organisation."""
    require(actor, Verb.SEE_SCORES)
    steps = every_step(actor)
    entries = {f"{row.process.slug}/{row.step}": row for row in entries_of(actor)}
    waiting = {one.reference: one for one in steps if one.item and not one.is_owned}
    order = plan((item for one in waiting.values() if (item := one.item)), by_hand_of(entries))
    groups = dict(zip(Period, (order.now, order.next_90_days, order.later), strict=True))
    return Plan(
        steps=steps,
        cluster=next((one.process for one in steps if order.now and one.process.slug == order.cluster), None),
        periods={
            period: [_line(waiting[item.id], period, entries.get(item.id)) for item in group]
            for period, group in groups.items()
        },
        kept=[waiting[item.id] for item in order.kept],
        unscored=sum(1 for one in steps if one.score is None),
        gone=[one for one in steps if one.is_owned],
    )


def entries_of(actor: Actor) -> Iterable[PlanEntry]:
    """What was arranged by hand."""
    return PlanEntry.objects.select_related("process").filter(org_id=actor.org)


def by_hand_of(entries: Mapping[str, PlanEntry]) -> dict[str, Arranged]:
    """The places that hands gave, by step."""
    return {key: Arranged(Period(row.period), row.position) for key, row in entries.items() if row.period}


def _line(one: StepOfAll, period: Period, entry: PlanEntry | None) -> Line:
    assert one.score is not None
    return Line(
        at=one,
        period=period,
        hours=hours_a_month(one.score),
        weight=weight(one.score),
        piece=piece_of(one),
        by_hand=bool(entry and entry.period),
        by_day=entry.by_day if entry else None,
    )


def piece_of(one: StepOfAll) -> Piece:
    """What a step lacks next on its way off the plate."""
    match one.step.handling:
        case Handling.DROP:
            return Piece.TAKING_OFF
        case Handling.AUTOMATE:
            return Piece.MACHINE if _is_public(one) else Piece.PUBLISHED_MAP
        case Handling.DELEGATE:
            return _piece_of_delegated(one)
    return Piece.DECISION


def _piece_of_delegated(one: StepOfAll) -> Piece:
    if one.handoffs:
        lacking = any(view.state.missing_access for view in one.handoffs if view.state.level is not Level.OWNED)
        return Piece.ACCESS if lacking else Piece.OWNING
    if not one.step.role:
        return Piece.ROLE
    if one.missing is not Missing.NOTHING:
        return Piece.SOP if one.missing is Missing.SOP else Piece.PUBLISHED_SOP
    if not one.people:
        return Piece.PERSON
    return Piece.HANDOFF if _is_public(one) else Piece.PUBLISHED_MAP


def _is_public(one: StepOfAll) -> bool:
    """Whether runs follow what is decided: the published map says the same."""
    published = cast("Process | None", one.view.published)
    step = published.step(one.step.id) if published else None
    return step is not None and (step.handling, step.review) == (one.step.handling, one.step.review)


# --- what would happen if -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a forecast counts with for one role: hours a month that it has, and what one of them costs; None for what
    is known of who holds it."""

    hours: Decimal | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RoleLoad:
    """What one role would take on. `receiver` and `cost` are what was counted with; `known` says that the hours are
    those of its people, not typed. The figures are those of `WhatIf`."""

    receiver: Receiver
    cost: Decimal
    known: bool
    what_if: WhatIf


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a month would look like if the chosen steps left: `hours_freed` and `worth` in all, and the load and the
    cost of each role that would receive some of it."""

    chosen: Sequence[StepOfAll]
    hours_freed: Figure
    worth: Figure
    rates: Rates
    roles: Sequence[RoleLoad]

    @property
    def gain(self) -> Figure:
        """What the hours are worth less what each role costs."""
        costs = [load.what_if.cost for load in self.roles]
        named = [
            replace(cost, name=f"cost of {load.receiver.role}") for cost, load in zip(costs, self.roles, strict=True)
        ]
        value = self.worth.value - sum((cost.value for cost in costs), Decimal(0))
        return Figure("gain", value, "money", (Term("", self.worth), *(Term("−", cost) for cost in named)))


def forecast(
    actor: Actor,
    plan: Plan,
    references: Iterable[str],
    *,
    owner_hour: Decimal | None = None,
    assumed: Mapping[str, Assumed],
) -> Forecast:
    """What would happen if these steps left. What is typed (`owner_hour`, and `assumed` by the role's title) comes
    before what the organisation and its people say."""
    require(actor, Verb.SEE_SCORES)
    wanted = set(references)
    chosen = [one for one in plan.steps if one.reference in wanted and one.item and not one.is_owned]
    organisation = Organisation.objects.get(pk=actor.org)
    rates = Rates(
        owner_hour=owner_hour if owner_hour is not None else organisation.owner_hour or Decimal(0),
        minutes_per_answer=organisation.minutes_per_answer,
        minutes_per_review=organisation.minutes_per_review,
    )
    whole = what_if(_items(chosen), Receiver("", Decimal(0)), rates)
    capacities = _capacities(actor)
    received = [one for one in chosen if one.item and settled(one.item)[0] is Handling.DELEGATE]
    roles = sorted({one.step.role for one in received})
    return Forecast(
        chosen,
        whole.hours_freed,
        whole.worth,
        rates,
        [_load(role, received, plan.steps, capacities, assumed.get(role, Assumed()), rates) for role in roles],
    )


def _items(steps: Iterable[StepOfAll]) -> list[Item]:
    return [item for one in steps if (item := one.item)]


def _load(
    role: str,
    received: Sequence[StepOfAll],
    steps: Sequence[StepOfAll],
    capacities: Mapping[str, Assumed],
    assumed: Assumed,
    rates: Rates,
) -> RoleLoad:
    known = capacities.get(role.casefold(), Assumed())
    hours = assumed.hours if assumed.hours is not None else known.hours
    cost = assumed.cost if assumed.cost is not None else known.cost or Decimal(0)
    taken = [one for one in steps if one.handoffs and one.hours and same_name(one.step.role, role)]
    mine = [one for one in received if same_name(one.step.role, role)]
    references = {one.reference for one in mine}
    already = sum((one.hours.value for one in taken if one.hours and one.reference not in references), Decimal(0))
    receiver = Receiver(role, hours or Decimal(0), already)
    figures = what_if(_items(mine), receiver, replace(rates, receiver_hour=cost))
    return RoleLoad(receiver, cost, assumed.hours is None and known.hours is not None, figures)


def _capacities(actor: Actor) -> dict[str, Assumed]:
    """What is said of who holds each role: their hours a month together, and what an hour of the first costs."""
    found: dict[str, Assumed] = {}
    rows = RoleHolder.objects.select_related("role", "member").filter(org_id=actor.org, member__active=True)
    for row in rows:
        so_far = found.get(row.role.folded, Assumed())
        hours = so_far.hours
        if row.member.capacity is not None:
            hours = (hours or Decimal(0)) + (row.member.capacity * WEEKS_A_MONTH).quantize(Decimal("0.1"))
        found[row.role.folded] = Assumed(hours, so_far.cost if so_far.cost is not None else row.member.cost)
    return found
