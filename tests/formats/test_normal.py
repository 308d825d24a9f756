"""The quick ways of the normal form beside its definition."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.formats.normal import _UNWRITABLE, normal_line, normal_text, without_blank_ends

PIECES = st.sampled_from(
    [
        "a",
        "b c",
        " ",
        "  ",
        "\n",
        "\n\n",
        " \n",
        "\t",
        "\r\n",
        "\x0b",
        "\x85",
        "\u2028",
        "\xa0",
        "\x07",
        "\ufeff",
        "é",
        "##",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=9).map("".join)


@settings(max_examples=200)
@given(TEXTS)
def test_a_line_has_single_spaces_and_nothing_else_between_its_words(text: str) -> None:
    assert normal_line(text) == " ".join(_UNWRITABLE.sub("", text).split())


@settings(max_examples=200)
@given(TEXTS)
def test_a_text_has_no_spaces_at_line_ends_and_no_blank_ends(text: str) -> None:
    lines = [line.rstrip() for line in _UNWRITABLE.sub("", text).splitlines()]
    assert normal_text(text) == "\n".join(without_blank_ends(lines))
