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
from routebook.core.checks.texts import Text
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


@dataclass(frozen=True, slots=True)
class Around:
    """What a rule may look at besides the document.

    `catalogue` answers questions about the library and the day; it is empty and not `complete` where only the
    document is known. `texts` are all texts of the document, `whole` the same in one string and `folded` that in
    lower case (to rule most documents out with one search).
    """

    catalogue: Catalogue
    texts: tuple[Text, ...]
    whole: str
    folded: str


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
