"""`routebook user add | password | list`: who can sign in, for whoever operates the server."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from routebook.cli.main import FINE, WRONG_USE, CommandError, add_home, start_django

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers
    from routebook.store.access import Actor

ACCESS = ("owner", "manager", "assistant", "guest", "agent")
EXAMPLES = {
    "add": "routebook user add sam@example.com --name 'Sam Okoro' --access assistant",
    "password": "routebook user password sam@example.com",
    "list": "routebook user list",
}


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "user",
        help="add a person with an account, give one a new password, list all",
        description="People who can sign in. From the web, a person is invited by a link instead.",
        epilog="\n  ".join(["examples:", *EXAMPLES.values()]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="add | password | list")
    person = verbs.add_parser("add", help="add a person with an account", epilog=example("add"))
    person.add_argument("email", metavar="EMAIL", help="what the person signs in with")
    person.add_argument("--name", required=True, help="the person's name")
    person.add_argument("--access", choices=ACCESS, default="assistant", help="what they may do (default: %(default)s)")
    person.add_argument("--org", default="", help="the organisation, where there are several")
    secret = verbs.add_parser("password", help="give an account a new password", epilog=example("password"))
    secret.add_argument("email", metavar="EMAIL", help="what the person signs in with")
    secret.add_argument("--stdin", action="store_true", help="read the password from the first line of standard input")
    everybody = verbs.add_parser("list", help="list everybody", epilog=example("list"))
    for one in (person, secret, everybody):
        add_home(one)


def example(verb: str) -> str:
    return f"example: {EXAMPLES[verb]}"


def run(args: argparse.Namespace) -> int:
    start_django(args.home)
    from django.db import DatabaseError

    try:
        return {"add": add_person, "password": change_password, "list": list_people}[args.verb](args)
    except DatabaseError as error:
        raise CommandError("the database isn't ready yet; `routebook serve` makes it.") from error


def add_person(args: argparse.Namespace) -> int:
    from django.db import transaction
    from django.utils import timezone

    from routebook.core.document import Access
    from routebook.store.access import Refused
    from routebook.store.actions import members

    actor, now = owner(args.org), timezone.now()
    if not args.email.strip():
        raise CommandError("give an e-mail address, such as ana@example.com.")
    try:
        with transaction.atomic():
            member = members.add(actor, name=args.name, email=args.email, access=Access(args.access), now=now)
            members.open_account(actor, member.pk, now=now)
    except Refused as refused:
        raise CommandError(refused.refusal.sentence) from refused
    print(f"{member.name} is added. Give a password with: routebook user password {member.email}")
    return FINE


def owner(organisation: str) -> "Actor":
    from routebook.store.queries.organisations import NobodyToAct, owner_at_the_shell

    try:
        return owner_at_the_shell(organisation)
    except NobodyToAct as error:
        raise CommandError(str(error)) from error


def change_password(args: argparse.Namespace) -> int:
    from routebook.store.access import NotFound, Refused
    from routebook.store.actions import members

    password = sys.stdin.readline().rstrip("\r\n") if args.stdin else ask_twice()
    try:
        members.set_password(args.email, password)
    except NotFound as error:
        raise CommandError(f"nobody here signs in as {args.email}; `routebook user list` shows who does.") from error
    except Refused as refused:
        raise CommandError(refused.refusal.sentence) from refused
    print(f"{args.email} has a new password.")
    return FINE


def ask_twice() -> str:
    """The password, typed twice without showing it."""
    first = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != first:
        raise CommandError("the two passwords differ; nothing was changed.")
    return first


def list_people(_: argparse.Namespace) -> int:
    from routebook.store.queries.members import accounts

    found = accounts()
    if not found:
        print("nobody has an account here yet.", file=sys.stderr)
        return WRONG_USE
    for one in found:
        state = "" if one.active else "left"
        state = state or ("" if one.signs_in else "no password")
        print(f"{one.email or '–':<32} {one.name:<24} {one.access:<10} {one.organisation:<28} {state}".rstrip())
    return FINE
