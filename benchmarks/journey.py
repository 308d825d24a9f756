"""How long a fresh founder takes from nothing to a sound map of ten steps with three SOPs drafted.

    bin/bench journey [--json] [--speed 1]

A real browser on an empty server, by the keyboard and the mouse, at the pace of a person: 200 characters a minute, a
moment before each click, and time to read each page. `--speed 20` types and reads twenty times as fast and counts the
person's time as it would have been; the waiting for the product is measured at any speed. Expected: under ten minutes,
else the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from benchmarks.browser import empty_server, page_of_a_browser
from tests.browser.screenshots import Failure

EXPECTED_MINUTES = 10.0
A_CHARACTER = 60 / 200
A_KEY = 0.5
A_CLICK = 1.2
A_THOUGHT = 2.0
A_PAGE = 5.0
"""Seconds: for a letter, a single key, to find and click something, to think of the next step, to take in a page."""

FOUNDER = (
    ("What is your business called?", "Northlight Studio"),
    ("Your name", "Ines Moura"),
    ("E-mail address", "ines@example.com"),
    ("Password", "harbour lights at nine"),
)
STEPS = (
    ("Ask what the client needs", "Founder", "keep"),
    ("Write the offer", "Founder", "keep"),
    ("See whether the offer is accepted", "Assistant", "delegate"),
    ("Thank them and stay in touch", "Assistant", "delegate"),
    ("Send the contract", "Assistant", "delegate"),
    ("Send the first invoice", "Assistant", "delegate"),
    ("Set up the client's folder", "Assistant", "delegate"),
    ("Send the welcome pack", "Assistant", "delegate"),
    ("Book the kick-off call", "Assistant", "automate"),
    ("Hold the kick-off call", "Founder", "keep"),
)
FLOWS = {3: "if accepted go to 5; if declined go to 4", 4: "end"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the founder writes into one SOP."""

    step: str
    objective: str
    criterion: str
    items: tuple[str, ...]
    minutes: str


SOPS = (
    Draft(
        "Send the contract",
        "The client has a contract they can sign",
        "Name, price and dates are those of the offer",
        ("Copy the template into the client's folder", "Fill in name, price and dates", "Send it for signature"),
        "15",
    ),
    Draft(
        "Send the first invoice",
        "The first payment is on its way",
        "The invoice is sent on the day of the signature",
        ("Make the invoice from the offer", "Check the address and the tax number", "Send it and note the due date"),
        "10",
    ),
    Draft(
        "Send the welcome pack",
        "The client knows what happens in the first month",
        "The pack names the date of the kick-off",
        ("Open the welcome pack template", "Write in the client's dates", "Send it by mail with the folder's link"),
        "12",
    ),
)


WRITTEN = """text => document.readyState === "complete"
    && [...document.querySelectorAll("input")].some((one) => one.value === text)"""


@dataclass(slots=True)
class Person:
    """Somebody at the keyboard. `human` counts the seconds that typing, reading and thinking took, or would have."""

    page: Page
    speed: float
    human: float = 0.0
    characters: int = 0
    begun: float = field(default_factory=time.perf_counter)
    laps: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """So far: the person's own time, and the time they waited for the product."""
        return self.human + (time.perf_counter() - self.begun) - self.human / self.speed

    def pause(self, seconds: float) -> None:
        self.human += seconds
        time.sleep(seconds / self.speed)

    def type(self, text: str) -> None:
        self.human += len(text) * A_CHARACTER
        self.characters += len(text)
        self.page.keyboard.type(text, delay=1000 * A_CHARACTER / self.speed)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pause(A_KEY)
            self.page.keyboard.press(key)

    def click(self, target: Locator) -> None:
        self.pause(A_CLICK)
        target.click()

    def read(self) -> None:
        self.pause(A_PAGE)

    def lap(self, name: str) -> None:
        self.laps[name] = round((self.seconds - sum(self.laps.values()) * 60) / 60, 2)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench journey", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as a person (1)")
    args = parser.parse_args(arguments)
    try:
        with empty_server() as link, page_of_a_browser() as page:
            person = Person(page, args.speed)
            go_through(person, link)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    minutes = person.seconds / 60
    if not args.json:
        for name, lap in person.laps.items():
            print(f"{name:28} {lap:5.1f} min")
        print(f"{'from nothing to all of it':28} {minutes:5.1f} min, {person.characters} characters typed")
    waited = (person.seconds - person.human) / 60
    told = {"minutes": round(minutes, 2), "of_which_waiting": round(waited, 2), "laps": person.laps}
    print(json.dumps({**told, "characters": person.characters, "speed": args.speed, "expected": EXPECTED_MINUTES}))
    return 0 if minutes < EXPECTED_MINUTES else 1


