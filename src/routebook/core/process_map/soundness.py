"""Whether every run of a map can finish, and if not, which steps are to blame.

A flow is sound if every step can open; if from wherever a run gets it can come to an end with nothing
left; and if no line ever holds two tokens and no step is open twice. Three questions decide it:

1. Does a line of steps lead from the start to every step, and from every step to the end? If every token
   can leave, every line that can get a token leads to a step that opens, so nothing else is "dead".
2. Can two tokens meet on one place?
3. Can a run get stuck, with tokens left and nothing to open? Where the answers to 1 and 2 are good, a run
   that can't finish can get stuck: let every token go its shortest way to the end; a token that ends has
   no successors, so if that went on for ever two of them would meet.

2 and 3 are decided on the net of the flow, made small first (`reduce`), then looked at whole (`explore`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from routebook.core.document import START, Process
from routebook.core.process_map.explore import Witness, explore
from routebook.core.process_map.flow import Flow, FlowError, Problem, compile_flow
from routebook.core.process_map.net import Firing, Net, TooEntangled, firings_of, net_of
from routebook.core.process_map.reduce import reduce, reduce_further
from routebook.core.process_map.replay import Meeting, Replay

MOST_STATES = 200_000
FEW_STATES = 2_000
MOST_WITNESSES = 5


def problems(process: Process) -> tuple[Problem, ...]:
    """Why a map can't be published: what is wrong with its shape, or else with its soundness."""
    try:
        return soundness(compile_flow(process))
    except FlowError as error:
        return error.problems


def soundness(flow: Flow, limit: int = MOST_STATES) -> tuple[Problem, ...]:
    """Why a flow is not sound; () if it is. More than `limit` states count as too entangled to prove."""
    distance = _distances_to_end(flow)
    lost = _unreachable(flow)
    stray = _without_end(flow, distance)
    if stray:
        return (*lost, *stray)
    try:
        witnesses = _witnesses(net_of(flow), limit)
    except TooEntangled:
        return (*lost, _too_entangled())
    return (*lost, *_explained(flow, distance, witnesses))


def _witnesses(net: Net, limit: int) -> tuple[Witness, ...]:
    """Ways to get into trouble. Most maps are small by now; reducing further only pays for the others."""
    reduce(net)
    if limit > FEW_STATES:
        try:
            return explore(net, FEW_STATES, MOST_WITNESSES)
        except TooEntangled:
            reduce_further(net)
    return explore(net, limit, MOST_WITNESSES)


def _unreachable(flow: Flow) -> tuple[Problem, ...]:
    reached = _after(flow, (flow.first,))
    return tuple(
        Problem(
            "unreachable",
            f"steps[{at}]",
            f"Nothing leads to {_name(flow, step)}. Let another step go there, or take it off the map.",
            (step,),
        )
        for at, step in enumerate(flow.steps)
        if step not in reached
    )


def _after(flow: Flow, starts: Iterable[str], without: Iterable[str] = ()) -> set[str]:
    """The steps reached from `starts`, themselves included, by lines that avoid `without`."""
    followers: dict[str, list[str]] = {}
    for source, target in flow.lines:
        followers.setdefault(source, []).append(target)
    avoided = set(without)
    reached = set()
    waiting = [step for step in starts if step not in avoided]
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting += [follower for follower in followers.get(step, ()) if follower not in avoided]
    return reached


def _distances_to_end(flow: Flow) -> dict[str, int]:
    """How many steps it takes from each step to the end; a step without a way to the end is missing."""
    before: dict[str, list[str]] = {}
    for source, target in flow.lines[1:]:
        before.setdefault(target, []).append(source)
    distance = {step: 0 for step in flow.steps if () in flow.exits[step].values()}
    waiting = list(distance)
    for step in waiting:
        for source in before.get(step, ()):
            if source not in distance:
                distance[source] = distance[step] + 1
                waiting.append(source)
    return distance


def _without_end(flow: Flow, distance: dict[str, int]) -> tuple[Problem, ...]:
    """One problem for each round of steps from which no way leads to the end."""
    reached = _after(flow, (flow.first,))
    stray = [step for step in flow.steps if step in reached and step not in distance]
    return tuple(_round_told(flow, each) for each in _rounds(flow, stray)) if stray else ()


