"""What a rule is, what it sees, and what it finds.

A rule is an id that is never reused, a stable name, a family, a severity and one function. The function
gets one document (or the organisation) and what stands around it, and yields a `Hit` per mistake. Its
docstring says why the mistake matters and shows a wrong and a right example; the rule's page is made from it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from routebook.core.checks.catalogue import Catalogue
from routebook.core.checks.texts import Text, page_and_rest, texts_of
from routebook.core.document import Document, Kind, Organisation


class Severity(StrEnum):
    """`ERROR` blocks publishing; `ADVICE` never does."""

    ERROR = "error"
    ADVICE = "advice"


class Family(StrEnum):
    """What a rule is about. The first digit of a rule's id says the same."""

    ENGINE = "the checks themselves"
    LADDER = "the right document"
    DOCUMENT = "one document"
    PROCESS = "the map"
    SAFETY = "safety"
    LIBRARY = "the library"


@dataclass(frozen=True, slots=True)
class Hit:
    """One mistake: the field's path (``steps[3].gives[0]``, counted from 0), a sentence and a concrete fix."""

    path: str
    sentence: str
    fix: str


class Around:
    """What a rule may look at besides the document.

    `catalogue` answers questions about the library and the day; it is empty and not `complete` where only the
    document is known. `page` holds the texts that count as the document's page (as `page_and_rest` writes them),
    `whole` all of them, and `folded` those in lower case, to rule most documents out with one search.
    """

    __slots__ = ("_subject", "_texts", "catalogue", "folded", "page", "whole")

    def __init__(self, subject: Document | Organisation, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.page, rest = page_and_rest(subject)
        self.whole = f"{self.page}\n{rest}"
        self.folded = self.whole.lower()
        self._subject = subject
        self._texts: tuple[Text, ...] | None = None

    @property
    def texts(self) -> tuple[Text, ...]:
        """All texts of the document with their paths; gathered when the first rule asks, which most needn't."""
        if self._texts is None:
            self._texts = texts_of(self._subject)
        return self._texts


Look = Callable[[Any, Around], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule.

    `on` holds the document classes it looks at; it `needs_library` if it must stay silent where only one
    document is known; it looks at retired documents only if `even_retired`; if it is not `acceptable`,
    `accepts:` does not silence it.
    """

    id: str
    name: str
    family: Family
    message: str
    look: Look
    on: tuple[type[Document] | type[Organisation], ...] = (Document,)
    severity: Severity = Severity.ADVICE
    needs_library: bool = False
    even_retired: bool = False
    acceptable: bool = True

    @property
    def page(self) -> str:
        """Where the rule is explained, from the root of the project."""
        return f"docs/reference/rules/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule exists, with an example of the mistake and of its repair (both Markdown)."""

    why: str
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in one document. `kind` is None and `slug` empty for the organisation's own file."""

    rule: str
    name: str
    severity: Severity
    kind: Kind | None
    slug: str
    path: str
    sentence: str
    fix: str
    page: str


_PARTS = re.compile(r"\A(?P<why>.*?)\n+Wrong::\n\n(?P<wrong>.*?)\n+Right::\n\n(?P<right>.*)\Z", re.DOTALL)


def rule(
    rule_id: str,
    name: str,
    family: Family,
    message: str,
    *,
    on: tuple[type[Document] | type[Organisation], ...] = (Document,),
    severity: Severity = Severity.ADVICE,
    needs_library: bool = False,
    even_retired: bool = False,
    acceptable: bool = True,
) -> Callable[[Look], Rule]:
    """Turn a function into the rule that it decides."""

    def made(look: Look) -> Rule:
        return Rule(rule_id, name, family, message, look, on, severity, needs_library, even_retired, acceptable)

    return made


def explanation(of: Rule) -> Explanation:
    """The parts of a rule's docstring.

    Raises ValueError where the docstring has no reason, no wrong or no right example.
    """
    parts = _PARTS.match(inspect.getdoc(of.look) or "")
    if parts is None:
        raise ValueError(f"{of.id} {of.name} must say why, and show what is wrong and what is right.")
    return Explanation(
        why=parts["why"].strip(),
        wrong=inspect.cleandoc(parts["wrong"]),
        right=inspect.cleandoc(parts["right"]),
    )
