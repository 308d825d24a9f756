"""Writing a document: the form, its autosave, and what the checks say beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.blocks import rows_of, waiting, whole
from routebook.core.checks import Finding, length_of
from routebook.core.checks.document import longest_block
from routebook.core.document import AnyDocument, Evidence, Kind
from routebook.formats.difference import spelt
from routebook.formats.plain import from_plain, to_plain
from routebook.store.access import Actor, Verb, drafting, require
from routebook.store.actions import documents as actions
from routebook.store.queries import approvals, ladder, media, members
from routebook.store.queries import documents as queries
from routebook.store.queries.checking import findings_in
from routebook.store.queries.documents import DocumentView
from routebook.web.document_fields import label_of
from routebook.web.document_form import Choices, Option, Typed, read, shown, told
from routebook.web.document_uploads import with_files
from routebook.web.pages import both, fresh_id, now, post, show, tell
from routebook.web.templatetags.documents import EVIDENCE, address

PAGE: dict[Kind, Promise] = {
    Kind.SOP: gettext_lazy("one page"),
    Kind.PROCEDURE: gettext_lazy("half a page"),
    Kind.WORK_INSTRUCTION: gettext_lazy("a few lines"),
}


@dataclass(frozen=True, slots=True)
class ShownClash:
    """A field that two people changed, both texts as they read."""

    field: str
    label: Any
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """What a save met: who was first, what they wrote, and from where to go on."""

    rev: int
    version: int
    who: str
    clashes: tuple[ShownClash, ...]


@both("write")
def edit(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """The form. Without a script it saves as a whole; rows move by their buttons."""
    require(actor, drafting(kind))
    view = queries.find(actor, kind, slug)
    if request.method != "POST":
        return _form(request, actor, view, more=request.GET.get("more", ""), block=request.GET.get("block", ""))
    posted, not_kept = with_files(request, actor, kind, slug)
    typed = read(kind, slug, posted)
    typed.errors.update(not_kept)
    conflict = _save(request, actor, view, typed)
    if conflict is not None or typed.errors:
        view = queries.find(actor, kind, slug)
        return _form(request, actor, view, typed=typed, conflict=conflict, status=409 if conflict else 422)
    return redirect(_after(request, view))


def _after(request: HttpRequest, view: DocumentView) -> str:
    op, then = request.POST.get("op", ""), request.POST.get("then", "")
    if op:
        verb, field = [*op.split(":"), ""][:2]
        asked = {"add": f"?more={field}", "include": f"?block={field}"}.get(verb, "")
        return f"{address(view)}edit/{asked}#f-{field}"
    if then == "publish":
        return f"{address(view)}publication/"
    if then == "done":
        return f"{address(view)}?draft"
    tell(request, _("The draft is saved."))
    return f"{address(view)}edit/"


@post("write")
def autosave(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Save the fields named in `changed`, and answer how the draft stands: 200, or 409 with both texts."""
    require(actor, drafting(kind))
    view = queries.find(actor, kind, slug)
    typed = read(kind, slug, request.POST)
    conflict = _save(request, actor, view, typed)
    if conflict is not None:
        return render(request, "documents/conflict.html", {"conflict": conflict, "view": view}, status=409)
    view = queries.find(actor, kind, slug)
    return render(request, "documents/side.html", {**_standing(actor, view), "actor": actor, "errors": typed.errors})


def _save(request: HttpRequest, actor: Actor, view: DocumentView, typed: Typed) -> ShownConflict | None:
    """Keep what was touched; what can't be kept is in `typed.errors`. Returns what got in the way, if anything."""
    if "title" in typed.touched and not typed.touched["title"]:
        typed.errors["title"] = _("Give it a title; you can change it later.")
        del typed.touched["title"]
    if not typed.touched:
        return None
    base, seen = request.POST.get("rev", ""), request.POST.get("version", "")
    if seen.isdecimal() and int(seen) != view.version:
        return _overtaken(view, typed)
    try:
        actions.change_draft(
            actor, view.row.pk, base=int(base) if base.isdecimal() else 1, fields=typed.touched, now=now()
        )
    except actions.Conflict as conflict:
        clashes = tuple(_clash(view.kind, one.field, one.theirs, one.yours) for one in conflict.clashes)
        return ShownConflict(conflict.rev, view.version, conflict.clashes[0].who, clashes)
    return None


def _overtaken(view: DocumentView, typed: Typed) -> ShownConflict | None:
    """A version was published while the form was open: what it says is theirs."""
    current = _kept(view)
    clashes = tuple(
        _clash(view.kind, name, current.get(name), yours)
        for name, yours in typed.touched.items()
        if current.get(name) != yours
    )
    if not clashes:
        return None
    who = view.row.published.published_by.name if view.row.published and view.row.published.published_by else ""
    return ShownConflict(max(view.rev, 1), view.version, who or _("Somebody"), clashes)


