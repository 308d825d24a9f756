"""Somebody leaves: nothing may be left to nobody, and afterwards they are out."""

from __future__ import annotations

from typing import Any

import pytest

from routebook.core.handoff import Level, Terms
from routebook.core.handoff import commands as c
from routebook.core.run import commands as run_commands
from routebook.store.access import NotFound, Refused, actor_for
from routebook.store.actions import leaving, members
from routebook.store.models import Event, Member, RevokedAccess, Role
from routebook.store.queries import leaving as queries
from routebook.store.queries import runs
from routebook.store.queries.leaving import Left
from routebook.store.verify import verify
from tests.store.test_handoffs import card, practising, prepare, say, state_of, supervised, to_issue
from tests.world import World

pytestmark = pytest.mark.django_db


def left(world: World, who: str = "finance", actor: str = "owner") -> tuple[Left, ...]:
    return queries.leaving(world.actor(actor), world.members[who].pk).left


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


def see_off(world: World, who: str = "finance") -> None:
    """All that the screen offers, in the order of the page."""
    actor, member = world.actor("owner"), world.members[who].pk
    found = queries.leaving(actor, member)
    tasks = {(task.row.run.number, task.row.number): world.id("backup") for task in found.tasks}
    assert leaving.reassign(actor, member, tasks, command_id=world.command_id(), now=world.at()) == []
    leaving.end_handoffs(actor, member, command_id=world.command_id(), now=world.at())
    if found.delegated:
        leaving.take_over(actor, member, world.members["owner"].pk, command_id=world.command_id(), now=world.at())
    roles = {role.view.row.pk: world.members["backup"].pk for role in found.roles}
    leaving.pass_roles(actor, member, roles, now=world.at())
    for one in found.access:
        leaving.tick_access(actor, member, one.tool, one.vault, revoked=True, now=world.at())


def test_they_go_only_when_nothing_is_left_and_then_they_are_out(world: World) -> None:
    row = supervised(world)
    run = to_issue(world)
    actor, member = world.actor("owner"), world.members["finance"]
    assert left(world) == (Left.TASKS, Left.HANDOFFS, Left.ROLES, Left.ACCESS)
    with pytest.raises(Refused) as refused:
        leaving.finish(actor, member.pk, now=world.at())
    assert code_of(refused) == "something_left"
    assert "open tasks" in refused.value.refusal.sentence

    see_off(world)
    assert left(world) == ()
    leaving.finish(actor, member.pk, now=world.at())
    assert actor_for(member.user_id) is None, "they can't sign in to this organisation"
    assert state_of(row).level is Level.RETURNED
    (task,) = [task for task in runs.get(actor, run).state.open_tasks() if task.step == "issue"]
    assert task.assignee == world.id("backup")
    assert Role.objects.get(title="Finance assistant").holdings.get().member == world.members["backup"]
    found = queries.leaving(actor, member.pk)
    assert (found.seen_off_by, [view.row.pk for view in found.redo]) == (actor.id, [row.pk])
    names = list(Event.objects.filter(stream=f"member:{member.pk}").order_by("seq").values_list("name", flat=True))
    assert names == ["member.access_revoked", "member.left"]


def test_a_step_that_somebody_took_on_since_is_to_be_redone_no_more(world: World) -> None:
    supervised(world)
    see_off(world)
    leaving.finish(world.actor("owner"), world.members["finance"].pk, now=world.at())
    prepare(world, receiver="backup")
    assert queries.leaving(world.actor("owner"), world.members["finance"].pk).redo == []


def test_others_hand_offs_name_somebody_else(world: World) -> None:
    row = practising(world)
    say(world, "manager", row, c.ChangeTerms(Terms(backup=world.id("manager"))))
    owned = card(world)
    assert Left.DELEGATED in left(world, "manager")
    for to, code in (("manager", "no_person"), ("outsider", "no_person"), ("finance", "same_person")):
        with pytest.raises(Refused) as refused:
            leaving.take_over(
                world.actor("owner"),
                world.members["manager"].pk,
                world.members[to].pk,
                command_id=world.command_id(),
                now=world.at(),
            )
        assert code_of(refused) == code, to
        assert state_of(row).card == owned, "all of it, or none"
    see_off(world, "manager")
    state = state_of(row)
    assert (state.delegator, state.card.revoker, state.terms.backup) == (world.id("owner"),) * 3
    assert left(world, "manager") == ()


def test_an_account_in_their_name_finds_another_owner(world: World) -> None:
    row = practising(world)
    Member.objects.filter(pk=world.members["backup"].pk).update(name="Fern Adler")
    Member.objects.filter(pk=world.members["owner"].pk).update(name="Fern A.")
    assert Left.DELEGATED in left(world, "backup"), "the account of Stripe is theirs"
    leaving.take_over(
        world.actor("owner"),
        world.members["backup"].pk,
        world.members["manager"].pk,
        command_id=world.command_id(),
        now=world.at(),
    )
    assert state_of(row).card.tools[0].account_owner == "Milo Brandt"


