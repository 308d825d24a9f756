"""Approval by another person: who may ask, who may approve, and what the record says when nobody did."""

from __future__ import annotations

import pytest

from routebook.core.document import Kind, Status
from routebook.store.access import NotFound, Refused
from routebook.store.actions import approvals, documents, organisations, suggestions
from routebook.store.models import Approval, Document, Event, Reading
from routebook.store.queries import approvals as queries
from routebook.store.queries.documents import draft_row
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def switched_on(world: World) -> None:
    organisations.change(world.actor("owner"), approved_kinds=[Kind.SOP, Kind.POLICY], now=world.at())


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def draft(world: World, who: str, text: str = "The money has arrived") -> Document:
    row = issue(world)
    base = documents.open_draft(row, world.actor(who), world.at()).rev
    documents.change_draft(world.actor(who), row.pk, base=base, fields={"objective": text}, now=world.at())
    return row


def names(row: Document) -> list[str]:
    events = Event.objects.filter(stream=f"document:{row.pk}").order_by("seq")
    return [name for name in events.values_list("name", flat=True) if name.startswith("approval")]


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


def test_an_assistant_asks_and_a_manager_approves(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at(), major=False, note="Plainer")
    assert [one.document_id for one in queries.waiting(world.actor("manager"))] == [row.pk]
    version = approvals.approve(world.actor("manager"), row.pk, now=world.at())
    assert (version.number, version.major, version.note) == (2, False, "Plainer")
    assert version.published_by_id == world.members["finance"].pk
    assert version.approved_by_id == world.members["manager"].pk
    assert not version.waived
    assert names(row) == ["approval.asked", "approval.given"]
    assert queries.waiting(world.actor("manager")) == []
    assert set(Reading.objects.filter(document=row, number=2).values_list("member__key", flat=True)) == {
        "finance",
        "manager",
    }


def test_a_manager_publishes_nothing_alone(world: World) -> None:
    row = draft(world, "manager")
    with pytest.raises(Refused) as refused:
        documents.publish(world.actor("manager"), row.pk, now=world.at())
    assert code(refused) == "needs_approval"
    assert not queries.may_publish(world.actor("manager"), Kind.SOP)
    assert queries.may_publish(world.actor("manager"), Kind.PROCESS)


def test_the_owner_always_may_and_the_record_says_so(world: World) -> None:
    row = draft(world, "manager")
    approvals.ask(world.actor("manager"), row.pk, now=world.at())
    version = documents.publish(world.actor("owner"), row.pk, now=world.at())
    assert version.waived
    assert names(row) == ["approval.asked", "approval.waived"]
    assert Approval.objects.get(document=row).outcome == "published"


@pytest.mark.parametrize("who", ["manager", "owner"])
def test_nobody_approves_what_they_wrote_or_asked(world: World, who: str) -> None:
    row = draft(world, "finance")
    base = documents.open_draft(row, world.actor(who), world.at()).rev
    documents.change_draft(world.actor(who), row.pk, base=base, fields={"minutes": 9}, now=world.at())
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    with pytest.raises(Refused) as refused:
        approvals.approve(world.actor(who), row.pk, now=world.at())
    assert code(refused) == "own_text"
    assert queries.waiting(world.actor(who)) == []


def test_whoever_suggested_a_text_of_it_does_not_approve_it(world: World) -> None:
    row = issue(world)
    made = suggestions.make(world.actor("manager"), row.pk, place="objective", text="Money there", now=world.at())
    suggestions.accept(world.actor("owner"), row.pk, made.number, now=world.at())
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    row.refresh_from_db()
    assert queries.waiting(world.actor("manager")) == []
    assert sorted(draft_row(row).writers) == sorted([world.members["manager"].pk, world.members["owner"].pk])  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["support", "agent", "guest"])
def test_only_who_publishes_approves(world: World, who: str) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    for act in (approvals.approve, lambda *a, **k: approvals.decline(*a, reason="no", **k)):
        with pytest.raises(Refused) as refused:
            act(world.actor(who), row.pk, now=world.at())
        assert code(refused) == "forbidden"


