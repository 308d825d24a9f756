"""A share of a library's documents, read and looked at in one process."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from routebook.cli.checking.findings import Placed
from routebook.cli.checking.seen import NOT_A_FILE
from routebook.core.checks import Checker, Finding, unreadable
from routebook.core.checks.catalogue import Facts, Index, Question, facts_of, index_from
from routebook.core.document import FOLDERS, Kind, Process, Role
from routebook.formats.errors import FormatError, Lines, Refused, line_of
from routebook.formats.markdown import MAX_BYTES, DocumentFile, decode, read_document

KIND_IN = {folder: kind for kind, folder in FOLDERS.items()}
MOST_IN_MEMORY = 50_000_000
"""Bytes. So much text stays in memory, as documents of four times the size, until it is looked at; the rest is read twice."""


class Task(NamedTuple):
    """A file to read: its name, its size and time as seen, and what its content was (a hash), or ""."""

    name: str
    size: int
    time: int
    content: str


class Read(NamedTuple):
    """A file that was read: the hash of its content, and where that is new its facts and why it can't be read."""

    name: str
    content: str
    facts: Facts | None
    findings: tuple[Placed, ...]


class Around(NamedTuple):
    """The library around the documents, small enough to be sent to other processes."""

    facts: tuple[Facts, ...]
    roles: tuple[Role, ...]
    today: dt.date
    media: frozenset[str]


class Looked(NamedTuple):
    """A document that the rules looked at: what they found, and what they asked."""

    name: str
    findings: tuple[Placed, ...]
    asked: frozenset[Question]


@dataclass(frozen=True, slots=True)
class _Broken:
    """A file that can't be read."""

    errors: tuple[FormatError, ...]


class Part:
    """Reads documents of one folder, keeps them, and lets the rules look at them."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._documents: dict[str, DocumentFile] = {}
        self._room = MOST_IN_MEMORY
        self._last: tuple[str, DocumentFile] | None = None
        self._indexed: tuple[Around, Index] | None = None

    def read(self, tasks: Iterable[Task]) -> Iterator[Read]:
        """Each file, as far as its content is new."""
        return (self._read(task) for task in tasks)

    def look(self, names: Iterable[str], around: Around) -> Iterator[Looked]:
        """Each document, seen within its library."""
        checker = Checker(self.index(around))
        return (self._look(name, checker) for name in names)

    def index(self, around: Around) -> Index:
        """The index of the library, made once; it opens a map when a rule asks for one."""
        if self._indexed is None or self._indexed[0] is not around:
            index = index_from(around.facts, around.roles, self._process, today=around.today, media=around.media)
            self._indexed = (around, index)
        return self._indexed[1]

    def _read(self, task: Task) -> Read:
        data = bytes_of(self._directory, task.name, task.size) if (task.size, task.time) != NOT_A_FILE else None
        content = blake2b(data, digest_size=12).hexdigest() if data is not None else "unreadable"
        if content == task.content:
            return Read(task.name, content, None, ())
        kind, slug = place_of(task.name)
        read = document_in(task.name, data)
        if isinstance(read, _Broken):
            found = tuple(placed_error(task.name, kind, slug, error) for error in read.errors)
            return Read(task.name, content, Facts(kind, slug, edition=content, is_readable=False), found)
        self._keep(task.name, read, task.size)
        return Read(task.name, content, facts_of(read.document, content), ())

    def _look(self, name: str, checker: Checker) -> Looked:
        read = self._document(name)
        if read is None:
            return Looked(name, (), frozenset())  # it went away since it was read; the next check sees that
        looked = checker.look_at(read.document)
        return Looked(name, tuple(placed(name, read.lines, finding) for finding in looked.findings), looked.asked)

    def _document(self, name: str) -> DocumentFile | None:
        known = self._documents.get(name)
        if known is not None:
            return known
        if self._last is not None and self._last[0] == name:
            return self._last[1]  # the map that several rules ask for, one after another
        data = bytes_of(self._directory, name)
        read = document_in(name, data)
        if data is None or isinstance(read, _Broken):
            return None
        self._keep(name, read, len(data))
        return read

    def _keep(self, name: str, document: DocumentFile, size: int) -> None:
        if size <= self._room:
            self._room -= size
            self._documents[name] = document
        else:
            self._last = (name, document)

    def _process(self, slug: str) -> Process | None:
        read = self._document(f"{FOLDERS[Kind.PROCESS]}/{slug}.md")
        return read.document if read is not None and isinstance(read.document, Process) else None


def bytes_of(directory: str, name: str, size: int = MAX_BYTES) -> bytes | None:
    """The content of a file of about this size, or of one that is too large for a document a little more than it may be."""
    try:
        handle = os.open(f"{directory}/{name}", os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        data = os.read(handle, min(size, MAX_BYTES) + 1)
        while len(data) <= MAX_BYTES and (more := os.read(handle, MAX_BYTES + 1 - len(data))):
            data += more
        return data
    except OSError:
        return None
    finally:
        os.close(handle)


def document_in(name: str, data: bytes | None) -> DocumentFile | _Broken:
    """The document that a file holds; `data` is None where the file can't be opened."""
    if data is None:
        return _Broken((FormatError(name, 1, "", "This file can't be opened.", "Look at its permissions."),))
    if name.count("/") != 1 or not name.endswith(".md"):
        fix = (
            f"Put documents directly into `{name.partition('/')[0]}/` as `name.md`, and everything else into `media/`."
        )
        return _Broken((FormatError(name, 1, "", "This file is not a document of the library.", fix),))
    text = decode(name, data)
    read = text if isinstance(text, Refused) else read_document(name, text)
    return _Broken(read.errors) if isinstance(read, Refused) else read


def place_of(name: str) -> tuple[Kind, str]:
    """The kind and slug that a file's name stands for."""
    folder, _, rest = name.partition("/")
    return KIND_IN[folder], rest.removesuffix(".md")


def placed(name: str, lines: Lines, finding: Finding) -> Placed:
    """A finding with its file and line."""
    return Placed(
        name,
        line_of(lines, finding.path),
        finding.rule,
        finding.name,
        finding.severity.value,
        finding.kind.value if finding.kind is not None else "",
        finding.slug,
        finding.path,
        finding.sentence,
        finding.fix,
    )


def placed_error(name: str, kind: Kind | None, slug: str, error: FormatError) -> Placed:
    """Why a file can't be read, as a finding."""
    return placed(name, {error.field: error.line}, unreadable(kind, slug, error.field, error.sentence, error.fix))
