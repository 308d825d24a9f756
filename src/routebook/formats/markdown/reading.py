"""From YAML nodes to values, by the schema's shapes, collecting every error on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any

from routebook.core.document import WEEKDAYS, Decision, Goes, Join, Outcome, WorkingWeek
from routebook.formats.errors import FormatError, did_you_mean
from routebook.formats.markdown.yaml_nodes import NULLS, MappingNode, Node, ScalarNode, SequenceNode
from routebook.formats.normal import normal_line, normal_text
from routebook.formats.schema import (
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
    table_of,
)

MANY_ERRORS = 200
"""After so many, further unknown keys of a file aren't told: it is no document at all."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_STEP_PATH = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_WHOLE = re.compile(r"[0-9]{1,9}\Z")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})\Z")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

EXPECTED: dict[type[Any], tuple[str, str]] = {
    Line: ("a line of text", "as in `title: Refund a customer`"),
    Text: ("text", "as in `why: It keeps trust`; several lines start with `|-`"),
    Slug: ("a short name of lower-case letters, digits and hyphens", "as in `refund-a-customer`"),
    StepPath: ("a process and one of its steps", "as in `step: refund-a-customer/issue`"),
    Whole: ("a whole number", "as in `minutes: 6`"),
    Number: ("a number", "as in `number: 10` or `number: 2.5`, without commas or unit"),
    TrueFalse: ("`true` or `false`", "as in `required: true`"),
    Day: ("a date, year first", "as in `review_by: 2027-02-12`"),
    Then: ("a step, `end`, a list of `when` and `go`, or `all:`", "as in `then: {all: [design, write]}`"),
    JoinOf: ("`all` or a list of steps", "as in `join: [design, [plain-text, video-text]]`"),
    Week: ("working hours by weekday", "as in `week: {mon-fri: 09:00-17:00}`"),
    Many: ("a list", "as in `policies: [refund-within-14-days]`"),
    Only: ("a reason", "as in `document: {none: one line in the inbox}`"),
}
"""What each shape asks for, and an example of it."""

SIMPLE = frozenset({Line, Text, Choice, Slug, StepPath, Whole, Number, TrueFalse, Day})
"""The shapes of which a value is one scalar."""


