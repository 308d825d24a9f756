"""The pages of delegations: which steps of a map should leave the owner's plate, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.delegation import Facts, Figure, Quadrant, Term, formula, plain, quadrant_of
from routebook.core.document import Handling
from routebook.core.events import Refusal
from routebook.formats.matrix import Dot, MatrixWords, draw_matrix
from routebook.store.access import Actor, Refused
from routebook.store.actions import delegations as actions
from routebook.store.queries import delegations as queries
from routebook.store.queries.delegations import Plate, StepOnPlate
from routebook.web.pages import fresh_id, now, page, post, show, tell

HANDLINGS = (Handling.KEEP, Handling.DELEGATE, Handling.AUTOMATE, Handling.DROP)
QUADRANTS = {
    Quadrant.DELEGATE_FIRST: gettext_lazy("Delegate first"),
    Quadrant.REPLACE_YOURSELF: gettext_lazy("Replace yourself"),
    Quadrant.LIMIT_OR_INVEST: gettext_lazy("Limit, or invest"),
    Quadrant.BEST_WORK: gettext_lazy("Your best work: keep"),
}
VALUES = (
    ("5", gettext_lazy("5, a lot")),
    ("4", "4"),
    ("3", "3"),
    ("2", "2"),
    ("1", gettext_lazy("1, little")),
)
ENERGIES = (
    ("2", gettext_lazy("+2, gives")),
    ("1", "+1"),
    ("0", "0"),
    ("-1", "−1"),
    ("-2", gettext_lazy("−2, drains")),
)


@page("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All maps: what is still to be decided, and the hours in it."""
    cards = [(card, plain(card.possible.value)) for card in queries.cards(actor)]
    return show(request, "delegations/index.html", {"cards": cards})


# --- one map ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now that a step is decided: a sentence, and a link with its words."""

    sentence: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the page shows it: its fields as they were typed, errors by field, and the advice."""

    on: StepOnPlate
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    quadrant: str
    formulas: Sequence[str]
    next: Next | None
    refusal: Refusal | None = None


@dataclass(slots=True)
class Entry:
    """What a form says of one step."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


