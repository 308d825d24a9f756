"""The pages of hand-offs: who has come how far, one hand-off, and the offer of a step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.events import Refusal
from routebook.core.handoff import CLEAN_IN_A_ROW, LINE, AccessCard, HandoffState, Level, ToolAccess
from routebook.core.handoff import commands as c
from routebook.store.access import Actor, NotFound, Refused, Verb
from routebook.store.actions import handoffs as actions
from routebook.store.queries import handoffs as queries
from routebook.store.queries import members
from routebook.store.queries.handoffs import HandoffView, Offer
from routebook.web import handoff_words as words
from routebook.web.pages import both, command_id, fresh_id, now, page, post, show, tell

SPARE_TOOLS = 2
"""Empty lines for tools below those that are filled in."""
MOST_TOOLS = 20
NEWEST = 12
"""Lines of the record that are shown at once; older ones are a click away."""


# --- the list -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One hand-off in a list, and what it waits for."""

    view: HandoffView
    waits: str
    mine: bool


@page("handoff")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Owners and managers see all by level, everybody else what is theirs."""
    names = members.names(actor)
    lines = [Line(view, words.waiting(view.state, names), view.waits_on == actor.id) for view in queries.listing(actor)]
    order = (*LINE, Level.RETURNED)
    context = {
        "sees_all": actor.may(Verb.SEE_ALL_HANDOFFS),
        "groups": [
            (level, words.LEVELS[level], found)
            for level in order
            if (found := [line for line in lines if line.view.state.level is level])
        ],
        "waiting": sum(1 for line in lines if line.mine),
    }
    return show(request, "handoffs/index.html", context)


# --- one hand-off -------------------------------------------------------------------------------


@page("handoff")
def handoff(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponse:
    """One hand-off: where it stands, what is next, the card, the record."""
    return show(request, "handoffs/handoff.html", _context(actor, handoff))


def _context(actor: Actor, handoff: int) -> dict[str, Any]:
    view = queries.get(actor, handoff)
    names = members.names(actor)
    state = view.state
    decides = actor.id != state.person and (actor.id == state.delegator or actor.may(Verb.DELEGATE))
    record = [
        (line.at, words.sentence(line.event, line.actor, names), words.detail(line.event), line.run)
        for line in reversed(queries.record(actor, handoff))
    ]
    return {
        "view": view,
        "state": state,
        "names": names,
        "level": str(words.LEVELS[state.level]),
        "line": _line(state),
        "waits": words.waiting(state, names),
        "is_receiver": actor.id == state.person,
        "decides": decides,
        "shows_words": decides and state.level is Level.ACCEPTED,
        "may_revoke": actor.id == state.card.revoker and actor.id != state.person,
        "active": state.level not in (Level.NONE, Level.RETURNED),
        "raises": _raises(state),
        "proposed": words.level(state.proposal) if state.proposal else "",
        "next_level": _beside(state, 1),
        "level_before": _beside(state, -1),
        "all_clean": CLEAN_IN_A_ROW,
        "open_questions": [(n, question) for n, question in enumerate(state.questions) if not question.answer],
        "sop": queries.sop_version(actor, state.sop) if state.sop else None,
        "deciders": queries.deciders(actor) if actor.may(Verb.DELEGATE) else (),
        "record": record[:NEWEST],
        "older": record[NEWEST:],
        "command": fresh_id(),
        "typed": {},
    }


def _line(state: HandoffState) -> Sequence[tuple[int, str, str]]:
    """The five levels: number, name, and whether each lies behind, is here, or ahead."""
    at = LINE.index(state.level) if state.level in LINE else -1
    places = ["done" if n < at else "here" if n == at else "ahead" for n in range(len(LINE))]
    return [(n + 1, str(words.LEVELS[level]), places[n]) for n, level in enumerate(LINE)]


def _raises(state: HandoffState) -> bool:
    """Whether what is proposed is a step forward."""
    return state.proposal in LINE and LINE.index(state.proposal) > LINE.index(state.level)


def _beside(state: HandoffState, by: int) -> str:
    """The name of the level after or before, from practice on."""
    if state.level not in LINE or LINE.index(state.level) < LINE.index(Level.PRACTICE):
        return ""
    at = LINE.index(state.level) + by
    return str(words.LEVELS[LINE[at]]) if at < len(LINE) else ""


Typed = QueryDict
_SAYS: Mapping[str, tuple[Callable[[Typed], c.HandoffCommand], str | Promise]] = {
    "acceptance": (
        lambda typed: c.Accept(typed.get("restated", ""), (*typed.getlist("missing"), *_lines(typed.get("other", "")))),
        gettext_lazy("You have taken it on."),
    ),
    "questions": (lambda typed: c.Ask(typed.get("question", "")), gettext_lazy("Your question is asked.")),
    "answers": (
        lambda typed: c.Answer(_number(typed.get("number", "")), typed.get("answer", "")),
        gettext_lazy("The question is answered."),
    ),
    "access": (lambda typed: c.GiveAccess(typed.get("what", "")), gettext_lazy("The access is marked as open.")),
    "explanation": (
        lambda typed: c.AskToRestate(typed.get("note", "")),
        gettext_lazy("They will say it again in their own words."),
    ),
    "practice": (lambda typed: c.ConfirmUnderstanding(), gettext_lazy("Practice begins with the next task.")),
    "promotion": (lambda typed: c.Promote(typed.get("reason", "")), gettext_lazy("The level is raised.")),
    "step-back": (lambda typed: c.StepBack(typed.get("reason", "")), gettext_lazy("It steps back one level.")),
    "decline": (
        lambda typed: c.DeclineProposal(typed.get("reason", "")),
        gettext_lazy("The level stays; counting begins anew."),
    ),
    "return": (
        lambda typed: c.Return(typed.get("reason", ""), typed.get("proposal", "")),
        gettext_lazy("It is returned."),
    ),
    "revocation": (lambda typed: c.Revoke(typed.get("reason", "")), gettext_lazy("It is ended.")),
    "delegator": (
        lambda typed: c.ChangeDelegator(typed.get("to", "")),
        gettext_lazy("Somebody else delegates it now."),
    ),
}


def _lines(text: str) -> list[str]:
    return text.splitlines()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


@post("handoff")
def say(request: HttpRequest, actor: Actor, handoff: int, resource: str) -> HttpResponseBase:
    """Everything that people say about a hand-off: one address for each, all the same way."""
    if resource not in _SAYS:
        raise Http404
    read, done = _SAYS[resource]
    try:
        actions.command(actor, handoff, read(request.POST), command_id=_said_once(request, resource), now=now())
    except Refused as refused:
        context = {**_context(actor, handoff), "refusal": refused.refusal, "at": resource, "typed": request.POST}
        return show(request, "handoffs/handoff.html", context, status=409)
    tell(request, str(done))
    return redirect(f"/handoffs/{handoff}/")


def _said_once(request: HttpRequest, resource: str) -> str:
    """The form's id together with what it says: the same sent twice is one, another word from an old page is not."""
    said = sorted((name, value) for name in request.POST if "csrf" not in name for value in request.POST.getlist(name))
    return hashlib.sha256(repr((command_id(request), resource, said)).encode()).hexdigest()


