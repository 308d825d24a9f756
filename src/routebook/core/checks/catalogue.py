"""What a library holds, by the questions that rules ask, and a record of what was asked.

An `Index` is made once per check, so that no rule walks all documents. Rules see it through a `Catalogue` of their
own, which remembers each question. So whoever keeps findings from one check to the next knows when they still hold:
the document is the same, and so is the answer to everything that its rules asked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from routebook.core.document import (
    AnyDocument,
    Kind,
    Library,
    Procedure,
    Process,
    Role,
    Sop,
    Status,
    Step,
    kind_of,
)

Question = tuple[str, ...]
"""One question to the library, such as ``("process", "refund-a-customer")``."""

_LINK = re.compile(r"work-instructions/([\w\-]+?)(?:\.md)?\b(?![\w\-])")


class Facts(NamedTuple):
    """What the rules of other documents may ask about one document. Small, so that ten thousand are soon read and sent.

    `cites` holds the policies that a process follows and, as ``goal:slug``, the goals that it serves; `uses` the work instructions that a checklist uses or that a
    text links to. `edition` differs whenever the document does. A document that can't be read has a kind, a slug and
    nothing else.
    """

    kind: Kind
    slug: str
    title: str = ""
    status: Status = Status.PUBLISHED
    step: str = ""
    variation: str = ""
    cites: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    edition: str = ""
    is_readable: bool = True


def _nothing(_slug: str) -> Process | None:
    return None


@dataclass(frozen=True, slots=True)
class Index:
    """All answers. Retired and unreadable documents are in `facts` only.

    `complete` is False where no library is known: then everything else but `today` is empty. `files` holds the paths
    below the media folder, or is None where nobody looked. `open_process` gives the whole map of a process.
    """

    today: dt.date
    complete: bool = False
    roles: Mapping[str, str] = field(default_factory=dict)
    """Titles of roles by `name_key`."""
    facts: Mapping[tuple[Kind, str], Facts] = field(default_factory=dict)
    slugs: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    sops_of: Mapping[str, tuple[Facts, ...]] = field(default_factory=dict)
    """SOPs by the ``process/step`` that they serve."""
    cited: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    titles: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """Slugs by `title_key`."""
    unreadable: frozenset[Kind] = frozenset()
    """Kinds of which some document can't be read: nobody knows what those would say."""
    files: frozenset[str] | None = None
    open_process: Callable[[str], Process | None] = _nothing


class Catalogue:
    """The index as the rules of one document see it. `asked` holds every question that they asked."""

    __slots__ = ("_index", "asked")

    def __init__(self, index: Index) -> None:
        self._index = index
        self.asked: set[Question] = set()

    @property
    def complete(self) -> bool:
        """Whether a library is known at all. Never changes between two checks of a folder, so it isn't recorded."""
        return self._index.complete

    @property
    def today(self) -> dt.date:
        """The day of the check. `days_past` is the better question: its answer changes once, not every day."""
        self.asked.add(("today",))
        return self._index.today

    def days_past(self, day: dt.date) -> int:
        """How many days ago a day was; 0 for today and later."""
        self.asked.add(("past", day.isoformat()))
        return max(0, (self._index.today - day).days)

    @property
    def roles(self) -> Mapping[str, str]:
        """Titles of the organisation's roles by `name_key`."""
        self.asked.add(("roles",))
        return self._index.roles

    def process(self, slug: str) -> Process | None:
        """The process with this slug; None if there is none or it can't be read."""
        if not slug:
            return None
        self.asked.add(("process", slug))
        return self._index.open_process(slug) if (Kind.PROCESS, slug) in self._index.facts else None

    def step(self, reference: str) -> Step | None:
        """The step that a ``process/step`` names, or None."""
        slug, _, step_id = reference.partition("/")
        process = self.process(slug)
        return process.step(step_id) if process is not None else None

    def has(self, kind: Kind, slug: str) -> bool:
        """Whether there is such a document, readable or not."""
        self.asked.add(("has", kind.value, slug))
        return (kind, slug) in self._index.facts

    def slugs(self, kind: Kind) -> tuple[str, ...]:
        """The slugs of all documents of a kind, in order."""
        self.asked.add(("slugs", kind.value))
        return self._index.slugs.get(kind, ())

    def has_unreadable(self, *kinds: Kind) -> bool:
        """Whether a document of one of these kinds can't be read, so that nobody knows what it uses or serves."""
        self.asked.update(("unreadable", kind.value) for kind in kinds)
        return not self._index.unreadable.isdisjoint(kinds)

    def sops_of(self, reference: str) -> tuple[Facts, ...]:
        """The SOPs that serve a ``process/step``, retired ones aside."""
        self.asked.add(("sops", reference))
        return self._index.sops_of.get(reference, ())

    def is_cited(self, policy: str) -> bool:
        """Whether a process follows the policy with this slug."""
        self.asked.add(("cited", policy))
        return policy in self._index.cited

    def is_served(self, goal: str) -> bool:
        """Whether a process serves the goal with this slug."""
        self.asked.add(("cited", f"goal:{goal}"))
        return f"goal:{goal}" in self._index.cited

    def is_used(self, instruction: str) -> bool:
        """Whether a checklist uses this work instruction, or a text links to it."""
        self.asked.add(("used", instruction))
        return instruction in self._index.used

    def titled(self, kind: Kind, title: str, variation: str = "") -> tuple[str, ...]:
        """The slugs of the documents of a kind (and variation) that have this title."""
        key = title_key(kind, title, variation)
        self.asked.add(("titled", *key))
        return self._index.titles.get(key, ())

    @property
    def knows_files(self) -> bool:
        """Whether anybody looked which media files there are."""
        return self._index.files is not None

    def has_file(self, path: str) -> bool:
        """Whether there is such a file below the media folder."""
        self.asked.add(("file", path))
        return path in (self._index.files or ())

    def files(self) -> tuple[str, ...]:
        """The paths below the media folder, in order."""
        self.asked.add(("files",))
        return tuple(sorted(self._index.files or ()))


