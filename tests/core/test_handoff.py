"""The hand-off of one step to one person: its journey, its refusals, and its laws."""

import datetime as dt
import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.document import Handling
from routebook.core.events import Event, Refusal, decode, encode, registered, type_of
from routebook.core.handoff import (
    BEGUN,
    LINE,
    NEW_HANDOFF,
    WORKING,
    AccessCard,
    Brief,
    HandoffContext,
    HandoffState,
    Level,
    Receives,
    Result,
    Terms,
    ToolAccess,
    UnknownHandoffSnapshot,
    begun,
    decide,
    evolve,
    fold,
    pack,
    receiver_of,
    unpack,
    waits_for,
    works,
)
from routebook.core.handoff import commands as c
from routebook.core.handoff import events as e

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
CARD = AccessCard(
    tools=(ToolAccess("Stripe", "Mara", "vault: Stripe/finance"),),
    spend_limit="50 a refund",
    may_decide="Refunds up to the approved amount",
    ask_when="The card has expired",
    revoker="tom",
)
MARA = HandoffContext(NOW, "mara", manages=True, sop=7)
JOY = HandoffContext(NOW, "joy")
TOM = HandoffContext(NOW, "tom")
OTTO = HandoffContext(NOW, "otto")
PREPARE = c.Prepare(1, "issue", "joy", CARD)
ACCEPT = c.Accept("The customer has the money, to the cent")


def events_of(state: HandoffState, command: c.HandoffCommand, context: HandoffContext = MARA) -> tuple[Event, ...]:
    decided = decide(state, command, context)
    assert not isinstance(decided, Refusal), decided
    return decided


def after(state: HandoffState, *steps: tuple[c.HandoffCommand, HandoffContext] | c.HandoffCommand) -> HandoffState:
    for step in steps:
        command, context = step if isinstance(step, tuple) else (step, MARA)
        state = fold(state, events_of(state, command, context))
    return state


def refusal(state: HandoffState, command: c.HandoffCommand, context: HandoffContext = MARA) -> str:
    decided = decide(state, command, context)
    assert isinstance(decided, Refusal), decided
    assert decided.sentence.endswith(".")
    return decided.code


def result(kind: Result, level: Level) -> c.NoteResult:
    return c.NoteResult(kind, "run", 3, level)


CONFIRMED = result(Result.CONFIRMED, Level.PRACTICE)
CLEAN = result(Result.CLEAN, Level.SUPERVISED)
REWORKED = result(Result.REWORKED, Level.SUPERVISED)

PREPARED = after(NEW_HANDOFF, PREPARE)
ACCEPTED = after(PREPARED, (ACCEPT, JOY))
PRACTICE = after(ACCEPTED, c.ConfirmUnderstanding())
SUPERVISED = after(PRACTICE, CONFIRMED, CONFIRMED, CONFIRMED, c.Promote())
OWNED = after(SUPERVISED, CLEAN, CLEAN, CLEAN, c.Promote())
RETURNED = after(SUPERVISED, (c.Return("Month-end leaves no time", "Ana could take it"), JOY))
EVERY = [NEW_HANDOFF, PREPARED, ACCEPTED, PRACTICE, SUPERVISED, OWNED, RETURNED]


def test_the_journey_from_prepared_to_owned() -> None:
    assert [state.level for state in EVERY] == [
        Level.NONE, Level.PREPARED, Level.ACCEPTED, Level.PRACTICE, Level.SUPERVISED, Level.OWNED, Level.RETURNED
    ]  # fmt: skip
    assert (OWNED.person, OWNED.delegator, OWNED.step, OWNED.sop) == ("joy", "mara", "issue", 7)
    assert OWNED.card == CARD
    assert OWNED.restated == ACCEPT.restated


def test_three_clean_in_a_row_propose_the_next_level_and_the_delegator_decides() -> None:
    two = after(SUPERVISED, CLEAN, CLEAN)
    assert (two.clean, two.proposal) == (2, Level.NONE)
    three = after(two, CLEAN)
    assert (three.level, three.proposal) == (Level.SUPERVISED, Level.OWNED)
    assert waits_for(three) == "mara"
    assert [type_of(x).name for x in events_of(three, CLEAN)] == ["handoff.result_noted"]
    declined = after(three, c.DeclineProposal("Wait for the month's end"))
    assert (declined.level, declined.clean, declined.proposal) == (Level.SUPERVISED, 0, Level.NONE)
    assert after(declined, CLEAN, CLEAN).proposal is Level.NONE
    assert events_of(three, c.Promote()) == (e.Promoted("owned", True, ""),)


