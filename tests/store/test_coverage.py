"""The whole ladder: what stands on each rung, and every kind of hole with what it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from routebook.core.document import Kind
from routebook.store.access import Refused
from routebook.store.actions import documents
from routebook.store.models import Document
from routebook.store.queries import coverage
from routebook.store.queries.coverage import Hole
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def published(world: World, kind: Kind, **fields: Any) -> Document:
    row = documents.create(world.actor("owner"), kind, fields, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    return row


def holes(world: World, who: str = "support") -> dict[str, list[str]]:
    return {gap.hole: [one.title for one in gap.found] for gap in coverage.gaps(world.actor(who), TODAY)}


def test_the_rungs_count_what_is_published_and_what_is_only_a_draft(world: World) -> None:
    documents.create(world.actor("owner"), Kind.POLICY, {"title": "Rule"}, now=world.at())
    world.start()
    counted = {rung.kind: (rung.published, rung.drafts) for rung in coverage.rungs(world.actor("support"))}
    assert counted == {
        Kind.POLICY: (0, 1),
        Kind.PROCESS: (1, 0),
        Kind.PROCEDURE: (0, 0),
        Kind.SOP: (3, 0),
        Kind.WORK_INSTRUCTION: (0, 0),
    }
    assert coverage.runs(world.actor("support")) == coverage.Runs(1, 1)


def test_what_never_ran_is_a_hole_until_it_runs(world: World) -> None:
    assert holes(world) == {
        "never-run": ["Decline a refund kindly", "Issue a refund in Stripe", "Verify that a refund is due"],
        "no-runs": ["Refund a customer"],
    }
    run = world.start().run
    world.complete("support", run, "request")
    assert holes(world) == {"never-run": ["Decline a refund kindly", "Issue a refund in Stripe"]}


def test_a_delegated_step_without_an_sop_is_a_hole_and_its_draft_is_found(world: World) -> None:
    row = Document.objects.get(org=world.organisation, slug="issue-a-refund-in-stripe")
    documents.retire(world.actor("owner"), row.pk, why="so", now=world.at())
    gap = coverage.gap(world.actor("support"), Hole.NO_SOP, TODAY)
    (found,) = gap.found
    assert (found.title, found.step, found.slug) == ("Issue the refund", "refund-a-customer/issue", "")
    begun = {"title": "Issue it anew", "step": "refund-a-customer/issue"}
    documents.create(world.actor("support"), Kind.SOP, begun, now=world.at())
    (found,) = coverage.gap(world.actor("support"), Hole.NO_SOP, TODAY).found
    assert found.slug == "issue-it-anew"


def test_each_variation_needs_its_own(world: World) -> None:
    row = world.process
    base = documents.open_draft(row, world.actor("owner"), world.at())
    steps = [dict(step) for step in base.fields["steps"]]
    steps[4]["variations"] = {"by": "form", "of": ["Card", "Bank"]}
    documents.change_draft(world.actor("owner"), row.pk, base=base.rev, fields={"steps": steps}, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    assert holes(world)["no-sop"] == ["Issue the refund: Card", "Issue the refund: Bank"]
    published(world, Kind.SOP, title="By card", step="refund-a-customer/issue", variation="card")
    assert holes(world)["no-sop"] == ["Issue the refund: Bank"]


def test_a_policy_without_a_process_and_an_instruction_without_a_checklist_are_holes(world: World) -> None:
    published(world, Kind.POLICY, title="Idle", statement="We do.")
    published(world, Kind.POLICY, title="Busy", statement="We do.", applies_to=["refund-a-customer"])
    published(world, Kind.WORK_INSTRUCTION, title="Lost", lines=["Click"])
    found = holes(world)
    assert (found["governs-nothing"], found["used-nowhere"]) == (["Idle"], ["Lost"])


def test_an_overdue_review_is_a_hole(world: World) -> None:
    rows = Document.objects.filter(org=world.organisation, slug="issue-a-refund-in-stripe")
    rows.update(review_by=TODAY)
    assert "overdue" not in holes(world)
    rows.update(review_by=TODAY - dt.timedelta(days=1))
    assert holes(world)["overdue"] == ["Issue a refund in Stripe"]


def test_a_page_of_holes_at_a_time(world: World) -> None:
    for number in range(7):
        published(world, Kind.POLICY, title=f"Rule {number}", statement="We do.")
    gap = coverage.gap(world.actor("support"), Hole.GOVERNS_NOTHING, TODAY, page=2, size=3)
    assert ([one.title for one in gap.found], gap.count, gap.pages) == (["Rule 3", "Rule 4", "Rule 5"], 7, 3)
    assert coverage.gap(world.actor("support"), Hole.GOVERNS_NOTHING, TODAY, page=99, size=3).page == 3
    assert len(holes(world)["governs-nothing"]) == coverage.FIRST_FEW


def test_process_by_process(world: World) -> None:
    published(world, Kind.POLICY, title="Rule", statement="We do.", applies_to=["refund-a-customer"])
    published(world, Kind.WORK_INSTRUCTION, title="Click", lines=["Click"])
    items = [{"text": "Look", "uses": "click"}]
    published(world, Kind.PROCEDURE, title="Look it up", step="refund-a-customer/verify", checklist=items)
    world.start()
    (line,) = coverage.climbs(world.actor("support")).lines
    assert (line.policies, line.procedures, line.delegated, line.written) == (1, 1, 3, 3)
    assert (line.sops, line.instructions, line.runs) == (3, 1, 1)


def test_the_other_organisation_s_ladder_is_empty(world: World) -> None:
    world.start()
    assert holes(world, "outsider") == {}
    assert {rung.published + rung.drafts for rung in coverage.rungs(world.actor("outsider"))} == {0}
    assert coverage.climbs(world.actor("outsider")).lines == ()
    assert coverage.runs(world.actor("outsider")) == coverage.Runs(0, 0)


def test_a_guest_sees_nothing_of_it(world: World) -> None:
    for ask in (coverage.rungs, coverage.runs, coverage.climbs):
        with pytest.raises(Refused):
            ask(world.actor("guest"))
    with pytest.raises(Refused):
        coverage.gaps(world.actor("guest"), TODAY)


def test_more_documents_cost_no_more_queries(world: World, django_assert_num_queries: Any) -> None:
    for number in range(5):
        published(world, Kind.POLICY, title=f"Rule {number}", statement="We do.")
    with django_assert_num_queries(21):
        coverage.gaps(world.actor("support"), TODAY)
        coverage.rungs(world.actor("support"))
        coverage.climbs(world.actor("support"))
        coverage.runs(world.actor("support"))
