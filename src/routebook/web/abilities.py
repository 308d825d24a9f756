"""Who can do what: the delegated steps, who does each at which level, and those that only one person can do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from routebook.core.handoff.cover import Cover
from routebook.store.access import Actor
from routebook.store.queries import abilities
from routebook.web.pages import page, show


@page("handoff")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The steps that hang on one person first, then all steps, map by map."""
    found = abilities.abilities(actor)
    context = {
        "steps": found,
        "one": [one for one in found if one.cover is Cover.ONE],
        "nobody": [one for one in found if one.cover is Cover.NOBODY],
    }
    return show(request, "people/abilities.html", context)
