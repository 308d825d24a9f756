"""The laws of the drawing: what may touch, what may cross, and that everything on the map is on it."""

from __future__ import annotations

import itertools
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.maps import made_map
from routebook.core.document import END, START, Decision, Goes, Handling, Process
from routebook.core.process_map import problems
from routebook.core.process_map.supply import Side, breaks
from routebook.formats.drawing import STYLE, Layout, draw, itinerary, layout
from routebook.formats.drawing.exits import leaving
from routebook.formats.drawing.layout import Line, MarkKind, Point, Rect, Words
from routebook.formats.drawing.lettering import width_of, wrap
from routebook.formats.drawing.main_way import main_way
from routebook.formats.drawing.svg import gap_area
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, VSL, decision, goes, random_process, step

SVG = "{http://www.w3.org/2000/svg}"
DOCUMENTS = {"verify": "SOP v3", "decline": "SOP v1", "issue": "SOP v2", "s1": "SOP v1", "s4": "A document with a name"}


def assert_lawful(process: Process) -> Layout:
    plan = layout(process, documents=DOCUMENTS)
    assert_nothing_overlaps(plan)
    assert_lines_avoid_everything(plan)
    assert_lines_only_cross(plan)
    assert_boxes_are_in_their_lanes(process, plan)
    assert_every_link_is_drawn(process, plan)
    assert_arrows_reach_a_side(plan)
    assert_text_fits(plan)
    return plan


def solids(plan: Layout) -> list[tuple[str, Rect]]:
    return [
        *((f"box {box.number}", box.area) for box in plan.boxes),
        *((f"{mark.kind} of {mark.step}", mark.area) for mark in plan.marks),
        *((f"label {label.lines}", label.area) for label in plan.labels),
        *((f"document of {tag.step}", tag.area) for tag in plan.documents),
        *((f"lane name {lane.name}", lane.name_area) for lane in plan.lanes),
    ]


def assert_nothing_overlaps(plan: Layout) -> None:
    page = Rect(0, 0, plan.width, plan.height)
    placed = sorted(solids(plan), key=lambda solid: solid[1].x)
    for name, area in placed:
        assert area.x >= 0, name
        assert area.y >= 0, name
        assert area.right <= page.right, name
        assert area.bottom <= page.bottom, name
    for number, (name, area) in enumerate(placed):
        for other_name, other in placed[number + 1 :]:
            if other.x >= area.right:
                break
            assert area.bottom <= other.y or other.bottom <= area.y, (name, other_name)


def assert_lines_avoid_everything(plan: Layout) -> None:
    obstacles = solids(plan)
    for line in plan.lines:
        for one, two in itertools.pairwise(line.points):
            assert one.x == two.x or one.y == two.y, line
            for name, area in obstacles:
                assert not enters(one, two, area), (line, name)


def enters(one: Point, two: Point, area: Rect) -> bool:
    """Whether a stretch goes inside an area, not just up to its side."""
    margin = 0.01
    return (
        min(one.x, two.x) < area.right - margin
        and max(one.x, two.x) > area.x + margin
        and min(one.y, two.y) < area.bottom - margin
        and max(one.y, two.y) > area.y + margin
    )


def assert_lines_only_cross(plan: Layout) -> None:
    """Lines to different places never lie on one another, nor so close that they look as if they did."""
    for upright in (True, False):
        stretches = sorted(stretches_of(plan, upright), key=lambda stretch: stretch[0])
        for number, (at, low, high, line) in enumerate(stretches):
            for other_at, other_low, other_high, other in stretches[number + 1 :]:
                if other_at - at >= 5:
                    break
                if line.net == other.net or from_one_corner(line, other):
                    continue
                assert high <= other_low + 0.01 or other_high <= low + 0.01, (line, other)


def stretches_of(plan: Layout, upright: bool) -> Iterator[tuple[float, float, float, Line]]:
    for line in plan.lines:
        for one, two in itertools.pairwise(line.points):
            if upright and one.x == two.x:
                yield one.x, min(one.y, two.y), max(one.y, two.y), line
            if not upright and one.y == two.y:
                yield one.y, min(one.x, two.x), max(one.x, two.x), line


def from_one_corner(line: Line, other: Line) -> bool:
    """The lines out of one corner of a diamond share a stem."""
    return line.points[0] == other.points[0] and line.points[0].x == line.points[1].x


