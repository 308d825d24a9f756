"""The command line: one table of commands, in the order of the product's six words.

Each command is a module of this package with two functions:

    add(subparsers) -> None    describes the command's options, its help and one example
    run(args) -> int           does it, and returns the exit code

Only the module of the command that was asked for is imported; the list that `routebook --help` prints comes from the
table, so it costs nothing. Exit codes: 0 fine, 1 findings, 2 wrong use. Errors are one sentence on standard error.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

FINE, FINDINGS, WRONG_USE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    module: str
    help: str


HEADINGS: dict[str, tuple[Command, ...]] = {
    "map": (Command("map", "map", "Draw the map of a process: SVG, PDF, PNG, text or BPMN; reads BPMN too."),),
    "delegate": (),
    "write": (
        Command("which", "which", "Which document do I need? Five questions; no database needed."),
        Command("sort", "sort", "Tell what each document of a pile is, with reasons; no database needed."),
        Command("check", "check", "List what is wrong in a library folder; no database needed."),
        Command(
            "handbook", "handbook", "Make a handbook of a library folder: static pages in a zip; no database needed."
        ),
        Command("import", "library", "Bring a library folder in: people, roles, documents and media."),
        Command("export", "library", "Write everything as a library folder."),
    ),
    "hand off": (),
    "run": (Command("verify", "verify", "Check that the record holds: every hash, every run replayed."),),
    "improve": (),
    "operate": (
        Command("serve", "serve", "Start the server; on the first start, load the sample company."),
        Command("user", "user", "Add a person with an account, give one a new password, list all."),
        Command("reindex", "reindex", "Make the search index anew from what is stored."),
        Command("media", "media", "List the files that nothing names any more, and remove the old ones."),
        Command("manage", "manage", "Run one of Django's own commands, such as migrate or check --deploy."),
    ),
}

EXAMPLE = "example:\n  routebook serve --port 8080"


class CommandError(Exception):
    """A sentence for the person at the shell; the command ends with exit code 2."""


def entry() -> NoReturn:
    speak_plainly()
    code = main(sys.argv[1:])
    gc.freeze()  # the process ends: to look through all it holds for cycles would only keep the person waiting
    sys.exit(code)


def speak_plainly() -> None:
    """What goes into a file or a pipe is UTF-8 wherever it is written; a terminal shows what it can."""
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    try:
        try:
            return answer(arguments)
        finally:
            sys.stdout.flush()  # as long as it can be said that nobody takes it
    except CommandError as error:
        print(f"routebook: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        drop_what_is_left()  # the reader, such as `head`, has seen enough
        return FINE
    except OSError as error:
        drop_what_is_left()
        place = f"{error.filename}: " if error.filename else ""
        print(f"routebook: {place}{error.strerror or error}.", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130


def drop_what_is_left() -> None:
    """Python writes what it still holds when it ends, and would complain then about what is already told."""
    import os

    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)


def answer(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return FINE
    if arguments[0] in ("-V", "--version", "version"):
        from routebook import version

        print(f"routebook {version()}")
        return FINE
    return run_command(arguments)


def run_command(arguments: Sequence[str]) -> int:
    command = find(arguments[0])
    module = import_module(f"routebook.cli.{command.module}")
    parser = argparse.ArgumentParser(prog="routebook", formatter_class=argparse.RawDescriptionHelpFormatter)
    module.add(parser.add_subparsers(dest="command", required=True, metavar="command"))
    code: int = module.run(parser.parse_args(arguments))
    return code


def find(name: str) -> Command:
    for command in commands():
        if command.name == name:
            return command
    raise CommandError(f"there is no command “{name}”{suggestion(name)}; `routebook --help` lists them all.")


def suggestion(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [command.name for command in commands()], n=1)
    return f", did you mean “{close[0]}”?" if close else ""


def commands() -> list[Command]:
    return [command for group in HEADINGS.values() for command in group]


def overview() -> str:
    """What `routebook --help` prints."""
    from routebook import __doc__ as purpose

    width = max(len(command.name) for command in commands())
    lines = ["usage: routebook <command> [options]", "", str(purpose), ""]
    for heading, group in HEADINGS.items():
        if group:
            lines += [heading, *(f"  {command.name:<{width}}  {command.help}" for command in group), ""]
    lines += ["`routebook <command> --help` explains one command.", "", EXAMPLE]
    return "\n".join(lines)


def add_home(parser: argparse.ArgumentParser) -> None:
    """The option of every command that needs the data; `start_django` takes it."""
    parser.add_argument("--home", help="folder that holds the data (default: $ROUTEBOOK_HOME)")


def start_django(home: str | None = None) -> None:
    """Load the settings and the models; for commands that need the database. A bad setting is a CommandError."""
    import os
    from pathlib import Path

    if home:
        os.environ["ROUTEBOOK_HOME"] = str(Path(home).expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "routebook.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error
