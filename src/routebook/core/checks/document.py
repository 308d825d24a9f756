"""What makes one document hard to use, whatever its place on the ladder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from routebook.core.checks.catalogue import Catalogue, name_key
from routebook.core.checks.rule import Around, Family, Hit, Rule, rule
from routebook.core.checks.split import actors_of, distinct, roles_named
from routebook.core.checks.texts import (
    START,
    has_at_most,
    holds_sign,
    listed,
    page_and_rest,
    sentences,
    shortened,
    without_code,
    words,
)
from routebook.core.document import (
    ChecklistItem,
    Document,
    Kind,
    Policy,
    Procedure,
    Process,
    Sop,
    Status,
    WorkInstruction,
    kind_of,
)

_MOST_SENTENCES = 3
_MOST_ITEMS = 9
_MOST_LINES = 7
_MOST_WORDS = {Kind.PROCESS: 600, Kind.PROCEDURE: 250, Kind.SOP: 500, Kind.WORK_INSTRUCTION: 120}
"""A printed page of lists holds about 500 words; a map may use the table beside its drawing, too."""

_ROOM = {
    Kind.PROCESS: "one page",
    Kind.PROCEDURE: "half a page",
    Kind.SOP: "one page",
    Kind.WORK_INSTRUCTION: "a few lines",
}
_BLOCK_HEAD = re.compile(r"\A(?:\*\*|__)[^*_\n]+(?:\*\*|__):?\Z")


@rule(
    "RB201",
    "too-long",
    Family.DOCUMENT,
    "The document is too long for its kind.",
    on=(Policy, Process, Procedure, Sop, WorkInstruction),
)
def too_long(document: Policy | Process | Procedure | Sop | WorkInstruction, around: Around) -> Iterator[Hit]:
    """What is too long isn't read, and what isn't read isn't followed.

    A policy takes one to three sentences, a process one page, a procedure half a page, an SOP one page with
    at most nine items in a block of its checklist, a work instruction a few lines. Questions with their
    answers, examples and pictures don't count: they grow with use.

    Wrong::

        kind: policy
        statement: >
          We answer every mail. We do so within a day. Weekends don't count.
          Holidays don't count either. The clock starts when the mail arrives.

    Right::

        kind: policy
        statement: We answer every customer mail within one working day.
    """
    if isinstance(document, Policy):
        yield from _long_policy(document)
        return
    yield from _wordy(document, around)
    if isinstance(document, WorkInstruction) and len(document.lines) > _MOST_LINES:
        sentence = f"This work instruction has {len(document.lines)} lines; it should explain one action in a few."
        yield Hit("lines", sentence, "Keep one action here, and make an SOP or a second work instruction of the rest.")
    if isinstance(document, Sop | Procedure):
        yield from _long_blocks(document.checklist)


def _long_policy(policy: Policy) -> Iterator[Hit]:
    count = sentences(policy.statement)
    if count > _MOST_SENTENCES:
        yield Hit(
            "statement",
            f"The statement has {count} sentences; a policy takes one to three.",
            "Keep the rule itself; put the reason under why, exceptions under exceptions, and steps into a procedure.",
        )


@dataclass(frozen=True, slots=True)
class Length:
    """How long a document is and how long its kind may be, both in words (a policy's statement: sentences)."""

    count: int
    most: int
    unit: str


def length_of(document: Document) -> Length | None:
    """The measure of what stands on a document's page; None for a goal, which is a sentence anyway."""
    if isinstance(document, Policy):
        return Length(sentences(document.statement), _MOST_SENTENCES, "sentences")
    most = _MOST_WORDS.get(kind_of(document))
    return Length(words(page_and_rest(document)[0]), most, "words") if most is not None else None


def _wordy(document: Process | Procedure | Sop | WorkInstruction, around: Around) -> Iterator[Hit]:
    kind = kind_of(document)
    if not has_at_most(around.page, _MOST_WORDS[kind]) and (count := words(around.page)) > _MOST_WORDS[kind]:
        yield Hit("", f"This document has {count} words; there should be {_ROOM[kind]} of it.", _SHORTER[kind])


_SHORTER = {
    Kind.PROCESS: "Keep the map: move what explains a single step into that step's procedure or SOP.",
    Kind.PROCEDURE: "Keep the ordered steps; move single actions into work instructions, or split the task in two.",
    Kind.SOP: "Move single actions into work instructions, and what belongs to other steps into their own SOPs.",
    Kind.WORK_INSTRUCTION: "Keep the clicks of one action; a short clip or a picture says the rest.",
}


def longest_block(document: Document) -> Length | None:
    """How many items stand in the longest block of a checklist, and how many fit in a head; None without a checklist."""
    if not isinstance(document, Sop | Procedure) or not document.checklist:
        return None
    return Length(max(size for _start, size in _blocks(document.checklist)), _MOST_ITEMS, "items")


def _blocks(checklist: tuple[ChecklistItem, ...]) -> Iterator[tuple[int, int]]:
    """Where each block begins, and how many items it has. A line such as **Before you send** divides them."""
    start, size = 0, 0
    for index, item in enumerate((*checklist, ChecklistItem("**end**"))):
        if not _BLOCK_HEAD.match(item.text):
            size += 1
            continue
        yield start, size
        start, size = index + 1, 0


def _long_blocks(checklist: tuple[ChecklistItem, ...]) -> Iterator[Hit]:
    for start, size in _blocks(checklist):
        if size > _MOST_ITEMS:
            yield Hit(
                f"checklist[{start}]",
                f"This block of the checklist has {size} items; more than nine are hard to keep in view.",
                "Merge items that are done in one breath, or divide the block by a line such as **Before you send**.",
            )


@rule("RB202", "no-quality-bar", Family.DOCUMENT, "The SOP doesn't say what “done” looks like.", on=(Sop,))
def no_quality_bar(sop: Sop, around: Around) -> Iterator[Hit]:
    """Without a standard the result depends on who did the work, and each review is a matter of taste.

    The quality bar is what makes a procedure an SOP: a few criteria that anyone can check.

    Wrong::

        kind: sop
        title: Issue a refund in Stripe

    Right::

        kind: sop
        title: Issue a refund in Stripe
        quality_bar:
          - The amount equals the approved amount, to the cent
    """
    if not any(criterion.strip() for criterion in sop.quality_bar):
        fix = "Add two or three criteria that a second person could tick, such as “The amount equals the approved amount”."
        yield Hit("quality_bar", "This SOP has no quality bar.", fix)


_VAGUE = re.compile(
    r"\b(?:(?P<when>asap|as soon as possible|promptly|quickly|swiftly|speedily|in a timely (?:manner|fashion)|timely|soon"
    r"|without (?:undue )?delay|immediately)"
    r"|(?P<how>proper(?:ly)?|nice(?:ly)?|(?:good|high|best|great|top)[- ]quality|(?:good|high|best|great) standards?"
    r"|(?:in )?good (?:order|shape|condition)|appropriate(?:ly)?|professional(?:ly)?(?!\s+(?:account|plan|tier|edition|title))"
    r"|looks? (?:good|great|nice|fine|clean|right|ok|okay|pretty)|(?:easy|pleasant) to (?:read|use|understand|follow)"
    r"|clear and (?:concise|simple)|user[- ]friendly|satisfactory|satisfactorily|adequate(?:ly)?|sufficient(?:ly)?|suitabl[ey]"
    r"|acceptabl[ey]|reasonabl[ey]|thorough(?:ly)?|careful(?:ly)?|perfect(?:ly)?|excellent|efficient(?:ly)?|great"
    r"|well(?:[- ](?:written|done|made|designed|organi[sz]ed|structured|formatted))|(?:done|works?|handled|completed|performed) (?:well|correctly)"
    r"|(?:is|are|be) (?:happy|satisfied)|(?:as|where|when|if) (?:needed|required|necessary|possible)))\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\d|[“\"«].{1,500}[”\"»]|\b(?:equals?|match(?:es)?|identical|same as|contains?|no more than|at (?:most|least)|fewer than|less than|zero"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty)\s+(?:working |business )?"
    r"(?:second|minute|hour|day|week|month|percent|word|line|item|typo|error|mistake|click|person|people|colleague)s?)\b",
    re.IGNORECASE,
)


