"""What owners and managers read about what should leave their plate: maps, scores, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
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
from routebook.core.document import Handling, Kind, Process, Status, Step, same_name
from routebook.core.handoff import WORKING, Level
from routebook.formats.normal import normalise
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Document, PlateItem, RoleHolder, StepDecision, StepScore
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


FIRST_STEP = "first"
"""The id that the first step of a map will have whose place on the matrix was known before it was written."""


def first_step_of(actor: Actor, process: Document) -> str:
    """`FIRST_STEP` where the first step of a map without steps has its place on the matrix already, else ""."""
    known = StepScore.objects.filter(org_id=actor.org, process=process, step=FIRST_STEP).exists()
    return FIRST_STEP if known else ""


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
class StepDelegation:
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
class Delegation:
    """The steps of one map. `differs` are the titles of the steps whose handling only the draft has yet;
    `decided` is what leaves by what was decided, `possible` if the recommendations are followed as well."""

    view: DocumentView
    process: Process
    steps: Sequence[StepDelegation]
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


def cards_of(steps: Sequence[StepOfAll]) -> Sequence[Card]:
    """The maps of these steps, those with the most to decide first."""
    maps: dict[str, list[StepOfAll]] = {}
    for one in steps:
        maps.setdefault(one.process.slug, []).append(one)
    made = [_card(group) for group in maps.values()]
    return sorted(made, key=lambda card: (not card.undecided, card.process.title.casefold()))


def _card(steps: Sequence[StepOfAll]) -> Card:
    counted = {str(kind): n for kind in Handling if (n := sum(1 for one in steps if one.step.handling is kind))}
    return Card(
        view=steps[0].view,
        process=steps[0].process,
        scored=sum(1 for one in steps if one.score),
        undecided=counted.get(Handling.UNDECIDED, 0),
        handling=counted,
        possible=_freed(one.item for one in steps if one.item),
    )


def delegation(actor: Actor, slug: str) -> Delegation:
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
    return Delegation(
        view=view,
        process=process,
        steps=[
            _delegated(
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


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a map's history; `title` is the step's as the map has it now, else its id."""

    row: StepDecision
    title: str


def history(actor: Actor, slug: str) -> tuple[Process, Sequence[Decided]]:
    """A map and all that was ever decided about its steps, the newest first."""
    require(actor, Verb.SEE_SCORES)
    view = documents.find(actor, Kind.PROCESS, slug)
    process = cast("Process", view.draft or view.published)
    titles = {step.id: step.title for step in process.steps}
    rows = StepDecision.objects.select_related("decided_by").filter(org_id=actor.org, process=view.row)
    return process, [Decided(row, titles.get(row.step, row.step)) for row in rows]


