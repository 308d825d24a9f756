"""BPMN files as modellers write them, from a seed: pools with lanes, gateways, texts, extensions, and the diagram."""

from __future__ import annotations

import random

VERBS = ("Check", "Send", "Pack", "Approve", "Write", "File", "Call", "Collect", "Prepare", "Book", "Review", "Pay")
THINGS = ("the order", "the invoice", "the contract", "a reply to the customer", "the monthly report", "the parcel")
ROLES = ("Support", "Finance", "Warehouse", "Founder")
TASKS = ("userTask", "serviceTask", "manualTask", "task", "sendTask")
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
"""


def bpmn_file(seed: int) -> str:
    """One file of 10 to 150 flow nodes."""
    return _File(random.Random(seed)).text()  # the same files every time, nothing to keep secret


class _File:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.nodes: list[tuple[str, str, str]] = []
        self.flows: list[tuple[str, str, str]] = []

    def text(self) -> str:
        last = self.node("startEvent", "Asked for")
        for _ in range(self.chance.randint(2, 30)):
            last = self.block(last)
        self.flow(last, self.node("endEvent", "Done"))
        return "".join([HEAD, *self.process(), *self.diagram(), "</bpmn:definitions>\n"])

    def node(self, tag: str, name: str = "") -> str:
        key = f"{tag[:1].upper()}{tag[1:]}_{len(self.nodes):07x}"
        self.nodes.append((key, tag, name))
        return key

    def flow(self, source: str, target: str, name: str = "") -> None:
        self.flows.append((source, target, name))

    def task(self, before: str, name: str = "") -> str:
        key = self.node(self.chance.choice(TASKS), f"{self.chance.choice(VERBS)} {self.chance.choice(THINGS)}")
        self.flow(before, key, name)
        return key

    def block(self, before: str) -> str:
        kind = self.chance.choice(("task", "task", "decision", "parallel", "rework"))
        if kind == "task":
            return self.task(before)
        gate = "parallelGateway" if kind == "parallel" else "exclusiveGateway"
        first = self.task(before)
        split = self.node(gate, "All right?" if gate == "exclusiveGateway" else "")
        self.flow(first, split)
        if kind == "rework":
            self.flow(self.task(split, "no"), first)
            return split
        join = self.node(gate)
        for number in range(self.chance.randint(2, 3)):
            self.flow(self.task(split, f"way {number}" if gate == "exclusiveGateway" else ""), join)
        return join

    def process(self) -> list[str]:
        ways: dict[str, list[str]] = {}
        for number, (source, target, _) in enumerate(self.flows):
            ways.setdefault(target, []).append(f"      <bpmn:incoming>Flow_{number:07x}</bpmn:incoming>\n")
            ways.setdefault(source, []).append(f"      <bpmn:outgoing>Flow_{number:07x}</bpmn:outgoing>\n")
        lines = [
            '  <bpmn:collaboration id="Collaboration_1">\n    <bpmn:participant id="Pool_1" name="Orders" processRef="Process_1" />\n  </bpmn:collaboration>\n'
        ]
        lines.append('  <bpmn:process id="Process_1" isExecutable="true">\n    <bpmn:laneSet id="LaneSet_1">\n')
        for number, role in enumerate(ROLES):
            mine = [key for key, *_ in self.nodes[number :: len(ROLES)]]
            held = "".join(f"        <bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>\n" for key in mine)
            lines.append(f'      <bpmn:lane id="Lane_{number}" name="{role}">\n{held}      </bpmn:lane>\n')
        lines.append("    </bpmn:laneSet>\n")
        for key, tag, name in self.nodes:
            named = f' name="{name}"' if name else ""
            more = self.more(tag)
            lines.append(f'    <bpmn:{tag} id="{key}"{named}>\n{more}{"".join(ways.get(key, []))}    </bpmn:{tag}>\n')
        for number, (source, target, name) in enumerate(self.flows):
            named = f' name="{name}"' if name else ""
            lines.append(
                f'    <bpmn:sequenceFlow id="Flow_{number:07x}"{named} sourceRef="{source}" targetRef="{target}" />\n'
            )
        return [*lines, "  </bpmn:process>\n"]

    def more(self, tag: str) -> str:
        if tag == "userTask":
            return (
                "      <bpmn:documentation>Look twice, then go on.</bpmn:documentation>\n      <bpmn:extensionElements>\n"
                '        <camunda:formData><camunda:formField id="ok" label="All right?" type="boolean" /></camunda:formData>\n'
                "      </bpmn:extensionElements>\n"
            )
        return ""

    def diagram(self) -> list[str]:
        lines = [
            '  <bpmndi:BPMNDiagram id="BPMNDiagram_1">\n    <bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Collaboration_1">\n'
        ]
        for number, (key, *_) in enumerate(self.nodes):
            lines.append(
                f'      <bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}">\n        <dc:Bounds x="{150 * number}" y="{90 * (number % 4)}" '
                'width="100" height="80" />\n        <bpmndi:BPMNLabel />\n      </bpmndi:BPMNShape>\n'
            )
        for number, _ in enumerate(self.flows):
            points = "".join(f'        <di:waypoint x="{150 * number + at}" y="{20 * at}" />\n' for at in (0, 20, 40))
            lines.append(
                f'      <bpmndi:BPMNEdge id="Flow_{number:07x}_di" bpmnElement="Flow_{number:07x}">\n{points}      </bpmndi:BPMNEdge>\n'
            )
        return [*lines, "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n"]
