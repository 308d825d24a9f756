"""The form's laws: posting what was shown changes nothing, and every field of a document has its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from routebook.core.blocks import by_reference
from routebook.core.checks import check_document
from routebook.core.document import AnyDocument, ChecklistItem, Evidence, Kind, Process, Sop, kind_of
from routebook.formats.normal import normalise
from routebook.formats.plain import NEVER_PLAIN, to_plain
from routebook.formats.schema import KEYS
from routebook.web.document_fields import SECTIONS, fields_of, label_of
from routebook.web.document_form import Choices, Option, anchor_of, digest, read, shown, told, untouched
from tests.formats.strategies import documents

CHOICES = Choices(evidence=[Option(kind, kind) for kind in ("none", "tick", "text")])


def posted(document: AnyDocument, **changes: str) -> QueryDict:
    """What a browser posts back when nobody touched anything but `changes`."""
    kind, plain = kind_of(document), to_plain(document)
    form = QueryDict(mutable=True)
    for section in shown(kind, plain, plain, CHOICES):
        for one in section.fields:
            form[f"was-{one.field.name}"] = one.was
            inputs = [one.input] if one.input else [each for row in one.rows for each in (*row.inputs, *row.more)]
            for each in inputs:
                assert each is not None
                form.setlist(each.name, sent(each))
    for name, value in changes.items():
        form[name] = value
    return form


def sent(each: Any) -> list[str]:
    if each.widget == "processes":
        return [*each.value]
    if each.widget == "evidence":
        return [each.value or "none"]
    # A browser sends the line ends of the network.
    return [str(each.value).replace("\n", "\r\n")]


# A draft holds a block by its reference alone; its items come when it is published.
WRITTEN = documents().filter(lambda one: not isinstance(one, Process)).map(normalise).map(by_reference)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(WRITTEN)
@example(normalise(Sop(slug="block", title="Block", checklist=(ChecklistItem("", Evidence.TICK, include="other"),))))
@example(Sop(slug="blank-line", title="Blank line", checklist=(ChecklistItem(""), ChecklistItem("Say hello"))))
def test_posting_what_was_shown_touches_nothing(document: AnyDocument) -> None:
    typed = read(kind_of(document), document.slug, posted(document))
    assert typed.errors == {}
    assert typed.touched == {}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(WRITTEN, st.data())
def test_a_field_that_is_emptied_is_the_only_one_touched(document: AnyDocument, data: st.DataObject) -> None:
    plain = to_plain(document)
    kind = kind_of(document)
    filled = [one for one in fields_of(kind) if untouched(kind, one, plain.get(one.name)) != digest(None)]
    # A title can't be emptied: the editor refuses that by name.
    filled = [one for one in filled if one.name != "title"]
    assume(filled)
    one = data.draw(st.sampled_from(filled))
    form = posted(document)
    for name in [name for name in form if name == one.name or name.startswith(f"{one.name}-")]:
        del form[name]
    assert read(kind, document.slug, form).touched == {one.name: None}


@pytest.mark.parametrize("kind", SECTIONS)
def test_every_field_of_a_document_is_on_its_form(kind: Kind) -> None:
    assert {field.name for field in fields_of(kind)} == {key.field for key in KEYS[kind]} - NEVER_PLAIN


@pytest.mark.parametrize("kind", Kind)
def test_every_field_has_a_name_for_people(kind: Kind) -> None:
    assert [key.field for key in KEYS[kind] if "_" in str(label_of(kind, key.field))] == []


def test_rows_keep_the_order_in_which_they_are_posted() -> None:
    form = QueryDict("changed=quality_bar&quality_bar-7=first&quality_bar-2=&quality_bar-0=last")
    assert read(Kind.SOP, "a", form).touched == {"quality_bar": ["first", "last"]}


def test_a_finding_leads_to_its_line_and_what_blocks_comes_first() -> None:
    sop = Sop(
        slug="a",
        title="A",
        owner="Founder",
        quality_bar=("Done properly",),
        checklist=(ChecklistItem("Sign in with password: hunter2x"),),
    )
    found = told(Kind.SOP, check_document(sop, today=dt.date(2026, 11, 22)))
    assert found[0].anchor == "f-checklist-0"
    assert found[0].finding.severity == "error"
    assert "f-quality_bar-0" in {one.anchor for one in found}


@pytest.mark.parametrize(
    ("path", "anchor"),
    [("title", "f-title"), ("needs[1].access", "f-needs-1"), ("", ""), ("slug", ""), ("checklist", "f-checklist")],
)
def test_a_path_has_its_anchor(path: str, anchor: str) -> None:
    assert anchor_of(Kind.SOP, path) == anchor


def test_digests_differ_for_different_values() -> None:
    assert len({digest(value) for value in (None, [], "", "a", ["a"], 6)}) == 6
