"""The five document kinds, goals, and the library that holds them.

Definitions only: nothing here runs. A process is the map, a step is one box on it, an SOP tells one
role how to perform one step to a standard. What happens when a process is run lives in `run`.

Every value is frozen and compares by content. Text fields are CommonMark unless said otherwise.
References between documents are slugs; a step of a process is referred to as ``process-slug/step-id``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

START = "start"
END = "end"
RESERVED_STEP_IDS = frozenset({START, END})
"""Ids that no step may have: they name the two ends of every map."""


class Kind(StrEnum):
    """What a document is, from the widest scope to the narrowest (a goal stands above the ladder)."""

    GOAL = "goal"
    POLICY = "policy"
    PROCESS = "process"
    PROCEDURE = "procedure"
    SOP = "sop"
    WORK_INSTRUCTION = "work-instruction"


LADDER = (Kind.POLICY, Kind.PROCESS, Kind.PROCEDURE, Kind.SOP, Kind.WORK_INSTRUCTION)
"""The scope ladder, largest first. A run is not on it: runs are retained, documents maintained."""

FOLDERS = {
    Kind.GOAL: "goals",
    Kind.POLICY: "policies",
    Kind.PROCESS: "processes",
    Kind.PROCEDURE: "procedures",
    Kind.SOP: "sops",
    Kind.WORK_INSTRUCTION: "work-instructions",
}
"""Where a library keeps the documents of each kind."""


REVIEW_MONTHS = {
    Kind.GOAL: 12,
    Kind.POLICY: 12,
    Kind.PROCESS: 12,
    Kind.PROCEDURE: 6,
    Kind.SOP: 6,
    Kind.WORK_INSTRUCTION: 6,
}
"""After how many months a document of each kind is looked at again: the nearer to the clicks, the sooner."""


def next_review(kind: Kind, day: dt.date) -> dt.date:
    """When a document that is correct on `day` is looked at again: the same day of a later month, or its last."""
    years, month = divmod(day.month - 1 + REVIEW_MONTHS[kind], 12)
    first = dt.date(day.year + years, month + 1, 1)
    days = (dt.date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, days))


class Status(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    RETIRED = "retired"


class Handling(StrEnum):
    """What the owner decided about a step. `UNDECIDED` is the absence of a decision."""

    UNDECIDED = "undecided"
    KEEP = "keep"
    DELEGATE = "delegate"
    AUTOMATE = "automate"
    DROP = "drop"


class Evidence(StrEnum):
    """What a checklist item asks for. `NONE` may be ticked; every other value must be given."""

    NONE = "none"
    TICK = "tick"
    TEXT = "text"
    NUMBER = "number"
    PHOTO = "photo"
    FILE = "file"
    LINK = "link"


class FieldType(StrEnum):
    """The type of a start-form field."""

    TEXT = "text"
    LONG_TEXT = "long text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes/no"
    EMAIL = "email"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding the owner accepts: the rule's id or name, and why it does not apply here."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every kind has. `owner` is the accountable role; `slug` is the file name without suffix."""

    slug: str
    title: str
    owner: str = ""
    status: Status = Status.PUBLISHED
    review_by: dt.date | None = None
    accepts: tuple[Suppression, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Document):
    """A sentence (the title), a number with its unit, and the date by which it should be true."""

    number: Decimal | None = None
    unit: str = ""
    by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PolicyException:
    reason: str
    approver: str
    expires: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Document):
    """A rule: what we will and won't do, and why; never how. `applies_to` holds process slugs."""

    statement: str = ""
    why: str = ""
    applies_to: tuple[str, ...] = ()
    exceptions: tuple[PolicyException, ...] = ()


