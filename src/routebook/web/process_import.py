"""Bringing in the maps of other tools: a BPMN file is looked at, its processes are chosen, and become drafts."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.document import Kind
from routebook.core.events import Refusal
from routebook.formats.bpmn.reading import BpmnFile, Draft, read_bpmn, verdict
from routebook.formats.bpmn.tree import MOST_BYTES, Unread
from routebook.store.access import Actor, NotFound, Refused, drafting
from routebook.store.actions import maps
from routebook.store.queries import maps as queries
from routebook.web.pages import FORBIDDEN, both, command_id, fresh_id, now, page, show, tell

MOST_CARRIED = 1_500_000
"""Letters of a file that travel from the page on which its processes are chosen."""

_NAMELESS = "map.bpmn"


@dataclass(frozen=True, slots=True)
class Choice:
    """A process of the file: what it would become, and whether it is ticked."""

    draft: Draft
    is_chosen: bool
    is_sound: bool | None
    left_out: int


@both("map")
def bring_in(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A form for a BPMN file. One process is brought in at once; of several, those that are chosen."""
    if not actor.may(drafting(Kind.PROCESS)):
        raise NotFound
    if request.method != "POST":
        return _page(request)
    try:
        return _brought_in(request, actor)
    except Refused as refused:
        if refused.refusal.code == FORBIDDEN:
            raise
        return _page(request, refused.refusal)


def _brought_in(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    sent = _sent(request)
    file = read_bpmn(sent.data, sent.name.partition(".")[0])
    if isinstance(file, Unread):
        raise Refused(Refusal("unread", str(file), "file"))
    chosen = _chosen(request, file)
    if chosen is None:
        return _choose(request, file, sent)
    try:
        processes = [draft.process for draft in chosen]
        made = maps.bring_in(actor, processes, sent, now=now(), command=command_id(request))
    except Refused as refused:
        if refused.refusal.field == "process" and len(file.drafts) > 1:
            return _choose(request, file, sent, refused.refusal)
        raise Refused(Refusal(refused.refusal.code, refused.refusal.sentence, "file")) from refused
    return _done(request, file, made)


def _sent(request: HttpRequest) -> maps.SentFile:
    """The file from the form, or carried on from the page before."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        if (file.size or 0) > MOST_BYTES:
            most = {"n": MOST_BYTES // 1_000_000}
            raise Refused(Refusal("too_large", _("The file is larger than %(n)d MB.") % most, "file"))
        return maps.SentFile(file.name or _NAMELESS, file.read())
    carried = request.POST.get("carried", "")
    if not carried:
        raise Refused(Refusal("no_file", _("Choose a file first: one that ends with .bpmn or .xml."), "file"))
    return maps.SentFile(request.POST.get("name", "")[:200] or _NAMELESS, _unpacked(carried))


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def _unpacked(carried: str) -> bytes:
    try:
        return zlib.decompressobj().decompress(base64.b64decode(carried, validate=True), MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Refused(Refusal("no_file", _("The file was lost on the way; choose it again."), "file")) from error


def _chosen(request: HttpRequest, file: BpmnFile) -> Sequence[Draft] | None:
    """What is to be brought in; None where nobody has been asked yet."""
    if len(file.drafts) == 1:
        return file.drafts
    if "carried" not in request.POST:
        return None
    wanted = set(request.POST.getlist("process"))
    return [draft for draft in file.drafts if draft.process.slug in wanted]


def _choose(request: HttpRequest, file: BpmnFile, sent: maps.SentFile, refusal: Refusal | None = None) -> HttpResponse:
    carried = _packed(sent.data)
    if len(carried) > MOST_CARRIED:
        sentence = _("This file has several processes and is too large to choose from here; export them one by one.")
        return _page(request, Refusal("too_large", sentence, "file"))
    wanted = set(request.POST.getlist("process")) if refusal else None
    choices = [_choice(draft, file, wanted) for draft in file.drafts]
    context = {"choices": choices, "carried": carried, "name": sent.name, "kept": len(file.kept)}
    return _page(request, refusal, **context)


def _choice(draft: Draft, file: BpmnFile, wanted: set[str] | None) -> Choice:
    found = verdict(draft.process)
    is_chosen = bool(draft.process.steps) if wanted is None else draft.process.slug in wanted
    own = {entry.source for entry in draft.entries}
    left_out = sum(note.element in own for note in file.notes)
    return Choice(draft, is_chosen, None if found is None else not found, left_out)


def _done(request: HttpRequest, file: BpmnFile, made: Sequence[str]) -> HttpResponseBase:
    if file.notes:
        sentence = ngettext(
            "%(n)d part of the file is not on the map; it stands in the notes below, with its line and the reason.",
            "%(n)d parts of the file are not on the map; they stand in the notes below, with their lines and the reasons.",
            len(file.notes),
        )
        sentence %= {"n": len(file.notes)}
    else:
        sentence = _("Everything of it is on the map or in its notes.")
    if len(made) == 1:
        tell(request, _("The map is here as a draft; nothing is published.") + " " + sentence)
        return redirect(f"/processes/{made[0]}/")
    begun = ngettext("%(n)d map is here as a draft.", "%(n)d maps are here as drafts.", len(made)) % {"n": len(made)}
    tell(request, begun + " " + _("What a map can't express stands in its notes, with its line and the reason."))
    return redirect("/processes/")


def _page(request: HttpRequest, refusal: Refusal | None = None, **more: Any) -> HttpResponse:
    context = {"refusal": refusal, "command": request.POST.get("command") or fresh_id(), **more}
    context["most"] = MOST_BYTES // 1_000_000
    return show(request, "processes/import.html", context, status=409 if refusal else 200)


@page("map")
def original(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """The file as it was brought in, for saving only: nothing of it is shown by a browser."""
    row = queries.original_of(actor, slug)
    if row is None:
        raise NotFound
    response = HttpResponse(queries.data_of(row), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("processes/new/bpmn/", bring_in, name="process-import"),
    path("processes/<slug:slug>/original/", original, name="process-original"),
]
