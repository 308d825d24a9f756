"""`routebook handbook DIR OUT.zip`: a library folder as static pages that need nothing to be read, without a database."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.folder import files_of
from routebook.cli.main import FINE, WRONG_USE, CommandError
from routebook.core.document import Status
from routebook.formats.errors import Refused
from routebook.formats.library import MEDIA_FOLDER, read_library

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "handbook",
        help="make a handbook of a library folder",
        description="Make a handbook of a library folder: static pages with their media in one zip, in the reader's order. "
        "Only what is published is in it.",
        epilog="example:\n  routebook handbook sample handbook.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="the folder that holds routebook.yaml")
    parser.add_argument("file", type=Path, metavar="OUT.zip", help="the zip to write; one that is there is replaced")


def run(args: argparse.Namespace) -> int:
    from routebook.formats.handbook import Entry, Frame, handbook_of, pages_of
    from routebook.formats.sheets.of_document import day
    from routebook.paper import bind

    if not args.directory.is_dir():
        raise CommandError(f"there is no folder “{args.directory}”.")
    folder = read_library(files_of(args.directory, also=(MEDIA_FOLDER,)))
    if isinstance(folder, Refused):
        for error in folder.errors:
            print(f"{args.directory}/{error}", file=sys.stderr)
        return WRONG_USE
    documents = [one for one in folder.library.documents if one.status is Status.PUBLISHED]
    documents.sort(key=lambda one: one.title.casefold())
    frame = Frame(folder.library.organisation.name, f"made {day(dt.datetime.now(dt.UTC).astimezone().date())}")
    handbook = handbook_of([Entry(one) for one in documents], frame)
    media = {path: folder.media[path] for path in handbook.media if path in folder.media}
    try:
        with args.file.open("wb") as target:
            bind(target, pages_of(handbook, media), media)
    except OSError as error:
        raise CommandError(f"“{args.file}” can't be written: {error.strerror}.") from error
    print(f"{len(documents)} documents written to {args.file}; unpack it and open handbook/index.html.")
    return FINE
