"""Finding things: everything that the actor may see, by its title or its text, the best first.

    exact title → beginning of a title → all words in the title → the same with slips of the keyboard → in the text

Each of these is one statement that gives a limited number of candidates, the newest first; what is better among
them is decided here, so that both databases answer alike. Words match by their beginning, as one types.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import log2
from typing import Any, NamedTuple, Protocol

from django.db import connection

from routebook.core.document import Kind, Status
from routebook.core.handoff import Level
from routebook.core.run import RunStatus
from routebook.formats.findable import fold, spoken_words, words_of
from routebook.formats.vocabulary import Vocabulary
from routebook.store import models
from routebook.store.access import Actor, Verb
from routebook.store.search import DRAFT, HANDOFF, PERSON, QUESTION, ROLE, RUN, Audience, scope

MOST_WORDS = 8
MOST_CANDIDATES = 100
MOST_TEXTS = 60
SNIPPET = 150
"""Characters of the text around a hit."""
SMALL_WORDS = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "or",
        "our",
        "the",
        "this",
        "to",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "with",
        "you",
        "your",
    ]
)
"""Words that say nothing where there are others."""


class Tier(IntEnum):
    """How good a hit is; the lower, the better."""

    EXACT = 0
    BEGINNING = 1
    TITLE = 2
    SLIP = 3
    TEXT = 4
    SOME_WORDS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; `hit` says that it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found. `kind` and `place` name its address (see `store.search.Entry`).

    `state` is "" for what is in use, else draft, retired, a run's status, a hand-off's level or answered. `about`
    is the process of a run. `snippet` is where the text says it, empty where the title says all.
    """

    kind: str
    thing: str
    place: str
    state: str
    tier: Tier
    title: str
    parts: Sequence[Part]
    snippet: Sequence[Part]
    about: Sequence[Part] = ()


class Candidate(NamedTuple):
    id: int
    kind: str
    thing: str
    face: str
    state: str
    place: str
    title: str
    folded: str


_COLUMNS = ", ".join(f"s.{name}" for name in Candidate._fields)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: all words as one text, the words that count, and for each what it may be a slip of."""

    folded: str
    words: tuple[str, ...]
    meant: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def beginnings(self) -> tuple[str, ...]:
        """What a word of a text begins with that is a hit."""
        return (*self.words, *(word for words in self.meant.values() for word in words))


def search(actor: Actor, text: str, *, limit: int = 20, kinds: Collection[str] = ()) -> Sequence[Hit]:
    """What the actor may see and is looking for, the best first. `kinds` (all without) narrows it."""
    wanted = wanted_of(text)
    if not wanted.words:
        return []
    if not actor.may(Verb.SEE_RUNS):
        found = _of_guest(actor, wanted)
    else:
        found, wanted = _candidates(actor, wanted, limit, frozenset(map(str, kinds)))
    if kinds:
        found = [one for one in found if one.kind in kinds]
    return _best(actor, wanted, found, limit)


def wanted_of(text: str) -> Wanted:
    """The words of what was typed. Of many words the first count."""
    words = tuple(dict.fromkeys(words_of(text[:400])))[:MOST_WORDS]
    telling = tuple(word for word in words if word not in SMALL_WORDS and not _is_letter(word))
    return Wanted(fold(text[:400]), telling or words)


def _is_letter(word: str) -> bool:
    """Whether a word is only just begun; a number, or a sign that is a whole word, says more."""
    return len(word) == 1 and word.isascii() and word.isalpha()


# --- candidates ---------------------------------------------------------------------------------


def _candidates(actor: Actor, wanted: Wanted, limit: int, kinds: frozenset[str]) -> tuple[list[Candidate], Wanted]:
    finder = _FINDERS[connection.vendor](actor, kinds)
    found = finder.beginning(wanted.folded)
    if wanted.words == (wanted.folded,) and len(wanted.folded) == 1:
        return found, wanted  # one letter stands in every text
    found += finder.in_title([(word,) for word in wanted.words])
    wanted = _with_slips(actor, wanted)
    if wanted.meant:
        found += finder.in_title([wanted.meant.get(word, (word,)) for word in wanted.words])
    if len({(one.kind, one.thing) for one in found}) < limit:
        found += finder.in_text([(word,) for word in wanted.words])
    if not found and len(wanted.words) > 1:
        found = finder.in_text([wanted.beginnings()])
    return found, wanted


def _with_slips(actor: Actor, wanted: Wanted) -> Wanted:
    """The words that no title knows, with what they may be slips of; nothing where one of them can't be any."""
    vocabulary = vocabulary_of(actor.org)
    unknown = [word for word in wanted.words if not word.isdecimal() and not vocabulary.knows(word)]
    meant = {word: tuple(vocabulary.near(word)) for word in unknown}
    return Wanted(wanted.folded, wanted.words, meant if all(meant.values()) else {})


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """The words of the index whose entries the actor finds, but for runs and what is asked in them."""
    seen = {
        Audience.LIBRARY: actor.may(Verb.SEE_LIBRARY),
        Audience.DRAFT_RULES: actor.may(Verb.SEE_DRAFTS) or actor.may(Verb.DRAFT_PROCESS),
        Audience.DRAFT_DIRECTIONS: actor.may(Verb.SEE_DRAFTS) or actor.may(Verb.DRAFT_DIRECTIONS),
        Audience.PEOPLE: actor.may(Verb.SEE_PEOPLE),
        Audience.HANDOFFS: actor.may(Verb.SEE_ALL_HANDOFFS),
    }
    return (*(scope(actor.org, audience) for audience, may in seen.items() if may), scope(actor.org, actor.member))


