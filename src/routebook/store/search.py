"""The search index: an entry for each thing that can be found, kept by the actions in their own transaction.

    index_document(org, document)     after a change of its draft, its text or its status
    entry_of_run(…)                   of a run that starts; the hot path writes it with the run
    index_questions, index_handoff, index_member, index_role

Each reads the thing as it stands now and makes its entries say the same, so calling one twice does no harm, and
`rebuild` makes the same entries again from nothing. Who may find an entry stands in it: see `Audience`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Q

from routebook.core.document import Kind, Status, Step
from routebook.core.handoff import HandoffState
from routebook.core.handoff import unpack as unpack_handoff
from routebook.core.run import unpack as unpack_run
from routebook.formats.findable import LONGEST_BODY, body_of, fold, words_of
from routebook.store import models
from routebook.store.access import Verb, drafting
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries.documents import draft_row
from routebook.store.queries.handoffs import read_step_of

RUN, QUESTION, HANDOFF, ROLE, PERSON = "run", "question", "handoff", "role", "person"
DRAFT = "draft"
"""The face of a document's entry that speaks of its open draft; its other face is "", the published text."""
LONGEST_TITLE = 300
LONGEST_FOLDED = 500
"""Characters: one letter may fold into many, and PostgreSQL's index takes 2,700 bytes."""


