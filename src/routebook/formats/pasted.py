"""Steps from what was pasted: a list, or a table of a spreadsheet, a document or a web page.

    1. Request received                     Step              Who        Takes
    2) Verify eligibility                   Request received  Assistant  mail
       - look at the order                  Verify            Assistant  ticket

Of a list every line is a step; numbers, letters, bullets and tick boxes fall away. Of a table every row is one; its
columns are known by the names in the first row, in the words that people use for them, else by their place.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from routebook.core.calendar import BadDuration, parse_duration
from routebook.core.document import Handling, Step
from routebook.formats.flow_text import Misread, read_then, write_then

MOST_CHARACTERS = 200_000
LONGEST_TITLE = 200

Table = list[list[str]]


@dataclass(frozen=True, slots=True)
class PastedStep:
    """One step in the words of the map's form. `handling` is one of `Handling`, or "" where nothing was said."""

    title: str
    role: str = ""
    takes: str = ""
    gives: str = ""
    handling: str = ""
    why: str = ""
    due: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read. `columns` are the fields that a table's columns became (none for a list), `left_out` the names
    of columns and the lines above a list that became nothing."""

    steps: tuple[PastedStep, ...]
    columns: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read_pasted(text: str, markup: str = "") -> Pasted:
    """The steps that a text says. `markup` is the same as HTML where the clipboard had it: only its table counts."""
    text, markup = (given[:MOST_CHARACTERS].replace("\0", "") for given in (text, markup))
    table = _table_of_markup(markup) or _table_of_markdown(text) or _table_of_tabs(text)
    return _read_table(table) if table else _read_list(text)


# --- a list ---------------------------------------------------------------------------------------

_BULLET = r"[-*+•●○◦▪▫■□‣⁃∙·–—→➔✓✔✅☐☑☒]\ufe0f?"
_MARKER = re.compile(
    rf"""^\s*(?:
        (?:{_BULLET})(?=\s|[^\W\d_]|\[)\s*
      | (?:step|stage|phase)\s+\d{{1,3}}\s*[.):–—-]\s*
      | \(?\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[.)](?:\s+|(?=[^\W\d_]))
      | \d{{1,3}}:\s+
      | (?:\d{{1,3}}[.):]|{_BULLET})\s*$
    )(?:\[[ xX]?\]\s*)?(?:[☐☑☒]\s*)?""",
    re.VERBOSE | re.IGNORECASE,
)
_TICK_BOX = re.compile(r"^\s*\[[ xX]?\]\s*")
_LETTER = re.compile(r"^\s*\(?(?:[a-z]|[ivx]{1,5})[.)]\s+", re.IGNORECASE)
_ROUND = re.compile(r"^\s*o\s+(?=\w)")  # a word processor's hollow bullet, as plain text
_LEVELS = re.compile(r"^\s*\d{1,3}(?:\.\d{1,3})+\s+(?=\D)")


def _read_list(text: str) -> Pasted:
    lines = [line for line in text.splitlines() if line.strip()]
    markers = [_marker(line, lines) for line in lines]
    has_markers = sum(marker > 0 for marker in markers) >= 2
    titles: list[str] = []
    left_out: list[str] = []
    for line, marker in zip(lines, markers, strict=True):
        title = " ".join(line[marker:].split())
        if has_markers and not marker and not titles and title.endswith(":"):
            left_out.append(title)
        elif has_markers and not marker and titles and line[0].isspace():
            titles[-1] = f"{titles[-1]} {title}"
        elif _title(title):
            titles.append(title)
    return Pasted(tuple(PastedStep(_title(title)) for title in titles), (), tuple(left_out))


def _marker(line: str, lines: Sequence[str]) -> int:
    """How long the mark at the head of a line is. A letter or “1.2” is one only where another line has one, too."""
    for pattern in (_MARKER, _TICK_BOX):
        found = pattern.match(line)
        if found and found.end():
            return found.end()
    for pattern in (_LETTER, _ROUND, _LEVELS):
        found = pattern.match(line)
        if found and sum(bool(pattern.match(other)) for other in lines) > 1:
            return found.end()
    return 0


def _title(text: str) -> str:
    """What a step is called; nothing for mere punctuation."""
    return " ".join(text.split())[:LONGEST_TITLE].strip() if any(map(str.isalnum, text)) else ""


# --- a table --------------------------------------------------------------------------------------

_FIELDS = {
    "number": "no nr num # number step-no step-number step-# s-no sno id order seq sequence",
    "title": "step steps task tasks activity activities action what what-happens title step-name task-name process-step "
    "to-do todo",
    "about": "description name details",
    "role": "who role roles owner responsible responsibility responsible-person assignee assigned assigned-to person by "
    "done-by performed-by actor team department accountable position",
    "takes": "takes input inputs in needs requires receives from-whom what-comes-in",
    "gives": "gives output outputs out deliverable deliverables result results produces what-comes-out",
    "handling": "handling keep-or-delegate keep/delegate delegate delegation",
    "due": "due due-within deadline within by-when sla time-limit",
    "then": "then next next-step goes-to go-to then-goes-to flow decision",
    "why": "why reason rationale because",
}
_FIELD_OF = {name.replace("-", " "): field_ for field_, names in _FIELDS.items() for name in names.split()}
_BY_PLACE = ("title", "role", "takes", "gives", "handling", "due")
_NUMBER = re.compile(r"^(?:step\s+)?#?\d{1,3}(?:\.\d{1,3})*[.)]?$", re.IGNORECASE)
_LIST_FIELDS = frozenset({"takes", "gives"})
_HANDLINGS = {
    Handling.KEEP: "keep kept me myself founder owner",
    Handling.DELEGATE: "delegate delegated hand-off assistant yes",
    Handling.AUTOMATE: "automate automated automatic automatically auto software tool",
    Handling.DROP: "drop dropped stop remove eliminate",
}
_HANDLING_OF = {word: handling for handling, words in _HANDLINGS.items() for word in words.split()}


def _read_table(table: Table) -> Pasted:
    width = max(len(row) for row in table)
    rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in table]
    fields, names = _by_names(rows[0])
    body = rows[1:] if fields else rows
    fields = _titled(fields, body) if fields else _by_place(rows)
    places = {name: at for at, name in enumerate(fields) if name}
    steps = [_step(row, places) for row in body]
    steps = [step for step in steps if step.title]
    left_out = tuple(name for name, field_ in zip(names, fields, strict=False) if name and not field_)
    columns = tuple(name for name in fields if name and name != "number")
    return Pasted(_linked(steps), columns, left_out)


def _by_names(row: Sequence[str]) -> tuple[list[str], list[str]]:
    """The field of each column by the names in this row, and the names; no fields if it names none."""
    fields: list[str] = []
    for cell in row:
        name = " ".join(re.sub(r"\([^)]*\)|[*:?.]", " ", cell.casefold()).split())
        known = _FIELD_OF.get(name, "")
        fields.append("" if known in fields else known)
    found = [field_ for field_ in fields if field_]
    is_head = len(found) >= 2 or (found and ("title" in found or 2 * len(found) >= len([cell for cell in row if cell])))
    return (fields if is_head else [], list(row))


def _titled(fields: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """The fields with one that says what happens: “Step” may be a column of numbers, with a description beside it."""
    fields = list(fields)
    if "title" in fields and _is_numbers(fields.index("title"), body) and "about" in fields:
        fields[fields.index("title")] = "number"
    if "title" not in fields:
        free = [at for at, name in enumerate(fields) if name == "about"] or [
            at for at, name in enumerate(fields) if not name and not _is_numbers(at, body)
        ]
        if free:
            fields[free[0]] = "title"
    return ["" if name == "about" else name for name in fields]


def _by_place(rows: Sequence[Sequence[str]]) -> list[str]:
    fields = ["number"] if len(rows[0]) > 1 and _is_numbers(0, rows) else []
    fields += _BY_PLACE[: len(rows[0]) - len(fields)]
    return fields + [""] * (len(rows[0]) - len(fields))


def _is_numbers(column: int, rows: Iterable[Sequence[str]]) -> bool:
    cells = [row[column] for row in rows if row[column]]
    return bool(cells) and all(_NUMBER.match(cell) for cell in cells)


def _step(row: Sequence[str], places: dict[str, int]) -> PastedStep:
    def cell(name: str) -> str:
        text = row[places[name]] if name in places else ""
        if name in _LIST_FIELDS:
            text = ", ".join(_clean(part) for part in re.split(r"[\n;]", text) if _clean(part))
        return " ".join(text.split())

    title = cell("title")
    return PastedStep(
        title=_title(title[_marker(title, ()) :]),
        role=cell("role"),
        takes=cell("takes"),
        gives=cell("gives"),
        handling=_handling(cell("handling")),
        why=cell("why"),
        due=_due(cell("due")),
        then=cell("then"),
    )


def _clean(part: str) -> str:
    return part[_marker(part, ()) :].strip(" ,")


def _handling(text: str) -> str:
    word = text.casefold().replace(" ", "-").strip("-.")
    return str(_HANDLING_OF.get(word) or _HANDLING_OF.get(word.split("-")[0]) or "")


_SHORT = re.compile(r"^(\d{1,4})\s*(working\s+)?(m|min|mins|h|hr|hrs|d|w|wk|wks)\.?$", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _due(text: str) -> str:
    """A duration as the map writes it, from the short ways that tables have; other text as it is."""
    text = re.sub(r"^(?:within|in)\s+", "", text, flags=re.IGNORECASE)
    found = _SHORT.match(text)
    if found:
        unit = _UNITS[found[3][0].lower()]
        return f"{found[1]} {found[2] or ''}{unit.removesuffix('s') if int(found[1]) == 1 else unit}"
    try:
        parse_duration(text)
    except BadDuration:
        return text if any(character.isalnum() for character in text) else ""
    return text


def _linked(steps: Sequence[PastedStep]) -> tuple[PastedStep, ...]:
    """The steps with where they go in titles, so that the numbers of the table don't matter where it is put."""
    known = [Step(id=f"pasted {place}", title=step.title) for place, step in enumerate(steps)]
    return tuple(_with_then(step, place, known) for place, step in enumerate(steps))


