"""A process as BPMN 2.0: the flow with lanes, and the diagram at the places of our own drawing.

    to_bpmn(process) -> str      the XML of one file, for any draft

Reading it back gives the same flow: a decision is an exclusive gateway after its step, `all` a parallel one, a join a
parallel gateway before the step, and alternatives within a join an exclusive gateway before that.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from routebook.core.document import Handling, Process
from routebook.formats.bpmn.diagram import Diagram, Flow, Shape, diagram_of
from routebook.formats.bpmn.model import OWN_FORMAT, OWN_NAMESPACE
from routebook.formats.bpmn.own import own_attributes
from routebook.formats.drawing.pieces import Point, Rect
from routebook.formats.normal import normalise

_TASKS = {
    Handling.KEEP: "userTask",
    Handling.DELEGATE: "userTask",
    Handling.AUTOMATE: "serviceTask",
    Handling.UNDECIDED: "task",
    Handling.DROP: "task",
}
_HEAD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
             xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
             xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
             xmlns:routebook="{OWN_NAMESPACE}"
             id="definitions" targetNamespace="{OWN_NAMESPACE}" exporter="Routebook">
"""


def to_bpmn(process: Process) -> str:
    """The BPMN 2.0 file of any draft, ending in a newline."""
    process = normalise(process)
    diagram = diagram_of(process)
    lines = [*_collaboration(process, diagram), *_process(process, diagram), *_drawing(diagram)]
    return _HEAD + "\n".join(lines) + "\n</definitions>\n"


def _collaboration(process: Process, diagram: Diagram) -> list[str]:
    """A pool around the lanes: modellers draw lanes only inside one."""
    if not diagram.lanes:
        return []
    name = quoteattr(process.title)
    return [
        '  <collaboration id="collaboration">',
        f'    <participant id="pool" name={name} processRef="{_process_id(process)}"/>',
        "  </collaboration>",
    ]


def _process_id(process: Process) -> str:
    return f"process-{process.slug}"


def _process(process: Process, diagram: Diagram) -> list[str]:
    lines = [f'  <process id="{_process_id(process)}" name={quoteattr(process.title)} isExecutable="false">']
    if process.notes:
        lines.append(f'    <documentation textFormat="{OWN_FORMAT}">{escape(process.notes)}</documentation>')
    lines += _lanes(diagram)
    ways: dict[str, list[str]] = {}
    for flow in diagram.flows:
        ways.setdefault(flow.target, []).append(f"      <incoming>{flow.key}</incoming>")
    for flow in diagram.flows:
        ways.setdefault(flow.source, []).append(f"      <outgoing>{flow.key}</outgoing>")
    for shape in diagram.shapes:
        lines += _node(process, shape, ways.get(shape.key, []))
    for flow in diagram.flows:
        name = f" name={quoteattr(flow.name)}" if flow.name else ""
        lines.append(f'    <sequenceFlow id="{flow.key}"{name} sourceRef="{flow.source}" targetRef="{flow.target}"/>')
    return [*lines, "  </process>"]


def _lanes(diagram: Diagram) -> list[str]:
    if not diagram.lanes:
        return []
    lines = ['    <laneSet id="lanes">']
    for lane in diagram.lanes:
        lines.append(f'      <lane id="{lane.key}" name={quoteattr(lane.name)}>')
        lines += [
            f"        <flowNodeRef>{shape.key}</flowNodeRef>" for shape in diagram.shapes if shape.lane == lane.key
        ]
        lines.append("      </lane>")
    return [*lines, "    </laneSet>"]


def _node(process: Process, shape: Shape, ways: list[str]) -> list[str]:
    tag = shape.tag
    attributes = f' id="{shape.key}"'
    if shape.name:
        attributes += f" name={quoteattr(shape.name)}"
    if shape.place is not None:
        step = process.steps[shape.place]
        tag = _TASKS[step.handling]
        own = own_attributes(step)
        attributes += "".join(f" routebook:{name}={quoteattr(value)}" for name, value in own.items())
    elif tag.endswith("Gateway"):
        attributes += _direction(ways)
    if not ways:
        return [f"    <{tag}{attributes}/>"]
    return [f"    <{tag}{attributes}>", *ways, f"    </{tag}>"]


def _direction(ways: list[str]) -> str:
    """What the standard calls a gateway by its flows; one with a single flow on each side has no word of its own."""
    outs = sum("<outgoing>" in way for way in ways)
    ins = len(ways) - outs
    if ins <= 1 and outs <= 1:
        return ""
    word = "Converging" if outs <= 1 else "Diverging" if ins <= 1 else "Mixed"
    return f' gatewayDirection="{word}"'


# The diagram


def _drawing(diagram: Diagram) -> list[str]:
    plane = "collaboration" if diagram.lanes else diagram.process
    lines = [
        '  <bpmndi:BPMNDiagram id="diagram">',
        f'    <bpmndi:BPMNPlane id="plane" bpmnElement="{plane}">',
    ]
    if diagram.pool is not None:
        lines += _shape("pool", diagram.pool, ' isHorizontal="true"')
    for lane in diagram.lanes:
        lines += _shape(lane.key, lane.area, ' isHorizontal="true"')
    for shape in diagram.shapes:
        visible = ' isMarkerVisible="true"' if shape.tag == "exclusiveGateway" else ""
        lines += _shape(shape.key, shape.area, visible)
    for flow in diagram.flows:
        lines += _edge(flow)
    return [*lines, "    </bpmndi:BPMNPlane>", "  </bpmndi:BPMNDiagram>"]


def _shape(key: str, area: Rect, more: str) -> list[str]:
    return [
        f'      <bpmndi:BPMNShape id="{key}-shape" bpmnElement="{key}"{more}>',
        f"        {_bounds(area)}",
        "      </bpmndi:BPMNShape>",
    ]


def _edge(flow: Flow) -> list[str]:
    lines = [f'      <bpmndi:BPMNEdge id="{flow.key}-edge" bpmnElement="{flow.key}">']
    lines += [f"        {_waypoint(point)}" for point in flow.points]
    if flow.label is not None:
        lines += [
            "        <bpmndi:BPMNLabel>",
            f"          {_bounds(flow.label)}",
            "        </bpmndi:BPMNLabel>",
        ]
    return [*lines, "      </bpmndi:BPMNEdge>"]


def _waypoint(point: Point) -> str:
    return f'<di:waypoint x="{_number(point.x)}" y="{_number(point.y)}"/>'


def _bounds(area: Rect) -> str:
    return (
        f'<dc:Bounds x="{_number(area.x)}" y="{_number(area.y)}"'
        f' width="{_number(area.width)}" height="{_number(area.height)}"/>'
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
