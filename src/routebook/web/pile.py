"""The pile: documents that people have already, thrown in, sorted, corrected, and turned into drafts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from routebook.core.document import Kind, kind_of
from routebook.core.events import Refusal
from routebook.formats.pile import (
    PileKind,
    Unreadable,
    made_as,
    makes,
    planned,
)
from routebook.store.access import Actor, Refused, Verb, drafting
from routebook.store.actions import pile as actions
from routebook.store.actions import pile_arrivals as arrival_actions
from routebook.store.queries import pile as queries
from routebook.web.pages import FORBIDDEN, both, now, page, post, show, tell
from routebook.web.pile_parts import posted_change, shown, split_context, what_was_done
from routebook.web.templatetags.documents import address_of

PAGE = "/pile/"
KINDS: dict[PileKind, Promise] = {
    PileKind.POLICY: gettext_lazy("Policy"),
    PileKind.PROCESS: gettext_lazy("Process"),
    PileKind.PROCEDURE: gettext_lazy("Procedure"),
    PileKind.SOP: gettext_lazy("SOP"),
    PileKind.WORK_INSTRUCTION: gettext_lazy("Work instruction"),
    PileKind.MIXED: gettext_lazy("Mixed: several in one"),
    PileKind.OTHER: gettext_lazy("Other: nothing to follow"),
}
MOST_LISTED = 100
EXAMPLE_ENDINGS = ".md,.markdown,.mdx,.txt,.rst,.adoc,.html,.htm,.docx,.zip"


# --- the list -------------------------------------------------------------------------------------


@both("write")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The whole pile. POST puts files on it; with `Accept: application/json` it answers for a script."""
    queries.items_of(actor)
    if request.method != "POST":
        return _list(request, actor)
    kept, refused, arrivals = 0, list[Unreadable](), list[Any]()
    files = request.FILES.getlist("files")
    for at, file in enumerate(files):
        taken = actions.take(actor, _path_of(request, at, file), file.read(), now=now())
        kept += len(taken.kept)
        refused += taken.refused
        arrivals += [taken.arrival] if taken.arrival else []
    if getattr(request, "too_large", ""):
        refused.append(Unreadable(_("One file"), _("It is larger than what can be sent here.")))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"kept": kept, "refused": _plain(refused), "arrivals": [one.pk for one in arrivals]})
    if not files and not refused:
        return _list(request, actor, refusal=Refusal("no_file", _("Choose files first."), "files"))
    if kept:
        tell(request, _kept(kept))
    if refused:
        return _list(request, actor, refused=refused)
    return redirect(PAGE)


def _plain(refused: Sequence[Unreadable]) -> list[dict[str, str]]:
    return [{"path": one.path, "reason": one.reason} for one in refused]


def _kept(count: int) -> str:
    sentence = ngettext("%(n)d document is on the pile.", "%(n)d documents are on the pile.", count)
    return sentence % {"n": count}


def _path_of(request: HttpRequest, at: int, file: UploadedFile[Any]) -> str:
    """The place in the folder that was thrown in, where the browser says it; else the name."""
    places = request.POST.getlist("places")
    return places[at] if at < len(places) and places[at] else file.name or ""


def _list(
    request: HttpRequest, actor: Actor, refused: Sequence[Unreadable] = (), refusal: Refusal | None = None
) -> HttpResponse:
    counts = queries.kinds_waiting(actor)
    kind = request.GET.get("kind", "")
    kind = kind if kind in counts else ""
    told = request.GET.get("from", "")
    first = int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0
    rows = queries.waiting(actor, kind, first, MOST_LISTED)
    count = counts[kind] if kind else sum(counts.values())
    context = {
        "arrivals": queries.arrivals_of(actor),
        "waiting": [{"row": row, "kind": KINDS[PileKind(row.kind)], "second": KINDS[PileKind(row.second)], "share": f"{row.score:.0%}"} for row in rows],
        "count": count,
        "kind": kind,
        "kinds": [(one.value, name, counts[one.value]) for one, name in KINDS.items() if one.value in counts],
        "all": sum(counts.values()),
        "first": first,
        "before": max(0, first - MOST_LISTED),
        "after": first + MOST_LISTED if first + MOST_LISTED < count else None,
        "done": [{"row": row, "made": [(one, address_of(Kind(one.kind), one.slug)) for one in queries.made_of(row)]} for row in queries.done(actor)],
        "refused": refused,
        "refusal": refusal,
        "endings": EXAMPLE_ENDINGS,
        "most": actions.MOST_FILE_BYTES // 1_000_000,
    }  # fmt: skip
    return show(request, "pile/index.html", context, status=409 if refusal else 200)


# --- a whole drive --------------------------------------------------------------------------------

ARRIVAL_SECONDS = 1.5
"""How long one request goes on sorting: short for who waits, long for the work it does."""