@rule(
    "RB203",
    "bar-nobody-can-check",
    Family.DOCUMENT,
    "A criterion of the quality bar is a matter of taste.",
    on=(Sop,),
)
def bar_nobody_can_check(sop: Sop, around: Around) -> Iterator[Hit]:
    """“Properly” means something else to everyone who reads it, so it can neither be met nor missed.

    Say what a second person would look at: a number, a time, two things that are equal, something that is
    there or isn't. A vague word beside a measure does no harm.

    Wrong::

        quality_bar:
          - The refund is handled properly
          - The customer hears from us as soon as possible

    Right::

        quality_bar:
          - The amount equals the approved amount, to the cent
          - The confirmation reaches the customer within five minutes
    """
    for index, criterion in enumerate(sop.quality_bar):
        vague = _VAGUE.search(criterion) if not _MEASURE.search(criterion) else None
        if vague is not None:
            fix = _SAY_WHEN if vague["when"] else _SAY_WHAT
            yield Hit(f"quality_bar[{index}]", f"Nobody can check “{vague[0]}” in “{shortened(criterion)}”.", fix)


_SAY_WHEN = "Say by when, such as “within two working hours”."
_SAY_WHAT = (
    "Say what a second person would look at: a number, two things that are equal, something that is there or isn't."
)


