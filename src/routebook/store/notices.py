"""Whom something concerns, and in which words they are told.

    an action  →  `post`: an outbox row in its transaction  →  `actions.notices.deliver`: inbox lines, and mails

A row's payload says `to` (one member's id, or several) and what it is about; a kind that goes to changing groups, such
as whoever must read a new version, finds its people when it is delivered.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from routebook.core.document import FOLDERS, Access, Kind, Process
from routebook.core.events import Event, type_of
from routebook.core.handoff import HandoffState
from routebook.core.handoff import events as h
from routebook.store import facts
from routebook.store.models import Document, HandOff, Member, Outbox, Role, Run, Suggestion, Task
from routebook.store.parsing import document_of

MAIL = "mail"
"""The outbox's kind for a mail that is ready to go; every other kind is something to tell."""

ESCALATED = "task.escalated"
URGENT = frozenset({ESCALATED})
"""What comes by mail even to those who switched mail off: somebody can't go on without their decision."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody reads: what happened, the line below it, and the page where it goes on."""

    title: str
    about: str
    address: str


@dataclass(frozen=True, slots=True)
class Telling:
    """One outbox row in words, and the ids of the members who are told."""

    to: tuple[int, ...]
    words: Words


def post(org: int, kind: str, key: str, to: Iterable[int], now: dt.datetime, **about: Any) -> None:
    """Have people told. Call it inside the action's transaction. The same key is told once."""
    payload = json.dumps({"to": sorted(set(to)), **about}, ensure_ascii=False)
    row = Outbox(org_id=org, kind=kind, key=key, payload=payload, next_due=now, created_at=now)
    Outbox.objects.bulk_create([row], ignore_conflicts=True)


Tasks = Mapping[tuple[str, int], Task]
"""Tasks by their run's id and their number."""


def tasks_of(rows: Iterable[Outbox]) -> Tasks:
    """The tasks that outbox rows are about, with their runs, in one question."""
    told = [json.loads(row.payload) for row in rows if row.kind.partition(".")[0] in _OF_TASKS]
    runs = {one["run"] for one in told if "run" in one}
    if not runs:
        return {}
    wanted = Task.objects.filter(run_id__in=runs).select_related("run", "run__version", "run__process")
    found = wanted.defer("run__snapshot", "run__version__content")
    return {(task.run_id, task.number): task for task in found}


def telling(row: Outbox, tasks: Tasks) -> Telling | None:
    """Whom an outbox row concerns, in words; None when what it is about is gone."""
    told = json.loads(row.payload)
    family = row.kind.partition(".")[0]
    if family in _OF_TASKS:
        task = tasks.get((told["run"], told["task"]))
        words = _of_task(task, row.kind) if task is not None and task.org_id == row.org_id else None
    else:
        find = _WORDS.get(family)
        words = find(row.org_id, row.kind, told) if find else None
    if words is None:
        return None
    return Telling(_people(row.org_id, told), words)


def _people(org: int, told: Mapping[str, Any]) -> tuple[int, ...]:
    if told.get("readers"):
        return _readers(org, told)
    to = told["to"] if isinstance(told["to"], list) else [told["to"]]
    return tuple(int(member) for member in to if str(member).isdecimal())


def _readers(org: int, told: Mapping[str, Any]) -> tuple[int, ...]:
    """Whoever must read the document now, but those who wrote it."""
    from routebook.store.queries.readings import readership, work_of

    row = Document.objects.filter(org_id=org, pk=told["document"]).first()
    if row is None:
        return ()
    return tuple(member for member in readership(org, [row.step]).of(work_of(row)) if member not in told["but"])


# --- who answers --------------------------------------------------------------------------------


def owners(org: int) -> tuple[int, ...]:
    """The members who own the organisation."""
    rows = Member.objects.filter(org_id=org, active=True, access=Access.OWNER)
    return tuple(rows.values_list("pk", flat=True))


def publishers(org: int) -> tuple[int, ...]:
    """The members who publish and approve."""
    rows = Member.objects.filter(org_id=org, active=True, access__in=(Access.OWNER, Access.MANAGER))
    return tuple(rows.values_list("pk", flat=True))


def answering(org: int, document: Document) -> tuple[int, ...]:
    """Whoever holds the role that owns a document, else the owners."""
    folded = " ".join(document.owner.split()).casefold()
    role = Role.objects.filter(org_id=org, folded=folded).first()
    held = role.holdings.filter(member__active=True).values_list("member_id", flat=True) if role else ()
    return tuple(held) or owners(org)


# --- runs ---------------------------------------------------------------------------------------


def _of_task(task: Task, kind: str) -> Words:
    step = _step_title(task.run, task.step)
    title = (_("Review “%(step)s”") if task.review_of else _task_title(kind)) % {"step": step}
    return Words(title, _run_name(task.run), f"/runs/{task.run.number}/tasks/{task.number}/")


def _task_title(kind: str) -> str:
    titles = {
        "task.opened": _("Your turn: %(step)s"),
        "task.assigned": _("This is yours now: %(step)s"),
        "task.handed_over": _("Handed over to you: %(step)s"),
        "task.question_asked": _("A question about “%(step)s” waits for your answer"),
        ESCALATED: _("“%(step)s” needs your decision"),
        "task.question_answered": _("Your question about “%(step)s” is answered"),
        "task.late": _("Late: %(step)s"),
        "review.failed": _("Please look again: %(step)s"),
    }
    return titles[kind]


