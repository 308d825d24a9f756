"""The first days of whoever takes steps on: what to read, which ways in to try, what to practise, who helps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from routebook.core.calendar import Calendar
from routebook.core.handoff import CLEAN_IN_A_ROW, Level
from routebook.store.access import Actor
from routebook.store.queries import calendars, training
from routebook.store.queries.training import Helper
from routebook.web.calendar_words import now_words
from routebook.web.pages import now, page, show


@page("handoff")
def index(request: HttpRequest, actor: Actor, member: int) -> HttpResponse:
    """One page that makes the first day good."""
    found = training.training(actor, member)
    clocks = calendars.calendars(actor, now=now())
    context = {
        "found": found,
        "person": found.person,
        "own": found.person.row.pk == actor.member,
        "take_on": found.at(Level.PREPARED),
        "waiting": found.at(Level.ACCEPTED),
        "practise": found.at(Level.PRACTICE),
        "known": found.at(Level.SUPERVISED, Level.OWNED),
        "helpers": [(helper, _clock(helper, clocks.get(helper.person.row.pk))) for helper in found.helpers],
        "all_clean": CLEAN_IN_A_ROW,
    }
    return show(request, "people/training.html", context)


def _clock(helper: Helper, calendar: Calendar | None) -> str:
    return now_words(calendar, now()) if calendar else ""


urlpatterns: list[URLPattern] = [path("people/<int:member>/training/", index, name="training")]
