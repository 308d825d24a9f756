"""The record in words: every event of a run has its sentence, and a sentence reads like one."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any

import pytest

from routebook.core.document import Process, Step
from routebook.core.events import Event, registered
from routebook.core.run import NEW_RUN, RunState, Task, TaskStatus, compile_definition
from routebook.core.run import events as e
from routebook.web.record_words import Words, sentence

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PROCESS = Process(slug="refund", title="Refund", steps=(Step(id="verify", title="Verify eligibility"),))
STATE: RunState = NEW_RUN._replace(
    tasks={n: Task(number=n, step="verify", attempt=1, status=TaskStatus.OPEN, assignee="7") for n in (1, 2)}
)
WORDS = Words({"7": "Ana Costa", "8": "Mei Tan"}, compile_definition(PROCESS, 1, 1), STATE, "Asia/Singapore")
RUN_EVENTS = [kind.cls for kind in registered() if kind.cls.__module__ == e.__name__]

VALUES: dict[str, Any] = {
    "task": 1,
    "of": 1,
    "step": "verify",
    "item": 1,
    "seconds": 7_800,
    "number": 482,
    "process": 1,
    "version": 3,
    "attempt": 2,
    "question": 1,
    "sop": 0,
    "items": 0,
    "due": AT,
    "at": AT,
    "assignee": "8",
    "receiver": "8",
    "giver": "7",
    "to": "8",
    "by": "7",
    "on": "the client",
    "kind": "text",
    "fields": {},
    "variations": {},
    "redo": False,
    "ticked": True,
    "review": False,
    "review_of": 0,
    "instead_of": "",
    "options": ("one", "two", "three"),
}


def made(cls: type[Event], **changes: Any) -> Event:
    """An event of the class with plausible values."""
    values = {
        field.name: VALUES.get(field.name, () if "tuple" in str(field.type) else f"the {field.name}")
        for field in fields(cls)  # type: ignore[arg-type]
    }
    return cls(**{**values, **changes})


@pytest.mark.parametrize("cls", RUN_EVENTS, ids=lambda cls: cls.__name__)
def test_every_event_of_a_run_has_a_sentence(cls: type[Event]) -> None:
    said = sentence(made(cls), "7", WORDS)
    assert said.endswith((".", "!", "?"))
    assert ".." not in said
    assert "%(" not in said
    assert "nobody" not in said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (made(e.TaskOpened, attempt=1), "“Verify eligibility” opened for Mei Tan, due Mon 23 Nov 2026, 17:00."),
        (
            made(e.TaskOpened, instead_of="7", due=None),
            "“Verify eligibility” opened again for Mei Tan, in place of Ana Costa, who is away.",
        ),
        (made(e.TaskOpened, review_of=1), "The review of “Verify eligibility” went to Mei Tan."),
        (made(e.TaskCompleted, outcome=""), "Ana Costa completed “Verify eligibility”."),
        (made(e.TaskCompleted, outcome="eligible"), "Ana Costa completed “Verify eligibility”: eligible."),
        (
            made(e.TaskSkipped, outcome="", reason="Paid in cash"),
            "Ana Costa skipped “Verify eligibility”. The reason: Paid in cash.",
        ),
        (
            made(e.EvidenceAdded, kind="photo", value=f"{'a' * 32}-receipt.png"),
            "Ana Costa gave the evidence of item 2 of “Verify eligibility”: receipt.png.",
        ),
        (made(e.EvidenceAdded, value=""), "Ana Costa took the evidence of item 2 of “Verify eligibility” away."),
        (made(e.ItemTicked, ticked=False), "Ana Costa took the tick of item 2 of “Verify eligibility” away."),
        (made(e.HandedOver, note=""), "Ana Costa handed “Verify eligibility” over to Mei Tan."),
        (
            made(e.ReviewFailed, redo=True, reasons="Too slow!"),
            "Ana Costa took “Verify eligibility” on, to do it again: Too slow!",
        ),
        (made(e.RunCompleted), "The run arrived, 2 h 10 min after its start."),
        (
            None,
            "What Ana Costa did here was erased; who and when stay, and the chain still holds.",
        ),
    ],
)
def test_a_sentence_says_who_what_and_why(event: Event | None, said: str) -> None:
    assert sentence(event, "7", WORDS) == said


def test_a_machine_is_called_by_its_name() -> None:
    assert sentence(made(e.TaskStarted), "worker", WORDS) == "worker began “Verify eligibility”."
