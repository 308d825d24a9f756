"""The pages of runs: what is on the road, starting one, one run with its route line, and its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import FormField, Kind, Process
from routebook.core.events import Refusal
from routebook.core.run import commands as c
from routebook.core.run.events import ItemTicked
from routebook.formats.drawing import draw
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import runs as actions
from routebook.store.queries import board, documents, records
from routebook.store.queries.organisations import currency_of
from routebook.store.queries.runs import RecordLine
from routebook.store.queries.tasks import RunView, questions_of, run_view
from routebook.web import outputs, tasks
from routebook.web.pages import both, command_id, fresh_id, now, page, post, show, tell
from routebook.web.record_sheet import record_sheet
from routebook.web.record_words import Words, sentence, ticked
from routebook.web.route_line import Place, Stop, states, stops, travelled

FILTERS = (
    (board.Show.ALL, gettext_lazy("All")),
    (board.Show.LATE, gettext_lazy("Late")),
    (board.Show.WAITING, gettext_lazy("Waiting")),
    (board.Show.MINE, gettext_lazy("Mine")),
)


# --- what is on the road --------------------------------------------------------------------------


@page("run")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All that runs, by process; or one process's runs as a board by step."""
    require(actor, Verb.SEE_RUNS)
    slug = request.GET.get("process", "")
    view = documents.find(actor, Kind.PROCESS, slug) if slug else None
    chosen = request.GET.get("show", "")
    show_only = board.Show(chosen) if chosen in list(board.Show) else board.Show.ALL
    process_id = view.row.pk if view else None
    over = chosen == "over"
    cards = () if over else board.cards(actor, show_only, process_id, now=now())
    context = {
        "view": view,
        "over": board.ended(actor, process_id, _page_number(request)) if over else None,
        "groups": () if over or view else board.groups(cards),
        "columns": board.columns(cast("Process", view.value), cards) if view and cards else (),
        "cards": cards,
        "most": board.MOST_CARDS,
        "filters": [(value, label, _address(slug, value), value == show_only and not over) for value, label in FILTERS],
        "over_address": _address(slug, "over"),
        "next_page": _address(slug, "over", _page_number(request) + 1),
        "chosen": "over" if over else show_only,
        "startable": bool(view and view.published) and actor.may(Verb.START_RUN),
    }
    return show(request, "runs/index.html", context)


def _address(slug: str, chosen: str, number: int = 1) -> str:
    wanted = {"process": slug, "show": "" if chosen == board.Show.ALL else chosen, "page": number if number > 1 else ""}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/runs/?{query}" if query else "/runs/"


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), 100_000) if text.isdecimal() and len(text) < 8 else 1


# --- starting -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the start form as the page shows it."""

    id: str
    field: FormField
    value: str
    error: str


@both("run")
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The start form of a process; without one named, the processes to choose from."""
    require(actor, Verb.START_RUN)
    slug = request.GET.get("process", "") or request.POST.get("process", "")
    if not slug:
        return show(request, "runs/choose.html", {"views": board.startable(actor)})
    view = documents.find(actor, Kind.PROCESS, slug)
    if view.published is None:
        raise Refused(Refusal("not_published", _("This map has no published version yet; publish it first.")))
    process = cast("Process", view.published)
    refusal = None
    if request.method == "POST":
        try:
            return _start(request, actor, view.row.pk, process)
        except Refused as refused:
            refusal = refused.refusal
    entries = _entries(process, request.POST, refusal)
    context = {
        "view": view,
        "process": process,
        "entries": entries,
        "currency": currency_of(actor),
        "run_id": request.POST.get("run") or fresh_id(),
        "command": request.POST.get("command") or fresh_id(),
        "refusal": refusal if refusal and not any(entry.error for entry in entries) else None,
    }
    return show(request, "runs/new.html", context, status=409 if refusal else 200)


def _start(request: HttpRequest, actor: Actor, process_id: int, process: Process) -> HttpResponseBase:
    names = {f"answer-{at}": field.field for at, field in enumerate(process.form)}
    answers = {field: request.POST[name] for name, field in names.items() if request.POST.get(name)}
    result = actions.start(
        actor,
        process_id,
        run_id=request.POST.get("run", ""),
        fields=answers,
        command_id=command_id(request),
        now=now(),
    )
    tell(request, _("Run #%(number)d is on its way.") % {"number": result.number})
    return redirect(f"/runs/{result.number}/")


def _entries(process: Process, typed: Mapping[str, str], refusal: Refusal | None) -> Sequence[Entry]:
    return [
        Entry(
            id=f"answer-{at}",
            field=field,
            value=typed.get(f"answer-{at}", ""),
            error=refusal.sentence if refusal and refusal.field == field.field else "",
        )
        for at, field in enumerate(process.form)
    ]


# --- one run --------------------------------------------------------------------------------------


@page("run")
def run(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One run: where it is, who has the ball, what was asked, and its record."""
    return _run_page(request, actor, number)


