"""`decide`: what a command does to a hand-off, or why it can't be done."""

from __future__ import annotations

from collections.abc import Iterator

from routebook.core.document import Handling
from routebook.core.events import Event, Refusal, together
from routebook.core.handoff import commands as c
from routebook.core.handoff import events as e
from routebook.core.handoff.brief import Brief, Terms
from routebook.core.handoff.card import AccessCard
from routebook.core.handoff.state import (
    BEGUN,
    GOOD,
    LINE,
    OPENED,
    WORKING,
    HandoffContext,
    HandoffState,
    Level,
    Result,
)

CLEAN_IN_A_ROW = 3
"""So many clean results in a row propose the next level."""
OPTIONS = 3
"""One problem, three options, one recommendation."""

Events = tuple[Event, ...]
Decided = Events | Refusal


def decide(state: HandoffState, command: c.HandoffCommand, context: HandoffContext) -> Decided:
    """The events that carry out the command (none where nothing changes), or why it can't be."""
    if isinstance(command, c.NoteResult):
        return _note_result(state, command)
    if isinstance(command, c.SopChanged):
        return _sop_changed(state, command)
    if isinstance(command, c.Prepare):
        return _prepare(state, command, context)
    if state.level in (Level.NONE, Level.RETURNED):
        return Refusal("not_active", "This hand-off is not going on: prepare it first.")
    refusal = _may(state, command, context)
    if refusal is not None:
        return refusal
    return _decide_active(state, command, context)


def _may(
    state: HandoffState, command: c.ByReceiver | c.ByDelegator | c.ByEither, context: HandoffContext
) -> Refusal | None:
    is_receiver = context.actor == state.person
    if isinstance(command, c.Accept | c.Ask | c.Open):
        return None if is_receiver else Refusal("not_receiver", "Only the person who takes the step on can do this.")
    if isinstance(command, c.Return | c.GiveAccess) and is_receiver:
        return None
    if isinstance(command, c.Revoke) and context.actor == state.card.revoker:
        return None
    if is_receiver:
        return Refusal("own_handoff", "Nobody decides about their own hand-off: ask the person who delegates.")
    if context.actor == state.delegator or context.manages:
        return None
    return Refusal("not_delegator", "Only the person who delegates the step can do this.")


def _decide_active(
    state: HandoffState, command: c.ByReceiver | c.ByDelegator | c.ByEither, context: HandoffContext
) -> Decided:
    match command:
        case c.Accept():
            return _accept(state, command)
        case c.Ask():
            return _ask(state, command)
        case c.Open():
            return _open(state, command)
        case c.ChangeCard():
            return _change_card(state, command)
        case c.ChangeBrief():
            return _change_brief(state, command)
        case c.ChangeTerms():
            return _change_terms(state, command)
        case c.ChangeDelegator():
            return _change_delegator(state, command)
        case c.Answer():
            return _answer(state, command)
        case c.GiveAccess():
            return _give_access(state, command)
        case c.AskToRestate():
            return _ask_to_restate(state, command)
        case c.ConfirmUnderstanding():
            return _confirm(state)
        case c.Promote():
            return _promote(state, command)
        case c.StepBack():
            return _step_back(state, command)
        case c.DeclineProposal():
            return _decline(state, command)
        case c.Return():
            return _return(command, context)
        case c.Revoke():
            return _revoke(command, context)


def _prepare(state: HandoffState, command: c.Prepare, context: HandoffContext) -> Decided:
    delegator = command.delegator or context.actor
    if state.level not in (Level.NONE, Level.RETURNED):
        return Refusal("already_begun", "This step is already being handed off to this person.")
    if state.level is Level.RETURNED and _identity(state) != _identity(command):
        return Refusal("other_handoff", "A hand-off stays with its step and its person: prepare another one.")
    if not context.manages:
        return Refusal("not_yours", "Only who manages the process can hand its steps off.")
    if context.handling in (Handling.KEEP, Handling.DROP):
        return Refusal("not_delegated", "This step is not meant to be handed off: decide to delegate it first.")
    if context.needs_sop and not context.sop:
        return Refusal("no_sop", "Publish the SOP of this step first, so that there is something to hand off.")
    refusal = together(
        (
            *shortcomings(command.brief, command.card, command.terms, command.person, needs_bar=not context.sop),
            *_wrong_person(command, context),
        )
    )
    if refusal is not None:
        return refusal
    return (
        e.HandoffPrepared(
            command.process,
            command.step,
            command.variation,
            command.person,
            delegator,
            context.sop,
            *_card_values(command.card),
        ),
        *_briefed(command.brief or Brief(), Brief()),
        *_arranged(command.terms, Terms()),
    )


