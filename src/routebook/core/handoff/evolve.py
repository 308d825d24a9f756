"""`evolve`: the state of a hand-off after an event. Looks nothing up and decides nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from routebook.core.events import Event
from routebook.core.handoff import events as e
from routebook.core.handoff.brief import Brief, Terms
from routebook.core.handoff.card import AccessCard, ToolAccess
from routebook.core.handoff.state import GOOD, HandoffQuestion, HandoffState, Level, Result


def fold(state: HandoffState, events: Iterable[Event]) -> HandoffState:
    """The state after several events."""
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: HandoffState, event: Event) -> HandoffState:
    """The state after `event`. Raises TypeError for an event that is no hand-off event."""
    match event:
        case e.HandoffPrepared():
            return _prepared(event)
        case e.CardChanged():
            return replace(state, card=_card(event))
        case e.HandoffBriefed():
            return replace(state, brief=Brief(event.outcome, event.quality_bar, event.good, event.bad))
        case e.HandoffArranged():
            return replace(state, terms=_terms(event))
        case e.HandoffOpened():
            return replace(state, opened=(*state.opened, f"{event.what}:{event.sop}"))
        case e.DelegatorChanged():
            return replace(state, delegator=event.delegator)
        case e.HandoffAccepted():
            return replace(state, level=Level.ACCEPTED, restated=event.restated, missing_access=event.missing_access)
        case e.HandoffQuestionAsked():
            return replace(state, questions=(*state.questions, HandoffQuestion(event.text)))
        case e.HandoffQuestionAnswered():
            return _answered(state, event)
        case e.AccessGiven():
            still = tuple(what for what in state.missing_access if what != event.what)
            return replace(state, missing_access=still)
        case e.RestatementDeclined():
            return replace(state, level=Level.PREPARED, restated="", missing_access=())
        case e.UnderstandingConfirmed():
            return _at(state, Level.PRACTICE)
        case e.ResultNoted():
            return _result_noted(state, event)
        case e.LevelProposed():
            return replace(state, proposal=Level(event.to))
        case e.ProposalDeclined():
            return replace(state, proposal=Level.NONE, clean=0)
        case e.Promoted() | e.SteppedBack():
            return _at(state, Level(event.to))
        case e.HandoffSopChanged():
            return _sop_changed(state, event)
        case e.OwnershipResumed():
            return _at(state, Level.OWNED)
        case e.HandoffReturned():
            left = _at(state, Level.RETURNED)
            return replace(left, reason=event.reason, way_out=event.proposal, options=event.options)
        case e.HandoffRevoked():
            return replace(_at(state, Level.RETURNED), reason=event.reason, way_out="", options=())
    raise TypeError(f"{type(event).__name__} is not an event of a hand-off")


def _prepared(event: e.HandoffPrepared) -> HandoffState:
    return HandoffState(
        level=Level.PREPARED,
        process=event.process,
        step=event.step,
        variation=event.variation,
        person=event.person,
        delegator=event.delegator,
        sop=event.sop,
        card=_card(event),
    )


def _card(event: e.HandoffPrepared | e.CardChanged) -> AccessCard:
    return AccessCard(
        tools=tuple(ToolAccess(*tool) for tool in event.tools),
        no_tools=event.no_tools,
        spend_limit=event.spend_limit,
        may_decide=event.may_decide,
        ask_when=event.ask_when,
        revoker=event.revoker,
    )


def _terms(event: e.HandoffArranged) -> Terms:
    starts = dt.date.fromisoformat(event.starts) if event.starts else None
    return Terms(starts, event.hours, event.time_zone, event.backup)


def _answered(state: HandoffState, event: e.HandoffQuestionAnswered) -> HandoffState:
    questions = list(state.questions)
    questions[event.question] = replace(questions[event.question], answer=event.text)
    return replace(state, questions=tuple(questions))


def _at(state: HandoffState, level: Level) -> HandoffState:
    """At another level everything that was counted and proposed at the old one is void."""
    return replace(state, level=level, clean=0, proposal=Level.NONE, one_run=False)


def _result_noted(state: HandoffState, event: e.ResultNoted) -> HandoffState:
    if not event.counts:
        return state
    if Result(event.result) in GOOD:
        return replace(state, clean=state.clean + 1)
    # What three clean ones proposed is no longer true; a step back is proposed by an event of its own.
    return replace(state, clean=0, proposal=Level.NONE, one_run=False)


def _sop_changed(state: HandoffState, event: e.HandoffSopChanged) -> HandoffState:
    state = replace(state, sop=event.sop)
    if not event.major:
        return state
    if event.for_one_run:
        return replace(_at(state, Level.SUPERVISED), one_run=True)
    # The row of clean ones was about other directions.
    return replace(state, clean=0, proposal=Level.NONE)
