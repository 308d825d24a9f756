"""What the store keeps of a run: the packed form, and events that it does not know."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from routebook.core.document import Process, Step
from routebook.core.events import Refusal, UnknownEvent, decode, encode
from routebook.core.handoff.events import HandoffAccepted
from routebook.core.run import NEW_RUN, Definition, RunState, carry_out, compile_definition, evolve, pack, unpack
from routebook.core.run import commands as c
from routebook.core.run.events import TaskBlocked
from routebook.core.run.form import read_number
from routebook.core.run.state import UnknownSnapshot
from tests.core.run import company


@pytest.fixture
def definition() -> Definition:
    return compile_definition(Process(slug="tea", title="Make tea", steps=(Step(id="boil", title="Boil"),)), 7, 3)


@pytest.fixture
def state(definition: Definition) -> RunState:
    decided = carry_out(definition, NEW_RUN, c.Start(1), company.context())
    assert not isinstance(decided, Refusal)
    return decided[1]


def test_a_new_run_packs_too() -> None:
    assert unpack(pack(NEW_RUN)) == NEW_RUN


def test_a_run_stored_by_a_newer_release_is_not_misread(state: RunState) -> None:
    stored = json.loads(pack(state))
    with pytest.raises(UnknownSnapshot, match="form 99"):
        unpack(json.dumps([99, *stored[1:]]))


def test_a_run_stored_in_another_shape_is_not_misread(state: RunState) -> None:
    version, run, questions, tasks = json.loads(pack(state))
    assert tasks
    turned = [[*task[:5], *reversed(task[5:])] for task in tasks]
    with pytest.raises(UnknownSnapshot, match="can't be read"):
        unpack(json.dumps([version, run, questions, turned], separators=(",", ":")))
    with pytest.raises(UnknownSnapshot, match="can't be read"):
        unpack(pack(state)[:-1])


def test_a_run_of_the_first_release_is_read(state: RunState) -> None:
    """It spelt out the offset of a time."""
    stored = pack(state).replace('Z"', '+00:00"')
    assert "+00:00" in stored
    assert unpack(stored) == state


def test_an_event_of_the_first_release_is_read() -> None:
    stored = '{"on":"vendor","task":1,"why":"no water","at":"2026-11-22T09:30:00.000001+00:00"}'
    blocked = TaskBlocked(1, "vendor", "no water", dt.datetime(2026, 11, 22, 9, 30, 0, 1, dt.UTC))
    assert decode("task.blocked", 1, stored) == blocked
    assert decode("task.blocked", 1, encode(blocked)) == blocked


def test_an_event_of_a_newer_release_is_not_misread() -> None:
    with pytest.raises(UnknownEvent, match=r"run\.paused version 1"):
        decode("run.paused", 1, "{}")


def test_only_events_of_a_run_change_a_run(state: RunState) -> None:
    with pytest.raises(TypeError, match="is not an event of a run"):
        evolve(state, HandoffAccepted.__new__(HandoffAccepted))


def test_two_states_share_nothing_that_can_change(definition: Definition, state: RunState) -> None:
    before = pack(state)
    for command in (c.Ask(1, "How hot?"), c.BlockTask(1, "vendor", "no water"), c.Cancel("no tea")):
        assert not isinstance(carry_out(definition, state, command, company.context()), Refusal)
    assert pack(state) == before
    assert pack(NEW_RUN) == pack(RunState())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("120", "120"),
        ("-3.50", "-3.50"),
        ("1,250.50", "1250.50"),
        ("1 250", "1250"),
        ("1,250,000", "1250000"),
        ("119,50", ""),
        ("1,2,3", ""),
        ("1e5", ""),
        ("NaN", ""),
        ("1_000", ""),
        ("", ""),
        ("9999999999999999", ""),
        ("\u0661\u0662", ""),
    ],
)
def test_a_number_is_read_only_where_it_means_one_thing(text: str, number: str) -> None:
    assert read_number(text) == number