def assert_boxes_are_in_their_lanes(process: Process, plan: Layout) -> None:
    assert [box.number for box in plan.boxes] == list(range(1, len(process.steps) + 1))
    for box, its_step in zip(plan.boxes, process.steps, strict=True):
        lane = plan.lanes[box.lane]
        assert lane.role.casefold() == " ".join(its_step.role.split()).casefold() or not its_step.role.strip()
        assert lane.area.y < box.area.y
        assert box.area.bottom < lane.area.bottom
    for lane, below in itertools.pairwise(plan.lanes):
        assert lane.area.bottom <= below.area.y


def assert_every_link_is_drawn(process: Process, plan: Layout) -> None:
    expected = {(START, process.steps[0].id)} if process.steps else set()
    for its_step, leave in zip(process.steps, leaving(process.steps), strict=True):
        for exit_ in (exit_ for group in leave.groups for exit_ in group.exits):
            expected.add((its_step.id, exit_.id if exit_.target is None else process.steps[exit_.target].id))
    assert {link for line in plan.lines for link in line.links if line.tip} >= expected


def assert_arrows_reach_a_side(plan: Layout) -> None:
    sides = [*(box.area for box in plan.boxes), *(mark.area for mark in plan.marks)]
    for line in plan.lines:
        end = line.points[-1]
        touched = any(area.x - 0.01 <= end.x <= area.right and area.y < end.y < area.bottom for area in sides)
        assert touched or not line.tip, line


def assert_text_fits(plan: Layout) -> None:
    for box in plan.boxes:
        assert len(box.title) <= 3
        assert all(width_of(line, 13) <= box.area.width - 12 for line in box.title)
        assert all(width_of(line, 11.5) <= box.area.width - 12 for line in box.why)
    for label in plan.labels:
        assert all(width_of(line, 11.5) <= label.area.width + 0.01 for line in label.lines)
    for lane in plan.lanes:
        assert all(width_of(line, 12, bold=True) <= lane.name_area.width + 0.01 for line in lane.name)


@pytest.mark.parametrize("process", [REFUND, VSL, PARALLEL], ids=lambda process: process.slug)
def test_real_maps_are_lawful(process: Process) -> None:
    assert_lawful(process)


@pytest.mark.parametrize("name", AWKWARD)
def test_any_draft_can_be_drawn(name: str) -> None:
    assert_lawful(AWKWARD[name])
    ET.fromstring(draw(AWKWARD[name], standalone=True))


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 30))
def test_random_drafts_are_lawful(seed: int, steps: int) -> None:
    assert_lawful(random_process(seed, steps))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(31, 200))
def test_large_random_drafts_are_lawful(seed: int, steps: int) -> None:
    assert_lawful(random_process(seed, steps))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 200))
def test_maps_as_people_build_them_are_lawful(seed: int, steps: int) -> None:
    """Decisions, parallel branches, reworks and changing roles, nested, sound, of up to 200 steps."""
    assert_lawful(made_map(steps, seed))


@pytest.mark.parametrize("steps", [10, 50, 200])
def test_made_maps_are_sound_and_have_every_construct(steps: int) -> None:
    maps = [made_map(steps, seed) for seed in range(4)]
    assert [problems(process) for process in maps] == [()] * 4
    assert [len(process.steps) for process in maps] == [steps] * 4
    every = [step for process in maps for step in process.steps]
    assert any(isinstance(step.then, Decision) for step in every)
    assert any(step.join for step in every)
    assert any(layout(process).back for process in maps)


