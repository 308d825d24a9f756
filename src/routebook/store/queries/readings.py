"""Who must read what, and who has.

An SOP is read by those who hold its role and by those who took its step on; a policy by everybody who works here.
Agents and guests confirm nothing. Who read the newest major version, or one after it, has read the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from routebook.core.document import Access, Kind, Status
from routebook.core.handoff import Level
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Document, HandOff, Member, Reading, RoleHolder

READ_BY_PEOPLE = (Kind.SOP, Kind.POLICY)
PEOPLE = (Access.OWNER, Access.MANAGER, Access.ASSISTANT)
OVER = (Level.NONE, Level.RETURNED)
DOCUMENTS_ON_A_PAGE = 40


class Why(StrEnum):
    """Why somebody must read a document."""

    ROLE = "holds the role"
    HANDOFF = "took the step on"
    EVERYBODY = "works here"


class Mark(StrEnum):
    """How somebody stands to a document: an `OLDER` version is one from before the last major change."""

    READ = "read"
    OLDER = "older"
    NOT_YET = "not yet"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Work:
    """What a document is about as far as its readers go. `variation` is in lower case."""

    kind: Kind
    role: str = ""
    step: str = ""
    variation: str = ""


def work_of(row: Document) -> Work:
    """What the published text of a row is about."""
    return Work(Kind(row.kind), row.role, row.step, row.variation.casefold())


def folded(role: str) -> str:
    """A role's title as roles are found by."""
    return " ".join(role.split()).casefold()


# --- who must read ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Readership:
    """The people of an organisation, who holds which role, and who took which step on.

    `taken` has (variation, member) by step; `own` are the steps × variations that have an SOP of their own.
    """

    people: Mapping[int, Member]
    holders: Mapping[str, frozenset[int]]
    taken: Mapping[str, frozenset[tuple[str, int]]]
    own: frozenset[tuple[str, str]]

    def of(self, work: Work) -> dict[int, Why]:
        """Who must read it, by member, in the order of their names."""
        if work.kind is Kind.POLICY:
            return dict.fromkeys(self.people, Why.EVERYBODY)
        if work.kind is not Kind.SOP:
            return {}
        holders = self.holders.get(folded(work.role), frozenset())
        receivers = {member for variation, member in self.taken.get(work.step, ()) if self.shows(work, variation)}
        return {
            member: Why.ROLE if member in holders else Why.HANDOFF
            for member in self.people
            if member in holders or member in receivers
        }

    def shows(self, work: Work, variation: str) -> bool:
        """Whether a task of this variation shows this SOP: its own, else the step's."""
        if not variation or variation == work.variation:
            return True
        return not work.variation and (work.step, variation) not in self.own


def readership(org: int, steps: Iterable[str]) -> Readership:
    """Everybody's part in these steps (``process/step``), and in everything by role."""
    wanted = {step for step in steps if step}
    members = Member.objects.filter(org_id=org, active=True, access__in=PEOPLE).order_by("name", "id")
    holders: dict[str, set[int]] = {}
    for role, member in RoleHolder.objects.filter(org_id=org).values_list("role__folded", "member_id"):
        holders.setdefault(role, set()).add(member)
    taken: dict[str, set[tuple[str, int]]] = {}
    for step, variation, member in _taken(org):
        if step in wanted:
            taken.setdefault(step, set()).add((variation, member))
    return Readership(
        people={member.pk: member for member in members},
        holders={role: frozenset(ids) for role, ids in holders.items()},
        taken={step: frozenset(rows) for step, rows in taken.items()},
        own=_own(org, taken) if taken else frozenset(),
    )


def _taken(org: int, member: int | None = None) -> list[tuple[str, str, int]]:
    """The steps (``process/step``), variations and receivers of the hand-offs that go on."""
    rows = HandOff.objects.filter(org_id=org).exclude(level__in=OVER)
    if member is not None:
        rows = rows.filter(receiver_id=member)
    found = rows.values_list("process__slug", "step", "variation", "receiver_id")
    return [(f"{slug}/{step}", variation.casefold(), receiver) for slug, step, variation, receiver in found]


def _own(org: int, steps: Iterable[str]) -> frozenset[tuple[str, str]]:
    rows = Document.objects.filter(org_id=org, kind=Kind.SOP, status=Status.PUBLISHED, step__in=list(steps))
    return frozenset((step, variation.casefold()) for step, variation in rows.values_list("step", "variation"))


# --- what somebody must read --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToRead:
    """A document that somebody must read. `read` is the version that they read before, 0 for none."""

    row: Document
    read: int

    @property
    def kind(self) -> Kind:
        return Kind(self.row.kind)


def to_read(actor: Actor, most: int | None = None) -> tuple[Sequence[ToRead], int]:
    """What the actor must read and hasn't, what was published last first, at most so many; and how many in all."""
    if actor.access not in PEOPLE:
        return (), 0
    rows = _asked_of(actor.org, actor.member)
    unread = rows.filter(Q(read__isnull=True) | Q(read__lt=F("last_major"))).order_by("-published__published_at", "pk")
    shown = list(unread[:most] if most else unread)
    total = len(shown) if most is None or len(shown) < most else unread.count()
    return [ToRead(row, row.read or 0) for row in shown], total  # type: ignore[attr-defined]


