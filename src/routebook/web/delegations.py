"""The pages of delegations: which steps of a map should leave the owner's found, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.delegation import quadrant_of
from routebook.core.document import Handling
from routebook.core.events import Refusal
from routebook.formats.matrix import Dot, draw_matrix
from routebook.store.access import Actor, NotFound, Refused
from routebook.store.actions import delegations as actions
from routebook.store.queries import delegations as queries
from routebook.store.queries.delegations import Delegation, StepDelegation
from routebook.web import delegation_matrix, scoring
from routebook.web.pages import both, fresh_id, now, page, show, tell
from routebook.web.scoring import QUADRANTS, Entry, Line, entry_of, tenths

HANDLINGS = (Handling.KEEP, Handling.DELEGATE, Handling.AUTOMATE, Handling.DROP)


# --- one map ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now that a step is decided: a sentence, and a link with its words. `begins` is the step
    (``process/step``) whose SOP the button begins at once, with everything in it that the map knows."""

    sentence: str
    label: str = ""
    href: str = ""
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The advice on a step, with the numbers behind it, what to do next, and why a decision was refused."""

    on: StepDelegation
    quadrant: str
    formulas: Sequence[str]
    next: Next | None
    refusal: Refusal | None = None


@page("delegate", methods=("GET", "HEAD", "POST"))
def delegation(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """One map: the matrix, the scores beside it, and the advice. POST saves the scores."""
    found = queries.delegation(actor, slug)
    if request.method != "POST":
        return show(request, "delegations/delegation.html", context_of(found, decided=request.GET.get("decided", "")))
    entries = save_scores(actor, found, request.POST)
    found = queries.delegation(actor, slug)
    if request.headers.get("HX-Request"):
        return show(request, "delegations/live.html", {**context_of(found, entries), "live": True})
    if any(entry.errors for entry in entries.values()):
        return show(request, "delegations/delegation.html", context_of(found, entries), status=409)
    tell(request, _("The scores are saved."))
    return redirect(f"/delegations/{slug}/")


@both("delegate")
def decisions(request: HttpRequest, actor: Actor, slug: str) -> HttpResponseBase:
    """All that was decided about a map. POST accepts a recommendation (`all`: every one that waits), or goes another
    way with a reason."""
    if request.method != "POST":
        process, history = queries.history(actor, slug)
        return show(request, "delegations/decisions.html", {"process": process, "history": history})
    found = queries.delegation(actor, slug)
    typed = request.POST
    if typed.get("all"):
        return _follow_all(request, actor, found)
    step = typed.get("step", "")
    try:
        actions.decide(
            actor,
            found.view.row.pk,
            step,
            _handling(typed.get("handling", "")),
            with_review=bool(typed.get("review")),
            why=typed.get("why", ""),
            now=now(),
        )
    except Refused as refused:
        if refused.refusal.field not in ("why", "handling"):
            raise
        context = context_of(found, refused=(step, refused.refusal, typed))
        return show(request, "delegations/delegation.html", context, status=409)
    return redirect(f"/delegations/{slug}/?{urlencode({'decided': step})}#decided")


def _follow_all(request: HttpRequest, actor: Actor, found: Delegation) -> HttpResponseBase:
    n = len(actions.follow_all(actor, found.view.row.pk, now=now()))
    words = ngettext("One step is decided as recommended.", "%(n)d steps are decided as recommended.", n) % {"n": n}
    tell(request, f"{words} {_('They stand in the draft of the map.')}" if n else _("Nothing was left to decide."))
    return redirect(f"/delegations/{found.process.slug}/#advice")


def _handling(text: str) -> Handling:
    try:
        return Handling(text)
    except ValueError:
        return Handling.UNDECIDED


# --- reading the scores -------------------------------------------------------------------------


def save_scores(actor: Actor, found: Delegation, posted: Mapping[str, str]) -> dict[str, Entry]:
    """Save every step that was scored; what can't be saved keeps what was typed, and says why."""
    entries = {}
    for on in found.steps:
        entry = entries[on.step.id] = entry_of(posted, on.step.id)
        if entry.says_something and entry.typed != _whole_of(on):
            save_score(actor, found.view.row.pk, on.step.id, entry)
    return entries


def _whole_of(on: StepDelegation) -> dict[str, str]:
    """What the form says of a step that nobody touched: saving it again would change nothing."""
    return dict.fromkeys(scoring.FIELDS, "") | _typed(on)


def save_score(actor: Actor, process: int, step: str, entry: Entry) -> None:
    """Save the score of one step, unless something of it can't be meant: then the entry says what."""
    given = scoring.read(entry)
    if given.value is None:
        entry.errors.setdefault("value", _("Choose a value from 1 to 5."))
    if given.energy is None:
        entry.errors.setdefault("energy", _("Choose what it does to your energy, from −2 to 2."))
    if entry.errors:
        return
    try:
        score = actions.read_score(
            value=given.value,
            energy=given.energy,
            costly_if_wrong=given.costly,
            needs_my_judgement=given.judgement,
            minutes=given.minutes,
            times_a_month=given.times_a_month,
        )
        actions.score(actor, process, step, score, given.facts, now=now())
    except Refused as refused:
        if not refused.refusal.field:
            raise
        entry.errors[scoring.FIELD_OF.get(refused.refusal.field, refused.refusal.field)] = refused.refusal.sentence


# --- one step, for a thumb ----------------------------------------------------------------------


