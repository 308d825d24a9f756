"""The map in words: one sentence per step, for those who read or hear it instead of seeing it."""

from __future__ import annotations

from routebook.core.document import Decision, Goes, Handling, Join, Process, Step

_HANDLING = {
    Handling.UNDECIDED: "not decided yet",
    Handling.KEEP: "kept",
    Handling.DELEGATE: "delegated",
    Handling.AUTOMATE: "automated",
    Handling.DROP: "to be dropped",
}


def itinerary(process: Process) -> tuple[str, ...]:
    """One line per step in list order: its number, title, role, handling, and what follows."""
    numbers: dict[str, int] = {}
    for number, step in enumerate(process.steps, 1):
        numbers.setdefault(step.id, number)
    return tuple(
        f"{number} {name_of(step)}. {_after(step, number, len(process.steps), numbers)}"
        for number, step in enumerate(process.steps, 1)
    )


def name_of(step: Step) -> str:
    """A step for somebody who hears it: title, role and handling."""
    about = f"{step.role or 'no role yet'}, {_HANDLING[step.handling]}"
    return f"{step.title or step.id} ({about})"


def _after(step: Step, number: int, count: int, numbers: dict[str, int]) -> str:
    waits = _waits(step.join, numbers)
    if isinstance(step.then, Decision):
        ways = "; ".join(f"if {outcome.when}, {_goes(outcome.goes, numbers)}" for outcome in step.then.outcomes)
        return f"{waits}Then {ways or 'nothing'}."
    if isinstance(step.then, Goes):
        return f"{waits}Then {_goes(step.then, numbers)}."
    return f"{waits}Then {number + 1}." if number < count else f"{waits}Then the end."


def _waits(join: Join | None, numbers: dict[str, int]) -> str:
    if join is None:
        return ""
    if not join.groups:
        return "Waits for every line into it. "
    groups = (" or ".join(_target(source, numbers) for source in group) for group in join.groups)
    return f"Waits for {' and '.join(groups)}. "


def _goes(goes: Goes, numbers: dict[str, int]) -> str:
    names = [_target(target, numbers) for target in goes.targets]
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]} at the same time"
    return names[0] if names else "nothing"


def _target(target: str, numbers: dict[str, int]) -> str:
    if target in numbers:
        return str(numbers[target])
    return "the end" if target == "end" else f"“{target}”, which is not a step"