def _with_then(step: PastedStep, place: int, known: Sequence[Step]) -> PastedStep:
    then = read_then(step.then, known)
    if then is None or isinstance(then, Misread):
        text = step.then if then else ""
    else:
        source = Step(id=known[place].id, title=step.title, then=then)
        text = write_then(source, (), known)
    return PastedStep(step.title, step.role, step.takes, step.gives, step.handling, step.why, step.due, text)


# --- the ways a table comes -----------------------------------------------------------------------


def _table_of_tabs(text: str) -> Table | None:
    """The cells of a spreadsheet. Lines whose only tab stands behind a number or bullet are a list."""
    lines = [line for line in text.splitlines() if line.strip()]
    bare = [line[_marker(line, lines) :] for line in lines]
    if not any("\t" in line.strip() for line in bare):
        return None
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter="\t") if any(map(str.strip, row))]
    wide = sum(len(row) > 1 for row in rows)
    return rows if rows and 2 * wide >= len(rows) else None


_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")


def _table_of_markdown(text: str) -> Table | None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = [line for line in lines if "|" in line]
    rules = [line for line in rows if _RULE.match(line)]
    if not rules and not (len(rows) > 1 and all(line.startswith("|") and line.endswith("|") for line in rows)):
        return None
    return [_markdown_cells(line) for line in rows if not _RULE.match(line)] or None


