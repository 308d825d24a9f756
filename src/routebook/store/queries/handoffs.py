"""What can be read about hand-offs. Owners and managers see all; everybody else those that are theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Q, QuerySet

from routebook.core.document import Access, Handling, Kind, Need, Process, Sop, Status, Step, same_name
from routebook.core.events import Event, decode
from routebook.core.handoff import LINE, HandoffState, Level, unpack, waits_for
from routebook.core.handoff.events import ResultNoted
from routebook.store import models
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Document, HandOff, Member, Version
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries.documents import draft_row
from routebook.store.queries.runs import visible as visible_runs


@dataclass(frozen=True, slots=True)
class HandoffView:
    """A hand-off as a page shows it. `step` is None where the map no longer has it; `waits_on` is the member's
    id whose turn it is, "" where only work moves it on."""

    row: HandOff
    state: HandoffState
    step: Step | None
    waits_on: str

    @property
    def title(self) -> str:
        """What is handed off: the step, and its variation if it has one."""
        title = self.step.title if self.step else self.row.step
        return f"{title} ({self.row.variation})" if self.row.variation else title


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the record. `event` is None where its contents were erased; `actor` is a member's id; `run` is
    the number of the run that it came from, 0 for none that the reader may see."""

    at: dt.datetime
    actor: str
    event: Event | None
    run: int = 0


def visible(actor: Actor) -> QuerySet[HandOff]:
    """The hand-offs that the actor may see."""
    rows = HandOff.objects.filter(org_id=actor.org)
    if actor.may(Verb.SEE_ALL_HANDOFFS):
        return rows
    return rows.filter(Q(receiver_id=actor.member) | Q(delegator_id=actor.member))


def listing(actor: Actor) -> Sequence[HandoffView]:
    """All that the actor may see, those that went on last first."""
    return [_view(row) for row in _with_names(visible(actor)).order_by("-updated_at", "-pk")]


def of(actor: Actor, member: int) -> Sequence[HandoffView]:
    """What somebody was given and has not given back, as far as the actor may see it, the furthest first."""
    views = [
        _view(row) for row in _with_names(visible(actor).filter(receiver_id=member)).order_by("-updated_at", "-pk")
    ]
    going = [view for view in views if view.state.level in LINE]
    return sorted(going, key=lambda view: -LINE.index(view.state.level))


def standing(actor: Actor, process: int) -> Mapping[str, Sequence[HandoffView]]:
    """The hand-offs of one map that go on, by step, as far as the actor may see them, the furthest first."""
    found: dict[str, list[HandoffView]] = {}
    for row in _with_names(visible(actor).filter(process_id=process)).order_by("variation", "-updated_at", "-pk"):
        view = _view(row)
        if view.state.level in LINE:
            found.setdefault(row.step, []).append(view)
    return {step: sorted(views, key=lambda view: -LINE.index(view.state.level)) for step, views in found.items()}


def waiting_for(actor: Actor) -> Sequence[HandoffView]:
    """The hand-offs in which the next move is the actor's."""
    return [view for view in listing(actor) if view.waits_on == actor.id]


def get(actor: Actor, handoff_id: int) -> HandoffView:
    """One hand-off. Raises `NotFound` for one that is not the actor's to see."""
    row = _with_names(visible(actor)).filter(pk=handoff_id).first()
    if row is None:
        raise NotFound
    return _view(row)


def record(actor: Actor, handoff_id: int) -> Sequence[RecordLine]:
    """Everything that happened in a hand-off, oldest first."""
    row = get(actor, handoff_id).row
    lines = models.Event.objects.filter(org_id=actor.org, stream=f"handoff:{row.pk}").order_by("seq")
    read = [(line, decode(line.name, line.version, line.payload) if line.payload else None) for line in lines]
    named = {event.run for _, event in read if isinstance(event, ResultNoted)}
    numbers = dict(visible_runs(actor).filter(pk__in=named).values_list("pk", "number")) if named else {}
    return [RecordLine(line.at, line.actor, event, numbers.get(getattr(event, "run", ""), 0)) for line, event in read]


