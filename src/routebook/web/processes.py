"""The pages of processes: the list, one process on one page, and its ladder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from routebook.core.document import Handling, Kind, Process, Sop, Step
from routebook.formats.bpmn.writing import to_bpmn
from routebook.formats.drawing import draw
from routebook.formats.flow_text import write_join, write_then
from routebook.formats.mermaid import to_mermaid
from routebook.store.access import Actor, Verb, drafting
from routebook.store.queries import documents as queries
from routebook.store.queries import handoffs, maps, pile, processes
from routebook.store.queries import ladder as ladders
from routebook.store.queries.documents import DocumentView, StepDocuments
from routebook.store.queries.handoffs import HandoffView
from routebook.web import documents, outputs, process_editor, upkeep
from routebook.web.pages import page, show
from routebook.web.process_drawing import drawing, gaps_at, open_breaks

BPMN = "application/xml; charset=utf-8"


@page("map")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All processes."""
    return show(request, "processes/index.html", {"cards": processes.cards(actor), "today": upkeep.today_of(actor)})


# --- one process on one page ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the step table: the step, its place, where it goes, the document it needs, and who has it.

    `offers` are the pages on which it is handed off, each with the variation that nobody has yet ("" without any).
    """

    number: int
    step: Step
    flow: str
    waits: str
    documents: StepDocuments
    need: str
    new_sop: str
    gaps: Mapping[str, str]
    standing: Sequence[HandoffView]
    offers: Sequence[tuple[str, str]]


def step_rows(
    process: Process,
    documents: Mapping[str, StepDocuments],
    standing: Mapping[str, Sequence[HandoffView]],
    *,
    may_offer: bool,
) -> list[Row]:
    """The seed's table, made from the data."""
    rows = []
    gaps = open_breaks(process)
    for number, step in enumerate(process.steps, start=1):
        known = documents.get(step.id, StepDocuments())
        given = standing.get(step.id, ())
        rows.append(
            Row(
                number=number,
                step=step,
                flow=write_then(step, process.steps),
                waits=write_join(step.join, process.steps),
                documents=known,
                need=document_need(step, known),
                new_sop=f"/sops/new/?step={process.slug}/{step.id}",
                gaps=gaps_at(gaps, number - 1),
                standing=given,
                offers=list(_offers(process, step, known, given)) if may_offer else (),
            )
        )
    return rows


def _offers(
    process: Process, step: Step, documents: StepDocuments, given: Sequence[HandoffView]
) -> Iterator[tuple[str, str]]:
    """Where a delegated step that nobody has yet is handed off, once it has what that needs: a published SOP."""
    if step.handling is not Handling.DELEGATE:
        return
    address = f"/handoffs/new/?step={process.slug}/{step.id}"
    told = {cast("Sop", sop.value).variation for sop in documents.sops if sop.published}
    for variation in step.variations.of if step.variations else ("",):
        taken = any(view.row.variation in (variation, "") for view in given)
        if not taken and (step.no_document or told & {variation, ""}):
            yield variation, f"{address}&variation={quote(variation)}" if variation else address


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


def process_view(actor: Actor, slug: str) -> tuple[DocumentView, Process]:
    """The process as this actor sees it: the published map, else the draft."""
    view = queries.find(actor, Kind.PROCESS, slug)
    return view, cast("Process", view.value)


@page("map")
def process(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """One process on one page."""
    view, value = process_view(actor, slug)
    elsewhere = upkeep.moved_to(request, view)
    if elsewhere:
        return redirect(elsewhere)
    shows_draft = view.published is None or ("draft" in request.GET and view.draft is not None)
    if shows_draft and view.draft is not None:
        value = cast("Process", view.draft)
    documents = queries.by_step(actor, slug)
    context = {
        **upkeep.around(request, actor, view),
        "view": view,
        "process": value,
        "shows_draft": shows_draft,
        "drawn": drawing(value, documents),
        "rows": step_rows(
            value,
            documents,
            handoffs.standing(actor, view.row.pk),
            may_offer=actor.may(Verb.DELEGATE) and view.published is not None,
        ),
        "policies": processes.policies_of(actor, value),
        "may_edit": actor.may(drafting(Kind.PROCESS)),
        "goals": processes.goals_of(actor, value),
        "original": pile.original_of(actor, Kind.PROCESS, slug),
        "brought": maps.original_of(actor, slug),
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
        "rungs": ladders.rungs(actor, view),
        "runs": processes.latest_runs(actor, view.row.pk) if actor.may(Verb.SEE_RUNS) else (),
    }
    return show(request, "processes/ladder.html", context)


@page("map")
def picture(request: HttpRequest, actor: Actor, slug: str, form: str) -> HttpResponse:
    """The map as a file: SVG that stands alone, Mermaid text, BPMN for other tools, or what `outputs` makes."""
    view = queries.find(actor, Kind.PROCESS, slug)
    value = cast("Process", outputs.shown(request, view))
    if form == "bpmn":
        return outputs.file(to_bpmn(value).encode(), BPMN, f"{slug}.bpmn")
    if form == "svg":
        response = HttpResponse(draw(value, standalone=True), content_type="image/svg+xml")
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}.svg"'
        return response
    if form == "mmd":
        return HttpResponse(to_mermaid(value), content_type="text/plain; charset=utf-8")
    return outputs.map_file(request, actor, view, form)


urlpatterns: list[URLPattern] = [
    path("processes/", index, name="processes"),
    path("processes/new/", process_editor.new, name="process-new"),
    path("processes/<slug:slug>/", process, name="process"),
    path("processes/<slug:slug>/ladder/", ladder, name="process-ladder"),
    path("processes/<slug:slug>/edit/", process_editor.edit, name="process-edit"),
    path("processes/<slug:slug>/drawing/", process_editor.sketch, name="process-drawing"),
    path("processes/<slug:slug>/map.<str:form>", picture, name="process-picture"),
    *(path(f"processes/<slug:slug>/{route}", view, {"kind": Kind.PROCESS}) for route, view in documents.KEEPING),
]
