"""The offer of a step, as a form of three parts: what is handed over, the access, and who and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from routebook.core.document import Sop
from routebook.core.events import Refusal
from routebook.core.handoff import AccessCard, Brief, Terms, ToolAccess
from routebook.store.access import Actor, NotFound, Refused, Verb
from routebook.store.actions import handoffs as actions
from routebook.store.queries import calendars
from routebook.store.queries import handoffs as queries
from routebook.store.queries.handoffs import Offer
from routebook.web import time_zones
from routebook.web.calendar_words import hours_words
from routebook.web.pages import both, command_id, fresh_id, now, show, tell

SPARE_TOOLS = 2
"""Empty lines for tools below those that are filled in."""
MOST_TOOLS = 20
FIELDS = (
    *("outcome", "quality_bar", "good", "bad", "tools", "spend_limit", "may_decide", "ask_when", "revoker"),
    *("person", "starts", "hours", "time_zone", "backup"),
)
"""The fields that show a refusal beside themselves, in the order of the page; a tool's are in `tools`."""


class Somebody(Protocol):
    """A person as the form names them."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Form:
    """What the three parts say, as far as it is typed. `starts` is text, so that a wrong day stays as it was typed."""

    brief: Brief = field(default_factory=Brief)
    card: AccessCard = field(default_factory=AccessCard)
    terms: Terms = field(default_factory=Terms)
    person: str = ""
    starts: str = ""


@both("handoff")
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Offer a step to somebody: without `step` in the address, the steps that could be handed off."""
    at = request.GET.get("step", "")
    if not at:
        found = queries.candidates(actor)
        return show(request, "handoffs/choose.html", {"candidates": found})
    slug, _slash, step = at.partition("/")
    offer = queries.offer(actor, slug, step, request.GET.get("variation", ""))
    if request.method != "POST":
        return show(request, "handoffs/new.html", _offer_context(actor, offer, _prefilled(request, actor, offer)))
    form = _read(request.POST)
    try:
        row = actions.prepare(
            actor,
            offer.process.pk,
            step,
            variation=offer.variation,
            receiver=_number_of(form.person),
            card=form.card,
            brief=form.brief,
            terms=_terms(form),
            command_id=command_id(request),
            now=now(),
        )
    except Refused as refused:
        context = _offer_context(actor, offer, form, refused.refusal, request.POST.get("command", ""))
        return show(request, "handoffs/new.html", context, status=409)
    tell(request, _("Offered. It waits for them to say the outcome in their own words."))
    return redirect(f"/handoffs/{row.pk}/")


@both("handoff")
def change(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponseBase:
    """Change what was agreed, in the same three parts."""
    view = queries.get(actor, handoff)
    if not actor.may(Verb.DELEGATE) and actor.id != view.state.delegator:
        raise NotFound
    state, refusal = view.state, None
    form = Form(state.brief, state.card, state.terms, state.person, _day_text(state.terms.starts))
    sop = queries.sop_version(actor, state.sop) if state.sop else None
    if request.method == "POST":
        form = _read(request.POST)
        try:
            actions.change_offer(
                actor,
                handoff,
                brief=form.brief,
                card=form.card,
                terms=_terms(form),
                command_id=command_id(request),
                now=now(),
            )
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("What was agreed is saved."))
            return redirect(f"/handoffs/{handoff}/")
    else:
        form = _with_the_sop(form, sop.value if sop else None)
    context = {
        "view": view,
        "slug": sop.slug if sop else "",
        **_parts(actor, form, sop.value if sop else None, queries.role_backup(actor, view), refusal),
        "command": request.POST.get("command") or fresh_id(),
        "deciders": queries.deciders(actor),
        "standing_in": [one for one in queries.deciders(actor) if one.pk != view.row.receiver_id],
        "receiver_hours": _hours(actor, [view.row.receiver]),
    }
    return show(request, "handoffs/card.html", context, status=409 if refusal else 200)


def _with_the_sop(form: Form, sop: Sop | None) -> Form:
    """An offer of before the outcome was asked for shows what its SOP says."""
    brief = form.brief
    outcome = brief.beside(sop).outcome
    return Form(
        Brief(outcome, brief.quality_bar, brief.good, brief.bad), form.card, form.terms, form.person, form.starts
    )


# --- what the form shows ------------------------------------------------------------------------


def _offer_context(
    actor: Actor, offer: Offer, form: Form, refusal: Refusal | None = None, command: str = ""
) -> dict[str, Any]:
    return {
        "offer": offer,
        "slug": offer.sop.slug if offer.sop else "",
        **_parts(actor, form, offer.text, offer.backup, refusal),
        "command": command or fresh_id(),
        "deciders": offer.deciders,
        "standing_in": offer.deciders,
        "people": [(member, hours) for member, hours in _hours(actor, offer.people)],
    }


