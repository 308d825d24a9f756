"""A document of any kind as a sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import singledispatch

from routebook.core.document import (
    FOLDERS,
    AnyDocument,
    ChecklistItem,
    Document,
    Evidence,
    Goal,
    Goes,
    Handling,
    Kind,
    Policy,
    Procedure,
    Process,
    Sop,
    Step,
    WorkInstruction,
    kind_of,
)
from routebook.formats.drawing import draw, itinerary
from routebook.formats.flow_text import write_join, write_then
from routebook.formats.sheets.sheet import (
    Block,
    Cell,
    Check,
    Checklist,
    Criteria,
    Drawing,
    Fact,
    Instruction,
    Part,
    Prose,
    Sheet,
    Shown,
    Table,
    Text,
)

Say = Callable[[str], str]
"""A word of ours in the reader's language."""

KINDS = {
    Kind.GOAL: "Goal",
    Kind.POLICY: "Policy",
    Kind.PROCESS: "Process",
    Kind.PROCEDURE: "Procedure",
    Kind.SOP: "SOP",
    Kind.WORK_INSTRUCTION: "Work instruction",
}
HANDLINGS = {
    Handling.UNDECIDED: "not decided yet",
    Handling.KEEP: "keep",
    Handling.DELEGATE: "delegate",
    Handling.AUTOMATE: "automate",
    Handling.DROP: "drop",
}
_LEAVE = {
    Evidence.NONE: "",
    Evidence.TICK: "leave a tick",
    Evidence.TEXT: "leave a text",
    Evidence.NUMBER: "leave a number",
    Evidence.PHOTO: "leave a photo",
    Evidence.FILE: "leave a file",
    Evidence.LINK: "leave a link",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HEADING = re.compile(r"\A(?:\*\*|__)([^*_\n]+)(?:\*\*|__):?\Z")


def sheet_of(document: AnyDocument, beside: Iterable[AnyDocument] = (), say: Say = str) -> Sheet:
    """A document as a sheet. `beside` are the documents that it may name: those this reader may read."""
    known = {address_of(one): one for one in beside}
    facts = [fact for fact in _common_facts(document, say) + _facts(document, known, say) if any(fact.says)]
    parts = [*_parts(document, known, say), *_part(say("Notes"), _prose(document.notes))]
    return Sheet(
        address=address_of(document),
        kind=say(KINDS[kind_of(document)]),
        title=document.title or document.slug,
        tag=document.variation if isinstance(document, Sop) else "",
        facts=tuple(facts),
        parts=tuple(parts),
    )


def address_of(document: Document) -> str:
    """Where a library keeps a document, without the ending: ``sops/issue-a-refund``."""
    return f"{FOLDERS[kind_of(document)]}/{document.slug}"


def day(date: dt.date, say: Say = str) -> str:
    """A date as people write it: 8 Dec 2026."""
    return f"{date.day} {say(_MONTHS[date.month - 1])} {date.year}"


Known = dict[str, AnyDocument]


def _common_facts(document: AnyDocument, say: Say) -> list[Fact]:
    return [
        Fact(say("Owner"), _plain(document.owner)),
        Fact(say("Review by"), _plain(day(document.review_by, say) if document.review_by else "")),
    ]


@singledispatch
def _facts(document: Document, known: Known, say: Say) -> list[Fact]:
    return []


@singledispatch
def _parts(document: Document, known: Known, say: Say) -> Iterator[Part]:
    raise TypeError(f"{type(document).__name__} is no kind of document")


@_parts.register
def _(document: Goal, known: Known, say: Say) -> Iterator[Part]:
    number = "–" if document.number is None else str(document.number)
    by = f", {say('by')} {day(document.by, say)}" if document.by else ""
    yield Part(say("The measure"), (Prose(_escaped(f"{number} {document.unit}".strip() + by)),))


@_facts.register
def _(document: Policy, known: Known, say: Say) -> list[Fact]:
    governed = [_named(f"{FOLDERS[Kind.PROCESS]}/{slug}", known) for slug in document.applies_to]
    users = [
        Text(one.title, to=address)
        for address, one in known.items()
        if isinstance(one, Process) and document.slug in _policies(one) and one.slug not in document.applies_to
    ]
    return [Fact(say("Governs"), tuple(governed + users))]


@_parts.register
def _(document: Policy, known: Known, say: Say) -> Iterator[Part]:
    yield Part(say("The rule"), _prose(document.statement) or _missing(say("The rule isn't written yet.")))
    yield from _part(say("Why"), _prose(document.why))
    rows = tuple(
        (
            (Text(one.reason, marked=True),),
            _plain(one.approver),
            _plain(day(one.expires, say) if one.expires else ""),
        )
        for one in document.exceptions
    )
    names = (say("Exception"), say("Approved by"), say("Until"))
    yield from _part(say("Exceptions"), (Table(names, rows, (3, 1, 1)),) if rows else ())


@_facts.register
def _(document: Process, known: Known, say: Say) -> list[Fact]:
    within = document.target.within if document.target else ""
    policies = tuple(_named(f"{FOLDERS[Kind.POLICY]}/{slug}", known) for slug in _policies(document))
    goals = tuple(_named(f"{FOLDERS[Kind.GOAL]}/{slug}", known) for slug in document.serves)
    return [
        Fact(say("Starts when"), _marked(document.trigger)),
        Fact(say("Result"), _marked(document.result)),
        Fact(say("Target"), _plain(f"{say('within')} {within}" if within else "")),
        Fact(say("Policies"), policies),
        Fact(say("Serves"), goals),
    ]


@_parts.register
def _(document: Process, known: Known, say: Say) -> Iterator[Part]:
    if not document.steps:
        yield Part(say("The map"), (Prose(say("This map has no steps yet.")),))
        return
    below = documents_below(document, known.values())
    tags = {step: _tag(found) for step, found in below.items() if _tag(found)}
    yield Part(say("The map"), (Drawing(draw(document, documents=tags), itinerary(document)),))
    names = (say("No."), say("Step"), say("Who"), say("Keep or delegate"), say("Document"), say("Then"))
    rows = tuple(_row(number, step, document, below, say) for number, step in enumerate(document.steps, 1))
    yield Part(say("Steps"), (Table(names, rows, (0, 3, 1.3, 1.3, 2, 1.6)),))
    asked = tuple(
        (
            _plain(field.field),
            (Text(say(field.type.value)), *(_softly(", ".join(field.options)))),
            _plain(say("yes") if field.required else ""),
        )
        for field in document.form
    )
    asks = (say("Field"), say("Type"), say("Required"))
    yield from _part(say("Asked at the start"), (Table(asks, asked, (2, 2, 1)),) if asked else ())


def documents_below(process: Process, documents: Iterable[AnyDocument]) -> dict[str, list[Sop | Procedure]]:
    """The SOPs and procedures of each step of a process, by step id."""
    below: dict[str, list[Sop | Procedure]] = {}
    for one in documents:
        if isinstance(one, Sop | Procedure) and one.step.startswith(f"{process.slug}/"):
            below.setdefault(one.step.partition("/")[2], []).append(one)
    return below


def _tag(documents: Sequence[Sop | Procedure]) -> str:
    sops = sum(isinstance(one, Sop) for one in documents)
    return "" if not sops else "SOP" if sops == 1 else f"{sops} SOPs"


def _row(
    number: int, step: Step, process: Process, below: dict[str, list[Sop | Procedure]], say: Say
) -> tuple[Cell, ...]:
    takes = f"{say('takes:')} {', '.join(step.takes)}" if step.takes else ""
    gives = f"{say('gives:')} {', '.join(step.gives)}" if step.gives else ""
    due = f"{say('within')} {step.due}" if step.due else ""
    review = say("somebody else checks the result") if step.review else ""
    optional = say("may be skipped") if step.optional else ""
    return (
        _plain(str(number)),
        (Text(step.title or step.id), *_softly(takes, gives, due, review, optional)),
        _plain(step.role),
        (Text(say(HANDLINGS[step.handling])), *_softly(step.why)),
        tuple(_document_line(one) for one in below.get(step.id, ())) or _softly(step.no_document),
        _flow(step, process, say),
    )


def _flow(step: Step, process: Process, say: Say) -> Cell:
    """Where a step goes, one outcome a line; nothing where it goes to the next line of the table."""
    # A draft may go nowhere yet; there is nothing to say about it then.
    nowhere = isinstance(step.then, Goes) and not step.then.targets
    then = "" if nowhere else write_then(step, process.steps)
    waits = write_join(step.join, process.steps)
    ways = tuple(Text(way) for way in then.split("; ") if way)
    if not ways and step is process.steps[-1]:
        ways = (Text(say("end")),)
    return (*_softly(f"{say('waits for:')} {waits}" if waits else ""), *ways)


def _document_line(document: Sop | Procedure) -> Text:
    variation = f" ({document.variation})" if isinstance(document, Sop) and document.variation else ""
    return Text(f"{document.title}{variation}", to=address_of(document))


@_facts.register
def _(document: Procedure, known: Known, say: Say) -> list[Fact]:
    return [_place(document, known, say), Fact(say("Starts when"), _marked(document.trigger))]


@_parts.register
def _(document: Procedure, known: Known, say: Say) -> Iterator[Part]:
    yield from _part(say("What it is for"), _prose(document.objective))
    yield Part(
        say("Steps"), _checklist(document.checklist, known, say) or _missing(say("The steps aren't written yet."))
    )


@_facts.register
def _(document: Sop, known: Known, say: Say) -> list[Fact]:
    minutes = "" if document.minutes is None else f"{say('about')} {document.minutes} {say('minutes')}"
    needs = [part for need in document.needs for part in (Text(need.tool), *_softly_marked(need.access))]
    return [
        _place(document, known, say),
        Fact(say("Who"), _plain(document.role)),
        Fact(say("Starts when"), _marked(document.trigger)),
        Fact(say("Takes"), _plain(minutes)),
        Fact(say("Gives"), _plain(", ".join(document.outputs))),
        Fact(say("Needs"), tuple(needs)),
    ]


@_parts.register
def _(document: Sop, known: Known, say: Say) -> Iterator[Part]:
    yield from _part(say("What it is for"), _prose(document.objective))
    done: list[Block] = [Criteria(document.quality_bar)] if document.quality_bar else []
    done += [Prose(document.good, say("A good one"), "good")] if document.good else []
    done += [Prose(document.bad, say("A bad one"), "bad")] if document.bad else []
    yield Part(say("Done means"), tuple(done) or _missing(say("The quality bar isn't written yet.")))
    checks = _checklist(document.checklist, known, say)
    yield Part(say("Checklist"), checks or _missing(say("The checklist isn't written yet.")))
    if document.pictures or document.recording:
        yield Part(say("See it done"), (Shown(document.pictures, document.recording),))
    yield from _part(say("You may decide alone"), _prose(document.may_decide))
    yield from _part(say("Ask when"), _prose(document.ask_when))
    asked = tuple(Prose(one.answer, one.question) for one in document.questions)
    yield from _part(say("Questions and answers"), asked)


@_facts.register
def _(document: WorkInstruction, known: Known, say: Say) -> list[Fact]:
    users = [
        Text(one.title, to=address)
        for address, one in known.items()
        if isinstance(one, Sop | Procedure) and any(item.uses == document.slug for item in one.checklist)
    ]
    return [Fact(say("Used in"), tuple(users))]


@_parts.register
def _(document: WorkInstruction, known: Known, say: Say) -> Iterator[Part]:
    is_written = document.lines or document.action or document.pictures or document.clip
    clicks = (_instruction(document, leads=False),) if is_written else _missing(say("The clicks aren't written yet."))
    yield Part(say("Exactly this"), clicks)


def _checklist(items: Sequence[ChecklistItem], known: Known, say: Say) -> tuple[Block, ...]:
    return (Checklist(tuple(_check(item, known, say) for item in items)),) if items else ()


def _check(item: ChecklistItem, known: Known, say: Say) -> Check:
    heading = _HEADING.match(item.text)
    if heading:
        return Check("", heading=heading[1])
    used = known.get(f"{FOLDERS[Kind.WORK_INSTRUCTION]}/{item.uses}")
    instruction = _instruction(used, leads=True) if isinstance(used, WorkInstruction) else None
    return Check(item.text, say(_LEAVE[item.evidence]) if _LEAVE[item.evidence] else "", item.instruction, instruction)


def _instruction(value: WorkInstruction, *, leads: bool) -> Instruction:
    to = address_of(value) if leads else ""
    return Instruction(value.title, value.action, value.lines, value.pictures, value.clip, to)


def _place(document: Sop | Procedure, known: Known, say: Say) -> Fact:
    """The step that a document explains, on its map."""
    slug, _, step_id = document.step.partition("/")
    process = known.get(f"{FOLDERS[Kind.PROCESS]}/{slug}")
    if not isinstance(process, Process):
        return Fact(say("Step"), _plain(document.step))
    numbers = [number for number, step in enumerate(process.steps, 1) if step.id == step_id]
    title = f"{numbers[0]} {process.steps[numbers[0] - 1].title}" if numbers else step_id
    return Fact(say("Step"), (Text(f"{process.title}: {title}", to=address_of(process)),))


def _policies(process: Process) -> tuple[str, ...]:
    target = (process.target.policy,) if process.target and process.target.policy else ()
    return tuple(dict.fromkeys((*process.policies, *target)))


def _named(address: str, known: Known) -> Text:
    """Another document by its title; by its slug where this reader can't open it."""
    found = known.get(address)
    return Text(found.title, to=address) if found else Text(address.partition("/")[2])


def _part(heading: str, blocks: tuple[Block, ...]) -> Iterator[Part]:
    if blocks:
        yield Part(heading, blocks)


def _prose(text: str) -> tuple[Block, ...]:
    return (Prose(text),) if text.strip() else ()


def _missing(sentence: str) -> tuple[Block, ...]:
    return (Prose(sentence),)


def _plain(text: str) -> Cell:
    return (Text(text),) if text else ()


def _marked(text: str) -> Cell:
    return (Text(text, marked=True),) if text else ()


def _softly(*lines: str) -> Cell:
    return tuple(Text(line, soft=True) for line in lines if line)


def _softly_marked(text: str) -> Cell:
    return (Text(text, marked=True, soft=True),) if text else ()


def _escaped(text: str) -> str:
    """Plain text as CommonMark that says just that."""
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~&])", r"\\\1", text)
