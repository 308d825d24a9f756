"""The XML of a BPMN file as a small tree: the elements of the model, each with its line.

What lies outside of BPMN's own namespace (the diagram, other tools' extensions) is only counted. Nothing is fetched and
no entity is expanded: a file that declares one is refused. Every limit holds while the file is read, not after.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

from routebook.formats.bpmn.elements import BETWEEN, FLOW_NODES

MOST_BYTES = 8 * 1024 * 1024
MOST_DEEP = 200
MOST_ELEMENTS = 250_000
MOST_DECLARED = 40

_IGNORED = frozenset({"incoming", "outgoing", "supportedInterfaceRef", "import"})
"""Said again by the sequence flows, or by nobody."""
_EXPECTED = frozenset({"process", "collaboration"})
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:\-]{1,60})["']""")
_CHARACTER_SETS = re.compile(
    r"iso8859|cp\d|koi8|kz1048|mac_|gb|hz|big5|shift_jis|euc_|johab|tis_620|latin|utf_8_sig|utf-8|ascii"
)
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0\0\0": "utf-32-le",
    b"\0\0\0<": "utf-32-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""How a file begins whose letters are wider than a byte, whatever it says of itself; longer beginnings first."""
_PREFIX = re.compile(r"(?:bpmn(?:2|20)?|semantic|model|ns\d*|b)")
"""Prefixes that stand for BPMN where a file doesn't say what they stand for."""
_OMG = re.compile(r"omg\.org/(?:spec/)?bpmn", re.IGNORECASE)
_TOO_BIG = f"The file is larger than {MOST_BYTES // (1024 * 1024)} MB; export fewer processes at a time."
_TOO_DEEP = f"The file is nested more than {MOST_DEEP} levels deep, which no map needs."
_TOO_MANY = f"The file has more than {MOST_ELEMENTS:,} elements; export fewer processes at a time."
_ENTITIES = "The file declares entities of its own, which a map has no use for and an attacker has."


@dataclass(frozen=True, slots=True)
class Unread:
    """Why no map came out of a file, in one sentence; `line` is 0 where it is about the whole file."""

    sentence: str
    line: int = 0

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}" if self.line else self.sentence


@dataclass(slots=True, eq=False)
class Element:
    """An element of BPMN: its name without a prefix, its attributes, and its text where it has no children."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: Sequence[Element] = ()
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> list[Element]:
        """The children with one of these names."""
        return [child for child in self.children if child.tag in tags] if self.children else []

    def first(self, *tags: str) -> Element | None:
        return next((child for child in self.children if child.tag in tags), None) if self.children else None


@dataclass(frozen=True, slots=True)
class Tree:
    """A file that was read. `foreign` counts elements of other namespaces in the model: (namespace, name) -> lines.

    `hidden` are flow nodes that stand within such elements, where nothing of the flow is looked for.
    """

    root: Element
    foreign: dict[tuple[str, str], list[int]]
    hidden: list[Element]
    hides_process: bool = False

    def has_process(self) -> bool:
        waiting = [self.root]
        while waiting:
            element = waiting.pop()
            if element.tag == "process":
                return True
            waiting += element.children
        return False


def parse(data: bytes) -> Tree | Unread:
    """The tree of a file, or why it has none. A file without a process gives a tree without one."""
    if len(data) > MOST_BYTES:
        return Unread(_TOO_BIG)
    if not data.strip():
        return Unread("The file is empty.")
    try:
        data, encoding = _readable(data)
        try:
            tree = _Builder(encoding, namespaces=True).build(data)
        except expat.ExpatError as error:
            if error.code != expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]:
                raise
            tree = _Builder(encoding, namespaces=False).build(data)
        if tree.hides_process or not any(child.tag in _EXPECTED for child in tree.root.children):
            tree = _read_otherwise(tree, data, encoding)
    except _Refusal as refusal:
        return refusal.unread
    except expat.ExpatError as error:
        return Unread(f"This is not well-formed XML: {expat.ErrorString(error.code)}.", error.lineno)
    return tree


class _Refusal(Exception):
    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.unread = Unread(sentence, line)


def _readable(data: bytes) -> tuple[bytes, str | None]:
    """The bytes as the parser can read them, and the encoding to tell it, if not the one it finds by itself."""
    wide = next((name for mark, name in _WIDE.items() if data.startswith(mark)), None)
    if wide is not None:
        return _decoded(data, wide), "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        return data, "utf-8"
    found = _DECLARED.match(data)
    if not found:
        return data, None
    declared = found[1].decode("ascii")
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise _Refusal(f"The file says it is written in “{declared}”, which is no known encoding.", 1) from None
    if name.startswith("utf-16"):
        return data, "utf-8"  # said by a tool that wrote a string to a file; the bytes say otherwise
    if name in ("utf-8", "ascii", "iso8859-1"):
        return data, None
    if not _CHARACTER_SETS.match(name):
        raise _Refusal(f"The file says it is written in “{declared}”, which can't be read here.", 1)
    return _decoded(data, name, declared), "utf-8"


def _decoded(data: bytes, encoding: str, declared: str = "") -> bytes:
    try:
        return data.decode(encoding).encode()
    except UnicodeError:
        how = f"says it is written in “{declared}”" if declared else f"begins like one in {encoding.upper()}"
        raise _Refusal(f"The file {how}, but it isn't.", 1) from None


def _read_otherwise(tree: Tree, data: bytes, encoding: str | None) -> Tree:
    """Read again, where a file binds BPMN's prefix to something else, or wraps its definitions in other elements."""
    if tree.hides_process:
        return _Builder(encoding, namespaces=True, enters=True).build(data)
    if tree.root.tag.endswith("definitions"):
        again = _Builder(encoding, namespaces=False).build(data)
        return again if again.root.tag == "definitions" else tree
    return tree if tree.has_process() else _Builder(encoding, namespaces=True, enters=True).build(data)


