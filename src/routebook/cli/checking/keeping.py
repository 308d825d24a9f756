"""What is known of each document of a folder, to and from the plain values that the cache keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from routebook.cli.checking.findings import Placed
from routebook.cli.checking.part import place_of
from routebook.core.checks.catalogue import Facts, Question
from routebook.core.document import Status


class Known(NamedTuple):
    """One document: its file as it was seen, its facts, what its rules asked, and what they found.

    `asked` is None while no rule has looked. `time` is 0 where it can't be trusted, so that the content decides.
    """

    size: int
    time: int
    content: str
    facts: Facts
    findings: tuple[Placed, ...] = ()
    asked: frozenset[Question] | None = None

    def looked_at(self, findings: tuple[Placed, ...], asked: frozenset[Question]) -> Known:
        return Known(self.size, self.time, self.content, self.facts, findings, asked)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Every document by its file's name, and the answers that their rules got."""

    documents: Mapping[str, Known]
    answers: Mapping[Question, str]


NOTHING = Knowledge({}, {})


def kept(knowledge: Knowledge, trusted: Mapping[str, int]) -> dict[str, Any]:
    """The knowledge as plain values. Questions are many and alike, so that each stands once and is named by its place.

    `trusted` gives the time of each document's file as far as it can be trusted.
    """
    places = {question: place for place, question in enumerate(knowledge.answers)}
    documents = {name: _plain(known, trusted[name], places) for name, known in knowledge.documents.items()}
    return {"answers": [[*question, said] for question, said in knowledge.answers.items()], "documents": documents}


def knowledge_in(plain: Mapping[str, Any] | None) -> Knowledge:
    """The knowledge that was kept; nothing where nothing was."""
    if plain is None:
        return NOTHING
    answers = {tuple(asked): said for *asked, said in plain["answers"]}
    questions = list(answers)
    return Knowledge({name: _known(name, row, questions) for name, row in plain["documents"].items()}, answers)


def _plain(known: Known, time: int, places: Mapping[Question, int]) -> tuple[Any, ...]:
    """Tuples of any kind become lists in JSON, so there is nothing to convert but the questions."""
    facts = known.facts
    told = (facts.title, facts.status, facts.step, facts.variation, facts.cites, facts.uses, facts.is_readable)
    asked = [places[question] for question in known.asked] if known.asked is not None else None
    return (known.size, time, known.content, told, known.findings, asked)


def _known(name: str, row: list[Any], questions: list[Question]) -> Known:
    size, time, content, (title, status, step, variation, cites, uses, is_readable), findings, asked = row
    kind, slug = place_of(name)
    facts = Facts(kind, slug, title, Status(status), step, variation, tuple(cites), tuple(uses), content, is_readable)
    found = tuple(Placed(*finding) for finding in findings)
    return Known(
        size, time, content, facts, found, None if asked is None else frozenset([questions[place] for place in asked])
    )
