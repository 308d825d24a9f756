"""The matrix of value and energy as SVG: which steps leave the plate first.

Five columns of energy (−2 to 2) and five rows of value (5 on top) make 25 cells, which the four quadrants group.
Every step is a dot in its cell, numbered as on the map, larger for more hours a month; its shape says how it is
handled, a triangle that a mistake is costly, a diamond that it needs the owner's judgement. Dots of one cell never
touch. Steps without a score wait in a tray below.

Everything is drawn by classes whose colours the page's stylesheet gives (`STYLE`). No text enters unescaped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from routebook.core.delegation import EXPLANATIONS, HIGH_VALUE, Quadrant
from routebook.core.document import Handling
from routebook.formats.drawing.lettering import wrap

VALUES = (5, 4, 3, 2, 1)
ENERGIES = (-2, -1, 0, 1, 2)

LEFT, TOP = 26.0, 22.0
CELL_WIDTH, CELL_HEIGHT = 104.0, 92.0
GAP = 6.0
"""Between the quadrants."""
WIDTH = LEFT + CELL_WIDTH * len(ENERGIES) + GAP
GRID_BOTTOM = TOP + CELL_HEIGHT * len(VALUES) + GAP
AXIS_BOTTOM = GRID_BOTTOM + 24.0
TRAY_PITCH = 38.0
TRAY_DOT = 15.0

SMALLEST, LARGEST = 14.0, 22.0
"""Radius of a dot without hours, and of the largest one."""
LABEL_SIZE, LABEL_LINE = 12.0, 14.0
CLEARANCE = 3.0

STYLE = """\
.matrix { width: 100%; height: auto; display: block; font: 500 12px var(--text); }
.matrix text { fill: var(--soft); }
.matrix .field { fill: var(--wash); }
.matrix .field.first { fill: var(--route-wash); }
.matrix .field.best { fill: var(--keep-wash); }
.matrix .name { fill: var(--ink); font-weight: 600; }
.matrix .grid { stroke: var(--sheet); stroke-width: 1; }
.matrix .dot { text-decoration: none; touch-action: none; cursor: grab; }
.matrix .dot .shape { fill: var(--sheet); stroke: var(--route); stroke-width: 2.5; }
.matrix .dot.keep .shape { stroke: var(--keep); stroke-width: 3; }
.matrix .dot.automate .shape { stroke: var(--auto); stroke-dasharray: 5 4; }
.matrix .dot.undecided .shape { stroke: var(--edge); stroke-dasharray: 0.1 4.5; stroke-linecap: round; }
.matrix .dot.drop .shape { stroke: var(--edge); stroke-width: 1.25; }
.matrix .dot.drop .number { text-decoration: line-through; }
.matrix .dot .number { fill: var(--ink); font-size: 13px; font-weight: 650; text-anchor: middle; }
.matrix .dot .label { fill: var(--ink); font-size: 12px; text-anchor: middle; }
.matrix .dot .costly, .matrix .dot .judgement { fill: var(--ink); stroke: var(--sheet); stroke-width: 1.5; }
.matrix .dot .reach { fill: transparent; }
.matrix .dot:hover .shape { fill: var(--wash); }
.matrix .dot:focus-visible { outline: none; }
.matrix .dot:focus-visible .shape { stroke-width: 5; }
.matrix .dot.moving { cursor: grabbing; }
.matrix .target { fill: none; stroke: var(--route); stroke-width: 2; stroke-dasharray: 4 3; }
"""
"""What a stylesheet must say about a matrix; the colours are the variables that the product's pages have."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A step on the matrix. Without `value` and `energy` it waits in the tray; `hours` a month is its size.

    `id` names it in the page, `says` is its name for those who can't see the picture.
    """

    id: str
    number: int
    title: str
    says: str
    href: str
    value: int | None = None
    energy: int | None = None
    hours: float = 0.0
    handling: Handling = Handling.UNDECIDED
    costly: bool = False
    judgement: bool = False


@dataclass(frozen=True, slots=True)
class MatrixWords:
    """What is written on the matrix: its name, the axes, the tray, the names of the quadrants."""

    title: str = "Value and energy of each step"
    value: str = "value to the business →"
    drains: str = "drains you"
    gives: str = "gives you energy"
    tray: str = "Not placed yet"
    quadrants: Mapping[Quadrant, str] | None = None

    def quadrant(self, quadrant: Quadrant) -> str:
        """The name of a quadrant."""
        return (self.quadrants or {}).get(quadrant) or quadrant.value.capitalize()


@dataclass(frozen=True, slots=True)
class Placed:
    """A dot with its place: centre and radius in the picture's units; `label` has no lines where there is no room.

    `reach` is the radius within which a finger meets it."""

    dot: Dot
    x: float
    y: float
    radius: float
    label: tuple[str, ...] = ()
    reach: float = 0.0


def draw_matrix(dots: Sequence[Dot], words: MatrixWords | None = None) -> str:
    """The matrix as one `<svg>` element; each dot is a link with ``data-step``, and ``data-value`` and ``data-energy``
    where it is placed.

    `data-*` of the svg tell a script where the cells lie: ``data-left``, ``data-top``, ``data-width``,
    ``data-height`` and ``data-gap``.
    """
    words = words or MatrixWords()
    placed = place(dots)
    height = _height(dots)
    parts = [
        f'<svg class="matrix" viewBox="0 0 {_n(WIDTH)} {_n(height)}" role="group" aria-label={_attribute(words.title)}'
        f' data-left="{_n(LEFT)}" data-top="{_n(TOP)}" data-width="{_n(CELL_WIDTH)}" data-height="{_n(CELL_HEIGHT)}"'
        f' data-gap="{_n(GAP)}">',
        *_fields(words),
        *_axes(words),
    ]
    if not all(is_placed(dot) for dot in dots):
        parts.append(f'<text x="{_n(LEFT)}" y="{_n(AXIS_BOTTOM + 16)}">{_text(words.tray)}</text>')
    parts += [_dot(one) for one in placed]
    return "".join((*parts, "</svg>"))


def place(dots: Sequence[Dot]) -> tuple[Placed, ...]:
    """Where each dot stands, in the order given."""
    cells: dict[tuple[int, int], list[Dot]] = {}
    tray = []
    for dot in dots:
        if dot.value is None or dot.energy is None:
            tray.append(dot)
        else:
            cells.setdefault((dot.energy, dot.value), []).append(dot)
    found = {}
    for (energy, value), group in cells.items():
        x, y = corner(energy, value)
        found.update({one.dot.id: one for one in _in_cell(group, x, y)})
    for at, dot in enumerate(tray):
        column, row = at % _TRAY_COLUMNS, at // _TRAY_COLUMNS
        x = LEFT + TRAY_DOT + 3 + column * TRAY_PITCH
        found[dot.id] = Placed(dot, x, AXIS_BOTTOM + 46 + row * TRAY_PITCH, TRAY_DOT, reach=TRAY_PITCH / 2)
    return tuple(found[dot.id] for dot in dots)


_TRAY_COLUMNS = int((WIDTH - LEFT) // TRAY_PITCH)


def corner(energy: int, value: int) -> tuple[float, float]:
    """The upper left corner of a cell."""
    x = LEFT + ENERGIES.index(energy) * CELL_WIDTH + (GAP if energy >= 0 else 0)
    y = TOP + VALUES.index(value) * CELL_HEIGHT + (GAP if value < HIGH_VALUE else 0)
    return x, y


def _in_cell(group: Sequence[Dot], x: float, y: float) -> list[Placed]:
    if len(group) == 1:
        dot = group[0]
        radius = min(_radius(dot), LARGEST)
        label = wrap(dot.title, CELL_WIDTH - 6, LABEL_SIZE, 2)
        return [Placed(dot, x + CELL_WIDTH / 2, y + LARGEST + 8, radius, label, LARGEST + 8)]
    columns = math.ceil(math.sqrt(len(group) * CELL_WIDTH / CELL_HEIGHT))
    rows = math.ceil(len(group) / columns)
    wide, high = CELL_WIDTH / columns, CELL_HEIGHT / rows
    most = min(wide, high) / 2 - CLEARANCE
    return [
        Placed(
            dot,
            x + (at % columns + 0.5) * wide,
            y + (at // columns + 0.5) * high,
            min(_radius(dot), most),
            reach=most,
        )
        for at, dot in enumerate(group)
    ]


def _radius(dot: Dot) -> float:
    """The area grows with the hours, so that twice the hours look like twice as much."""
    return min(LARGEST, math.sqrt(SMALLEST**2 + max(0.0, dot.hours) * 18))


def _height(dots: Sequence[Dot]) -> float:
    waiting = sum(1 for dot in dots if not is_placed(dot))
    return AXIS_BOTTOM + (30 + math.ceil(waiting / _TRAY_COLUMNS) * TRAY_PITCH if waiting else 0)


def _fields(words: MatrixWords) -> list[str]:
    low, high = (VALUES[-1], HIGH_VALUE - 1), (HIGH_VALUE, VALUES[0])
    drains, gives = (ENERGIES[0], -1), (0, ENERGIES[-1])
    areas = (
        (Quadrant.REPLACE_YOURSELF, drains, high, ""),
        (Quadrant.BEST_WORK, gives, high, " best"),
        (Quadrant.DELEGATE_FIRST, drains, low, " first"),
        (Quadrant.LIMIT_OR_INVEST, gives, low, ""),
    )
    parts = []
    for quadrant, energies, values, look in areas:
        left, top = corner(energies[0], values[1])
        right, bottom = corner(energies[1], values[0])
        width, height = right + CELL_WIDTH - left, bottom + CELL_HEIGHT - top
        parts.append(
            f'<rect class="field{look}" x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}" rx="7">'
            f"<title>{_text(EXPLANATIONS[quadrant])}</title></rect>"
        )
        for value in range(values[0], values[1]):
            y = corner(0, value)[1]
            parts.append(f'<path class="grid" d="M{_n(left)} {_n(y)}h{_n(width)}"/>')
        for energy in range(energies[0] + 1, energies[1] + 1):
            x = corner(energy, 1)[0]
            parts.append(f'<path class="grid" d="M{_n(x)} {_n(top)}v{_n(height)}"/>')
        # The name stands in the frame, where no dot ever comes.
        above = values is high
        y = TOP - 8 if above else GRID_BOTTOM + 16
        anchor, x = ("start", left) if energies is drains else ("end", left + width)
        parts.append(
            f'<text class="name" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{_text(words.quadrant(quadrant))}</text>'
        )
    return parts


def _axes(words: MatrixWords) -> list[str]:
    middle = (TOP + GRID_BOTTOM) / 2
    turned = (
        f'<text transform="translate(14 {_n(middle)}) rotate(-90)" text-anchor="middle">{_text(words.value)}</text>'
    )
    centre = LEFT + 2 * CELL_WIDTH + GAP / 2
    left = f'<text x="{_n(centre - 8)}" y="{_n(GRID_BOTTOM + 16)}" text-anchor="end">← {_text(words.drains)}</text>'
    right = f'<text x="{_n(centre + 8)}" y="{_n(GRID_BOTTOM + 16)}">{_text(words.gives)} →</text>'
    return [turned, left, right]


def is_placed(dot: Dot) -> bool:
    """Whether a dot stands on the matrix; else it waits in the tray."""
    return dot.value is not None and dot.energy is not None


def _dot(one: Placed) -> str:
    dot, radius = one.dot, one.radius
    label = "".join(
        f'<text class="label" y="{_n(radius + LABEL_SIZE + 2 + at * LABEL_LINE)}">{_text(line)}</text>'
        for at, line in enumerate(one.label)
    )
    place = f' data-value="{dot.value}" data-energy="{dot.energy}"' if is_placed(dot) else ""
    return (
        f'<a class="dot {dot.handling}" id={_attribute("dot-" + dot.id)} href={_attribute(dot.href)}'
        f" data-step={_attribute(dot.id)}{place} aria-label={_attribute(dot.says)}"
        f' transform="translate({_n(one.x)} {_n(one.y)})"><title>{_text(dot.title)}</title>'
        f'<circle class="reach" r="{_n(one.reach)}"/>'
        f"{_shape(dot.handling, radius)}{_vetoes(dot, radius)}"
        f'<text class="number" y="4.5">{dot.number}</text>{label}</a>'
    )


def _shape(handling: Handling, radius: float) -> str:
    if handling is not Handling.KEEP:
        return f'<circle class="shape" r="{_n(radius)}"/>'
    # As large as the circle, so that the shape says nothing about hours.
    half = radius * math.sqrt(math.pi) / 2
    side = _n(2 * half)
    return f'<rect class="shape" x="{_n(-half)}" y="{_n(-half)}" width="{side}" height="{side}" rx="4"/>'


def _vetoes(dot: Dot, radius: float) -> str:
    at, size = radius * 0.72, 6 * min(1.0, radius / SMALLEST)
    half, whole = _n(size), _n(2 * size)
    parts = ""
    if dot.costly:
        parts += f'<path class="costly" d="M{_n(at)} {_n(-at - size)}l{half} {_n(1.8 * size)}h-{whole}z"/>'
    if dot.judgement:
        parts += (
            f'<path class="judgement" d="M{_n(-at)} {_n(-at - size)}l{half} {half}l-{half} {half}l-{half} -{half}z"/>'
        )
    return parts


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))
