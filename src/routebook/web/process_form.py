"""The map editor's form: rows as people type them, and the process that they say.

A row keeps what was typed even where it can't be read; its error stands beside the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from routebook.core.calendar import BadDuration, parse_duration
from routebook.core.document import (
    RESERVED_STEP_IDS,
    FieldType,
    FormField,
    Handling,
    Process,
    Step,
    Target,
    Variations,
)
from routebook.formats.flow_text import Misread, read_join, read_then, write_join, write_then
from routebook.formats.pasted import Pasted, PastedStep, read_pasted

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it stands in the form. `errors` are sentences by field, and so are `gaps`, where the flow of
    things breaks."""

    id: str = ""
    title: str = ""
    role: str = ""
    takes: str = ""
    gives: str = ""
    handling: str = Handling.UNDECIDED
    why: str = ""
    none: str = ""
    due: str = ""
    then: str = ""
    join: str = ""
    by: str = ""
    of: str = ""
    review: bool = False
    optional: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)

    @property
    def more(self) -> bool:
        """Whether one of the fields that are folded away says something."""
        return bool(self.none or self.join or self.of or self.review or self.optional or self.why)


EMPTY_ROW = Row()
TEXTS = ("id", "title", "role", "takes", "gives", "handling", "why", "none", "due", "then", "join", "by", "of")


