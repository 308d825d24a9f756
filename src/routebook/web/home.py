"""The first page: what waits for me; for owners and managers also what could leave, what runs, what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.delegation import LedgerPage
from routebook.core.document import Handling
from routebook.core.handoff import CLEAN_IN_A_ROW, Level
from routebook.formats.matrix import Dot, draw_matrix
from routebook.store.access import Actor, Verb
from routebook.store.queries import board, inbox, readings, runs
from routebook.store.queries import home as queries
from routebook.store.queries.handoffs import HandoffView
from routebook.store.queries.home import OnPlate
from routebook.web import upkeep
from routebook.web.pages import now, page, show
from routebook.web.scoring import matrix_words, tenths

MOST_DECISIONS = 5
MOST_LEAVING = 5
MOST_HANDED_OFF = 6
MOST_TO_READ = 3
NOON, EVENING, NIGHT = 12, 18, 4


@page()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Home, by what somebody may do."""
    moment = now()
    local = moment.astimezone(ZoneInfo(actor.time_zone))
    greeting = {"greeting": greet(actor.name, local.hour), "today": local.date()}
    if not actor.may(Verb.SEE_RUNS):
        return show(request, "home/guest.html", {**greeting, "tasks": runs.tasks_of(actor)})
    if not actor.may(Verb.DECIDE):
        return show(request, "home/worker.html", {**greeting, **_worker(actor, moment)})
    if not queries.has_processes(actor):
        return show(request, "home/start.html", greeting)
    return show(request, "home/owner.html", {**greeting, **_owner(actor, moment)})


def greet(name: str, hour: int) -> str:
    """A greeting by the time of day, with the first name."""
    first = name.split()[0] if name.split() else name
    if NIGHT <= hour < NOON:
        return _("Good morning, %(name)s") % {"name": first}
    if NOON <= hour < EVENING:
        return _("Good afternoon, %(name)s") % {"name": first}
    return _("Good evening, %(name)s") % {"name": first}


# --- owners and managers ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that waits for the reader: what it is, what it is about, where it is decided, and by which word."""

    title: str
    about: str
    address: str
    word: str
    since: dt.datetime
    late: bool = False


def _owner(actor: Actor, moment: dt.datetime) -> dict[str, object]:
    standing = queries.handed_off(actor)
    decisions = decisions_of(actor, standing, moment)
    plate = queries.plate(actor, standing)
    leaving = plate.leaving[:MOST_LEAVING]
    numbered = enumerate([*leaving, *plate.staying], start=1)
    open_ones = [(number, one) for number, one in numbered if one.step.handling is Handling.UNDECIDED]
    return {
        **_to_read(actor),
        "decisions": decisions[:MOST_DECISIONS],
        "more": max(0, len(decisions) - MOST_DECISIONS),
        "plate": plate,
        "leaving": [(one, tenths(one.hours)) for one in leaving],
        "hours": tenths(plate.hours),
        "matrix": picture(open_ones) if open_ones else "",
        "staying": [(number, one.step.title) for number, one in open_ones if number > len(leaving)],
        "came_back": _ledger(queries.came_back(actor, now=moment)),
        "can_run": queries.has_published_map(actor),
        "roads": queries.roads(actor, now=moment),
        "waits": queries.waits(actor),
        "handed_off": [(view, level_words(view)) for view in standing[:MOST_HANDED_OFF]],
        "more_handed_off": max(0, len(standing) - MOST_HANDED_OFF),
    }


def decisions_of(actor: Actor, standing: Sequence[HandoffView], moment: dt.datetime) -> list[Decision]:
    """What waits for the actor: own tasks and reviews, hand-offs, questions; the late first, then the longest wait."""
    found = [_of_task(card) for card in board.cards(actor, board.Show.MINE, now=moment) if not card.task.blocked_on]
    found += [_of_handoff(view) for view in standing if view.waits_on == actor.id]
    found += [_of_question(question) for question in board.open_questions(actor)[0]]
    found += [*of_documents(actor, moment), *_of_mail(actor)]
    return sorted(found, key=lambda one: (not one.late, one.since))


def of_documents(actor: Actor, moment: dt.datetime) -> list[Decision]:
    """Approvals, suggestions and reviews of documents that wait for the actor."""
    return [Decision(*one) for one in upkeep.waiting(actor, moment)]


def _of_mail(actor: Actor) -> list[Decision]:
    """Mails that could not be sent, for whoever can do something about it."""
    n, since = inbox.troubles(actor)
    if since is None:
        return []
    title = ngettext("%(n)d mail could not be sent", "%(n)d mails could not be sent", n) % {"n": n}
    return [Decision(title, _("the reasons stand there"), "/organisation/mail/", _("Look"), since)]


def _to_read(actor: Actor) -> dict[str, object]:
    """What the reader must read, the first few."""
    shown, total = readings.to_read(actor, MOST_TO_READ)
    return {"to_read": shown, "more_to_read": total - len(shown)}


