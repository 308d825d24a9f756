"""The reference page of the library format, made from the schema.

``python -m routebook.formats.reference`` prints it; a test keeps `docs/reference/library-format.md` equal.
"""

from __future__ import annotations

import sys

from routebook.core.document import FOLDERS, WEEKDAYS, Kind
from routebook.formats.schema import (
    KEYS,
    ORGANISATION,
    STEP,
    Choice,
    Day,
    JoinOf,
    Key,
    Line,
    Many,
    Number,
    Only,
    Record,
    Shape,
    Slug,
    StepPath,
    Text,
    Then,
    TrueFalse,
    Week,
    Whole,
)

_FOLDERS = "".join(f"    {name + '/':<22}one {kind.replace('-', ' ')} per file\n" for kind, name in FOLDERS.items())
_WEEKDAYS = ", ".join(f"`{day}`" for day in WEEKDAYS)

INTRODUCTION = f"""\
# The library format

<!-- Made by `python -m routebook.formats.reference`; change the schema, not this page. -->

A library is a folder of Markdown files. Each file holds one document: keys between two lines of `---`, then the body.
The file's name is the document's slug: lower-case letters, digits and hyphens.

    routebook.yaml        the company, its roles and people
{_FOLDERS}    media/                pictures and recordings

Other files and folders are left alone. Import reads everything or nothing: each error names file and line and says what
to do.

## How values are written

- YAML 1.2, core schema: `yes`, `no`, `12:30` and dates are text; only `true` and `false` are yes-or-no values.
- A key that isn't written has its default. A key with nothing after it counts as not written.
- Unknown keys, keys written twice, anchors, aliases and tags are errors. A file is at most 1 MB of UTF-8 text.
- Comments and the order of keys aren't kept. Spaces at line ends aren't either: a hard line break is a backslash.
- Weekdays are {_WEEKDAYS}, or a range such as `mon-fri`.

## The body

A document's long texts stand in the body, under headings of their own (*body* in the tables below):

- **Checklist, Steps, Lines**: numbered items. At its end an item may ask for evidence, point to a work instruction, or both:
  `(evidence: photo; instruction: full-refund-in-stripe)`. What is indented below it, quoted with `>`, is its how-to.
- **A shared block**: an item of an SOP that is only `(include: check-the-amount)` stands for the steps of that procedure.
  Publishing puts them in its place, each marked with `include:`, so that the published text never changes by itself.
- **Questions**: `**The question?** The answer.`
- **Pictures**: `![What it shows](../media/name.png)`
- Everything else in the body is the document's notes, and is kept as it is.

A text that would break the body (say, one with a heading in it) may stand in the front matter under its key instead.

## The flow of a process

| `then:` | the work goes |
|---|---|
| not written | to the next step of the list; the last step ends the run |
| `approve` | to that step, also an earlier one (rework) |
| `end` | nowhere: this way through the map is done |
| `[{{when: eligible, go: approve}}, {{when: not eligible, go: decline}}]` | where the doer's outcome says |
| `{{all: [design, write]}}` | to several steps at the same time; `go:` takes this too |

| `join:` | the step waits for |
|---|---|
| not written | the first that arrives |
| `all` | every line into it |
| `[a, [b, c]]` | one from `a`, and one from `b` or `c` |

`start` and `end` are no step's id: they name the two ends of every map.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [INTRODUCTION, _section("routebook.yaml", ORGANISATION.keys)]
    parts += [_section(f"{FOLDERS[kind]}/*.md: {kind.replace('-', ' ')}", KEYS[kind], f"kind: {kind}") for kind in Kind]
    return "\n".join(parts)


def _section(title: str, keys: tuple[Key, ...], first: str = "") -> str:
    rows = [f"| `kind` | what this document is | **Required.** | `{first}` |"] if first else []
    rows += [_row(key, "") for key in keys]
    for key in keys:
        rows += _inner_rows(key.shape, key.name)
    return "\n".join([f"## {title}", "", "| key | holds | says | example |", "|---|---|---|---|", *rows, ""])


def _inner_rows(shape: Shape, name: str) -> list[str]:
    record = shape.of if isinstance(shape, Many) else shape
    if not isinstance(record, Record):
        return []
    rows = [_row(key, f"{name}[]." if isinstance(shape, Many) else f"{name}.") for key in record.keys]
    for key in record.keys:
        rows += _inner_rows(key.shape, f"{name}[].{key.name}" if isinstance(shape, Many) else f"{name}.{key.name}")
    return rows


def _row(key: Key, before: str) -> str:
    says = ("**Required.** " if key.required else "") + key.says
    where = f"{_holds(key.shape)}; body, `## {key.section}`" if key.section else _holds(key.shape)
    where = "text; body" if key.name == "notes" else where
    return f"| `{before}{key.name}` | {where} | {says} | `{key.example}` |".replace(" | | ", " | ")


def _holds(shape: Shape) -> str:
    match shape:
        case Line():
            return "a line"
        case Text():
            return "text"
        case Slug():
            return "a slug"
        case StepPath():
            return "process/step"
        case Whole():
            return "a whole number"
        case Number():
            return "a number"
        case TrueFalse():
            return "`true` or `false`"
        case Day():
            return "a date"
        case Choice():
            return ", ".join(f"`{member.value}`" for member in shape.of)
        case Many():
            return "steps, in order" if shape.of is STEP else f"a list: {_holds(shape.of)}"
        case Record():
            return f"keys, or just its `{shape.short}`" if shape.short else "keys"
        case Only():
            return f"`{{{shape.key}: {_holds(shape.of)}}}`"
        case Then():
            return "the flow, above"
        case JoinOf():
            return "the join, above"
        case Week():
            return "hours by weekday"


if __name__ == "__main__":
    sys.stdout.write(page())
