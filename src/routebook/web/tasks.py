"""The page of one task, where the work is done, and the resources below it: ticks, evidence, questions, …

Every form works by itself: it posts, and the answer is the next page. With htmx, ticks and evidence answer with
their line of the checklist only, which takes the old one's place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from routebook.core.document import (
    Access,
    ChecklistItem,
    Decision,
    Evidence,
    FieldType,
    FormField,
    Kind,
    Sop,
    Status,
    WorkInstruction,
    next_review,
)
from routebook.core.events import Refusal
from routebook.core.run import TaskStatus
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import evidence as evidence_actions
from routebook.store.actions import runs as actions
from routebook.store.evidence import MOST_BYTES, kind_of, shown_name
from routebook.store.queries import evidence as evidence_queries
from routebook.store.queries import members, upkeep
from routebook.store.queries.tasks import Note, RunView, TaskView, task_view
from routebook.web.media import send
from routebook.web.pages import command_id, fresh_id, now, page, post, show, tell
from routebook.web.route_line import mini, stops

PLACES = {"questions": "/runs/questions/"}
"""Where a form may say that it was filled in, to come back there."""


# --- the page -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist as the page shows it. `number` counts from 0, as the core does."""

    number: int
    item: ChecklistItem
    linked: WorkInstruction | None
    done: bool
    value: str
    file: str
    picture: bool
    error: str
    command: str

    @property
    def evidence(self) -> Evidence:
        return self.item.evidence

    @property
    def ticks(self) -> bool:
        """Whether the line is done by a tick; the others are done by giving their evidence."""
        return self.item.evidence in (Evidence.NONE, Evidence.TICK)