class Finder(Protocol):
    """One database's way to candidates. `words` are groups; of each group one must be there."""

    def beginning(self, folded: str) -> list[Candidate]: ...

    def in_title(self, words: Sequence[Collection[str]]) -> list[Candidate]: ...

    def in_text(self, words: Sequence[Collection[str]]) -> list[Candidate]: ...


class _Finder:
    """Runs and questions are far more than documents, so each of the two is looked through by itself."""

    def __init__(self, actor: Actor, kinds: frozenset[str]) -> None:
        self._org = actor.org
        self._kinds = sorted(kinds)
        asked = kinds or {RUN, QUESTION}
        families = [scopes_of(actor), (scope(actor.org, Audience.RUNS),)]
        self._families = families if not asked.isdisjoint({RUN, QUESTION}) else families[:1]

    def beginning(self, folded: str) -> list[Candidate]:
        scopes = [one for family in self._families for one in family]
        seen = " OR ".join(["s.scopes LIKE %s"] * len(scopes))
        sql = (
            f"SELECT {_COLUMNS} FROM store_search s WHERE s.org_id = %s AND s.folded >= %s AND s.folded < %s"
            f" AND ({seen}) {self._of_kinds()} ORDER BY s.folded, s.id DESC LIMIT {MOST_CANDIDATES}"
        )
        around = [f"% {one} %" for one in scopes]
        return _rows(sql, [self._org, folded, folded + "\U0010ffff", *around, *self._kinds])

    def _of_kinds(self) -> str:
        return f"AND s.kind IN ({', '.join(['%s'] * len(self._kinds))})" if self._kinds else ""


class SqliteFinder(_Finder):
    """By FTS5; each word stands in quotation marks, so nothing that is typed is read as an operator."""

    def in_title(self, words: Sequence[Collection[str]]) -> list[Candidate]:
        return self._find(f"title : ({_all(words, 2)})", MOST_CANDIDATES)

    def in_text(self, words: Sequence[Collection[str]]) -> list[Candidate]:
        return self._find(f"{{title body}} : ({_all(words, 3)})", MOST_TEXTS)

    def _find(self, expression: str, most: int) -> list[Candidate]:
        sql = (
            f"SELECT {_COLUMNS} FROM store_search_words w JOIN store_search s ON s.id = w.rowid"
            f" WHERE w.store_search_words MATCH %s AND s.org_id = %s {self._of_kinds()} ORDER BY w.rowid DESC LIMIT {most}"
        )
        found = []
        for family in self._families:
            seen = " OR ".join(f'"{one}"' for one in family)
            found += _rows(sql, [f"scopes : ({seen}) AND {expression}", self._org, *self._kinds])
        return found


def _all(words: Sequence[Collection[str]], begins: int) -> str:
    """All groups, one word of each; a word of `begins` letters or more may go on."""
    groups = (" OR ".join(f'"{word}"{"*" if len(word) >= begins else ""}' for word in group) for group in words)
    return " AND ".join(f"({group})" for group in groups)


class PostgresqlFinder(_Finder):
    """By tsvector; the query is written as PostgreSQL reads it back, with each word quoted."""

    def in_title(self, words: Sequence[Collection[str]]) -> list[Candidate]:
        return self._find("title_words", _query(words, 2), MOST_CANDIDATES)

    def in_text(self, words: Sequence[Collection[str]]) -> list[Candidate]:
        return self._find("words", _query(words, 3), MOST_TEXTS)

    def _find(self, column: str, query: str, most: int) -> list[Candidate]:
        sql = (
            f"SELECT {_COLUMNS} FROM store_search_{column}(%s, %s, %s::text[], %s) AS found(id)"
            " JOIN store_search s ON s.id = found.id WHERE s.org_id = %s"
        )
        found = []
        for family in self._families:
            seen = " | ".join(f"'~{one}'" for one in family)
            found += _rows(sql, [self._org, f"({seen}) & {query}", self._kinds, most, self._org])
        return found


