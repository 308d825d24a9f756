"""The hand-off pack: all that somebody needs who takes a step on, to print, to save as a PDF, or to send.

One sheet says it: the page lays it out for the browser, the press for paper.
"""

from __future__ import annotations

import datetime as dt
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from routebook.core.calendar import Calendar, NoWorkingTime, next_working
from routebook.core.document import Kind, Process, Step
from routebook.core.events import Refusal
from routebook.core.handoff.cover import ABLE
from routebook.formats.drawing import draw, itinerary
from routebook.formats.sheets import Sheet, sheet_of
from routebook.formats.sheets.sheet import (
    Block,
    Cell,
    Check,
    Checklist,
    Criteria,
    Drawing,
    Fact,
    Part,
    Prose,
    Table,
    Text,
)
from routebook.store.access import Actor, Refused, Verb
from routebook.store.actions import mails
from routebook.store.queries import calendars, documents, handoffs, members, outputs
from routebook.store.queries.handoffs import HandoffView, SopVersion
from routebook.web import handoff_words as words
from routebook.web.calendar_words import hours_words
from routebook.web.outputs import PDF, file, imprint_of, printed_sheet
from routebook.web.pages import FORBIDDEN, now, page, post, show, tell
from routebook.web.process_drawing import tags_of

DAYS = 5


