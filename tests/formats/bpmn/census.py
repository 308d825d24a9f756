"""An independent count of what a BPMN file holds, for judging what came of it: the standard library's tree and nothing of ours.

The lists of element names are those of the BPMN 2.0.2 specification (chapters 10.3, 10.5 and 10.6), typed anew.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PLAIN_TASKS = frozenset(
    ["task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"]
)
PLAIN_GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway"})
PLAIN_EVENTS = frozenset({"startEvent", "endEvent"})
OTHERS = frozenset(
    [
        "callActivity",
        "subProcess",
        "adHocSubProcess",
        "transaction",
        "inclusiveGateway",
        "complexGateway",
        "eventBasedGateway",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
        "choreographyTask",
        "subChoreography",
        "callChoreography",
    ]
)
FLOW_NODES = PLAIN_TASKS | PLAIN_GATEWAYS | PLAIN_EVENTS | OTHERS


@dataclass(frozen=True, slots=True)
class Census:
    """`nodes`: the ids of all flow nodes, however deep; `nameless` counts those without one.

    `plain`: all of them stand in a process and are tasks, exclusive and parallel gateways, or plain start and end events.
    """

    processes: int
    nodes: tuple[str, ...]
    nameless: int
    plain: bool


def census(data: bytes) -> Census:
    """Raises `ET.ParseError` (or ValueError for an encoding that Python doesn't know) where there is no XML."""
    marked = data.startswith(codecs.BOM_UTF8)  # which says more than what is declared after it
    root = ET.fromstring(data, ET.XMLParser(encoding="utf-8" if marked else None))
    found = [element for element in root.iter() if _model(element) in FLOW_NODES]
    processes = [element for element in root.iter() if _model(element) == "process"]
    keys = [element.get("id", "") for element in found]
    return Census(
        len(processes),
        tuple(key for key in keys if key.strip()),
        sum(not key.strip() for key in keys),
        0 < len(found) == len({id(node) for each in processes for node in each if _model(node) in FLOW_NODES})
        and all(_is_plain(element) for element in found),
    )


def _model(element: ET.Element) -> str:
    """The name of an element of the model; "" for one of another namespace."""
    namespace, _, name = str(element.tag).rpartition("}")
    return name if namespace[1:] == MODEL else ""


def _is_plain(element: ET.Element) -> bool:
    tag = _model(element)
    if tag in PLAIN_EVENTS:
        return not any("ventDefinition" in str(child.tag) for child in element.iter())
    return tag in PLAIN_TASKS | PLAIN_GATEWAYS and element.get("isForCompensation") != "true"


def objections(said: Mapping[str, Any], counted: Census) -> list[str]:
    """What is wrong with the JSON of `routebook map --to json` of a file, by the laws of its reference page."""
    wrong = list(_misshapen(said))
    if wrong:
        return wrong
    sources = {step["source"] for process in said["processes"] for step in process["steps"]}
    noted = {note["element"] for note in said["notes"]}
    wrong += [f"{key} is neither a source nor noted" for key in counted.nodes if key not in sources | noted]
    if len({*sources, *noted}) < len({*counted.nodes}) + bool(counted.nameless):
        wrong.append("a flow node without an id is neither a source nor noted")
    if len(said["processes"]) < counted.processes:
        wrong.append(f"{counted.processes} processes, but only {len(said['processes'])} drafts")
    if counted.plain and said["notes"]:
        wrong.append(f"a plain file leaves {said['notes'][0]}")
    for process in said["processes"]:
        own = [step["id"] for step in process["steps"]]
        if len(own) != len({*own}):
            wrong.append(f"ids are used twice in {process['id']}")
    return wrong


def _misshapen(said: Mapping[str, Any]) -> list[str]:
    wrong = [name for name in ("processes", "notes") if not isinstance(said.get(name), list)]
    for process in said.get("processes", ()):
        wrong += _untyped(process, {"id": str, "title": str, "steps": list}, "process")
        for step in process.get("steps", ()):
            wrong += _untyped(step, {"id": str, "source": str, "title": str, "role": str}, "step")
    for note in said.get("notes", ()):
        wrong += _untyped(note, {"element": str, "line": int, "reason": str}, "note")
        if not wrong and not (note["element"] and note["line"] > 0 and note["reason"]):
            wrong.append(f"an empty note: {note}")
    return wrong


def _untyped(value: Mapping[str, Any], fields: Mapping[str, type], what: str) -> list[str]:
    return [
        f"{what}.{name} is no {kind.__name__}" for name, kind in fields.items() if not isinstance(value.get(name), kind)
    ]
