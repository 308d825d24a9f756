"""What people do to hand-offs, and what runs and SOPs tell them.

A hand-off is folded from its stream ``handoff:<id>``; its row repeats the level and holds the packed state. The
row is locked before its state is read, so two writers come one after the other. A command with an id that was
carried out before changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import transaction

from routebook.core.checks import secrets_in
from routebook.core.document import Access, Handling, Kind, Process
from routebook.core.events import Event, Refusal, together
from routebook.core.handoff import (
    NEW_HANDOFF,
    AccessCard,
    Brief,
    HandoffContext,
    HandoffState,
    Level,
    Result,
    Terms,
    decide,
    fold,
    pack,
    shortcomings,
    unpack,
)
from routebook.core.handoff import commands as c
from routebook.core.run import RunState, Task, TaskStatus
from routebook.core.run import events as run_events
from routebook.store import journal, models, notices, search
from routebook.store.access import Actor, NotFound, Refused, Verb
from routebook.store.models import HandOff
from routebook.store.parsing import document_of
from routebook.store.queries.handoffs import published_sop, step_of, visible

NO_TERMS = Terms()


def stream_of(row: HandOff) -> str:
    """The journal's stream of a hand-off."""
    return f"handoff:{row.pk}"


@transaction.atomic
def prepare(
    actor: Actor,
    process_id: int,
    step: str,
    *,
    receiver: int,
    card: AccessCard,
    command_id: str,
    now: dt.datetime,
    variation: str = "",
    brief: Brief | None = None,
    terms: Terms = NO_TERMS,
) -> HandOff:
    """Offer a step (× variation) of a process to somebody, the first time or after a return. The actor delegates.

    Raises `NotFound` for a process that the actor may not hand off, else `Refused`, naming the field.
    """
    process = _process(actor, process_id)
    _be_step(process, step, variation)
    strange = together((*_secrets(card, brief), *_no_receiver(actor, receiver), *_strangers(actor, card, terms)))
    if strange is not None:
        needs_bar = published_sop(actor.org, process.slug, step, variation) is None
        lacking = shortcomings(brief, card, terms, str(receiver), needs_bar=needs_bar)
        raise Refused(together((*lacking, strange)) or strange)
    row, _ = HandOff.objects.select_for_update().get_or_create(
        org_id=actor.org,
        process=process,
        step=step,
        variation=variation,
        receiver_id=receiver,
        defaults={"delegator_id": actor.member, "level": Level.NONE.value, "created_at": now, "updated_at": now},
    )
    offer = c.Prepare(process.pk, step, str(receiver), card, variation, brief=brief, terms=terms)
    return _carry_out(actor, row, offer, command_id, now)


@transaction.atomic
def command(actor: Actor, handoff_id: int, command: c.HandoffCommand, *, command_id: str, now: dt.datetime) -> HandOff:
    """Carry a command of a person out on a hand-off.

    Raises `NotFound` for one that is not the actor's to see, `Refused` with the core's refusal.
    """
    if isinstance(command, c.NoteResult | c.SopChanged | c.Prepare):
        raise TypeError(f"{type(command).__name__} is not for people to say here")
    # PostgreSQL locks no rows of a query with joins to nullable sides or DISTINCT, so the lock is on the row alone.
    if not visible(actor).filter(pk=handoff_id).exists():
        raise NotFound
    row = HandOff.objects.select_for_update().get(pk=handoff_id)
    strange = together(_strange(actor, command))
    if strange is not None:
        raise Refused(strange)
    return _carry_out(actor, row, command, command_id, now)


@transaction.atomic
def change_offer(
    actor: Actor, handoff_id: int, *, brief: Brief, card: AccessCard, terms: Terms, command_id: str, now: dt.datetime
) -> HandOff:
    """Change all three parts of what was agreed, or none of them: what is handed over, the card, who and when."""
    first = command_id[: journal.LONGEST_COMMAND - 2]
    rows: list[HandOff] = []
    refused: list[Refusal] = []
    for part, change in (("b", c.ChangeBrief(brief)), ("c", c.ChangeCard(card)), ("t", c.ChangeTerms(terms))):
        try:
            rows.append(command(actor, handoff_id, change, command_id=f"{first}-{part}", now=now))
        except Refused as error:
            refused.append(error.refusal)
    refusal = together(refused)
    if refusal is not None:
        raise Refused(refusal)
    return rows[-1]


