"""Publishing a draft: what it changes and for whom; alone, or by another person's approval."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from routebook.core.document import AnyDocument, Kind, kind_of
from routebook.core.events import Refusal
from routebook.formats.difference import documents as differences_of
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import approvals as approving
from routebook.store.actions import documents as actions
from routebook.store.queries import approvals, publications
from routebook.store.queries import documents as queries
from routebook.store.queries.documents import DocumentView
from routebook.web import document_editor
from routebook.web.document_fields import label_of
from routebook.web.document_form import anchor_of
from routebook.web.pages import both, fresh_id, now, post, show, tell
from routebook.web.templatetags.documents import address


@both("write")
def publication(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Publish the draft: what readers will see differently, minor or major, and a note."""
    view = _draft_of(actor, kind, slug)
    if request.method != "POST":
        return redirect(address(view)) if view.draft is None else _page(request, actor, view)
    try:
        _be_told_the_rule(request, view)
        major, note, rev = _said(request)
        actions.publish(actor, view.row.pk, now=now(), major=major, note=note, rev=rev)
    except Refused as refused:
        return _page(request, actor, view, refused.refusal)
    tell(request, _("Published. This is what readers see now."))
    return redirect(address(view))


@post("write")
def ask(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Ask somebody else to approve the draft."""
    view = _draft_of(actor, kind, slug)
    try:
        _be_told_the_rule(request, view)
        major, note, rev = _said(request)
        approving.ask(actor, view.row.pk, now=now(), major=major, note=note, rev=rev)
    except Refused as refused:
        return _page(request, actor, view, refused.refusal)
    tell(request, _("Asked. It waits on the first page of those who may approve it."))
    return redirect(f"{address(view)}publication/")


@post("write")
def approve(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Approve somebody else's draft, which publishes it."""
    view = _draft_of(actor, kind, slug)
    try:
        approving.approve(actor, view.row.pk, now=now(), rev=_said(request)[2])
    except Refused as refused:
        return _page(request, actor, view, refused.refusal)
    tell(request, _("Approved and published. This is what readers see now."))
    return redirect(address(view))


@post("write")
def decline(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Give the draft back, with a reason."""
    view = _draft_of(actor, kind, slug)
    try:
        approving.decline(actor, view.row.pk, reason=request.POST.get("reason", ""), now=now())
    except Refused as refused:
        return _page(request, actor, view, refused.refusal)
    tell(request, _("Declined. Who asked sees your reason."))
    return redirect(address(view))


@post("write")
def withdraw(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Take the request back."""
    view = _draft_of(actor, kind, slug)
    approving.withdraw(actor, view.row.pk, now=now())
    tell(request, _("Nobody is asked any more; the draft stays."))
    return redirect(f"{address(view)}edit/")


def _draft_of(actor: Actor, kind: Kind, slug: str) -> DocumentView:
    """The document, for those who may publish it or ask to."""
    if not approvals.may_ask(actor, kind):
        require(actor, Verb.PUBLISH)
    return queries.find(actor, kind, slug)


def _said(request: HttpRequest) -> tuple[bool, str, int | None]:
    """Major or not, the note, and the revision of the draft that the person looked at."""
    rev = request.POST.get("rev", "")
    major = request.POST.get("major") == "yes"
    return major, request.POST.get("note", "").strip(), int(rev) if rev.isdecimal() else None


def _be_told_the_rule(request: HttpRequest, view: DocumentView) -> None:
    if _asks_rule(view) and not request.POST.get("note", "").strip():
        sentence = _("Say which rule changed: a policy changes only with its rule.")
        raise Refused(Refusal("rule_missing", sentence, "note"))


def _asks_rule(view: DocumentView) -> bool:
    return view.kind is Kind.POLICY and view.version > 0


# --- the page -----------------------------------------------------------------------------------


def _page(request: HttpRequest, actor: Actor, view: DocumentView, refusal: Refusal | None = None) -> HttpResponse:
    if view.draft is None:
        raise Refused(refusal or Refusal("no_draft", _("There is nothing new to publish: no draft is open.")))
    asked = approvals.open_request(actor, view.row)
    value = queries.whole_of(actor.org, view.draft)
    findings = document_editor.findings_of(actor, view.draft)
    context = {
        "view": view,
        "value": value,
        "next": _next_number(actor, view),
        "asks_rule": _asks_rule(view),
        "advice": sum(1 for finding in findings if finding.severity == "advice"),
        "differences": named_differences(view.published, value) if view.published else (),
        "effects": publications.effects(actor, view, value),
        "asked": asked,
        "may_decide": bool(asked and approvals.may_approve(actor, asked, queries.draft_row(view.row))),
        "may_withdraw": bool(asked and (asked.asked_by_id == actor.member or actor.may(Verb.PUBLISH))),
        "may_publish": approvals.may_publish(actor, view.kind),
        "may_ask": approvals.may_ask(actor, view.kind),
        "declined": approvals.declined(actor, view.row) if not asked else None,
        "typed": request.POST,
        "refusal": refusal,
        "anchor": anchor_of(view.kind, refusal.field) if refusal and refusal.field else "",
        "command": fresh_id(),
    }
    return show(request, "documents/publish.html", context, status=409 if refusal else 200)


def _next_number(actor: Actor, view: DocumentView) -> int:
    return max((version.number for version in queries.versions(actor, view.row.pk)), default=0) + 1


def named_differences(older: AnyDocument, newer: AnyDocument) -> list[dict[str, Any]]:
    """What differs between two versions, field by field, with the field's name as people read it."""
    kind = kind_of(newer)
    return [{"label": label_of(kind, one.field), "pieces": one.pieces} for one in differences_of(older, newer)]
