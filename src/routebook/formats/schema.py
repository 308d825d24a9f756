"""The one schema of a library's files: every key, what it holds, and where it stands.

Reading, writing, the normal form and the reference page all follow these tables; a key that is not
here does not exist. A `Key` names one attribute of a core value; a `Shape` says what may stand after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from routebook.core.document import (
    Access,
    Away,
    ChecklistItem,
    Evidence,
    FieldType,
    FormField,
    Handling,
    Kind,
    Need,
    Organisation,
    Person,
    Picture,
    PolicyException,
    Question,
    Role,
    Status,
    Step,
    Suppression,
    Target,
    Variations,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. Any scalar counts as text, exactly as typed."""


@dataclass(frozen=True, slots=True)
class Text:
    """CommonMark of any length."""


@dataclass(frozen=True, slots=True)
class Slug:
    """Lower-case letters, digits and hyphens: the name of a document, a step or a person."""


@dataclass(frozen=True, slots=True)
class StepPath:
    """``process-slug/step-id``."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, 0 or more."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exact to its last digit."""


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """`true` or `false`; `yes` and `no` are text in YAML 1.2."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, year first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed set of words."""

    of: type[StrEnum]


@dataclass(frozen=True, slots=True)
class Many:
    """A list. A single value may stand alone. `rows` lists are written one item to a line."""

    of: Shape
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping that becomes a `cls`. A bare scalar stands for the key named `short`, if there is one."""

    cls: type[Any]
    keys: tuple[Key, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Only:
    """A mapping with just one key, whose value is the attribute: ``document: {none: why}``."""

    key: str
    of: Shape


@dataclass(frozen=True, slots=True)
class Then:
    """Where the flow goes after a step."""


@dataclass(frozen=True, slots=True)
class JoinOf:
    """What a step waits for."""


@dataclass(frozen=True, slots=True)
class Week:
    """Working hours by weekday: ``{mon-fri: 09:00-17:00}``."""


Shape = (
    Line
    | Text
    | Slug
    | StepPath
    | Whole
    | Number
    | TrueFalse
    | Day
    | Choice
    | Many
    | Record
    | Only
    | Then
    | JoinOf
    | Week
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `attribute` is the core's name for it; `section` a heading of the body that holds it instead.

    `always` keys are written even when they hold their default, because the line reads better so.
    """

    name: str
    shape: Shape
    says: str
    example: str
    attribute: str = ""
    required: bool = False
    section: str = ""
    always: bool = False

    @property
    def field(self) -> str:
        """The attribute of the core value."""
        return self.attribute or self.name


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of one kind of thing, as readers look for them."""

    keys: tuple[Key, ...]
    by_name: Mapping[str, Key]
    required: tuple[Key, ...]
    by_section: Mapping[str, Key]
    """Keys that stand in the body, by their heading in lower case."""
    near_sections: frozenset[str]
    """Their headings as `skeleton` leaves them."""


_TABLES: dict[int, Table] = {}


def table_of(keys: tuple[Key, ...]) -> Table:
    """The table of these keys, made once. Known by identity: to compare the keys would cost more than a document."""
    known = _TABLES.get(id(keys))
    if known is None or known.keys is not keys:
        by_section = {key.section.casefold(): key for key in keys if key.section}
        required = tuple(key for key in keys if key.required)
        near_sections = frozenset(skeleton(title) for title in by_section)
        known = Table(keys, {key.name: key for key in keys}, required, by_section, near_sections)
        _TABLES[id(keys)] = known
    return known


@lru_cache(maxsize=2_000)
def skeleton(title: str) -> str:
    """A heading without what a slip of the pen changes: case, spaces, hyphens, a plural s."""
    return re.sub(r"[^a-z]|s\b", "", title.casefold())


LINE, TEXT, SLUG, STEP_PATH, WHOLE, NUMBER, TRUE_FALSE, DAY, THEN, JOIN, WEEK = (
    Line(), Text(), Slug(), StepPath(), Whole(), Number(), TrueFalse(), Day(), Then(), JoinOf(), Week(),
)  # fmt: skip

NAMES = Many(LINE)
SLUGS = Many(SLUG)
SENTENCES = Many(LINE, rows=True)

EXCEPTION = Record(
    PolicyException,
    (
        Key("reason", LINE, "Why the rule doesn't hold here.", "reason: Annual plans sold before May", required=True),
        Key("approver", LINE, "The role that may allow it.", "approver: Founder"),
        Key("expires", DAY, "The last day on which the exception holds.", "expires: 2027-04-30"),
    ),
)
NEED = Record(
    Need,
    (
        Key("tool", LINE, "The tool, material or place.", "tool: Stripe", required=True),
        Key("access", LINE, "How to get in: a link to a vault, never the secret.", 'access: "vault: Stripe/finance"'),
    ),
    short="tool",
)
PICTURE = Record(
    Picture,
    (
        Key("source", LINE, "A path below `media/`, or an address.", "source: stripe-refund.png", required=True),
        Key("text", LINE, "What the picture shows.", "text: The refund dialog, full amount"),
    ),
)
QUESTION = Record(
    Question,
    (
        Key("question", LINE, "As it was asked.", "question: What if the card has expired?", required=True),
        Key("answer", TEXT, "The answer.", "answer: Stripe still refunds it."),
    ),
)
ITEM = Record(
    ChecklistItem,
    (
        Key("text", LINE, "What to do.", "text: Refund the approved amount", required=True),
        Key("evidence", Choice(Evidence), "What the doer must leave behind.", "evidence: text"),
        Key("instruction", TEXT, "An inline how-to.", "instruction: Payments → the charge → **Refund**"),
        Key("uses", SLUG, "A work instruction.", "uses: full-refund-in-stripe"),
    ),
    short="text",
)
SOP_ITEM = Record(
    ChecklistItem,
    (
        *ITEM.keys,
        Key("include", SLUG, "The procedure whose steps stand here, as a shared block.", "include: check-the-amount"),
    ),
    short="text",
)
FORM_FIELD = Record(
    FormField,
    (
        Key("field", LINE, "What is asked.", "field: customer", required=True),
        Key("type", Choice(FieldType), "What kind of answer; text if not written.", "type: money", always=True),
        Key("required", TRUE_FALSE, "Whether a run can't start without it.", "required: true"),
        Key("options", NAMES, "The answers of a choice.", "options: [plain, video, sponsored]"),
    ),
    short="field",
)
TARGET = Record(
    Target,
    (
        Key("within", LINE, "How long a run may take.", "within: 1 working day", required=True),
        Key("from", SLUG, "The policy that says so.", "from: reply-in-a-day", attribute="policy"),
    ),
    short="within",
)
VARIATIONS = Record(
    Variations,
    (
        Key("by", LINE, "The field of the run that picks one.", "by: format", required=True),
        Key("of", NAMES, "The variations; each has its own SOP.", "of: [plain, video, sponsored]", required=True),
    ),
)
STEP = Record(
    Step,
    (
        Key("id", SLUG, "The step's own short name; `start` and `end` are taken.", "id: verify", required=True),
        Key("title", LINE, "What happens, starting with a verb.", "title: Verify eligibility", required=True),
        Key("role", LINE, "The one role that does it.", "role: Support assistant"),
        Key("takes", NAMES, "What it needs from before.", "takes: refund ticket"),
        Key("gives", NAMES, "What it hands on.", "gives: decision"),
        Key("handling", Choice(Handling), "The owner's decision about the step.", "handling: delegate"),
        Key("why", LINE, "The reason for the handling.", "why: spends money"),
        Key(
            "document",
            Only("none", LINE),
            "Why a delegated step needs no SOP.",
            "document: {none: one line in the inbox}",
            attribute="no_document",
        ),
        Key("due", LINE, "How long the task may take.", "due: 4 working hours"),
        Key("optional", TRUE_FALSE, "Whether the doer may skip it, with a reason.", "optional: true"),
        Key("review", TRUE_FALSE, "Whether somebody else checks every result.", "review: true"),
        Key("variations", VARIATIONS, "Several SOPs for one step.", "variations: {by: format, of: [plain, video]}"),
        Key(
            "then",
            THEN,
            "Where it goes next: nothing (the next step in the list), a step, `end`, "
            "a list of `when`/`go`, or `all:` (at the same time).",
            "then: [{when: eligible, go: approve}, {when: not eligible, go: decline}]",
        ),
        Key(
            "join",
            JOIN,
            "What it waits for: `all` lines, or a list of steps; a list within it means any one of those.",
            "join: [design, [plain-text, video-text]]",
        ),
    ),
)
SUPPRESSION = Record(
    Suppression,
    (
        Key("rule", LINE, "The id or name of the rule.", "rule: too-long", required=True),
        Key("why", LINE, "Why it doesn't apply here.", "why: The law wants the whole text"),
    ),
)

TITLE = Key("title", LINE, "The document's name.", "title: Issue a refund in Stripe", required=True)
OWNER = Key("owner", LINE, "The role that answers for it.", "owner: Head of Support")
STATUS = Key("status", Choice(Status), "Where it is in its life; published if not written.", "status: draft")
REVIEW_BY = Key("review_by", DAY, "The day by which somebody reads it again.", "review_by: 2027-02-12")
ACCEPTS = Key(
    "accepts",
    Many(SUPPRESSION, rows=True),
    "Findings that the owner accepts.",
    "accepts: [{rule: too-long, why: The law wants the whole text}]",
)
NOTES = Key(
    "notes", TEXT, "Everything else; stands in the body, under headings of your own.", "notes: Written with Ana."
)

HEAD = (TITLE, OWNER, STATUS)
TAIL = (REVIEW_BY, ACCEPTS)

SERVES_STEP = Key("step", STEP_PATH, "The step of the process that it serves.", "step: refund-a-customer/issue")
OBJECTIVE = Key(
    "objective", LINE, "What is true when it is done.", "objective: The customer has the money, to the cent"
)
TRIGGER = Key("trigger", LINE, "What sets it off.", "trigger: refund request")
PICTURES = Key(
    "pictures",
    Many(PICTURE, rows=True),
    "Pictures, below `media/`.",
    "![The refund dialog](../media/stripe-refund.png)",
    section="Pictures",
)

KEYS: dict[Kind, tuple[Key, ...]] = {
    Kind.GOAL: (
        *HEAD,
        Key("number", NUMBER, "How much.", "number: 10"),
        Key("unit", LINE, "Of what.", "unit: hours a week"),
        Key("by", DAY, "The day by which it is true.", "by: 2027-03-31"),
        *TAIL,
        NOTES,
    ),
    Kind.POLICY: (
        *HEAD,
        Key("applies_to", SLUGS, "The processes that it governs.", "applies_to: [refund-a-customer]"),
        Key(
            "exceptions",
            Many(EXCEPTION, rows=True),
            "Where the rule doesn't hold.",
            "exceptions: [{reason: Annual plans sold before May, approver: Founder, expires: 2027-04-30}]",
        ),
        *TAIL,
        Key("statement", TEXT, "The rule: what we will and won't do.", "We refund …", section="Statement"),
        Key("why", TEXT, "Why we hold to it.", "A refund that is easy …", section="Why"),
        NOTES,
    ),
    Kind.PROCESS: (
        *HEAD,
        Key("serves", SLUGS, "The goals that it serves.", "serves: [ten-hours-back]"),
        Key("trigger", LINE, "What starts a run; the first step takes it.", "trigger: refund request"),
        Key("result", LINE, "What a run ends with; the last step gives it.", "result: closed ticket"),
        Key("target", TARGET, "How long a run may take.", "target: {within: 1 working day, from: reply-in-a-day}"),
        Key("policies", SLUGS, "The rules that it keeps.", "policies: [refund-within-14-days]"),
        Key(
            "form",
            Many(FORM_FIELD, rows=True),
            "What is asked when a run starts.",
            "form: [{field: amount, type: money, required: true}]",
        ),
        Key("run_name", LINE, "How runs are named, from the form's fields.", 'run_name: "{customer}, {amount}"'),
        *TAIL,
        Key(
            "steps",
            Many(STEP, rows=True),
            "The map, in order. A run begins at the first step.",
            "steps: [{id: verify, title: Verify eligibility, role: Support assistant}]",
        ),
        NOTES,
    ),
    Kind.PROCEDURE: (
        *HEAD,
        SERVES_STEP,
        OBJECTIVE,
        TRIGGER,
        *TAIL,
        Key(
            "checklist",
            Many(ITEM, rows=True),
            "The ordered steps.",
            "1. Find the payment in the ticket",
            section="Steps",
        ),
        NOTES,
    ),
    Kind.SOP: (
        *HEAD,
        SERVES_STEP,
        Key("variation", LINE, "Which variation of the step.", "variation: video"),
        Key("role", LINE, "The one role that does it.", "role: Finance assistant"),
        OBJECTIVE,
        TRIGGER,
        Key(
            "needs",
            Many(NEED, rows=True),
            "Tools and how to get in.",
            'needs: [{tool: Stripe, access: "vault: Stripe/finance"}]',
        ),
        Key("minutes", WHOLE, "How long it takes.", "minutes: 6"),
        Key("quality_bar", SENTENCES, "What anyone can check when it is done.", "quality_bar: [The amounts are equal]"),
        Key("outputs", NAMES, "What it leaves behind.", "outputs: [payment reference]"),
        Key("recording", LINE, "A video: an address, or a path below `media/`.", "recording: issue-a-refund.mp4"),
        Key("may_decide", TEXT, "What the doer may decide alone.", "may_decide: Refunds up to 500 SGD"),
        Key("ask_when", TEXT, "When to ask, and whom.", "ask_when: The customer disputes the amount"),
        *TAIL,
        Key(
            "checklist",
            Many(SOP_ITEM, rows=True),
            "What to do, in order.",
            "1. Copy the refund reference here (evidence: text)",
            section="Checklist",
        ),
        PICTURES,
        Key("good", TEXT, "An example that meets the bar.", "Refunded 149.00 of 149.00 …", section="A good one"),
        Key("bad", TEXT, "An example that doesn't.", "Refunded 150.00 …", section="A bad one"),
        Key(
            "questions",
            Many(QUESTION, rows=True),
            "What people asked, and the answers.",
            "**What if the card has expired?** Stripe still refunds it.",
            section="Questions",
        ),
        NOTES,
    ),
    Kind.WORK_INSTRUCTION: (
        *HEAD,
        Key("action", LINE, "The one action.", "action: Refund a charge in full in Stripe"),
        Key("clip", LINE, "A clip of a minute at most: an address, or a path below `media/`.", "clip: full-refund.mp4"),
        *TAIL,
        Key("lines", SENTENCES, "The clicks and keystrokes.", "1. **Payments** → the charge", section="Lines"),
        PICTURES,
        NOTES,
    ),
}
"""The keys of each kind, in the order in which they are written. Those with a `section` stand in the body."""

PERSON = Record(
    Person,
    (
        Key("id", SLUG, "A short name, used by the roles.", "id: mei", required=True),
        Key("name", LINE, "As the person writes it.", "name: Mei Tan", required=True),
        Key("email", LINE, "Where mail goes.", "email: mei@example.com"),
        Key("access", Choice(Access), "What they may do.", "access: owner"),
        Key("time_zone", LINE, "Where they work; the organisation's if not written.", "time_zone: Europe/Lisbon"),
        Key("holidays", LINE, "The country whose holidays they keep.", "holidays: PT"),
        Key("week", WEEK, "Their working hours.", "week: {mon-fri: 09:00-13:00}"),
        Key(
            "away",
            Many(
                Record(
                    Away,
                    (
                        Key("first", DAY, "The first day off.", "first: 2026-12-24", required=True),
                        Key("last", DAY, "The last day off.", "last: 2026-12-31", required=True),
                    ),
                ),
                rows=True,
            ),
            "When they are out of office.",
            "away: [{first: 2026-12-24, last: 2026-12-31}]",
        ),
    ),
)
ROLE = Record(
    Role,
    (
        Key("title", LINE, "The name of the job.", "title: Digital marketing VA", required=True),
        Key("holders", SLUGS, "Who holds it; the first gets the tasks.", "holders: [jon]"),
        Key("backup", SLUG, "Who steps in when they are away.", "backup: ana"),
    ),
    short="title",
)
ORGANISATION = Record(
    Organisation,
    (
        Key("name", LINE, "The company.", "name: Clear Harbour Coaching", required=True),
        Key("time_zone", LINE, "Where its clock is.", "time_zone: Asia/Singapore"),
        Key("holidays", LINE, "The country whose holidays it keeps.", "holidays: SG"),
        Key("currency", LINE, "What money is counted in.", "currency: SGD"),
        Key("week", WEEK, "Its working hours.", "week: {mon-fri: 09:00-17:00}"),
        Key(
            "roles", Many(ROLE, rows=True), "The jobs, and who holds them.", "roles: [{title: Founder, holders: [mei]}]"
        ),
        Key("people", Many(PERSON, rows=True), "The people.", "people: [{id: mei, name: Mei Tan, access: owner}]"),
    ),
)
"""`routebook.yaml`."""