def test_a_rework_breaks_the_row_and_proposes_a_step_back() -> None:
    reworked = after(SUPERVISED, CLEAN, CLEAN, REWORKED)
    assert (reworked.level, reworked.clean, reworked.proposal) == (Level.SUPERVISED, 0, Level.PRACTICE)
    assert after(reworked, c.StepBack()).level is Level.PRACTICE
    instead = after(SUPERVISED, CLEAN, CLEAN, CLEAN, REWORKED)
    assert instead.proposal is Level.PRACTICE
    owned = after(OWNED, result(Result.REWORKED, Level.OWNED))
    assert (owned.level, owned.proposal) == (Level.OWNED, Level.SUPERVISED)


def test_redoing_in_practice_only_breaks_the_row() -> None:
    redone = after(PRACTICE, CONFIRMED, CONFIRMED, CONFIRMED, result(Result.REDONE, Level.PRACTICE))
    assert (redone.level, redone.clean, redone.proposal) == (Level.PRACTICE, 0, Level.NONE)


def test_a_result_from_another_level_is_noted_but_does_not_count() -> None:
    assert events_of(SUPERVISED, CONFIRMED) == (e.ResultNoted("practice confirmed", "run", 3, False),)
    assert after(SUPERVISED, CONFIRMED, result(Result.REDONE, Level.PRACTICE)) == SUPERVISED


@pytest.mark.parametrize("state", [NEW_HANDOFF, PREPARED, ACCEPTED, RETURNED])
def test_a_task_that_ends_without_a_working_hand_off_is_never_refused(state: HandoffState) -> None:
    assert events_of(state, CLEAN) == ()


def test_asking_does_not_count_against_anybody() -> None:
    asked = after(SUPERVISED, CLEAN, CLEAN, (c.Ask("What if the card has expired?"), JOY))
    assert (asked.clean, asked.proposal) == (2, Level.NONE)
    assert waits_for(asked) == "mara"
    answered = after(asked, c.Answer(0, "Stripe still refunds it"))
    assert answered.questions[0].answer == "Stripe still refunds it"
    assert after(answered, CLEAN).proposal is Level.OWNED


def test_practice_waits_for_access_and_answers() -> None:
    state = after(PREPARED, (c.Accept("Money back", ("Stripe", " Stripe ", "")), JOY), (c.Ask("Which account?"), JOY))
    assert state.missing_access == ("Stripe",)
    assert refusal(state, c.ConfirmUnderstanding()) == "access_missing"
    assert refusal(state, c.GiveAccess("Gmail")) == "not_missing"
    state = after(state, c.GiveAccess("Stripe"))
    assert refusal(state, c.ConfirmUnderstanding()) == "question_open"
    assert after(state, c.Answer(0, "The main one"), c.ConfirmUnderstanding()).level is Level.PRACTICE


def test_a_misunderstanding_is_said_again() -> None:
    state = after(ACCEPTED, c.AskToRestate("The customer hears of it, too"))
    assert (state.level, state.restated) == (Level.PREPARED, "")
    assert after(state, (c.Accept("Money and mail"), JOY)).restated == "Money and mail"


def test_a_major_change_steps_ownership_back_for_one_run() -> None:
    changed = after(OWNED, c.SopChanged(8, major=True))
    assert (changed.level, changed.one_run, changed.sop) == (Level.SUPERVISED, True, 8)
    again = after(changed, CLEAN)
    assert (again.level, again.one_run) == (Level.OWNED, False)
    failed = after(changed, REWORKED)
    assert (failed.level, failed.one_run, failed.proposal) == (Level.SUPERVISED, False, Level.PRACTICE)
    assert after(failed, CLEAN).level is Level.SUPERVISED


def test_other_changes_of_the_sop_leave_the_level() -> None:
    minor = after(OWNED, c.SopChanged(8, major=False))
    assert (minor.level, minor.sop) == (Level.OWNED, 8)
    major = after(SUPERVISED, CLEAN, CLEAN, c.SopChanged(8, major=True))
    assert (major.level, major.clean, major.one_run) == (Level.SUPERVISED, 0, False)
    assert events_of(OWNED, c.SopChanged(7, major=True)) == ()
    assert events_of(RETURNED, c.SopChanged(8, major=True)) == ()


