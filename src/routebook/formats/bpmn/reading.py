"""BPMN files as processes: what the flow of a map can express becomes steps, everything else is listed.

    read_bpmn(bytes) -> BpmnFile(drafts, notes, kept)      or Unread, with the reason in one sentence

Each process and each sub-process of the file becomes a draft. Every flow node is the source of one of the draft's
entries, or stands in a note. What a note says is also in the process's own notes, in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from routebook.core.document import END, Decision, Goes, Handling, Join, Outcome, Process, Status, Step
from routebook.core.process_map import FlowError, Problem, compile_flow, soundness
from routebook.formats.bpmn.elements import SUB_PROCESSES
from routebook.formats.bpmn.folding import Folded, Part, Stop, Way, event_words, fold
from routebook.formats.bpmn.leftovers import examine, settings_of
from routebook.formats.bpmn.model import (
    OWN_STEP,
    Kept,
    Model,
    Node,
    Note,
    Scope,
    model_of,
    one_line,
)
from routebook.formats.bpmn.names import Names, slug_of
from routebook.formats.bpmn.own import own_step
from routebook.formats.bpmn.tree import Unread, parse
from routebook.formats.normal import normalise

MOST_NODES = 5_000
MOST_PROVEN = 400
"""Larger drafts are taken as they come: whether a shorter form of them does the same is not looked into."""
MOST_ROLE = 200
PROOF = 20_000
"""States looked at, at most, to prove that a shorter form of a draft is sound."""

_UNNAMED = {
    "userTask": "Task without a name",
    "callActivity": "Call without a name",
    "eventBasedGateway": "See what happens first",
    "exclusiveGateway": "Decide which way",
    "inclusiveGateway": "Decide which way",
    "complexGateway": "Decide which way",
    "gateway": "Decide which way",
}
_MADE = frozenset({"serviceTask", "scriptTask", "businessRuleTask"})
"""Done by a machine in the other tool; here it is the owner's decision to automate, already taken."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A flow node of the file in a draft. `kind` is “step” where it is a step; else what it is to the flow.

    `source` is the node's id in the file. `into` is the step that a folded node became a part of, or "".
    """

    id: str
    source: str
    title: str
    role: str
    kind: str
    line: int
    into: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One process or sub-process: `source` is its id in the file, `parent` that of the process it is inside of."""

    source: str
    parent: str
    process: Process
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class BpmnFile:
    """Everything that a file says: at least one draft, what could not be expressed, and what is kept in words."""

    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...]
    kept: tuple[Kept, ...]


def read_bpmn(data: bytes, title: str = "") -> BpmnFile | Unread:
    """The processes of a file; `title` names one that has no name of its own."""
    tree = parse(data)
    if isinstance(tree, Unread):
        return tree
    model = model_of(tree, one_line(title))
    if not model.scopes:
        return Unread("There is no process in this file.")
    count = sum(len(scope.nodes) for scope in model.scopes)
    if count > MOST_NODES:
        return Unread(f"The file has {count:,} flow nodes; {MOST_NODES:,} is the most that can be brought in at once.")
    if len(model.scopes) > MOST_NODES:
        return Unread(
            f"The file has {len(model.scopes):,} processes; {MOST_NODES:,} is the most that can be brought in at once."
        )
    names = Names()
    titles = {scope.key: names.slug(scope.title, scope.key, "process") for scope in model.scopes}
    for scope in model.scopes:
        examine(scope, titles)
    model.kept += settings_of(tree)
    drafts = tuple(_draft(scope, titles[scope.key], model) for scope in model.scopes)
    notes = [*(note for scope in model.scopes for note in scope.notes), *model.notes]
    kept = [*(kept for scope in model.scopes for kept in scope.kept), *model.kept]
    return BpmnFile(drafts, tuple(sorted(notes, key=_line)), tuple(sorted(kept, key=_line)))


def _line(thing: Note | Kept) -> int:
    return thing.line


def _draft(scope: Scope, slug: str, model: Model) -> Draft:
    process, entries = _built(scope, slug, model, joins_at_ends=True)
    whole = model.scopes[0] is scope
    about = [*scope.kept, *(model.kept if whole else ())]
    notes = [*scope.notes, *(model.notes if whole else ())]
    text = told_notes(scope, about, notes, process, entries)
    return Draft(scope.key, scope.parent, normalise(replace(process, notes=text)), entries)


def _built(scope: Scope, slug: str, model: Model, *, joins_at_ends: bool) -> tuple[Process, tuple[Entry, ...]]:
    """The map of a scope. A join with only an end after it goes where the map is sound with it: then it is without."""
    folded = fold(scope.nodes, joins_at_ends=joins_at_ends)
    order = _ordered(folded, scope)
    process = _process(scope, slug, folded, order)
    if joins_at_ends and folded.ends_joined and verdict(process) == ():
        return _built(scope, slug, model, joins_at_ends=False)
    return process, _entries(scope, folded, order, process)


