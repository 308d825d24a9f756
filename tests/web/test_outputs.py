"""What leaves the product as a file: asked for by everybody of the cast, at every door."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from routebook.core.document import Kind, Status
from routebook.store import media as store_media
from routebook.store.actions import documents
from routebook.store.models import Document
from routebook.web import outputs
from tests.world import World

REFUND = "/processes/refund-a-customer/"
ISSUE = "/sops/issue-a-refund-in-stripe/"
READERS = ("owner", "manager", "support", "finance", "agent")

As = Callable[[str], Client]
pytestmark = pytest.mark.django_db

DOORS = (
    (f"{REFUND}map.pdf", "application/pdf", b"%PDF-", "refund-a-customer.pdf"),
    (f"{REFUND}map.png", "image/png", b"\x89PNG", "refund-a-customer.png"),
    (f"{REFUND}map.md", "text/markdown; charset=utf-8", b"# Refund a customer", "refund-a-customer.md"),
    (f"{REFUND}document.pdf", "application/pdf", b"%PDF-", "refund-a-customer.pdf"),
    (f"{ISSUE}document.pdf", "application/pdf", b"%PDF-", "issue-a-refund-in-stripe.pdf"),
)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("address", "kind", "begins", "name"), DOORS)
def test_readers_get_the_file(as_: As, address: str, kind: str, begins: bytes, name: str) -> None:
    for reader in READERS:
        response = as_(reader).get(address)
        assert response.status_code == 200, reader
        assert response.headers["Content-Type"] == kind
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in response.headers["Cache-Control"]
        assert response.content.startswith(begins)


@pytest.mark.parametrize("address", [door[0] for door in DOORS])
def test_a_guest_may_not_an_outsider_finds_nothing_and_a_stranger_signs_in(
    as_: As, client: Client, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert as_("guest").get(address).status_code == 403
    assert as_("outsider").get(address).status_code == 404


def test_there_is_no_other_form_and_nothing_is_posted(as_: As) -> None:
    assert as_("owner").get(f"{REFUND}map.exe").status_code == 404
    assert as_("owner").get("/sops/nothing/document.pdf").status_code == 404
    assert as_("owner").post(f"{REFUND}document.pdf").status_code == 405


def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The titles and states of what is printed, instead of printing it."""
    seen: list[tuple[str, str]] = []

    def press(sheet: outputs.Sheet, imprint: outputs.Imprint, *_: object) -> bytes:
        seen.append((sheet.title, imprint.state))
        return b"%PDF-"

    monkeypatch.setattr(outputs, "sheet_pdf", press)
    return seen


