"""`routebook media --unused`: files on the disk that nothing names any more."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.main import FINE, CommandError, start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "media",
        help="list the files that nothing names",
        description="List the files of the media folder that no version, draft or suggestion names, that is no evidence "
        "of a run and no original of a pile. With --delete, those that have lain for a week are removed; make a backup "
        "first.",
        epilog="example:\n  routebook media --unused --delete",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--unused", action="store_true", required=True, help="the files that nothing names")
    parser.add_argument("--delete", action="store_true", help="remove those that are older than a week")
    parser.add_argument("--home", help="folder that holds the data (default: $ROUTEBOOK_HOME)")


def run(args: argparse.Namespace) -> int:
    if args.home:
        os.environ["ROUTEBOOK_HOME"] = str(Path(args.home).expanduser().resolve())
    start_django()
    from django.db import DatabaseError
    from django.utils import timezone

    from routebook.store import unused

    now = timezone.now()
    try:
        found = unused.find()
    except DatabaseError as error:
        raise CommandError("the database isn't ready yet; `routebook serve` makes it.") from error
    gone = set(unused.remove(found, now)) if args.delete else set()
    for one in found:
        state = "removed" if one in gone else "old" if one.may_go(now) else "young"
        print(f"{state:<8}{one.size:>12,}  {one.at:%Y-%m-%d}  {one.path}")
    size = sum(one.size for one in found) / 1_000_000
    print(f"{len(found)} files that nothing names, {size:,.1f} MB; {len(gone)} removed.")
    return FINE
