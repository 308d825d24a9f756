"""The matrix holds its laws: every dot in its cell, none touching another, and the stylesheet says what it needs."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import routebook
from routebook.core.delegation import Score, quadrant_of
from routebook.core.document import Handling
from routebook.formats.matrix import (
    CELL_HEIGHT,
    CELL_WIDTH,
    GRID_BOTTOM,
    STYLE,
    Dot,
    MatrixWords,
    corner,
    draw_matrix,
    place,
)

placed = st.tuples(st.integers(1, 5), st.integers(-2, 2))


@st.composite
def dots(draw: st.DrawFn) -> list[Dot]:
    many = draw(st.integers(0, 24))
    made = []
    for number in range(1, many + 1):
        at = draw(st.none() | placed)
        made.append(
            Dot(
                id=f"step-{number}",
                number=number,
                title=draw(st.text(max_size=60)),
                says=f"step {number}",
                href=f"#score-step-{number}",
                value=at[0] if at else None,
                energy=at[1] if at else None,
                hours=draw(st.floats(0, 200)),
                handling=draw(st.sampled_from(list(Handling))),
                costly=draw(st.booleans()),
                judgement=draw(st.booleans()),
            )
        )
    return made


@settings(max_examples=100, deadline=None)
@given(dots())
def test_every_dot_lies_in_its_cell_and_touches_no_other(made: list[Dot]) -> None:
    found = place(made)
    assert [one.dot for one in found] == made
    for one in found:
        if one.dot.value is None or one.dot.energy is None:
            assert one.y - one.radius > GRID_BOTTOM
            continue
        left, top = corner(one.dot.energy, one.dot.value)
        assert left <= one.x - one.radius
        assert one.x + one.radius <= left + CELL_WIDTH
        assert top <= one.y - one.radius
        assert one.y + one.radius <= top + CELL_HEIGHT
    for one, other in combinations(found, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius


@settings(max_examples=100, deadline=None)
@given(dots())
def test_it_is_well_formed_whatever_the_steps_are_called(made: list[Dot]) -> None:
    root = ET.fromstring(f'<root xmlns:x="y">{draw_matrix(made)}</root>')
    links = root.findall(".//a")
    assert [link.get("data-step") for link in links] == [dot.id for dot in made]
    assert all(link.get("aria-label") for link in links)


def test_a_cell_lies_in_its_quadrant() -> None:
    for value in range(1, 6):
        for energy in range(-2, 3):
            x, y = corner(energy, value)
            beside = corner(-2, 1)[0] + 2 * CELL_WIDTH, corner(0, 4)[1] + CELL_HEIGHT
            right, upper = x >= beside[0], y < beside[1]
            drains, high = not right, upper
            expected = quadrant_of(Score(4 if high else 3, -1 if drains else 0))
            assert quadrant_of(Score(value, energy)) is expected


def test_marks_and_shapes_carry_the_meaning() -> None:
    keep = draw_matrix([Dot("a", 1, "A", "a", "#a", 5, 2, handling=Handling.KEEP, judgement=True)])
    assert 'class="dot keep"' in keep
    assert '<rect class="shape"' in keep
    assert 'class="judgement"' in keep
    assert 'class="costly"' not in keep
    costly = draw_matrix([Dot("a", 1, "A", "a", "#a", 2, -2, handling=Handling.DELEGATE, costly=True)])
    assert '<circle class="shape"' in costly
    assert 'class="costly"' in costly


def test_more_hours_are_a_larger_dot() -> None:
    small, large = place([Dot("a", 1, "A", "a", "#", 2, -2, hours=1), Dot("b", 2, "B", "b", "#", 5, 2, hours=8)])
    assert small.radius < large.radius


def test_steps_without_a_score_wait_in_the_tray() -> None:
    words = MatrixWords(tray="Not placed yet & waiting")
    assert "Not placed yet &amp; waiting" in draw_matrix([Dot("a", 1, "A", "a", "#")], words)
    assert "Not placed yet" not in draw_matrix([Dot("a", 1, "A", "a", "#", 3, 0)], words)


def test_the_stylesheet_says_what_the_matrix_needs() -> None:
    sheet = Path(routebook.__file__).parent / "web/static/routebook/matrix.css"
    assert sheet.read_text().split("\n", 1)[1] == STYLE


def test_no_text_becomes_markup() -> None:
    evil = '"><script>alert(1)</script>'
    drawn = draw_matrix([Dot(evil, 1, evil, evil, evil, 1, 1)], MatrixWords(title=evil, value=evil))
    assert "<script" not in drawn
