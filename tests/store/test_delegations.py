"""Delegations through the store's door: scores, recommendations, decisions, and what they change on the map."""

from __future__ import annotations

from decimal import Decimal

import pytest

from routebook.core.delegation import Facts, Score, formula
from routebook.core.document import Handling, Kind, Process
from routebook.store.access import NotFound, Refused
from routebook.store.actions import delegations, documents
from routebook.store.models import Draft, Event, StepDecision, StepScore
from routebook.store.queries import delegations as queries
from routebook.store.queries import documents as documents_queries
from tests.world import World

SLUG = "refund-a-customer"
DRAINS = Score(value=2, energy=-2, minutes=6, times_a_month=Decimal(40))


def score(
    world: World, who: str = "owner", step: str = "issue", score: Score = DRAINS, facts: Facts | None = None
) -> StepScore:
    return delegations.score(world.actor(who), world.process.pk, step, score, facts or Facts(), now=world.at())


def decide(
    world: World, handling: Handling, who: str = "owner", step: str = "issue", why: str = "", review: bool = False
) -> StepDecision:
    return delegations.decide(
        world.actor(who), world.process.pk, step, handling, with_review=review, why=why, now=world.at()
    )


def on_map(world: World, step: str = "issue") -> queries.StepDelegation:
    return next(on for on in queries.delegation(world.actor("owner"), SLUG).steps if on.step.id == step)


def test_a_score_brings_a_recommendation_with_its_reasons_and_numbers(world: World) -> None:
    score(world)
    on = on_map(world)
    assert on.recommendation is not None
    assert on.recommendation.handling is Handling.DELEGATE
    assert on.recommendation.reasons
    assert on.hours is not None
    assert formula(on.hours).endswith("= 4 hours")


def test_a_score_that_says_the_same_changes_nothing(world: World) -> None:
    score(world)
    count = Event.objects.count()
    score(world)
    assert Event.objects.count() == count
    score(world, score=Score(3, -2))
    assert Event.objects.count() == count + 1
    assert StepScore.objects.get().value == 3


def test_the_five_steps_of_the_funnel_pattern_come_out_by_veto_and_quadrant(world: World) -> None:
    score(world, step="approve", score=Score(2, -2, needs_my_judgement=True))
    score(world, step="issue", score=Score(2, -1, costly_if_wrong=True))
    score(world, step="confirm", score=Score(1, -1), facts=Facts(always_the_same=True))
    score(world, step="request", score=Score(1, 0), facts=Facts(nobody_needs_it=True))
    advice = {on.step.id: on.recommendation for on in queries.delegation(world.actor("owner"), SLUG).steps if on.score}
    found = {step: (one.handling, one.with_review) for step, one in advice.items() if one}
    assert found == {
        "approve": (Handling.KEEP, False),
        "issue": (Handling.DELEGATE, True),
        "confirm": (Handling.AUTOMATE, False),
        "request": (Handling.DROP, False),
    }


def test_accepting_changes_the_draft_of_the_map_and_not_the_published_one(world: World) -> None:
    score(world, score=Score(2, -1, costly_if_wrong=True))
    decide(world, Handling.DELEGATE, review=True)
    view = documents_queries.find(world.actor("owner"), Kind.PROCESS, SLUG)
    assert isinstance(view.draft, Process)
    assert isinstance(view.published, Process)
    drafted, published = view.draft.step("issue"), view.published.step("issue")
    assert drafted is not None
    assert published is not None
    assert (drafted.handling, drafted.review) == (Handling.DELEGATE, True)
    assert "costly" in drafted.why
    assert (published.review, published.why) == (False, "")
    plate = queries.delegation(world.actor("owner"), SLUG)
    assert plate.has_changes
    assert plate.differs == ["Issue the refund"]
    documents.publish(world.actor("owner"), world.process.pk, now=world.at())
    assert not queries.delegation(world.actor("owner"), SLUG).has_changes


