"""YAML's own parser, made to build our nodes.

The tree is built from the C parser's events, so depth is limited before anything grows, and anchors are refused before
they multiply. Import this where it is needed: the parser takes longer to import than it takes to read fifty documents
without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from routebook.formats.markdown.yaml_nodes import MAX_DEPTH, MappingNode, Node, ScalarNode, SequenceNode, YamlRefused


def parse_yaml(text: str, first_line: int = 1) -> Node:
    """The one document in `text`; lines count from `first_line`. Raises `YamlRefused`."""
    parser = _Parser(text, first_line)
    try:
        return parser.document()
    except yaml.MarkedYAMLError as error:
        raise _in_plain_words(error, text, first_line) from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, max(error.position, 0))
        raise YamlRefused(
            line, "There is a control character in this file.", "Delete it and type the line again."
        ) from error


def _in_plain_words(error: yaml.MarkedYAMLError, text: str, first_line: int) -> YamlRefused:
    mark = error.problem_mark or error.context_mark
    at = int(mark.line) if mark else 0
    problem = error.problem or "it cannot be read"
    lines = text.split("\n")
    written = lines[at] if at < len(lines) else ""
    return YamlRefused(first_line + at, f"This is not valid YAML: {problem}.", _fix_for(problem, written))


def _fix_for(problem: str, written: str) -> str:
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "Indent with spaces instead of tabs."
    if "mapping values are not allowed" in problem:
        return 'Put a value that holds a colon in quotes, as in `access: "vault: Stripe"`.'
    if "could not find expected ':'" in problem:
        return "Write every line as `key: value`, with a space after the colon."
    if "cannot start any token" in problem:
        return "Put a value that starts with `@`, `%` or a backtick in quotes."
    if "scanning a quoted scalar" in problem or "end of stream" in problem:
        return "Close the quote or bracket that was opened on this line or above."
    return "Look for a missing quote, bracket, colon or space on this line or the one above."


class _Parser:
    """Reads events one at a time. One parser reads one text."""

    def __init__(self, text: str, first_line: int) -> None:
        self.events = yaml.CSafeLoader(text)
        # Typed as anything: each kind of event has attributes of its own.
        self.next: Callable[[], Any] = self.events.get_event
        self.first_line = first_line

    def document(self) -> Node:
        self.events.get_event()  # the stream's start
        if isinstance(self.events.peek_event(), yaml.StreamEndEvent):
            return MappingNode(self.first_line)
        self.events.get_event()  # the document's start
        node = self.node(self.next(), depth=1)
        self.events.get_event()  # the document's end
        after = self.next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise YamlRefused(
                self.line(after), "A second YAML document starts here.", "Keep one per file: delete this `---`."
            )
        return node

    def node(self, event: Any, depth: int) -> Node:
        line = self.first_line + event.start_mark.line
        if type(event) is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            self.refuse_cleverness(event, line)
        if type(event) is yaml.ScalarEvent:
            return ScalarNode(event.value, line, bool(event.style))
        if depth > MAX_DEPTH:
            raise YamlRefused(
                line, "This is nested too deeply.", f"Nothing in a library needs more than {MAX_DEPTH} levels."
            )
        if type(event) is yaml.SequenceStartEvent:
            return self.sequence(line, depth)
        return self.mapping(line, depth)

    def sequence(self, line: int, depth: int) -> SequenceNode:
        items: list[Node] = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self.node(event, depth + 1))
        return SequenceNode(line, items)

    def mapping(self, line: int, depth: int) -> MappingNode:
        node = MappingNode(line)
        keys, values = node.keys, node.values
        while type(event := self.next()) is not yaml.MappingEndEvent:
            key = self.node(event, depth + 1)
            if not isinstance(key, ScalarNode):
                raise YamlRefused(key.line, "A key must be a word.", "Write `key: value`.")
            if key.text in keys:
                first = keys[key.text]
                raise YamlRefused(
                    key.line, f"`{key.text}` is written twice; first on line {first}.", "Keep one of them."
                )
            keys[key.text] = key.line
            values[key.text] = self.node(self.next(), depth + 1)
        return node

    def refuse_cleverness(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise YamlRefused(
                line,
                "Anchors and aliases (`&name`, `*name`) are not read.",
                "Write the value out, or quote it if it is text.",
            )
        shown = re.sub(r"^tag:yaml\.org,2002:", "!!", event.tag)
        raise YamlRefused(line, f"Tags such as `{shown}` are not read.", "Delete it, or quote the value if it is text.")

    def line(self, event: yaml.Event) -> int:
        mark = event.start_mark
        return self.first_line + int(mark.line if mark else 0)
