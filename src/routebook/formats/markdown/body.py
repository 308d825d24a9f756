"""The Markdown below the front matter: sections with a grammar of their own, and notes.

- a checklist (`## Checklist`, `## Steps`) or lines (`## Lines`): numbered items. An item may end with
  ``(evidence: text; instruction: slug)``; what is indented below it, quoted with `>`, is its how-to. An item of an
  SOP that is only ``(include: slug)`` is a shared block; with a text, it is one of the block's own items;
- `## Questions`: ``**Question?** answer``;
- `## Pictures`: ``![what it shows](../media/name.png)``;
- a text section: everything up to the next heading of level one or two;
- whatever else stands in the body is the document's notes, kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from routebook.core.document import ChecklistItem, Evidence, Picture, Question
from routebook.formats.errors import did_you_mean
from routebook.formats.markdown.reading import SLUG, Reading
from routebook.formats.normal import (
    normal_line,
    normal_notes,
    normal_text,
    split_at_headings,
    without_blank_ends,
)
from routebook.formats.schema import Key, skeleton, table_of

_HEADING = re.compile(r" {0,3}(#{1,2})(?:[ \t]+(.*))?$")
_ITEM = re.compile(r"( {0,3}(?:[0-9]{1,9}[.)]|[-*+])(?: \[[ xX]\])?)(?:[ \t]+(.*)|$)")
_ASKED = re.compile(r"(?:^|\s+)\(((?:evidence|instruction|include)\s*:[^()]*)\)$")
_QUESTION = re.compile(r"\*\*(.+?)\*\*(?:[ \t]+(.*)|$)")
_BLOCK_START = re.compile(r"(?:>|[-*+] |[0-9]+[.)] |`{3}|~{3}|!\[|#)")
_INDENTS = frozenset(" \t")
MEDIA = "../media/"
"""How a document's body points at the media folder: every document is one folder deep."""


_EVIDENCE = {kind.value: kind for kind in Evidence}


class Passage(NamedTuple):
    """Lines of the file that follow each other, and the number of the first."""

    texts: list[str]
    line: int

    def rest(self) -> Passage:
        """The lines after the first: of a section, what stands below its heading."""
        return Passage(self.texts[1:], self.line + 1)

    def numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.texts, self.line)


def read_body(body: Passage, keys: tuple[Key, ...], reading: Reading, title_of_kind: str) -> dict[str, Any]:
    """The attributes that the body gives, notes among them. Errors go to `reading`."""
    by_title = table_of(keys).by_section
    if not by_title:
        return _notes([body], reading)
    values: dict[str, Any] = {}
    others: list[Passage] = []
    before_was_other = False
    for block in _blocks(body):
        title = _section_title(block.texts[0])
        key = by_title.get(title.casefold())
        if key is None:
            _refuse_misplaced(title, block.line, keys, reading, title_of_kind)
            if before_was_other:
                others[-1].texts.extend(block.texts)
            else:
                others.append(block)
        elif key.field in values:
            reading.refuse(block.line, key.field, f"`## {key.section}` stands here twice.", "Keep one of them.")
        else:
            reading.lines[key.field] = block.line
            values[key.field] = READERS.get(key.section, _read_text)(block.rest(), key.field, reading)
        before_was_other = key is None
    return values | _notes(others, reading)


def write_body(values: dict[str, Any], keys: tuple[Key, ...]) -> str:
    """The body for attributes with a section, and notes: unheaded ones first, headed ones last."""
    sections = [
        f"## {key.section}\n{WRITERS.get(key.section, normal_text)(values[key.field])}"
        for key in keys
        if key.section and key.field in values
    ]
    if not any(key.section for key in keys):
        return str(values.get("notes", ""))
    unheaded, *headed = split_at_headings(values.get("notes", "").split("\n"))
    notes_first = "\n".join(without_blank_ends(unheaded))
    notes_last = "\n\n".join("\n".join(without_blank_ends(block)) for block in headed)
    return "\n\n".join(part for part in (notes_first, *sections, notes_last) if part)


def _blocks(body: Passage) -> list[Passage]:
    blocks: list[Passage] = []
    line = body.line
    for texts in split_at_headings(body.texts):
        if texts and (texts[0].strip() or any(text.strip() for text in texts)):
            blocks.append(Passage(texts, line))
        line += len(texts)
    return blocks


