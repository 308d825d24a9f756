"""What stands above and below one document: the policies and the process that it serves, and what it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routebook.core.blocks import behind, by_reference, included
from routebook.core.document import Goal, Kind, Policy, Procedure, Process, Sop, Step
from routebook.formats.plain import to_plain
from routebook.store.access import Actor, NotFound, drafting, require
from routebook.store.models import Document, Link, StepScore
from routebook.store.queries.documents import (
    DocumentView,
    behind_of,
    blocks_of,
    by_step,
    checklist_of,
    find,
    listing,
    some,
)


@dataclass(frozen=True, slots=True)
class StepPlace:
    """A step on its map: the process, the step, and its number in the list."""

    process: DocumentView
    step: Step
    number: int

    @property
    def reference(self) -> str:
        return f"{self.process.row.slug}/{self.step.id}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The ladder around one document, the widest scope first. `place` is None where it serves no known step."""

    policies: tuple[DocumentView, ...] = ()
    processes: tuple[DocumentView, ...] = ()
    place: StepPlace | None = None
    beside: tuple[DocumentView, ...] = ()
    """Other directions for the same step: its variations, its procedure."""
    users: tuple[DocumentView, ...] = ()
    """The SOPs and procedures whose checklist uses a work instruction, the SOPs that include a procedure as a block."""
    instructions: tuple[DocumentView, ...] = ()
    """The work instructions that a checklist uses."""
    blocks: tuple[DocumentView, ...] = ()
    """The procedures that an SOP includes as shared blocks."""
    behind: frozenset[int] = frozenset()
    """The ids of those `blocks` that say something else by now than the SOP took over; of a procedure, of the `users`
    that took over an older text of it."""


def surroundings(actor: Actor, view: DocumentView) -> Surroundings:
    """What the actor may see around a document."""
    value = view.value
    if isinstance(value, Sop | Procedure):
        return _around_directions(actor, view, value)
    if isinstance(value, Policy | Goal):
        return Surroundings(processes=_where_named(actor, view, *getattr(value, "applies_to", ())))
    if view.kind is Kind.WORK_INSTRUCTION:
        return Surroundings(users=_where_named(actor, view))
    return Surroundings()


def _where_named(actor: Actor, view: DocumentView, *processes: str) -> tuple[DocumentView, ...]:
    """The documents that name this one, and those of the `processes` that it names itself."""
    named = Link.objects.filter(org_id=actor.org, kind=view.kind, slug=view.row.slug).values_list("document", flat=True)
    rows = Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug__in=processes) if processes else None
    return tuple(some(actor, {*named, *(rows.values_list("pk", flat=True) if rows is not None else ())}))


def _around_directions(actor: Actor, view: DocumentView, value: Sop | Procedure) -> Surroundings:
    place = place_of(actor, value.step)
    used = _uses(view)
    shared = Surroundings(
        instructions=tuple(_of_slugs(actor, Kind.WORK_INSTRUCTION, used)),
        blocks=tuple(_of_slugs(actor, Kind.PROCEDURE, included(value))),
        users=_where_named(actor, view) if view.kind is Kind.PROCEDURE else (),
    )
    shared = replace(shared, behind=_behind(actor, view, shared))
    if place is None:
        return shared
    on_step = by_step(actor, place.process.row.slug).get(place.step.id)
    beside = (*on_step.sops, *on_step.procedures) if on_step else ()
    return replace(
        shared,
        policies=_policies_over(actor, place.process),
        processes=(place.process,),
        place=place,
        beside=tuple(one for one in beside if one.row.pk != view.row.pk),
    )