def _with_names(rows: QuerySet[HandOff]) -> QuerySet[HandOff]:
    return rows.select_related("process", "process__published", "process__draft", "receiver", "delegator")


def _view(row: HandOff) -> HandoffView:
    state = unpack(row.snapshot) if row.snapshot else HandoffState(level=Level(row.level))
    return HandoffView(row, state, read_step_of(row.process, row.step), waits_for(state))


def step_of(process: Document, step: str) -> Step | None:
    """The step as the open draft of the map has it, else the published map: what was decided last counts."""
    return _found(_maps(process), step)


def read_step_of(process: Document, step: str) -> Step | None:
    """The step as readers know it: on the published map, and only where that lacks it as the open draft has it."""
    return _found(reversed(_maps(process)), step)


def _found(maps: Iterable[Process], step: str) -> Step | None:
    return next((found for value in maps if (found := value.step(step)) is not None), None)


def _maps(process: Document) -> Sequence[Process]:
    values = []
    draft = draft_row(process)
    if draft is not None:
        values.append(draft_of(draft, Kind.PROCESS, process.slug))
    if process.published is not None:
        values.append(document_of(process.published, Kind.PROCESS, process.slug))
    return [cast("Process", value) for value in values]


# --- the SOP of a step --------------------------------------------------------------------------


def published_sop(org: int, process: str, step: str, variation: str) -> Document | None:
    """The document of the SOP that a task of this step × variation would show: its own, else the step's."""
    rows = Document.objects.select_related("published").filter(
        org_id=org,
        kind=Kind.SOP,
        status=Status.PUBLISHED,
        published__isnull=False,
        step=f"{process}/{step}",
        variation__in={variation, ""},
    )
    # The oldest of two counts, as for the tasks themselves.
    return rows.order_by("-variation", "id").first()


@dataclass(frozen=True, slots=True)
class SopVersion:
    """One published version of an SOP; `is_current` says that no newer one is published."""

    slug: str
    number: int
    value: Sop
    is_current: bool


def sop_version(actor: Actor, version_id: int) -> SopVersion | None:
    """The SOP version that somebody works from; None where there is none."""
    require(actor, Verb.SEE_LIBRARY)
    row = Version.objects.select_related("document").filter(org_id=actor.org, pk=version_id).first()
    if row is None:
        return None
    value = cast("Sop", document_of(row, Kind.SOP, row.document.slug))
    return SopVersion(row.document.slug, row.number, value, row.document.published_id == row.pk)


# --- what could be handed off -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delegated step (× variation) of a published map. `sop` is None where no SOP is published; `standing`
    are the hand-offs that go on, by the receiver's name."""

    process: Document
    step: Step
    variation: str
    sop: Document | None
    standing: tuple[HandoffView, ...]

    @property
    def is_ready(self) -> bool:
        """Whether there is something to hand off: an SOP, or a reason why none is needed."""
        return self.sop is not None or bool(self.step.no_document)

    @property
    def address(self) -> str:
        """The page on which it is handed off."""
        address = f"/handoffs/new/?step={self.process.slug}/{self.step.id}"
        return f"{address}&variation={self.variation}" if self.variation else address


def candidates(actor: Actor) -> Sequence[Candidate]:
    """Every delegated step, map by map in the order of its steps."""
    require(actor, Verb.DELEGATE)
    standing: dict[tuple[int, str, str], list[HandoffView]] = {}
    for view in listing(actor):
        if view.state.level not in (Level.NONE, Level.RETURNED):
            standing.setdefault((view.row.process_id, view.row.step, view.row.variation), []).append(view)
    sops = published_sops(actor)
    found = []
    for process in _published_maps(actor):
        for step in _maps(process)[-1].steps:
            decided = step_of(process, step.id) or step
            if decided.handling is not Handling.DELEGATE:
                continue
            for variation in step.variations.of if step.variations else ("",):
                at = f"{process.slug}/{step.id}"
                sop = sops.get((at, variation)) or sops.get((at, ""))
                views = standing.get((process.pk, step.id, variation), [])
                found.append(Candidate(process, decided, variation, sop, tuple(views)))
    return found


