"""The pages of a handbook: contents, one page per document, and everything on one page to print."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from routebook.core.document import AnyDocument, Kind, Process, Sop, kind_of
from routebook.formats.handbook.html import Html
from routebook.formats.handbook.order import Chapter, Place, by_place, chapters, neighbours
from routebook.formats.sheets.of_document import KINDS, Say, address_of, sheet_of
from routebook.formats.sheets.sheet import Sheet
from routebook.formats.sheets.tree import media_in

CONTENTS = "index.html"
ALL = "all.html"
STYLE = "style.css"


@dataclass(frozen=True, slots=True)
class Entry:
    """A published document; `state` says which text it is, such as «Version 3, published 8 Dec 2026»."""

    document: AnyDocument
    state: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose handbook it is; `printed` names the day that it was made."""

    organisation: str
    printed: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Handbook:
    """A library laid out for reading, before its pages are made: each drawing is made once, and it is the slow part."""

    chapters: tuple[Chapter, ...]
    sheets: Mapping[str, Sheet]
    states: Mapping[str, str]
    frame: Frame
    say: Say

    @property
    def media(self) -> tuple[str, ...]:
        """The paths, below the media folder, of all that the documents show and play, each once."""
        return tuple(dict.fromkeys(path for sheet in self.sheets.values() for path in media_in(sheet)))


def handbook_of(entries: Sequence[Entry], frame: Frame, say: Say = str) -> Handbook:
    """The documents in the reader's order, each as a sheet that knows its neighbours."""
    documents = [entry.document for entry in entries]
    order = chapters(documents)
    near = neighbours(documents)
    line = [place.document for chapter in order for place in chapter.places]
    sheets = {address_of(one): sheet_of(one, near[address_of(one)], say) for one in line}
    return Handbook(order, sheets, {address_of(entry.document): entry.state for entry in entries}, frame, say)


def pages_of(handbook: Handbook, media: Collection[str] = ()) -> dict[str, str]:
    """The handbook's pages by their path. `media` are the paths of what will lie in its ``media/``."""
    sheets, states, frame, say = handbook.sheets, handbook.states, handbook.frame, handbook.say
    pages = {CONTENTS: _contents(handbook.chapters, frame, say)}
    around = by_place(handbook.chapters)
    html = Html(lambda to: f"../{to}.html" if to in sheets else "", "../media/", media, say)
    for address, sheet in sheets.items():
        body = f"<article>{html.sheet(sheet, states[address])}</article>{_onward(*around[address], say)}"
        pages[f"{address}.html"] = _page(sheet.title, body, frame, "../", say)
    pages[ALL] = _everything(handbook, media)
    return pages


def _everything(handbook: Handbook, media: Collection[str]) -> str:
    sheets, states, frame, say = handbook.sheets, handbook.states, handbook.frame, handbook.say
    html = Html(lambda to: f"#{_anchor(to)}" if to in sheets else "", "media/", media, say, level=2)
    articles = (
        f'<article id="{_anchor(address)}">{html.sheet(sheet, states[address])}</article>'
        for address, sheet in sheets.items()
    )
    title = say("Everything on one page")
    return _page(title, f"<h1>{escape(title)}</h1>{''.join(articles)}", frame, "", say)


def _anchor(address: str) -> str:
    return escape(address.replace("/", "-"))


def _contents(order: Sequence[Chapter], frame: Frame, say: Say) -> str:
    count = sum(len(chapter.places) for chapter in order)
    title = f"{frame.organisation}: {say('Handbook')}" if frame.organisation else say("Handbook")
    about = ", ".join(part for part in (f"{count} {say('documents')}", frame.printed) if part)
    whole = f'<a href="{ALL}">{escape(say("Everything on one page"))}</a>, {escape(say("to print or to search in"))}'
    empty = f"<p>{escape(say('Nothing is published yet.'))}</p>"
    body = "".join(_chapter(chapter, say) for chapter in order) if order else empty
    head = f'<h1>{escape(title)}</h1><p class="soft">{escape(about)}</p>{f"<p>{whole}</p>" if order else ""}'
    return _page(say("Contents"), f'{head}<nav class="contents">{body}</nav>', frame, "", say)


def _chapter(chapter: Chapter, say: Say) -> str:
    places = chapter.places
    if chapter.heading:
        return f"<section><h2>{escape(say(chapter.heading))}</h2>{_lines(places, say)}</section>"
    first = places[0].document
    result = f'<p class="soft">{escape(_way(first))}</p>' if isinstance(first, Process) and _way(first) else ""
    return f"<section><h2>{_link(first, '')}</h2>{result}{_lines(places[1:], say)}</section>"


def _way(process: Process) -> str:
    """From what starts it to its result."""
    return " → ".join(part for part in (process.trigger, process.result) if part)


def _lines(places: Sequence[Place], say: Say) -> str:
    return f"<ul>{''.join(_place(place, say) for place in places)}</ul>" if places else ""


def _place(place: Place, say: Say) -> str:
    number = f'<span class="step">{place.step}</span> ' if place.step else ""
    one = place.document
    kind = (
        ""
        if kind_of(one) in (Kind.POLICY, Kind.GOAL)
        else f' <span class="soft">{escape(say(KINDS[kind_of(one)]))}</span>'
    )
    variation = f" ({escape(one.variation)})" if isinstance(one, Sop) and one.variation else ""
    return f'<li class="depth-{place.depth}">{number}{_link(one, "")}{variation}{kind}</li>'


def _link(document: AnyDocument, root: str) -> str:
    return f'<a href="{root}{escape(address_of(document))}.html">{escape(document.title or document.slug)}</a>'


def _onward(before: AnyDocument | None, after: AnyDocument | None, say: Say) -> str:
    back = f"<span>← {_link(before, '../')}</span>" if before else "<span></span>"
    on = f"<span>{_link(after, '../')} →</span>" if after else ""
    return f'<nav class="onward" aria-label="{escape(say("Reading on"))}">{back}{on}</nav>'


def _page(title: str, body: str, frame: Frame, root: str, say: Say) -> str:
    name = frame.organisation or say("Handbook")
    foot = " · ".join(part for part in (frame.organisation, frame.printed) if part)
    return f"""\
<!doctype html>
<html lang="{escape(frame.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)} · {escape(name)}</title>
<link rel="stylesheet" href="{root}{STYLE}">
</head>
<body>
<a class="skip" href="#main">{escape(say("Skip to the content"))}</a>
<header><a href="{root}{CONTENTS}">{escape(name)}</a> <span class="soft">{escape(say("Handbook"))}</span></header>
<main id="main">
{body}
</main>
<footer class="soft">{escape(foot)}</footer>
</body>
</html>
"""