def _run_page(
    request: HttpRequest, actor: Actor, number: int, refusal: Refusal | None = None, panel: str = ""
) -> HttpResponse:
    at = now()
    view = run_view(actor, number, now=at)
    line = stops(view, actor.id)
    record = records.read(actor, view.row)
    context = {
        "run": view,
        "row": view.row,
        "process": view.definition.process,
        "stops": line,
        "balls": [stop for stop in line if stop.ball],
        "late": view.running and view.row.due is not None and view.row.due < at,
        "svg": _drawing(view, line),
        "fields": tasks.answers(view),
        "questions": questions_of(actor, view),
        "entries": _folded(actor, view, record),
        "record": record,
        "back_to": _back_to(view, line, actor),
        "may_cancel": view.running and view.manages,
        "refusal": refusal,
        "panel": panel,
        "typed": request.POST,
        "command": fresh_id(),
    }
    return show(request, "runs/run.html", context, status=409 if refusal else 200)


def _drawing(view: RunView, line: Sequence[Stop]) -> str:
    # formats.drawing escapes every text that enters the picture.
    return mark_safe(draw(view.definition.process, states=states(line), travelled=travelled(view)))


def _back_to(view: RunView, line: Sequence[Stop], actor: Actor) -> Sequence[Stop]:
    """The stops that the run may go back to, for whom the core would let: a manager, or who has the ball."""
    if not view.running:
        return ()
    if not view.manages and not any(stop.mine for stop in line if stop.place is Place.HERE):
        return ()
    return [stop for stop in line if stop.place is Place.DONE]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record in words."""

    seq: int
    at: dt.datetime
    sentence: str
    name: str
    hash: str


def _sentences(actor: Actor, view: RunView, record: records.Record) -> Sequence[Line]:
    words = Words(view.people, view.definition, view.state, actor.time_zone)
    return [
        Line(line.seq, line.at, sentence(line.event, line.actor, words), line.name, line.hash) for line in record.lines
    ]


def _folded(actor: Actor, view: RunView, record: records.Record) -> Sequence[Line]:
    """The record as the run's page shows it: ticks that one person made in a row on one task are one line."""
    words = Words(view.people, view.definition, view.state, actor.time_zone)
    folded = []
    for _who, lines in groupby(record.lines, key=_tick_of):
        together = list(lines)
        last = together[-1]
        events = [line.event for line in together]
        ticks = [event for event in events if isinstance(event, ItemTicked)]
        told = ticked(ticks, last.actor, words) if len(ticks) > 1 else sentence(last.event, last.actor, words)
        folded.append(Line(last.seq, last.at, told, last.name, last.hash))
    return folded


def _tick_of(line: RecordLine) -> tuple[str, int, int]:
    """Equal for ticks that belong together; different for any two other lines."""
    if isinstance(line.event, ItemTicked) and line.event.ticked:
        return line.actor, line.event.task, 0
    return "", 0, line.seq


@post("run")
def go_back(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """Return to an earlier step: what followed from it is undone."""
    command = c.ReturnTo(request.POST.get("step", ""), request.POST.get("reason", ""))
    return _change(request, actor, number, command, "return", _("The run went back. What followed is undone."))


@post("run")
def cancel(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """Give the run up."""
    command = c.Cancel(request.POST.get("reason", ""))
    return _change(request, actor, number, command, "cancel", _("The run is cancelled. Its record stays."))


def _change(
    request: HttpRequest, actor: Actor, number: int, command: c.Command, panel: str, done: str
) -> HttpResponseBase:
    require(actor, Verb.SEE_RUNS)
    try:
        actions.command(actor, number, command, command_id=command_id(request), now=now())
    except Refused as refused:
        return _run_page(request, actor, number, refused.refusal, panel)
    tell(request, done)
    return redirect(f"/runs/{number}/")


@page("run")
def record(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The record alone, to print or to keep."""
    view = run_view(actor, number, now=now())
    found = records.read(actor, view.row)
    context: dict[str, Any] = {
        "run": view,
        "row": view.row,
        "process": view.definition.process,
        "fields": tasks.answers(view),
        "entries": _sentences(actor, view, found),
        "record": found,
    }
    return show(request, "runs/record.html", context)


@page("run")
def record_pdf(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The record as a PDF, to keep outside the product."""
    view = run_view(actor, number, now=now())
    found = records.read(actor, view.row)
    sheet = record_sheet(actor, view, found, _sentences(actor, view, found))
    return outputs.sheet_file(actor, sheet, outputs.imprint_of(actor, ""), f"run-{number}-record.pdf")


@page("run")
def questions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The questions that wait for the actor's answer."""
    own, others = board.open_questions(actor)
    return show(request, "runs/questions.html", {"own": own, "others": others, "command": fresh_id()})


urlpatterns: list[URLPattern] = [
    path("runs/", index, name="runs"),
    path("runs/new/", new, name="run-new"),
    path("runs/questions/", questions, name="run-questions"),
    path("runs/<int:number>/", run, name="run"),
    path("runs/<int:number>/record/", record, name="run-record"),
    path("runs/<int:number>/record.pdf", record_pdf),
    path("runs/<int:number>/return/", go_back, name="run-return"),
    path("runs/<int:number>/cancellation/", cancel, name="run-cancellation"),
    *tasks.urlpatterns,
]
