"""The drawing as SVG text.

Everything is drawn by classes whose colours come from the page's stylesheet (`STYLE` is what that
must say about a map), so that a strict content security policy, dark mode and print all hold. No
text enters unescaped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from routebook.core.document import Handling, Process
from routebook.core.process_map.supply import Break, Side
from routebook.formats.drawing.anatomy import LABEL_LINE, TITLE_LINE
from routebook.formats.drawing.itinerary import itinerary, name_of
from routebook.formats.drawing.layout import layout
from routebook.formats.drawing.main_way import main_way
from routebook.formats.drawing.pieces import (
    LANE_NAME_LINE,
    Box,
    DocumentTag,
    Label,
    LaneArea,
    Layout,
    Line,
    Mark,
    MarkKind,
    Point,
    Rect,
    Words,
)

State = Literal["done", "here", "ahead"]
Href = Mapping[str, str] | Callable[[str], str]

STYLE = """\
.map { width: 100%; height: auto; display: block; font: 500 13px var(--text); }
.map text { fill: var(--ink); text-anchor: middle; }
.map a { text-decoration: none; }
.map .lane { fill: none; stroke: var(--hair); }
.map .lanename { fill: var(--soft); font-weight: 600; font-size: 12px; text-anchor: start; }
.map .flow { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-linejoin: round; }
.map .flow.on { stroke: var(--route); stroke-width: 2.5; }
.map .tip { fill: var(--soft); }
.map .tip.on { fill: var(--route); }
.map .box { fill: var(--sheet); stroke: var(--route); stroke-width: 1.75; }
.map .box.keep { stroke: var(--keep); stroke-width: 3; }
.map .box.auto { stroke: var(--auto); stroke-dasharray: 5 4; }
.map .box.undecided { stroke: var(--soft); stroke-dasharray: 0.1 5; stroke-width: 2.25; stroke-linecap: round; }
.map .box.drop { stroke: var(--soft); stroke-width: 1.25; }
.map .drop text { fill: var(--soft); text-decoration: line-through; }
.map .gate { fill: var(--sheet); stroke: var(--ink); stroke-width: 1.75; stroke-linejoin: round; }
.map .sync { fill: var(--ink); }
.map .start { fill: var(--sheet); stroke: var(--ink); stroke-width: 1.75; }
.map .end { fill: var(--ink); }
.map .missing { fill: var(--sheet); stroke: var(--late); stroke-width: 1.75; stroke-dasharray: 2.5 2.5; }
.map .missingtext { fill: var(--late); font-size: 11px; font-weight: 600; }
.map .gap { fill: var(--sheet); stroke: var(--late); stroke-width: 1.5; }
.map .gaptext { fill: var(--late); font-size: 11px; font-weight: 700; }
.map .label { font-size: 11.5px; fill: var(--soft); }
.map .when { text-anchor: start; }
.map .doc { fill: var(--route-wash); stroke: var(--route); stroke-width: 1; }
.map .doctext { font-size: 11px; fill: var(--route); }
.map .done .box { fill: var(--route-wash); }
.map .ring { fill: none; stroke: var(--route); stroke-width: 2.5; }
.map .badge { fill: var(--route); }
.map .check { fill: none; stroke: var(--sheet); stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.map .here .name { font-weight: 650; }
.map .ahead text { fill: var(--soft); }
.map .ahead .box { stroke-opacity: 0.55; }
.map a:focus-visible { outline: none; }
.map a:focus-visible .box, .map a:hover .box { fill: var(--wash); }
.map a:focus-visible .box { stroke-width: 4; }
"""
"""What a stylesheet must say about a map; the colours are the variables that the product's pages have."""

_LIGHT = """\
--paper: #faf8f3; --sheet: #ffffff; --ink: #1d2327; --soft: #5d656b; --hair: #e6e1d6; --wash: #f3efe6;
--route: #0b6b5d; --route-wash: #e3f1ed; --keep: #8a5a00; --auto: #5b4bb0; --late: #b3261e;"""
_DARK = """\
--paper: #16181a; --sheet: #1e2124; --ink: #e9e6df; --soft: #a3a8a6; --hair: #3a4045; --wash: #23272a;
--route: #4cc2ae; --route-wash: #14322d; --keep: #e5b25a; --auto: #a99cf0; --late: #ff8a80;"""
_ALONE = f"""\
svg.map {{ --text: system-ui, "Inter", "Segoe UI", Roboto, sans-serif; {_LIGHT} }}
@media screen and (prefers-color-scheme: dark) {{ svg.map {{ {_DARK} }} }}
.map .ground {{ fill: var(--sheet); }}
"""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_BOX_CLASS = {
    Handling.UNDECIDED: "box undecided",
    Handling.KEEP: "box keep",
    Handling.DELEGATE: "box",
    Handling.AUTOMATE: "box auto",
    Handling.DROP: "box drop",
}
_ROUND = {Handling.KEEP: 3.0, Handling.DROP: 3.0}
_BOX_ROUND = 9.0
GAP_RADIUS = 7.5
GAP_SIGNS = {Side.TAKES: "?", Side.GIVES: "!"}
"""What stands at a box that takes what nobody gives, or gives what nobody takes."""


def draw(
    process: Process,
    *,
    documents: Mapping[str, str] | None = None,
    states: Mapping[str, State] | None = None,
    travelled: Collection[tuple[str, str]] = (),
    gaps: Collection[Break] = (),
    href: Href | None = None,
    standalone: bool = False,
    words: Words | None = None,
    like: Mapping[str, int] | None = None,
) -> str:
    """Draw a process, sound or not, as one `<svg>` element.

    `documents` gives the text of the tag below a step; `states` and `travelled` (source and target,
    with `start` and `end`) show a run, without them the main way through the map stands out; `gaps`
    are marked at their boxes; `href` makes the boxes links. `standalone` carries its own colours, for a file outside the product.
    `like` gives the band that each step had in the drawing before; with it, even if it is empty, each box says its step and
    its band (`data-step`, `data-band`), for the drawing after.
    """
    plan = layout(process, documents=documents, words=words, like=like)
    bands = plan.bands if like is not None else {}
    on = set(travelled) if states or travelled else main_way(process)
    name = _unique(process)
    body = [
        *(_lane(lane) for lane in plan.lanes),
        *_flow(plan.lines, on),
        *(_mark(mark) for mark in plan.marks),
        *(
            _box(box, process, (states or {}).get(box.step), _address(href, box.step), bands.get(box.step))
            for box in plan.boxes
        ),
        *(_gap(plan.boxes[index], side, names) for (index, side), names in _gaps(gaps).items()),
        *(_document(tag) for tag in plan.documents),
        *(_label(label) for label in plan.labels),
    ]
    return "\n".join(
        [*_opening(process, plan, name, gaps, linked=href is not None, standalone=standalone), *body, "</svg>"]
    )


def _unique(process: Process) -> str:
    """A prefix for ids that no other drawing on a page has, the same each time for the same process."""
    said = "\n".join((process.slug, process.title, *(f"{step.id} {step.title}" for step in process.steps)))
    return "map-" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]