@both("delegate")
def step(request: HttpRequest, actor: Actor, slug: str, step: str) -> HttpResponseBase:
    """The score of one step by itself; saving it leads to the next one without a score."""
    found = queries.delegation(actor, slug)
    on = next((on for on in found.steps if on.step.id == step), None)
    if on is None:
        raise NotFound
    entry = Entry(_typed(on))
    if request.method == "POST":
        entry = entry_of(request.POST)
        save_score(actor, found.view.row.pk, step, entry)
        if not entry.errors:
            return redirect(_next_after(found, on))
    context = {
        "line": _line(found, on, entry),
        "of": len(found.steps),
        "process": found.process,
        "values": scoring.VALUES,
        "energies": scoring.ENERGIES,
        "back": f"/delegations/{slug}/",
        "skip": _next_after(found, on),
    }
    return show(request, "delegations/alone.html", context, status=409 if entry.errors else 200)


def _next_after(found: Delegation, on: StepDelegation) -> str:
    """The next step without a score, round the map; the map's page when all have one."""
    waiting = [other for other in found.steps if other.score is None and other.step.id != on.step.id]
    following = [other for other in waiting if other.number > on.number]
    other = next(iter((*following, *waiting)), None)
    return _alone(found, other) if other else f"/delegations/{found.process.slug}/"


def _alone(found: Delegation, on: StepDelegation) -> str:
    return f"/delegations/{found.process.slug}/steps/{on.step.id}/"


# --- showing ------------------------------------------------------------------------------------


def context_of(
    found: Delegation,
    entries: Mapping[str, Entry] | None = None,
    refused: tuple[str, Refusal, Mapping[str, str]] | None = None,
    decided: str = "",
) -> dict[str, Any]:
    """What the page and its live parts show; `decided` is the step that was decided just now."""
    rows = [_row(found, on, refused) for on in found.steps]
    return {
        "found": found,
        "process": found.process,
        "rows": rows,
        "just": next((row for row in rows if row.on.step.id == decided and row.on.is_decided), None),
        "waiting": sum(1 for row in rows if row.on.recommendation and not row.on.is_decided),
        "to_decide": next((row.on for row in rows if not row.on.is_decided), None),
        "lines": [_line(found, on, (entries or {}).get(on.step.id) or Entry(_typed(on))) for on in found.steps],
        "first_to_place": next((_alone(found, on) for on in found.steps if on.score is None), ""),
        "quadrants": scoring.quadrants_explained(),
        "svg": picture(found),
        "decided": tenths(found.decided.value),
        "possible": tenths(found.possible.value),
        "formulas": scoring.formulas(found.possible),
        "handlings": HANDLINGS,
        "chosen": refused[2] if refused else {},
        "command": fresh_id(),
        "other_command": fresh_id(),
    }


def _row(found: Delegation, on: StepDelegation, refused: tuple[str, Refusal, Mapping[str, str]] | None) -> Row:
    return Row(
        on=on,
        quadrant=str(QUADRANTS[quadrant_of(on.score)]) if on.score else "",
        formulas=scoring.formulas(on.hours) if on.hours else (),
        next=next_of(found, on),
        refusal=refused[1] if refused and refused[0] == on.step.id else None,
    )


def _line(found: Delegation, on: StepDelegation, entry: Entry) -> Line:
    return Line(
        key=on.step.id,
        number=on.number,
        title=on.step.title,
        handling=on.step.handling,
        address=_alone(found, on),
        typed=entry.typed,
        errors=entry.errors,
        place=scoring.place_of(entry.typed),
    )


def _typed(on: StepDelegation) -> dict[str, str]:
    return scoring.typed_of(on.score, on.facts) if on.score else {}


def next_of(found: Delegation, on: StepDelegation) -> Next | None:
    """What follows from how a step is handled; nothing while it is not decided."""
    step, at = on.step, f"{found.process.slug}/{on.step.id}"
    match step.handling:
        case Handling.KEEP:
            return Next(_("It stays with you and on the map; it needs no document."))
        case Handling.AUTOMATE:
            return Next(_("In a run it is a task of one tap until a machine does it."))
        case Handling.DROP:
            href = f"/processes/{found.process.slug}/edit/"
            return Next(_("It must be off the map before the map is published."), _("Take it off the map"), href)
        case Handling.DELEGATE:
            return _next_of_delegated(on, at)
    return None


def _next_of_delegated(on: StepDelegation, at: str) -> Next:
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
    return Next(_("It needs an SOP before somebody can take it on."), _("Write the SOP"), f"/sops/new/?step={at}", at)


def picture(found: Delegation) -> SafeString:
    """The matrix; each dot links to its line of scores."""
    words = scoring.matrix_words(_("The steps by value and energy; the list of scores says the same"))
    # formats.matrix escapes every text that enters the picture.
    return mark_safe(draw_matrix([_dot(found, on) for on in found.steps], words))


def _dot(found: Delegation, on: StepDelegation) -> Dot:
    score = on.score
    return Dot(
        id=on.step.id,
        number=on.number,
        title=on.step.title,
        says=scoring.says(on.number, on.step.title, score),
        href=_alone(found, on),
        value=score.value if score else None,
        energy=score.energy if score else None,
        hours=float(on.hours.value) if on.hours else 0.0,
        handling=on.step.handling,
        costly=bool(score and score.costly_if_wrong),
        judgement=bool(score and score.needs_my_judgement),
    )


urlpatterns: list[URLPattern] = [
    path("delegations/", delegation_matrix.index, name="delegations"),
    path("delegations/<slug:slug>/", delegation, name="delegation"),
    path("delegations/<slug:slug>/steps/<str:step>/", step, name="delegation-step"),
    path("delegations/<slug:slug>/decisions/", decisions, name="delegation-decisions"),
]
