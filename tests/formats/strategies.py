"""Any document and any organisation, made from the schema: awkward text included."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from routebook.core.document import (
    CLASS_OF,
    END,
    START,
    AnyDocument,
    ChecklistItem,
    Decision,
    Goes,
    Join,
    Kind,
    Library,
    Organisation,
    Outcome,
    Process,
    Role,
    WorkingWeek,
)
from routebook.formats.normal import normal_line
from routebook.formats.schema import (
    KEYS,
    PERSON,
    SOP_ITEM,
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
)

AWKWARD = [
    "", "a", "No", "yes", "null", "~", "12:30", "1e3", "0x1f", "2027-02-12", "a: b", "a #b", "#a", "- a", "> a",
    "* a", "*a", "&a", "!a", "%a", "@a", "`a`", "'a", '"a"', "[a]", "{a}", "a, b", "a:", "---", "...", "a/b",
    "## Checklist", "## Quality bar", "# a", "## a\n## b", "a\n# b", "```\n## Questions", "```\n# a\n```", "1. a",
    "**a**", "**a** b\n\n**c** d", "(evidence: text)", "a (evidence: much)", "a (instruction: b)", "[ ] a",
    "![a](b)", "](", "\ta", "  a", "a\n  b", "a\n\n\n\nb", " a ", "a\r\nb", "a\\", "a\u2028b", "a\x85b", "a\x00b",
    "\ufeff", "a\u00a0b", "é 汉字 🙂", "<b>a</b>", "| a |", "a\n===", "a\n---", "../media/a", "https://a.b/c",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(alphabet=st.sampled_from("ab19 \n\t:#->|*_`~!()[]{},'\"\\é\u2028\x0c\x1c"), max_size=20),
    st.lists(st.sampled_from(AWKWARD), max_size=3).map("\n".join),
    st.text(max_size=12),
)
filled = texts.filter(lambda text: bool(normal_line(text)))
slugs = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True).filter(lambda slug: slug not in (START, END))
days = st.dates(min_value=dt.date(1, 1, 1))
goes = st.lists(slugs, max_size=3).map(lambda targets: Goes(tuple(targets)))
to_somewhere = goes.filter(lambda one: bool(one.targets))
outcomes = st.lists(st.builds(Outcome, texts, to_somewhere), max_size=3)
groups = st.lists(st.lists(slugs, max_size=2).map(tuple), max_size=3)
spans = st.tuples(st.integers(0, 6), st.integers(0, 1440), st.integers(0, 1440)).filter(lambda span: span[1] < span[2])


def documents() -> st.SearchStrategy[AnyDocument]:
    """Documents of every kind."""
    return st.sampled_from(list(Kind)).flatmap(lambda kind: _records(CLASS_OF[kind], KEYS[kind], slug=slugs))


def processes() -> st.SearchStrategy[Process]:
    """Maps of any shape, also those that make no sense."""
    return _records(Process, KEYS[Kind.PROCESS], slug=slugs)


def organisations() -> st.SearchStrategy[Organisation]:
    """Organisations whose roles are held by their own people."""
    people = st.lists(_records(PERSON.cls, PERSON.keys), max_size=3, unique_by=lambda person: person.id)
    return people.flatmap(_with_roles)


def libraries() -> st.SearchStrategy[Library]:
    """Libraries in which no two documents of a kind share a slug."""
    unique = st.lists(documents(), max_size=4, unique_by=lambda document: (type(document), document.slug))
    return st.builds(Library, organisations(), unique.map(tuple))


def _with_roles(people: list[Any]) -> st.SearchStrategy[Organisation]:
    ids = st.sampled_from([person.id for person in people]) if people else st.nothing()
    holders = st.lists(ids, max_size=2).map(tuple) if people else st.just(())
    backup = st.one_of(st.just(""), ids)
    roles = st.lists(
        st.builds(Role, filled, holders, backup), max_size=3, unique_by=lambda role: normal_line(role.title).casefold()
    )
    return st.builds(
        Organisation,
        name=filled,
        time_zone=filled,
        holidays=texts,
        currency=texts,
        week=_weeks(),
        roles=roles.map(tuple),
        people=st.just(tuple(people)),
    )


def _records(cls: type[Any], keys: tuple[Key, ...], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    defaults = {item.name: item.default for item in dataclasses.fields(cls)}
    filled_keys = {"title"} if "slug" in others else set()
    return st.builds(
        cls, **others, **{key.field: _of_key(key, defaults[key.field], key.name in filled_keys) for key in keys}
    )


def _of_key(key: Key, default: Any, must_be_filled: bool) -> st.SearchStrategy[Any]:
    values = _values(key.shape, required=must_be_filled)
    if default is None:
        return st.one_of(st.none(), values)
    return st.one_of(st.just(""), values) if default == "" and not key.required else values


def _values(shape: Shape, *, required: bool = True) -> st.SearchStrategy[Any]:
    match shape:
        case Line() | Text():
            return filled if required else texts
        case Slug():
            return slugs
        case StepPath():
            return st.tuples(slugs, slugs).map("/".join)
        case Number():
            return st.one_of(st.decimals(-(10**9), 10**9, places=3), st.just(Decimal("-0")))
        case TrueFalse():
            return st.booleans()
        case Day():
            return days
        case Choice():
            return st.sampled_from(list(shape.of))
        case Many():
            return _lists(shape, required)
        case Record() if shape is SOP_ITEM:
            blocks = slugs.map(lambda slug: ChecklistItem("", include=slug))
            return st.one_of(_records(shape.cls, shape.keys), blocks)
        case Record():
            return _records(shape.cls, shape.keys)
        case Only():
            return _values(shape.of, required=required)
        case Then():
            return st.one_of(goes, outcomes.map(lambda chosen: Decision(tuple(chosen))))
        case JoinOf():
            return groups.map(lambda chosen: Join(tuple(chosen)))
        case Week():
            return _weeks()
        case _:
            return st.integers(0, 10**9 - 1)


def _lists(shape: Many, required: bool) -> st.SearchStrategy[tuple[Any, ...]]:
    inner = _values(shape.of, required=required)
    unique_by = (lambda step: step.id) if isinstance(shape.of, Record) and shape.of.keys[0].name == "id" else None
    return st.lists(inner, min_size=int(required), max_size=3, unique_by=unique_by).map(tuple)


def _weeks() -> st.SearchStrategy[WorkingWeek]:
    return st.lists(spans, max_size=4).map(lambda chosen: WorkingWeek(tuple(chosen)))