def _opening(
    process: Process, plan: Layout, name: str, gaps: Collection[Break], *, linked: bool, standalone: bool
) -> list[str]:
    # A picture hides what is inside it from assistive technology, so a map with links is a group.
    role = "group" if linked else "img"
    size = f'width="{_n(plan.width)}" height="{_n(plan.height)}" '
    opening = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" {size}viewBox="0 0 {_n(plan.width)} {_n(plan.height)}" '
        f'role="{role}" aria-labelledby="{name}-title" aria-describedby="{name}-desc">',
        f'<title id="{name}-title">{_text(f"Map of {process.title or process.slug}")}</title>',
        f'<desc id="{name}-desc">{_text(" ".join([*_story(process), *map(_said, gaps)]))}</desc>',
    ]
    if standalone:
        opening.append(f"<style>\n{_ALONE}{STYLE}</style>")
        opening.append(f'<rect class="ground" width="{_n(plan.width)}" height="{_n(plan.height)}"/>')
    return opening


def _story(process: Process) -> list[str]:
    begins = f"Starts with {process.trigger}." if process.trigger else ""
    ends = f"Ends with {process.result}." if process.result else ""
    steps = itinerary(process) or ("No steps yet.",)
    return [sentence for sentence in (begins, *steps, ends) if sentence]


