"""An index over a library, made once per check, so that no rule walks all documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from routebook.core.document import (
    AnyDocument,
    Kind,
    Library,
    Organisation,
    Procedure,
    Process,
    Sop,
    Status,
    Step,
    kind_of,
)

_LINK = re.compile(r"work-instructions/([\w\-]+?)(?:\.md)?\b(?![\w\-])")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a library holds, by the questions that rules ask. Retired documents are in `documents` only.

    `complete` is False where no library is known: then everything else is empty.
    """

    complete: bool = False
    organisation: Organisation = field(default_factory=lambda: Organisation(""))
    documents: Mapping[tuple[Kind, str], AnyDocument] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    """Titles of roles by `name_key`."""
    sops_of: Mapping[str, tuple[Sop, ...]] = field(default_factory=dict)
    """SOPs by the ``process/step`` that they serve."""
    citing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Processes by the policy that they cite."""
    used: frozenset[str] = frozenset()
    """Work instructions that a checklist uses, or that its how-to, an answer or the notes of a document link to."""
    titles: Mapping[tuple[Kind, str, str], tuple[str, ...]] = field(default_factory=dict)
    """Slugs by kind, title key and variation."""

    def process(self, slug: str) -> Process | None:
        """The process with this slug, or None."""
        found = self.documents.get((Kind.PROCESS, slug))
        return found if isinstance(found, Process) else None

    def step(self, reference: str) -> Step | None:
        """The step that a ``process/step`` names, or None."""
        slug, _, step_id = reference.partition("/")
        process = self.process(slug)
        return process.step(step_id) if process is not None else None

    def has(self, kind: Kind, slug: str) -> bool:
        """Whether there is such a document."""
        return (kind, slug) in self.documents


def name_key(name: str) -> str:
    """A name as it is compared: case and spaces aside."""
    return " ".join(name.split()).casefold()


def title_key(document: AnyDocument) -> tuple[Kind, str, str]:
    """What must differ between two documents: kind, title and, for SOPs, the variation."""
    return kind_of(document), name_key(document.title), document.variation if isinstance(document, Sop) else ""


def catalogue_of(library: Library) -> Catalogue:
    """The index of a library."""
    live = [document for document in library.documents if document.status is not Status.RETIRED]
    return Catalogue(
        complete=True,
        organisation=library.organisation,
        documents={(kind_of(document), document.slug): document for document in library.documents},
        roles={name_key(role.title): role.title for role in library.organisation.roles},
        sops_of=_sops_of(live),
        citing=_citing(live),
        used=_used(live),
        titles=_titles(live),
    )


def _sops_of(documents: list[AnyDocument]) -> Mapping[str, tuple[Sop, ...]]:
    found: dict[str, list[Sop]] = {}
    for document in documents:
        if isinstance(document, Sop) and document.step:
            found.setdefault(document.step, []).append(document)
    return {reference: tuple(sops) for reference, sops in found.items()}


def _citing(documents: list[AnyDocument]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for document in documents:
        if isinstance(document, Process):
            target = (document.target.policy,) if document.target is not None else ()
            for policy in {*document.policies, *target}:
                found.setdefault(policy, []).append(document.slug)
    return {policy: tuple(slugs) for policy, slugs in found.items()}


def _used(documents: list[AnyDocument]) -> frozenset[str]:
    used: set[str] = set()
    for document in documents:
        texts = [document.notes]
        if isinstance(document, Sop | Procedure):
            used.update(item.uses for item in document.checklist)
            texts += [item.instruction for item in document.checklist]
        if isinstance(document, Sop):
            texts += [question.answer for question in document.questions]
        for text in texts:
            if "work-instructions/" in text:
                used.update(_LINK.findall(text))
    return frozenset(used)


def _titles(documents: list[AnyDocument]) -> Mapping[tuple[Kind, str, str], tuple[str, ...]]:
    found: dict[tuple[Kind, str, str], list[str]] = {}
    for document in documents:
        found.setdefault(title_key(document), []).append(document.slug)
    return {key: tuple(sorted(slugs)) for key, slugs in found.items()}
