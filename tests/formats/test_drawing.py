"""The drawing of a map: lawful whatever is drawn, and what it shows."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.maps import made_map
from routebook.core.document import END, START, Decision, Handling, Process
from routebook.core.process_map import problems
from routebook.core.process_map.supply import Side, breaks
from routebook.formats.drawing import STYLE, draw, itinerary, layout
from routebook.formats.drawing.lettering import width_of, wrap
from routebook.formats.drawing.main_way import main_way
from routebook.formats.drawing.pieces import MarkKind, Words
from routebook.formats.drawing.svg import gap_area
from tests.formats.drawing_laws import DOCUMENTS, assert_lawful, solids
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, VSL, decision, goes, random_process, step

SVG = "{http://www.w3.org/2000/svg}"


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


def test_a_step_without_a_role_stays_in_the_lane_before_it_and_says_so() -> None:
    process = Process(slug="p", title="P", steps=(step("a", "A", "VA"), step("b", "B"), step("c", "C", "Founder")))
    plan = layout(process)
    assert [lane.role for lane in plan.lanes] == ["VA", "Founder"]
    assert [(box.lane, box.why) for box in plan.boxes] == [(0, ()), (0, ("No role yet",)), (1, ())]
    assert layout(process, words=Words(no_role="Noch keine Rolle")).boxes[1].why == ("Noch keine Rolle",)


def test_steps_without_a_role_have_a_lane_of_their_own_where_nobody_stands_before_them() -> None:
    process = Process(slug="p", title="P", steps=(step("a", "A"), step("b", "B"), step("c", "C", "VA"), step("d", "D")))
    plan = layout(process)
    assert [lane.role for lane in plan.lanes] == ["No role yet", "VA"]
    assert [(box.lane, box.why) for box in plan.boxes] == [(0, ()), (0, ()), (1, ()), (1, ("No role yet",))]
    apart = layout(process, apart=True, words=Words(no_role="Noch keine Rolle"))
    assert [lane.role for lane in apart.lanes] == ["Noch keine Rolle", "VA"]
    assert [(box.lane, box.why) for box in apart.boxes] == [(0, ()), (0, ()), (1, ()), (0, ())]


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
    begun = time.process_time()  # what else the machine does is not measured
    layout(process)
    return time.process_time() - begun
