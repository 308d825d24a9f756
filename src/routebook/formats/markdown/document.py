"""One document as one Markdown file: front matter between `---` lines, then the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from routebook.core.document import CLASS_OF, FOLDERS, RESERVED_STEP_IDS, AnyDocument, Kind, Process, kind_of
from routebook.formats.errors import Lines, Refused, did_you_mean
from routebook.formats.markdown.body import Passage, read_body, write_body
from routebook.formats.markdown.plain_front import plain_mapping
from routebook.formats.markdown.reading import SLUG, Reading
from routebook.formats.markdown.writing import Tree, tree_of, yaml_text
from routebook.formats.markdown.yaml_nodes import MappingNode, Node, ScalarNode, YamlRefused
from routebook.formats.normal import normalise
from routebook.formats.schema import KEYS, Key

MAX_BYTES = 1_000_000
FENCE = "---"
CLOSE = f"\n{FENCE}"
KIND_IN = {folder: kind for kind, folder in FOLDERS.items()}
KIND_WORDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document that was read, and the line of each of its fields."""

    document: AnyDocument
    lines: Lines


def read_document(path: str, text: str) -> DocumentFile | Refused:
    """The document in `text`. The file's name is its slug; `path` is what errors name."""
    reading = Reading(path)
    document = _document(path, text, reading)
    if document is None or reading.errors:
        return Refused(tuple(sorted(reading.errors)))
    return DocumentFile(document, reading.lines)


def decode(path: str, data: bytes) -> str | Refused:
    """The text of a file: UTF-8, with or without a byte order mark, of at most a megabyte."""
    reading = Reading(path)
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1_000_000:.1f} MB"
        reading.refuse(
            1,
            "",
            f"This file is too large: {size}, and a document is at most 1 MB.",
            "Put pictures and recordings into `media/`.",
        )
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            reading.refuse(line, "", "This file is not UTF-8 text.", "Save it again with the encoding UTF-8.")
    return Refused(tuple(reading.errors))


def write_document(document: AnyDocument) -> str:
    """The file of a document, in normal form; reading it gives `normalise(document)` back."""
    document = normalise(document)
    keys = KEYS[kind_of(document)]
    in_body = _fields_in_body(document, keys)
    front: dict[str, Tree] = {"kind": str(kind_of(document))}
    front |= tree_of(document, tuple(key for key in keys if key.field not in in_body))
    body = write_body(in_body, keys)
    return f"{FENCE}\n{yaml_text(front)}{FENCE}\n" + (f"{body}\n" if body else "")


def _fields_in_body(document: AnyDocument, keys: tuple[Key, ...]) -> dict[str, Any]:
    """What the body can carry without changing it; the rest stands in the front matter.

    A body is Markdown: a text with a heading or an open code fence in it would end somewhere else.
    So the body is read back, and what came out different is moved to the front.
    """
    values = {
        key.field: getattr(document, key.field)
        for key in keys
        if (key.section or key.name == "notes") and getattr(document, key.field)
    }
    while values:
        reading = Reading("")
        found = read_body(Passage(write_body(values, keys).split("\n"), 1), keys, reading, "")
        spoilt = {name for name in values.keys() | found.keys() if values.get(name) != found.get(name)}
        spoilt |= {error.field.split("[")[0] for error in reading.errors}
        kept = {name: value for name, value in values.items() if name not in spoilt}
        if len(kept) == len(values):
            return kept if not spoilt else {}
        values = kept
    return values


def _document(path: str, text: str, reading: Reading) -> AnyDocument | None:
    slug = _slug(path, reading)
    if len(text) > MAX_BYTES:
        reading.refuse(
            1, "", "This file is too large: a document is at most 1 MB.", "Put pictures and recordings into `media/`."
        )
        return None
    parts = _front_and_body(text, reading)
    if parts is None:
        return None
    front, body = parts
    try:
        node = plain_mapping(front, first_line=2) or _any_yaml(front)
    except YamlRefused as refusal:
        reading.refuse(refusal.line, "", refusal.sentence, refusal.fix)
        return None
    kind = _kind(node, path, reading)
    if kind is None or not isinstance(node, MappingNode):
        return None
    values = {"title": ""} | _values(node, body, kind, reading)
    document: AnyDocument = CLASS_OF[kind](slug=slug, **values)  # type: ignore[assignment]
    _refuse_bad_step_ids(document, reading)
    return document