def test_a_return_keeps_its_reason_and_can_be_prepared_anew() -> None:
    assert (RETURNED.reason, RETURNED.way_out) == ("Month-end leaves no time", "Ana could take it")
    assert waits_for(RETURNED) == ""
    assert after(RETURNED, PREPARE) == PREPARED
    assert refusal(RETURNED, replace(PREPARE, person="ana")) == "other_handoff"


@pytest.mark.parametrize("state", [PREPARED, ACCEPTED, PRACTICE, SUPERVISED, OWNED])
def test_it_can_be_returned_or_revoked_from_every_level(state: HandoffState) -> None:
    for context in (JOY, MARA):
        assert after(state, (c.Return("No time"), context)).level is Level.RETURNED
    for context in (MARA, TOM):
        assert after(state, (c.Revoke("Left the company"), context)).reason == "Left the company"
    assert refusal(state, c.Revoke("No more"), JOY) == "own_handoff"
    assert refusal(state, c.Return("No"), OTTO) == "not_delegator"
    assert refusal(state, c.Return(" "), JOY) == "reason_needed"
    assert refusal(state, c.Revoke("")) == "reason_needed"


@pytest.mark.parametrize(
    ("command", "context", "code"),
    [
        (PREPARE, JOY, "not_yours"),
        (replace(PREPARE, person="mara"), MARA, "same_person"),
        (replace(PREPARE, delegator="joy"), MARA, "same_person"),
        (PREPARE, replace(MARA, actor="joy"), "same_person"),
        (PREPARE, replace(MARA, receiver_works=False), "no_access"),
        (PREPARE, replace(MARA, handling=Handling.KEEP), "not_delegated"),
        (PREPARE, replace(MARA, sop=0), "no_sop"),
        (replace(PREPARE, card=AccessCard()), MARA, "card_incomplete"),
        (ACCEPT, JOY, "not_active"),
        (c.Promote(), MARA, "not_active"),
    ],
)
def test_what_has_to_be_there_before_a_hand_off_begins(
    command: c.HandoffCommand, context: HandoffContext, code: str
) -> None:
    assert refusal(NEW_HANDOFF, command, context) == code


def test_a_trivial_step_is_handed_off_without_an_sop() -> None:
    assert after(NEW_HANDOFF, (PREPARE, replace(MARA, sop=0, needs_sop=False))).level is Level.PREPARED


def test_somebody_else_can_be_the_delegator() -> None:
    state = after(NEW_HANDOFF, replace(PREPARE, delegator="tom"))
    assert state.delegator == "tom"
    assert after(state, (ACCEPT, JOY), (c.ConfirmUnderstanding(), TOM)).level is Level.PRACTICE
    assert after(state, c.ChangeDelegator("mara")).delegator == "mara"
    assert events_of(state, c.ChangeDelegator("tom")) == ()
    assert refusal(state, c.ChangeDelegator("joy")) == "same_person"


@pytest.mark.parametrize(
    ("state", "command", "context", "code"),
    [
        (PREPARED, PREPARE, MARA, "already_begun"),
        (PREPARED, c.Accept("  "), JOY, "not_restated"),
        (PREPARED, ACCEPT, MARA, "not_receiver"),
        (PREPARED, c.ConfirmUnderstanding(), MARA, "not_accepted"),
        (PREPARED, c.Promote("He is good"), MARA, "not_confirmed"),
        (PREPARED, c.StepBack("Bad"), MARA, "nothing_to_step_back"),
        (PREPARED, c.AskToRestate("No"), MARA, "not_accepted"),
        (ACCEPTED, c.AskToRestate(""), MARA, "reason_needed"),
        (ACCEPTED, ACCEPT, JOY, "already_accepted"),
        (ACCEPTED, c.ConfirmUnderstanding(), JOY, "own_handoff"),
        (ACCEPTED, c.ConfirmUnderstanding(), OTTO, "not_delegator"),
        (ACCEPTED, c.Promote("He is good"), MARA, "not_confirmed"),
        (PRACTICE, c.ConfirmUnderstanding(), MARA, "already_confirmed"),
        (PRACTICE, c.Promote(), MARA, "reason_needed"),
        (PRACTICE, c.Promote("I am good"), replace(JOY, manages=True), "own_handoff"),
        (PRACTICE, c.DeclineProposal(), MARA, "no_proposal"),
        (SUPERVISED, c.StepBack(), MARA, "reason_needed"),
        (SUPERVISED, c.Ask(""), JOY, "empty"),
        (SUPERVISED, c.Answer(0, "x"), MARA, "no_question"),
        (OWNED, c.Promote("More"), MARA, "already_owned"),
        (OWNED, c.ChangeCard(AccessCard(no_tools=True)), MARA, "card_incomplete"),
        (RETURNED, c.Promote("Again"), MARA, "not_active"),
    ],
)
def test_refusals(state: HandoffState, command: c.HandoffCommand, context: HandoffContext, code: str) -> None:
    assert refusal(state, command, context) == code


