"""The page of a task and everything that can be posted to it, asked by everybody of the cast."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from routebook.core.document import Evidence, Kind
from routebook.core.run import RunState
from routebook.core.run import commands as c
from routebook.formats.markdown import DocumentFile, read_document
from routebook.store.actions import filing
from routebook.store.models import Document, Event
from routebook.store.queries import runs as queries
from tests.world import ISSUE, World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
POST = """\
---
kind: process
title: Publish a post
owner: Head of Support
trigger: free slot
result: prepared post
steps:
  - id: prepare
    title: Prepare the post
    role: Support assistant
    takes: free slot
    gives: prepared post
    handling: delegate
    variations: {by: format, of: [plain, video]}
---
"""
VIDEO = """\
---
kind: sop
title: Prepare a video post
owner: Head of Support
step: publish-a-post/prepare
variation: video
role: Support assistant
objective: The clip is ready
quality_bar: [The clip runs 60 seconds at most]
---
## Checklist
1. Cut the clip to one thought
"""
POSTS = {
    "completion": {"outcome": ""},
    "ticks": {"item": "0"},
    "evidence": {"item": "2", "value": "re_1"},
    "variation": {"variation": "plain"},
    "questions": {"question": "Which one?"},
    "questions/1/answer": {"answer": "This one."},
    "escalation": {"problem": "It broke.", "options": ["a", "b", "c"], "recommendation": "a"},
    "block": {"on": "the client", "why": "a receipt"},
    "block/end": {},
    "handover": {"to": "1"},
    "skip": {"reason": "not needed"},
    "due": {"due": "2999-01-01T10:00", "why": "later"},
    "review": {"verdict": "pass"},
}


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def at_issue(world: World) -> int:
    """A run that has come to *Issue the refund*, which asks for a tick and a text: its task 4, with finance."""
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    return run.number


def state_of(world: World, number: int) -> RunState:
    return queries.get(world.actor("owner"), number).state


def publish(world: World, path: str, text: str) -> None:
    file = read_document(path, text)
    assert isinstance(file, DocumentFile), file
    filing.put(world.actor("owner"), file.document, now=world.at())


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["owner", "manager", "support", "finance", "agent"])
def test_members_see_a_task(world: World, as_: As, name: str) -> None:
    number = at_issue(world)
    response = as_(name).get(f"/runs/{number}/tasks/4/")
    assert response.status_code == 200
    assert "Refund the approved amount" in text_of(response)


@pytest.mark.parametrize("post", POSTS)
def test_guests_and_outsiders_change_nothing(world: World, as_: As, post: str) -> None:
    number = at_issue(world)
    before = Event.objects.count()
    address = f"/runs/{number}/tasks/4/{post}/"
    assert as_("guest").post(address, POSTS[post]).status_code == 403
    assert as_("outsider").post(address, POSTS[post]).status_code == 404
    assert as_("finance").get(address).status_code == 405
    assert Event.objects.count() == before


def test_guests_and_outsiders_see_no_task(world: World, as_: As) -> None:
    number = at_issue(world)
    assert as_("guest").get(f"/runs/{number}/tasks/4/").status_code == 403
    assert as_("outsider").get(f"/runs/{number}/tasks/4/").status_code == 404
    assert as_("owner").get(f"/runs/{number}/tasks/99/").status_code == 404


@pytest.mark.parametrize("post", ["completion", "ticks", "evidence", "block", "handover", "questions", "skip"])
def test_a_colleague_reads_along_but_does_not_act(world: World, as_: As, post: str) -> None:
    number = at_issue(world)
    before = Event.objects.count()
    response = as_("support").post(f"/runs/{number}/tasks/4/{post}/", POSTS[post])
    assert response.status_code == 409
    assert Event.objects.count() == before
    shown = text_of(as_("support").get(f"/runs/{number}/tasks/4/"))
    assert "Tove Dahl has this task; you can read along." in shown
    assert "completion/" not in shown


# --- completing ---------------------------------------------------------------------------------


def test_completing_leads_to_the_doers_next_task_in_the_run(world: World, as_: As) -> None:
    number = world.start().number
    response: Any = as_("support").post(f"/runs/{number}/tasks/1/completion/", {"command": uuid.uuid4().hex})
    assert response.url == f"/runs/{number}/tasks/2/"


def test_completing_leads_to_todays_list_where_the_run_goes_to_somebody_else(world: World, as_: As) -> None:
    number = world.start().number
    world.complete("support", number, "request")
    response: Any = as_("support").post(f"/runs/{number}/tasks/2/completion/", {"outcome": "eligible"})
    assert response.url == "/"
    response = as_("owner").post(f"/runs/{number}/tasks/3/completion/", {})
    assert response.url == f"/runs/{number}/"


def test_completing_asks_the_database_only_for_what_it_must(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    number = world.start().number
    client = as_("support")
    client.get(f"/runs/{number}/tasks/1/")
    # Session, user and member; the action's own statements go past Django's cursor.
    with django_assert_max_num_queries(3):
        assert client.post(f"/runs/{number}/tasks/1/completion/", {"command": "one"}).status_code == 302


def test_the_same_completion_twice_is_one(world: World, as_: As) -> None:
    number = world.start().number
    answers: list[Any] = [
        as_("support").post(f"/runs/{number}/tasks/1/completion/", {"command": "twice"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Event.objects.filter(name="task.completed").count() == 1


def test_a_decision_offers_its_outcomes_as_buttons(world: World, as_: As) -> None:
    number = world.start().number
    world.complete("support", number, "request")
    shown = text_of(as_("support").get(f"/runs/{number}/tasks/2/"))
    assert 'name="outcome" value="eligible">Eligible</button>' in shown
    assert 'name="outcome" value="not eligible">Not eligible</button>' in shown
    assert "Done: Verify" not in shown
    refused = as_("support").post(f"/runs/{number}/tasks/2/completion/", {})
    assert refused.status_code == 409
    assert "Choose how “Verify eligibility” came out" in text_of(refused)


def test_a_step_without_decision_says_what_is_done(world: World, as_: As) -> None:
    number = world.start().number
    shown = text_of(as_("support").get(f"/runs/{number}/tasks/1/"))
    assert "Done: Request received" in shown
    assert "One line in the inbox" in shown
    assert "Stop 1 of 6" in shown


def test_missing_evidence_stands_beside_its_item(world: World, as_: As) -> None:
    number = at_issue(world)
    response = as_("finance").post(f"/runs/{number}/tasks/4/completion/", {})
    assert response.status_code == 409
    assert response.context["items"][1].error == "Item 2 of the checklist must be ticked first."
    world.do("finance", number, c.TickItem(4, 1))
    response = as_("finance").post(f"/runs/{number}/tasks/4/completion/", {})
    assert 'aria-invalid="true" aria-describedby="item-2-error"' in text_of(response)


# --- the checklist ------------------------------------------------------------------------------


def test_an_item_is_ticked_and_unticked_by_plain_forms(world: World, as_: As) -> None:
    number = at_issue(world)
    address = f"/runs/{number}/tasks/4/ticks/"
    response: Any = as_("finance").post(address, {"item": "1", "ticked": "1"})
    assert response.url == f"/runs/{number}/tasks/4/#item-1"
    assert state_of(world, number).tasks[4].ticks == (1,)
    as_("finance").post(address, {"item": "1", "ticked": "0"})
    assert state_of(world, number).tasks[4].ticks == ()
    assert as_("finance").post(address, {"item": "77"}).status_code == 409
    assert as_("finance").post(address, {"item": "x"}).status_code == 409


def test_htmx_gets_only_the_line(world: World, as_: As) -> None:
    number = at_issue(world)
    response = as_("finance").post(
        f"/runs/{number}/tasks/4/ticks/", {"item": "1", "ticked": "1"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert response.headers["HX-Retarget"] == "#item-1"
    shown = text_of(response)
    assert shown.startswith('<li id="item-1"') or '<li id="item-1"' in shown[:80]
    assert 'aria-pressed="true"' in shown
    assert "<html" not in shown


def test_a_text_is_given_and_a_refused_one_kept_on_the_line(world: World, as_: As) -> None:
    number = at_issue(world)
    address = f"/runs/{number}/tasks/4/evidence/"
    as_("finance").post(address, {"item": "2", "value": "re_3Px"})
    assert state_of(world, number).tasks[4].evidence == {2: "re_3Px"}
    response = as_("finance").post(address, {"item": "2", "value": "x" * 10_001}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#item-2"
    assert "10,000 characters" in text_of(response)
    assert "x" * 10_001 in text_of(response)


def test_an_older_version_stays_pinned(world: World, as_: As) -> None:
    number = at_issue(world)
    publish(world, "sops/issue-a-refund-in-stripe.md", ISSUE.replace("Open the payment", "Find the payment"))
    shown = text_of(as_("finance").get(f"/runs/{number}/tasks/4/"))
    assert "Open the payment from the ticket" in shown
    assert "a newer one is out" in shown


def test_the_doer_picks_the_variation_and_its_directions_come(world: World, as_: As) -> None:
    publish(world, "processes/publish-a-post.md", POST)
    publish(world, "sops/prepare-a-video-post.md", VIDEO)
    form = {"run": uuid.uuid4().hex, "command": uuid.uuid4().hex}
    response: Any = as_("support").post("/runs/new/?process=publish-a-post", form)
    here = f"{response.url}tasks/1/"
    shown = text_of(as_("support").get(here))
    assert "Which kind is this one?" in shown
    assert "Cut the clip" not in shown
    refused = as_("support").post(f"{here}completion/", {})
    assert "Pick which kind this is first: plain, video." in text_of(refused)
    assert as_("support").post(f"{here}variation/", {"variation": "audio"}).status_code == 409
    as_("support").post(f"{here}variation/", {"variation": "video"})
    shown = text_of(as_("support").get(here))
    assert "Cut the clip to one thought" in shown
    assert "Which kind is this one?" not in shown


# --- files --------------------------------------------------------------------------------------


def with_photo(world: World) -> int:
    """A run at a task whose third item asks for a photo."""
    publish(
        world, "sops/issue-a-refund-in-stripe.md", ISSUE.replace("(evidence: text)", f"(evidence: {Evidence.PHOTO})")
    )
    return at_issue(world)


def upload(client: Client, number: int, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(f"/runs/{number}/tasks/4/evidence/", {"item": "2", "file": file, "command": uuid.uuid4().hex})


def test_a_photo_is_kept_and_served_to_members_only(world: World, as_: As, settings: LazySettings) -> None:
    number = with_photo(world)
    assert upload(as_("finance"), number, "My receipt (1).PNG", PNG).status_code == 302
    value = state_of(world, number).tasks[4].evidence[2]
    assert value.endswith("-My-receipt-1.png")
    address = f"/runs/{number}/tasks/4/evidence/2/"
    response: Any = as_("support").get(address)
    assert b"".join(response.streaming_content) == PNG
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == 'inline; filename="My-receipt-1.png"'
    assert as_("guest").get(address).status_code == 404
    assert as_("outsider").get(address).status_code == 404
    assert as_("support").get(f"/runs/{number}/tasks/4/evidence/0/").status_code == 404
    kept = [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]
    assert [file.name for file in kept] == [value]
    assert "My-receipt-1.png" in text_of(as_("finance").get(f"/runs/{number}/record/"))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("photo.png", b"<script>alert(1)</script>", "doesn’t hold what its name says"),
        ("page.html", b"<html></html>", "asks for a photo"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "asks for a photo"),
        ("paper.pdf", b"%PDF-1.7", "asks for a photo"),
        ("big.png", PNG + b"\x00" * 20_000_001, "at most 20 MB"),
    ],
)
def test_what_is_no_photo_is_refused_and_not_kept(
    world: World, as_: As, settings: LazySettings, name: str, data: bytes, why: str
) -> None:
    number = with_photo(world)
    response = upload(as_("finance"), number, name, data)
    assert response.status_code == 409
    error = response.context["items"][2].error
    assert why.replace("’", "'") in error.replace("’", "'")
    assert list(Path(settings.MEDIA_ROOT).rglob("*.*")) == []


def test_somebody_elses_upload_is_refused_and_not_kept(world: World, as_: As, settings: LazySettings) -> None:
    number = with_photo(world)
    assert upload(as_("support"), number, "receipt.png", PNG).status_code == 409
    assert [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()] == []


def test_a_text_in_place_of_a_photo_is_refused(world: World, as_: As) -> None:
    number = with_photo(world)
    response = as_("finance").post(f"/runs/{number}/tasks/4/evidence/", {"item": "2", "value": "../../secret"})
    assert response.status_code == 409
    assert response.context["items"][2].error == "Choose the file first."


def test_a_value_that_names_no_kept_file_serves_nothing(world: World, as_: As) -> None:
    number = with_photo(world)
    # Other doors may record any text as evidence; it must not become a path.
    world.do("finance", number, c.AddEvidence(4, 2, "../../../secret"))
    assert as_("finance").get(f"/runs/{number}/tasks/4/evidence/2/").status_code == 404
    assert as_("finance").get(f"/runs/{number}/tasks/4/").status_code == 200


# --- passing it on, waiting, asking -------------------------------------------------------------


def test_a_task_waits_on_somebody_and_goes_on(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    refused = as_("finance").post(f"{here}block/", {"on": "", "why": "a receipt"})
    assert 'id="on-error"' in text_of(refused)
    assert 'value="a receipt"' in text_of(refused)
    as_("finance").post(f"{here}block/", {"on": "the client", "why": "a receipt"})
    shown = text_of(as_("finance").get(here))
    assert "Waits on <b>the client</b>" in shown
    assert "a receipt" in shown
    blocked = as_("finance").post(f"{here}completion/", {})
    assert blocked.status_code == 409
    as_("finance").post(f"{here}block/end/", {})
    assert state_of(world, number).tasks[4].blocked_on == ""


def test_a_task_is_handed_over_with_a_note(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    people = [name for _, name, _ in as_("finance").get(here).context["people"]]
    assert "Bram Eriksen" in people
    assert "Tove Dahl" not in people
    assert "Gil Fontana" not in people
    as_("finance").post(f"{here}handover/", {"to": world.id("backup"), "note": "the card expired"})
    shown = text_of(as_("backup").get(here))
    assert "the card expired" in shown
    assert "handed it over" in shown
    assert "Done: Issue the refund" in shown


def test_a_question_is_asked_and_answered(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    assert as_("finance").post(f"{here}questions/", {"question": " "}).status_code == 409
    as_("finance").post(f"{here}questions/", {"question": "In full?"})
    assert "Milo Brandt has been asked." in text_of(as_("finance").get(here))
    assert as_("support").post(f"{here}questions/1/answer/", {"answer": "Yes."}).status_code == 409
    response: Any = as_("manager").post(f"{here}questions/1/answer/", {"answer": "Yes, to the cent."})
    assert response.url == here
    assert "Yes, to the cent." in text_of(as_("finance").get(here))


BROUGHT = {
    "problem": "The card expired.",
    "options": ["Wait for a new card", "Pay by transfer", "Give a credit"],
    "recommendation": "Transfer: it arrives tomorrow.",
}


def test_a_decision_is_asked_for_and_taken_like_an_answer(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    assert "Bring a decision" in text_of(as_("finance").get(here))
    response: Any = as_("finance").post(f"{here}escalation/", BROUGHT)
    assert response.url == here
    waiting = text_of(as_("manager").get("/runs/questions/"))
    assert "The card expired.<br>1. Wait for a new card<br>2. Pay by transfer" in waiting
    assert "Recommended: Transfer: it arrives tomorrow." in waiting
    assert "The card expired." in text_of(as_("manager").get("/"))
    as_("manager").post(f"{here}questions/1/answer/", {"answer": "By transfer.", "place": "questions"})
    assert "By transfer." in text_of(as_("finance").get(here))
    assert "The card expired." not in text_of(as_("manager").get("/runs/questions/"))


@pytest.mark.parametrize(
    ("change", "marked"),
    [
        ({"problem": " "}, "problem-error"),
        ({"options": ["One", "Two", ""]}, "options-error"),
        ({"recommendation": ""}, "recommendation-error"),
    ],
)
def test_what_a_decision_lacks_is_said_beside_it_and_the_rest_is_kept(
    world: World, as_: As, change: dict[str, Any], marked: str
) -> None:
    number = at_issue(world)
    response = as_("finance").post(f"/runs/{number}/tasks/4/escalation/", {**BROUGHT, **change})
    assert response.status_code == 409
    shown = text_of(response)
    assert f'id="{marked}"' in shown
    assert "Pay by transfer" in shown or "Two" in shown
    assert state_of(world, number).questions == 0


def test_skipping_needs_a_reason_and_the_right_person(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    assert "Skip it" not in text_of(as_("finance").get(here))
    assert "Skip it" in text_of(as_("manager").get(here))
    refused = as_("manager").post(f"{here}skip/", {"reason": ""})
    assert 'id="skip-error"' in text_of(refused)
    as_("manager").post(f"{here}skip/", {"reason": "paid in cash"})
    assert state_of(world, number).tasks[4].status == "skipped"
    assert "Skipped by Milo Brandt." in text_of(as_("finance").get(here))


def test_managers_move_the_due_moment_in_their_own_time(world: World, as_: As) -> None:
    number = at_issue(world)
    here = f"/runs/{number}/tasks/4/"
    assert as_("manager").post(f"{here}due/", {"due": "soon", "why": "x"}).status_code == 409
    as_("manager").post(f"{here}due/", {"due": "2999-01-01T10:00", "why": "the bank is closed"})
    due = state_of(world, number).tasks[4].due
    assert due is not None
    assert due.utcoffset() is not None
    assert due.isoformat().startswith("2999-01-01T10:00") or due.isoformat().startswith("2999-01-01T09:00")
    assert as_("finance").post(f"{here}due/", {"due": "2999-01-01T10:00", "why": "x"}).status_code == 409


# --- reviews ------------------------------------------------------------------------------------


def in_review(world: World) -> int:
    """A run whose issue is supervised and handed in: task 5 is the review, with the manager."""
    world.hand_off("issue", "finance", "supervised")
    number = at_issue(world)
    world.complete("finance", number, "issue")
    return number


def test_a_review_shows_what_was_done_and_passes_it(world: World, as_: As) -> None:
    number = in_review(world)
    here = f"/runs/{number}/tasks/5/"
    shown = text_of(as_("manager").get(here))
    assert "Review: Issue the refund" in shown
    assert "What Tove Dahl did" in shown
    assert "The amount equals the approved amount, to the cent" in shown
    assert "This is handed in, and waits for a review." in text_of(as_("finance").get(f"/runs/{number}/tasks/4/"))
    assert as_("finance").post(f"{here}review/", {"verdict": "pass"}).status_code == 409
    response: Any = as_("manager").post(f"{here}review/", {"verdict": "pass"})
    assert response.status_code == 302
    assert state_of(world, number).tasks[4].status == "done"


def test_a_review_sends_back_with_reasons_that_the_doer_reads(world: World, as_: As) -> None:
    number = in_review(world)
    here = f"/runs/{number}/tasks/5/"
    refused = as_("manager").post(f"{here}review/", {"verdict": "back", "reasons": ""})
    assert 'id="reasons-error"' in text_of(refused)
    as_("manager").post(f"{here}review/", {"verdict": "back", "reasons": "The cents are missing."})
    shown = text_of(as_("finance").get(f"/runs/{number}/tasks/4/"))
    assert "The cents are missing." in shown
    assert "sent it back" in shown


def test_a_reviewer_does_it_again_themselves(world: World, as_: As) -> None:
    number = in_review(world)
    response: Any = as_("manager").post(
        f"/runs/{number}/tasks/5/review/", {"verdict": "redo", "reasons": "Quicker than explaining."}
    )
    assert response.url == f"/runs/{number}/tasks/4/"
    assert state_of(world, number).tasks[4].assignee == world.id("manager")


def test_who_stands_in_reads_for_whom(world: World, as_: As) -> None:
    from routebook.store.actions import members

    today = world.at().date()
    members.be_away(world.actor("support"), world.members["support"].pk, first=today, last=today, now=world.at())
    run = world.start("backup")
    page = f"/runs/{run.number}/tasks/1/"
    assert "Suri Castell is away, so this comes to you, who stands in." in as_("backup").get(page).content.decode()
    assert "Suri Castell is away; Bram Eriksen stands in." in as_("manager").get(page).content.decode()


def test_directions_that_are_overdue_for_a_look_say_so_where_they_are_followed(world: World, as_: As) -> None:
    number = at_issue(world)
    task = f"/runs/{number}/tasks/{state_of(world, number).open_tasks()[0].number}/"
    assert "review overdue" not in text_of(as_("finance").get(task))
    sop = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    Document.objects.filter(pk=sop.pk).update(review_by=dt.date(2020, 1, 1))
    doer = text_of(as_("finance").get(task))
    assert "review overdue" in doer
    assert "Still correct" not in doer
    assert "Still correct, until" in text_of(as_("manager").get(task))
    assert as_("finance").post(f"/sops/{sop.slug}/review/", {"back": task}).status_code == 403
    assert as_("manager").post(f"/sops/{sop.slug}/review/", {"back": task})["Location"] == task
    assert "review overdue" not in text_of(as_("finance").get(task))


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/runs/1/tasks/1/", "//elsewhere.example", "/runs/1/tasks/1/x"]
)
def test_still_correct_leads_back_to_a_task_and_nowhere_else(world: World, as_: As, back: str) -> None:
    sop = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    response = as_("manager").post(f"/sops/{sop.slug}/review/", {"back": back})
    assert response["Location"] == f"/sops/{sop.slug}/"
