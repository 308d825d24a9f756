"""What a BPMN file says: its processes as flow nodes and sequence flows, whatever tool wrote it.

A `Scope` is the inside of one process or of one sub-process. References that lead nowhere, ids that are missing and
flows that are only written on one side are mended here or listed; the flow itself is folded in `folding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from routebook.formats.bpmn.elements import BETWEEN, CHOREOGRAPHY, DATA, FLOW_NODES, SUB_PROCESSES
from routebook.formats.bpmn.tree import Element, Tree

OWN_NAMESPACE = "https://routebook.org/bpmn/1"
"""Marks what this product wrote; only a name, nothing is ever fetched from there."""
OWN_FORMAT = "text/markdown"
"""Of documentation that is taken as it is, as that of this product."""
OWN_STEP = f"{OWN_NAMESPACE}{BETWEEN}step"


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a file that the flow of a map can't express: the element's id, its line, and why."""

    element: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of a file that is kept in words: the element's id, its line, and the words."""

    element: str
    line: int
    text: str


@dataclass(slots=True, eq=False)
class Node:
    """One flow node. `key` is its id, or a made one; `definition` the tag of its event definition, or ""."""

    key: str
    tag: str
    name: str
    line: int
    element: Element
    home: Scope
    role: str = ""
    definition: str = ""
    ins: list[Link] = field(default_factory=list)
    outs: list[Link] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)
    host: Node | None = None
    """Of an event at the border of a step: the step."""
    takes: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    away: bool = False
    """It is no part of the flow: it stands in the notes alone."""


@dataclass(slots=True, eq=False)
class Link:
    """One sequence flow between two nodes of a scope."""

    key: str
    name: str
    condition: str
    default: bool
    source: Node
    target: Node
    line: int


@dataclass(slots=True, eq=False)
class Scope:
    """The inside of one process or sub-process, with everything found out about it on the way."""

    key: str
    title: str
    element: Element
    parent: str = ""
    pool: str = ""
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    about: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Model:
    """A whole file."""

    scopes: list[Scope]
    notes: list[Note] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


MOST_NAME = 300
MOST_TEXT = 20_000


def one_line(text: str) -> str:
    """A name: single spaces, and no longer than anybody reads."""
    if not text:
        return ""
    line = " ".join(text.split())
    return line if len(line) <= MOST_NAME else f"{line[: MOST_NAME - 1]}…"


def words_of(element: Element) -> str:
    """Its documentation, as text; markup of other tools goes."""
    if not element.children:
        return ""
    told = [
        child.text
        if child.get("textFormat") == OWN_FORMAT
        else plain(child.text, html="html" in child.get("textFormat"))
        for child in element.children
        if child.tag == "documentation"
    ]
    return "\n\n".join(text for text in told if text)


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^<>]{0,100}>", re.IGNORECASE)
_NAMED = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}


def plain(text: str, *, html: bool = False) -> str:
    """Text without the tags that some tools write into documentation."""
    text = text.strip()
    if len(text) > MOST_TEXT:
        text = f"{text[:MOST_TEXT]}… (the rest stays in the other file)"
    if html or (text.startswith("<") and text.endswith(">")):
        text = _MARKUP.sub("", _BREAK.sub("\n", text))
        for entity, letter in _NAMED.items():
            text = text.replace(entity, letter)
    return text.strip()


def model_of(tree: Tree, title: str = "") -> Model:
    """What the file says. A file without a process gives a model without scopes."""
    return _Reader(tree, title).read()


