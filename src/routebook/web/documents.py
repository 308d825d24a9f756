"""The pages of documents: the library, reading, writing, publishing, versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.blocks import included
from routebook.core.checks import explanation, find_rule
from routebook.core.document import FOLDERS, AnyDocument, Kind, Sop, kind_of
from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused, Verb, drafting, require
from routebook.store.actions import documents as actions
from routebook.store.evidence import MOST_BYTES
from routebook.store.queries import approvals, ladder, pile, shelves
from routebook.store.queries import documents as queries
from routebook.store.queries import upkeep as upkeep_queries
from routebook.store.queries.documents import DocumentView
from routebook.store.queries.shelves import Shelf
from routebook.web import (
    coverage,
    document_editor,
    document_uploads,
    media,
    outputs,
    publication,
    readings,
    suggestions,
    tasks,
    upkeep,
    which,
)
from routebook.web.pages import both, command_id, fresh_id, now, page, post, show, tell
from routebook.web.publication import named_differences
from routebook.web.templatetags.documents import address, address_of

KINDS = (Kind.SOP, Kind.PROCEDURE, Kind.WORK_INSTRUCTION, Kind.POLICY, Kind.GOAL)
"""The kinds that are written here; a process is mapped."""

SHELVES = (Kind.POLICY, Kind.PROCESS, Kind.PROCEDURE, Kind.SOP, Kind.WORK_INSTRUCTION, Kind.GOAL)

SAYS: dict[Kind, Promise] = {
    Kind.GOAL: gettext_lazy("What should be true, in a number and by a day. Processes serve goals."),
    Kind.POLICY: gettext_lazy("A rule: what you will and won't do, and why. Never how."),
    Kind.PROCESS: gettext_lazy("The whole job on one page: what happens, in what order, and who does it."),
    Kind.PROCEDURE: gettext_lazy("The ordered steps of one task, for whoever does it."),
    Kind.SOP: gettext_lazy("How one role does one step to a standard: checklist, quality bar, recording."),
    Kind.WORK_INSTRUCTION: gettext_lazy("The literal clicks of one action that trips people up."),
}
SIZES: dict[Kind, Promise] = {
    Kind.GOAL: gettext_lazy("a sentence"),
    Kind.POLICY: gettext_lazy("1 to 3 sentences"),
    Kind.PROCESS: gettext_lazy("one map"),
    Kind.PROCEDURE: gettext_lazy("half a page"),
    Kind.SOP: gettext_lazy("one page"),
    Kind.WORK_INSTRUCTION: gettext_lazy("a few lines"),
}
EXAMPLES: dict[Kind, Promise] = {
    Kind.GOAL: gettext_lazy("A sentence that will be true: “I have ten hours a week back”."),
    Kind.POLICY: gettext_lazy("Short, as people will say it: “Refund within 14 days”."),
    Kind.WORK_INSTRUCTION: gettext_lazy("The action: “Full refund in Stripe”."),
}


# --- the library --------------------------------------------------------------------------------


@page("write")
def library(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything that is written, by kind: the first few of each, or a page of one; `?q=` keeps what has these words
    in its title or owner."""
    chosen, words = _kind_or_none(request.GET.get("kind", "")), request.GET.get("q", "").strip()[:100]
    counts = shelves.counts(actor, words)
    found = _shelves(actor, chosen, words, counts, request.GET.get("page", ""))
    waits = chosen in (None, Kind.SOP) and not words
    context = {
        "chosen": chosen,
        "words": words,
        "query": urlencode({"kind": chosen or "", "q": words}) + "&",
        "begin": f"/{FOLDERS[chosen]}/new/" if chosen else "",
        "counts": [(kind, counts[kind]) for kind in SHELVES],
        "total": sum(counts.values()),
        "shelves": [(shelf, _on_shelf(actor, shelf)) for shelf in found],
        "filtered": bool(words) or sum(counts.values()) > shelves.FIRST_FEW,
        "waiting": shelves.unwritten(actor) if waits else None,
    }
    return show(request, "documents/library.html", context)