def _said(gap: Break) -> str:
    number = gap.index + 1
    if gap.side is Side.TAKES:
        return f"Step {number} takes {gap.name}, which no earlier step gives."
    return f"Step {number} gives {gap.name}, which no later step takes."


def _lane(lane: LaneArea) -> str:
    area, name = lane.area, lane.name_area
    lines = _spans(lane.name, name.x, name.y + 12, LANE_NAME_LINE)
    return f'<rect class="lane" {_rect(area)} rx="8"/><text class="lanename">{lines}</text>'


def _flow(lines: Iterable[Line], on: set[tuple[str, str]]) -> list[str]:
    """The lines, those that stand out last, so that nothing is drawn across them."""
    ordered = sorted(lines, key=lambda line: _is_on(line, on))
    return [_line(line, " on" if _is_on(line, on) else "") for line in ordered]


def _is_on(line: Line, on: set[tuple[str, str]]) -> bool:
    return any(link in on for link in line.links)


def _line(line: Line, on: str) -> str:
    last, before = line.points[-1], line.points[-2]
    end = Point(last.x - 5, last.y) if line.tip and last.x > before.x else last
    path = "M" + "L".join(f"{_n(point.x)} {_n(point.y)}" for point in (*line.points[:-1], end))
    drawn = f'<path class="flow{on}" d="{path}"/>'
    if not line.tip:
        return drawn
    x, y = last.x - 1, last.y
    return f'{drawn}<path class="tip{on}" d="M{_n(x)} {_n(y)}l-9-4.5v9z"/>'


def _mark(mark: Mark) -> str:
    area, middle = mark.area, mark.area.middle
    match mark.kind:
        case MarkKind.DECISION:
            half = area.width / 2
            corner = (
                f"M{_n(middle.x)} {_n(area.y)}l{_n(half)} {_n(half)}l-{_n(half)} {_n(half)}l-{_n(half)}-{_n(half)}z"
            )
            return f'<path class="gate" d="{corner}"/>'
        case MarkKind.SPLIT | MarkKind.JOIN:
            return f'<rect class="sync" {_rect(area)} rx="2"/>'
        case MarkKind.MISSING:
            question = f'<text class="missingtext" x="{_n(middle.x)}" y="{_n(middle.y + 4)}">?</text>'
            return f'<circle class="missing" {_circle(area)}/>{question}'
        case MarkKind.START | MarkKind.END:
            return f'<circle class="{mark.kind}" {_circle(area)}/>'


def _box(box: Box, process: Process, state: State | None, address: str, band: int | None) -> str:
    area = box.area
    round_ = _ROUND.get(box.handling, _BOX_ROUND)
    shape = f'<rect class="{_BOX_CLASS[box.handling]}" {_rect(area)} rx="{_n(round_)}"/>'
    parts = [shape, _lettering(box), _state(box, state)]
    classes = " ".join(name for name in ("step", "drop" if box.handling is Handling.DROP else "", state or "") if name)
    known = f' data-step={_attribute(box.step)} data-band="{band}"' if band is not None else ""
    group = f'<g class="{classes}"{known}>{"".join(parts)}</g>'
    if not address:
        return group
    label = f"{box.number} {name_of(process.steps[box.number - 1])}"
    return f"<a href={_attribute(address)} aria-label={_attribute(label)}>{group}</a>"


