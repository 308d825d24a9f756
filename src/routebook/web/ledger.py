"""The ledger's pages: hours and money that came back, by step, person and month, with the formula of each."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import date as format_date
from django.urls import URLPattern, path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.delegation import formula, plain
from routebook.core.events import Refusal
from routebook.formats.months import Month, MonthsWords, draw_months
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import organisations as actions
from routebook.store.queries import ledger as queries
from routebook.store.queries.ledger import Line, Sum
from routebook.store.queries.organisations import currency_of
from routebook.web.pages import both, now, page, show, tell
from routebook.web.scoring import tenths, whole_money

SPANS = (
    (1, gettext_lazy("this month")),
    (3, gettext_lazy("3 months")),
    (6, gettext_lazy("6 months")),
    (12, gettext_lazy("12 months")),
)
USUAL_SPAN = 6
GROUPS = (("step", gettext_lazy("By step")), ("person", gettext_lazy("By person")), ("month", gettext_lazy("By month")))


@page("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The whole ledger of a few months."""
    return show(request, "ledger/index.html", _ledger(request, actor))


@both("delegate")
def rates(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What the ledger counts with."""
    require(actor, Verb.MANAGE_ORGANISATION)
    typed: Mapping[str, str] = request.POST
    refusal = None
    if request.method == "POST":
        try:
            _change(actor, request.POST)
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("Saved. The whole ledger counts with it, also what came before."))
            return redirect("/ledger/")
    else:
        known = queries.rates_of(actor)
        typed = {
            "owner_hour": plain(known.owner_hour) if known.owner_hour else "",
            "minutes_per_answer": plain(known.minutes_per_answer),
            "minutes_per_review": plain(known.minutes_per_review),
        }
    context = {"typed": typed, "refusal": refusal, "currency": currency_of(actor)}
    return show(request, "ledger/rates.html", context, status=409 if refusal else 200)


def _change(actor: Actor, typed: Mapping[str, str]) -> None:
    hour = typed.get("owner_hour", "").strip()
    actions.change_rates(
        actor,
        owner_hour=_number(hour, "owner_hour") if hour else None,
        minutes_per_answer=_number(typed.get("minutes_per_answer", ""), "minutes_per_answer"),
        minutes_per_review=_number(typed.get("minutes_per_review", ""), "minutes_per_review"),
        now=now(),
    )


def _number(text: str, field: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refused(Refusal("no_number", _("Write a number, such as 5 or 2.5."), field))
    return round(number, 2 if field == "owner_hour" else 1)


@page("delegate")
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The ledger as CSV: a row for each month, step and person."""
    first, last = _span(request, actor)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="ledger-{first:%Y-%m}-{last:%Y-%m}.csv"'
    answer.write("\ufeff" + _csv(queries.lines(actor, first, now())))
    return answer


COLUMNS = (
    "month",
    "process",
    "step",
    "person",
    "minutes before",
    "runs by others",
    "answers",
    "reviews",
    "minutes redone",
    "minutes back",
    "hours back",
    "hours planned",
    "minutes of the delegate",
    "money back",
)


def _csv(lines: Sequence[Line]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        handed = line.handed
        writer.writerow(
            (
                f"{line.month:%Y-%m}",
                *(_safe(text) for text in (line.process, line.step, line.person)),
                handed.minutes_before,
                handed.runs,
                handed.answers,
                handed.reviews,
                handed.rework_minutes,
                line.ledger.minutes.value,
                round(line.hours, 2),
                round(line.planned, 2),
                handed.delegate_minutes,
                round(line.ledger.money.value, 2),
            )
        )
    return out.getvalue()


def _safe(text: str) -> str:
    """A text that a spreadsheet takes for a text, whatever it begins with."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- the page -----------------------------------------------------------------------------------


def _ledger(request: HttpRequest, actor: Actor) -> dict[str, object]:
    moment = now()
    first, last = _span(request, actor)
    found = queries.lines(actor, first, moment)
    rates_now = queries.rates_of(actor)
    currency = currency_of(actor)
    by_month = queries.by_month(found, first, last)
    total = Sum("", "", found)
    chosen = request.GET.get("by", "")
    chosen = chosen if chosen in dict(GROUPS) else "step"
    return {
        "spans": [(n, label, n == _chosen_span(request)) for n, label in SPANS],
        "groups": [(name, label, name == chosen) for name, label in GROUPS],
        "by": chosen,
        "span": _chosen_span(request),
        "any": bool(found),
        "hours": tenths(total.hours),
        "planned": tenths(total.planned),
        "money": whole_money(total.money) if rates_now.owner_hour else "",
        "currency": currency,
        "sums": [_row(one) for one in _grouped(chosen, found, by_month)],
        "picture": _picture(by_month) if found else "",
        "rates": rates_now,
        "formulas": [_formulas(line, currency, priced=bool(rates_now.owner_hour)) for line in queries.over_time(found)],
        "worth": bool(rates_now.owner_hour),
    }


def _chosen_span(request: HttpRequest) -> int:
    wanted = request.GET.get("months", "")
    return int(wanted) if wanted in {str(n) for n, _label in SPANS} else USUAL_SPAN


def _span(request: HttpRequest, actor: Actor) -> tuple[dt.date, dt.date]:
    """The first day that counts, and today, by the reader's calendar."""
    last = now().astimezone(ZoneInfo(actor.time_zone)).date()
    first = last.replace(day=1)
    for _month in range(_chosen_span(request) - 1):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return first, last


def _grouped(chosen: str, found: Sequence[Line], by_month: Sequence[tuple[dt.date, Sum]]) -> Sequence[Sum]:
    if chosen == "person":
        return queries.by_person(found)
    if chosen == "month":
        named = [Sum(format_date(month, "F Y"), "", queries.over_time(one.lines)) for month, one in by_month]
        return named[::-1]
    return queries.by_step(found)


def _row(one: Sum) -> dict[str, object]:
    return {
        "name": one.name,
        "about": one.about,
        "runs": one.runs,
        "hours": tenths(one.hours),
        "planned": tenths(one.planned),
        "money": whole_money(one.money),
        "short": one.hours < one.planned,
        "people": ", ".join(sorted({line.person for line in one.lines})),
        "steps": ", ".join(sorted({line.step for line in one.lines})),
    }


def _formulas(line: Line, currency: str, *, priced: bool) -> dict[str, object]:
    minutes, hours, money = line.ledger.minutes, line.ledger.hours, line.ledger.money
    shown = [*(formula(term.figure) for term in minutes.terms), formula(minutes), formula(hours)]
    if priced:
        shown += [*(formula(term.figure, currency) for term in money.terms), formula(money, currency)]
    return {"step": line.step, "person": line.person, "hours": tenths(line.hours), "formulas": shown}


def _picture(by_month: Sequence[tuple[dt.date, Sum]]) -> str:
    months = [Month(format_date(month, "M"), float(one.hours), float(one.planned)) for month, one in by_month]
    said = [
        _("%(month)s: %(hours)s hours back, %(planned)s planned")
        % {"month": format_date(month, "F Y"), "hours": tenths(one.hours), "planned": tenths(one.planned)}
        for month, one in by_month
    ]
    words = MonthsWords(_("Hours back by month; the marks are what was planned"), "; ".join(said))
    # formats.months escapes every text that enters the picture.
    return mark_safe(draw_months(months, words))


urlpatterns: list[URLPattern] = [
    path("ledger/", index),
    path("ledger/rates/", rates),
    path("ledger/csv/", export),
]
