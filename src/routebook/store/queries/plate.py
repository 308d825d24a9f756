"""What somebody reads of their own plate. Nobody reads anybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from routebook.core.delegation import (
    Facts,
    Figure,
    Item,
    Recommendation,
    Score,
    hours_a_month,
    rank,
    recommend,
)
from routebook.core.document import Status
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import PlateItem
from routebook.store.queries.delegations import facts_of, score_of

MOST_DONE = 20


@dataclass(frozen=True, slots=True)
class OnPlate:
    """One line of the plate: `number` as on the matrix; no score until it is placed."""

    number: int
    row: PlateItem
    score: Score | None
    facts: Facts
    recommendation: Recommendation | None
    hours: Figure | None


@dataclass(frozen=True, slots=True)
class Plate:
    """Somebody's plate. `open` waits to be placed and mapped, `mapped` leads to a process, `done` has left (the
    latest first, at most twenty); `to_map` is what leaves first, the most hours first, by the scores."""

    open: Sequence[OnPlate]
    mapped: Sequence[PlateItem]
    done: Sequence[PlateItem]
    to_map: Sequence[OnPlate]

    @property
    def placed(self) -> int:
        return sum(1 for one in self.open if one.score)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever written here."""
        return not (self.open or self.mapped or self.done)


def items_of(actor: Actor) -> QuerySet[PlateItem]:
    """The actor's own lines. Raises `Refused` for who has no plate here."""
    require(actor, Verb.DECIDE)
    return PlateItem.objects.filter(org_id=actor.org, member_id=actor.member)


def plate(actor: Actor) -> Plate:
    """The actor's plate."""
    rows = list(items_of(actor).select_related("process"))
    open_ = [row for row in rows if row.done_at is None and not is_mapped(row)]
    lines = [_on_plate(number, row) for number, row in enumerate(open_, start=1)]
    done = sorted((row for row in rows if row.done_at), key=lambda row: (row.done_at, row.pk), reverse=True)
    return Plate(
        open=lines,
        mapped=[row for row in rows if row.done_at is None and is_mapped(row)],
        done=done[:MOST_DONE],
        to_map=_to_map(lines),
    )


def is_mapped(row: PlateItem) -> bool:
    """Whether a process that is in use came of it."""
    return row.process is not None and row.process.status != Status.RETIRED


def item(actor: Actor, item_id: int) -> OnPlate:
    """One line of the actor's own plate. Raises `NotFound` for anybody else's."""
    found = next((one for one in plate(actor).open if one.row.pk == item_id), None)
    if found is None:
        raise NotFound
    return found


def _on_plate(number: int, row: PlateItem) -> OnPlate:
    score, facts = (score_of(row) if is_placed(row) else None), facts_of(row)
    return OnPlate(
        number=number,
        row=row,
        score=score,
        facts=facts,
        recommendation=recommend(score, facts) if score else None,
        hours=hours_a_month(score) if score else None,
    )


def is_placed(row: PlateItem) -> bool:
    """Whether it stands on the matrix."""
    return row.value is not None and row.energy is not None


def _to_map(lines: Sequence[OnPlate]) -> list[OnPlate]:
    """Every line for itself: what is on a plate belongs to no cluster yet."""
    items = [Item(str(one.row.pk), one.row.text, one.score, one.facts) for one in lines if one.score]
    order = rank(items)
    by_id = {str(one.row.pk): one for one in lines}
    return [by_id[item.id] for item in (*order.now, *order.next_90_days, *order.later)]