def _shelves(actor: Actor, chosen: Kind | None, words: str, counts: Counter[Kind], page: str) -> list[Shelf]:
    if chosen is not None:
        number = int(page) if page.isdecimal() and len(page) < 8 else 1
        return [shelves.shelf(actor, chosen, words=words, page=number)] if counts[chosen] else []
    return [shelves.shelf(actor, kind, words=words, size=shelves.FIRST_FEW) for kind in SHELVES if counts[kind]]


def _kind_or_none(name: str) -> Kind | None:
    return Kind(name) if name in set(Kind) else None


def _on_shelf(actor: Actor, shelf: Shelf) -> list[dict[str, Any]]:
    """The lines of a shelf, with the step that each serves and whether somebody should have looked at it by now."""
    maps = ladder.maps(actor, {line.row.step.partition("/")[0] for line in shelf.lines if line.row.step})
    today = upkeep.today_of(actor)
    return [
        {
            "view": line,
            "step": _step_of(line.row.step, maps),
            "overdue": bool(line.row.review_by and line.row.review_by < today),
        }
        for line in shelf.lines
    ]


def _step_of(step: str, maps: Mapping[str, DocumentView]) -> str:
    slug, _slash, step_id = step.partition("/")
    process = maps.get(slug)
    place = next((one for one in ladder.places_on(process) if one.step.id == step_id), None) if process else None
    return f"{place.process.row.title}: {place.number} {place.step.title}" if place else step