def _asked_of(org: int, member: int) -> QuerySet[Document]:
    """The documents that a member must have read, with the newest version that they did (`read`)."""
    wanted = Q(kind=Kind.POLICY)
    roles = set(RoleHolder.objects.filter(org_id=org, member_id=member).values_list("role__folded", flat=True))
    if roles:
        written = Document.objects.filter(org_id=org, kind=Kind.SOP).order_by().values_list("role", flat=True)
        wanted |= Q(kind=Kind.SOP, role__in=[role for role in written.distinct() if folded(role) in roles])
    taken = _taken(org, member)
    own = _own(org, {step for step, _, _ in taken}) if taken else frozenset()
    for step, variation, _ in taken:
        here = Q(kind=Kind.SOP, step=step)
        if variation:
            shown = Q(variation__iexact=variation)
            here &= shown if (step, variation) in own else shown | Q(variation="")
        wanted |= here
    newest = Reading.objects.filter(org_id=org, document_id=OuterRef("pk"), member_id=member).order_by("-number")
    rows = Document.objects.filter(wanted, org_id=org, status=Status.PUBLISHED, published__isnull=False)
    return (
        rows.select_related("published")
        .defer("published__content")
        .annotate(read=Subquery(newest.values("number")[:1]))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How the actor stands to one document: whether they must read it, and what they read of it."""

    mark: Mark
    last: Reading | None


def standing(actor: Actor, row: Document) -> Standing:
    """The actor's part in a document; `NOT_ASKED` where it is nobody's to confirm, or not theirs."""
    if row.kind not in READ_BY_PEOPLE or row.status != Status.PUBLISHED or actor.access not in PEOPLE:
        return Standing(Mark.NOT_ASKED, None)
    if row.kind == Kind.SOP and not _asked_of(actor.org, actor.member).filter(pk=row.pk).exists():
        return Standing(Mark.NOT_ASKED, None)
    last = Reading.objects.filter(org_id=actor.org, document=row, member_id=actor.member).order_by("-number").first()
    return Standing(mark_of(last.number if last else 0, row), last)


def mark_of(read: int, row: Document) -> Mark:
    """What having read version `read` means for a document."""
    if not read:
        return Mark.NOT_YET
    return Mark.READ if read >= row.last_major else Mark.OLDER


# --- who has read -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One document of the matrix: a mark per person, in the order of the people."""

    row: Document
    marks: tuple[tuple[Member, Mark], ...]

    @property
    def kind(self) -> Kind:
        return Kind(self.row.kind)

    @property
    def asked(self) -> int:
        return sum(mark is not Mark.NOT_ASKED for _, mark in self.marks)

    @property
    def read(self) -> int:
        return sum(mark is Mark.READ for _, mark in self.marks)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of documents by people. `people` are all of the organisation's, by name."""

    people: tuple[Member, ...]
    lines: tuple[Line, ...]
    page: int
    pages: int


def matrix(actor: Actor, *, kind: Kind | None = None, page: int = 1) -> Matrix:
    """Who has read which of the documents that are read by people, a page of them by title."""
    require(actor, Verb.SEE_READINGS)
    rows = Document.objects.filter(
        org_id=actor.org, kind__in=[kind] if kind else READ_BY_PEOPLE, status=Status.PUBLISHED, published__isnull=False
    )
    pages = max(1, -(-rows.count() // DOCUMENTS_ON_A_PAGE))
    page = min(max(1, page), pages)
    first = (page - 1) * DOCUMENTS_ON_A_PAGE
    ordered = rows.select_related("published").defer("published__content").order_by("title", "id")
    shown = list(ordered[first : first + DOCUMENTS_ON_A_PAGE])
    known = readership(actor.org, (row.step for row in shown))
    lines = tuple(Line(row, _marks(row, known, read)) for row, read in _with_readings(actor.org, shown))
    return Matrix(tuple(known.people.values()), lines, page, pages)


def line_of(actor: Actor, row: Document) -> Line | None:
    """Who has read one document; None where it is nobody's to confirm or the actor doesn't see that."""
    if not actor.may(Verb.SEE_READINGS) or row.kind not in READ_BY_PEOPLE or row.status != Status.PUBLISHED:
        return None
    ((_, read),) = _with_readings(actor.org, [row])
    return Line(row, _marks(row, readership(actor.org, [row.step]), read))


def _marks(row: Document, known: Readership, read: Mapping[int, int]) -> tuple[tuple[Member, Mark], ...]:
    asked = known.of(work_of(row))
    return tuple(
        (person, mark_of(read.get(pk, 0), row) if pk in asked else Mark.NOT_ASKED)
        for pk, person in known.people.items()
    )


def _with_readings(org: int, rows: Sequence[Document]) -> list[tuple[Document, dict[int, int]]]:
    """Each document with the newest version that each member read."""
    found: dict[int, dict[int, int]] = {row.pk: {} for row in rows}
    readings = Reading.objects.filter(org_id=org, document__in=[row.pk for row in rows])
    newest = readings.order_by().values_list("document_id", "member_id").annotate(newest=Max("number"))
    for document, member, number in newest:
        found[document][member] = number
    return [(row, found[row.pk]) for row in rows]