def _identity(what: HandoffState | c.Prepare) -> tuple[int, str, str, str]:
    return what.process, what.step, what.variation, what.person


def _wrong_person(command: c.Prepare, context: HandoffContext) -> Iterator[Refusal]:
    if command.person in (command.delegator or context.actor, context.actor):
        yield Refusal("same_person", "Hand the step off to somebody else than yourself.", "person")
    elif not context.receiver_works:
        yield Refusal("no_access", "This person can't be given work of this process.", "person")


def shortcomings(
    brief: Brief | None, card: AccessCard, terms: Terms, person: str, *, needs_bar: bool
) -> tuple[Refusal, ...]:
    """Everything that the three parts of an offer lack, in the order of the form. `needs_bar`: no SOP has one."""
    return (*_vague(brief, needs_bar=needs_bar), *_incomplete(card), *_unfit(terms, person))


def _incomplete(card: AccessCard) -> Iterator[Refusal]:
    for missing in card.missing():
        yield Refusal("card_incomplete", missing.sentence, missing.field)


def _vague(brief: Brief | None, *, needs_bar: bool) -> Iterator[Refusal]:
    if brief is None:
        return
    if not brief.outcome.strip():
        yield Refusal("no_outcome", "Say in a sentence what comes out of this step.", "outcome")
    if needs_bar and not brief.quality_bar:
        sentence = "No SOP says when it is done: write at least one line by which anybody can tell."
        yield Refusal("no_quality_bar", sentence, "quality_bar")


def _unfit(terms: Terms, person: str) -> Iterator[Refusal]:
    if terms.backup and terms.backup == person:
        yield Refusal("same_person", "Somebody else has to stand in while they are away.", "backup")


def _briefed(brief: Brief, known: Brief) -> Events:
    if brief == known:
        return ()
    return (e.HandoffBriefed(brief.outcome.strip(), brief.quality_bar, brief.good.strip(), brief.bad.strip()),)


def _arranged(terms: Terms, known: Terms) -> Events:
    if terms == known:
        return ()
    starts = terms.starts.isoformat() if terms.starts else ""
    return (e.HandoffArranged(starts, terms.hours.strip(), terms.time_zone, terms.backup),)


def _card_values(card: AccessCard) -> tuple[tuple[tuple[str, str, str], ...], bool, str, str, str, str]:
    tools = tuple((tool.tool, tool.account_owner, tool.vault) for tool in card.tools)
    return tools, card.no_tools, card.spend_limit, card.may_decide, card.ask_when, card.revoker


def _accept(state: HandoffState, command: c.Accept) -> Decided:
    if state.level is not Level.PREPARED:
        return Refusal("already_accepted", "You have accepted this step already.")
    if not command.restated.strip():
        return Refusal("not_restated", "Say in your own words what comes out of this step.", "restated")
    missing = dict.fromkeys(what.strip() for what in command.missing_access if what.strip())
    return (e.HandoffAccepted(command.restated.strip(), tuple(missing)),)


def _ask(state: HandoffState, command: c.Ask) -> Decided:
    if not command.question.strip():
        return Refusal("empty", "Write the question.", "question")
    return (e.HandoffQuestionAsked(len(state.questions), command.question.strip(), state.delegator),)


def _open(state: HandoffState, command: c.Open) -> Decided:
    if command.what not in OPENED or not state.sop:
        return Refusal("nothing_to_open", "There is no such thing to open here.")
    return () if state.has_opened(command.what) else (e.HandoffOpened(command.what, state.sop),)


def _change_brief(state: HandoffState, command: c.ChangeBrief) -> Decided:
    return together(_vague(command.brief, needs_bar=not state.sop)) or _briefed(command.brief, state.brief)


def _change_terms(state: HandoffState, command: c.ChangeTerms) -> Decided:
    return together(_unfit(command.terms, state.person)) or _arranged(command.terms, state.terms)


def _change_card(state: HandoffState, command: c.ChangeCard) -> Decided:
    refusal = together(_incomplete(command.card))
    if refusal is not None:
        return refusal
    return () if command.card == state.card else (e.CardChanged(*_card_values(command.card)),)


def _change_delegator(state: HandoffState, command: c.ChangeDelegator) -> Decided:
    if not command.to or command.to == state.person:
        return Refusal("same_person", "Somebody else than the receiver has to delegate the step.", "to")
    return () if command.to == state.delegator else (e.DelegatorChanged(command.to),)


def _answer(state: HandoffState, command: c.Answer) -> Decided:
    if not 0 <= command.question < len(state.questions):
        return Refusal("no_question", "There is no such question.", "question")
    if not command.answer.strip():
        return Refusal("empty", "Write the answer.", "answer")
    return (e.HandoffQuestionAnswered(command.question, command.answer.strip()),)