@page("write")
def choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Which kind of document to begin."""
    kinds = (Kind.SOP, Kind.PROCESS, Kind.POLICY, Kind.PROCEDURE, Kind.WORK_INSTRUCTION, Kind.GOAL)
    offered = [
        {"kind": kind, "says": SAYS[kind], "size": SIZES[kind], "begin": f"/{FOLDERS[kind]}/new/"}
        for kind in kinds
        if actor.may(drafting(kind))
    ]
    if not offered:
        require(actor, Verb.DRAFT_DIRECTIONS)
    return show(request, "documents/new.html", {"kinds": offered})


@both("write")
def begin(request: HttpRequest, actor: Actor, kind: Kind) -> HttpResponseBase:
    """A new document: its step, from which the map fills in the rest, or its title."""
    require(actor, drafting(kind))
    typed = request.POST if request.method == "POST" else request.GET
    step, refusal = typed.get("step", ""), None
    if request.method == "POST":
        try:
            return redirect(_begin(request, actor, kind, step))
        except Refused as refused:
            refusal = refused.refusal
    context = {
        "kind": kind,
        "says": SAYS[kind],
        "example": EXAMPLES.get(kind, ""),
        "takes_step": kind in (Kind.SOP, Kind.PROCEDURE),
        "processes": ladder.all_places(actor) if kind in (Kind.SOP, Kind.PROCEDURE) else (),
        "step": step,
        "typed": typed,
        "refusal": refusal,
        "command": fresh_id(),
    }
    return show(request, "documents/begin.html", context, status=409 if refusal else 200)


def _begin(request: HttpRequest, actor: Actor, kind: Kind, step: str) -> str:
    variation, like = request.POST.get("variation", "").strip(), request.POST.get("like", "")
    fields = ladder.beginning(actor, kind, step, variation, like)
    if step and not fields:
        raise Refused(Refusal("no_step", _("This step is on no map."), "step"))
    title = request.POST.get("title", "").strip()
    named = {**fields, **({"title": title} if title else {})}
    document = actions.create(actor, kind, named, now=now(), command=command_id(request))
    return f"{address_of(kind, document.slug)}edit/"


# --- reading ------------------------------------------------------------------------------------


@page("write")
def read(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """A document as its readers see it, with the ladder around it; `?draft` shows the draft in the same way."""
    view = queries.find(actor, kind, slug)
    elsewhere = upkeep.moved_to(request, view)
    if elsewhere:
        return redirect(elsewhere)
    value = view.draft if "draft" in request.GET and view.draft else view.value
    context = {
        **_text(actor, value),
        **upkeep.around(request, actor, view),
        "view": view,
        "shows_draft": value is view.draft,
        "newer_blocks": queries.behind_of(actor.org, view.row) if actor.may(drafting(kind)) else (),
        "around": ladder.surroundings(actor, view),
        "original": pile.original_of(actor, kind, slug),
        "may_edit": actor.may(drafting(kind)),
        "command": fresh_id(),
    }
    return show(request, "documents/read.html", context)


@page("write")
def preview(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponse:
    """What will be read once the draft is published, as wide as a phone: of an SOP, the task in which it is read."""
    view = queries.find(actor, kind, slug)
    text = _text(actor, view.draft or view.value)
    context = {**text, "view": view, "may_edit": actor.may(drafting(kind))}
    if isinstance(text["value"], Sop):
        place = ladder.place_of(actor, text["value"].step)
        context |= {
            "directions": {"sop": text["value"]},
            "items": tasks.rehearsed(text["value"], text["instructions"]),
            "step": place.step if place else None,
            "doer": {"may_work": True},
            "megabytes": MOST_BYTES // 1_000_000,
        }
    return show(request, "documents/preview.html", context)


def _text(actor: Actor, value: AnyDocument) -> dict[str, Any]:
    """What a body template needs."""
    value = queries.whole_of(actor.org, value)
    used = [item.uses for item in queries.checklist_of(value) if item.uses]
    return {
        "value": value,
        "block_titles": queries.titles(actor, Kind.PROCEDURE, included(value)),
        "body": f"documents/body/{kind_of(value)}.html",
        "instructions": queries.work_instructions(actor, used),
    }


@page("write")
def rule(request: HttpRequest, actor: Actor, rule_id: str) -> HttpResponse:
    """Why a rule exists, with a wrong and a right example."""
    found = find_rule(rule_id)
    if found is None:
        raise Http404
    return show(request, "documents/rule.html", {"rule": found, "said": explanation(found)})


# --- keeping ------------------------------------------------------------------------------------


@both("write")
def removal(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Discard the draft, after asking once."""
    require(actor, drafting(kind))
    view = queries.find(actor, kind, slug)
    if request.method == "POST":
        actions.discard_draft(actor, view.row.pk, now=now())
        tell(request, _("The draft is discarded."))
        return redirect(address(view) if view.version else "/processes/" if kind is Kind.PROCESS else "/documents/")
    return show(request, "documents/removal.html", {"view": view, "command": fresh_id()})