def is_bpmn(namespace: str) -> bool:
    """Whether a namespace is that of the model, of any draft of the standard; none at all counts too."""
    if not namespace:
        return True
    folded = namespace.casefold().rstrip("/")
    return bool(_OMG.search(folded)) and not folded.endswith("/di") and "non-normative" not in folded


class _Builder:
    """One reading of one file."""

    def __init__(self, encoding: str | None, *, namespaces: bool, enters: bool = False) -> None:
        self.enters = enters
        self.parser = expat.ParserCreate(encoding, BETWEEN if namespaces else None)
        self.parser.buffer_text = True
        self.names: dict[str, str] = {}
        self.root = Element("", {}, 0)
        self.stack = [self.root]
        self.outside = 0
        self.elements = 0
        self.words: list[str] = []
        self.foreign: dict[tuple[str, str], list[int]] = {}
        self.hidden: list[Element] = []
        self.hides_process = False

    def build(self, data: bytes) -> Tree:
        parser = self.parser
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.words.append
        parser.EntityDeclHandler = self.entity
        parser.SkippedEntityHandler = self.skipped
        parser.Parse(data, True)
        return Tree(
            self.root.children[0] if self.root.children else Element("", {}, 1),
            self.foreign,
            self.hidden,
            self.hides_process,
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.names.get(name)
        if local is None:
            local = self.names[name] = self.local(name)
        if local in _IGNORED:
            return
        if not local or local == "extensionElements":
            if not self.enters and (local or len(self.stack) > 1):
                self.leave(name, local)
                return
            local = "?" + name.rpartition(BETWEEN)[2]
        line = self.parser.CurrentLineNumber
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise _Refusal(_TOO_MANY, line)
        if len(self.stack) > MOST_DEEP:
            raise _Refusal(_TOO_DEEP, line)
        element = Element(local, attributes, line)
        above = self.stack[-1]
        if isinstance(above.children, list):
            above.children.append(element)
        else:  # most elements have none, so none has a list of its own before its first
            above.children = [element]
        self.stack.append(element)
        self.words.clear()

    def end(self, name: str) -> None:
        if self.names[name] in _IGNORED:
            return
        element = self.stack.pop()
        if self.words and not element.children:
            text = "".join(self.words)
            element.text = text if element.tag == "documentation" else text.strip()
        self.words.clear()

    def local(self, name: str) -> str:
        """The name without its namespace; "" where it is none of BPMN's."""
        namespace, _, local = name.rpartition(BETWEEN)
        if not namespace and ":" in local:
            prefix, _, local = local.rpartition(":")
            return local if _PREFIX.fullmatch(prefix.casefold()) else ""
        return local if is_bpmn(namespace) else ""

    def leave(self, name: str, local: str) -> None:
        """Step outside of the model: from here on elements are only counted, until this one ends."""
        if not local:
            self.note(name)
        self.outside = 1
        self.parser.StartElementHandler = self.start_outside
        self.parser.EndElementHandler = self.end_outside
        self.parser.CharacterDataHandler = None

    def start_outside(self, name: str, attributes: dict[str, str]) -> None:
        self.outside += 1
        if self.outside == 2:
            self.note(name)
        local = self.names.get(name)
        if local is None:
            local = self.names[name] = self.local(name)
        if local == "process":
            self.hides_process = True
        elif local in FLOW_NODES and BETWEEN in name:
            self.hide(Element(local, attributes, self.parser.CurrentLineNumber))
        if self.outside + len(self.stack) > MOST_DEEP:
            raise _Refusal(_TOO_DEEP, self.parser.CurrentLineNumber)

    def hide(self, node: Element) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise _Refusal(_TOO_MANY, node.line)
        self.hidden.append(node)

    def end_outside(self, name: str) -> None:
        self.outside -= 1
        if not self.outside:
            self.parser.StartElementHandler = self.start
            self.parser.EndElementHandler = self.end
            self.parser.CharacterDataHandler = self.words.append

    def note(self, name: str) -> None:
        namespace, _, local = name.rpartition(BETWEEN)
        lines = self.foreign.setdefault((namespace, local), [])
        if len(lines) < MOST_DECLARED:
            lines.append(self.parser.CurrentLineNumber)

    def entity(self, *_: object) -> None:
        raise _Refusal(_ENTITIES, self.parser.CurrentLineNumber)

    def skipped(self, name: str, parameter: bool) -> None:
        if not parameter:
            raise _Refusal(
                f"The file uses the entity “{name}”, which it doesn't declare.", self.parser.CurrentLineNumber
            )
