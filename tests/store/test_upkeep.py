"""Keeping documents true: reviews, retiring with a replacement, what names what, and what a publication changes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.document import REVIEW_MONTHS, Kind, Status, next_review
from routebook.store.access import NotFound, Refused
from routebook.store.actions import documents, upkeep
from routebook.store.models import DelegatedStep, Document, Draft, Event, HandOff, Link
from routebook.store.parsing import document_of
from routebook.store.queries import documents as documents_queries
from routebook.store.queries import ladder, publications, readings
from routebook.store.queries import upkeep as queries
from tests.world import NOW, World

TODAY = NOW.date()


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def published(world: World, kind: Kind, fields: dict[str, object], who: str = "owner") -> Document:
    row = documents.create(world.actor(who), kind, fields, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    row.refresh_from_db()
    return row


# --- reviews ------------------------------------------------------------------------------------


def test_the_day_of_the_next_review() -> None:
    assert next_review(Kind.SOP, dt.date(2026, 11, 23)) == dt.date(2027, 5, 23)
    assert next_review(Kind.POLICY, dt.date(2026, 11, 23)) == dt.date(2027, 11, 23)
    assert next_review(Kind.SOP, dt.date(2026, 8, 31)) == dt.date(2027, 2, 28)
    assert next_review(Kind.PROCESS, dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


@settings(max_examples=100)
@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(list(Kind)))
def test_a_review_is_so_many_months_ahead(day: dt.date, kind: Kind) -> None:
    later = next_review(kind, day)
    assert (later.year - day.year) * 12 + later.month - day.month == REVIEW_MONTHS[kind]
    assert later.day <= day.day


def confirm(world: World, who: str, row: Document) -> dt.date:
    return upkeep.still_correct(world.actor(who), row.pk, today=TODAY, now=world.at(), note="Still correct")


@pytest.mark.django_db
def test_still_correct_sets_the_day_forward_and_asks_nobody_to_read(world: World) -> None:
    row = issue(world)
    until = confirm(world, "manager", row)
    row.refresh_from_db()
    assert row.review_by == until == dt.date(2027, 5, 23)
    assert row.published is not None
    assert (row.published.number, row.published.major, row.published.waived) == (2, False, False)
    assert row.last_major == 1
    assert document_of(row.published, Kind.SOP, row.slug).review_by == until
    assert Event.objects.get(stream=f"document:{row.pk}", name="document.confirmed").actor == world.id("manager")
    assert confirm(world, "manager", row) == until
    row.refresh_from_db()
    assert row.published.number == 2


@pytest.mark.django_db
def test_an_open_draft_takes_the_day_over_unless_it_chose_another(world: World) -> None:
    row = issue(world)
    documents.change_draft(world.actor("owner"), row.pk, base=1, fields={"minutes": 9}, now=world.at())
    confirm(world, "owner", row)
    assert Draft.objects.get(document=row).fields["review_by"] == "2027-05-23"
    chosen = {"review_by": "2030-01-01"}
    base = Draft.objects.get(document=row).rev
    documents.change_draft(world.actor("owner"), row.pk, base=base, fields=chosen, now=world.at())
    later = TODAY + dt.timedelta(days=1)
    upkeep.still_correct(world.actor("owner"), row.pk, today=later, now=world.at(), note="")
    assert Draft.objects.get(document=row).fields["review_by"] == "2030-01-01"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["support", "finance", "agent", "guest"])
def test_who_does_not_answer_for_it_says_nothing_about_it(world: World, who: str) -> None:
    with pytest.raises(Refused):
        confirm(world, who, issue(world))


@pytest.mark.django_db
def test_an_outsider_confirms_and_retires_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        confirm(world, "outsider", issue(world))
    with pytest.raises(NotFound):
        documents.retire(world.actor("outsider"), issue(world).pk, why="so", now=world.at())


@pytest.mark.django_db
def test_a_review_reminds_whoever_answers_for_it(world: World) -> None:
    def due(who: str, today: dt.date) -> list[int]:
        return [row.pk for row in queries.due(world.actor(who), today)]

    row = issue(world)
    Document.objects.filter(pk=row.pk).update(review_by=TODAY + dt.timedelta(days=14))
    assert due("manager", TODAY - dt.timedelta(days=1)) == []
    assert due("manager", TODAY) == [row.pk]
    assert due("owner", TODAY) == []
    for who in ("support", "agent", "guest", "outsider"):
        assert due(who, TODAY) == []
    Document.objects.filter(pk=row.pk).update(owner="")
    assert due("owner", TODAY) == [row.pk]


# --- retiring -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_retired_document_leads_to_what_replaced_it(world: World) -> None:
    old = published(world, Kind.POLICY, {"title": "Old rule", "statement": "We did."})
    new = published(world, Kind.POLICY, {"title": "New rule", "statement": "We do."})
    documents.retire(world.actor("owner"), old.pk, why="The law", replacement=new.pk, now=world.at())
    old.refresh_from_db()
    assert (old.status, queries.replacement_of(old)) == (Status.RETIRED, new)
    assert queries.replaced(world.actor("support"), new, old.slug) == old
    events = Event.objects.filter(stream=f"document:{old.pk}").order_by("seq").values_list("name", flat=True)
    assert list(events)[-2:] == ["document.retired", "document.replaced"]
    assert [one.row.pk for one in readings.to_read(world.actor("support"))[0]].count(old.pk) == 0


@pytest.mark.django_db
def test_only_a_published_document_of_its_kind_and_house_replaces_it(world: World) -> None:
    old = published(world, Kind.POLICY, {"title": "Old rule", "statement": "We did."})
    draft = documents.create(world.actor("owner"), Kind.POLICY, {"title": "Draft"}, now=world.at())
    theirs = documents.create(
        world.actor("outsider"), Kind.POLICY, {"title": "T", "statement": "Theirs."}, now=world.at()
    )
    documents.publish(world.actor("outsider"), theirs.pk, now=world.at())
    for other in (old.pk, draft.pk, theirs.pk, issue(world).pk):
        with pytest.raises(Refused) as refused:
            documents.retire(world.actor("owner"), old.pk, why="so", replacement=other, now=world.at())
        assert refused.value.refusal.field == "replacement"
    assert queries.named(world.actor("owner"), old, "T") is None


# --- where used ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_names_a_document_follows_its_published_text(world: World) -> None:
    instruction = published(world, Kind.WORK_INSTRUCTION, {"title": "Full refund", "lines": ["Click it"]})
    sop = issue(world)
    items = [{"text": "Refund it", "uses": instruction.slug}]
    documents.change_draft(world.actor("owner"), sop.pk, base=1, fields={"checklist": items}, now=world.at())
    assert users_of(world, instruction) == []
    documents.publish(world.actor("owner"), sop.pk, now=world.at())
    assert users_of(world, instruction) == [sop.slug]
    named = Link.objects.filter(document=sop).order_by("kind").values_list("kind", "slug")
    assert list(named) == [("process", "refund-a-customer"), ("work-instruction", "full-refund")]
    base = documents.open_draft(sop, world.actor("owner"), world.at()).rev
    plain = [{"text": "Refund it"}]
    documents.change_draft(world.actor("owner"), sop.pk, base=base, fields={"checklist": plain}, now=world.at())
    documents.publish(world.actor("owner"), sop.pk, now=world.at())
    assert users_of(world, instruction) == []


def users_of(world: World, row: Document) -> list[str]:
    view = documents_queries.find(world.actor("support"), Kind(row.kind), row.slug)
    return [one.row.slug for one in ladder.surroundings(world.actor("support"), view).users]


@pytest.mark.django_db
def test_a_policy_governs_what_it_names_and_what_names_it(world: World) -> None:
    row = published(
        world, Kind.POLICY, {"title": "Rule", "statement": "We do.", "applies_to": ["refund-a-customer", "gone"]}
    )
    view = documents_queries.find(world.actor("support"), Kind.POLICY, row.slug)
    under = ladder.surroundings(world.actor("support"), view).processes
    assert [one.row.slug for one in under] == ["refund-a-customer"]
    process = documents_queries.find(world.actor("support"), Kind.PROCESS, "refund-a-customer")
    assert [one.row.slug for one in ladder.rungs(world.actor("support"), process)[0].views] == [row.slug]


@pytest.mark.django_db
def test_a_published_map_says_which_steps_need_an_sop(world: World) -> None:
    steps = DelegatedStep.objects.filter(process=world.process).order_by("step").values_list("step", flat=True)
    assert list(steps) == [f"refund-a-customer/{step}" for step in ("decline", "issue", "verify")]


# --- what a publication changes -----------------------------------------------------------------


def effects(world: World, row: Document, fields: dict[str, object]) -> publications.Effects:
    base = documents.open_draft(row, world.actor("owner"), world.at()).rev
    documents.change_draft(world.actor("owner"), row.pk, base=base, fields=fields, now=world.at())
    view = documents_queries.find(world.actor("owner"), Kind(row.kind), row.slug)
    assert view.draft is not None
    return publications.effects(world.actor("owner"), view, view.draft)


@pytest.mark.django_db
def test_an_sop_s_readers_tasks_and_handoffs_are_counted(world: World) -> None:
    run = world.start().run
    world.complete("support", run, "request")
    world.complete("support", run, "verify", "eligible")
    world.complete("owner", run, "approve")
    world.hand_off("issue", "backup", "owned")
    world.hand_off("issue", "support", "practice")
    found = effects(world, issue(world), {"minutes": 9})
    assert [(person.key, str(why)) for person, why in found.readers] == [
        ("backup", "took the step on"),
        ("support", "took the step on"),
        ("finance", "holds the role"),
    ]
    assert (found.pinned.count, found.pinned.runs) == (1, (1,))
    assert [one.receiver.key for one in found.owned] == ["backup"]
    assert [one.receiver.key for one in found.other] == ["support"]


@pytest.mark.django_db
def test_a_map_keeps_its_runs_and_leaves_handoffs_of_dropped_steps(world: World) -> None:
    world.start()
    world.hand_off("issue", "backup", "owned")
    world.hand_off("verify", "support", "owned")
    steps = [{"id": "verify", "title": "Verify", "role": "Support assistant"}]
    found = effects(world, world.process, {"steps": steps})
    assert found.pinned.count == 1
    assert [one.step for one in found.stepless] == ["issue"]
    assert [one.step for one in found.other] == ["verify"]
    assert {one.slug for one in found.stranded} == {"issue-a-refund-in-stripe", "decline-a-refund-kindly"}
    assert HandOff.objects.count() == 2


@pytest.mark.django_db
def test_a_policy_and_a_work_instruction_say_what_they_reach(world: World) -> None:
    rule = {"title": "Rule", "statement": "We do.", "applies_to": ["refund-a-customer"]}
    policy = published(world, Kind.POLICY, rule)
    found = effects(world, policy, {"statement": "We still do."})
    assert {person.key for person, _ in found.readers} == {"manager", "support", "finance", "backup"}
    assert [one.slug for one in found.governed] == ["refund-a-customer"]
    instruction = published(world, Kind.WORK_INSTRUCTION, {"title": "Full refund", "lines": ["Click it"]})
    items = [{"text": "Refund it", "uses": instruction.slug}]
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields={"checklist": items}, now=world.at())
    documents.publish(world.actor("owner"), issue(world).pk, now=world.at())
    found = effects(world, instruction, {"lines": ["Press it"]})
    assert [one.slug for one in found.users] == ["issue-a-refund-in-stripe"]
