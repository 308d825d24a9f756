"""What a person changes of a proposal before its parts become drafts.

A change says only what differs, so an empty one is the proposal itself. It moves passages between homes, and the
proposal is built again from where they are: nothing can get lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from typing import Any

from routebook.core.document import END, Decision, Goes, Outcome, Step
from routebook.formats.pile.classify import PileKind
from routebook.formats.pile.how_to import PARTS
from routebook.formats.pile.split import LEFT_OVER, Draft, Plan, Proposal, built, planned
from routebook.formats.pile.text import Block, PileDocument, sentences_of
from routebook.formats.pile.writing import slug_of, unique, without_number

MAP = ".map"
"""As the home of a passage: the map, whose notes it stands in."""
NEW = ".new-"
"""Begins the name of a part that the person made: ``.new-12`` was begun with passage 12. No slug has a dot."""
MOST_TITLE = 300
MOST_NEW_STEPS = 40


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By slug of the part, id of the step or number of the passage; what isn't named stays as proposed.

    - `without`: parts that are not made; their passages are left over;
    - `joined`: the part that a part was joined to;
    - `kinds` of parts (`PARTS`), `titles` of parts and of the process (by `MAP`), `at` the step that a part explains ("" for
      none);
    - `step_titles`, `roles` of steps, `dropped` steps, `added` steps as title and role, at the end;
    - `moved`: the home of a passage: a part, `MAP`, `LEFT_OVER`, or a new part (`NEW` and a number).
    """

    without: frozenset[str] = frozenset()
    joined: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, PileKind] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    step_titles: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    added: tuple[tuple[str, str], ...] = ()
    moved: Mapping[int, str] = field(default_factory=dict)


def adjusted(document: PileDocument, change: Adjustment) -> Proposal:
    """The proposal as the person wants it. Every sentence keeps one place."""
    return built(document, plan_adjusted(document, planned(document), change))


def plan_adjusted(document: PileDocument, plan: Plan, change: Adjustment) -> Plan:
    """The plan with the change. Parts that are joined or not made have no passage any more."""
    passages = document.passages
    begun = _begun(change, plan, passages)
    joined = _joined(change, {draft.slug for draft in (*plan.drafts, *begun)})
    names = {draft.slug for draft in (*plan.drafts, *begun)}
    homes = tuple(
        _home(change.moved.get(at, home), plan.slug, names, joined, change.without)
        for at, home in enumerate(plan.homes)
    )
    steps, ids = _steps(plan, change)
    drafts = tuple(_draft(draft, change, ids) for draft in (*plan.drafts, *begun))
    order = {slug: at for at, slug in reversed(list(enumerate(homes)))}
    drafts = tuple(sorted(drafts, key=lambda draft: order.get(draft.slug, _where(draft, passages))))
    title = change.titles.get(MAP, "").strip()[:MOST_TITLE] or plan.title
    loose = frozenset(at for at, home in change.moved.items() if 0 <= at < len(homes) and not home.startswith(NEW))
    return replace(plan, title=title, steps=steps, drafts=drafts, homes=homes, joined=joined, loose=loose)


def _where(draft: Draft, passages: tuple[Block, ...]) -> int:
    return draft.heading if draft.heading is not None else len(passages)


def _begun(change: Adjustment, plan: Plan, passages: tuple[Block, ...]) -> tuple[Draft, ...]:
    """The parts that the person made of passages, called after their heading or what they say first."""
    firsts: dict[str, int] = {}
    for at, home in sorted(change.moved.items()):
        if home.startswith(NEW) and home[len(NEW) :].isdecimal() and at < len(passages):
            firsts.setdefault(home, at)
    return tuple(Draft(slug, _called(passages[at]), heading=_heading(passages, at)) for slug, at in firsts.items())


def _called(block: Block) -> str:
    said = next(iter(sentences_of(block)), "")
    title = without_number(said).rstrip(".:;")
    return (title if len(title) <= 80 else title[:80].rpartition(" ")[0])[:MOST_TITLE] or "Untitled"


def _heading(passages: tuple[Block, ...], at: int) -> int | None:
    return at if passages[at].level and passages[at].kind.value == "heading" else None


def _joined(change: Adjustment, names: set[str]) -> dict[str, str]:
    """Where each joined part really ends: a part that was joined to one that was joined in turn goes along."""
    found: dict[str, str] = {}
    for part in change.joined:
        seen, to = {part}, change.joined[part]
        while to in change.joined and to not in seen:
            seen.add(to)
            to = change.joined[to]
        if part in names and to in names and to not in seen:
            found[part] = to
    return found


