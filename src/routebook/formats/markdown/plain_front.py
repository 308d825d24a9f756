"""The front matter that nearly every document has, read line by line: plain keys, lists, and flow maps of plain values.

To read it so takes a fifth of the time that YAML's own parser takes. It knows only what it can't misread; at
anything else (comments, several lines, escapes, nothing after a key, a key twice) it gives up, and the YAML reader
has the word. So no error is ever told from here, and a property test holds both to the same nodes and lines.
"""

from __future__ import annotations

import re

from routebook.formats.markdown.yaml_nodes import MAX_DEPTH, MappingNode, Node, ScalarNode, SequenceNode

_ROWS = re.compile(r"^( *)(- +)?(?:([a-z][a-z0-9_\-]{0,60}):(?: +|$))?(.*)$", re.MULTILINE)
_Rows = list[tuple[str, str, str, str]]
"""The lines: the spaces before each, the `- ` there, a key, and what stands after them."""

_IN_FLOW = r"""[^\W_][^,\[\]{}:#?]*|"[^"\\]*"|'[^']*'"""
_FLOW_PAIR = re.compile(rf"([a-z][a-z0-9_\-]{{0,60}}): +({_IN_FLOW}) *(?:, *|\Z)")
_FLOW_ITEM = re.compile(rf"({_IN_FLOW}) *(?:, *|\Z)")
_NO_PLAIN_START = frozenset("-?:,[]{}#&*!|>'\"%@` ")
_QUOTED = re.compile(r"""(?:"[^"\\]*"|'[^']*')\Z""")


class _GivenUpError(Exception):
    """Something that only the YAML reader reads."""


def plain_mapping(text: str, first_line: int) -> MappingNode | None:
    """The mapping in the text, or None where the YAML reader must decide; lines count from `first_line`."""
    if not text.replace("\n", "").isprintable():  # tabs, control characters, and what YAML takes for the end of a line
        return None
    rows: _Rows = _ROWS.findall(text)
    if rows[0][1]:
        return None
    try:
        node, end = _mapping(rows, 0, first_line, 1)
    except _GivenUpError:
        return None
    return node if end == len(rows) else None


def _mapping(rows: _Rows, at: int, first_line: int, depth: int) -> tuple[MappingNode, int]:
    """The mapping whose first key stands in a row, and the row after it. That first row may begin with a `- `."""
    indent, dash, key, value = rows[at]
    column, node = len(indent) + len(dash), MappingNode(first_line + at)
    while True:
        if not key or key in node.keys:
            raise _GivenUpError
        line = node.keys[key] = first_line + at
        if value:
            node.values[key], at = _inline(value, line, depth), at + 1
        else:
            node.values[key], at = _below(rows, at + 1, first_line, column, depth + 1)
        if at == len(rows):
            return node, at
        indent, dash, key, value = rows[at]
        if dash or len(indent) != column:
            return node, at


def _below(rows: _Rows, at: int, first_line: int, column: int, depth: int) -> tuple[Node, int]:
    """What stands below a key without a value; its list may begin in the key's own column."""
    if at == len(rows) or depth >= MAX_DEPTH:
        raise _GivenUpError
    indent, dash, _, _ = rows[at]
    if dash and len(indent) >= column:
        return _sequence(rows, at, first_line, depth)
    if not dash and len(indent) > column:
        return _mapping(rows, at, first_line, depth)
    raise _GivenUpError


def _sequence(rows: _Rows, at: int, first_line: int, depth: int) -> tuple[SequenceNode, int]:
    margin, node = rows[at][0], SequenceNode(first_line + at)
    while at < len(rows):
        indent, dash, key, value = rows[at]
        if not dash or indent != margin:
            break
        if key:
            item, at = _mapping(rows, at, first_line, depth + 1)
            node.items.append(item)
        else:
            node.items.append(_inline(value, first_line + at, depth))
            at += 1
    return node, at


def _inline(value: str, line: int, depth: int) -> Node:
    """What stands on one line after a key or a `- `."""
    value = value.rstrip(" ")
    if value and value[0] not in _NO_PLAIN_START:
        if ": " in value or " #" in value or value[-1] == ":":
            raise _GivenUpError
        return ScalarNode(value, line)
    if _QUOTED.match(value):
        return ScalarNode(value[1:-1], line, quoted=True)
    if depth + 1 < MAX_DEPTH and value[:1] == "{" and value[-1] == "}":
        return _flow_mapping(value[1:-1], line)
    if depth + 1 < MAX_DEPTH and value[:1] == "[" and value[-1] == "]":
        return SequenceNode(line, [_in_flow(item, line) for (item,) in _each(_FLOW_ITEM, value[1:-1])])
    raise _GivenUpError


def _flow_mapping(inside: str, line: int) -> MappingNode:
    pairs = _each(_FLOW_PAIR, inside)
    node = MappingNode(line, {key: _in_flow(value, line) for key, value in pairs}, {key: line for key, _ in pairs})
    if len(node.keys) < len(pairs):
        raise _GivenUpError
    return node


def _each(pattern: re.Pattern[str], inside: str) -> list[tuple[str, ...]]:
    """The parts that follow each other in a flow list or map, which must be all that stands there."""
    found: list[tuple[str, ...]] = []
    at = len(inside) - len(inside.lstrip(" "))
    while at < len(inside):
        part = pattern.match(inside, at)
        if part is None:
            raise _GivenUpError
        found.append(part.groups())
        at = part.end()
    if not found:
        raise _GivenUpError
    return found


def _in_flow(value: str, line: int) -> ScalarNode:
    return ScalarNode(value[1:-1], line, quoted=True) if value[0] in "\"'" else ScalarNode(value.rstrip(" "), line)
