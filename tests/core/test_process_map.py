"""Compiling a map: its lines, exits and needs, what can open next, and maps that have no flow."""

from __future__ import annotations

import pytest

from routebook.core.document import Decision, Goes, Join, Outcome, Process, Step
from routebook.core.process_map import FlowError, compile_flow, next_opening, opening_for, problems
from tests.core.flows import cases, process_of


def named(case):
    return case["name"]


@pytest.mark.parametrize("case", cases("sound.yaml"), ids=named)
def test_a_map_compiles_to_lines_exits_and_needs(case):
    flow = compile_flow(process_of(case))
    lines = list(flow.lines)
    assert lines[0] == ("start", flow.first) == ("start", case["steps"][0]["id"])
    assert [list(line) for line in lines[1:]] == case.get("lines", [list(line) for line in lines[1:]])
    for step, exits in case.get("exits", {}).items():
        assert {name: [flow.lines[line][1] for line in gave] for name, gave in flow.exits[step].items()} == exits
    for step, needs in case.get("needs", {}).items():
        assert [[flow.lines[line][0] for line in group] for group in flow.needs[step]] == needs


@pytest.mark.parametrize("case", cases("ill_formed.yaml"), ids=named)
def test_an_ill_formed_map_says_what_is_wrong_and_where(case):
    process = process_of(case)
    with pytest.raises(FlowError) as caught:
        compile_flow(process)
    assert problems(process) == caught.value.problems
    expect(caught.value.problems, case["problems"])


def expect(found, expected):
    told = [(problem.code, problem.path, list(problem.steps)) for problem in found]
    assert told == [(each["code"], each["path"], each["steps"]) for each in expected], [each.sentence for each in found]
    for problem, each in zip(found, expected, strict=True):
        assert all(words in problem.sentence for words in each["says"]), problem.sentence


def test_every_problem_of_the_shape_is_told_at_once():
    process = Process(
        slug="p",
        title="P",
        steps=(
            Step(id="a", title="A", then=Goes(("x",)), join=Join()),
            Step(id="end", title="B", then=Decision(())),
        ),
    )
    assert [problem.code for problem in problems(process)] == [
        "unknown-target",
        "join-on-first",
        "reserved-id",
        "no-outcome",
    ]


@pytest.fixture
def joined():
    """a goes to b, c and d at once; e waits for b and for one of c and d."""
    return compile_flow(
        Process(
            slug="p",
            title="P",
            steps=(
                Step(id="a", title="A", then=Goes(("b", "c", "d"))),
                Step(id="b", title="B", then=Goes(("e",))),
                Step(id="c", title="C", then=Goes(("e",))),
                Step(id="d", title="D", then=Decision((Outcome("on", Goes(("e",))), Outcome("off", Goes(("end",)))))),
                Step(id="e", title="E", join=Join((("b",), ("d", "c")))),
            ),
        )
    )


def number(flow, *lines):
    """The numbers of lines written as two letters, source and target."""
    return tuple(flow.lines.index((source, target)) for source, target in lines)


def test_a_run_opens_the_first_step_of_the_list_that_can_open(joined):
    marked = number(joined, "ad", "ac", "be")
    assert next_opening(joined, marked) == ("c", number(joined, "ac"))


def test_an_opening_takes_the_first_marked_line_of_each_group(joined):
    marked = set(number(joined, "be", "ce", "de"))
    assert opening_for(joined, "e", marked) == number(joined, "be", "ce")
    assert opening_for(joined, "e", marked - set(number(joined, "ce"))) == number(joined, "be", "de")


def test_a_step_that_waits_does_not_open_before_all_have_come(joined):
    assert opening_for(joined, "e", number(joined, "ce", "de")) is None
    assert next_opening(joined, number(joined, "ce", "de")) is None
    assert next_opening(joined, ()) is None


def test_the_token_of_the_start_opens_the_first_step(joined):
    assert next_opening(joined, {0}) == ("a", (0,))


def test_one_token_on_any_line_opens_a_step_without_a_join():
    flow = compile_flow(
        Process(
            slug="p",
            title="P",
            steps=(
                Step(id="a", title="A"),
                Step(
                    id="b", title="B", then=Decision((Outcome("good", Goes(("end",))), Outcome("again", Goes(("a",)))))
                ),
            ),
        )
    )
    assert opening_for(flow, "a", {0}) == (0,)
    assert opening_for(flow, "a", number(flow, "ba")) == number(flow, "ba")