# --- the offer, and the card --------------------------------------------------------------------


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
        card = _prefilled(actor, offer)
        return show(request, "handoffs/new.html", _offer_context(offer, card, {"person": offer.suggested or ""}))
    card = _read_card(request.POST)
    try:
        row = actions.prepare(
            actor,
            offer.process.pk,
            step,
            variation=offer.variation,
            receiver=_number_of(request.POST.get("person", "")),
            card=card,
            command_id=command_id(request),
            now=now(),
        )
    except Refused as refused:
        context = _offer_context(offer, card, request.POST, refused.refusal)
        return show(request, "handoffs/new.html", context, status=409)
    tell(request, _("Offered. It waits for them to say the outcome in their own words."))
    return redirect(f"/handoffs/{row.pk}/")


def _number_of(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _offer_context(
    offer: Offer, card: AccessCard, typed: Mapping[str, Any], refusal: Refusal | None = None
) -> dict[str, Any]:
    return {
        "offer": offer,
        "person": str(typed.get("person", "")),
        "refusal": refusal,
        "command": typed.get("command") or fresh_id(),
        "deciders": offer.deciders,
        **_card_context(card),
    }


def _prefilled(actor: Actor, offer: Offer) -> AccessCard:
    """What the SOP says already; the person who offers owns the accounts until they say otherwise."""
    return AccessCard(
        tools=tuple(ToolAccess(need.tool, actor.name, need.access) for need in offer.needs),
        no_tools=offer.sop is not None and not offer.needs,
        may_decide=offer.may_decide,
        ask_when=offer.ask_when,
        revoker=actor.id,
    )


def _card_context(card: AccessCard) -> dict[str, Any]:
    spare = [ToolAccess("")] * SPARE_TOOLS
    return {"card": card, "tools": list(enumerate((*card.tools, *spare)))}


def _read_card(typed: Typed) -> AccessCard:
    rows = [
        ToolAccess(*(typed.get(f"{name}-{n}", "").strip() for name in ("tool", "account", "vault")))
        for n in range(MOST_TOOLS)
    ]
    return AccessCard(
        tools=tuple(row for row in rows if row.tool or row.account_owner or row.vault),
        no_tools=bool(typed.get("no_tools")),
        spend_limit=typed.get("spend_limit", "").strip(),
        may_decide=typed.get("may_decide", "").strip(),
        ask_when=typed.get("ask_when", "").strip(),
        revoker=typed.get("revoker", ""),
    )


@both("handoff")
def card(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponseBase:
    """Change the access and authority card."""
    view = queries.get(actor, handoff)
    if not actor.may(Verb.DELEGATE) and actor.id != view.state.delegator:
        raise NotFound
    known, refusal = view.state.card, None
    if request.method == "POST":
        known = _read_card(request.POST)
        try:
            actions.command(actor, handoff, c.ChangeCard(known), command_id=command_id(request), now=now())
        except Refused as refused:
            refusal = refused.refusal
        else:
            tell(request, _("The card is saved."))
            return redirect(f"/handoffs/{handoff}/")
    context = {
        "view": view,
        "refusal": refusal,
        "command": request.POST.get("command") or fresh_id(),
        "deciders": queries.deciders(actor),
        **_card_context(known),
    }
    return show(request, "handoffs/card.html", context, status=409 if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("handoffs/", index, name="handoffs"),
    path("handoffs/new/", new, name="handoff-new"),
    path("handoffs/<int:handoff>/", handoff, name="handoff"),
    path("handoffs/<int:handoff>/card/", card, name="handoff-card"),
    path("handoffs/<int:handoff>/<slug:resource>/", say, name="handoff-say"),
]
