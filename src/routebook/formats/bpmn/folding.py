"""The flow of BPMN folded into steps: gateways become the ways out of the step before, joins the waiting of the step after.

A gateway that no step can carry (a decision right after a split, a join with nothing to do after it) becomes a step of
its own, so that the folded flow does what the drawn one did. Names here: a *stop* is a node that becomes a step; an
*arrival* is a stop with the way by which a join is reached, or no way where nothing waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from routebook.formats.bpmn.elements import CHOREOGRAPHY, SUB_PROCESSES, TASKS
from routebook.formats.bpmn.model import Link, Node

NORMAL = "done"
"""The outcome of a step that went as planned, where an event at its border names the others."""


class Part(StrEnum):
    """What a node is to the flow."""

    STEP = "step"
    CHOICE = "decision"
    FORK = "split"
    JOIN = "join"
    BOTH = "join and split"
    PASS = "merge"
    START = "start"
    END = "end"


@dataclass(slots=True, eq=False)
class Stop:
    """A step to be. `node` is None for one that the file doesn't have, `origin` is what it is made for then."""

    node: Node | None
    title: str = ""
    role: str = ""
    decides: bool = False
    ways: list[Way] = field(default_factory=list)
    groups: list[list[Stop]] | None = None
    """What it waits for; None where it waits for nothing."""
    origin: Node | None = None


