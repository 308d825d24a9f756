"""A whole library as a folder: ``relative path -> bytes`` to a `Library` and back.

    routebook.yaml     name, working week, roles, people
    goals/ policies/ processes/ procedures/ sops/ work-instructions/     one document per file
    media/             pictures and recordings, kept as they are

Reading is all or nothing: every error of every file, or the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from routebook.core.document import FOLDERS, AnyDocument, Kind, Library, Organisation, Person, Role, kind_of
from routebook.formats.errors import FormatError, Lines, Refused, did_you_mean
from routebook.formats.markdown.document import decode, read_document, write_document
from routebook.formats.markdown.reading import Reading
from routebook.formats.markdown.writing import tree_of, yaml_text
from routebook.formats.markdown.yaml_nodes import MappingNode, YamlRefused
from routebook.formats.normal import normalise, normalise_organisation
from routebook.formats.schema import ORGANISATION

ORGANISATION_FILE = "routebook.yaml"
MEDIA_FOLDER = "media"
_ORDER = {kind: index for index, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """A folder that was read.

    `lines` gives, per file, the line of every field; `media` the files below `media/` by their path
    there; `ignored` what lies in the folder and is no part of a library.
    """

    library: Library
    lines: Mapping[str, Lines]
    media: Mapping[str, bytes] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def path_of(document: AnyDocument) -> str:
    """Where a library keeps the document, such as ``sops/issue-a-refund.md``."""
    return f"{FOLDERS[kind_of(document)]}/{document.slug}.md"


def read_library(files: Mapping[str, bytes]) -> LibraryFolder | Refused:
    """The library in a folder, given as its files by their path with forward slashes."""
    errors: list[FormatError] = []
    lines: dict[str, Lines] = {}
    documents: list[AnyDocument] = []
    media: dict[str, bytes] = {}
    ignored: list[str] = []
    organisation = _organisation(files, errors, lines)
    for path in sorted(files):
        parts = PurePosixPath(path).parts
        if path == ORGANISATION_FILE:
            continue
        if ".." in parts or path.startswith("/"):
            errors.append(FormatError(path, 1, "", "This file lies outside the folder.", "Take it out of the archive."))
        elif parts[0] == MEDIA_FOLDER and len(parts) > 1:
            media[str(PurePosixPath(*parts[1:]))] = files[path]
        elif parts[0] in FOLDERS.values() and not parts[-1].startswith("."):
            errors += _read_into(path, files[path], documents, lines)
        else:
            ignored.append(path)
            errors += _misnamed_folder(parts, path)
    if errors or organisation is None:
        return Refused(tuple(sorted(errors)))
    return LibraryFolder(Library(organisation, _in_order(documents)), lines, media, tuple(ignored))


def write_library(library: Library, media: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files of a library by path, in order: first `routebook.yaml`, then documents, then media."""
    files = {ORGANISATION_FILE: write_organisation(library.organisation).encode()}
    files |= {path_of(document): write_document(document).encode() for document in _in_order(library.documents)}
    return files | {f"{MEDIA_FOLDER}/{path}": data for path, data in sorted((media or {}).items())}


def normalise_library(library: Library) -> Library:
    """What writing the library and reading it again gives."""
    documents = _in_order(normalise(document) for document in library.documents)
    return Library(normalise_organisation(library.organisation), documents)


def read_organisation(path: str, text: str) -> tuple[Organisation, Lines] | Refused:
    """`routebook.yaml`, and the line of each of its fields."""
    from routebook.formats.markdown.yaml_reader import parse_yaml  # documents seldom need it

    reading = Reading(path)
    try:
        node = parse_yaml(text.removeprefix("\ufeff"))
    except YamlRefused as refusal:
        return Refused((FormatError(path, refusal.line, "", refusal.sentence, refusal.fix),))
    values = reading.record(node, ORGANISATION.keys, "", "routebook.yaml")
    organisation = Organisation(**({"name": ""} | values))
    if isinstance(node, MappingNode):
        _refuse_twins("people", [person.id for person in organisation.people], reading)
        _refuse_twins("roles", [role.title for role in organisation.roles], reading)
        _refuse_strangers(organisation.roles, organisation.people, reading)
    if reading.errors:
        return Refused(tuple(sorted(reading.errors)))
    return organisation, reading.lines


def write_organisation(organisation: Organisation) -> str:
    """The text of `routebook.yaml`."""
    return yaml_text(tree_of(normalise_organisation(organisation), ORGANISATION.keys))


def _in_order(documents: Iterable[AnyDocument]) -> tuple[AnyDocument, ...]:
    return tuple(sorted(documents, key=lambda document: (_ORDER[kind_of(document)], document.slug)))


def _organisation(
    files: Mapping[str, bytes], errors: list[FormatError], lines: dict[str, Lines]
) -> Organisation | None:
    if ORGANISATION_FILE not in files:
        fix = "Add it, with a line such as `name: Clear Harbour Coaching`."
        errors.append(FormatError(ORGANISATION_FILE, 1, "", "This folder has no routebook.yaml.", fix))
        return None
    text = decode(ORGANISATION_FILE, files[ORGANISATION_FILE])
    read = text if isinstance(text, Refused) else read_organisation(ORGANISATION_FILE, text)
    if isinstance(read, Refused):
        errors += read.errors
        return None
    organisation, lines[ORGANISATION_FILE] = read
    return organisation


def _read_into(path: str, data: bytes, documents: list[AnyDocument], lines: dict[str, Lines]) -> Iterable[FormatError]:
    parts = PurePosixPath(path).parts
    if len(parts) != 2 or not path.endswith(".md"):
        fix = f"Put documents directly into `{parts[0]}/` as `name.md`, and everything else into `media/`."
        return (FormatError(path, 1, "", "This file is not a document of the library.", fix),)
    text = decode(path, data)
    read = text if isinstance(text, Refused) else read_document(path, text)
    if isinstance(read, Refused):
        return read.errors
    documents.append(read.document)
    lines[path] = read.lines
    return ()


def _misnamed_folder(parts: tuple[str, ...], path: str) -> Iterable[FormatError]:
    """`policy/` or `SOPs/`: left alone, its documents would be missed without a word."""
    if len(parts) < 2 or not path.endswith(".md") or parts[0].startswith("."):
        return ()
    near = did_you_mean(parts[0], FOLDERS.values())
    if not near:
        return ()
    return (FormatError(path, 1, "", f"`{parts[0]}/` is not a folder of a library.", f"Did you mean `{near}/`?"),)


def _refuse_twins(where: str, names: list[str], reading: Reading) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name and name.casefold() in seen:
            path = f"{where}[{index}]"
            reading.refuse(reading.lines[path], path, f"`{name}` stands in `{where}` twice.", "Keep one of them.")
        seen.add(name.casefold())


def _refuse_strangers(roles: tuple[Role, ...], people: tuple[Person, ...], reading: Reading) -> None:
    known = [person.id for person in people]
    for index, role in enumerate(roles):
        named: list[tuple[str, Any]] = [(f"holders[{at}]", holder) for at, holder in enumerate(role.holders)]
        for name, person_id in [*named, ("backup", role.backup)]:
            if not person_id or person_id in known:
                continue
            path = f"roles[{index}].{name}"
            near = did_you_mean(person_id, known)
            fix = f"Did you mean `{near}`?" if near else "Add the person to `people`, or take the name out."
            reading.refuse(reading.lines[path], path, f"`{person_id}` is not the id of anyone in `people`.", fix)
