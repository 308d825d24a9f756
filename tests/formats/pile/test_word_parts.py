"""What Word, Google Docs and LibreOffice put into a .docx beside plain paragraphs: all of it arrives, or is named."""

from __future__ import annotations

import pytest

from routebook.core.document import Sop
from routebook.formats.pile import BlockKind, PileDocument, PileKind, classify, made_as, read_pile, split
from tests.formats.pile.accounting import assert_draft_holds, assert_nothing_is_lost
from tests.formats.pile.word import OFFICE, PACKAGE, PIC, PIXEL, STYLES, WP, A, W, paragraph, table, word

MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
V = 'xmlns:v="urn:schemas-microsoft-com:vml"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
BOX = f"<w:txbxContent>{paragraph('Mind the cat.')}</w:txbxContent>"
DRAWN = (
    f"<w:drawing><wp:anchor {WP}><a:graphic {A}><a:graphicData><wps:wsp {WPS}><wps:txbx>{BOX}</wps:txbx></wps:wsp>"
    "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
)
OLD = f"<w:pict {V}><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict>"


PARTS = {
    "styles": "word/styles.xml",
    "numbering": "word/numbering.xml",
    "rels": "word/_rels/document.xml.rels",
    "header": "word/header1.xml",
    "footer": "word/footer1.xml",
    "comments": "word/comments.xml",
    "diagram": "word/diagrams/data1.xml",
    "footnotes": "word/footnotes.xml",
    "endnotes": "word/endnotes.xml",
}


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def read(*body: str, **extra: str) -> PileDocument:
    parts = {PARTS[name]: text.encode() for name, text in extra.items()}
    (found,) = read_pile({"x.docx": word(*body, extra=parts)})
    assert isinstance(found, PileDocument), found
    assert_nothing_is_lost(found, split(found))
    return found


def texts(document: PileDocument) -> list[str]:
    return [block.text for block in document.blocks]


def style(own: str, name: str, inside: str = "") -> str:
    return f'<w:style w:type="paragraph" w:styleId="{own}"><w:name w:val="{name}"/>{inside}</w:style>'


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Überschrift 1", 1),
        ("Titre 2", 2),
        ("Título 1", 1),
        ("Kop 3", 3),
        ("Rubrik 1", 1),
        ("标题 2", 2),
        ("Heading 9", 6),
    ],
)
def test_headings_are_headings_in_every_language(name: str, level: int) -> None:
    styles = STYLES.replace("</w:styles>", f"{style('own', name)}</w:styles>")
    (block,) = read(paragraph("Closing", style="own"), styles=styles).blocks
    assert (block.kind, block.level, block.fake) == (BlockKind.HEADING, level, False)


@pytest.mark.parametrize(
    ("inside", "level"),
    [
        ('<w:basedOn w:val="Heading2"/>', 2),
        ('<w:pPr><w:outlineLvl w:val="0"/></w:pPr>', 1),
        ('<w:basedOn w:val="own"/>', 0),
        ('<w:basedOn w:val="Heading2"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>', 0),
    ],
)
def test_a_style_of_the_house_is_a_heading_by_what_it_is_based_on_or_its_outline(inside: str, level: int) -> None:
    styles = STYLES.replace("</w:styles>", f"{style('own', 'House head', inside)}</w:styles>")
    (block,) = read(paragraph("Closing the shop today", style="own"), styles=styles).blocks
    assert block.level == level


@pytest.mark.parametrize(
    "inside",
    [
        f"<mc:AlternateContent {MC}><mc:Choice Requires='wps'>{DRAWN}</mc:Choice></mc:AlternateContent>",
        f"<mc:AlternateContent {MC}><mc:Choice Requires='wps'>{DRAWN}</mc:Choice><mc:Fallback>{OLD}</mc:Fallback></mc:AlternateContent>",
        OLD,
        DRAWN,
    ],
    ids=["new", "both", "old", "bare"],
)
def test_a_text_box_stands_behind_its_paragraph_and_once(inside: str) -> None:
    assert texts(read(f"<w:p>{run('Lock up.')}<w:r>{inside}</w:r></w:p>", paragraph("Leave."))) == [
        "Lock up.",
        "Mind the cat.",
        "Leave.",
    ]


def test_wrappers_around_text_are_taken_off() -> None:
    inside = "".join(
        f"<w:{name}>{run(name)} </w:{name}>" for name in ("smartTag", "customXml", "fldSimple", "dir", "bdo", "ins")
    )
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('In a control')}</w:sdtContent></w:sdt>"
    assert texts(read(f"<w:p>{inside}</w:p>", control)) == ["smartTagcustomXmlfldSimpledirbdoins", "In a control"]


def test_what_was_moved_stands_where_it_is_now() -> None:
    moved = f'<w:moveFrom w:id="1">{run("gone")}</w:moveFrom>{run("Call ")}<w:moveTo w:id="2">{run("Ann")}</w:moveTo>'
    assert texts(read(f"<w:p>{moved}</w:p>")) == ["Call Ann"]


def test_an_equation_is_text() -> None:
    assert texts(read(f"<w:p>{run('Pay ')}<m:oMath {M}><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>")) == ["Pay a+b"]


def test_links_lead_where_they_led() -> None:
    rels = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId7" Type="{OFFICE}/hyperlink"'
        ' Target="https://example.org/list" TargetMode="External"/></Relationships>'
    )
    link = f'<w:p>{run("Open ")}<w:hyperlink r:id="rId7">{run("the list")}</w:hyperlink></w:p>'
    (block,) = read(link, rels=rels).blocks
    assert [(piece.text, piece.link) for piece in block.pieces] == [
        ("Open ", ""),
        ("the list", "https://example.org/list"),
    ]