@dataclass(frozen=True, slots=True)
class ProcessForm:
    """The whole form. `op` says which button was pressed, `focus` which row gets the cursor next."""

    process: Process
    rows: tuple[Row, ...]
    base: int
    title: str
    owner: str
    trigger: str
    result: str
    within: str
    target_policy: str
    policies: tuple[str, ...]
    start_fields: str
    op: str = "save"
    focus: int = -1
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was typed could be read, and so is kept."""
        return not self.errors and not any(row.errors for row in self.rows)


def form_of(process: Process, *, base: int, first: str = "") -> ProcessForm:
    """The form that shows a process; without steps, with an empty row that has the cursor and will have the id `first`."""
    shown = tuple(_shown(Row(), step, process.steps, ()) for step in process.steps)
    return ProcessForm(
        process=process,
        rows=shown or (Row(id=first),),
        base=base,
        title=process.title,
        owner=process.owner,
        trigger=process.trigger,
        result=process.result,
        within=process.target.within if process.target else "",
        target_policy=process.target.policy if process.target else "",
        policies=process.policies,
        start_fields="\n".join(_field_text(one) for one in process.form),
        focus=-1 if shown else 0,
    )


def _row_of(step: Step, steps: Sequence[Step], gone: Sequence[Step]) -> Row:
    return Row(
        id=step.id,
        title=step.title,
        role=step.role,
        takes=", ".join(step.takes),
        gives=", ".join(step.gives),
        handling=step.handling,
        why=step.why,
        none=step.no_document,
        due=step.due,
        then=write_then(step, steps, gone),
        join=write_join(step.join, steps, gone),
        by=step.variations.by if step.variations else "",
        of=", ".join(step.variations.of) if step.variations else "",
        review=step.review,
        optional=step.optional,
    )


def read_form(typed: Mapping[str, str], before: Process) -> ProcessForm:
    """What was typed, with the button's operation carried out on the rows.

    References by number mean the numbers that the person saw, so they are read before rows move. A field that
    can't be read keeps what was typed, and the map keeps what it said `before` there.
    """
    op, place = _operation(typed.get("op", "save"))
    typed_rows, too_many = _typed_rows(typed)
    if op == "paste":
        typed_rows += [pasted_row(step) for step in read_pasted(typed.get("pasted", "")).steps]
        too_many = too_many or len(typed_rows) > MOST_STEPS
    rows = _with_ids(typed_rows[:MOST_STEPS])
    known = [_known(row, number) for number, row in enumerate(rows)]
    read = [_read_row(row, known, before) for row in rows]
    moved = _operate(read, op, place)
    errors: dict[str, str] = {}
    if too_many:
        errors["rows"] = _("A map has %(n)d steps at most. Make a process of its own of some.") % {"n": MOST_STEPS}
    process = _read_head(typed, before, errors)
    process = replace(process, steps=tuple(step for _row, step in moved if step is not None))
    standing = [step or _known(row, number) for number, (row, step) in enumerate(moved)]
    gone = [step for step in known if step.id not in {one.id for one in standing}]
    return ProcessForm(
        process=process,
        rows=tuple(row if step is None else _shown(row, step, standing, gone) for row, step in moved),
        base=int(typed.get("base", "1")) if typed.get("base", "1").isdecimal() else 1,
        title=typed.get("title", ""),
        owner=typed.get("owner", ""),
        trigger=typed.get("trigger", ""),
        result=typed.get("result", ""),
        within=typed.get("within", ""),
        target_policy=typed.get("target_policy", ""),
        policies=process.policies,
        start_fields=typed.get("start_fields", ""),
        op=op,
        focus=_focus(op, place, len(moved)),
        errors=errors,
    )


def _operation(text: str) -> tuple[str, int]:
    """``add-3`` is the operation `add` at row 3; a plain ``save`` has no row."""
    name, _dash, place = text.partition("-")
    if name not in ("add", "remove", "up", "down", "look", "paste", "save"):
        return "save", -1
    return name, int(place) if place.isdecimal() else -1


def _typed_rows(typed: Mapping[str, str]) -> tuple[list[Row], bool]:
    """The rows of the form, and whether there are more than a map may have."""
    rows = []
    place = 0
    while f"step-{place}-title" in typed and place < MOST_STEPS:
        texts: dict[str, Any] = {name: typed.get(f"step-{place}-{name}", "").strip() for name in TEXTS}
        rows.append(
            Row(
                **texts,
                review=bool(typed.get(f"step-{place}-review")),
                optional=bool(typed.get(f"step-{place}-optional")),
            )
        )
        place += 1
    return rows, f"step-{place}-title" in typed


def _with_ids(rows: Sequence[Row]) -> list[Row]:
    """Rows with an id each: the one they had, else one made from the title, unlike all others."""
    taken = {row.id for row in rows if row.id}
    seen: set[str] = set()
    named = []
    for row in rows:
        if row.title and (not row.id or row.id in seen):
            row = replace(row, id=free_step_id(row.title, taken))
            taken.add(row.id)
        seen.add(row.id)
        named.append(row)
    return named


def _known(row: Row, number: int) -> Step:
    """What other rows can refer to; a row without a title has a number, too."""
    return Step(id=row.id or f"empty row {number}", title=row.title)


def free_step_id(title: str, taken: set[str]) -> str:
    """An id made from a title that no other step has."""
    words = slugify(title).split("-")
    base = "-".join(words[:3])[:40].strip("-") or "step"
    step_id, n = base, 1
    while step_id in taken or step_id in RESERVED_STEP_IDS:
        n += 1
        step_id = f"{base}-{n}"
    return step_id


Read = tuple[Row, Step | None]
"""A row with its errors, and the step that it says; None for a row without a title."""


def _read_row(row: Row, known: Sequence[Step], before: Process) -> Read:
    if not row.title:
        return row, None
    was = before.step(row.id) or Step(id=row.id, title="")
    errors: dict[str, str] = {}
    then = read_then(row.then, known)
    if isinstance(then, Misread):
        errors["then"], then = then.sentence, was.then
    join = read_join(row.join, known)
    if isinstance(join, Misread):
        errors["join"], join = join.sentence, was.join
    if row.due:
        try:
            parse_duration(row.due)
        except BadDuration as error:
            errors["due"] = str(error)
    of = _names(row.of)
    if of and not row.by:
        errors["by"] = _("Name the field that picks the variation, such as “format”.")
    handling = Handling(row.handling) if row.handling in set(Handling) else Handling.UNDECIDED
    step = Step(
        id=row.id,
        title=row.title,
        role=row.role,
        takes=_names(row.takes),
        gives=_names(row.gives),
        handling=handling,
        why=row.why,
        no_document=row.none,
        due=was.due if "due" in errors else row.due,
        optional=row.optional,
        review=row.review,
        variations=Variations(row.by, of) if row.by and of else was.variations if of else None,
        then=then,
        join=join,
    )
    return replace(row, errors=errors), step


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _operate(rows: Sequence[Read], op: str, place: int) -> list[Read]:
    moved = list(rows)
    if op == "add" and len(moved) < MOST_STEPS:
        moved.insert(place + 1 if place >= 0 else len(moved), (EMPTY_ROW, None))
    elif op == "remove" and 0 <= place < len(moved):
        del moved[place]
    elif op == "up" and 0 < place < len(moved):
        moved[place - 1], moved[place] = moved[place], moved[place - 1]
    elif op == "down" and 0 <= place < len(moved) - 1:
        moved[place + 1], moved[place] = moved[place], moved[place + 1]
    return moved


def _focus(op: str, place: int, count: int) -> int:
    target = {"add": place + 1 if place >= 0 else count - 1, "remove": place - 1, "up": place - 1, "down": place + 1}
    return max(0, min(target[op], count - 1)) if op in target and count else -1


def _shown(typed: Row, step: Step, steps: Sequence[Step], gone: Sequence[Step]) -> Row:
    """The row of a step as it stands among `steps`; what could not be read stays as it was typed.

    A way that leads to none of the steps is told, too: its target was removed.
    """
    row = _row_of(step, steps, gone)
    row = replace(row, **{name: getattr(typed, name) for name in typed.errors})
    errors = dict(typed.errors)
    for name, read in (("then", read_then(row.then, steps)), ("join", read_join(row.join, steps))):
        if isinstance(read, Misread):
            errors.setdefault(name, read.sentence)
    return replace(row, errors=errors)


def _read_head(typed: Mapping[str, str], before: Process, errors: dict[str, str]) -> Process:
    title = typed.get("title", "").strip()
    if not title:
        errors["title"] = _("Give the map a title.")
    within = typed.get("within", "").strip()
    if within:
        try:
            parse_duration(within)
        except BadDuration as error:
            errors["within"] = str(error)
    policies = typed.getlist("policies") if hasattr(typed, "getlist") else before.policies
    start_form, wrong = read_fields(typed.get("start_fields", ""))
    if wrong:
        errors["start_fields"] = wrong
    return replace(
        before,
        title=title or before.title,
        owner=typed.get("owner", "").strip(),
        trigger=typed.get("trigger", "").strip(),
        result=typed.get("result", "").strip(),
        target=Target(within, typed.get("target_policy", "")) if within and "within" not in errors else None,
        policies=tuple(policies),
        form=before.form if wrong else start_form,
    )


def _field_text(one: FormField) -> str:
    kind = ", ".join(one.options) if one.type is FieldType.CHOICE else str(one.type)
    return f"{one.field}{' *' if one.required else ''}: {kind}"


def read_fields(text: str) -> tuple[tuple[FormField, ...], str]:
    """The start form, one field a line: ``amount *: money``. Returns the fields and what is wrong, or ""."""
    fields: list[FormField] = []
    types = {str(kind): kind for kind in FieldType}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, _colon, kind = line.partition(":")
        required = name.rstrip().endswith("*")
        name, kind = name.replace("*", "").strip(), kind.strip() or FieldType.TEXT
        if not name:
            return (), _("Each line begins with the field's name: amount *: money")
        if any(one.field == name for one in fields):
            return (), _("“%(name)s” stands there twice.") % {"name": name}
        if kind.casefold() in types:
            fields.append(FormField(name, types[kind.casefold()], required))
        elif "," in kind:
            options = tuple(option.strip() for option in kind.split(",") if option.strip())
            fields.append(FormField(name, FieldType.CHOICE, required, options))
        else:
            listed = ", ".join(kind for kind in types if kind != FieldType.CHOICE)
            wrong = _("“%(kind)s” is no type. Write one of %(listed)s, or the choices with commas between them.")
            return (), wrong % {"kind": kind, "listed": listed}
    return tuple(fields), ""


def pasted_row(step: PastedStep) -> Row:
    """The row of a step that was pasted."""
    return Row(
        title=step.title,
        role=step.role,
        takes=step.takes,
        gives=step.gives,
        handling=step.handling or Handling.UNDECIDED,
        why=step.why,
        due=step.due,
        then=step.then,
    )


def steps_from_list(text: str) -> tuple[Step, ...]:
    """The steps of a new map, from a list or a table that was typed or pasted. What can't be read is left out."""
    rows = _with_ids([pasted_row(step) for step in read_pasted(text).steps][:MOST_STEPS])
    known = [_known(row, number) for number, row in enumerate(rows)]
    read = (_read_row(row, known, Process(slug="", title="")) for row in rows)
    return tuple(step for _row, step in read if step is not None)


