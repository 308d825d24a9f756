"""Every link in the documentation leads somewhere: to a file that is there, and to a heading in it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.checkout import files_below

ROOT = Path(__file__).parents[2]


def pages() -> list[Path]:
    """Every Markdown file of the project but the cases, some of which are wrong on purpose."""
    listed = [name for name in files_below() if name.endswith(".md")]
    return [ROOT / name for name in listed if not name.startswith("tests/cases/")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links_of(page) if not leads_somewhere(page, link)] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    here = ROOT / "CONTRIBUTING.md"
    assert not leads_somewhere(here, "docs/no-such-page.md")
    assert not leads_somewhere(here, "CHANGELOG.md#no-such-heading")
    assert leads_somewhere(here, "CHANGELOG.md#changelog")


def links_of(page: Path) -> list[str]:
    found = []
    for block in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        for part in block.children or ():
            address = part.attrs.get("href") or part.attrs.get("src")
            if address and "://" not in str(address) and not str(address).startswith("mailto:"):
                found.append(str(address))
    return found


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not heading or heading in anchors_of(target)


def anchors_of(page: Path) -> set[str]:
    """The headings of a page, as forges name them in links."""
    blocks = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    titles = [after.content for block, after in pairwise(blocks) if block.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_can_be_found_from_the_index() -> None:
    found, ahead = set(), [ROOT / "docs" / "README.md"]
    while ahead:
        page = ahead.pop()
        found.add(page)
        there = {(page.parent / link.partition("#")[0]).resolve() for link in links_of(page)}
        ahead += [other for other in there if other.suffix == ".md" and other not in found and other.is_file()]
    assert [str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if page not in found] == []