@page("handoff")
def pack(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponse:
    """The pack as a page that prints."""
    return _pack_page(request, actor, handoffs.get(actor, handoff))


def _pack_page(request: HttpRequest, actor: Actor, view: HandoffView, refusal: Refusal | None = None) -> HttpResponse:
    sheet = pack_of(actor, view)
    context = {
        "view": view,
        "sheet": sheet,
        "chapters": [(part.heading, [_shown(block) for block in part.blocks]) for part in sheet.parts],
        "sends": actor.member == view.row.delegator_id or actor.may(Verb.SEE_ALL_HANDOFFS),
        "refusal": refusal,
    }
    return show(request, "handoffs/pack.html", context, status=409 if refusal else 200)


def _shown(block: Block) -> tuple[str, object]:
    """The kind of a block and the block; a drawing as what may enter the page."""
    if isinstance(block, Drawing):
        # formats.drawing escapes every text that enters the picture.
        return "drawing", mark_safe(block.svg)
    return type(block).__name__.lower(), block


@page("handoff")
def pack_pdf(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponse:
    """The pack on A4."""
    view = handoffs.get(actor, handoff)
    return file(_paper(actor, view), PDF, f"hand-off-{view.row.pk}.pdf")


def _paper(actor: Actor, view: HandoffView) -> bytes:
    return printed_sheet(actor, pack_of(actor, view), imprint_of(actor, words.level(view.state.level)))


@post()
def send(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponseBase:
    """Mail the pack to who takes the step on."""
    view = handoffs.get(actor, handoff)
    try:
        receiver = mails.send_pack(actor, view, lambda: _paper(actor, view), now=now())
    except Refused as refused:
        if refused.refusal.code == FORBIDDEN:
            raise
        return _pack_page(request, actor, view, refused.refusal)
    tell(request, _("The pack is on its way to %(to)s.") % {"to": receiver.email})
    return redirect(f"/handoffs/{view.row.pk}/pack/")


# --- what the pack says -------------------------------------------------------------------------


def pack_of(actor: Actor, view: HandoffView) -> Sheet:
    """The map with the step marked, what is handed over, the access card, the SOP, and for who is new the first week."""
    state = view.state
    sop = handoffs.sop_version(actor, state.sop) if state.sop else None
    names = members.names(actor)
    calendar = calendars.calendars(actor, now=now()).get(view.row.receiver_id)
    parts = [
        *_map(actor, view),
        _handed_over(view, sop),
        _access(view, names),
        *([_first_week(view, sop, calendar)] if calendar and state.level not in ABLE else []),
        *(_directions(actor, sop) if sop else []),
    ]
    return Sheet(
        address=f"handoffs/{view.row.pk}",
        kind=_("Hand-off pack"),
        title=view.title,
        tag=view.row.variation,
        facts=tuple(_facts(actor, view, calendar, names)),
        parts=tuple(parts),
    )


def _line(text: str, soft: bool = False) -> Cell:
    return (Text(text, soft=soft),) if text else ()


def _facts(actor: Actor, view: HandoffView, calendar: Calendar | None, names: dict[str, str]) -> list[Fact]:
    terms, row = view.state.terms, view.row
    backup = names.get(terms.backup, "")
    if not backup and (found := handoffs.role_backup(actor, view)):
        backup = found.name
    facts = [
        Fact(_("For"), _line(row.receiver.name)),
        Fact(_("From"), _line(row.delegator.name)),
        Fact(_("Process"), _line(row.process.title)),
        Fact(_("Starts"), _line(words.day_words(terms.starts) if terms.starts else "")),
        Fact(_("Working hours"), _line(terms.hours or (hours_words(calendar) if calendar else ""))),
        Fact(_("Stands in"), _line(backup)),
    ]
    return [fact for fact in facts if fact.says]


def _map(actor: Actor, view: HandoffView) -> list[Part]:
    """The map with the step marked, and what the step takes and gives."""
    found = documents.find(actor, Kind.PROCESS, view.row.process.slug)
    process = cast("Process", found.value)
    step = process.step(view.row.step)
    if step is None:
        return []
    tags = tags_of(documents.by_step(actor, process.slug))
    svg = draw(process, documents=tags, states={step.id: "here"})
    place = [one.id for one in process.steps].index(step.id) + 1
    told = {"n": place, "of": len(process.steps), "title": step.title}
    where = _("This is step %(n)d of %(of)d: **%(title)s**.") % told
    return [Part(_("Where it fits"), (Prose(" ".join((where, *_around(step)))), Drawing(svg, itinerary(process))))]


def _around(step: Step) -> list[str]:
    said = []
    if step.takes:
        said.append(_("It takes: %(what)s.") % {"what": ", ".join(step.takes)})
    if step.gives:
        said.append(_("It gives: %(what)s.") % {"what": ", ".join(step.gives)})
    if step.due:
        said.append(_("It is due within %(time)s.") % {"time": step.due})
    return said


def _handed_over(view: HandoffView, sop: SopVersion | None) -> Part:
    brief = view.state.brief.beside(sop.value if sop else None)
    blocks: list[Block] = []
    if brief.outcome:
        blocks.append(Prose(brief.outcome))
    if brief.quality_bar:
        blocks.append(Criteria(brief.quality_bar))
    if brief.good:
        blocks.append(Prose(brief.good, _("A good one"), "good"))
    if brief.bad:
        blocks.append(Prose(brief.bad, _("A bad one"), "bad"))
    return Part(_("What you take on"), tuple(blocks))


def _access(view: HandoffView, names: dict[str, str]) -> Part:
    card = view.state.card
    rows: list[tuple[Cell, ...]] = [
        (_line(tool.tool), (*_line(_("account of %(name)s") % {"name": tool.account_owner}), *_line(tool.vault, True)))
        for tool in card.tools
    ]
    rows += [
        (_line(_("You may spend")), _line(card.spend_limit)),
        (_line(_("You decide alone")), _line(card.may_decide)),
        (
            _line(_("You ask when")),
            (*_line(card.ask_when), *_line(_("with one problem, three options, one recommendation"), True)),
        ),
        (_line(_("Access is taken away by")), _line(names.get(card.revoker, ""))),
    ]
    return Part(_("Access and authority"), (Table((_("What"), _("How")), tuple(rows), (1, 2)),))


def _first_week(view: HandoffView, sop: SopVersion | None, calendar: Calendar) -> Part:
    """Five of their working days, from the first one on."""
    told = {"name": view.row.delegator.name.split()[0]}
    read = _("Read the SOP.") if sop else _("Read what you take on.")
    watch = _("Watch the recording.") if sop and sop.value.recording else ""
    plan = (
        (read, watch, _("Try each way in, and tick what works."), _("Say in your own words what comes out of it.")),
        (_("Ask what is not clear yet. %(name)s answers, opens what is missing, and finds it understood.") % told,),
        (_("Practise: the next task is yours. %(name)s confirms the result, or shows you.") % told,),
        (_("Practise again. Asking doesn't count against you; what you ask makes the SOP better."),),
        (_("Look back with %(name)s for ten minutes: what was easy, what the SOP lacks, what comes next.") % told,),
    )
    days = _working_days(calendar, view.state.terms.starts)
    checks = tuple(
        Check(f"**{words.day_words(day)}**: {' '.join(filter(None, said))}")
        for day, said in zip(days, plan, strict=False)
    )
    after = _("Three clean results in a row propose the next level.")
    return Part(_("The first week"), (Checklist(checks), Prose(after)))


def _working_days(calendar: Calendar, first: dt.date | None) -> list[dt.date]:
    zone = ZoneInfo(calendar.time_zone)
    moment = now()
    if first is not None:
        moment = max(moment, dt.datetime.combine(first, dt.time(), zone))
    found: list[dt.date] = []
    try:
        for _n in range(DAYS):
            day = next_working(calendar, moment).astimezone(zone).date()
            found.append(day)
            moment = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    except NoWorkingTime:
        return found
    return found


def _directions(actor: Actor, sop: SopVersion) -> list[Part]:
    """The SOP, but for what the pack has said already."""
    sheet = sheet_of(sop.value, outputs.beside(actor, sop.value), _)
    said = {_("What it is for"), _("Done means")}
    head = Part(_("SOP: %(title)s, version %(n)d") % {"title": sop.value.title, "n": sop.number}, ())
    rest = [part for part in sheet.parts if part.heading not in said]
    return [head, *rest] if rest else []