def test_a_draft_is_for_those_who_write_and_says_so(as_: As, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = printed(monkeypatch)
    policy = documents.create(
        world.actor("owner"), Kind.POLICY, {"title": "Never share it"}, now=timezone.now(), command="p"
    )
    address = f"/policies/{policy.slug}/document.pdf"
    assert as_("owner").get(address).status_code == 200
    assert seen == [("Never share it", "Draft, not published")]
    assert as_("support").get(address).status_code == 404  # assistants don't draft policies


def test_readers_get_the_published_text_though_a_draft_is_open(
    as_: As, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = printed(monkeypatch)
    row = Document.objects.get(org=world.organisation, slug="issue-a-refund-in-stripe")
    documents.change_draft(world.actor("owner"), row.pk, base=1, fields={"title": "Other words"}, now=timezone.now())
    assert as_("owner").get(f"{ISSUE}document.pdf").status_code == 200
    assert as_("owner").get(f"{ISSUE}document.pdf?draft").status_code == 200
    (first, state), (second, draft_state) = seen
    assert first != "Other words"
    assert state.startswith("Version 1, published ")
    assert (second, draft_state) == ("Other words", "Draft, not published")


def test_what_cannot_be_printed_is_a_sentence(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise outputs.PaperError("Other pages are being printed right now. Try again in a minute.")

    monkeypatch.setattr(outputs, "sheet_pdf", fails)
    response = as_("owner").get(f"{ISSUE}document.pdf")
    assert response.status_code == 409
    assert "Try again in a minute" in response.content.decode()


def test_the_record_of_a_run_for_whoever_sees_the_run(as_: As, world: World) -> None:
    number = world.start("owner").number
    address = f"/runs/{number}/record.pdf"
    for reader in ("owner", "manager", "support"):
        response = as_(reader).get(address)
        assert response.content.startswith(b"%PDF-"), reader
        assert response.headers["Content-Disposition"] == f'attachment; filename="run-{number}-record.pdf"'
    for reader in ("owner", "guest", "outsider", "agent"):
        assert as_(reader).get(address).status_code == as_(reader).get(f"/runs/{number}/record/").status_code, reader
    assert as_("outsider").get(address).status_code == 404


def test_a_page_asks_the_database_a_bounded_number_of_times(
    as_: As, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    printed(monkeypatch)
    client = as_("owner")
    with django_assert_max_num_queries(12):
        client.get(f"{ISSUE}document.pdf")


def test_both_pages_offer_it(as_: As) -> None:
    assert b'href="map.pdf"' in as_("support").get(REFUND).content
    assert b'href="document.pdf"' in as_("support").get(ISSUE).content


def test_a_picture_that_is_gone_does_not_stop_the_print(as_: As, world: World) -> None:
    folder = store_media.folder_of(world.organisation.pk)
    assert not (folder / "gone.png").exists()
    actor = world.actor("owner")
    assert outputs._pictures(actor, ["gone.png", "../../etc/passwd"]) == {}


# --- the handbook -------------------------------------------------------------------------------

HANDBOOK = "/documents/handbook.zip"


def unpacked(response: Any) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        return {name: archive.read(name).decode("latin-1") for name in archive.namelist()}


@pytest.mark.databases("sqlite")
def test_readers_get_the_handbook_and_nobody_else(as_: As, client: Client) -> None:
    assert client.get(HANDBOOK).status_code == 302
    for reader in READERS:
        response = as_(reader).get(HANDBOOK)
        assert response.headers["Content-Type"] == "application/zip", reader
        assert response.headers["Content-Disposition"] == 'attachment; filename="handbook.zip"'
        names = unpacked(response)
        assert "handbook/sops/issue-a-refund-in-stripe.html" in names
        assert "Version 1, published " in names["handbook/processes/refund-a-customer.html"]
    assert as_("guest").get(HANDBOOK).status_code == 403


def test_another_organisation_gets_its_own_handbook_only(as_: As) -> None:
    files = unpacked(as_("outsider").get(HANDBOOK))
    assert not [name for name in files if "refund" in name]
    assert all("Refund a customer" not in text for text in files.values())


def test_drafts_and_retired_texts_are_not_in_it_even_for_the_owner(as_: As, world: World) -> None:
    owner = world.actor("owner")
    documents.create(owner, Kind.POLICY, {"title": "Not told yet"}, now=timezone.now(), command="p")
    row = Document.objects.get(org=world.organisation, slug="issue-a-refund-in-stripe")
    documents.change_draft(owner, row.pk, base=1, fields={"title": "Other words"}, now=timezone.now())
    Document.objects.filter(org=world.organisation, slug="decline-a-refund-kindly").update(status=Status.RETIRED)
    files = unpacked(as_("owner").get(HANDBOOK))
    said = "".join(files.values())
    assert "Not told yet" not in said
    assert "Other words" not in said
    assert "handbook/sops/decline-a-refund-kindly.html" not in files


def test_a_recording_without_room_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store_media.folder_of(world.organisation.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.mp4").write_bytes(b"moving" * 10)
    (folder / "b.png").write_bytes(b"still")
    actor = world.actor("owner")
    assert set(outputs._kept(actor, ["a.mp4", "b.png", "gone.png"])) == {"a.mp4", "b.png"}
    monkeypatch.setattr(outputs, "MOST_MEDIA", 10)
    assert set(outputs._kept(actor, ["a.mp4", "b.png"])) == {"b.png"}


def test_a_handbook_asks_the_database_a_bounded_number_of_times(
    as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = as_("owner")
    with django_assert_max_num_queries(8):
        unpacked(client.get(HANDBOOK))


def test_the_library_offers_it(as_: As) -> None:
    assert b'href="handbook.zip"' in as_("support").get("/documents/").content
    assert b'href="handbook.zip"' not in as_("support").get("/documents/?kind=sop").content


def test_every_form_of_a_map_gives_the_draft_to_those_who_see_it_and_only_when_asked(as_: As, world: World) -> None:
    documents.change_draft(
        world.actor("owner"), world.process.pk, base=1, fields={"title": "Other words"}, now=timezone.now()
    )
    for form in ("md", "svg", "bpmn"):
        assert b"Other words" not in as_("owner").get(f"{REFUND}map.{form}").content, form
        assert b"Other words" in as_("owner").get(f"{REFUND}map.{form}?draft").content, form
        assert b"Other words" not in as_("support").get(f"{REFUND}map.{form}?draft").content, form
