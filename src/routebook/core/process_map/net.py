"""A flow as places and firings, the form in which soundness is decided.

A place is an open step, or a line into a step that waits for several. (A line into any other step needs
no place: its token opens the step at once.) Completing a step by one outcome is a firing, and so is the
opening of a waiting step by one choice of lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod

from routebook.core.process_map.flow import Flow

MOST_CHOICES = 4_096
"""How many choices of lines the joins of one map may have before it counts as too entangled."""


class TooEntangled(Exception):
    """The map has more choices or states than the limit allows to look at."""


@dataclass(frozen=True, slots=True)
class Firing:
    """Something that happens in a run: `step` completes by `outcome`, or opens (None) by its join.

    `took` are the lines an opening took its tokens from, `gave` the lines a completion put tokens on.
    """

    step: str
    outcome: str | None
    took: tuple[int, ...] = ()
    gave: tuple[int, ...] = ()


Trace = Firing | tuple["Trace", "Trace"] | None
"""Firings in order, as a tree, so that joining two traces costs nothing."""


def firings_of(trace: Trace) -> Iterator[Firing]:
    """The firings of a trace, first to last."""
    waiting = [trace]
    while waiting:
        head = waiting.pop()
        if isinstance(head, Firing):
            yield head
        elif head is not None:
            first, second = head
            waiting += (second, first)


@dataclass(frozen=True, slots=True)
class Transition:
    """Takes one token from each place of `pre` and puts one on each of `post`."""

    pre: frozenset[int]
    post: frozenset[int]
    trace: Trace


@dataclass(slots=True)
class Net:
    """Places and transitions, kept so that a place knows its neighbours. A net is changed by `reduce`.

    `initial` is the only place marked at first. A token on one of the `sinks` may leave at any time and
    does nothing else, so sinks have no consumers.
    """

    initial: int
    transitions: dict[int, Transition] = field(default_factory=dict)
    numbers: dict[tuple[frozenset[int], frozenset[int]], int] = field(default_factory=dict)
    producers: dict[int, set[int]] = field(default_factory=dict)
    consumers: dict[int, set[int]] = field(default_factory=dict)
    sinks: set[int] = field(default_factory=set)
    count: int = 0

    def add(self, pre: frozenset[int], post: frozenset[int], trace: Trace) -> None:
        """Add a transition, unless it changes nothing or is there already."""
        if pre == post or (pre, post) in self.numbers:
            return
        number = self.count
        self.count += 1
        self.transitions[number] = Transition(pre, post, trace)
        self.numbers[pre, post] = number
        for place in pre:
            self.consumers[place].add(number)
        for place in post:
            self.producers[place].add(number)

    def remove(self, number: int) -> None:
        """Take a transition away."""
        transition = self.transitions.pop(number)
        del self.numbers[transition.pre, transition.post]
        for place in transition.pre:
            self.consumers[place].discard(number)
        for place in transition.post:
            self.producers[place].discard(number)

    def add_place(self, place: int) -> None:
        self.producers[place] = set()
        self.consumers[place] = set()

    def remove_place(self, place: int) -> None:
        """Take a place away that no transition touches any more."""
        del self.producers[place], self.consumers[place]
        self.sinks.discard(place)

    def around(self, place: int) -> set[int]:
        """The places that share a transition with this one, itself included."""
        near = {place}
        for number in self.producers[place] | self.consumers[place]:
            near |= self.transitions[number].pre | self.transitions[number].post
        return near


def net_of(flow: Flow) -> Net:
    """The net of a flow. Raises `TooEntangled` where its joins have too many choices of lines."""
    if sum(prod(map(len, flow.needs[step])) for step in flow.joined) > MOST_CHOICES:
        raise TooEntangled
    net = Net(initial=len(flow.steps) + len(flow.lines))
    net.add_place(net.initial)
    for position in range(len(flow.steps)):
        net.add_place(position)
    for line in range(len(flow.lines)):
        if place_of(flow, line) >= len(flow.steps):
            net.add_place(place_of(flow, line))
    net.add(frozenset({net.initial}), frozenset({flow.targets[0]}), None)
    for position, step in enumerate(flow.steps):
        for outcome, gave in flow.exits[step].items():
            post = frozenset(place_of(flow, line) for line in gave)
            net.add(frozenset({position}), post, Firing(step, outcome, gave=gave))
        if step in flow.joined:
            for took in product(*flow.needs[step]):
                pre = frozenset(place_of(flow, line) for line in took)
                net.add(pre, frozenset({position}), Firing(step, None, took=took))
    return net


def place_of(flow: Flow, line: int) -> int:
    """The place that a token on a line marks: the open step, or the line itself where the step waits."""
    position = flow.targets[line]
    return len(flow.steps) + line if flow.steps[position] in flow.joined else position
