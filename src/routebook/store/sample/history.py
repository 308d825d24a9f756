"""`history.yaml` of the sample, read. `tests/sample/write_history.py` writes it and explains its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = "history.yaml"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """`began` and `scored` are how many working days ago the library was brought in and its steps were scored; `was`
    is what its SOPs said at first where that was something else; the rest is as the file says it."""

    began: int
    scored: int
    first_run: int
    was: tuple[Row, ...]
    changes: tuple[Row, ...]
    plate: tuple[Row, ...]
    scores: tuple[Row, ...]
    capacity: tuple[Row, ...]
    handoffs: tuple[Row, ...]
    runs: tuple[Row, ...]


def read(folder: Path) -> History:
    """The history in the sample's folder."""
    with (folder / FILE).open("rb") as file:
        values = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return History(
        values["began"],
        values["scored"],
        values["first_run"],
        tuple(values["was"]),
        tuple(values["changes"]),
        tuple(values["plate"]),
        tuple(values["scores"]),
        tuple(values["capacity"]),
        tuple(values["handoffs"]),
        tuple(values["runs"]),
    )