@post("write")
def go_on(request: HttpRequest, actor: Actor, arrival: int) -> HttpResponseBase:
    """Sort some more of an archive. A script asks until it is finished; without one there is a button."""
    end = time.monotonic() + ARRIVAL_SECONDS
    row = arrival_actions.go_on(actor, arrival, now=now(), enough=lambda: time.monotonic() > end)
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect(PAGE)
    refused = [{"path": where, "reason": reason} for where, reason in row.refused]
    finished = row.finished_at is not None
    return JsonResponse(
        {
            "at": row.at,
            "total": row.total,
            "kept": row.kept,
            "finished": finished,
            "refused": refused if finished else [],
        }
    )


@post("write")
def put_away(request: HttpRequest, actor: Actor, arrival: int) -> HttpResponseBase:
    """Forget what is told of an archive, or stop sorting it."""
    arrival_actions.put_away(actor, arrival)
    return redirect(PAGE)


# --- one of it ------------------------------------------------------------------------------------


@page("write")
def read(request: HttpRequest, actor: Actor, item: int) -> HttpResponse:
    """What one document is and why, and what would be made of it."""
    return _page(request, actor, queries.find(actor, item))


def _page(request: HttpRequest, actor: Actor, row: queries.PileRow, refusal: Refusal | None = None) -> HttpResponse:
    kind, document = PileKind(row.kind), queries.document_of(row)
    context: dict[str, Any] = {
        "row": row,
        "kind": kind,
        "kind_name": KINDS[kind],
        "found_name": KINDS[PileKind(row.found)],
        "second_name": KINDS[PileKind(row.second)],
        "share": f"{row.score:.0%}",
        "kinds": KINDS.items(),
        "made": [(one, address_of(Kind(one.kind), one.slug)) for one in queries.made_of(row)],
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    if row.accepted_at is None and kind is PileKind.MIXED:
        plan = planned(document)
        change = posted_change(request.POST, plan) if refusal else queries.change_of(row, plan)
        context |= split_context(document, plan, change)
        context |= {"may_accept": actor.may(Verb.DRAFT_PROCESS)}
        return show(request, "pile/split.html", context, status=status)
    context["shown"] = shown(document)
    if row.accepted_at is None and makes(document, kind):
        value = made_as(document, kind)
        context |= {"value": value, "value_kind": kind_of(value), "may_accept": actor.may(drafting(kind_of(value)))}
    return show(request, "pile/read.html", context, status=status)


@post("write")
def correct(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    """The person knows better what it is."""
    actions.correct(actor, item, request.POST.get("kind", ""))
    return redirect(f"{PAGE}{item}/")


@post("write")
def adjust(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    """Keep what was changed of a mixed document: titles and steps as typed, passages where they were moved."""
    row = queries.find(actor, item)
    if row.accepted_at is not None or row.kind != PileKind.MIXED:
        return redirect(f"{PAGE}{item}/")
    plan = planned(queries.document_of(row))
    try:
        actions.adjust(actor, item, posted_change(request.POST, plan))
    except Refused as refused:
        if refused.refusal.code == FORBIDDEN:
            raise
        return _page(request, actor, row, refused.refusal)
    if sentence := what_was_done(request.POST):
        tell(request, sentence)
    return redirect(f"{PAGE}{item}/")


@post("write")
def remove(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    actions.remove(actor, item)
    tell(request, _("It is off the pile."))
    return redirect(PAGE)


@post("write")
def accept(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    """Make the drafts: one of a document of one kind, the map and its parts of a mixed one."""
    row = queries.find(actor, item)
    try:
        if row.kind == PileKind.MIXED:
            change = posted_change(request.POST, planned(queries.document_of(row)))
            made = actions.accept_split(actor, item, change, now=now())
        else:
            made = actions.accept(actor, item, now=now())
    except Refused as refused:
        if refused.refusal.code == FORBIDDEN:
            raise
        return _page(request, actor, row, refused.refusal)
    if len(made) == 1:
        tell(request, _("It is a draft now; nothing is published. The original is kept on the pile."))
        return redirect(address_of(Kind(made[0].kind), made[0].slug))
    sentence = ngettext("%(n)d draft was made.", "%(n)d drafts were made.", len(made)) % {"n": len(made)}
    tell(request, sentence + " " + _("Nothing is published, and the original is kept here."))
    return redirect(f"{PAGE}{item}/")


@page("write")
def original(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    """The file as it was brought, for saving only: nothing of it runs or is shown by a browser."""
    row = queries.find(actor, item)
    response = HttpResponse(queries.data_of(row), content_type="application/octet-stream")
    name = row.path.rpartition("/")[2] or "original"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("pile/", index, name="pile"),
    path("pile/arrivals/<int:arrival>/", go_on, name="pile-arrival"),
    path("pile/arrivals/<int:arrival>/removal/", put_away, name="pile-arrival-removal"),
    path("pile/<int:item>/", read, name="pile-item"),
    path("pile/<int:item>/kind/", correct, name="pile-kind"),
    path("pile/<int:item>/adjustment/", adjust, name="pile-adjustment"),
    path("pile/<int:item>/removal/", remove, name="pile-removal"),
    path("pile/<int:item>/documents/", accept, name="pile-documents"),
    path("pile/<int:item>/original/", original, name="pile-original"),
]