def _step_title(run: Run, step: str) -> str:
    definition = facts.definition(run.org_id, run.process_id, run.version_id, run.version.content_hash)
    return definition.steps[step].title


def _run_name(run: Run) -> str:
    return f"#{run.number} {run.name or run.process.title}"


# --- hand-offs ----------------------------------------------------------------------------------


def of_handoff(
    row: HandOff, state: HandoffState, events: Iterable[Event], seq: int, actor: str, at: dt.datetime
) -> None:
    """Tell the other one of a hand-off what happened in it. `seq` is of the event before the first of `events`."""
    for event in events:
        seq += 1
        found = _HANDOFF.get(type(event))
        if found is None:
            continue
        to = state.person if found == "person" else state.delegator if found == "delegator" else _other(state, actor)
        if to and to != actor:
            key = f"handoff:{row.pk}:{seq}"
            post(row.org_id, type_of(event).name, key, [int(to)], at, handoff=row.pk, level=str(state.level))


def _other(state: HandoffState, actor: str) -> str:
    return state.delegator if actor == state.person else state.person


_HANDOFF: Mapping[type[Event], str] = {
    h.HandoffPrepared: "person",
    h.HandoffAccepted: "delegator",
    h.HandoffQuestionAsked: "delegator",
    h.HandoffQuestionAnswered: "person",
    h.AccessGiven: "person",
    h.RestatementDeclined: "person",
    h.UnderstandingConfirmed: "person",
    h.LevelProposed: "delegator",
    h.Promoted: "person",
    h.SteppedBack: "person",
    h.HandoffReturned: "other",
    h.HandoffRevoked: "person",
}
"""Who is told of which event; `other` is whoever of the two did not do it."""


def _of_handoff(org: int, kind: str, told: Mapping[str, Any]) -> Words | None:
    row = (
        HandOff.objects.select_related("process__published", "receiver").filter(org_id=org, pk=told["handoff"]).first()
    )
    if row is None or row.process.published is None:
        return None
    value = document_of(row.process.published, Kind.PROCESS, row.process.slug)
    step = value.step(row.step) if isinstance(value, Process) else None
    names = {"step": step.title if step else row.step, "person": row.receiver.name, "level": told["level"]}
    titles = {
        "handoff.prepared": _("“%(step)s” is offered to you"),
        "handoff.accepted": _("%(person)s says what “%(step)s” is for: is it understood?"),
        "handoff.question_asked": _("%(person)s asks about taking over “%(step)s”"),
        "handoff.question_answered": _("Your question about “%(step)s” is answered"),
        "handoff.access_given": _("Your access for “%(step)s” was opened"),
        "handoff.restatement_declined": _("Please say again what “%(step)s” is for"),
        "handoff.understanding_confirmed": _("Practice begins: %(step)s"),
        "handoff.level_proposed": _("Ready for the next level? %(person)s, “%(step)s”"),
        "handoff.promoted": _("You moved on with “%(step)s”: %(level)s"),
        "handoff.stepped_back": _("One step back with “%(step)s”: %(level)s"),
        "handoff.returned": _("“%(step)s” was given back"),
        "handoff.revoked": _("“%(step)s” is no longer yours"),
    }
    return Words(titles[kind] % names, row.process.title, f"/handoffs/{row.pk}/")


# --- documents ----------------------------------------------------------------------------------


def _of_document(org: int, kind: str, told: Mapping[str, Any]) -> Words | None:
    row = Document.objects.filter(org_id=org, pk=told["document"]).first()
    if row is None:
        return None
    page = f"/{FOLDERS[Kind(row.kind)]}/{row.slug}/"
    names = {"title": row.title}
    match kind:
        case "document.approval_asked":
            return Words(_("Approve “%(title)s”?") % names, told["note"], f"{page}publication/")
        case "document.approval_declined":
            return Words(
                _("“%(title)s” needs another look before it is published") % names, told["reason"], f"{page}edit/"
            )
        case "document.suggested":
            made = Suggestion.objects.filter(org_id=org, document=row, number=told["number"]).first()
            about = (made.note or made.text) if made else ""
            return Words(_("A suggestion for “%(title)s”") % names, about, f"{page}suggestions/")
        case "document.suggestion_accepted":
            return Words(_("Your suggestion for “%(title)s” was taken up") % names, "", page)
        case "document.suggestion_declined":
            return Words(_("Your suggestion for “%(title)s” was left out") % names, told["reason"], page)
        case "document.published":
            return Words(_("Please read “%(title)s”") % names, told["note"], page)
        case "document.review_soon":
            about = _("Its review is due on %(day)s.") % {"day": told["day"]}
            return Words(_("Does “%(title)s” still hold?") % names, about, page)
        case "document.review_overdue":
            about = _("Its review was due on %(day)s.") % {"day": told["day"]}
            return Words(_("Does “%(title)s” still hold?") % names, about, page)
    return None


_OF_TASKS = frozenset({"task", "review"})
_WORDS: Mapping[str, Callable[[int, str, Mapping[str, Any]], Words | None]] = {
    "handoff": _of_handoff,
    "document": _of_document,
}
