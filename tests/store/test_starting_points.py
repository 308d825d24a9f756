"""The starting points themselves, held to the product's own rules; and what taking one makes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from routebook.core.calendar import parse_duration
from routebook.core.checks import check
from routebook.core.document import Handling, Kind, Library, Policy, Process, Sop, Status, kind_of
from routebook.core.process_map import problems
from tests.world import World

if TYPE_CHECKING:
    from routebook.store.queries.starting_points import StartingPoint

TODAY = dt.date(2026, 11, 23)
SLUGS = (
    "onboard-a-client",
    "answer-a-lead",
    "chase-an-invoice",
    "publish-a-post",
    "hire-an-assistant",
    "close-the-month",
    "handle-a-complaint",
    "refund-a-customer",
    "fulfil-an-order",
    "renew-a-contract",
    "launch-an-offer",
    "write-the-weekly-report",
)
every = pytest.mark.parametrize("slug", SLUGS)
database = pytest.mark.django_db


def point(slug: str) -> StartingPoint:
    from routebook.store.queries.starting_points import shelf

    return shelf()[slug]


# --- the twelve -----------------------------------------------------------------------------------


def test_the_index_names_every_folder_and_nothing_else() -> None:
    from routebook.store.queries.starting_points import FOLDER, Business, shelf

    assert tuple(shelf()) == SLUGS
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == set(SLUGS)
    fitting = Counter(business for point in shelf().values() for business in point.fits)
    assert all(fitting[business] >= 5 for business in Business), fitting


@every
def test_it_is_sound_and_has_no_finding_even_as_if_all_were_published(slug: str) -> None:
    library = point(slug).library
    assert problems(point(slug).process) == ()
    assert check(library, today=TODAY, media=frozenset()) == ()
    published = tuple(replace(value, status=Status.PUBLISHED) for value in library.documents)
    assert check(Library(library.organisation, published), today=TODAY, media=frozenset()) == ()


@every
def test_it_is_whole(slug: str) -> None:
    found = point(slug)
    process = found.process
    assert [value.slug for value in found.library.documents if isinstance(value, Process)] == [slug]
    assert all(value.status is Status.DRAFT and value.review_by is None for value in found.library.documents)
    assert len(process.steps) <= 15
    assert all((process.trigger, process.result, process.form, process.run_name))
    assert process.target is not None
    parse_duration(process.target.within)
    for step in process.steps:
        assert all((step.role, step.takes, step.gives, step.why)), step.id
        assert step.handling is not Handling.UNDECIDED
        parse_duration(step.due)
    assert found.purpose.endswith(".")


@every
def test_each_step_that_leaves_the_plate_has_its_sop_and_no_other(slug: str) -> None:
    found = point(slug)
    wanted = set()
    for step in found.process.steps:
        if step.handling is Handling.DELEGATE and not step.no_document:
            variations = step.variations.of if step.variations else ("",)
            wanted |= {(f"{slug}/{step.id}", step.role, variation) for variation in variations}
    assert {(sop.step, sop.role, sop.variation) for sop in found.sops} == wanted
    for sop in found.sops:
        assert all((sop.objective, sop.minutes, sop.outputs)), sop.slug
        assert len(sop.quality_bar) >= 2, sop.slug
        assert 3 <= len(sop.checklist) <= 9, sop.slug


def test_most_have_a_decision_a_parallel_part_or_rework_and_all_three_are_there() -> None:
    from routebook.core.document import Decision, Goes

    decisions = parallel = rework = 0
    for slug in SLUGS:
        steps = point(slug).process.steps
        places = {step.id: number for number, step in enumerate(steps)}
        ways = [
            (number, goes)
            for number, step in enumerate(steps)
            for goes in (
                [outcome.goes for outcome in step.then.outcomes]
                if isinstance(step.then, Decision)
                else [step.then]
                if isinstance(step.then, Goes)
                else []
            )
        ]
        decisions += any(isinstance(step.then, Decision) for step in steps)
        parallel += any(len(goes.targets) > 1 for _, goes in ways)
        rework += any(places.get(target, 99) < number for number, goes in ways for target in goes.targets)
    assert (decisions, parallel, rework) >= (12, 6, 6)


def test_a_policy_that_stands_above_several_says_the_same_everywhere() -> None:
    said: dict[str, Policy] = {}
    for slug in SLUGS:
        for policy in point(slug).policies:
            known = said.setdefault(policy.slug, policy)
            assert replace(policy, applies_to=()) == replace(known, applies_to=())
    assert {"never-share-client-data", "refund-within-14-days", "reply-in-a-day"} <= set(said)


def test_the_welcome_pack_is_a_procedure_and_needs_no_sop() -> None:
    found = point("onboard-a-client")
    step = found.process.step("welcome")
    assert step is not None
    assert step.no_document == "the procedure is enough"
    assert [(value.title, value.step) for value in found.directions if not isinstance(value, Sop)] == [
        ("Send the onboarding welcome pack", "onboard-a-client/welcome")
    ]


# --- taking one -----------------------------------------------------------------------------------


def _draft(world: World, kind: Kind, slug: str) -> object:
    from routebook.store.queries import documents

    found = documents.find(world.actor("owner"), kind, slug)
    assert found.published is None
    return found.draft


@database
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_taking_it_makes_drafts_that_say_the_same(world: World, who: str) -> None:
    from routebook.store.actions import starting_points
    from routebook.store.models import Document

    before = list(Document.objects.values_list("pk", flat=True))
    found = point("onboard-a-client")
    taken = starting_points.take(world.actor(who), found.slug, command_id="c1", now=world.at())
    assert taken.process == found.slug
    made = Document.objects.filter(org=world.organisation).exclude(pk__in=before)
    assert Counter(made.values_list("kind", flat=True)) == {"process": 1, "sop": 4, "procedure": 1, "policy": 1}
    assert not made.filter(published__isnull=False).exists()
    for value in found.library.documents:
        assert _draft(world, kind_of(value), value.slug) == replace(value, status=Status.PUBLISHED)


@database
def test_a_taken_slug_makes_room_and_everything_leads_to_the_new_one(world: World) -> None:
    from routebook.store.actions import starting_points
    from routebook.store.queries import documents

    owner = world.actor("owner")
    taken = starting_points.take(owner, "refund-a-customer", command_id="c1", now=world.at())
    assert taken.process == "refund-a-customer-2"
    steps = documents.by_step(owner, "refund-a-customer-2")
    assert {step: len(known.sops) for step, known in steps.items()} == {"verify": 1, "decline": 1, "issue": 1}
    policy = cast("Policy", _draft(world, Kind.POLICY, "refund-within-14-days"))
    assert policy.applies_to == ("refund-a-customer-2",)
    published = documents.find(owner, Kind.PROCESS, "refund-a-customer")
    assert published.draft is None


@database
def test_a_policy_that_is_there_is_cited_not_made_again(world: World) -> None:
    from routebook.store.actions import documents, starting_points
    from routebook.store.models import Document

    owner = world.actor("owner")
    starting_points.take(owner, "answer-a-lead", command_id="c1", now=world.at())
    starting_points.take(owner, "handle-a-complaint", command_id="c2", now=world.at())
    rows = Document.objects.filter(org=world.organisation, kind=Kind.POLICY)
    assert sorted(rows.values_list("slug", flat=True)) == ["make-it-good", "reply-in-a-day"]
    second = cast("Process", _draft(world, Kind.PROCESS, "handle-a-complaint"))
    assert second.policies == ("reply-in-a-day", "make-it-good")

    # Another rule of the same slug stays what it is; ours gets a slug of its own.
    documents.create(
        owner, Kind.POLICY, {"title": "Payment in 14 days or never"}, slug="payment-in-14-days", now=world.at()
    )
    starting_points.take(owner, "chase-an-invoice", command_id="c3", now=world.at())
    third = cast("Process", _draft(world, Kind.PROCESS, "chase-an-invoice"))
    assert third.policies == ("payment-in-14-days-2",)


@database
def test_roles_are_those_of_the_organisation_by_name_by_choice_or_new(world: World) -> None:
    from routebook.store.actions import starting_points
    from routebook.store.models import Role

    owner = world.actor("owner")
    taken = starting_points.take(
        owner,
        "onboard-a-client",
        roles={"Assistant": " support  ASSISTANT ", "Finance assistant": "Money minder"},
        command_id="c1",
        now=world.at(),
    )
    assert taken.new_roles == ("Money minder",)
    process = cast("Process", _draft(world, Kind.PROCESS, "onboard-a-client"))
    assert [step.role for step in process.steps] == [
        "Support assistant",
        "Support assistant",
        "Support assistant",
        "Founder",
        "Money minder",
        "Founder",
        "Support assistant",
    ]
    sop = cast("Sop", _draft(world, Kind.SOP, "send-the-first-invoice"))
    assert (sop.role, sop.owner) == ("Money minder", "Founder")
    role = Role.objects.get(org=world.organisation, title="Money minder")
    assert not role.holdings.exists()
    assert Role.objects.get(org=world.organisation, title="Founder").holdings.exists()


@database
def test_the_same_command_twice_makes_it_once(world: World) -> None:
    from routebook.store.actions import starting_points
    from routebook.store.models import Document

    owner = world.actor("owner")
    first = starting_points.take(owner, "close-the-month", command_id="c1", now=world.at())
    count = Document.objects.count()
    again = starting_points.take(owner, "close-the-month", command_id="c1", now=world.at())
    assert (again.process, Document.objects.count()) == (first.process, count)
    third = starting_points.take(owner, "close-the-month", command_id="c2", now=world.at())
    assert third.process == "close-the-month-2"


@database
@pytest.mark.parametrize("who", ["support", "agent", "guest"])
def test_only_who_may_draft_a_process_sees_or_takes_one(world: World, who: str) -> None:
    from routebook.store.access import NotFound, Refused
    from routebook.store.actions import starting_points
    from routebook.store.models import Document
    from routebook.store.queries import starting_points as queries

    count = Document.objects.count()
    actor = world.actor(who)
    assert queries.offered(actor) == ()
    with pytest.raises(NotFound):
        queries.find(actor, "close-the-month")
    with pytest.raises(Refused):
        starting_points.take(actor, "close-the-month", command_id="c1", now=world.at())
    assert Document.objects.count() == count


@database
def test_an_outsider_takes_it_into_her_own_organisation(world: World) -> None:
    from routebook.store.actions import starting_points
    from routebook.store.models import Document

    before = Document.objects.filter(org=world.organisation).count()
    outsider = world.actor("outsider")
    # The same id as somebody's elsewhere is hers alone.
    starting_points.take(outsider, "close-the-month", command_id="c1", now=world.at())
    assert Document.objects.filter(org=world.organisation).count() == before
    assert Document.objects.filter(org_id=outsider.org, slug="close-the-month").exists()


@database
def test_a_role_with_too_long_a_name_is_refused_beside_its_field(world: World) -> None:
    from routebook.store.access import Refused
    from routebook.store.actions import starting_points
    from routebook.store.models import Document

    count = Document.objects.count()
    with pytest.raises(Refused) as refused:
        starting_points.take(
            world.actor("owner"), "close-the-month", roles={"Assistant": "x" * 201}, command_id="c1", now=world.at()
        )
    assert refused.value.refusal.field == "role-1"
    assert Document.objects.count() == count


@database
def test_what_is_taken_can_be_published_and_run_at_once(world: World) -> None:
    from routebook.store.actions import documents, starting_points
    from routebook.store.models import Document

    owner = world.actor("owner")
    for slug in SLUGS:
        taken = starting_points.take(owner, slug, command_id="c1", now=world.at())
        row = Document.objects.get(org=world.organisation, kind=Kind.PROCESS, slug=taken.process)
        assert documents.publish(owner, row.pk, now=world.at()).number == 1
