"""Sending pictures and recordings while writing: by itself, and with the whole form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from routebook.core.document import Kind
from routebook.store.actions import documents, media
from routebook.store.media import Use
from routebook.store.models import Document
from routebook.store.queries import media as queries
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
ISSUE = "/sops/issue-a-refund-in-stripe/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
FILM = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 20


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def file(name: str = "image.png", data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("name", ["owner", "manager", "support", "agent"])
def test_who_drafts_sends_pictures(as_: As, world: World, name: str) -> None:
    response = as_(name).post(f"{ISSUE}media/", {"file": file(), "text": "The refund button"})
    assert response.status_code == 201
    assert response.json() == {
        "path": "issue-a-refund-in-stripe/the-refund-button.png",
        "address": "/media/issue-a-refund-in-stripe/the-refund-button.png",
    }
    assert as_("support").get(response.json()["address"]).status_code == 200


@pytest.mark.parametrize(("name", "status"), [("guest", 403), ("outsider", 404)])
def test_others_send_nothing(as_: As, world: World, name: str, status: int) -> None:
    assert as_(name).post(f"{ISSUE}media/", {"file": file()}).status_code == status
    assert queries.paths(world.actor("owner")) == frozenset()


def test_rules_and_goals_are_not_drafted_by_an_assistant(as_: As, world: World) -> None:
    policy = documents.create(world.actor("owner"), Kind.POLICY, {"title": "Refund within 14 days"}, now=world.at())
    response = as_("support").post(f"/policies/{policy.slug}/media/", {"file": file()})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"file": ("a.svg", b"<svg/>")}, "no picture"),
        ({"file": ("a.png", b"<script>")}, "doesn’t hold"),
        ({"file": ("a.mp4", FILM)}, "no picture"),
        ({"file": ("a.png", PNG), "use": "recording"}, "no recording"),
        ({"file": ("a.webm", FILM), "use": "recording"}, "doesn’t hold"),
        ({}, "Choose a file"),
    ],
)
def test_what_is_not_kept_is_answered_in_a_sentence(as_: As, data: dict[str, Any], says: str) -> None:
    sent = {name: file(*value) if name == "file" else value for name, value in data.items()}
    response = as_("support").post(f"{ISSUE}media/", sent)
    assert response.status_code == 422
    assert says.replace("’", "'") in response.json()["sentence"]


def test_above_the_limit_nothing_is_kept_and_the_rest_of_the_form_is(
    as_: As, world: World, settings: LazySettings
) -> None:
    settings.MEDIA_MOST_BYTES = 200_000
    large = file("film.mp4", FILM + bytes(300_000))
    client = as_("support")
    response = client.post(f"{ISSUE}media/", {"file": large, "use": "recording"})
    assert (response.status_code, response.json()["sentence"]) == (422, "It is too large to be kept here.")
    large.seek(0)
    page = client.post(f"{ISSUE}edit/", {"title": "Refund it", "recording-upload": large, "objective": "Typed after"})
    assert page.status_code == 422
    assert "It is too large to be kept here." in page.content.decode()
    row = Document.objects.get(kind=Kind.SOP, slug="issue-a-refund-in-stripe", org=world.organisation)
    assert row.draft.fields["objective"] == "Typed after"
    assert queries.paths(world.actor("owner")) == frozenset()


def test_without_a_script_files_come_with_the_form(as_: As, world: World) -> None:
    client = as_("support")
    typed = {
        "title": "Issue a refund in Stripe",
        "checklist-0-text": "Open the payment",
        "checklist-0-evidence": "none",
        "checklist-0-instruction": "Search by amount.",
        "checklist-0-upload": file("Search box.png", PNG + b"1"),
        "checklist-1-text": "Refund it",
        "checklist-1-evidence": "tick",
        "checklist-1-upload": file("image.png", PNG + b"2"),
        "pictures-0-upload": file("mail_draft.png", PNG + b"3"),
        "recording-upload": file("how.mp4", FILM),
        "quality_bar-0-upload": file("stray.png", PNG + b"4"),
    }
    assert client.post(f"{ISSUE}edit/", typed).status_code == 302
    row = Document.objects.get(kind=Kind.SOP, slug="issue-a-refund-in-stripe", org=world.organisation)
    fields, at = row.draft.fields, "issue-a-refund-in-stripe"
    said = [item["instruction"] for item in fields["checklist"]]
    assert said == [
        f"Search by amount.\n\n![Search box](../media/{at}/search-box.png)",
        f"![image](../media/{at}/{at}.png)",
    ]
    assert fields["pictures"] == [{"source": f"{at}/mail-draft.png", "text": "mail draft"}]
    assert fields["recording"] == f"{at}/how.mp4"
    assert len(queries.paths(world.actor("owner"))) == 4
    read = client.get(f"{ISSUE}?draft").content.decode()
    assert f'src="/media/{at}/search-box.png" alt="Search box"' in read
    assert f'preload="none" src="/media/{at}/how.mp4"' in read


def test_the_name_of_a_file_can_not_break_out_of_the_text(as_: As, world: World) -> None:
    sent: dict[str, Any] = {"title": "A", "checklist-0-text": "B", "checklist-0-evidence": "none"}
    sent["checklist-0-upload"] = file("x](javascript:alert(1)) <b>.png")
    assert as_("support").post(f"{ISSUE}edit/", sent).status_code == 302
    html = as_("support").get(f"{ISSUE}?draft").content.decode()
    assert "javascript:" not in html
    assert 'alt="x javascript alert 1 b"' in html


def test_a_file_that_is_not_kept_is_told_beside_its_field(as_: As, world: World) -> None:
    sent = {"title": "A", "checklist-0-text": "Typed", "checklist-0-upload": file("a.svg", b"<svg/>")}
    response = as_("support").post(f"{ISSUE}edit/", sent)
    assert response.status_code == 422
    assert "This is no picture that is kept here" in response.content.decode()
    assert "Typed" in response.content.decode()


def test_a_moving_picture_waits_until_it_is_asked_for(as_: As, world: World) -> None:
    actor = world.actor("support")
    path = media.upload(actor, file("a.gif", b"GIF89a"), use=Use.RECORDING, slug="full-refund", name="Full refund")
    documents.create(actor, Kind.WORK_INSTRUCTION, {"title": "Full refund", "clip": path}, now=world.at())
    html = as_("support").get("/work-instructions/full-refund/").content.decode()
    assert (
        '<details class="more"><summary>Show how it moves</summary><img src="/media/full-refund/full-refund.gif"'
        in html
    )


def test_discarding_a_draft_removes_what_was_sent_for_it(
    as_: As, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_("support")
    for text, field in (("Kept", "objective"), ("Gone", "good")):
        path = client.post(f"{ISSUE}media/", {"file": file(data=PNG + text.encode()), "text": text}).json()["path"]
        sent = {"changed": field, field: f"![{text}](../media/{path})", "rev": "9"}
        assert client.post(f"{ISSUE}draft/", sent).status_code == 200
    documents.create(
        world.actor("owner"),
        Kind.WORK_INSTRUCTION,
        {"title": "Other", "pictures": [{"source": "issue-a-refund-in-stripe/kept.png", "text": "x"}]},
        now=world.at(),
    )
    with django_capture_on_commit_callbacks(execute=True):
        as_("owner").post(f"{ISSUE}draft/removal/")
    assert queries.paths(world.actor("owner")) == {"issue-a-refund-in-stripe/kept.png"}
