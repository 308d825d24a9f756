"""How far a hand-off has come, what a decision may look at, and who gets the step's tasks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from routebook.core.document import Handling
from routebook.core.handoff.brief import Brief, Terms
from routebook.core.handoff.card import AccessCard, ToolAccess


class Level(StrEnum):
    """How far a hand-off has come. `NONE` is before anything was prepared."""

    NONE = ""
    PREPARED = "prepared"
    ACCEPTED = "accepted"
    PRACTICE = "practice"
    SUPERVISED = "supervised"
    OWNED = "owned"
    RETURNED = "returned"


LINE = (Level.PREPARED, Level.ACCEPTED, Level.PRACTICE, Level.SUPERVISED, Level.OWNED)
BEGUN = frozenset({Level.PREPARED, Level.ACCEPTED})
"""Begun, but the delegator still gets the tasks."""
WORKING = (Level.OWNED, Level.SUPERVISED, Level.PRACTICE)
"""The levels at which the receiver gets the tasks, the furthest first."""


class Result(StrEnum):
    """How a task of the step ended: a practice task is confirmed or redone by the delegator, any other is
    clean (finished, not returned, review passed) or reworked. Asking a question doesn't count."""

    CLEAN = "clean"
    REWORKED = "reworked"
    CONFIRMED = "practice confirmed"
    REDONE = "practice redone"


GOOD = frozenset({Result.CLEAN, Result.CONFIRMED})

SOP, RECORDING = "sop", "recording"
OPENED = (SOP, RECORDING)
"""What the receiver opens before they say the outcome in their own words."""


@dataclass(frozen=True, slots=True)
class HandoffQuestion:
    """A question of the receiver; `answer` is "" while it is open."""

    text: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class HandoffState:
    """Everything that deciding needs, and what a screen shows.

    `person` is the receiver, `sop` the published SOP version they work from (0 for none), `clean` the clean
    results in a row at this level, `proposal` the level that is proposed (`NONE` for no proposal).
    `one_run`: supervised only until one clean result, because the SOP changed. `missing_access` is what the
    receiver could not open, `questions` are in the order asked, `reason`, `options` and `way_out` belong to a return.
    `opened` says what the receiver opened of which SOP version, as ``sop:7``.
    """

    level: Level = Level.NONE
    process: int = 0
    step: str = ""
    variation: str = ""
    person: str = ""
    delegator: str = ""
    sop: int = 0
    card: AccessCard = field(default_factory=AccessCard)
    restated: str = ""
    missing_access: tuple[str, ...] = ()
    questions: tuple[HandoffQuestion, ...] = ()
    clean: int = 0
    proposal: Level = Level.NONE
    one_run: bool = False
    reason: str = ""
    way_out: str = ""
    options: tuple[str, ...] = ()
    brief: Brief = field(default_factory=Brief)
    terms: Terms = field(default_factory=Terms)
    opened: tuple[str, ...] = ()

    def has_opened(self, what: str) -> bool:
        """Whether the receiver opened the SOP, or its recording, of the version that they work from."""
        return f"{what}:{self.sop}" in self.opened


NEW_HANDOFF = HandoffState()


@dataclass(frozen=True, slots=True)
class HandoffContext:
    """What the store knows when a command comes.

    `manages`: the actor may decide for others in this process. `sop` is the published SOP version of the
    step (0 for none); `needs_sop` is false where the step says `document: none`. `receiver_works`: the
    receiver is a member who may be given this work. `handling` is what was decided about the step.
    """

    now: dt.datetime
    actor: str
    manages: bool = False
    sop: int = 0
    needs_sop: bool = True
    receiver_works: bool = True
    handling: Handling = Handling.DELEGATE


class Standing(Protocol):
    """What is known of one hand-off when a task of its step opens. A `HandoffState` is one."""

    @property
    def person(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def delegator(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Receives:
    """Who gets the task of a step; `level` and `delegator` are "" where they work without a hand-off."""

    person: str
    level: str = ""
    delegator: str = ""


def begun(handoff: Standing) -> bool:
    """Whether it has begun, but not so far that its receiver gets the tasks."""
    return handoff.level in BEGUN


def works(handoff: Standing) -> bool:
    """Whether its receiver gets the tasks: practice or above."""
    return handoff.level in WORKING


def receiver_of(handoffs: Sequence[Standing], role_holder: str, process_owner: str) -> Receives:
    """Who gets the task of a step (× variation), given all its hand-offs.

    The person whose hand-off stands at practice or above, the furthest first; while one has only begun,
    its delegator; where there is none, the role's holder ("" for nobody), else the process's owner.
    """
    for level in WORKING:
        for handoff in handoffs:
            if handoff.level == level:
                return Receives(handoff.person, level, handoff.delegator)
    for handoff in handoffs:
        if begun(handoff):
            return Receives(handoff.delegator)
    return Receives(role_holder or process_owner)


def waits_for(state: HandoffState) -> str:
    """Who has to do something next for the hand-off to go on; "" where only work moves it on."""
    if any(not question.answer for question in state.questions) and state.level is not Level.RETURNED:
        return state.delegator
    if state.level is Level.PREPARED:
        return state.person
    if state.level is Level.ACCEPTED or state.proposal is not Level.NONE:
        return state.delegator
    return ""


SNAPSHOT = 1
"""The version of the packed form."""


class UnknownHandoffSnapshot(ValueError):
    """A packed state of a version that this release does not know."""


def pack(state: HandoffState) -> str:
    """The state as JSON text."""
    return json.dumps([SNAPSHOT, asdict(state)], ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)


def unpack(text: str) -> HandoffState:
    """The state that `pack` wrote. Raises `UnknownHandoffSnapshot` for a newer release's form."""
    version, values = json.loads(text)
    if version != SNAPSHOT:
        raise UnknownHandoffSnapshot(f"the hand-off was stored in form {version}; this release reads form {SNAPSHOT}")
    card = values["card"]
    card["tools"] = tuple(ToolAccess(**tool) for tool in card["tools"])
    return HandoffState(
        **{
            **values,
            "level": Level(values["level"]),
            "proposal": Level(values["proposal"]),
            "card": AccessCard(**card),
            "missing_access": tuple(values["missing_access"]),
            "questions": tuple(HandoffQuestion(**question) for question in values["questions"]),
            # The first release kept none of these.
            "options": tuple(values.get("options", ())),
            "opened": tuple(values.get("opened", ())),
            "brief": _brief(values.get("brief", {})),
            "terms": _terms(values.get("terms", {})),
        }
    )


def _brief(values: dict[str, Any]) -> Brief:
    return Brief(**{**values, "quality_bar": tuple(values.get("quality_bar", ()))})


def _terms(values: dict[str, Any]) -> Terms:
    starts = values.get("starts")
    return Terms(**{**values, "starts": dt.date.fromisoformat(starts) if starts else None})
