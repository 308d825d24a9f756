"""A sheet as Markdown that people read: for a mail, a wiki, a forge. The library's own files are `formats.markdown`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routebook.core.document import Picture
from routebook.formats.sheets.of_document import Say
from routebook.formats.sheets.sheet import (
    Block,
    Cell,
    Check,
    Checklist,
    Criteria,
    Drawing,
    Instruction,
    Part,
    Prose,
    Sheet,
    Shown,
    Table,
    Text,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_STARTS = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s|$)")
_NUMBER = re.compile(r"^(\d+) ")


def to_markdown(sheet: Sheet, say: Say = str) -> str:
    """The sheet as CommonMark with tables, ending in a newline. What others wrote as plain text stays plain."""
    tag = f" ({sheet.tag})" if sheet.tag else ""
    lines = [f"# {_plain(sheet.title + tag)}", ""]
    lines += [f"- **{fact.name}:** {_cell(fact.says, '; ')}" for fact in sheet.facts]
    for part in sheet.parts:
        lines += ["", *_part(part, say)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _part(part: Part, say: Say) -> Iterator[str]:
    drawn = any(isinstance(block, Drawing) for block in part.blocks)
    yield f"## {_plain(say('The flow in words') if drawn else part.heading)}"
    for block in part.blocks:
        yield ""
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Prose():
            if block.title:
                yield f"**{_line(block.title)}**"
                yield ""
            yield block.text.strip()
        case Criteria():
            yield from (f"- [ ] {_line(line)}" for line in block.lines)
        case Checklist():
            for check in block.checks:
                yield from _check(check)
        case Instruction():
            yield from _instruction(block)
        case Shown():
            yield from _pictures(block.pictures)
            if block.recording:
                yield f"- {_plain(block.recording)}"
        case Table():
            yield _row(map(_plain, block.names))
            yield _row("---" for _ in block.names)
            yield from (_row(_cell(cell, "<br>") for cell in row) for row in block.rows)
        case Drawing():
            yield from (_NUMBER.sub(r"\1. ", _plain(line)) for line in block.words)


def _check(check: Check) -> Iterator[str]:
    if check.heading:
        yield f"\n**{_plain(check.heading)}**\n"
        return
    leave = f" *({check.leave})*" if check.leave else ""
    yield f"- [ ] {_line(check.text)}{leave}"
    inside = [check.how.strip(), "\n".join(_instruction(check.uses)) if check.uses else ""]
    for text in filter(None, inside):
        yield ""
        yield from (f"  {line}" if line else "" for line in text.splitlines())
        yield ""


def _instruction(one: Instruction) -> Iterator[str]:
    if one.to:
        yield f"**{_plain(one.title)}**"
        yield ""
    if one.action:
        yield _line(one.action)
        yield ""
    yield from (f"{number}. {_line(line)}" for number, line in enumerate(one.lines, 1))
    yield from _pictures(one.pictures)
    if one.clip:
        yield ""
        yield f"- {_plain(one.clip)}"


def _pictures(pictures: tuple[Picture, ...]) -> Iterator[str]:
    """What the pictures show: this text travels without them."""
    for one in pictures:
        yield ""
        yield f"*[{_plain(one.text or one.source)}]*"


def _row(cells: Iterator[str] | map[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, between: str) -> str:
    return between.join(_text(text) for text in cell)


def _text(text: Text) -> str:
    said = _line(text.text).replace("|", "\\|") if text.marked else _plain(text.text)
    return f"*{said}*" if text.soft and not text.marked else said


def _line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Plain text, with everything that Markdown would read as a mark escaped."""
    return _STARTS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", _line(text)))