def _section_title(text: str) -> str:
    """The words of a heading of the second level, without the closing `##` that some people write; "" for another line."""
    found = _HEADING.match(text)
    if found is None or len(found.group(1)) != 2:
        return ""
    words = normal_line(found.group(2) or "")
    open_words = words.rstrip("#")
    return open_words.rstrip() if open_words.endswith(" ") or not open_words else words


def _notes(blocks: list[Passage], reading: Reading) -> dict[str, Any]:
    notes = normal_notes("\n\n".join(["\n".join(block.texts) for block in blocks]))
    if not notes:
        return {}
    reading.lines["notes"] = next(line for block in blocks for line, text in block.numbered() if text.strip())
    return {"notes": notes}


def _refuse_misplaced(title: str, line: int, keys: tuple[Key, ...], reading: Reading, kind: str) -> None:
    """A heading that means a key, or nearly a section, would otherwise vanish into the notes."""
    if not title:
        return
    name = title.casefold().replace(" ", "_").replace("-", "_")
    table = table_of(keys)
    key = table.by_name.get(name)
    if key is not None and not key.section and key.name != "notes":
        fix = f"Move it there, as in `{key.example}`, or give the heading another name."
        reading.refuse(line, key.field, f"`{key.name}` of {kind} belongs between the `---` lines.", fix)
        return
    is_near = skeleton(title) in table.near_sections  # only a slip of the pen counts
    near = did_you_mean(title, [key.section for key in keys if key.section]) if is_near else ""
    if near:
        reading.refuse(line, "notes", f"`## {title}` is not a section of {kind}.", f"Did you mean `## {near}`?")


def _read_text(rows: Passage, field: str, reading: Reading) -> str:
    return normal_text("\n".join(rows.texts))


def _read_checklist(rows: Passage, field: str, reading: Reading) -> tuple[ChecklistItem, ...]:
    items = []
    for index, item in enumerate(_items(rows, field, reading)):
        path = f"{field}[{index}]"
        reading.lines[path] = item.line
        items.append(_checklist_item(item, path, reading))
    return tuple(items)


def _read_steps(rows: Passage, field: str, reading: Reading) -> tuple[ChecklistItem, ...]:
    """The steps of a procedure, which may be a block of SOPs and so includes none itself."""
    items = _read_checklist(rows, field, reading)
    for index, item in enumerate(items):
        if item.include:
            path = f"{field}[{index}]"
            sentence = f"A procedure can't include “{item.include}”: only an SOP includes a shared block."
            reading.refuse(reading.lines[path], path, sentence, "Write the steps here, or include both in the SOP.")
    return items


def _read_lines(rows: Passage, field: str, reading: Reading) -> tuple[str, ...]:
    lines = []
    for index, item in enumerate(_items(rows, field, reading)):
        reading.lines[f"{field}[{index}]"] = item.line
        lines.append(normal_line(" ".join(item.texts)))
    return tuple(line for line in lines if line)


def _items(rows: Passage, field: str, reading: Reading) -> list[Passage]:
    """The numbered items, each with the lines indented below it; the first line is without its number."""
    items: list[Passage] = []
    for line, text in rows.numbered():
        is_below = bool(items) and text[:1] in _INDENTS and _indent(text) > 1
        found = None if is_below else _ITEM.match(text)
        if found:
            items.append(Passage([found.group(2) or ""], line))
        elif is_below or (items and not text.strip()):
            items[-1].texts.append(text)
        elif text.strip():
            reading.refuse(
                line,
                field,
                f"“{normal_line(text)[:40]}” is not an item of this list.",
                "Number it, or indent it by three spaces below the item that it explains, or move it under a heading of its own.",
            )
    return items


def _checklist_item(item: Passage, path: str, reading: Reading) -> ChecklistItem:
    texts = item.texts
    end = 1
    while end < len(texts) and (start := texts[end].strip()) and not _BLOCK_START.match(start):
        end += 1
    text = normal_line(" ".join(texts[:end]) if end > 1 else texts[0])
    instruction = _instruction(texts[end:]) if end < len(texts) else ""
    if text[-1:] != ")" or (found := _ASKED.search(text)) is None:
        return ChecklistItem(text, Evidence.NONE, instruction)
    asked = _asked(found.group(1), item.line, path, reading)
    return ChecklistItem(
        text=text[: found.start()],
        evidence=_EVIDENCE[asked.get("evidence", "none")],
        instruction=instruction,
        uses=asked.get("instruction", ""),
        include=asked.get("include", ""),
    )