def test_the_map_never_says_to_its_readers_what_drains_its_owner(world: World) -> None:
    score(world, step="confirm")
    assert "drains you" in decide(world, Handling.DELEGATE, step="confirm").why
    drafted = documents_queries.find(world.actor("owner"), Kind.PROCESS, SLUG).draft
    assert isinstance(drafted, Process)
    step = drafted.step("confirm")
    assert step is not None
    assert (step.handling, step.why) == (Handling.DELEGATE, "")


def test_going_another_way_needs_a_reason_and_the_history_keeps_both(world: World) -> None:
    score(world)
    with pytest.raises(Refused) as refused:
        decide(world, Handling.KEEP)
    assert refused.value.refusal.field == "why"
    decide(world, Handling.KEEP, why="I like to see each one")
    decide(world, Handling.DELEGATE)
    history = on_map(world).decisions
    assert [(one.handling, one.recommended) for one in history] == [("delegate", "delegate"), ("keep", "delegate")]
    assert history[1].why == "I like to see each one"
    assert history[1].decided_by is not None
    assert history[1].decided_by.name == "Fern Adler"


def test_without_a_score_a_decision_needs_a_reason(world: World) -> None:
    with pytest.raises(Refused) as refused:
        decide(world, Handling.KEEP, step="verify")
    assert refused.value.refusal.field == "why"
    assert decide(world, Handling.KEEP, step="verify", why="only I know the customers").recommended == ""


def test_deciding_the_same_twice_is_one_decision(world: World) -> None:
    score(world, step="confirm")
    decide(world, Handling.DELEGATE, step="confirm")
    draft = Draft.objects.get(document=world.process)
    decide(world, Handling.DELEGATE, step="confirm")
    assert StepDecision.objects.count() == 1
    assert Draft.objects.get(document=world.process).rev == draft.rev


def test_undecided_is_no_decision(world: World) -> None:
    with pytest.raises(Refused) as refused:
        decide(world, Handling.UNDECIDED, why="later")
    assert refused.value.refusal.field == "handling"


def test_a_decision_merges_with_what_somebody_is_writing(world: World) -> None:
    owner = world.actor("owner")
    documents.change_draft(owner, world.process.pk, base=1, fields={"trigger": "a mail"}, now=world.at())
    score(world)
    decide(world, Handling.KEEP, why="for now")
    value = documents_queries.find(owner, Kind.PROCESS, SLUG).draft
    assert isinstance(value, Process)
    assert value.trigger == "a mail"
    step = value.step("issue")
    assert step is not None
    assert step.why == "for now"


def test_the_hours_that_leave_are_those_decided_and_those_possible(world: World) -> None:
    score(world)
    score(world, step="approve", score=Score(5, 2, minutes=30, times_a_month=Decimal(4)))
    plate = queries.delegation(world.actor("owner"), SLUG)
    assert plate.decided.value == plate.possible.value == 4
    decide(world, Handling.KEEP, why="for now")
    assert queries.delegation(world.actor("owner"), SLUG).decided.value == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": 6, "energy": 0}, "value"),
        ({"value": 3, "energy": 3}, "energy"),
        ({"value": 3, "energy": 0, "minutes": 44_641}, "minutes"),
        ({"value": 3, "energy": 0, "times_a_month": Decimal(100_001)}, "times_a_month"),
        ({"value": 3, "energy": 0, "minutes": -1}, "minutes"),
    ],
)
def test_a_number_that_can_not_be_meant_is_refused_by_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        delegations.read_score(**values)
    assert refused.value.refusal.field == field


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["support", "agent", "guest"])
def test_only_owners_and_managers_see_scores(world: World, name: str) -> None:
    score(world)
    actor = world.actor(name)
    for read in (lambda: queries.every_step(actor), lambda: queries.delegation(actor, SLUG)):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.refusal.code == "forbidden"
    with pytest.raises(Refused):
        score(world, who=name)
    with pytest.raises(Refused):
        decide(world, Handling.KEEP, who=name, why="because")