class Audience(StrEnum):
    """Who finds an entry. One member's own hand-offs are found by that member as well."""

    LIBRARY = "library"
    DRAFT_RULES = "draft rules"
    DRAFT_DIRECTIONS = "draft directions"
    RUNS = "runs"
    PEOPLE = "people"
    HANDOFFS = "handoffs"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    `thing` is its id within its kind, `place` what a door needs to name its address: a document's slug, the number
    of a run, ``12/3`` for task 3 of run 12, the id of anything else. `members` find it whatever their access is.
    """

    kind: str
    thing: str
    audience: Audience
    place: str
    title: str
    body: str = ""
    face: str = ""
    state: str = ""
    members: tuple[int, ...] = ()


def scope(org: int, whose: Audience | int) -> str:
    """The word in the index that stands for an audience, or for one member, of one organisation."""
    return f"{org}m{whose}" if isinstance(whose, int) else f"{org}{whose.replace(' ', '')}"


# --- what the entries say -----------------------------------------------------------------------


def entries_of_document(document: models.Document) -> Iterator[Entry]:
    """The published text, and the open draft. `document` comes with both of them loaded."""
    kind, key = Kind(document.kind), str(document.pk)
    if document.published is not None:
        value = document_of(document.published, kind, document.slug)
        state = document.status if document.status == Status.RETIRED else ""
        yield Entry(kind, key, Audience.LIBRARY, document.slug, value.title, body_of(value), state=state)
    draft = draft_row(document)
    if draft is not None:
        value = draft_of(draft, kind, document.slug)
        is_rule = drafting(kind) is Verb.DRAFT_PROCESS
        audience = Audience.DRAFT_RULES if is_rule else Audience.DRAFT_DIRECTIONS
        yield Entry(kind, key, audience, document.slug, value.title, body_of(value), face=DRAFT, state=DRAFT)


def entry_of_run(run: str, number: int, name: str, process: str, fields: Mapping[str, str]) -> Entry:
    """A run as it was when it started. `process` is the title in the version that it follows."""
    body = "\n".join((process, *fields.values()))
    return Entry(RUN, run, Audience.RUNS, str(number), f"#{number} {name}".strip(), body[:LONGEST_BODY])


def entry_of_question(question: models.Question) -> Entry:
    """A question, its answer as the text. `question` comes with its run."""
    place = f"{question.run.number}/{question.task}"
    state = "" if question.answered_at is None else "answered"
    body = f"{question.text}\n{question.answer}" if len(question.text) > LONGEST_TITLE else question.answer
    return Entry(QUESTION, str(question.pk), Audience.RUNS, place, question.text, body, state=state)


def entry_of_handoff(handoff: models.HandOff) -> Entry:
    """A hand-off by the title of its step. `handoff` comes with its people and its process."""
    step = read_step_of(handoff.process, handoff.step)
    state = unpack_handoff(handoff.snapshot)
    title = _title_of_step(step, handoff)
    body = "\n".join((handoff.receiver.name, handoff.delegator.name, *_said(state)))
    members = tuple(sorted({handoff.receiver_id, handoff.delegator_id}))
    key = str(handoff.pk)
    return Entry(HANDOFF, key, Audience.HANDOFFS, key, title, body, state=handoff.level, members=members)


def _title_of_step(step: Step | None, handoff: models.HandOff) -> str:
    title = step.title if step else handoff.step
    return f"{title} ({handoff.variation})" if handoff.variation else title


def _said(state: HandoffState) -> Iterator[str]:
    yield from (text for text in (state.restated, state.reason) if text)
    for question in state.questions:
        yield from (text for text in (question.text, question.answer) if text)


def entry_of_member(member: models.Member, roles: Iterable[str]) -> Entry:
    """A person with their roles."""
    key = str(member.pk)
    return Entry(PERSON, key, Audience.PEOPLE, key, member.name, "\n".join(sorted(roles)))


def entry_of_role(role: models.Role) -> Entry:
    """A role with who holds it and who stands in."""
    holders = [held.member.name for held in role.holdings.all()]
    backup = [role.backup.name] if role.backup else []
    return Entry(ROLE, str(role.pk), Audience.PEOPLE, str(role.pk), role.title, "\n".join(holders + backup))


# --- keeping them -------------------------------------------------------------------------------


def index_document(org: int, document: int) -> None:
    """Call it after every change of a document, a draft or a status. A document that is gone loses its entries."""
    row = _documents(org).filter(pk=document).first()
    for kind in Kind if row is None else (Kind(row.kind),):
        _keep(org, kind, str(document), () if row is None else entries_of_document(row))
    if row is not None and row.kind == Kind.PROCESS:
        # Hand-offs are named as the steps of the map are.
        for handoff in _handoffs(org).filter(process=document):
            handoff.process = row
            _keep(org, HANDOFF, str(handoff.pk), (entry_of_handoff(handoff),))


def index_handoff(org: int, handoff: int) -> None:
    """Call it after every command on a hand-off."""
    for row in _handoffs(org).filter(pk=handoff):
        _keep(org, HANDOFF, str(row.pk), (entry_of_handoff(row),))


def index_questions(org: int, run: str) -> None:
    """Call it after a question of this run was asked or answered."""
    for row in _questions(org).filter(run=run):
        _keep(org, QUESTION, str(row.pk), (entry_of_question(row),))


def index_member(org: int, member: int) -> None:
    """Call it after a change of a person; their roles and their hand-offs name them."""
    _index_people(org, (member,))
    for role in models.Role.objects.filter(Q(holdings__member=member) | Q(backup=member), org_id=org).distinct():
        _keep(org, ROLE, str(role.pk), (entry_of_role(role),))
    for handoff in _handoffs(org).filter(Q(receiver=member) | Q(delegator=member)):
        _keep(org, HANDOFF, str(handoff.pk), (entry_of_handoff(handoff),))


def index_role(org: int, role: int, members: Iterable[int]) -> None:
    """Call it after a change of a role. `members` are those who hold it now or held it before."""
    for row in _roles(org).filter(pk=role):
        _keep(org, ROLE, str(role), (entry_of_role(row),))
    _index_people(org, members)


def _index_people(org: int, members: Iterable[int]) -> None:
    for member in models.Member.objects.filter(org_id=org, pk__in=set(members)).order_by("pk"):
        _keep(org, PERSON, str(member.pk), _entries_of_member(member))


def _entries_of_member(member: models.Member) -> Iterator[Entry]:
    if member.active:
        yield entry_of_member(member, member.holdings.values_list("role__title", flat=True))


def _documents(org: int) -> Any:
    return models.Document.objects.select_related("published", "draft").filter(org_id=org)


def _handoffs(org: int) -> Any:
    rows = models.HandOff.objects.select_related(
        "process", "process__published", "process__draft", "receiver", "delegator"
    )
    return rows.filter(org_id=org).exclude(snapshot="")


def _questions(org: int) -> Any:
    return models.Question.objects.select_related("run").defer("run__snapshot").filter(org_id=org)


def _roles(org: int) -> Any:
    return models.Role.objects.select_related("backup").prefetch_related("holdings__member").filter(org_id=org)


def _keep(org: int, kind: str, thing: str, entries: Iterable[Entry]) -> None:
    """Make the entries of one thing those given, and touch nothing where they are already."""
    wanted = {entry.face: row_of(org, entry) for entry in entries}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {', '.join(COLUMNS)} FROM store_search WHERE org_id = %s AND kind = %s AND thing = %s",
            [org, str(kind), thing],
        )
        for id_, *known in cursor.fetchall():
            face = known[_FACE]
            if wanted.get(face) == tuple(known):
                del wanted[face]
            elif face not in wanted or connection.vendor == "sqlite":
                index().forget(cursor, id_)
        for row in wanted.values():
            index().put(cursor, row)


# --- all of it ----------------------------------------------------------------------------------


@transaction.atomic
def rebuild(org: int) -> int:
    """Make an organisation's index anew; how many entries it has then."""
    count = 0
    with connection.cursor() as cursor:
        index().clear(cursor, org)
        for entry in _everything(org):
            index().put(cursor, row_of(org, entry))
            count += 1
    return count


