"""The pages of people, roles and the organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import WEEKDAYS, Access, Kind, WorkingWeek, same_name
from routebook.core.events import Refusal
from routebook.store.access import Actor, NotFound, Refused, Verb
from routebook.store.actions import members, organisations
from routebook.store.countries import countries
from routebook.store.queries import members as people_queries
from routebook.store.queries import processes
from routebook.store.queries.documents import week_of
from routebook.store.queries.role_uses import uses_of
from routebook.web import abilities, leaving, person, time_zones, training
from routebook.web.calendar_words import clock
from routebook.web.inbox import mail_server
from routebook.web.pages import both, command_id, fresh_id, now, page, post, show, tell

ACCESS_WORDS = {
    Access.OWNER: gettext_lazy("Owner: everything"),
    Access.MANAGER: gettext_lazy("Manager: everything but the organisation itself"),
    Access.ASSISTANT: gettext_lazy("Assistant: does tasks, reads and drafts directions"),
    Access.GUEST: gettext_lazy("Guest: only their own task, by link"),
    Access.AGENT: gettext_lazy("AI agent: like an assistant, through programs"),
}


@page()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who works here, in which role, and who stands in."""
    manages, roles = actor.may(Verb.MANAGE_PEOPLE), people_queries.roles(actor)
    context = {
        "people": people_queries.people(actor, former=manages),
        "roles": roles,
        "roles_to_make": _only_on_maps(actor, roles) if manages else (),
        "link": request.session.pop("invitation", None),
    }
    return show(request, "people/index.html", context)


def _only_on_maps(actor: Actor, roles: Sequence[people_queries.RoleView]) -> list[str]:
    """The roles that maps name and nobody can hold yet, because they are not among the roles."""
    return [
        title for title in processes.roles_named(actor) if not any(same_name(title, one.row.title) for one in roles)
    ]


