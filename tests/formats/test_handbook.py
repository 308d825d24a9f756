"""The handbook: the reader's order, links that lead somewhere, and nothing that somebody wrote as HTML."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

from hypothesis import given, settings

from routebook.core.document import (
    ChecklistItem,
    Goal,
    Picture,
    Policy,
    Procedure,
    Process,
    Question,
    Sop,
    Step,
    WorkInstruction,
)
from routebook.formats.handbook import Entry, Frame, handbook_of, pages_of
from routebook.formats.handbook.order import chapters
from routebook.formats.library import read_library
from tests.formats import strategies

SAMPLE = Path(__file__).parents[2] / "sample"
FRAME = Frame("Clear Harbour", "made 23 Nov 2026")
VOID = {"meta", "link", "br", "hr", "img", "rect", "circle", "path"}


class Page(HTMLParser):
    """What a page links to and shows, what it is called, and whether its elements close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.names: set[str] = set()
        self.headings: list[int] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src") and value:
                self.targets.append(value)
            if name == "id" and value:
                self.ids.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def sample() -> tuple[list[Entry], set[str]]:
    files = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()}
    folder = read_library(files)
    assert hasattr(folder, "library")
    return [Entry(one, "Version 1") for one in folder.library.documents], set(folder.media)


def assert_sound(pages: dict[str, str], media: set[str]) -> None:
    """Every page is well formed, and every link and picture inside the handbook is there."""
    read = {path: Page(text) for path, text in pages.items()}
    there = {*pages, "style.css", *(f"media/{path}" for path in media)}
    for path, page in read.items():
        assert len(page.ids) == len(set(page.ids))
        assert page.headings[0] == 1
        assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))
        assert page.names.isdisjoint({"script", "iframe", "object", "embed", "form", "base"})
        for target in page.targets:
            if target.startswith(("http://", "https://", "mailto:", "tel:")):
                continue
            address, anchor = urldefrag(target)
            lands = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address))) if address else path
            assert lands in there, (path, target)
            assert not anchor or anchor in read[lands].ids, (path, target)


def test_the_sample_is_a_sound_handbook() -> None:
    entries, media = sample()
    pages = pages_of(handbook_of(entries, FRAME), media)
    assert_sound(pages, media)
    assert len(pages) == len(entries) + 2  # the contents, and all on one page
    assert handbook_of(entries, FRAME).media == ("stripe-refund.png",)
    assert '<img src="../media/stripe-refund.png"' in pages["sops/issue-a-refund-in-stripe.html"]
    assert "Version 1" in pages["policies/reply-in-a-day.html"]


def test_without_media_pictures_are_named_and_nothing_is_broken() -> None:
    pages = pages_of(handbook_of(sample()[0], FRAME))
    assert_sound(pages, set())
    assert "[picture: " in pages["sops/issue-a-refund-in-stripe.html"]


def test_readers_find_directions_in_place_and_each_document_once() -> None:
    step, other = Step(id="a", title="First"), Step(id="b", title="Second")
    item = ChecklistItem("Do", uses="clicks")
    documents = [
        Goal(slug="g", title="A goal"),
        Sop(slug="late", title="Late", step="p/b", checklist=(item,)),
        Sop(slug="early", title="Early", step="p/a", checklist=(item,)),
        Procedure(slug="how", title="How", step="p/a"),
        Sop(slug="lost", title="Lost", step="gone/x"),
        WorkInstruction(slug="clicks", title="Clicks"),
        WorkInstruction(slug="unused", title="Unused"),
        Process(slug="p", title="A process", steps=(step, other)),
        Policy(slug="r", title="A rule"),
    ]
    found = [
        [(place.document.slug, place.depth, place.step) for place in chapter.places] for chapter in chapters(documents)
    ]
    assert found == [
        [("r", 0, 0)],
        [("p", 0, 0), ("how", 1, 1), ("early", 1, 1), ("clicks", 2, 0), ("late", 1, 2)],
        [("lost", 0, 0), ("unused", 0, 0)],
        [("g", 0, 0)],
    ]
    assert_sound(pages_of(handbook_of([Entry(one) for one in documents], FRAME)), set())


def test_a_link_to_another_document_leads_to_its_page_and_one_to_nowhere_is_words() -> None:
    policy = Policy(
        slug="r", title="Rule", statement="See [how](../sops/s.md#x), [gone](../sops/gone.md), [out](/etc)."
    )
    pages = pages_of(handbook_of([Entry(policy), Entry(Sop(slug="s", title="S"))], FRAME))
    assert '<a href="../sops/s.html">how</a>, gone, out.' in pages["policies/r.html"]
    assert '<a href="#sops-s">how</a>' in pages["all.html"]


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://evil.example/p.png) <b>&'


def test_what_somebody_wrote_is_text() -> None:
    documents = [
        Process(slug="p", title=HOSTILE, trigger=HOSTILE, steps=(Step(id="a", title=HOSTILE, role=HOSTILE),)),
        Sop(
            slug="s",
            title=HOSTILE,
            step="p/a",
            variation=HOSTILE,
            objective=HOSTILE,
            checklist=(ChecklistItem(HOSTILE, instruction=HOSTILE, uses="w"),),
            recording="https://video.example/1",
            pictures=(Picture("https://evil.example/p.png", HOSTILE),),
            questions=(Question(HOSTILE, HOSTILE),),
        ),
        WorkInstruction(slug="w", title=HOSTILE, action=HOSTILE, lines=(HOSTILE,), clip="clip one.mp4"),
    ]
    pages = pages_of(handbook_of([Entry(one, HOSTILE) for one in documents], Frame(HOSTILE, HOSTILE)), {"clip one.mp4"})
    assert_sound(pages, {"clip one.mp4"})
    for text in pages.values():
        page = Page(text)
        assert "b" not in page.names - {"b"}
        assert not [target for target in page.targets if target.startswith(("javascript:", "data:", "https://evil"))]
        assert "<script" not in text
    assert '<video controls preload="none" src="../media/clip%20one.mp4"></video>' in pages["work-instructions/w.html"]
    assert '<a href="https://video.example/1" rel="noopener noreferrer">' in pages["sops/s.html"]


def test_an_empty_library_says_so() -> None:
    pages = pages_of(handbook_of([], FRAME))
    assert "Nothing is published yet." in pages["index.html"]
    assert_sound(pages, set())


@settings(max_examples=60, deadline=None)
@given(strategies.libraries())
def test_any_library_is_a_sound_handbook(library: object) -> None:
    documents = library.documents  # type: ignore[attr-defined]
    # What can lie in a media folder: the door asks for nothing else.
    media = {
        path
        for path in handbook_of([Entry(one) for one in documents], FRAME).media
        if posixpath.normpath(path) == path and path[0] not in "/."
    }
    assert_sound(pages_of(handbook_of([Entry(one) for one in documents], FRAME), media), media)
    assert_sound(pages_of(handbook_of([Entry(one) for one in documents], FRAME)), set())
