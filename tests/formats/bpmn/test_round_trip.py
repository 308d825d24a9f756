"""Out and in again: the flow of every sound map survives, with and without what only this product writes."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routebook.core.document import Decision, Goes, Handling, Join, Outcome, Process, Step
from routebook.core.process_map import compile_flow
from routebook.formats.bpmn.reading import BpmnFile, read_bpmn
from routebook.formats.bpmn.writing import to_bpmn
from routebook.formats.normal import normal_line, normalise
from tests.core.run.maps import sound_maps
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, VSL
from tests.formats.strategies import filled, texts

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def again(written: str) -> Process:
    file = read_bpmn(written.encode())
    assert isinstance(file, BpmnFile)
    assert file.notes == ()
    return file.drafts[0].process


def flow_of(process: Process) -> object:
    """The flow, whatever the order of the steps: where each outcome leads, and what each step waits for."""
    flow = compile_flow(process)
    return (
        flow.first,
        {
            step: {name: {flow.lines[n] for n in gave} for name, gave in exits.items()}
            for step, exits in flow.exits.items()
        },
        {step: {frozenset(flow.lines[n] for n in group) for group in groups} for step, groups in flow.needs.items()},
    )


@MANY
@given(sound_maps())
def test_the_flow_survives(process: Process) -> None:
    assert flow_of(again(to_bpmn(process))) == flow_of(process)


@MANY
@given(sound_maps())
def test_a_modeller_that_drops_our_words_keeps_the_flow(process: Process) -> None:
    foreign = re.sub(r' routebook:\w+="[^"]*"', "", to_bpmn(process))
    assert flow_of(again(foreign)) == flow_of(process), "the steps' titles give the same ids here"


@MANY
@given(sound_maps())
def test_steps_keep_their_order_titles_and_roles(process: Process) -> None:
    back = again(to_bpmn(process))
    assert [(step.id, step.title, step.role, step.due) for step in back.steps] == [
        (step.id, step.title, step.role, step.due) for step in process.steps
    ]


@MANY
@given(sound_maps(), st.data())
def test_every_word_comes_back(process: Process, data: st.DataObject) -> None:
    """Names, roles, outcomes and notes in any letters, and what a step says beyond the standard."""
    process = worded(process, data)
    back = again(to_bpmn(process))
    assert (back.title, back.notes) == (process.title, process.notes)
    assert back.trigger == process.trigger
    assert [replace(step, then=None, join=None) for step in back.steps] == [
        replace(step, then=None, join=None) for step in process.steps
    ]
    assert flow_of(back) == flow_of(process)


def worded(process: Process, data: st.DataObject) -> Process:
    """The same map in other words. Two outcomes of a step have different names, as an editor asks."""
    steps = tuple(
        replace(step, title=data.draw(filled), role=data.draw(texts), gives=(data.draw(filled),), why=data.draw(texts), then=_worded(step.then, data))
        for step in process.steps
    )  # fmt: skip
    changed = replace(
        process, title=data.draw(filled), notes=data.draw(texts), trigger=data.draw(texts), result="", steps=steps
    )
    return normalise(changed)


def _worded(then: Goes | Decision | None, data: st.DataObject) -> Goes | Decision | None:
    if not isinstance(then, Decision):
        return then
    names = [f"{number} {normal_line(data.draw(texts))}".strip() for number in range(len(then.outcomes))]
    return Decision(tuple(replace(one, when=name) for one, name in zip(then.outcomes, names, strict=True)))


def test_words_and_handling_come_back() -> None:
    process = Process(
        slug="p",
        title="A & B <done>",
        trigger="refund request",
        result="closed ticket",
        notes="Said *once*.\n\n- and more",
        steps=(
            Step(
                id="a",
                title='Say "hello"',
                role="R & D",
                takes=("x", "y"),
                gives=("z",),
                handling=Handling.KEEP,
                why="<me>",
            ),
            Step(
                id="b", title="B", role="Ops", handling=Handling.AUTOMATE, due="1 day", optional=True, no_document="no"
            ),
        ),
    )
    back = again(to_bpmn(process))
    assert back.steps == process.steps
    assert (back.title, back.trigger, back.result, back.notes) == (
        process.title,
        process.trigger,
        process.result,
        process.notes,
    )


def test_alternatives_within_a_join_come_back() -> None:
    steps = (
        Step(id="a", title="A", then=Goes(("b", "c"))),
        Step(
            id="b",
            title="B",
            then=Decision((Outcome("yes", Goes(("d",))), Outcome("no", Goes(("x",))), Outcome("so", Goes(("d",))))),
        ),
        Step(id="c", title="C", then=Goes(("d",))),
        Step(id="x", title="X", then=Goes(("d",))),
        Step(id="d", title="D", join=Join((("b", "x"), ("c",)))),
    )
    process = Process(slug="p", title="P", steps=steps)
    assert flow_of(again(to_bpmn(process))) == flow_of(process)


@pytest.mark.parametrize("process", [REFUND, VSL, PARALLEL, *AWKWARD.values()], ids=lambda process: process.title[:12])
def test_every_draft_can_be_written_and_is_whole(process: Process) -> None:
    """All references lead somewhere, every node has a shape and every flow an edge, and ids are used once."""
    root = ET.fromstring(to_bpmn(process))
    keys = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(keys) == len(set(keys))
    found = root.find(f"{BPMN}process")
    assert found is not None
    drawn = {
        element.get("bpmnElement") for element in root.iter() if element.tag in (f"{DI}BPMNShape", f"{DI}BPMNEdge")
    }
    nodes = {
        node.get("id")
        for node in found
        if node.find(f"{BPMN}incoming") is not None or node.find(f"{BPMN}outgoing") is not None
    }
    flows = found.findall(f"{BPMN}sequenceFlow")
    assert nodes | {one.get("id") for one in flows} <= drawn
    assert {one.get(end) for one in flows for end in ("sourceRef", "targetRef")} == nodes
    lanes = [reference.text for reference in root.iter(f"{BPMN}flowNodeRef")]
    assert len(lanes) == len(set(lanes))
    assert {*lanes} == nodes or not lanes


def test_lanes_are_roles_and_the_pool_is_the_process() -> None:
    root = ET.fromstring(to_bpmn(REFUND))
    assert [lane.get("name") for lane in root.iter(f"{BPMN}lane")] == [
        "Support assistant",
        "Founder",
        "Finance assistant",
    ]
    assert [pool.get("name") for pool in root.iter(f"{BPMN}participant")] == ["Refund a customer"]
    tasks = {task.get("name"): task.tag.removeprefix(BPMN) for task in root.iter() if task.tag.endswith("Task")}
    assert tasks["Confirm and log"] == "serviceTask"
    assert tasks["Approve"] == "userTask"


def test_shapes_of_steps_do_not_overlap() -> None:
    root = ET.fromstring(to_bpmn(PARALLEL))
    areas = []
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find("{http://www.omg.org/spec/DD/20100524/DC}Bounds")
        assert bounds is not None
        if not (shape.get("isHorizontal")):
            areas.append([float(bounds.get(name, "")) for name in ("x", "y", "width", "height")])
    for n, (x, y, width, height) in enumerate(areas):
        for a, b, wide, high in areas[n + 1 :]:
            assert x + width <= a or a + wide <= x or y + height <= b or b + high <= y
