"""Mapping a process: a numbered step list with the drawing beside it, saved as it is typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from routebook.core.checks import blocks_publishing
from routebook.core.document import Handling, Kind, Process
from routebook.formats.difference import spelt
from routebook.formats.merge import Prefer
from routebook.formats.pasted import read_pasted
from routebook.formats.plain import PlainError, from_plain, to_plain
from routebook.store.access import Actor, NotFound, Refused, Verb, drafting
from routebook.store.actions import documents as actions
from routebook.store.queries import documents as queries
from routebook.store.queries import members
from routebook.store.queries.checking import findings_in
from routebook.store.queries.delegations import first_step_of
from routebook.store.queries.documents import DocumentView
from routebook.web import starting_points
from routebook.web.document_fields import label_of
from routebook.web.map_findings import told_of
from routebook.web.pages import both, command_id, fresh_id, now, post, show
from routebook.web.process_drawing import Drawing, bands_of, drawing, gaps_at
from routebook.web.process_form import (
    EMPTY_ROW,
    MOST_STEPS,
    ProcessForm,
    becomes,
    form_of,
    read_form,
    steps_from_list,
    told,
)


@both("map")
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A new map: a title, and if they are at hand its steps, one a line."""
    refusal = None
    if request.method == "POST":
        typed = Process(slug="", title="x", steps=steps_from_list(request.POST.get("list", "")))
        plain = {**to_plain(typed), "title": request.POST.get("title", "")}
        try:
            document = actions.create(actor, Kind.PROCESS, plain, now=now(), command=command_id(request))
        except Refused as refused:
            refusal = refused.refusal
        else:
            return redirect(f"/processes/{document.slug}/edit/")
    elif not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    begun = {"refusal": refusal, "typed": request.POST, "command": fresh_id()}
    context = {**begun, **starting_points.offer(actor, request.GET.get("for", ""))}
    return show(request, "processes/new.html", context, status=409 if refusal else 200)