def _clash(kind: Kind, field: str, theirs: Any, yours: Any) -> ShownClash:
    return ShownClash(field, label_of(kind, field), _spelt(kind, field, theirs), _spelt(kind, field, yours))


def _spelt(kind: Kind, field: str, plain: Any) -> str:
    """A plain value as people read it."""
    return spelt(getattr(from_plain(kind, "", {"title": "·", field: plain}), field)) if plain is not None else ""


# --- what the form shows ------------------------------------------------------------------------


def _form(
    request: HttpRequest,
    actor: Actor,
    view: DocumentView,
    *,
    typed: Typed | None = None,
    conflict: ShownConflict | None = None,
    more: str = "",
    block: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = _kept(view)
    values: dict[str, Any] = dict(kept)
    if typed is not None:
        # What somebody typed stays as they typed it, kept or not; what they never touched shows what is kept.
        values |= {name: typed.raw[name] for name in (*typed.touched, *typed.errors) if name in typed.raw}
    choices = _choices(actor, view)
    errors = typed.errors if typed else {}
    context = {
        **_standing(actor, view),
        "view": view,
        "title": view.row.title,
        "sections": shown(view.kind, values, kept, choices, errors=errors, more=more, block=block),
        "known": choices.known,
        "errors": errors,
        "conflict": conflict,
        "command": fresh_id(),
        "most_megabytes": settings.MEDIA_MOST_BYTES // 1_000_000,
    }
    if conflict is not None:
        context["rev"] = conflict.rev
    return show(request, "documents/edit.html", context, status=status)


def _kept(view: DocumentView) -> dict[str, Any]:
    """The draft's fields as plain values; those of the published text where no draft is open."""
    return to_plain(queries.kept(view))


def _standing(actor: Actor, view: DocumentView) -> Mapping[str, Any]:
    """How the draft stands: when it was saved, how long it is, what the checks find."""
    value = queries.kept(view)
    draft = queries.draft_row(view.row)
    text = queries.whole_of(actor.org, value)
    length, longest = length_of(text), longest_block(text)
    return {
        "rev": view.rev or 1,
        "saved_at": draft.updated_at if draft else None,
        "saved_by": draft.updated_by.name if draft and draft.updated_by else "",
        "length": length,
        "length_max": max(length.most * 5 // 4, length.count) if length else 0,
        "longest": longest,
        "longest_max": max(longest.most + 3, longest.count) if longest else 0,
        "page_words": PAGE.get(view.kind, ""),
        "findings": told(view.kind, findings_of(actor, value)),
        "may_ask": approvals.may_ask(actor, view.kind),
    }


def findings_of(actor: Actor, value: AnyDocument) -> tuple[Finding, ...]:
    """What the checks find in a draft, seen within the library with its drafts. What they find in a shared block
    stands at the line that includes it."""
    blocks = queries.blocks_of(actor.org, waiting(value))
    findings = findings_in(
        actor.org,
        whole(value, blocks),
        drafts=actor.may(Verb.SEE_DRAFTS),
        today=now().date(),
        media=media.paths(actor),
    )
    rows = rows_of(value, blocks)
    return tuple(
        replace(one, path=_ITEM.sub(lambda found: f"checklist[{rows[int(found[1])]}]", one.path)) for one in findings
    )


_ITEM = re.compile(r"\Achecklist\[(\d+)\]")


def _choices(actor: Actor, view: DocumentView) -> Choices:
    places = ladder.all_places(actor)
    roles = [role.row.title for role in members.roles(actor)] if actor.may(Verb.SEE_PEOPLE) else []
    variations = {
        name for _process, steps in places for one in steps if one.step.variations for name in one.step.variations.of
    }
    return Choices(
        known={"roles": roles, "media": sorted(media.paths(actor)), "variations": sorted(variations)},
        steps=[
            Option(
                one.reference,
                f"{one.number} {one.step.title}" + (f" ({one.step.role})" if one.step.role else ""),
                process.row.title,
            )
            for process, steps in places
            for one in steps
        ],
        processes=[Option(process.row.slug, process.row.title) for process, _steps in places],
        instructions=[Option(one.row.slug, one.row.title) for one in queries.listing(actor, Kind.WORK_INSTRUCTION)]
        if view.kind in (Kind.SOP, Kind.PROCEDURE)
        else [],
        blocks=[Option(one.row.slug, one.row.title) for one in queries.listing(actor, Kind.PROCEDURE) if one.published]
        if view.kind is Kind.SOP
        else [],
        evidence=[Option(kind.value, EVIDENCE[kind]) for kind in Evidence],
    )
