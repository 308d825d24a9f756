"""The pages of processes: the list, one process on one page, its ladder, and the map's editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from routebook.core.checks import Finding, blocks_publishing, check_document
from routebook.core.document import Handling, Kind, Process, Step
from routebook.formats.drawing import draw
from routebook.formats.flow_text import write_join, write_then
from routebook.formats.mermaid import to_mermaid
from routebook.formats.plain import to_plain
from routebook.store.access import Actor, NotFound, Refused, Verb, drafting
from routebook.store.actions import documents as actions
from routebook.store.queries import documents as queries
from routebook.store.queries import members, processes
from routebook.store.queries.documents import DocumentView, StepDocuments
from routebook.web.pages import both, fresh_id, now, page, post, show, tell
from routebook.web.process_form import EMPTY_ROW, ProcessForm, form_of, read_form, steps_from_list


@page("map")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All processes."""
    return show(request, "processes/index.html", {"cards": processes.cards(actor)})


# --- one process on one page ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the step table: the step, its place, where it goes, and the document it needs."""

    number: int
    step: Step
    flow: str
    waits: str
    documents: StepDocuments
    need: str
    new_sop: str


def step_rows(process: Process, documents: Mapping[str, StepDocuments]) -> list[Row]:
    """The seed's table, made from the data."""
    rows = []
    for number, step in enumerate(process.steps, start=1):
        known = documents.get(step.id, StepDocuments())
        rows.append(
            Row(
                number=number,
                step=step,
                flow=write_then(step, process.steps),
                waits=write_join(step.join, process.steps),
                documents=known,
                need=document_need(step, known),
                new_sop=f"/sops/new/?step={process.slug}/{step.id}",
            )
        )
    return rows


def document_need(step: Step, documents: StepDocuments) -> str:
    """What stands in the document column besides links, by the step's handling."""
    if step.no_document:
        return _("none: %(why)s") % {"why": step.no_document}
    if step.handling is Handling.KEEP:
        return _("none: stays on the map")
    if step.handling is Handling.AUTOMATE:
        return _("none needed")
    if step.handling is Handling.UNDECIDED:
        return _("decide first")
    if step.handling is Handling.DROP:
        return ""
    return "" if documents.sops else _("SOP to write")


def drawing(process: Process, documents: Mapping[str, StepDocuments], *, linked: bool = True) -> SafeString:
    """The map as SVG; each box links to its line in the list."""
    tags = {}
    for step in process.steps:
        sops = documents.get(step.id, StepDocuments()).sops
        if len(sops) > 1:
            tags[step.id] = _("%(n)d SOPs") % {"n": len(sops)}
        elif sops and sops[0].version:
            tags[step.id] = _("SOP v%(n)d") % {"n": sops[0].version}
    # formats.drawing escapes every text that enters the picture.
    return mark_safe(draw(process, documents=tags, href=(lambda step: f"#step-{step}") if linked else None))


def process_view(actor: Actor, slug: str) -> tuple[DocumentView, Process]:
    """The process as this actor sees it: the published map, else the draft."""
    view = queries.find(actor, Kind.PROCESS, slug)
    return view, cast("Process", view.value)