@page("run")
def task(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponse:
    """One task: what done means, the directions, and the decision."""
    return _task_page(request, actor, number, task)


def _task_page(
    request: HttpRequest,
    actor: Actor,
    number: int,
    task_number: int,
    refusal: Refusal | None = None,
    panel: str = "",
) -> HttpResponse:
    at = now()
    view = task_view(actor, number, task_number, now=at)
    line = stops(view.run, actor.id)
    context = {
        **_shared(view, refusal),
        "stops": mini(view.run, line),
        "total": len(line),
        "stop_number": view.run.number_of(view.task.step),
        "giver": _giver(view),
        "due_in": view.task.due and (view.task.due - at).total_seconds(),
        "outcomes": _outcomes(view),
        "people": _receivers(actor, view),
        "on_plate": view.task.assignee == actor.id,
        "assignee": view.run.people.get(view.task.assignee, ""),
        "doer": _doer(view),
        "away": view.run.people.get(view.instead_of, ""),
        "blocked_why": view.run.rows[task_number].blocked_why,
        "notes": _notes(view),
        "may_answer": _may_answer(actor, view),
        "fields": answers(view.run),
        "refusal": refusal,
        "panel": panel,
        "typed": request.POST,
        "stale": _stale(actor, view, at),
        "typed_options": _three(request.POST.getlist("options")),
        "command": fresh_id(),
    }
    template = "tasks/review.html" if view.task.review_of else "tasks/task.html"
    status = 200 if refusal is None else (403 if refusal.code == "forbidden" else 409)
    return show(request, template, context, status=status)


@dataclass(frozen=True, slots=True)
class Stale:
    """Directions that somebody should have looked at by `day`. `answers` says whether the reader decides about them,
    `until` when they are looked at again if they still hold."""

    slug: str
    day: dt.date
    until: dt.date
    answers: bool


def _stale(actor: Actor, view: TaskView, at: dt.datetime) -> Stale | None:
    if view.directions is None:
        return None
    row, today = view.directions.version.document, at.astimezone(ZoneInfo(actor.time_zone)).date()
    if row.status != Status.PUBLISHED or row.review_by is None or row.review_by >= today:
        return None
    until = next_review(Kind.SOP, today)
    return Stale(row.slug, row.review_by, until, upkeep.answers_for(actor, row))


def _three(typed: Sequence[str]) -> Sequence[str]:
    """The three options of an escalation as they were typed."""
    return [*typed[:3], "", "", ""][:3]


def _shared(view: TaskView, refusal: Refusal | None) -> dict[str, Any]:
    """What the page and a single line of its checklist both need."""
    row = view.run.row
    return {
        "view": view,
        "task": view.task,
        "work": view.work,
        "step": view.step,
        "row": row,
        "process": view.run.definition.process,
        "directions": view.directions,
        "items": _items(view, refusal),
        "here": f"/runs/{row.number}/tasks/{view.task.number}/",
        "megabytes": MOST_BYTES // 1_000_000,
    }


def _items(view: TaskView, refusal: Refusal | None) -> Sequence[Item]:
    if view.directions is None:
        return ()
    return [_item(view, at, item, refusal) for at, item in enumerate(view.directions.sop.checklist)]


def _item(view: TaskView, at: int, item: ChecklistItem, refusal: Refusal | None) -> Item:
    assert view.directions is not None
    value = view.work.evidence.get(at, "")
    kept = kind_of(value) if item.evidence in evidence_actions.UPLOADED else None
    return Item(
        number=at,
        item=item,
        linked=view.directions.instructions.get(item.uses),
        done=at in view.work.ticks or bool(value),
        value=shown_name(value) if kept else value,
        file=f"/runs/{view.run.row.number}/tasks/{view.work.number}/evidence/{at}/" if kept else "",
        picture=kept is not None and kept.shown and kept.content_type.startswith("image/"),
        error=refusal.sentence if refusal and refusal.field == f"item-{at}" else "",
        command=fresh_id(),
    )


def rehearsed(sop: Sop, instructions: Mapping[str, WorkInstruction]) -> Sequence[Item]:
    """The lines of an SOP as its next reader will find them in a task, with nothing done yet."""
    return [
        Item(at, item, instructions.get(item.uses), False, "", "", False, "", "")
        for at, item in enumerate(sop.checklist)
    ]


def answers(run: RunView) -> Sequence[tuple[FormField, str]]:
    """What the start form was told, in its order; money with the organisation's currency."""
    known, currency = run.state.fields, run.row.org.currency
    return [
        (field, f"{known[field.field]} {currency}".rstrip() if field.type is FieldType.MONEY else known[field.field])
        for field in run.definition.process.form
        if known.get(field.field)
    ]


def _giver(view: TaskView) -> str:
    """Who gave the task: whoever finished the step before, or did the work that is reviewed."""
    if view.task.review_of:
        return _doer(view)
    made_by = [maker for _, maker in view.task.took if maker]
    if not made_by:
        return ""
    row = view.run.rows[made_by[-1]]
    return view.run.people.get(str(row.done_by_id), "")


def _doer(view: TaskView) -> str:
    row = view.run.rows[view.work.number]
    return view.run.people.get(str(row.done_by_id or ""), "")


def _may_answer(actor: Actor, view: TaskView) -> bool:
    """As the core decides it, so that nobody is offered what would be refused."""
    return view.run.manages or actor.id in (view.work.delegator, view.work.assignee, view.run.owner)


@dataclass(frozen=True, slots=True)
class Said:
    """A note in words: who said it, when, and what it was about."""

    by: str
    at: dt.datetime
    what: str
    text: str


def _notes(view: TaskView) -> Sequence[Said]:
    return [_said(note, view.run) for note in view.notes]


def _said(note: Note, run: RunView) -> Said:
    by = run.people.get(note.by, note.by)
    event = note.event
    if isinstance(event, e.HandedOver):
        return Said(by, note.at, _("handed it over"), event.note)
    if isinstance(event, e.ReviewFailed):
        return Said(by, note.at, _("took it on") if event.redo else _("sent it back"), event.reasons)
    assert isinstance(event, e.RunReturned)
    return Said(by, note.at, _("took the run back to here"), event.reason)


def _outcomes(view: TaskView) -> Sequence[str]:
    return [outcome.when for outcome in view.step.then.outcomes] if isinstance(view.step.then, Decision) else ()


def _receivers(actor: Actor, view: TaskView) -> Sequence[tuple[str, str, str]]:
    """Who may be given the task: id, name and roles, those of the step's role first."""
    if not view.may_work:
        return ()
    role = view.step.role.casefold()
    people = [person for person in members.people(actor) if str(person.row.pk) != view.task.assignee]
    people = [person for person in people if person.access is not Access.GUEST]
    able = [person for person in people if not (view.task.review_of and str(person.row.pk) in view.work.doers)]
    able.sort(key=lambda person: role not in [held.casefold() for held in person.roles])
    return [(str(person.row.pk), person.row.name, ", ".join(person.roles)) for person in able]


# --- doing it -------------------------------------------------------------------------------------


@post("run")
def complete(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """The work is done, and how it came out. Leads to the doer's next task in this run, else to today's list."""
    require(actor, Verb.SEE_RUNS)
    command = c.CompleteTask(task, request.POST.get("outcome", ""))
    try:
        result = actions.command(actor, number, command, command_id=command_id(request), now=now())
    except Refused as refused:
        return _task_page(request, actor, number, task, refused.refusal, "completion")
    tell(request, _completed(result))
    return redirect(_next(actor, result))


def _completed(result: actions.Result) -> str:
    if any(isinstance(event, e.TaskSubmitted) for event in result.events):
        return _("Handed in. Somebody looks at it before #%(number)d goes on.") % {"number": result.number}
    if any(isinstance(event, e.RunCompleted) for event in result.events):
        return _("Done, and #%(number)d has arrived.") % {"number": result.number}
    return _("Done. #%(number)d goes on.") % {"number": result.number}


def _next(actor: Actor, result: actions.Result) -> str:
    """The actor's next task in this run; else the list of today, or for managers, whose page runs are, the run."""
    for task in result.state.open_tasks():
        if task.assignee == actor.id and task.status is TaskStatus.OPEN:
            return f"/runs/{result.number}/tasks/{task.number}/"
    return f"/runs/{result.number}/" if actor.may(Verb.MANAGE_RUNS) else "/"


@post("run")
def tick(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Tick an item, or take its tick away."""
    require(actor, Verb.SEE_RUNS)
    item = _number(request.POST.get("item", ""))
    command = c.TickItem(task, item, request.POST.get("ticked", "1") == "1")
    try:
        actions.command(actor, number, command, command_id=command_id(request), now=now())
    except Refused as refused:
        return _item_answer(request, actor, number, task, item, _beside(refused.refusal, item))
    return _item_answer(request, actor, number, task, item)


@post("run")
def give_evidence(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Give an item the text, number, link, photo or file that it asks for; an empty text takes it away."""
    require(actor, Verb.SEE_RUNS)
    item = _number(request.POST.get("item", ""))
    sent = request.FILES.get("file")
    try:
        if sent is not None and (sent.size or 0) > MOST_BYTES:
            sentence = _("A file has at most %(n)d MB here.") % {"n": MOST_BYTES // 1_000_000}
            raise Refused(Refusal("too_large", sentence, f"item-{item}"))
        evidence_actions.give(
            actor,
            number,
            task,
            item,
            text=request.POST.get("value", ""),
            upload=evidence_actions.Upload(sent.name or "", sent.read()) if sent is not None else None,
            command_id=command_id(request),
            now=now(),
        )
    except Refused as refused:
        return _item_answer(request, actor, number, task, item, _beside(refused.refusal, item))
    return _item_answer(request, actor, number, task, item)


def _beside(refusal: Refusal, item: int) -> Refusal:
    """The refusal beside the line that it is about, whatever it names."""
    return Refusal(refusal.code, refusal.sentence, refusal.field or f"item-{item}")


def _item_answer(
    request: HttpRequest, actor: Actor, number: int, task: int, item: int, refusal: Refusal | None = None
) -> HttpResponseBase:
    """The line alone for htmx, else the page."""
    if not request.headers.get("HX-Request"):
        if refusal is not None:
            return _task_page(request, actor, number, task, refusal)
        return redirect(f"/runs/{number}/tasks/{task}/#item-{item}")
    view = task_view(actor, number, task, now=now())
    context = _shared(view, refusal)
    if not 0 <= item < len(context["items"]):
        raise Refused(refusal or Refusal("no_such_item", _("There is no such item.")))
    response = show(
        request,
        "tasks/item.html",
        {**context, "item": context["items"][item], "typed": request.POST if refusal else {}},
        status=409 if refusal else 200,
    )
    response.headers["HX-Retarget"] = f"#item-{item}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


@page("run")
def evidence_file(request: HttpRequest, actor: Actor, number: int, task: int, item: int) -> HttpResponseBase:
    """The photo or file that stands at an item. Shown in place where a browser can do no harm with it."""
    found = evidence_queries.file(actor, number, task, item)
    return send(request, found, shown_name(found.file.name))


@post("run")
def pick_variation(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Say which kind this one is."""
    command = c.PickVariation(task, request.POST.get("variation", ""))
    return _carry_out(request, actor, number, command, "variation", _("These are the directions for it."))


# --- passing it on, waiting, asking ---------------------------------------------------------------


@post("run")
def ask(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Ask about the directions."""
    command = c.Ask(task, request.POST.get("question", ""))
    return _carry_out(request, actor, number, command, "ask", _("Your question is on its way."))


@post("run")
def escalate(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Bring what the card doesn't let the doer decide: one problem, three options, one recommendation."""
    command = c.Escalate(
        task,
        request.POST.get("problem", ""),
        tuple(request.POST.getlist("options")),
        request.POST.get("recommendation", ""),
    )
    return _carry_out(request, actor, number, command, "escalation", _("It is on its way to who decides."))


@post("run")
def answer(request: HttpRequest, actor: Actor, number: int, task: int, question: int) -> HttpResponseBase:
    """Answer a question."""
    command = c.Answer(task, question, request.POST.get("answer", ""))
    done = _("Answered.")
    return _carry_out(request, actor, number, command, f"answer-{question}", done)


@post("run")
def block(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """The ball is with somebody else."""
    command = c.BlockTask(task, request.POST.get("on", ""), request.POST.get("why", ""))
    return _carry_out(request, actor, number, command, "block", _("It waits. The clock runs on them, not on you."))


@post("run")
def unblock(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """The ball is back."""
    return _carry_out(request, actor, number, c.UnblockTask(task), "unblock", _("The ball is back with you."))


@post("run")
def hand_over(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Pass the task on to the next person."""
    command = c.HandOver(task, request.POST.get("to", ""), request.POST.get("note", ""))
    return _carry_out(request, actor, number, command, "handover", _("It is theirs now."))


@post("run")
def skip(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Go on without doing it, with a reason."""
    command = c.SkipTask(task, request.POST.get("reason", ""), request.POST.get("outcome", ""))
    return _carry_out(request, actor, number, command, "skip", _("Skipped. The reason is on the record."), onward=True)


@post("run")
def change_due(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Give the task another due moment, in the actor's own time."""
    require(actor, Verb.SEE_RUNS)
    try:
        due = dt.datetime.fromisoformat(request.POST.get("due", "")).replace(tzinfo=ZoneInfo(actor.time_zone))
    except ValueError:
        refusal = Refusal("no_moment", _("Choose a day and a time."), "due")
        return _task_page(request, actor, number, task, refusal, "due")
    command = c.ChangeDue(task, due, request.POST.get("why", ""))
    return _carry_out(request, actor, number, command, "due", _("It is due then."))


@post("run")
def review(request: HttpRequest, actor: Actor, number: int, task: int) -> HttpResponseBase:
    """Pass the work, send it back with reasons, or do it again oneself."""
    verdict = request.POST.get("verdict", "")
    reasons = request.POST.get("reasons", "")
    if verdict == "pass":
        passing = c.PassReview(task)
        return _carry_out(request, actor, number, passing, "review", _("Passed. It counts now."), onward=True)
    command = c.FailReview(task, reasons, redo=verdict == "redo")
    done = _("It is yours now.") if verdict == "redo" else _("Sent back with your reasons.")
    return _carry_out(request, actor, number, command, "back", done, onward=True)


def _carry_out(
    request: HttpRequest,
    actor: Actor,
    number: int,
    command: c.TaskCommand,
    panel: str,
    done: str,
    *,
    onward: bool = False,
) -> HttpResponseBase:
    """Carry a command out and say so, or show the page again with what was typed and why not."""
    require(actor, Verb.SEE_RUNS)
    try:
        result = actions.command(actor, number, command, command_id=command_id(request), now=now())
    except Refused as refused:
        return _task_page(request, actor, number, command.task, refused.refusal, panel)
    tell(request, done)
    if onward:
        return redirect(_next(actor, result))
    return redirect(PLACES.get(request.POST.get("place", ""), f"/runs/{number}/tasks/{command.task}/"))


def _number(text: str) -> int:
    """An item's number as a form sends it; what is none names no item."""
    return int(text) if text.isdecimal() and len(text) < 6 else -1


_AT = "runs/<int:number>/tasks/<int:task>/"
urlpatterns: list[URLPattern] = [
    path(_AT, task, name="task"),
    path(f"{_AT}completion/", complete, name="task-completion"),
    path(f"{_AT}ticks/", tick, name="task-ticks"),
    path(f"{_AT}evidence/", give_evidence, name="task-evidence"),
    path(f"{_AT}evidence/<int:item>/", evidence_file, name="task-evidence-file"),
    path(f"{_AT}variation/", pick_variation, name="task-variation"),
    path(f"{_AT}questions/", ask, name="task-questions"),
    path(f"{_AT}escalation/", escalate, name="task-escalation"),
    path(f"{_AT}questions/<int:question>/answer/", answer, name="task-answer"),
    path(f"{_AT}block/", block, name="task-block"),
    path(f"{_AT}block/end/", unblock, name="task-block-end"),
    path(f"{_AT}handover/", hand_over, name="task-handover"),
    path(f"{_AT}skip/", skip, name="task-skip"),
    path(f"{_AT}due/", change_due, name="task-due"),
    path(f"{_AT}review/", review, name="task-review"),
]
