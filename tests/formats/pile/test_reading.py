"""A pile comes in: every format to the same blocks, and what can't be read says why."""

import pytest

from routebook.formats.pile import Block, BlockKind, PileDocument, Unreadable, read_pile, sentences, sentences_of
from tests.formats.pile.word import paragraph, picture, table, word, zipped


def read(name: str, content: str | bytes) -> PileDocument:
    (found,) = read_pile({name: content.encode() if isinstance(content, str) else content})
    assert isinstance(found, PileDocument), found
    return found


def left(name: str, content: bytes) -> str:
    (found,) = read_pile({name: content})
    assert isinstance(found, Unreadable), found
    return found.reason


def told(document: PileDocument) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, block.text) for block in document.blocks]


MARKDOWN = """---
title: Refunds
---
Intro with **bold** and `code`,
on two lines.

## How to refund

1. Open the [ticket](https://example.org)
   - check the amount
2. [x] Click *Refund*

| Who | What |
|---|---|
| Clerk | pays |

![The button](refund.png)

```bash
refund --all
```

**Afterwards**

!!! note "Mind"
    The customer waits.
"""

HTML = """<html><head><title>Refunds</title><script>no()</script></head><body>
<p>Intro with <b>bold</b> and <code>code</code>, on two lines.</p>
<h2>How to refund</h2>
<ol><li>Open the <a href="https://example.org">ticket</a><ul><li>check the amount</li></ul></li>
<li><input type="checkbox" checked> Click <i>Refund</i></li></ol>
<table><tr><th>Who</th><th>What</th></tr><tr><td>Clerk</td><td>pays</td></tr></table>
<img alt="The button" src="refund.png">
<pre class="language-bash">refund --all</pre>
<p><b>Afterwards</b></p>
</body></html>"""

EXPECTED = [
    ("paragraph", 0, "Intro with bold and code, on two lines."),
    ("heading", 2, "How to refund"),
    ("item", 1, "Open the ticket"),
    ("item", 2, "check the amount"),
    ("item", 1, "Click Refund"),
    ("table", 0, "Who | What\nClerk | pays"),
    ("picture", 0, "The button"),
    ("code", 0, "refund --all"),
    ("heading", 3, "Afterwards"),
]


@pytest.mark.parametrize(("name", "content"), [("a.md", MARKDOWN), ("a.html", HTML)])
def test_markdown_and_html_come_to_the_same_blocks(name: str, content: str) -> None:
    document = read(name, content)
    assert document.title == "Refunds"
    assert told(document)[: len(EXPECTED)] == EXPECTED
    ticket, _, refund = (block for block in document.blocks if block.kind is BlockKind.ITEM)
    assert [piece.link for piece in ticket.pieces if piece.link] == ["https://example.org"]
    assert ticket.ordered
    assert refund.ticked is True


def test_a_block_knows_the_lines_it_came_from() -> None:
    spans = {block.text: (block.span.first, block.span.last) for block in read("a.md", MARKDOWN).blocks}
    lines = MARKDOWN.split("\n")
    assert lines[spans["How to refund"][0] - 1] == "## How to refund"
    assert spans["Intro with bold and code, on two lines."] == (4, 5)
    assert lines[spans["refund --all"][0] - 1] == "```bash"


def test_an_admonition_keeps_its_title_and_text() -> None:
    assert sentences_of(read("a.md", MARKDOWN).blocks[-1]) == ("Mind", "The customer waits.")


def test_plain_text_has_headings_lists_and_steps_without_any_mark_up() -> None:
    document = read(
        "a.txt", "CLOSING THE SHOP\n\nWhat you need:\n- keys\n  - the small one\n\nStep 1: lock up\n2) go home\n"
    )
    assert told(document) == [
        ("heading", 1, "CLOSING THE SHOP"),
        ("heading", 3, "What you need"),
        ("item", 1, "keys"),
        ("item", 2, "the small one"),
        ("item", 1, "Step 1: lock up"),
        ("item", 1, "go home"),
    ]


def test_an_email_is_called_by_its_subject() -> None:
    assert read("a.txt", "From: a@b.example\nSubject: Closing\n\nPlease lock up.\n").title == "Closing"


def test_a_word_document_arrives_whole() -> None:
    document = read(
        "a.docx",
        word(
            paragraph("Refunds", style="Title"),
            paragraph("Getting ready", style="Heading1"),
            paragraph("How to refund", bold=True),
            paragraph("Open the ticket", level=0),
            paragraph("check the amount", level=1),
            paragraph("Click Refund", level=0),
            table([["Who", "What"], ["Clerk", "pays"]]),
            picture("The button"),
        ),
    )
    assert document.title == "Refunds"
    assert told(document) == [
        ("heading", 1, "Refunds"),
        ("heading", 1, "Getting ready"),
        ("heading", 2, "How to refund"),
        ("item", 1, "Open the ticket"),
        ("item", 2, "check the amount"),
        ("item", 1, "Click Refund"),
        ("table", 0, "Who | What\nClerk | pays"),
        ("picture", 0, "The button"),
    ]
    fake, first = document.blocks[2], document.blocks[3]
    assert fake.fake
    assert first.ordered
    assert list(document.media) == [document.blocks[-1].source]


def test_a_zip_stands_for_its_files() -> None:
    files: dict[str, str | bytes] = {
        "sops/b.txt": "B is here.",
        "a.md": "# A",
        "__MACOSX/._a.md": b"x",
        "c.docx": word(paragraph("C")),
    }
    found = read_pile({"drive.zip": zipped(files)})
    assert [one.path for one in found] == ["drive.zip/a.md", "drive.zip/c.docx", "drive.zip/sops/b.txt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_text_is_read_in_whatever_encoding(encoding: str) -> None:
    document = read("a.txt", "Öffnen Sie die Tür – jetzt. Please open the door and go in.".encode(encoding))
    assert document.blocks[0].text.startswith("Öffnen Sie die Tür – jetzt.")


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.docm", b"PK\x03\x04", "macros"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        ("a.docx", b"hello", "damaged"),
        ("a.docx", b"PK\x03\x04 and then nothing", "damaged"),
        ("a.png", b"\x89PNG", "picture"),
        ("a.md", b"", "empty"),
        ("a.md", bytes(range(256)) * 20, "no text"),
        ("a.xlsx", b"PK\x03\x04", "table"),
        ("a.zip", zipped({"b.zip": zipped({"c.md": "# C"})}), "archive inside"),
        ("a.docx", word(paragraph("x"), extra={"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", word(document='<!DOCTYPE w [<!ENTITY a "b">]><w/>'), "entities"),
        ("a.docx", word(document="<w:document"), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, content: bytes, part: str) -> None:
    reason = left(name, content)
    assert part in reason
    assert reason.endswith(".")


def test_sentences_end_where_sentences_end() -> None:
    assert sentences("Open it, e.g. with a key. Then go in! See Dr. Who? “Yes.” Done") == (
        "Open it, e.g. with a key.",
        "Then go in!",
        "See Dr. Who?",
        "“Yes.”",
        "Done",
    )


def test_a_block_without_pieces_has_no_sentence() -> None:
    assert sentences_of(Block(BlockKind.PICTURE, read("a.md", "# A").blocks[0].span)) == ()


@pytest.mark.parametrize("name", ["drive/~$leave.docx", ".DS_Store", "Thumbs.db"])
def test_what_the_computer_keeps_for_itself_is_named_as_that(name: str) -> None:
    (left,) = read_pile({name: b"\x05Berta"})
    assert left == Unreadable(name, "The computer keeps it for itself; it is no document.")
