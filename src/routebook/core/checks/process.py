"""What makes a map hard to follow, or impossible to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routebook.core.checks.catalogue import name_key
from routebook.core.checks.rule import Around, Family, Hit, Rule, Severity, rule
from routebook.core.checks.split import MOST_STEPS
from routebook.core.checks.texts import listed
from routebook.core.document import Decision, Handling, Process, Status, Step
from routebook.core.process_map import problems
from routebook.core.process_map.supply import followers, inputs_nobody_gives, outputs_nobody_takes

MOST_NAMED = 8
"""Steps that one finding calls by name."""


@rule(
    "RB301",
    "unsound-flow",
    Family.PROCESS,
    "A run of this map could get stuck.",
    on=(Process,),
    severity=Severity.ERROR,
    acceptable=False,
)
def unsound_flow(process: Process, around: Around) -> Iterator[Hit]:
    """What is drawn is what runs, so a map that can't always reach its end can't be published.

    Every step must be reachable, from everywhere the end must be reachable, and branches that run at the
    same time must meet again in a join before they go on as one.

    Wrong::

        steps:
          - {id: start-both, title: Start both, then: {all: [print, mail]}}
          - {id: print, title: Print it, then: done}
          - {id: mail, title: Mail it, then: done}
          - {id: done, title: Tell the customer}

    Right::

        steps:
          - {id: start-both, title: Start both, then: {all: [print, mail]}}
          - {id: print, title: Print it, then: done}
          - {id: mail, title: Mail it, then: done}
          - {id: done, title: Tell the customer, join: all}
    """
    for problem in problems(process):
        yield Hit(problem.path, *_told_apart(problem.sentence))


def _told_apart(sentence: str) -> tuple[str, str]:
    """A problem's text as what is wrong and what to do: its last sentence is the advice."""
    said, stop, advice = sentence.rpartition(". ")
    if not stop:
        return sentence, "Open the map and draw the missing or wrong line anew."
    return f"{said}.", advice


@rule("RB302", "step-without-role", Family.PROCESS, "A step has nobody to do it.", on=(Process,))
def step_without_role(process: Process, around: Around) -> Iterator[Hit]:
    """Work without a name on it waits for whoever notices first. A step names a role, not a person.

    Wrong::

        - {id: issue, title: Issue the refund}

    Right::

        - {id: issue, title: Issue the refund, role: Finance assistant}
    """
    lacking = [(index, step) for index, step in _live(process) if not step.role.strip()]
    if len(lacking) == 1:
        index, step = lacking[0]
        sentence = f"The step “{step.title}” has no role."
        yield Hit(f"steps[{index}]", sentence, "Name the role that does it; today that may be yours.")
    elif lacking:
        # A map that is being written lacks many at once: one finding that names them all, not one for each.
        names = [f"{index + 1} “{step.title}”" for index, step in lacking]
        if len(names) > MOST_NAMED:
            names[MOST_NAMED:] = [f"{len(names) - MOST_NAMED} more"]
        sentence = f"{len(lacking)} steps have no role: {listed(names)}."
        yield Hit("steps", sentence, "Name the role that does each; today that may be yours.")


@rule("RB303", "decision-with-one-exit", Family.PROCESS, "A decision has only one way out.", on=(Process,))
def decision_with_one_exit(process: Process, around: Around) -> Iterator[Hit]:
    """If there is only one outcome there is nothing to decide, or the other outcome was forgotten.

    Wrong::

        then:
          - {when: eligible, go: approve}

    Right::

        then:
          - {when: eligible, go: approve}
          - {when: not eligible, go: decline}
    """
    for index, step in _live(process):
        if isinstance(step.then, Decision) and len(step.then.outcomes) == 1:
            only = step.then.outcomes[0].when
            yield Hit(
                f"steps[{index}].then",
                f"“{step.title}” decides, but its only outcome is “{only}”.",
                f"Say what happens when it is not “{only}”, or let it lead straight on to the next step.",
            )


@rule("RB304", "output-nobody-takes", Family.PROCESS, "A step gives something that no later step takes.", on=(Process,))
def output_nobody_takes(process: Process, around: Around) -> Iterator[Hit]:
    """One step's output is generally the next one's input, and the last one's is the result.

    What nobody takes is work for nothing, or the step that needs it is missing. Names are compared with
    case and spaces aside. Where the step that follows doesn't say what it takes, the rule stays silent.

    Wrong::

        result: closed ticket
        steps:
          - {id: issue, title: Issue the refund, gives: payment reference}
          - {id: confirm, title: Confirm and log, takes: refund receipt, gives: closed ticket}

    Right::

        result: closed ticket
        steps:
          - {id: issue, title: Issue the refund, gives: payment reference}
          - {id: confirm, title: Confirm and log, takes: payment reference, gives: closed ticket}
    """
    for gap in outputs_nobody_takes(process):
        yield Hit(
            f"steps[{gap.index}].gives" + (f"[{gap.place}]" if len(gap.step.gives) > 1 else ""),
            f"“{gap.step.title}” gives “{gap.name}”, but no later step takes it and it is not the result.",
            f"Let the step that needs it take “{gap.name}” by the same name, or leave it out.",
        )


