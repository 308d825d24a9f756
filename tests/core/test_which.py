"""Which document do I need: five questions, the first yes decides."""

from itertools import product

import pytest

from routebook.core.document import Kind
from routebook.core.which import QUESTIONS, Answer, BadAnswers, Need, WhichQuestion, parse_answers, which

NEEDS = [Need.POLICY, Need.PROCESS, Need.SOP, Need.WORK_INSTRUCTION, Need.RUN]


@pytest.mark.parametrize("place", range(5))
def test_the_first_yes_decides_whatever_comes_after_it(place: int) -> None:
    for rest in product([True, False], repeat=4 - place):
        answer = which([False] * place + [True, *rest])
        assert isinstance(answer, Answer)
        assert answer.need is NEEDS[place]
        assert answer.question == QUESTIONS[place].id


def test_five_noes_need_no_document() -> None:
    answer = which([False] * 5)
    assert isinstance(answer, Answer)
    assert answer.need is Need.NOTHING
    assert answer.kind is None
    assert "on the map" in answer.next_step


@pytest.mark.parametrize("given", range(5))
def test_noes_so_far_lead_to_the_next_question(given: int) -> None:
    assert which([False] * given) is QUESTIONS[given]


def test_a_run_is_not_a_document() -> None:
    answer = which(parse_answers("no,no,no,no,yes"))
    assert isinstance(answer, Answer)
    assert answer.need is Need.RUN
    assert answer.kind is None


def test_every_document_answer_names_its_kind() -> None:
    kinds = []
    for place in range(4):
        answer = which([False] * place + [True])
        assert isinstance(answer, Answer)
        kinds.append(answer.kind)
    assert kinds == [Kind.POLICY, Kind.PROCESS, Kind.SOP, Kind.WORK_INSTRUCTION]


def test_a_sixth_answer_is_an_error() -> None:
    with pytest.raises(BadAnswers, match="5 questions, but 6 answers"):
        which([False] * 6)


@pytest.mark.parametrize(
    ("text", "answers"),
    [("", ()), ("no", (False,)), ("no,no,yes", (False, False, True)), (" N , Yes ", (False, True))],
)
def test_answers_are_read_from_text(text: str, answers: tuple[bool, ...]) -> None:
    assert parse_answers(text) == answers


@pytest.mark.parametrize("text", ["maybe", "no,,yes", "no;yes"])
def test_text_that_is_no_answer_is_named(text: str) -> None:
    with pytest.raises(BadAnswers, match="neither yes nor no"):
        parse_answers(text)


def test_every_question_says_how_to_tell_and_shows_an_example() -> None:
    assert len({question.id for question in QUESTIONS}) == 5
    for question in QUESTIONS:
        assert isinstance(question, WhichQuestion)
        assert question.text.endswith("?")
        assert question.help
        assert question.example