def test_the_delegator_may_decide_without_a_proposal_but_says_why() -> None:
    assert after(PRACTICE, c.Promote("She did this for years")).level is Level.SUPERVISED
    assert after(OWNED, c.StepBack("New law")).level is Level.SUPERVISED
    assert after(PRACTICE, c.StepBack("Start over")).level is Level.ACCEPTED


def test_the_card_says_what_is_missing_in_its_own_order() -> None:
    assert CARD.missing() == ()
    assert [missing.field for missing in AccessCard().missing()] == [
        "tools", "spend_limit", "may_decide", "ask_when", "revoker"
    ]  # fmt: skip
    assert replace(CARD, tools=(), no_tools=True).missing() == ()
    assert [m.sentence for m in replace(CARD, tools=(ToolAccess("Stripe"),)).missing()] == [
        "Say who owns the account of Stripe.",
        "Say where the vault keeps the access to Stripe.",
    ]
    assert [m.sentence for m in replace(CARD, tools=(ToolAccess(" "),)).missing()] == ["Name the tool."]


def test_the_card_can_change_at_every_level() -> None:
    more = replace(CARD, spend_limit="100 a refund")
    assert after(OWNED, c.ChangeCard(more)).card == more
    assert events_of(OWNED, c.ChangeCard(CARD)) == ()


BRIEF = Brief("The customer has the money", ("To the cent",), "Paid in one go", "Paid twice")
TERMS = Terms(dt.date(2026, 12, 1), "mornings", "Asia/Manila", "ana")


def test_the_offer_says_what_is_handed_over_and_who_and_when() -> None:
    state = after(NEW_HANDOFF, replace(PREPARE, brief=BRIEF, terms=TERMS))
    assert (state.level, state.brief, state.terms) == (Level.PREPARED, BRIEF, TERMS)
    assert (PREPARED.brief, PREPARED.terms) == (Brief(), Terms()), "without them the SOP and the calendar say it"
    later = replace(TERMS, starts=None)
    assert after(state, c.ChangeTerms(later)).terms == later
    assert after(OWNED, c.ChangeBrief(BRIEF)).brief == BRIEF
    assert events_of(state, c.ChangeBrief(BRIEF)) == events_of(state, c.ChangeTerms(TERMS)) == ()
    assert after(after(state, (c.Return("No time"), JOY)), PREPARE).brief == Brief(), "an offer is made anew"


@pytest.mark.parametrize(
    ("brief", "terms", "context", "code", "field"),
    [
        (Brief(" "), Terms(), MARA, "no_outcome", "outcome"),
        (Brief("Money back"), Terms(), replace(MARA, sop=0, needs_sop=False), "no_quality_bar", "quality_bar"),
        (BRIEF, Terms(backup="joy"), MARA, "same_person", "backup"),
    ],
)
def test_an_offer_that_leaves_them_guessing_is_refused(
    brief: Brief, terms: Terms, context: HandoffContext, code: str, field: str
) -> None:
    refused = decide(NEW_HANDOFF, replace(PREPARE, brief=brief, terms=terms), context)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == (code, field)


def test_everything_that_an_offer_lacks_is_said_at_once() -> None:
    offer = replace(PREPARE, person="mara", brief=Brief(" "), card=AccessCard(tools=(ToolAccess("Stripe"),)))
    refused = decide(NEW_HANDOFF, offer, MARA)
    assert isinstance(refused, Refusal)
    assert [one.field for one in refused.all] == [
        *("outcome", "account-0", "vault-0", "spend_limit", "may_decide", "ask_when", "revoker"),
        "person",
    ]
    assert all(one.also == () for one in refused.all)


