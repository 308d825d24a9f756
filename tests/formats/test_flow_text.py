"""The flow as people type it: both ways, and what bad text is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routebook.core.document import END, Decision, Goes, Join, Outcome, Step
from routebook.formats.flow_text import Misread, read_join, read_then, write_join, write_then

STEPS = tuple(
    Step(id=name, title=title)
    for name, title in (
        ("request", "Request received"),
        ("verify", "Verify eligibility"),
        ("decline", "Decline and explain"),
        ("approve", "Approve"),
        ("issue", "Issue the refund"),
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("end", Goes((END,))),
        ("The end", Goes((END,))),
        ("go to 4", Goes(("approve",))),
        ("back to 1", Goes(("request",))),
        ("→ approve", Goes(("approve",))),
        ("Decline and explain", Goes(("decline",))),
        ("go to Decline and explain", Goes(("decline",))),
        ("at the same time 3 and 5", Goes(("decline", "issue"))),
        ("all: 3, 4, 5", Goes(("decline", "approve", "issue"))),
        (
            "if eligible go to 4; if not eligible go to 3",
            Decision((Outcome("eligible", Goes(("approve",))), Outcome("not eligible", Goes(("decline",))))),
        ),
        (
            "eligible → 4; not eligible → end",
            Decision((Outcome("eligible", Goes(("approve",))), Outcome("not eligible", Goes((END,))))),
        ),
        ("if it is late, end", Decision((Outcome("it is late", Goes((END,))),))),
        ("if sales end go to 4", Decision((Outcome("sales end", Goes(("approve",))),))),
        ("when it is paid, then go to 4 and 5", Decision((Outcome("it is paid", Goes(("approve", "issue"))),))),
    ],
)
def test_reads_what_people_type(text: str, expected: object) -> None:
    assert read_then(text, STEPS) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("go to 9", "There is no step 9; the list has 5."),
        ("go to Aprove", "Did you mean “Approve”?"),
        ("if eligible; if not go to 3", "says no outcome"),
        ("at the same time 3 and end", "The end can't be one of several"),
        ("at the same time 3 and 3", "named twice"),
        ("if ok go to 3; if OK go to 4", "leads two ways"),
        ("bananas", "There is no step “bananas”"),
    ],
)
def test_says_what_is_wrong(text: str, told: str) -> None:
    answer = read_then(text, STEPS)
    assert isinstance(answer, Misread)
    assert told in answer.sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("all", Join()),
        ("2, 3", Join((("verify",), ("decline",)))),
        ("2, 3 or 4", Join((("verify",), ("decline", "approve")))),
        ("2 and (3 or 4)", Join((("verify",), ("decline", "approve")))),
    ],
)
def test_reads_what_a_step_waits_for(text: str, expected: Join | None) -> None:
    assert read_join(text, STEPS) == expected


def test_an_unknown_step_to_wait_for_is_told() -> None:
    assert isinstance(read_join("2, 8", STEPS), Misread)


def test_a_step_that_is_gone_is_called_by_its_title_and_told_to_be_unknown() -> None:
    gone, left = STEPS[2], (*STEPS[:2], *STEPS[3:])
    step = Step(
        id="verify", title="x", then=Decision((Outcome("ok", Goes(("approve",))), Outcome("no", Goes(("decline",)))))
    )
    text = write_then(step, left, [gone])
    assert text == "if ok go to 3; if no go to “Decline and explain”"
    answer = read_then(text, left)
    assert isinstance(answer, Misread)
    assert answer.sentence.startswith("There is no step “Decline and explain”")
    assert read_then("at the same time “Decline and explain” and 4", STEPS) == Goes(("decline", "approve"))
    assert isinstance(read_then("go to \0 and 2", STEPS), Misread)


ids = st.sampled_from([step.id for step in STEPS])
several = st.lists(ids, min_size=1, max_size=3, unique=True).map(lambda found: Goes(tuple(found)))
one = several | st.just(Goes((END,)))
names = st.sampled_from(["eligible", "not eligible", "paid late", "needs another pass"])
decisions = st.lists(st.tuples(names, one), min_size=1, max_size=4, unique_by=lambda pair: pair[0]).map(
    lambda pairs: Decision(tuple(Outcome(when, goes) for when, goes in pairs))
)


@given(then=st.none() | one | decisions, at=st.integers(0, 4))
def test_reading_what_was_written_gives_it_back(then: Goes | Decision | None, at: int) -> None:
    step = Step(id=STEPS[at].id, title="x", then=then)
    assert read_then(write_then(step, STEPS), STEPS) == then


groups = st.lists(st.lists(ids, min_size=1, max_size=2, unique=True).map(tuple), max_size=3).map(tuple)


@given(join=st.none() | groups.map(Join))
def test_reading_a_written_join_gives_it_back(join: Join | None) -> None:
    assert read_join(write_join(join, STEPS), STEPS) == join
