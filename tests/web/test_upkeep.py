"""The pages that keep documents true, asked by everybody of the cast: readings, suggestions, approvals, coverage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.document import Kind, Status
from routebook.store.actions import approvals, documents, organisations, suggestions
from routebook.store.models import Document, Draft, Reading, Suggestion
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
ISSUE = "/sops/issue-a-refund-in-stripe/"
PAGES = (
    "/documents/to-read/",
    "/documents/coverage/",
    "/documents/coverage/never-run/",
    f"{ISSUE}suggestions/",
    f"{ISSUE}suggestions/new/",
    f"{ISSUE}suggestions/new/?place=checklist.0.text",
)
POSTS = (
    "review/",
    "retirement/",
    "readings/",
    "approval/",
    "approval/consent/",
    "approval/refusal/",
    "approval/withdrawal/",
    "suggestions/new/",
    "suggestions/1/acceptance/",
    "suggestions/1/refusal/",
)


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def draft(world: World, who: str = "finance") -> None:
    base = documents.open_draft(issue(world), world.actor(who), world.at()).rev
    fields = {"objective": "The money has arrived"}
    documents.change_draft(world.actor(who), issue(world).pk, base=base, fields=fields, now=world.at())


def policy(world: World, title: str = "Refund in time") -> Document:
    fields = {"title": title, "statement": "We refund within 14 days.", "owner": "Founder"}
    row = documents.create(world.actor("owner"), Kind.POLICY, fields, now=world.at())
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    row.refresh_from_db()
    return row


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["owner", "manager", "support", "agent"])
def test_members_see_them(as_: As, name: str, page: str) -> None:
    assert as_(name).get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/documents/reading/"])
def test_a_guest_sees_none(as_: As, page: str) -> None:
    assert as_("guest").get(page).status_code == 403


@pytest.mark.parametrize(("name", "status"), [("owner", 200), ("manager", 200), ("support", 403), ("agent", 403)])
def test_the_matrix_is_for_managers(as_: As, name: str, status: int) -> None:
    assert as_(name).get("/documents/reading/").status_code == status


@pytest.mark.parametrize("route", POSTS)
def test_an_outsider_changes_nothing(as_: As, world: World, route: str) -> None:
    suggestions.make(world.actor("support"), issue(world).pk, note="Hm", now=world.at())
    draft(world)
    posted = {"why": "so", "reason": "so", "note": "so"}
    assert as_("outsider").post(ISSUE + route, posted).status_code == 404
    assert issue(world).status == Status.PUBLISHED
    assert Suggestion.objects.get().outcome == ""


@pytest.mark.parametrize("route", POSTS)
def test_a_guest_changes_nothing(as_: As, world: World, route: str) -> None:
    suggestions.make(world.actor("support"), issue(world).pk, note="Hm", now=world.at())
    assert as_("guest").post(ISSUE + route, {"why": "so", "reason": "so", "note": "so"}).status_code == 403
    assert Suggestion.objects.get().outcome == ""


@pytest.mark.parametrize("route", ["review/", "retirement/", "suggestions/1/acceptance/", "suggestions/1/refusal/"])
@pytest.mark.parametrize("name", ["support", "finance", "agent"])
def test_who_does_not_answer_for_it_decides_nothing(as_: As, world: World, name: str, route: str) -> None:
    suggestions.make(world.actor("support"), issue(world).pk, note="Hm", now=world.at())
    assert as_(name).post(ISSUE + route, {"why": "so", "reason": "so"}).status_code == 403
    assert issue(world).status == Status.PUBLISHED
    assert Suggestion.objects.get().outcome == ""


@pytest.mark.parametrize("route", [route for route in POSTS if "suggestions/new" not in route])
def test_they_only_take_posts(as_: As, world: World, route: str) -> None:
    assert as_("owner").get(ISSUE + route).status_code == 405


# --- reading ------------------------------------------------------------------------------------


def test_the_reader_is_asked_says_so_and_is_asked_no_more(as_: As, world: World) -> None:
    client = as_("finance")
    assert "Issue a refund in Stripe" in text(client.get("/"))
    assert "Issue a refund in Stripe" in text(client.get("/documents/to-read/"))
    page = client.get(ISSUE)
    assert "I have read it" in text(page)
    assert issue(world).published is not None
    response = client.post(f"{ISSUE}readings/", {"hash": issue(world).published.content_hash, "next": "list"})  # type: ignore[union-attr]
    assert response.headers["Location"] == ISSUE
    assert "You read version 1" in text(client.get(ISSUE))
    assert "You have read everything" in text(client.get("/documents/to-read/"))
    assert Reading.objects.filter(document=issue(world), member=world.members["finance"]).count() == 1


def test_after_one_the_list_goes_on_with_the_next(as_: As, world: World) -> None:
    client = as_("support")
    row = Document.objects.get(org=world.organisation, slug="verify-that-a-refund-is-due")
    assert row.published is not None
    posted = {"hash": row.published.content_hash, "next": "list"}
    assert client.post(f"/sops/{row.slug}/readings/", posted).headers["Location"] == "/documents/to-read/"


def test_an_older_text_is_not_confirmed(as_: As, world: World) -> None:
    response = as_("finance").post(f"{ISSUE}readings/", {"hash": "0" * 64})
    assert response.status_code == 409
    assert "newer version" in text(response)


def test_who_is_not_asked_sees_no_button(as_: As, world: World) -> None:
    assert "I have read it" not in text(as_("backup").get(ISSUE))


def test_the_manager_sees_who_has_not_read(as_: As, world: World) -> None:
    page = text(as_("manager").get("/documents/reading/?kind=sop"))
    assert "Tove Dahl" in page
    assert "0 of 1" in page
    assert "Read by 0 of 1" in text(as_("manager").get(ISSUE))
    assert "Read by" not in text(as_("support").get(ISSUE))


# --- suggestions --------------------------------------------------------------------------------


def test_a_line_is_chosen_changed_and_accepted_with_one_click(as_: As, world: World) -> None:
    client = as_("finance")
    assert "?place=checklist.1.text" in client.get(f"{ISSUE}suggestions/new/").content.decode()
    posted = {"place": "checklist.1.text", "text": "Refund all of it", "note": "Plainer"}
    assert client.post(f"{ISSUE}suggestions/new/", posted).headers["Location"] == f"{ISSUE}suggestions/"
    page = client.get(f"{ISSUE}suggestions/").content.decode()
    assert "<ins>all of it</ins>" in page
    assert "Accept into the draft" not in page
    assert "1 open suggestion" in text(client.get(ISSUE))
    manager = as_("manager")
    assert "1 suggestion by a reader" in text(manager.get("/"))
    assert "Accept into the draft" in text(manager.get(f"{ISSUE}suggestions/"))
    manager.post(f"{ISSUE}suggestions/1/acceptance/")
    assert Draft.objects.get(document=issue(world)).fields["checklist"][1]["text"] == "Refund all of it"
    assert "1 suggestion by a reader" not in text(manager.get("/"))


def test_a_refused_suggestion_keeps_what_was_typed(as_: As, world: World) -> None:
    posted = {"place": "checklist.1.text", "text": "Refund the approved amount", "note": "My reason"}
    response = as_("finance").post(f"{ISSUE}suggestions/new/", posted)
    assert response.status_code == 409
    assert 'aria-describedby="text-error"' in response.content.decode()
    assert "My reason" in response.content.decode()


def test_a_note_needs_words(as_: As, world: World) -> None:
    response = as_("finance").post(f"{ISSUE}suggestions/new/", {"note": " "})
    assert response.status_code == 409
    assert 'aria-describedby="note-error"' in response.content.decode()


def test_what_the_draft_overtook_can_only_be_declined(as_: As, world: World) -> None:
    suggestions.make(
        world.actor("finance"), issue(world).pk, place="objective", text="The money is there", now=world.at()
    )
    draft(world)
    page = text(as_("manager").get(f"{ISSUE}suggestions/"))
    assert "The draft says something else here by now" in page
    assert "Accept into the draft" not in page
    as_("manager").post(f"{ISSUE}suggestions/1/acceptance/")
    assert Suggestion.objects.get().outcome == ""
    as_("manager").post(f"{ISSUE}suggestions/1/refusal/", {"reason": "Said better already"})
    assert "Said better already" in text(as_("finance").get(f"{ISSUE}suggestions/"))


@pytest.mark.parametrize("address", ["/processes/refund-a-customer/suggestions/", "/goals/none/suggestions/"])
def test_maps_and_goals_take_no_suggestions(as_: As, address: str) -> None:
    assert as_("owner").get(address).status_code == 404


# --- approval -----------------------------------------------------------------------------------


@pytest.fixture
def approved_sops(world: World) -> None:
    organisations.change(world.actor("owner"), approved_kinds=[Kind.SOP], now=world.at())


def test_the_owner_switches_approval_on_per_kind(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.get("/organisation/")
    assert 'name="approved-sop"' in page.content.decode()
    posted = {"name": "Adler Coaching", "time_zone": "Europe/Berlin", "approved-sop": "on", "approved-policy": "on"}
    monday = {"mon-from": "09:00", "mon-to": "17:00"}
    assert client.post("/organisation/", {**posted, **monday}).status_code == 302
    world.organisation.refresh_from_db()
    assert world.organisation.approved_kinds == ["policy", "sop"]


@pytest.mark.usefixtures("approved_sops")
def test_an_assistant_asks_and_a_manager_approves_on_one_page(as_: As, world: World) -> None:
    draft(world)
    assistant = as_("finance")
    assert "Ask for approval" in text(assistant.get(f"{ISSUE}edit/"))
    assert "Ask for approval of version 2" in text(assistant.get(f"{ISSUE}publication/"))
    rev = Draft.objects.get(document=issue(world)).rev
    posted = {"rev": rev, "major": "yes", "note": "It was wrong"}
    assert assistant.post(f"{ISSUE}approval/", posted).headers["Location"] == f"{ISSUE}publication/"
    assert "Take the request back" in text(assistant.get(f"{ISSUE}publication/"))
    assert "in review" in text(assistant.get(ISSUE))
    manager = as_("manager")
    assert "Approve “Issue a refund in Stripe”?" in text(manager.get("/"))
    page = text(manager.get(f"{ISSUE}publication/"))
    assert "Tove Dahl asks for approval" in page
    assert "It was wrong" in page
    assert manager.post(f"{ISSUE}approval/consent/", {"rev": rev}).headers["Location"] == ISSUE
    assert "approved by Milo Brandt" in text(manager.get(f"{ISSUE}versions/"))


@pytest.mark.usefixtures("approved_sops")
def test_a_declined_draft_comes_back_with_the_reason(as_: As, world: World) -> None:
    draft(world)
    approvals.ask(world.actor("finance"), issue(world).pk, now=world.at())
    response = as_("manager").post(f"{ISSUE}approval/refusal/", {"reason": ""})
    assert response.status_code == 409
    assert 'aria-describedby="reason-error"' in response.content.decode()
    as_("manager").post(f"{ISSUE}approval/refusal/", {"reason": "Say which card"})
    assert "Say which card" in text(as_("finance").get("/"))
    assert "Say which card" in text(as_("finance").get(f"{ISSUE}publication/"))


@pytest.mark.usefixtures("approved_sops")
def test_a_manager_asks_and_the_owner_publishes_without(as_: As, world: World) -> None:
    draft(world, "manager")
    page = as_("manager").get(f"{ISSUE}publication/")
    assert f'action="{ISSUE}approval/"' in page.content.decode()
    assert as_("manager").post(f"{ISSUE}publication/", {"note": "x"}).status_code == 409
    assert "the record says so" in text(as_("owner").get(f"{ISSUE}publication/"))
    as_("owner").post(f"{ISSUE}publication/", {"note": "Now"})
    assert "published without approval" in text(as_("support").get(f"{ISSUE}versions/"))


def test_without_approval_an_assistant_asks_nobody(as_: As, world: World) -> None:
    draft(world)
    client = as_("finance")
    assert client.get(f"{ISSUE}publication/").status_code == 403
    assert client.post(f"{ISSUE}approval/").status_code == 403


# --- publishing: what changes for whom ----------------------------------------------------------


def test_publishing_says_what_changes_for_whom(as_: As, world: World) -> None:
    world.hand_off("issue", "backup", "owned")
    draft(world)
    page = text(as_("owner").get(f"{ISSUE}publication/"))
    assert "What changes for whom" in page
    assert "2 people must read it again" in page
    assert "Tove Dahl <small>holds the role</small>" in page
    assert "Bram Eriksen owns the step, and is supervised again for one run" in page


def test_a_map_says_it_too(as_: As, world: World) -> None:
    world.start()
    fields = {"result": "a closed ticket"}
    documents.change_draft(world.actor("owner"), world.process.pk, base=1, fields=fields, now=world.at())
    page = text(as_("owner").get("/processes/refund-a-customer/publication/"))
    assert "1 run on the road keeps the map it began with" in page
    assert '<a href="/runs/1/">#1</a>' in page


# --- reviews and retiring -----------------------------------------------------------------------


def test_a_stale_document_says_so_everywhere_and_one_click_mends_it(as_: As, world: World) -> None:
    row = policy(world)
    Document.objects.filter(pk=row.pk).update(review_by=dt.date(2020, 1, 1))
    assert "review overdue" in text(as_("support").get(f"/policies/{row.slug}/"))
    assert "overdue" in text(as_("support").get("/documents/"))
    client = as_("owner")
    assert "Is “Refund in time” still correct?" in text(client.get("/"))
    assert client.post(f"/policies/{row.slug}/review/").headers["Location"] == f"/policies/{row.slug}/"
    row.refresh_from_db()
    assert row.review_by is not None
    assert row.review_by > dt.date.today()  # noqa: DTZ011 - the door reads the clock
    assert "review overdue" not in text(client.get(f"/policies/{row.slug}/"))
    assert "still correct?" not in text(client.get("/"))


def test_a_stale_map_says_so(as_: As, world: World) -> None:
    Document.objects.filter(pk=world.process.pk).update(review_by=dt.date(2020, 1, 1))
    assert "review overdue" in text(as_("support").get("/processes/"))
    assert "review overdue" in text(as_("support").get("/processes/refund-a-customer/"))
    response = as_("manager").post("/processes/refund-a-customer/review/")
    assert response.headers["Location"] == "/processes/refund-a-customer/"
    assert "review overdue" not in text(as_("support").get("/processes/"))


def test_an_old_address_leads_to_what_replaced_it_and_says_so(as_: As, world: World) -> None:
    old, new = policy(world, "Old rule"), policy(world, "New rule")
    client = as_("owner")
    posted = {"why": "The law", "replacement": "new RULE"}
    assert client.post(f"/policies/{old.slug}/retirement/", posted).status_code == 302
    response = as_("support").get(f"/policies/{old.slug}/")
    assert response.headers["Location"] == f"/policies/{new.slug}/?instead-of={old.slug}"
    page = text(as_("support").get(response.headers["Location"]))
    assert "“Old rule” is retired; this took its place." in page
    old_text = text(as_("support").get(f"/policies/{old.slug}/?retired"))
    assert "“New rule” took its place" in old_text
    assert "is retired" not in text(as_("support").get(f"/policies/{new.slug}/?instead-of=another"))


def test_what_replaces_it_is_published_here(as_: As, world: World) -> None:
    response = as_("owner").post(f"{ISSUE}retirement/", {"why": "so", "replacement": "No such thing"})
    assert response.status_code == 409
    assert issue(world).status == Status.PUBLISHED


# --- coverage -----------------------------------------------------------------------------------


def test_each_hole_leads_to_its_fix(as_: As, world: World) -> None:
    row = issue(world)
    documents.retire(world.actor("owner"), row.pk, why="so", now=world.at())
    page = as_("owner").get("/documents/coverage/").content.decode()
    assert 'href="/sops/new/?step=refund-a-customer%2Fissue"' in page
    assert 'href="/runs/new/?process=refund-a-customer"' in page
    assert as_("owner").get("/documents/coverage/no-sop/").status_code == 200
    assert as_("owner").get("/documents/coverage/no-such-hole/").status_code == 404


def test_the_ladder_costs_a_bounded_number_of_queries(
    as_: As, world: World, django_assert_max_num_queries: Any
) -> None:
    client = as_("owner")
    client.get("/documents/coverage/")
    for number in range(8):
        policy(world, f"Rule {number}")
    with django_assert_max_num_queries(30):
        client.get("/documents/coverage/")
    with django_assert_max_num_queries(16):
        client.get("/documents/reading/")
    with django_assert_max_num_queries(12):
        client.get("/documents/to-read/")
