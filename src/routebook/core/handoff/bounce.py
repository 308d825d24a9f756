"""What came back although it was handed off, and what would keep it gone. Counted per step, never per person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MANY_QUESTIONS = 3
"""So many questions about one version of an SOP say that the SOP leaves something open."""
MOST_FIXES = 3


class Way(StrEnum):
    """How it came back: given back by the receiver, taken back by the delegator, or one task of it done by the
    delegator although the receiver was there."""

    GIVEN_BACK = "given back"
    TAKEN_BACK = "taken back"
    TAKEN_OVER = "taken over"


@dataclass(frozen=True, slots=True)
class Bounce:
    """One time that it came back. `run` is the number of the run for a task that was taken over, else 0."""

    way: Way
    at: dt.datetime
    reason: str = ""
    options: tuple[str, ...] = ()
    proposal: str = ""
    run: int = 0


class Fix(StrEnum):
    """What would keep it gone."""

    ANSWERS = "put the answers into the SOP"
    BAR = "write the quality bar"
    EXAMPLE = "show a bad example"
    RECORDING = "record it once"
    SECOND = "let a second person learn it"
    AGAIN = "prepare it again"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What is known of one step that was handed off: `reworks` are results that had to be done again, `questions`
    those about the SOP as it stands, `able` who can do it without practising, `going_on` whether a hand-off runs."""

    bounces: Sequence[Bounce] = ()
    reworks: int = 0
    questions: int = 0
    has_bar: bool = True
    has_example: bool = True
    has_recording: bool = True
    able: int = 1
    going_on: bool = True


def fixes(record: StepRecord) -> tuple[Fix, ...]:
    """What would fix it, the most telling first, at most three; none where nothing came back and nobody asks."""
    went_wrong = bool(record.bounces or record.reworks)
    taken_over = any(bounce.way is Way.TAKEN_OVER for bounce in record.bounces)
    found = (
        (Fix.ANSWERS, record.questions >= MANY_QUESTIONS),
        (Fix.BAR, went_wrong and not record.has_bar),
        (Fix.EXAMPLE, went_wrong and not record.has_example),
        (Fix.SECOND, taken_over and record.able < 2),
        (Fix.RECORDING, went_wrong and not record.has_recording),
        (Fix.AGAIN, bool(record.bounces) and not record.going_on),
    )
    return tuple(fix for fix, fits in found if fits)[:MOST_FIXES]
