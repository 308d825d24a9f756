"""The flow of a process: its map compiled to lines that hold tokens and steps that take them.

A line is a pair (source step, target step); line 0 leads from the start into the first step. Completing
a step puts a token on the lines of the chosen exit; opening a step takes one token from each of its
groups of lines. Several outcomes with one target share a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from routebook.core.document import END, RESERVED_STEP_IDS, START, Decision, Goes, Process, Step

ONLY_EXIT = ""
"""The outcome name of a step that is no decision."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a process has no flow, or why its flow is not sound.

    `code` is stable, `path` a field path such as ``steps[3].then``, `sentence` names the steps by
    title and says what to do, `steps` holds the ids concerned.
    """

    code: str
    path: str
    sentence: str
    steps: tuple[str, ...] = ()


class FlowError(ValueError):
    """A process that has no flow; `problems` says why, in the order of the map."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Flow:
    """A compiled map. Lines are known by their number, the index into `lines`.

    `exits`: step -> outcome name (`ONLY_EXIT` where it is no decision) -> the lines that get a token;
    going to the end gives none. `needs`: step -> groups of lines; opening takes one token from each
    group, and a step without a join has one group with all its lines. `targets`: line -> position in
    `steps` of the step it leads to. `joined`: the steps that wait for several lines.
    """

    first: str
    steps: tuple[str, ...]
    titles: Mapping[str, str]
    lines: tuple[tuple[str, str], ...]
    exits: Mapping[str, Mapping[str, tuple[int, ...]]]
    needs: Mapping[str, tuple[tuple[int, ...], ...]]
    targets: tuple[int, ...]
    joined: frozenset[str]


def compile_flow(process: Process) -> Flow:
    """The flow of a process. Raises `FlowError` where the map is ill-formed."""
    problems = shape_problems(process)
    if problems:
        raise FlowError(problems)
    steps = process.steps
    exits_by_target = {step.id: _exits(process, at) for at, step in enumerate(steps)}
    numbers = {(START, steps[0].id): 0}
    for source, exits in exits_by_target.items():
        for targets in exits.values():
            for target in targets:
                numbers.setdefault((source, target), len(numbers))
    lines = tuple(numbers)
    incoming: dict[str, dict[str, int]] = {step.id: {} for step in steps}
    for (source, target), number in numbers.items():
        incoming[target][source] = number
    positions = {step.id: at for at, step in enumerate(steps)}
    return Flow(
        first=steps[0].id,
        steps=tuple(positions),
        titles={step.id: step.title or step.id for step in steps},
        lines=lines,
        exits={
            source: {name: tuple(numbers[source, target] for target in targets) for name, targets in exits.items()}
            for source, exits in exits_by_target.items()
        },
        needs={step.id: _needs(step, incoming[step.id]) for step in steps},
        targets=tuple(positions[target] for _, target in lines),
        joined=frozenset(step.id for step in steps if step.join is not None),
    )


def opening_for(flow: Flow, step: str, marked: Collection[int]) -> tuple[int, ...] | None:
    """The lines that `step` would take, the first marked one of each group, or None if it can't open.

    `marked` holds the numbers of the lines that have a token.
    """
    taken = []
    for group in flow.needs[step]:
        line = next((line for line in group if line in marked), None)
        if line is None:
            return None
        taken.append(line)
    return tuple(taken)


def next_opening(flow: Flow, marked: Collection[int]) -> tuple[str, tuple[int, ...]] | None:
    """The first step in list order that can open, with the lines it takes, or None."""
    for position in sorted({flow.targets[line] for line in marked}):
        step = flow.steps[position]
        taken = opening_for(flow, step, marked)
        if taken is not None:
            return step, taken
    return None


def _exits(process: Process, at: int) -> dict[str, tuple[str, ...]]:
    """Outcome name -> target steps of the step at a position; the end is no target."""
    step = process.steps[at]
    if isinstance(step.then, Decision):
        return {outcome.when: _real_targets(outcome.goes) for outcome in step.then.outcomes}
    if isinstance(step.then, Goes):
        return {ONLY_EXIT: _real_targets(step.then)}
    return {ONLY_EXIT: tuple(follower.id for follower in process.steps[at + 1 : at + 2])}


def _real_targets(goes: Goes) -> tuple[str, ...]:
    return tuple(target for target in goes.targets if target != END)


