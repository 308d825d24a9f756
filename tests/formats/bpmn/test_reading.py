"""Other tools' files: what becomes a step, what becomes a way out, what is only told."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routebook.core.document import END, Decision, Goes, Handling, Join, Outcome
from routebook.core.process_map import FlowError, compile_flow, problems
from routebook.formats.bpmn.reading import BpmnFile, Draft, read_bpmn
from routebook.formats.bpmn.told import told
from routebook.formats.bpmn.tree import Unread
from routebook.formats.errors import Refused
from routebook.formats.markdown import read_document, write_document
from routebook.formats.normal import is_normal
from tests.formats.bpmn.files import DIALECTS, PLAIN, SIMPLE, blocks, file_of, flow, nodes, tangles


def read(data: bytes) -> BpmnFile:
    file = read_bpmn(data)
    assert isinstance(file, BpmnFile), file
    return file


def first(data: bytes) -> Draft:
    return read(data).drafts[0]


def decides(**ways: str) -> Decision:
    return Decision(tuple(Outcome(when.replace("_", " "), Goes((target,))) for when, target in ways.items()))


def test_gateways_become_the_ways_out_of_the_step_before() -> None:
    file = read(PLAIN)
    process = file.drafts[0].process
    assert [(step.id, step.title) for step in process.steps] == [
        ("verify", "Verify"),
        ("pay", "Pay"),
        ("decline", "Decline"),
    ]
    assert process.steps[0].then == decides(yes="pay", no="decline")
    assert (process.title, process.trigger, process.slug) == ("Refund", "Asked", "refund")
    assert not problems(process)
    assert file.notes == ()
    assert {entry.source: entry.kind for entry in file.drafts[0].entries} == {
        "a": "step", "b": "step", "c": "step", "s": "start", "g": "decision", "e": "end",
    }  # fmt: skip


def test_what_gateways_and_ends_are_called_is_kept_in_the_notes() -> None:
    steps = nodes(
        s="startEvent",
        a="task Look",
        g="exclusiveGateway In two *weeks*?",
        b="task Book",
        c="task Offer another",
        e="endEvent No cake",
        e2="endEvent",
    )
    ways = flow("s > a", "a > g", "g > b: yes", "g > c: no", "b > e2", "c > e")
    draft = first(file_of(steps + ways))
    assert draft.process.notes.splitlines()[-2:] == [
        "- **Look**: the decision is “In two \\*weeks\\*?”",
        "- An end is “No cake”",
    ]
    assert draft.process.result == "", "only some runs end so"


@pytest.mark.parametrize("name", DIALECTS)
def test_dialects_say_the_same(name: str) -> None:
    process = first(DIALECTS[name].encode()).process
    assert [step.title for step in process.steps] == ["Verify", "Pay", "Decline"]
    assert process.steps[0].then == decides(yes="pay", no="decline")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-16", "UTF-16"),
        ("utf-8-sig", "UTF-8"),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("gb2312", "GB2312"),
        ("shift_jis", "Shift_JIS"),
        ("utf-16-le", "UTF-16LE"),
    ],
)
def test_encodings(encoding: str, declared: str) -> None:
    letter = "字" if encoding in ("gb2312", "shift_jis") else "é"
    text = PLAIN.decode().replace("UTF-8", declared, 1).replace("Verify", f"Verify {letter}")
    assert first(text.encode(encoding)).process.steps[0].title == f"Verify {letter}"


def test_a_split_and_its_join_become_all_and_a_join() -> None:
    body = nodes(
        s="startEvent",
        a="task A",
        f="parallelGateway",
        b="task B",
        c="task C",
        j="parallelGateway",
        d="task D",
        e="endEvent",
    )
    draft = first(file_of(body + flow("s > a", "a > f", "f > b", "f > c", "b > j", "c > j", "j > d", "d > e")))
    by_id = {step.id: step for step in draft.process.steps}
    assert by_id["a"].then == Goes(("b", "c"))
    assert by_id["d"].join == Join()
    assert not problems(draft.process)


def test_a_join_before_the_end_needs_no_step_where_the_map_is_sound() -> None:
    body = nodes(
        s="startEvent", a="task A", f="parallelGateway", b="task B", c="task C", j="parallelGateway", e="endEvent"
    )
    ways = flow("s > a", "a > f", "f > b", "f > c", "b > j", "c > j", "j > e")
    draft = first(file_of(body + ways))
    assert [step.id for step in draft.process.steps] == ["a", "b", "c"]
    assert (draft.process.steps[1].then, draft.process.steps[2].then) == (Goes((END,)), None)
    wrong = first(file_of(body.replace('<parallelGateway id="f"', '<exclusiveGateway id="f"') + ways))
    assert "bring-it-together" in [step.id for step in wrong.process.steps], "it never fires, and the map says so"
    assert problems(wrong.process)


def test_a_decision_that_no_step_can_carry_is_a_step() -> None:
    body = nodes(s="startEvent", g="exclusiveGateway Known?", a="task A", b="task B", e="endEvent")
    draft = first(file_of(body + flow("s > g", "g > a: yes", "g > b: no", "a > e", "b > e")))
    assert draft.process.steps[0].title == "Known?"
    assert draft.process.steps[0].then == decides(yes="a", no="b")


def test_rework_is_a_way_back() -> None:
    body = nodes(s="startEvent", m="exclusiveGateway", a="task A", g="exclusiveGateway", e="endEvent")
    draft = first(file_of(body + flow("s > m", "m > a", "a > g", "g > m: again", "g > e: good")))
    assert draft.process.steps[0].then == Decision((Outcome("again", Goes(("a",))), Outcome("good", Goes((END,)))))
    assert not problems(draft.process)


def test_several_starts_are_a_choice_and_no_start_is_all_at_once() -> None:
    body = nodes(m="startEvent By mail", p="startEvent By phone", a="task A", b="task B")
    draft = first(file_of(body + flow("m > a", "p > b")))
    assert draft.process.steps[0].then == Decision(
        (Outcome("By mail", Goes(("a",))), Outcome("By phone", Goes(("b",))))
    )
    loose = first(file_of(nodes(a="task A", b="task B")))
    assert loose.process.steps[0].then == Goes(("a", "b"))
    assert not problems(loose.process)


def test_outcomes_are_named_by_name_condition_default_or_target() -> None:
    ways = (
        '<sequenceFlow id="x" sourceRef="g" targetRef="b"><conditionExpression>${amount &gt; 5}</conditionExpression></sequenceFlow>'
        '<sequenceFlow id="y" sourceRef="g" targetRef="c"/><sequenceFlow id="z" sourceRef="g" targetRef="d"/>'
    )
    body = (
        nodes(a="task A", b="task B", c="task C", d="task D") + '<exclusiveGateway id="g" default="y"/>' + flow("a > g")
    )
    then = first(file_of(body + ways)).process.steps[0].then
    assert isinstance(then, Decision)
    assert [outcome.when for outcome in then.outcomes] == ["${amount > 5}", "otherwise", "to D"]


def test_lanes_are_roles_the_innermost_that_has_a_name() -> None:
    lanes = (
        '<laneSet><lane name="Company"><childLaneSet><lane name="Finance"><flowNodeRef>a</flowNodeRef></lane>'
        "<lane><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>"
    )
    steps = first(file_of(lanes + nodes(a="task A", b="task B") + flow("a > b"))).process.steps
    assert [step.role for step in steps] == ["Finance", "Company"]


def test_pools_name_roles_where_there_are_several_and_messages_are_given_and_taken() -> None:
    around = (
        '<collaboration><participant id="pc" name="Customer"/><participant id="pp" name="Shop" processRef="P"/>'
        '<messageFlow id="m" name="order" sourceRef="pc" targetRef="a"/><messageFlow id="n" sourceRef="a" targetRef="pc"/></collaboration>'
    )
    file = read(file_of(nodes(a="task A"), around=around))
    step = file.drafts[0].process.steps[0]
    assert (step.role, step.takes, step.gives) == ("Shop", ("order",), ("message to Customer",))
    assert [kept.text for kept in file.kept] == ["Another party takes part: Customer"]


def test_who_is_named_as_a_resource_of_the_file_is_the_role() -> None:
    owner = '<potentialOwner name="Owner of A"><resourceRef>r</resourceRef></potentialOwner>'
    said = "<resourceAssignmentExpression><formalExpression>'Sales'</formalExpression></resourceAssignmentExpression>"
    body = f'<userTask id="a" name="A">{owner}</userTask><userTask id="b" name="B"><humanPerformer>{said}</humanPerformer></userTask>'
    steps = first(file_of(body + flow("a > b"), around='<resource id="r" name="Team assistant"/>')).process.steps
    assert [step.role for step in steps] == ["Team assistant", "Sales"]


def test_a_performer_is_a_role_and_a_formula_is_not() -> None:
    body = '<userTask id="a" name="A" camunda:candidateGroups="finance"/><userTask id="b" name="B" camunda:assignee="${x}"/>'
    steps = first(file_of(body + flow("a > b"))).process.steps
    assert [step.role for step in steps] == ["finance", ""]


def test_data_and_texts_at_a_step_are_kept_there() -> None:
    body = (
        '<task id="a" name="A"><documentation>Look twice.</documentation><dataInputAssociation><sourceRef>d</sourceRef>'
        '</dataInputAssociation></task><dataObjectReference id="d" name="Invoice" dataObjectRef="o"/><dataObject id="o"/>'
        '<textAnnotation id="t"><text>Only in May</text></textAnnotation><association sourceRef="a" targetRef="t"/>'
        '<textAnnotation id="u"><text>Loose words</text></textAnnotation>'
    )
    file = read(file_of(body))
    process = file.drafts[0].process
    assert process.steps[0].takes == ("Invoice",)
    assert "**A**: Look twice." in process.notes
    assert "**A**: Only in May" in process.notes
    assert [(kept.element, kept.text) for kept in file.kept] == [("u", "Loose words")]
    assert "Loose words (`u`, line 4)" in process.notes


def test_what_a_map_cannot_say_is_listed_with_its_line() -> None:
    body = (
        nodes(s="startEvent", a="userTask Wait", b="task B", e="endEvent")
        + '\n<boundaryEvent id="late" name="too late" attachedToRef="a"><timerEventDefinition><timeDuration>PT4H</timeDuration></timerEventDefinition></boundaryEvent>'
        + '\n<intermediateCatchEvent id="reply" name="Reply"><messageEventDefinition/></intermediateCatchEvent>'
        + flow("s > a", "a > reply", "reply > e", "late > b", "b > e")
    )
    file = read(file_of(body))
    assert [(note.element, note.line) for note in file.notes] == [("late", 8), ("reply", 9)]
    assert "a timer (PT4H) can interrupt “Wait”" in file.notes[0].reason
    steps = {step.id: step for step in file.drafts[0].process.steps}
    assert steps["wait"].then == decides(done="reply", too_late="b")
    assert "`late`, line 8: a timer" in file.drafts[0].process.notes


def test_the_inside_of_a_sub_process_is_a_draft_of_its_own() -> None:
    inside = (
        '<subProcess id="u" name="Check twice">'
        + nodes(x="task X", y="task Y")
        + '<sequenceFlow id="i" sourceRef="x" targetRef="y"/></subProcess>'
    )
    file = read(file_of(nodes(s="startEvent") + inside + flow("s > u")))
    assert [
        (draft.process.title, draft.parent, [step.id for step in draft.process.steps]) for draft in file.drafts
    ] == [
        ("Refund", "", ["check-twice"]),
        ("Check twice", "P", ["x", "y"]),
    ]
    assert "check-twice" in file.notes[0].reason


def test_handling_comes_from_what_a_machine_does() -> None:
    steps = first(file_of(nodes(a="serviceTask A", b="userTask B") + flow("a > b"))).process.steps
    assert [step.handling for step in steps] == [Handling.AUTOMATE, Handling.UNDECIDED]


def test_flows_that_lead_nowhere_and_ids_used_twice_do_not_stop_it() -> None:
    file = read(
        file_of(nodes(a="task A") + '<task id="a" name="Again"/><task name="Nameless"/>' + flow("a > gone", "gone > a"))
    )
    assert [step.title for step in file.drafts[0].process.steps if step.title != "Begin"] == ["A", "Again", "Nameless"]
    assert [kept.element for kept in file.kept] == ["f0", "f1"]


def test_a_link_goes_on_at_the_event_of_the_same_name() -> None:
    link = '<{0} id="{1}"><linkEventDefinition name="L"/></{0}>'
    body = (
        nodes(a="task A", b="task B")
        + link.format("intermediateThrowEvent", "t")
        + link.format("intermediateCatchEvent", "c")
    )
    file = read(file_of(body + flow("a > t", "c > b")))
    assert [step.id for step in file.drafts[0].process.steps] == ["a", "b"]
    assert not problems(file.drafts[0].process)
    assert file.notes == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"no bpmn", "not well-formed"),
        (PLAIN[:-20], "not well-formed"),
        (PLAIN.replace(b"Verify", b"Verif\xff"), "not well-formed"),
        (b"<html><body/></html>", "no process"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "no process"),
        (b'<process xmlns="http://docs.oasis-open.org/wsbpel/2.0/process/executable"/>', "no process"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><a/>', "entities"),
        (b'<!DOCTYPE a SYSTEM "x.dtd"><a>&x;</a>', "entity"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "no known encoding"),
        (b'<?xml version="1.0" encoding="zlib"?><a/>', "can't be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a>\xff\xff</a>', "but it isn't"),
        (b"<a>" * 5000, "levels deep"),
        (file_of("<subProcess>" * 300 + "</subProcess>" * 300), "levels deep"),
        (file_of('<task id="a"/>' * 6000), "flow nodes"),
        (b"<" + b"a" * (8 * 1024 * 1024), "larger than"),
    ],
    ids=lambda value: repr(value[-30:]) if isinstance(value, bytes) else value,
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(data: bytes, says: str) -> None:
    unread = read_bpmn(data)
    assert isinstance(unread, Unread)
    assert says in str(unread)
    assert "\n" not in str(unread)


MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(tangles())
def test_every_flow_node_is_a_source_or_noted(tangle: tuple[bytes, list[str]]) -> None:
    data, keys = tangle
    file = read(data)
    said = told(file)
    sources = {entry["source"] for process in said["processes"] for entry in process["steps"]}
    assert {*keys} <= sources | {note["element"] for note in said["notes"]}


@MANY
@given(tangles(SIMPLE))
def test_of_plain_files_nothing_is_left_and_the_map_is_well_formed(tangle: tuple[bytes, list[str]]) -> None:
    data, keys = tangle
    file = read(data)
    assert file.notes == ()
    assert {*keys} <= {entry.source for entry in file.drafts[0].entries}
    if file.drafts[0].process.steps:
        compile_flow(file.drafts[0].process)


@MANY
@given(blocks())
def test_what_was_drawn_with_care_comes_in_sound(data: bytes) -> None:
    file = read(data)
    assert (file.notes, file.kept) == ((), ())
    process = file.drafts[0].process
    if process.steps:
        assert problems(process) == ()


def test_a_join_whose_way_on_merges_with_others_waits_by_itself() -> None:
    body = nodes(
        s="startEvent", f="parallelGateway", x="exclusiveGateway", a="task A", g="parallelGateway", b="task B", c="task C",
        h="parallelGateway", m="exclusiveGateway", d="task D", j="parallelGateway", z="task Z", e="endEvent",
    )  # fmt: skip
    ways = flow(
        *("s > f", "f > x", "f > d", "x > a", "x > g", "g > b", "g > c", "b > h", "c > h"),
        *("h > m", "a > m", "m > j", "d > j", "j > z", "z > e"),
    )
    process = first(file_of(body + ways)).process
    by_id = {step.id: step for step in process.steps}
    assert by_id["z"].join == Join((("bring-it-together", "a"), ("d",))) or by_id["z"].join == Join(
        (("a", "bring-it-together"), ("d",))
    )
    assert not problems(process)


@MANY
@given(tangles())
def test_every_draft_is_a_document_that_can_be_written_and_has_a_flow(tangle: tuple[bytes, list[str]]) -> None:
    for draft in read(tangle[0]).drafts:
        assert is_normal(draft.process)
        back = read_document(f"processes/{draft.process.slug}.md", write_document(draft.process))
        assert not isinstance(back, Refused)
        assert back.document == draft.process
        try:
            compile_flow(draft.process)
        except FlowError as error:
            assert [problem.code for problem in error.problems] == ["no-steps"]  # noqa: PT017


@MANY
@given(st.sampled_from([PLAIN, *(text.encode() for text in DIALECTS.values())]), st.data())
def test_damaged_files_are_read_or_refused_but_never_stop_it(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(data)))
        length = draw.draw(st.integers(0, 40))
        put = draw.draw(
            st.sampled_from(
                [b"", b"<", b">", b'"', b"&", b"\xff", b"</task>", b"<task>", b'id="a"', data[at : at + 60]]
            )
        )
        data = data[:at] + put + data[at + length :]
    assert isinstance(read_bpmn(data), BpmnFile | Unread)
