"""From values to YAML that reads as if written by hand.

Keys stand in the schema's order, defaults are left out, what fits a line stands on one, and text is
quoted only where it would be read as something else.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

from routebook.core.document import WEEKDAYS, Decision, Goes, Join, WorkingWeek
from routebook.formats.schema import JoinOf, Key, Many, Only, Record, Shape, Then, Week

MAPPING_WIDTH = 150
"""A mapping that fits this many characters stands on one line: a step reads best as one row."""
LIST_WIDTH = 100

_PLAIN = re.compile(r"[^\W_(/$€£→“][^\t\n]*|[(/$€£→“][^\t\n]*", re.UNICODE)
_NOT_PLAIN = re.compile(
    r": |:$| #|^(?:[-+.0-9][-+.0-9_eExXa-fA-F:oO]*|true|false|null|yes|no|on|off|y|n)$", re.IGNORECASE
)
_FLOW_MARKS = re.compile(r"[,\[\]{}]")


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """A scalar that must stay unquoted: a number, a date, true or false, an id."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """A list that is always written one item to a line."""

    items: list[Tree]


Tree = str | Typed | Rows | list[Any] | dict[str, Any]


def tree_of(value: Any, keys: tuple[Key, ...]) -> dict[str, Tree]:
    """What to write for a core value: its keys in order, without those that hold their default."""
    defaults = {item.name: _default(item) for item in dataclasses.fields(value)}
    defaults |= {key.field: "" for key in keys if defaults[key.field] is dataclasses.MISSING and not key.required}
    return {
        key.name: _tree(getattr(value, key.field), key.shape)
        for key in keys
        if key.always or getattr(value, key.field) != defaults[key.field]
    }


def yaml_text(tree: dict[str, Tree]) -> str:
    """The lines of a mapping, ending with a newline."""
    return "".join(line + "\n" for line in _mapping_lines(tree, ""))


def _default(item: dataclasses.Field[Any]) -> Any:
    if item.default is not dataclasses.MISSING:
        return item.default
    return item.default_factory() if item.default_factory is not dataclasses.MISSING else dataclasses.MISSING


def _tree(value: Any, shape: Shape) -> Tree:
    match shape:
        case Many():
            return _many(value, shape)
        case Record():
            tree = tree_of(value, shape.keys)
            return tree[shape.short] if list(tree) == [shape.short] else tree
        case Only():
            return {shape.key: _tree(value, shape.of)}
        case Then():
            return _then(value)
        case JoinOf():
            return _join(value)
        case Week():
            return _week(value)
        case _:
            return _scalar(value)


def _many(value: tuple[Any, ...], shape: Many) -> Tree:
    items = [_tree(item, shape.of) for item in value]
    if shape.rows:
        return Rows(items)
    return items[0] if len(items) == 1 and not _is_slugs(shape) else items


def _is_slugs(shape: Many) -> bool:
    """Lists of references keep their brackets, so that a second one is easy to add."""
    return type(shape.of).__name__ == "Slug"


def _scalar(value: Any) -> Tree:
    match value:
        case bool():
            return Typed("true" if value else "false")
        case StrEnum():
            return str(value)
        case dt.date():
            return Typed(value.isoformat())
        case Decimal():
            return Typed(format(value or abs(value), "f"))  # there is no -0
        case int():
            return Typed(str(value))
        case _:
            return str(value)


def _then(then: Goes | Decision) -> Tree:
    if isinstance(then, Goes):
        return _goes(then)
    return Rows([{"when": outcome.when, "go": _goes(outcome.goes)} for outcome in then.outcomes])


def _goes(goes: Goes) -> Tree:
    return goes.targets[0] if len(goes.targets) == 1 else {"all": list(goes.targets)}


def _join(join: Join) -> Tree:
    if not join.groups:
        return "all"
    return [group[0] if len(group) == 1 else list(group) for group in join.groups]


def _week(week: WorkingWeek) -> Tree:
    hours = [[f"{_clock(first)}-{_clock(last)}" for at, first, last in week.spans if at == day] for day in range(7)]
    tree: dict[str, Tree] = {}
    for spans, days in itertools.groupby(range(7), key=lambda day: hours[day]):
        names = [WEEKDAYS[day] for day in days]
        if spans:
            name = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
            tree[name] = Typed(spans[0]) if len(spans) == 1 else [Typed(span) for span in spans]
    return tree


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _mapping_lines(tree: dict[str, Tree], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in tree.items():
        lines += _entry_lines(key, value, indent)
    return lines


def _entry_lines(key: str, value: Tree, indent: str) -> list[str]:
    if isinstance(value, str) and "\n" in value:
        return _block_text_lines(key, value, indent)
    if isinstance(value, str | Typed):
        return [f"{indent}{key}: {_inline(value, in_flow=False)}"]
    width = LIST_WIDTH if isinstance(value, list) else MAPPING_WIDTH
    if (flow := _flow(value)) is not None and (len(indent) + len(key) + 2 + len(flow) <= width or not value):
        return [f"{indent}{key}: {flow}"]
    inner = indent + "  "
    if isinstance(value, dict):
        return [f"{indent}{key}:", *_mapping_lines(value, inner)]
    items = value.items if isinstance(value, Rows) else value
    return [f"{indent}{key}:", *(line for item in items for line in _item_lines(item, inner))]


def _item_lines(item: Tree, indent: str) -> list[str]:
    if isinstance(item, str | Typed):
        return [f"{indent}- {_inline(item, in_flow=False)}"]
    flow = _flow(item)
    if flow is not None and (len(indent) + 2 + len(flow) <= MAPPING_WIDTH or not isinstance(item, dict)):
        return [f"{indent}- {flow}"]
    assert isinstance(item, dict), "every list of lists is short and stands on one line"
    first, *rest = _mapping_lines(item, indent + "  ")
    return [f"{indent}- {first.lstrip(' ')}", *rest]


def _block_text_lines(key: str, text: str, indent: str) -> list[str]:
    """A literal block; quoted where its own spaces or tabs would be taken for indentation."""
    lines = text.split("\n")
    if lines[0].startswith((" ", "\t")) or any(line.startswith("\t") for line in lines):
        return [f"{indent}{key}: {json.dumps(text, ensure_ascii=False)}"]
    return [f"{indent}{key}: |-", *(f"{indent}  {line}".rstrip() for line in lines)]


def _flow(tree: Tree) -> str | None:
    """On one line, or None for what never stands on one: rows, and text of several lines."""
    match tree:
        case Rows():
            return None
        case str():
            return None if "\n" in tree else _inline(tree, in_flow=True)
        case Typed():
            return tree.text
        case list():
            items = [_flow(item) for item in tree]
            return None if None in items else f"[{', '.join(str(item) for item in items)}]"
        case dict():
            entries = [(key, _flow(value)) for key, value in tree.items()]
            if any(text is None for _, text in entries):
                return None
            return f"{{{', '.join(f'{key}: {text}' for key, text in entries)}}}"


def _inline(value: str | Typed, *, in_flow: bool) -> str:
    if isinstance(value, Typed):
        return value.text
    plain = _PLAIN.fullmatch(value) and not _NOT_PLAIN.search(value) and value == value.strip()
    if plain and not (in_flow and _FLOW_MARKS.search(value)):
        return value
    return json.dumps(value, ensure_ascii=False)
