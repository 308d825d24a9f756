"""What people read of processes beyond the document itself: cards of the list, policies, what runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db.models import Count, Q

from routebook.core.document import Goal, Handling, Kind, Policy, Process
from routebook.core.run import RunStatus
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Run
from routebook.store.queries.documents import DocumentView, listing


@dataclass(frozen=True, slots=True)
class Card:
    """One process in the list: how many steps are kept, delegated, …, and how many runs are on the road."""

    view: DocumentView
    process: Process
    handling: dict[str, int]
    running: int


def cards(actor: Actor) -> Sequence[Card]:
    """All processes that the actor may see, by title."""
    views = listing(actor, Kind.PROCESS)
    running: Counter[int] = Counter()
    if actor.may(Verb.SEE_RUNS):
        rows = Run.objects.filter(org_id=actor.org, status=RunStatus.RUNNING).values("process")
        running.update({row["process"]: row["n"] for row in rows.annotate(n=Count("id"))})
    made = []
    for view in views:
        process = cast("Process", view.value)
        counted = Counter(str(step.handling) for step in process.steps)
        ordered = {str(kind): counted[kind] for kind in Handling if counted[kind]}
        made.append(Card(view, process, ordered, running[view.row.pk]))
    return made


@dataclass(frozen=True, slots=True)
class PolicyOnMap:
    """A policy that stands above a map: because the map names it, it names the map, or the target cites it."""

    view: DocumentView
    policy: Policy
    sets_target: bool


def policies_of(actor: Actor, process: Process) -> Sequence[PolicyOnMap]:
    """The policies above a process."""
    cited = process.target.policy if process.target else ""
    found = []
    for view in listing(actor, Kind.POLICY):
        policy = cast("Policy", view.value)
        slug = view.row.slug
        if slug in process.policies or slug == cited or process.slug in policy.applies_to:
            found.append(PolicyOnMap(view, policy, slug == cited))
    return found


def goals_of(actor: Actor, process: Process) -> Sequence[Goal]:
    """The goals that a process serves."""
    if not process.serves:
        return ()
    return [cast("Goal", view.value) for view in listing(actor, Kind.GOAL) if view.row.slug in process.serves]


def roles_named(actor: Actor) -> Sequence[str]:
    """The roles that the maps name, each once: those that answer for a map, and those that do its steps."""
    named: dict[str, str] = {}
    for view in listing(actor, Kind.PROCESS):
        value = cast("Process", view.draft or view.value)
        for title in (value.owner, *(step.role for step in value.steps)):
            if title.strip():
                named.setdefault(" ".join(title.split()).casefold(), title.strip())
    return sorted(named.values(), key=str.casefold)


@dataclass(frozen=True, slots=True)
class Road:
    """How many runs of a process are on the road, and how many are over."""

    running: int
    done: int


def road(actor: Actor, process: int) -> Road:
    """The runs of one process in two numbers."""
    require(actor, Verb.SEE_RUNS)
    counts = Run.objects.filter(org_id=actor.org, process_id=process).aggregate(
        running=Count("id", filter=Q(status=RunStatus.RUNNING)),
        done=Count("id", filter=Q(status=RunStatus.COMPLETED)),
    )
    return Road(counts["running"], counts["done"])


def latest_runs(actor: Actor, process: int, limit: int = 5) -> Sequence[Run]:
    """The newest runs of a process."""
    require(actor, Verb.SEE_RUNS)
    rows = Run.objects.filter(org_id=actor.org, process_id=process).select_related("owner")
    return list(rows.order_by("-started_at")[:limit])
