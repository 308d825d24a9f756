"""`routebook reindex`: make the search index anew from what is stored."""

import argparse
from typing import TYPE_CHECKING

from routebook.cli.main import FINE, CommandError, add_home, start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "reindex",
        help="make the search index anew",
        description="Make the search index anew from what is stored. Every change keeps it by itself; this is for a "
        "database that was filled in another way.",
        epilog="example:\n  routebook reindex",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_home(parser)


def run(args: argparse.Namespace) -> int:
    start_django(args.home)
    from django.db import DatabaseError

    from routebook.store.search import rebuild_all

    try:
        count = rebuild_all()
    except DatabaseError as error:
        raise CommandError("the database isn't ready yet; `routebook serve` makes it.") from error
    print(f"{count} things can be found.")
    return FINE
