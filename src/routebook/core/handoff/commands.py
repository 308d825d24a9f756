"""What people, and the run, may ask of a hand-off."""

from __future__ import annotations

from dataclasses import dataclass, field

from routebook.core.handoff.brief import Brief, Terms
from routebook.core.handoff.card import AccessCard
from routebook.core.handoff.state import Result


@dataclass(frozen=True, slots=True)
class Prepare:
    """Offer the step to `person`, the first time or after a return. Without a `delegator`, the actor is it.

    Without a `brief`, what the SOP says is what is handed over.
    """

    process: int
    step: str
    person: str
    card: AccessCard
    variation: str = ""
    delegator: str = ""
    brief: Brief | None = None
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class ChangeCard:
    card: AccessCard


@dataclass(frozen=True, slots=True)
class ChangeBrief:
    brief: Brief


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    terms: Terms


@dataclass(frozen=True, slots=True)
class ChangeDelegator:
    to: str


@dataclass(frozen=True, slots=True)
class Accept:
    """The receiver says in their own words what comes out of the step, and what they can't open yet."""

    restated: str
    missing_access: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """The receiver opens the SOP or its recording (`what`: one of `OPENED`). Known is that, not for how long."""

    what: str


@dataclass(frozen=True, slots=True)
class Ask:
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`question` counts from 0, in the order asked."""

    question: int
    answer: str


@dataclass(frozen=True, slots=True)
class GiveAccess:
    """What was missing can be opened now, says either side; `what` is one of the state's `missing_access`."""

    what: str


@dataclass(frozen=True, slots=True)
class AskToRestate:
    """The restatement shows a misunderstanding: explain, and let the receiver say it again."""

    note: str


@dataclass(frozen=True, slots=True)
class ConfirmUnderstanding:
    """The restatement is right: practice begins."""


@dataclass(frozen=True, slots=True)
class Promote:
    """To the next level; without an open proposal of it, `reason` is required."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepBack:
    """To the level before; without an open proposal of it, `reason` is required."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeclineProposal:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """Give it back, or take it back: one problem (`reason`), three `options` or none, one `proposal` of a way out."""

    reason: str
    proposal: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revoke:
    """End it and take the access away: the delegator, or whoever the card names."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoteResult:
    """A task of the step ended (said by the run, not by a person). `level` is the task's own level."""

    result: Result
    run: str
    task: int
    level: str


@dataclass(frozen=True, slots=True)
class SopChanged:
    """A new version of the step's SOP was published (said by the store)."""

    sop: int
    major: bool


ByReceiver = Accept | Ask | Open
ByDelegator = (
    ChangeCard
    | ChangeBrief
    | ChangeTerms
    | ChangeDelegator
    | Answer
    | AskToRestate
    | ConfirmUnderstanding
    | Promote
    | StepBack
    | DeclineProposal
)
ByEither = GiveAccess | Return | Revoke
BySystem = NoteResult | SopChanged
HandoffCommand = Prepare | ByReceiver | ByDelegator | ByEither | BySystem
