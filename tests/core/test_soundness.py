"""The verdict on random small maps, compared with a plain look at everything that can happen.

The exploration below shares no code with the product: it reads the process itself, keeps tokens in
plain sorted tuples and tries every order of every firing.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from routebook.core.document import END, Decision, Goes, Join, Outcome, Process, Step
from routebook.core.process_map import Problem, compile_flow, problems, soundness
from routebook.core.process_map.explore import explore
from routebook.core.process_map.net import TooEntangled, net_of
from routebook.core.process_map.reduce import reduce, reduce_further
from tests.core.flows import cases, process_of

Token = tuple[str, str]
State = tuple[tuple[Token, ...], tuple[str, ...]]
"""Tokens on lines (source, target) and open steps, both sorted, with repeats."""

FAMILIES = {
    "unreachable": "dead step",
    "cannot-finish": "stuck",
    "left-behind": "stuck",
    "two-tokens": "two tokens",
}


MAPS = 500
MOST_STATES = 1_000


def named(case: dict[str, str]) -> str:
    return case["name"]


@pytest.mark.parametrize("case", cases("sound.yaml"), ids=named)
def test_a_map_on_which_every_run_can_finish_is_sound(case):
    assert problems(process_of(case)) == ()
    assert faults(process_of(case)) == {}


@pytest.mark.parametrize("case", cases("unsound.yaml"), ids=named)
def test_an_unsound_map_names_the_steps_to_blame(case):
    found = problems(process_of(case))
    told = [(problem.code, problem.path, list(problem.steps)) for problem in found]
    sentences = [problem.sentence for problem in found]
    assert told == [(each["code"], each["path"], each["steps"]) for each in case["problems"]], sentences
    for sentence, each in zip(sentences, case["problems"], strict=True):
        assert all(words in sentence for words in each["says"]), sentence
    assert faults(process_of(case))


def exits(process: Process, at: int) -> list[list[str]]:
    then = process.steps[at].then
    if isinstance(then, Decision):
        return [[target for target in outcome.goes.targets if target != END] for outcome in then.outcomes]
    if isinstance(then, Goes):
        return [[target for target in then.targets if target != END]]
    return [[process.steps[at + 1].id]] if at + 1 < len(process.steps) else [[]]


def openings(process: Process, step: Step, tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    arrived = sorted({token for token in tokens if token[1] == step.id})
    if step.join is None:
        return [(token,) for token in arrived]
    groups = step.join.groups
    if not groups:
        sources = [
            each.id for at, each in enumerate(process.steps) if any(step.id in way for way in exits(process, at))
        ]
        groups = tuple((source,) for source in sources)
    if not groups:
        return []
    choices = [[token for token in arrived if token[0] in group] for group in groups]
    return list(itertools.product(*choices))


def without(items: tuple, taken: tuple) -> list:
    rest = list(items)
    for item in taken:
        rest.remove(item)
    return rest


def after(process: Process, state: State) -> list[State]:
    tokens, opened = state
    states: list[State] = [
        (tuple(without(tokens, taken)), tuple(sorted((*opened, step.id))))
        for step in process.steps
        for taken in openings(process, step, tokens)
    ]
    for at, step in enumerate(process.steps):
        if step.id in opened:
            for way in exits(process, at):
                made = [*tokens, *((step.id, target) for target in way)]
                states.append((tuple(sorted(made)), tuple(without(opened, (step.id,)))))
    return states


def crowded(state: State) -> set[str]:
    """The steps that are open twice or have two tokens on one line to them."""
    tokens, opened = state
    return {step for step in opened if opened.count(step) > 1} | {
        token[1] for token in tokens if tokens.count(token) > 1
    }


def faults(process: Process) -> dict[str, set[str]] | None:
    """What is wrong with a map, and at which steps; None where there is too much to look at in a test.

    Where two tokens meet no further is looked, so "stuck" and even "dead step" may be wrong then.
    """
    start: State = ((("start", process.steps[0].id),), ())
    followers: dict[State, list[State]] = {}
    waiting = [start]
    found: dict[str, set[str]] = {}
    while waiting:
        state = waiting.pop()
        if state in followers:
            continue
        if len(followers) > MOST_STATES:
            return None
        if crowded(state):
            found["two tokens"] = found.get("two tokens", set()) | crowded(state)
            followers[state] = []
            continue
        followers[state] = after(process, state)
        if not followers[state] and state != ((), ()):
            found["stuck"] = found.get("stuck", set()) | {target for _, target in state[0]}
        waiting += followers[state]
    dead = {step.id for step in process.steps} - {step for _, opened in followers for step in opened}
    if dead:
        found["dead step"] = dead
    if "two tokens" not in found:
        lost = set(followers) - can_finish(followers)
        if lost:
            found.setdefault("stuck", set())
    return found


def can_finish(followers: dict[State, list[State]]) -> set[State]:
    before: dict[State, list[State]] = {}
    for state, states in followers.items():
        for other in states:
            before.setdefault(other, []).append(state)
    finishing: set[State] = set()
    waiting: list[State] = [((), ())]
    while waiting:
        state = waiting.pop()
        if state not in finishing:
            finishing.add(state)
            waiting += before.get(state, [])
    return finishing


def random_goes(chance: random.Random, ids: list[str], at: int) -> Goes:
    ahead = ids[at + 1 :]
    kind = chance.random()
    if kind < 0.25 and len(ahead) >= 2:
        return Goes(tuple(chance.sample(ahead, chance.choice((2, 2, 3)) if len(ahead) > 2 else 2)))
    if kind < 0.8 and ahead:
        return Goes((ahead[0] if chance.random() < 0.5 else chance.choice(ahead),))
    if kind < 0.9:
        return Goes((chance.choice(ids),))
    return Goes((END,))


def random_then(chance: random.Random, ids: list[str], at: int) -> Goes | Decision | None:
    kind = chance.random()
    if kind < 0.3:
        return None
    if kind < 0.7:
        return random_goes(chance, ids, at)
    ways = [random_goes(chance, ids, at) for _ in range(chance.choice((2, 2, 3)))]
    return Decision(tuple(Outcome(f"way {number}", goes) for number, goes in enumerate(ways)))


def with_random_joins(chance: random.Random, process: Process, share: float) -> Process:
    steps = [process.steps[0]]
    for step in process.steps[1:]:
        sources = [
            each.id for at, each in enumerate(process.steps) if any(step.id in way for way in exits(process, at))
        ]
        join = None
        if len(sources) > 1 and chance.random() < share:
            chance.shuffle(sources)
            cut = chance.randint(1, len(sources))
            groups = ((source,) for source in sources[:cut])
            join = chance.choice([Join(), Join((*groups, *([tuple(sources[cut:])] if sources[cut:] else [])))])
        steps.append(Step(id=step.id, title=step.title, then=step.then, join=join))
    return Process(slug="map", title="Map", steps=tuple(steps))


def wild_map(chance: random.Random) -> Process:
    """Steps in a row, each going anywhere; most of these are unsound."""
    ids = [f"s{number}" for number in range(chance.randint(3, 7))]
    steps = tuple(Step(id=each, title=each.upper(), then=random_then(chance, ids, at)) for at, each in enumerate(ids))
    return with_random_joins(chance, Process(slug="map", title="Map", steps=steps), share=0.6)


def tame_map(chance: random.Random, most_steps: int = 6) -> Process:
    """A map grown from sound parts, then often changed in one place; many of these are sound."""
    growing: dict[str, tuple[Goes | Decision, Join | None]] = {"s0": (Goes((END,)), None)}
    while len(growing) < most_steps and (len(growing) < 3 or chance.random() < 0.8 + most_steps / 100):
        grow(chance, growing)
    process = Process(
        slug="map",
        title="Map",
        steps=tuple(Step(id=each, title=each.upper(), then=then, join=join) for each, (then, join) in growing.items()),
    )
    return changed(chance, process) if chance.random() < 0.5 else process


def grow(chance: random.Random, growing: dict[str, tuple[Goes | Decision, Join | None]]) -> None:
    """Replace what follows one step by a series, a choice, a parallel or a round."""
    at = chance.choice(list(growing))
    then, join = growing[at]
    new, other, last, joint = (f"s{len(growing) + number}" for number in range(4))
    shape = chance.choice(("series", "choice", "parallel", "parallel", "round", "mixed"))
    if shape == "series" or (shape == "round" and (join or not isinstance(then, Goes))):
        growing[at] = (Goes((new,)), join)
        growing[new] = (then, None)
        hand_over(growing, at, new)
    elif shape == "round":
        growing[at] = (Goes((new,)), join)
        growing[new] = (Decision((Outcome("go on", then), Outcome("again", Goes((at,))))), None)
        hand_over(growing, at, new)
    elif shape == "choice":
        growing[at] = (Decision((Outcome("this", Goes((new,))), Outcome("that", Goes((other,))))), join)
        growing[new] = growing[other] = (Goes((last,)), None)
        growing[last] = (then, None)
        hand_over(growing, at, last)
    elif shape == "parallel":
        growing[at] = (Goes((new, other)), join)
        growing[new] = growing[other] = (Goes((last,)), None)
        growing[last] = (then, Join())
        hand_over(growing, at, last)
    else:
        growing[at] = (Goes((new, other)), join)
        growing[new] = (Decision((Outcome("long", Goes((last,))), Outcome("short", Goes((joint,))))), None)
        growing[other] = growing[last] = (Goes((joint,)), None)
        growing[joint] = (then, Join(((other,), (new, last))))
        hand_over(growing, at, joint)


def hand_over(growing: dict[str, tuple[Goes | Decision, Join | None]], old: str, new: str) -> None:
    """Let joins that waited for one step wait for the step that took over where it went."""
    for step, (then, join) in growing.items():
        if join is not None and step != new and join.groups:
            groups = tuple(tuple(new if source == old else source for source in group) for group in join.groups)
            growing[step] = (then, Join(groups))


def changed(chance: random.Random, process: Process) -> Process:
    """The same map with another way out of one step, joins that no longer fit left away."""
    ids = [step.id for step in process.steps]
    at = chance.randrange(len(ids))
    steps = list(process.steps)
    steps[at] = Step(id=ids[at], title=steps[at].title, then=random_then(chance, ids, at), join=steps[at].join)
    new = Process(slug="map", title="Map", steps=tuple(steps))
    for place, step in enumerate(new.steps):
        sources = {each.id for number, each in enumerate(steps) if any(step.id in way for way in exits(new, number))}
        named = {source for group in (step.join.groups if step.join else ()) for source in group}
        if step.join and (place == 0 or not named <= sources):
            steps[place] = Step(id=step.id, title=step.title, then=step.then)
    return Process(slug="map", title="Map", steps=tuple(steps))


def is_round(problem: Problem) -> bool:
    """Whether a problem is told from the lines alone: steps that go round for ever."""
    return problem.path.endswith(".then")


def is_true(problem: Problem, real: dict[str, set[str]]) -> bool:
    """Whether what a problem says about its first step is so."""
    family = FAMILIES[problem.code]
    if family == "stuck" and "two tokens" in real:
        return True  # no further was looked
    if is_round(problem):
        return "stuck" in real
    return problem.steps[0] in real.get(family, set())


@pytest.mark.parametrize(("make", "least_sound", "most_sound"), [(wild_map, 0.02, 0.3), (tame_map, 0.3, 0.75)])
def test_the_verdict_on_random_maps_is_that_of_looking_at_everything(make, least_sound, most_sound):
    chance = random.Random(482)
    verdicts: Counter[str] = Counter()
    for _ in range(MAPS):
        process = make(chance)
        real, said = faults(process), problems(process)
        if real is None:
            verdicts["too large"] += 1
            continue
        assert bool(real) == bool(said), process.steps
        assert all(is_true(problem, real) for problem in said), (said, real, process.steps)
        verdicts["unsound" if real else "sound"] += 1
        verdicts.update({FAMILIES[problem.code] for problem in said})
    assert verdicts["too large"] < MAPS / 20
    assert least_sound <= verdicts["sound"] / MAPS <= most_sound, verdicts
    assert min(verdicts[family] for family in set(FAMILIES.values())) >= 20, verdicts


def is_safe_to_run(process: Process, *, reduced: bool) -> bool | None:
    """The verdict with or without making the net small first; None where there is too much to look at."""
    net = net_of(compile_flow(process))
    if reduced:
        reduce(net)
        reduce_further(net)
    try:
        return not explore(net, limit=3_000, most=1)
    except TooEntangled:
        return None


def test_making_the_net_small_does_not_change_the_verdict():
    chance = random.Random(7)
    verdicts: Counter[bool | None] = Counter()
    for _ in range(600):
        process = tame_map(chance, most_steps=16)
        if any(problem.code == "unreachable" or is_round(problem) for problem in problems(process)):
            continue
        plain = is_safe_to_run(process, reduced=False)
        assert plain is None or plain == is_safe_to_run(process, reduced=True), process.steps
        verdicts[plain] += 1
    assert verdicts[True] > 100, verdicts
    assert verdicts[False] > 50, verdicts


def test_past_the_limit_a_map_is_too_entangled():
    flow = compile_flow(loose_branches(5))
    assert [problem.code for problem in soundness(flow, limit=20)] == ["too-entangled"]
    assert soundness(flow) == ()


def loose_branches(count: int) -> Process:
    """Branches that each do one thing or two, of which one may come late to their join."""
    branches = [
        step
        for number in range(count)
        for step in (
            Step(id=f"open{number}", title="Open", then=Goes((f"look{number}", f"pay{number}"))),
            Step(
                id=f"look{number}",
                title="Look",
                then=Decision((Outcome("long", Goes((f"ask{number}",))), Outcome("short", Goes((f"close{number}",))))),
            ),
            Step(id=f"ask{number}", title="Ask", then=Goes((f"log{number}", f"answer{number}"))),
            Step(id=f"log{number}", title="Log", then=Goes((END,))),
            Step(id=f"answer{number}", title="Answer", then=Goes((f"close{number}",))),
            Step(id=f"pay{number}", title="Pay", then=Goes((f"close{number}",))),
            Step(
                id=f"close{number}",
                title="Close",
                join=Join(((f"pay{number}",), (f"look{number}", f"answer{number}"))),
                then=Goes(("join",)),
            ),
        )
    ]
    split = Step(id="split", title="Split", then=Goes(tuple(f"open{number}" for number in range(count))))
    return Process(slug="map", title="Map", steps=(split, *branches, Step(id="join", title="Join", join=Join())))


def test_joins_with_too_many_choices_of_lines_are_too_entangled():
    ids = [f"s{number}" for number in range(26)]
    pairs = tuple((left, right) for left, right in zip(ids[::2], ids[1::2], strict=True))
    steps = (
        Step(id="split", title="Split", then=Goes(tuple(ids))),
        *(Step(id=each, title=each, then=Goes(("join",))) for each in ids),
        Step(id="join", title="Join", join=Join(pairs)),
    )
    found = problems(Process(slug="map", title="Map", steps=steps))
    assert [(problem.code, problem.path) for problem in found] == [("too-entangled", "steps")]


def knot(width: int) -> Process:
    """Two steps in each of several branches; each second step also waits for the first of the next branch."""
    first, second = ([f"{name}{number}" for number in range(width)] for name in ("f", "s"))
    steps = (
        Step(id="split", title="Split", then=Goes(tuple(first))),
        *(Step(id=each, title=each, then=Goes((second[at], second[at - 1]))) for at, each in enumerate(first)),
        *(Step(id=each, title=each, then=Goes(("join",)), join=Join()) for each in second),
        Step(id="join", title="Join", join=Join()),
    )
    return Process(slug="map", title="Map", steps=steps)


def long_map(length: int) -> Process:
    """A row of parts, each a decision, a branch with its join and a way back."""
    steps = []
    for at in range(0, length, 5):
        a, b, c, d, e = (f"s{at + number}" for number in range(5))
        steps += [
            Step(id=a, title=a, then=Decision((Outcome("long", Goes((b, c))), Outcome("short", Goes((e,)))))),
            Step(id=b, title=b, then=Goes((d,))),
            Step(id=c, title=c, then=Goes((d,))),
            Step(
                id=d, title=d, join=Join(), then=Decision((Outcome("go on", Goes((e,))), Outcome("again", Goes((a,)))))
            ),
            Step(id=e, title=e),
        ]
    return Process(slug="map", title="Map", steps=tuple(steps))


def test_a_long_map_of_well_formed_parts_needs_next_to_no_states():
    assert soundness(compile_flow(long_map(200)), limit=10) == ()


def test_crossing_branches_need_next_to_no_states():
    assert soundness(compile_flow(knot(12)), limit=10) == ()


def test_wide_branches_need_next_to_no_states():
    branches = [[f"b{branch}-{number}" for number in range(10)] for branch in range(20)]
    steps = (
        Step(id="split", title="Split", then=Goes(tuple(branch[0] for branch in branches))),
        *(
            Step(id=each, title=each, then=Goes((after,)))
            for branch in branches
            for each, after in zip(branch, [*branch[1:], "join"], strict=True)
        ),
        Step(id="join", title="Join", join=Join()),
    )
    assert soundness(compile_flow(Process(slug="map", title="Map", steps=steps)), limit=10) == ()


def drifting_map(chance: random.Random, steps: int) -> Process:
    """Decisions that lead anywhere, and an end that few of them lead to."""
    ids = [f"s{at}" for at in range(steps)]
    ways = [
        Decision(
            tuple(Outcome(f"o{n}", Goes((END if chance.random() < 0.04 else chance.choice(ids),))) for n in range(2))
        )
        if chance.random() < 0.3
        else Goes((END if chance.random() < 0.04 else chance.choice(ids),))
        for _ in ids
    ]
    return Process(
        slug="p",
        title="P",
        steps=tuple(Step(id=one, title=one, then=then) for one, then in zip(ids, ways, strict=True)),
    )


def test_rounds_without_an_end_are_the_smallest_that_a_run_can_be_caught_in():
    chance = random.Random(5)
    caught = 0
    for _ in range(300):
        process = drifting_map(chance, chance.randint(2, 40))
        flow = compile_flow(process)
        leads: dict[str, set[str]] = {step: set() for step in flow.steps}
        for source, target in flow.lines:
            if source in leads:
                leads[source].add(target)
        reach = {step: {step} for step in leads}
        for _ in leads:
            reach = {step: ends.union(*(leads[end] for end in ends)) for step, ends in reach.items()}
        ending = {step for step in leads if () in flow.exits[step].values()}
        lost = {
            step: frozenset(ends) for step, ends in reach.items() if step in reach[flow.first] and not ends & ending
        }
        smallest = {ends for ends in lost.values() if not any(other < ends for other in lost.values())}
        found = [frozenset(one.steps) for one in problems(process) if one.code == "cannot-finish"]
        assert sorted(map(sorted, found)) == sorted(map(sorted, smallest))
        caught += bool(smallest)
    assert caught > 50
