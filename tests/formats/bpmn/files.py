"""BPMN files for the tests, written by hand in the manner of several tools, and random ones."""

from __future__ import annotations

import re

from hypothesis import strategies as st

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def file_of(body: str, *, around: str = "", name: str = ' name="Refund"') -> bytes:
    """One process with this inside; `around` stands beside it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{MODEL}" targetNamespace="t" '
        f'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
        f'{around}\n<process id="P"{name}>\n{body}\n</process></definitions>'
    ).encode()


def flow(*ways: str) -> str:
    """``flow("a > b", "b > c: yes")``: sequence flows, a name after the colon."""
    lines = []
    for number, way in enumerate(ways):
        ends, _, name = way.partition(":")
        source, target = (part.strip() for part in ends.split(">"))
        named = f' name="{name.strip()}"' if name.strip() else ""
        lines.append(f'<sequenceFlow id="f{number}"{named} sourceRef="{source}" targetRef="{target}"/>')
    return "\n".join(lines)


def nodes(**tags: str) -> str:
    """``nodes(a="task Verify", g="exclusiveGateway")``: flow nodes by id, a name after the tag."""
    lines = []
    for key, written in tags.items():
        tag, _, name = written.partition(" ")
        named = f' name="{name}"' if name else ""
        lines.append(f'<{tag} id="{key}"{named}/>')
    return "\n".join(lines)


PLAIN = file_of(
    nodes(
        s="startEvent Asked",
        a="userTask Verify",
        g="exclusiveGateway OK?",
        b="task Pay",
        c="task Decline",
        e="endEvent",
    )
    + flow("s > a", "a > g", "g > b: yes", "g > c: no", "b > e", "c > e")
)

DIALECTS = {
    "bpmn.io": PLAIN.decode()
    .replace(f'xmlns="{MODEL}"', f'xmlns:bpmn="{MODEL}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"')
    .replace(
        "</definitions>",
        '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane bpmnElement="P"/></bpmndi:BPMNDiagram></definitions>',
    ),
    "signavio": PLAIN.decode().replace(
        '<userTask id="a" name="Verify"/>',
        '<userTask id="a" name="Verify&#10;"><documentation textFormat="text/html">&lt;p&gt;Look&lt;/p&gt;</documentation>'
        '<extensionElements><x:signavioMetaData xmlns:x="http://www.signavio.com" metaKey="bgcolor" metaValue="#fff"/>'
        "</extensionElements></userTask>",
    ),
    "with incoming": PLAIN.decode().replace(
        '<endEvent id="e"/>', '<endEvent id="e"><incoming>f4</incoming><incoming>f5</incoming></endEvent>'
    ),
    "with a doctype": PLAIN.decode().replace("<definitions", "<!DOCTYPE definitions>\n<definitions", 1),
    "xml 1.1": PLAIN.decode().replace('version="1.0"', 'version="1.1"', 1),
    "an old namespace": PLAIN.decode().replace(MODEL, "http://schema.omg.org/spec/BPMN/2.0"),
    "no namespace": PLAIN.decode().replace(f'xmlns="{MODEL}" ', ""),
    "an undeclared prefix": PLAIN.decode().replace('<task id="b"', '<task vendor:colour="red" id="b"'),
    "references with a prefix": PLAIN.decode().replace('Ref="', 'Ref="P:'),
    "children of no namespace": re.sub(
        r'xmlns="([^"]+)"', r'xmlns:bpmn="\1"', re.sub(r"(</?)(?=[a-zA-Z])", r"\1bpmn:", PLAIN.decode())
    ).replace('<bpmn:sequenceFlow id="f0"', '<geometry x="1" y="2"/><bpmn:sequenceFlow id="f0"'),
    "said to be utf-16": PLAIN.decode().replace("UTF-8", "utf-16", 1),
}
for _name in ("bpmn.io",):
    DIALECTS[_name] = re.sub(r"(</?)(?=[a-zA-Z])(?!bpmndi)", r"\1bpmn:", DIALECTS[_name])

TAGS = (
    "task",
    "userTask",
    "serviceTask",
    "callActivity",
    "subProcess",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
)
SIMPLE = ("task", "userTask", "exclusiveGateway", "parallelGateway", "startEvent", "endEvent")


@st.composite
def tangles(draw: st.DrawFn, tags: tuple[str, ...] = TAGS) -> tuple[bytes, list[str]]:
    """Any nodes with any flows between them, sound or not; the ids of the nodes."""
    count = draw(st.integers(1, 12))
    keys = [f"n{number}" for number in range(count)]
    named = {
        key: f"{draw(st.sampled_from(tags))} {draw(st.sampled_from(('', 'Verify', 'Pay', 'end')))}" for key in keys
    }
    ways = draw(
        st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys), st.sampled_from(("", ": yes"))), max_size=20)
    )
    body = nodes(**named) + flow(*(f"{a} > {b}{name}" for a, b, name in ways))
    body = re.sub(
        r'<(boundaryEvent) id="(\w+)"',
        lambda found: f'<{found[1]} id="{found[2]}" attachedToRef="{draw(st.sampled_from(keys))}"',
        body,
    )
    return file_of(body), keys


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    """A process of gateways within gateways, as a careful modeller draws it: every run of it can finish."""
    builder = _Blocks(draw)
    last = builder.block("s", depth=4)
    builder.flow(last, "e")
    return file_of('<startEvent id="s"/><endEvent id="e"/>' + "".join(builder.nodes) + "".join(builder.flows))


class _Blocks:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.nodes: list[str] = []
        self.flows: list[str] = []

    def node(self, tag: str) -> str:
        key = f"n{len(self.nodes)}"
        self.nodes.append(f'<{tag} id="{key}" name="{tag[:4]} {key}"/>')
        return key

    def flow(self, source: str, target: str) -> None:
        self.flows.append(f'<sequenceFlow id="f{len(self.flows)}" sourceRef="{source}" targetRef="{target}"/>')

    def block(self, before: str, depth: int) -> str:
        """A block that begins after a node; the node that it ends with. An empty one ends where it begins."""
        kinds = ("task", "empty", "row", "xor", "and", "loop", "implicit") if depth else ("task", "empty")
        match self.draw(st.sampled_from(kinds)):
            case "empty":
                return before
            case "row":
                return self.block(self.block(before, depth - 1), depth - 1)
            case "xor":
                return self.branches(before, "exclusiveGateway", depth)
            case "and":
                return self.branches(before, "parallelGateway", depth)
            case "loop":
                return self.loop(before, depth)
            case "implicit":
                return self.branches(self.task(before), "parallelGateway", depth, split=False)
        return self.task(before)

    def task(self, before: str) -> str:
        key = self.node("task")
        self.flow(before, key)
        return key

    def branches(self, before: str, gate: str, depth: int, *, split: bool = True) -> str:
        opens = before
        if split:
            opens = self.node(gate)
            self.flow(before, opens)
        closes = self.node(gate)
        for _ in range(self.draw(st.integers(2, 3))):
            begins = opens if split else self.task(opens)
            self.flow(self.block(begins, depth - 1), closes)
        return closes

    def loop(self, before: str, depth: int) -> str:
        """A merge, a body with at least one task, and a decision that leads back or on."""
        merge, decide = self.node("exclusiveGateway"), self.node("exclusiveGateway")
        self.flow(before, merge)
        self.flow(self.block(self.task(merge), depth - 1), decide)
        self.flow(decide, merge)
        return decide
