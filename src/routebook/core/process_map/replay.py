"""Playing a run that got into trouble once more, step by step, to see who met whom and who waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from routebook.core.process_map.flow import Flow
from routebook.core.process_map.net import Firing, place_of


@dataclass(slots=True)
class Token:
    """`line` is the line it came by, `made` the number of the event that made it, `taken` by which it left."""

    line: int
    made: int
    taken: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A firing; `before` holds the numbers of all events it depends on and its own, one bit each."""

    firing: Firing
    before: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tokens that can be on one place at once: `line` came first, `other` second.

    `waits` tells a line into a step that waits from an open step; `first` and `second` are the events
    that made the tokens (0 is the start of the run).
    """

    step: str
    waits: bool
    line: int
    other: int
    first: int
    second: int


@dataclass(slots=True)
class Replay:
    """A run of a flow: its events and where its tokens are. Event 0 is the start."""

    flow: Flow
    events: list[Event] = field(default_factory=list)
    places: dict[int, list[Token]] = field(default_factory=dict)
    meeting: Meeting | None = None

    def __post_init__(self) -> None:
        self.events.append(Event(Firing("", None, gave=(0,)), 1))
        self._put(0)

    def play(self, firings: Iterable[Firing]) -> None:
        """Play firings in order, up to the first meeting of two tokens."""
        for firing in firings:
            if self.meeting is None:
                self._fire(firing)

    def settle(self, distance: dict[str, int]) -> None:
        """Let every open step go the shortest way to the end until nothing can move.

        `distance` is the number of steps from a step to the end. In a map where every step has a way
        to the end this stops: what goes on for ever that way brings two tokens together.
        """
        while self.meeting is None:
            firing = next(self._possible(distance), None)
            if firing is None:
                return
            self._fire(firing)

    def waiting(self) -> dict[str, tuple[int, ...]]:
        """The steps that wait, with the lines on which something has arrived."""
        lines: dict[str, list[int]] = {}
        for line, (_, target) in enumerate(self.flow.lines):
            if target in self.flow.joined and self._here(place_of(self.flow, line)):
                lines.setdefault(target, []).append(line)
        return {step: tuple(arrived) for step, arrived in lines.items()}

    def between(self, first: int, second: int) -> Iterator[Firing]:
        """The firings that `second` depends on and that depend on `first`, latest first, without `first`."""
        for number in range(second, first, -1):
            if self.events[second].before >> number & 1 and self.events[number].before >> first & 1:
                yield self.events[number].firing

    def _fire(self, firing: Firing) -> None:
        number = len(self.events)
        before = 1 << number
        for place in self._sources(firing):
            token = self._here(place)[0]
            token.taken = number
            before |= self.events[token.made].before
        self.events.append(Event(firing, before))
        if firing.outcome is None:
            self._open(firing.step, firing.took[0], number)
        for line in firing.gave:
            self._put(line)

    def _sources(self, firing: Firing) -> tuple[int, ...]:
        if firing.outcome is None:
            return tuple(place_of(self.flow, line) for line in firing.took)
        return (self.flow.steps.index(firing.step),)

    def _put(self, line: int) -> None:
        self._arrive(place_of(self.flow, line), Token(line, len(self.events) - 1))

    def _open(self, step: str, line: int, number: int) -> None:
        self._arrive(self.flow.steps.index(step), Token(line, number))

    def _arrive(self, place: int, token: Token) -> None:
        """Put a token on a place; it meets those there that need not have left before it came."""
        before = self.events[token.made].before
        for other in self.places.setdefault(place, []):
            if self.meeting is None and (other.taken is None or not before >> other.taken & 1):
                waits = place >= len(self.flow.steps)
                step = self.flow.lines[token.line][1]
                self.meeting = Meeting(step, waits, other.line, token.line, other.made, token.made)
        self.places[place].append(token)

    def _here(self, place: int) -> list[Token]:
        return [token for token in self.places.get(place, ()) if token.taken is None]

    def _possible(self, distance: dict[str, int]) -> Iterator[Firing]:
        for position, step in enumerate(self.flow.steps):
            if self._here(position):
                yield min(
                    (Firing(step, outcome, gave=gave) for outcome, gave in self.flow.exits[step].items()),
                    key=lambda firing: min((distance[self.flow.lines[line][1]] for line in firing.gave), default=-1),
                )
        for step, arrived in self.waiting().items():
            took = [next((line for line in group if line in arrived), -1) for group in self.flow.needs[step]]
            if -1 not in took:
                yield Firing(step, None, took=tuple(took))
