"""A sheet as HTML. Nothing that somebody wrote enters unescaped, and nothing is loaded from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from routebook.core.document import Picture
from routebook.formats.sheets import marked
from routebook.formats.sheets.of_document import Say
from routebook.formats.sheets.sheet import (
    Block,
    Cell,
    Check,
    Checklist,
    Criteria,
    Drawing,
    Fact,
    Instruction,
    Prose,
    Sheet,
    Shown,
    Table,
    Text,
)

_VIDEO = (".mp4", ".m4v", ".mov", ".webm")
_SOUND = (".mp3", ".m4a", ".ogg", ".wav")


@dataclass(frozen=True, slots=True)
class Html:
    """How one page says things: where a document is found from here ("" for nowhere), where media lie, which are there."""

    find: Callable[[str], str]
    media: str
    at_hand: Collection[str]
    say: Say
    level: int = 1

    def sheet(self, sheet: Sheet, state: str) -> str:
        """An article: kind, title, facts, parts."""
        tag = f' <span class="tag">{escape(sheet.tag)}</span>' if sheet.tag else ""
        head = f'<p class="kind">{escape(sheet.kind)}</p>{self._heading(0, escape(sheet.title) + tag)}'
        stands = f'<p class="soft">{escape(state)}</p>' if state else ""
        parts = "".join(self._part(part.heading, part.blocks) for part in sheet.parts)
        return f"{head}{stands}{self._facts(sheet.facts)}{parts}"

    def _heading(self, depth: int, inside: str) -> str:
        level = min(6, self.level + depth)
        return f"<h{level}>{inside}</h{level}>"

    def _facts(self, facts: Iterable[Fact]) -> str:
        told = "".join(f"<dt>{escape(fact.name)}</dt><dd>{self._cell(fact.says)}</dd>" for fact in facts)
        return f'<dl class="facts">{told}</dl>' if told else ""

    def _part(self, heading: str, blocks: Iterable[Block]) -> str:
        return f"<section>{self._heading(1, escape(heading))}{''.join(map(self._block, blocks))}</section>"

    def _block(self, block: Block) -> str:
        match block:
            case Prose():
                title = self._heading(2, self._line(block.title)) if block.title else ""
                tone = f' class="example {block.tone}"' if block.tone else ""
                return f"{title}<div{tone}>{self._blocks(block.text)}</div>"
            case Criteria():
                lines = "".join(f"<li>{self._line(line)}</li>" for line in block.lines)
                return f'<ul class="criteria">{lines}</ul>'
            case Checklist():
                return "".join(self._checklist(block.checks))
            case Instruction():
                return self._instruction(block)
            case Shown():
                return self._shown(block.pictures, block.recording)
            case Table():
                return self._table(block)
            case Drawing():
                name = escape(self.say("Drawing of the map; the table below says the same in words"))
                return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{block.svg}</div>'

    def _checklist(self, checks: Iterable[Check]) -> Iterator[str]:
        """Numbered lines; a heading begins a list of its own, and the numbers go on."""
        number, opened = 0, False
        for check in checks:
            if check.heading:
                yield "</ol>" if opened else ""
                yield self._heading(2, escape(check.heading))
                opened = False
                continue
            if not opened:
                yield f'<ol class="checks" start="{number + 1}">'
                opened = True
            number += 1
            yield f"<li>{self._check(check)}</li>"
        yield "</ol>" if opened else ""

    def _check(self, check: Check) -> str:
        leave = f' <span class="tag">{escape(check.leave)}</span>' if check.leave else ""
        inside = self._blocks(check.how) + (self._instruction(check.uses) if check.uses else "")
        more = f'<div class="how">{inside}</div>' if inside else ""
        return f'<div class="check">{self._line(check.text)}{leave}</div>{more}'

    def _instruction(self, one: Instruction) -> str:
        title = f"<p><b>{self._leading(one.title, one.to)}</b></p>" if one.to else ""
        action = f"<p>{self._line(one.action)}</p>" if one.action else ""
        lines = "".join(f"<li>{self._line(line)}</li>" for line in one.lines)
        return f"{title}{action}{f'<ol>{lines}</ol>' if lines else ''}{self._shown(one.pictures, one.clip)}"

    def _shown(self, pictures: Iterable[Picture], recording: str) -> str:
        figures = "".join(self._figure(marked.media_path(one.source), one.text) for one in pictures)
        return figures + (self._recording(recording) if recording else "")

    def _figure(self, path: str, text: str) -> str:
        caption = f"<figcaption>{escape(text)}</figcaption>" if text else ""
        return f"<figure>{self._picture(path, text)}{caption}</figure>" if path in self.at_hand else self._absent(text)

    def _picture(self, path: str, text: str) -> str:
        if path not in self.at_hand:
            return self._absent(text)
        return f'<img src="{self._media(path)}" alt="{escape(text)}" loading="lazy">'

    def _absent(self, text: str) -> str:
        return f'<span class="soft">[{escape(self.say("picture"))}: {escape(text)}]</span>'

    def _recording(self, source: str) -> str:
        if urlsplit(source).scheme in ("http", "https"):
            return f"<p>{escape(self.say('Recording'))}: {_outside(source, escape(source))}</p>"
        path = marked.media_path(source)
        if path not in self.at_hand:
            said = self.say("not part of this handbook")
            return f'<p class="soft">{escape(self.say("Recording"))}: {escape(path or source)} ({escape(said)})</p>'
        address = self._media(path)
        if path.lower().endswith(_VIDEO):
            return f'<video controls preload="none" src="{address}"></video>'
        if path.lower().endswith(_SOUND):
            return f'<audio controls preload="none" src="{address}"></audio>'
        return f'<p><a href="{address}">{escape(self.say("Open the recording"))}</a></p>'

    def _media(self, path: str) -> str:
        return escape(self.media + quote(path))

    def _table(self, table: Table) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.names)
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td data-name="{escape(name)}">{self._cell(cell)}</td>'
                for name, cell in zip(table.names, row, strict=True)
            )
            + "</tr>"
            for row in table.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _cell(self, cell: Cell) -> str:
        return "<br>".join(self._text(text) for text in cell)

    def _text(self, text: Text) -> str:
        said = self._line(text.text) if text.marked else escape(text.text)
        said = self._leading(said, text.to, is_html=True) if text.to else said
        return f'<span class="soft">{said}</span>' if text.soft else said

    def _leading(self, text: str, to: str, *, is_html: bool = False) -> str:
        said = text if is_html else escape(text)
        address = self.find(to)
        return f'<a href="{escape(address)}">{said}</a>' if address else said

    # --- text with marks --------------------------------------------------------------------------

    def _line(self, text: str) -> str:
        return self._inlines(marked.line(text))

    def _blocks(self, text: str) -> str:
        return "".join(map(self._node, marked.blocks(text)))

    def _node(self, node: list[Any]) -> str:
        match node:
            case ["p", inside]:
                return f"<p>{self._inlines(inside)}</p>"
            case ["h", inside]:
                return self._heading(2, self._inlines(inside))
            case ["ul", items]:
                return f"<ul>{self._items(items)}</ul>"
            case ["ol", first, items]:
                return f'<ol start="{int(first)}">{self._items(items)}</ol>'
            case ["quote", inside]:
                return f"<blockquote>{''.join(map(self._node, inside))}</blockquote>"
            case ["pre", text]:
                return f"<pre>{escape(text)}</pre>"
            case ["rule"]:
                return "<hr>"
            case ["table", [first, *rows]]:
                head = "".join(f'<th scope="col">{self._inlines(cell)}</th>' for cell in first)
                body = "".join(f"<tr>{''.join(f'<td>{self._inlines(cell)}</td>' for cell in row)}</tr>" for row in rows)
                return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            case _:
                return ""

    def _items(self, items: Iterable[list[Any]]) -> str:
        return "".join(f"<li>{''.join(map(self._node, item))}</li>" for item in items)

    def _inlines(self, nodes: Iterable[list[Any]]) -> str:
        return "".join(map(self._inline, nodes))

    def _inline(self, node: list[Any]) -> str:
        match node:
            case ["text", text]:
                return escape(text)
            case ["strong" | "em" as name, inside]:
                return f"<{name}>{self._inlines(inside)}</{name}>"
            case ["code", text]:
                return f"<code>{escape(text)}</code>"
            case ["link", address, inside]:
                return _outside(address, self._inlines(inside))
            case ["to", document, inside]:
                return self._leading(self._inlines(inside), document, is_html=True)
            case ["picture", path, text]:
                return self._picture(path, text)
            case _:
                return "<br>"


def _outside(address: str, inside: str) -> str:
    return f'<a href="{escape(address)}" rel="noopener noreferrer">{inside}</a>'
