"""What would keep a step gone, from what came back of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from routebook.core.handoff.bounce import Bounce, Fix, StepRecord, Way, fixes

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
BACK = (Bounce(Way.GIVEN_BACK, AT, "No time"),)
OVER = (Bounce(Way.TAKEN_OVER, AT, run=482),)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (StepRecord(), ()),
        (StepRecord(questions=2), ()),
        (StepRecord(questions=3), (Fix.ANSWERS,)),
        (StepRecord(has_bar=False, has_example=False, has_recording=False, going_on=False), ()),
        (StepRecord(BACK, has_bar=False), (Fix.BAR,)),
        (StepRecord(reworks=1, has_example=False), (Fix.EXAMPLE,)),
        (StepRecord(BACK, has_recording=False), (Fix.RECORDING,)),
        (StepRecord(BACK, going_on=False), (Fix.AGAIN,)),
        (StepRecord(OVER, able=1), (Fix.SECOND,)),
        (StepRecord(OVER, able=2), ()),
    ],
)
def test_what_would_keep_it_gone(record: StepRecord, said: tuple[Fix, ...]) -> None:
    assert fixes(record) == said


def test_at_most_three_are_said_the_most_telling_first() -> None:
    bad = StepRecord(OVER, 2, 5, has_bar=False, has_example=False, has_recording=False, able=0, going_on=False)
    assert fixes(bad) == (Fix.ANSWERS, Fix.BAR, Fix.EXAMPLE)
    assert fixes(replace(bad, questions=0, has_bar=True)) == (Fix.EXAMPLE, Fix.SECOND, Fix.RECORDING)
