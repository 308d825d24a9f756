"""Writes `history.yaml` of the sample: what its invented people did in the half year before its first start.

    python -m tests.sample.write_history

Everything in it is invented. The seed is fixed, so the same file comes out every time; a test compares them.
Days count working days of the business backwards from the first start, times are the person's own, and `after` counts
working minutes of whoever has the task.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.sample.handoffs_of_history import changes, handoffs, was
from tests.sample.pile_of_history import pile
from tests.sample.runs_of_history import FUNNEL, POST, REFUND, Row, finished, on_the_road

FILE = Path(__file__).parents[2] / "src" / "routebook" / "sample" / "history.yaml"
HEADER = """\
# What the people of the sample did before its first start. All of it is invented.
# Written by tests/sample/write_history.py, which explains the words; change that, not this.
"""


def history() -> Row:
    """The whole file as plain values."""
    runs = finished()
    first = runs[0]["number"]
    road = [{"number": first + len(runs) + n, **run} for n, run in enumerate(on_the_road())]
    return {
        "began": 126,
        "scored": 125,
        "first_run": first,
        "was": was(),
        "changes": [*changes(), *pile()],
        "plate": plate(),
        "scores": scores(),
        "capacity": capacity(),
        "handoffs": handoffs(),
        "runs": [*runs, *road],
    }


# --- what Mei does that is on no map yet --------------------------------------------------------


def plate() -> list[Row]:
    """A line without value and energy is not placed yet; what has left the plate stands among the changes."""
    return [
        {"line": "Chase unpaid invoices", "value": 2, "energy": -2, "minutes": 30, "times_a_month": 8},
        {"line": "Answer questions about prices", "value": 2, "energy": -1, "minutes": 10, "times_a_month": 30},
        {
            "line": "Prepare the monthly numbers",
            "value": 4,
            "energy": -1,
            "costly": True,
            "minutes": 150,
            "times_a_month": 1,
        },
        {"line": "Hold strategy calls", "value": 5, "energy": 2, "judgement": True, "minutes": 45, "times_a_month": 26},
        {"line": "Tidy the slides before each workshop", "value": 1, "energy": 1, "minutes": 40, "times_a_month": 4},
        {"line": "Book rooms for workshops", "minutes": 20, "times_a_month": 4},
        {"line": "Reconcile the card statement", "value": 1, "energy": -2, "minutes": 60, "times_a_month": 1},
    ]


# --- what Mei thinks of the steps ---------------------------------------------------------------


def scores() -> list[Row]:
    """Value 1-5, energy −2..2, minutes each time × times a month: as Mei would score them."""
    rows: tuple[tuple[str, str, int, int, Row, int, float], ...] = (
        (FUNNEL, "script", 5, 2, {"judgement": True}, 180, 0.5),
        (FUNNEL, "film", 5, 2, {"judgement": True}, 150, 0.5),
        (FUNNEL, "build", 3, -2, {}, 240, 0.5),
        (FUNNEL, "test", 2, -1, {}, 60, 0.5),
        (FUNNEL, "track", 2, -2, {}, 90, 4),
        (REFUND, "request", 1, -1, {}, 3, 9),
        (REFUND, "verify", 2, -2, {}, 15, 9),
        (REFUND, "decline", 2, -2, {}, 20, 2),
        (REFUND, "approve", 4, 0, {"judgement": True, "costly": True}, 4, 7),
        (REFUND, "issue", 2, -1, {"costly": True}, 12, 7),
        (REFUND, "confirm", 1, -1, {"always_the_same": True}, 5, 7),
        (POST, "pick", 2, -1, {}, 15, 7),
        (POST, "prepare", 3, -2, {}, 75, 7),
        (POST, "approve", 4, 1, {"judgement": True}, 8, 7),
        (POST, "schedule", 1, -1, {"always_the_same": True}, 6, 7),
    )
    return [
        {
            "process": process,
            "step": step,
            "value": value,
            "energy": energy,
            **ticks,
            "minutes": minutes,
            "times_a_month": n,
        }
        for process, step, value, energy, ticks, minutes, n in rows
    ]


# --- how much of whom there is ------------------------------------------------------------------


def capacity() -> list[Row]:
    """Hours a week for work here, and what one of them costs in Singapore dollars. All of it is invented."""
    return [
        {"who": "priya", "hours": 40, "cost": 42},
        {"who": "ana", "hours": 30, "cost": 16},
        {"who": "jon", "hours": 25, "cost": 15},
        {"who": "farah", "hours": 36, "cost": 18},
    ]


def text() -> str:
    """The file as it is committed."""
    body = yaml.safe_dump(history(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=118)
    return HEADER + body


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
