"""The screen on which somebody leaves: every part as a form, refusals beside their fields, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.store.models import Member, Role, Task
from tests.web.test_handoffs import hand_off, text_of
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]


def page(world: World, who: str) -> str:
    return f"/people/{world.members[who].pk}/leaving/"


def test_somebody_is_seen_off_on_one_screen(world: World, as_: As) -> None:
    hand_off(world, as_)
    run = world.start()
    world.do("support", run.number, _to(world, "finance"))
    address, client = page(world, "finance"), as_("owner")
    shown = text_of(client.get(address))
    assert "4 things are left" in shown
    assert "Tove Dahl has left</button>" not in shown
    refused = client.post(f"{address}end/")
    assert refused.status_code == 409
    assert "would be nobody&#x27;s" in text_of(refused)

    client.post(f"{address}tasks/", {f"task-{run.number}-1": world.id("backup"), "command": "a"})
    assert Task.objects.get(run=run.run, number=1).assignee == world.members["backup"]
    client.post(f"{address}handoffs/", {"command": "b"})
    assert "To be handed off again" in text_of(client.get(address))
    role = Role.objects.get(title="Finance assistant")
    client.post(f"{address}roles/", {f"role-{role.pk}": world.id("backup")})
    ticked = {"tool": "Stripe", "vault": "vault: Stripe/finance", "revoked": "1"}
    client.post(f"{address}access/", ticked)
    shown = text_of(client.get(address))
    assert "Nothing is left to nobody" in shown
    assert "Fern Adler," in shown, "who ticked the access stands beside it"
    client.post(f"{address}end/")
    assert not Member.objects.get(pk=world.members["finance"].pk).active
    assert "Tove Dahl has left" in text_of(client.get(address))
    assert as_("finance").get("/").status_code == 403, "no organisation any more"
    for who in ("owner", "support"):
        assert ("Tove Dahl" in text_of(as_(who).get("/people/"))) is (who == "owner")
    as_("manager").post(f"{address}return/")
    assert as_("finance").get("/").status_code == 200


def _to(world: World, who: str) -> Any:
    from routebook.core.run import commands as c

    return c.HandOver(1, world.id(who))


def test_others_hand_offs_are_taken_over(world: World, as_: As) -> None:
    hand_off(world, as_)
    address, client = page(world, "manager"), as_("owner")
    refused = client.post(f"{address}delegated/", {"to": world.id("finance")})
    assert refused.status_code == 409
    assert 'id="to-error"' in text_of(refused)
    assert client.post(f"{address}delegated/", {"to": world.id("owner")}).status_code == 302
    assert "Issue the refund" not in text_of(client.get(address))


def test_a_role_that_would_be_nobody_s_is_refused_beside_it(world: World, as_: As) -> None:
    role = Role.objects.get(title="Head of Support", org=world.organisation)
    shown = text_of(as_("owner").get(page(world, "manager")))
    assert "held by nobody else · answers for 4 documents" in shown
    refused = as_("owner").post(f"{page(world, 'manager')}roles/", {})
    assert refused.status_code == 409
    assert f'id="role-{role.pk}-error"' in text_of(refused)


def test_a_task_that_can_not_be_given_says_so_beside_it(world: World, as_: As) -> None:
    run = world.start()
    sent = {f"task-{run.number}-1": world.id("outsider"), "task-x-1": "1", "task-1": "1", "role-x": "1"}
    refused = as_("owner").post(f"{page(world, 'support')}tasks/", sent)
    assert refused.status_code == 409
    assert f'id="task-{run.number}-1-error"' in text_of(refused)


PARTS = ("tasks", "handoffs", "delegated", "roles", "access", "end", "return")


@pytest.mark.parametrize(("who", "status"), [("support", 403), ("finance", 403), ("agent", 403), ("guest", 403)])
def test_it_is_for_who_manages_people(world: World, as_: As, who: str, status: int) -> None:
    hand_off(world, as_)
    client, address = as_(who), page(world, "finance")
    assert client.get(address).status_code == status
    for part in PARTS:
        assert client.post(f"{address}{part}/", {"to": world.id("owner")}).status_code == status, part
    assert Member.objects.get(pk=world.members["finance"].pk).active


def test_another_organisation_finds_nobody(world: World, as_: As) -> None:
    client, address = as_("outsider"), page(world, "finance")
    assert client.get(address).status_code == 404
    for part in PARTS:
        assert client.post(f"{address}{part}/", {}).status_code == 404, part


def test_nobody_sees_themselves_off(world: World, as_: As) -> None:
    client, address = as_("manager"), page(world, "manager")
    assert "Nobody sees themselves off" in text_of(client.get(address))
    assert client.post(f"{address}end/").status_code == 409
    assert "leaving" not in text_of(client.get(f"/people/{world.members['manager'].pk}/"))


def test_the_screen_asks_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    hand_off(world, as_)
    for _ in range(3):
        world.start()
    client = as_("owner")
    with django_assert_max_num_queries(28):
        client.get(page(world, "support"))