@page("delegate", methods=("GET", "HEAD", "POST"))
def delegation(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """One map: the matrix, the scores beside it, and the advice. POST saves the scores."""
    plate = queries.plate(actor, slug)
    if request.method != "POST":
        return show(request, "delegations/delegation.html", context_of(plate))
    entries = save_scores(actor, plate, request.POST)
    plate = queries.plate(actor, slug)
    if request.headers.get("HX-Request"):
        return show(request, "delegations/live.html", {**context_of(plate, entries), "live": True})
    if any(entry.errors for entry in entries.values()):
        return show(request, "delegations/delegation.html", context_of(plate, entries), status=409)
    tell(request, _("The scores are saved."))
    return redirect(f"/delegations/{slug}/")


@post("delegate")
def decide(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """Accept a recommendation, or go another way with a reason."""
    plate = queries.plate(actor, slug)
    typed = request.POST
    step = typed.get("step", "")
    try:
        actions.decide(
            actor,
            plate.view.row.pk,
            step,
            _handling(typed.get("handling", "")),
            with_review=bool(typed.get("review")),
            why=typed.get("why", ""),
            now=now(),
        )
    except Refused as refused:
        if refused.refusal.field not in ("why", "handling"):
            raise
        context = context_of(plate, refused=(step, refused.refusal, typed))
        return show(request, "delegations/delegation.html", context, status=409)
    tell(request, _("Decided. It stands in the draft of the map."))
    return redirect(f"/delegations/{slug}/#step-{step}")


def _handling(text: str) -> Handling:
    try:
        return Handling(text)
    except ValueError:
        return Handling.UNDECIDED


# --- reading the scores -------------------------------------------------------------------------

FIELDS = ("value", "energy", "minutes", "times", "costly", "judgement", "same", "nobody")


def save_scores(actor: Actor, plate: Plate, typed: Mapping[str, str]) -> dict[str, Entry]:
    """Save every step that was scored; what can't be saved keeps what was typed, and says why."""
    entries = {}
    for on in plate.steps:
        entry = Entry({name: typed.get(f"{name}-{on.step.id}", "").strip() for name in FIELDS})
        entries[on.step.id] = entry
        if not any(entry.typed.values()):
            continue
        try:
            score, facts = _read(entry)
            if not entry.errors:
                actions.score(actor, plate.view.row.pk, on.step.id, score, facts, now=now())
        except Refused as refused:
            if not refused.refusal.field:
                raise
            entry.errors[_FIELD_OF.get(refused.refusal.field, refused.refusal.field)] = refused.refusal.sentence
    return entries


_FIELD_OF = {"times_a_month": "times"}


def _read(entry: Entry) -> tuple[Any, Facts]:
    typed = entry.typed
    score = actions.read_score(
        value=_whole(entry, "value", _("Choose a value from 1 to 5."), 1),
        energy=_whole(entry, "energy", _("Choose what it does to your energy."), 0),
        costly_if_wrong=bool(typed["costly"]),
        needs_my_judgement=bool(typed["judgement"]),
        minutes=_whole(entry, "minutes", _("Write whole minutes, such as 15."), 0, empty=True),
        times_a_month=_times(entry),
    )
    return score, Facts(bool(typed["same"]), bool(typed["nobody"]))


def _whole(entry: Entry, name: str, sentence: str, instead: int, *, empty: bool = False) -> int:
    text = entry.typed[name]
    if not text and empty:
        return instead
    try:
        return int(text[:9])
    except ValueError:
        entry.errors[name] = sentence
        return instead


def _times(entry: Entry) -> Decimal:
    text = entry.typed["times"].replace(",", ".") or "0"
    try:
        times = Decimal(text[:12])
    except InvalidOperation:
        times = Decimal("NaN")
    if not times.is_finite():
        entry.errors["times"] = _("Write a number, such as 20 or 0.5.")
        return Decimal(0)
    return times.quantize(Decimal("0.01")).normalize() + 0 if abs(times) < 10**7 else times


# --- showing ------------------------------------------------------------------------------------


def context_of(
    plate: Plate,
    entries: Mapping[str, Entry] | None = None,
    refused: tuple[str, Refusal, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """What the page and its live parts show."""
    return {
        "plate": plate,
        "process": plate.process,
        "rows": [_row(plate, on, (entries or {}).get(on.step.id), refused) for on in plate.steps],
        "svg": picture(plate),
        "decided": plain(plate.decided.value),
        "possible": plain(plate.possible.value),
        "formulas": formulas(plate.possible),
        "handlings": HANDLINGS,
        "values": VALUES,
        "energies": ENERGIES,
        "chosen": refused[2] if refused else {},
        "command": fresh_id(),
    }


def _row(
    plate: Plate, on: StepOnPlate, entry: Entry | None, refused: tuple[str, Refusal, Mapping[str, str]] | None
) -> Row:
    return Row(
        on=on,
        typed=entry.typed if entry else typed_of(on),
        errors=entry.errors if entry else {},
        quadrant=str(QUADRANTS[quadrant_of(on.score)]) if on.score else "",
        formulas=formulas(on.hours) if on.hours else (),
        next=next_of(plate, on),
        refusal=refused[1] if refused and refused[0] == on.step.id else None,
    )


def typed_of(on: StepOnPlate) -> dict[str, str]:
    """A stored score as the form's fields."""
    if on.score is None:
        return {}
    score = on.score
    return {
        "value": str(score.value),
        "energy": str(score.energy),
        "minutes": str(score.minutes or ""),
        "times": f"{score.times_a_month:f}" if score.times_a_month else "",
        "costly": "1" if score.costly_if_wrong else "",
        "judgement": "1" if score.needs_my_judgement else "",
        "same": "1" if on.facts.always_the_same else "",
        "nobody": "1" if on.facts.nobody_needs_it else "",
    }


def formulas(figure: Figure) -> list[str]:
    """The formula of a figure, then those of the figures in it that are calculated themselves."""
    terms: list[Term] = list(figure.terms)
    return [formula(figure), *(formula(term.figure) for term in terms if term.figure.terms)]


def next_of(plate: Plate, on: StepOnPlate) -> Next | None:
    """What follows from how a step is handled; nothing while it is not decided."""
    step, at = on.step, f"{plate.process.slug}/{on.step.id}"
    match step.handling:
        case Handling.KEEP:
            return Next(_("It stays with you and on the map; it needs no document."))
        case Handling.AUTOMATE:
            return Next(_("In a run it is a task of one tap until a machine does it."))
        case Handling.DROP:
            href = f"/processes/{plate.process.slug}/edit/"
            return Next(_("It must be off the map before the map is published."), _("Take it off the map"), href)
        case Handling.DELEGATE:
            return _next_of_delegated(on, at)
    return None


def _next_of_delegated(on: StepOnPlate, at: str) -> Next:
    if on.handoffs:
        first = on.handoffs[0]
        sentence = _("Handed to %(name)s: %(level)s.") % {
            "name": first.row.receiver.name,
            "level": first.state.level.value,
        }
        return Next(sentence, _("See the hand-off"), f"/handoffs/{first.row.pk}/")
    published = [sop for sop in on.documents.sops if sop.published]
    if published or on.step.no_document:
        return Next(_("It is ready to be handed off."), _("Hand it off"), f"/handoffs/new/?step={at}")
    if on.documents.sops:
        slug = on.documents.sops[0].row.slug
        return Next(_("Its SOP is a draft: finish it, then hand the step off."), _("Finish the SOP"), f"/sops/{slug}/")
    return Next(_("It needs an SOP before somebody can take it on."), _("Write the SOP"), f"/sops/new/?step={at}")


def picture(plate: Plate) -> SafeString:
    """The matrix; each dot links to its line of scores."""
    words = MatrixWords(
        title=_("The steps by value and energy; the list of scores says the same"),
        value=_("value to the business →"),
        drains=_("drains you"),
        gives=_("gives you energy"),
        tray=_("Not placed yet: drag onto the matrix, or choose value and energy in the list"),
        quadrants={quadrant: str(name) for quadrant, name in QUADRANTS.items()},
    )
    # formats.matrix escapes every text that enters the picture.
    return mark_safe(draw_matrix([_dot(on) for on in plate.steps], words))


def _dot(on: StepOnPlate) -> Dot:
    score = on.score
    return Dot(
        id=on.step.id,
        number=on.number,
        title=on.step.title,
        says=_says(on),
        href=f"#score-{on.step.id}",
        value=score.value if score else None,
        energy=score.energy if score else None,
        hours=float(on.hours.value) if on.hours else 0.0,
        handling=on.step.handling,
        costly=bool(score and score.costly_if_wrong),
        judgement=bool(score and score.needs_my_judgement),
    )


def _says(on: StepOnPlate) -> str:
    place = {"number": on.number, "title": on.step.title}
    if on.score is None:
        return _("%(number)d %(title)s: not placed yet. Arrow keys place it.") % place
    return _("%(number)d %(title)s: value %(value)d, energy %(energy)d. Arrow keys move it.") % {
        **place,
        "value": on.score.value,
        "energy": on.score.energy,
    }


urlpatterns: list[URLPattern] = [
    path("delegations/", index, name="delegations"),
    path("delegations/<slug:slug>/", delegation, name="delegation"),
    path("delegations/<slug:slug>/decisions/", decide, name="delegation-decisions"),
]
