"""What every page shares: who is asking, the frame around it, and how a refusal is shown.

    @page("run")                        the word of the navigation that is current
    def board(request, actor): …       `request`, the actor, and what the address holds
        return show(request, "run/board.html", {…})

An action's `Refused` that a view does not show beside its form becomes a page of its own (or, for htmx, a
notice on the page that asked); `NotFound` is the same 404 as for an address that never existed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from routebook.core.document import Kind
from routebook.core.events import Refusal
from routebook.store.access import Actor, NotFound, Refused, Verb, actor_for
from routebook.store.queries.inbox import unread
from routebook.store.queries.organisations import name_of

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]

FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six words: the word itself, its label, its first page, and what it takes to see that."""

    word: str
    label: str | Promise
    address: str
    verb: Verb


PARTS = (
    Part("map", gettext_lazy("Map"), "/processes/", Verb.SEE_LIBRARY),
    Part("delegate", gettext_lazy("Delegate"), "/delegations/", Verb.SEE_SCORES),
    Part("write", gettext_lazy("Write"), "/documents/", Verb.SEE_LIBRARY),
    Part("handoff", gettext_lazy("Hand off"), "/handoffs/", Verb.SEE_RUNS),
    Part("run", gettext_lazy("Run"), "/runs/", Verb.SEE_RUNS),
    Part("improve", gettext_lazy("Improve"), "/outcomes/", Verb.SEE_OUTCOMES),
)


def page(
    here: str = "", *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]], View]:
    """A page for members: signed in, in an organisation. `methods` are those that it answers."""

    def wrap(view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]) -> View:
        @wraps(view)
        def respond(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                return not_allowed(request, methods)
            actor = actor_of_request(request)
            if actor is None:
                if request.user.is_authenticated:
                    return render(request, "shell/no_organisation.html", status=403)
                return redirect_to_login(request.get_full_path())
            # What is done with any document, such as its versions, is part of the map for a process.
            request.here = "map" if kwargs.get("kind") is Kind.PROCESS else here  # type: ignore[attr-defined]
            request.actor = actor  # type: ignore[attr-defined]
            try:
                return view(request, actor, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except Refused as refused:
                return show_refusal(request, refused.refusal)

        return respond

    return wrap


def post(here: str = "") -> Callable[[Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]], View]:
    """An address that only takes POST."""
    return page(here, methods=("POST",))


def both(here: str = "") -> Callable[[Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]], View]:
    """A page with a form that posts to itself."""
    return page(here, methods=("GET", "HEAD", "POST"))


def actor_of_request(request: HttpRequest) -> Actor | None:
    """The member behind the request: in the organisation that the session chose, else in their first."""
    if not request.user.is_authenticated:
        return None
    return actor_for(request.user.pk, request.session.get("org"))


def not_allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    response = render(request, "shell/not_allowed.html", status=405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A template within the frame."""
    return render(request, template, {**frame(request), **(context or {})}, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs: the actor, the navigation, what may be shown in the menu, and now."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"parts": (), "here": "", "actor": None}
    return {
        "parts": [part for part in PARTS if actor.may(part.verb)],
        "here": getattr(request, "here", ""),
        "actor": actor,
        "organisation": name_of(actor),
        "may": {verb.name.lower(): actor.may(verb) for verb in Verb},
        "now": timezone.now(),
        # Called where it is shown, so that a part of a page doesn't ask for it.
        "unread": lambda: unread(actor),
    }


def show_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal nobody placed beside a field: as a notice for htmx, else as a page with a way back."""
    status = 403 if refusal.code == FORBIDDEN else 409
    if request.headers.get("HX-Request"):
        response = render(request, "shell/refusal_notice.html", {"refusal": refusal}, status=status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    back = request.headers.get("Referer", "/")
    if not back.startswith(request.build_absolute_uri("/")):
        back = "/"
    return show(request, "shell/refusal.html", {"refusal": refusal, "back": back}, status=status)


def tell(request: HttpRequest, sentence: str) -> None:
    """A notice for the next page: what was done."""
    messages.success(request, sentence)


def complain(request: HttpRequest, sentence: str) -> None:
    """A notice for the next page: what could not be done."""
    messages.error(request, sentence, extra_tags="wrong")


def now() -> dt.datetime:
    """The clock, read once per action at the door."""
    return timezone.now()


def command_id(request: HttpRequest) -> str:
    """The id that the form was given when it was shown, so that sending it twice does it once."""
    return request.POST.get("command", "")[:80] or uuid.uuid4().hex


def fresh_id() -> str:
    """A new id for a command or a run."""
    return uuid.uuid4().hex
