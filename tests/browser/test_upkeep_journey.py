"""Keeping a document true, in a browser: a reader suggests, the owner accepts and publishes, the reader reads again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.core.document import Kind
from routebook.store.actions import documents, organisations
from routebook.store.models import Document, Reading
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
ISSUE = "/sops/issue-a-refund-in-stripe/"


def test_a_suggestion_becomes_a_version_that_is_read_again(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    world.hand_off("issue", "backup", "owned")
    sign_in(page, world.members["finance"].user)
    page.goto("/")
    page.get_by_role("link", name="Issue a refund in Stripe").click()
    no_axe_violations(page)
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You read version 1")).to_be_visible()
    page.get_by_role("link", name="Suggest a change").click()
    no_axe_violations(page)
    page.get_by_role("link", name="Checklist 2 Refund the approved amount").click()
    page.get_by_label("Checklist 2").fill("Refund the approved amount, in its own currency")
    page.get_by_label("Why").fill("Twice it was dollars")
    no_axe_violations(page)
    page.get_by_role("button", name="Suggest it").click()
    expect(page.locator("ins")).to_contain_text("in its own currency")

    sign_in(page, world.members["manager"].user)
    page.goto("/")
    page.get_by_role("link", name="Look: Issue a refund in Stripe").click()
    no_axe_violations(page)
    page.get_by_role("button", name="Accept into the draft").click()
    expect(page.get_by_text("accepted", exact=True)).to_be_visible()
    page.goto(f"{ISSUE}publication/")
    effects = page.get_by_role("region", name="What changes for whom")
    expect(effects).to_contain_text("2 people must read it again")
    expect(effects).to_contain_text("Bram Eriksen owns the step, and is supervised again for one run")
    no_axe_violations(page)
    page.get_by_label("Major").check()
    page.get_by_role("button", name="Publish version 2").click()
    page.get_by_role("link", name="Read by 0 of 2").click()
    expect(page.get_by_role("row", name="Issue a refund in Stripe")).to_contain_text("older")
    no_axe_violations(page)

    sign_in(page, world.members["finance"].user)
    page.goto("/documents/to-read/")
    expect(page.get_by_text("changed since version 1, now 2")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="Issue a refund in Stripe").click()
    page.get_by_role("link", name="What changed").click()
    expect(page.locator("ins")).to_contain_text("in its own currency")
    page.go_back()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You read version 2")).to_be_visible()
    assert Reading.objects.filter(member=world.members["finance"]).count() == 2


def test_a_policy_is_approved_on_a_phone(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    organisations.change(world.actor("owner"), approved_kinds=[Kind.POLICY], now=world.at())
    fields = {"title": "Refund in time", "statement": "We refund within 14 days.", "owner": "Founder"}
    row = documents.create(world.actor("manager"), Kind.POLICY, fields, now=world.at())
    sign_in(page, world.members["manager"].user)
    page.goto(f"/policies/{row.slug}/publication/")
    no_axe_violations(page)
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("heading", name="Version 1 waits for approval")).to_be_visible()
    no_axe_violations(page)
    sign_in(page, world.members["owner"].user)
    page.goto("/")
    page.get_by_role("link", name="Look: Approve “Refund in time”?").click()
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("Approved and published")).to_be_visible()
    expect(page.get_by_role("heading", name="Refund in time")).to_be_visible()


def test_the_ladder_shows_its_holes_and_a_retired_address_leads_on(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    fields = {"title": "Refund by bank", "step": "refund-a-customer/issue", "role": "Finance assistant"}
    other = documents.create(world.actor("owner"), Kind.SOP, {**fields, "variation": "bank"}, now=world.at())
    documents.publish(world.actor("owner"), other.pk, now=world.at())
    sign_in(page, world.members["owner"].user)
    page.goto(f"{ISSUE}versions/")
    page.get_by_text("Take it out of use").click()
    page.get_by_label("Why is it no longer needed?").fill("Stripe is gone")
    page.get_by_label("What takes its place?").fill("Refund by bank")
    no_axe_violations(page)
    page.get_by_role("button", name="Retire it").click()
    expect(page.get_by_role("button", name="Retire it")).to_have_count(0)
    page.goto(ISSUE)
    expect(page.get_by_role("heading", name="Refund by bank")).to_be_visible()
    expect(page.get_by_text("“Issue a refund in Stripe” is retired; this took its place.")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="See the old text").click()
    expect(page.get_by_role("heading", name="Issue a refund in Stripe")).to_be_visible()
    no_axe_violations(page)
    page.goto("/documents/coverage/")
    no_axe_violations(page)
    hole = page.get_by_role("region", name="Delegated, and no SOP")
    hole.get_by_role("link", name="Write its SOP").click()
    expect(page.get_by_role("button", name="Begin the draft")).to_be_visible()
    assert Document.objects.filter(org=world.organisation, status="retired").count() == 1
