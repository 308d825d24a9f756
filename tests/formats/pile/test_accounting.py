"""Every sentence that somebody wrote, in whatever format, is in exactly one part, or left over, and in every draft.

The sentences are known before the file is made, so that neither reading nor taking apart can lose one unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.formats.pile import MAKES, PARTS, Adjustment, PileDocument, adjusted, made_as, read_pile, split
from tests.formats.pile.accounting import assert_draft_holds, assert_nothing_is_lost, letters
from tests.formats.pile.word import paragraph, table, word

Written = tuple[str, Any]
"""A shape (heading, item …) and its text, or the rows of a table."""
STARTS = (
    *("Open the ticket", "Clerk: sends it on", "The manager approves it", "Role: Clerk", "Purpose: Nobody waits", "Done when: it is paid"),
    *("We never lend keys", "If it is late, it goes back to the clerk", "Owner: Head of keys", "Press Enter", "See the list", "Über 5 % – “so” it’s"),
)  # fmt: skip
TITLES = (
    "Quality bar",
    "Step 1: Begin",
    "How to pay",
    "Purpose",
    "Tools",
    "Overview",
    "2. Close the till",
    "FAQ",
    "Escalation",
)


@st.composite
def documents(draw: st.DrawFn) -> list[Written]:
    """Blocks in which each sentence has a number of its own, so that it can be told from every other."""
    numbers = iter(range(1, 500))

    def sentence() -> str:
        return f"{draw(st.sampled_from(STARTS))} {next(numbers):03}x."

    shapes = draw(
        st.lists(
            st.sampled_from(("heading", "bold", "item", "bullet", "below", "text", "table", "lines")),
            min_size=1,
            max_size=14,
        )
    )
    found: list[Written] = [("heading", "Manual 0x")]
    for shape in shapes:
        if shape in ("heading", "bold"):
            found.append((shape, f"{draw(st.sampled_from(TITLES))} {next(numbers):03}x"))
        elif shape == "text":
            found.append((shape, f"{sentence()} {sentence()}"))
        elif shape == "lines":
            found.append((shape, [sentence(), sentence()]))
        elif shape == "table":
            head = draw(st.sampled_from((["Role", "Step"], ["Role", "Clerk"], ["Name", "Telephone"])))
            found.append((shape, [head, *([sentence(), sentence()] for _ in range(draw(st.integers(1, 4))))]))
        else:
            found.append((shape, sentence()))
    return found


def sentences_in(written: list[Written]) -> list[str]:
    said: list[str] = []
    for shape, text in written:
        if shape == "table":
            said += [cell for row in text[1:] for cell in row]
        elif shape == "lines":
            said += text
        else:
            said += re.findall(r"\S.*?\dx", text)
    return said


def as_markdown(written: list[Written]) -> bytes:
    forms: dict[str, Callable[[Any], str]] = {
        "heading": lambda text: f"\n## {text}\n",
        "bold": lambda text: f"\n**{text}**\n",
        "item": lambda text: f"1. {text}",
        "bullet": lambda text: f"- {text}",
        "below": lambda text: f"    - {text}",
        "text": lambda text: f"\n{text}\n",
        "lines": lambda lines: "\n" + "  \n".join(lines) + "\n",
        "table": lambda rows: (
            "\n"
            + "\n".join([f"| {' | '.join(rows[0])} |", "|---|---|", *(f"| {' | '.join(row)} |" for row in rows[1:])])
            + "\n"
        ),
    }
    return "\n".join(forms[shape](text) for shape, text in written).encode()


def as_html(written: list[Written]) -> bytes:
    forms: dict[str, Callable[[Any], str]] = {
        "heading": lambda text: f"<h2>{escape(text)}</h2>",
        "bold": lambda text: f"<p><b>{escape(text)}</b></p>",
        "item": lambda text: f"<ol><li>{escape(text)}</li></ol>",
        "bullet": lambda text: f"<ul><li><p>{escape(text)}</p></li></ul>",
        "below": lambda text: f"<ul><li><ul><li>{escape(text)}</li></ul></li></ul>",
        "text": lambda text: f"<div><span>{escape(text)}</span></div>",
        "lines": lambda lines: f"<p>{'<br>'.join(escape(line) for line in lines)}</p>",
        "table": lambda rows: (
            "<table>"
            + "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
            + "</table>"
        ),
    }
    return f"<html><body>{''.join(forms[shape](text) for shape, text in written)}</body></html>".encode()


def as_text(written: list[Written]) -> bytes:
    forms: dict[str, Callable[[Any], str]] = {
        "heading": lambda text: f"\n{text}\n-----\n",
        "bold": lambda text: f"\n{text.upper()}\n",
        "item": lambda text: f"1. {text}",
        "bullet": lambda text: f"- {text}",
        "below": lambda text: f"    - {text}",
        "text": lambda text: f"\n{text}\n",
        "lines": lambda lines: "\n" + "\n".join(lines) + "\n",
        "table": lambda rows: "\n" + "\n".join("\t".join(row) for row in rows) + "\n",
    }
    return "\r\n".join(forms[shape](text) for shape, text in written).encode("cp1252")


def as_word(written: list[Written]) -> bytes:
    forms: dict[str, Callable[[Any], str]] = {
        "heading": lambda text: paragraph(text, style="Heading1"),
        "bold": lambda text: paragraph(text, bold=True),
        "item": lambda text: paragraph(text, level=0),
        "bullet": lambda text: paragraph(text, level=1),
        "below": lambda text: paragraph(text, level=1),
        "text": paragraph,
        "lines": lambda lines: "".join(map(paragraph, lines)),
        "table": table,
    }
    return word(*(forms[shape](text) for shape, text in written))


WAYS: dict[str, Callable[[list[Written]], bytes]] = {
    "md": as_markdown,
    "html": as_html,
    "txt": as_text,
    "docx": as_word,
}


@pytest.mark.parametrize("suffix", WAYS)
@settings(max_examples=40, deadline=None)
@given(documents(), st.data())
def test_every_sentence_is_in_one_part_or_left_over_and_in_every_draft(
    suffix: str, written: list[Written], data: st.DataObject
) -> None:
    (document,) = read_pile({f"x.{suffix}": WAYS[suffix](written)})
    assert isinstance(document, PileDocument)
    proposal = split(document)
    places = letters(" ".join(place.sentence for place in proposal.places))
    for sentence in sentences_in(written):
        assert places.count(letters(sentence)) == 1, sentence
    assert_nothing_is_lost(document, proposal)
    slugs = [part.slug for part in proposal.documents]
    kinds = {slug: data.draw(st.sampled_from(PARTS)) for slug in slugs}
    assert_nothing_is_lost(document, adjusted(document, Adjustment(kinds=kinds)))
    assert_draft_holds(document, made_as(document, data.draw(st.sampled_from(MAKES))))
