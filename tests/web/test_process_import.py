"""Bringing in the maps of other tools, and taking one's own out, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from routebook.core.document import Kind, Process
from routebook.formats.bpmn.reading import BpmnFile, read_bpmn
from routebook.formats.plain import from_plain
from routebook.store import originals
from routebook.store.models import Document, Draft, MapOriginal, Role
from tests.world import World

NEW = "/processes/new/bpmn/"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ONE = (
    '<process id="p" name="Take an order"><laneSet><lane name="Shop"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
    '<startEvent id="s"/><userTask id="t" name="Pack it"/><intermediateCatchEvent id="w" name="Paid">'
    '<messageEventDefinition/></intermediateCatchEvent><sequenceFlow sourceRef="s" targetRef="t"/>'
    '<sequenceFlow sourceRef="t" targetRef="w"/></process>'
)
TWO = '<process id="q" name="Take it back"><task id="u" name="Unpack it"/></process>'

As = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def file_of(*processes: str, name: str = "orders.bpmn") -> SimpleUploadedFile:
    data = f'<definitions xmlns="{MODEL}">\n{"".join(processes)}\n</definitions>'
    return SimpleUploadedFile(name, data.encode(), "application/xml")


def brought(world: World) -> dict[str, Process]:
    rows = Draft.objects.filter(org=world.organisation, document__kind=Kind.PROCESS, document__published=None)
    found = {row.document.slug: from_plain(Kind.PROCESS, row.document.slug, row.fields) for row in rows}
    return {slug: value for slug, value in found.items() if isinstance(value, Process)}


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_one_process_becomes_a_draft_with_what_is_left_in_its_notes(as_: As, world: World, who: str) -> None:
    client = as_(who)
    before = set(brought(world))
    assert client.get(NEW).status_code == 200
    response = client.post(NEW, {"file": file_of(ONE), "command": "c1"})
    assert response["Location"] == "/processes/take-an-order/"
    process = brought(world)["take-an-order"]
    assert {*brought(world)} - before == {"take-an-order"}
    assert [(step.title, step.role) for step in process.steps] == [("Pack it", "Shop"), ("Paid", "")]
    assert "`w`, line 2: a message is waited for" in process.notes
    page = client.get(response["Location"]).content.decode()
    assert "1 part of the file is not on the map" in page
    assert "<code>w</code>, line 2: a message is waited for" in page


@pytest.mark.parametrize("who", ["support", "agent", "guest"])
def test_who_may_not_map_finds_no_door(as_: As, world: World, who: str) -> None:
    client = as_(who)
    before = set(brought(world))
    for response in (client.get(NEW), client.post(NEW, {"file": file_of(ONE), "command": "c1"})):
        assert response.status_code in (403, 404)
    assert NEW not in client.get("/processes/").content.decode()
    assert set(brought(world)) == before


def test_an_outsider_makes_her_own_and_nobody_else_sees_it(as_: As, world: World) -> None:
    assert as_("outsider").post(NEW, {"file": file_of(ONE), "command": "c1"}).status_code == 302
    assert "take-an-order" not in brought(world)
    assert as_("owner").get("/processes/take-an-order/").status_code == 404
    assert as_("outsider").get("/processes/refund-a-customer/map.bpmn").status_code == 404


def test_nobody_without_signing_in(client: Client) -> None:
    assert client.post(NEW, {"file": file_of(ONE)})["Location"].startswith("/sign-in/")


ORIGINAL = "/processes/take-an-order/original/"


def test_the_file_is_kept_with_what_was_made_of_it(as_: As) -> None:
    owner = as_("owner")
    sent = file_of(ONE, name="Bestellungen 2026 (neu).bpmn")
    data = sent.read()
    sent.seek(0)
    owner.post(NEW, {"file": sent, "command": "c1"})
    for who in ("owner", "manager"):
        page = as_(who).get("/processes/take-an-order/").content.decode()
        assert "Bestellungen 2026 (neu).bpmn" in page
        assert f'href="{ORIGINAL}"' in page
        response = as_(who).get(ORIGINAL)
        assert response.content == data
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment; filename=")
        assert "sandbox" in response["Content-Security-Policy"]
    for who in ("support", "agent", "guest", "outsider"):
        assert as_(who).get(ORIGINAL).status_code in (403, 404)
    assert Client().get(ORIGINAL)["Location"].startswith("/sign-in/")
    assert owner.get("/processes/refund-a-customer/original/").status_code == 404
    assert "made-from" not in owner.get("/processes/refund-a-customer/").content.decode()


def test_the_file_stays_when_the_map_is_edited_and_is_told_where_it_was_lost(as_: As, world: World) -> None:
    client = as_("owner")
    client.post(NEW, {"file": file_of(ONE), "command": "c1"})
    client.post("/processes/take-an-order/edit/", {"op": "save", "title": "Take orders", "base": "1"})
    assert client.get(ORIGINAL).status_code == 200
    row = MapOriginal.objects.get(org=world.organisation)
    originals.file_of(row.org_id, row.digest).unlink()
    assert client.get(ORIGINAL).status_code == 404


def test_of_several_processes_some_are_chosen(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.post(NEW, {"file": file_of(ONE, TWO), "command": "c1"})
    assert page.status_code == 200
    assert [(choice.draft.process.title, choice.is_chosen) for choice in page.context["choices"]] == [
        ("Take an order", True),
        ("Take it back", True),
    ]
    carried = {name: page.context[name] for name in ("carried", "name", "command")}
    none = client.post(NEW, carried)
    assert none.status_code == 409
    assert "Choose at least one process." in none.content.decode()
    assert client.post(NEW, {**carried, "process": ["take-it-back"]})["Location"] == "/processes/take-it-back/"
    assert "take-an-order" not in brought(world)
    assert client.get("/processes/take-it-back/original/").content == file_of(ONE, TWO).read()


def test_sent_twice_it_comes_once(as_: As, world: World) -> None:
    client = as_("owner")
    for _ in range(2):
        assert client.post(NEW, {"file": file_of(ONE), "command": "c1"})["Location"] == "/processes/take-an-order/"
    assert Document.objects.filter(org=world.organisation, slug__startswith="take-an-order").count() == 1


def test_new_roles_are_made_once(as_: As, world: World) -> None:
    as_("owner").post(NEW, {"file": file_of(ONE, name="a.bpmn"), "command": "c1"})
    as_("owner").post(NEW, {"file": file_of(ONE, name="b.bpmn"), "command": "c2"})
    assert Role.objects.filter(org=world.organisation, folded="shop").count() == 1
    assert "take-an-order-2" in brought(world)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<a>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities"),
        (b"<html/>", "no process"),
        (
            f'<definitions xmlns="{MODEL}"><process id="p">{"<task/>" * 201}</process></definitions>'.encode(),
            "200 at most",
        ),
    ],
)
def test_what_cannot_come_in_is_told_beside_the_file(as_: As, world: World, data: bytes, says: str) -> None:
    before = set(brought(world))
    page = as_("owner").post(NEW, {"file": SimpleUploadedFile("x.bpmn", data), "command": "c1"})
    assert page.status_code == 409
    assert 'id="file-error"' in page.content.decode()
    assert says in page.content.decode()
    assert set(brought(world)) == before


def test_no_file_and_a_broken_carried_one_are_told(as_: As) -> None:
    client = as_("owner")
    assert "Choose a file first" in client.post(NEW, {"command": "c1"}).content.decode()
    assert "lost on the way" in client.post(NEW, {"command": "c1", "carried": "%%"}).content.decode()


def test_notes_survive_the_editor(as_: As, world: World) -> None:
    client = as_("owner")
    client.post(NEW, {"file": file_of(ONE), "command": "c1"})
    before = brought(world)["take-an-order"].notes
    page = client.get("/processes/take-an-order/edit/")
    assert page.status_code == 200
    client.post("/processes/take-an-order/edit/", {"op": "save", "title": "Take an order", "base": "1"})
    assert brought(world)["take-an-order"].notes == before


@pytest.mark.parametrize("who", ["owner", "support"])
def test_a_map_goes_out_as_bpmn(as_: As, who: str) -> None:
    response = as_(who).get("/processes/refund-a-customer/map.bpmn")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    file = read_bpmn(response.content)
    assert isinstance(file, BpmnFile)
    assert file.drafts[0].process.steps[0].id == "request"


def test_a_draft_goes_out_where_it_is_shown(as_: As) -> None:
    client = as_("owner")
    client.post(NEW, {"file": file_of(ONE), "command": "c1"})
    page = client.get("/processes/take-an-order/").content.decode()
    assert 'href="map.bpmn?draft"' in page
    assert b"Pack it" in client.get("/processes/take-an-order/map.bpmn?draft").content


def test_the_pages_ask_the_database_little(as_: As, django_assert_max_num_queries: Callable[..., object]) -> None:
    client = as_("owner")
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(NEW)