def _behind(actor: Actor, view: DocumentView, shared: Surroundings) -> frozenset[int]:
    if shared.blocks:
        newer = behind_of(actor.org, view.row)
        return frozenset(one.row.pk for one in shared.blocks if one.row.slug in newer)
    now = blocks_of(actor.org, [view.row.slug]) if shared.users else {}
    return frozenset(one.row.pk for one in shared.users if one.published and behind(one.published, now))


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder with the documents on it."""

    kind: Kind
    views: tuple[DocumentView, ...]


def rungs(actor: Actor, process: DocumentView) -> tuple[Rung, ...]:
    """The whole ladder of one process, the widest scope first, directions in the order of the steps."""
    on_step = by_step(actor, process.row.slug)
    found = [on_step[place.step.id] for place in places_on(process) if place.step.id in on_step]
    sops = tuple(view for on in found for view in on.sops)
    procedures = tuple(view for on in found for view in on.procedures)
    items = (item for view in (*procedures, *sops) for item in checklist_of(view.value))
    used = dict.fromkeys(item.uses for item in items if item.uses)
    known = {view.row.slug: view for view in _of_slugs(actor, Kind.WORK_INSTRUCTION, used)}
    return (
        Rung(Kind.POLICY, _policies_over(actor, process)),
        Rung(Kind.PROCESS, (process,)),
        Rung(Kind.PROCEDURE, procedures),
        Rung(Kind.SOP, sops),
        Rung(Kind.WORK_INSTRUCTION, tuple(known[slug] for slug in used if slug in known)),
    )


def maps(actor: Actor, slugs: Iterable[str]) -> dict[str, DocumentView]:
    """The processes with these slugs that the actor may see."""
    return {view.row.slug: view for view in _of_slugs(actor, Kind.PROCESS, slugs)}


def _of_slugs(actor: Actor, kind: Kind, slugs: Iterable[str]) -> Sequence[DocumentView]:
    """The documents of a kind by their slugs, by title."""
    wanted = list(slugs)
    if not wanted:
        return ()
    rows = Document.objects.filter(org_id=actor.org, kind=kind, slug__in=wanted)
    return some(actor, rows.values_list("pk", flat=True))


def _uses(view: DocumentView) -> set[str]:
    return {item.uses for item in checklist_of(view.value) if item.uses}


def _process(view: DocumentView) -> Process:
    assert isinstance(view.value, Process)
    return view.value


def _policies_over(actor: Actor, process: DocumentView) -> tuple[DocumentView, ...]:
    value = _process(process)
    cited = {*value.policies, *([value.target.policy] if value.target else [])}
    ids = {view.row.pk for view in _of_slugs(actor, Kind.POLICY, cited)}
    naming = Link.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug=process.row.slug, document__kind=Kind.POLICY)
    return tuple(some(actor, {*ids, *naming.values_list("document", flat=True)}))


def place_of(actor: Actor, reference: str) -> StepPlace | None:
    """The step that a ``process/step`` names, if the actor may see it."""
    slug, _, step_id = reference.partition("/")
    if not slug or not step_id:
        return None
    try:
        process = find(actor, Kind.PROCESS, slug)
    except NotFound:
        return None
    return next((place for place in places_on(process) if place.step.id == step_id), None)


def places_on(process: DocumentView) -> tuple[StepPlace, ...]:
    """The steps of a process in order. A step that only the draft has counts, too: its SOP can be begun."""
    value = _process(process)
    steps = [*value.steps]
    if isinstance(process.draft, Process):
        known = {step.id for step in steps}
        steps += [step for step in process.draft.steps if step.id not in known]
    return tuple(StepPlace(process, step, number) for number, step in enumerate(steps, 1))


def all_places(actor: Actor) -> Sequence[tuple[DocumentView, tuple[StepPlace, ...]]]:
    """Every process with its steps, for choosing the one that a document serves."""
    return [(process, places_on(process)) for process in listing(actor, Kind.PROCESS)]


def beginning(actor: Actor, kind: Kind, reference: str, variation: str = "", like: str = "") -> dict[str, Any]:
    """The fields of a new SOP or procedure that the map knows already, as plain values; {} without a step.

    A variation of a step that has an SOP begins as a copy of it: of the one whose slug is `like`, else of the first.
    """
    require(actor, drafting(kind))
    place = place_of(actor, reference)
    if place is None or kind not in (Kind.SOP, Kind.PROCEDURE):
        return {}
    fields: dict[str, Any] = {
        "title": f"{place.step.title}, {variation}" if variation else place.step.title,
        "owner": _process(place.process).owner,
        "step": place.reference,
        "trigger": ", ".join(place.step.takes),
    }
    if kind is Kind.SOP:
        fields |= {"role": place.step.role, "outputs": list(place.step.gives), "minutes": _minutes(actor, place)}
        sibling = sibling_of(actor, place, like) if variation else None
        fields |= _copied(sibling) if sibling else {}
        fields["variation"] = variation
    return {name: value for name, value in fields.items() if value}


def _minutes(actor: Actor, place: StepPlace) -> int:
    """How long the step takes whoever scored it: the one part of a score that its directions may say."""
    score = StepScore.objects.filter(org_id=actor.org, process=place.process.row, step=place.step.id)
    return score.values_list("minutes", flat=True).first() or 0


def sibling_of(actor: Actor, place: StepPlace, like: str = "") -> DocumentView | None:
    """The SOP of a step that another variation of it begins from."""
    on_step = by_step(actor, place.process.row.slug).get(place.step.id)
    sops = on_step.sops if on_step else ()
    return next((view for view in sops if view.row.slug == like), next(iter(sops), None))


_OF_ITS_OWN = frozenset({"title", "variation", "review_by", "accepts"})
"""What a variation doesn't take over: its names, and what somebody vouched for by reading the other one."""


def _copied(view: DocumentView) -> dict[str, Any]:
    return {name: value for name, value in to_plain(by_reference(view.value)).items() if name not in _OF_ITS_OWN}