def rebuild_all() -> int:
    """Make the index of every organisation anew."""
    return sum(rebuild(org) for org in models.Organisation.objects.order_by("pk").values_list("pk", flat=True))


def is_missing() -> bool:
    """Whether there is something to find but no index yet, as after a move from another database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM store_search LIMIT 1")
        return cursor.fetchone() is None and models.Member.objects.exists()


def _everything(org: int) -> Iterator[Entry]:
    """What is read most comes last: of equally good matches the newest entry counts as the best."""
    runs = models.Run.objects.filter(org_id=org).select_related("process", "version").order_by("number")
    for run in runs.iterator(chunk_size=500):
        title = document_of(run.version, Kind.PROCESS, run.process.slug).title
        yield entry_of_run(run.pk, run.number, run.name, title, unpack_run(run.snapshot).fields)
    for question in _questions(org).order_by("pk").iterator(chunk_size=500):
        yield entry_of_question(question)
    for handoff in _handoffs(org).order_by("pk"):
        yield entry_of_handoff(handoff)
    for role in _roles(org).order_by("pk"):
        yield entry_of_role(role)
    for member in models.Member.objects.filter(org_id=org).order_by("pk"):
        yield from _entries_of_member(member)
    for document in _documents(org).order_by("pk").iterator(chunk_size=200):
        yield from entries_of_document(document)


# --- the tables ---------------------------------------------------------------------------------

COLUMNS = ("org_id", "kind", "thing", "face", "audience", "scopes", "state", "place", "title", "folded", "body")
_FACE = COLUMNS.index("face")
_PLACES = ", ".join(["%s"] * len(COLUMNS))
Row = tuple[Any, ...]


def row_of(org: int, entry: Entry) -> Row:
    """An entry in the order of `COLUMNS`."""
    scopes = (scope(org, entry.audience), *(scope(org, member) for member in entry.members))
    title = entry.title[:LONGEST_TITLE]
    return (
        *(org, str(entry.kind), entry.thing, entry.face, str(entry.audience), f" {' '.join(scopes)} ", entry.state),
        *(entry.place, title, fold(title)[:LONGEST_FOLDED].rstrip(), entry.body[:LONGEST_BODY]),
    )


class Index(Protocol):
    """One database's way to keep the rows and their words."""

    def put(self, cursor: Any, row: Row) -> None: ...

    def forget(self, cursor: Any, id_: int) -> None: ...

    def clear(self, cursor: Any, org: int) -> None: ...


