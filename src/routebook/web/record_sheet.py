"""The record of a run as a sheet, to print and to keep: every line, and the seal that stands for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.formats.sheets.sheet import Block, Cell, Fact, Part, Sheet, Table, Text
from routebook.store.access import Actor
from routebook.store.queries.records import Record
from routebook.store.queries.tasks import RunView
from routebook.web.tasks import answers
from routebook.web.templatetags.routebook import local


class Told(Protocol):
    """A line of the record in words."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def sentence(self) -> str: ...
    @property
    def hash(self) -> str: ...


def record_sheet(actor: Actor, view: RunView, record: Record, lines: Sequence[Told]) -> Sheet:
    """The record as this actor reads it: all times in their own zone."""
    row = view.row
    version = _("%(process)s, map version %(n)d") % {"process": view.definition.process.title, "n": row.version.number}
    facts = [
        Fact(_("Process"), _line(version)),
        Fact(_("Started"), _line(local(row.started_at, actor.time_zone))),
        Fact(_("Over"), _line(local(row.ended_at, actor.time_zone))),
        *(Fact(field.field.capitalize(), _line(value)) for field, value in answers(view)),
        Fact(_("Times"), _line(_("all times in %(zone)s") % {"zone": actor.time_zone})),
    ]
    names = (_("Line"), _("When"), _("What happened"), _("Seal"))
    rows = tuple(
        (
            _line(str(line.seq)),
            _line(local(line.at, actor.time_zone)),
            _line(line.sentence),
            (Text(line.hash[:8], soft=True),),
        )
        for line in lines
    )
    parts = (
        Part(_("Whether it holds"), _verdict(record)),
        Part(_("What happened"), (Table(names, rows, (0, 1.3, 4, 0.9)),)),
        Part(_("The seal"), _seal(record)),
    )
    title = f"#{row.number} {row.name}".strip()
    told = tuple(fact for fact in facts if fact.says)
    return Sheet(f"runs/{row.number}/record", _("Record of a run"), title, "", told, parts)


def _verdict(record: Record) -> tuple[Block, ...]:
    count = len(record.lines)
    if record.holds:
        said = ngettext(
            "Verified: the one line is as it was written, and replaying it gives the run as it is.",
            "Verified: all %(n)d lines are as they were written, in this order; none is missing, "
            "and replaying them gives the run as it is.",
            count,
        ) % {"n": count}
        return (_words((said,)),)
    problems = (
        f"{problem.seq}: {problem.sentence}" if problem.seq else problem.sentence for problem in record.problems
    )
    return (_words((_("It does not hold. The record was changed from outside:"), *problems)),)


def _seal(record: Record) -> tuple[Block, ...]:
    said = _("Each line is sealed with the line before it. The last seal stands for the whole record:")
    return (_words((said, record.head)),)


def _words(lines: tuple[str, ...]) -> Table:
    """Plain sentences, one below the other, without a line between them."""
    return Table((), ((tuple(Text(line) for line in lines),),), (1,))


def _line(text: str) -> Cell:
    return (Text(text),) if text else ()
