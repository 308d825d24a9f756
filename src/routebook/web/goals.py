"""Goals on top of Delegate: what should be true, which processes serve it, and which steps stand in its way."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from routebook.core.delegation import plain
from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused
from routebook.store.actions import goals as actions
from routebook.store.queries import goals as queries
from routebook.store.queries import members
from routebook.store.queries.members import RoleView
from routebook.web.pages import both, command_id, fresh_id, now, post, show, tell

FIELDS = ("title", "number", "unit", "by", "owner")


@both("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """All goals. POST sets a new one."""
    if request.method != "POST":
        return _page(request, actor)
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        goal = actions.set_goal(actor, **typed, now=now(), command=command_id(request))
    except Refused as refused:
        if refused.refusal.field not in FIELDS:
            raise
        return _page(request, actor, refused.refusal)
    if goal.published_id:
        tell(request, _("The goal is set. Now link the process that brings it nearer."))
    else:
        tell(request, _("The goal is a draft until somebody else approves it."))
    return redirect(f"/goals/#goal-{goal.slug}")


def _page(request: HttpRequest, actor: Actor, refusal: Refusal | None = None) -> HttpResponse:
    found = queries.goals(actor)
    roles = members.roles(actor)
    context = {
        "goals": [(one, plain(one.goal.number) if one.goal.number is not None else "") for one in found.goals],
        "aimless": found.aimless,
        "roles": [role.row.title for role in roles],
        "errors": {one.field: one.sentence for one in refusal.all} if refusal else {},
        "typed": request.POST if refusal else {"owner": _own_role(actor, roles)},
        "command": fresh_id(),
    }
    return show(request, "goals/index.html", context, status=409 if refusal else 200)


def _own_role(actor: Actor, roles: Sequence[RoleView]) -> str:
    """Whoever sets a goal answers for it until they say otherwise."""
    return next((role.row.title for role in roles if actor.member in {held.pk for held in role.holders}), "")


@post("delegate")
def serve(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """Link a process to a goal, or take the link away."""
    process = request.POST.get("process", "")
    if not process.isdecimal():
        tell(request, _("Choose a process first."))
        return redirect(f"/goals/#goal-{slug}")
    serves = request.POST.get("serves", "1") == "1"
    actions.serve(actor, slug, int(process), serves=serves, now=now())
    tell(request, _("Linked, in the draft of the map.") if serves else _("No longer linked, in the draft of the map."))
    return redirect(f"/goals/#goal-{slug}")


urlpatterns: list[URLPattern] = [
    path("goals/", index, name="goals"),
    path("goals/<slug:slug>/processes/", serve, name="goal-processes"),
]
