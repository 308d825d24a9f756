"""Every file that is written is right by the standard, whatever the map; and the judge of that finds what is wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routebook.core.document import Process
from routebook.formats.bpmn.reading import read_bpmn
from routebook.formats.bpmn.tree import Unread
from routebook.formats.bpmn.writing import to_bpmn
from tests.core.run.maps import sound_maps
from tests.formats.bpmn.standard import objections
from tests.formats.bpmn.strangers import stranger
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, VSL
from tests.formats.strategies import processes

MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(sound_maps())
def test_what_is_written_of_a_sound_map_is_right(process: Process) -> None:
    assert objections(to_bpmn(process)) == []


@MANY
@given(processes())
def test_what_is_written_of_any_draft_is_right(process: Process) -> None:
    """Awkward letters, steps that lead nowhere, decisions with one outcome, joins that nothing reaches."""
    assert objections(to_bpmn(process)) == []


@MANY
@given(st.integers(0, 2**32))
def test_what_came_from_a_stranger_goes_out_right(seed: int) -> None:
    file = read_bpmn(stranger(seed))
    assert not isinstance(file, Unread)
    for draft in file.drafts:
        assert objections(to_bpmn(draft.process)) == []


@pytest.mark.parametrize("process", [REFUND, VSL, PARALLEL, *AWKWARD.values()], ids=lambda process: process.title[:12])
def test_known_maps_are_right(process: Process) -> None:
    assert objections(to_bpmn(process)) == []


@pytest.mark.parametrize(
    ("pattern", "put", "says"),
    [
        (r' id="start"', "", "startEvent lacks id"),
        (r'sourceRef="start"', 'sourceRef="gone"', "leads from gone"),
        (r"<startEvent ", '<startEvent colour="red" ', "has no attribute colour"),
        (r'isExecutable="false"', 'isExecutable="no"', "isExecutable can't be “no”"),
        (r'id="start"', 'id="1st"', "startEvent.id can't be “1st”"),
        (r'id="lane-2"', 'id="lane-1"', "lane-1 is used 2 times"),
        (r"(?s)(    <laneSet .*?</laneSet>\n)(.*?</process>)", r"\2\1", "laneSet is not allowed in definitions"),
        (r"<incoming>flow-\d+</incoming>\n", "", "names other flows that come in"),
        (r'(?s)      <bpmndi:BPMNShape id="start-shape".*?</bpmndi:BPMNShape>\n', "", "drawn and meant differ"),
        (r'<di:waypoint [^>]*/>\n *(<di:waypoint [^>]*/>\n *</bpmndi)', r"\1", "of ['di:waypoint']"),
        (r'(<dc:Bounds [^>]*width=")\d+', r"\g<1>0", "width can't be"),
        (r'(<di:waypoint x=")\d+', r"\g<1>9000", "ends beside its"),
        (r'<flowNodeRef>start</flowNodeRef>', "", "lanes don't hold each node once"),
        (r'gatewayDirection="Diverging"', 'gatewayDirection="Converging"', "doesn't converge"),
        (r'processRef="[^"]*"', 'processRef="other"', "a pool is of no process"),
        (r'(<bpmndi:BPMNPlane [^>]*bpmnElement=")[^"]*', r"\g<1>other", "the plane is of something else"),
    ],
)  # fmt: skip
def test_the_judge_finds_what_is_wrong(pattern: str, put: str, says: str) -> None:
    written = to_bpmn(REFUND)
    spoiled = re.sub(pattern, put, written, count=1)
    assert spoiled != written
    assert says in " ".join(objections(spoiled))