def _any_yaml(front: str) -> Node:
    from routebook.formats.markdown.yaml_reader import parse_yaml  # most libraries never need it

    return parse_yaml(front, first_line=2)


def _slug(path: str, reading: Reading) -> str:
    name = path.rpartition("/")[2]
    slug = name.rpartition(".")[0] or name
    if not SLUG.match(slug):
        reading.refuse(
            1,
            "slug",
            f"`{slug}` can't be a document's name.",
            "Name the file in lower-case letters, digits and hyphens.",
        )
    return slug


def _front_and_body(text: str, reading: Reading) -> tuple[str, Passage] | None:
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = _end_of_line(text, 0)
    if text[:first].rstrip() != FENCE:
        reading.refuse(
            1,
            "",
            "The file doesn't start with a line of `---`.",
            "Put `kind:`, `title:` and the rest between two lines of `---`.",
        )
        return None
    close = text.find(CLOSE, first)
    while close >= 0 and text[close + 1 : _end_of_line(text, close + 1)].rstrip() != FENCE:
        close = text.find(CLOSE, close + 1)
    if close < 0:
        reading.refuse(1, "", "The front matter is not closed.", "Put a line of `---` below its last key.")
        return None
    body = text[_end_of_line(text, close + 1) + 1 :]
    return text[first + 1 : close], Passage(body.split("\n") if body else [], text.count("\n", 0, close) + 3)


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _kind(node: Any, path: str, reading: Reading) -> Kind | None:
    folder = path.rpartition("/")[0].rpartition("/")[2]
    expected = KIND_IN.get(folder)
    if not isinstance(node, MappingNode):
        reading.refuse(node.line, "", "The front matter is not a list of keys.", "Write every line as `key: value`.")
        return None
    kinds = KIND_WORDS
    said = node.values.get("kind")
    if said is None:
        fix = f"Add `kind: {expected}`." if expected else f"Add one of these: {', '.join(kinds)}."
        reading.refuse(node.line, "kind", "`kind` is missing.", fix)
        return None
    word = said.text if isinstance(said, ScalarNode) else ""
    if word not in kinds:
        near = did_you_mean(word, kinds)
        fix = f"Did you mean `{near}`?" if near else f"Write one of these: {', '.join(kinds)}."
        reading.refuse(said.line, "kind", f"`{word}` is not a kind of document.", fix)
        return None
    kind = Kind(word)
    if expected not in (None, kind):
        reading.refuse(
            said.line,
            "kind",
            f"This {kind} lies in `{folder}/`.",
            f"Move it to `{FOLDERS[kind]}/`, or write `kind: {expected}`.",
        )
    reading.lines["kind"] = said.line
    del node.values["kind"], node.keys["kind"]
    return kind


def _values(node: MappingNode, body: Passage, kind: Kind, reading: Reading) -> dict[str, Any]:
    keys, what = KEYS[kind], _with_article(kind)
    values = reading.record(node, keys, "", what)
    for name, value in read_body(body, keys, reading, what).items():
        if name in values:
            reading.refuse(
                reading.lines[name], name, f"`{name}` stands in the front matter and in the body.", "Keep one of them."
            )
        values[name] = value
    return values


def _with_article(kind: Kind) -> str:
    return "an SOP" if kind is Kind.SOP else f"a {kind.replace('-', ' ')}"


def _refuse_bad_step_ids(document: AnyDocument, reading: Reading) -> None:
    if not isinstance(document, Process):
        return
    seen: set[str] = set()
    for index, step in enumerate(document.steps):
        field = f"steps[{index}].id"
        line = reading.lines.get(field, 1)
        if step.id in RESERVED_STEP_IDS:
            reading.refuse(line, field, f"`{step.id}` names an end of the map, not a step.", "Choose another id.")
        elif step.id and step.id in seen:
            reading.refuse(line, field, f"Two steps have the id `{step.id}`.", "Give each its own.")
        seen.add(step.id)
