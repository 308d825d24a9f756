"""What the flow of a map can't express, in words: why it is left out, or how it is kept."""

from __future__ import annotations

import re

from routebook.formats.bpmn.elements import CHOREOGRAPHY, SUB_PROCESSES
from routebook.formats.bpmn.model import Kept, Node, Note, Scope, has_inside, one_line, told
from routebook.formats.bpmn.tree import Element, Tree

_GATEWAYS = {
    "inclusiveGateway": "of an inclusive gateway several ways can be taken at once; here one is picked",
    "complexGateway": "a complex gateway follows a rule that a map can't hold; here one way is picked",
    "eventBasedGateway": "nobody decides here, whatever happens first does; it is a step at which somebody says what it was",
}
_EVENTS = {
    "timerEventDefinition": "a timer",
    "messageEventDefinition": "a message",
    "signalEventDefinition": "a signal",
    "errorEventDefinition": "an error",
    "escalationEventDefinition": "an escalation",
    "conditionalEventDefinition": "a condition",
    "cancelEventDefinition": "a cancellation",
    "compensateEventDefinition": "a compensation",
    "terminateEventDefinition": "a termination",
    "linkEventDefinition": "a link",
}
_LOOPS = {
    "standardLoopCharacteristics": "It is done again and again, until it is right",
    "multiInstanceLoopCharacteristics": "It is done several times, once for each",
}
_TECHNICAL = frozenset(
    {
        "ioSpecification",
        "property",
        "script",
        "auditing",
        "monitoring",
        "correlationSubscription",
        "inputSet",
        "outputSet",
    }
)


def examine(scope: Scope, drafts: dict[str, str]) -> None:
    """Fill the notes of a scope; `drafts` gives the slug of the draft that each sub-process became, by its id."""
    undoing = _undoing(scope)
    for node in scope.nodes:
        if node.tag in SUB_PROCESSES:
            _sub_process(node, scope, drafts)
        elif node.element.get("isForCompensation") == "true" or node.key in undoing:
            node.away = not node.ins and not node.outs
            scope.notes.append(Note(node.key, node.line, "this undoes another step; a map shows only what is done"))
        elif node.tag in _GATEWAYS and len(node.ins) + len(node.outs) > 2:
            scope.notes.append(Note(node.key, node.line, _GATEWAYS[node.tag]))
        elif node.tag == "callActivity":
            _call(node, scope)
        elif node.tag in CHOREOGRAPHY:
            reason = "parties talk to each other here; on a map it is a step that somebody ticks off when they have"
            scope.notes.append(Note(node.key, node.line, reason))
        elif node.tag.endswith("Event"):
            _event(node, scope)
        _loop(node, scope)
    _rest(scope)


def _undoing(scope: Scope) -> set[str]:
    """The ids of steps to which only a dotted line leads, from the border of what they undo."""
    borders = {
        node.key
        for node in scope.nodes
        if node.tag == "boundaryEvent" and node.definition == "compensateEventDefinition"
    }
    lines = scope.element.all("association")
    return {line.get("targetRef") for line in lines if line.get("sourceRef") in borders}


def _sub_process(node: Node, scope: Scope, drafts: dict[str, str]) -> None:
    inside = (
        f"; its inside is a process of its own, “{drafts[node.key]}”"
        if node.key in drafts and node.key != scope.key
        else ""
    )
    if node.element.get("triggeredByEvent") == "true":
        node.away = not node.ins and not node.outs
        reason = f"it begins by itself when something happens, at any time{inside}"
    elif node.tag == "adHocSubProcess":
        reason = f"its parts are done in any order{inside}"
    elif node.tag == "transaction":
        reason = f"a transaction is undone as a whole; here it is a step{inside}"
    elif has_inside(node):
        reason = f"a step doesn't start another process by itself yet{inside}"
    else:
        return
    scope.notes.append(Note(node.key, node.line, reason))


def _call(node: Node, scope: Scope) -> None:
    called = one_line(node.element.get("calledElement"))
    which = f" (here “{called}”)" if called else ""
    reason = f"a step doesn't start another process{which} by itself yet; it is a step that somebody ticks off"
    scope.notes.append(Note(node.key, node.line, reason))


