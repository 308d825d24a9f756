"""The plan on one page: now, the next 90 days, later; what each step lacks next; and what would happen if they left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.delegation import Figure, Period, plain
from routebook.core.document import Kind
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.actions import plan as actions
from routebook.store.queries import documents, plate
from routebook.store.queries import plan as queries
from routebook.store.queries.organisations import currency_of
from routebook.store.queries.plan import Assumed, Forecast, Line, Piece, Plan
from routebook.store.queries.plate import OnPlate
from routebook.web import scoring
from routebook.web.pages import now, page, post, show
from routebook.web.scoring import tenths, whole_money

PAGE = "/plan/"
MOST_UNMAPPED = 10
"""Lines of the reader's own plate below the plan; the rest is on their plate."""
NAMES: dict[Period, Promise] = {
    Period.NOW: gettext_lazy("Now"),
    Period.NEXT: gettext_lazy("Next 90 days"),
    Period.LATER: gettext_lazy("Later"),
}
EMPTY: dict[Period, Promise] = {
    Period.NOW: gettext_lazy("Nothing is on its way. Score the steps that drain you, and the first ten stand here."),
    Period.NEXT: gettext_lazy("Nothing yet. What comes after the first ten stands here."),
    Period.LATER: gettext_lazy("Nothing has to wait that long."),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A button that puts a line somewhere: its words, and the period and place."""

    words: str
    says: str
    to: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page shows it."""

    line: Line
    number: int
    hours: str
    halved: bool
    piece: str
    label: str
    href: str
    goals: Sequence[str]
    moves: Sequence[Move]
    picked: bool
    address: str


@page("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The plan, and the forecast for what is ticked."""
    return show(request, "plan/index.html", context_of(actor, request.GET))


def context_of(actor: Actor, asked: QueryDict | Mapping[str, str]) -> dict[str, Any]:
    """What the page shows."""
    require(actor, Verb.SEE_SCORES)
    plan = queries.plan_of(actor)
    picked = _picked(plan, asked)
    goals = {view.row.slug: view.row.title for view in documents.listing(actor, Kind.GOAL)}
    typed, errors = _typed(asked)
    unmapped = [(one, tenths(one.hours.value) if one.hours else "") for one in _not_mapped(actor)]
    forecast = queries.forecast(actor, plan, picked, owner_hour=typed.get("worth"), assumed=_assumed(plan, typed))
    return {
        "plan": plan,
        "periods": [
            (period, NAMES[period], EMPTY[period], _shown(plan, period, picked, goals), _hours(plan, period))
            for period in Period
        ],
        **_forecast(forecast, asked, errors, currency_of(actor)),
        "unmapped": unmapped[:MOST_UNMAPPED],
        "more_unmapped": max(0, len(unmapped) - MOST_UNMAPPED),
    }


def _not_mapped(actor: Actor) -> Sequence[OnPlate]:
    """What should leave the reader's own plate and is no map yet, the most hours first."""
    return plate.plate(actor).to_map if actor.may(Verb.DECIDE) else ()


def _picked(plan: Plan, asked: QueryDict | Mapping[str, str]) -> set[str]:
    """What is ticked; at first, everything that leaves now."""
    if isinstance(asked, QueryDict) and "asked" in asked:
        return set(asked.getlist("pick"))
    return {line.reference for line in plan.periods[Period.NOW]}


def _hours(plan: Plan, period: Period) -> str:
    return tenths(sum((line.hours.value for line in plan.periods[period]), Decimal(0)))


# --- the lines ----------------------------------------------------------------------------------


def _shown(plan: Plan, period: Period, picked: set[str], goals: Mapping[str, str]) -> list[Shown]:
    lines = plan.periods[period]
    return [
        Shown(
            line=line,
            number=number,
            hours=tenths(line.hours.value),
            halved=line.weight.value != line.hours.value,
            **_words(line),
            goals=[goals[slug] for slug in line.at.goals if slug in goals],
            moves=_moves(line, number - 1, len(lines)),
            picked=line.reference in picked,
            address=f"{PAGE}steps/{line.reference}/",
        )
        for number, line in enumerate(lines, start=1)
    ]


def _moves(line: Line, at: int, many: int) -> list[Move]:
    """Up and down within the period, and to the two others; all that a hand can do with the mouse."""
    title = line.at.step.title
    found = []
    if at > 0:
        found.append(Move("↑", _("%(title)s up") % {"title": title}, f"{line.period.value}:{at - 1}"))
    if at < many - 1:
        found.append(Move("↓", _("%(title)s down") % {"title": title}, f"{line.period.value}:{at + 1}"))
    for period in Period:
        if period is not line.period:
            says = _("%(title)s to “%(period)s”") % {"title": title, "period": NAMES[period]}
            found.append(Move(str(NAMES[period]), says, f"{period.value}:999"))
    if line.by_hand:
        found.append(Move(_("as the scores say"), _("%(title)s as the scores say") % {"title": title}, ":0"))
    return found


def _words(line: Line) -> dict[str, str]:
    """What a line lacks next: a sentence, and the link that mends it."""
    at, slug = line.at.reference, line.at.process.slug
    first = line.at.handoffs[0] if line.at.handoffs else None
    name, role = (first.row.receiver.name if first else ""), line.at.step.role
    handoff = f"/handoffs/{first.row.pk}/" if first else ""
    known = {
        Piece.DECISION: (_("not decided"), _("Decide"), f"/delegations/{slug}/#step-{line.at.step.id}"),
        Piece.TAKING_OFF: (_("still on the map"), _("Take it off"), f"/processes/{slug}/edit/"),
        Piece.ROLE: (_("no role"), _("Say which role takes it"), f"/processes/{slug}/edit/"),
        Piece.SOP: (_("no SOP"), _("Write the SOP"), f"/sops/new/?step={at}"),
        Piece.PUBLISHED_SOP: (_("its SOP is a draft"), _("Finish the SOP"), f"/sops/{line.at.sop}/edit/"),
        Piece.PERSON: (_("nobody holds “%(role)s”") % {"role": role}, _("Find somebody"), "/people/"),
        Piece.PUBLISHED_MAP: (_("decided in the draft only"), _("Publish the map"), f"/processes/{slug}/publication/"),
        Piece.HANDOFF: (_("ready"), _("Hand it off"), f"/handoffs/new/?step={at}"),
        Piece.ACCESS: (_("%(name)s lacks access") % {"name": name}, _("Give access"), handoff),
        Piece.OWNING: (_("with %(name)s, not owned yet") % {"name": name}, _("See the hand-off"), handoff),
        Piece.MACHINE: (_("one tap in each run until a machine does it"), "", ""),
    }
    sentence, label, href = known[line.piece]
    return {"piece": sentence, "label": label, "href": href}


@post("delegate")
def place(request: HttpRequest, actor: Actor, slug: str, step: str) -> HttpResponseBase:
    """Put a step at a place of a period (`to` is ``period:place``); with no period, where the scores put it."""
    period, _colon, position = request.POST.get("to", "").rpartition(":")
    if (period and period not in set(Period)) or not position.isdecimal():
        raise NotFound
    if period:
        actions.arrange(actor, f"{slug}/{step}", Period(period), int(position[:6]), now=now())
    else:
        actions.release(actor, f"{slug}/{step}", now=now())
    return _answer(request, actor, f"{slug}/{step}")


@post("delegate")
def day(request: HttpRequest, actor: Actor, slug: str, step: str) -> HttpResponseBase:
    """Set the day by which a step should have left."""
    actions.set_day(actor, f"{slug}/{step}", request.POST.get("day", "").strip(), now=now())
    return _answer(request, actor, f"{slug}/{step}")


def _answer(request: HttpRequest, actor: Actor, reference: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return show(request, "plan/periods.html", context_of(actor, {}))
    return redirect(f"{PAGE}#line-{reference}")


# --- what would happen if -----------------------------------------------------------------------


def _typed(asked: Mapping[str, str]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The numbers that were typed by field, and why one of them can't be meant."""
    typed, errors = {}, {}
    for name in asked:
        if name != "worth" and not name.startswith(("hours-", "cost-")):
            continue
        text = asked[name].strip().replace(",", ".")
        if not text:
            continue
        try:
            number = Decimal(text[:12])
        except InvalidOperation:
            number = Decimal(-1)
        if not number.is_finite() or not 0 <= number < 10**7:
            errors[name] = _("Write a number, such as 20 or 0.5.")
        else:
            typed[name] = number
    return typed, errors


def _assumed(plan: Plan, typed: Mapping[str, Decimal]) -> dict[str, Assumed]:
    roles = {line.at.step.role for line in plan.lines}
    return {role: Assumed(typed.get(f"hours-{slugify(role)}"), typed.get(f"cost-{slugify(role)}")) for role in roles}


def _forecast(forecast: Forecast, asked: Mapping[str, str], errors: Mapping[str, str], currency: str) -> dict[str, Any]:
    loads = []
    for load in forecast.roles:
        key = slugify(load.receiver.role)
        hours, cost = f"hours-{key}", f"cost-{key}"
        loads.append(
            {
                "load": load,
                "key": key,
                "extra": tenths(load.what_if.extra_load.value),
                "room": tenths(abs(load.what_if.room_left.value)),
                "says_hours": bool(load.receiver.hours),
                "formulas": [*_lines(load.what_if.room_left), *_lines(load.what_if.cost, currency)],
                "hours": asked.get(hours, "") or (plain(load.receiver.hours) if load.receiver.hours else ""),
                "cost": asked.get(cost, "") or (plain(load.cost) if load.cost else ""),
                "error": errors.get(hours) or errors.get(cost, ""),
            }
        )
    return {
        "forecast": forecast,
        "freed": tenths(forecast.hours_freed.value),
        "freed_formulas": _lines(forecast.hours_freed),
        "currency": currency,
        "gain": f"{currency} {whole_money(forecast.gain.value)}".strip(),
        "gain_formulas": _lines(forecast.gain, currency),
        "has_money": bool(forecast.rates.owner_hour) or any(load.cost for load in forecast.roles),
        "loads": loads,
        "worth": asked.get("worth", "") or (plain(forecast.rates.owner_hour) if forecast.rates.owner_hour else ""),
        "worth_error": errors.get("worth", ""),
    }


def _lines(figure: Figure, currency: str = "") -> list[str]:
    return scoring.formulas(figure, currency) if figure.terms else []


urlpatterns: list[URLPattern] = [
    path("plan/", index, name="plan"),
    path("plan/steps/<slug:slug>/<str:step>/place/", place, name="plan-place"),
    path("plan/steps/<slug:slug>/<str:step>/day/", day, name="plan-day"),
]