@dataclass(slots=True, eq=False)
class Way:
    """One way out of a stop: its outcome's name ("" without a decision) and where it goes; nowhere is the end."""

    when: str
    arrivals: list[Arrival]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stop that is reached. `by` is the flow into a join that it waits at."""

    stop: Stop
    by: Link | None = None


@dataclass(slots=True, eq=False)
class Folded:
    """A flow in steps. `first` is where a run begins; None of an empty map. `into`: node -> the stop that carries it."""

    first: Stop | None
    stops: list[Stop]
    into: dict[Node, Stop]
    parts: dict[Node, Part]
    ends_joined: bool
    """Whether some join has only an end after it."""


def fold(nodes: Sequence[Node], *, joins_at_ends: bool) -> Folded:
    """Fold the flow between the nodes. `joins_at_ends`: keep a join with nothing but an end after it as a step."""
    return _Folding([node for node in nodes if not node.away], joins_at_ends).folded()


def part_of(node: Node) -> Part:
    """What a node is to the flow, by its tag and the number of its flows."""
    ins, outs = len(node.ins), len(node.outs)
    if node.tag in TASKS or node.tag in SUB_PROCESSES or node.tag in CHOREOGRAPHY or node.tag == "eventBasedGateway":
        return Part.STEP
    if node.tag == "startEvent":
        return _passing(outs) if ins else Part.START
    if node.tag == "endEvent":
        return Part.PASS if outs else Part.END
    if node.tag in ("intermediateCatchEvent", "intermediateThrowEvent", "intermediateEvent"):
        return Part.STEP if node.definition not in ("", "linkEventDefinition") else _passing(outs)
    if node.tag == "boundaryEvent":
        return _passing(outs)
    if node.tag == "parallelGateway":
        if ins > 1 and outs > 1:
            return Part.BOTH
        return Part.JOIN if ins > 1 and outs else Part.FORK if outs > 1 else _passing(outs)
    if outs > 1 or (outs == 1 and ins == 1 and node.outs[0].name and node.ins[0].source.tag in TASKS):
        return Part.CHOICE
    return _passing(outs)


def _passing(outs: int) -> Part:
    return Part.PASS if outs == 1 else Part.FORK if outs else Part.END


class _Folding:
    def __init__(self, nodes: list[Node], joins_at_ends: bool) -> None:
        self.nodes = nodes
        self.joins_at_ends = joins_at_ends
        self.parts = {node: part_of(node) for node in nodes}
        self.stops: dict[Node, Stop] = {}
        self.extra: list[Stop] = []
        self.carried: dict[Node, Node | None] = {}
        self.carriers: dict[Node, Stop | None] = {}
        self.onward: dict[Node, Link] = {}
        self.ends_joined = False

    def folded(self) -> Folded:
        for node in self.nodes:
            if self.is_stop(node):
                self.stops[node] = Stop(node, node.name, node.role)
        for node, stop in self.stops.items():
            self._leave(node, stop)
        first = self._begin()
        self._wait()
        first = first or self._anywhere()
        into = {node: carrier for node in self.nodes if (carrier := self._carrier(node)) is not None}
        stops = [*self.extra, *self.stops.values()]
        return Folded(first, stops, into, self.parts, self.ends_joined)

    # Which nodes are stops

    def is_stop(self, node: Node) -> bool:
        part = self.parts.get(node)
        if part is Part.STEP or part is Part.BOTH:
            return True
        if part is Part.CHOICE or part is Part.FORK:
            return self._host(node) is None
        return part is Part.JOIN and self._joined_to(node) is None

    def _host(self, gate: Node) -> Node | None:
        """The node whose way out a decision or a split is, if one alone leads to it and can carry it."""
        source = self._only_source(gate)
        if source is None:
            return None
        part = self.parts[source]
        if self.parts[gate] is Part.CHOICE:
            return source if part is Part.STEP and len(source.outs) == 1 and source.tag != "eventBasedGateway" else None
        return source if part in (Part.STEP, Part.CHOICE, Part.FORK, Part.BOTH) else None

    def _only_source(self, node: Node) -> Node | None:
        """The one node that leads here, merges and milestones with one way in left aside."""
        seen: set[Node] = set()
        while len(node.ins) == 1 and node not in seen:
            seen.add(node)
            node = node.ins[0].source
            if node.tag == "startEvent":
                return None  # a run may begin here, too
            if self.parts.get(node) is not Part.PASS:
                return node if node in self.parts else None
        return None

    def _joined_to(self, join: Node) -> Node | None:
        """The node that can do the waiting of a join: a stop, or a further join, to which nothing else leads."""
        if join in self.carried:
            return self.carried[join]
        self.carried[join] = None  # a round of joins waits at each of them
        link = self._ahead(join.outs[0])
        target = link.target
        if self.parts.get(target) is Part.END:
            self.ends_joined = True
            self.carried[join] = None if self.joins_at_ends else target
        elif self._waits_too(target, join):
            self.carried[join] = target
        return self.carried[join]

    def _waits_too(self, target: Node, join: Node) -> bool:
        part = self.parts.get(target)
        if part in (Part.JOIN, Part.BOTH):
            return target is not join and self._comes_alone(join.outs[0], target)
        return part in (Part.STEP, Part.CHOICE, Part.FORK) and self._only_source(target) is join

    def _comes_alone(self, link: Link, target: Node) -> bool:
        """Whether nothing else merges into a flow before it reaches its target."""
        while link.target is not target:
            if len(link.target.ins) > 1 or link.target.tag == "startEvent":
                return False
            link = link.target.outs[0]
        return True

    def _ahead(self, link: Link) -> Link:
        """Follow a flow through everything that only passes it on."""
        walked: list[Node] = []
        while (node := link.target) not in self.onward and self._passes(node):
            self.onward[node] = link  # a round of merges leads nowhere
            walked.append(node)
            link = node.outs[0]
        link = self.onward.get(link.target, link)
        self.onward |= dict.fromkeys(walked, link)
        return link

    def _passes(self, node: Node) -> bool:
        return self.parts.get(node) in (Part.PASS, Part.START) and len(node.outs) == 1

    def _carrier(self, node: Node) -> Stop | None:
        """The stop that a node was folded into."""
        walked: list[Node] = []
        carrier: Stop | None = None
        while node not in self.carriers:
            self.carriers[node] = None  # a round of nodes is carried by none
            walked.append(node)
            carrier = self.stops.get(node)
            if carrier is not None:
                break
            gate = self.parts.get(node) in (Part.CHOICE, Part.FORK)
            following = self._host(node) if gate else self.carried.get(node)
            if following is None:
                break
            node = following
        else:
            carrier = self.carriers[node]
        for each in walked:
            self.carriers[each] = carrier
        return carrier

    # Ways out

    def _leave(self, node: Node, stop: Stop) -> None:
        part = self.parts[node]
        if part is Part.CHOICE or node.tag == "eventBasedGateway":
            stop.decides = bool(node.outs)
            stop.ways = [Way(self._when(link), self.arrivals(link)) for link in node.outs]
        elif part is Part.STEP and len(node.outs) == 1:
            self._leave_by(node.outs[0], stop)
        elif part is Part.STEP and any(link.condition or link.default for link in node.outs):
            stop.decides = True
            stop.ways = [Way(self._when(link), self.arrivals(link)) for link in node.outs]
        else:
            stop.ways = [Way("", self._together(node.outs))]
        self._leave_early(node, stop)

    def _leave_by(self, link: Link, stop: Stop) -> None:
        gate = self._ahead(link).target
        if self.parts.get(gate) is Part.CHOICE and gate not in self.stops:
            stop.decides = True
            stop.ways = [Way(self._when(out), self.arrivals(out)) for out in gate.outs]
        else:
            stop.ways = [Way("", self.arrivals(link))]

    def _leave_early(self, node: Node, stop: Stop) -> None:
        """An event at the border of a step is one more way out of it."""
        early = [event for event in node.boundaries if event.outs and not event.away]
        if not early:
            return
        if not stop.decides:
            stop.decides = True
            stop.ways = [Way(NORMAL, stop.ways[0].arrivals if stop.ways else [])]
        stop.ways += [Way(event.name or event_words(event), self._together(event.outs)) for event in early]

    def _when(self, link: Link) -> str:
        """What a way is called: its name, else its condition, else what comes there."""
        if link.name or link.condition:
            return link.name or link.condition
        if link.default:
            return "otherwise"
        target = self._ahead(link).target
        if link.source.tag == "eventBasedGateway" and link.target.name:
            return link.target.name
        if target.name:
            return f"to {target.name}"
        return "to the end" if self.parts.get(target) is Part.END else ""

    def _together(self, links: Sequence[Link]) -> list[Arrival]:
        return [arrival for link in links for arrival in self.arrivals(link)]

    def arrivals(self, link: Link) -> list[Arrival]:
        """Where a token on this flow comes to; nowhere if it ends. A split comes to several stops."""
        found: list[Arrival] = []
        seen: set[Node] = set()
        waiting = [link]
        while waiting:
            link = self._ahead(waiting.pop())
            node = link.target
            part = self.parts.get(node)
            if node in self.stops:
                found.append(Arrival(self.stops[node], link if part in (Part.JOIN, Part.BOTH) else None))
            elif part in (Part.FORK, Part.START) and node not in seen:
                seen.add(node)
                waiting += reversed(node.outs)
            elif part is Part.JOIN and (stop := self._carrier(node)) is not None:
                found.append(Arrival(stop, link))
        return found

    # Where a run begins

    def _begin(self) -> Stop | None:
        starts = [node for node in self.nodes if node.tag == "startEvent"]
        leading = [(node, self._together(node.outs)) for node in starts if node.outs]
        if leading:
            return self._begin_at([(node, arrivals) for node, arrivals in leading if arrivals])
        loose = [node for node in self.nodes if not node.ins and node not in starts and node.tag != "boundaryEvent"]
        arrivals = [arrival for node in loose for arrival in self._begin_loose(node)]
        return self._first(arrivals, loose[0]) if arrivals else None

    def _anywhere(self) -> Stop | None:
        """Where nothing says where a run begins: the first step of the file, best one that waits for nothing."""
        stops = list(self.stops.values())
        free = [stop for stop in stops if stop.groups is None]
        if free or not stops:
            return free[0] if free else None
        return self._synthetic("Begin", stops[0].node, [Way("", [Arrival(stops[0])])])

    def _begin_loose(self, node: Node) -> list[Arrival]:
        """A step that nothing leads to, in a process without a start, begins at once."""
        return [Arrival(self.stops[node])] if node in self.stops else self._together(node.outs)

    def _begin_at(self, starts: list[tuple[Node, list[Arrival]]]) -> Stop | None:
        if len(starts) > 1:
            ways = [Way(node.name or event_words(node), arrivals) for node, arrivals in starts]
            if len({tuple(way.arrivals) for way in ways}) > 1:
                return self._synthetic("Choose how it begins", starts[0][0], ways, decides=True)
        return self._first(starts[0][1], starts[0][0]) if starts else None

    def _first(self, arrivals: list[Arrival], origin: Node) -> Stop:
        if len(arrivals) == 1 and arrivals[0].by is None:
            return arrivals[0].stop
        return self._synthetic("Begin", origin, [Way("", arrivals)])

    def _synthetic(self, title: str, origin: Node | None, ways: list[Way], *, decides: bool = False) -> Stop:
        role = origin.role if origin is not None else ""
        stop = Stop(None, title, role, decides, ways, origin=origin)
        self.extra.append(stop)
        return stop

    # What waits for what

    def _wait(self) -> None:
        """Give each stop that joins were folded into its groups: who comes by which flow."""
        joined = {stop for node, stop in self.stops.items() if self.parts[node] in (Part.JOIN, Part.BOTH)}
        joined |= {
            stop for node in self.carried if (stop := self._carrier(node)) is not None and node not in self.stops
        }
        groups: dict[Stop, dict[Link, list[Stop]]] = {stop: {} for stop in joined}
        for source in [*self.extra, *self.stops.values()]:
            for way in list(source.ways):
                way.arrivals = self._each_once(source, way.arrivals, groups)
        for stop in joined:
            found = [sources for sources in groups[stop].values() if sources]
            stop.groups = found if len(found) > 1 else None

    def _each_once(
        self, source: Stop, arrivals: list[Arrival], groups: dict[Stop, dict[Link, list[Stop]]]
    ) -> list[Arrival]:
        """The stops of one way, each named once. A second line to a join from the same step gets a step of its own."""
        kept: list[Arrival] = []
        here: set[Stop] = set()
        for arrival in arrivals:
            stop, by = arrival.stop, arrival.by
            if stop in here:
                continue
            here.add(stop)
            if by is not None and stop in groups:
                known = groups[stop]
                if any(source in sources for link, sources in known.items() if link is not by):
                    relay = self._synthetic(f"Go on to {stop.title or 'the join'}", by.source, [Way("", [arrival])])
                    known.setdefault(by, []).append(relay)
                    kept.append(Arrival(relay))
                    continue
                sources = known.setdefault(by, [])
                if source not in sources:
                    sources.append(source)
            kept.append(arrival)
        return kept


_EVENTS = {
    "timerEventDefinition": "a time has come",
    "messageEventDefinition": "a message comes",
    "signalEventDefinition": "a signal comes",
    "errorEventDefinition": "something goes wrong",
    "escalationEventDefinition": "it is escalated",
    "conditionalEventDefinition": "a condition becomes true",
    "cancelEventDefinition": "it is cancelled",
    "compensateEventDefinition": "it is undone",
    "terminateEventDefinition": "everything stops",
    "linkEventDefinition": "it goes on elsewhere",
}


def event_words(node: Node) -> str:
    """What an event without a name says."""
    if node.tag == "startEvent" and not node.definition and node.outs:
        return f"starts with {node.outs[0].target.name or 'what comes first'}"
    return _EVENTS.get(node.definition, "something happens")
