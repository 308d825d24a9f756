"""The whole job once, from an empty server: map, delegate, write, hand off, run, on the record.

The founder works on a laptop, the assistant on a phone; nothing is set up behind their backs.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from routebook.store.actions.organisations import new_setup_link
from tests.browser.conftest import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Axe = Callable[[Page], None]
PASSWORD = "harbour lights at nine"


def set_up(page: Page) -> None:
    page.goto(f"/setup/{new_setup_link()}/")
    page.get_by_label("What is your business called?").fill("Northlight Studio")
    page.get_by_label("Your name").fill("Ines Moura")
    page.get_by_label("E-mail address").fill("ines@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is on your plate?")


def invite_an_assistant(page: Page) -> str:
    """Add the assistant and their role; the address of their invitation."""
    page.goto("/people/new/")
    page.get_by_label("Name", exact=True).fill("Teo Vale")
    page.get_by_label("E-mail address").fill("teo@example.com")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="New role").click()
    page.get_by_label("What is the role called?").fill("Assistant")
    page.get_by_label("Teo Vale").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Invite Teo Vale").click()
    return page.get_by_label("Invitation link").input_value()


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Teo")


def map_it(page: Page) -> None:
    page.goto("/processes/new/")
    page.get_by_label("Which job, from start to end?").fill("Welcome a client")
    page.get_by_label("Its steps, one a line").fill(
        "1. Sign the contract\n2. Send the welcome pack\n3. Hold the kick-off"
    )
    page.get_by_role("button", name="Make the map").click()
    page.wait_for_url("**/edit/")  # the script is heard from then on
    for place, role in enumerate(("Founder", "Assistant", "Founder")):
        page.locator(f"#r{place}").fill(role)
    page.get_by_label("Accountable role").fill("Founder")
    expect(page.locator("#live [role=status]")).to_contain_text("Saved as a draft")
    publish_the_map(page, 1)


def publish_the_map(page: Page, version: int) -> None:
    page.get_by_role("link", name="Publish …").click()
    page.get_by_role("button", name=f"Publish version {version}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome a client")


def decide(page: Page) -> None:
    page.get_by_role("link", name="Which of these steps should leave your plate?").click()
    for title, value, energy, minutes in (
        ("Sign the contract", "5", "1", "20"),
        ("Send the welcome pack", "2", "-2", "30"),
        ("Hold the kick-off", "5", "2", "60"),
    ):
        page.get_by_label(f"Value of {title}").fill(value)
        page.get_by_label(f"Energy of {title}").fill(energy)
        page.get_by_label(f"Minutes each time of {title}").fill(minutes)
        page.get_by_label(f"Times a month of {title}").fill("8")
    page.get_by_role("button", name="Save the scores").click()
    page.get_by_role("button", name="Delegate it: Send the welcome pack").click()
    page.get_by_role("button", name="Keep it: Sign the contract").click()
    page.get_by_role("button", name="Keep it: Hold the kick-off").click()
    expect(page.locator("#freed")).to_contain_text("4 h")
    page.goto("/processes/welcome-a-client/edit/")
    publish_the_map(page, 2)
    expect(page.locator("#step-send-the-welcome")).to_contain_text("Delegate")


def write(page: Page, no_axe_violations: Axe) -> None:
    page.get_by_role("link", name="write it").click()
    page.get_by_role("button", name="Begin the draft").click()
    page.wait_for_url("**/edit/")  # the script is heard from then on
    expect(page.get_by_label("Title")).to_have_value("Send the welcome pack")
    page.get_by_label("Objective").fill("The client has everything before the first call")
    page.get_by_label("Criterion 1").fill("The pack is sent within one working day of the signature")
    page.locator("#f-checklist-0 input[type=text], #f-checklist-0 input:not([type])").first.fill(
        "Fill in the client's name"
    )
    page.locator("#f-checklist-0 select").first.select_option("text")
    page.get_by_label("Minutes it takes").fill("12")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send the welcome pack")


def offer(page: Page) -> None:
    page.goto("/handoffs/new/?step=welcome-a-client/send-the-welcome")
    person = page.get_by_label("Who takes it on?")
    person.select_option(value=person.locator("option", has_text="Teo Vale").get_attribute("value"))
    page.get_by_label("How much may they spend?").fill("nothing")
    page.get_by_label("What may they decide alone?").fill("the order of the pages")
    page.get_by_label("When should they come to you?").fill("a client asks for a discount")
    page.get_by_role("button", name="Offer it to them").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("prepared")


def take_on(page: Page) -> None:
    page.goto("/handoffs/")
    page.get_by_role("link", name="Send the welcome pack").click()
    page.get_by_label("What comes out of this step, in your own words?").fill("The client has all they need to begin")
    page.get_by_role("button", name="I take it on").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("accepted")


def test_a_founder_does_the_whole_job_once(
    desktop_page: Page, phone_page: Page, no_axe_violations: Axe, watch: Watch
) -> None:
    founder, assistant = desktop_page, phone_page
    set_up(founder)
    no_axe_violations(founder)
    join(assistant, invite_an_assistant(founder))
    map_it(founder)
    decide(founder)
    write(founder, no_axe_violations)
    offer(founder)
    take_on(assistant)
    founder.reload()
    founder.get_by_role("button", name="That is right: practice begins").click()
    expect(founder.locator("[aria-current=step]")).to_contain_text("practice")

    founder.goto("/processes/welcome-a-client/")
    founder.get_by_role("link", name="Start a run").click()
    founder.get_by_role("button", name="Start", exact=True).click()
    expect(founder.get_by_role("heading", level=1)).to_contain_text("#1")
    founder.goto("/runs/1/tasks/1/")
    founder.get_by_role("button", name="Done: Sign the contract").click()
    expect(founder.get_by_role("button", name="Done: Sign the contract")).to_have_count(0)

    assistant.goto("/")
    assistant.get_by_role("link", name="Send the welcome pack").first.click()
    expect(assistant.get_by_text("The pack is sent within one working day of the signature")).to_be_visible()
    no_axe_violations(assistant)
    watch.expect("409")
    assistant.get_by_role("button", name="Done: Send the welcome pack").click()
    expect(assistant.get_by_text("Item 1 of the checklist asks for a text first.").first).to_be_visible()
    assistant.locator("#value-0").fill("Harbour & Sons")
    assistant.locator("#item-0").get_by_role("button", name="Save").click()
    assistant.get_by_role("button", name="Done: Send the welcome pack").click()
    expect(assistant.get_by_role("button", name="Done: Send the welcome pack")).to_have_count(0)

    founder.goto("/")
    founder.get_by_role("link", name="Look").click()
    expect(founder.get_by_text("Harbour & Sons")).to_be_visible()
    no_axe_violations(founder)
    founder.get_by_role("button", name="Pass").click()
    expect(founder.get_by_role("button", name="Pass")).to_have_count(0)
    founder.goto("/runs/1/tasks/4/")
    founder.get_by_role("button", name="Done: Hold the kick-off").click()
    expect(founder.get_by_role("button", name="Done: Hold the kick-off")).to_have_count(0)
    founder.goto("/runs/1/record/")
    for told in ("Ines Moura started the run", "Teo Vale gave the evidence", "The run arrived"):
        expect(founder.get_by_text(told).first).to_be_visible()
    founder.goto("/runs/1/")
    expect(founder.get_by_text("12 lines, unbroken")).to_be_visible()
    founder.goto("/outcomes/")
    expect(founder.get_by_role("heading", name="Welcome a client")).to_be_visible()