@rule("RB204", "no-owner", Family.DOCUMENT, "Nobody answers for this document.")
def no_owner(document: Document, around: Around) -> Iterator[Hit]:
    """What everyone owns, nobody keeps current. The owner is a role, so that it survives a change of people.

    Wrong::

        kind: policy
        title: Refund within 14 days

    Right::

        kind: policy
        title: Refund within 14 days
        owner: Head of Support
    """
    if not document.owner.strip():
        yield Hit(
            "owner",
            "This document has no owner.",
            "Name the role that answers for it, such as “Head of Support”.",
        )


@rule("RB205", "review-overdue", Family.DOCUMENT, "The day to review this document has passed.")
def review_overdue(document: Document, around: Around) -> Iterator[Hit]:
    """People follow a document because they trust it; a date that nobody kept tells them not to.

    Wrong::

        review_by: 2025-01-31   # and today is later

    Right::

        review_by: 2027-01-31
    """
    due = document.review_by
    if due is None or document.status is not Status.PUBLISHED:
        return
    late = around.catalogue.days_past(due)
    if late:
        span = "a day" if late == 1 else f"{late} days"
        fix = "Read it once with its latest runs beside it, correct what changed, and set the next date."
        yield Hit("review_by", f"This document should have been reviewed by {due.isoformat()}, {span} ago.", fix)


@rule("RB206", "more-than-one-role", Family.DOCUMENT, "The SOP is for more than one role.", on=(Sop,))
def more_than_one_role(sop: Sop, around: Around) -> Iterator[Hit]:
    """An SOP tells one role how to perform one step. Where two take turns there is a handover inside it.

    A handover inside a document is on no board and nobody waits for it. Make two steps of it, or keep
    the parts that one role does.

    Wrong::

        role: Finance assistant and Founder

    Right::

        role: Finance assistant
    """
    several = roles_named(sop.role, around.catalogue.roles)
    if len(several) > 1:
        sentence = f"This SOP is for {len(several)} roles: {listed(several)}."
        yield Hit("role", sentence, f"Keep {several[0]}; what the others do is a step of their own on the map.")
        return
    others = _other_actors(sop, around.catalogue)
    if len(others) == 1:
        index, role = next(iter(others.items()))
        yield Hit(
            f"checklist[{index}]",
            f"{role} does this item, but the SOP is for {sop.role or 'another role'}.",
            f"Make it a step of {role}'s own on the map, and end this SOP where the work is handed over.",
        )