def notes_of(kind: str) -> dict[str, str]:
    return {
        f"{kind}s": f'<w:{kind}s {W}><w:{kind} w:id="2">{paragraph("Not on Mondays.")}</w:{kind}></w:{kind}s>',
        "rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId3" Type="{OFFICE}/numbering"'
        f' Target="numbering.xml"/><Relationship Id="rId8" Type="{OFFICE}/{kind}s" Target="{kind}s.xml"/></Relationships>',
    }


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_footnote_stands_with_its_sentence_and_is_no_step(kind: str) -> None:
    mark = f'<w:r><w:{kind}Reference w:id="2"/></w:r>'
    found = read(f"<w:p>{run('Lock up.')}{mark}</w:p>", paragraph("Leave."), **notes_of(kind))
    assert texts(found) == ["Lock up.[1]", "[1] Not on Mondays.", "Leave."]
    listed = (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>{run("Lock up.")}{mark}</w:p>'
    )
    found = read(listed, paragraph("Leave.", level=0), **notes_of(kind))
    assert [(block.kind.value, block.text) for block in found.blocks] == [
        ("item", "Lock up.[1]"),
        ("paragraph", "[1] Not on Mondays."),
        ("item", "Leave."),
    ]
    cell = f"<w:tbl><w:tr><w:tc><w:p>{run('Lock up.')}{mark}</w:p></w:tc></w:tr></w:tbl>"
    assert texts(read(cell, paragraph("Leave."), **notes_of(kind))) == ["Lock up.[1]", "[1] Not on Mondays.", "Leave."]


def test_headers_footers_diagrams_and_comments_stand_beside_the_text_and_their_fields_land() -> None:
    number = (
        '<w:p><w:r><w:t xml:space="preserve">Page </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    found = read(
        paragraph("Closing", style="Title"),
        paragraph("Keep the shop safe at night."),
        *(paragraph(text, level=0) for text in ("Lock the door.", "Set the alarm.", "Leave.")),
        header=f"<w:hdr {W}>{paragraph('Anna’s Bakery, internal')}{table([['Process owner', 'Anna'], ['Role', 'Clerk']])}</w:hdr>",
        footer=f"<w:ftr {W}>{paragraph('Anna’s Bakery, internal')}{number}</w:ftr>",
        comments=f'<w:comments {W}><w:comment w:id="0" w:author="Ben">{paragraph("Which door?")}</w:comment></w:comments>',
        diagram=f'<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" {A}><d:pt><a:t>Lock</a:t></d:pt></d:dataModel>',
    )
    assert [block.text for block in found.front] == [
        "Anna’s Bakery, internal",
        "Process owner | Anna\nRole | Clerk",
        "Lock",
        "Comment of Ben: Which door?",
    ]
    made = made_as(found, PileKind.SOP)
    assert isinstance(made, Sop)
    assert (made.owner, made.role, made.objective) == ("Anna", "Clerk", "Keep the shop safe at night.")
    assert "Which door?" in made.notes
    assert_draft_holds(found, made)
    assert classify(found).kind is classify(PileDocument("x", found.title, found.blocks)).kind


def test_merged_cells_keep_what_is_below_a_heading_below_it() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        cell("Role") + cell("Step") + cell("Output"),
        cell("Clerk", '<w:vMerge w:val="restart"/>') + cell("Open the post") + cell("Letter"),
        cell("", "<w:vMerge/>") + cell("Sort the post") + cell("Pile"),
        cell("Everybody goes home", '<w:gridSpan w:val="2"/>') + cell("Peace"),
    ]
    (block,) = read("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>").blocks
    assert block.rows == (
        ("Role", "Step", "Output"),
        ("Clerk", "Open the post", "Letter"),
        ("", "Sort the post", "Pile"),
        ("Everybody goes home", "", "Peace"),
    )


def picture(where: str, how: str, shows: str = "the door") -> str:
    return (
        f'<w:p><w:r><w:drawing><wp:{where} {WP}><wp:docPr id="1" name="p" descr="{shows}"/><a:graphic {A}><a:graphicData><pic:pic {PIC}>'
        f'<pic:blipFill><a:blip r:{how}="rId9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:{where}></w:drawing></w:r></w:p>'
    )


@pytest.mark.parametrize("where", ["inline", "anchor"])
def test_pictures_arrive_wherever_they_hang(where: str) -> None:
    found = read(picture(where, "embed"))
    assert [(block.kind, block.text) for block in found.blocks] == [(BlockKind.PICTURE, "the door")]
    assert list(found.media.values()) == [PIXEL]


def test_of_a_picture_on_somebodys_disk_its_description_arrives() -> None:
    found = read(picture("inline", "link"))
    assert texts(found) == ["the door"]
    assert not found.media


def test_numbered_lists_that_begin_again_keep_all_their_items() -> None:
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>'
    )

    def item(text: str, level: int, number: int) -> str:
        return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>{run(text)}</w:p>'

    found = read(
        item("a", 0, 1),
        item("b", 1, 1),
        item("c", 1, 1),
        item("d", 0, 2),
        item("e", 1, 2),
        numbering=numbering,
    )
    assert [(block.text, block.level, block.ordered) for block in found.blocks] == [
        ("a", 1, True),
        ("b", 2, True),
        ("c", 2, True),
        ("d", 1, True),
        ("e", 2, True),
    ]


@pytest.mark.parametrize("part", ["header", "styles", "comments"])
def test_a_broken_part_is_a_damaged_document(part: str) -> None:
    (found,) = read_pile({"x.docx": word(paragraph("x"), extra={PARTS[part]: b"<w:hdr"})})
    assert getattr(found, "reason", "") == "It is damaged, or no Word document at all."