def test_what_the_receiver_opened_is_known_for_the_version_that_they_work_from() -> None:
    opened = after(PREPARED, (c.Open("sop"), JOY))
    assert (opened.has_opened("sop"), opened.has_opened("recording")) == (True, False)
    assert events_of(opened, c.Open("sop"), JOY) == ()
    assert not after(opened, c.SopChanged(8, major=False)).has_opened("sop")
    assert refusal(PREPARED, c.Open("sop"), MARA) == "not_receiver"
    assert refusal(PREPARED, c.Open("vault"), JOY) == "nothing_to_open"


def test_the_receiver_says_too_that_an_access_works_now() -> None:
    state = after(PREPARED, (c.Accept("Money back", ("Stripe", "Bank")), JOY), (c.GiveAccess("Stripe"), JOY))
    assert state.missing_access == ("Bank",)
    assert refusal(state, c.GiveAccess("Bank"), OTTO) == "not_delegator"


def test_a_return_brings_one_problem_three_options_and_one_recommendation() -> None:
    options = ("Do it weekly", "Ana does it", "Buy a tool")
    state = after(OWNED, (c.Return("Month-end leaves no time", "Ana does it", options), JOY))
    assert (state.reason, state.options, state.way_out) == ("Month-end leaves no time", options, "Ana does it")
    assert refusal(OWNED, c.Return("No time", "Ana", options[:2]), JOY) == "options_missing"
    assert refusal(OWNED, c.Return("No time", " ", options), JOY) == "no_proposal_said"


def test_a_state_of_the_first_release_is_read() -> None:
    form, values = json.loads(pack(OWNED))
    for name in ("options", "brief", "terms", "opened"):
        del values[name]
    assert unpack(json.dumps([form, values])) == OWNED


@pytest.mark.parametrize(
    ("handoffs", "holder", "receives"),
    [
        ([], "ana", Receives("ana")),
        ([], "", Receives("mara")),
        ([PREPARED], "ana", Receives("mara")),
        ([ACCEPTED], "ana", Receives("mara")),
        ([PRACTICE], "ana", Receives("joy", "practice", "mara")),
        ([SUPERVISED], "", Receives("joy", "supervised", "mara")),
        ([OWNED], "ana", Receives("joy", "owned", "mara")),
        ([RETURNED], "ana", Receives("ana")),
        ([replace(PRACTICE, person="ben"), OWNED], "ana", Receives("joy", "owned", "mara")),
        ([replace(ACCEPTED, delegator="tom"), PRACTICE], "ana", Receives("joy", "practice", "mara")),
    ],
)
def test_who_gets_the_task(handoffs: list[HandoffState], holder: str, receives: Receives) -> None:
    assert receiver_of(handoffs, holder, "mara") == receives


def test_begun_and_working_part_the_levels() -> None:
    assert [begun(state) for state in EVERY] == [False, True, True, False, False, False, False]
    assert [works(state) for state in EVERY] == [False, False, False, True, True, True, False]
    assert BEGUN.isdisjoint(WORKING)
    assert BEGUN.union(WORKING) == set(LINE)


def test_who_it_waits_for() -> None:
    assert [waits_for(state) for state in EVERY] == ["", "joy", "mara", "", "", "", ""]


def test_a_packed_state_comes_back_whole_and_a_newer_one_is_told() -> None:
    offered = after(NEW_HANDOFF, replace(PREPARE, brief=BRIEF, terms=TERMS), (c.Open("sop"), JOY))
    rich = after(offered, (ACCEPT, JOY), (c.Ask("Which?"), JOY))
    for state in [*EVERY, rich]:
        assert unpack(pack(state)) == state
    with pytest.raises(UnknownHandoffSnapshot, match="form 99"):
        unpack("[99,{}]")


def test_a_foreign_event_is_an_error() -> None:
    with pytest.raises(TypeError, match="not an event of a hand-off"):
        evolve(NEW_HANDOFF, Event())


def test_every_event_has_a_stable_name_and_says_what_it_is() -> None:
    mine = [kind for kind in registered() if kind.name.startswith("handoff.")]
    assert len(mine) == 21
    for kind in mine:
        assert kind.version == 1
        assert kind.cls.__module__ == "routebook.core.handoff.events"


# --- laws over any sequence of commands ----------------------------------------------------------