class SqliteIndex:
    """The words stand in an FTS5 table, in the row with the same id."""

    INSERT = f"INSERT INTO store_search ({', '.join(COLUMNS)}) VALUES ({_PLACES})"
    INSERT_WORDS = "INSERT INTO store_search_words (rowid, scopes, title, body) VALUES (%s, %s, %s, %s)"

    def put(self, cursor: Any, row: Row) -> None:
        cursor.execute(self.INSERT, row)
        cursor.execute(self.INSERT_WORDS, [cursor.lastrowid, *sqlite_words(row)])

    def forget(self, cursor: Any, id_: int) -> None:
        cursor.execute("DELETE FROM store_search_words WHERE rowid = %s", [id_])
        cursor.execute("DELETE FROM store_search WHERE id = %s", [id_])

    def clear(self, cursor: Any, org: int) -> None:
        cursor.execute(
            "DELETE FROM store_search_words WHERE rowid IN (SELECT id FROM store_search WHERE org_id = %s)", [org]
        )
        cursor.execute("DELETE FROM store_search WHERE org_id = %s", [org])


def sqlite_words(row: Row) -> tuple[str, str, str]:
    """The scopes, the title and the text of a row as FTS5 takes them in."""
    return row[_SCOPES], row[_FOLDED], fold(row[_BODY])


class PostgresqlIndex:
    """The words stand in two columns of the row: those of the title, and all; each with the scopes."""

    INSERT = (
        f"INSERT INTO store_search ({', '.join(COLUMNS)}, title_words, words)"
        f" VALUES ({_PLACES}, %s::tsvector, %s::tsvector)"
        # Two who change the same thing at once don't stop each other; and what changed counts as new.
        " ON CONFLICT (org_id, kind, thing, face) DO UPDATE SET id = excluded.id, "
        + ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS[_FACE + 1 :], "title_words", "words"))
    )

    def put(self, cursor: Any, row: Row) -> None:
        cursor.execute(self.INSERT, [*row, *postgresql_words(row)])

    def forget(self, cursor: Any, id_: int) -> None:
        cursor.execute("DELETE FROM store_search WHERE id = %s", [id_])

    def clear(self, cursor: Any, org: int) -> None:
        cursor.execute("DELETE FROM store_search WHERE org_id = %s", [org])


def postgresql_words(row: Row) -> tuple[str, str]:
    """The words of the title and all words of a row, as the text of a tsvector; scopes are marked by a tilde."""
    title = {f"~{one}" for one in row[_SCOPES].split()}.union(row[_FOLDED].split())
    return _vector(title), _vector(title.union(words_of(row[_BODY])))


def _vector(words: Iterable[str]) -> str:
    return " ".join(f"'{word}'" for word in sorted(words))


_SCOPES, _FOLDED, _BODY = (COLUMNS.index(name) for name in ("scopes", "folded", "body"))
_INDEXES: Mapping[str, Index] = {"sqlite": SqliteIndex(), "postgresql": PostgresqlIndex()}


def index() -> Index:
    """The way of the database in use."""
    return _INDEXES[connection.vendor]


__all__: Sequence[str] = (
    "DRAFT",
    "HANDOFF",
    "PERSON",
    "QUESTION",
    "ROLE",
    "RUN",
    "Audience",
    "entry_of_run",
    "index_document",
    "index_handoff",
    "index_member",
    "index_questions",
    "index_role",
    "is_missing",
    "rebuild",
    "rebuild_all",
    "scope",
)