def _delegated(
    number: int,
    step: Step,
    row: StepScore | None,
    decisions: Sequence[StepDecision],
    hanging: StepDocuments,
    standing: Sequence[HandoffView],
) -> StepDelegation:
    score = score_of(row) if row else None
    facts = facts_of(row) if row else Facts()
    return StepDelegation(
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


# --- the steps of all maps ----------------------------------------------------------------------


class Missing(StrEnum):
    """What a step's SOP still needs."""

    NOTHING = ""
    SOP = "an SOP"
    PUBLISHING = "its SOP to be published"


@dataclass(frozen=True, slots=True)
class StepOfAll:
    """A step among those of all maps: `number` counts through all of them, `place` on its own map.

    `goals` are the slugs that its process serves, `people` (ids and names) who does it now: whom it was handed to,
    else who holds its role. `missing` is about its SOP, `sop` the slug of one that is only a draft; `handoffs` are
    those that go on."""

    number: int
    place: int
    view: DocumentView
    process: Process
    step: Step
    score: Score | None
    facts: Facts
    recommendation: Recommendation | None
    hours: Figure | None
    people: tuple[tuple[int, str], ...]
    missing: Missing
    sop: str
    handoffs: tuple[HandoffView, ...]

    @property
    def reference(self) -> str:
        return f"{self.process.slug}/{self.step.id}"

    @property
    def goals(self) -> tuple[str, ...]:
        return self.process.serves

    @property
    def is_decided(self) -> bool:
        return self.step.handling is not Handling.UNDECIDED

    @property
    def follows(self) -> bool:
        """Whether the map already says what is recommended."""
        advice = self.recommendation
        return advice is not None and (self.step.handling, self.step.review) == (advice.handling, advice.with_review)

    @property
    def is_owned(self) -> bool:
        """Whether somebody else owns it, so that it has left the plate."""
        return any(view.state.level is Level.OWNED for view in self.handoffs)

    @property
    def item(self) -> Item | None:
        """What the order and the forecast go by; None without a score."""
        if self.score is None:
            return None
        return Item(
            id=self.reference,
            title=self.step.title,
            score=self.score,
            facts=self.facts,
            cluster=self.process.slug,
            handling=self.step.handling,
            with_review=self.step.review,
        )


def every_step(actor: Actor) -> Sequence[StepOfAll]:
    """The steps of all maps, map by map by title, each as the draft has it where there is one."""
    require(actor, Verb.SEE_SCORES)
    scores = {(row.process_id, row.step): row for row in StepScore.objects.filter(org_id=actor.org)}
    sops = _sops(actor)
    holders = _holders(actor)
    standing: dict[tuple[int, str], list[HandoffView]] = {}
    for one in handoffs.listing(actor):
        if one.state.level not in (Level.NONE, Level.RETURNED):
            standing.setdefault((one.row.process_id, one.row.step), []).append(one)
    found: list[StepOfAll] = []
    for view in documents.listing(actor, Kind.PROCESS):
        process = cast("Process", view.draft or view.published)
        for place, step in enumerate(process.steps, start=1):
            at = (view.row.pk, step.id)
            row, given = scores.get(at), tuple(standing.get(at, ()))
            score = score_of(row) if row else None
            facts = facts_of(row) if row else Facts()
            missing, sop = _missing(step, sops.get(f"{process.slug}/{step.id}", ()))
            found.append(
                StepOfAll(
                    number=len(found) + 1,
                    place=place,
                    view=view,
                    process=process,
                    step=step,
                    score=score,
                    facts=facts,
                    recommendation=recommend(score, facts) if score else None,
                    hours=hours_a_month(score) if score else None,
                    people=_doing(given) or holders.get(step.role.casefold(), ()),
                    missing=missing,
                    sop=sop,
                    handoffs=given,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """Which steps are wanted: of a process or for a goal (slugs), of a role (its title), with a person (their id).
    What is empty leaves all in."""

    process: str = ""
    role: str = ""
    person: int = 0
    goal: str = ""

    def wants(self, one: StepOfAll) -> bool:
        return (
            self.process in ("", one.process.slug)
            and (not self.role or same_name(self.role, one.step.role))
            and (not self.person or self.person in {person for person, _ in one.people})
            and (not self.goal or self.goal in one.goals)
        )

    @property
    def is_empty(self) -> bool:
        return self == Filter()


def _sops(actor: Actor) -> dict[str, list[Document]]:
    rows = Document.objects.filter(org_id=actor.org, kind=Kind.SOP).exclude(status=Status.RETIRED).exclude(step="")
    found: dict[str, list[Document]] = {}
    for row in rows.only("slug", "step", "variation", "published_id").order_by("id"):
        found.setdefault(row.step, []).append(row)
    return found


def _holders(actor: Actor) -> dict[str, tuple[tuple[int, str], ...]]:
    """Who holds each role (by its folded title), the first of them first."""
    rows = RoleHolder.objects.select_related("role", "member").filter(org_id=actor.org, member__active=True)
    found: dict[str, tuple[tuple[int, str], ...]] = {}
    for row in rows:
        found[row.role.folded] = (*found.get(row.role.folded, ()), (row.member_id, row.member.name))
    return found


def _doing(given: Sequence[HandoffView]) -> tuple[tuple[int, str], ...]:
    return tuple((one.row.receiver_id, one.row.receiver.name) for one in given if one.state.level in WORKING)


def _missing(step: Step, sops: Sequence[Document]) -> tuple[Missing, str]:
    """What the SOPs of a step lack, whatever is decided about it; and the slug of the draft that would do."""
    if step.no_document:
        return Missing.NOTHING, ""
    for variation in step.variations.of if step.variations else ("",):
        fitting = [row for row in sops if row.variation in (variation, "")]
        if any(row.published_id for row in fitting):
            continue
        return (Missing.PUBLISHING, fitting[0].slug) if fitting else (Missing.SOP, "")
    return Missing.NOTHING, ""