def _markdown_cells(line: str) -> list[str]:
    bare = line.removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith(r"\|") else bare
    cells = re.split(r"(?<!\\)\|", bare)
    return [re.sub(r"\*\*|__|`", "", cell.replace(r"\|", "|").replace("<br>", "\n")).strip() for cell in cells]


def _table_of_markup(markup: str) -> Table | None:
    """The largest table of a piece of HTML, if it has more than one cell."""
    if "<table" not in markup.lower():
        return None
    reader = _Tables()
    reader.feed(markup)
    reader.close()
    tables = [[row for row in table if any(map(str.strip, row))] for table in reader.tables]
    largest = max(tables, key=lambda table: sum(map(len, table)), default=[])
    return largest if sum(map(len, largest)) > 1 else None


_BREAKS = frozenset({"br", "p", "div", "li"})
_UNSEEN = frozenset({"style", "script", "title"})


@dataclass(slots=True)
class _Cell:
    text: list[str] = field(default_factory=list)
    span: int = 1


class _Tables(HTMLParser):
    """Tables as rows of texts. A table inside a cell is part of that cell's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self._depth = 0
        self._unseen = 0
        self._cell: _Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self.tables[-1].append([])
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._cell = _Cell(span=min(int(span), 50) if span.isdecimal() else 1)
        elif tag in _BREAKS and self._cell:
            self._cell.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._end_cell()
            self._depth -= 1
        elif self._depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell and not self._unseen:
            self._cell.text.append(re.sub(r"\s+", " ", data))

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        lines = (" ".join(line.split()) for line in "".join(self._cell.text).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.tables[-1][-1] += [text, *[""] * (max(self._cell.span, 1) - 1)]
        self._cell = None
