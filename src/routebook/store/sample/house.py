"""What changed in the sample's house over time: who holds a role, who is away, what an hour is worth, a new edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from routebook.core.delegation import Period
from routebook.core.document import AnyDocument, Kind, Library, Sop
from routebook.store.access import Actor
from routebook.store.actions import documents, members, organisations, pile, plan, plate, readings
from routebook.store.models import Document, PlateItem
from routebook.store.sample.calendars import Calendars
from routebook.store.sample.history import Row


def as_it_was(library: Library, earlier: Iterable[Row]) -> Library:
    """The library before its SOPs were changed: `earlier` says which fields said something else, in which SOP."""
    was = {row["sop"]: row for row in earlier}
    old = (_older(one, was[one.slug]) if isinstance(one, Sop) and one.slug in was else one for one in library.documents)
    return replace(library, documents=tuple(old))


def _older(sop: Sop, was: Row) -> Sop:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in was.items() if name != "sop"
    }
    return replace(sop, **fields)


class House:
    """Everything of the history that is neither a hand-off nor a run."""

    def __init__(self, people: Mapping[str, Actor], calendars: Calendars, texts: Sequence[AnyDocument]) -> None:
        self.people, self.calendars = people, calendars
        self.texts = {one.slug: one for one in texts if isinstance(one, Sop)}

    def change(self, row: Row, now: dt.datetime) -> None:
        """Carry out one line of the history's `changes`; the key beside day, time and person says what it is."""
        by = self.people[row["by"]]
        if "role" in row:
            self.give_role(by, row, now)
        elif "away" in row:
            self.be_away(by, row, now)
        elif "publish" in row:
            self.publish(by, row, now)
        elif "read" in row:
            self.read(by, row, now)
        elif "plan" in row:
            self.plan(by, row, now)
        elif "pile" in row:
            pile.take(by, row["pile"], row["text"].encode(), now=now)
        elif "finish" in row:
            item = PlateItem.objects.get(org_id=by.org, text=row["finish"])
            plate.finish(by, item.pk, now=now)
        else:
            self.set_rates(by, row["rates"], now)

    def give_role(self, by: Actor, row: Row, now: dt.datetime) -> None:
        holders = [self.people[who].member for who in row["holders"]]
        backup = self.people[row["backup"]].member if "backup" in row else None
        members.set_role(by, row["role"], holders=holders, backup=backup, now=now)

    def be_away(self, by: Actor, row: Row, now: dt.datetime) -> None:
        first, last = (self.calendars.day(row[name]) for name in ("first", "last"))
        members.be_away(by, self.people[row["away"]].member, first=first, last=last, now=now)

    def publish(self, by: Actor, row: Row, now: dt.datetime) -> None:
        """Today's text of an SOP comes out; what was before stays among its versions."""
        document = Document.objects.get(org_id=by.org, kind=Kind.SOP, slug=row["publish"])
        documents.replace_draft(by, document.pk, self.texts[document.slug], now=now)
        documents.publish(by, document.pk, major=row["major"], note=row["note"], now=now)

    def read(self, by: Actor, row: Row, now: dt.datetime) -> None:
        asked = Document.objects.select_related("published").filter(org_id=by.org, kind__in=(Kind.SOP, Kind.POLICY))
        for document in asked.filter(slug__in=row["read"]).order_by("pk"):
            assert document.published is not None
            readings.confirm(by, document.pk, document.published.content_hash, now=now)

    def plan(self, by: Actor, row: Row, now: dt.datetime) -> None:
        if "position" in row:
            plan.arrange(by, row["plan"], Period(row["period"]), row["position"], now=now)
        if "leaves_in" in row:
            day = self.calendars.now.date() + dt.timedelta(days=row["leaves_in"])
            plan.set_day(by, row["plan"], day.isoformat(), now=now)

    def set_rates(self, by: Actor, rates: Row, now: dt.datetime) -> None:
        organisations.change_rates(
            by,
            owner_hour=Decimal(rates["owner_hour"]),
            minutes_per_answer=Decimal(rates["answer"]),
            minutes_per_review=Decimal(rates["review"]),
            now=now,
        )