def test_an_outsider_finds_nothing_to_approve(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    outsider = world.actor("outsider")
    assert queries.waiting(outsider) == []
    for act in (approvals.ask, approvals.approve, approvals.withdraw):
        with pytest.raises(NotFound):
            act(outsider, row.pk, now=world.at())
    with pytest.raises(NotFound):
        approvals.decline(outsider, row.pk, reason="no", now=world.at())


def test_a_draft_that_changed_is_looked_at_again(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    seen = documents.open_draft(row, world.actor("finance"), world.at()).rev
    draft(world, "finance", "Something else")
    with pytest.raises(Refused) as refused:
        approvals.approve(world.actor("manager"), row.pk, now=world.at(), rev=seen)
    assert code(refused) == "draft_changed"


def test_declining_takes_a_reason_and_tells_who_asked(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    with pytest.raises(Refused) as refused:
        approvals.decline(world.actor("manager"), row.pk, reason=" ", now=world.at())
    assert refused.value.refusal.field == "reason"
    approvals.decline(world.actor("manager"), row.pk, reason="Say which card", now=world.at())
    assert [one.reason for one in queries.came_back(world.actor("finance"))] == ["Say which card"]
    assert queries.came_back(world.actor("support")) == []
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    assert queries.came_back(world.actor("finance")) == []
    assert names(row) == ["approval.asked", "approval.declined", "approval.asked"]


def test_a_first_version_is_in_review_until_it_is_decided(world: World) -> None:
    fields = {"title": "Close it", "step": "refund-a-customer/confirm", "role": "Support assistant"}
    row = documents.create(world.actor("support"), Kind.SOP, fields, now=world.at())
    approvals.ask(world.actor("support"), row.pk, now=world.at())
    row.refresh_from_db()
    assert row.status == Status.IN_REVIEW
    approvals.withdraw(world.actor("support"), row.pk, now=world.at())
    row.refresh_from_db()
    assert row.status == Status.DRAFT
    approvals.ask(world.actor("support"), row.pk, now=world.at())
    approvals.decline(world.actor("manager"), row.pk, reason="Later", now=world.at())
    row.refresh_from_db()
    assert row.status == Status.DRAFT
    approvals.ask(world.actor("support"), row.pk, now=world.at())
    approvals.approve(world.actor("manager"), row.pk, now=world.at())
    row.refresh_from_db()
    assert row.status == Status.PUBLISHED


def test_what_readers_see_stays_published_while_its_draft_is_in_review(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    row.refresh_from_db()
    assert row.status == Status.PUBLISHED


def test_a_discarded_draft_asks_nobody(world: World) -> None:
    row = draft(world, "finance")
    approvals.ask(world.actor("finance"), row.pk, now=world.at())
    documents.discard_draft(world.actor("finance"), row.pk, now=world.at())
    assert queries.waiting(world.actor("manager")) == []
    assert names(row) == ["approval.asked", "approval.withdrawn"]


def test_a_kind_without_approval_asks_nobody(world: World) -> None:
    organisations.change(world.actor("owner"), approved_kinds=[], now=world.at())
    row = draft(world, "finance")
    with pytest.raises(Refused) as refused:
        approvals.ask(world.actor("finance"), row.pk, now=world.at())
    assert code(refused) == "no_approval"
    assert not documents.publish(world.actor("manager"), row.pk, now=world.at()).waived


def test_what_could_not_be_published_is_not_asked(world: World) -> None:
    row = documents.create(world.actor("support"), Kind.SOP, {"title": "Float about"}, now=world.at())
    with pytest.raises(Refused) as refused:
        approvals.ask(world.actor("support"), row.pk, now=world.at())
    assert code(refused) == "step_missing"
    with pytest.raises(Refused) as refused:
        approvals.ask(world.actor("guest"), row.pk, now=world.at())
    assert code(refused) == "forbidden"


def test_only_the_owner_switches_it(world: World) -> None:
    with pytest.raises(Refused):
        organisations.change(world.actor("manager"), approved_kinds=[], now=world.at())
