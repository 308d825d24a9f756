"""The pages of the pile, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from routebook.formats.pile import split
from routebook.store.actions import pile
from routebook.store.models import Document, PileItem
from routebook.store.queries import pile as queries
from tests.formats.pile.test_classify import MIXED, OTHER, POLICY, SOP
from tests.store.test_pile import zipped
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def file(name: str, text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def one(world: World, text: str, who: str = "owner", name: str = "x.md") -> PileItem:
    (item,) = pile.take(world.actor(who), name, text.encode(), now=world.at()).kept
    return item


DOORS = [("get", ""), ("post", "kind/"), ("post", "removal/"), ("post", "documents/"), ("get", "original/")]


@pytest.mark.parametrize("name", ["outsider", "guest", "support", "agent"])
def test_nobody_meets_what_they_may_not_see(world: World, as_: As, name: str) -> None:
    item, client = one(world, SOP), as_(name)
    for method, door in DOORS:
        response = getattr(client, method)(f"/pile/{item.pk}/{door}", {"kind": "policy"})
        assert response.status_code == 404, door
    assert PileItem.objects.get().kind == "sop"
    assert not Document.objects.filter(kind="sop", title__startswith="SOP: Watering").exists()


@pytest.mark.parametrize("name", ["owner", "manager"])
def test_owner_and_manager_may_at_every_door(world: World, as_: As, name: str) -> None:
    item, client = one(world, SOP), as_(name)
    assert client.get("/pile/").status_code == 200
    assert client.get(f"/pile/{item.pk}/").status_code == 200
    assert client.get(f"/pile/{item.pk}/original/").content == SOP.encode()
    assert client.post(f"/pile/{item.pk}/kind/", {"kind": "procedure"}).status_code == 302
    made = client.post(f"/pile/{item.pk}/documents/")
    assert made.headers["Location"].startswith("/procedures/")
    assert "Made from" in text_of(client.get(made.headers["Location"]))
    assert f"/pile/{item.pk}/original/" in text_of(client.get(made.headers["Location"]))
    other = one(world, POLICY)
    assert client.post(f"/pile/{other.pk}/removal/").status_code == 302
    assert not PileItem.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("name", ["support", "agent"])
def test_who_writes_directions_brings_their_own(world: World, as_: As, name: str) -> None:
    one(world, POLICY)
    client = as_(name)
    assert client.post("/pile/", {"files": [file("mine.md", SOP)]}).status_code == 302
    said = text_of(client.get("/pile/"))
    assert "mine.md" in said
    assert "Key policy" not in said
    item = PileItem.objects.get(path="mine.md")
    assert client.post(f"/pile/{item.pk}/documents/").headers["Location"].startswith("/sops/")
    mixed = one(world, MIXED, name)
    assert "drafted by the owner or a manager" in text_of(client.get(f"/pile/{mixed.pk}/"))
    assert client.post(f"/pile/{mixed.pk}/documents/").status_code == 403


def test_a_guest_has_no_pile_and_strangers_sign_in(world: World, as_: As, client: Client) -> None:
    assert client.get("/pile/").status_code == 302
    assert client.post("/pile/", {"files": [file("a.md", SOP)]}).status_code == 302
    guest = as_("guest")
    assert guest.get("/pile/").status_code == 404
    assert guest.post("/pile/", {"files": [file("a.md", SOP)]}).status_code == 404
    assert not PileItem.objects.exists()


def test_the_link_stands_where_documents_are(world: World, as_: As) -> None:
    assert 'href="/pile/"' in text_of(as_("owner").get("/documents/"))
    assert 'href="/pile/"' not in text_of(as_("guest").get("/documents/"))


def test_an_empty_pile_teaches(world: World, as_: As) -> None:
    said = text_of(as_("owner").get("/pile/"))
    assert "Nothing on the pile yet" in said
    assert said.count('class="go"') == 1


def test_files_and_zips_are_taken_and_refusals_named(world: World, as_: As) -> None:
    sent = [file("drive.zip", zipped(a_md=SOP, b_md=OTHER)), file("keys.md", POLICY), file("photo.png", b"\x89PNG")]
    response = as_("owner").post("/pile/", {"files": sent})
    assert response.status_code == 200
    said = text_of(response)
    assert "1 file was left alone" in said
    assert "It is a picture; put it into the document that it explains." in said
    assert "3 wait" in said
    assert PileItem.objects.count() == 3


def test_a_script_gets_an_answer_in_json_and_names_places(world: World, as_: As) -> None:
    response = as_("owner").post(
        "/pile/",
        {"files": [file("a.md", SOP)], "places": ["team/drafts/a.md"]},
        headers={"Accept": "application/json"},
    )
    assert response.json() == {"kept": 1, "refused": []}
    assert PileItem.objects.get().path == "team/drafts/a.md"
    response = as_("owner").post("/pile/", {"files": [file("x.docm", b"x")]}, headers={"Accept": "application/json"})
    assert response.json()["refused"][0]["reason"] == "It may hold macros; save it as a plain .docx."


def test_nothing_chosen_says_so_beside_the_field(world: World, as_: As) -> None:
    response = as_("owner").post("/pile/", {})
    assert response.status_code == 409
    assert 'id="files-error"' in text_of(response)


def test_the_form_is_protected(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.members["owner"].user)  # type: ignore[arg-type]
    assert strict.post("/pile/", {"files": [file("a.md", SOP)]}).status_code == 403


def test_what_was_written_is_shown_and_never_run(world: World, as_: As) -> None:
    item = one(world, "# <script>alert(1)</script>\n\nA rule <img src=x onerror=alert(1)>.\n", name="<b>.md")
    client = as_("owner")
    for address in ("/pile/", f"/pile/{item.pk}/"):
        said = text_of(client.get(address))
        assert "<script>alert" not in said
        assert "onerror" not in said.replace("&lt;img src=x onerror", "")
    response = client.get(f"/pile/{item.pk}/original/")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_mixed_document_is_shown_beside_its_parts_and_made_as_adjusted(world: World, as_: As) -> None:
    item, client = one(world, MIXED), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    proposal = split(queries.document_of(item))
    said = text_of(client.get(f"/pile/{item.pk}/"))
    assert f"{len(proposal.places)} sentences." in said
    for place in proposal.places:
        assert place.sentence.replace("&", "&amp;").replace("'", "&#x27;") in said
    assert "<mark>" in said
    form = {"title-" + proposal.process.slug: "Running the office"}
    form |= {f"part-{part.slug}": "1" for part in proposal.documents}
    form |= {f"make-{part.slug}": "on" for part in proposal.documents[1:]}
    response = client.post(f"/pile/{item.pk}/documents/", form)
    assert response.headers["Location"] == f"/pile/{item.pk}/"
    said = text_of(client.get(f"/pile/{item.pk}/"))
    assert "What was made of it" in said
    assert "Running the office" in said
    assert Document.objects.filter(made_from__item=item).count() == len(proposal.documents)
    assert "Made from" in text_of(client.get("/processes/running-the-office/")) or "Made from" in text_of(
        client.get(f"/processes/{proposal.process.slug}/")
    )


def test_nothing_ticked_is_refused_and_what_was_typed_stays(world: World, as_: As) -> None:
    text = "# Manual\n\n## Tea\n\n1. Boil water.\n2. Pour it.\n3. Wait.\n"
    item, client = one(world, text), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    proposal = split(queries.document_of(item))
    slug = proposal.process.slug
    form = {f"title-{slug}": "Typed by me", **{f"part-{part.slug}": "1" for part in proposal.documents}}
    response = client.post(f"/pile/{item.pk}/documents/", form)
    assert response.status_code in (302, 409)
    if response.status_code == 409:
        assert "Typed by me" in text_of(response)


def test_a_long_pile_asks_the_database_little(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for at in range(25):
        one(world, f"{SOP}\nNumber {at}.\n", name=f"{at}.md")
    client = as_("owner")
    with django_assert_max_num_queries(16):
        client.get("/pile/")
