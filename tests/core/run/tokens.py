"""The token game, played on the map alone and in every possible way. It shares no code with the product, so
that it can say whether the product's markings are right."""

from __future__ import annotations

import itertools
from collections import deque

from hypothesis import reject

from routebook.core.document import END, START, Decision, Process, Step

Line = tuple[str, str]
Marking = tuple[frozenset[Line], frozenset[str]]
"""The lines that hold a token, and the steps that are open."""

EMPTY: Marking = (frozenset(), frozenset())
FAR = 10**9


class TokenGame:
    """Every marking that a map can reach, and how many moves each is from the end."""

    def __init__(self, process: Process, most: int = 2_000) -> None:
        self.steps = {step.id: step for step in process.steps}
        start: Marking = (frozenset({(START, process.steps[0].id)}), frozenset())
        self.moves: dict[Marking, set[Marking]] = {}
        waiting = [start]
        while waiting:
            marking = waiting.pop()
            if marking in self.moves:
                continue
            if len(self.moves) > most:
                reject()
            self.moves[marking] = set(self._opened(marking)) | set(self._completed(marking))
            waiting += self.moves[marking]
        self.distance = self._distances()

    def ways(self, step: str) -> dict[str, frozenset[Line]]:
        """The lines that get a token, by outcome."""
        then = self.steps[step].then
        if isinstance(then, Decision):
            return {outcome.when: lines(step, outcome.goes.targets) for outcome in then.outcomes}
        assert then is not None
        return {"": lines(step, then.targets)}

    def best_outcome(self, marking: Marking, step: str) -> str:
        """The outcome after which the run is nearest to its end."""
        tokens, opened = marking
        rest = opened - {step}
        return min(self.ways(step), key=lambda name: self.distance.get((tokens | self.ways(step)[name], rest), FAR))

    def _opened(self, marking: Marking) -> list[Marking]:
        tokens, opened = marking
        followers = []
        for step in self.steps.values():
            for taken in self._choices(step, tokens):
                assert step.id not in opened, f"{step.id} would be open twice"
                followers.append((tokens - set(taken), opened | {step.id}))
        return followers

    def _choices(self, step: Step, tokens: frozenset[Line]) -> list[tuple[Line, ...]]:
        arrived = [line for line in tokens if line[1] == step.id]
        if step.join is None:
            return [(line,) for line in arrived]
        groups = step.join.groups or tuple((source,) for source in self._sources(step.id))
        return list(itertools.product(*([line for line in arrived if line[0] in group] for group in groups)))

    def _sources(self, target: str) -> list[str]:
        return [
            step for step in self.steps if any(line[1] == target for way in self.ways(step).values() for line in way)
        ]

    def _completed(self, marking: Marking) -> list[Marking]:
        tokens, opened = marking
        followers = []
        for step in opened:
            for made in self.ways(step).values():
                assert not made & tokens, f"a line after {step} would hold two tokens"
                followers.append((tokens | made, opened - {step}))
        return followers

    def _distances(self) -> dict[Marking, int]:
        before: dict[Marking, list[Marking]] = {}
        for marking, followers in self.moves.items():
            for follower in followers:
                before.setdefault(follower, []).append(marking)
        distance = {EMPTY: 0}
        waiting = deque([EMPTY])
        while waiting:
            marking = waiting.popleft()
            for earlier in before.get(marking, []):
                if earlier not in distance:
                    distance[earlier] = distance[marking] + 1
                    waiting.append(earlier)
        return distance


def lines(source: str, targets: tuple[str, ...]) -> frozenset[Line]:
    return frozenset((source, target) for target in targets if target != END)
