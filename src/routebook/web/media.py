"""`/media/<path>`: pictures and recordings, to members of the organisation that they belong to.

Recordings are asked for in ranges, so that one can seek in them: 206 with the range, 416 for one beyond the end. Several
ranges at once are answered with the whole file, as RFC 9110 allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from routebook.store.access import Actor
from routebook.store.media import MediaKind
from routebook.store.queries import media
from routebook.store.queries.media import MediaFile
from routebook.web.pages import page

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_PLAYED = ("video/", "audio/")
POLICY_OF_FILES = "default-src 'none'; frame-ancestors 'none'; sandbox"
POLICY_OF_RECORDINGS = (
    "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
"""Opened by itself, a recording is a page that the browser writes, with its own styles, which plays the same address;
in a sandbox it would be somebody else's and not be given it. No script runs in either."""


@page()
def show_file(request: HttpRequest, actor: Actor, name: str) -> HttpResponseBase:
    """The file with its own content type; what a browser can't show safely is offered for saving."""
    return send(request, media.find(actor, name), name.rpartition("/")[2])


def send(request: HttpRequest, found: MediaFile, name: str) -> HttpResponseBase:
    """A kept file, whole or the range that was asked for."""
    state = found.file.stat()
    etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    response = _answer(request, found.file, state.st_size, etag, int(state.st_mtime))
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(int(state.st_mtime))
    response.headers["Content-Type"] = found.kind.content_type
    disposition = content_disposition_header(as_attachment=not found.kind.shown, filename=name)
    response.headers["Content-Disposition"] = disposition or "inline"
    response.headers["Content-Security-Policy"] = _policy_of(found.kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _policy_of(kind: MediaKind) -> str:
    return POLICY_OF_RECORDINGS if kind.content_type.startswith(_PLAYED) else POLICY_OF_FILES


def _answer(request: HttpRequest, file: Path, size: int, etag: str, changed: int) -> HttpResponseBase:
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304)
    asked = _range_of(request, size, etag, changed)
    if asked is None:
        return _part(request, file, 0, size)
    first, last = asked
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = _part(request, file, first, last - first + 1)
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _range_of(request: HttpRequest, size: int, etag: str, changed: int) -> tuple[int, int] | None:
    """The first and the last byte asked for; None for the whole file. Nothing there: the first is above the last."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or match[0] == "bytes=-" or request.method != "GET":
        return None
    # Somebody who holds a part of what the file was before gets the whole of what it is now.
    held = request.headers.get("If-Range", "").strip()
    if held and held != etag and parse_http_date_safe(held) != changed:
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size - 1 if int(match[2]) else -1
    first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None  # no range at all, and what is no range is passed over
    return first, min(last, size - 1)


def _part(request: HttpRequest, file: Path, first: int, length: int) -> HttpResponseBase:
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    else:
        response = StreamingHttpResponse(_chunks(file, first, length))
    response.headers["Content-Length"] = str(length)
    return response


def _chunks(file: Path, first: int, length: int) -> Iterator[bytes]:
    """The bytes of a part of a file. It is only opened when somebody reads."""
    with file.open("rb") as data:
        data.seek(first)
        left = length
        while left > 0 and (chunk := data.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


urlpatterns: list[URLPattern] = [path("media/<path:name>", show_file, name="media")]
