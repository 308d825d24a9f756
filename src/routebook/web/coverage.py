"""The whole ladder on one screen, with its holes, each beside what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import Kind
from routebook.store.access import Actor, Verb, drafting
from routebook.store.queries import coverage
from routebook.store.queries.coverage import Found, Gap, Hole
from routebook.web.pages import now, page, show
from routebook.web.templatetags.documents import address_of

SAYS: dict[Hole, Promise] = {
    Hole.NO_SOP: gettext_lazy("Delegated, and no SOP"),
    Hole.NEVER_RUN: gettext_lazy("SOPs that no run has used"),
    Hole.NO_RUNS: gettext_lazy("Processes that never ran"),
    Hole.GOVERNS_NOTHING: gettext_lazy("Policies that govern nothing"),
    Hole.USED_NOWHERE: gettext_lazy("Work instructions used nowhere"),
    Hole.OVERDUE: gettext_lazy("Reviews overdue"),
}
WHY: dict[Hole, Promise] = {
    Hole.NO_SOP: gettext_lazy("The step has left your plate on the map, but nobody can read how it is done."),
    Hole.NEVER_RUN: gettext_lazy("Nobody has worked from it yet. Run its process once, and see whether it holds."),
    Hole.NO_RUNS: gettext_lazy("The map is drawn, and no journey was made on it."),
    Hole.GOVERNS_NOTHING: gettext_lazy("A rule that no process names is a rule that nobody meets at work."),
    Hole.USED_NOWHERE: gettext_lazy("No checklist leads to it, so nobody finds it when they trip."),
    Hole.OVERDUE: gettext_lazy("The day on which somebody wanted to look whether it still holds has passed."),
}
ON_RUNG: dict[Hole, Kind | None] = {
    Hole.NO_SOP: Kind.SOP,
    Hole.NEVER_RUN: None,
    Hole.NO_RUNS: None,
    Hole.GOVERNS_NOTHING: Kind.POLICY,
    Hole.USED_NOWHERE: Kind.WORK_INSTRUCTION,
    Hole.OVERDUE: None,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A hole beside what mends it: where it is looked at, and the word and address of the fix ("" for none)."""

    found: Found
    address: str
    fix: str
    fix_at: str


@page("write")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The rungs, the holes, and process by process."""
    number = request.GET.get("page", "")
    gaps = coverage.gaps(actor, now().date())
    rungs = coverage.rungs(actor)
    context = {
        "rungs": [(rung, [one for one in gaps if ON_RUNG[one.hole] is rung.kind]) for rung in rungs],
        "runs": coverage.runs(actor),
        "at_runs": [one for one in gaps if one.hole in (Hole.NEVER_RUN, Hole.NO_RUNS)],
        "overdue": next((one for one in gaps if one.hole is Hole.OVERDUE), None),
        "gaps": [_gap(actor, one) for one in gaps],
        "total": sum(rung.published + rung.drafts for rung in rungs),
        "climbs": coverage.climbs(actor, int(number) if number.isdecimal() else 1),
    }
    return show(request, "documents/coverage.html", context)


@page("write")
def gap(request: HttpRequest, actor: Actor, hole: str) -> HttpResponse:
    """All holes of one kind."""
    if hole not in set(Hole):
        raise Http404
    number = request.GET.get("page", "")
    found = coverage.gap(actor, Hole(hole), now().date(), page=int(number) if number.isdecimal() else 1)
    return show(request, "documents/gap.html", {"gap": _gap(actor, found)})


def _gap(actor: Actor, gap: Gap) -> dict[str, object]:
    return {
        "gap": gap,
        "says": SAYS[gap.hole],
        "why": WHY[gap.hole],
        "rows": [_shown(actor, gap.hole, one) for one in gap.found],
    }


def _shown(actor: Actor, hole: Hole, found: Found) -> Shown:
    read = address_of(found.kind, found.slug) if found.slug else ""
    process = found.step.partition("/")[0]
    match hole:
        case Hole.NO_SOP:
            on_map = f"/processes/{process}/#step-{found.step.partition('/')[2]}"
            if found.slug:
                return Shown(found, on_map, _("Finish its draft"), f"{read}edit/")
            begun = {"step": found.step, **({"variation": found.variation} if found.variation else {})}
            return Shown(found, on_map, _("Write its SOP"), f"/sops/new/?{urlencode(begun)}")
        case Hole.NEVER_RUN | Hole.NO_RUNS:
            slug = found.slug if hole is Hole.NO_RUNS else process
            return Shown(found, read, _("Start a run"), f"/runs/new/?{urlencode({'process': slug})}")
        case Hole.OVERDUE:
            return Shown(found, read, _("Look at it"), f"{read}#upkeep")
        case _:
            fix = _("Name its processes") if hole is Hole.GOVERNS_NOTHING else _("Retire it, or link it")
            may = actor.may(drafting(found.kind))
            where = f"{read}edit/" if hole is Hole.GOVERNS_NOTHING else f"{read}versions/"
            may = may if hole is Hole.GOVERNS_NOTHING else actor.may(Verb.PUBLISH)
            return Shown(found, read, fix if may else "", where)


urlpatterns: list[URLPattern] = [
    path("documents/coverage/", index, name="coverage"),
    path("documents/coverage/<slug:hole>/", gap, name="coverage-gap"),
]