def _give_access(state: HandoffState, command: c.GiveAccess) -> Decided:
    if command.what not in state.missing_access:
        return Refusal("not_missing", "Nobody said that this access is missing.", "what")
    return (e.AccessGiven(command.what),)


def _ask_to_restate(state: HandoffState, command: c.AskToRestate) -> Decided:
    if state.level is not Level.ACCEPTED:
        return Refusal("not_accepted", "There is no restatement to talk about at this level.")
    if not command.note.strip():
        return Refusal("reason_needed", "Say what you meant, so that they can say it again.", "note")
    return (e.RestatementDeclined(command.note.strip()),)


def _confirm(state: HandoffState) -> Decided:
    if state.level is Level.PREPARED:
        return Refusal("not_accepted", "The receiver has not yet said the outcome in their own words.")
    if state.level is not Level.ACCEPTED:
        return Refusal("already_confirmed", "The understanding has been confirmed already.")
    if state.missing_access:
        return Refusal("access_missing", f"Access is still missing: {', '.join(state.missing_access)}.")
    if any(not question.answer for question in state.questions):
        return Refusal("question_open", "Answer the open questions first.")
    return (e.UnderstandingConfirmed(),)


def _promote(state: HandoffState, command: c.Promote) -> Decided:
    if state.level in BEGUN:
        return Refusal("not_confirmed", "Practice begins when you confirm the restatement.")
    if state.level is Level.OWNED:
        return Refusal("already_owned", "They own this step already.")
    return _move(state, _next(state.level), command.reason, e.Promoted)


def _step_back(state: HandoffState, command: c.StepBack) -> Decided:
    if state.level in BEGUN:
        return Refusal("nothing_to_step_back", "They have not begun to practise: take the step back instead.")
    return _move(state, _before(state.level), command.reason, e.SteppedBack)


def _move(state: HandoffState, to: Level, reason: str, kind: type[e.Promoted] | type[e.SteppedBack]) -> Decided:
    proposed = state.proposal is to
    if not proposed and not reason.strip():
        return Refusal("reason_needed", "The results don't propose this: say why you do it.", "reason")
    return (kind(to, proposed, reason.strip()),)


def _decline(state: HandoffState, command: c.DeclineProposal) -> Decided:
    if state.proposal is Level.NONE:
        return Refusal("no_proposal", "Nothing is proposed.")
    return (e.ProposalDeclined(state.proposal, command.reason.strip()),)


def _return(command: c.Return, context: HandoffContext) -> Decided:
    if not command.reason.strip():
        return Refusal("reason_needed", "Say why: it helps to make the next try a better one.", "reason")
    options = tuple(option.strip() for option in command.options if option.strip())
    if options and len(options) != OPTIONS:
        return Refusal("options_missing", "Write three options; the third is often the good one.", "options")
    if options and not command.proposal.strip():
        return Refusal("no_proposal_said", "Say which of the three you would take.", "proposal")
    return (e.HandoffReturned(context.actor, command.reason.strip(), command.proposal.strip(), options),)


def _revoke(command: c.Revoke, context: HandoffContext) -> Decided:
    if not command.reason.strip():
        return Refusal("reason_needed", "Say why the access is taken away.", "reason")
    return (e.HandoffRevoked(context.actor, command.reason.strip()),)


def _note_result(state: HandoffState, command: c.NoteResult) -> Decided:
    # A task may end after its hand-off did; that must never stop the run.
    if state.level not in WORKING:
        return ()
    counts = command.level == state.level
    noted = e.ResultNoted(command.result, command.run, command.task, counts)
    if not counts:
        return (noted,)
    return (noted, *_follows(state, command.result))


def _follows(state: HandoffState, result: Result) -> tuple[Event, ...]:
    """What a counting result brings about: a level again, a proposal, or nothing."""
    if result in GOOD:
        if state.one_run:
            return (e.OwnershipResumed(),)
        if state.level is Level.OWNED or state.proposal is not Level.NONE or state.clean + 1 < CLEAN_IN_A_ROW:
            return ()
        return (e.LevelProposed(_next(state.level)),)
    # Redoing is what practice is for; from there only the delegator steps back.
    if state.level is Level.PRACTICE:
        return ()
    return (e.LevelProposed(_before(state.level)),)


def _sop_changed(state: HandoffState, command: c.SopChanged) -> Decided:
    if state.level in (Level.NONE, Level.RETURNED) or command.sop == state.sop:
        return ()
    return (e.HandoffSopChanged(command.sop, command.major, command.major and state.level is Level.OWNED),)


def _next(level: Level) -> Level:
    return LINE[LINE.index(level) + 1]


def _before(level: Level) -> Level:
    return LINE[LINE.index(level) - 1]
