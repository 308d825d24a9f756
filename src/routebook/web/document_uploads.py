"""Pictures and recordings that are sent while a document is written.

With a script a file goes to `…/media/` by itself, and its path into the field that asked for it. Without one it comes
with the whole form, as ``checklist-2-upload`` or ``recording-upload``, and is put there by `with_files`.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from routebook.core.document import Kind
from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused, drafting, require
from routebook.store.actions import media
from routebook.store.media import Use
from routebook.store.queries import documents as queries
from routebook.web.document_fields import Field, fields_of
from routebook.web.pages import post
from routebook.web.templatetags.routebook import media_address

_NAME = re.compile(r"(\w+?)(?:-(\d{1,4}))?-upload")
_LONGEST_TEXT = 200


@post("write")
def receive(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Keep one file: 201 with its `path` and `address`, or 422 with the `sentence` that says why not."""
    require(actor, drafting(kind))
    view = queries.find(actor, kind, slug)
    use = Use.RECORDING if request.POST.get("use") == Use.RECORDING else Use.PICTURE
    try:
        path = _keep(request, actor, "file", use, view.row.slug, request.POST.get("text", ""))
    except Refused as refused:
        return JsonResponse({"sentence": refused.refusal.sentence}, status=422)
    return JsonResponse({"path": path, "address": media_address(path)}, status=201)


def _keep(request: HttpRequest, actor: Actor, name: str, use: Use, slug: str, text: str) -> str:
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        raise Refused(_too_large() if _was_too_large(request, name) else _missing())
    return media.upload(actor, file, use=use, slug=slug, name=text)


def _was_too_large(request: HttpRequest, name: str) -> bool:
    return getattr(request, "too_large", "") == name


def _too_large() -> Refusal:
    return Refusal("too_large", _("It is too large to be kept here."), "file")


def _missing() -> Refusal:
    return Refusal("file_missing", _("Choose a file first."), "file")


# --- the whole form -----------------------------------------------------------------------------


def with_files(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> tuple[QueryDict, dict[str, str]]:
    """What was posted, with the paths of its files where they belong, and a sentence per field whose file isn't kept."""
    posted, errors = request.POST.copy(), dict[str, str]()
    taking = {one.name: one for one in fields_of(kind) if one.upload}
    for name in dict.fromkeys([*request.FILES, getattr(request, "too_large", "")]):
        match = _NAME.fullmatch(name)
        field = taking.get(match[1]) if match else None
        if match is None or field is None or field.upload is None:
            continue
        text = _text_of(request.FILES.get(name))
        try:
            path = _keep(request, actor, name, field.upload, slug, text)
        except Refused as refused:
            errors[field.name] = refused.refusal.sentence
            continue
        _put(posted, field, match[2], path, text)
    return posted, errors


def _text_of(file: object) -> str:
    """What the file's own name says it shows; nobody was there to ask."""
    stem = PurePosixPath(getattr(file, "name", "") or "").stem
    return re.sub(r"[\W_]+", " ", stem).strip()[:_LONGEST_TEXT]


def _put(posted: QueryDict, field: Field, row: str | None, path: str, text: str) -> None:
    cells = {cell.name for cell in field.cells}
    if row is None or not cells:
        posted[field.name] = path
    elif "source" in cells:
        posted[f"{field.name}-{row}-source"] = path
        posted[f"{field.name}-{row}-text"] = posted.get(f"{field.name}-{row}-text") or text
    else:
        said = posted.get(f"{field.name}-{row}-instruction", "").strip()
        posted[f"{field.name}-{row}-instruction"] = f"{said}\n\n![{text}](../media/{path})".strip()