@both()
def add(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A new person."""
    return _person_form(request, actor, None)


@both()
def edit(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """Change a person."""
    return _person_form(request, actor, member)


def _person_form(request: HttpRequest, actor: Actor, member: int | None) -> HttpResponseBase:
    _be_manager(actor)
    person = people_queries.person(actor, member) if member is not None else None
    if request.method != "POST":
        return _form_page(request, actor, person, typed=_typed(person))
    try:
        saved = _save(actor, member, request.POST, command_id(request))
    except Refused as refused:
        return _form_page(request, actor, person, typed=request.POST, refusal=refused.refusal)
    tell(request, _("%(name)s is saved.") % {"name": saved})
    return redirect(f"/people/{member}/" if member else "/people/")


def _be_manager(actor: Actor) -> None:
    if not actor.may(Verb.MANAGE_PEOPLE):
        raise Refused(Refusal("forbidden", _("You may not change people here. Ask the owner or a manager.")))


def _form_page(
    request: HttpRequest,
    actor: Actor,
    person: people_queries.PersonView | None,
    *,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    own_week = week_of(person.row.week) if person else None
    context = {
        "person": person,
        "typed": typed,
        "refusal": refusal,
        "access_words": ACCESS_WORDS.items(),
        "countries": countries(),
        "country": holidays_typed(typed),
        "zones": time_zones.choices(now(), typed.get("time_zone", "")),
        "days": week_rows(own_week or WorkingWeek(), typed),
        "has_own_week": bool(own_week),
        "command": fresh_id(),
    }
    return show(request, "people/edit.html", context, status=409 if refusal else 200)


def _typed(person: people_queries.PersonView | None) -> dict[str, str]:
    if person is None:
        return {"access": Access.ASSISTANT}
    row = person.row
    return {
        "name": row.name,
        "email": row.email,
        "access": row.access,
        "time_zone": row.time_zone,
        "holidays": row.holidays,
    }


def _save(actor: Actor, member: int | None, typed: Mapping[str, str], command: str) -> str:
    access = read_access(typed.get("access", ""))
    week = read_week(typed) if typed.get("own_week") else None
    if member is None:
        return members.add(
            actor,
            name=typed.get("name", ""),
            email=typed.get("email", ""),
            access=access,
            time_zone=typed.get("time_zone", ""),
            holidays="-".join(part for part in holidays_typed(typed) if part),
            week=week,
            now=now(),
            command=command,
        ).name
    return members.change(
        actor,
        member,
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        access=access,
        time_zone=typed.get("time_zone", ""),
        holidays="-".join(part for part in holidays_typed(typed) if part),
        week=week,
        own_week=bool(typed.get("own_week")),
        now=now(),
    ).name


def holidays_typed(typed: Mapping[str, str]) -> tuple[str, str]:
    """The country whose holidays count, and the part of it; as one (DE-BY) where it comes from what is kept."""
    country, _hyphen, part = typed.get("holidays", "").partition("-")
    return country, typed.get("holidays_part", part).strip()


def read_access(text: str) -> Access:
    """The access that a form chose, or a refusal."""
    try:
        return Access(text)
    except ValueError as error:
        raise Refused(Refusal("not_a_choice", _("Choose what they may do."), "access")) from error


def week_rows(week: WorkingWeek, typed: Mapping[str, str]) -> list[dict[str, str]]:
    """One row per weekday for the form: from and to as clock times, empty on a day off."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    spans = {day: (first, last) for day, first, last in week.spans}
    rows = []
    for day, (key, name) in enumerate(zip(WEEKDAYS, names, strict=True)):
        first, last = spans.get(day, (None, None))
        rows.append(
            {
                "key": key,
                "name": name,
                "from": typed.get(f"{key}-from", clock(first)),
                "to": typed.get(f"{key}-to", clock(last)),
            }
        )
    return rows


def read_week(typed: Mapping[str, str]) -> WorkingWeek:
    """The working week of a form; a day without times is a day off."""
    spans = []
    for day, key in enumerate(WEEKDAYS):
        first, last = typed.get(f"{key}-from", ""), typed.get(f"{key}-to", "")
        if not first and not last:
            continue
        begins, ends = _minute(first, key), _minute(last, key)
        if ends <= begins:
            raise Refused(Refusal("wrong_order", _("The day ends before it begins."), key))
        spans.append((day, begins, ends))
    if not spans:
        raise Refused(Refusal("no_week", _("Give at least one working day."), "mon"))
    return WorkingWeek(tuple(spans))


def _minute(text: str, key: str) -> int:
    try:
        at = dt.time.fromisoformat(text)
    except ValueError as error:
        raise Refused(Refusal("not_a_time", _("Write both times like 09:00."), key)) from error
    return at.hour * 60 + at.minute


@post()
def invite(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """Make an invitation link and show it once; where there is a mail server it goes by mail too."""
    person = people_queries.person(actor, member).row
    mailed = bool(person.email and mail_server() and not actor.sample)
    token = members.invite(actor, member, now=now(), by_mail=mailed)
    request.session["invitation"] = {
        "name": person.name,
        "address": request.build_absolute_uri(f"/join/{token}/"),
        "mailed_to": person.email if mailed else "",
    }
    return redirect("/people/")


@both()
def role(request: HttpRequest, actor: Actor, role: int | None = None) -> HttpResponseBase:
    """Who holds a role, and who stands in."""
    if not actor.may(Verb.MANAGE_PEOPLE):
        raise Refused(Refusal("forbidden", _("You may not change roles here. Ask the owner or a manager.")))
    known = next((view for view in people_queries.roles(actor) if view.row.pk == role), None)
    if role is not None and known is None:
        raise NotFound
    holding = [holder.pk for holder in known.holders] if known else []
    backup = known.backup.pk if known and known.backup else None
    refusal = None
    if request.method == "POST":
        holding = [int(text) for text in request.POST.getlist("holder") if text.isdecimal()]
        backup = int(typed) if (typed := request.POST.get("backup", "")).isdecimal() else None
        title = known.row.title if known else request.POST.get("title", "")
        try:
            members.set_role(actor, title, holders=holding, backup=backup, new=known is None, now=now())
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("The role is saved."))
            return redirect("/people/")
    context = {
        "role": known,
        "uses": uses_of(actor, known.row.title) if known else None,
        "people": people_queries.people(actor),
        "holding": holding,
        "backup": backup,
        "typed": request.POST or request.GET,
        "refusal": refusal,
    }
    return show(request, "people/role.html", context, status=409 if refusal else 200)


@both()
def organisation(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The organisation's name, time zone, holidays, currency and working week."""
    row = people_queries.organisation(actor)
    refusal = None
    if request.method == "POST":
        typed = request.POST
        try:
            organisations.change(
                actor,
                name=typed.get("name", ""),
                time_zone=typed.get("time_zone", ""),
                holidays="-".join(part for part in holidays_typed(typed) if part),
                currency=typed.get("currency", ""),
                week=read_week(typed),
                approved_kinds=[kind for kind in Kind if f"approved-{kind}" in typed],
                now=now(),
            )
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("The organisation is saved."))
            return redirect("/organisation/")
    fields = {"name": row.name, "time_zone": row.time_zone, "holidays": row.holidays, "currency": row.currency}
    shown: Mapping[str, str] = request.POST or fields
    context = {
        "typed": shown,
        "refusal": refusal,
        "countries": countries(),
        "country": holidays_typed(shown),
        "zones": time_zones.choices(now(), shown.get("time_zone", "")),
        "days": week_rows(week_of(row.week) or WorkingWeek(), request.POST),
        "kinds": [
            (kind, f"approved-{kind}" in request.POST if request.POST else kind in row.approved_kinds) for kind in Kind
        ],
    }
    return show(request, "people/organisation.html", context, status=409 if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("people/", index, name="people"),
    path("people/abilities/", abilities.index, name="abilities"),
    path("people/new/", add, name="person-new"),
    path("people/<int:member>/edit/", edit, name="person-edit"),
    path("people/<int:member>/invitation/", invite, name="person-invitation"),
    *person.urlpatterns,
    *leaving.urlpatterns,
    *training.urlpatterns,
    path("roles/new/", role, name="role-new"),
    path("roles/<int:role>/", role, name="role"),
    path("organisation/", organisation, name="organisation"),
]