def note_results(
    actor: Actor, run_id: str, before: RunState, after: RunState, events: Sequence[Event], *, now: dt.datetime
) -> None:
    """Tell the hand-offs what came of their tasks. Call it inside the run's transaction."""
    for event in events:
        found = _result_of(event, before, after)
        if found is None:
            continue
        task, person, result = found
        row = _handoff_of(actor.org, after.process, task, person)
        if row is not None:
            note = c.NoteResult(result, run_id, task.number, task.level)
            # The same end of the same attempt is told once, whatever command brought it about.
            said = f"{run_id}:{task.number}:{task.attempt}:{result}"
            _carry_out(actor, row, note, said, now)


def sop_published(actor: Actor, version: models.Version, step: str, *, now: dt.datetime) -> None:
    """Tell the hand-offs of a step that the SOP they work from has a new version. `step` is ``process/step``.

    Call it inside the transaction that publishes, after the document's row and before the facts.
    """
    slug, _, step_id = step.partition("/")
    rows = HandOff.objects.select_for_update(of=("self",)).filter(
        org_id=actor.org, process__slug=slug, process__kind=Kind.PROCESS, step=step_id
    )
    for row in rows.order_by("pk"):
        sop = published_sop(row.org_id, slug, row.step, row.variation)
        if sop is not None and sop.published_id == version.pk:
            _carry_out(actor, row, c.SopChanged(version.pk, version.major), f"sop:{version.pk}", now)


# --- one command --------------------------------------------------------------------------------


def _carry_out(actor: Actor, row: HandOff, command: c.HandoffCommand, command_id: str, now: dt.datetime) -> HandOff:
    stream = stream_of(row)
    journal.check_names(stream, actor.id, command_id)
    if models.Event.objects.filter(org_id=row.org_id, stream=stream, command=command_id, n=0).exists():
        return row
    before = unpack(row.snapshot) if row.snapshot else NEW_HANDOFF
    decided = decide(before, command, _context(actor, row, now))
    if isinstance(decided, Refusal):
        raise Refused(decided)
    if not decided:
        return row
    appended = journal.append(row.org_id, stream, row.seq, decided, actor.id, now, command_id)
    after = fold(before, decided)
    _keep(row, after, appended, now)
    notices.of_handoff(row, after, decided, appended.seq - len(decided), actor.id, now)
    if _concerns_runs(before) != _concerns_runs(after):
        journal.touch_facts(row.org_id)
    return row


def _concerns_runs(state: HandoffState) -> tuple[object, ...]:
    """What decides who gets the step's tasks, and by which directions."""
    return state.level, state.delegator, state.sop, state.terms.starts, state.terms.backup


def _keep(row: HandOff, state: HandoffState, appended: journal.Appended, now: dt.datetime) -> None:
    row.level = state.level.value
    row.delegator_id = int(state.delegator)
    row.starts = state.terms.starts
    row.backup_id = int(state.terms.backup) if state.terms.backup else None
    row.seq, row.head = appended.seq, appended.head
    row.snapshot = pack(state)
    row.updated_at = now
    row.save()
    search.index_handoff(row.org_id, row.pk)


def _context(actor: Actor, row: HandOff, now: dt.datetime) -> HandoffContext:
    step = step_of(row.process, row.step)
    sop = published_sop(row.org_id, row.process.slug, row.step, row.variation)
    return HandoffContext(
        now=now,
        actor=actor.id,
        manages=actor.may(Verb.DELEGATE),
        sop=sop.published_id or 0 if sop else 0,
        needs_sop=step is None or not step.no_document,
        receiver_works=row.receiver.active and row.receiver.access != Access.GUEST,
        handling=step.handling if step else Handling.UNDECIDED,
    )


# --- what may be named --------------------------------------------------------------------------


def _process(actor: Actor, process_id: int) -> models.Document:
    rows = models.Document.objects.select_related("published", "draft")
    process = rows.filter(org_id=actor.org, kind=Kind.PROCESS, pk=process_id).first()
    if process is None or not actor.may(Verb.SEE_LIBRARY):
        raise NotFound
    if process.published is None:
        sentence = "Publish the map first: only its runs can bring this step to somebody."
        raise Refused(Refusal("not_published", sentence, "step"))
    return process


