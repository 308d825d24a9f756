"""Reading the answers to a process's start form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

from routebook.core.document import FieldType, FormField, Process, same_name
from routebook.core.events import Refusal

LONGEST = 10_000
"""The most characters of any text that somebody types into a run."""

_PLACE = re.compile(r"\{([^{}]+)\}")
# A comma groups thousands and nothing else: reading “119,50” as 11950 would cost somebody money.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3}){1,4})(?:\.[0-9]{1,10})?")


def read_form(form: tuple[FormField, ...], given: Mapping[str, str]) -> dict[str, str] | Refusal:
    """The answers in their normal form, by field name, or what is wrong with the first bad one.

    Amounts become plain decimals, dates ISO dates, choices their own spelling. Unknown names are refused
    so that a typing error in an API call never loses an answer in silence.
    """
    known = {field.field for field in form}
    for name in given:
        if name not in known:
            return Refusal("unknown_field", f"The start form has no field “{name}”.", name)
    values = {}
    for field in form:
        text = given.get(field.field, "").strip()
        if not text:
            if field.required:
                return Refusal("field_missing", f"“{field.field}” is needed to start.", field.field)
            continue
        value = _read(field, text)
        if isinstance(value, Refusal):
            return value
        values[field.field] = value
    return values


def _read(field: FormField, text: str) -> str | Refusal:
    name = field.field
    if len(text) > LONGEST:
        return Refusal("too_long", f"“{name}” may have {LONGEST:,} characters at most.", name)
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return _read_number(name, text)
    if field.type is FieldType.DATE:
        return _read_date(name, text)
    if field.type is FieldType.CHOICE:
        return _read_choice(field, text, field.options)
    if field.type is FieldType.YES_NO:
        return _read_choice(field, text, ("yes", "no"))
    if field.type is FieldType.EMAIL and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return Refusal("not_an_email", f"“{text}” is no e-mail address; write it like ana@example.com.", name)
    if field.type is FieldType.LINK and not text.startswith(("https://", "http://")):
        return Refusal("not_a_link", f"“{name}” must start with https://.", name)
    return text


def _read_number(name: str, text: str) -> str | Refusal:
    number = read_number(text)
    return number or Refusal("not_a_number", f"“{text}” is not a number; write it like 120 or 119.50.", name)


def read_number(text: str) -> str:
    """A number below 10^15 as a plain decimal (``1,250.50`` is ``1250.50``), or "" for what is none."""
    if _NUMBER.fullmatch(text) is None:
        return ""
    return format(Decimal(re.sub("[, \u00a0\u202f]", "", text)), "f")


def _read_date(name: str, text: str) -> str | Refusal:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return Refusal("not_a_date", f"“{text}” is no date; write it like 2026-11-30.", name)


def _read_choice(field: FormField, text: str, options: tuple[str, ...]) -> str | Refusal:
    for option in options:
        if same_name(option, text):
            return option
    listed = ", ".join(options)
    return Refusal("not_a_choice", f"“{text}” is none of {listed}.", field.field)


def run_name(process: Process, values: Mapping[str, str]) -> str:
    """The run's name by the process's rule (`run_name: "{customer}"`), else its first text answer.

    A rule's field that was not answered leaves nothing behind; a run with no answers has no name.
    """
    if process.run_name:
        name = _PLACE.sub(lambda place: values.get(place[1].strip(), ""), process.run_name)
        return " ".join(name.split())[:200]
    for field in process.form:
        if field.type in (FieldType.TEXT, FieldType.CHOICE) and values.get(field.field):
            return values[field.field][:200]
    return ""
