"""Starting points: maps to begin from, chosen by what the business does, looked at, and taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import Handling, Procedure, Sop, Step
from routebook.core.events import Refusal
from routebook.formats.flow_text import write_join, write_then
from routebook.store.access import Actor, Refused
from routebook.store.actions import starting_points as actions
from routebook.store.queries import members
from routebook.store.queries import starting_points as queries
from routebook.store.queries.starting_points import Business, StartingPoint
from routebook.web.pages import FORBIDDEN, both, command_id, fresh_id, now, show, tell
from routebook.web.process_drawing import drawing

LABELS: Mapping[Business, str | Promise] = {
    Business.COACHING: gettext_lazy("Coaching or consulting"),
    Business.AGENCY: gettext_lazy("Agency or studio"),
    Business.SHOP: gettext_lazy("Shop"),
    Business.TRADES: gettext_lazy("Trades or services"),
    Business.SOFTWARE: gettext_lazy("Software"),
    Business.PRACTICE: gettext_lazy("Clinic or practice"),
}


def offer(actor: Actor, chosen: str) -> dict[str, Any]:
    """What the page of a new map shows: the starting points that fit the chosen business, or all."""
    business = Business(chosen) if chosen in set(Business) else None
    return {
        "points": queries.offered(actor, business),
        "businesses": [(value, label) for value, label in LABELS.items()],
        "business": business or "",
    }


# --- one starting point ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the step table: the step, its place, where it goes, and what comes with it."""

    number: int
    step: Step
    flow: str
    waits: str
    directions: tuple[Sop | Procedure, ...]
    need: str


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """Who stands for a role of the starting point: `field` names the select, `chosen` is what it says."""

    field: str
    role: str
    chosen: str
    is_new: bool


@both("map")
def starting_point(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """A starting point as it would be: the map, its steps, and the drafts that come with it. POST takes it."""
    point = queries.find(actor, slug)
    refusal = None
    if request.method == "POST":
        try:
            return _take(request, actor, point)
        except Refused as refused:
            if refused.refusal.code == FORBIDDEN:
                raise
            refusal = refused.refusal
    return show(request, "starting_points/starting_point.html", _page(request, actor, point, refusal), _status(refusal))


def _status(refusal: Refusal | None) -> int:
    return 409 if refusal else 200


def _take(request: HttpRequest, actor: Actor, point: StartingPoint) -> HttpResponseBase:
    roles = {role: request.POST.get(f"role-{number}", role) for number, role in enumerate(point.roles)}
    taken = actions.take(actor, point.slug, roles=roles, command_id=command_id(request), now=now())
    tell(request, _("The map is yours now, as a draft. Change what is different with you."))
    if taken.new_roles:
        sentence = _("New roles: %(roles)s. Say under People who holds them; until then their tasks go to the owner.")
        tell(request, sentence % {"roles": ", ".join(taken.new_roles)})
    return redirect(f"/processes/{taken.process}/edit/")


def _page(request: HttpRequest, actor: Actor, point: StartingPoint, refusal: Refusal | None) -> dict[str, Any]:
    titles = [role.row.title for role in members.roles(actor)]
    return {
        "point": point,
        "process": point.process,
        "svg": drawing(point.process, {}).svg,
        "rows": _rows(point),
        "titles": titles,
        "choices": _choices(request, point, titles),
        "refusal": refusal,
        "command": request.POST.get("command") or fresh_id(),
    }


def _rows(point: StartingPoint) -> list[Row]:
    steps = point.process.steps
    rows = []
    for number, step in enumerate(steps, start=1):
        directions = tuple(value for value in point.directions if value.step == f"{point.slug}/{step.id}")
        flow, waits = write_then(step, steps), write_join(step.join, steps)
        rows.append(Row(number, step, flow, waits, directions, _need(step)))
    return rows


def _need(step: Step) -> str:
    if step.no_document:
        return _("no SOP: %(why)s") % {"why": step.no_document}
    if step.handling is Handling.KEEP:
        return _("none: stays on the map")
    return _("none needed") if step.handling is Handling.AUTOMATE else ""


def _choices(request: HttpRequest, point: StartingPoint, titles: list[str]) -> list[RoleChoice]:
    """Each role of the starting point with what was chosen for it; at first the role of the same name."""
    known = {title.casefold(): title for title in titles}
    choices = []
    for number, role in enumerate(point.roles):
        wanted = request.POST.get(f"role-{number}", role)
        chosen = known.get(wanted.casefold(), role)
        choices.append(RoleChoice(f"role-{number}", role, chosen, role.casefold() not in known))
    return choices


urlpatterns: list[URLPattern] = [
    path("processes/starting-points/<slug:slug>/", starting_point, name="starting-point"),
]
