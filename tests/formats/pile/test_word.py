"""What Word itself writes: lists by style, numbering by hand, tables within tables, headings that are only bold."""

import pytest

from routebook.formats.pile import Block, BlockKind, PileDocument, Unreadable, read_pile, sentences_of
from tests.formats.pile.word import PIXEL, W, paragraph, picture, table, word, zipped

BOLD_STEP = paragraph("Step 1: Count the cash", bold=True)


def read(*body: str, **more: object) -> PileDocument:
    (found,) = read_pile({"x.docx": word(*body, **more)})  # type: ignore[arg-type]
    assert isinstance(found, PileDocument)
    return found


def kinds(document: PileDocument) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in document.blocks]


def items(document: PileDocument) -> list[Block]:
    return [block for block in document.blocks if block.kind is BlockKind.ITEM]


def test_real_and_fake_headings_arrive_with_their_levels() -> None:
    found = read(
        paragraph("Closing the shop", style="Title"),
        paragraph("Cash", style="Heading1"),
        BOLD_STEP,
        paragraph("Empty the drawer."),
        paragraph("A bold sentence that ends as sentences do.", bold=True),
    )
    headings = [(block.text, block.level, block.fake) for block in found.blocks if block.kind is BlockKind.HEADING]
    assert headings == [("Closing the shop", 1, False), ("Cash", 1, False), ("Step 1: Count the cash", 2, True)]
    assert found.title == "Closing the shop"


def test_a_fake_heading_that_goes_on_counting_is_the_sister_of_the_real_one() -> None:
    found = read(
        paragraph("1. Bake", style="Heading1"),
        paragraph("Done when", style="Heading2"),
        paragraph("2. Pack", bold=True),
        paragraph("Needed", bold=True),
        paragraph("3. Send", style="Heading1"),
        paragraph("1. By post", bold=True),
        paragraph("2. By hand", bold=True),
    )
    assert [(block.text, block.level) for block in found.blocks] == [
        ("1. Bake", 1),
        ("Done when", 2),
        ("2. Pack", 1),
        ("Needed", 2),
        ("3. Send", 1),
        ("1. By post", 2),
        ("2. By hand", 2),
    ]


def test_numbered_lists_arrive_as_items_also_below_one_another() -> None:
    found = read(
        paragraph("Lock the door.", level=0),
        paragraph("The back one too.", level=1),
        paragraph("Set the alarm.", level=0),
    )
    assert [(item.text, item.level, item.ordered) for item in items(found)] == [
        ("Lock the door.", 1, True),
        ("The back one too.", 2, False),
        ("Set the alarm.", 1, True),
    ]


def test_a_paragraph_between_two_items_loses_neither() -> None:
    found = read(paragraph("Lock.", level=0), paragraph("Mind the cat."), paragraph("Leave.", level=0))
    assert [text for _, text in kinds(found)] == ["Lock.", "Mind the cat.", "Leave."]


def test_a_table_within_a_table_loses_no_word() -> None:
    inner = table([["Key", "Hook 4"]])
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('Where')}</w:tc><w:tc>{inner}{paragraph('end')}</w:tc></w:tr></w:tbl>"
    found = read(outer)
    said = " ".join(sentence for block in found.blocks for sentence in sentences_of(block))
    assert all(word_ in said for word_ in ("Where", "Key", "Hook 4", "end"))


def test_a_list_and_a_picture_within_a_table_arrive() -> None:
    cell = f"{paragraph('First', level=0)}{paragraph('Second', level=0)}{picture('the door')}"
    found = read(f"<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>")
    said = " ".join(block.text for block in found.blocks)
    assert "First" in said
    assert "Second" in said
    assert list(found.media.values()) == [PIXEL]


def test_pictures_arrive_with_what_they_show() -> None:
    found = read(paragraph("Look:"), picture("the red lever"), picture("the green lever"))
    pictures = [block for block in found.blocks if block.kind is BlockKind.PICTURE]
    assert [block.text for block in pictures] == ["the red lever", "the green lever"]
    assert {block.source for block in pictures} <= set(found.media)


def test_what_was_deleted_with_changes_tracked_is_gone_and_what_was_added_is_there() -> None:
    changed = (
        '<w:p><w:r><w:t xml:space="preserve">Call </w:t></w:r><w:del w:id="1"><w:r><w:delText>nobody</w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>the office</w:t></w:r></w:ins></w:p>'
    )
    assert kinds(read(changed)) == [(BlockKind.PARAGRAPH, "Call the office")]


def test_a_text_in_runs_is_one_text() -> None:
    runs = '<w:p><w:r><w:t xml:space="preserve">Open </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Settings</w:t></w:r><w:r><w:t>.</w:t></w:r></w:p>'
    assert kinds(read(runs)) == [(BlockKind.PARAGRAPH, "Open Settings.")]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (word(paragraph("x"), extra={"word/vbaProject.bin": b"x"}), "macros"),
        (word(document=f'<!DOCTYPE w [<!ENTITY a "b">]><w:document {W}/>'), "entities"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/x.bin": b"x"}), "no Word document"),
        (b"PK\x03\x04 not really", "damaged"),
    ],
)
def test_what_could_harm_is_refused_with_a_reason(data: bytes, part: str) -> None:
    (found,) = read_pile({"x.docx": data})
    assert isinstance(found, Unreadable)
    assert part in found.reason


def test_an_archive_in_an_archive_and_macros_in_it_are_named_one_by_one() -> None:
    drive = zipped({"a.docm": b"x", "b.zip": zipped({"c.md": "# Tea"}), "d.md": "# Tea\n\nHot."})
    found = {one.path: one for one in read_pile({"drive.zip": drive})}
    assert isinstance(found["drive.zip/d.md"], PileDocument)
    assert "macros" in getattr(found["drive.zip/a.docm"], "reason", "")
    assert "archive inside an archive" in getattr(found["drive.zip/b.zip"], "reason", "")


def test_a_word_document_without_a_word_is_left_alone() -> None:
    assert read_pile({"blank.docx": word(paragraph(""))}) == (Unreadable("blank.docx", "It holds no text."),)
