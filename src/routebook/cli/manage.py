"""`routebook manage …`: Django's own commands with Routebook's settings."""

import argparse
from typing import TYPE_CHECKING

from routebook.cli.main import start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "manage",
        help="run one of Django's own commands",
        epilog="example:\n  routebook manage check --deploy",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="the command and its options")


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["routebook manage", *args.words])
    return 0