def _of_task(card: board.Card) -> Decision:
    run = f"#{card.run.number} {card.run.name}".strip()
    address = f"/runs/{card.run.number}/tasks/{card.task.number}/"
    if card.task.review_of:
        title = _("Is “%(step)s” well done?") % {"step": card.step.title}
        return Decision(title, run, address, _("Look"), card.task.opened_at, card.late)
    return Decision(card.step.title, run, address, _("Open"), card.task.opened_at, card.late)


def _of_handoff(view: HandoffView) -> Decision:
    state, name = view.state, view.row.receiver.name.split()[0]
    address = f"/handoffs/{view.row.pk}/"
    step = {"step": view.title, "name": name}
    if any(not question.answer for question in state.questions):
        title, about = _("%(name)s asks about “%(step)s”") % step, _("hand-off")
    elif state.level is Level.ACCEPTED:
        title, about = _("“%(step)s” is understood?") % step, _("%(name)s restated the outcome") % step
    elif state.proposal is not Level.NONE:
        about = _("%(name)s has %(n)d clean results in a row") % {"name": name, "n": state.clean}
        title = _("“%(step)s”: on to %(level)s?") % {"step": view.title, "level": level_name(state.proposal)}
    else:
        title, about = _("Take on “%(step)s”?") % step, _("from %(name)s") % {"name": view.row.delegator.name}
    return Decision(title, about, address, _("Read"), view.row.updated_at)


def _of_question(question: board.OpenQuestion) -> Decision:
    row = question.row
    name = row.asked_by.name.split()[0] if row.asked_by else ""
    about = _("%(name)s asks, #%(number)d %(step)s") % {
        "name": name,
        "number": row.run.number,
        "step": question.step.title,
    }
    text = row.text if len(row.text) <= 90 else row.text[:88].rsplit(" ", 1)[0] + " …"
    return Decision(f"“{text}”", about, f"/runs/{row.run.number}/tasks/{row.task}/", _("Answer"), row.asked_at)


def level_name(level: Level) -> str:
    """A level of a hand-off as people read it."""
    return {
        Level.PREPARED: _("prepared"),
        Level.ACCEPTED: _("accepted"),
        Level.PRACTICE: _("practice"),
        Level.SUPERVISED: _("supervised"),
        Level.OWNED: _("owned"),
        Level.RETURNED: _("returned"),
    }.get(level, "")


def level_words(view: HandoffView) -> str:
    """How far a hand-off has come: «supervised, 2 of 3 clean»."""
    name = level_name(view.state.level)
    if view.state.level not in (Level.PRACTICE, Level.SUPERVISED) or view.state.proposal is not Level.NONE:
        return name
    clean = {"level": name, "n": view.state.clean, "of": CLEAN_IN_A_ROW}
    return _("%(level)s, %(n)d of %(of)d clean") % clean


def _ledger(ledger: LedgerPage | None) -> dict[str, object] | None:
    """The hours that came back, and the formula of every step in words."""
    if ledger is None:
        return None
    return {
        "hours": tenths(ledger.total.hours.value),
        "days": queries.DAYS_BACK,
    }


def picture(steps: Sequence[tuple[int, OnPlate]]) -> SafeString:
    """The steps on the matrix by their numbers in the list; each leads to its scores."""
    words = matrix_words(_("Your steps by value and energy; the lists around say the same"))
    # formats.matrix escapes every text that enters the picture.
    return mark_safe(draw_matrix([_dot(number, one) for number, one in steps], words))


def _dot(number: int, one: OnPlate) -> Dot:
    return Dot(
        id=f"{one.process.slug}-{one.step.id}",
        number=number,
        title=one.step.title,
        says=_("%(n)d. %(title)s, %(hours)s hours a month")
        % {"n": number, "title": one.step.title, "hours": tenths(one.hours)},
        href=f"/delegations/{one.process.slug}/#score-{one.step.id}",
        value=one.score.value,
        energy=one.score.energy,
        hours=float(one.hours),
        handling=one.step.handling,
        costly=one.score.costly,
        judgement=one.score.judgement,
    )


# --- who does the work --------------------------------------------------------------------------


def _worker(actor: Actor, moment: dt.datetime) -> dict[str, object]:
    cards = board.cards(actor, board.Show.MINE, now=moment)
    standing = queries.handed_off(actor)
    return {
        "day": queries.day(actor, cards, now=moment),
        "any": bool(cards),
        "handed": [(view, level_words(view)) for view in standing if view.row.receiver_id == actor.member],
        "asked": queries.asked(actor, now=moment),
        "to_answer": board.open_questions(actor)[0],
        "documents": of_documents(actor, moment)[:MOST_DECISIONS],
        **_to_read(actor),
    }


urlpatterns: list[URLPattern] = [path("", index, name="home")]
