"""A check beside an open form: what a check within the whole library says, at a price that doesn't grow with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from routebook.core.checks import check_document
from routebook.core.document import AnyDocument, Kind, WorkInstruction, kind_of
from routebook.formats.markdown import write_document
from routebook.store.actions import documents
from routebook.store.models import Document, Draft, Organisation, Version
from routebook.store.queries import documents as queries
from routebook.store.queries.checking import findings_in
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def agrees(org: int) -> None:
    """Each document, published and as a draft, beside the published texts and beside the drafts."""
    for drafts in (False, True):
        for value in queries.library_of(org, drafts=drafts).documents:
            within = queries.library_of(org, drafts=drafts)
            expected = check_document(value, within, today=TODAY, media=frozenset())
            assert findings_in(org, value, drafts=drafts, today=TODAY, media=frozenset()) == expected


def row_of(org: int, kind: Kind) -> Document:
    row = Document.objects.filter(org_id=org, kind=kind).order_by("id").first()
    assert row is not None
    return row


def change(world: World, row: Document, now: dt.datetime = NOW, **fields: Any) -> None:
    draft = Draft.objects.filter(document=row).first()
    documents.change_draft(world.actor("manager"), row.pk, base=draft.rev if draft else 1, fields=fields, now=now)


def test_what_is_found_is_what_a_check_within_the_whole_library_finds(world: World) -> None:
    org = world.actor("owner").org
    agrees(org)
    sop = row_of(org, Kind.SOP)
    change(world, sop, title="The same twice", step="no-such/step")
    agrees(org)
    twin = documents.create(world.actor("manager"), Kind.SOP, {"title": "The same twice"}, now=NOW)
    agrees(org)
    change(world, twin, title="Another name")
    agrees(org)
    change(world, row_of(org, Kind.PROCESS), title="A new name for the map", policies=[], steps=[])
    agrees(org)
    documents.publish(world.actor("owner"), sop.pk, now=NOW)
    agrees(org)
    documents.retire(world.actor("owner"), sop.pk, why="Done otherwise", now=NOW)
    agrees(org)


def many(org: int, count: int) -> None:
    """So many published work instructions more."""
    values: list[AnyDocument] = [
        WorkInstruction(slug=f"more-{at}", title=f"Do more, number {at}") for at in range(count)
    ]
    rows = Document.objects.bulk_create(
        [Document(org_id=org, kind=kind_of(one), slug=one.slug, title=one.title, status="published") for one in values]
    )
    texts = [write_document(one) for one in values]
    Version.objects.bulk_create(
        [
            Version(org_id=org, document=row, number=1, content=text, content_hash=f"{row.slug:0>64}")
            for row, text in zip(rows, texts, strict=True)
        ]
    )
    for version in Version.objects.filter(org_id=org, document__slug__startswith="more-"):
        Document.objects.filter(pk=version.document_id).update(published=version)
    Organisation.objects.filter(pk=org).update(facts=count)


def test_a_check_while_typing_asks_the_same_few_questions_of_any_library(
    world: World, django_assert_max_num_queries: Any
) -> None:
    org = world.actor("owner").org
    many(org, 60)
    sop = row_of(org, Kind.SOP)
    change(world, sop, title="Typing")
    findings_in(org, queries.find_by_id(world.actor("manager"), sop.pk).value, drafts=True, today=TODAY)
    change(world, sop, title="Typing on")
    value = queries.find_by_id(world.actor("manager"), sop.pk).draft
    assert value is not None
    with django_assert_max_num_queries(4):
        findings_in(org, value, drafts=True, today=TODAY)
    other = documents.create(world.actor("manager"), Kind.GOAL, {"title": "A draft of somebody else"}, now=NOW)
    change(world, other, title="A draft of somebody else, again")
    with django_assert_max_num_queries(5):
        findings_in(org, value, drafts=True, today=TODAY)
    documents.retire(world.actor("owner"), row_of(org, Kind.WORK_INSTRUCTION).pk, why="Not needed", now=NOW)
    with django_assert_max_num_queries(8):
        findings_in(org, value, drafts=True, today=TODAY)


def test_of_two_organisations_each_has_its_own_library(world: World) -> None:
    org = world.actor("owner").org
    value = queries.find_by_id(world.actor("owner"), row_of(org, Kind.SOP).pk).value
    other = Organisation.objects.exclude(pk=org).first()
    assert other is not None
    found = {finding.rule for finding in findings_in(other.pk, value, drafts=True, today=TODAY)}
    expected = {f.rule for f in check_document(value, queries.library_of(other.pk, drafts=True), today=TODAY)}
    assert found == expected
    assert "RB106" in found
