"""What happened in a hand-off. Who acted and when stand in the envelope that the journal keeps."""

from __future__ import annotations

from dataclasses import dataclass

from routebook.core.events import Event, event


@event("handoff.prepared")
@dataclass(frozen=True, slots=True)
class HandoffPrepared(Event):
    """The step was offered to `person` by `delegator`. `process` is the document's id, `sop` the published
    version; `tools` are ``(tool, account owner, vault)``, the rest is the access and authority card."""

    process: int
    step: str
    variation: str
    person: str
    delegator: str
    sop: int
    tools: tuple[tuple[str, str, str], ...]
    no_tools: bool
    spend_limit: str
    may_decide: str
    ask_when: str
    revoker: str


@event("handoff.card_changed")
@dataclass(frozen=True, slots=True)
class CardChanged(Event):
    """The access and authority card says something else now; fields as in `handoff.prepared`."""

    tools: tuple[tuple[str, str, str], ...]
    no_tools: bool
    spend_limit: str
    may_decide: str
    ask_when: str
    revoker: str


@event("handoff.briefed")
@dataclass(frozen=True, slots=True)
class HandoffBriefed(Event):
    """What is handed over: the outcome, the lines of the quality bar, a good and a bad example. What is empty, the
    SOP says."""

    outcome: str
    quality_bar: tuple[str, ...]
    good: str
    bad: str


@event("handoff.arranged")
@dataclass(frozen=True, slots=True)
class HandoffArranged(Event):
    """Who and when: the first day (an ISO date, "" for at once), working hours in words and the time zone (both "" for
    the receiver's own), and who stands in ("" for the role's backup)."""

    starts: str
    hours: str
    time_zone: str
    backup: str


@event("handoff.opened")
@dataclass(frozen=True, slots=True)
class HandoffOpened(Event):
    """The receiver opened the SOP or its recording (`what`) of version `sop`, the first time."""

    what: str
    sop: int


@event("handoff.delegator_changed")
@dataclass(frozen=True, slots=True)
class DelegatorChanged(Event):
    """Somebody else decides about this hand-off from now on."""

    delegator: str


@event("handoff.accepted")
@dataclass(frozen=True, slots=True)
class HandoffAccepted(Event):
    """The receiver took it on: the outcome in their own words, and what they can't open yet."""

    restated: str
    missing_access: tuple[str, ...]


@event("handoff.question_asked")
@dataclass(frozen=True, slots=True)
class HandoffQuestionAsked(Event):
    """Question number `question` (from 0); `to` is who should answer."""

    question: int
    text: str
    to: str


@event("handoff.question_answered")
@dataclass(frozen=True, slots=True)
class HandoffQuestionAnswered(Event):
    """The question numbered `question` has its answer."""

    question: int
    text: str


@event("handoff.access_given")
@dataclass(frozen=True, slots=True)
class AccessGiven(Event):
    """`what` was missing and can be opened now."""

    what: str


@event("handoff.restatement_declined")
@dataclass(frozen=True, slots=True)
class RestatementDeclined(Event):
    """The delegator saw a misunderstanding; the hand-off is prepared again, `note` says what was meant."""

    note: str


@event("handoff.understanding_confirmed")
@dataclass(frozen=True, slots=True)
class UnderstandingConfirmed(Event):
    """Practice begins."""


@event("handoff.result_noted")
@dataclass(frozen=True, slots=True)
class ResultNoted(Event):
    """Task `task` of run `run` ended with `result`; `counts` is false where it was done at another level."""

    result: str
    run: str
    task: int
    counts: bool


@event("handoff.level_proposed")
@dataclass(frozen=True, slots=True)
class LevelProposed(Event):
    """The results speak for level `to`; the delegator decides."""

    to: str


@event("handoff.proposal_declined")
@dataclass(frozen=True, slots=True)
class ProposalDeclined(Event):
    """The level stays; counting begins anew."""

    to: str
    reason: str


@event("handoff.promoted")
@dataclass(frozen=True, slots=True)
class Promoted(Event):
    """The delegator raised the level to `to`; `proposed` says whether the results had proposed it."""

    to: str
    proposed: bool
    reason: str


@event("handoff.stepped_back")
@dataclass(frozen=True, slots=True)
class SteppedBack(Event):
    """The delegator lowered the level to `to`; `proposed` as in `handoff.promoted`."""

    to: str
    proposed: bool
    reason: str


@event("handoff.sop_changed")
@dataclass(frozen=True, slots=True)
class HandoffSopChanged(Event):
    """A new SOP version counts; `for_one_run`: owned steps back to supervised until one clean result."""

    sop: int
    major: bool
    for_one_run: bool


@event("handoff.resumed")
@dataclass(frozen=True, slots=True)
class OwnershipResumed(Event):
    """One clean run with the changed SOP: owned again."""


@event("handoff.returned")
@dataclass(frozen=True, slots=True)
class HandoffReturned(Event):
    """Given or taken back, with the reason, the options that they see and the one that they propose. `by` is who did
    it."""

    by: str
    reason: str
    proposal: str
    options: tuple[str, ...] = ()


@event("handoff.revoked")
@dataclass(frozen=True, slots=True)
class HandoffRevoked(Event):
    """Ended, and the access taken away."""

    by: str
    reason: str