def _query(words: Sequence[Collection[str]], begins: int) -> str:
    groups = (" | ".join(f"'{word}'{':*' if len(word) >= begins else ''}" for word in group) for group in words)
    return " & ".join(f"({group})" for group in groups)


_FINDERS: dict[str, Any] = {"sqlite": SqliteFinder, "postgresql": PostgresqlFinder}


def _rows(sql: str, values: Sequence[Any]) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Candidate(*row) for row in cursor.fetchall()]


def _of_guest(actor: Actor, wanted: Wanted) -> list[Candidate]:
    """A guest finds the runs in which a task is or was theirs, at their last task of each.

    Those are few, so they are looked through here.
    """
    tasks = models.Task.objects.filter(org_id=actor.org, assignee_id=actor.member).order_by("-opened_at")
    last: dict[str, int] = {}
    for run, number in tasks.values_list("run_id", "number")[:MOST_CANDIDATES]:
        last.setdefault(run, number)
    if not last:
        return []
    sql = (
        f"SELECT {_COLUMNS} FROM store_search s WHERE s.org_id = %s AND s.kind = %s"
        f" AND s.thing IN ({', '.join(['%s'] * len(last))})"
    )
    rows = _rows(sql, [actor.org, RUN, *last])
    found = [one._replace(place=f"{one.place}/{last[one.thing]}") for one in rows]
    bodies = _bodies([one.id for one in found])
    texts = {one.id: f"{one.folded} {fold(bodies.get(one.id, ''))}".split() for one in found}
    return [one for one in found if _holds_all(texts[one.id], wanted.words)]


