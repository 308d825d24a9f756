"""The pile: documents that people have already, thrown in, sorted, corrected, and turned into drafts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from routebook.core.document import Kind, Procedure, Sop
from routebook.core.events import Refusal
from routebook.formats.pile import (
    LEFT_OVER,
    MAKES,
    MAP,
    Adjustment,
    Block,
    PileDocument,
    PileKind,
    Proposal,
    Unreadable,
    adjusted,
    made_as,
    sentences_of,
    split,
)
from routebook.store.access import Actor, Refused, Verb, drafting
from routebook.store.actions import pile as actions
from routebook.store.queries import pile as queries
from routebook.web.pages import FORBIDDEN, both, now, page, post, show, tell
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
MOST_SHOWN = 3_000
"""Blocks of an original that a page shows; the rest is in the file."""
EXAMPLE_ENDINGS = ".md,.markdown,.mdx,.txt,.rst,.adoc,.html,.htm,.docx,.zip"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the original, and the part that it went to: its number, 0 for the map, None for left over."""

    text: str
    part: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of the original as it is shown beside its parts."""

    kind: str
    level: int
    sentences: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class PartForm:
    """A part of a proposal in its form."""

    number: int
    value: Any
    kind: Kind
    step: str
    made: bool


# --- the list -------------------------------------------------------------------------------------


@both("write")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The whole pile. POST puts files on it; with `Accept: application/json` it answers for a script."""
    queries.items_of(actor)
    if request.method != "POST":
        return _list(request, actor)
    kept, refused = 0, list[Unreadable]()
    files = request.FILES.getlist("files")
    for at, file in enumerate(files):
        taken = actions.take(actor, _path_of(request, at, file), file.read(), now=now())
        kept += len(taken.kept)
        refused += taken.refused
    if getattr(request, "too_large", ""):
        refused.append(Unreadable(_("One file"), _("It is larger than what can be sent here.")))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"kept": kept, "refused": [{"path": one.path, "reason": one.reason} for one in refused]})
    if not files and not refused:
        return _list(request, actor, refusal=Refusal("no_file", _("Choose files first."), "files"))
    if kept:
        tell(request, _kept(kept))
    if refused:
        return _list(request, actor, refused=refused)
    return redirect(PAGE)


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
    rows = queries.pile(actor)
    waiting = [row for row in rows if row.accepted_at is None]
    context = {
        "waiting": [{"row": row, "kind": KINDS[PileKind(row.kind)], "second": KINDS[PileKind(row.second)], "share": f"{row.score:.0%}"} for row in waiting],
        "done": [{"row": row, "made": [(one, address_of(Kind(one.kind), one.slug)) for one in queries.made_of(row)]} for row in rows if row.accepted_at],
        "refused": refused,
        "refusal": refusal,
        "endings": EXAMPLE_ENDINGS,
        "most": actions.MOST_FILE_BYTES // 1_000_000,
    }  # fmt: skip
    return show(request, "pile/index.html", context, status=409 if refusal else 200)


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
        change = _adjustment(request) if refusal else Adjustment()
        context |= _split_context(actor, document, change)
        return show(request, "pile/split.html", context, status=status)
    context["shown"] = [
        Shown(block.kind.value, block.level, tuple(Said(one, 0) for one in sentences_of(block)))
        for block in document.blocks[:MOST_SHOWN]
    ]
    if row.accepted_at is None and kind in MAKES:
        value = made_as(document, kind)
        context |= {"value": value, "may_accept": actor.may(drafting(Kind(kind.value)))}
    return show(request, "pile/read.html", context, status=status)


def _split_context(actor: Actor, document: PileDocument, change: Adjustment) -> dict[str, Any]:
    proposal = split(document)
    numbers = {part.slug: at for at, part in enumerate(proposal.documents, start=1)}
    parts = [
        PartForm(
            numbers[part.slug],
            part,
            Kind.SOP if isinstance(part, Sop) else Kind.PROCEDURE if isinstance(part, Procedure) else Kind.WORK_INSTRUCTION,
            change.at.get(part.slug, part.step.partition("/")[2] if isinstance(part, Procedure | Sop) else ""),
            part.slug not in change.without,
        )
        for part in proposal.documents
    ]  # fmt: skip
    unplaced = sum(1 for place in proposal.places if place.part == LEFT_OVER)
    return {
        "proposal": proposal,
        "pieces": parts,
        "steps": adjusted(proposal, change).process.steps,
        "titles": dict(change.titles),
        "left": [(at, one, change.moved.get(at, "")) for at, one in enumerate(proposal.left_over)],
        "map_place": MAP,
        "shown": _shown(document.blocks[:MOST_SHOWN], proposal, numbers),
        "sentences": len(proposal.places),
        "unplaced": unplaced,
        "may_accept": actor.may(Verb.DRAFT_PROCESS),
    }


def _shown(blocks: Sequence[Block], proposal: Proposal, numbers: dict[str, int]) -> list[Shown]:
    """The original, each sentence with the part that it went to. The places stand in the order of the sentences."""
    places = iter(proposal.places)
    shown = []
    for block in blocks:
        said = tuple(
            Said(one, None if place.part == LEFT_OVER else numbers.get(place.part, 0))
            for one, place in zip(sentences_of(block), places, strict=False)
        )
        shown.append(Shown(block.kind.value, block.level, said))
    return shown


@post("write")
def correct(request: HttpRequest, actor: Actor, item: int) -> HttpResponseBase:
    """The person knows better what it is."""
    actions.correct(actor, item, request.POST.get("kind", ""))
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
            made = actions.accept_split(actor, item, _adjustment(request), now=now())
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


_FIELD = re.compile(r"(?P<what>title|at|steptitle|role|left)-(?P<of>.{1,80})")


def _adjustment(request: HttpRequest) -> Adjustment:
    """What the form says. A part whose box isn't ticked comes as `part-…` without its `make-…`."""
    posted = request.POST
    told: dict[str, dict[str, str]] = {what: {} for what in ("title", "at", "steptitle", "role", "left")}
    for name in posted:
        found = _FIELD.fullmatch(name)
        if found:
            told[found["what"]][found["of"]] = posted[name]
    without = frozenset(name[5:] for name in posted if name.startswith("part-") and f"make-{name[5:]}" not in posted)
    moved = {int(at): to for at, to in told["left"].items() if at.isdecimal() and len(at) < 6}
    return Adjustment(without, told["title"], told["at"], told["steptitle"], told["role"], moved)


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
    path("pile/<int:item>/", read, name="pile-item"),
    path("pile/<int:item>/kind/", correct, name="pile-kind"),
    path("pile/<int:item>/removal/", remove, name="pile-removal"),
    path("pile/<int:item>/documents/", accept, name="pile-documents"),
    path("pile/<int:item>/original/", original, name="pile-original"),
]
