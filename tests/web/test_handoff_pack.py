"""The hand-off pack: what it says, on the page and on paper, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from routebook.formats.sheets import to_markdown
from routebook.store.mails import mail_of
from routebook.store.models import Member, Outbox
from routebook.store.queries import handoffs
from routebook.web.handoff_pack import pack_of
from tests.web.test_handoffs import hand_off, text_of
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]


def test_the_pack_says_all_that_the_first_week_needs(world: World, as_: As) -> None:
    page, said = hand_off(world, as_), ""
    for name in ("manager", "finance"):
        said = text_of(as_(name).get(f"{page}pack/"))
        for words in (
            "This is step 5 of 6:",
            "The customer has the money, to the cent",
            "The amount equals the approved amount, to the cent",
            "vault: Stripe/finance",
            "which of two charges is meant",
            "The first week",
            "Copy the refund reference here",
            "Bram Eriksen",
        ):
            assert words in said, (name, words)
    assert 'class="map"' in said
    assert 'aria-current="page"' in said, "the six parts stand above it"
    assert said.count("To the cent") < 3, "the SOP repeats nothing that stands above it"
    assert f"{page}pack/" in text_of(as_("finance").get(page))


def test_it_is_a_pdf_to_send(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    response = as_("manager").get(f"{page}pack.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert len(response.content) > 10_000
    sheet = pack_of(world.actor("manager"), handoffs.get(world.actor("manager"), int(page.split("/")[2])))
    printed = to_markdown(sheet)
    assert "finds it understood" in printed, "the plan of the first week is on paper too"
    assert "Copy the refund reference here" in printed


def test_it_is_mailed_to_who_takes_the_step_on(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    assert "Mail it to Tove Dahl" in text_of(as_("manager").get(f"{page}pack/"))
    assert "Mail it to" not in text_of(as_("finance").get(f"{page}pack/"))
    sent = as_("manager").post(f"{page}pack/mails/", follow=True)
    assert f"on its way to {world.members['finance'].email}" in text_of(sent)
    (row,) = Outbox.objects.filter(kind="mail")
    mail = mail_of(row.payload)
    assert mail.to == world.members["finance"].email
    assert [(file.name, file.media_type, file.data[:5]) for file in mail.attachments] == [
        ("issue-the-refund.pdf", "application/pdf", b"%PDF-")
    ]
    assert f"{page}\n" in mail.text
    assert mail.unsubscribe in mail.text


@pytest.mark.parametrize(("who", "status"), [("finance", 403), ("agent", 404), ("guest", 404), ("outsider", 404)])
def test_only_who_hands_off_mails_it(world: World, as_: As, who: str, status: int) -> None:
    page = hand_off(world, as_)
    assert as_(who).post(f"{page}pack/mails/").status_code == status
    assert not Outbox.objects.filter(kind="mail").exists()


def test_who_has_switched_mail_off_gets_none(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    Member.objects.filter(pk=world.members["finance"].pk).update(mail="off")
    refused = as_("manager").post(f"{page}pack/mails/")
    assert refused.status_code == 409
    assert "Tove Dahl has switched mail off: save the PDF" in text_of(refused)
    assert not Outbox.objects.filter(kind="mail").exists()


def test_a_step_without_an_sop_has_a_pack_too(world: World, as_: As) -> None:
    sent = {"outcome": "A ticket stands in the inbox", "quality_bar": "The name is on it\n\nThe sum too"}
    answers = {"person": world.id("support"), "no_tools": "1", "revoker": world.id("manager")}
    card = {"spend_limit": "nothing", "may_decide": "the wording", "ask_when": "it is in another language"}
    offered = as_("manager").post("/handoffs/new/?step=refund-a-customer/request", {**sent, **answers, **card})
    assert offered.status_code == 302, text_of(offered)
    said = text_of(as_("support").get(f"{offered.headers['Location']}pack/"))
    for words in ("A ticket stands in the inbox", "The name is on it", "The sum too", "Read what you take on."):
        assert words in said


@pytest.mark.parametrize("name", ["support", "backup", "agent", "guest", "outsider"])
def test_it_is_for_who_sees_the_hand_off(world: World, as_: As, name: str) -> None:
    page = hand_off(world, as_)
    assert as_(name).get(f"{page}pack/").status_code == 404
    assert as_(name).get(f"{page}pack.pdf").status_code == 404