def _published_maps(actor: Actor) -> QuerySet[Document]:
    rows = Document.objects.select_related("published", "draft").filter(org_id=actor.org, kind=Kind.PROCESS)
    return rows.filter(status=Status.PUBLISHED, published__isnull=False).order_by("title", "id")


def published_sops(actor: Actor) -> dict[tuple[str, str], Document]:
    """The published SOPs by ``process/step`` and variation."""
    require(actor, Verb.SEE_LIBRARY)
    rows = Document.objects.select_related("published").filter(
        org_id=actor.org, kind=Kind.SOP, status=Status.PUBLISHED, published__isnull=False
    )
    return {(row.step, row.variation): row for row in rows.exclude(step="").order_by("-id")}


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known before a step is offered to somebody: whom the role suggests, and what the SOP says of
    tools and of deciding. `people` are those who may take it on, the role's holders first; `backup` stands in for the
    role; `text` is the SOP's published version number `version` (None and 0 without one)."""

    process: Document
    step: Step
    variation: str
    sop: Document | None
    needs: tuple[Need, ...]
    may_decide: str
    ask_when: str
    people: tuple[Member, ...]
    suggested: int | None
    deciders: tuple[Member, ...]
    backup: Member | None
    text: Sop | None
    version: int


def offer(actor: Actor, process: str, step: str, variation: str = "") -> Offer:
    """The offer of one step. Raises `NotFound` where no map has it."""
    require(actor, Verb.DELEGATE)
    row = (
        Document.objects.select_related("published", "draft")
        .filter(org_id=actor.org, kind=Kind.PROCESS, slug=process)
        .first()
    )
    found = step_of(row, step) if row else None
    if row is None or found is None:
        raise NotFound
    sop = published_sop(actor.org, process, step, variation)
    text = cast("Sop", document_of(sop.published, Kind.SOP, sop.slug)) if sop and sop.published else None
    people = _workers(actor)
    holders = _holders(actor, found.role)
    first = [member for member in people if member.pk in holders]
    return Offer(
        process=row,
        step=found,
        variation=variation,
        sop=sop,
        needs=text.needs if text else (),
        may_decide=text.may_decide if text else "",
        ask_when=text.ask_when if text else "",
        people=tuple(first + [member for member in people if member.pk not in holders]),
        suggested=first[0].pk if first else None,
        deciders=deciders(actor),
        backup=_backup(actor, found.role),
        text=text,
        version=sop.published.number if sop and sop.published else 0,
    )


def deciders(actor: Actor) -> tuple[Member, ...]:
    """Who may be named to take access away again: whoever works here."""
    return tuple(_members(actor))


def _workers(actor: Actor) -> list[Member]:
    """Who may take a step on from the actor: everybody but guests and the actor."""
    return [member for member in _members(actor) if member.pk != actor.member]


def _members(actor: Actor) -> list[Member]:
    rows = Member.objects.filter(org_id=actor.org, active=True).exclude(access=Access.GUEST)
    return list(rows.order_by("name", "id"))


def _holders(actor: Actor, title: str) -> set[int]:
    rows = models.RoleHolder.objects.select_related("role").filter(org_id=actor.org)
    return {row.member_id for row in rows if same_name(row.role.title, title)}


def _backup(actor: Actor, title: str) -> Member | None:
    rows = models.Role.objects.select_related("backup").filter(org_id=actor.org, backup__active=True)
    return next((row.backup for row in rows if same_name(row.title, title)), None)


def role_backup(actor: Actor, view: HandoffView) -> Member | None:
    """Who stands in for the role of a hand-off's step."""
    return _backup(actor, view.step.role) if view.step else None