@dataclass(frozen=True, slots=True)
class Goes:
    """Where the flow goes after a step: one target, or several at the same time (`all`).

    A target is a step id or `END`. With several targets none is `END` and all differ.
    """

    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One named way out of a decision."""

    when: str
    goes: Goes


@dataclass(frozen=True, slots=True)
class Decision:
    """Named outcomes; whoever completes the step picks one."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """What a step waits for: one token from each group of source steps.

    ``Join(())`` is `join: all`: one token on every line into the step.
    """

    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Variations:
    """A step with several SOPs: `by` names the form field that picks one of `of` at the start."""

    by: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One box on the map.

    `then` None means the next step in the list (the last one ends). `no_document` is the reason why
    a delegated step needs no SOP (`document: {none: …}`). `due` is a duration such as
    ``4 working hours``. `review` means that somebody else checks the result of every task.
    """

    id: str
    title: str
    role: str = ""
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    handling: Handling = Handling.UNDECIDED
    why: str = ""
    no_document: str = ""
    due: str = ""
    optional: bool = False
    review: bool = False
    variations: Variations | None = None
    then: Goes | Decision | None = None
    join: Join | None = None


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a run, asked when the run starts. `options` only for a choice."""

    field: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """How long a run may take (`within`, a duration) and the policy it comes from (a slug or "")."""

    within: str
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Document):
    """The start-to-end map of a function. The first step of `steps` is where every run begins."""

    serves: tuple[str, ...] = ()
    trigger: str = ""
    result: str = ""
    target: Target | None = None
    policies: tuple[str, ...] = ()
    form: tuple[FormField, ...] = ()
    run_name: str = ""
    steps: tuple[Step, ...] = ()

    def step(self, step_id: str) -> Step | None:
        """The step with this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of a checklist; `instruction` is an inline how-to, `uses` a work instruction's slug.

    `include` is the slug of the procedure from which an SOP has the line, as part of a shared block (`core.blocks`);
    without a text it stands for the whole block.
    """

    text: str
    evidence: Evidence = Evidence.NONE
    instruction: str = ""
    uses: str = ""
    include: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Document):
    """The ordered steps that complete one task; `step` is the ``process/step`` it explains."""

    step: str = ""
    objective: str = ""
    trigger: str = ""
    checklist: tuple[ChecklistItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A tool and how to get in: a link to a vault, never the secret itself."""

    tool: str
    access: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`source` is a path below the library's media folder; `text` says what it shows."""

    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sop(Document):
    """How one role performs one step to a standard.

    `minutes` is how long it takes. `quality_bar` holds the checkable criteria of "done"; `good` and
    `bad` are an example of each. `recording` is an address or a path below the media folder.
    """

    step: str = ""
    variation: str = ""
    role: str = ""
    objective: str = ""
    trigger: str = ""
    needs: tuple[Need, ...] = ()
    minutes: int | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    quality_bar: tuple[str, ...] = ()
    good: str = ""
    bad: str = ""
    outputs: tuple[str, ...] = ()
    recording: str = ""
    pictures: tuple[Picture, ...] = ()
    questions: tuple[Question, ...] = ()
    may_decide: str = ""
    ask_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkInstruction(Document):
    """The literal clicks or keystrokes of one action."""

    action: str = ""
    lines: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    clip: str = ""


AnyDocument = Goal | Policy | Process | Procedure | Sop | WorkInstruction

KIND_OF: dict[type[Document], Kind] = {
    Goal: Kind.GOAL,
    Policy: Kind.POLICY,
    Process: Kind.PROCESS,
    Procedure: Kind.PROCEDURE,
    Sop: Kind.SOP,
    WorkInstruction: Kind.WORK_INSTRUCTION,
}
CLASS_OF: dict[Kind, type[Document]] = {kind: cls for cls, kind in KIND_OF.items()}


def kind_of(document: Document) -> Kind:
    """The kind of a document value."""
    return KIND_OF[type(document)]


class Access(StrEnum):
    """What a member of an organisation may do at all; `store.access` decides the rest."""

    OWNER = "owner"
    MANAGER = "manager"
    ASSISTANT = "assistant"
    GUEST = "guest"
    AGENT = "agent"


class MailWhen(StrEnum):
    """When somebody gets a mail about what concerns them; their inbox has it at once in any case."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Role:
    """A job on the map. `holders` and `backup` are people's ids; the first holder gets the tasks."""

    title: str
    holders: tuple[str, ...] = ()
    backup: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Out of office from the first to the last day, both included."""

    first: dt.date
    last: dt.date


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """Working spans by weekday: ``(weekday 0-6, from minute, to minute)`` of the local day."""

    spans: tuple[tuple[int, int, int], ...] = tuple((day, 9 * 60, 17 * 60) for day in range(5))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does work here. `week` None is the organisation's; `holidays` a country code."""

    id: str
    name: str
    email: str = ""
    access: Access = Access.ASSISTANT
    time_zone: str = ""
    holidays: str = ""
    week: WorkingWeek | None = None
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """`routebook.yaml`: the name, the roles, the people and the working week."""

    name: str
    time_zone: str = "UTC"
    holidays: str = ""
    currency: str = ""
    week: WorkingWeek = field(default_factory=WorkingWeek)
    roles: tuple[Role, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that a library folder says. Order within each kind is by slug."""

    organisation: Organisation
    documents: tuple[AnyDocument, ...] = ()

    def of(self, kind: Kind) -> tuple[AnyDocument, ...]:
        """The documents of one kind, in order."""
        return tuple(document for document in self.documents if kind_of(document) is kind)


def same_name(left: str, right: str) -> bool:
    """Whether two names (of roles, of things taken and given) mean the same: case and spaces aside."""
    return " ".join(left.split()).casefold() == " ".join(right.split()).casefold()
