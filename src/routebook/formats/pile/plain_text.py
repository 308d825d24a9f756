"""Plain text and e-mails: headings, lists and steps as people type them without any mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routebook.formats.pile.text import LABEL_LINE, Block, BlockKind, Piece, Span, joined

_UNDERLINE = re.compile(r"\s{0,3}(?:={3,}|-{3,}|~{3,}|\*{3,}|#{3,}|_{3,})\s*")
_ITEM = re.compile(
    r"(?P<indent>[ \t]{0,40})(?:(?P<number>\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,3}(?:\.\d{1,3}){1,3}\.?)|(?P<bullet>[-*+•◦▪‣·–—o]))"
    r"[ \t]+(?:(?P<box>\[[ xX]?\]|[☐☑☒□])[ \t]*)?(?P<text>\S.*)"
)
_STEP = re.compile(r"[ \t]{0,40}step\s+\d{1,3}\s{0,2}[:.)–—-]\s*\S.*", re.I)
_QUOTED = re.compile(r"(?:>[ ]?)+")
_FIELD = re.compile(r"(?:from|to|cc|bcc|subject|date|sent|re|fwd?)\s*:\s*\S", re.I)
_LABEL = re.compile(LABEL_LINE)
_NUMBERED_HEADING = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s+[A-Z][^.!?;]{2,70}")


def read_plain_text(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title ("" if it has none) and the blocks of a text without mark-up."""
    lines = [_QUOTED.sub("", line, count=1) if line.startswith(">") else line for line in text.splitlines()]
    blocks = tuple(_blocks(lines))
    subject = next((line.partition(":")[2].strip() for line in lines[:15] if line.lower().startswith("subject:")), "")
    first = blocks[0] if blocks else None
    return subject or (first.text if first and first.kind is BlockKind.HEADING else ""), blocks


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        if not lines[at].strip() or _UNDERLINE.fullmatch(lines[at]):
            at += 1
            continue
        level = _heading_level(lines, at)
        if level:
            yield _block(BlockKind.HEADING, lines[at].strip().rstrip(":"), at, at, level=level)
            at += 1
            continue
        end = _end_of_block(lines, at)
        yield _read(lines, at, end)
        at = end


def _heading_level(lines: list[str], at: int) -> int:
    """1 to 3 where the line is a heading, 0 where it isn't."""
    line = lines[at].strip()
    if len(line) > 80 or _FIELD.match(line):
        return 0
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if _UNDERLINE.fullmatch(below) and below.strip() and len(line) > 2:
        return 1 if below.strip()[0] in "=#*" else 2
    alone = not below.strip() and (at == 0 or not lines[at - 1].strip())
    letters = [letter for letter in line if letter.isalpha()]
    if len(letters) > 3 and line.upper() == line and not line.endswith((".", "!", "?")):
        return 1 if at == 0 else 2
    if alone and _NUMBERED_HEADING.fullmatch(line):
        return 2
    if alone and at == 0 and not line.endswith((".", "!", ",", ";")) and not _ITEM.match(line):
        return 1
    starts = at == 0 or not lines[at - 1].strip()
    short = line.endswith(":") and len(line.split()) <= 6 and not _ITEM.match(line)
    return 3 if short and starts and line[:1].isupper() else 0


def _starts_item(line: str) -> bool:
    return bool(_ITEM.match(line) or _STEP.match(line))


def _end_of_block(lines: list[str], at: int) -> int:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _starts_item(lines[end]):
        end += 1
    return end


def _read(lines: list[str], at: int, end: int) -> Block:
    found = _ITEM.match(lines[at])
    rest = [line.strip() for line in lines[at + 1 : end]]
    if not found:
        text = (
            "\n".join([lines[at].strip(), *rest]) if _FIELD.match(lines[at]) else _running([lines[at].strip(), *rest])
        )
        kind = BlockKind.ITEM if _STEP.match(lines[at]) else BlockKind.PARAGRAPH
        return _block(kind, text, at, end - 1, level=1 if kind is BlockKind.ITEM else 0, ordered=kind is BlockKind.ITEM)
    level = 1 + min(len(found["indent"].expandtabs(4)) // 2, 8)
    box = found["box"]
    text = " ".join([found["text"].strip(), *rest])
    ticked = None if box is None else box in ("[x]", "[X]", "☑", "☒")
    return _block(BlockKind.ITEM, text, at, end - 1, level=level, ordered=found["number"] is not None, ticked=ticked)


def _running(lines: list[str]) -> str:
    """Lines as running text; those with a label (“Role: Gardener”) stay lines of their own."""
    text = lines[0]
    for line in lines[1:]:
        text += ("\n" if _LABEL.match(line) else " ") + line
    return text


def _block(
    kind: BlockKind,
    text: str,
    first: int,
    last: int,
    *,
    level: int = 0,
    ordered: bool = False,
    ticked: bool | None = None,
) -> Block:
    pieces = joined((Piece(text),))
    return Block(kind, Span(first + 1, last + 1), pieces, level=level, ordered=ordered, ticked=ticked)
