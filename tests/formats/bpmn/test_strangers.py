"""Files that nobody here wrote: whatever they hold, every flow node is told of, and nothing stops the reading."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routebook.formats.bpmn.reading import read_bpmn
from routebook.formats.bpmn.told import told
from routebook.formats.bpmn.tree import Unread
from tests.formats.bpmn.census import MODEL, Census, census, objections
from tests.formats.bpmn.strangers import damaged, stranger

MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)


@MANY
@given(SEEDS, st.booleans())
def test_every_flow_node_of_a_strangers_file_is_told_of(seed: int, plain: bool) -> None:
    data = stranger(seed, plain=plain)
    file = read_bpmn(data)
    assert not isinstance(file, Unread), file
    assert objections(json.loads(json.dumps(told(file))), census(data)) == []


@MANY
@given(SEEDS, st.booleans())
def test_a_damaged_file_comes_in_as_far_as_it_is_xml_with_a_process(seed: int, plain: bool) -> None:
    data = damaged(seed, stranger(seed, plain=plain))
    file = read_bpmn(data)
    counted = counted_in(data)
    if not isinstance(file, Unread):
        assert counted is None or objections(json.loads(json.dumps(told(file))), counted) == []
        return
    assert "\n" not in str(file)
    assert counted is None or not counted.processes or "levels deep" in str(file), file


def counted_in(data: bytes) -> Census | None:
    """None where the standard library finds no XML, or none in an encoding that it knows."""
    try:
        return census(data)
    except (ET.ParseError, ValueError, LookupError):
        return None


def read(body: str, around: str = "") -> dict[str, object]:
    file = read_bpmn(f'<definitions xmlns="{MODEL}" xmlns:v="urn:v">{around}{body}</definitions>'.encode())
    assert not isinstance(file, Unread), file
    return told(file)


def test_definitions_wrapped_in_the_elements_of_another_tool_are_found() -> None:
    data = f'<a xmlns="urn:a"><b><c><definitions xmlns="{MODEL}"><process id="P"><task id="t"/></process></definitions></c></b></a>'
    file = read_bpmn(data.encode())
    assert not isinstance(file, Unread)
    assert [entry.source for entry in file.drafts[0].entries] == ["t"]


def test_a_node_within_the_settings_of_another_tool_is_noted() -> None:
    inner = '<extensionElements><v:x><v:y><task id="inner"/></v:y></v:x></extensionElements>'
    said = read(f'<process id="P"><task id="t">{inner}</task></process>')
    assert [note["element"] for note in said["notes"]] == ["inner"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("space", ["http://x/20 26", "http://x/{a}", "http://x/ü"])
def test_namespaces_may_hold_any_letter(space: str) -> None:
    data = f'<definitions xmlns="{MODEL}" xmlns:v="{space}"><process id="P"><task id="t" v:a="1"><v:b/></task></process></definitions>'
    assert not isinstance(read_bpmn(data.encode()), Unread)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("declared", ["GB2312", "klingon", "ISO-8859-1", "UTF-8"])
def test_what_a_file_begins_with_says_more_than_what_it_declares(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><definitions xmlns="{MODEL}"><process name="Prüfen"/></definitions>'
    file = read_bpmn(text.encode(encoding))
    assert not isinstance(file, Unread), file
    assert file.drafts[0].process.title == "Prüfen"


def test_half_a_letter_at_the_end_is_told() -> None:
    data = f'<definitions xmlns="{MODEL}"/>'.encode("utf-16")[:-1]
    assert str(read_bpmn(data)) == "Line 1: The file begins like one in UTF-16, but it isn't."


def test_a_flow_written_beside_its_process_still_leads_somewhere() -> None:
    flow = '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    nodes = '<task id="a" name="A"/><task id="b" name="B"/>'
    lanes = '<laneSet><lane name="Sales"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    whole = read(f'<process id="P">{lanes}{nodes}{flow}</process>')["processes"]
    for body in (
        f'<process id="P">{nodes}</process><process id="Q">{lanes}{flow}</process>',
        f'<process id="P">{nodes}</process><process id="Q">{lanes}</process>{flow}',
        f'<collaboration>{flow}</collaboration><process id="P">{nodes}</process><process id="Q">{lanes}</process>',
    ):
        assert read(body)["processes"][0]["steps"] == whole[0]["steps"]  # type: ignore[index]


def test_what_parties_say_within_a_process_is_a_step_and_noted() -> None:
    said = read('<process id="P"><choreographyTask id="c" name="Agree"/><implicitThrowEvent id="i"/></process>')
    assert ("Agree", "step") in [(step["title"], step["kind"]) for step in said["processes"][0]["steps"]]  # type: ignore[index]
    assert [note["element"] for note in said["notes"]] == ["c", "i"]  # type: ignore[attr-defined]


def test_spaces_around_an_id_dont_part_it_from_its_references() -> None:
    body = '<task id=" a "/><task id="b&#10;"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    steps = read(f'<process id="P">{body}</process>')["processes"][0]["steps"]  # type: ignore[index]
    assert [step["source"] for step in steps] == [" a ", "b\n"]
    assert read(f'<process id="P">{body}</process>')["processes"][0]["sound"] is True  # type: ignore[index]
    assert read(f'<process id="P">{body}</process>')["kept"] == []
