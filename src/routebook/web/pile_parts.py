"""A mixed document beside its parts: what the page shows of it, and what its form says.

The form always carries the whole state, so that it works without any script: each button sends everything that was
typed, and says what else is to be done (move the ticked passages, take a joined part out again, start over).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.document import Kind, Step, kind_of
from routebook.formats.pile import (
    LEFT_OVER,
    MAP,
    NEW,
    PARTS,
    Adjustment,
    Block,
    Draft,
    Part,
    PileDocument,
    Plan,
    built,
    moved,
    plan_adjusted,
    sentences_of,
)

MOST_SHOWN = 3_000
"""Passages of an original that a page shows; the rest is in the file."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage of the original. `part` is the number of its part, 0 for the map, None for left over."""

    number: int
    kind: str
    level: int
    sentences: tuple[str, ...]
    picture: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    part: int | None = 0
    home: str = ""


@dataclass(frozen=True, slots=True)
class PartForm:
    """A part in its form. `value` is None where the person doesn't want it, so that nothing is made of it."""

    number: int
    slug: str
    title: str
    value: Part | None
    kind: Kind | None
    said: str
    step: str
    passages: int
    first: int | None
    joined: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step in its form, as it would be made."""

    step: Step
    out: bool


def shown(document: PileDocument) -> list[Shown]:
    """The original without parts."""
    return [_shown(at, block) for at, block in enumerate(document.passages[:MOST_SHOWN])]


def _shown(at: int, block: Block, part: int | None = 0, home: str = "") -> Shown:
    picture = block.kind.value == "picture"
    rows = tuple(tuple(cell for cell in row if cell) for row in block.rows)
    return Shown(at, block.kind.value, block.level, sentences_of(block), picture, rows, part, home)


def split_context(document: PileDocument, plan: Plan, change: Adjustment) -> dict[str, Any]:
    """Everything that the page of a mixed document shows."""
    wanted = plan_adjusted(document, plan, change)
    proposal = built(document, wanted)
    made = {part.slug: part for part in proposal.documents}
    drafts = [one for one in wanted.drafts if one.slug in made or one.slug in change.without]
    numbers = {draft.slug: at for at, draft in enumerate(drafts, start=1)}
    titles = {draft.slug: draft.title for draft in wanted.drafts}
    parts = [_part_form(draft, numbers, made, wanted, change, titles) for draft in drafts]
    kept = {step.id: step for step in wanted.steps}
    homes = list(enumerate(wanted.homes))
    return {
        "proposal": proposal,
        "pieces": parts,
        "targets": [one for one in parts if one.value is not None],
        "steps": [StepForm(kept.get(step.id, step), step.id in change.dropped) for step in plan.steps],
        "kept_steps": wanted.steps,
        "added": [*change.added, ("", "")],
        "part_kinds": [Kind(kind.value) for kind in PARTS],
        "changed": change != Adjustment(),
        "left": proposal.left_over,
        "moves": sorted((at, home or LEFT_OUT) for at, home in change.moved.items()),
        "move_word": _("Move"),
        "keep_word": _("Keep for later"),
        "over_word": _("Start over"),
        "map_place": MAP,
        "new_place": NEW,
        "out_place": LEFT_OUT,
        "shown": [
            _shown(at, document.passages[at], None if home == LEFT_OVER else numbers.get(home, 0), home)
            for at, home in homes[:MOST_SHOWN]
        ],
        "sentences": len(proposal.places),
        "unplaced": sum(1 for place in proposal.places if place.part == LEFT_OVER),
    }


def _part_form(
    draft: Draft,
    numbers: Mapping[str, int],
    made: Mapping[str, Part],
    plan: Plan,
    change: Adjustment,
    titles: Mapping[str, str],
) -> PartForm:
    value = made.get(draft.slug)
    own = [at for at, home in enumerate(plan.homes) if home == draft.slug]
    joined = tuple((part, titles.get(part, part)) for part, to in plan.joined.items() if to == draft.slug)
    said = change.kinds.get(draft.slug)
    return PartForm(
        numbers[draft.slug],
        draft.slug,
        draft.title,
        value,
        kind_of(value) if value else None,
        said.value if said else "",
        draft.step,
        len(own),
        own[0] if own else draft.heading,
        joined,
    )


# --- the form -------------------------------------------------------------------------------------

LEFT_OUT = ".left"
"""In the form: the left-over list, whose own name is empty."""
_FIELD = re.compile(r"(?P<what>title|at|kind|join|steptitle|role|home)-(?P<of>.{1,80})")
_MOST_ADDED = 40


def posted_change(posted: QueryDict, plan: Plan) -> Adjustment:
    """What the form says, with what its button does."""
    if posted.get("do") == "over":
        return Adjustment()
    told = _told(posted)
    kinds = {kind.value: kind for kind in PARTS}
    steps = {step.id for step in plan.steps}
    change = Adjustment(
        without=frozenset(name[5:] for name in posted if name.startswith("part-") and f"make-{name[5:]}" not in posted),
        joined=_joined(told["join"], posted.get("do", "")),
        kinds={part: kinds[kind] for part, kind in told["kind"].items() if kind in kinds},
        titles=told["title"],
        at=told["at"],
        step_titles=told["steptitle"],
        roles=told["role"],
        dropped=frozenset(name[5:] for name in posted if name.startswith("drop-")) & steps,
        added=_added(posted.getlist("newstep"), posted.getlist("newrole")),
        moved={int(at): "" if home == LEFT_OUT else home for at, home in told["home"].items() if _is_number(at)},
    )
    ticked = [int(at) for at in posted.getlist("p") if _is_number(at)]
    to = posted.get("to", "")
    if posted.get("do") == "move" and ticked and to:
        change = moved(change, ticked, LEFT_OVER if to == LEFT_OUT else to)
    return _tidy(change, plan)


def _told(posted: QueryDict) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {
        what: {} for what in ("title", "at", "kind", "join", "steptitle", "role", "home")
    }
    for name in posted:
        found = _FIELD.fullmatch(name)
        if found:
            told[found["what"]][found["of"]] = posted.get(name, "")
    return told


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6


def _joined(told: Mapping[str, str], does: str) -> dict[str, str]:
    apart = does.removeprefix("apart:") if does.startswith("apart:") else None
    return {part: to for part, to in told.items() if to and to != part and part != apart}


def _added(titles: Sequence[str], roles: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = zip(titles, roles, strict=False)
    return tuple((title.strip(), role.strip()) for title, role in pairs if title.strip())[:_MOST_ADDED]


def _tidy(change: Adjustment, plan: Plan) -> Adjustment:
    """The change without what only repeats the proposal: a title that follows the document later goes on doing so."""
    titles = {MAP: plan.title, **{draft.slug: draft.title for draft in plan.drafts}}
    at = {draft.slug: draft.step for draft in plan.drafts}
    steps = {step.id: step for step in plan.steps}
    return replace(
        change,
        titles={of: title for of, title in change.titles.items() if title.strip() and title != titles.get(of)},
        at={of: step for of, step in change.at.items() if step != at.get(of, "")},
        step_titles={of: told for of, told in change.step_titles.items() if of in steps and told != steps[of].title},
        roles={of: told for of, told in change.roles.items() if of in steps and told != steps[of].role},
        moved={at: home for at, home in change.moved.items() if at < len(plan.homes)},
    )


def what_was_done(posted: QueryDict) -> str:
    """The sentence for the next page."""
    does, ticked = posted.get("do", ""), {at for at in posted.getlist("p") if _is_number(at)}
    if does == "over":
        return _("It is as it was proposed again.")
    if does.startswith("apart:"):
        return _("It is a document of its own again.")
    if does == "move" and not (ticked and posted.get("to")):
        return _("Tick passages first, and choose where they go.")
    if does == "move":
        sentence = ngettext("%(n)d passage was moved.", "%(n)d passages were moved.", len(ticked))
        return sentence % {"n": len(ticked)}
    return _("Kept. You can go on another day.")
