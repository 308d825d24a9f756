"""Places of a document, and putting another text there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.document import ChecklistItem, Goal, Kind, Policy, Question, Sop
from routebook.formats.places import TEXTS, place_at, places_of, put
from routebook.formats.plain import from_plain, to_plain

SOP = Sop(
    slug="s",
    title="Issue a refund",
    objective="The money is there",
    checklist=(ChecklistItem("Open it"), ChecklistItem("Refund it", instruction="Payments")),
    quality_bar=("To the cent",),
    questions=(Question("And if not?", "Ask"),),
)


def test_every_text_has_a_place_and_what_is_empty_has_none() -> None:
    said = [(place.path, place.text) for place in places_of(SOP)]
    assert said == [
        ("objective", "The money is there"),
        ("quality_bar.0", "To the cent"),
        ("checklist.0.text", "Open it"),
        ("checklist.1.text", "Refund it"),
        ("checklist.1.instruction", "Payments"),
        ("questions.0.answer", "Ask"),
    ]
    assert places_of(Goal(slug="g", title="G")) == ()
    assert place_at(SOP, "checklist.1.text") is not None
    assert place_at(SOP, "title") is None


def test_a_text_is_put_where_it_stands() -> None:
    plain = to_plain(SOP)
    assert put(plain, "objective", "The money is there", "It is there") == {"objective": "It is there"}
    changed = put(plain, "checklist.1.text", "Refund it", "Refund all of it")
    assert changed == {"checklist": [{"text": "Open it"}, {"text": "Refund all of it", "instruction": "Payments"}]}
    assert put(plain, "quality_bar.0", "To the cent", "") == {"quality_bar": []}
    assert put(plain, "checklist.1.instruction", "Payments", "") == {
        "checklist": [{"text": "Open it"}, {"text": "Refund it"}]
    }


def test_a_line_that_moved_is_found_and_one_that_is_gone_is_not() -> None:
    plain = {"checklist": [{"text": "Refund it"}, {"text": "Open it"}]}
    assert put(plain, "checklist.1.text", "Refund it", "Refund all") == {
        "checklist": [{"text": "Refund all"}, {"text": "Open it"}]
    }
    assert put(plain, "checklist.0.text", "Close it", "Shut it") is None
    assert put({}, "checklist.0.text", "Close it", "Shut it") is None
    assert put(plain, "objective", "Something", "Else") is None


@settings(max_examples=100)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1, max_size=40),
    st.sampled_from([place.path for place in places_of(SOP)]),
)
def test_what_was_put_is_what_the_place_says(text: str, path: str) -> None:
    plain = to_plain(SOP)
    place = place_at(SOP, path)
    assert place is not None
    fields = put(plain, path, place.text, text)
    assert fields is not None
    after = from_plain(Kind.SOP, "s", {**plain, **fields})
    found = place_at(after, path)
    assert found is not None
    assert found.text == text
    others = [one for one in places_of(after) if one.path != path]
    assert others == [one for one in places_of(SOP) if one.path != path]


def test_each_text_is_a_field_of_its_kind() -> None:
    for kind, texts in TEXTS.items():
        value = from_plain(kind, "x", {"title": "X"})
        assert all(hasattr(value, text.partition(".")[0]) for text in texts)
    assert isinstance(from_plain(Kind.POLICY, "x", {"title": "X"}), Policy)
