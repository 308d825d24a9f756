"""Shared blocks: included by reference, put in at publication, compared with what they say by now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routebook.core.blocks import behind, by_reference, included, rows_of, waiting, whole
from routebook.core.document import ChecklistItem, Evidence, Procedure, Sop

BLOCKS = {
    "check-the-amount": (ChecklistItem("Open the ticket"), ChecklistItem("Compare the amounts", Evidence.TICK)),
    "file-it": (ChecklistItem("File the receipt", uses="file-a-receipt"),),
}
rows = st.one_of(
    st.sampled_from(["a", "b", "c"]).map(ChecklistItem),
    st.sampled_from(sorted(BLOCKS)).map(lambda slug: ChecklistItem("", include=slug)),
)
drafts = st.lists(rows, max_size=8).map(lambda items: by_reference(Sop(slug="s", title="S", checklist=tuple(items))))


def sop(*items: ChecklistItem) -> Sop:
    return Sop(slug="s", title="S", checklist=items)


def test_publication_puts_the_items_in_place_and_marks_them() -> None:
    draft = sop(ChecklistItem("First"), ChecklistItem("", include="check-the-amount"), ChecklistItem("Last"))
    assert waiting(draft) == ("check-the-amount",)
    text = whole(draft, BLOCKS)
    assert [item.text for item in text.checklist] == ["First", "Open the ticket", "Compare the amounts", "Last"]
    assert [item.include for item in text.checklist] == ["", "check-the-amount", "check-the-amount", ""]
    assert text.checklist[2].evidence is Evidence.TICK
    assert (waiting(text), included(text)) == ((), ("check-the-amount",))
    assert rows_of(draft, BLOCKS) == (0, 1, 1, 2)


def test_a_block_that_is_not_published_stays_a_reference() -> None:
    draft = sop(ChecklistItem("", include="nowhere"))
    assert whole(draft, BLOCKS) == draft
    assert rows_of(draft, BLOCKS) == (0,)


def test_a_text_is_behind_once_its_block_says_something_else() -> None:
    text = whole(sop(ChecklistItem("", include="check-the-amount"), ChecklistItem("", include="file-it")), BLOCKS)
    assert behind(text, BLOCKS) == ()
    newer = {**BLOCKS, "file-it": (*BLOCKS["file-it"], ChecklistItem("Close the folder"))}
    assert behind(text, newer) == ("file-it",)
    assert behind(text, {}) == ()  # what is retired or gone asks for nothing


def test_only_an_sop_includes_blocks() -> None:
    procedure = Procedure(slug="p", title="P", checklist=(ChecklistItem("a", include="file-it"),))
    assert (included(procedure), waiting(procedure), behind(procedure, BLOCKS)) == ((), (), ())
    assert whole(procedure, BLOCKS) is procedure


@given(drafts)
def test_a_published_text_is_its_draft_again_when_it_is_edited(draft: Sop) -> None:
    text = whole(draft, BLOCKS)
    assert by_reference(text) == draft
    assert behind(text, BLOCKS) == ()
    assert len(rows_of(draft, BLOCKS)) == len(text.checklist)
    assert whole(text, BLOCKS) is text