@rule(
    "RB305", "input-nobody-gives", Family.PROCESS, "A step takes something that no earlier step gives.", on=(Process,)
)
def input_nobody_gives(process: Process, around: Around) -> Iterator[Hit]:
    """Whoever does the step would wait for something that nobody makes.

    The trigger gives the first step its input; fields of the start form are there for every step. Where
    the step before doesn't say what it gives, the rule stays silent.

    Wrong::

        trigger: refund request
        steps:
          - {id: verify, title: Verify eligibility, takes: purchase record, gives: decision}

    Right::

        trigger: refund request
        steps:
          - {id: verify, title: Verify eligibility, takes: refund request, gives: decision}
    """
    for gap in inputs_nobody_gives(process):
        yield Hit(
            f"steps[{gap.index}].takes" + (f"[{gap.place}]" if len(gap.step.takes) > 1 else ""),
            f"“{gap.step.title}” takes “{gap.name}”, but no step before it gives that"
            + (" and it is not the trigger." if gap.index == 0 else "."),
            f"Let the step that makes it give “{gap.name}” by the same name, or take what is really there.",
        )


@rule("RB306", "ping-pong", Family.PROCESS, "The work goes back and forth between two roles.", on=(Process,))
def ping_pong(process: Process, around: Around) -> Iterator[Hit]:
    """Each handover costs a wait and a chance to lose something. Three in a row between the same two is ping-pong.

    Let one of them do neighbouring steps in one go, or decide everything at one meeting point. A single
    way out and back, such as an approval, is fine.

    Wrong::

        - {id: draft, title: Draft the text, role: Writer}
        - {id: check, title: Check the facts, role: Editor}
        - {id: polish, title: Polish it, role: Writer}
        - {id: approve, title: Approve it, role: Editor}

    Right::

        - {id: draft, title: Draft and polish the text, role: Writer}
        - {id: check, title: Check the facts and approve, role: Editor}
    """
    following = followers(process)
    steps = {step.id: step for step in process.steps}
    places = {step.id: index for index, step in enumerate(process.steps)}
    told: set[frozenset[str]] = set()
    for step in process.steps:
        chain = _back_and_forth(step, following, steps)
        pair = frozenset(name_key(each.role) for each in chain)
        if chain and pair not in told:
            told.add(pair)
            titles = listed([f"“{each.title}”" for each in chain])
            yield Hit(
                f"steps[{places[step.id]}]",
                f"The work goes back and forth between {chain[0].role} and {chain[1].role}: {titles}.",
                "Put neighbouring steps of one role together, so that it changes hands once.",
            )


@rule("RB307", "too-many-steps", Family.PROCESS, "The map has too many steps for one page.", on=(Process,))
def too_many_steps(process: Process, around: Around) -> Iterator[Hit]:
    """A map is there to see the whole at a glance. With more than fifteen boxes nobody does.

    Often several steps of one role are one step with an SOP, or the map holds two processes.

    Wrong::

        steps:   # twenty-two of them, nine of which are clicks in one tool

    Right::

        steps:   # seven, one of which has an SOP with those nine clicks
    """
    count = sum(1 for _ in _live(process))
    if count > MOST_STEPS:
        yield Hit(
            "steps",
            f"This map has {count} steps; about {MOST_STEPS} fit on one page.",
            "Put neighbouring steps of one role together (their SOP keeps the detail), or divide the process in two.",
        )


@rule(
    "RB308",
    "dropped-step-on-map",
    Family.PROCESS,
    "A published map still holds a step that is to be dropped.",
    on=(Process,),
)
def dropped_step_on_map(process: Process, around: Around) -> Iterator[Hit]:
    """A step that you decided to drop would still be a task in every run.

    Struck through, it may stay in a draft for all to see; before publishing it goes.

    Wrong::

        status: published
        steps:
          - {id: fax, title: Fax a copy, role: Support assistant, handling: drop}

    Right::

        status: published
        steps:   # without it
    """
    if process.status is not Status.PUBLISHED:
        return
    for index, step in enumerate(process.steps):
        if step.handling is Handling.DROP:
            sentence = f"The step “{step.title}” is to be dropped but is still on the published map."
            yield Hit(f"steps[{index}].handling", sentence, "Take the step off the map and join the lines around it.")


def _live(process: Process) -> Iterator[tuple[int, Step]]:
    """The steps that stay, with their places."""
    return ((index, step) for index, step in enumerate(process.steps) if step.handling is not Handling.DROP)


def _back_and_forth(
    step: Step, following: Mapping[str, tuple[str, ...]], steps: Mapping[str, Step]
) -> tuple[Step, ...]:
    """Four steps in a row that change hands between the same two roles three times, or ()."""
    paths: list[tuple[Step, ...]] = [(step,)]
    while paths:
        path = paths.pop()
        if len(path) == 4:
            return path
        for target in following[path[-1].id]:
            follower = steps.get(target)
            if follower is not None and follower not in path and _changes_hands(path, follower):
                paths.append((*path, follower))
    return ()


def _changes_hands(path: tuple[Step, ...], follower: Step) -> bool:
    role = name_key(follower.role)
    if not role or not path[-1].role or role == name_key(path[-1].role):
        return False
    return len(path) < 2 or role == name_key(path[-2].role)


RULES: tuple[Rule, ...] = (
    unsound_flow,
    step_without_role,
    decision_with_one_exit,
    output_nobody_takes,
    input_nobody_gives,
    ping_pong,
    too_many_steps,
    dropped_step_on_map,
)