def _rounds(flow: Flow, stray: Sequence[str]) -> list[tuple[str, ...]]:
    """The groups of steps that lead to each other and nowhere else: where every token ends up, in the order of the map.

    Source: Kosaraju and Sharir; the groups are the strongly connected components, and no line leaves these.
    """
    followers: dict[str, list[str]] = {step: [] for step in stray}
    before: dict[str, list[str]] = {step: [] for step in stray}
    for source, target in flow.lines:
        if source in followers:
            followers[source].append(target)
            before[target].append(source)
    group: dict[str, str] = {}
    for root in reversed(_in_order_of_leaving(stray, followers)):
        waiting = [root]
        while waiting:
            step = waiting.pop()
            if step not in group:
                group[step] = root
                waiting += before[step]
    left = {group[step] for step in stray for follower in followers[step] if group[follower] != group[step]}
    members: dict[str, list[str]] = {}
    for step in stray:
        if group[step] not in left:
            members.setdefault(group[step], []).append(step)
    return [tuple(each) for each in members.values()]


def _in_order_of_leaving(steps: Sequence[str], followers: Mapping[str, Sequence[str]]) -> list[str]:
    """The steps as a walk along the lines, the deepest first, is done with each."""
    done: list[str] = []
    seen: set[str] = set()
    for root in steps:
        path = [(root, iter(followers[root]))] if root not in seen else []
        seen.add(root)
        while path:
            _, rest = path[-1]
            following = next((each for each in rest if each not in seen), None)
            if following is None:
                done.append(path.pop()[0])
            else:
                seen.add(following)
                path.append((following, iter(followers[following])))
    return done


def _round_told(flow: Flow, steps: tuple[str, ...]) -> Problem:
    if len(steps) == 1:
        sentence = f"{_name(flow, steps[0])} only leads back to itself. Give it a way that leads on, or to the end."
    else:
        sentence = (
            f"{_list(flow, steps)} go round for ever: no way leads to the end. Let one of them lead on, or to the end."
        )
    return Problem("cannot-finish", f"steps[{flow.steps.index(steps[0])}].then", sentence, steps)


def _too_entangled() -> Problem:
    sentence = (
        "This map is too entangled to prove that every run can finish. "
        "Do fewer things at the same time, or join branches sooner."
    )
    return Problem("too-entangled", "steps", sentence)


def _explained(flow: Flow, distance: dict[str, int], witnesses: tuple[Witness, ...]) -> tuple[Problem, ...]:
    found: dict[tuple[str, tuple[str, ...]], Problem] = {}
    for witness in witnesses:
        replay = Replay(flow)
        replay.play(firings_of(witness.trace))
        replay.settle(distance)
        for problem in _told(flow, replay):
            found.setdefault((problem.code, problem.steps), problem)
    return tuple(found.values())


def _told(flow: Flow, replay: Replay) -> tuple[Problem, ...]:
    if replay.meeting is not None:
        return (_meeting_told(flow, replay, replay.meeting),)
    return _waiting_told(flow, replay)


def _meeting_told(flow: Flow, replay: Replay, meeting: Meeting) -> Problem:
    """Two tokens met: because two lines run side by side, or because one was drawn on twice."""
    path = f"steps[{flow.steps.index(meeting.step)}]"
    step = _name(flow, meeting.step)
    if meeting.line != meeting.other:
        one, other = (flow.lines[line][0] for line in sorted((meeting.line, meeting.other)))
        sentence = (
            f"{step} could be opened twice at once: {_name(flow, one)} and {_name(flow, other)} both lead there "
            f"at the same time. Let {step} wait for both, or let one of them go elsewhere."
        )
        return Problem("two-tokens", path, sentence, (meeting.step, one, other))
    source = flow.lines[meeting.line][0]
    still = "is still waiting for others" if meeting.waits else "is still open"
    back = _way_back(flow, replay, meeting)
    if back is None:
        sentence = (
            f"{_name(flow, source)} can lead to {step} a second time while {step} {still}. "
            f"Let {step} be finished before the run comes to {_name(flow, source)} again."
        )
        return Problem("two-tokens", path, sentence, (meeting.step, source))
    origin, target = back
    sentence = (
        f"{_name(flow, origin)} can send the run back to {_name(flow, target)} while {step} {still}, so {step} would "
        f"come up twice. Let {_name(flow, origin)} go back only within its own branch, or join the branches before it."
    )
    return Problem("two-tokens", path, sentence, tuple(dict.fromkeys((meeting.step, origin, target))))