words = st.sampled_from(["", "because", "Stripe"])
cards = st.sampled_from([CARD, AccessCard(), replace(CARD, tools=(), no_tools=True)])
any_command: st.SearchStrategy[c.HandoffCommand] = st.one_of(
    st.builds(c.Prepare, st.just(1), st.just("issue"), st.just("joy"), cards),
    st.builds(c.Accept, words, st.lists(words, max_size=2).map(tuple)),
    st.builds(c.Ask, words),
    st.builds(c.Answer, st.integers(0, 2), words),
    st.builds(c.GiveAccess, words),
    st.builds(c.ChangeCard, cards),
    st.builds(c.ChangeDelegator, st.sampled_from(["mara", "joy", "tom"])),
    st.builds(c.AskToRestate, words),
    st.just(c.ConfirmUnderstanding()),
    st.builds(c.Promote, words),
    st.builds(c.StepBack, words),
    st.builds(c.DeclineProposal, words),
    st.builds(c.Return, words, words, st.lists(words, max_size=3).map(tuple)),
    st.builds(c.Open, st.sampled_from(["sop", "recording", "vault"])),
    st.builds(c.ChangeBrief, st.builds(Brief, words, st.just(("On time",)))),
    st.builds(c.ChangeTerms, st.builds(Terms, st.sampled_from([None, dt.date(2026, 12, 1)]), words)),
    st.builds(c.Revoke, words),
    st.builds(c.NoteResult, st.sampled_from(Result), st.just("r"), st.just(1), st.sampled_from(WORKING)),
    st.builds(c.SopChanged, st.integers(7, 9), st.booleans()),
)
# Mostly sensible moves, so that sequences get far; any command in between.
forward: st.SearchStrategy[c.HandoffCommand] = st.sampled_from(
    [PREPARE, ACCEPT, c.ConfirmUnderstanding(), c.Promote("because"), CONFIRMED, CLEAN, c.SopChanged(8, True)]
)
contexts = st.sampled_from([MARA, JOY, TOM, OTTO, replace(JOY, manages=True), replace(MARA, sop=0)])
moves = st.lists(
    st.one_of(
        st.tuples(forward, st.just(MARA)), st.tuples(st.just(ACCEPT), st.just(JOY)), st.tuples(any_command, contexts)
    ),
    max_size=40,
)


def allowed(before: Level, now: Level) -> bool:
    if before is now or now is Level.RETURNED:
        return True
    if before in (Level.NONE, Level.RETURNED):
        return now is Level.PREPARED
    return abs(LINE.index(now) - LINE.index(before)) == 1


@given(moves)
@settings(max_examples=200, deadline=None)
def test_levels_never_skip_and_replay_gives_the_same_state(
    sequence: list[tuple[c.HandoffCommand, HandoffContext]],
) -> None:
    state, stored = NEW_HANDOFF, []
    climbed: list[Level] = []
    for command, context in sequence:
        decided = decide(state, command, context)
        if isinstance(decided, Refusal):
            assert decided.code
            assert decided.sentence
            continue
        for event in decided:
            before, state = state, evolve(state, event)
            kind = type_of(event)
            stored.append((kind.name, kind.version, encode(event)))
            assert allowed(before.level, state.level)
            if state.level is Level.PREPARED and before.level is not Level.ACCEPTED:
                climbed = []
            climbed.append(state.level)
            assert state.proposal is Level.NONE or allowed(state.level, state.proposal)
            assert state.person != state.delegator or state == NEW_HANDOFF
        if state.level is Level.OWNED:
            first = [climbed.index(level) for level in LINE]
            assert first == sorted(first)
    assert fold(NEW_HANDOFF, (decode(*event) for event in stored)) == state
    assert unpack(pack(state)) == state


@given(moves, any_command)
@settings(max_examples=100, deadline=None)
def test_a_receiver_never_decides_about_their_own_level(
    sequence: list[tuple[c.HandoffCommand, HandoffContext]], command: c.HandoffCommand
) -> None:
    state = NEW_HANDOFF
    for one, context in sequence:
        decided = decide(state, one, context)
        state = state if isinstance(decided, Refusal) else fold(state, decided)
    mine = decide(state, command, replace(JOY, manages=True, sop=7))
    if isinstance(command, (*get_args(c.ByDelegator), c.Prepare)):
        assert isinstance(mine, Refusal)
