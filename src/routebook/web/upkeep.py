"""Keeping documents true: what stands around a published text, *still correct*, retiring, and what waits for whom."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.document import Kind, Status, next_review
from routebook.core.events import Refusal
from routebook.formats.places import TEXTS
from routebook.store.access import Actor, Refused, Verb
from routebook.store.actions import documents as documents_actions
from routebook.store.actions import upkeep as actions
from routebook.store.queries import approvals, documents, readings, suggestions
from routebook.store.queries import upkeep as queries
from routebook.store.queries.documents import DocumentView
from routebook.web.pages import now, post, tell
from routebook.web.templatetags.documents import address, address_of


def today_of(actor: Actor) -> dt.date:
    """The day that it is where the actor works."""
    return now().astimezone(ZoneInfo(actor.time_zone)).date()


# --- around a published text --------------------------------------------------------------------


def around(request: HttpRequest, actor: Actor, view: DocumentView) -> dict[str, Any]:
    """What `documents/upkeep.html` and `documents/confirm.html` show beside a text; only what is published has it."""
    instead_of = request.GET.get("instead-of", "")
    context: dict[str, Any] = {
        "instead_of": queries.replaced(actor, view.row, instead_of) if instead_of else None,
        "asked": approvals.open_request(actor, view.row) if view.draft else None,
    }
    if view.row.status != Status.PUBLISHED:
        return context
    today = today_of(actor)
    is_open = view.kind in TEXTS and actor.may(Verb.SUGGEST)
    return {
        **context,
        "standing": readings.standing(actor, view.row),
        "read_by": readings.line_of(actor, view.row),
        "may_suggest": is_open,
        "suggestions": suggestions.count_open(actor, view.row) if is_open else 0,
        "answers": queries.answers_for(actor, view.row),
        "is_due": queries.is_due(view.row, today),
        "overdue": bool(view.row.review_by and view.row.review_by < today),
        "until": next_review(view.kind, today),
    }


def moved_to(request: HttpRequest, view: DocumentView) -> str:
    """Where a retired document's address leads; "" where it stays, or the reader wants to see the old text."""
    other = queries.replacement_of(view.row)
    if other is None or "retired" in request.GET:
        return ""
    return f"{address_of(Kind(other.kind), other.slug)}?instead-of={view.row.slug}"


@post("write")
def still_correct(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Somebody who answers for it says that it still holds."""
    view = documents.find(actor, kind, slug)
    until = actions.still_correct(actor, view.row.pk, today=today_of(actor), now=now(), note=_("Still correct"))
    tell(request, _("Still correct. It is looked at again by %(day)s.") % {"day": date_format(until, "j M Y")})
    return redirect(_back(request) or address(view))


def _back(request: HttpRequest) -> str:
    """The task in which somebody said so; "" anywhere else."""
    back = request.POST.get("back", "")
    return back if _TASK.fullmatch(back) else ""


_TASK = re.compile(r"/runs/\d{1,9}/tasks/\d{1,5}/")


@post("write")
def retire(request: HttpRequest, actor: Actor, kind: Kind, slug: str) -> HttpResponseBase:
    """Take a document out of use; its address can lead to what replaces it."""
    view = documents.find(actor, kind, slug)
    typed = request.POST.get("replacement", "").strip()
    other = queries.named(actor, view.row, typed) if typed else None
    if typed and other is None:
        sentence = _("Nothing published here is called “%(title)s”. Choose one from the list, or leave it empty.")
        raise Refused(Refusal("no_replacement", sentence % {"title": typed[:80]}, "replacement"))
    why = request.POST.get("why", "")
    documents_actions.retire(actor, view.row.pk, why=why, replacement=other.pk if other else None, now=now())
    if other is None:
        tell(request, _("It is out of use; its versions stay."))
    else:
        tell(request, _("It is out of use. Its address leads to “%(title)s” now.") % {"title": other.title})
    return redirect(f"{address(view)}versions/")


# --- what waits for somebody --------------------------------------------------------------------


class Waiting(NamedTuple):
    """A decision about a document, in the words of the first page."""

    title: str
    about: str
    address: str
    word: str
    since: dt.datetime
    late: bool


def waiting(actor: Actor, moment: dt.datetime) -> list[Waiting]:
    """What waits for the actor's decision: approvals, what came back, suggestions, reviews that are due."""
    return [*_approvals(actor), *_suggestions(actor), *_reviews(actor, moment)]


def _approvals(actor: Actor) -> Iterator[Waiting]:
    for one in approvals.waiting(actor):
        title = _("Approve “%(title)s”?") % {"title": one.document.title}
        about = _("%(name)s asks") % {"name": one.asked_by.name if one.asked_by else _("Somebody")}
        yield Waiting(title, about, f"{_of(one.document)}publication/", _("Look"), one.asked_at, False)
    for one in approvals.came_back(actor):
        title = _("“%(title)s” was not approved") % {"title": one.document.title}
        name = one.decided_by.name if one.decided_by else _("Somebody")
        about = _("%(name)s: %(reason)s") % {"name": name, "reason": one.reason[:120]}
        since = one.decided_at or one.asked_at
        yield Waiting(title, about, f"{_of(one.document)}publication/", _("Change it"), since, False)


def _suggestions(actor: Actor) -> Iterator[Waiting]:
    for one in suggestions.waiting(actor):
        about = ngettext("%(n)d suggestion by a reader", "%(n)d suggestions by readers", one.count) % {"n": one.count}
        yield Waiting(one.row.title, about, f"{_of(one.row)}suggestions/", _("Look"), one.since, False)


def _reviews(actor: Actor, moment: dt.datetime) -> Iterator[Waiting]:
    zone = ZoneInfo(actor.time_zone)
    today = moment.astimezone(zone).date()
    for row in queries.due(actor, today):
        assert row.review_by is not None
        title = _("Is “%(title)s” still correct?") % {"title": row.title}
        about = _("review by %(day)s") % {"day": date_format(row.review_by, "j M Y")}
        since = dt.datetime.combine(row.review_by - queries.REMIND_BEFORE, dt.time(), zone)
        yield Waiting(title, about, f"{_of(row)}#upkeep", _("Look"), since, row.review_by < today)


def _of(row: Any) -> str:
    return address_of(Kind(row.kind), row.slug)
