"""The pages of outcomes: per process what came out, and behind each number its rows and its formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from routebook.core.document import Kind, Process
from routebook.store.access import Actor
from routebook.store.queries import documents
from routebook.store.queries import outcomes as queries
from routebook.web.pages import now, page, show

SHOWN = (
    ("done", gettext_lazy("Runs done")),
    ("late", gettext_lazy("Late")),
    ("reviews", gettext_lazy("First reviews")),
    ("questions", gettext_lazy("Open questions")),
    ("waiting", gettext_lazy("Waiting now")),
)


@page("improve")
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every process with its figures."""
    found = queries.overview(actor, now=now())
    return show(request, "outcomes/index.html", {"processes": found, "days": queries.DAYS})


@page("improve")
def process(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """One process: its figures, and the rows behind the one that was chosen."""
    moment = now()
    found = queries.of_process(actor, slug, now=moment)
    wanted = request.GET.get("show", "")
    chosen = wanted if wanted in dict(SHOWN) else "done"
    view = documents.find(actor, Kind.PROCESS, slug)
    titles = {step.id: step.title for step in cast("Process", view.published or view.value).steps}
    rows: Mapping[str, Any] = {
        "runs": queries.runs_behind(actor, found.process, late=chosen == "late", now=moment)
        if chosen in ("done", "late")
        else (),
        "reviews": queries.reviews_behind(actor, found.process, moment) if chosen == "reviews" else (),
        "questions": queries.questions_behind(actor, found.process) if chosen == "questions" else (),
        "tasks": queries.waiting_behind(actor, found.process) if chosen == "waiting" else (),
    }
    context = {"found": found, "chosen": chosen, "tabs": _tabs(chosen), "titles": titles, "days": queries.DAYS, **rows}
    return show(request, "outcomes/process.html", context)


def _tabs(chosen: str) -> Sequence[tuple[str, Any, bool]]:
    return [(name, label, name == chosen) for name, label in SHOWN]


urlpatterns: list[URLPattern] = [
    path("outcomes/", index, name="outcomes"),
    path("outcomes/<slug:slug>/", process, name="process-outcomes"),
]
