"""The findings of a map as its editor tells them: the same of many steps once."""

from __future__ import annotations

import datetime as dt

from routebook.core.checks import check_document
from routebook.core.document import Handling, Library, Organisation, Process, Role, Step
from routebook.web.map_findings import told_of

TODAY = dt.date(2026, 11, 23)


def said(*steps: Step) -> list[tuple[str, str]]:
    process = Process(slug="p", title="P", owner="Founder", trigger="a mail", result="an answer", steps=steps)
    found = check_document(process, Library(Organisation(name="N", roles=(Role("Founder"),)), ()), today=TODAY)
    return [(line.where, line.sentence) for line in told_of(found, process)]


def step(number: int, role: str = "Founder") -> Step:
    return Step(id=f"s{number}", title=f"Do {number}", role=role, handling=Handling.DELEGATE)


def test_three_steps_that_lack_the_same_are_one_line() -> None:
    told = said(step(1), step(2), step(3))
    assert ("Steps 1, 2 and 3:", "A delegated step has no published SOP.") in told
    assert not [line for line in told if "Do 1" in line[1] and "SOP" in line[1]]


def test_two_steps_are_told_by_their_titles() -> None:
    told = said(step(1), step(2))
    assert ("Step 1:", "The step “Do 1” is delegated but has no published SOP.") in told
    assert ("Step 2:", "The step “Do 2” is delegated but has no published SOP.") in told


def test_the_very_same_sentence_is_told_once_with_its_steps() -> None:
    told = said(step(1, "Ghost"), step(2), step(3, "Ghost"))
    assert [line for line in told if "Ghost" in line[1]] == [
        ("Steps 1 and 3:", "The organisation has no role “Ghost”."),
    ]
