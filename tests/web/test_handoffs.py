"""The pages of hand-offs: the whole way as forms, and who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.handoff import HandoffState, Level, unpack
from routebook.store.models import HandOff
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
NEW = "/handoffs/new/?step=refund-a-customer/issue"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def offered(world: World, **changes: str) -> dict[str, str]:
    return {
        "outcome": "The customer has the money, to the cent",
        "person": world.id("finance"),
        "tool-0": "Stripe",
        "account-0": "Fern Adler",
        "vault-0": "vault: Stripe/finance",
        "spend_limit": "up to the approved amount",
        "may_decide": "which of two charges is meant",
        "ask_when": "the amounts differ",
        "revoker": world.id("manager"),
        **changes,
    }


def hand_off(world: World, as_: As) -> str:
    """The address of a hand-off that the manager offered to the finance assistant."""
    response = as_("manager").post(NEW, offered(world))
    assert response.status_code == 302, text_of(response)
    address: str = response.headers["Location"]
    return address


def state() -> HandoffState:
    return unpack(HandOff.objects.get().snapshot)


def test_the_whole_way_to_practice(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    assert "I take it on" in text_of(as_("finance").get(page))
    assert "I take it on" not in text_of(as_("manager").get(page))

    as_("finance").post(
        f"{page}acceptance/", {"restated": "The customer has the money", "tool": ["Stripe"], "other": "Bank\n"}
    )
    assert state().missing_access == ("Stripe", "Bank")
    as_("finance").post(f"{page}questions/", {"question": "What if the card has expired?"})
    said = text_of(as_("manager").get(page))
    assert "The customer has the money" in said
    assert "That is right: practice begins" not in said, "access is missing and a question is open"
    for what in ("Stripe", "Bank"):
        as_("manager").post(f"{page}access/", {"what": what})
    as_("manager").post(f"{page}answers/", {"number": "0", "answer": "It still works"})
    assert "That is right: practice begins" in text_of(as_("manager").get(page))
    as_("manager").post(f"{page}practice/", {})
    assert state().level is Level.PRACTICE
    said = text_of(as_("finance").get(page))
    assert "0 of 3" in said
    assert "Milo Brandt found it understood: practice begins." in said


def test_levels_are_raised_and_lowered_with_a_reason(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    as_("finance").post(f"{page}acceptance/", {"restated": "The customer has the money"})
    as_("manager").post(f"{page}practice/", {})
    refused = as_("manager").post(f"{page}promotion/", {"reason": " "})
    assert refused.status_code == 409
    assert "The results don&#x27;t propose this: say why you do it." in text_of(refused)
    as_("manager").post(f"{page}promotion/", {"reason": "She did it for years"})
    assert state().level is Level.SUPERVISED
    as_("manager").post(f"{page}step-back/", {"reason": "New bank"})
    assert state().level is Level.PRACTICE
    as_("manager").post(f"{page}return/", {"reason": "The work is gone", "proposal": "Try the reports"})
    said = text_of(as_("finance").get(page))
    assert "The work is gone" in said
    assert "Try the reports" in said
    assert "Prepare it again" in text_of(as_("manager").get(page))


def test_a_restatement_that_misses_is_explained_and_said_again(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    as_("finance").post(f"{page}acceptance/", {"restated": "The ticket is closed"})
    as_("manager").post(f"{page}explanation/", {"note": "The money counts, not the ticket"})
    assert state().level is Level.PREPARED
    assert "The money counts, not the ticket" in text_of(as_("finance").get(page))


def test_the_card_is_prefilled_changed_and_refused_by_its_field(world: World, as_: As) -> None:
    manager = as_("manager")
    said = text_of(manager.get(NEW))
    assert f'value="{world.id("finance")}" selected' in said
    refused = manager.post(NEW, offered(world, spend_limit=""))
    assert refused.status_code == 409
    assert 'aria-describedby="spend_limit-error"' in text_of(refused)
    assert "which of two charges is meant" in text_of(refused), "what was typed stays"
    assert not HandOff.objects.exists()

    page = hand_off(world, as_)
    manager.post(f"{page}card/", offered(world, spend_limit="50 a refund"))
    assert state().card.spend_limit == "50 a refund"
    assert manager.post(f"{page}card/", offered(world, revoker=world.id("outsider"))).status_code == 409


def test_a_step_that_is_kept_is_not_handed_off(world: World, as_: As) -> None:
    address = "/handoffs/new/?step=refund-a-customer/approve"
    assert "no published SOP" in text_of(as_("owner").get(address))
    assert as_("owner").post(address, offered(world)).status_code == 409


def test_the_same_form_sent_twice_does_it_once(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    for _ in range(2):
        as_("finance").post(f"{page}questions/", {"question": "Who decides?", "command": "one"})
    as_("finance").post(f"{page}questions/", {"question": "And on holidays?", "command": "one"})
    assert [question.text for question in state().questions] == ["Who decides?", "And on holidays?"]


def test_practice_that_has_not_begun_says_whose_tasks_they_are_until_then(world: World, as_: As) -> None:
    offered_later = as_("manager").post(NEW, offered(world, starts="2099-12-01"))
    page = offered_later.headers["Location"]
    as_("finance").post(f"{page}acceptance/", {"restated": "The money is back"})
    as_("manager").post(f"{page}practice/", {})
    for name in ("manager", "finance"):
        assert "Until Tuesday 1 December its tasks stay with Milo Brandt." in text_of(as_(name).get(page))


def test_what_nobody_can_say_is_not_found(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    assert as_("manager").post(f"{page}prepare/", {}).status_code == 404
    assert as_("manager").get(f"{page}acceptance/").status_code == 405
    assert as_("manager").get("/handoffs/new/?step=nowhere/at-all").status_code == 404
    refused = as_("manager").post(f"{page}answers/", {"number": "x", "answer": "so"})
    assert refused.status_code == 409


def test_the_offer_has_three_parts_and_all_of_them_stand_on_the_page(world: World, as_: As) -> None:
    form = text_of(as_("manager").get(NEW))
    for part in ("What you hand over", "Access and authority", "Who and when"):
        assert part in form
    assert "The customer has the money, to the cent" in form, "the SOP's objective is filled in"
    assert "The amount equals the approved amount, to the cent" in form, "and its quality bar shown"
    assert "as for the role: Bram Eriksen" in form
    assert "Tove Dahl · Mon–Fri 09:00–17:00 · Europe/Berlin" in form
    terms = {"starts": "2099-12-01", "hours": "mornings", "time_zone": "Asia/Manila", "backup": world.id("support")}
    typed = offered(world, good="Paid at 09:12, mail sent", bad="Paid twice", **terms)
    page = as_("manager").post(NEW, typed).headers["Location"]
    for name in ("manager", "finance"):
        said = text_of(as_(name).get(page))
        for words in ("Paid at 09:12, mail sent", "Paid twice", "1 December 2099", "mornings", "Asia/Manila"):
            assert words in said, (name, words)
        assert "Suri Castell" in said


@pytest.mark.parametrize(
    ("field", "value"),
    [("outcome", " "), ("starts", "soon"), ("time_zone", "Mars/Olympus"), ("backup", "0"), ("ask_when", "")],
)
def test_what_is_wrong_of_the_offer_stands_beside_its_field(world: World, as_: As, field: str, value: str) -> None:
    refused = as_("manager").post(NEW, offered(world, **{field: value, "hours": "mornings", "good": "Paid once"}))
    shown = text_of(refused)
    assert refused.status_code == 409
    assert f'id="{field}-error"' in shown
    assert "mornings" in shown
    assert "Paid once" in shown
    assert not HandOff.objects.exists()


def test_all_that_is_missing_is_said_at_once_each_beside_its_field(world: World, as_: As) -> None:
    empty = dict.fromkeys(("person", "outcome", "vault-0", "spend_limit", "may_decide", "ask_when", "revoker"), "")
    refused = as_("manager").post(NEW, offered(world, **empty, hours="mornings"))
    shown = text_of(refused)
    assert refused.status_code == 409
    for field in ("outcome", "tools", "spend_limit", "may_decide", "ask_when", "revoker", "person"):
        assert f'id="{field}-error"' in shown, field
        assert f'<a href="#{field}">' in shown, field
        assert f'id="{field}"' in shown, field
    assert "7 things are missing" in shown
    assert 'aria-label="Where is the access to tool 1 kept?" aria-invalid="true"' in shown
    assert 'aria-label="Whose account is tool 1?">' in shown, "what is right isn't marked"
    assert "mornings" in shown
    page = hand_off(world, as_)
    changed = text_of(as_("manager").post(f"{page}card/", offered(world, **empty, backup=world.id("finance"))))
    assert "7 things are missing" in changed, "the person is settled, but can't stand in for themselves"
    assert 'id="backup-error"' in changed


def test_a_step_without_an_sop_says_in_the_offer_when_it_is_done(world: World, as_: As) -> None:
    new = "/handoffs/new/?step=refund-a-customer/request"
    form = as_("manager").get(new)
    assert ">{{" not in text_of(form)
    assert re.search(r'<textarea id="quality_bar"[^>]*></textarea>', form.content.decode())
    asked = offered(world, outcome="A ticket", person=world.id("finance"))
    refused = as_("manager").post(new, asked)
    assert 'id="quality_bar-error"' in text_of(refused)
    page = as_("manager").post(new, {**asked, "quality_bar": "It has a number\nIt names the customer"})
    assert page.status_code == 302
    assert state().brief.quality_bar == ("It has a number", "It names the customer")
    again = as_("manager").get(f"{page.headers['Location']}card/").content.decode()
    assert ">It has a number\nIt names the customer</textarea>" in again


def test_what_was_agreed_changes_as_a_whole_or_not_at_all(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    changed = offered(world, outcome="Money back within a day", spend_limit="50", starts="2099-12-01")
    assert as_("manager").post(f"{page}card/", {**changed, "ask_when": ""}).status_code == 409
    assert state().brief.outcome == "The customer has the money, to the cent", "nothing of it was kept"
    assert as_("manager").post(f"{page}card/", changed).status_code == 302
    after = state()
    assert (after.brief.outcome, after.card.spend_limit) == ("Money back within a day", "50")
    assert str(after.terms.starts) == "2099-12-01"
    assert 'value="2099-12-01"' in text_of(as_("manager").get(f"{page}card/"))


def test_that_the_sop_was_opened_is_known(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    assert "Tove Dahl has not opened the SOP from here yet." in text_of(as_("manager").get(page))
    opened = as_("finance").post(f"{page}openings/", {"what": "sop"})
    assert opened.headers["Location"] == "/sops/issue-a-refund-in-stripe/"
    as_("finance").post(f"{page}openings/", {"what": "sop"})
    said = text_of(as_("manager").get(page))
    assert said.count("Tove Dahl opened the SOP.") == 2, "once where it stands, once in the record"
    assert as_("finance").post(f"{page}openings/", {"what": "vault"}).status_code == 409
    assert as_("manager").post(f"{page}openings/", {"what": "sop"}).status_code == 409
    for name in ("support", "agent", "guest", "outsider"):
        assert as_(name).post(f"{page}openings/", {"what": "sop"}).status_code == 404, name


def test_ticks_are_for_what_works_and_stay_where_something_is_missing(world: World, as_: As) -> None:
    response = as_("manager").post(
        NEW, offered(world, **{"tool-1": "Bank", "account-1": "Fern Adler", "vault-1": "vault: Bank"})
    )
    page = response.headers["Location"]
    typed = {"tool": ["Stripe", "Bank"], "works": ["Bank"]}
    refused = text_of(as_("finance").post(f"{page}acceptance/", {**typed, "restated": ""}))
    assert 'name="works" value="Bank" checked' in refused
    assert 'name="works" value="Stripe" checked' not in refused
    as_("finance").post(f"{page}acceptance/", {**typed, "restated": "The money is back"})
    assert state().missing_access == ("Stripe",)
    assert "Still missing: Stripe" in text_of(as_("finance").get(page))
    as_("finance").post(f"{page}access/", {"what": "Stripe"})
    assert state().missing_access == ()


def test_it_is_given_back_with_one_problem_three_options_and_one_recommendation(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    two = {"reason": "No time at month-end", "options": ["Weekly", "Bram does it", ""], "proposal": "Weekly"}
    refused = as_("finance").post(f"{page}return/", two)
    assert refused.status_code == 409
    assert 'id="options-error"' in text_of(refused)
    assert 'value="Bram does it"' in text_of(refused)
    as_("finance").post(f"{page}return/", {**two, "options": ["Weekly", "Bram does it", "A tool"]})
    said = text_of(as_("manager").get(page))
    for words in ("No time at month-end", "Weekly", "Bram does it", "A tool"):
        assert words in said
    assert state().level is Level.RETURNED


# --- who may ------------------------------------------------------------------------------------

SAYINGS = (
    *("acceptance", "questions", "answers", "access", "explanation", "practice", "promotion"),
    *("step-back", "decline", "return", "revocation", "delegator"),
)


@pytest.mark.parametrize("name", ["owner", "manager"])
def test_owner_and_manager_see_all(world: World, as_: As, name: str) -> None:
    page = hand_off(world, as_)
    for address in ("/handoffs/", "/handoffs/new/", NEW, page, f"{page}card/"):
        assert as_(name).get(address).status_code == 200, address
    assert "Tove Dahl" in text_of(as_(name).get("/handoffs/"))


def test_an_assistant_sees_only_what_is_handed_to_them(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    own = text_of(as_("finance").get("/handoffs/"))
    assert "Handed to you" in own
    assert "Issue the refund" in own
    assert as_("finance").get(page).status_code == 200
    assert as_("finance").get(f"{page}card/").status_code == 404
    for name in ("support", "backup", "agent"):
        client = as_(name)
        assert "Issue the refund" not in text_of(client.get("/handoffs/")), name
        assert client.get(page).status_code == 404
        assert client.get(f"{page}card/").status_code == 404
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, offered(world)).status_code == 403
        for saying in SAYINGS:
            assert client.post(f"{page}{saying}/", {"reason": "so"}).status_code == 404, saying


@pytest.mark.parametrize("name", ["guest", "outsider"])
def test_guests_and_outsiders_find_nothing(world: World, as_: As, name: str) -> None:
    page = hand_off(world, as_)
    client = as_(name)
    assert page not in text_of(client.get("/handoffs/"))
    assert client.get(page).status_code == 404
    assert client.post(f"{page}questions/", {"question": "so"}).status_code == 404
    assert client.get(NEW).status_code == (404 if name == "outsider" else 403)


def test_empty_pages_teach(world: World, as_: As) -> None:
    assert "Hand off the first step" in text_of(as_("owner").get("/handoffs/"))
    assert "Nothing is handed to you yet" in text_of(as_("support").get("/handoffs/"))


def test_one_primary_button_a_page(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    for name in ("manager", "finance"):
        for address in ("/handoffs/", page):
            found = re.findall(r'class="go"', as_(name).get(address).content.decode())
            assert len(found) <= 1, (name, address)


def test_the_list_asks_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    hand_off(world, as_)
    for step, receiver in (("verify", "support"), ("decline", "support"), ("verify", "backup")):
        address = f"/handoffs/new/?step=refund-a-customer/{step}"
        assert as_("manager").post(address, offered(world, person=world.id(receiver))).status_code == 302
    client = as_("owner")
    with django_assert_max_num_queries(10):
        client.get("/handoffs/")
    with django_assert_max_num_queries(12):
        client.get("/handoffs/new/")
