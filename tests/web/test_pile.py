"""The pages of the pile, asked by everybody of the cast."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from routebook.core.document import Kind, Process, Sop
from routebook.formats.pile import MAP, NEW, split
from routebook.store.actions import pile
from routebook.store.models import Document, PileItem
from routebook.store.queries import documents
from routebook.store.queries import pile as queries
from tests.formats.pile.test_classify import MIXED, OTHER, POLICY, SOP
from tests.formats.pile.test_split import MANUAL
from tests.store.test_pile import zipped
from tests.store.test_pile_arrivals import drive
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


DOORS = [
    ("get", ""),
    ("post", "kind/"),
    ("post", "adjustment/"),
    ("post", "removal/"),
    ("post", "documents/"),
    ("get", "original/"),
]


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
    assert response.json() == {"kept": 1, "refused": [], "arrivals": []}
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
    item, client = one(world, MANUAL), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    proposal = split(queries.document_of(item))
    said = text_of(client.get(f"/pile/{item.pk}/"))
    assert f"{len(proposal.places)} sentences:" in said
    for place in proposal.places:
        assert place.sentence.replace("&", "&amp;").replace("'", "&#x27;") in said
    assert "<mark>" in said
    form = {f"title-{MAP}": "Running the office"}
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
    form = {f"drop-{step.id}": "on" for step in proposal.process.steps}
    form |= {f"title-{MAP}": "Typed by me", **{f"part-{part.slug}": "1" for part in proposal.documents}}
    response = client.post(f"/pile/{item.pk}/documents/", form)
    assert response.status_code == 409
    assert "Typed by me" in text_of(response)


def state_of(client: Client, item: PileItem) -> dict[str, Any]:
    """Every field of the form as a browser would send it back."""
    page = client.get(f"/pile/{item.pk}/").content.decode()
    form = page[page.index('id="taken"') : page.index("</form>", page.index('id="taken"'))]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        fields = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if fields.get("type") == "checkbox" and " checked" not in tag:
            continue
        sent.setdefault(html.unescape(fields["name"]), []).append(html.unescape(fields.get("value", "on")))
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return sent


def test_a_person_adjusts_the_parts_step_by_step_without_any_script(world: World, as_: As) -> None:
    item, client = one(world, MANUAL), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    document = queries.document_of(item)
    baking, billing = split(document).documents
    address = f"/pile/{item.pk}/adjustment/"
    rule = [one.passage for one in split(document).left_over]
    # A passage that is left over becomes a policy; another goes to a part; a part is joined; a step is added.
    client.post(address, state_of(client, item) | {"do": "move", "p": rule, "to": NEW})
    client.post(address, state_of(client, item) | {"do": "keep", f"kind-{NEW}{rule[0]}": "policy"})
    client.post(
        address,
        state_of(client, item)
        | {
            "do": "keep",
            f"join-{billing.slug}": baking.slug,
            "newstep": ["Thank them"],
            "newrole": ["Owner"],
            f"title-{MAP}": "An order",
        },
    )
    said = text_of(client.get(f"/pile/{item.pk}/"))
    assert "Joined to it: Sending the bill" in said
    assert "Holidays" in said
    made = client.post(f"/pile/{item.pk}/documents/", state_of(client, item))
    assert made.status_code == 302
    kinds = sorted(Document.objects.filter(made_from__item=item).values_list("kind", "title"))
    assert kinds == [("policy", "Holidays"), ("process", "An order"), ("sop", "Baking the bread")]
    process = documents.find(world.actor("owner"), Kind.PROCESS, "shop-handbook").value
    assert isinstance(process, Process)
    assert (process.steps[-1].title, process.steps[-1].role) == ("Thank them", "Owner")
    sop = documents.find(world.actor("owner"), Kind.SOP, "baking-the-bread").value
    assert isinstance(sop, Sop)
    assert "Open the program" in [item.text for item in sop.checklist]


def test_a_joined_part_is_taken_out_again_and_everything_starts_over(world: World, as_: As) -> None:
    item, client = one(world, MANUAL), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    baking, billing = split(queries.document_of(item)).documents
    address = f"/pile/{item.pk}/adjustment/"
    client.post(address, state_of(client, item) | {"do": "keep", f"join-{billing.slug}": baking.slug})
    assert "Joined to it" in text_of(client.get(f"/pile/{item.pk}/"))
    client.post(address, state_of(client, item) | {"do": f"apart:{billing.slug}"})
    assert "Joined to it" not in text_of(client.get(f"/pile/{item.pk}/"))
    client.post(address, state_of(client, item) | {"do": "keep", f"title-{baking.slug}": "Bake"})
    assert 'value="Bake"' in text_of(client.get(f"/pile/{item.pk}/"))
    client.post(address, state_of(client, item) | {"do": "over"})
    item.refresh_from_db()
    assert item.change == {}


def test_what_isnt_changed_isnt_kept(world: World, as_: As) -> None:
    """A title that only repeats the proposal follows the document when it is read better one day."""
    item, client = one(world, MANUAL), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    client.post(f"/pile/{item.pk}/adjustment/", state_of(client, item) | {"do": "keep"})
    item.refresh_from_db()
    assert item.change == {}


@pytest.mark.parametrize(
    "form",
    [
        {"do": "move", "p": ["x", "-1", "99999", "1e3"], "to": "nowhere"},
        {"do": "move", "p": ["1"], "to": ".new-x"},
        {"do": "apart:", "join-x": "x", "home-9": ".map", "home-x": "y", "kind-a": "goal", "title-.map": "x" * 5000},
    ],
)
def test_nonsense_in_the_form_breaks_nothing(world: World, as_: As, form: dict[str, Any]) -> None:
    item, client = one(world, MANUAL), as_("owner")
    pile.correct(world.actor("owner"), item.pk, "mixed")
    response = client.post(f"/pile/{item.pk}/adjustment/", form)
    assert response.status_code == 302
    assert client.get(f"/pile/{item.pk}/").status_code == 200


def test_a_whole_drive_is_followed_by_a_script_and_by_a_button(world: World, as_: As) -> None:
    client = as_("owner")
    answer = client.post("/pile/", {"files": [file("drive.zip", drive())]}, headers={"Accept": "application/json"})
    (arrival,) = answer.json()["arrivals"]
    assert "files sorted" in text_of(client.get("/pile/"))
    for name in ("outsider", "guest", "support"):
        assert as_(name).post(f"/pile/arrivals/{arrival}/").status_code == 404
        assert as_(name).post(f"/pile/arrivals/{arrival}/removal/").status_code == 404
    client = as_("owner")
    assert client.post(f"/pile/arrivals/{arrival}/").status_code == 302
    told = {"finished": False}
    while not told["finished"]:
        told = client.post(f"/pile/arrivals/{arrival}/", headers={"Accept": "application/json"}).json()
    assert told["total"] == told["kept"] == 45  # type: ignore[comparison-overlap]
    assert "45 documents of it are on the pile." in text_of(client.get("/pile/"))
    assert client.post(f"/pile/arrivals/{arrival}/removal/").status_code == 302
    assert "drive.zip</h2>" not in text_of(client.get("/pile/"))


def test_a_long_pile_is_shown_by_kind_and_page_by_page(world: World, as_: As) -> None:
    for at in range(105):
        one(world, f"{SOP}\nNumber {at}.\n", name=f"{at:03}.md")
    one(world, POLICY, name="keys.md")
    client = as_("owner")
    said = text_of(client.get("/pile/"))
    assert "106 wait" in said
    assert "099.md" in said
    assert "100.md" not in said
    said = text_of(client.get("/pile/", {"kind": "sop", "from": "100"}))
    assert "104.md" in said
    assert "keys.md" not in said
    assert 'from=0#waiting"' in said
    assert "keys.md" in text_of(client.get("/pile/", {"kind": "policy", "from": "x"}))
    assert client.get("/pile/", {"kind": "nonsense", "from": "99999"}).status_code == 200


def test_a_long_pile_asks_the_database_little(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for at in range(25):
        one(world, f"{SOP}\nNumber {at}.\n", name=f"{at}.md")
    client = as_("owner")
    with django_assert_max_num_queries(16):
        client.get("/pile/")
