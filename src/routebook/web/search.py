"""Finding and doing: a page that lists what was found by kind, and the box that opens over any page.

Both answer the same question. The box shows the best few as one types; the page shows more, and needs no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.document import Kind
from routebook.core.run import RunStatus
from routebook.formats.findable import words_of
from routebook.formats.vocabulary import Vocabulary
from routebook.store.access import Actor, Verb
from routebook.store.queries import search as queries
from routebook.store.queries.search import Hit, Part, Tier
from routebook.store.search import DRAFT, HANDOFF, PERSON, QUESTION, ROLE, RUN
from routebook.web import handoff_words
from routebook.web.pages import page, show
from routebook.web.templatetags.documents import MANY, ONE, address_of

IN_THE_BOX = 10
ON_THE_PAGE = 60
MOST_DOINGS = 5
MOST_STARTS = 3

NAMES: dict[str, str | Promise] = {
    **ONE,
    RUN: gettext_lazy("Run"),
    QUESTION: gettext_lazy("Question"),
    HANDOFF: gettext_lazy("Hand-off"),
    ROLE: gettext_lazy("Role"),
    PERSON: gettext_lazy("Person"),
}
GROUPS: dict[str, str | Promise] = {
    **MANY,
    RUN: gettext_lazy("Runs"),
    QUESTION: gettext_lazy("Questions"),
    HANDOFF: gettext_lazy("Hand-offs"),
    ROLE: gettext_lazy("Roles"),
    PERSON: gettext_lazy("People"),
}
STATES: dict[str, str | Promise] = {
    DRAFT: gettext_lazy("draft"),
    "retired": gettext_lazy("retired"),
    "answered": gettext_lazy("answered"),
    RunStatus.RUNNING: gettext_lazy("on the road"),
    RunStatus.COMPLETED: gettext_lazy("arrived"),
    RunStatus.CANCELLED: gettext_lazy("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be chosen: what it is, where it leads, and where its text says what was looked for."""

    kind: str
    address: str
    parts: Sequence[Part]
    snippet: Sequence[Part] = ()
    state: str = ""
    about: Sequence[Part] = ()


@page()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything that was found, by kind; the kind of the best hit first."""
    text = asked(request)
    hits = queries.search(actor, text, limit=ON_THE_PAGE)
    groups: dict[str, list[Line]] = {}
    for hit in hits:
        groups.setdefault(hit.kind, []).append(line_of(actor, hit))
    context = {
        "text": text,
        "doings": doings(actor, text, hits) if text else (),
        "found_first": is_found_first(hits),
        "groups": [(kind, GROUPS[kind], lines) for kind, lines in groups.items()],
        "count": len(hits),
        "capped": len(hits) == ON_THE_PAGE,
    }
    return show(request, "search/index.html", context)


@page()
def box(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the box lists below the text typed so far."""
    text = asked(request)
    hits = queries.search(actor, text, limit=IN_THE_BOX)
    context = {
        "text": text,
        "doings": doings(actor, text, hits),
        "lines": [line_of(actor, hit) for hit in hits],
        "found_first": is_found_first(hits),
    }
    return render(request, "search/options.html", context)


def is_found_first(hits: Sequence[Hit]) -> bool:
    """Whether something is called what was typed; then it stands above what can be done."""
    return bool(hits) and hits[0].tier < Tier.TEXT