def _other_actors(sop: Sop, catalogue: Catalogue) -> dict[int, str]:
    """Roles other than the SOP's own that do items, by the first item of each. Three or more are RB101's."""
    others: dict[int, str] = {}
    own = name_key(sop.role)
    actors = actors_of(sop.checklist, catalogue.roles)
    if not own and len(distinct(actors)) < 2:
        return {}
    own = own or name_key(next(actor for actor in actors if actor))
    if len({own, *(name_key(actor) for actor in actors if actor)}) > 2:
        return {}
    for index, actor in enumerate(actors):
        if actor and name_key(actor) != own and actor not in others.values():
            others[index] = actor
    return others


_PLACEHOLDER = re.compile(
    r"\b(?-i:TBD|TBC|TBA|FIXME)\b|\b(?-i:TODO)\b(?=\s*[:–—-]|\s*\Z)|\blorem ipsum\b|\?\?\?+|(?<![\w\-#/.])xxx+(?![\w\-/.])"
    r"|\[(?:insert|add|fill in|describe|enter|write|put)\b[^\]\n]{0,200}\](?!\()|\[your\b[^\]\n]{0,200}\bhere\](?!\()"
    r"|<(?:insert|add|fill in|describe|put)\b[^>\n]{0,200}>",
    re.IGNORECASE,
)
_NOTHING_YET = re.compile(
    r"\W*(?:tb[dca]|to ?do|to be (?:defined|decided|determined|written|added|completed|done|confirmed|filled in)|coming soon"
    r"|placeholder|asdf\w*|xx+|\.{3,}|…|\?+|write (?:something|text|this) here|text goes here|insert .{0,30}here|foo|untitled)\W*",
    re.IGNORECASE,
)
_PLACEHOLDER_SIGNS = (("B", "TB"), ("O", "TODO"), ("X", "FIXME"), ("?", "???"))
_PLACEHOLDER_SIGNS_FOLDED = (("x", "xxx"), ("l", "lorem ipsum"))
_PLACEHOLDER_AFTER_BRACKET = re.compile(r"(?:insert|add|fill in|describe|enter|write|put|your)\b")
"""A text without any of these holds no `_PLACEHOLDER`: looking for them first is far faster than the pattern."""

_NOTHING_YET_START = re.compile(
    rf"{START}[^\w{START}]*"
    rf"(?:tb[dca]|to ?do|to be |coming soon|placeholder|asdf|xx|write (?:something|text|this)|text goes|insert |foo\b|untitled"
    rf"|{START}|\Z)"
)
"""How a text in lower case must begin to be `_NOTHING_YET`, unless it holds code."""


@rule("RB207", "placeholder-text", Family.DOCUMENT, "Something was left to be written later.")
def placeholder_text(document: Document, around: Around) -> Iterator[Hit]:
    """A gap that looks like text is found by the person who needs it, at the moment they need it.

    Text in code marks is left alone, so a template may hold `[insert name]` where that is what is typed.

    Wrong::

        1. Send the confirmation to [insert address]
        2. TBD

    Right::

        1. Send the confirmation to the address in the ticket
    """
    may_hold = _may_hold_placeholder(around.whole, around.folded)
    if not (may_hold or "`" in around.whole or _NOTHING_YET_START.search(around.folded)):
        return
    for text in around.texts:
        prose = without_code(text.value) if "`" in text.value else text.value
        found = _PLACEHOLDER.search(prose) if may_hold and _may_hold_placeholder(prose, prose.lower()) else None
        found = found or _NOTHING_YET.fullmatch(prose)
        if found is not None:
            fix = "Write what is missing, or take it out until you know it."
            yield Hit(text.path, f"“{shortened(found[0], 40)}” is a placeholder.", fix)


def _may_hold_placeholder(text: str, folded: str) -> bool:
    return (
        holds_sign(text, _PLACEHOLDER_SIGNS)
        or holds_sign(folded, _PLACEHOLDER_SIGNS_FOLDED)
        or ("[" in text and any(map(_PLACEHOLDER_AFTER_BRACKET.match, folded.split("[")[1:])))
        or ("<" in text and any(map(_PLACEHOLDER_AFTER_BRACKET.match, folded.split("<")[1:])))
    )


RULES: tuple[Rule, ...] = (
    too_long,
    no_quality_bar,
    bar_nobody_can_check,
    no_owner,
    review_overdue,
    more_than_one_role,
    placeholder_text,
)
