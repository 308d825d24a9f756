"""What flows along the steps of a map: one step's output is another one's input, and where that breaks.

Stands for an unsound map, too. A half-filled map is no mistake yet: where the neighbours of a step don't say what
they take (or give), nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import END, Decision, Goes, Handling, Process, Step


class Side(StrEnum):
    """What a step takes from others, or gives to them."""

    TAKES = "takes"
    GIVES = "gives"


@dataclass(frozen=True, slots=True)
class Break:
    """A thing that a step takes and no earlier one gives, or gives and no later one takes.

    `index` is the step's place in the map, `place` that of the name among what the step takes (or gives).
    """

    index: int
    step: Step
    side: Side
    place: int
    name: str


def breaks(process: Process) -> tuple[Break, ...]:
    """Every break of a map, by step."""
    found = [*inputs_nobody_gives(process), *outputs_nobody_takes(process)]
    return tuple(sorted(found, key=lambda one: (one.index, one.side is Side.GIVES, one.place)))


def outputs_nobody_takes(process: Process) -> Iterator[Break]:
    """What is given and no later step takes, nor is the result. A dropped step gives nothing."""
    following = followers(process)
    steps = {step.id: step for step in process.steps}
    for index, step in enumerate(process.steps):
        if step.handling is Handling.DROP or not step.gives or not _all_tell(following[step.id], steps, Side.TAKES):
            continue
        ahead = _reach(step.id, following)
        wanted = {_key(name) for follower in ahead if follower != END for name in steps[follower].takes}
        is_any = END in ahead and not process.result
        for place, given in enumerate(step.gives):
            if not is_any and _key(given) not in wanted and not _within(given, process.result):
                yield Break(index, step, Side.GIVES, place, given)


def inputs_nobody_gives(process: Process) -> Iterator[Break]:
    """What is taken and no earlier step gives, nor is the trigger. What the start form asks is there for every step."""
    before = _turned(followers(process))
    steps = {step.id: step for step in process.steps}
    asked = {_key(field.field.replace("_", " ")) for field in process.form}
    for index, step in enumerate(process.steps):
        if step.handling is Handling.DROP or not step.takes or (index == 0 and not process.trigger):
            continue
        if not _all_tell(before.get(step.id, ()), steps, Side.GIVES):
            continue
        behind = _reach(step.id, before)
        made = asked | {_key(name) for giver in behind if giver in steps for name in steps[giver].gives}
        for place, taken in enumerate(step.takes):
            if _key(taken) not in made and not _within(taken, process.trigger):
                yield Break(index, step, Side.TAKES, place, taken)


def followers(process: Process) -> dict[str, tuple[str, ...]]:
    """The targets of each step, `END` included. Unlike a compiled flow it also stands for an unsound map."""
    known = {step.id for step in process.steps}
    found: dict[str, tuple[str, ...]] = {}
    for index, step in enumerate(process.steps):
        targets = _targets(step.then) if step.then is not None else _next(process, index)
        found[step.id] = tuple(target for target in dict.fromkeys(targets) if target in known or target == END)
    return found


def _next(process: Process, index: int) -> tuple[str, ...]:
    return (process.steps[index + 1].id,) if index + 1 < len(process.steps) else (END,)


def _targets(then: Goes | Decision) -> tuple[str, ...]:
    if isinstance(then, Goes):
        return then.targets
    return tuple(target for outcome in then.outcomes for target in outcome.goes.targets)


def _turned(following: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The sources of each step."""
    before: dict[str, list[str]] = {}
    for source, targets in following.items():
        for target in targets:
            before.setdefault(target, []).append(source)
    return {target: tuple(sources) for target, sources in before.items()}


def _reach(origin: str, ways: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Everything that can be reached from a step; the step itself only by a way round."""
    seen: set[str] = set()
    ahead = [*ways.get(origin, ())]
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            ahead.extend(ways.get(place, ()))
    return seen


def _all_tell(neighbours: tuple[str, ...], steps: Mapping[str, Step], side: Side) -> bool:
    """Whether each neighbour says what it takes (or gives)."""
    tells = (steps[neighbour] for neighbour in neighbours if neighbour in steps)
    return all(step.takes if side is Side.TAKES else step.gives for step in tells)


def _key(name: str) -> str:
    """A name as it is compared: case and spaces aside."""
    return " ".join(name.split()).casefold()


def _within(name: str, sentence: str) -> bool:
    """Whether a trigger or result, which may be a sentence, holds the name as whole words."""
    return f" {_key(name)} " in f" {_key(sentence)} "
