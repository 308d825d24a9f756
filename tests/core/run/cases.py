"""Workflows as data: a process, a path of commands, and what must happen at each.

One file of `tests/cases/runs` is one process in the form of the library's front matter, with who holds
which hand-off, what the SOPs ask, and named cases. In a case each line of the path says who does what:

    - ana: complete 2            # who, the command, and its words in order
      outcome: eligible          # the command's other fields
      then: [task.completed, task.opened 3 approve olga]
    - ana: complete 2
      refused: task_closed

`then` lists exactly the events, each by its name and by words that must be among its values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from routebook.core.document import (
    Decision,
    FieldType,
    FormField,
    Goes,
    Join,
    Outcome,
    Process,
    Step,
    Target,
    Variations,
)
from routebook.core.events import Event, type_of
from routebook.core.run import Definition, HandOffFact, PublishedSop, compile_definition
from routebook.core.run import commands as c
from tests.core.run import company

FOLDER = Path(__file__).parents[2] / "cases" / "runs"

COMMANDS: Mapping[str, type[Any]] = {
    "start": c.Start,
    "assign": c.AssignTask,
    "begin": c.StartTask,
    "complete": c.CompleteTask,
    "skip": c.SkipTask,
    "tick": c.TickItem,
    "evidence": c.AddEvidence,
    "pick": c.PickVariation,
    "hand-over": c.HandOver,
    "block": c.BlockTask,
    "unblock": c.UnblockTask,
    "ask": c.Ask,
    "escalate": c.Escalate,
    "answer": c.Answer,
    "change-due": c.ChangeDue,
    "pass": c.PassReview,
    "fail": c.FailReview,
    "return": c.ReturnTo,
    "cancel": c.Cancel,
}
SETTING = frozenset({"then", "refused", "after", "version", "away", "handoffs", "sops", "owner"})
"""What a line may say beside the command: its result, and what has changed in the world."""


@dataclass(frozen=True, slots=True)
class Line:
    """One command of a path. `minutes` is when, counted from the Monday morning of the company."""

    actor: str
    command: c.Command
    minutes: int
    then: tuple[str, ...] | None
    refused: str
    setting: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    file: str
    name: str
    definition: Definition
    world: Mapping[str, Any]
    path: tuple[Line, ...]
    ends: str

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def cases() -> Iterator[Case]:
    for file in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(file.read_text())
        definition = compile_definition(read_process(file.stem, content["process"]), 7, 3)
        for case in content["cases"]:
            world = {**content.get("world", {}), **case.get("world", {})}
            yield Case(
                file.stem, case["case"], definition, world, tuple(read_path(case["path"])), case.get("ends", "running")
            )


def read_process(slug: str, content: dict[str, Any]) -> Process:
    return Process(
        slug=slug,
        title=content["title"],
        run_name=content.get("run_name", ""),
        target=Target(content["within"]) if "within" in content else None,
        form=tuple(
            FormField(
                field["field"],
                FieldType(field.get("type", "text")),
                field.get("required", False),
                tuple(field.get("options", ())),
            )
            for field in content.get("form", ())
        ),
        steps=tuple(read_step(step) for step in content["steps"]),
    )


def read_step(content: dict[str, Any]) -> Step:
    variations = content.get("variations")
    return Step(
        id=content["id"],
        title=content.get("title", content["id"].capitalize()),
        role=content.get("role", ""),
        due=content.get("due", ""),
        optional=content.get("optional", False),
        review=content.get("review", False),
        variations=Variations(variations["by"], tuple(variations["of"])) if variations else None,
        then=read_then(content.get("then")),
        join=read_join(content.get("join")),
    )


def read_then(then: Any) -> Goes | Decision | None:
    if isinstance(then, list):
        return Decision(tuple(Outcome(way["when"], read_goes(way["go"])) for way in then))
    return None if then is None else read_goes(then)


def read_goes(goes: Any) -> Goes:
    return Goes(tuple(goes["all"])) if isinstance(goes, dict) else Goes((goes,))


def read_join(join: Any) -> Join | None:
    if join is None:
        return None
    return Join() if join == "all" else Join(tuple((each,) if isinstance(each, str) else tuple(each) for each in join))


def read_path(path: list[dict[str, Any]]) -> Iterator[Line]:
    minutes = 0
    for content in path:
        (actor, words), *rest = content.items()
        values = dict(rest)
        minutes += values.get("after", 1)
        given = {key: value for key, value in values.items() if key not in SETTING}
        then = values.get("then")
        yield Line(
            actor=actor,
            command=read_command(words, given),
            minutes=minutes,
            then=None if then is None else tuple(then),
            refused=values.get("refused", ""),
            setting={key: values[key] for key in ("away", "handoffs", "sops", "version", "owner") if key in values},
        )


def read_command(words: str, given: dict[str, Any]) -> c.Command:
    name, *rest = words.split()
    kind = COMMANDS[name]
    values: dict[str, Any] = dict(zip((field.name for field in fields(kind)), map(read_word, rest), strict=False))
    values |= {key.replace("-", "_"): value for key, value in given.items()}
    for key, value in values.items():
        if isinstance(value, str) and value.startswith("long text"):
            values[key] = "x" * 10_001
    if kind is c.Escalate:
        values["options"] = tuple(values["options"])
    if kind is c.ChangeDue:
        values["due"] = dt.datetime.fromisoformat(str(values["due"]))
    return kind(**values)  # type: ignore[no-any-return]


def read_word(word: str) -> str | int:
    return int(word) if word.lstrip("-").isdigit() else word


def facts(world: Mapping[str, Any]) -> dict[str, Any]:
    """What a context knows, from `sops: {step: [text, none]}` and `handoffs: {step: {ana: practice, by: mara}}`.

    A key ``step × variation`` is about that variation only.
    """
    sops = {
        key_of(key): PublishedSop(
            number, len(items), tuple((at, kind) for at, kind in enumerate(items) if kind != "none")
        )
        for number, (key, items) in enumerate(world.get("sops", {}).items(), start=1)
    }
    handoffs = {}
    for key, given in world.get("handoffs", {}).items():
        delegator = given.get("by", company.OWNER)
        handoffs[key_of(key)] = tuple(
            HandOffFact(person, level, delegator) for person, level in given.items() if person != "by"
        )
    return {"sops": sops, "handoffs": handoffs, "away": frozenset(world.get("away", ()))}


def key_of(key: str) -> tuple[str, str]:
    step, _, variation = key.partition(" × ")
    return step, variation


def describes(expected: str, event: Event) -> bool:
    """Whether the line names the event and only says what is among its values."""
    name, *words = expected.split()
    kind = type_of(event)
    values = {said(getattr(event, field)) for field, _ in kind.stored}
    return name == kind.name and values.issuperset(words)


def said(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(said(each) for each in value) or "-"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace(" ", "_") or "-"