# --- stability ------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [8, 15, 50])
def test_a_renamed_step_moves_nothing(steps: int) -> None:
    for seed in range(10):
        process = made_map(steps, seed)
        its = process.steps[steps // 2]
        edited = replace(
            process, steps=tuple(replace(one, title="Quite another") if one is its else one for one in process.steps)
        )
        assert displacements(process, edited) == [0] * (steps - 1)


@pytest.mark.parametrize("steps", [8, 15, 50])
def test_an_inserted_step_moves_little(steps: int) -> None:
    """A third of the boxes stay where they are; most of the others make room by one column, and stay in order."""
    moved = [displacements(process, edited) for process, edited in (inserted(steps, seed) for seed in range(20))]
    every = sorted(itertools.chain(*moved))
    assert sum(distance < 1 for distance in every) >= 0.28 * len(every)
    assert every[len(every) // 2] <= ONE_COLUMN
    for process, edited in (inserted(steps, seed) for seed in range(20)):
        assert order_kept(process, edited) >= 0.8


ONE_COLUMN = 300
"""A box, its gate and labels, and the channel beside it."""


def inserted(steps: int, seed: int) -> tuple[Process, Process]:
    """A map, and the same with a step put in somewhere."""
    process = made_map(steps, seed)
    straight = [
        place for place, one in enumerate(process.steps) if isinstance(one.then, Goes) and len(one.then.targets) == 1
    ]
    place = straight[seed % len(straight)]
    before = process.steps[place]
    new = step("new", "A new step", before.role, then=before.then)
    with_it = (*process.steps[:place], replace(before, then=goes("new")), new, *process.steps[place + 1 :])
    return process, replace(process, steps=with_it)


def displacements(before: Process, after: Process) -> list[float]:
    """How far each box moved that the edit was not about."""
    old, new = ({box.step: box.area for box in layout(process).boxes} for process in (before, after))
    changed = {one.id for one in after.steps if one not in before.steps}
    return [abs(old[one].x - new[one].x) + abs(old[one].y - new[one].y) for one in old if one not in changed]


def order_kept(before: Process, after: Process) -> float:
    """The share of pairs of boxes in one lane and band that stand in the same order as before."""
    sides = []
    for process in (before, after):
        plan = layout(process)
        sides.append(
            {box.step: (plan.lanes[box.lane].role, plan.lanes[box.lane].band, box.area.x) for box in plan.boxes}
        )
    old, new = sides
    pairs = [
        (one, other)
        for one, other in itertools.combinations(old, 2)
        if old[one][:2] == old[other][:2] and new[one][:2] == new[other][:2] and old[one][2] != old[other][2]
    ]
    kept = sum((old[one][2] < old[other][2]) == (new[one][2] <= new[other][2]) for one, other in pairs)
    return kept / len(pairs) if pairs else 1.0


def test_the_refund_map_is_the_one_of_the_design() -> None:
    plan = layout(REFUND, documents=DOCUMENTS)
    assert [lane.role for lane in plan.lanes] == ["Support assistant", "Founder", "Finance assistant"]
    assert [mark.kind for mark in plan.marks].count(MarkKind.END) == 2
    assert [(mark.kind, mark.step) for mark in plan.marks if mark.kind is MarkKind.DECISION] == [("decision", "verify")]
    assert [label.lines for label in plan.labels] == [("eligible",), ("not eligible",)]
    assert [tag.text for tag in plan.documents] == ["SOP v3", "SOP v1", "SOP v2"]
    assert plan.boxes[3].why == ("kept: spends money",)
    lefts = [box.area.x for box in plan.boxes]
    assert lefts == sorted(lefts)


def test_steps_without_a_role_have_a_lane_of_their_own_that_can_be_worded() -> None:
    process = Process(slug="p", title="P", steps=(step("a", "A", "VA"), step("b", "B"), step("c", "C", " va ")))
    assert [lane.role for lane in layout(process).lanes] == ["VA", "No role yet"]
    assert layout(process, words=Words(no_role="Noch keine Rolle")).lanes[1].role == "Noch keine Rolle"


def test_fifteen_steps_in_a_row_are_wrapped_so_that_they_read_on_one_page() -> None:
    steps = tuple(step(f"s{n}", f"Step number {n}", f"Role {n % 2}") for n in range(15))
    plan = layout(Process(slug="p", title="P", steps=steps))
    assert len({lane.band for lane in plan.lanes}) > 1
    assert min(1120 / plan.width, 790 / plan.height) > 0.6


def test_rework_goes_back_and_is_known() -> None:
    plan = layout(PARALLEL)
    assert plan.back == {("review", "script"), ("fix", "review")}


def test_lines_into_a_join_arrive_one_by_one_and_other_lines_merge() -> None:
    plan = layout(PARALLEL)
    into_join = [line for line in plan.lines if line.net[0] == "to" and line.links[0][1] == "pack"]
    assert len({line.points[-1] for line in into_join}) == 3
    into_review = [line for line in plan.lines if line.net[0] == "to" and line.links[0][1] == "review"]
    assert len({line.points[-1] for line in into_review}) == 1


def test_the_same_map_is_drawn_the_same() -> None:
    assert draw(PARALLEL) == draw(replace(PARALLEL, notes=PARALLEL.notes))


def test_a_small_edit_moves_nothing_else() -> None:
    steps = list(REFUND.steps)
    steps[4] = replace(steps[4], title="Send the money", handling=Handling.KEEP)
    edited = layout(replace(REFUND, steps=tuple(steps)))
    assert [box.area for box in edited.boxes] == [box.area for box in layout(REFUND).boxes]


def test_the_main_way_is_the_outcome_written_first_and_every_branch_of_a_split() -> None:
    way = main_way(REFUND)
    assert way == {
        (START, "request"),
        ("request", "verify"),
        ("verify", "approve"),
        ("approve", "issue"),
        ("issue", "confirm"),
        ("confirm", END),
    }
    assert {("script", "cut"), ("script", "art"), ("script", "book")} <= main_way(PARALLEL)


def test_what_ends_at_once_or_leads_back_is_not_the_main_way_where_another_outcome_leads_on() -> None:
    look = step("look", "Look", then=decision(lost="claim", broken=END, again="look", fine="thank"))
    claim, thank = step("claim", "Claim", then=goes("pay")), step("thank", "Thank them")
    process = Process(slug="p", title="P", steps=(look, claim, step("pay", "Pay"), thank))
    assert ("look", "claim") in main_way(process)
    look = replace(look, then=decision(broken=END, again="look", fine="thank", lost="claim"))
    process = replace(process, steps=(look, *process.steps[1:]))
    assert {link for link in main_way(process) if link[0] == "look"} == {("look", "thank")}
    only_ends = replace(process, steps=(replace(look, then=decision(again="look", broken=END)), *process.steps[1:]))
    assert main_way(only_ends) == {(START, "look"), ("look", END)}


def test_the_main_way_runs_straight_where_it_stays_in_one_lane() -> None:
    steps = (
        step("a", "Check", "VA", then=decision(fine="d", odd="b")),
        step("b", "Ask", "VA"),
        step("c", "Wait", "VA", then=goes(END)),
        step("d", "Pack", "VA"),
        step("e", "Ship", "VA"),
    )
    boxes = {box.step: box.area.middle.y for box in layout(Process(slug="p", title="P", steps=steps)).boxes}
    assert boxes["a"] == boxes["d"] == boxes["e"]
    assert boxes["b"] == boxes["c"] > boxes["a"]


def test_a_break_is_marked_at_its_box_and_said() -> None:
    steps = (
        step("a", "Pack", gives=("parcel", "label")),
        step("b", "Ship", takes=("parcel", "stamp", "order")),
    )
    process = Process(slug="p", title="P", result="a receipt", steps=steps)
    text = draw(process, gaps=breaks(process))
    root = ET.fromstring(text)
    titles = [title.text for title in root.iter(f"{SVG}title")][1:]
    assert titles == ["gives label", "takes stamp, order"]
    assert [sign.text for sign in root.iter(f"{SVG}text") if sign.get("class") == "gaptext"] == ["!", "?"]
    assert "Step 2 takes stamp, which no earlier step gives." in text
    assert "gap" not in draw(process)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(2, 25))
def test_marks_of_breaks_meet_no_other_thing(seed: int, steps: int) -> None:
    plan = layout(random_process(seed, steps), documents=DOCUMENTS)
    for box in plan.boxes:
        for area in (gap_area(box, side) for side in Side):
            for name, other in solids(plan):
                is_clear = (
                    area.right <= other.x or other.right <= area.x or area.bottom <= other.y or other.bottom <= area.y
                )
                assert is_clear or name == f"box {box.number}", name


def test_handling_shows_by_shape_and_colour() -> None:
    kinds = tuple(step(f"s{handling}", "A step", handling=handling) for handling in Handling)
    root = ET.fromstring(draw(Process(slug="p", title="P", steps=kinds)))
    shown = {rect.get("class"): rect.get("rx") for rect in root.iter(f"{SVG}rect") if "box" in rect.get("class", "")}
    assert shown == {"box": "9", "box keep": "3", "box auto": "9", "box undecided": "9", "box drop": "3"}
    for rule in (".box.keep", ".box.auto", ".box.undecided", ".drop text"):
        assert f".map {rule} {{" in STYLE


def test_a_page_needs_no_inline_style_and_a_file_brings_its_own() -> None:
    inline = draw(REFUND, documents=DOCUMENTS, states={"request": "done"}, href=lambda step: f"#{step}")
    assert "style" not in inline
    alone = draw(REFUND, standalone=True)
    assert "<style>" in alone
    assert "prefers-color-scheme: dark" in alone
    assert not re.search(r"\sstyle=", alone)
    used = set(" ".join(re.findall(r'class="([^"]+)"', inline + alone)).split())
    assert {name for name in used if f".{name}" not in alone} <= {"step", "name"}


def test_it_says_the_same_in_words() -> None:
    root = ET.fromstring(draw(REFUND))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    assert title.text == "Map of Refund a customer"
    text = description.text or ""
    assert text.startswith("Starts with refund request. 1 Request received (Support assistant, delegated). Then 2.")
    assert "2 Verify eligibility (Support assistant, delegated). Then if eligible, 4; if not eligible, 3." in text
    assert text.endswith("Then the end. Ends with closed ticket.")


def test_the_itinerary_tells_splits_joins_and_what_is_missing() -> None:
    lines = itinerary(PARALLEL)
    assert lines[1].endswith("Then 3, 4 and 5 at the same time.")
    assert "Waits for every line into it." in lines[5]
    assert "“nowhere”, which is not a step" in itinerary(AWKWARD["unknown target"])[0]
    assert itinerary(AWKWARD["no steps"]) == ()


def test_two_maps_on_one_page_share_no_id() -> None:
    ids = [re.findall(r' id="([^"]+)"', draw(process)) for process in (REFUND, VSL)]
    assert not set(ids[0]) & set(ids[1])


def test_boxes_are_links_where_an_address_is_given() -> None:
    root = ET.fromstring(draw(REFUND, href={"verify": "/steps/verify?a=1&b=2"}))
    links = list(root.iter(f"{SVG}a"))
    assert [link.get("href") for link in links] == ["/steps/verify?a=1&b=2"]
    assert links[0].get("aria-label") == "2 Verify eligibility (Support assistant, delegated)"
    assert root.get("role") == "group"


def test_a_run_shows_where_it_is() -> None:
    states = {"request": "done", "verify": "here", "approve": "ahead"}
    text = draw(REFUND, states=states, travelled={("start", "request"), ("request", "verify")})  # type: ignore[arg-type]
    root = ET.fromstring(text)
    groups = [group.get("class") for group in root.iter(f"{SVG}g")]
    assert groups == ["step done", "step here", "step", "step ahead", "step", "step"]
    assert sum(path.get("class") == "flow on" for path in root.iter(f"{SVG}path")) == 2
    assert sum(circle.get("class") == "badge" for circle in root.iter(f"{SVG}circle")) == 1
    assert sum(rect.get("class") == "ring" for rect in root.iter(f"{SVG}rect")) == 1


def test_no_text_can_break_out() -> None:
    nasty = "<script>alert('&\"')</script>\x00\x1b"
    process = Process(
        slug="p", title=nasty, trigger=nasty, steps=(step(nasty, nasty, nasty, Handling.KEEP, why=nasty, then=None),)
    )
    text = draw(process, documents={nasty: nasty}, href=lambda step: nasty, standalone=True)
    assert "<script" not in text
    assert ET.fromstring(text).find(f"{SVG}title") is not None


@given(text=st.text(max_size=80), limit=st.floats(20, 200), lines=st.integers(1, 4))
def test_wrapped_text_fits_and_loses_nothing_in_silence(text: str, limit: float, lines: int) -> None:
    wrapped = wrap(text, limit, 13, lines)
    assert len(wrapped) <= lines
    assert all(width_of(line, 13) <= limit or len(line) <= 2 for line in wrapped)
    kept = "".join("".join(wrapped).split())
    assert kept == "".join(text.split()) or wrapped[-1].endswith("…")


def test_a_map_of_fifty_steps_is_laid_out_while_one_types() -> None:
    process = random_process(7, 50)
    fastest = min(_seconds(process) for _ in range(5))
    assert fastest < 0.05


def _seconds(process: Process) -> float:
    begun = time.perf_counter()
    layout(process)
    return time.perf_counter() - begun
