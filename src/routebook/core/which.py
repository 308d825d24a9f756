"""Which document do I need? Five questions, asked in order; the first yes decides.

The point is the smallest document that does the job: five noes mean that none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import Kind


class Need(StrEnum):
    """What the questions can lead to: one of four kinds of document, a run, or nothing at all."""

    POLICY = "policy"
    PROCESS = "process"
    SOP = "sop"
    WORK_INSTRUCTION = "work-instruction"
    RUN = "run"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class WhichQuestion:
    """One question: `help` says how to tell, `example` shows a yes."""

    id: str
    text: str
    help: str
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is needed, why, and what to do now. `question` is the id that decided, "" after five noes."""

    need: Need
    reason: str
    next_step: str
    question: str = ""

    @property
    def kind(self) -> Kind | None:
        """The kind of document to write; None for a run and for nothing."""
        if self.need in (Need.RUN, Need.NOTHING):
            return None
        return Kind(self.need.value)


class BadAnswers(ValueError):
    """Answers that are not a yes or no for at most five questions."""


QUESTIONS = (
    WhichQuestion(
        id="rule",
        text="Are you setting a rule?",
        help="Something you will or won't do, whoever does the work and however it is done.",
        example="We refund unused services within 14 days.",
    ),
    WhichQuestion(
        id="whole-job",
        text="Do you need to see a whole job, from what sets it off to its result?",
        help="You want to find where it gets stuck, who passes what to whom, or what could leave your plate.",
        example="From the refund request to the closed ticket.",
    ),
    WhichQuestion(
        id="giving-away",
        text="Are you about to hand one step to someone else?",
        help="A person or an agent will do it without you, and it has to come out right every time.",
        example="From Monday the finance assistant issues the refunds.",
    ),
    WhichQuestion(
        id="one-action",
        text="Does a single action keep tripping people up?",
        help="They know what to do, but not where to click or what to type.",
        example="Nobody finds the button for a partial refund.",
    ),
    WhichQuestion(
        id="track",
        text="Do you want to follow the work while it happens?",
        help="Who has it now, when it is due, and what was done, each time anew.",
        example="Where does ticket #482 stand?",
    ),
)

# In the order of QUESTIONS: what a yes leads to.
_ANSWERS = (
    Answer(
        Need.POLICY,
        "A rule says what and why. It outlives every way of following it, so it stands on its own.",
        "Write a policy of one to three sentences, and leave the how out of it.",
        "rule",
    ),
    Answer(
        Need.PROCESS,
        "A whole job is seen on a map. A text that tells everything is read by nobody.",
        "Map the process on one page: what sets it off, the steps in order, the result.",
        "whole-job",
    ),
    Answer(
        Need.SOP,
        "Whoever takes the step needs the directions and the quality bar, for this one step.",
        "Open the step on its map and write its SOP: a checklist, a short recording, the quality bar.",
        "giving-away",
    ),
    Answer(
        Need.WORK_INSTRUCTION,
        "One action needs the exact clicks, not another page about the step around it.",
        "Write a few lines with a picture or a 60-second clip, and link it from the SOP's checklist.",
        "one-action",
    ),
    Answer(
        Need.RUN,
        "Following the work is no document. A run shows who has it and keeps the record.",
        "Start a run of the process.",
        "track",
    ),
)

_NOTHING = Answer(
    Need.NOTHING,
    "It is no rule, nobody else will do it and nobody trips over it: a document would cost more than it gives.",
    "Write nothing. Leave it on the map, so that everyone sees where it fits.",
)


def which(answers: Sequence[bool]) -> Answer | WhichQuestion:
    """The answer to "which document do I need?", or the next question while the answers don't decide.

    `answers` are in the order of `QUESTIONS`; whatever comes after the first yes is ignored.
    Raises `BadAnswers` for more than five.
    """
    if len(answers) > len(QUESTIONS):
        raise BadAnswers(f"There are {len(QUESTIONS)} questions, but {len(answers)} answers were given.")
    if True in answers:
        return _ANSWERS[list(answers).index(True)]
    if len(answers) == len(QUESTIONS):
        return _NOTHING
    return QUESTIONS[len(answers)]


def parse_answers(text: str) -> tuple[bool, ...]:
    """Answers from text such as ``no,no,yes``; empty text is no answer yet.

    Raises `BadAnswers` with a sentence that names the word it did not understand.
    """
    if not text.strip():
        return ()
    return tuple(_parse_answer(word) for word in text.split(","))


def _parse_answer(word: str) -> bool:
    match word.strip().casefold():
        case "yes" | "y":
            return True
        case "no" | "n":
            return False
    raise BadAnswers(f"“{word.strip()}” is neither yes nor no. Write the answers like this: no,no,yes")
