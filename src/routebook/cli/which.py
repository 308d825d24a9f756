"""`routebook which`: which document do I need? Five questions; the first yes decides."""

import argparse
import sys
from typing import TYPE_CHECKING

from routebook.cli.main import FINE, CommandError
from routebook.core.which import QUESTIONS, Answer, BadAnswers, WhichQuestion, parse_answers, which

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers

WRITTEN = {"yes": True, "y": True, "no": False, "n": False}


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "which",
        help="which document do I need?",
        description="Five questions, in order; the first yes decides. Without answers it asks.",
        epilog="example:\n  routebook which --answers no,no,yes",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--answers", default=None, metavar="LIST", help="yes or no for each question, with commas")


def run(args: argparse.Namespace) -> int:
    try:
        if args.answers is not None:
            given = which(parse_answers(args.answers))
        elif sys.stdin.isatty():
            given = _asked()
        else:
            given = which(())
    except BadAnswers as error:
        raise CommandError(str(error)) from error
    print(_told(given) if isinstance(given, Answer) else _next(given))
    return FINE


def _asked() -> Answer | WhichQuestion:
    answers: list[bool] = []
    given = which(answers)
    while isinstance(given, WhichQuestion):
        print(f"{len(answers) + 1}. {given.text}\n   {given.help}\n   For example: {given.example}")
        answers.append(_yes_or_no())
        given = which(answers)
    return given


def _yes_or_no() -> bool:
    while True:
        try:
            said = input("   yes or no? ").strip().casefold()
        except EOFError as error:
            raise CommandError("the answers ended before the questions did.") from error
        if said in WRITTEN:
            return WRITTEN[said]


def _told(answer: Answer) -> str:
    need = "no document" if answer.need == "nothing" else answer.need.replace("-", " ")
    named = {"sop": "an SOP", "run": "no document, but a run", "no document": "no document"}.get(need, f"a {need}")
    return f"You need {named}. {answer.reason}\n{answer.next_step}"


def _next(question: WhichQuestion) -> str:
    """Where the answers don't decide yet: the question that comes next, and how to answer it."""
    place = QUESTIONS.index(question)
    answers = ",".join(["no"] * place + ["yes"])
    return f"{question.text}\n{question.help}\nFor example: {question.example}\nAnswer: routebook which --answers {answers}"