@post("write")
def take_over(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Open a draft with what the shared blocks say now; publishing it is the next page."""
    view = queries.find(actor, kind, slug)
    actions.take_over(actor, view.row.pk, now=now())
    if approvals.may_ask(actor, kind) or actor.may(Verb.PUBLISH):
        return redirect(f"{address(view)}publication/")
    tell(request, _("The draft says what the shared blocks say now. It waits for somebody who publishes."))
    return redirect(f"{address(view)}?draft")


# --- versions -----------------------------------------------------------------------------------


@page("write")
def versions(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Every version, and the draft; `?against=1&with=3` leads to the difference of the two."""
    view = queries.find(actor, kind, slug)
    newer = request.GET.get("with", "")
    if newer.isdecimal():
        return redirect(f"{address(view)}versions/{newer}/?against={request.GET.get('against', '')}")
    draft = queries.draft_row(view.row) if view.draft else None
    context = {
        "view": view,
        "versions": queries.versions(actor, view.row.pk),
        "draft_by": draft.updated_by.name if draft and draft.updated_by else "",
        "draft_at": draft.updated_at if draft else None,
        "may_edit": actor.may(drafting(kind)),
        "replacements": upkeep_queries.replacements(actor, view.row) if actor.may(Verb.PUBLISH) else (),
        "command": fresh_id(),
    }
    return show(request, "documents/versions.html", context)


@page("write")
def version(request: HttpRequest, actor: Actor, kind: Kind, slug: str, number: int) -> HttpResponse:
    """The text of a version, or with `?against=` its difference to another one."""
    view = queries.find(actor, kind, slug)
    row, value = queries.version(actor, view.row.pk, number)
    context = {
        **_text(actor, value),
        "view": view,
        "version": row,
        "heading": _("Version %(number)s") % {"number": number},
        "differences": None,
        "may_edit": actor.may(drafting(kind)),
        "command": fresh_id(),
    }
    against = request.GET.get("against", "")
    if against.isdecimal():
        _row, older = queries.version(actor, view.row.pk, int(against))
        context["differences"] = named_differences(older, value)
        context["compared"] = _("Compared with version %(number)s") % {"number": against}
    return show(request, "documents/version.html", context)


@page("write")
def draft_difference(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """What the draft says differently from the published text."""
    view = queries.find(actor, kind, slug)
    if view.draft is None or view.published is None:
        return redirect(f"{address(view)}versions/")
    context = {
        "view": view,
        "value": view.draft,
        "heading": _("Draft"),
        "compared": _("Compared with version %(number)s") % {"number": view.version},
        "differences": named_differences(view.published, queries.whole_of(actor.org, view.draft)),
    }
    return show(request, "documents/version.html", context)


@post("write")
def restoration(request: HttpRequest, actor: Actor, kind: Kind, slug: str, number: int) -> HttpResponseBase:
    """Make an old version the draft."""
    view = queries.find(actor, kind, slug)
    actions.restore(actor, view.row.pk, number, now=now())
    tell(request, _("Version %(number)s is the draft now. Publish it to bring it back.") % {"number": number})
    return redirect(f"{address(view)}edit/")


# --- addresses ----------------------------------------------------------------------------------


KEEPING: tuple[tuple[str, Callable[..., HttpResponseBase]], ...] = (
    ("document.pdf", outputs.document_pdf),
    ("draft/removal/", removal),
    ("publication/", publication.publication),
    ("approval/", publication.ask),
    ("approval/consent/", publication.approve),
    ("approval/refusal/", publication.decline),
    ("approval/withdrawal/", publication.withdraw),
    ("blocks/", take_over),
    ("review/", upkeep.still_correct),
    ("retirement/", upkeep.retire),
    ("readings/", readings.confirm),
    ("suggestions/", suggestions.index),
    ("suggestions/new/", suggestions.make),
    ("suggestions/<int:number>/acceptance/", suggestions.accept),
    ("suggestions/<int:number>/refusal/", suggestions.decline),
    ("versions/", versions),
    ("versions/draft/", draft_difference),
    ("versions/<int:number>/", version),
    ("versions/<int:number>/restoration/", restoration),
)
"""What is done with a document once it is written, below its address; the same for every kind."""


def _of_kind(kind: Kind) -> list[URLPattern]:
    base, arguments = f"{FOLDERS[kind]}/", {"kind": kind}
    pages: list[tuple[str, Callable[..., HttpResponseBase]]] = [
        ("new/", begin),
        ("<slug:slug>/", read),
        ("<slug:slug>/edit/", document_editor.edit),
        ("<slug:slug>/preview/", preview),
        ("<slug:slug>/draft/", document_editor.autosave),
        ("<slug:slug>/media/", document_uploads.receive),
        *((f"<slug:slug>/{route}", view) for route, view in KEEPING),
    ]
    return [path(base + route, view, arguments) for route, view in pages]


urlpatterns: list[URLPattern] = [
    path("documents/", library),
    path("documents/new/", choose),
    path("documents/handbook.zip", outputs.handbook),
    path("documents/rules/<slug:rule_id>/", rule),
    *(pattern for kind in KINDS for pattern in _of_kind(kind)),
    *readings.urlpatterns,
    *coverage.urlpatterns,
    *which.urlpatterns,
    *media.urlpatterns,
]
