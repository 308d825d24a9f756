"""One person: their roles, their calendar, what is theirs to do, and for owners and managers capacity and cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import Access
from routebook.core.events import Refusal
from routebook.store.access import Actor, NotFound, Refused, Verb
from routebook.store.actions import members
from routebook.store.queries import calendars, handoffs, runs
from routebook.store.queries import members as queries
from routebook.web.calendar_words import hours_words, now_words, weekday_names
from routebook.web.pages import now, page, post, show, tell

ACCESS: Mapping[Access, str | Promise] = {
    Access.OWNER: gettext_lazy("owner"),
    Access.MANAGER: gettext_lazy("manager"),
    Access.ASSISTANT: gettext_lazy("assistant"),
    Access.GUEST: gettext_lazy("guest"),
    Access.AGENT: gettext_lazy("AI agent"),
}


@page()
def person(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """Who somebody is: for everybody who works here; what is theirs to do only for themselves and who manages."""
    return _person_page(request, actor, member)


def _person_page(
    request: HttpRequest,
    actor: Actor,
    member: int,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = queries.person(actor, member)
    row, may = found.row, actor.may(Verb.MANAGE_PEOPLE)
    if not row.active and not may:
        raise NotFound
    reads_all = may or row.pk == actor.member
    context = {
        "person": found,
        "reads_all": reads_all,
        "trains": row.access in (Access.ASSISTANT, Access.MANAGER, Access.OWNER),
        "access_word": ACCESS[found.access],
        "stands_in": [view.row.title for view in queries.roles(actor) if view.backup and view.backup.pk == row.pk],
        "aways": row.aways.filter(last__gte=now().date() - dt.timedelta(days=1)).order_by("first"),
        "handoffs": handoffs.of(actor, row.pk),
        "tasks": list(runs.tasks_of(actor, row.pk)) if reads_all else [],
        "typed": typed or {},
        "refusal": refusal,
        **_calendar(actor, row.pk),
        **(_capacity(actor, found, typed or {}) if actor.may(Verb.SEE_COSTS) else {}),
    }
    return show(request, "people/person.html", context, status=409 if refusal else 200)


def _calendar(actor: Actor, member: int) -> dict[str, Any]:
    """Two weeks by day; nothing for who left."""
    at = now()
    calendar = calendars.calendars(actor, now=at).get(member)
    if calendar is None:
        return {}
    days = calendars.days(calendar, now=at)
    return {
        "weeks": [days[:7], days[7:]],
        "weekdays": weekday_names(),
        "today": at.astimezone(ZoneInfo(calendar.time_zone)).date(),
        "hours": hours_words(calendar),
        "clock": now_words(calendar, at),
        "week_hours": calendars.hours_a_week(calendar),
    }


def _capacity(actor: Actor, found: queries.PersonView, typed: Mapping[str, str]) -> dict[str, Any]:
    """What the form of capacity and cost shows; only for who may see it."""
    return {
        "capacity": typed.get("capacity", _plain(found.row.capacity)),
        "cost": typed.get("cost", _plain(found.row.cost)),
        "currency": queries.currency(actor),
    }


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


@post()
def set_capacity(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """How many hours a week they have, and what one costs."""
    try:
        hours, cost = _number(request.POST, "capacity"), _number(request.POST, "cost")
        members.set_capacity(actor, member, hours=hours, cost=cost, now=now())
    except Refused as refused:
        if not refused.refusal.field:
            raise
        return _person_page(request, actor, member, request.POST, refused.refusal)
    tell(request, _("Capacity and cost are saved."))
    return redirect(f"/people/{member}/")


def _number(typed: Mapping[str, str], field: str) -> Decimal | None:
    text = typed.get(field, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Refused(Refusal("not_a_number", _("Write a number such as 20 or 12.50."), field)) from error


# --- out of office ------------------------------------------------------------------------------


@post()
def be_away(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """Mark out-of-office days."""
    try:
        first, last = _date(request.POST, "first"), _date(request.POST, "last")
        members.be_away(actor, member, first=first, last=last, now=now())
    except Refused as refused:
        if not refused.refusal.field or (member != actor.member and not actor.may(Verb.MANAGE_PEOPLE)):
            raise
        return _person_page(request, actor, member, request.POST, refused.refusal)
    tell(request, _("These days are marked. Tasks go to who stands in meanwhile."))
    return redirect(f"/people/{member}/")


@post()
def be_back(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """Take out-of-office days back."""
    try:
        first = _date(request.POST, "first")
    except Refused as refused:
        raise NotFound from refused  # the page offers days that were marked; there are no others
    members.be_back(actor, member, first=first, now=now())
    return redirect(f"/people/{member}/")


def _date(typed: Mapping[str, str], field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(typed.get(field, ""))
    except ValueError as error:
        raise Refused(Refusal("not_a_date", _("Choose a day."), field)) from error


urlpatterns: list[URLPattern] = [
    path("people/<int:member>/", person, name="person"),
    path("people/<int:member>/capacity/", set_capacity, name="person-capacity"),
    path("people/<int:member>/away/", be_away, name="person-away"),
    path("people/<int:member>/back/", be_back, name="person-back"),
]
