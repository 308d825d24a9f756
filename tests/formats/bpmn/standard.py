"""What BPMN 2.0.2 asks of a file, for the part of it that is written here: `objections(xml) -> [sentences]`.

Drawn from the specification: chapters 8 to 10 for the model (an element's attributes, and its children in their order),
12.2 for the diagram, and the rules on references, flows and gateways that a schema can't say. The official schemas are
asked by `bin/bench bpmn`, which has them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from routebook.formats.bpmn.model import OWN_NAMESPACE

SPACES = {
    "": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
NEAR = 1.5
"""How far a line's end may lie from the border of its shape."""


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(pattern, value) is not None


NAME = _matches(r"[A-Za-z_][\w.\-]*")
"""An NCName, as ids and references without a prefix are."""
TRUTH = _matches("true|false")
NUMBER = _matches(r"-?\d+(\.\d+)?")
ANYTHING = _matches(r"(?s).*")
SIZE = _matches(r"\d*[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Rule:
    """An element: its attributes with what their values are, and its children in order: (names, fewest, most)."""

    required: dict[str, Callable[[str], bool]]
    optional: dict[str, Callable[[str], bool]]
    children: tuple[tuple[frozenset[str], int, int], ...] = ()
    text: bool = False


def _some(names: str, fewest: int = 0, most: int = 100_000) -> tuple[frozenset[str], int, int]:
    return frozenset(names.split()), fewest, most


TASKS = "task userTask serviceTask"
NODES = f"{TASKS} startEvent endEvent exclusiveGateway parallelGateway"
DIRECTION = _matches("Unspecified|Converging|Diverging|Mixed")
WAYS = (_some("documentation"), _some("incoming"), _some("outgoing"))
NODE = Rule({"id": NAME}, {"name": ANYTHING}, WAYS)
GATEWAY = Rule({"id": NAME}, {"name": ANYTHING, "gatewayDirection": DIRECTION}, WAYS)
TEXT = Rule({}, {}, text=True)

RULES: dict[str, Rule] = {
    "definitions": Rule(
        {"targetNamespace": ANYTHING},
        {"id": NAME, "name": ANYTHING, "exporter": ANYTHING, "exporterVersion": ANYTHING},
        (_some("collaboration process", 1), _some("bpmndi:BPMNDiagram", 0, 1)),
    ),
    "collaboration": Rule({"id": NAME}, {"name": ANYTHING}, (_some("participant", 1),)),
    "participant": Rule({"id": NAME}, {"name": ANYTHING, "processRef": NAME}),
    "process": Rule(
        {"id": NAME},
        {"name": ANYTHING, "isExecutable": TRUTH},
        (_some("documentation"), _some("laneSet"), _some(f"{NODES} sequenceFlow"), _some("textAnnotation association")),
    ),
    "laneSet": Rule({"id": NAME}, {}, (_some("lane", 1),)),
    "lane": Rule({"id": NAME}, {"name": ANYTHING}, (_some("flowNodeRef"),)),
    "sequenceFlow": Rule({"id": NAME, "sourceRef": NAME, "targetRef": NAME}, {"name": ANYTHING}),
    **dict.fromkeys((*TASKS.split(), "startEvent", "endEvent"), NODE),
    **dict.fromkeys(("exclusiveGateway", "parallelGateway"), GATEWAY),
    **dict.fromkeys(("flowNodeRef", "incoming", "outgoing"), TEXT),
    "documentation": Rule({}, {"id": NAME, "textFormat": ANYTHING}, text=True),
    "bpmndi:BPMNDiagram": Rule({}, {"id": NAME}, (_some("bpmndi:BPMNPlane", 1, 1),)),
    "bpmndi:BPMNPlane": Rule({"bpmnElement": NAME}, {"id": NAME}, (_some("bpmndi:BPMNShape bpmndi:BPMNEdge"),)),
    "bpmndi:BPMNShape": Rule(
        {"bpmnElement": NAME},
        {"id": NAME, "isHorizontal": TRUTH, "isMarkerVisible": TRUTH},
        (_some("dc:Bounds", 1, 1), _some("bpmndi:BPMNLabel", 0, 1)),
    ),
    "bpmndi:BPMNEdge": Rule(
        {"bpmnElement": NAME}, {"id": NAME}, (_some("di:waypoint", 2), _some("bpmndi:BPMNLabel", 0, 1))
    ),
    "bpmndi:BPMNLabel": Rule({}, {"id": NAME}, (_some("dc:Bounds", 0, 1),)),
    "dc:Bounds": Rule({"x": NUMBER, "y": NUMBER, "width": SIZE, "height": SIZE}, {}),
    "di:waypoint": Rule({"x": NUMBER, "y": NUMBER}, {}),
}


def objections(xml: str) -> list[str]:
    """What the standard has against a file; nothing, if it is right."""
    root = ET.fromstring(xml)
    if _tag(root) != "definitions":
        return ["the root is no definitions"]
    for stage in (_shape(root, "definitions"), _ids(root), _flows(root), _drawing(root)):
        if found := list(stage):
            return found
    return []


# The shape of each element


def _tag(element: ET.Element) -> str:
    space, _, name = element.tag[1:].partition("}")
    prefix = next((prefix for prefix, full in SPACES.items() if full == space), "?")
    return f"{prefix}:{name}" if prefix else name


def _shape(element: ET.Element, tag: str) -> Iterator[str]:
    rule = RULES[tag]
    yield from _attributes(element, tag, rule)
    if not rule.text and (element.text or "").strip():
        yield f"{tag} holds text"
    place = 0
    counts: Counter[int] = Counter()
    for child in element:
        name = _tag(child)
        at = next((n for n in range(place, len(rule.children)) if name in rule.children[n][0]), None)
        if at is None:
            yield f"{name} is not allowed in {tag}, or not there"
            continue
        place = at
        counts[at] += 1
        yield from _shape(child, name)
        if (child.tail or "").strip():
            yield f"{tag} holds text"
    for at, (names, fewest, most) in enumerate(rule.children):
        if not fewest <= counts[at] <= most:
            yield f"{tag} has {counts[at]} of {sorted(names)}"


def _attributes(element: ET.Element, tag: str, rule: Rule) -> Iterator[str]:
    known = rule.required | rule.optional
    for name, value in element.attrib.items():
        if name.startswith(f"{{{OWN_NAMESPACE}}}"):
            continue
        if name not in known:
            yield f"{tag} has no attribute {name}"
        elif not known[name](value):
            yield f"{tag}.{name} can't be “{value}”"
    yield from (f"{tag} lacks {name}" for name in rule.required if name not in element.attrib)


# What refers to what


def _ids(root: ET.Element) -> Iterator[str]:
    counts = Counter(element.get("id") for element in root.iter() if element.get("id"))
    yield from (f"the id {key} is used {count} times" for key, count in counts.items() if count > 1)
    (process,) = _all(root, "process")
    for pool in _all(root, "participant"):
        if pool.get("processRef") != process.get("id"):
            yield "a pool is of no process"


def _all(root: ET.Element, tags: str) -> list[ET.Element]:
    wanted = set(tags.split())
    return [element for element in root.iter() if _tag(element) in wanted]


def _flows(root: ET.Element) -> Iterator[str]:
    nodes = {node.get("id", ""): node for node in _all(root, NODES)}
    ins: dict[str, list[str]] = {key: [] for key in nodes}
    outs: dict[str, list[str]] = {key: [] for key in nodes}
    for flow in _all(root, "sequenceFlow"):
        source, target, key = (flow.get(name, "") for name in ("sourceRef", "targetRef", "id"))
        if source not in nodes or target not in nodes:
            yield f"{key} leads from {source} to {target}"
            continue
        outs[source].append(key)
        ins[target].append(key)
    for key, node in nodes.items():
        yield from _node(node, ins[key], outs[key])
    held = Counter(reference.text for reference in _all(root, "flowNodeRef"))
    lanes = _all(root, "lane")
    if lanes and held != Counter(nodes.keys()):
        yield "lanes don't hold each node once"


def _node(node: ET.Element, ins: list[str], outs: list[str]) -> Iterator[str]:
    tag, key = _tag(node), node.get("id")
    if sorted(way.text or "" for way in _all(node, "incoming")) != sorted(ins):
        yield f"{key} names other flows that come in"
    if sorted(way.text or "" for way in _all(node, "outgoing")) != sorted(outs):
        yield f"{key} names other flows that go out"
    if tag == "startEvent" and ins:
        yield f"a flow leads to the start {key}"
    if tag == "endEvent" and (outs or not ins):
        yield f"the end {key} is none"
    match node.get("gatewayDirection"):
        case "Diverging" if len(ins) > 1 or len(outs) < 2:
            yield f"{key} doesn't diverge"
        case "Converging" if len(outs) > 1 or len(ins) < 2:
            yield f"{key} doesn't converge"


# The diagram


@dataclass(frozen=True, slots=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Area) -> bool:
        return (
            self.left - NEAR <= other.left
            and self.top - NEAR <= other.top
            and other.right <= self.right + NEAR
            and other.bottom <= self.bottom + NEAR
        )


def _drawing(root: ET.Element) -> Iterator[str]:
    drawn = Counter(one.get("bpmnElement", "") for one in _all(root, "bpmndi:BPMNShape bpmndi:BPMNEdge"))
    meant = Counter(one.get("id", "") for one in _all(root, f"{NODES} participant lane sequenceFlow"))
    if drawn != meant:
        yield f"drawn and meant differ: {(drawn - meant) + (meant - drawn)}"
        return
    (plane,) = _all(root, "bpmndi:BPMNPlane")
    if plane.get("bpmnElement") != (_all(root, "collaboration") or _all(root, "process"))[0].get("id"):
        yield "the plane is of something else"
    areas = {shape.get("bpmnElement", ""): _area(shape) for shape in _all(root, "bpmndi:BPMNShape")}
    yield from _nested(root, areas)
    ends = {flow.get("id", ""): flow for flow in _all(root, "sequenceFlow")}
    for edge in _all(root, "bpmndi:BPMNEdge"):
        flow = ends[edge.get("bpmnElement", "")]
        points = [Area(*(float(at.get(name, "")) for name in "xyxy")) for at in _all(edge, "di:waypoint")]
        for point, end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            if not areas[flow.get(end, "")].holds(point):
                yield f"the line of {flow.get('id')} ends beside its {end}"


def _nested(root: ET.Element, areas: dict[str, Area]) -> Iterator[str]:
    for pool in _all(root, "participant"):
        for lane in _all(root, "lane"):
            if not areas[pool.get("id", "")].holds(areas[lane.get("id", "")]):
                yield f"{lane.get('id')} lies outside of its pool"
    for lane in _all(root, "lane"):
        for reference in _all(lane, "flowNodeRef"):
            if not areas[lane.get("id", "")].holds(areas[reference.text or ""]):
                yield f"{reference.text} lies outside of {lane.get('id')}"


def _area(shape: ET.Element) -> Area:
    x, y, width, height = (float(_all(shape, "dc:Bounds")[0].get(name, "")) for name in ("x", "y", "width", "height"))
    return Area(x, y, x + width, y + height)
