"""Every case of `tests/cases/runs`, and that together they show every command, event and refusal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import routebook.core.run
from routebook.core.events import Event, Refusal, registered, type_of
from routebook.core.run import NEW_RUN, RunState, carry_out, pack, unpack
from routebook.core.run import commands as c
from routebook.core.run import events as e
from tests.core.run import company
from tests.core.run.cases import COMMANDS, Case, Line, cases, describes, facts

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    state = NEW_RUN
    for number, line in enumerate(case.path, start=1):
        where = f"line {number}, {line.actor}: {line.command}"
        decided = answer(case, line, state)
        if isinstance(decided, Refusal):
            assert decided.code == line.refused, f"{where}: {decided.sentence}"
            continue
        assert not line.refused, f"{where} was accepted"
        happened, state = decided
        if line.then is not None:
            told = [type_of(event).name for event in happened]
            assert told == [expected.split()[0] for expected in line.then], where
            for expected, event in zip(line.then, happened, strict=True):
                assert describes(expected, event), f"{where}: expected {expected}, got {event}"
        assert unpack(pack(state)) == state
    assert state.status == case.ends


def answer(case: Case, line: Line, state: RunState) -> tuple[tuple[Event, ...], RunState] | Refusal:
    world = {**case.world, **line.setting}
    definition = replace(case.definition, version=world.get("version", 3))
    context = company.context(line.actor, line.minutes, **facts(world))
    return carry_out(definition, state, line.command, replace(context, owner=world.get("owner", company.OWNER)))


def test_the_cases_give_every_command() -> None:
    every = {c.Start, *get_args(c.TaskCommand), c.ReturnTo, c.Cancel}
    assert set(COMMANDS.values()) == every
    assert {type(line.command) for case in CASES for line in case.path if not line.refused} == every


def test_the_cases_expect_every_refusal() -> None:
    expected = {line.refused for case in CASES for line in case.path if line.refused}
    assert expected == set(refusal_codes())


def test_the_cases_expect_every_event() -> None:
    expected = {line.split()[0] for case in CASES for step in case.path for line in step.then or ()}
    assert expected == {kind.name for kind in registered() if kind.cls.__module__ == e.__name__}


def refusal_codes() -> Iterator[str]:
    """The codes that the source of the run can refuse with."""
    for file in Path(routebook.core.run.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("refuse", "Refusal"):
                code = node.args[0]
            elif node.func.id == "said":
                code = node.args[1]
            else:
                continue
            if isinstance(code, ast.Constant):
                yield str(code.value)


NAMES = """
    review.failed review.passed run.cancelled run.completed run.returned run.started task.assigned task.blocked
    task.completed task.due_changed task.escalated task.evidence_added task.handed_over task.item_ticked
    task.opened task.question_answered task.question_asked task.skipped task.started task.submitted
    task.unblocked task.variation_picked
"""


def test_the_names_of_events_never_change() -> None:
    """A stored run knows its events by these names. A new shape is a new version; names are only ever added."""
    kinds = [kind for kind in registered() if kind.cls.__module__ == e.__name__]
    assert [kind.name for kind in kinds] == NAMES.split()
    assert {kind.version for kind in kinds} == {1}
    assert all(issubclass(kind.cls, Event) for kind in kinds)