def _way_back(flow: Flow, replay: Replay, meeting: Meeting) -> tuple[str, str] | None:
    """The last line between the first and the second token that leads back up the list."""
    for firing in replay.between(meeting.first, meeting.second):
        for line in firing.gave:
            source, target = flow.lines[line]
            if flow.targets[line] <= flow.steps.index(source) and target != meeting.step:
                return source, target
    return None


def _is_choice(flow: Flow, firing: Firing) -> bool:
    return firing.outcome is not None and len(flow.exits[firing.step]) > 1


def _waiting_told(flow: Flow, replay: Replay) -> tuple[Problem, ...]:
    """The run is stuck. What was left at a step that has gone on comes first, then who waits for whom."""
    waiting = replay.waiting()
    left = [problem for step, arrived in waiting.items() for problem in _left_behind(flow, replay, step, arrived)]
    if left:
        return tuple(left)
    holders = _holders(flow, waiting)
    circle = _circle(holders)
    if circle:
        return (_circle_told(flow, circle),)
    to_blame = [step for step in waiting if holders.get(step, step) == step]
    return tuple(_never_told(flow, replay, step, waiting) for step in to_blame)


def _left_behind(flow: Flow, replay: Replay, step: str, arrived: tuple[int, ...]) -> list[Problem]:
    """The tokens at a step that nothing will take: not named in its join, or the second of a choice."""
    path = f"steps[{flow.steps.index(step)}].join"
    taken = {line for event in replay.events if event.firing.step == step for line in event.firing.took}
    found = []
    for line in arrived:
        source = flow.lines[line][0]
        group = next((group for group in flow.needs[step] if line in group), None)
        if group is None:
            sentence = (
                f"{_name(flow, step)} doesn't wait for {_name(flow, source)}, so what comes from there is left behind. "
                f"Add {_name(flow, source)} to the join, or let it go elsewhere."
            )
            found.append(Problem("left-behind", path, sentence, (step, source)))
        elif other := next((flow.lines[each][0] for each in group if each in taken and each != line), ""):
            sentence = (
                f"{_name(flow, step)} waits for {_name(flow, other)} or {_name(flow, source)}, but both can come: "
                f"then {_name(flow, source)} is left behind when the run ends. Let it wait for both, "
                "or let only one of them happen."
            )
            found.append(Problem("left-behind", path, sentence, (step, other, source)))
    return found


def _missing(flow: Flow, step: str, arrived: tuple[int, ...]) -> tuple[str, ...]:
    """The steps of the first group of which nothing has arrived."""
    for group in flow.needs[step]:
        if not set(group) & set(arrived):
            return tuple(flow.lines[line][0] for line in group)
    return ()


def _holders(flow: Flow, waiting: dict[str, tuple[int, ...]]) -> dict[str, str]:
    """Waiting step -> the waiting step, perhaps itself, that would have to open before what it lacks can come."""
    free = _openable(flow, without=waiting)
    holders: dict[str, str] = {}
    for step, arrived in waiting.items():
        missing = set(_missing(flow, step, arrived))
        if missing & free:
            continue
        for other in sorted(waiting, key=lambda each: each == step):
            if missing & _openable(flow, without=waiting, opened=other):
                holders.setdefault(step, other)
    return holders


def _openable(flow: Flow, without: Iterable[str], opened: str = "") -> set[str]:
    """The steps that can open, as far as lines tell, if those of `without` never do but `opened` does."""
    shut = set(without)
    openable = {START, opened}
    grown = True
    while grown:
        grown = False
        for step in flow.steps:
            if step in openable or step in shut:
                continue
            if all(any(flow.lines[line][0] in openable for line in group) for group in flow.needs[step]):
                openable.add(step)
                grown = True
    return openable


def _circle(holders: dict[str, str]) -> tuple[str, ...]:
    """Several steps that hold each other, or ()."""
    for start in holders:
        walk = [start]
        while (holder := holders.get(walk[-1])) is not None and holder not in walk:
            walk.append(holder)
        if holder is not None and holder != walk[-1]:
            return tuple(walk[walk.index(holder) :])
    return ()


