"""The parts of one step and how much room they need: box, document, gate, and the lines that leave it.

Offsets are vertical distances from the middle of the box, downwards positive. Distances to the right
are measured from the right side of the box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from routebook.core.document import Handling, Step
from routebook.formats.drawing.exits import Exit, Gate, Group, Leaving
from routebook.formats.drawing.lettering import MOST_TEXTS, width_of, wrap

TITLE_SIZE = 13.0
LABEL_SIZE = 11.5
DOCUMENT_SIZE = 11.0

BOX_WIDTH = 150.0
BOX_LEAST_HEIGHT = 52.0
TITLE_LINE = 17.0
LABEL_LINE = 14.0
DOCUMENT_HEIGHT = 20.0
DOCUMENT_GAP = 6.0
DIAMOND = 22.0
"""Half the width, and half the height, of a decision."""
BAR = 6.0
BAR_MARGIN = 12.0
GATE_GAP = 24.0
LABEL_WIDTH = 110.0
LABEL_ROOM = 37.0
"""Labels get room in steps of this, so that a letter of one seldom moves what stands to the right of it."""
END_RADIUS = 8.0
EXIT_GAP = 20.0

Direction = Callable[[Exit], int]
"""Where an exit heads: -1 up, 0 straight on, 1 down."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """The words in and at a box, broken into lines."""

    title: tuple[str, ...]
    why: tuple[str, ...]
    document: str

    @property
    def height(self) -> float:
        """The height of the box that holds them."""
        return max(BOX_LEAST_HEIGHT, 18 + TITLE_LINE * (len(self.title) + len(self.why)))

    @property
    def document_width(self) -> float:
        return width_of(self.document, DOCUMENT_SIZE) + 20


@dataclass(frozen=True, slots=True)
class Fan:
    """One group of lines as drawn: its label, its own offset, and the offset of each exit."""

    when: tuple[str, ...]
    offset: float
    exits: tuple[tuple[Exit, float], ...]

    @property
    def label_height(self) -> float:
        return LABEL_LINE * len(self.when) + 4 if self.when else 0

    @property
    def top(self) -> float:
        """The upper side, label included."""
        return min(self.offset - self.label_height - 4, self.exits[0][1] - self._margin)

    @property
    def bottom(self) -> float:
        return self.exits[-1][1] + self._margin

    @property
    def _margin(self) -> float:
        """Room around the outermost lines: for a bar, a circle, or just for the line."""
        ends = any(exit_.target is None for exit_, _ in self.exits)
        return BAR_MARGIN if len(self.exits) > 1 else END_RADIUS + 1 if ends else 4.0


@dataclass(frozen=True, slots=True)
class Anatomy:
    """One step, measured. `label_at` and `tail_at` are where labels start and where they all have ended."""

    lettering: Lettering
    gate: Gate
    fans: tuple[Fan, ...]
    label_at: float
    tail_at: float
    width: float

    @property
    def up(self) -> float:
        """The room needed above the middle."""
        return max(self.lettering.height / 2, DIAMOND, *(-fan.top for fan in self.fans), 0)

    @property
    def down(self) -> float:
        """The room needed below the middle."""
        box = self.lettering.height / 2 + (DOCUMENT_GAP + DOCUMENT_HEIGHT if self.lettering.document else 0)
        return max(box, DIAMOND, *(fan.bottom for fan in self.fans), 0)


def letter(step: Step, number: int, document: str, kept: str, lack: str = "") -> Lettering:
    """The words of a step: what it lacks, if anything, below its title. A kept one says why, up to the first pause."""
    title = wrap(f"{number} {step.title or step.id}", BOX_WIDTH - 18, TITLE_SIZE, 3)
    why = wrap(lack, BOX_WIDTH - 18, LABEL_SIZE, 2) if lack else ()
    if step.handling is Handling.KEEP and step.why:
        reason = step.why.replace(";", ",").split(",")[0].strip()
        why += wrap(f"{kept}: {reason}", BOX_WIDTH - 18, LABEL_SIZE, 2)
    return Lettering(title, why, "".join(wrap(document, BOX_WIDTH - 20, DOCUMENT_SIZE, 1)))


def dissect(lettering: Lettering, leaving: Leaving, direction: Direction) -> Anatomy:
    """Measure a step and spread the lines that leave it, so that each heads the way it goes."""
    fans = _spread(leaving, direction)
    label_at = {Gate.NONE: 10.0, Gate.SPLIT: GATE_GAP + BAR, Gate.DECISION: GATE_GAP + 2 * DIAMOND + 6}[leaving.gate]
    tail_at = label_at + _label_room(fans)
    tails = [_tail_width(fan, leaving.gate) for fan in fans]
    return Anatomy(lettering, leaving.gate, fans, label_at, tail_at, _width(leaving.gate, tail_at, tails))


def _label_room(fans: tuple[Fan, ...]) -> float:
    widest = max((width_of(line, LABEL_SIZE) for fan in fans for line in fan.when), default=0)
    return LABEL_ROOM * ceil(widest / LABEL_ROOM) + 8 if fans else 0


@lru_cache(maxsize=MOST_TEXTS)
def width_after(leaving: Leaving) -> float:
    """The room that a step needs to the right of its box, whichever way its lines head."""
    return dissect(Lettering((), (), ""), leaving, lambda exit_: 0).width


def _width(gate: Gate, tail_at: float, tails: list[float]) -> float:
    if gate is Gate.NONE and not any(tails):
        return 0
    return tail_at + max(tails, default=0)


def _tail_width(fan: Fan, gate: Gate) -> float:
    """What stands at the end of the labels: a bar where the group splits, a circle where a line ends."""
    splits = BAR if len(fan.exits) > 1 and gate is Gate.DECISION else 0
    ends = 14 + 2 * END_RADIUS if any(exit_.target is None for exit_, _ in fan.exits) else 0
    return splits + ends


def _spread(leaving: Leaving, direction: Direction) -> tuple[Fan, ...]:
    if not leaving.groups:
        return ()
    middle = _middle(leaving.groups, direction)
    shapes = [_fan(group, leaving.gate, direction) for group in leaving.groups]
    above = [n for n, group in enumerate(leaving.groups) if n != middle and _heading(group, direction) < 0]
    below = [n for n in range(len(shapes)) if n != middle and n not in above]
    offsets = {middle: 0.0}
    offsets |= _stack(shapes, above, lambda fan: -fan.top, lambda fan: fan.bottom, -shapes[middle].top, -1)
    offsets |= _stack(shapes, below, lambda fan: fan.bottom, lambda fan: -fan.top, shapes[middle].bottom, 1)
    return tuple(_moved(shape, offsets[number]) for number, shape in enumerate(shapes))


def _middle(groups: tuple[Group, ...], direction: Direction) -> int:
    """The group that goes straight on: one that can, else one that ends here, else the first."""
    ranked = [(_heading(group, direction) != 0, group.exits[0].target is None, n) for n, group in enumerate(groups)]
    return min(ranked)[2]


def _heading(group: Group, direction: Direction) -> int:
    return min((direction(exit_) for exit_ in group.exits), key=abs)


def _fan(group: Group, gate: Gate, direction: Direction) -> Fan:
    """A group around its own line: exits that head up above those that head down."""
    exits = sorted(group.exits, key=direction)
    straight = [n for n, exit_ in enumerate(exits) if direction(exit_) == 0]
    level = straight[0] if straight else len(exits) // 2
    gap = 1.6 * EXIT_GAP if gate is Gate.SPLIT else EXIT_GAP
    spread = tuple((exit_, (n - level) * gap) for n, exit_ in enumerate(exits))
    when = group.when or (f"“{exits[0].id}”" if exits[0].missing and gate is Gate.NONE else "")
    return Fan(wrap(when, LABEL_WIDTH, LABEL_SIZE, 2), 0.0, spread)


def _stack(
    shapes: list[Fan],
    chosen: list[int],
    outer: Callable[[Fan], float],
    inner: Callable[[Fan], float],
    start: float,
    sign: int,
) -> dict[int, float]:
    """Offsets of the groups on one side of the middle one, outwards, each clear of the one before."""
    offsets: dict[int, float] = {}
    edge = start + 4
    for n in chosen:
        offset = max(edge + inner(shapes[n]), DIAMOND + 16)
        offsets[n] = sign * offset
        edge = offset + outer(shapes[n]) + 4
    return offsets


def _moved(fan: Fan, offset: float) -> Fan:
    return Fan(fan.when, offset, tuple((exit_, at + offset) for exit_, at in fan.exits))
