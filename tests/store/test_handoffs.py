"""Hand-offs through the store's door: the whole way to owned, what runs and SOPs tell them, and who may."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from routebook.core.document import Kind, Process, Sop
from routebook.core.handoff import NEW_HANDOFF, AccessCard, Brief, HandoffState, Level, Terms, ToolAccess, fold, unpack
from routebook.core.handoff import commands as c
from routebook.core.run import Task
from routebook.core.run import commands as run_commands
from routebook.formats.plain import to_plain
from routebook.store import journal
from routebook.store.access import NotFound, Refused
from routebook.store.actions import documents, handoffs
from routebook.store.models import Document, Event, HandOff, Organisation
from routebook.store.queries import documents as documents_queries
from routebook.store.queries import handoffs as queries
from routebook.store.queries import runs, search
from tests.world import World


def card(world: World, revoker: str = "manager") -> AccessCard:
    return AccessCard(
        tools=(ToolAccess("Stripe", "Fern Adler", "vault: Stripe/finance"),),
        spend_limit="up to the approved amount",
        may_decide="which of two charges is meant",
        ask_when="the amounts differ",
        revoker=world.id(revoker),
    )


def prepare(world: World, who: str = "manager", receiver: str = "finance", step: str = "issue") -> HandOff:
    return handoffs.prepare(
        world.actor(who),
        world.process.pk,
        step,
        receiver=world.members[receiver].pk,
        card=card(world),
        command_id=world.command_id(),
        now=world.at(),
    )


def say(world: World, who: str, row: HandOff, command: c.HandoffCommand) -> HandoffState:
    done = handoffs.command(world.actor(who), row.pk, command, command_id=world.command_id(), now=world.at())
    return unpack(done.snapshot)


def state_of(row: HandOff) -> HandoffState:
    row.refresh_from_db()
    assert Level(row.level) is unpack(row.snapshot).level
    return unpack(row.snapshot)


def practising(world: World, **names: str) -> HandOff:
    row = prepare(world, **names)
    receiver = names.get("receiver", "finance")
    say(world, receiver, row, c.Accept("The customer has the money, to the cent"))
    say(world, "manager", row, c.ConfirmUnderstanding())
    return row


def supervised(world: World) -> HandOff:
    row = practising(world)
    say(world, "manager", row, c.Promote("She has done it for years elsewhere"))
    return row


def to_issue(world: World) -> str:
    """A run that stands at the step that was handed off."""
    run = world.start().run
    world.complete("support", run, "request")
    world.complete("support", run, "verify", "eligible")
    world.complete("owner", run, "approve")
    return run


def review_of(world: World, run: str) -> int:
    reviews = [task for task in runs.get(world.actor("manager"), run).state.open_tasks() if task.review_of]
    assert [task.assignee for task in reviews] == [world.id("manager")]
    return reviews[0].number


def test_a_secret_never_gets_into_the_card_or_what_is_handed_over(world: World) -> None:
    leaky = dataclasses.replace(card(world), tools=(ToolAccess("Stripe", "Fern Adler", "password: hunter2Blue!"),))
    row = prepare(world)
    count = Event.objects.count()
    for said, field in (
        (c.ChangeCard(leaky), "tool-0"),
        (c.ChangeCard(dataclasses.replace(card(world), ask_when="the PIN: 4711 fails")), "ask_when"),
        (c.ChangeBrief(Brief("The customer has the money", good="password: hunter2Blue!")), "good"),
    ):
        with pytest.raises(Refused) as refused:
            say(world, "manager", row, said)
        assert refused.value.refusal.field == field
        assert "hunter2" not in refused.value.refusal.sentence
    assert Event.objects.count() == count


def test_a_step_goes_from_prepared_to_practice(world: World) -> None:
    row = prepare(world)
    assert row.level == Level.PREPARED
    state = say(world, "finance", row, c.Accept("The customer has the money", ("Stripe",)))
    assert (state.level, state.missing_access) == (Level.ACCEPTED, ("Stripe",))
    with pytest.raises(Refused) as refused:
        say(world, "manager", row, c.ConfirmUnderstanding())
    assert refused.value.refusal.code == "access_missing"
    say(world, "manager", row, c.GiveAccess("Stripe"))
    say(world, "finance", row, c.Ask("What if the card has expired?"))
    say(world, "manager", row, c.Answer(0, "Stripe still refunds it"))
    assert say(world, "manager", row, c.ConfirmUnderstanding()).level is Level.PRACTICE
    names = list(Event.objects.filter(stream=f"handoff:{row.pk}").order_by("seq").values_list("name", flat=True))
    assert names == [
        "handoff.prepared",
        "handoff.accepted",
        "handoff.access_given",
        "handoff.question_asked",
        "handoff.question_answered",
        "handoff.understanding_confirmed",
    ]


def test_supervised_puts_a_review_into_the_run_and_three_passes_propose_owning(world: World) -> None:
    row = supervised(world)
    for passed in (1, 2, 3):
        run = to_issue(world)
        world.complete("finance", run, "issue")
        assert state_of(row).clean == passed - 1, "it counts when the review has passed, not before"
        world.do("manager", run, run_commands.PassReview(review_of(world, run)))
        assert state_of(row).clean == passed
    assert state_of(row).proposal is Level.OWNED
    assert [view.row.pk for view in queries.waiting_for(world.actor("manager"))] == [row.pk]

    assert say(world, "manager", row, c.Promote()).level is Level.OWNED
    run = to_issue(world)
    world.complete("finance", run, "issue")
    open_steps = [task.step for task in runs.get(world.actor("manager"), run).state.open_tasks()]
    assert open_steps == ["confirm"], "nobody reviews what somebody owns"


def test_three_confirmed_practice_tasks_propose_supervised(world: World) -> None:
    row = practising(world)
    for _ in range(3):
        run = to_issue(world)
        world.complete("finance", run, "issue")
        world.do("manager", run, run_commands.PassReview(review_of(world, run)))
    assert state_of(row).proposal is Level.SUPERVISED


def test_a_failed_review_is_rework_and_proposes_a_step_back(world: World) -> None:
    row = supervised(world)
    run = to_issue(world)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.FailReview(review_of(world, run), "The cents are missing"))
    assert (state_of(row).clean, state_of(row).proposal) == (0, Level.PRACTICE)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.PassReview(review_of(world, run)))
    assert state_of(row).clean == 1


def test_redoing_a_practice_result_counts_for_nobody(world: World) -> None:
    row = practising(world)
    run = to_issue(world)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.FailReview(review_of(world, run), "I show you how", redo=True))
    last = Event.objects.filter(stream=f"handoff:{row.pk}").order_by("seq").last()
    assert last is not None
    assert '"practice redone"' in last.payload
    row.refresh_from_db()
    seq = row.seq
    world.complete("manager", run, "issue")
    row.refresh_from_db()
    assert row.seq == seq, "what the delegator does themselves is no result of the receiver"


def test_a_run_that_goes_back_to_the_step_reworks_it(world: World) -> None:
    row = supervised(world)
    say(world, "manager", row, c.Promote("sure of it"))
    run = to_issue(world)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.ReturnTo("issue", "The amount was wrong"))
    assert state_of(row).proposal is Level.SUPERVISED


def test_a_return_to_an_earlier_step_is_not_the_later_one_s_fault(world: World) -> None:
    row = supervised(world)
    say(world, "manager", row, c.Promote("sure of it"))
    run = to_issue(world)
    world.complete("finance", run, "issue")
    before = state_of(row)
    world.do("manager", run, run_commands.ReturnTo("verify", "It was not eligible after all"))
    assert state_of(row) == before


def test_the_same_run_command_twice_notes_one_result(world: World) -> None:
    from routebook.store.actions import runs as run_actions

    row = supervised(world)
    run = to_issue(world)
    world.complete("finance", run, "issue")
    passing = run_commands.PassReview(review_of(world, run))
    for _ in range(2):
        run_actions.command(world.actor("manager"), run, passing, command_id="pass-once", now=world.at())
    assert state_of(row).clean == 1


def test_the_same_command_twice_does_it_once(world: World) -> None:
    row = prepare(world)
    for _ in range(2):
        handoffs.command(world.actor("finance"), row.pk, c.Ask("Who decides?"), command_id="ask-once", now=world.at())
    assert len(state_of(row).questions) == 1


def test_preparing_twice_with_one_command_is_one_hand_off(world: World) -> None:
    rows = [
        handoffs.prepare(
            world.actor("manager"),
            world.process.pk,
            "issue",
            receiver=world.members["finance"].pk,
            card=card(world),
            command_id="prepare-once",
            now=world.at(),
        )
        for _ in range(2)
    ]
    assert rows[0].pk == rows[1].pk
    assert state_of(rows[0]).level is Level.PREPARED


def test_a_major_version_of_the_sop_steps_an_owner_back_for_one_run(world: World) -> None:
    row = supervised(world)
    say(world, "manager", row, c.Promote("sure of it"))
    version = publish_again(world, "issue-a-refund-in-stripe", major=True)
    state = state_of(row)
    assert (state.level, state.one_run, state.sop) == (Level.SUPERVISED, True, version)
    run = to_issue(world)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.PassReview(review_of(world, run)))
    assert state_of(row).level is Level.OWNED


def test_a_minor_version_changes_the_directions_only(world: World) -> None:
    row = supervised(world)
    version = publish_again(world, "issue-a-refund-in-stripe", major=False)
    state = state_of(row)
    assert (state.level, state.one_run, state.sop) == (Level.SUPERVISED, False, version)


def test_another_step_s_sop_does_not_concern_it(world: World) -> None:
    row = supervised(world)
    before = state_of(row)
    publish_again(world, "decline-a-refund-kindly", major=True)
    assert state_of(row) == before


def publish_again(world: World, slug: str, *, major: bool) -> int:
    owner = world.actor("owner")
    document = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug=slug)
    value = documents_queries.find(owner, Kind.SOP, slug).value
    assert isinstance(value, Sop)
    changed = dataclasses.replace(value, objective=f"{value.objective}, and the customer knows")
    documents.change_draft(owner, document.pk, base=1, fields=to_plain(changed), now=world.at())
    return documents.publish(owner, document.pk, now=world.at(), major=major, note="clearer").pk


def test_every_change_of_level_touches_the_facts_of_runs(world: World) -> None:
    def facts() -> int:
        return Organisation.objects.values_list("facts", flat=True).get(pk=world.organisation.pk)

    seen = {facts()}
    row = prepare(world)
    seen.add(facts())
    say(world, "finance", row, c.Accept("The customer has the money"))
    seen.add(facts())
    say(world, "manager", row, c.ConfirmUnderstanding())
    seen.add(facts())
    say(world, "manager", row, c.Return("It is too early", "Again in spring"))
    seen.add(facts())
    assert len(seen) == 5


def test_the_record_replays_to_the_state_and_its_chain_holds(world: World) -> None:
    row = supervised(world)
    say(world, "finance", row, c.Ask("And on holidays?"))
    run = to_issue(world)
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.PassReview(review_of(world, run)))
    lines = queries.record(world.actor("owner"), row.pk)
    events = [line.event for line in lines if line.event is not None]
    assert fold(NEW_HANDOFF, events) == state_of(row)
    assert lines[-1].run == 1, "a result names its run"
    head = ""
    for line in Event.objects.filter(stream=f"handoff:{row.pk}").order_by("seq"):
        at = journal.moment_of(line.at)
        digest = journal.digest_of(line.salt, line.payload)
        head = journal.hash_of(head, line.stream, line.seq, line.name, line.version, line.actor, at, digest)
        assert head == line.hash
    assert head == row.head


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (lambda world: prepare(world, step="approve"), "not_delegated"),
        (lambda world: prepare(world, step="nowhere"), "no_step"),
        (lambda world: prepare(world, receiver="guest"), "no_access"),
        (lambda world: prepare(world, receiver="manager"), "same_person"),
        (lambda world: prepare(world, receiver="outsider"), "no_person"),
        (lambda world: prepare(world, who="support"), "not_yours"),
    ],
)
def test_what_can_not_be_prepared(world: World, attempt: Callable[[World], HandOff], code: str) -> None:
    with pytest.raises(Refused) as refused:
        attempt(world)
    assert refused.value.refusal.code == code
    assert not HandOff.objects.exists(), "nothing is left behind"


def test_a_step_without_its_sop_waits_for_it_unless_it_needs_none(world: World) -> None:
    Document.objects.filter(step="refund-a-customer/issue").delete()
    with pytest.raises(Refused) as refused:
        prepare(world)
    assert refused.value.refusal.code == "no_sop"
    assert prepare(world, step="request", receiver="support").level == Level.PREPARED


def test_a_card_names_only_people_of_the_organisation(world: World) -> None:
    row = prepare(world)
    with pytest.raises(Refused) as refused:
        say(world, "manager", row, c.ChangeCard(card(world, revoker="outsider")))
    assert refused.value.refusal.field == "revoker"
    with pytest.raises(Refused) as refused:
        say(world, "manager", row, c.ChangeDelegator(world.id("outsider")))
    assert refused.value.refusal.field == "to"


def test_people_can_not_speak_for_the_run(world: World) -> None:
    row = practising(world)
    with pytest.raises(TypeError):
        say(world, "finance", row, c.SopChanged(1, major=False))


# --- who may ------------------------------------------------------------------------------------


def test_everybody_sees_what_is_theirs(world: World) -> None:
    row = prepare(world)
    for name in ("owner", "manager", "finance"):
        assert [view.row.pk for view in queries.listing(world.actor(name))] == [row.pk], name
        assert queries.get(world.actor(name), row.pk).title == "Issue the refund"
    for name in ("support", "backup", "agent", "guest", "outsider"):
        actor = world.actor(name)
        assert queries.listing(actor) == [], name
        with pytest.raises(NotFound):
            queries.get(actor, row.pk)
        with pytest.raises(NotFound):
            queries.record(actor, row.pk)
        with pytest.raises(NotFound):
            say(world, name, row, c.Ask("May I?"))


@pytest.mark.parametrize("name", ["support", "agent", "guest"])
def test_only_managers_look_for_what_could_be_handed_off(world: World, name: str) -> None:
    with pytest.raises(Refused):
        queries.candidates(world.actor(name))
    with pytest.raises(Refused):
        queries.offer(world.actor(name), "refund-a-customer", "issue")


def test_another_organisation_finds_no_such_process(world: World) -> None:
    with pytest.raises(NotFound):
        prepare(world, who="outsider")
    with pytest.raises(NotFound):
        queries.offer(world.actor("outsider"), "refund-a-customer", "issue")
    assert queries.candidates(world.actor("outsider")) == []


def test_the_receiver_never_decides_about_themselves(world: World) -> None:
    row = prepare(world)
    say(world, "finance", row, c.Accept("The customer has the money"))
    with pytest.raises(Refused) as refused:
        say(world, "finance", row, c.ConfirmUnderstanding())
    assert refused.value.refusal.code == "own_handoff"


# --- what is offered ----------------------------------------------------------------------------


def test_candidates_are_the_delegated_steps(world: World) -> None:
    row = prepare(world)
    found = {candidate.step.id: candidate for candidate in queries.candidates(world.actor("manager"))}
    assert list(found) == ["request", "verify", "decline", "issue"]
    assert [view.row.pk for view in found["issue"].standing] == [row.pk]
    assert all(candidate.is_ready for candidate in found.values())
    assert found["verify"].address == "/handoffs/new/?step=refund-a-customer/verify"


def test_an_offer_suggests_the_role_s_holder(world: World) -> None:
    offer = queries.offer(world.actor("manager"), "refund-a-customer", "issue")
    assert offer.suggested == world.members["finance"].pk
    assert offer.people[0].name == "Tove Dahl"
    assert world.members["manager"].pk not in {member.pk for member in offer.people}
    assert offer.sop is not None
    assert offer.sop.slug == "issue-a-refund-in-stripe"


# --- what is handed over, and who and when ------------------------------------------------------


def test_terms_reach_the_run_tasks_wait_for_the_first_day_and_go_to_the_backup(world: World) -> None:
    from routebook.store.actions import members

    row = practising(world)
    first = world.at().date() + dt.timedelta(days=1)
    say(world, "manager", row, c.ChangeTerms(Terms(starts=first, backup=world.id("support"))))
    assert task_at_issue(world).assignee == world.id("manager"), "it has not begun yet"

    say(world, "manager", row, c.ChangeTerms(Terms(backup=world.id("support"))))
    assert task_at_issue(world).assignee == world.id("finance")
    today = world.at().date()
    members.be_away(world.actor("finance"), world.members["finance"].pk, first=today, last=today, now=world.at())
    assert task_at_issue(world).assignee == world.id("support")


def task_at_issue(world: World) -> Task:
    run = to_issue(world)
    return next(task for task in runs.get(world.actor("manager"), run).state.open_tasks() if task.step == "issue")


@pytest.mark.parametrize("backup", ["guest", "outsider"])
def test_only_who_works_here_stands_in(world: World, backup: str) -> None:
    row = prepare(world)
    with pytest.raises(Refused) as refused:
        say(world, "manager", row, c.ChangeTerms(Terms(backup=world.id(backup))))
    assert refused.value.refusal.field == "backup"


def test_practice_stays_out_of_the_figures(world: World) -> None:
    from routebook.store.queries import outcomes

    def reviewed() -> int:
        page = outcomes.of_process(world.actor("manager"), "refund-a-customer", now=world.at())
        return page.figures.passed_first.whole

    row = practising(world)
    for level in (Level.PRACTICE, Level.SUPERVISED):
        run = to_issue(world)
        world.complete("finance", run, "issue")
        world.do("manager", run, run_commands.PassReview(review_of(world, run)))
        assert reviewed() == (0 if level is Level.PRACTICE else 1)
        if level is Level.PRACTICE:
            say(world, "manager", row, c.Promote("She can"))


def test_whoever_took_a_step_on_reads_of_it_what_is_published_and_no_draft(world: World) -> None:
    row = prepare(world)
    owner = world.actor("owner")
    value = documents_queries.find(owner, Kind.PROCESS, "refund-a-customer").value
    assert isinstance(value, Process)
    steps = tuple(
        dataclasses.replace(step, title="Not yet said") if step.id == row.step else step for step in value.steps
    )
    changed = dataclasses.replace(value, steps=steps)
    documents.change_draft(owner, row.process_id, base=1, fields=to_plain(changed), now=world.at())
    for who in ("finance", "manager"):
        view = queries.get(world.actor(who), row.pk)
        assert view.step is not None
        assert view.step.title == "Issue the refund"
    found = search.search(world.actor("finance"), "Not yet said")
    assert not [hit for hit in found if "Not yet said" in hit.title]