def _event(node: Node, scope: Scope) -> None:
    what = _EVENTS.get(node.definition, "an event") + _detail(node)
    if node.tag == "boundaryEvent":
        scope.notes.append(Note(node.key, node.line, _border(node, what)))
    elif not node.definition:
        if node.tag not in ("startEvent", "endEvent"):
            scope.notes.append(Note(node.key, node.line, "a milestone: there is nothing to do, so it has no step"))
    elif node.definition == "linkEventDefinition":
        if not node.ins or not node.outs:
            scope.notes.append(Note(node.key, node.line, "this link has no other end of the same name"))
    elif node.tag == "startEvent":
        scope.notes.append(Note(node.key, node.line, f"{what} starts this process; here a person starts a run"))
    elif node.tag == "endEvent":
        last = (
            "everything else that still runs goes on"
            if node.definition == "terminateEventDefinition"
            else "nothing is sent"
        )
        scope.notes.append(Note(node.key, node.line, f"{what} at the end; here the run ends, and {last}"))
    elif node.tag == "intermediateCatchEvent":
        reason = f"{what} is waited for; here it is a step that somebody ticks off when it has come"
        scope.notes.append(Note(node.key, node.line, reason))
    else:
        scope.notes.append(
            Note(node.key, node.line, f"{what} goes out by itself; here it is a step that somebody does")
        )


def _border(node: Node, what: str) -> str:
    host = node.host
    if host is None:
        return f"{what} at the border of a step that the file doesn't have"
    if node.definition == "compensateEventDefinition" or not node.outs:
        return f"{what} at the border of “{told(host)}” leads nowhere on the map"
    if node.element.get("cancelActivity") == "false":
        return f"{what} at the border of “{told(host)}” begins something beside it; here it is one more way out of that step"
    return f"{what} can interrupt “{told(host)}” by itself; here it is one more way out, and whoever does the step picks it"


def _detail(node: Node) -> str:
    """When a timer goes off, as far as the file says it plainly."""
    definition = node.element.first("timerEventDefinition")
    if definition is None:
        return ""
    for child in definition.children:
        if child.tag in ("timeDate", "timeDuration", "timeCycle") and child.text:
            return f" ({one_line(child.text)})"
    return ""


def _loop(node: Node, scope: Scope) -> None:
    for child in node.element.children:
        if child.tag in _LOOPS:
            detail = _detail_of_loop(child)
            scope.kept.append(Kept(node.key, child.line, f"About “{told(node)}”: {_LOOPS[child.tag]}{detail}"))


def _detail_of_loop(loop: Element) -> str:
    order = ", one after another" if loop.get("isSequential") == "true" else ""
    texts = [one_line(child.text) for child in loop.children if child.text]
    return f"{order}{f' ({chr(59).join(texts)})' if texts else ''}"


def _rest(scope: Scope) -> None:
    """Settings of the model itself that only an engine reads, told in one line a kind."""
    found: dict[str, list[int]] = {}
    for holder in [scope.element, *(node.element for node in scope.nodes)]:
        for child in holder.children:
            if child.tag in _TECHNICAL:
                found.setdefault(child.tag, []).append(child.line)
    for tag, lines in found.items():
        scope.kept.append(
            Kept(tag, lines[0], f"Settings for an engine stay in the other file: {tag} ({_lines(lines)})")
        )


_NOT_SETTINGS = re.compile(r"omg\.org|w3\.org|bpmn\.io/schema/bpmn/biocolor", re.IGNORECASE)


def settings_of(tree: Tree) -> list[Kept]:
    """Extensions of other tools, told in one line a kind; colours and positions are no loss."""
    return [
        Kept(
            name,
            lines[0],
            f"Settings of another tool stay in the other file: {name} of {namespace or 'no namespace'} ({_lines(lines)})",
        )
        for (namespace, name), lines in tree.foreign.items()
        if not _NOT_SETTINGS.search(namespace)
    ]


def _lines(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:5])
    more = " and more" if len(lines) > 5 else ""
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}{more}"