def _be_step(process: models.Document, step: str, variation: str) -> None:
    assert process.published is not None
    value = document_of(process.published, Kind.PROCESS, process.slug)
    assert isinstance(value, Process)
    found = value.step(step)
    if found is None:
        raise Refused(Refusal("no_step", "The published map has no such step.", "step"))
    if variation and (found.variations is None or variation not in found.variations.of):
        raise Refused(Refusal("no_variation", "This step has no such variation.", "variation"))


def _strange(actor: Actor, command: c.HandoffCommand) -> Iterator[Refusal]:
    match command:
        case c.ChangeBrief(brief):
            yield from _secrets(None, brief)
        case c.ChangeCard(card):
            yield from _secrets(card, None)
            yield from _strangers(actor, card, NO_TERMS)
        case c.ChangeTerms(terms):
            yield from _strangers(actor, None, terms)
        case c.ChangeDelegator(to):
            if not _works_here(actor, to):
                yield Refusal("no_person", "Choose who delegates it from now on.", "to")


def _secrets(card: AccessCard | None, brief: Brief | None) -> Iterator[Refusal]:
    """The record is kept for ever and the pack is printed: what is in them can't be taken back."""
    for field, text in _texts(card, brief):
        for found in secrets_in(text):
            sentence = f"This holds {found}. Say where the vault keeps it, not what it is: the record is kept for ever."
            yield Refusal("secret", sentence, field)


def _texts(card: AccessCard | None, brief: Brief | None) -> Iterator[tuple[str, str]]:
    for n, tool in enumerate(card.tools if card else ()):
        yield f"tool-{n}", f"{tool.tool}\n{tool.account_owner}\n{tool.vault}"
    for field in ("spend_limit", "may_decide", "ask_when") if card else ():
        yield field, getattr(card, field)
    for field in ("outcome", "good", "bad") if brief else ():
        yield field, getattr(brief, field)
    yield "quality_bar", "\n".join(brief.quality_bar) if brief else ""


def _no_receiver(actor: Actor, receiver: int) -> Iterator[Refusal]:
    if not models.Member.objects.filter(org_id=actor.org, pk=receiver, active=True).exists():
        yield Refusal("no_person", "Choose who takes the step on.", "person")


def _strangers(actor: Actor, card: AccessCard | None, terms: Terms) -> Iterator[Refusal]:
    """Named people who don't work here (any more)."""
    if card and card.revoker and not _works_here(actor, card.revoker):
        yield Refusal("no_person", "Choose who takes the access away again.", "revoker")
    if terms.backup and not _works_here(actor, terms.backup):
        yield Refusal("no_person", "Choose somebody who works here.", "backup")


def _works_here(actor: Actor, person: str) -> bool:
    members = models.Member.objects.filter(org_id=actor.org, active=True).exclude(access=Access.GUEST)
    return person.isdecimal() and members.filter(pk=int(person)).exists()


# --- what a run says ----------------------------------------------------------------------------


def _result_of(event: Event, before: RunState, after: RunState) -> tuple[Task, str, Result] | None:
    """The task that came to a result by this event, who did it, and how it ended; None where nobody was tried."""
    match event:
        case run_events.TaskCompleted():
            task = after.tasks[event.task]
            good = Result.CONFIRMED if task.level == Level.PRACTICE else Result.CLEAN
            return (task, event.by, good) if task.level else None
        case run_events.ReviewFailed():
            # By now the task may belong to the reviewer; its result is about who did it until then.
            task = before.tasks[event.of]
            practised = task.level == Level.PRACTICE and event.redo
            return (task, task.doers[-1], Result.REDONE if practised else Result.REWORKED) if task.level else None
        case run_events.RunReturned():
            return _returned(event, before)
    return None


def _returned(event: run_events.RunReturned, before: RunState) -> tuple[Task, str, Result] | None:
    """Only the step that the run goes back to is reworked; what came after it was undone through no fault."""
    for number in event.undone:
        task = before.tasks[number]
        if task.step == event.step and task.status is TaskStatus.DONE and task.level and task.doers:
            return task, task.doers[-1], Result.REWORKED
    return None


def _handoff_of(org: int, process: int, task: Task, person: str) -> HandOff | None:
    """The person's hand-off that the task stands under: of its variation, else of the step as a whole."""
    if not person.isdecimal():
        return None
    rows = HandOff.objects.select_for_update(of=("self",)).filter(
        org_id=org, process_id=process, step=task.step, variation__in={task.variation, ""}, receiver_id=int(person)
    )
    return rows.order_by("-variation").first()