def _circle_told(flow: Flow, circle: tuple[str, ...]) -> Problem:
    steps = tuple(step for step in flow.steps if step in circle)
    sentence = (
        f"{_list(flow, steps)} wait for each other, so none of them opens. Let one of them go ahead without waiting."
    )
    return Problem("cannot-finish", f"steps[{flow.steps.index(steps[0])}].join", sentence, steps)


def _never_told(flow: Flow, replay: Replay, step: str, waiting: dict[str, tuple[int, ...]]) -> Problem:
    """A step waits for what will never come: it comes only after that step, or the run took another way."""
    path = f"steps[{flow.steps.index(step)}].join"
    missing = _missing(flow, step, waiting[step])
    wanted = " or ".join(_name(flow, source) for source in missing)
    name = _name(flow, step)
    given_up = _given_up(flow, replay, missing, waiting)
    if given_up is not None:
        return _given_up_told(flow, step, waiting[step], given_up)
    come = " or ".join(_name(flow, flow.lines[line][0]) for line in waiting[step][:1])
    reached = _after(flow, (flow.first,))
    if not reached & set(missing):
        sentence = (
            f"{name} waits for {wanted}, which nothing leads to. Lead a way there, or take {wanted} out of the join."
        )
    elif not set(missing) & _openable(flow, without=(step,)):
        sentence = (
            f"{name} waits for {wanted}, which comes only after {name} itself. "
            f"Let {name} wait for {come} or {wanted}, not for both."
        )
    elif any(event.firing.outcome is None and event.firing.step == step for event in replay.events):
        sentence = (
            f"When a run comes to {name} again from {come}, nothing comes from {wanted} a second time. "
            f"Let it go back to where both begin, or only to a step after {name}."
        )
    else:
        sentence = (
            f"{name} waits for {wanted}, but a run can come to {name} when nothing more is to come from there. "
            f"Let both come equally often, or let {name} wait for {come} or {wanted}, not for both."
        )
    return Problem("cannot-finish", path, sentence, (step, *missing))


def _given_up(flow: Flow, replay: Replay, missing: tuple[str, ...], waiting: Iterable[str]) -> Firing | None:
    """The last choice of the run by which it turned away from all the missing steps."""
    avoided = [step for step in waiting if step not in missing]
    for event in reversed(replay.events):
        firing = event.firing
        if not _is_choice(flow, firing) or _leads_to(flow, firing.gave, missing, avoided):
            continue
        others = (gave for name, gave in flow.exits[firing.step].items() if name != firing.outcome)
        if firing.step in missing or any(_leads_to(flow, gave, missing, avoided) for gave in others):
            return firing
    return None


def _leads_to(flow: Flow, gave: tuple[int, ...], wanted: tuple[str, ...], avoided: list[str]) -> bool:
    return bool(set(wanted) & _after(flow, (flow.lines[line][1] for line in gave), avoided))


def _given_up_told(flow: Flow, step: str, arrived: tuple[int, ...], choice: Firing) -> Problem:
    """What has come may have come by that very choice: then the step waits for both of two alternatives."""
    name = _name(flow, step)
    missing = _missing(flow, step, arrived)
    wanted = " or ".join(_name(flow, source) for source in missing)
    way = " and ".join(_name(flow, flow.lines[line][1]) for line in choice.gave) or "the end"
    chosen = _after(flow, (flow.lines[line][1] for line in choice.gave), without=(step,))
    instead = next((flow.lines[line][0] for line in arrived if flow.lines[line][0] in chosen), None)
    advice = f"Let that way lead to {name} too, or don't let {name} wait for it."
    if instead is not None:
        advice = f"Let {name} wait for {wanted} or {_name(flow, instead)}, not for both."
    sentence = (
        f"{name} waits for {wanted}, but when {_name(flow, choice.step)} turns out “{choice.outcome}” the run goes to {way} "
        f"and nothing more comes from {wanted}. {advice}"
    )
    steps = dict.fromkeys((step, *missing, choice.step))
    return Problem("cannot-finish", f"steps[{flow.steps.index(step)}].join", sentence, tuple(steps))


def _name(flow: Flow, step: str) -> str:
    return f"“{flow.titles[step]}”"


def _list(flow: Flow, steps: tuple[str, ...]) -> str:
    names = [_name(flow, step) for step in steps]
    return f"{', '.join(names[:-1])} and {names[-1]}"