def _needs(step: Step, incoming: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    """The groups of lines that a step takes from; `incoming` is source -> line."""
    every = tuple(sorted(incoming.values()))
    if step.join is None or not every:
        return (every,)
    if not step.join.groups:
        return tuple((line,) for line in every)
    return tuple(tuple(sorted(incoming[source] for source in group)) for group in step.join.groups)


def shape_problems(process: Process) -> tuple[Problem, ...]:
    """Everything that keeps a map from having a flow, in the order of the map; () where it has one."""
    if not process.steps:
        sentence = "There are no steps yet. Write down what happens first, then what happens next."
        return (Problem("no-steps", "steps", sentence),)
    found: list[Problem] = []
    known = {step.id for step in process.steps}
    for at, step in enumerate(process.steps):
        found += _id_problems(process, at)
        for path, goes in _ways(step, f"steps[{at}].then"):
            found += _target_problems(step, goes, path, known)
        if isinstance(step.then, Decision):
            found += _decision_problems(step, step.then, f"steps[{at}].then")
        found += _join_problems(process, at)
    return tuple(found)


def _ways(step: Step, path: str) -> Iterator[tuple[str, Goes]]:
    """Every way out of a step that is written down, with its field path."""
    if isinstance(step.then, Goes):
        yield path, step.then
    if isinstance(step.then, Decision):
        for at, outcome in enumerate(step.then.outcomes):
            yield f"{path}[{at}].go", outcome.goes


def _id_problems(process: Process, at: int) -> Iterator[Problem]:
    step = process.steps[at]
    path = f"steps[{at}].id"
    if not step.id:
        yield Problem("missing-id", path, f"{named(step)} has no id. Give it a short one of its own.")
    if step.id in RESERVED_STEP_IDS:
        sentence = (
            f"No step can have the id “{step.id}”: it names the {step.id} of the map. Give {named(step)} another id."
        )
        yield Problem("reserved-id", path, sentence, (step.id,))
    twin = next((earlier for earlier in process.steps[:at] if earlier.id == step.id), None)
    if twin and step.id:
        sentence = f"{named(twin)} and {named(step)} have the same id, “{step.id}”. Give one of them another id."
        yield Problem("duplicate-step", path, sentence, (step.id,))


def _target_problems(step: Step, goes: Goes, path: str, known: set[str]) -> Iterator[Problem]:
    if not goes.targets:
        sentence = f"{named(step)} doesn't say where it goes. Name the next step, or “end”."
        yield Problem("no-target", path, sentence, (step.id,))
    if len(goes.targets) > 1 and END in goes.targets:
        sentence = f"{named(step)} goes to several steps at once, and “end” is one of them. Take “end” out of “all”."
        yield Problem("all-to-end", path, sentence, (step.id,))
    for target, times in Counter(goes.targets).items():
        if target != END and target not in known:
            sentence = f"{named(step)} goes to “{target}”, but there is no such step. Add it, or choose another one."
            yield Problem("unknown-target", path, sentence, (step.id,))
        if times > 1:
            sentence = f"{named(step)} goes to “{target}” {times} times at once. Name it once."
            yield Problem("duplicate-target", path, sentence, (step.id,))


def _decision_problems(step: Step, decision: Decision, path: str) -> Iterator[Problem]:
    if not decision.outcomes:
        sentence = f"{named(step)} is a decision without an outcome. Name the ways it can turn out and where each goes."
        yield Problem("no-outcome", path, sentence, (step.id,))
    seen: set[str] = set()
    for at, outcome in enumerate(decision.outcomes):
        name = " ".join(outcome.when.split()).casefold()
        if not name:
            sentence = f"One outcome of {named(step)} has no name. Say when the run goes this way."
            yield Problem("unnamed-outcome", f"{path}[{at}].when", sentence, (step.id,))
        elif name in seen:
            sentence = (
                f"{named(step)} has the outcome “{outcome.when}” twice. Rename one, or let one outcome go to both."
            )
            yield Problem("duplicate-outcome", f"{path}[{at}].when", sentence, (step.id,))
        seen.add(name)


def _join_problems(process: Process, at: int) -> Iterator[Problem]:
    step = process.steps[at]
    if step.join is None:
        return
    path = f"steps[{at}].join"
    if at == 0:
        sentence = f"{named(step)} is the first step, so it can't wait for others. Take its join away."
        yield Problem("join-on-first", path, sentence, (step.id,))
        return
    titles = {each.id: named(each) for each in process.steps}
    sources = _sources(process, step.id) if step.join.groups else set()
    for source, times in Counter(source for group in step.join.groups for source in group).items():
        if source not in sources:
            sentence = (
                f"{named(step)} waits for {titles.get(source, f'“{source}”')}, but no line leads from there to "
                f"{named(step)}. Take it out of the join, or draw the line."
            )
            yield Problem("join-without-line", path, sentence, (step.id, source))
        if times > 1:
            sentence = (
                f"{named(step)} names {titles.get(source, f'“{source}”')} {times} times in its join. Name it once."
            )
            yield Problem("join-repeats", path, sentence, (step.id, source))
    if any(not group for group in step.join.groups):
        sentence = f"{named(step)} waits for a choice of nothing. Take the empty part out of its join."
        yield Problem("join-without-line", path, sentence, (step.id,))


def _sources(process: Process, target: str) -> set[str]:
    return {
        step.id
        for at, step in enumerate(process.steps)
        if any(target in targets for targets in _exits(process, at).values())
    }


def named(step: Step) -> str:
    """How a sentence calls a step."""
    return f"“{step.title or step.id}”"
