"""Somebody leaves: one screen with everything that is theirs, until nothing would be left to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from routebook.core.document import Access
from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused
from routebook.store.actions import leaving as actions
from routebook.store.queries import leaving as queries
from routebook.store.queries import members
from routebook.store.queries.leaving import Left
from routebook.web.pages import command_id, fresh_id, now, page, post, show, tell

LEFT: Mapping[Left, str | Promise] = {
    Left.OWNER: gettext_lazy("the organisation: make somebody else an owner first"),
    Left.TASKS: gettext_lazy("open tasks"),
    Left.IN_REVIEW: gettext_lazy("results that wait for a review"),
    Left.QUESTIONS: gettext_lazy("questions that wait for their answer"),
    Left.HANDOFFS: gettext_lazy("steps that are theirs"),
    Left.DELEGATED: gettext_lazy("hand-offs that name them"),
    Left.ROLES: gettext_lazy("roles"),
    Left.ACCESS: gettext_lazy("ways into tools"),
}


@page()
def leaving(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """What is theirs, and who takes it."""
    return _leaving_page(request, actor, member)


def _leaving_page(
    request: HttpRequest, actor: Actor, member: int, at: str = "", refusals: Sequence[Refusal] = ()
) -> HttpResponse:
    found = queries.leaving(actor, member)
    people = [one for one in members.people(actor) if one.row.pk != member and one.access is not Access.GUEST]
    context: dict[str, Any] = {
        "found": found,
        "person": found.person,
        "own": member == actor.member,
        "people": [one.row for one in people],
        "tasks": [(f"task-{one.row.run.number}-{one.row.number}", one) for one in found.tasks],
        "roles": [(f"role-{one.view.row.pk}", one) for one in found.roles],
        "names": members.names(actor),
        "left": [(what.name.lower(), str(LEFT[what])) for what in found.left],
        "open": {what.name.lower() for what in found.left},
        "command": fresh_id(),
        "typed": request.POST,
        "at": at,
        "errors": {refusal.field: refusal.sentence for refusal in refusals},
        "loose": [refusal.sentence for refusal in refusals if not refusal.field],
    }
    return show(request, "people/leaving.html", context, status=409 if refusals else 200)


def _done(request: HttpRequest, member: int, sentence: str, at: str) -> HttpResponseBase:
    tell(request, sentence)
    return redirect(f"/people/{member}/leaving/#{at}")


@post()
def tasks(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """Give their open tasks to others."""
    typed = request.POST
    wanted = {at: to for name in typed if (at := _task_of(name)) and (to := typed.get(name, ""))}
    refused = actions.reassign(actor, member, wanted, command_id=command_id(request), now=now())
    if refused:
        return _leaving_page(request, actor, member, "tasks", refused)
    n = len(wanted)
    return _done(
        request, member, ngettext("%(n)d task is given on.", "%(n)d tasks are given on.", n) % {"n": n}, "tasks"
    )


def _task_of(name: str) -> tuple[int, int] | None:
    """The run's and the task's number of a field such as ``task-482-3``."""
    word, *numbers = name.split("-")
    if word != "task" or len(numbers) != 2 or not all(one.isdecimal() and len(one) < 10 for one in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


@post()
def handoffs(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """End what was handed to them."""
    n = actions.end_handoffs(actor, member, command_id=command_id(request), now=now())
    said = ngettext("%(n)d hand-off is ended.", "%(n)d hand-offs are ended.", n) % {"n": n}
    return _done(request, member, said, "handoffs")


@post()
def delegated(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """Let somebody else stand in others' hand-offs where they did."""
    try:
        actions.take_over(actor, member, _id(request.POST.get("to", "")), command_id=command_id(request), now=now())
    except Refused as refused:
        if refused.refusal.field != "to":
            raise
        return _leaving_page(request, actor, member, "delegated", [refused.refusal])
    return _done(request, member, _("Others' hand-offs name somebody else now."), "delegated")


@post()
def roles(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """Give their roles on."""
    named = {
        name.removeprefix("role-"): request.POST.get(name, "") for name in request.POST if name.startswith("role-")
    }
    wanted = {_id(role): _id(to) for role, to in named.items() if _id(to)}
    try:
        actions.pass_roles(actor, member, wanted, now=now())
    except Refused as refused:
        if not refused.refusal.field:
            raise
        return _leaving_page(request, actor, member, "roles", [refused.refusal])
    return _done(request, member, _("Their roles are given on."), "roles")


@post()
def access(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """Tick that a way into a tool was taken away, or take the tick back."""
    tool, vault = request.POST.get("tool", ""), request.POST.get("vault", "")
    revoked = request.POST.get("revoked") == "1"
    actions.tick_access(actor, member, tool, vault, revoked=revoked, now=now())
    return redirect(f"/people/{member}/leaving/#access")


@post()
def finish(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """They don't work here any more."""
    try:
        actions.finish(actor, member, now=now())
    except Refused as refused:
        if refused.refusal.code not in ("something_left", "last_owner"):
            raise
        return _leaving_page(request, actor, member, "finish", [refused.refusal])
    return _done(request, member, _("They have left. Nothing was left to nobody."), "")


@post()
def come_back(request: HttpRequest, actor: Actor, member: int) -> HttpResponseBase:
    """They work here again."""
    actions.come_back(actor, member, now=now())
    tell(request, _("They work here again. Roles and steps have to be given anew."))
    return redirect(f"/people/{member}/")


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


_AT = "people/<int:member>/leaving/"
urlpatterns: list[URLPattern] = [
    path(_AT, leaving, name="leaving"),
    path(f"{_AT}tasks/", tasks, name="leaving-tasks"),
    path(f"{_AT}handoffs/", handoffs, name="leaving-handoffs"),
    path(f"{_AT}delegated/", delegated, name="leaving-delegated"),
    path(f"{_AT}roles/", roles, name="leaving-roles"),
    path(f"{_AT}access/", access, name="leaving-access"),
    path(f"{_AT}end/", finish, name="leaving-end"),
    path(f"{_AT}return/", come_back, name="leaving-return"),
]
