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

from routebook.core.handoff import CLEAN_IN_A_ROW, LINE, OPTIONS, RECORDING, SOP, HandoffState, Level
from routebook.core.handoff import commands as c
from routebook.store.access import Actor, Refused, Verb
from routebook.store.actions import handoffs as actions
from routebook.store.queries import calendars, members
from routebook.store.queries import handoffs as queries
from routebook.store.queries.handoffs import HandoffView, SopVersion
from routebook.web import came_back, handoff_offer, handoff_pack
from routebook.web import handoff_words as words
from routebook.web.calendar_words import now_words, week_words
from routebook.web.pages import command_id, fresh_id, now, page, post, show, tell

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
    sop = queries.sop_version(actor, state.sop) if state.sop else None
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
        "sop": sop,
        "brief": state.brief.beside(sop.value if sop else None),
        "openings": _openings(state, sop, names),
        "tools": [(tool, False) for tool in state.card.tools],
        "hours": _hours(actor, view),
        "role_backup": queries.role_backup(actor, view),
        "typed_options": ("", "", ""),
        "not_yet": state.terms.starts is not None and now().date() < state.terms.starts,
        "deciders": queries.deciders(actor) if actor.may(Verb.DELEGATE) else (),
        "record": record[:NEWEST],
        "older": record[NEWEST:],
        "command": fresh_id(),
        "typed": {},
    }


@dataclass(frozen=True, slots=True)
class Opening:
    """The SOP or its recording: the button for the receiver, and what the delegator reads of it."""

    what: str
    label: str
    title: str
    opened: bool
    said: str


def _openings(state: HandoffState, sop: SopVersion | None, names: Mapping[str, str]) -> list[Opening]:
    if sop is None:
        return []
    title = _("%(title)s, version %(n)d") % {"title": sop.value.title, "n": sop.number}
    shown = [(SOP, _("Read the SOP"), title)]
    if sop.value.recording:
        shown.append((RECORDING, _("Watch the recording"), _("how it is done, once through")))
    return [
        Opening(what, label, about, state.has_opened(what), words.opened(state, what, names.get(state.person, "")))
        for what, label, about in shown
    ]


def _hours(actor: Actor, view: HandoffView) -> dict[str, str]:
    """The receiver's working week, their time zone, and what their clock says."""
    calendar = calendars.calendars(actor, now=now()).get(view.row.receiver_id)
    if calendar is None:
        return {}
    zone = calendar.time_zone.replace("_", " ")
    return {"week": week_words(calendar.week), "zone": zone, "now": now_words(calendar, now())}


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
        lambda typed: c.Accept(typed.get("restated", ""), (*_unticked(typed), *_lines(typed.get("other", "")))),
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
        lambda typed: c.Return(typed.get("reason", ""), typed.get("proposal", ""), tuple(typed.getlist("options"))),
        gettext_lazy("It is returned."),
    ),
    "revocation": (lambda typed: c.Revoke(typed.get("reason", "")), gettext_lazy("It is ended.")),
    "delegator": (
        lambda typed: c.ChangeDelegator(typed.get("to", "")),
        gettext_lazy("Somebody else delegates it now."),
    ),
}


def _unticked(typed: Typed) -> list[str]:
    """The tools that the page showed and whose way in was not ticked as working."""
    works = typed.getlist("works")
    return [tool for tool in typed.getlist("tool") if tool not in works]


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
        context = {**_context(actor, handoff), **_as_typed(actor, handoff, request.POST)}
        context |= {"refusal": refused.refusal, "at": resource}
        return show(request, "handoffs/handoff.html", context, status=409)
    tell(request, str(done))
    return redirect(f"/handoffs/{handoff}/")


def _as_typed(actor: Actor, handoff: int, typed: Typed) -> dict[str, Any]:
    """What was typed and ticked, for the page that says why it was not done."""
    tools = queries.get(actor, handoff).state.card.tools
    works = typed.getlist("works")
    return {
        "typed": typed,
        "tools": [(tool, tool.tool in works) for tool in tools],
        "typed_options": (*typed.getlist("options"), "", "", "")[:OPTIONS],
    }


@post("handoff")
def open_directions(request: HttpRequest, actor: Actor, handoff: int) -> HttpResponseBase:
    """The receiver opens the SOP or its recording; that they did is known, how long they read is not."""
    what = request.POST.get("what", "")
    view = queries.get(actor, handoff)
    actions.command(actor, handoff, c.Open(what), command_id=_said_once(request, "openings"), now=now())
    sop = queries.sop_version(actor, view.state.sop)
    assert sop is not None, "without an SOP the command is refused"
    return redirect(f"/sops/{sop.slug}/{'#recording' if what == RECORDING else ''}")


def _said_once(request: HttpRequest, resource: str) -> str:
    """The form's id together with what it says: the same sent twice is one, another word from an old page is not."""
    said = sorted((name, value) for name in request.POST if "csrf" not in name for value in request.POST.getlist(name))
    return hashlib.sha256(repr((command_id(request), resource, said)).encode()).hexdigest()


urlpatterns: list[URLPattern] = [
    path("handoffs/", index, name="handoffs"),
    path("handoffs/came-back/", came_back.index, name="handoffs-came-back"),
    path("handoffs/new/", handoff_offer.new, name="handoff-new"),
    path("handoffs/<int:handoff>/", handoff, name="handoff"),
    path("handoffs/<int:handoff>/card/", handoff_offer.change, name="handoff-card"),
    path("handoffs/<int:handoff>/pack/", handoff_pack.pack, name="handoff-pack"),
    path("handoffs/<int:handoff>/pack.pdf", handoff_pack.pack_pdf, name="handoff-pack-pdf"),
    path("handoffs/<int:handoff>/pack/mails/", handoff_pack.send, name="handoff-pack-mails"),
    path("handoffs/<int:handoff>/openings/", open_directions, name="handoff-openings"),
    path("handoffs/<int:handoff>/<slug:resource>/", say, name="handoff-say"),
]