def verdict(process: Process) -> tuple[Problem, ...] | None:
    """Why a draft can't be published yet; None where it is too large to be looked into here."""
    if len(process.steps) > MOST_PROVEN:
        return None
    try:
        return soundness(compile_flow(process), PROOF)
    except FlowError as error:
        return error.problems


def _ordered(folded: Folded, scope: Scope) -> list[Stop]:
    """The steps in reading order: along the flow from the first, then those that nothing leads to."""
    if folded.first is None:
        return list(folded.stops)
    if all(OWN_STEP in stop.node.element.attributes for stop in folded.stops if stop.node is not None):
        places = {node: place for place, node in enumerate(scope.nodes)}
        return sorted(
            folded.stops, key=lambda stop: -1 if stop is folded.first or stop.node is None else places[stop.node]
        )
    found: list[Stop] = []
    seen: set[Stop] = set()
    for root in [folded.first, *folded.stops]:
        if root not in seen:
            found += _along(root, seen)
    return found


def _along(root: Stop, seen: set[Stop]) -> list[Stop]:
    """What is reached from a step, each one after everything that leads to it, ways back aside."""
    finished: list[Stop] = []
    seen.add(root)
    path = [(root, _following(root))]
    while path:
        stop, rest = path[-1]
        target = next(rest, None)
        if target is None:
            finished.append(stop)
            path.pop()
        elif target not in seen:
            seen.add(target)
            path.append((target, _following(target)))
    return finished[::-1]


def _following(stop: Stop) -> Iterator[Stop]:
    """Last way first, so that the first way comes first in the finished order."""
    return iter([arrival.stop for way in reversed(stop.ways) for arrival in reversed(way.arrivals)])


# Steps


def _process(scope: Scope, slug: str, folded: Folded, order: list[Stop]) -> Process:
    names = Names()
    ids = {stop: _step_id(stop, names) for stop in order}
    steps = tuple(_step(stop, place, order, ids) for place, stop in enumerate(order))
    return Process(
        slug=slug,
        title=scope.title,
        status=Status.DRAFT,
        trigger=_only_name(scope, "startEvent"),
        result=_only_name(scope, "endEvent"),
        steps=steps,
    )


def _only_name(scope: Scope, tag: str) -> str:
    """The name that all starts, or all ends, have; "" where one of them is called otherwise or not at all."""
    names = {node.name for node in scope.nodes if node.tag == tag}
    return names.pop() if len(names) == 1 else ""


def _step_id(stop: Stop, names: Names) -> str:
    if stop.node is not None and OWN_STEP in stop.node.element.attributes:
        own = stop.node.element.get(OWN_STEP)
        if slug_of(own) == own:
            return names.slug(own, "", "step")
    return names.slug(_title(stop), stop.node.key if stop.node is not None else "", "step")


def _title(stop: Stop) -> str:
    node = stop.node
    if node is None or stop.title:
        return stop.title
    if node.tag in ("intermediateCatchEvent", "intermediateThrowEvent", "intermediateEvent"):
        return ("Wait until " if node.tag == "intermediateCatchEvent" else "Say that ") + event_words(node)
    if node.tag == "parallelGateway":
        return "Bring it together" if stop.groups else "Begin several things at once"
    return _UNNAMED.get(node.tag, "Part without a name" if node.tag in SUB_PROCESSES else "Task without a name")


def _step(stop: Stop, place: int, order: list[Stop], ids: dict[Stop, str]) -> Step:
    node = stop.node
    step = Step(
        id=ids[stop],
        title=_title(stop),
        role=one_line(stop.role)[:MOST_ROLE].strip(),
        takes=tuple(dict.fromkeys(node.takes)) if node else (),
        gives=tuple(dict.fromkeys(node.gives)) if node else (),
        handling=Handling.AUTOMATE if node and node.tag in _MADE else Handling.UNDECIDED,
        then=_then(stop, place, order, ids),
        join=_join(stop, ids),
    )
    return own_step(step, node.element) if node is not None else step


def _then(stop: Stop, place: int, order: list[Stop], ids: dict[Stop, str]) -> Goes | Decision | None:
    if stop.decides:
        return Decision(tuple(_outcomes(stop.ways, ids)))
    targets = tuple(ids[arrival.stop] for way in stop.ways for arrival in way.arrivals)
    following = (ids[order[place + 1]],) if place + 1 < len(order) else ()
    return None if targets == following else Goes(targets or (END,))


