"""A document as a sheet: what stands on it, the same for paper, for the handbook and in Markdown."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from routebook.core.document import (
    AnyDocument,
    ChecklistItem,
    Evidence,
    Goal,
    Need,
    Picture,
    Policy,
    Process,
    Question,
    Sop,
    Step,
    Target,
    WorkInstruction,
)
from routebook.formats.drawing import STYLE, draw
from routebook.formats.sheets import marked, pictures_of, sheet_of, to_markdown, tree_of
from routebook.formats.sheets.inked import INKS, inked
from routebook.formats.sheets.sheet import Checklist
from routebook.formats.sheets.tree import media_in
from tests.formats import strategies

CLICKS = WorkInstruction(
    slug="clicks",
    title="Full refund",
    action="Refund *one* charge",
    lines=("**Payments**", "Refund"),
    pictures=(Picture("dialog.png", "The dialog"),),
    clip="clicks.mp4",
)
PROCESS = Process(
    slug="refund",
    title="Refund a customer",
    trigger="a request",
    target=Target("1 working day", "fair"),
    steps=(Step(id="ask", title="Ask"), Step(id="pay", title="Pay", role="Finance", takes=("request",))),
)
SOP = Sop(
    slug="pay",
    title="Pay it back",
    owner="Founder",
    step="refund/pay",
    needs=(Need("Stripe", "vault: x"),),
    checklist=(
        ChecklistItem("**Before**"),
        ChecklistItem("Open it", Evidence.PHOTO, "Look:\n\n![There](../media/there.png)"),
        ChecklistItem("Do it", uses="clicks"),
        ChecklistItem("Tell them", uses="unpublished"),
    ),
    quality_bar=("The amount is right",),
    recording="https://video.example/1",
    questions=(Question("And *if* not?", "Ask."),),
)
POLICY = Policy(slug="fair", title="Fair", statement="We pay back.")
ALL = (PROCESS, SOP, CLICKS, POLICY)


def said(document: AnyDocument, beside: tuple[AnyDocument, ...] = ALL) -> str:
    return to_markdown(sheet_of(document, beside))


def test_an_sop_says_where_it_belongs_what_it_needs_and_how_it_is_done() -> None:
    text = said(SOP)
    assert "- **Step:** Refund a customer: 2 Pay\n" in text
    assert "- **Needs:** Stripe; vault: x\n" in text
    assert "**Before**" in text
    assert "- [ ] Open it *(leave a photo)*\n" in text
    assert "  1. **Payments**\n  2. Refund\n" in text
    assert "**And *if* not?**\n\nAsk." in text


def test_what_the_reader_cannot_open_is_named_and_not_told() -> None:
    sheet = sheet_of(SOP, (PROCESS,))
    (checks,) = [block for part in sheet.parts for block in part.blocks if isinstance(block, Checklist)]
    assert [check.uses for check in checks.checks] == [None] * 4
    alone = sheet_of(PROCESS, ())
    assert [text.text for fact in alone.facts if fact.name == "Policies" for text in fact.says] == ["fair"]


def test_a_map_names_the_directions_of_each_step() -> None:
    text = said(PROCESS)
    assert "2. Pay (Finance, not decided yet). Then the end." in text
    assert re.search(r"\| 2 \| Pay<br>\*takes: request\* \| Finance \|[^|]*\| Pay it back \| end \|", text)
    assert "- **Target:** within 1 working day\n" in text
    assert "- **Policies:** Fair\n" in text


def test_others_are_named_from_both_sides() -> None:
    assert "- **Used in:** Pay it back\n" in said(CLICKS)
    assert "- **Governs:** Refund a customer\n" in said(POLICY)


def test_media_are_found_in_every_place_each_once() -> None:
    assert media_in(sheet_of(SOP, ALL)) == ("there.png", "dialog.png", "clicks.mp4")
    assert pictures_of(sheet_of(SOP, ALL)) == ("there.png", "dialog.png")


def test_a_picture_that_is_not_at_hand_is_named() -> None:
    sheet = sheet_of(SOP, ALL)
    with_one = json.dumps(tree_of(sheet, ["there.png"]))
    assert '["picture", "there.png", "There"]' in with_one
    assert '["text", "[picture: The dialog]"]' in with_one
    assert '"picture", "there.png"' not in json.dumps(tree_of(sheet))


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("../media/a.png", "a.png"),
        ("media/a b.png", "a b.png"),
        ("a.png", "a.png"),
        ("https://x.example/a.png", ""),
        ("//x.example/a.png", ""),
        ("data:image/png;base64,x", ""),
    ],
)
def test_a_picture_lies_in_the_media_folder_or_elsewhere(source: str, path: str) -> None:
    assert marked.media_path(source) == path


def test_links_keep_only_addresses_that_lead_out_or_to_documents() -> None:
    text = "[a](https://x.example) [b](../sops/pay.md) [c](javascript:x) [d](file:///etc) [e](other.md) <mailto:a@b.c>"
    links = [node for node in marked.blocks(text)[0][1] if node[0] in ("link", "to")]
    assert [(node[0], node[1]) for node in links] == [
        ("link", "https://x.example"),
        ("to", "sops/pay"),
        ("link", "mailto:a@b.c"),
    ]


def test_every_colour_of_the_drawing_has_an_ink() -> None:
    assert set(re.findall(r"var\((--[a-z-]+)\)", STYLE)) <= set(INKS)
    assert "var(" not in inked(draw(PROCESS))


def test_plain_text_stays_plain_in_markdown() -> None:
    goal = Goal(slug="g", title="# *Ten* <b>hours</b> | back", owner="1. [x](y)")
    html = MarkdownIt("commonmark").enable("table").render(said(goal))
    assert "<h1># *Ten* &lt;b&gt;hours&lt;/b&gt; | back</h1>" in html
    assert "<a" not in html
    assert "<b>" not in html


@settings(max_examples=100, deadline=None)
@given(strategies.documents())
def test_any_document_is_a_sheet_in_every_form(document: AnyDocument) -> None:
    sheet = sheet_of(document, (document, *ALL))
    assert to_markdown(sheet).startswith("# ")
    assert json.loads(json.dumps(tree_of(sheet, media_in(sheet)))) == tree_of(sheet, media_in(sheet))