def _parts(
    actor: Actor, form: Form, sop: Sop | None, backup: Somebody | None, refusal: Refusal | None
) -> dict[str, Any]:
    spare = [ToolAccess("")] * SPARE_TOOLS
    errors, at = _errors(refusal)
    return {
        "form": form,
        "card": form.card,
        "bar": "\n".join(form.brief.quality_bar),
        "tools": [(n, tool, _wrong(errors, n)) for n, tool in enumerate((*form.card.tools, *spare))],
        "sop": sop,
        "role_backup": backup,
        "zones": time_zones.choices(now(), form.terms.time_zone),
        "errors": errors,
        "at": at,
        "loose": [one.sentence for one in refusal.all if _place(one.field) not in FIELDS] if refusal else [],
    }


def _errors(refusal: Refusal | None) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What each place of the page says is wrong there, and the same as links, from top to bottom.

    A tool's fields (`vault-0`) are marked by themselves; what is wrong with them is said below the tools.
    """
    said: dict[str, list[str]] = {}
    for one in refusal.all if refusal else ():
        if _place(one.field) in FIELDS:
            for name in dict.fromkeys((one.field, _place(one.field))):
                said.setdefault(name, []).append(one.sentence)
    errors = {name: " ".join(sentences) for name, sentences in said.items()}
    return errors, [(name, sentence) for name in FIELDS for sentence in said.get(name, ())]


def _wrong(errors: Mapping[str, str], n: int) -> list[str]:
    """The fields of the tool in line `n` that something is wrong with; without any tool, the first line's name."""
    wrong = [name for name in ("tool", "account", "vault") if f"{name}-{n}" in errors]
    nothing_listed = n == 0 and "tools" in errors and not any("-" in name for name in errors)
    return ["tool"] if nothing_listed else wrong


def _place(field: str) -> str:
    """Where the page says what is wrong with a field."""
    return "tools" if field.partition("-")[0] in ("tool", "account", "vault") else field


def _hours(actor: Actor, people: Sequence[Somebody]) -> list[tuple[Somebody, str]]:
    """People with their working hours in words."""
    known = calendars.calendars(actor, now=now())
    return [(member, hours_words(known[member.pk]) if member.pk in known else "") for member in people]


def _prefilled(request: HttpRequest, actor: Actor, offer: Offer) -> Form:
    """What the SOP says already; the person who offers owns the accounts until they say otherwise."""
    person = request.GET.get("person", "")
    return Form(
        brief=Brief(outcome=offer.text.objective if offer.text else ""),
        card=AccessCard(
            tools=tuple(ToolAccess(need.tool, actor.name, need.access) for need in offer.needs),
            no_tools=offer.sop is not None and not offer.needs,
            may_decide=offer.may_decide,
            ask_when=offer.ask_when,
            revoker=actor.id,
        ),
        person=person if person.isdecimal() else str(offer.suggested or ""),
        starts=_day_text(now().astimezone(ZoneInfo(actor.time_zone)).date()),
    )


def _day_text(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# --- what was typed -----------------------------------------------------------------------------


def _read(typed: QueryDict) -> Form:
    return Form(
        brief=Brief(
            outcome=_text(typed, "outcome"),
            quality_bar=tuple(line.strip() for line in typed.get("quality_bar", "").splitlines() if line.strip()),
            good=_text(typed, "good"),
            bad=_text(typed, "bad"),
        ),
        card=_read_card(typed),
        terms=Terms(
            hours=_text(typed, "hours"),
            time_zone=_text(typed, "time_zone"),
            backup=_text(typed, "backup"),
        ),
        person=_text(typed, "person"),
        starts=_text(typed, "starts"),
    )


def _text(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").strip()


def _read_card(typed: QueryDict) -> AccessCard:
    rows = [
        ToolAccess(*(_text(typed, f"{name}-{n}") for name in ("tool", "account", "vault"))) for n in range(MOST_TOOLS)
    ]
    return AccessCard(
        tools=tuple(row for row in rows if row.tool or row.account_owner or row.vault),
        no_tools=bool(typed.get("no_tools")),
        spend_limit=_text(typed, "spend_limit"),
        may_decide=_text(typed, "may_decide"),
        ask_when=_text(typed, "ask_when"),
        revoker=typed.get("revoker", ""),
    )


def _terms(form: Form) -> Terms:
    """The third part. Raises `Refused` for a day or a time zone that is none."""
    terms = form.terms
    if terms.time_zone and terms.time_zone not in available_timezones():
        raise Refused(Refusal("no_time_zone", _("Choose a time zone of the list."), "time_zone"))
    try:
        starts = dt.date.fromisoformat(form.starts) if form.starts else None
    except ValueError as error:
        raise Refused(Refusal("not_a_date", _("Choose a day."), "starts")) from error
    return Terms(starts, terms.hours, terms.time_zone, terms.backup)


def _number_of(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
