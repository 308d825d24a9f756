"""The picture of hours by month."""

import xml.etree.ElementTree as ET

from routebook.formats.months import Month, MonthsWords, draw_months

WORDS = MonthsWords("Hours <back>", "May: 3 hours & more")


def bars(svg: str) -> list[tuple[float, float]]:
    """The top and the height of each bar."""
    root = ET.fromstring(svg)
    return [
        (float(bar.get("y", "")), float(bar.get("height", "")))
        for bar in root.iter("rect")
        if "bar" in (bar.get("class") or "")
    ]


def test_twice_the_hours_are_twice_the_bar() -> None:
    (_, one), (_, two) = bars(draw_months([Month("May", 2, 0), Month("June", 4, 0)], WORDS))
    assert two == 2 * one


def test_hours_that_were_lost_hang_below_the_line() -> None:
    svg = draw_months([Month("May", -2, 1), Month("June", 4, 1)], WORDS)
    (below, _), (above, height) = bars(svg)
    assert abs(below - (above + height)) < 0.2
    assert 'class="bar lost"' in svg


def test_it_is_whole_without_hours_and_escapes_its_words() -> None:
    root = ET.fromstring(draw_months([Month("<May>", 0, 0)], WORDS))
    assert root.get("aria-label") == "Hours <back>"
    assert [text.text for text in root.iter("text")] == ["0.0", "<May>"]


def test_no_bar_leaves_the_picture() -> None:
    for hours in (-1000.0, 0.01, 5000.0):
        for top, height in bars(draw_months([Month("May", hours, 40), Month("June", 1, 0)], WORDS)):
            assert top >= 0
            assert top + height <= 170


def numbers(svg: str) -> list[tuple[str, float]]:
    """The class and the baseline of each bar's number."""
    return [
        (text.get("class") or "", float(text.get("y", "")))
        for text in ET.fromstring(svg).iter("text")
        if "n" in (text.get("class") or "").split()
    ]


def test_the_mark_of_the_plan_never_crosses_a_number() -> None:
    for planned in (0, 0.3, 4, 9, 9.5, 10, 10.5, 11, 12, 20):
        for hours in (-1, 0, 0.2, 1, 10):
            svg = draw_months([Month("May", hours, planned), Month("June", 20, 20)], WORDS)
            marks = [float(line.get("y1", "")) for line in ET.fromstring(svg).iter("line")][1:]
            for (_, baseline), mark in zip(numbers(svg), marks, strict=True):
                assert not baseline - 10 < mark < baseline + 2, (hours, planned)


def test_a_number_that_has_no_room_over_its_bar_stands_in_it() -> None:
    (kind, baseline), _ = numbers(draw_months([Month("May", 9, 10), Month("June", 1, 12)], WORDS))
    (top, height), _ = bars(draw_months([Month("May", 9, 10), Month("June", 1, 12)], WORDS))
    assert kind == "n in"
    assert top < baseline < top + height