def test_a_manager_decides_too(world: World) -> None:
    score(world, who="manager")
    assert decide(world, Handling.DELEGATE, who="manager").decided_by_id == world.members["manager"].pk


def test_another_organisation_finds_nothing(world: World) -> None:
    assert queries.every_step(world.actor("outsider")) == []
    with pytest.raises(NotFound):
        queries.delegation(world.actor("outsider"), SLUG)
    with pytest.raises(NotFound):
        score(world, who="outsider")
    with pytest.raises(NotFound):
        decide(world, Handling.KEEP, who="outsider", why="because")


def test_a_step_that_is_not_on_the_map_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        score(world, step="nowhere")


# --- the steps of all maps ----------------------------------------------------------------------


ALL = queries.Filter()


def all_steps(world: World, wanted: queries.Filter = ALL) -> dict[str, queries.StepOfAll]:
    return {one.step.id: one for one in queries.every_step(world.actor("owner")) if wanted.wants(one)}


def test_a_step_is_moved_and_what_else_is_known_of_it_stays(world: World) -> None:
    score(world, score=Score(2, -2, costly_if_wrong=True, minutes=6, times_a_month=Decimal(40)), facts=Facts(True))
    delegations.place(world.actor("manager"), f"{SLUG}/issue", 4, 1, now=world.at())
    one = all_steps(world)["issue"]
    assert one.score == Score(4, 1, costly_if_wrong=True, minutes=6, times_a_month=Decimal(40))
    assert one.facts == Facts(True)
    delegations.place(world.actor("owner"), f"{SLUG}/verify", 1, -1, now=world.at())
    assert all_steps(world)["verify"].score == Score(1, -1)
    with pytest.raises(Refused):
        delegations.place(world.actor("owner"), f"{SLUG}/verify", 6, 0, now=world.at())
    for reference in ("nowhere/verify", f"{SLUG}/nowhere", "", SLUG):
        with pytest.raises(NotFound):
            delegations.place(world.actor("owner"), reference, 3, 0, now=world.at())
    with pytest.raises(NotFound):
        delegations.place(world.actor("outsider"), f"{SLUG}/verify", 3, 0, now=world.at())
    with pytest.raises(Refused):
        delegations.place(world.actor("support"), f"{SLUG}/verify", 3, 0, now=world.at())


def test_the_steps_of_all_maps_are_found_by_process_role_person_and_goal(world: World) -> None:
    actor = world.actor("owner")
    other = documents.create(
        actor,
        Kind.PROCESS,
        {
            "title": "Onboard a client",
            "serves": ["grow"],
            "steps": [{"id": "call", "title": "Call", "role": "founder"}],
        },
        now=world.at(),
    )
    assert set(all_steps(world, queries.Filter(process=other.slug))) == {"call"}
    assert set(all_steps(world, queries.Filter(role="FOUNDER"))) == {"approve", "call"}
    assert set(all_steps(world, queries.Filter(goal="grow"))) == {"call"}
    finance = world.members["finance"].pk
    assert set(all_steps(world, queries.Filter(person=finance))) == {"issue"}
    world.hand_off("verify", "finance", "practice")
    assert set(all_steps(world, queries.Filter(person=finance))) == {"issue", "verify"}
    world.hand_off("decline", "finance", "prepared")
    assert "decline" not in all_steps(world, queries.Filter(person=finance)), "it has only begun"
    numbers = [one.number for one in queries.every_step(actor)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_a_steps_sop_lacks_is_known_variation_by_variation(world: World) -> None:
    assert all_steps(world)["issue"].missing is queries.Missing.NOTHING
    assert all_steps(world)["request"].missing is queries.Missing.NOTHING, "its map says why it needs none"
    assert all_steps(world)["confirm"].missing is queries.Missing.SOP
    fields = {"title": "Confirm", "step": f"{SLUG}/confirm"}
    draft = documents.create(world.actor("owner"), Kind.SOP, fields, now=world.at())
    one = all_steps(world)["confirm"]
    assert (one.missing, one.sop) == (queries.Missing.PUBLISHING, draft.slug)