def _home(wanted: str, process: str, names: set[str], joined: Mapping[str, str], without: frozenset[str]) -> str:
    if wanted in (MAP, process):
        return process
    home = joined.get(wanted, wanted)
    return home if home in names and home not in without else LEFT_OVER


def _draft(draft: Draft, change: Adjustment, steps: Mapping[str, str]) -> Draft:
    wanted = change.at.get(draft.slug)
    kind = change.kinds.get(draft.slug)
    return replace(
        draft,
        title=change.titles.get(draft.slug, "").strip()[:MOST_TITLE] or draft.title,
        step=steps.get(draft.step if wanted is None else wanted, ""),
        kind=kind if kind in PARTS else draft.kind,
    )


def _steps(plan: Plan, change: Adjustment) -> tuple[tuple[Step, ...], dict[str, str]]:
    """The steps, and the id of each that is kept by the id it had."""
    kept = [step for step in plan.steps if step.id not in change.dropped]
    added = [(title.strip()[:MOST_TITLE], role.strip()[:200]) for title, role in change.added if title.strip()]
    ids = unique([*(step.id for step in kept), *(slug_of(title) or "step" for title, _ in added[:MOST_NEW_STEPS])])
    steps = [
        replace(
            step,
            title=change.step_titles.get(step.id, "").strip()[:MOST_TITLE] or step.title,
            role=change.roles.get(step.id, step.role).strip()[:200],
        )
        for step in kept
    ]
    steps += [Step(id=own, title=title, role=role) for own, (title, role) in zip(ids[len(kept) :], added, strict=False)]
    known = {step.id for step in steps}
    following = {step.id: after.id for step, after in pairwise(steps)}
    return tuple(_led(step, plan, known, following) for step in steps), {step.id: step.id for step in steps}


def _led(step: Step, plan: Plan, known: set[str], following: Mapping[str, str]) -> Step:
    """A decision whose way led to a step that is gone goes on to the next one that is there."""
    if not isinstance(step.then, Decision):
        return step
    order = [one.id for one in plan.steps]

    def there(target: str) -> str:
        if target == END or target in known:
            return target
        behind = order[order.index(target) :] if target in order else []
        return next((one for one in behind if one in known), END)

    ways = {there(one.goes.targets[0]) for one in step.then.outcomes}
    if len(ways) < 2 and ways <= {following.get(step.id, END)}:
        return replace(step, then=None)
    return replace(
        step,
        then=Decision(tuple(Outcome(one.when, Goes((there(one.goes.targets[0]),))) for one in step.then.outcomes)),
    )


# --- how a change is kept -------------------------------------------------------------------------


def mark_of(plan: Plan) -> str:
    """Changes with when the reading changes: a kept change is only good for the passages it was made for."""
    told = "\n".join((plan.slug, *plan.homes, *(step.id for step in plan.steps), *(one.slug for one in plan.drafts)))
    return sha256(told.encode()).hexdigest()[:16]


def change_to_plain(change: Adjustment) -> dict[str, Any]:
    """Values for JSON."""
    return {
        "without": sorted(change.without),
        "joined": dict(change.joined),
        "kinds": {part: kind.value for part, kind in change.kinds.items()},
        "titles": dict(change.titles),
        "at": dict(change.at),
        "step_titles": dict(change.step_titles),
        "roles": dict(change.roles),
        "dropped": sorted(change.dropped),
        "added": [list(one) for one in change.added],
        "moved": {str(at): home for at, home in change.moved.items()},
    }


def change_from_plain(plain: Mapping[str, Any]) -> Adjustment:
    """The change of `change_to_plain`."""
    kinds = {kind.value: kind for kind in PARTS}
    return Adjustment(
        frozenset(plain.get("without", ())),
        dict(plain.get("joined", {})),
        {part: kinds[kind] for part, kind in plain.get("kinds", {}).items() if kind in kinds},
        dict(plain.get("titles", {})),
        dict(plain.get("at", {})),
        dict(plain.get("step_titles", {})),
        dict(plain.get("roles", {})),
        frozenset(plain.get("dropped", ())),
        tuple((title, role) for title, role in plain.get("added", ())),
        {int(at): home for at, home in plain.get("moved", {}).items()},
    )


def moved(change: Adjustment, passages: Iterable[int], home: str) -> Adjustment:
    """The change with these passages at another home; `NEW` alone makes a part of them."""
    numbers = sorted(set(passages))
    if home == NEW and numbers:
        home = f"{NEW}{numbers[0]}"
    return replace(change, moved={**change.moved, **dict.fromkeys(numbers, home)})
