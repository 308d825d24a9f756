"""Run the rules over documents: who is checked, what is silenced, in which order findings come.

Pure and deterministic: the same library and the same day give the same findings in the same order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routebook.core.checks import document as document_family
from routebook.core.checks import goals, ladder, process, references, secrets
from routebook.core.checks.acceptance import ACCEPTED_NEEDLESSLY, ACCEPTED_UNKNOWN, ACCEPTED_WITHOUT_WHY
from routebook.core.checks.catalogue import Catalogue, Index, Question, index_of
from routebook.core.checks.rule import Around, Family, Finding, Hit, Rule, Severity, rule
from routebook.core.document import AnyDocument, Document, Kind, Library, Organisation, Status, kind_of

_ORDER = {kind: place for place, kind in enumerate(Kind)}


@rule(
    "RB000",
    "rule-crashed",
    Family.ENGINE,
    "A rule failed on this document, so it was not checked for that mistake.",
    on=(Document, Organisation),
    acceptable=False,
)
def CRASHED(_subject: object, _around: Around) -> Iterable[Hit]:  # noqa: N802 - the decorator makes it a constant
    """A check that stops at its own fault would hide every other finding.

    So a rule that fails is reported like any finding and the other rules go on. The fault is ours, not
    the document's: please report it with the document, or with the smallest part of it that still fails.

    Wrong::

        RB214 some-rule failed: IndexError: tuple index out of range

    Right::

        Every rule looked at every document.
    """
    return ()


@rule(
    "RB004",
    "unreadable-file",
    Family.ENGINE,
    "A file of the library can't be read.",
    on=(Document, Organisation),
    severity=Severity.ERROR,
    acceptable=False,
)
def UNREADABLE(_subject: object, _around: Around) -> Iterable[Hit]:  # noqa: N802
    """What can't be read isn't checked, isn't imported, and nobody can follow it.

    The other files are checked all the same. What the broken one would have said is unknown, so rules that need
    it stay silent until it can be read.

    Wrong::

        ---
        kind: policy
        titel: Refund within 14 days
        ---

    Right::

        ---
        kind: policy
        title: Refund within 14 days
        ---
    """
    return ()


RULES: tuple[Rule, ...] = (
    CRASHED,
    ACCEPTED_WITHOUT_WHY,
    ACCEPTED_UNKNOWN,
    ACCEPTED_NEEDLESSLY,
    UNREADABLE,
    *ladder.RULES,
    *document_family.RULES,
    *process.RULES,
    *secrets.RULES,
    *references.RULES,
    *goals.RULES,
)
"""Every rule, by id."""

RETIRED: tuple[tuple[str, str], ...] = ()
"""Ids and names of rules that are gone. They are never given again."""


def find_rule(id_or_name: str, rules: Sequence[Rule] = RULES) -> Rule | None:
    """The rule with this id (case aside) or name, or None."""
    wanted = id_or_name.strip().casefold()
    return next((known for known in rules if wanted in (known.id.casefold(), known.name)), None)


def check(
    library: Library,
    documents: Iterable[AnyDocument] | None = None,
    *,
    today: dt.date,
    media: frozenset[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> tuple[Finding, ...]:
    """Every finding in `documents` (None: all, and the organisation's own file), seen within the library.

    `media` holds the paths of the files below the media folder; None means that nobody looked, and then
    missing pictures are not reported.
    """
    checker = Checker(index_of(library, today=today, media=media), rules)
    chosen = sorted(library.documents if documents is None else documents, key=_place)
    subjects: list[AnyDocument | Organisation] = [*chosen]
    if documents is None:
        subjects.insert(0, library.organisation)
    return tuple(finding for subject in subjects for finding in checker.look_at(subject).findings)


def check_document(
    document: AnyDocument,
    library: Library | None = None,
    *,
    today: dt.date,
    media: frozenset[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> tuple[Finding, ...]:
    """Every finding in one document as it stands in an editor.

    With a library, the document takes the place of its namesake there; without one, rules that need a
    library stay silent.
    """
    index = Index(today) if library is None else index_of(_with(library, document), today=today, media=media)
    return Checker(index, rules).look_at(document).findings


@dataclass(frozen=True, slots=True)
class Looked:
    """What the rules found in one document, and what they asked about the library around it."""

    findings: tuple[Finding, ...]
    asked: frozenset[Question]


class Checker:
    """The rules, ready to look at one document after another within one library."""

    def __init__(self, index: Index, rules: Sequence[Rule] = RULES) -> None:
        self._index = index
        self._rules = rules
        self._applying: dict[tuple[type, bool], tuple[Rule, ...]] = {}

    def look_at(self, subject: AnyDocument | Organisation) -> Looked:
        """The findings of one document or of the organisation's own file."""
        around = Around(subject, Catalogue(self._index))
        applying = self._applying_to(subject)
        found = _found(applying, subject, around)
        if isinstance(subject, Organisation) or not subject.accepts:
            findings = tuple(_finding(known, subject, hit) for known, hit in found)
        else:
            findings = tuple(_after_acceptance(subject, found, applying, self._rules))
        return Looked(findings, frozenset(around.catalogue.asked))

    def _applying_to(self, subject: AnyDocument | Organisation) -> tuple[Rule, ...]:
        is_retired = not isinstance(subject, Organisation) and subject.status is Status.RETIRED
        key = (type(subject), is_retired)
        if key not in self._applying:
            self._applying[key] = tuple(
                known
                for known in self._rules
                if isinstance(subject, known.on)
                and (known.even_retired or not is_retired)
                and (self._index.complete or not known.needs_library)
            )
        return self._applying[key]


def unreadable(kind: Kind | None, slug: str, path: str, sentence: str, fix: str) -> Finding:
    """The finding that a file can't be read; `kind` is None for the organisation's own file."""
    return Finding(
        UNREADABLE.id, UNREADABLE.name, UNREADABLE.severity, kind, slug, path, sentence, fix, UNREADABLE.page
    )


def blocks_publishing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings that forbid publishing."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def _with(library: Library, document: AnyDocument) -> Library:
    key = (kind_of(document), document.slug)
    others = (other for other in library.documents if (kind_of(other), other.slug) != key)
    return replace(library, documents=(*others, document))


def _place(document: AnyDocument) -> tuple[int, str]:
    return _ORDER[kind_of(document)], document.slug


def _found(applying: Iterable[Rule], subject: AnyDocument | Organisation, around: Around) -> list[tuple[Rule, Hit]]:
    found: list[tuple[Rule, Hit]] = []
    for known in applying:
        try:
            hits = [*known.look(subject, around)]
        except Exception as fault:  # noqa: BLE001 - one faulty rule must not hide what the others find
            hits = [_crash(known, fault)]
        if hits:
            found += [(known, hit) for hit in hits]
    return found


def _crash(known: Rule, fault: Exception) -> Hit:
    # The fault's own text may quote the document, a secret included: only its type is told.
    sentence = f"{known.id} {known.name} failed on this document ({type(fault).__name__}); the other rules went on."
    return Hit(_CRASH_PATH, sentence, "Report it with the smallest part of the document that still fails.")


_CRASH_PATH = "\x00crashed"
"""Marks the hit of a crash; no field has such a path."""


def _finding(known: Rule, subject: AnyDocument | Organisation, hit: Hit) -> Finding:
    told, path = (CRASHED, "") if hit.path == _CRASH_PATH else (known, hit.path)
    kind, slug = (None, "") if isinstance(subject, Organisation) else (kind_of(subject), subject.slug)
    return Finding(told.id, told.name, told.severity, kind, slug, path, hit.sentence, hit.fix, told.page)


def _after_acceptance(
    document: AnyDocument, found: list[tuple[Rule, Hit]], applying: Sequence[Rule], rules: Sequence[Rule]
) -> Iterator[Finding]:
    """The findings that are not accepted, then what is wrong with the acceptances themselves."""
    silenced: set[str] = set()
    doubts: list[Finding] = []
    hit_ids = {known.id for known, hit in found if hit.path != _CRASH_PATH}
    for index, accepted in enumerate(document.accepts):
        path, known = f"accepts[{index}]", find_rule(accepted.rule, rules)
        if known is None:
            doubts.append(_finding(ACCEPTED_UNKNOWN, document, _unknown(path, accepted.rule)))
        elif not accepted.why.strip():
            doubts.append(_finding(ACCEPTED_WITHOUT_WHY, document, _no_why(path, known)))
        elif not known.acceptable:
            doubts.append(_finding(ACCEPTED_NEEDLESSLY, document, _never(path, known)))
        elif known.id in silenced or (known.id not in hit_ids and known in applying):
            doubts.append(_finding(ACCEPTED_NEEDLESSLY, document, _needless(path, known)))
        else:
            silenced.add(known.id)
    for known, hit in found:
        if known.id not in silenced or hit.path == _CRASH_PATH:
            yield _finding(known, document, hit)
    yield from doubts


def _unknown(path: str, name: str) -> Hit:
    return Hit(
        path, f"There is no rule “{name}” to accept.", "Use an id or a name from the list of rules, or remove it."
    )


def _no_why(path: str, known: Rule) -> Hit:
    return Hit(path, f"{known.id} {known.name} is accepted without a reason.", "Say why it does not apply here.")


def _never(path: str, known: Rule) -> Hit:
    sentence = f"{known.id} {known.name} cannot be accepted: {known.message[0].lower()}{known.message[1:]}"
    return Hit(path, sentence, "Remove the acceptance and repair the finding.")


def _needless(path: str, known: Rule) -> Hit:
    return Hit(path, f"{known.id} {known.name} is accepted but finds nothing here.", "Remove the acceptance.")
