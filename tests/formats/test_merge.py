"""Two people's changes as one text: what merges, what clashes, and the laws that hold for all."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.formats.merge import Clash, Prefer, merge


def step(step_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": step_id, "title": step_id.capitalize(), **fields}


A, B, C = step("a"), step("b"), step("c")
WAS = {"title": "Refund", "steps": [A, B, C]}


def ids(steps: list[dict[str, Any]]) -> str:
    return "".join(one["id"] for one in steps)


def test_different_fields_merge() -> None:
    merged = merge(WAS, {**WAS, "title": "Pay back"}, {**WAS, "trigger": "a mail"})
    assert merged.fields == {**WAS, "title": "Pay back", "trigger": "a mail"}
    assert merged.clashes == ()


def test_the_same_field_clashes_unless_both_say_the_same() -> None:
    merged = merge(WAS, {**WAS, "title": "Mine"}, {**WAS, "title": "Theirs"})
    assert merged.clashes == (Clash("title", "Refund", "Mine", "Theirs"),)
    assert merge(WAS, {**WAS, "title": "Same"}, {**WAS, "title": "Same"}).clashes == ()


def test_a_field_taken_away_is_a_change() -> None:
    was = {**WAS, "trigger": "a mail"}
    assert merge(was, WAS, was).fields == WAS
    assert merge(was, WAS, {**was, "trigger": "a call"}).clashes == (Clash("trigger", "a mail", None, "a call"),)


def test_different_steps_and_different_fields_of_one_step_merge() -> None:
    yours = {**WAS, "steps": [step("a", role="Founder"), B, C]}
    theirs = {**WAS, "steps": [step("a", due="2 days"), B, step("c", role="Assistant")]}
    merged = merge(WAS, yours, theirs)
    assert merged.fields["steps"] == [step("a", due="2 days", role="Founder"), B, step("c", role="Assistant")]
    assert merged.clashes == ()


def test_the_same_field_of_one_step_clashes_alone() -> None:
    yours = {**WAS, "steps": [step("a", role="Founder"), step("b", role="Assistant"), C]}
    theirs = {**WAS, "steps": [step("a", role="Manager"), B, C]}
    merged = merge(WAS, yours, theirs)
    assert merged.clashes == (Clash("steps", None, "Founder", "Manager", "a", "role"),)
    assert merged.fields["steps"][1] == step("b", role="Assistant")


def test_who_is_preferred_stands_where_both_changed() -> None:
    yours, theirs = {**WAS, "title": "Mine"}, {**WAS, "title": "Theirs", "result": "paid"}
    assert merge(WAS, yours, theirs, Prefer.YOURS).fields["title"] == "Mine"
    assert merge(WAS, yours, theirs, Prefer.THEIRS).fields["title"] == "Theirs"
    assert merge(WAS, yours, theirs, Prefer.YOURS).fields["result"] == "paid"


def test_a_step_removed_is_gone_unless_the_other_changed_it() -> None:
    without = {**WAS, "steps": [A, C]}
    assert ids(merge(WAS, without, WAS).fields["steps"]) == "ac"
    assert ids(merge(WAS, WAS, without).fields["steps"]) == "ac"
    changed = step("b", role="Founder")
    merged = merge(WAS, {**WAS, "steps": [A, changed, C]}, without)
    assert merged.clashes == (Clash("steps", B, changed, None, "b"),)
    assert ids(merged.fields["steps"]) == "abc"


def test_steps_added_by_both_stand_behind_the_step_they_were_put_behind() -> None:
    yours = {**WAS, "steps": [A, step("x"), B, C]}
    theirs = {**WAS, "steps": [step("z"), A, B, C, step("y")]}
    assert ids(merge(WAS, yours, theirs).fields["steps"]) == "zaxbcy"
    assert merge(WAS, yours, theirs).clashes == ()


def test_one_moves_steps_while_the_other_writes_in_them() -> None:
    yours = {**WAS, "steps": [C, A, B]}
    theirs = {**WAS, "steps": [A, step("b", role="Founder"), step("y"), C]}
    merged = merge(WAS, yours, theirs)
    assert merged.clashes == ()
    assert ids(merged.fields["steps"]) == "caby"
    assert merged.fields["steps"][2]["role"] == "Founder"


def test_two_orders_clash() -> None:
    merged = merge(WAS, {**WAS, "steps": [C, A, B]}, {**WAS, "steps": [B, A, C]})
    assert merged.clashes == (Clash("steps", ["a", "b", "c"], ["c", "a", "b"], ["b", "a", "c"]),)
    assert ids(merged.fields["steps"]) == "cab"


def test_lists_without_ids_are_compared_whole() -> None:
    was, yours, theirs = ({"policies": value} for value in (["a"], ["a", "b"], ["c"]))
    assert merge(was, yours, theirs).clashes == (Clash("policies", ["a"], ["a", "b"], ["c"]),)


roles = st.sampled_from(["", "Founder", "Assistant"])
maps = st.builds(
    lambda title, order, role: {"title": title, "steps": [step(one, role=role) for one in order]},
    st.sampled_from(["Refund", "Pay back"]),
    st.permutations("abcde").flatmap(lambda order: st.integers(0, 5).map(lambda n: order[:n])),
    roles,
)


@settings(max_examples=150, deadline=None)
@given(maps, maps)
def test_what_only_one_changed_is_taken_whole(was: dict[str, Any], new: dict[str, Any]) -> None:
    assert merge(was, new, was) == merge(was, was, new)
    assert merge(was, new, was).fields == new
    assert merge(was, new, new).fields == new


@settings(max_examples=150, deadline=None)
@given(maps, maps, maps)
def test_both_sides_meet_the_same_clashes_and_keep_every_step_once(
    was: dict[str, Any], yours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    mine, other = merge(was, yours, theirs, Prefer.YOURS), merge(was, theirs, yours, Prefer.THEIRS)
    spots = {(one.field, one.step, one.part) for one in mine.clashes}
    assert spots == {(one.field, one.step, one.part) for one in other.clashes}
    merged = ids(mine.fields.get("steps", []))
    assert len(set(merged)) == len(merged)
    assert {*merged} <= {*ids(yours["steps"]), *ids(theirs["steps"])}


@settings(max_examples=150, deadline=None)
@given(maps, maps, maps)
def test_going_on_from_what_you_sent_repeats_no_clash_with_yourself(
    was: dict[str, Any], yours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    saved = merge(was, yours, theirs)
    if not saved.clashes:
        assert merge(yours, yours, saved.fields).fields == saved.fields