class Reading:
    """One file being read: the errors so far, and the line of every field."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.errors: list[FormatError] = []
        self.lines: dict[str, int] = {}

    def refuse(self, line: int, field: str, sentence: str, fix: str) -> None:
        """Note one error."""
        self.errors.append(FormatError(self.path, line, field, sentence, fix))

    def record(self, node: Node, keys: tuple[Key, ...], field: str, what: str) -> dict[str, Any]:
        """The attributes that a mapping gives; absent keys are left out. `what` names the thing in sentences."""
        if not isinstance(node, MappingNode):
            names = ", ".join(key.name for key in keys if key.required) or keys[0].name
            example = f"as in `{{{keys[0].example}}}`"
            self.refuse(node.line, field, f"Expected {what} with its keys ({names}).", f"Write a mapping, {example}.")
            return {}
        table = table_of(keys)
        if not node.keys.keys() <= table.by_name.keys():
            self._unknown_keys(node, table.by_name, field, what)
        values: dict[str, Any] = {}
        prefix = f"{field}." if field else ""
        for name, inside in node.values.items():
            key = table.by_name.get(name)
            if key is None or _is_blank(inside):
                continue
            attribute = key.attribute or name
            path = prefix + attribute
            self.lines[path] = node.keys[name]
            values[attribute] = self.value(inside, key.shape, path, key)
        self._missing_keys(node, table.required, values, field, what)
        return values

    def value(self, node: Node, shape: Shape, field: str, key: Key) -> Any:
        """The value of one node. After an error it is some value of no meaning: the file is refused anyway."""
        if field not in self.lines:
            self.lines[field] = node.line
        if type(node) is ScalarNode:
            if type(shape) is Line:  # most values are
                return normal_line(node.text)
            if type(shape) in SIMPLE:
                return self._scalar(node, shape, field, key)
        if type(shape) is Many:
            return self._many(node, shape, field, key)
        match shape:
            case Record():
                return self._of_record(node, shape, field, key)
            case Only():
                return self._only(node, shape, field, key)
            case Then():
                return self._then(node, field)
            case JoinOf():
                return self._join_of(node, field)
            case Week():
                return self._week(node, field)
            case _:
                return self._scalar(node, shape, field, key)

    def _scalar(self, node: Node, shape: Shape, field: str, key: Key) -> Any:
        if not isinstance(node, ScalarNode):
            return self._expected(node, shape, field, key.name)
        text = normal_line(node.text)
        match shape:
            case Line():
                return text
            case Text():
                return normal_text(node.text)
            case Choice():
                return self._choice(node, shape, text, field, key)
            case Slug() if SLUG.match(text):
                return text
            case StepPath() if _STEP_PATH.match(text):
                return text
            case Whole() if _WHOLE.match(text):
                return int(text)
            case Number() if _NUMBER.match(text):
                return Decimal(text)
            case TrueFalse() if not node.quoted and text in _BOOLEANS:
                return _BOOLEANS[text]
            case Day() if (day := _day(text)) is not None:
                return day
            case _:
                return self._expected(node, shape, field, key.name)

    def _expected(self, node: Node, shape: Shape, field: str, name: str) -> None:
        what, example = EXPECTED[type(shape)]
        found = f", not `{normal_line(node.text)[:40]}`" if isinstance(node, ScalarNode) else ""
        self.refuse(node.line, field, f"`{name}` is {what}{found}.", f"Write it {example}.")

    def _choice(self, node: ScalarNode, shape: Choice, text: str, field: str, key: Key) -> Any:
        words = [member.value for member in shape.of]
        if text in words:
            return shape.of(text)
        near = did_you_mean(text, words)
        fix = f"Did you mean `{near}`?" if near else f"Write one of these: {', '.join(words)}."
        self.refuse(node.line, field, f"`{text[:40]}` is none of the words for `{key.name}`.", fix)
        return next(iter(shape.of))

    def _many(self, node: Node, shape: Many, field: str, key: Key) -> tuple[Any, ...]:
        if isinstance(node, MappingNode) and not isinstance(shape.of, Record):
            self._expected(node, shape, field, key.name)
            return ()
        items = node.items if isinstance(node, SequenceNode) else [node]
        values = []
        for index, item in enumerate(items):
            path = f"{field}[{index}]"
            self.lines[path] = item.line
            if _is_blank(item):
                self.refuse(item.line, path, f"An item of `{key.name}` is empty.", "Write it, or delete the line.")
                continue
            values.append(self.value(item, shape.of, path, key))
        return tuple([value for value in values if value != ""])

    def _of_record(self, node: Node, shape: Record, field: str, key: Key) -> Any:
        if shape.short and isinstance(node, ScalarNode):
            short = next(one for one in shape.keys if one.name == shape.short)
            return shape.cls(**{short.field: self.value(node, short.shape, field, short)})
        values = self.record(
            node, shape.keys, field, f"an item of `{key.name}`" if field.endswith("]") else f"`{key.name}`"
        )
        for name in _without_default(shape.cls):
            values.setdefault(name, "")
        return shape.cls(**values)

    def _only(self, node: Node, shape: Only, field: str, key: Key) -> Any:
        if not isinstance(node, MappingNode) or list(node.values) != [shape.key]:
            return self._expected(node, shape, field, key.name)
        return self.value(node.values[shape.key], shape.of, field, key)

    def _then(self, node: Node, field: str) -> Goes | Decision:
        if not isinstance(node, SequenceNode):
            return self._goes(node, field)
        outcomes = tuple(self._outcome(item, f"{field}[{index}]") for index, item in enumerate(node.items))
        if not outcomes:
            self.refuse(
                node.line, field, "This decision has no outcomes.", "Write `- {when: …, go: …}` for each, or delete it."
            )
        return Decision(outcomes)

    def _outcome(self, node: Node, field: str) -> Outcome:
        self.lines[field] = node.line
        if not isinstance(node, MappingNode) or sorted(node.values) != ["go", "when"]:
            self.refuse(
                node.line,
                field,
                "An outcome has a `when` and a `go`, nothing else.",
                "Write `{when: eligible, go: approve}`.",
            )
            return Outcome("", Goes(()))
        when = node.values["when"]
        if not isinstance(when, ScalarNode) or when.is_null:
            self._expected(when, Line(), field, "when")
            return Outcome("", Goes(()))
        return Outcome(normal_line(when.text), self._goes(node.values["go"], field))

    def _goes(self, node: Node, field: str) -> Goes:
        if isinstance(node, ScalarNode):
            return Goes((self._step_id(node, Then(), field),))
        everything = node.values.get("all") if isinstance(node, MappingNode) and len(node.values) == 1 else None
        if not isinstance(everything, SequenceNode) or not everything.items:
            self._expected(node, Then(), field, "then")
            return Goes(())
        return Goes(tuple(self._step_id(item, Then(), field) for item in everything.items))

    def _join_of(self, node: Node, field: str) -> Join:
        if isinstance(node, ScalarNode) and node.text == "all":
            return Join(())
        if not isinstance(node, SequenceNode) or not node.items:
            self._expected(node, JoinOf(), field, "join")
            return Join(())
        return Join(tuple(self._group(item, field) for item in node.items))

    def _group(self, node: Node, field: str) -> tuple[str, ...]:
        if isinstance(node, SequenceNode) and node.items:
            return tuple(self._step_id(item, JoinOf(), field) for item in node.items)
        return (self._step_id(node, JoinOf(), field),)

    def _step_id(self, node: Node, shape: Shape, field: str) -> str:
        if isinstance(node, ScalarNode) and SLUG.match(node.text):
            return node.text
        self._expected(node, shape, field, "then" if isinstance(shape, Then) else "join")
        return ""

    def _week(self, node: Node, field: str) -> WorkingWeek:
        if not isinstance(node, MappingNode):
            self._expected(node, Week(), field, "week")
            return WorkingWeek()
        spans: list[tuple[int, int, int]] = []
        for name, hours in node.values.items():
            days = _days(name)
            if not days:
                self.refuse(
                    node.keys[name],
                    field,
                    f"`{name}` is not a weekday.",
                    f"Write {', '.join(WEEKDAYS)}, or `mon-fri`.",
                )
            spans += [(day, first, last) for day in days for first, last in self._hours(hours, field)]
        return WorkingWeek(tuple(sorted(set(spans))))

    def _hours(self, node: Node, field: str) -> list[tuple[int, int]]:
        items = node.items if isinstance(node, SequenceNode) else [node]
        spans = [_span(item.text) if isinstance(item, ScalarNode) else None for item in items]
        for item, span in zip(items, spans, strict=True):
            if span is None:
                self._expected(item, Week(), field, "week")
        return [span for span in spans if span is not None]

    def _unknown_keys(self, node: MappingNode, by_name: Mapping[str, Key], field: str, what: str) -> None:
        for name, line in node.keys.items():
            if name in by_name:
                continue
            if len(self.errors) >= MANY_ERRORS:
                return
            near = did_you_mean(name, by_name)
            fix = f"Did you mean `{near}`?" if near else f"Known keys: {', '.join(by_name)}."
            self.refuse(line, _join(field, name), f"`{name}` is not a key of {what}.", fix)

    def _missing_keys(
        self, node: MappingNode, required: tuple[Key, ...], values: dict[str, Any], field: str, what: str
    ) -> None:
        for key in required:
            path = _join(field, key.field)
            given = key.field in values and (field or values[key.field] != "")
            if not given:
                line = self.lines.get(path, node.line)
                self.refuse(line, path, f"`{key.name}` is missing from {what}.", f"Add it, as in `{key.example}`.")


def _without_default(cls: Any) -> tuple[str, ...]:
    """The attributes that a value can't be made without."""
    known = _WITHOUT_DEFAULT.get(cls)
    if known is None:
        missing = (one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING)
        known = _WITHOUT_DEFAULT[cls] = tuple(missing)
    return known


_WITHOUT_DEFAULT: dict[Any, tuple[str, ...]] = {}


def _is_blank(node: Node) -> bool:
    """A key with nothing after it counts as not written."""
    return type(node) is ScalarNode and node.text in NULLS and not node.quoted


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _day(text: str) -> dt.date | None:
    if not _DAY.match(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _days(name: str) -> list[int]:
    first, _, last = name.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return []
    return list(range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1))


def _span(text: str) -> tuple[int, int] | None:
    found = _SPAN.match(text)
    if not found:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    first, last = hour * 60 + minute, to_hour * 60 + to_minute
    in_order = minute < 60 and to_minute < 60 and first < last <= 24 * 60
    return (first, last) if in_order else None