class _Reader:
    def __init__(self, tree: Tree, title: str) -> None:
        self.tree = tree
        self.title = title
        self.by_id: dict[str, Element] = {}
        self.nodes: dict[str, Node] = {}
        self.steps: dict[Element, Node] = {}
        self.parties: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.lanes: dict[str, str] = {}
        self.heard: set[Element] = set()
        self.unnamed = 0

    def read(self) -> Model:
        everything = list(_walk(self.tree.root))
        for element in everything:
            if "id" in element.attributes:
                self.by_id.setdefault(element.attributes["id"].strip(), element)
        model = Model([])
        pools = self._pools(everything)
        waiting = [
            Scope(self._key(element), self._title_of(element, pools), element, pool=self._pool_of(element, pools))
            for element in everything
            if element.tag == "process"
        ]
        self.lanes = self._roles(element for element in everything if element.tag == "laneSet")
        for scope in waiting:  # grows: the inside of a sub-process is a scope of its own
            waiting += self._fill(scope)
            model.scopes.append(scope)
        if model.scopes:
            self._connect_all(everything, model)
            self._messages(everything, model)
            self._strays(everything, model)
        return model

    # Who takes part

    def _pools(self, everything: list[Element]) -> dict[str, str]:
        """Process id -> name of its pool."""
        pools: dict[str, str] = {}
        for element in everything:
            if element.tag == "participant":
                name = one_line(element.get("name"))
                self.parties[element.get("id")] = name
                reference = self._local(element.get("processRef"))
                if reference:
                    pools.setdefault(reference, name)
        return pools

    def _local(self, reference: str) -> str:
        """A reference as an id of this file: some tools write it with a prefix."""
        reference = reference.strip()
        return reference if reference in self.by_id else reference.rpartition(":")[2]

    def _pool_of(self, process: Element, pools: dict[str, str]) -> str:
        """The pool's name as a role: only where several parties stand on the map."""
        return pools.get(process.get("id"), "") if len(self.parties) > 1 else ""

    def _title_of(self, process: Element, pools: dict[str, str]) -> str:
        key = process.get("id")
        return one_line(process.get("name")) or pools.get(key, "") or self.title or one_line(key) or "Process"

    def _key(self, element: Element) -> str:
        if element.get("id").strip():
            return element.get("id")
        self.unnamed += 1
        return f"{element.tag}-in-line-{element.line}" if self.unnamed else ""

    # One scope

    def _fill(self, scope: Scope) -> list[Scope]:
        element = scope.element
        roles = self._roles(element.all("laneSet"))
        for child in element.children:
            if child.tag in FLOW_NODES:
                scope.nodes.append(self._node(child, scope, roles))
        about = words_of(element)
        self.heard.update(element.all("documentation"))
        if about:
            scope.about.append(about)
        return [self._inside(node, scope) for node in scope.nodes if node.tag in SUB_PROCESSES and has_inside(node)]

    def _inside(self, node: Node, scope: Scope) -> Scope:
        title = node.name or f"Inside of {scope.title}"
        return Scope(node.key, title, node.element, parent=scope.key, pool=node.role)

    def _node(self, element: Element, scope: Scope, roles: dict[str, str]) -> Node:
        key = self._key(element)
        definition = next((child.tag for child in element.children if child.tag.endswith("EventDefinition")), "")
        if not definition:
            reference = next((child for child in element.children if child.tag == "eventDefinitionRef"), None)
            target = self.by_id.get(self._local(reference.text)) if reference is not None else None
            definition = target.tag if target is not None else "eventDefinition" if reference is not None else ""
        role = (
            roles.get(key.strip())
            or self.lanes.get(key.strip())
            or self._performer(element)
            or ("" if roles else scope.pool)
        )
        tag = "intermediateThrowEvent" if element.tag == "implicitThrowEvent" else element.tag
        node = Node(key, tag, one_line(element.get("name")), element.line, element, scope, role, definition)
        said = words_of(element)
        if said:
            node.words.append(said)
        self.heard.update(element.all("documentation"))
        self.nodes.setdefault(key.strip(), node)
        self.steps[element] = node
        return node

    def _roles(self, sets: Iterable[Element]) -> dict[str, str]:
        """Flow node id -> the name of the innermost lane that holds it and has a name."""
        roles: dict[str, str] = {}
        waiting = [(lane, "") for lanes in sets for lane in lanes.all("lane")]
        for lane, outer in waiting:
            name = one_line(lane.get("name")) or outer
            for reference in lane.all("flowNodeRef"):
                if name:
                    roles[self._local(reference.text)] = name
            waiting += [(inner, name) for lanes in lane.all("childLaneSet", "laneSet") for inner in lanes.all("lane")]
        return roles

    def _performer(self, element: Element) -> str:
        """Who does it, where a tool says so at the task; a formula names nobody."""
        for child in element.all("potentialOwner", "humanPerformer", "performer", "resourceRole"):
            resource = self.by_id.get(self._local(_deep_text(child, "resourceRef")))
            said = one_line(_deep_text(child, "formalExpression")) or (resource.get("name") if resource else "")
            named = one_line(said or child.get("name")).strip("'\"")
            found = re.fullmatch(r"(?:user|group)\(([^()]+)\)", named)
            named = found[1] if found else named
            if named and not re.search(r"[${}#()=]", named):
                return named
        for attribute, value in element.attributes.items():
            namespace, _, name = attribute.rpartition(BETWEEN)
            if namespace and name in ("candidateGroups", "assignee"):
                said = one_line(value)
                if said and not re.search(r"[${}#()=,]", said):
                    return said
        return ""

    def _connect_all(self, everything: list[Element], model: Model) -> None:
        """The flows, each in the process of its ends: some tools write it into another process, or into none."""
        lost = {flow: model.scopes[0] for flow in everything if flow.tag == "sequenceFlow"}
        for scope in model.scopes:
            lost |= dict.fromkeys(scope.element.all("sequenceFlow"), scope)
        own = {scope: {node.key.strip(): node for node in reversed(scope.nodes)} for scope in model.scopes}
        for flow, scope in lost.items():
            self._link(flow, scope, own[scope])
        for scope in model.scopes:
            self._attach(scope)
            self._data(scope)

    def _link(self, flow: Element, scope: Scope, own: dict[str, Node]) -> None:
        ends = [self._local(flow.get(name)) for name in ("sourceRef", "targetRef")]
        source, target = (own.get(end) or self.nodes.get(end) for end in ends)
        key = self._key(flow)
        if source is None or target is None or source.home is not target.home:
            scope.kept.append(Kept(key, flow.line, self._dangling(flow, source, target)))
            return
        condition = flow.first("conditionExpression")
        said = one_line(condition.text) if condition is not None else ""
        named = source.element.get("default")
        default = bool(named) and self._local(named) == key
        self._connect(source.home, Link(key, one_line(flow.get("name")), said, default, source, target, flow.line))
        words = words_of(flow)
        self.heard.update(flow.all("documentation"))
        if words:
            source.home.kept.append(
                Kept(key, flow.line, f"About the way from “{told(source)}” to “{told(target)}”: {words}")
            )

    def _connect(self, scope: Scope, link: Link) -> None:
        scope.links.append(link)
        link.source.outs.append(link)
        link.target.ins.append(link)

    def _dangling(self, flow: Element, source: Node | None, target: Node | None) -> str:
        if source is not None and target is not None:
            return (
                f"A way leads to “{told(target)}”, which is in another process, so “{told(source)}” is left without it"
            )
        missing = flow.get("targetRef") if target is None else flow.get("sourceRef")
        other = target if source is None else source
        where = f" “{told(other)}”" if other is not None else ""
        which = "to" if target is None else "from"
        if self._local(missing) in self.by_id:
            return f"A way leads {which} “{missing}”, which is no step, so{where or ' the flow'} is left without it"
        end = f"; its other end is{where}" if where else ""
        return f"A way leads {which} “{missing}”, which the file doesn't have{end}"

    def _attach(self, scope: Scope) -> None:
        """Boundary events to their hosts, and links by name: a throw continues at the catch of the same name."""
        own = {node.key.strip(): node for node in reversed(scope.nodes)}
        catches: dict[str, Node] = {}
        for node in scope.nodes:
            if node.tag == "boundaryEvent":
                host = own.get(self._local(node.element.get("attachedToRef")))
                if host is not None and host is not node:
                    host.boundaries.append(node)
                    node.host = host
            if node.tag == "intermediateCatchEvent" and node.definition == "linkEventDefinition":
                catches.setdefault(link_name(node), node)
        for node in scope.nodes:
            if node.tag == "intermediateThrowEvent" and node.definition == "linkEventDefinition":
                target = catches.get(link_name(node))
                if target is not None:
                    self._connect(scope, Link("", "", "", False, node, target, node.line))

    # What is taken and given

    def _data(self, scope: Scope) -> None:
        used: set[str] = set()
        for node in scope.nodes:
            for child in node.element.children:
                if child.tag == "dataInputAssociation":
                    for reference in child.all("sourceRef"):
                        self._note_data(node.takes, reference.text, used)
                elif child.tag == "dataOutputAssociation":
                    for reference in child.all("targetRef"):
                        self._note_data(node.gives, reference.text, used)
        for child in scope.element.children:
            if child.tag == "association":
                self._association(scope, child, used)
        for child in scope.element.children:
            if child.tag in ("dataObjectReference", "dataStoreReference", "dataObject") and child.get("id") not in used:
                if child.tag == "dataObject" and not child.get("name"):
                    continue
                name = self._data_name(child.get("id"))
                if name:
                    scope.kept.append(Kept(self._key(child), child.line, f"Something used: {name}"))
            elif child.tag == "textAnnotation" and child.get("id") not in used:
                text = annotation_text(child)
                if text:
                    scope.kept.append(Kept(self._key(child), child.line, text))
            elif child.tag == "group":
                scope.kept.append(
                    Kept(self._key(child), child.line, f"A frame around some steps: {self._group_name(child)}")
                )

    def _note_data(self, names: list[str], reference: str, used: set[str]) -> None:
        key = self._local(reference)
        name = self._data_name(key)
        if name:
            used.add(key)
            element = self.by_id.get(key)
            if element is not None:
                used.add(self._local(element.get("dataObjectRef")))
            names.append(name)

    def _data_name(self, key: str) -> str:
        element = self.by_id.get(key)
        if element is None or element.tag not in DATA:
            return ""
        name = one_line(element.get("name"))
        if not name:
            behind = self.by_id.get(self._local(element.get("dataObjectRef") or element.get("dataStoreRef")))
            name = one_line(behind.get("name")) if behind is not None else ""
        state = element.first("dataState")
        said = one_line(state.get("name")) if state is not None else ""
        return f"{name} ({said.strip('[]')})" if name and said.strip("[]") else name

    def _group_name(self, group: Element) -> str:
        value = self.by_id.get(self._local(group.get("categoryValueRef")))
        return (
            one_line(value.get("value") if value is not None else "") or one_line(group.get("name")) or "without a name"
        )

    def _association(self, scope: Scope, line: Element, used: set[str]) -> None:
        """A dotted line: between a step and a text, between a step and something it uses, or to what undoes it."""
        source, target = (self.by_id.get(self._local(line.get(name))) for name in ("sourceRef", "targetRef"))
        if source is None or target is None:
            return
        for one, other in ((source, target), (target, source)):
            node = self.steps.get(one)
            if node is None:
                continue
            if other.tag == "textAnnotation":
                text = annotation_text(other)
                used.add(other.get("id"))
                if text:
                    node.words.append(text)
            elif other.tag in DATA:
                self._note_data(node.takes if other is source else node.gives, other.get("id"), used)

    def _messages(self, everything: list[Element], model: Model) -> None:
        """A message from one party to another is given by the step that sends it and taken by the one that gets it."""
        for flow in everything:
            if flow.tag != "messageFlow":
                continue
            ends = [self._local(flow.get(name)) for name in ("sourceRef", "targetRef")]
            source, target = (self.nodes.get(key) for key in ends)
            name = one_line(flow.get("name"))
            if source is not None:
                source.gives.append(name or f"message to {self._party(ends[1])}")
            if target is not None:
                target.takes.append(name or f"message from {self._party(ends[0])}")
            if source is None and target is None:
                text = f"A message{f' “{name}”' if name else ''} goes from {self._party(ends[0])} to {self._party(ends[1])}"
                model.kept.append(Kept(self._key(flow), flow.line, text))

    def _party(self, key: str) -> str:
        if key in self.parties:
            return self.parties[key] or "another party"
        node = self.nodes.get(key)
        if node is None:
            element = self.by_id.get(key)
            return (one_line(element.get("name")) if element is not None else "") or "another party"
        return f"“{told(node)}” ({node.home.pool or node.home.title})"

    # What is left

    def _strays(self, everything: list[Element], model: Model) -> None:
        """Flow nodes outside of every process, documentation that nobody has read out, parties without a process."""
        processes = {scope.key for scope in model.scopes}
        for element in self.tree.hidden:
            reason = "this stands within the settings of another tool, so no map has a place for it"
            model.notes.append(Note(self._key(element), element.line, reason))
        for element in everything:
            if element.tag in FLOW_NODES and element not in self.steps:
                reason = "this stands outside of every process, so no map has a place for it"
                if element.tag in CHOREOGRAPHY:
                    reason = "a choreography shows what parties say to each other; a map shows what is done"
                model.notes.append(Note(self._key(element), element.line, reason))
            elif element.tag == "participant" and self._local(element.get("processRef")) not in processes:
                name = one_line(element.get("name"))
                if name:
                    model.kept.append(Kept(self._key(element), element.line, f"Another party takes part: {name}"))
            for child in element.children:
                if child.tag == "documentation" and child not in self.heard and child.text.strip():
                    name = one_line(element.get("name"))
                    said = plain(child.text, html="html" in child.get("textFormat"))
                    model.kept.append(Kept(self._key(element), child.line, f"{name}: {said}" if name else said))


def _walk(root: Element) -> Iterator[Element]:
    """An element and everything in it, in the order of the file."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += reversed(element.children)


def _deep_text(element: Element, tag: str) -> str:
    return next((inner.text for inner in _walk(element) if inner.tag == tag and inner.text), "")


def annotation_text(element: Element) -> str:
    text = element.first("text")
    return plain(text.text if text is not None else element.get("text"))


def link_name(node: Node) -> str:
    definition = node.element.first("linkEventDefinition")
    return one_line((definition.get("name") if definition is not None else "") or node.name).casefold()


def has_inside(node: Node) -> bool:
    return any(child.tag in FLOW_NODES for child in node.element.children)


def told(node: Node) -> str:
    """How a sentence calls a node."""
    return node.name or node.key
