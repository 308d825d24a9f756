"""The map that a section holds: a table with a column of roles, or a list in which roles take turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routebook.core.document import END, Decision, Goes, Outcome, Step
from routebook.formats.pile.roles import label_of, role_key, roles_in
from routebook.formats.pile.signals import Section
from routebook.formats.pile.text import Block, BlockKind, sentences
from routebook.formats.pile.writing import slug_of, unique, words_of

FEWEST_STEPS = 3
MOST_STEPS = 40
MOST_TITLE = 60
_WHO = re.compile(r"^(?:role|owner|who|responsible|actor|performed by|done by|accountable|team|person)\b", re.I)
_WHAT = re.compile(r"^(?:step|stage|phase|what|activity|action|task|process step|description)\b", re.I)
_TAKES = re.compile(r"^(?:inputs?|takes|needs|from|receives)\b", re.I)
_GIVES = re.compile(r"^(?:outputs?|gives|results?|deliverables?|produces|gives to)\b", re.I)
_IF = re.compile(r"\b(?:if|when|where)\s(?P<when>[^.,;:?]{3,60})[,:?]?\s(?P<then>[^.;]{3,160})", re.I)
_TO = re.compile(r"\b(?:back )?to (?:the )?(?P<role>[a-z][a-z -]{2,30})", re.I)
_TO_NUMBER = re.compile(r"\bto step (?:no\.? )?(?P<number>\d{1,2})\b", re.I)
_ONLY_A_NUMBER = re.compile(r"(?:step\s*)?#?\d{0,3}[.):]?", re.I)
_ENDS = re.compile(r"\b(?:reject|declin|end\b|ends\b|clos(?:e|es|ed)\b|cancel|stop)", re.I)


@dataclass(frozen=True, slots=True)
class FoundMap:
    """The steps as found, and every block (with its heading) that they were found in."""

    steps: tuple[Step, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    role: str
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


def map_in(section: Section) -> FoundMap | None:
    """The map of a section, or None where fewer than three roles hand on to one another."""
    found = _in_tables(section.blocks) or _in_items(section.blocks)
    roles = {role_key(step.role) for step in found if step.role}
    if len(found) < FEWEST_STEPS or len(roles) < FEWEST_STEPS:
        return None
    blocks = (*((section.heading,) if section.heading else ()), *section.blocks)
    return FoundMap(_steps(found[:MOST_STEPS]), blocks)


@dataclass(frozen=True, slots=True)
class Overview:
    """A map that is only a list of titles, and which how-to (by its place) explains which step."""

    map: FoundMap
    explained: Mapping[int, str]


_LISTS_STEPS = re.compile(
    r"\b(?:overview|process|steps?|stages?|phases?|flow|at a glance|how it works|summary|in short|workflow|life ?cycle|contents)\b",
    re.I,
)
_ARROW = re.compile(r"\s*(?:→|➔|➜|⇒|->|=>|»)\s*")


LOOSE, STRICT = 0.3, 0.5
"""Which share of their words a line and a title have in common."""


def overview_in(
    section: Section, titles: Sequence[str], role_of: Callable[[int], str], alike: float = LOOSE
) -> Overview | None:
    """The list of a section that names how-tos by their titles; None where there is none.

    `role_of` tells the role of a how-to, "" where nobody is named. An unordered list must say what it lists.
    """
    listed = bool(section.heading and _LISTS_STEPS.search(section.heading.text))
    for lines, blocks in _listed(section.blocks, listed):
        matched = _matched(lines, titles, alike) if len(lines) <= MOST_STEPS else {}
        if len(matched) < 2 or len(matched) * 2 < min(len(lines), len(titles)):
            continue
        by_line = {line: how_to for how_to, line in matched.items()}
        found = [
            _Found(line, label_of(line) or (role_of(by_line[at]) if at in by_line else ""))
            for at, line in enumerate(lines)
        ]
        steps = _steps(found)
        return Overview(FoundMap(steps, blocks), {how_to: steps[line].id for how_to, line in matched.items()})
    return None


def _listed(blocks: tuple[Block, ...], listed: bool) -> Iterator[tuple[list[str], tuple[Block, ...]]]:
    """The lists of a section, each with its blocks, and lines such as “Intake → Verify → Pay”."""
    run: list[Block] = []
    for block in (*blocks, None):
        if block is not None and block.kind is BlockKind.ITEM:
            run.append(block)
            continue
        items = [one for one in run if one.level <= 1]
        if len(items) >= FEWEST_STEPS and (listed or items[0].ordered):
            yield [one.text for one in items], tuple(run)
        run = []
        if block is not None and block.kind is BlockKind.PARAGRAPH and len(block.text) < 600:
            parts = [part.strip(" .") for part in _ARROW.split(block.text.rpartition(":")[2]) if part.strip(" .")]
            if len(parts) >= FEWEST_STEPS:
                yield parts, (block,)


def _matched(lines: Sequence[str], titles: Sequence[str], alike: float) -> dict[int, int]:
    """How-to → line, each line once, the best match first."""
    told = [words_of(re.split(r"[:–—.;(]|\s-\s", line, maxsplit=1)[0]) for line in lines]
    wanted = [words_of(title) for title in titles]
    pairs = sorted(
        (
            (-len(mine & line) / len(mine | line), how_to, at)
            for how_to, mine in enumerate(wanted)
            for at, line in enumerate(told)
            if mine & line and len(mine & line) >= alike * len(mine | line)
        ),
    )
    found: dict[int, int] = {}
    for _, how_to, at in pairs:
        if how_to not in found and at not in found.values():
            found[how_to] = at
    return found


def _in_tables(blocks: tuple[Block, ...]) -> list[_Found]:
    for block in blocks:
        if block.kind is BlockKind.TABLE and len(block.rows) > FEWEST_STEPS:
            who = _column(block, _WHO)
            what = _column(block, _WHAT, says_something=True)
            if who is not None and what is not None and who != what:
                takes, gives = _column(block, _TAKES), _column(block, _GIVES)
                return [
                    _Found(row[what], row[who], _cell(row, takes), _cell(row, gives))
                    for row in block.rows[1:]
                    if len(row) > max(who, what) and row[what].strip()
                ]
    return []


def _column(block: Block, named: re.Pattern[str], *, says_something: bool = False) -> int | None:
    """The first column with such a name. One that has to say something is more than numbers: “Step” is often a counter."""
    return next(
        (
            at
            for at, cell in enumerate(block.rows[0])
            if named.match(cell.strip()) and not (says_something and _counts(block, at))
        ),
        None,
    )


def _counts(block: Block, at: int) -> bool:
    return all(_ONLY_A_NUMBER.fullmatch(row[at].strip()) for row in block.rows[1:] if at < len(row))


def _cell(row: tuple[str, ...], at: int | None) -> tuple[str, ...]:
    text = " ".join(row[at].split()) if at is not None and at < len(row) else ""
    return (text,) if text and text not in ("-", "–", "—") else ()


_ANY_LABEL = re.compile(r"^(?P<label>[A-Z][\w&/ -]{1,30}?)\s*(?::|[–—→])\s")


def _in_items(blocks: tuple[Block, ...]) -> list[_Found]:
    items = [block for block in blocks if block.kind is BlockKind.ITEM and block.level == 1]
    # Among labels that are known jobs, an unknown one is a job as well.
    labelled = sum(1 for block in items if label_of(block.text)) >= 2
    found = [_Found(block.text, _role_of(block, any_label=labelled)) for block in items]
    return found if sum(1 for step in found if step.role) * 2 >= len(found) else []


def _role_of(block: Block, *, any_label: bool) -> str:
    if label := label_of(block.text):
        return label
    named = _ANY_LABEL.match(block.text) if any_label else None
    return named["label"] if named else next(iter(roles_in([block])), "")


def _steps(found: list[_Found]) -> tuple[Step, ...]:
    titles = [_title(step) for step in found]
    ids = unique([slug_of(title) or "step" for title in titles])
    steps = tuple(
        Step(id=own, title=title, role=_role(step.role), takes=step.takes, gives=step.gives)
        for own, title, step in zip(ids, titles, found, strict=True)
    )
    return tuple(
        replace(step, then=_decision(one.text, at, steps))
        for at, (step, one) in enumerate(zip(steps, found, strict=True))
    )


def _title(step: _Found) -> str:
    text = step.text
    label = step.role
    if label and text.startswith(label) and re.match(r"\s*(?:\([^()]*\)\s*)?[:–—→-]", text[len(label) :]):
        text = re.sub(r"^\W+", "", text[len(label) :])
    first = (sentences(text) or ("",))[0]
    short = re.split(r"(?<=\w)[,;:.]\s|\s[–—-]\s", first, maxsplit=1)[0].strip(" .:;")
    if len(short) > MOST_TITLE:
        short = short[:MOST_TITLE].rpartition(" ")[0]
    return short[:1].upper() + short[1:] or "Step"


def _role(name: str) -> str:
    told = " ".join(name.split())
    return told[:1].upper() + told[1:]


def _decision(text: str, at: int, steps: tuple[Step, ...]) -> Decision | None:
    """“If it is damaged, it goes back to the clerk”: two ways out, one of them named by its role or the end."""
    asked = _IF.search(text)
    if asked is None:
        return None
    target = _target(asked["then"], at, steps)
    following = steps[at + 1].id if at + 1 < len(steps) else END
    if not target or target == following:
        return None
    when = " ".join(asked["when"].split())
    return Decision((Outcome(when, Goes((target,))), Outcome("otherwise", Goes((following,)))))


def _target(text: str, at: int, steps: tuple[Step, ...]) -> str:
    numbered = _TO_NUMBER.search(text)
    if numbered and 0 < int(numbered["number"]) <= len(steps) and int(numbered["number"]) != at + 1:
        return steps[int(numbered["number"]) - 1].id
    for named in _TO.finditer(text):
        wanted = named["role"].casefold()
        for other in steps:
            key = role_key(other.role)
            if key and other is not steps[at] and wanted.startswith(key):
                return other.id
    return END if _ENDS.search(text) else ""