def test_a_role_is_never_left_to_nobody(world: World) -> None:
    with pytest.raises(Refused) as refused:
        leaving.pass_roles(world.actor("owner"), world.members["manager"].pk, {}, now=world.at())
    role = Role.objects.get(org=world.organisation, title="Head of Support")
    assert (code_of(refused), refused.value.refusal.field) == ("nobody_left", f"role-{role.pk}")
    (found,) = queries.leaving(world.actor("owner"), world.members["manager"].pk).roles
    assert found.documents == 4, "the map and three SOPs would be nobody's"
    members.set_role(
        world.actor("owner"),
        role.title,
        holders=[world.members["manager"].pk, world.members["owner"].pk],
        backup=None,
        now=world.at(),
    )
    leaving.pass_roles(world.actor("owner"), world.members["manager"].pk, {}, now=world.at())
    assert list(role.holdings.values_list("member_id", flat=True)) == [world.members["owner"].pk]


def test_a_result_in_review_and_an_open_question_are_somebody_s_first(world: World) -> None:
    supervised(world)
    run = to_issue(world)
    (task,) = runs.get(world.actor("owner"), run).state.open_tasks()
    world.do("finance", run, run_commands.Ask(task.number, "Which account?"))
    world.complete("finance", run, "issue")
    assert Left.IN_REVIEW in left(world)
    assert {Left.TASKS, Left.QUESTIONS} <= set(left(world, "manager")), "the review is a task, the question waits"


def test_who_may_not_get_a_task_is_refused_and_the_others_are_given(world: World) -> None:
    for _ in range(2):
        world.start()
    actor, member = world.actor("owner"), world.members["support"].pk
    wanted = {(1, 1): world.id("outsider"), (2, 1): world.id("backup"), (99, 1): world.id("backup"), (1, 7): "x"}
    (refusal,) = leaving.reassign(actor, member, wanted, command_id="once", now=world.at())
    assert (refusal.code, refusal.field) == ("no_access", "task-1-1")
    assert [task.row.run.number for task in queries.leaving(actor, member).tasks] == [1]


def test_ticks_are_taken_back_and_forgotten_when_they_return(world: World) -> None:
    practising(world)
    actor, member = world.actor("manager"), world.members["finance"].pk
    for revoked in (True, True, False, True):
        leaving.tick_access(actor, member, "Stripe", "vault: Stripe/finance", revoked=revoked, now=world.at())
    assert RevokedAccess.objects.get().done_by == world.members["manager"]
    assert Event.objects.filter(name="member.access_revoked").count() == 3
    with pytest.raises(NotFound):
        leaving.tick_access(actor, member, "Bank", "", revoked=True, now=world.at())
    see_off(world)
    leaving.finish(actor, member, now=world.at())
    leaving.come_back(actor, member, now=world.at())
    assert actor_for(world.members["finance"].user_id) is not None
    assert not RevokedAccess.objects.exists()


def test_the_last_owner_stays_and_nobody_sees_themselves_off(world: World) -> None:
    with pytest.raises(Refused) as refused:
        leaving.finish(world.actor("owner"), world.members["owner"].pk, now=world.at())
    assert code_of(refused) == "own_leaving"
    with pytest.raises(Refused) as refused:
        leaving.finish(world.actor("manager"), world.members["owner"].pk, now=world.at())
    assert code_of(refused) == "forbidden", "a manager sees no owner off"
    assert Left.OWNER in left(world, "owner", actor="manager")


@pytest.mark.parametrize("name", ["support", "finance", "agent", "guest", "outsider"])
def test_only_who_manages_people_sees_somebody_off(world: World, name: str) -> None:
    practising(world)
    actor, member, now = world.actor(name), world.members["finance"].pk, world.at()
    attempts: list[Any] = [
        lambda: queries.leaving(actor, member),
        lambda: leaving.reassign(actor, member, {}, command_id="x", now=now),
        lambda: leaving.end_handoffs(actor, member, command_id="x", now=now),
        lambda: leaving.take_over(actor, member, world.members["owner"].pk, command_id="x", now=now),
        lambda: leaving.pass_roles(actor, member, {}, now=now),
        lambda: leaving.tick_access(actor, member, "Stripe", "vault: Stripe/finance", revoked=True, now=now),
        lambda: leaving.finish(actor, member, now=now),
        lambda: leaving.come_back(actor, member, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound if name == "outsider" else Refused):
            attempt()
    assert Member.objects.get(pk=member).active


def test_the_record_holds_after_all_of_it(world: World) -> None:
    supervised(world)
    to_issue(world)
    see_off(world)
    leaving.finish(world.actor("owner"), world.members["finance"].pk, now=world.at())
    assert list(verify()) == []


def test_a_library_that_names_them_brings_them_back(world: World) -> None:
    from routebook.core.document import Library
    from routebook.store.actions import library
    from routebook.store.queries.documents import organisation_of

    owner, member = world.actor("owner"), world.members["finance"].pk
    named = Library(organisation_of(owner.org))
    see_off(world)
    leaving.finish(owner, member, now=world.at())
    library.bring(owner, named, now=world.at())
    assert Member.objects.get(pk=member).active
