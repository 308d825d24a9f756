"""Who must read what: the reader's list, *I have read it*, and who has read what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from routebook.core.document import Kind
from routebook.store.access import Actor, Verb, require
from routebook.store.actions import readings as actions
from routebook.store.queries import documents, readings
from routebook.store.queries.readings import READ_BY_PEOPLE
from routebook.web.pages import now, page, post, show, tell
from routebook.web.templatetags.documents import address

MOST_TO_READ = 100


@page("write")
def to_read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the reader must read and hasn't."""
    require(actor, Verb.SEE_LIBRARY)
    found, total = readings.to_read(actor, MOST_TO_READ)
    return show(request, "documents/to_read.html", {"to_read": found, "total": total})


@post("write")
def confirm(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """The reader says that they have read the version which the page showed them."""
    view = documents.find(actor, kind, slug)
    actions.confirm(actor, view.row.pk, request.POST.get("hash", ""), now=now())
    tell(request, _("Kept: you have read version %(number)s.") % {"number": view.version})
    _first, total = readings.to_read(actor, 1)
    return redirect("/documents/to-read/" if total and request.POST.get("next") == "list" else address(view))


@page("write")
def matrix(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Documents by people: who has read what."""
    wanted, number = request.GET.get("kind", ""), request.GET.get("page", "")
    kind = Kind(wanted) if wanted in READ_BY_PEOPLE else None
    found = readings.matrix(actor, kind=kind, page=int(number) if number.isdecimal() else 1)
    query = f"kind={kind}&" if kind else ""
    return show(
        request, "documents/readings.html", {"matrix": found, "kinds": READ_BY_PEOPLE, "chosen": kind, "query": query}
    )


urlpatterns: list[URLPattern] = [
    path("documents/to-read/", to_read, name="to-read"),
    path("documents/reading/", matrix, name="readings"),
]