def go_through(person: Person, link: str) -> None:
    set_up(person, link)
    person.lap("setting up")
    list_the_steps(person)
    person.lap("listing ten steps")
    say_who_and_how(person)
    person.lap("who does what, and a decision")
    publish(person)
    person.lap("publishing the map")
    for number, draft in enumerate(SOPS, 1):
        write(person, draft)
        person.lap(f"drafting SOP {number}")


def set_up(person: Person, link: str) -> None:
    page = person.page
    page.goto(link)
    person.read()
    for label, text in FOUNDER:
        person.click(page.get_by_label(label))
        person.type(text)
    person.click(page.get_by_role("button", name="Create the organisation"))
    expect(page.get_by_role("link", name="Map", exact=True)).to_be_visible()
    person.read()


def list_the_steps(person: Person) -> None:
    page = person.page
    person.click(page.get_by_role("link", name="Map", exact=True))
    person.read()
    person.click(page.locator("a[href='/processes/new/']").first)
    person.read()
    person.click(page.get_by_label("Which job, from start to end?"))
    person.type("Win and welcome a client")
    person.press("Tab")
    for title, _role, _handling in STEPS:
        person.pause(A_THOUGHT)
        person.type(title + "\n")
    person.click(page.get_by_role("button", name="Make the map"))
    expect(page.locator(".steptitle")).to_have_count(len(STEPS))
    person.read()


def say_who_and_how(person: Person) -> None:
    page = person.page
    person.click(page.get_by_label("Accountable role"))
    person.type("Founder")
    for number, (_title, role, handling) in enumerate(STEPS, 1):
        person.click(page.locator(f"[name=step-{number - 1}-role]"))
        person.type(role)
        person.press("Tab")
        person.type(handling[0])
        if number in FLOWS:
            person.click(page.locator(f"[name=step-{number - 1}-then]"))
            person.pause(A_THOUGHT)
            person.type(FLOWS[number])
    expect(page.locator("#live [role=status]")).to_contain_text("Saved as a draft")
    expect(page.locator("#live-map svg")).to_contain_text("declined")
    if page.locator("#blocked").count():
        raise Failure("The map is not sound: " + page.locator(".findings").inner_text())
    person.read()


def publish(person: Person) -> None:
    page = person.page
    person.click(page.get_by_role("link", name="Publish …"))
    person.read()
    person.click(page.get_by_role("button", name="Publish version 1"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Win and welcome a client")
    person.read()


def write(person: Person, draft: Draft) -> None:
    page = person.page
    person.click(page.locator(".route > li", has_text=draft.step).get_by_role("link", name="write it"))
    person.read()
    person.click(page.get_by_role("button", name="Begin the draft"))
    expect(page.get_by_label("Title")).to_have_value(draft.step)
    person.read()
    for label, text in (("Objective", draft.objective), ("Criterion 1", draft.criterion)):
        person.click(page.get_by_label(label))
        person.pause(A_THOUGHT)
        person.type(text)
    person.click(page.locator("#f-checklist-0 input[type=text], #f-checklist-0 input:not([type])").first)
    for number, item in enumerate(draft.items):
        if number:
            person.press("Enter")
        person.pause(A_THOUGHT)
        person.type(item)
    person.click(page.get_by_label("Minutes it takes"))
    person.type(draft.minutes)
    person.click(page.get_by_role("button", name="Save the draft").last)
    page.wait_for_load_state()
    page.wait_for_function(WRITTEN, arg=draft.items[-1])
    person.read()
    person.click(page.get_by_role("link", name="Map", exact=True))
    person.click(page.get_by_role("link", name="Win and welcome a client").first)
    person.read()
