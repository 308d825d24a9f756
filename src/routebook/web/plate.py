"""On my plate: what somebody does, one line each, placed on the matrix, before anything is mapped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from routebook.core.document import Handling
from routebook.core.events import Refusal
from routebook.formats.matrix import Dot, draw_matrix
from routebook.store.access import Actor, Refused
from routebook.store.actions import plate as actions
from routebook.store.queries import plate as queries
from routebook.store.queries.plate import OnPlate, Plate
from routebook.web import scoring
from routebook.web.pages import both, fresh_id, now, post, show, tell
from routebook.web.scoring import Entry, Line, entry_of

PAGE = "/plate/"


@both("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The whole plate. POST saves where its lines stand."""
    plate = queries.plate(actor)
    if request.method != "POST":
        return show(request, "plate/index.html", context_of(plate))
    entries = _save(actor, plate, request.POST)
    plate = queries.plate(actor)
    if request.headers.get("HX-Request"):
        return show(request, "plate/live.html", {**context_of(plate, entries), "live": True})
    if any(entry.errors for entry in entries.values()):
        return show(request, "plate/index.html", context_of(plate, entries), status=409)
    tell(request, _("Saved."))
    return redirect(PAGE)


@post("delegate")
def add(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Put lines on the plate."""
    typed, refusal = request.POST.get("lines", ""), None
    try:
        actions.add(actor, typed, now=now())
    except Refused as refused:
        if refused.refusal.field != "lines":
            raise
        refusal = refused.refusal
    if request.headers.get("HX-Request"):
        if refusal:
            return show(request, "plate/refused.html", {"refusal": refusal}, status=409)
        return show(request, "plate/lines.html", {**context_of(queries.plate(actor)), "live": True})
    if refusal:
        context = context_of(queries.plate(actor), refusal=refusal, lines=typed)
        return show(request, "plate/index.html", context, status=409)
    return redirect(PAGE)


def _save(actor: Actor, plate: Plate, posted: Mapping[str, str]) -> dict[int, Entry]:
    """Save every line that the form speaks of; what can't be saved keeps what was typed, and says why."""
    entries = {}
    for one in plate.open:
        entry = entry_of(posted, str(one.row.pk))
        if f"value-{one.row.pk}" in posted and entry.typed != dict.fromkeys(scoring.FIELDS, "") | typed_of(one):
            entries[one.row.pk] = save_line(actor, one.row.pk, entry)
    return entries


def save_line(actor: Actor, item: int, entry: Entry) -> Entry:
    """Save one line, unless something of it can't be meant."""
    given = scoring.read(entry)
    if entry.errors:
        return entry
    try:
        actions.score(
            actor,
            item,
            value=given.value,
            energy=given.energy,
            costly=given.costly,
            judgement=given.judgement,
            minutes=given.minutes,
            times_a_month=given.times_a_month,
            facts=given.facts,
        )
    except Refused as refused:
        if not refused.refusal.field:
            raise
        entry.errors[scoring.FIELD_OF.get(refused.refusal.field, refused.refusal.field)] = refused.refusal.sentence
    return entry


# --- one line -----------------------------------------------------------------------------------


@both("delegate")
def item(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """One line by itself: for a thumb, and without a script."""
    one = queries.item(actor, number)
    entry = Entry(typed_of(one))
    if request.method == "POST":
        entry = save_line(actor, number, entry_of(request.POST))
        if not entry.errors:
            return redirect(_next_after(queries.plate(actor), one))
    lines = queries.plate(actor).open
    context = {
        "line": _line(one, entry),
        "row": one.row,
        "of": len(lines),
        "values": scoring.VALUES,
        "energies": scoring.ENERGIES,
        "on_plate": True,
        "back": PAGE,
        "skip": _next_after(queries.plate(actor), one),
    }
    return show(request, "delegations/alone.html", context, status=409 if entry.errors else 200)


def _next_after(plate: Plate, one: OnPlate) -> str:
    """The next line that is not placed, round the list; the plate when all are."""
    waiting = [other for other in plate.open if other.score is None and other.row.pk != one.row.pk]
    following = [other for other in waiting if other.row.pk > one.row.pk]
    found = next(iter((*following, *waiting)), None)
    return f"{PAGE}items/{found.row.pk}/" if found else PAGE


@post("delegate")
def finish(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """It left the plate."""
    row = actions.finish(actor, number, now=now())
    tell(request, _("“%(line)s” is off your plate.") % {"line": row.text})
    return redirect(PAGE)


@post("delegate")
def put_back(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """It is on the plate again."""
    actions.put_back(actor, number)
    return redirect(PAGE)


@post("delegate")
def map_it(request: HttpRequest, actor: Actor, number: int) -> HttpResponseBase:
    """Make a process of it, and go on there."""
    process = actions.map_it(actor, number, now=now())
    tell(request, _("A draft map has begun. Write down its steps from start to end, one line each."))
    return redirect(f"/processes/{process.slug}/edit/")


# --- showing ------------------------------------------------------------------------------------


def context_of(
    plate: Plate,
    entries: Mapping[int, Entry] | None = None,
    *,
    refusal: Refusal | None = None,
    lines: str = "",
) -> dict[str, Any]:
    """What the page and its live parts show."""
    known = entries or {}
    return {
        "plate": plate,
        "rows": [_line(one, known.get(one.row.pk) or Entry(typed_of(one))) for one in plate.open],
        "on_plate": True,
        "svg": picture(plate),
        "to_map": [(one, scoring.formulas(one.hours) if one.hours else ()) for one in plate.to_map[:3]],
        "at": _at(plate),
        "first_to_place": next((one for one in plate.open if one.score is None), None),
        "quadrants": scoring.quadrants_explained(),
        "refusal": refusal,
        "lines": lines,
        "command": fresh_id(),
    }


def _at(plate: Plate) -> int:
    """Which of the three things comes next: 1 write, 2 place, 3 map the first; 4 when all is begun."""
    if plate.mapped:
        return 4
    if not plate.open:
        return 1
    return 3 if plate.placed == len(plate.open) else 2


def _line(one: OnPlate, entry: Entry) -> Line:
    return Line(
        key=str(one.row.pk),
        number=one.number,
        title=one.row.text,
        handling=_handling(one),
        address=f"{PAGE}items/{one.row.pk}/",
        typed=entry.typed,
        errors=entry.errors,
        place=scoring.place_of(entry.typed),
    )


def _handling(one: OnPlate) -> Handling:
    """Nothing is decided about a line yet, so its shape says what is recommended."""
    return one.recommendation.handling if one.recommendation else Handling.UNDECIDED


def typed_of(one: OnPlate) -> dict[str, str]:
    """What is known of a line as the form's fields, placed or not."""
    if one.score is not None:
        return scoring.typed_of(one.score, one.facts)
    row = one.row
    return {
        **scoring.typed_hours(row.minutes, row.times_a_month.normalize() + 0),
        "costly": "1" if row.costly else "",
        "judgement": "1" if row.judgement else "",
        **scoring.typed_facts(one.facts),
    }


def picture(plate: Plate) -> SafeString:
    """The matrix; each dot leads to its line."""
    words = scoring.matrix_words(_("What you do by value and energy; the list says the same"))
    # formats.matrix escapes every text that enters the picture.
    return mark_safe(draw_matrix([_dot(one) for one in plate.open], words))


def _dot(one: OnPlate) -> Dot:
    score = one.score
    return Dot(
        id=str(one.row.pk),
        number=one.number,
        title=one.row.text,
        says=scoring.says(one.number, one.row.text, score),
        href=f"{PAGE}items/{one.row.pk}/",
        value=score.value if score else None,
        energy=score.energy if score else None,
        hours=float(one.hours.value) if one.hours else 0.0,
        handling=_handling(one),
        costly=one.row.costly,
        judgement=one.row.judgement,
    )


urlpatterns: list[URLPattern] = [
    path("plate/", index, name="plate"),
    path("plate/items/", add, name="plate-items"),
    path("plate/items/<int:number>/", item, name="plate-item"),
    path("plate/items/<int:number>/completion/", finish, name="plate-item-completion"),
    path("plate/items/<int:number>/return/", put_back, name="plate-item-return"),
    path("plate/items/<int:number>/process/", map_it, name="plate-item-process"),
]
