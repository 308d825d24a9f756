"""A shared block: written once, in every SOP that includes it, and taken over when somebody says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from routebook.core.document import Kind, Library, Organisation, Procedure, Sop
from routebook.core.run import commands as c
from routebook.formats.plain import from_plain
from routebook.store.access import Refused
from routebook.store.actions import documents, filing, suggestions
from routebook.store.actions import library as library_actions
from routebook.store.models import Document, Draft
from routebook.store.queries import documents as queries
from routebook.store.queries import ladder, runs, tasks
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
REFERENCE = {"text": "", "include": "check-the-amount"}
STEPS = [{"text": "Open the ticket"}, {"text": "Compare the amounts", "evidence": "number"}]


def block(world: World, steps: Any = STEPS, *, published: bool = True) -> Document:
    row = documents.create(
        world.actor("manager"), Kind.PROCEDURE, {"title": "Check the amount", "checklist": steps}, now=NOW
    )
    if published:
        documents.publish(world.actor("manager"), row.pk, now=NOW)
    return row


def including(world: World, *rows: dict[str, str]) -> Document:
    """The SOP of the step *issue* with another checklist, published."""
    row = Document.objects.get(org_id=world.actor("owner").org, kind=Kind.SOP, step="refund-a-customer/issue")
    change(world, row, rows or ({"text": "Begin"}, REFERENCE, {"text": "End"}))
    documents.publish(world.actor("manager"), row.pk, now=NOW)
    return row


def change(world: World, row: Document, rows: Any, *, title: str = "") -> None:
    draft = Draft.objects.filter(document=row).first()
    fields = {"checklist": list(rows), **({"title": title} if title else {})}
    documents.change_draft(world.actor("manager"), row.pk, base=draft.rev if draft else 1, fields=fields, now=NOW)


def texts(world: World, row: Document) -> list[tuple[str, str]]:
    value = queries.find_by_id(world.actor("manager"), row.pk).value
    return [(item.text, item.include) for item in queries.checklist_of(value)]


TAKEN = [
    ("Begin", ""),
    ("Open the ticket", "check-the-amount"),
    ("Compare the amounts", "check-the-amount"),
    ("End", ""),
]


def test_publishing_puts_the_steps_of_the_block_in_place(world: World) -> None:
    block(world)
    row = including(world)
    assert texts(world, row) == TAKEN


def test_editing_a_published_sop_shows_the_block_as_one_line_again(world: World) -> None:
    block(world)
    row = including(world)
    view = queries.find_by_id(world.actor("manager"), row.pk)
    assert [item.include for item in queries.checklist_of(queries.kept(view))] == ["", "check-the-amount", ""]
    change(world, row, [{"text": "Begin"}, REFERENCE, {"text": "The end"}])
    documents.publish(world.actor("manager"), row.pk, now=LATER)
    assert texts(world, row) == [*TAKEN[:3], ("The end", "")]


def test_a_newer_block_changes_no_published_text_until_it_is_taken_over(world: World) -> None:
    shared = block(world)
    row = including(world)
    before = row.published and queries.find_by_id(world.actor("manager"), row.pk).row.published
    change(world, shared, [*STEPS, {"text": "Say so"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    view = queries.find_by_id(world.actor("manager"), row.pk)
    assert texts(world, row) == TAKEN
    assert before is None or before.content == (view.row.published and view.row.published.content)
    assert queries.behind_of(row.org_id, view.row) == ("check-the-amount",)
    documents.take_over(world.actor("manager"), row.pk, now=LATER)
    documents.publish(world.actor("manager"), row.pk, now=LATER)
    assert texts(world, row) == [*TAKEN[:3], ("Say so", "check-the-amount"), TAKEN[3]]
    assert queries.behind_of(row.org_id, queries.find_by_id(world.actor("manager"), row.pk).row) == ()


def test_taking_over_twice_keeps_the_one_draft_and_what_is_in_it(world: World) -> None:
    shared = block(world)
    row = including(world)
    change(world, shared, [*STEPS, {"text": "Say so"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    first = documents.take_over(world.actor("manager"), row.pk, now=LATER)
    change(world, row, [REFERENCE])
    second = documents.take_over(world.actor("support"), row.pk, now=LATER)
    assert (second.pk, second.fields["checklist"]) == (first.pk, [REFERENCE])


def test_nothing_newer_is_nothing_to_take_over(world: World) -> None:
    block(world)
    row = including(world)
    with pytest.raises(Refused, match="says what its shared blocks say"):
        documents.take_over(world.actor("manager"), row.pk, now=LATER)
    with pytest.raises(Refused):
        documents.take_over(world.actor("guest"), row.pk, now=LATER)


def test_a_block_without_published_steps_keeps_the_sop_a_draft(world: World) -> None:
    shared = block(world, published=False)
    with pytest.raises(Refused, match="has no published steps") as refused:
        including(world)
    assert refused.value.refusal.field == "checklist"
    documents.publish(world.actor("manager"), shared.pk, now=NOW)
    assert texts(world, including(world)) == TAKEN


def test_a_procedure_includes_nothing(world: World) -> None:
    block(world)
    with pytest.raises(Refused, match="only an SOP"):
        block(world, [REFERENCE])


def test_a_running_task_keeps_its_lines_and_their_evidence(world: World) -> None:
    shared = block(world)
    row = including(world)
    run = world.start().number
    world.complete("support", run, "request")
    world.complete("support", run, "verify", "eligible")
    world.complete("owner", run, "approve")
    number = next(task.number for task in runs.get(world.actor("owner"), run).state.open_tasks())
    world.do("finance", run, c.AddEvidence(number, 2, "120.00"))
    change(world, shared, [{"text": "Something else"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    documents.take_over(world.actor("manager"), row.pk, now=LATER)
    documents.publish(world.actor("manager"), row.pk, now=LATER)
    view = tasks.task_view(world.actor("finance"), run, number, now=LATER)
    assert view.directions is not None
    assert [item.text for item in view.directions.sop.checklist] == [text for text, _ in TAKEN]
    assert view.task.evidence == {2: "120.00"}


def test_where_used_says_who_is_behind(world: World) -> None:
    shared = block(world)
    row = including(world)
    view = queries.find_by_id(world.actor("support"), shared.pk)
    assert [one.row.pk for one in ladder.surroundings(world.actor("support"), view).users] == [row.pk]
    assert ladder.surroundings(world.actor("support"), view).behind == frozenset()
    change(world, shared, [{"text": "Something else"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    view = queries.find_by_id(world.actor("support"), shared.pk)
    assert ladder.surroundings(world.actor("support"), view).behind == {row.pk}
    sop = queries.find_by_id(world.actor("support"), row.pk)
    around = ladder.surroundings(world.actor("support"), sop)
    assert ([one.row.pk for one in around.blocks], around.behind) == ([shared.pk], {shared.pk})


def test_a_variation_includes_the_blocks_of_its_sibling(world: World) -> None:
    block(world)
    including(world)
    fields = ladder.beginning(world.actor("support"), Kind.SOP, "refund-a-customer/issue", "cheque")
    assert fields["checklist"] == [{"text": "Begin"}, REFERENCE, {"text": "End"}]


def test_a_line_of_a_block_is_suggested_at_the_block(world: World) -> None:
    block(world)
    row = including(world)
    suggest = {"place": "checklist.1.text", "text": "Open it", "now": NOW}
    with pytest.raises(Refused, match="isn't there"):
        suggestions.make(world.actor("finance"), row.pk, **suggest)
    made = suggestions.make(world.actor("finance"), row.pk, place="checklist.3.text", text="The end", now=NOW)
    suggestions.accept(world.actor("manager"), row.pk, made.number, now=NOW)
    documents.publish(world.actor("manager"), row.pk, now=LATER)
    assert texts(world, row) == [*TAKEN[:3], ("The end", "")]


def test_a_folder_brings_back_what_was_taken_over_whatever_the_block_says_by_now(world: World) -> None:
    shared = block(world)
    row = including(world)
    change(world, shared, [{"text": "Something else"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    library = queries.library(world.actor("owner"))
    again = library_actions.bring(world.actor("owner"), library, now=LATER)
    assert {one.result for one in again if one.path.endswith(".md")} == {"unchanged"}
    outsider = world.actor("outsider")
    wanted = tuple(one for one in library.documents if one.slug in (row.slug, shared.slug, "refund-a-customer"))
    mine = queries.organisation_of(outsider.org)
    library_actions.bring(outsider, Library(Organisation(mine.name), wanted), now=LATER)
    brought = queries.find(outsider, Kind.SOP, row.slug)
    assert [(item.text, item.include) for item in queries.checklist_of(brought.value)] == TAKEN
    assert queries.behind_of(outsider.org, brought.row) == ("check-the-amount",)


def test_a_folder_may_say_just_the_reference(world: World) -> None:
    block(world)
    value = from_plain(
        Kind.SOP,
        "a-new-one",
        {"title": "A new one", "step": "refund-a-customer/issue", "checklist": [REFERENCE]},
    )
    assert isinstance(value, Sop)
    put = filing.put(world.actor("owner"), value, now=NOW)
    assert [
        item.text for item in queries.checklist_of(queries.find_by_id(world.actor("owner"), put.document.pk).value)
    ] == [
        "Open the ticket",
        "Compare the amounts",
    ]
    assert filing.put(world.actor("owner"), value, now=NOW).result == "unchanged"


def test_another_organisations_block_is_not_found(world: World) -> None:
    outsider = world.actor("outsider")
    filing.put(outsider, Procedure(slug="theirs", title="Theirs", checklist=block_items()), now=NOW)
    with pytest.raises(Refused, match="has no published steps"):
        including(world, {"text": "", "include": "theirs"})


def block_items() -> Any:
    value = from_plain(Kind.PROCEDURE, "x", {"title": "X", "checklist": STEPS})
    assert isinstance(value, Procedure)
    return value.checklist
