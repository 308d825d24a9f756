"""What somebody does with their own plate: write lines, place them, map them, be done with them.

The list is theirs alone and nothing is decided by it, so it makes no events. Mapping a line makes a process, and that
does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from routebook.core.delegation import Facts
from routebook.core.document import Kind
from routebook.core.events import Refusal
from routebook.formats.lines import listed_lines
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import delegations, documents
from routebook.store.models import Document, Member, PlateItem
from routebook.store.queries.delegations import facts_of, score_of
from routebook.store.queries.plate import is_mapped, is_placed, items_of

MOST_LINES = 200
"""Nobody does more than that; a longer list is something else that was pasted."""
MOST_LETTERS = 300


@transaction.atomic
def add(actor: Actor, text: str, *, now: dt.datetime) -> Sequence[PlateItem]:
    """Put each line of `text` on the actor's plate. A line that is there already stays as it is; one that was done
    comes back. Raises `Refused` for a line that is too long, and adds nothing then."""
    require(actor, Verb.DECIDE)
    lines = {line.casefold()[:MOST_LETTERS]: line for line in listed_lines(text)}
    long = next((line for line in lines.values() if len(line) > MOST_LETTERS), None)
    if long is not None:
        sentence = f"A line has {MOST_LETTERS} letters at most: shorten “{long[:40]}…”."
        raise Refused(Refusal("too_long", sentence, "lines"))
    # Of a list that is sent twice at the same moment, the second one finds what the first one wrote.
    list(Member.objects.select_for_update(no_key=True).filter(org_id=actor.org, pk=actor.member).values_list("pk"))
    known = {row.folded: row for row in items_of(actor)}
    if len(known.keys() | lines.keys()) > MOST_LINES:
        raise Refused(
            Refusal("too_many", f"A plate holds {MOST_LINES} lines. Start with what takes most time.", "lines")
        )
    for folded, line in lines.items():
        row = known.get(folded)
        if row is None:
            new = PlateItem(org_id=actor.org, member_id=actor.member, text=line, folded=folded, created_at=now)
            new.save()
            known[folded] = new
        elif row.done_at is not None:
            row.done_at = None
            row.save(update_fields=["done_at"])
    return [known[folded] for folded in lines]


@transaction.atomic
def score(
    actor: Actor,
    item_id: int,
    *,
    value: int | None,
    energy: int | None,
    costly: bool,
    judgement: bool,
    minutes: int,
    times_a_month: object,
    facts: Facts,
) -> PlateItem:
    """Keep what is known of a line. Value and energy place it, so they come together or not at all."""
    row = _own(actor, item_id)
    if (value is None) != (energy is None):
        field, sentence = (
            ("value", "Choose a value from 1 to 5 as well.")
            if value is None
            else ("energy", "Choose what it does to your energy as well.")
        )
        raise Refused(Refusal("half_placed", sentence, field))
    within = delegations.read_score(
        value=1 if value is None else value,
        energy=0 if energy is None else energy,
        costly_if_wrong=costly,
        needs_my_judgement=judgement,
        minutes=minutes,
        times_a_month=times_a_month,
    )
    row.value, row.energy = value, energy
    row.costly, row.judgement = costly, judgement
    row.minutes, row.times_a_month = within.minutes, within.times_a_month
    row.facts = {"always_the_same": facts.always_the_same, "nobody_needs_it": facts.nobody_needs_it}
    row.save()
    return row


@transaction.atomic
def finish(actor: Actor, item_id: int, *, now: dt.datetime) -> PlateItem:
    """It has left the plate: done for good, dropped, or with somebody else."""
    row = _own(actor, item_id)
    if row.done_at is None:
        row.done_at = now
        row.save(update_fields=["done_at"])
    return row


@transaction.atomic
def put_back(actor: Actor, item_id: int) -> PlateItem:
    """It is on the plate again."""
    row = _own(actor, item_id)
    if row.done_at is not None:
        row.done_at = None
        row.save(update_fields=["done_at"])
    return row


@transaction.atomic
def map_it(actor: Actor, item_id: int, *, now: dt.datetime) -> Document:
    """Turn a line into the draft of a process, or give the one that came of it before.

    The map begins empty. Its first step takes the line's place on the matrix: what is known isn't asked again, and its
    hours count until the steps are told apart.
    """
    row = _own(actor, item_id)
    if row.process is not None and is_mapped(row):
        return row.process
    made = documents.create(actor, Kind.PROCESS, {"title": row.text}, now=now)
    if is_placed(row):
        delegations.score_first(actor, made, score_of(row), facts_of(row), now=now)
    row.process = made
    row.save(update_fields=["process"])
    return made


def _own(actor: Actor, item_id: int) -> PlateItem:
    """The actor's own line, locked until the transaction ends. Raises `NotFound` for anybody else's."""
    row = items_of(actor).select_for_update(of=("self",)).select_related("process").filter(pk=item_id).first()
    if row is None:
        raise NotFound
    return row
