"""It stays gone: what came back of the steps that were handed off, and what would keep it gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.handoff.bounce import Fix, Way
from routebook.store.access import Actor
from routebook.store.queries import bounces
from routebook.store.queries.bounces import CameBack
from routebook.web.pages import now, page, show

MOST_BOUNCES = 5
WAYS: Mapping[Way, str | Promise] = {
    Way.GIVEN_BACK: gettext_lazy("given back"),
    Way.TAKEN_BACK: gettext_lazy("taken back"),
    Way.TAKEN_OVER: gettext_lazy("done by who delegates"),
}


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing that would keep it gone: why, and where that is done."""

    why: str
    word: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the page. `older` counts the bounces that are not listed."""

    found: CameBack
    bounces: list[tuple[str, object]]
    older: int
    mends: list[Mend]


@page("handoff")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The steps that came back or are about to, each with what would fix it; then those that stayed gone."""
    found = bounces.came_back(actor, now=now())
    lines = [_line(one) for one in found if one.record.bounces or one.fixes]
    quiet = [one for one in found if not one.record.bounces and not one.fixes]
    stayed = [one for one in quiet if one.record.able]
    learning = [one for one in quiet if not one.record.able]
    context = {
        "lines": lines,
        "quiet": [
            (name, group) for name, group in ((_("Stayed gone"), stayed), (_("Still being learned"), learning)) if group
        ],
        "total": sum(len(one.record.bounces) for one in found),
        "days": bounces.DAYS,
        "any": bool(found),
    }
    return show(request, "handoffs/came_back.html", context)


def _line(one: CameBack) -> Line:
    told = [(str(WAYS[bounce.way]), bounce) for bounce in one.record.bounces]
    return Line(
        one, list(told[:MOST_BOUNCES]), max(0, len(told) - MOST_BOUNCES), [_mend(one, fix) for fix in one.fixes]
    )


def _mend(one: CameBack, fix: Fix) -> Mend:
    row = one.view.row
    sop = f"/sops/{one.sop.slug}/edit/" if one.sop else f"/handoffs/{row.pk}/card/"
    query = {"step": f"{row.process.slug}/{row.step}", **({"variation": row.variation} if row.variation else {})}
    offer = f"/handoffs/new/?{urlencode(query)}"
    match fix:
        case Fix.ANSWERS:
            why = _("%(n)d questions about the SOP as it stands.") % {"n": one.record.questions}
            return Mend(why, _("Put the answers into the SOP"), sop)
        case Fix.BAR:
            return Mend(_("Nothing says when it is done."), _("Write the quality bar"), sop)
        case Fix.EXAMPLE:
            return Mend(_("No bad example shows what to avoid."), _("Show a bad example"), sop)
        case Fix.RECORDING:
            return Mend(_("Nobody can watch how it is done."), _("Record it once"), sop)
        case Fix.SECOND:
            why = _("When the one person can't, it comes back.")
            return Mend(why, _("Let a second person learn it"), offer)
        case Fix.AGAIN:
            return Mend(_("Nobody has taken it on since."), _("Prepare it again"), offer)