def _outcomes(ways: Iterable[Way], ids: dict[Stop, str]) -> Iterator[Outcome]:
    """Each way under a name of its own; two ways of one name to one place are one."""
    taken: set[str] = set()
    known: set[tuple[str, tuple[str, ...]]] = set()
    counts: dict[str, int] = {}
    for number, way in enumerate(ways, 1):
        targets = tuple(ids[arrival.stop] for arrival in way.arrivals) or (END,)
        name = one_line(way.when) or f"way {number}"
        if (name.casefold(), targets) in known:
            continue
        known.add((name.casefold(), targets))
        own = name
        while own.casefold() in taken:
            counts[name] = counts.get(name, 1) + 1
            own = f"{name} ({counts[name]})"
        taken.add(own.casefold())
        yield Outcome(own, Goes(targets))


def _join(stop: Stop, ids: dict[Stop, str]) -> Join | None:
    if stop.groups is None:
        return None
    if all(len(group) == 1 for group in stop.groups):
        return Join()
    return Join(tuple(tuple(ids[source] for source in group) for group in stop.groups))


# Entries

_KINDS = {Part.CHOICE: "decision", Part.FORK: "split", Part.JOIN: "join", Part.BOTH: "join", Part.PASS: "merge"}


def _entries(scope: Scope, folded: Folded, order: list[Stop], process: Process) -> tuple[Entry, ...]:
    """Every flow node that is part of the flow, in the order of the steps, then of the file."""
    steps = dict(zip(order, process.steps, strict=True))
    names = Names(step.id for step in process.steps)
    found = [
        Entry(step.id, node.key, step.title, step.role, "step", node.line)
        for stop, step in steps.items()
        if (node := stop.node or stop.origin) is not None
    ]
    for node in scope.nodes:
        if node.away or (node in folded.into and folded.into[node].node is node):
            continue
        kind = _kind(node, folded)
        into = folded.into.get(node) or (folded.first if node.tag == "startEvent" else None)
        own = names.slug(node.name or kind, node.key, kind, reserved=False)
        found.append(Entry(own, node.key, node.name, node.role, kind, node.line, steps[into].id if into else ""))
    return tuple(found)


def _kind(node: Node, folded: Folded) -> str:
    if node.tag == "startEvent":
        return "start"
    if node.tag == "endEvent":
        return "end"
    if node.tag in ("intermediateCatchEvent", "intermediateThrowEvent", "intermediateEvent", "boundaryEvent"):
        return "link" if node.definition == "linkEventDefinition" else "event"
    if len(node.outs) > 1 and node.tag != "parallelGateway":
        return "decision"
    return _KINDS.get(folded.parts[node], "merge")


# The notes of a process, in words


def told_notes(scope: Scope, kept: list[Kept], notes: list[Note], process: Process, entries: tuple[Entry, ...]) -> str:
    """CommonMark: the documentation first, then what was said of steps, then what is only kept, then what is left out."""
    titles = {entry.source: entry.title for entry in entries if entry.kind == "step"}
    said = [
        f"- **{_escaped(titles.get(node.key) or node.name or node.key)}**: {_indented(text)}"
        for node in scope.nodes
        for text in dict.fromkeys(node.words)
    ]
    said += _called(process, entries)
    parts = [*scope.about]
    if said:
        parts += ["# About the steps", "\n".join(said)]
    if kept:
        parts += ["# Also on the other map", "\n".join(f"- {_indented(each.text)} {_where(each)}" for each in kept)]
    if notes:
        parts += ["# Not on this map", "\n".join(f"- {_where(note)}: {_escaped(note.reason)}" for note in notes)]
    return "\n\n".join(parts)


_CALLED = {
    "decision": "the decision is",
    "split": "the split is",
    "join": "the join is",
    "merge": "ways meet at",
    "start": "a start is",
    "end": "an end is",
}


def _called(process: Process, entries: tuple[Entry, ...]) -> Iterator[str]:
    """The names of what became a part of a step, or of the flow: a map of ours has no place for them."""
    titles = {entry.id: entry.title for entry in entries if entry.kind == "step"}
    for entry in entries:
        name = one_line(entry.title)
        if entry.kind in _CALLED and name and name not in (process.trigger, process.result):
            said = f"{_CALLED[entry.kind]} “{_escaped(name)}”"
            step = titles.get(entry.into)
            yield f"- **{_escaped(step)}**: {said}" if step else f"- {said[0].upper()}{said[1:]}"


def _where(thing: Note | Kept) -> str:
    code = thing.element.replace("`", "'")
    place = f"`{one_line(code)}`, line {thing.line}"
    return place if isinstance(thing, Note) else f"({place})"


def _indented(text: str) -> str:
    return "\n  ".join(_escaped(line.strip()) for line in text.splitlines() if line.strip())


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\`*_[]<#" else letter for letter in text)
