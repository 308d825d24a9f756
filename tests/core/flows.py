"""Reading the flow cases: a process written as in a library folder, and what is expected of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from routebook.core.document import Decision, Goes, Handling, Join, Outcome, Process, Step

FOLDER = Path(__file__).parent.parent / "cases" / "flows"
Case = dict[str, Any]


def cases(file: str) -> list[Case]:
    """The cases of one file, each with its name and steps."""
    return yaml.load((FOLDER / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def process_of(case: Case) -> Process:
    steps = tuple(step_of(step) for step in case["steps"])
    return Process(slug="case", title=case["name"], steps=steps)


def step_of(written: Case) -> Step:
    return Step(
        id=written["id"],
        title=written.get("title", written["id"]),
        handling=Handling(written.get("handling", "undecided")),
        then=then_of(written.get("then")),
        join=join_of(written.get("join")),
    )


def then_of(written: Any) -> Goes | Decision | None:
    if written is None:
        return None
    if isinstance(written, list):
        return Decision(tuple(Outcome(each["when"], goes_of(each["go"])) for each in written))
    return goes_of(written)


def goes_of(written: Any) -> Goes:
    return Goes((written,)) if isinstance(written, str) else Goes(tuple(written["all"]))


def join_of(written: Any) -> Join | None:
    if written is None:
        return None
    if written == "all":
        return Join()
    return Join(tuple((group,) if isinstance(group, str) else tuple(group) for group in written))
