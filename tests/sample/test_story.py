"""What the guide's story tells of the sample is what the sample says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sample import write_history

ROOT = Path(__file__).parents[2]
STORY = (ROOT / "docs" / "guide" / "story.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "src" / "routebook" / "sample"
HISTORY = write_history.history()
ISSUE = next(row for row in HISTORY["handoffs"] if row["step"] == "issue")


def test_the_step_is_scored_as_it_is_told() -> None:
    score = next(row for row in HISTORY["scores"] if row["step"] == "issue")
    assert (score["value"], score["minutes"], score["times_a_month"], score["costly"]) == (2, 12, 7, True)
    assert "worth 2 of 5" in STORY
    assert "12 minutes, seven times a month" in STORY


def test_the_hand_off_went_as_it_is_told() -> None:
    assert (ISSUE["by"], ISSUE["to"], ISSUE["backup"], ISSUE["stands"]) == ("mei", "jon", "priya", "owned")
    assert "steps_back" in ISSUE
    faults = [run["work"]["issue"]["fail"] for run in HISTORY["runs"] if "fail" in run["work"].get("issue", {})]
    [fault] = faults
    assert fault.startswith("S$20.00 too much went back.")
    assert "S$20 too much went back" in STORY


def test_the_directions_are_as_long_as_it_is_told() -> None:
    sop = (SAMPLE / "sops" / "issue-a-refund-in-stripe.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\d+\. ", sop, re.MULTILINE)) == 4
    quoted = re.findall(r"“(The amount [^”]+)”", STORY)
    assert quoted == ["The amount equals the approved amount, to the cent"]
    assert quoted[0] in sop


def test_the_posts_went_as_it_is_told() -> None:
    plain = [row for row in HISTORY["handoffs"] if row.get("variation") == "plain"]
    assert [(row["to"], row["stands"]) for row in plain] == [("jon", "returned"), ("farah", "owned")]
    assert len(plain[0]["returned"]["options"]) == 3


@pytest.mark.parametrize("picture", re.findall(r"\((pictures/[^)]+)\)", STORY))
def test_every_picture_is_made_by_the_script(picture: str) -> None:
    from tests.browser.guide_pictures import PICTURES

    assert Path(picture).stem in {one.name for one in PICTURES}