def _lettering(box: Box) -> str:
    middle = box.area.middle
    height = TITLE_LINE * (len(box.title) + len(box.why))
    baseline = middle.y - height / 2 + 13
    title = f'<text class="name">{_spans(box.title, middle.x, baseline, TITLE_LINE)}</text>'
    why = _spans(box.why, middle.x, baseline + TITLE_LINE * len(box.title), TITLE_LINE)
    return f'{title}<text class="label">{why}</text>' if why else title


def _state(box: Box, state: State | None) -> str:
    """Where a run is: a ticked badge on what is done, a ring around where it stands now."""
    area = box.area
    if state == "done":
        x, y = area.right - 3, area.y + 3
        check = f'<path class="check" d="M{_n(x - 3.5)} {_n(y)}l2.5 2.75 4.5-5.25"/>'
        return f'<circle class="badge" cx="{_n(x)}" cy="{_n(y)}" r="8"/>{check}'
    if state == "here":
        ring = Rect(area.x - 4, area.y - 4, area.width + 8, area.height + 8)
        return f'<rect class="ring" {_rect(ring)} rx="{_n(_ROUND.get(box.handling, _BOX_ROUND) + 3)}"/>'
    return ""


def _gaps(gaps: Iterable[Break]) -> dict[tuple[int, Side], list[str]]:
    """What is missing by box and side: one mark stands for all of it."""
    found: dict[tuple[int, Side], list[str]] = {}
    for gap in gaps:
        found.setdefault((gap.index, gap.side), []).append(gap.name)
    return found


def gap_area(box: Box, side: Side) -> Rect:
    """Where the mark of a break stands: at the corner where things come in, or where they leave."""
    area, inside = box.area, 3.0
    x = area.x + inside if side is Side.TAKES else area.right - inside
    y = area.y + inside if side is Side.TAKES else area.bottom - inside
    return Rect(x - GAP_RADIUS, y - GAP_RADIUS, 2 * GAP_RADIUS, 2 * GAP_RADIUS)


def _gap(box: Box, side: Side, names: Iterable[str]) -> str:
    area = gap_area(box, side)
    told = f"{side} {', '.join(names)}"
    title = f"<title>{_text(told)}</title>"
    sign = f'<text class="gaptext" x="{_n(area.middle.x)}" y="{_n(area.middle.y + 4)}">{GAP_SIGNS[side]}</text>'
    return f'<g>{title}<circle class="gap" {_circle(area)}/>{sign}</g>'


def _document(tag: DocumentTag) -> str:
    middle = tag.area.middle
    text = f'<text class="doctext" x="{_n(middle.x)}" y="{_n(middle.y + 4)}">{_text(tag.text)}</text>'
    return f'<rect class="doc" {_rect(tag.area)} rx="4"/>{text}'


def _label(label: Label) -> str:
    return f'<text class="label when">{_spans(label.lines, label.area.x, label.area.y + 11, LABEL_LINE)}</text>'


def _spans(lines: Iterable[str], x: float, y: float, leading: float) -> str:
    return "".join(
        f'<tspan x="{_n(x)}" y="{_n(y + leading * number)}">{_text(line)}</tspan>' for number, line in enumerate(lines)
    )


def _address(href: Href | None, step: str) -> str:
    if href is None:
        return ""
    return href(step) if callable(href) else href.get(step, "")


def _rect(area: Rect) -> str:
    return f'x="{_n(area.x)}" y="{_n(area.y)}" width="{_n(area.width)}" height="{_n(area.height)}"'


def _circle(area: Rect) -> str:
    return f'cx="{_n(area.middle.x)}" cy="{_n(area.middle.y)}" r="{_n(area.width / 2)}"'


def _n(number: float) -> str:
    """A coordinate, to a tenth, without a needless point."""
    return f"{number:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