def _asked(inside: str, line: int, path: str, reading: Reading) -> dict[str, str]:
    """What the brackets at an item's end say: ``evidence: photo; instruction: slug``."""
    asked: dict[str, str] = {}
    for part in inside.split(";"):
        before, _, after = part.partition(":")
        name, value = before.strip(), after.strip()
        if name == "evidence" and value in _EVIDENCE:
            asked[name] = value
        elif name == "evidence":
            near = did_you_mean(value, _EVIDENCE)
            fix = f"Did you mean `{near}`?" if near else f"Write one of these: {', '.join(_EVIDENCE)}."
            reading.refuse(line, f"{path}.evidence", f"`{value}` is not a kind of evidence.", fix)
        elif name in ("instruction", "include") and SLUG.match(value):
            asked[name] = value
        else:
            reading.refuse(
                line,
                path,
                f"`{part.strip()}` in the brackets is not understood.",
                "Write `(evidence: text)`, `(instruction: name-of-the-file)` or `(evidence: photo; instruction: name)`.",
            )
    return asked


def _instruction(texts: list[str]) -> str:
    margin = min([_indent(text) for text in texts if text.strip()], default=0)
    return normal_text("\n".join([_unquoted(text[margin:]) for text in texts]))


def _unquoted(text: str) -> str:
    return text.removeprefix(">").removeprefix(" ") if text.startswith(">") else text


def _indent(text: str) -> int:
    expanded = text.expandtabs(4) if "\t" in text else text
    return len(expanded) - len(expanded.lstrip(" "))


def _read_questions(rows: Passage, field: str, reading: Reading) -> tuple[Question, ...]:
    asked: list[tuple[str, list[str]]] = []
    for line, text in rows.numbered():
        if found := _QUESTION.match(text):
            reading.lines[f"{field}[{len(asked)}]"] = line
            asked.append((found.group(1), [found.group(2) or ""]))
        elif asked:
            asked[-1][1].append(text)
        elif text.strip():
            reading.refuse(
                line, field, "This stands before the first question.", "Start with `**The question?** The answer.`"
            )
    return tuple(Question(normal_line(question), normal_text("\n".join(answer))) for question, answer in asked)


def _read_pictures(rows: Passage, field: str, reading: Reading) -> tuple[Picture, ...]:
    pictures: list[Picture] = []
    for line, written in rows.numbered():
        text = written.strip()
        if picture := _picture(text.removeprefix("- ")):
            reading.lines[f"{field}[{len(pictures)}]"] = line
            pictures.append(picture)
        elif text:
            reading.refuse(line, field, "This line is not a picture.", "Write `![What it shows](../media/name.png)`.")
    return tuple(pictures)


def _picture(text: str) -> Picture | None:
    shown, middle, source = text[2:-1].rpartition("](")
    if not (middle and text.startswith("![") and text.endswith(")")):
        return None
    return Picture(source.removeprefix(MEDIA).strip(), normal_line(shown))


def _write_checklist(items: tuple[ChecklistItem, ...]) -> str:
    return "\n".join(_checklist_lines(number, item) for number, item in enumerate(items, 1))


def _checklist_lines(number: int, item: ChecklistItem) -> str:
    asks = [f"evidence: {item.evidence}"] if item.evidence is not Evidence.NONE else []
    asks += [f"instruction: {item.uses}"] if item.uses else []
    asks += [f"include: {item.include}"] if item.include else []
    line = " ".join(part for part in (f"{number}.", item.text, f"({'; '.join(asks)})" if asks else "") if part)
    indent = " " * (len(str(number)) + 2)
    quoted = [f"{indent}> {text}".rstrip() for text in item.instruction.split("\n")] if item.instruction else []
    return "\n".join([line, *quoted])


def _write_lines(lines: tuple[str, ...]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _write_questions(questions: tuple[Question, ...]) -> str:
    return "\n\n".join(f"**{question.question}** {question.answer}".rstrip() for question in questions)


def _write_pictures(pictures: tuple[Picture, ...]) -> str:
    return "\n\n".join(f"![{picture.text}]({_address(picture.source)})" for picture in pictures)


def _address(source: str) -> str:
    return source if "://" in source else MEDIA + source


READERS: dict[str, Callable[[Passage, str, Reading], Any]] = {
    "Checklist": _read_checklist,
    "Steps": _read_steps,
    "Lines": _read_lines,
    "Questions": _read_questions,
    "Pictures": _read_pictures,
}
WRITERS: dict[str, Callable[[Any], str]] = {
    "Checklist": _write_checklist,
    "Steps": _write_checklist,
    "Lines": _write_lines,
    "Questions": _write_questions,
    "Pictures": _write_pictures,
}
