"""What leaves the product as a file: the map on one page or in words, any document as a PDF, all as a handbook."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from routebook.core.document import AnyDocument, Kind, Process, Status
from routebook.core.events import Refusal
from routebook.formats.handbook import Entry, Frame, handbook_of, pages_of
from routebook.formats.sheets import pictures_of, sheet_of, to_markdown
from routebook.formats.sheets.sheet import Sheet
from routebook.formats.sheets.tree import PRINTABLE
from routebook.paper import Imprint, PaperError, bind, map_pdf, map_png, sheet_pdf
from routebook.store.access import Actor, NotFound, Refused
from routebook.store.queries import documents, media, outputs
from routebook.store.queries.documents import DocumentView
from routebook.store.queries.organisations import name_of
from routebook.web.pages import page
from routebook.web.process_drawing import tags_of
from routebook.web.upkeep import today_of

PDF, PNG, MARKDOWN = "application/pdf", "image/png", "text/markdown; charset=utf-8"
MOST_MEDIA = 1024 * 1024 * 1024
"""Bytes of pictures and recordings in one handbook; a recording that is too much is named instead."""


# --- the map ------------------------------------------------------------------------------------


def map_file(request: HttpRequest, actor: Actor, view: DocumentView, form: str) -> HttpResponse:
    """The map as `pdf`, `png` or `md`; raises `NotFound` for any other form. `?draft` gives the draft."""
    process = cast("Process", shown(request, view))
    name = f"{process.slug}.{form}"
    if form == "md":
        return file(to_markdown(sheet_of(process, outputs.beside(actor, process), _), _).encode(), MARKDOWN, name)
    if form not in ("pdf", "png"):
        raise NotFound
    below = tags_of(documents.by_step(actor, process.slug))
    imprint = _imprint(actor, view, process)
    if form == "pdf":
        return file(_printed(lambda: map_pdf(process, imprint, below, _)), PDF, name)
    return file(_printed(lambda: map_png(process, imprint, below, _)), PNG, name)


# --- any document -------------------------------------------------------------------------------


@page("write")
def document_pdf(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponse:
    """A document as its readers see it, on A4; `?draft` gives the draft to those who may see it."""
    view = documents.find(actor, kind, slug)
    value = shown(request, view)
    whole = documents.whole_of(actor.org, value)
    sheet = sheet_of(whole, outputs.beside(actor, whole), _)
    return sheet_file(actor, sheet, _imprint(actor, view, value), f"{slug}.pdf")


def sheet_file(actor: Actor, sheet: Sheet, imprint: Imprint, name: str) -> HttpResponse:
    """Any sheet as a PDF to save."""
    return file(printed_sheet(actor, sheet, imprint), PDF, name)


def printed_sheet(actor: Actor, sheet: Sheet, imprint: Imprint) -> bytes:
    """Any sheet on A4, with the pictures that the actor may see."""
    pictures = _pictures(actor, pictures_of(sheet))
    return _printed(lambda: sheet_pdf(sheet, imprint, pictures, _))


# --- the whole library --------------------------------------------------------------------------


@page("write")
def handbook(request: HttpRequest, actor: Actor) -> FileResponse:
    """All that is published and that this actor may read, as static pages in a zip."""
    read = outputs.published(actor)
    frame = Frame(
        name_of(actor), _("made %(day)s") % {"day": date_format(today_of(actor), "j M Y")}, get_language() or "en"
    )
    bound = handbook_of([Entry(one.value, _version(one.version, one.at)) for one in read], frame, _)
    kept = _kept(actor, bound.media)
    # Recordings are large: the zip is made on disk, and goes out in pieces.
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it has gone out
    bind(target, pages_of(bound, kept), kept)
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename="handbook.zip", content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _kept(actor: Actor, paths: Iterable[str]) -> dict[str, Path]:
    """The media files that are there, by path: pictures first, then recordings while there is room."""
    room, found = MOST_MEDIA, {}
    for path in sorted(paths, key=lambda path: not path.lower().endswith(PRINTABLE)):
        try:
            file = media.find(actor, path).file
        except NotFound:
            continue
        size = file.stat().st_size
        if size <= room:
            room -= size
            found[path] = file
    return found


# --- what they share ----------------------------------------------------------------------------


def imprint_of(actor: Actor, state: str) -> Imprint:
    """The foot of what this actor prints today."""
    printed = _("printed %(day)s") % {"day": date_format(today_of(actor), "j M Y")}
    return Imprint(name_of(actor), state, printed, get_language() or "en")


def file(data: bytes, content_type: str, name: str) -> HttpResponse:
    """Something to save; never shown inside the product's own address."""
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def shown(request: HttpRequest, view: DocumentView) -> AnyDocument:
    """The text that the page shows at the same address: the draft at `?draft`, for those who may see it."""
    return view.draft if "draft" in request.GET and view.draft is not None else view.value


def _imprint(actor: Actor, view: DocumentView, value: AnyDocument) -> Imprint:
    published = view.row.published
    if value is view.draft or published is None:
        return imprint_of(actor, _("Draft, not published"))
    if view.row.status == Status.RETIRED:
        return imprint_of(actor, _("Retired"))
    return imprint_of(actor, _version(published.number, published.published_at))


def _version(number: int, at: dt.datetime) -> str:
    return _("Version %(number)s, published %(day)s") % {"number": number, "day": date_format(at, "j M Y")}


def _pictures(actor: Actor, paths: Iterable[str]) -> dict[str, bytes]:
    """The pictures that are there, by path."""
    found = {}
    for path in paths:
        try:
            found[path] = media.find(actor, path).file.read_bytes()
        except NotFound:
            continue
    return found


def _printed(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except PaperError as error:
        raise Refused(Refusal("not_printed", str(error))) from error