def _holds_all(words: Collection[str], beginnings: Iterable[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in beginnings)


# --- the words of titles ------------------------------------------------------------------------

_MOST_ORGANISATIONS = 64
_MOST_TITLES = 50_000
_LOOK_BACK = 200
"""Entries are numbered before they are committed, so a lower number may appear after a higher one."""


class _Known:
    """The vocabulary of one organisation, up to the entry `last`."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.last = 0

    def catch_up(self, org: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, folded FROM store_search WHERE org_id = %s AND id > %s"
                f" ORDER BY id DESC LIMIT {_MOST_TITLES}",
                [org, self.last - _LOOK_BACK],
            )
            rows = cursor.fetchall()
        words = {word for _, folded in rows for word in folded.split()}
        if self.last:
            self.vocabulary.add(words)
        else:
            self.vocabulary = Vocabulary(words)
        self.last = max((id_ for id_, _ in rows), default=self.last)


_known: OrderedDict[tuple[str, int], _Known] = OrderedDict()
_lock = threading.Lock()


def vocabulary_of(org: int) -> Vocabulary:
    """The words that the titles of an organisation use, kept in memory and brought up to date at every call.

    It may hold words that no title uses any more, or that the actor may not see: it only says what to look for.
    """
    key = (str(connection.settings_dict["NAME"]), org)
    with _lock:
        known = _known.setdefault(key, _Known())
        _known.move_to_end(key)
        if len(_known) > _MOST_ORGANISATIONS:
            _known.popitem(last=False)
        known.catch_up(org)
    return known.vocabulary


# --- the best of them ---------------------------------------------------------------------------

_OVER = frozenset(
    {Status.RETIRED, RunStatus.COMPLETED, RunStatus.CANCELLED, Level.RETURNED, "answered"},
)
"""States of things that are looked for less often than others of the same title."""
_ORDER = {
    str(kind): place
    for place, kind in enumerate(
        (
            *(Kind.PROCESS, Kind.SOP, Kind.POLICY, Kind.PROCEDURE, Kind.WORK_INSTRUCTION, Kind.GOAL),
            *(PERSON, ROLE, HANDOFF, RUN, QUESTION),
        )
    )
}


def _best(actor: Actor, wanted: Wanted, found: Iterable[Candidate], limit: int) -> Sequence[Hit]:
    candidates = _with_status(actor, {one.id: one for one in found}.values())
    tiers = {one.id: tier_of(one.folded, wanted) for one in candidates}
    bodies = _bodies([one.id for one in candidates if tiers[one.id] >= Tier.TEXT])
    ranked = sorted(candidates, key=lambda one: _rank(one, tiers[one.id], wanted, bodies.get(one.id, "")))
    faces: dict[tuple[str, str], Candidate] = {}
    for one in ranked:
        faces.setdefault((one.kind, one.thing), one)
    chosen = list(faces.values())[:limit]
    bodies |= _bodies([one.id for one in chosen if one.id not in bodies])
    return [_hit(one, tiers[one.id], wanted, bodies.get(one.id, "")) for one in chosen]


def _with_status(actor: Actor, found: Iterable[Candidate]) -> list[Candidate]:
    """Runs with the status that they have now; the index knows them as they started."""
    candidates = list(found)
    runs = [one.thing for one in candidates if one.kind == RUN]
    if not runs:
        return candidates
    statuses = dict(models.Run.objects.filter(org_id=actor.org, pk__in=runs).values_list("pk", "status"))
    return [one._replace(state=statuses.get(one.thing, "")) if one.kind == RUN else one for one in candidates]


def tier_of(folded: str, wanted: Wanted) -> Tier:
    """How well a title says what is wanted."""
    if folded == wanted.folded:
        return Tier.EXACT
    if folded.startswith(wanted.folded):
        return Tier.BEGINNING
    words = folded.split()
    if _holds_all(words, wanted.words):
        return Tier.TITLE
    if wanted.meant and all(_holds_one(words, wanted.meant.get(word, (word,))) for word in wanted.words):
        return Tier.SLIP
    return Tier.TEXT


def _holds_one(words: Collection[str], beginnings: Iterable[str]) -> bool:
    return any(word.startswith(one) for word in words for one in beginnings)


def _rank(one: Candidate, tier: Tier, wanted: Wanted, body: str) -> tuple[Any, ...]:
    words = one.folded.split()
    hits = [place for place, word in enumerate(words) if word.startswith(wanted.beginnings())]
    over = one.state in _OVER
    if tier >= Tier.TEXT:
        return (tier, over, -len(hits), -_weight(body, wanted), _ORDER.get(one.kind, 99), one.face, -one.id)
    # How much of the title was meant, and how early it says so.
    share = len(hits) / max(1, len(words))
    return (tier, over, -round(share, 1), hits[:1], _ORDER.get(one.kind, 99), one.face, len(words), -one.id)


def _weight(body: str, wanted: Wanted) -> float:
    """How often a text says each word, beside how long it is."""
    text = body.lower()
    said = [min(text.count(word), 5) for word in wanted.words]
    all_of_them = sum(1 for count in said if count)
    return round(all_of_them + sum(said) / (5 * log2(len(text) + 64)), 1)


def _bodies(ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, body FROM store_search WHERE id IN ({', '.join(['%s'] * len(ids))})", ids)
        return dict(cursor.fetchall())


# --- in context ---------------------------------------------------------------------------------


def _hit(one: Candidate, tier: Tier, wanted: Wanted, body: str) -> Hit:
    about, _line, rest = body.partition("\n") if one.kind == RUN else ("", "", body)
    left = _unsaid(one.folded, wanted)
    return Hit(
        kind=one.kind,
        thing=one.thing,
        place=one.place,
        state=DRAFT if one.face == DRAFT else one.state,
        tier=tier,
        title=one.title,
        parts=marked(one.title, wanted.beginnings()),
        snippet=snippet(rest, left) if left else (),
        about=marked(about, left) if left else (Part(about),),
    )


def _unsaid(folded: str, wanted: Wanted) -> tuple[str, ...]:
    """The words that the title does not say, so that the text must."""
    words = folded.split()
    return tuple(word for word in wanted.words if not _holds_one(words, (word, *wanted.meant.get(word, ()))))


def marked(text: str, beginnings: tuple[str, ...]) -> Sequence[Part]:
    """A text in pieces, the words that begin like one of `beginnings` as hits."""
    parts: list[Part] = []
    done = 0
    for begin, end, word in spoken_words(text):
        if word and word.startswith(beginnings):
            if begin > done:
                parts.append(Part(text[done:begin]))
            parts.append(Part(text[begin:end], hit=True))
            done = end
    if done < len(text):
        parts.append(Part(text[done:]))
    return parts


def snippet(body: str, words: tuple[str, ...]) -> Sequence[Part]:
    """The line of a text that says most of the words, cut to what stands around the first of them."""
    best, most = "", 0
    for line in body.split("\n"):
        said = {one for _, _, word in spoken_words(line) for one in words if word.startswith(one)}
        if len(said) > most:
            best, most = line, len(said)
        if most == len(words):
            break
    return marked(_cut(best, words), words)


def _cut(line: str, words: tuple[str, ...]) -> str:
    if len(line) <= SNIPPET:
        return line
    first = next((begin for begin, _, word in spoken_words(line) if word.startswith(words)), 0)
    begin = max(0, min(first - SNIPPET // 3, len(line) - SNIPPET))
    begin = line.find(" ", begin, first) + 1 if begin and line.find(" ", begin, first) >= 0 else begin
    end = len(line) if begin + SNIPPET >= len(line) else max(line.rfind(" ", first, begin + SNIPPET), first + 1)
    return f"{'… ' if begin else ''}{line[begin:end]}{' …' if end < len(line) else ''}"
