"""YAML as a tree of nodes that know their lines.

Scalars stay exactly as they were typed: the schema decides what each means, which is all that YAML 1.2's core schema
asks for (`no` and `12:30` stay text).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 12
"""Deeper than any document; a file that nests further is refused."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class ScalarNode(NamedTuple):
    """A value as typed. `quoted` values are never empty-on-purpose: ``""`` is text, a blank is not."""

    text: str
    line: int
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        return not self.quoted and self.text in NULLS


@dataclass(slots=True)
class SequenceNode:
    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class MappingNode:
    """`keys` holds the line of each key."""

    line: int
    values: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


Node = ScalarNode | SequenceNode | MappingNode


class YamlRefused(Exception):
    """The text is not YAML that we take; `line` is 1-based and counts from the text's first line."""

    def __init__(self, line: int, sentence: str, fix: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence
        self.fix = fix
