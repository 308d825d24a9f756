"""What owners and managers read about what should leave their plate: maps, scores, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from routebook.core.delegation import (
    Facts,
    Figure,
    Item,
    Rates,
    Receiver,
    Recommendation,
    Score,
    hours_a_month,
    recommend,
    what_if,
)
from routebook.core.document import Handling, Kind, Process, Status, Step
from routebook.core.handoff import Level
from routebook.formats.normal import normalise
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Document, PlateItem, StepDecision, StepScore
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries import documents, handoffs
from routebook.store.queries.documents import DocumentView, StepDocuments, draft_row
from routebook.store.queries.handoffs import HandoffView


def score_of(row: StepScore | PlateItem) -> Score:
    """The score that a row holds; a line of a plate must be placed."""
    assert row.value is not None
    assert row.energy is not None
    return Score(
        value=row.value,
        energy=row.energy,
        costly_if_wrong=row.costly,
        needs_my_judgement=row.judgement,
        minutes=row.minutes,
        times_a_month=Decimal(row.times_a_month).normalize() + 0,
    )


def facts_of(row: StepScore | PlateItem) -> Facts:
    """The two optional ticks that a row holds."""
    return Facts(bool(row.facts.get("always_the_same")), bool(row.facts.get("nobody_needs_it")))


def map_of(process: Document) -> Process:
    """The map as it is being decided about: the open draft, else the published version."""
    draft = draft_row(process)
    if draft is not None:
        return cast("Process", draft_of(draft, Kind.PROCESS, process.slug))
    assert process.published is not None
    return cast("Process", document_of(process.published, Kind.PROCESS, process.slug))


@dataclass(frozen=True, slots=True)
class StepOnPlate:
    """One step with everything that speaks for keeping it or letting it go. `decisions` are the newest first."""

    number: int
    step: Step
    score: Score | None
    facts: Facts
    recommendation: Recommendation | None
    hours: Figure | None
    decisions: Sequence[StepDecision]
    documents: StepDocuments
    handoffs: Sequence[HandoffView]

    @property
    def is_decided(self) -> bool:
        return self.step.handling is not Handling.UNDECIDED

    @property
    def follows(self) -> bool:
        """Whether the map already says what is recommended."""
        advice = self.recommendation
        return advice is not None and (self.step.handling, self.step.review) == (advice.handling, advice.with_review)


@dataclass(frozen=True, slots=True)
class Plate:
    """The steps of one map. `differs` are the titles of the steps whose handling only the draft has yet;
    `decided` is what leaves by what was decided, `possible` if the recommendations are followed as well."""

    view: DocumentView
    process: Process
    steps: Sequence[StepOnPlate]
    differs: Sequence[str]
    has_changes: bool
    decided: Figure
    possible: Figure


@dataclass(frozen=True, slots=True)
class Card:
    """One map in the list: how many of its steps are scored and not decided, and the hours in it."""

    view: DocumentView
    process: Process
    scored: int
    undecided: int
    handling: dict[str, int]
    possible: Figure


def cards(actor: Actor) -> Sequence[Card]:
    """All maps with steps, those with the most to decide first."""
    require(actor, Verb.SEE_SCORES)
    scores: dict[int, dict[str, StepScore]] = {}
    for row in StepScore.objects.filter(org_id=actor.org):
        scores.setdefault(row.process_id, {})[row.step] = row
    made = [_card(view, scores.get(view.row.pk, {})) for view in documents.listing(actor, Kind.PROCESS)]
    return sorted(made, key=lambda card: (not card.undecided, card.process.title.casefold()))


def _card(view: DocumentView, scores: dict[str, StepScore]) -> Card:
    process = cast("Process", view.draft or view.published)
    counted = {str(kind): n for kind in Handling if (n := sum(1 for step in process.steps if step.handling is kind))}
    return Card(
        view=view,
        process=process,
        scored=sum(1 for step in process.steps if step.id in scores),
        undecided=counted.get(Handling.UNDECIDED, 0),
        handling=counted,
        possible=_freed(_items(process, scores)),
    )


def plate(actor: Actor, slug: str) -> Plate:
    """One map with its scores, recommendations and decisions. Raises `NotFound`, or `Refused` who may not see."""
    require(actor, Verb.SEE_SCORES)
    view = documents.find(actor, Kind.PROCESS, slug)
    if view.row.status == Status.RETIRED:
        raise NotFound
    process = cast("Process", view.draft or view.published)
    scores = {row.step: row for row in StepScore.objects.filter(org_id=actor.org, process=view.row)}
    decisions: dict[str, list[StepDecision]] = {}
    rows = StepDecision.objects.select_related("decided_by").filter(org_id=actor.org, process=view.row)
    for row in rows:
        decisions.setdefault(row.step, []).append(row)
    hanging = documents.by_step(actor, slug)
    standing: dict[str, list[HandoffView]] = {}
    for one in handoffs.listing(actor):
        if one.row.process_id == view.row.pk and one.state.level not in (Level.NONE, Level.RETURNED):
            standing.setdefault(one.row.step, []).append(one)
    items = _items(process, scores)
    return Plate(
        view=view,
        process=process,
        steps=[
            _on_plate(
                number,
                step,
                scores.get(step.id),
                decisions.get(step.id, ()),
                hanging.get(step.id, StepDocuments()),
                standing.get(step.id, ()),
            )
            for number, step in enumerate(process.steps, start=1)
        ],
        differs=_differing(view),
        has_changes=_has_changes(view),
        decided=_freed(item for item in items if item.handling is not Handling.UNDECIDED),
        possible=_freed(items),
    )


def _on_plate(
    number: int,
    step: Step,
    row: StepScore | None,
    decisions: Sequence[StepDecision],
    hanging: StepDocuments,
    standing: Sequence[HandoffView],
) -> StepOnPlate:
    score = score_of(row) if row else None
    facts = facts_of(row) if row else Facts()
    return StepOnPlate(
        number=number,
        step=step,
        score=score,
        facts=facts,
        recommendation=recommend(score, facts) if score else None,
        hours=hours_a_month(score) if score else None,
        decisions=decisions,
        documents=hanging,
        handoffs=standing,
    )


def _items(process: Process, scores: dict[str, StepScore]) -> list[Item]:
    return [
        Item(
            id=step.id,
            title=step.title,
            score=score_of(scores[step.id]),
            facts=facts_of(scores[step.id]),
            cluster=process.slug,
            handling=step.handling,
            with_review=step.review,
        )
        for step in process.steps
        if step.id in scores
    ]


def _freed(items: Iterable[Item]) -> Figure:
    """The hours a month that leave the plate; who receives them changes nothing about that."""
    return what_if(items, Receiver("", Decimal(0)), Rates()).hours_freed


def _differing(view: DocumentView) -> list[str]:
    if view.draft is None:
        return []
    published = cast("Process", view.published) if view.published else None
    found = []
    for step in cast("Process", view.draft).steps:
        old = published.step(step.id) if published else None
        before = (old.handling, old.why, old.review) if old else (Handling.UNDECIDED, "", False)
        if before != (step.handling, step.why, step.review):
            found.append(step.title)
    return found


def _has_changes(view: DocumentView) -> bool:
    if view.draft is None:
        return False
    if view.published is None:
        return True
    published = normalise(replace(view.published, status=Status.PUBLISHED))
    return normalise(replace(view.draft, status=Status.PUBLISHED)) != published
