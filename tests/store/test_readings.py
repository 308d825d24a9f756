"""Who must read what, and who has: by role, by hand-off, by everybody; a minor change asks nobody again."""

from __future__ import annotations

import pytest

from routebook.core.document import Kind
from routebook.store.access import NotFound, Refused
from routebook.store.actions import documents, readings
from routebook.store.models import Document, Event, Member, Reading, RoleHolder
from routebook.store.queries import readings as queries
from routebook.store.queries.readings import Mark, Why
from tests.world import World

pytestmark = pytest.mark.django_db


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def policy(world: World) -> Document:
    fields = {"title": "Refund in time", "statement": "We refund within 14 days.", "owner": "Founder"}
    row = documents.create(world.actor("owner"), Kind.POLICY, fields, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    row.refresh_from_db()
    return row


def change(world: World, row: Document, *, major: bool) -> None:
    row.refresh_from_db()
    value = documents.open_draft(row, world.actor("owner"), world.at())
    text = f"It changed {world.at()}"
    field = "statement" if row.kind == Kind.POLICY else "objective"
    documents.change_draft(world.actor("owner"), row.pk, base=value.rev, fields={field: text}, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at(), major=major, note="changed")
    row.refresh_from_db()


def read(world: World, who: str, row: Document) -> None:
    row.refresh_from_db()
    assert row.published is not None
    readings.confirm(world.actor(who), row.pk, row.published.content_hash, now=world.at())


def titles(world: World, who: str) -> list[str]:
    found, total = queries.to_read(world.actor(who))
    assert total == len(found)
    return [one.row.title for one in found]


def test_an_sop_is_read_by_who_holds_its_role(world: World) -> None:
    assert titles(world, "finance") == ["Issue a refund in Stripe"]
    assert sorted(titles(world, "support")) == ["Decline a refund kindly", "Verify that a refund is due"]
    assert titles(world, "backup") == []


def test_an_sop_is_read_by_who_took_the_step_on(world: World) -> None:
    world.hand_off("issue", "backup", "practice")
    assert titles(world, "backup") == ["Issue a refund in Stripe"]
    known = queries.readership(world.organisation.pk, [issue(world).step]).of(queries.work_of(issue(world)))
    assert known == {world.members["finance"].pk: Why.ROLE, world.members["backup"].pk: Why.HANDOFF}


def test_a_returned_handoff_asks_nobody(world: World) -> None:
    world.hand_off("issue", "backup", "returned")
    assert titles(world, "backup") == []


def test_of_two_variations_the_receiver_reads_their_own(world: World) -> None:
    fields = {"title": "Issue it by bank", "step": "refund-a-customer/issue", "role": "Nobody", "variation": "Bank"}
    bank = documents.create(world.actor("owner"), Kind.SOP, fields, now=world.at())
    documents.publish(world.actor("owner"), bank.pk, now=world.at())
    world.hand_off("issue", "backup", "owned")
    row = world.members["backup"].handoffs.get()
    row.variation = "bank"
    row.save()
    assert titles(world, "backup") == ["Issue it by bank"]
    known = queries.readership(world.organisation.pk, [issue(world).step])
    assert world.members["backup"].pk not in known.of(queries.work_of(issue(world)))
    row.variation = "cheque"
    row.save()
    assert titles(world, "backup") == ["Issue a refund in Stripe"]


def test_a_policy_is_read_by_everybody_but_guests_agents_and_its_publisher(world: World) -> None:
    row = policy(world)
    for who in ("manager", "support", "finance", "backup"):
        assert row.title in titles(world, who)
    for who in ("owner", "guest", "agent", "outsider"):
        assert row.title not in titles(world, who)


def test_reading_once_is_enough_until_a_major_change(world: World) -> None:
    row = policy(world)
    read(world, "backup", row)
    assert titles(world, "backup") == []
    change(world, row, major=False)
    assert titles(world, "backup") == []
    assert row.title in titles(world, "support")
    change(world, row, major=True)
    assert titles(world, "backup") == ["Refund in time"]
    (again,), _ = queries.to_read(world.actor("backup"))
    assert again.read == 1
    read(world, "backup", row)
    assert titles(world, "backup") == []


def test_a_reading_is_tied_to_the_hash_and_is_on_the_record_once(world: World) -> None:
    row = policy(world)
    read(world, "backup", row)
    read(world, "backup", row)
    kept = Reading.objects.get(document=row, member=world.members["backup"])
    assert row.published is not None
    assert kept.content_hash == row.published.content_hash
    events = Event.objects.filter(stream=f"document:{row.pk}", name="document.read")
    assert [event.actor for event in events] == [world.id("backup")]


def test_another_version_than_the_published_one_is_not_confirmed(world: World) -> None:
    row = policy(world)
    assert row.published is not None
    seen = row.published.content_hash
    change(world, row, major=False)
    with pytest.raises(Refused) as refused:
        readings.confirm(world.actor("backup"), row.pk, seen, now=world.at())
    assert refused.value.refusal.code == "newer_version"


@pytest.mark.parametrize("who", ["backup", "agent", "guest"])
def test_who_is_not_asked_confirms_nothing(world: World, who: str) -> None:
    with pytest.raises(Refused):
        read(world, who, issue(world))
    assert not Reading.objects.filter(member=world.members[who]).exists()


def test_an_outsider_confirms_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        read(world, "outsider", policy(world))


def test_the_matrix_says_read_older_and_not_yet(world: World) -> None:
    row = policy(world)
    read(world, "support", row)
    change(world, row, major=True)
    read(world, "manager", row)
    matrix = queries.matrix(world.actor("manager"), kind=Kind.POLICY)
    (line,) = matrix.lines
    marks = {person.key: mark for person, mark in line.marks}
    assert marks == {
        "owner": Mark.READ,
        "manager": Mark.READ,
        "support": Mark.OLDER,
        "finance": Mark.NOT_YET,
        "backup": Mark.NOT_YET,
    }
    assert (line.read, line.asked) == (2, 5)
    assert {one.kind for one in queries.matrix(world.actor("manager")).lines} == {Kind.SOP, Kind.POLICY}


@pytest.mark.parametrize("who", ["support", "agent", "guest"])
def test_the_matrix_is_for_managers(world: World, who: str) -> None:
    with pytest.raises(Refused):
        queries.matrix(world.actor(who))
    assert queries.line_of(world.actor(who), issue(world)) is None


def test_the_other_organisation_sees_an_empty_matrix_of_its_own_people(world: World) -> None:
    policy(world)
    matrix = queries.matrix(world.actor("outsider"))
    assert matrix.lines == ()
    assert [person.key for person in matrix.people] == ["outsider"]


def test_a_role_that_nobody_spelled_alike_is_the_same_role(world: World) -> None:
    fields = {"title": "Close", "step": "refund-a-customer/confirm", "role": "  finance   ASSISTANT "}
    row = documents.create(world.actor("owner"), Kind.SOP, fields, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    assert "Close" in titles(world, "finance")


def test_who_no_longer_works_here_is_asked_nothing(world: World) -> None:
    Member.objects.filter(pk=world.members["finance"].pk).update(active=False)
    known = queries.readership(world.organisation.pk, [issue(world).step]).of(queries.work_of(issue(world)))
    assert known == {}
    assert RoleHolder.objects.filter(member=world.members["finance"]).exists()
