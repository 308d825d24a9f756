"""Files that mean harm, or are only broken: a reason, never a crash, in bounded time and memory."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routebook.formats.pile import PileDocument, Unreadable, classify, read_pile, split
from tests.formats.pile.word import paragraph, word, zipped

SUFFIXES = ("md", "html", "txt", "docx", "zip", "")
LONG = 20.0
"""Seconds of CPU, generous: the machine may be slow, and what is quadratic would take hours."""


def swallow(name: str, content: bytes) -> tuple[PileDocument | Unreadable, ...]:
    """Everything that the product would do with a file."""
    found = read_pile({name: content})
    for one in found:
        if isinstance(one, PileDocument):
            classify(one)
            split(one)
    return found


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.sampled_from(SUFFIXES))
@example(b"PK\x03\x04" + b"\0" * 100, "zip")
@example(b"\xff\xfe<\0", "html")
def test_random_bytes_never_crash(content: bytes, suffix: str) -> None:
    for one in swallow(f"x.{suffix}", content):
        assert one.path.startswith("x.")


MARKS = st.sampled_from(
    (
        *(
            "#",
            "##",
            "1.",
            "-",
            "|",
            "||",
            "```",
            "**",
            "`",
            "[",
            "](",
            "<",
            ">",
            "\\",
            ":",
            "---",
            "!!!",
            "\n",
            "\n\n",
            "    ",
        ),
        *("<ul>", "<li>", "<table>", "<td>", "</", "&#x1;", "<!--", "<pre>", "<h1>"),
        *("Open", "If", "it", "the clerk sends", "é", "\u2028", "$ git"),
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MARKS, max_size=80), st.sampled_from(("md", "html", "txt")))
def test_scraps_of_mark_up_never_crash(scraps: list[str], suffix: str) -> None:
    assert len(swallow(f"x.{suffix}", " ".join(scraps).encode())) == 1


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_word_document_with_a_few_bytes_changed_never_crashes(data: st.DataObject) -> None:
    content = bytearray(word(paragraph("Open the ticket", level=0), paragraph("Close it")))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert swallow("x.docx", bytes(content))


@pytest.mark.parametrize(
    ("suffix", "unit"),
    [
        ("md", "Open the ticket and check that it is paid. "),
        ("md", "- a\n"),
        ("md", "["),
        ("md", "*a **b "),
        ("md", "> "),
        ("md", "`"),
        ("md", "<a "),
        ("md", "| a "),
        ("html", "<!--"),
        ("html", "<div><b>"),
        ("html", "<table><tr><td>"),
        ("html", "<b> </b>"),
        ("html", "&"),
        ("html", "<ul><li>a"),
        ("txt", "the manager approves "),
        ("txt", "a\n"),
        ("txt", "1. "),
    ],
)
def test_a_long_file_takes_time_in_proportion(suffix: str, unit: str) -> None:
    began = time.process_time()
    swallow(f"x.{suffix}", (unit * (200_000 // len(unit))).encode())
    assert time.process_time() - began < LONG


def test_five_megabytes_of_prose_take_bounded_time() -> None:
    began = time.process_time()
    text = "The manager approves the request. Open the ticket and check that it is paid.\n\n" * 60_000
    (found,) = swallow("x.md", text[:5_000_000].encode())
    assert isinstance(found, Unreadable)  # as many lines as no document has
    (found,) = swallow("x.md", text[:5_000_000].replace("\n\n", " ").encode())
    assert isinstance(found, PileDocument)
    assert time.process_time() - began < LONG


def test_a_zip_bomb_is_not_unpacked() -> None:
    (found,) = read_pile({"bomb.zip": zipped({"a.txt": b"0" * 25_000_000})})
    assert isinstance(found, Unreadable)
    assert "zip bomb" in found.reason


def test_an_archive_that_lies_about_its_sizes_is_measured() -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"0" * 400_000_000) + packed.flush()
    (found,) = read_pile({"liar.zip": lying(body, said=10)})
    assert isinstance(found, Unreadable)
    assert "MB" in found.reason


def lying(body: bytes, said: int) -> bytes:
    """A zip with one entry whose stated size is not its own."""
    name = b"a.txt"
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), said, len(name), 0) + name
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), said, len(name), 0, 0, 0, 0, 0, 0
    )  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(name), len(local) + len(body), 0)
    return local + body + central + name + end


def test_too_many_files_are_refused_at_once() -> None:
    (found,) = read_pile({"many.zip": zipped({f"{n}.md": "x" for n in range(2_001)})})
    assert isinstance(found, Unreadable)
    assert "2,000" in found.reason


def test_a_locked_entry_is_named() -> None:
    content = bytearray(zipped({"a.md": "# A"}))
    content[6] |= 1  # the flag in the local header
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    (found,) = read_pile({"locked.zip": bytes(content)})
    assert isinstance(found, Unreadable)
    assert "password" in found.reason


def test_names_that_climb_out_stay_below_the_archive() -> None:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        archive.writestr("/../../etc/a.md", "# A")
    (found,) = read_pile({"x.zip": to.getvalue()})
    assert found.path.startswith("x.zip/")


def test_deep_lists_and_quotes_are_read_flat_enough() -> None:
    text = "".join(f"{'  ' * depth}- item {depth}\n" for depth in range(500))
    (found,) = swallow("deep.md", text.encode())
    assert isinstance(found, PileDocument)
    html = "<ul><li>" * 5_000 + "x"
    (found,) = swallow("deep.html", html.encode())
    assert isinstance(found, PileDocument)


def test_a_word_document_nested_too_deeply_is_refused() -> None:
    from tests.formats.pile.word import W

    deep = (
        f"<w:document {W}><w:body>"
        + "<w:sdt><w:sdtContent>" * 20_000
        + "</w:sdtContent></w:sdt>" * 20_000
        + "</w:body></w:document>"
    )
    (found,) = read_pile({"deep.docx": word(document=deep)})
    assert isinstance(found, Unreadable)
