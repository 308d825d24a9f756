"""The plan through the store's door: its order, what hands change, what each step lacks, and what it would bring."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from routebook.core.delegation import Facts, Period, Score, formula
from routebook.core.document import Handling, Kind
from routebook.core.handoff import HandoffState, Level, pack
from routebook.store.access import NotFound, Refused
from routebook.store.actions import delegations, documents, plan
from routebook.store.models import Event, HandOff, Member, Organisation, PlanEntry, RoleHolder
from routebook.store.queries import plan as queries
from routebook.store.queries.plan import Assumed, Piece
from tests.world import World

pytestmark = pytest.mark.django_db

SLUG = "refund-a-customer"
MINUTES = {"request": 2, "verify": 30, "decline": 10, "issue": 60, "confirm": 5}


@pytest.fixture
def scored(world: World) -> World:
    for step, minutes in MINUTES.items():
        drains = Score(2, -1, minutes=minutes, times_a_month=Decimal(10))
        delegations.score(world.actor("owner"), world.process.pk, step, drains, Facts(), now=world.at())
    return world


def now_of(world: World, period: Period = Period.NOW) -> list[str]:
    return [line.at.step.id for line in queries.plan_of(world.actor("owner")).periods[period]]


def piece(world: World, step: str) -> Piece:
    return next(line.piece for line in queries.plan_of(world.actor("owner")).lines if line.at.step.id == step)


def arrange(world: World, step: str, period: Period, position: int, who: str = "owner") -> None:
    plan.arrange(world.actor(who), f"{SLUG}/{step}", period, position, now=world.at())


def test_the_most_hours_stand_first_and_what_is_kept_or_unscored_is_counted(scored: World) -> None:
    found = queries.plan_of(scored.actor("manager"))
    assert now_of(scored) == ["issue", "verify", "decline", "confirm", "request"]
    assert found.unscored == 1
    assert found.cluster is not None
    assert found.cluster.slug == SLUG
    judged = Score(5, 2, needs_my_judgement=True)
    delegations.score(scored.actor("owner"), scored.process.pk, "approve", judged, Facts(), now=scored.at())
    assert [one.step.id for one in queries.plan_of(scored.actor("owner")).kept] == ["approve"]


def test_hands_move_a_step_and_the_scores_take_it_back(scored: World) -> None:
    arrange(scored, "request", Period.NOW, 0)
    assert now_of(scored) == ["request", "issue", "verify", "decline", "confirm"]
    arrange(scored, "confirm", Period.NOW, 1)
    assert now_of(scored) == ["request", "confirm", "issue", "verify", "decline"]
    arrange(scored, "issue", Period.LATER, 5)
    assert (now_of(scored), now_of(scored, Period.LATER)) == (["request", "confirm", "verify", "decline"], ["issue"])
    arrange(scored, "decline", Period.NOW, 1)
    assert now_of(scored) == ["request", "decline", "confirm", "verify"], "others keep their place around it"
    for step in ("request", "confirm", "issue", "decline"):
        plan.release(scored.actor("manager"), f"{SLUG}/{step}", now=scored.at())
    assert now_of(scored) == ["issue", "verify", "decline", "confirm", "request"]
    names = list(Event.objects.filter(name="step.planned").values_list("actor", flat=True))
    assert len(names) == 8


def test_ten_by_hand_are_enough_for_now(scored: World) -> None:
    actor = scored.actor("owner")
    steps = [{"id": f"s{n}", "title": f"Step {n}"} for n in range(12)]
    process = documents.create(actor, Kind.PROCESS, {"title": "Long", "steps": steps}, now=scored.at())
    for n in range(12):
        drains = Score(2, -1, minutes=200 - n, times_a_month=Decimal(10))
        delegations.score(actor, process.pk, f"s{n}", drains, Facts(), now=scored.at())
    for n in range(10):
        plan.arrange(actor, f"long/s{n}", Period.NOW, 99, now=scored.at())
    assert now_of(scored) == [f"s{n}" for n in range(10)]
    with pytest.raises(Refused) as refused:
        plan.arrange(actor, "long/s10", Period.NOW, 0, now=scored.at())
    assert refused.value.refusal.code == "enough_now"
    plan.arrange(actor, "long/s9", Period.NOW, 0, now=scored.at())
    assert now_of(scored)[0] == "s9", "what stands there already may move"


def test_a_day_is_set_and_taken_away_and_the_place_stays(scored: World) -> None:
    arrange(scored, "request", Period.NEXT, 0)
    plan.set_day(scored.actor("owner"), f"{SLUG}/request", "2027-01-31", now=scored.at())
    (line,) = queries.plan_of(scored.actor("owner")).periods[Period.NEXT]
    assert (line.by_day, line.by_hand) == (dt.date(2027, 1, 31), True)
    with pytest.raises(Refused) as refused:
        plan.set_day(scored.actor("owner"), f"{SLUG}/request", "soon", now=scored.at())
    assert refused.value.refusal.field == "day"
    plan.set_day(scored.actor("owner"), f"{SLUG}/request", "", now=scored.at())
    assert PlanEntry.objects.get().by_day is None


def test_what_somebody_else_owns_has_left(scored: World) -> None:
    scored.hand_off("issue", "finance", "owned")
    assert "issue" not in now_of(scored)
    assert [one.step.id for one in queries.plan_of(scored.actor("owner")).gone] == ["issue"]
    with pytest.raises(NotFound):
        arrange(scored, "issue", Period.NOW, 0)


def test_each_step_shows_its_next_missing_piece(scored: World) -> None:
    owner = scored.actor("owner")

    def decide(step: str, handling: Handling) -> None:
        delegations.decide(owner, scored.process.pk, step, handling, why="it is time", now=scored.at())

    assert piece(scored, "issue") is Piece.HANDOFF
    assert piece(scored, "confirm") is Piece.MACHINE
    decide("confirm", Handling.DELEGATE)
    assert piece(scored, "confirm") is Piece.SOP
    fields = {"title": "Confirm", "step": f"{SLUG}/confirm", "role": "Support assistant"}
    sop = documents.create(owner, Kind.SOP, fields, now=scored.at())
    assert piece(scored, "confirm") is Piece.PUBLISHED_SOP
    documents.publish(owner, sop.pk, now=scored.at())
    assert piece(scored, "confirm") is Piece.PUBLISHED_MAP
    RoleHolder.objects.filter(role__title="Support assistant").delete()
    assert piece(scored, "confirm") is Piece.PERSON
    decide("verify", Handling.DROP)
    assert piece(scored, "verify") is Piece.TAKING_OFF
    scored.hand_off("issue", "finance", "accepted")
    assert piece(scored, "issue") is Piece.OWNING
    lacking = HandoffState(level=Level.ACCEPTED, missing_access=("Stripe",))
    HandOff.objects.update(snapshot=pack(lacking))
    assert piece(scored, "issue") is Piece.ACCESS
    steps = [{"id": "call", "title": "Call", "handling": "delegate"}, {"id": "note", "title": "Note"}]
    other = documents.create(owner, Kind.PROCESS, {"title": "Onboard", "steps": steps}, now=scored.at())
    for step in ("call", "note"):
        delegations.score(owner, other.pk, step, Score(1, -1), Facts(), now=scored.at())
    assert (piece(scored, "call"), piece(scored, "note")) == (Piece.ROLE, Piece.DECISION)


def test_a_forecast_counts_hours_load_and_money_by_the_formula(scored: World) -> None:
    Organisation.objects.filter(pk=scored.organisation.pk).update(owner_hour=Decimal(100))
    Member.objects.filter(pk=scored.members["finance"].pk).update(capacity=Decimal(12), cost=Decimal(20))
    actor = scored.actor("owner")
    whole = queries.plan_of(actor)
    found = queries.forecast(actor, whole, [f"{SLUG}/issue", f"{SLUG}/confirm", "nowhere/x"], assumed={})
    assert [one.step.id for one in found.chosen] == ["issue", "confirm"]
    assert found.hours_freed.value == Decimal(10) + Decimal(50) / 60
    (load,) = found.roles
    assert (load.receiver.role, load.receiver.hours, load.known) == ("Finance assistant", Decimal("52.0"), True)
    assert (load.what_if.extra_load.value, load.what_if.room_left.value) == (Decimal(10), Decimal(42))
    assert formula(load.what_if.cost).endswith("= 200 money")
    assert found.gain.value == found.worth.value - 200
    assert "− 200 cost of Finance assistant" in formula(found.gain)


def test_what_is_typed_comes_first_and_what_others_do_already_is_taken(scored: World) -> None:
    scored.hand_off("verify", "support", "practice")
    actor = scored.actor("owner")
    typed = {"Support assistant": Assumed(Decimal(3), Decimal(8))}
    references = [f"{SLUG}/decline"]
    found = queries.forecast(actor, queries.plan_of(actor), references, owner_hour=Decimal(50), assumed=typed)
    (load,) = found.roles
    assert (load.receiver.hours, load.receiver.taken, load.known) == (Decimal(3), Decimal(5), False)
    assert not load.what_if.fits
    assert found.worth.value == found.hours_freed.value * 50


def test_who_decides_nothing_neither_sees_nor_moves(scored: World) -> None:
    for who in ("support", "finance", "guest", "agent"):
        with pytest.raises(Refused):
            queries.plan_of(scored.actor(who))
        with pytest.raises(Refused):
            arrange(scored, "issue", Period.LATER, 0, who)
        with pytest.raises(Refused):
            plan.release(scored.actor(who), f"{SLUG}/issue", now=scored.at())
        with pytest.raises(Refused):
            plan.set_day(scored.actor(who), f"{SLUG}/issue", "2027-01-01", now=scored.at())
    with pytest.raises(NotFound):
        arrange(scored, "issue", Period.LATER, 0, "outsider")
    assert not queries.plan_of(scored.actor("outsider")).lines
    assert not PlanEntry.objects.exists()