COLUMNS = {
    "title": gettext_lazy("step"),
    "role": gettext_lazy("who"),
    "takes": gettext_lazy("takes"),
    "gives": gettext_lazy("gives"),
    "handling": gettext_lazy("handling"),
    "why": gettext_lazy("why"),
    "due": gettext_lazy("due"),
    "then": gettext_lazy("then"),
}


@dataclass(frozen=True, slots=True)
class Becomes:
    """What would become of a pasted text: a sentence, the names of the fields that are filled, and a row for each step."""

    sentence: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    take: str
    """What the button says that makes the steps."""


def becomes(pasted: Pasted) -> Becomes:
    """What stands before somebody who pasted a text and hasn't said yet that these are the steps."""
    steps = pasted.steps[:MOST_STEPS]
    filled = [name for name in COLUMNS if any(getattr(step, name) for step in steps)]
    take = ngettext("Make %(n)d step", "Make %(n)d steps", len(steps)) % {"n": len(steps)}
    rows = tuple(tuple(getattr(step, name) for name in filled) for step in steps)
    return Becomes(told(pasted), tuple(str(COLUMNS[name]) for name in filled), rows, take)


def told(pasted: Pasted) -> str:
    """What was made of a pasted text, in a sentence or two."""
    count = len(pasted.steps)
    if not count:
        return _("There is no step in it. Paste a list with one step a line, or a table.")
    if pasted.columns:
        columns = ", ".join(str(COLUMNS[name]) for name in pasted.columns)
        made = ngettext(
            "%(n)d step from a table with %(columns)s.", "%(n)d steps from a table with %(columns)s.", count
        )
        sentence = made % {"n": count, "columns": columns}
    else:
        sentence = ngettext("%(n)d step from a list.", "%(n)d steps from a list.", count) % {"n": count}
    if pasted.left_out:
        names = ", ".join(f"“{name.rstrip(':')}”" for name in pasted.left_out)
        sentence += " " + _("Left out: %(names)s.") % {"names": names}
    return sentence