def answer(index: Index, question: Question) -> str:
    """The answer to a recorded question, in a form that is equal exactly where the rules see no difference."""
    match question:
        case ("process", slug):
            known = index.facts.get((Kind.PROCESS, slug))
            return known.edition if known is not None else "none"
        case ("has", kind, slug):
            return str((Kind(kind), slug) in index.facts)
        case ("titled", *key):
            return repr(index.titles.get(tuple(key), ()))
        case ("sops", reference):
            return repr(
                [(sop.slug, sop.title, sop.status.value, sop.variation) for sop in index.sops_of.get(reference, ())]
            )
        case ("past", day):
            return str(max(0, (index.today - dt.date.fromisoformat(day)).days))
        case _:
            return _simple_answer(index, question)


def _simple_answer(index: Index, question: Question) -> str:
    match question:
        case ("cited", policy):
            return str(policy in index.cited)
        case ("used", instruction):
            return str(instruction in index.used)
        case ("file", path):
            return str(path in (index.files or ()))
        case ("files",):
            return repr(sorted(index.files or ()))
        case ("slugs", kind):
            return repr(index.slugs.get(Kind(kind), ()))
        case ("unreadable", kind):
            return str(Kind(kind) in index.unreadable)
        case ("roles",):
            return repr(list(index.roles.items()))
        case ("today",):
            return index.today.isoformat()
        case _:
            raise ValueError(f"Nobody asks {question}.")


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """A name as it is compared: case and spaces aside."""
    return " ".join(name.split()).casefold()


def title_key(kind: Kind, title: str, variation: str) -> tuple[str, ...]:
    """What must differ between two documents: kind, title and, for SOPs, the variation."""
    return kind.value, name_key(title), variation


def facts_of(document: AnyDocument, edition: str = "") -> Facts:
    """What other documents' rules may ask about this one."""
    kind = kind_of(document)
    return Facts(
        kind,
        document.slug,
        document.title,
        document.status,
        document.step if isinstance(document, Sop) else "",
        document.variation if isinstance(document, Sop) else "",
        _cites(document),
        _uses(document),
        edition,
    )


def index_of(library: Library, *, today: dt.date, media: frozenset[str] | None = None) -> Index:
    """The index of a library whose documents are all at hand."""
    processes = {document.slug: document for document in library.documents if isinstance(document, Process)}
    facts = (facts_of(document) for document in library.documents)
    return index_from(facts, library.organisation.roles, processes.get, today=today, media=media)


def index_from(
    facts: Iterable[Facts],
    roles: Iterable[Role],
    open_process: Callable[[str], Process | None],
    *,
    today: dt.date,
    media: frozenset[str] | None = None,
) -> Index:
    """The index of a library of which only the facts are at hand; `open_process` reads a map when one is asked for."""
    known = {(each.kind, each.slug): each for each in facts}
    slugs: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for kind, slug in known:
        slugs[kind].append(slug)
    live = [each for each in known.values() if each.is_readable and each.status is not Status.RETIRED]
    return Index(
        today=today,
        complete=True,
        roles={name_key(role.title): role.title for role in roles},
        facts=known,
        slugs={kind: tuple(sorted(each)) for kind, each in slugs.items()},
        sops_of=_grouped((each.step, each) for each in live if each.kind is Kind.SOP and each.step),
        cited=frozenset(chain.from_iterable([each.cites for each in live if each.cites])),
        used=frozenset(chain.from_iterable([each.uses for each in live if each.uses])),
        titles=_titles(live),
        unreadable=frozenset([each.kind for each in known.values() if not each.is_readable]),
        files=media,
        open_process=open_process,
    )


def _cites(document: AnyDocument) -> tuple[str, ...]:
    if not isinstance(document, Process):
        return ()
    target = (document.target.policy,) if document.target is not None and document.target.policy else ()
    goals = (f"goal:{goal}" for goal in document.serves)
    return tuple(dict.fromkeys((*document.policies, *target, *goals)))


def _uses(document: AnyDocument) -> tuple[str, ...]:
    used: list[str] = []
    texts = [document.notes]
    if isinstance(document, Sop | Procedure):
        used += [item.uses for item in document.checklist if item.uses]
        texts += [item.instruction for item in document.checklist if item.instruction]
    if isinstance(document, Sop):
        texts += [question.answer for question in document.questions]
    for text in texts:
        if "work-instructions/" in text:
            used += _LINK.findall(text)
    return tuple(dict.fromkeys(used))


def _grouped(pairs: Iterable[tuple[str, Facts]]) -> dict[str, tuple[Facts, ...]]:
    found: dict[str, list[Facts]] = {}
    for reference, facts in pairs:
        found.setdefault(reference, []).append(facts)
    return {reference: _by_slug(group) for reference, group in found.items()}


def _by_slug(group: list[Facts]) -> tuple[Facts, ...]:
    return tuple(group) if len(group) < 2 else tuple(sorted(group, key=lambda each: each.slug))


def _titles(live: list[Facts]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for each in live:
        found.setdefault(title_key(each.kind, each.title, each.variation), []).append(each.slug)
    return {key: tuple(slugs) if len(slugs) < 2 else tuple(sorted(slugs)) for key, slugs in found.items()}