@page("map")
def process(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """One process on one page."""
    view, value = process_view(actor, slug)
    shows_draft = view.published is None or ("draft" in request.GET and view.draft is not None)
    if shows_draft and view.draft is not None:
        value = cast("Process", view.draft)
    documents = queries.by_step(actor, slug)
    context = {
        "view": view,
        "process": value,
        "shows_draft": shows_draft,
        "svg": drawing(value, documents) if value.steps else "",
        "rows": step_rows(value, documents),
        "policies": processes.policies_of(actor, value),
        "may_edit": actor.may(drafting(Kind.PROCESS)),
        "goals": processes.goals_of(actor, value),
        "road": processes.road(actor, view.row.pk) if actor.may(Verb.SEE_RUNS) else None,
    }
    return show(request, "processes/process.html", context)


@page("map")
def ladder(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """One row per level from policy to run, with the real content."""
    view, value = process_view(actor, slug)
    context = {
        "view": view,
        "process": value,
        "rungs": queries.ladder(actor, view),
        "runs": processes.latest_runs(actor, view.row.pk) if actor.may(Verb.SEE_RUNS) else (),
    }
    return show(request, "processes/ladder.html", context)


@page("map")
def picture(request: HttpRequest, actor: Actor, slug: str, form: str) -> HttpResponse:
    """The map as a file: SVG that stands alone, or Mermaid text."""
    _view, value = process_view(actor, slug)
    if form == "svg":
        response = HttpResponse(draw(value, standalone=True), content_type="image/svg+xml")
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}.svg"'
        return response
    if form == "mmd":
        return HttpResponse(to_mermaid(value), content_type="text/plain; charset=utf-8")
    raise NotFound


# --- the editor -----------------------------------------------------------------------------------


@both("map")
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A new map: a title, and if they are at hand its steps, one a line."""
    refusal = None
    if request.method == "POST":
        try:
            plain = {"title": request.POST.get("title", ""), "steps": steps_from_list(request.POST.get("list", ""))}
            document = actions.create(actor, Kind.PROCESS, plain, now=now())
        except Refused as refused:
            refusal = refused.refusal
        else:
            return redirect(f"/processes/{document.slug}/edit/")
    context = {"refusal": refusal, "typed": request.POST}
    return show(request, "processes/new.html", context, status=409 if refusal else 200)


@both("map")
def edit(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """The editor: a numbered step list with the drawing beside it.

    Every change posts the whole list. `op` is the button that was pressed: add, remove, up or down a row,
    or `save`, which answers with the drawing and the findings only, so that the cursor stays where it is.
    """
    view = queries.find(actor, Kind.PROCESS, slug)
    if not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    value = cast("Process", view.draft or view.published)
    if request.method != "POST":
        form = form_of(value, base=view.rev or 1)
        return show(request, "processes/edit.html", _editor(actor, view, form))
    form = read_form(request.POST, value)
    conflict = None
    if not form.errors:
        try:
            form = _save(actor, view, form)
        except actions.Conflict as clash:
            conflict = clash
        else:
            view = queries.find(actor, Kind.PROCESS, slug)
    context = _editor(actor, view, form, conflict)
    if request.headers.get("HX-Request"):
        template = "processes/live.html" if form.op == "save" else "processes/editor.html"
        return show(request, template, context, status=200)
    return show(request, "processes/edit.html", context, status=409 if form.errors or conflict else 200)


def _save(actor: Actor, view: DocumentView, form: ProcessForm) -> ProcessForm:
    plain = to_plain(form.process)
    cleared = dict.fromkeys(("trigger", "result", "target", "policies", "owner", "form", "steps"))
    fields = {**cleared, **{name: value for name, value in plain.items() if name in cleared or name == "title"}}
    draft = actions.change_draft(actor, view.row.pk, base=form.base, fields=fields, now=now())
    return form.saved_as(draft.rev)


def _editor(
    actor: Actor, view: DocumentView, form: ProcessForm, conflict: actions.Conflict | None = None
) -> dict[str, Any]:
    documents = queries.by_step(actor, view.row.slug)
    findings = check_document(form.process, queries.library_of(actor.org, drafts=True), today=now().date())
    return {
        "view": view,
        "form": form,
        "empty": EMPTY_ROW,
        "conflict": conflict,
        "svg": drawing(form.process, documents, linked=False) if form.process.steps else "",
        "findings": _placed(findings, form.process),
        "blocked": bool(blocks_publishing(findings)),
        "roles": [role.row.title for role in members.roles(actor)],
        "policies": queries.listing(actor, Kind.POLICY),
        "handlings": list(Handling),
        "may_publish": actor.may(Verb.PUBLISH),
        "command": fresh_id(),
    }


def _placed(findings: Sequence[Finding], process: Process) -> list[tuple[Finding, str]]:
    """Each finding with the number of the step that it is about, or nothing."""
    placed = []
    for finding in findings:
        number = ""
        if finding.path.startswith("steps["):
            at = int(finding.path[6:].split("]", 1)[0])
            number = str(at + 1) if at < len(process.steps) else ""
        placed.append((finding, number))
    return placed


@post("map")
def publish(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """Publish the draft; refused while it is unsound, saying why."""
    view = queries.find(actor, Kind.PROCESS, slug)
    rev = request.POST.get("rev", "")
    try:
        version = actions.publish(
            actor,
            view.row.pk,
            now=now(),
            major=request.POST.get("size") != "minor",
            note=request.POST.get("note", ""),
            rev=int(rev) if rev.isdecimal() else None,
        )
    except Refused as refused:
        view = queries.find(actor, Kind.PROCESS, slug)
        form = form_of(cast("Process", view.draft or view.published), base=view.rev or 1)
        context = {**_editor(actor, view, form), "refusal": refused.refusal}
        return show(request, "processes/edit.html", context, status=409)
    tell(request, _("Version %(number)d is published.") % {"number": version.number})
    return redirect(f"/processes/{slug}/")


@post("map")
def discard(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """Throw the draft away."""
    view = queries.find(actor, Kind.PROCESS, slug)
    actions.discard_draft(actor, view.row.pk, now=now())
    tell(request, _("The draft is gone."))
    return redirect(f"/processes/{slug}/" if view.published else "/processes/")


urlpatterns: list[URLPattern] = [
    path("processes/", index, name="processes"),
    path("processes/new/", new, name="process-new"),
    path("processes/<slug:slug>/", process, name="process"),
    path("processes/<slug:slug>/ladder/", ladder, name="process-ladder"),
    path("processes/<slug:slug>/edit/", edit, name="process-edit"),
    path("processes/<slug:slug>/publication/", publish, name="process-publication"),
    path("processes/<slug:slug>/discard/", discard, name="process-discard"),
    path("processes/<slug:slug>/map.<str:form>", picture, name="process-picture"),
]