@both("map")
def edit(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """The editor. Every change posts the whole list, with the text that it began as in `was`.

    `op` is the button that was pressed: add, remove, up or down a row, `look` at what becomes of a list or a
    table, `paste` it behind the last row, or `save`. A script (`HX-Request`) gets the drawing and the findings only, so that the cursor stays where it is,
    unless there is more to show; no drawing if it has had one of the same (`sketched`), and otherwise one that keeps the `bands`
    of the one that it has. It has what was pasted read first (`read`), and puts the rows where it likes.
    """
    view = queries.find(actor, Kind.PROCESS, slug)
    if not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    value = cast("Process", view.draft or view.published)
    if request.method != "POST":
        first = "" if value.steps else first_step_of(actor, view.row)
        form, draft = form_of(value, base=view.rev or 1, first=first), queries.draft_row(view.row)
        return show(request, "processes/edit.html", _editor(actor, view, form, like=draft.bands if draft else None))
    if request.POST.get("op") == "read":
        return _read_pasted(request)
    form = read_form(request.POST, value)
    try:
        rev = _save(request, actor, view, form)
    except actions.Conflict as clash:
        return _show_conflict(request, actor, view, form, clash)
    view = queries.find(actor, Kind.PROCESS, slug)
    kept = cast("Process", view.draft or view.published)
    context: dict[str, Any] = {"ids": _ids(form)}
    if kept != form.process:
        # Somebody else's changes came in: show the map with both, and let a script that types on merge from here.
        context["sent"] = _as_text(form.process)
        form = form_of(kept, base=rev) if form.is_whole else form
    is_all = form.op != "save" or "sent" in context
    is_drawn = is_all or not request.headers.get("HX-Request") or "sketched" not in request.POST
    like = bands_of(request.POST.get("bands", ""))
    context = {**_editor(actor, view, form, kept, is_drawn=is_drawn, like=like), **context}
    if form.op == "look":
        text = request.POST.get("pasted", "")
        context.update(pasted=text, becomes=becomes(read_pasted(text)))
    if form.op == "paste":
        context["told"] = told(read_pasted(request.POST.get("pasted", "")))
    if not request.headers.get("HX-Request"):
        return show(request, "processes/edit.html", context, status=200 if form.is_whole else 422)
    return show(request, "processes/editor.html" if is_all else "processes/live.html", context)


def _read_pasted(request: HttpRequest) -> JsonResponse:
    """The rows that a pasted list or table makes, in the words of the form, and what is shown before they are taken."""
    pasted = read_pasted(request.POST.get("pasted", ""), request.POST.get("pasted_html", ""))
    rows = [{name: value for name, value in asdict(step).items() if value} for step in pasted.steps[:MOST_STEPS]]
    shown = becomes(pasted)
    preview = render_to_string("processes/becomes.html", {"becomes": shown})
    return JsonResponse({"rows": rows, "sentence": shown.sentence, "preview": preview, "take": shown.take})


@post("map")
def sketch(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """The drawing of what was typed, before it is saved. Nothing is kept."""
    if not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    view = queries.find(actor, Kind.PROCESS, slug)
    form = read_form(request.POST, cast("Process", view.draft or view.published))
    like = bands_of(request.POST.get("bands", ""))
    context = {"drawn": drawing(form.process, queries.by_step(actor, slug), linked=False, like=like)}
    return render(request, "processes/drawing.html", context)


def _save(request: HttpRequest, actor: Actor, view: DocumentView, form: ProcessForm) -> int:
    fields = to_plain(form.process)
    was = _read_was(request.POST.get("was", ""), view)
    looked_at, settle = request.POST.get("looked_at", ""), request.POST.get("settle", "")
    settled = (int(looked_at), Prefer(settle)) if looked_at.isdecimal() and settle in set(Prefer) else None
    bands = bands_of(request.POST.get("bands", ""))
    draft = actions.merge_draft(actor, view.row.pk, was=was, fields=fields, now=now(), settled=settled, bands=bands)
    return draft.rev


def _read_was(text: str, view: DocumentView) -> Mapping[str, Any]:
    """The text that the form began as; what is kept now, where that can't be read."""
    try:
        return to_plain(from_plain(Kind.PROCESS, view.row.slug, json.loads(text)))
    except (ValueError, PlainError, RecursionError):
        return to_plain(view.draft or view.value)


def _as_text(process: Process) -> str:
    return json.dumps(to_plain(process), ensure_ascii=False, separators=(",", ":"))


# --- two people at once ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownClash:
    """A thing that two people changed: what it is called, and both texts as they read."""

    label: str
    theirs: str
    yours: str


def _show_conflict(
    request: HttpRequest, actor: Actor, view: DocumentView, form: ProcessForm, clash: actions.Conflict
) -> HttpResponse:
    context = _editor(actor, view, form, like=bands_of(request.POST.get("bands", "")))
    context["was"] = request.POST.get("was", "")
    context["conflict"] = {
        "rev": clash.rev,
        "who": clash.clashes[0].who or _("Somebody"),
        "is_you": clash.clashes[0].who == actor.name,
        "clashes": [
            _shown_clash(one, form.process, cast("Process", view.draft or view.value)) for one in clash.clashes
        ],
    }
    is_partial = bool(request.headers.get("HX-Request"))
    return show(request, "processes/live.html" if is_partial else "processes/edit.html", context, status=409)


PARTS = {
    "title": "what happens",
    "role": "who",
    "no_document": "no SOP needed, because",
    "due": "due within",
    "join": "waits for",
    "review": "approval",
    "optional": "may be skipped",
}
"""What a field of a step is called where its own name is not the word of the form."""


def _shown_clash(one: actions.Clash, yours: Process, theirs: Process) -> ShownClash:
    if one.field != "steps":
        field = one.field
        return ShownClash(
            str(label_of(Kind.PROCESS, field)), _spelt({field: one.theirs}, field), _spelt({field: one.yours}, field)
        )
    titles = {step.id: step.title for process in (theirs, yours) for step in process.steps}
    if not one.step:
        orders = (", ".join(titles.get(step, step) for step in order) for order in (one.theirs, one.yours))
        return ShownClash(_("The order of the steps"), *orders)
    name = _("“%(title)s”") % {"title": titles.get(one.step, one.step)}
    if not one.part:
        texts = (
            _("removed") if side is None else _spelt({"steps": [side]}, "steps") for side in (one.theirs, one.yours)
        )
        return ShownClash(name, *texts)
    texts = (_spelt_part(one.part, side) for side in (one.theirs, one.yours))
    return ShownClash(f"{name}: {_(PARTS.get(one.part, one.part))}", *texts)


def _spelt(plain: dict[str, Any], field: str) -> str:
    given = {name: value for name, value in plain.items() if value is not None}
    return spelt(getattr(from_plain(Kind.PROCESS, "x", {"title": "x", **given}), field))


def _spelt_part(part: str, side: Any) -> str:
    if side is None:
        return ""
    step = {"id": "x", "title": "x", part: side}
    process = cast("Process", from_plain(Kind.PROCESS, "x", {"title": "x", "steps": [step]}))
    return spelt(getattr(process.steps[0], part))


# --- what the editor shows ------------------------------------------------------------------------


def _editor(
    actor: Actor,
    view: DocumentView,
    form: ProcessForm,
    kept: Process | None = None,
    *,
    is_drawn: bool = True,
    like: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    process = kept or form.process
    findings = findings_in(actor.org, process, drafts=True, today=now().date())
    drawn = drawing(process, queries.by_step(actor, view.row.slug), linked=False, like=like or {}) if is_drawn else None
    return {
        "view": view,
        "form": _with_gaps(form, process, drawn) if drawn else form,
        "ids": _ids(form),
        "was": _as_text(process),
        "empty": EMPTY_ROW,
        "drawn": drawn,
        "findings": told_of(findings, process),
        "blocked": bool(blocks_publishing(findings)),
        # Read only where the whole form is shown: not for every pause in typing.
        "roles": lambda: [role.row.title for role in members.roles(actor)],
        "policies": cache(lambda: queries.listing(actor, Kind.POLICY)),
        "handlings": list(Handling),
        "may_publish": actor.may(Verb.PUBLISH),
    }


def _with_gaps(form: ProcessForm, process: Process, drawn: Drawing) -> ProcessForm:
    """The form with what breaks along the map beside the rows of the steps."""
    gaps = {process.steps[index].id: gaps_at(drawn.gaps, index) for index in {gap.index for gap in drawn.gaps}}
    return replace(form, rows=tuple(replace(row, gaps=gaps.get(row.id, {})) for row in form.rows))


def _ids(form: ProcessForm) -> str:
    """The steps of the form by their ids, in order: a script gives them to the rows that it sent."""
    return " ".join(row.id for row in form.rows if row.title)
