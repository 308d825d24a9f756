"""The steps of all maps on one matrix: moved by hand, filtered, printed, and told as a table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from routebook.core.delegation import quadrant_of
from routebook.core.events import Refusal
from routebook.formats.matrix import Dot, draw_matrix
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions import delegations as actions
from routebook.store.queries import delegations as queries
from routebook.store.queries import goals as goals_queries
from routebook.store.queries.delegations import Filter, StepOfAll
from routebook.web import scoring
from routebook.web.pages import both, now, show
from routebook.web.scoring import QUADRANTS, tenths

PAGE = "/delegations/"


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the table tells it."""

    one: StepOfAll
    quadrant: str
    hours: str
    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its name in the address, its label, what can be chosen, and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@both("delegate")
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """All maps: what is still to be decided, and the hours in it. POST moves one dot."""
    if request.method == "POST":
        _place(actor, request.POST)
    context = context_of(actor, filter_of(request.GET))
    if request.method == "POST":
        return show(request, "delegations/steps.html", context)
    return show(request, "delegations/index.html", context)


def _place(actor: Actor, posted: Mapping[str, str]) -> None:
    try:
        value, energy = int(posted.get("value", "")), int(posted.get("energy", ""))
    except ValueError as error:
        raise Refused(Refusal("out_of_range", _("This is no place on the matrix."))) from error
    actions.place(actor, posted.get("step", ""), value, energy, now=now())


def filter_of(asked: Mapping[str, str]) -> Filter:
    """What the address asks for."""
    person = asked.get("person", "")
    return Filter(
        process=asked.get("process", ""),
        role=asked.get("role", ""),
        person=int(person[:18]) if person.isdecimal() else 0,
        goal=asked.get("goal", ""),
    )


def context_of(actor: Actor, wanted: Filter) -> dict[str, Any]:
    """What the page shows of the steps that are wanted."""
    require(actor, Verb.SEE_SCORES)
    steps = queries.every_step(actor)
    found = goals_queries.goals_of(actor, steps)
    shown = [one for one in steps if wanted.wants(one)]
    return {
        "steps": steps,
        "rows": [_row(one) for one in shown],
        "svg": picture(shown),
        "goals": found.goals,
        "cards": [(card, tenths(card.possible.value)) for card in queries.cards_of(steps)],
        "choices": _choices(steps, [(one.view.row.slug, one.goal.title) for one in found.goals], wanted),
        "filtered": not wanted.is_empty,
        "places": f"{PAGE}?{urlencode(_asked(wanted))}",
        "quadrants": scoring.quadrants_explained(),
    }


def _asked(wanted: Filter) -> dict[str, str]:
    typed = {"process": wanted.process, "role": wanted.role, "person": wanted.person or "", "goal": wanted.goal}
    return {name: str(text) for name, text in typed.items() if text}


def _choices(steps: Iterable[StepOfAll], goals: Sequence[tuple[str, str]], wanted: Filter) -> list[Choice]:
    processes = {one.process.slug: one.process.title for one in steps}
    roles = {one.step.role: one.step.role for one in steps if one.step.role}
    people = {str(person): name for one in steps for person, name in one.people}
    choices = [
        Choice("process", _("Process"), _sorted(processes), wanted.process),
        Choice("role", _("Role"), _sorted(roles), wanted.role),
        Choice("person", _("Person"), _sorted(people), str(wanted.person)),
        Choice("goal", _("Goal"), goals, wanted.goal),
    ]
    return [choice for choice in choices if choice.options]


def _sorted(options: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(options.items(), key=lambda option: option[1].casefold())


def _row(one: StepOfAll) -> Row:
    return Row(
        one=one,
        quadrant=str(QUADRANTS[quadrant_of(one.score)]) if one.score else "",
        hours=tenths(one.hours.value) if one.hours and one.hours.value else "",
        address=_alone(one),
    )


def _alone(one: StepOfAll) -> str:
    return f"{PAGE}{one.process.slug}/steps/{one.step.id}/"


def picture(steps: Sequence[StepOfAll]) -> SafeString:
    """The matrix; each dot leads to its step."""
    words = scoring.matrix_words(
        _("The steps of all maps by value and energy; the table below says the same"),
        _("Not placed yet: drag onto the matrix, or open the step"),
    )
    # formats.matrix escapes every text that enters the picture.
    return mark_safe(draw_matrix([_dot(one) for one in steps], words))


def _dot(one: StepOfAll) -> Dot:
    score = one.score
    return Dot(
        id=one.reference,
        number=one.number,
        title=one.step.title,
        says=scoring.says(one.number, one.step.title, score),
        href=_alone(one),
        value=score.value if score else None,
        energy=score.energy if score else None,
        hours=float(one.hours.value) if one.hours else 0.0,
        handling=one.step.handling,
        costly=bool(score and score.costly_if_wrong),
        judgement=bool(score and score.needs_my_judgement),
    )
