"""The elements of BPMN 2.0 by what they are to a map, without their prefix."""

from __future__ import annotations

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "callActivity",
    }
)
SUB_PROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway", "gateway"}
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
        "intermediateEvent",
    }
)
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
FLOW_NODES = TASKS | SUB_PROCESSES | GATEWAYS | EVENTS | CHOREOGRAPHY
DATA = frozenset({"dataObjectReference", "dataStoreReference", "dataObject", "dataInput", "dataOutput", "dataStore"})

BETWEEN = "\x01"
"""Stands between the namespace and the name of a tag or an attribute as they are read: no file can hold it."""
