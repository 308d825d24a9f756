"""The fields of each kind of document as a person fills them in: labels, help, and how each is asked.

A name is the field's name in `core.document`; the order is that of the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routebook.core.document import Kind
from routebook.store.media import Use

Words = str | Promise


class Widget(StrEnum):
    """How a value is asked."""

    LINE = "line"
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    STEP = "step"
    INSTRUCTION = "instruction"
    BLOCK = "block"
    EVIDENCE = "evidence"
    PROCESSES = "processes"
    LINES = "lines"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Cell:
    """One part of a row. `known` names a list of values that are offered while typing."""

    name: str
    label: Words
    widget: Widget = Widget.LINE
    known: str = ""
    more: bool = False
    """Folded away until it is wanted."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `cells` only for rows; `one` is what a single row is called, `add` what the button for one more says."""

    name: str
    label: Words
    widget: Widget = Widget.LINE
    help: Words = ""
    known: str = ""
    cells: tuple[Cell, ...] = ()
    one: Words = ""
    add: Words = ""
    numbered: bool = False
    half: bool = False
    """Short enough to stand beside another one."""
    upload: Use | None = None
    """What kind of file may be sent for it; in rows, for each of them."""

    @property
    def repeats(self) -> bool:
        return self.widget in (Widget.LINES, Widget.ROWS)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, under one heading. Those that are `folded` open on demand."""

    title: Words
    fields: tuple[Field, ...]
    folded: bool = False


TITLE = Field("title", _("Title"), help=_("Name the work, starting with a verb: “Issue a refund in Stripe”."))
NAME = Field("title", _("Title"), help=_("Short, as people will say it."))
STEP = Field("step", _("Step that it serves"), Widget.STEP, _("The box on the map. Everything else follows from it."))
OBJECTIVE = Field("objective", _("Objective"), help=_("What is true when it is done, in one line."))
TRIGGER = Field("trigger", _("Starts when"), help=_("What the person has in hand at that moment."), half=True)
PICTURES = Field(
    "pictures",
    _("Pictures"),
    Widget.ROWS,
    _("Paste one, drop it here, or name a file of the media folder."),
    cells=(Cell("source", _("File"), known="media"), Cell("text", _("What it shows"))),
    one=_("Picture"),
    add=_("Add another picture"),
    upload=Use.PICTURE,
)
ITEMS = (
    Cell("text", _("What to do")),
    Cell("evidence", _("Asks for"), Widget.EVIDENCE),
    Cell("instruction", _("How, right here"), Widget.TEXT, more=True),
    Cell("uses", _("Work instruction"), Widget.INSTRUCTION, more=True),
)
INCLUDE = Cell("include", _("Shared block"), Widget.BLOCK)
UPKEEP = Section(
    _("Upkeep"),
    (
        Field("owner", _("Owner"), help=_("The role that answers for it."), known="roles", half=True),
        Field(
            "review_by",
            _("Read again by"),
            Widget.DATE,
            _("On that day somebody checks that it still holds."),
            half=True,
        ),
        Field("notes", _("Notes"), Widget.TEXT, _("For whoever maintains it.")),
        Field(
            "accepts",
            _("Accepted findings"),
            Widget.ROWS,
            _("A rule that doesn't apply here, and why."),
            cells=(Cell("rule", _("Rule")), Cell("why", _("Why it doesn't apply"))),
            one=_("Accepted finding"),
            add=_("Accept a finding"),
        ),
    ),
    folded=True,
)

SECTIONS: dict[Kind, tuple[Section, ...]] = {
    Kind.SOP: (
        Section(
            _("The step"),
            (
                TITLE,
                STEP,
                Field(
                    "variation",
                    _("Variation"),
                    help=_("Only where the step has several."),
                    known="variations",
                    half=True,
                ),
                Field("role", _("Role"), help=_("The one role that does it."), known="roles", half=True),
                OBJECTIVE,
                TRIGGER,
                Field("minutes", _("Minutes it takes"), Widget.WHOLE, half=True),
            ),
        ),
        Section(
            _("Done means"),
            (
                Field(
                    "quality_bar",
                    _("Quality bar"),
                    Widget.LINES,
                    _("What anyone can check: an amount, a time, a place. Not “properly”."),
                    one=_("Criterion"),
                    add=_("Add a criterion"),
                ),
                Field("good", _("A good one"), Widget.TEXT, _("A real example that meets the bar.")),
                Field("bad", _("A bad one"), Widget.TEXT, _("And one that doesn't.")),
            ),
        ),
        Section(
            _("Checklist"),
            (
                Field(
                    "checklist",
                    _("Checklist"),
                    Widget.ROWS,
                    _("One action a line; Enter begins the next. Nine lines fit in a head."),
                    cells=(*ITEMS, INCLUDE),
                    one=_("Line"),
                    add=_("Add a line"),
                    numbered=True,
                    upload=Use.PICTURE,
                ),
            ),
        ),
        Section(
            _("What it takes and gives"),
            (
                Field(
                    "needs",
                    _("Needs"),
                    Widget.ROWS,
                    _("Tools and how to get in: a link to the vault, never the secret itself."),
                    cells=(Cell("tool", _("Tool")), Cell("access", _("How to get in"))),
                    one=_("Tool"),
                    add=_("Add a tool"),
                ),
                Field(
                    "outputs",
                    _("Gives"),
                    Widget.LINES,
                    _("What it leaves behind for the next step."),
                    one=_("Output"),
                    add=_("Add an output"),
                ),
                Field(
                    "recording",
                    _("Recording"),
                    help=_("An address, or a file: MP4, WebM or MP3. It is only loaded when somebody asks for it."),
                    known="media",
                    upload=Use.RECORDING,
                ),
                PICTURES,
            ),
        ),
        Section(
            _("Deciding and asking"),
            (
                Field("may_decide", _("May decide alone"), Widget.TEXT),
                Field("ask_when", _("Ask when"), Widget.TEXT, _("When to stop, and whom to ask.")),
                Field(
                    "questions",
                    _("Questions and answers"),
                    Widget.ROWS,
                    _("What people asked; they grow by themselves while the work runs."),
                    cells=(Cell("question", _("Question")), Cell("answer", _("Answer"), Widget.TEXT)),
                    one=_("Question"),
                    add=_("Add a question"),
                ),
            ),
        ),
        UPKEEP,
    ),
    Kind.PROCEDURE: (
        Section(_("The task"), (TITLE, STEP, OBJECTIVE, TRIGGER)),
        Section(
            _("Steps"),
            (
                Field(
                    "checklist",
                    _("Steps"),
                    Widget.ROWS,
                    _("In order, one action a line; Enter begins the next."),
                    cells=ITEMS,
                    one=_("Line"),
                    add=_("Add a line"),
                    numbered=True,
                    upload=Use.PICTURE,
                ),
            ),
        ),
        UPKEEP,
    ),
    Kind.WORK_INSTRUCTION: (
        Section(
            _("The action"),
            (
                TITLE,
                Field("action", _("Action"), help=_("The one action, in one line.")),
                Field(
                    "lines",
                    _("Clicks and keystrokes"),
                    Widget.LINES,
                    _("Literally what to press, a few lines."),
                    one=_("Line"),
                    add=_("Add a line"),
                    numbered=True,
                ),
                PICTURES,
                Field(
                    "clip",
                    _("Clip"),
                    help=_("A minute at most: an address, or a file (MP4, WebM or GIF)."),
                    known="media",
                    upload=Use.RECORDING,
                ),
            ),
        ),
        UPKEEP,
    ),
    Kind.POLICY: (
        Section(
            _("The rule"),
            (
                NAME,
                Field(
                    "statement",
                    _("Statement"),
                    Widget.TEXT,
                    _("What we will and won't do, in one to three sentences. How it is done stands elsewhere."),
                ),
                Field("why", _("Why"), Widget.TEXT, _("The reason that outlives every way of following it.")),
                Field("applies_to", _("Applies to"), Widget.PROCESSES),
                Field(
                    "exceptions",
                    _("Exceptions"),
                    Widget.ROWS,
                    _("Each with its reason, who approved it, and its last day."),
                    cells=(
                        Cell("reason", _("Reason")),
                        Cell("approver", _("Approved by"), known="roles"),
                        Cell("expires", _("Last day"), Widget.DATE),
                    ),
                    one=_("Exception"),
                    add=_("Add an exception"),
                ),
            ),
        ),
        UPKEEP,
    ),
    Kind.GOAL: (
        Section(
            _("The goal"),
            (
                Field("title", _("Goal"), help=_("A sentence that will be true: “I have ten hours a week back”.")),
                Field("number", _("Number"), Widget.NUMBER, half=True),
                Field("unit", _("Unit"), help=_("Such as “hours a week”."), half=True),
                Field("by", _("By"), Widget.DATE, half=True),
            ),
        ),
        UPKEEP,
    ),
}


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """All fields of a kind that this form asks for, in order; none of a process, which has an editor of its own."""
    return tuple(field for section in SECTIONS.get(kind, ()) for field in section.fields)


ON_THE_MAP: dict[str, Words] = {
    "serves": _("Serves the goals"),
    "trigger": _("Starts with"),
    "result": _("Ends with"),
    "target": _("Target"),
    "policies": _("Policies"),
    "form": _("Asked at the start"),
    "run_name": _("How runs are named"),
    "steps": _("Steps"),
}


def label_of(kind: Kind, name: str) -> Words:
    """What a field is called where it is shown, also in a difference of two maps."""
    if kind is Kind.PROCESS and name in ON_THE_MAP:
        return ON_THE_MAP[name]
    asked = (*fields_of(kind), *UPKEEP.fields, NAME)
    return next((field.label for field in asked if field.name == name), name.replace("_", " "))
