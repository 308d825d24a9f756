"""What flows along a map, and where it breaks."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routebook.core.document import END, Decision, FormField, Goes, Handling, Outcome, Process, Step
from routebook.core.process_map.supply import Side, breaks


def step(step_id: str, takes: str = "", gives: str = "", **rest: object) -> Step:
    names = [tuple(text.split(", ")) if text else () for text in (takes, gives)]
    return Step(id=step_id, title=step_id, takes=names[0], gives=names[1], **rest)  # type: ignore[arg-type]


def found(*steps: Step, **rest: object) -> list[str]:
    process = Process(slug="p", title="P", steps=steps, **rest)  # type: ignore[arg-type]
    return [f"{gap.index} {gap.side} {gap.name}" for gap in breaks(process)]


def test_what_one_gives_the_next_one_takes() -> None:
    assert found(step("a", gives="parcel"), step("b", takes=" Parcel ", gives="receipt")) == []


def test_a_break_is_told_on_both_sides() -> None:
    steps = step("a", gives="parcel, label"), step("b", "box, stamp", "receipt"), step("c", "receipt")
    assert found(*steps, result="receipt") == ["0 gives parcel", "0 gives label", "1 takes box", "1 takes stamp"]


def test_a_later_step_may_take_it_by_any_way() -> None:
    way = Decision((Outcome("yes", Goes(("c",))), Outcome("no", Goes(("b",)))))
    assert found(step("a", gives="order", then=way), step("b", "order", "order"), step("c", "order")) == []


def test_the_trigger_the_result_and_the_start_form_are_outside() -> None:
    steps = step("a", "refund request, amount paid", "note"), step("b", "note", "closed ticket")
    assert found(*steps, trigger="a mail") == ["0 takes refund request", "0 takes amount paid"]
    assert found(*steps, trigger="a refund request comes in", form=(FormField("amount_paid"),)) == []
    assert found(*steps, result="a happy customer", trigger="") == ["1 gives closed ticket"]
    assert found(*steps, result="the closed ticket") == []


def test_a_half_filled_map_is_no_mistake_yet() -> None:
    assert found(step("a", gives="parcel"), step("b"), step("c", takes="stamp")) == []


def test_what_is_dropped_is_not_looked_at() -> None:
    assert found(step("a", gives="x", handling=Handling.DROP), step("b", takes="y")) == ["1 takes y"]


def test_what_nobody_reaches_and_two_steps_of_one_id_do_no_harm() -> None:
    steps = step("a", gives="x", then=Goes((END,))), step("b", "y", "z"), step("b", "z")
    assert found(*steps, result="all") == ["0 gives x", "1 takes y", "1 gives z", "2 takes z"]


@given(st.lists(st.tuples(*[st.lists(st.sampled_from("xyz"), max_size=2, unique=True)] * 2), max_size=6))
def test_a_name_that_is_not_there_breaks_nothing(names: list[tuple[list[str], list[str]]]) -> None:
    steps = tuple(Step(id=f"s{n}", title="S", takes=tuple(a), gives=tuple(b)) for n, (a, b) in enumerate(names))
    process = Process(slug="p", title="P", steps=steps)
    for gap in breaks(process):
        side = gap.step.takes if gap.side == "takes" else gap.step.gives
        assert side[gap.place] == gap.name
        rest = tuple(name for name in side if name != gap.name)
        mended = replace(gap.step, takes=rest) if gap.side is Side.TAKES else replace(gap.step, gives=rest)
        after = breaks(replace(process, steps=(*steps[: gap.index], mended, *steps[gap.index + 1 :])))
        assert not any((one.index, one.side, one.name) == (gap.index, gap.side, gap.name) for one in after)
