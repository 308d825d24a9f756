"""Differences in words: what is shown as removed and added makes the two texts again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.document import ChecklistItem, Evidence, Policy, Sop
from routebook.formats.difference import MOST_WORDS, Change, Piece, documents, spelt, words

TEXTS = st.lists(st.sampled_from(["we", "refund", "within", "14", "days", " ", "\n", "  ", "never."]), max_size=25).map(
    " ".join
)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts(older: str, newer: str) -> None:
    pieces = words(older, newer)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == older
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == newer


def test_one_word_that_changed_is_one_word() -> None:
    assert words("within 14 days", "within 30 days") == (
        Piece(Change.SAME, "within "),
        Piece(Change.REMOVED, "14"),
        Piece(Change.ADDED, "30"),
        Piece(Change.SAME, " days"),
    )


def test_neighbouring_words_are_one_change() -> None:
    pieces = words("we refund at once", "we pay back at once")
    assert [piece.text for piece in pieces] == ["we ", "refund", "pay back", " at once"]


def test_texts_without_end_are_shown_one_after_the_other() -> None:
    older, newer = "a " * MOST_WORDS, "b " * MOST_WORDS
    assert words(older, newer) == (Piece(Change.REMOVED, older), Piece(Change.ADDED, newer))


def test_only_fields_that_differ_are_told_in_the_order_of_the_file() -> None:
    older = Sop(
        slug="a", title="A", minutes=6, checklist=(ChecklistItem("Open it"), ChecklistItem("Pay", Evidence.TEXT))
    )
    newer = Sop(
        slug="a", title="A", minutes=7, checklist=(ChecklistItem("Open it"), ChecklistItem("Pay", Evidence.FILE))
    )
    found = documents(older, newer)
    assert [difference.field for difference in found] == ["minutes", "checklist"]
    assert [piece.text for piece in found[1].pieces] == ["- Open it\n- Pay · ", "text", "file"]


def test_documents_of_two_kinds_have_no_difference() -> None:
    with pytest.raises(ValueError, match="one kind"):
        documents(Sop(slug="a", title="A"), Policy(slug="a", title="A"))


def test_a_single_item_reads_like_several() -> None:
    assert spelt((ChecklistItem("Open it"),)) == "- Open it"
    assert spelt(("refund",)) == "refund"
    assert spelt(None) == ""


def test_a_picture_is_told_by_what_it_shows_and_its_file() -> None:
    assert spelt("Press\n![The **Refund** button](../media/refund.png)") == (
        "Press\n(picture: The **Refund** button, refund.png)"
    )
    assert spelt("![](media/a.png)") == "(picture: a.png)"
