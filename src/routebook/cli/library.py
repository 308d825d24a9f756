"""`routebook import DIR` and `routebook export DIR`: a library folder into the organisation, and back."""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.folder import files_of
from routebook.cli.main import FINE, WRONG_USE, CommandError, add_home, start_django
from routebook.core.document import AnyDocument
from routebook.formats.errors import Refused as Unreadable
from routebook.formats.library import MEDIA_FOLDER, ORGANISATION_FILE, LibraryFolder, read_library
from routebook.formats.markdown import decode, read_document

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers
    from routebook.store.access import Actor

DRAFTS = "drafts"


def add(subparsers: "Subparsers") -> None:
    bring = subparsers.add_parser(
        "import",
        help="bring a library folder into the organisation",
        description="Bring a library folder in: people, roles, documents and media. All of it, or nothing.",
        epilog="example:\n  routebook import ~/library --note 'Reviewed in March'",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bring.add_argument("directory", type=Path, metavar="DIR", help="the folder that holds routebook.yaml")
    bring.add_argument("--note", default="", help="what changed; stands beside the new versions")
    _add_organisation(bring)
    export = subparsers.add_parser(
        "export",
        help="write the library as a folder",
        description="Write everything as a library folder: what is published, open drafts, people, roles and media.",
        epilog="example:\n  routebook export ~/library",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument("directory", type=Path, metavar="DIR", help="a new or empty folder, or one that was exported")
    _add_organisation(export)


def _add_organisation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", default="", metavar="NAME", help="which one, where there are several")
    add_home(parser)


def run(args: argparse.Namespace) -> int:
    return _import(args) if args.command == "import" else _export(args)


def _import(args: argparse.Namespace) -> int:
    if not args.directory.is_dir():
        raise CommandError(f"there is no folder “{args.directory}”.")
    files = files_of(args.directory, also=(MEDIA_FOLDER, DRAFTS))
    folder = read_library(files)
    drafts = _drafts(files)
    errors = [error for read in (folder, drafts) if isinstance(read, Unreadable) for error in read.errors]
    if isinstance(folder, Unreadable) or isinstance(drafts, Unreadable):
        for error in errors:
            print(f"{args.directory}/{error}", file=sys.stderr)
        return WRONG_USE
    return _bring(args, folder, drafts)


def _drafts(files: Mapping[str, bytes]) -> tuple[AnyDocument, ...] | Unreadable:
    """The open drafts that an export kept beside the published documents."""
    drafts = []
    for path in sorted(files):
        if not path.startswith(f"{DRAFTS}/") or not path.endswith(".md"):
            continue
        text = decode(path, files[path])
        read = text if isinstance(text, Unreadable) else read_document(path, text)
        if isinstance(read, Unreadable):
            return read
        drafts.append(read.document)
    return tuple(drafts)


def _bring(args: argparse.Namespace, folder: LibraryFolder, drafts: tuple[AnyDocument, ...]) -> int:
    actor = _actor(args.organisation, args.home)
    from django.utils import timezone

    from routebook.store.access import Refused
    from routebook.store.actions.library import bring

    try:
        brought = bring(actor, folder.library, folder.media, drafts, now=timezone.now(), note=args.note)
    except Refused as refused:
        where = f"{args.directory / refused.refusal.field}: " if refused.refusal.field else ""
        print(f"{where}{refused.refusal.sentence} Nothing was imported.", file=sys.stderr)
        return WRONG_USE
    for one in brought:
        if one.result != "unchanged":
            print(f"{one.result:<10} {one.path}")
    counts = Counter(one.result for one in brought)
    print(f"{_listed(counts)}.")
    return FINE


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))


def _export(args: argparse.Namespace) -> int:
    directory: Path = args.directory
    if directory.exists() and not directory.is_dir():
        raise CommandError(f"“{directory}” is a file; name a folder.")
    there = files_of(directory) if directory.is_dir() else {}
    if there and ORGANISATION_FILE not in there:
        raise CommandError(f"“{directory}” holds something else; name a new folder, or one that holds a library.")
    actor = _actor(args.organisation, args.home)
    from routebook.store.queries.library import export

    exported = export(actor)
    _write(directory, exported.files)
    print(f"{len(exported.files)} files written to {directory}.")
    for path, reason in exported.left_out:
        print(f"left out: the draft of {path} is not ready to be a file. {reason}", file=sys.stderr)
    for path in sorted(there.keys() - exported.files.keys()):
        print(f"left alone: {path} is not part of the organisation.", file=sys.stderr)
    return FINE


def _write(directory: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    except OSError as error:
        raise CommandError(f"“{error.filename}” can't be written: {error.strerror}.") from error


def _actor(organisation: str, home: str | None) -> "Actor":
    start_django(home)
    from django.db import DatabaseError

    from routebook.store.queries.organisations import NobodyToAct, owner_at_the_shell

    try:
        return owner_at_the_shell(organisation)
    except NobodyToAct as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError("the database isn't ready yet; `routebook serve` makes it.") from error