def asked(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").split())[:200]


# --- what was found -----------------------------------------------------------------------------


def line_of(actor: Actor, hit: Hit) -> Line:
    """A hit as it is shown to this person."""
    return Line(str(NAMES[hit.kind]), address(actor, hit), hit.parts, hit.snippet, state_of(hit), hit.about)


def state_of(hit: Hit) -> str:
    """The state in words; nothing for what is simply in use."""
    if hit.kind == HANDOFF:
        return handoff_words.level(hit.state) if hit.state in handoff_words.LEVELS else ""
    return str(STATES.get(hit.state, ""))


def address(actor: Actor, hit: Hit) -> str:
    """Where a hit leads. Only who manages people has a page for each person and role."""
    if hit.kind in list(Kind):
        return address_of(Kind(hit.kind), hit.place)
    if hit.kind in (RUN, QUESTION):
        number, _slash, task = hit.place.partition("/")
        return f"/runs/{number}/tasks/{task}/" if task else f"/runs/{number}/"
    if hit.kind == HANDOFF:
        return f"/handoffs/{hit.place}/"
    if not actor.may(Verb.MANAGE_PEOPLE):
        return "/people/"
    return f"/people/{hit.place}/" if hit.kind == PERSON else f"/roles/{hit.place}/"


# --- what can be done ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doing:
    """Something to do, or a place to go. `also` are other words for it; `verb` is what one must be allowed to."""

    label: str | Promise
    address: str
    verb: Verb | None = None
    also: str | Promise = ""


DOINGS = (
    Doing(gettext_lazy("Start a run"), "/runs/new/", Verb.START_RUN, gettext_lazy("begin process ticket")),
    Doing(gettext_lazy("See my tasks"), "/runs/?show=mine", Verb.SEE_RUNS, gettext_lazy("mine todo work today go")),
    Doing(gettext_lazy("New map"), "/processes/new/", Verb.DRAFT_PROCESS, gettext_lazy("process draw create steps")),
    Doing(
        gettext_lazy("New SOP"), "/sops/new/", Verb.DRAFT_DIRECTIONS, gettext_lazy("write document directions create")
    ),
    Doing(
        gettext_lazy("Hand a step off"), "/handoffs/new/", Verb.DELEGATE, gettext_lazy("delegate handoff give hand-off")
    ),
    Doing(gettext_lazy("See what is late"), "/runs/?show=late", Verb.SEE_RUNS, gettext_lazy("overdue due runs")),
    Doing(gettext_lazy("Answer questions"), "/runs/questions/", Verb.SEE_RUNS, gettext_lazy("asked help")),
    Doing(gettext_lazy("New policy"), "/policies/new/", Verb.DRAFT_PROCESS, gettext_lazy("rule write document create")),
    Doing(
        gettext_lazy("New procedure"), "/procedures/new/", Verb.DRAFT_DIRECTIONS, gettext_lazy("write document create")
    ),
    Doing(
        gettext_lazy("New work instruction"),
        "/work-instructions/new/",
        Verb.DRAFT_DIRECTIONS,
        gettext_lazy("write document create clicks"),
    ),
    Doing(gettext_lazy("New goal"), "/goals/new/", Verb.DRAFT_PROCESS, gettext_lazy("write create target")),
    Doing(
        gettext_lazy("Bring in a pile of documents"),
        "/pile/",
        Verb.DRAFT_DIRECTIONS,
        gettext_lazy("import upload zip Word drive sort split"),
    ),
    Doing(gettext_lazy("Which document do I need?"), "/which/", Verb.SEE_LIBRARY, gettext_lazy("help choose kind")),
    Doing(gettext_lazy("Add a person"), "/people/new/", Verb.MANAGE_PEOPLE, gettext_lazy("new invite member hire")),
    Doing(gettext_lazy("New role"), "/roles/new/", Verb.MANAGE_PEOPLE, gettext_lazy("add job create")),
    Doing(gettext_lazy("Go to Home"), "/", None, gettext_lazy("start first page")),
    Doing(gettext_lazy("Go to Map"), "/processes/", Verb.SEE_LIBRARY, gettext_lazy("processes maps list")),
    Doing(gettext_lazy("Go to Delegate"), "/delegations/", Verb.SEE_SCORES, gettext_lazy("matrix scores steps")),
    Doing(gettext_lazy("Go to On my plate"), "/plate/", Verb.DECIDE, gettext_lazy("list of what I do")),
    Doing(gettext_lazy("Go to Goals"), "/goals/", Verb.SEE_SCORES, gettext_lazy("in the way number")),
    Doing(gettext_lazy("Go to Plan"), "/plan/", Verb.SEE_SCORES, gettext_lazy("order now next 90 days later what if")),
    Doing(
        gettext_lazy("Go to Write"), "/documents/", Verb.SEE_LIBRARY, gettext_lazy("documents library sops policies")
    ),
    Doing(gettext_lazy("Go to Hand off"), "/handoffs/", None, gettext_lazy("handoffs hand-offs levels")),
    Doing(
        gettext_lazy("Go to Bounce-backs"),
        "/handoffs/came-back/",
        Verb.SEE_ALL_HANDOFFS,
        gettext_lazy("bounce returned stays gone taken over"),
    ),
    Doing(
        gettext_lazy("Go to Who can do what"),
        "/people/abilities/",
        Verb.SEE_ALL_HANDOFFS,
        gettext_lazy("coverage only one person skills backup"),
    ),
    Doing(gettext_lazy("Go to Run"), "/runs/", Verb.SEE_RUNS, gettext_lazy("runs board road")),
    Doing(gettext_lazy("Go to Improve"), "/outcomes/", Verb.SEE_OUTCOMES, gettext_lazy("outcomes figures report")),
    Doing(gettext_lazy("Go to People and roles"), "/people/", Verb.SEE_PEOPLE, gettext_lazy("team members who")),
    Doing(
        gettext_lazy("Go to Organisation"), "/organisation/", Verb.MANAGE_ORGANISATION, gettext_lazy("settings name")
    ),
)


def doings(actor: Actor, text: str, hits: Sequence[Hit]) -> Sequence[Line]:
    """What can be done that is called so, by what the actor may do. Without a text the first few."""
    allowed = [one for one in DOINGS if one.verb is None or actor.may(one.verb)]
    if not text:
        return [_line(str(one.label), one.address) for one in allowed[:MOST_DOINGS]]
    return [*_starts(actor, text, hits), *_named(allowed, text)][:MOST_DOINGS]


def _line(label: str, address: str, beginnings: tuple[str, ...] = ()) -> Line:
    return Line("", address, queries.marked(label, beginnings) if beginnings else (Part(label),))


def _starts(actor: Actor, text: str, hits: Sequence[Hit]) -> Iterator[Line]:
    """«start refund» offers to start a run of every process that is called so; a process that was found, too."""
    if not actor.may(Verb.START_RUN):
        return
    verb, _space, rest = text.partition(" ")
    word = _("start").casefold()
    begins = len(verb) > 2 and word.startswith(verb.casefold())
    found = queries.search(actor, rest, limit=MOST_STARTS, kinds=(Kind.PROCESS,)) if begins and rest.strip() else hits
    named = [hit for hit in found[:MOST_STARTS] if hit.kind == Kind.PROCESS and not hit.state and hit.tier < Tier.TEXT]
    beginnings = tuple(words_of(rest if begins else text))
    for hit in named:
        label = _("Start “%(process)s”") % {"process": hit.title}
        yield _line(label, f"/runs/new/?process={hit.place}", beginnings)


def _named(allowed: Sequence[Doing], text: str) -> Iterator[Line]:
    """The doings with all the words of the text in their name, or in other words for it; slips are forgiven."""
    words = queries.wanted_of(text).words
    labels = [(one, words_of(str(one.label)), words_of(str(one.also))) for one in allowed]
    vocabulary = Vocabulary(word for _one, label, also in labels for word in (*label, *also))
    meant = {word: (word, *(() if vocabulary.knows(word) else vocabulary.near(word))) for word in words}
    beginnings = tuple(one for each in meant.values() for one in each)
    found = []
    for place, (one, label, also) in enumerate(labels):
        if words and all(any(known.startswith(meant[word]) for known in (*label, *also)) for word in words):
            in_name = sum(any(known.startswith(meant[word]) for known in label) for word in words)
            found.append((-in_name, place, one))
    for _in_name, _place, one in sorted(found, key=lambda each: each[:2]):
        yield _line(str(one.label), one.address, beginnings)


urlpatterns: list[URLPattern] = [
    path("search/", index, name="search"),
    path("search/box/", box, name="search-box"),
]
