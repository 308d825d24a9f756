"""What readers suggest to change in a document, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from routebook.core.document import Kind, Status
from routebook.core.events import Refusal
from routebook.formats.difference import words
from routebook.formats.places import TEXTS, place_at, places_of, put
from routebook.formats.plain import to_plain
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import suggestions as actions
from routebook.store.queries import documents, suggestions
from routebook.store.queries.documents import DocumentView
from routebook.store.queries.upkeep import answers_for
from routebook.web.document_fields import fields_of, label_of
from routebook.web.pages import both, complain, fresh_id, now, page, post, show, tell
from routebook.web.templatetags.documents import address


@page("write")
def index(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponse:
    """What was suggested for a document: the open ones as differences, and what became of the others."""
    view = _published(actor, kind, slug)
    context = {
        "view": view,
        "open": [_shown(view, one) for one in suggestions.open_on(actor, view.row)],
        "decided": [_shown(view, one) for one in suggestions.decided_on(actor, view.row)],
        "answers": answers_for(actor, view.row),
        "may_suggest": view.row.status == Status.PUBLISHED,
        "command": fresh_id(),
    }
    return show(request, "documents/suggestions.html", context)


@both("write")
def make(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Choose a place, then say what it should say; or leave a note about all of it."""
    view = _published(actor, kind, slug)
    assert view.published is not None
    typed = request.POST if request.method == "POST" else request.GET
    path, refusal = typed.get("place", ""), None
    if request.method == "POST":
        try:
            actions.make(
                actor,
                view.row.pk,
                place=path,
                text=request.POST.get("text", ""),
                note=request.POST.get("note", ""),
                now=now(),
            )
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("Thank you. Whoever answers for this document sees it on their first page."))
            return redirect(f"{address(view)}suggestions/")
    place = place_at(view.published, path)
    context = {
        "view": view,
        "place": place,
        "label": named(kind, place.path) if place else "",
        "places": [(named(kind, one.path), one) for one in places_of(view.published)] if place is None else (),
        "typed": request.POST,
        "refusal": refusal,
        "command": fresh_id(),
    }
    return show(request, "documents/suggest.html", context, status=409 if refusal else 200)


@post("write")
def accept(request: HttpRequest, actor: Actor, kind: Kind, slug: str, number: int) -> HttpResponseBase:
    """Take a suggestion over into the draft."""
    view = _published(actor, kind, slug)
    try:
        actions.accept(actor, view.row.pk, number, now=now())
    except Refused as refused:
        return _refused(request, view, refused.refusal)
    tell(request, _("Accepted. It is in the draft; readers see it when you publish."))
    return redirect(f"{address(view)}suggestions/")


@post("write")
def decline(request: HttpRequest, actor: Actor, kind: Kind, slug: str, number: int) -> HttpResponseBase:
    """Leave the text as it is, with a reason."""
    view = _published(actor, kind, slug)
    try:
        actions.decline(actor, view.row.pk, number, reason=request.POST.get("reason", ""), now=now())
    except Refused as refused:
        return _refused(request, view, refused.refusal)
    tell(request, _("Declined. Who suggested it sees your reason."))
    return redirect(f"{address(view)}suggestions/")


def _refused(request: HttpRequest, view: DocumentView, refusal: Refusal) -> HttpResponseBase:
    if refusal.code == "forbidden":
        raise Refused(refusal)
    complain(request, refusal.sentence)
    return redirect(f"{address(view)}suggestions/")


def _published(actor: Actor, kind: Kind, slug: str) -> DocumentView:
    """A document on which readers suggest changes: it has been published."""
    require(actor, Verb.SUGGEST)
    view = documents.find(actor, kind, slug)
    if view.published is None or kind not in TEXTS:
        raise NotFound
    return view


# --- how they are shown -------------------------------------------------------------------------


def _shown(view: DocumentView, row: Any) -> dict[str, Any]:
    """A suggestion with its place by name and its difference in words; `moved` where the draft says something else."""
    current = view.draft or view.value
    is_lost = bool(row.place) and put(to_plain(current), row.place, row.base, row.text) is None
    return {
        "row": row,
        "label": named(view.kind, row.place) if row.place else "",
        "pieces": words(row.base, row.text) if row.place else (),
        "moved": is_lost and not row.outcome,
    }


def named(kind: Kind, path: str) -> str:
    """A place as people call it: «Checklist 3», «Checklist 3: How, right here»."""
    name, _dot, rest = path.partition(".")
    row, _dot, part = rest.partition(".")
    label = str(label_of(kind, name))
    if row.isdecimal():
        label = f"{label} {int(row) + 1}"
    cells = next((one.cells for one in fields_of(kind) if one.name == name), ())
    if part in ("", "text"):
        return label
    return f"{label}: {next((str(cell.label) for cell in cells if cell.name == part), part)}"
