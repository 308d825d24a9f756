"""The quick reader of front matter beside the YAML reader: the same nodes, values, quotes and lines, or no answer at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import routebook
from routebook.core.document import AnyDocument
from routebook.formats.markdown import write_document
from routebook.formats.markdown.plain_front import plain_mapping
from routebook.formats.markdown.yaml_nodes import MAX_DEPTH, MappingNode, ScalarNode, SequenceNode
from routebook.formats.markdown.yaml_reader import parse_yaml
from tests.formats.strategies import AWKWARD, documents

SAMPLE = Path(routebook.__file__).parent / "sample"

WORDS = st.sampled_from(
    [
        *("a", "b b", "title", "12:30", "2 days", "null", "~", "No", "it's", "a,b", "a: b", "a #b", "a#b", "a:", "a:b", "x?y", "é", "“so”", "(a)"),
        *('"quoted: one"', "'single'", '"with \\n"', "'it''s'", '"a" b', '""', "''", '"a', "- a", "-a", "? a", "&a", "*a", "!a", "|", ">-", "@a", "<<"),
        *("[a, b]", "[]", "[a,]", "[a, , b]", "[a: b]", "[ a , 'b' ]", "[a", "[[a], b]", '["a, b", c]', "[a]b", "[a b]", "[a?]", "[-a]", "[a ]"),
        *("{a: b}", "{}", "{a: b,}", "{a: b, a: c}", "{ a: b , c: 'd: e' }", "{a}", "{a:b}", "{a: }", "{a: [b]}", "{a: b: c}", "{a: b}}", "{a: b c}"),
        *("{a: 12:30}", "{a: b#c}", "{a: b #c}", "{a: it's}", "{a-b: c}", "{a: “b”}", "{'a': b}", "{a: (b)}", "# a", "a\tb", "\u2028", "\x85", "\xa0", "", "..."),
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    ["", "", "a:", "b:", "title:", "a-b:", "a_1:", "A:", "a :", "'a':", "a:b:", "?", "null:", "a" * 70 + ":"]
)
LINES = st.builds(
    lambda indent, dashes, key, gap, word, end: f"{' ' * indent}{dashes}{key}{gap}{word}{end}",
    st.sampled_from([0, 0, 0, 1, 2, 2, 2, 4, 4, 6]),
    st.sampled_from(["", "", "", "- ", "- ", "-  ", "-", "- - "]),
    KEYS,
    st.sampled_from([" ", " ", " ", "", "  "]),
    WORDS | st.sampled_from(AWKWARD),
    st.sampled_from(["", "", "", " ", " # c"]),
)


def agrees(front: str) -> bool:
    """Whether the quick reader has an answer, which must then be that of the YAML reader."""
    quick = plain_mapping(front, first_line=2)
    if quick is not None:
        assert quick == parse_yaml(front, first_line=2)
    return quick is not None


def front_of(text: str) -> str:
    return text.split("---\n")[1].removesuffix("\n")


@settings(max_examples=200)
@given(st.lists(LINES, max_size=7).map("\n".join))
def test_what_the_quick_reader_reads_is_what_the_yaml_reader_reads(front: str) -> None:
    event("read" if agrees(front) else "left to the YAML reader")


@settings(max_examples=200)
@given(st.integers(0, 4), WORDS, WORDS, WORDS, st.sampled_from([" ", "", "\n", "\n  ", "\n- ", "\n  - "]))
def test_so_it_is_for_lists_and_maps_below_a_key(indent: int, one: str, two: str, three: str, gap: str) -> None:
    agrees(f"kind: sop\nneeds:\n{' ' * indent}- {one}\n{' ' * indent}- tool: {two}{gap}{three}\ntitle: a")


@settings(max_examples=100)
@given(documents(), st.data())
def test_a_document_with_a_slip_of_the_pen_is_read_alike(document: AnyDocument, data: st.DataObject) -> None:
    front = front_of(write_document(document))
    agrees(front)
    at = data.draw(st.integers(0, len(front)))
    typed = data.draw(
        st.sampled_from(
            [" ", ":", ": ", "\n", "- ", "'", '"', "#", " #", ",", "[", "]", "{", "}", "?", "\t", "\\", "a"]
        )
    )
    agrees(front[:at] + typed + front[at + data.draw(st.integers(0, 2)) :])


@pytest.mark.parametrize("last", ["b", "[b]", "{a: b}"])
def test_what_is_nested_too_deeply_is_left_to_the_yaml_reader(last: str) -> None:
    for depth in range(MAX_DEPTH + 3):
        front = "\n".join([*(f"{' ' * at}a:" for at in range(depth)), f"{' ' * depth}a: {last}"])
        assert agrees(front) or depth >= MAX_DEPTH - 2


def test_what_is_read() -> None:
    lines = [
        "title: Refund",
        "needs:",
        '  - {tool: Stripe, access: "vault: x"}',
        "  - role: a",
        "    then: [b]",
        "bar:",
        "- c",
    ]
    assert plain_mapping("\n".join(lines), 2) == MappingNode(
        2,
        {
            "title": ScalarNode("Refund", 2),
            "needs": SequenceNode(
                4,
                [
                    MappingNode(
                        4,
                        {"tool": ScalarNode("Stripe", 4), "access": ScalarNode("vault: x", 4, quoted=True)},
                        {"tool": 4, "access": 4},
                    ),
                    MappingNode(
                        5,
                        {"role": ScalarNode("a", 5), "then": SequenceNode(6, [ScalarNode("b", 6)])},
                        {"role": 5, "then": 6},
                    ),
                ],
            ),
            "bar": SequenceNode(8, [ScalarNode("c", 8)]),
        },
        {"title": 2, "needs": 3, "bar": 7},
    )


@pytest.mark.parametrize("file", sorted(SAMPLE.glob("*/*.md")), ids=lambda file: file.stem)
def test_the_sample_is_read_alike(file: Path) -> None:
    agrees(front_of(file.read_text(encoding="utf-8")))


def test_most_of_the_sample_needs_no_yaml_reader() -> None:
    fronts = [front_of(file.read_text(encoding="utf-8")) for file in SAMPLE.glob("*/*.md")]
    assert sum(map(agrees, fronts)) > 0.8 * len(fronts)
