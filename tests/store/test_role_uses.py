"""Where a role is used: read by those who may, and only within the organisation."""

from __future__ import annotations

import pytest

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.queries.role_uses import uses_of
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_role_is_found_on_maps_in_sops_and_as_an_owner(world: World) -> None:
    found = uses_of(world.actor("owner"), "finance assistant")
    assert [(one.process.row.slug, one.step.id) for one in found.steps] == [("refund-a-customer", "issue")]
    assert [row.slug for row in found.sops] == ["issue-a-refund-in-stripe"]
    assert [row.slug for row in uses_of(world.actor("owner"), "Head of Support").owned]


def test_a_role_that_nobody_names_is_used_nowhere(world: World) -> None:
    assert not uses_of(world.actor("owner"), "Gardener")


def test_a_draft_counts_for_those_who_see_it(world: World) -> None:
    documents.create(world.actor("owner"), Kind.POLICY, {"title": "Water it", "owner": "Gardener"}, now=world.at())
    assert [row.title for row in uses_of(world.actor("owner"), "Gardener").owned] == ["Water it"]
    assert not uses_of(world.actor("outsider"), "Gardener")
