"""`routebook verify`: recompute the hash chain of the record and replay its runs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.main import FINDINGS, FINE, CommandError, add_home, start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "verify",
        help="check that the record holds",
        description="Recompute every hash of the record, look for gaps, replay every run and compare. "
        "Exit code 0: it holds; 1: it doesn't, one line per problem.",
        epilog="example:\n  routebook verify --run 482",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", type=int, metavar="N", help="only the run with this number")
    add_home(parser)


def run(args: argparse.Namespace) -> int:
    start_django(args.home)
    from django.conf import settings
    from django.db import DatabaseError, connection

    file = Path(settings.DATABASES["default"]["NAME"])
    if connection.vendor == "sqlite" and not file.exists():
        raise CommandError(f"there is no database in {file.parent}.")
    try:
        return report(args.run)
    except DatabaseError as error:
        raise CommandError(f"the record can't be read: {str(error).strip().splitlines()[0]}.") from error


def report(number: int | None) -> int:
    from routebook.store.verify import Counted, verify

    counted, found = Counted(), 0
    for problem in verify(run=number, counted=counted):
        found += 1
        print(problem)
    if number is not None and not counted.runs and not found:
        raise CommandError(f"there is no run {number}.")
    size = f"{counted.lines} events in {counted.streams} streams, {counted.runs} runs replayed"
    print(f"The record {'does not hold' if found else 'holds'}: {size}.")
    return FINDINGS if found else FINE
