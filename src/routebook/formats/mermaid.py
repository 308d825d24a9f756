"""The map as Mermaid flowchart text, for places that render that: forges, wikis, notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routebook.core.document import Handling, Process, Step
from routebook.formats.drawing.exits import Exit, Gate, Group, Leaving, leaving

_SHAPE = {
    Handling.UNDECIDED: ("[", "]"),
    Handling.KEEP: ("[", "]"),
    Handling.DELEGATE: ("(", ")"),
    Handling.AUTOMATE: ("([", "])"),
    Handling.DROP: ("[", "]"),
}
_CLASSES = """\
classDef delegate stroke:#0b6b5d,stroke-width:2px
classDef keep stroke:#8a5a00,stroke-width:4px
classDef automate stroke:#5b4bb0,stroke-width:2px,stroke-dasharray:5 4
classDef undecided stroke:#5d656b,stroke-width:2px,stroke-dasharray:1 4
classDef drop stroke:#5d656b,color:#5d656b,text-decoration:line-through"""


def to_mermaid(process: Process) -> str:
    """The flowchart of any draft, ending in a newline. Roles are subgraphs, handling is a class.

    Nodes are named ``s1``, ``s2``, … by their place in the list, so that no step id can clash with
    a word of the language; every text is quoted and escaped.
    """
    leaves = leaving(process.steps)
    lines = ["flowchart LR", *_start(process), *_lanes(process.steps), *_gates(process.steps, leaves)]
    for place, leave in enumerate(leaves):
        lines += _links(process.steps, place, leave)
    return "\n".join([*lines, *_CLASSES.splitlines()]) + "\n"


def _start(process: Process) -> list[str]:
    return ['start(("Start"))', f"start --> {_entry(process.steps, 0)}"] if process.steps else []


def _lanes(steps: Sequence[Step]) -> Iterator[str]:
    lanes: dict[str, tuple[str, list[int]]] = {}
    for place, step in enumerate(steps):
        role = " ".join(step.role.split()) or "No role yet"
        lanes.setdefault(role.casefold(), (role, []))[1].append(place)
    for number, (role, places) in enumerate(lanes.values(), 1):
        yield f"subgraph lane{number}[{_quoted(role)}]"
        for place in places:
            opened, closed = _SHAPE[steps[place].handling]
            text = _quoted(f"{place + 1} {steps[place].title or steps[place].id}")
            yield f"  s{place + 1}{opened}{text}{closed}:::{steps[place].handling}"
        yield "end"


def _gates(steps: Sequence[Step], leaves: Sequence[Leaving]) -> Iterator[str]:
    """Diamonds after steps that decide; bars, drawn as small filled forks, where lines split and join."""
    for place, leave in enumerate(leaves):
        node = f"s{place + 1}"
        if steps[place].join is not None:
            yield f"{node}join@{{ shape: fork }}"
            yield f"{node}join --> {node}"
        if leave.gate is Gate.DECISION:
            yield f'{node}gate{{"?"}}'
            yield f"{node} --> {node}gate"
        if leave.gate is Gate.SPLIT:
            yield f"{node}split@{{ shape: fork }}"
            yield f"{node} --> {node}split"


def _links(steps: Sequence[Step], place: int, leave: Leaving) -> Iterator[str]:
    node = f"s{place + 1}"
    source = {Gate.NONE: node, Gate.DECISION: f"{node}gate", Gate.SPLIT: f"{node}split"}[leave.gate]
    for number, group in enumerate(leave.groups, 1):
        yield from _group(steps, source, f"{node}way{number}", group, late=leave.gate is Gate.DECISION)


def _group(steps: Sequence[Step], source: str, name: str, group: Group, *, late: bool) -> Iterator[str]:
    arrow = f"-->|{_quoted(group.when)}|" if group.when else "-->"
    if late and len(group.exits) > 1:
        yield f"{name}@{{ shape: fork }}"
        yield f"{source} {arrow} {name}"
        source, arrow = name, "-->"
    for number, exit_ in enumerate(group.exits, 1):
        yield f"{source} {arrow} {_target(steps, exit_, f'{name}to{number}')}"


def _target(steps: Sequence[Step], exit_: Exit, name: str) -> str:
    if exit_.target is not None:
        return _entry(steps, exit_.target)
    return f"{name}[{_quoted(f'no step “{exit_.id}”')}]" if exit_.missing else f'{name}((("End")))'


def _entry(steps: Sequence[Step], place: int) -> str:
    return f"s{place + 1}join" if steps[place].join is not None else f"s{place + 1}"


def _quoted(text: str) -> str:
    """A Mermaid string: one line, with everything that the language or HTML would read as an entity."""
    plain = " ".join(text.split())
    return '"' + "".join(c if c.isalnum() or c in " .,:-_+/()“”‘’…–—?!" else f"#{ord(c)};" for c in plain) + '"'
