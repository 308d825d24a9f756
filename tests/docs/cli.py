"""The reference of the command line, written from its parsers: `python -m tests.docs.cli` writes the page, and the
table in the README.

The parsers' own help is not copied, because each version of Python lays it out differently.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from routebook.cli.main import HEADINGS, Command, commands

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "cli.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- written by python -m tests.docs.cli -->\n", "<!-- end -->\n"

HEAD = """\
# The command line

`routebook` comes with `pip install .`; in a checkout it is `bin/routebook`, and `bin/start` is `routebook serve` with the
data in `var/`. The commands stand under the product's six words; what keeps the house running comes last.

Exit codes: 0 is fine, 1 means findings, 2 means wrong use. An error is one sentence on standard error. The commands that
need no database never start one, and answer at once. `routebook --version` tells the version.

This page is written from the parsers by `python -m tests.docs.cli`.
"""


def page() -> str:
    return "\n".join([HEAD, *contents(), *(line for command in commands() for line in entry(command))]).rstrip() + "\n"


def contents() -> Iterator[str]:
    for heading, group in HEADINGS.items():
        if group:
            yield f"**{heading}**"
            yield ""
            yield from (f"- [`{command.name}`](#routebook-{command.name}): {command.help}" for command in group)
            yield ""


def entry(command: Command) -> Iterator[str]:
    yield f"## `routebook {command.name}`"
    yield ""
    yield from described(parser_of(command.name), command.help)


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of one command, as its module builds it."""
    command = next(command for command in commands() if command.name == name)
    subparsers = argparse.ArgumentParser(prog="routebook").add_subparsers(dest="command")
    import_module(f"routebook.cli.{command.module}").add(subparsers)
    parser: argparse.ArgumentParser = subparsers.choices[name]
    return parser


def readme() -> str:
    """The README with the table of commands in its place."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [
        f"| {heading if n == 0 else ''} | `routebook {command.name}` | {command.help} |\n"
        for heading, group in HEADINGS.items()
        for n, command in enumerate(group)
    ]
    return "".join([before, BEGIN, "| | command | what it does |\n|---|---|---|\n", *rows, END, after])


def described(parser: argparse.ArgumentParser, purpose: str) -> Iterator[str]:
    yield parser.description or sentence(purpose)
    yield ""
    below = list(nested(parser))
    if not below:
        yield from ("```", usage(parser), "```", "")
    rows = [row(action) for action in arguments(parser)]
    if rows:
        yield from ("| argument | what it is |", "|---|---|", *rows, "")
    if examples(parser):
        yield from ("For example:", "", "```sh", *examples(parser), "```", "")
    for name, inner, said in below:
        yield f"### `{inner.prog}`" if inner.prog else f"### `{name}`"
        yield ""
        yield from described(inner, said)


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def nested(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """The commands below a command, such as `user add`: name, parser, what it does."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {choice.dest: choice.help or "" for choice in action._choices_actions}
            yield from ((name, inner, said.get(name, "")) for name, inner in action.choices.items())


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    hidden = (argparse._HelpAction, argparse._SubParsersAction)
    return [action for action in parser._actions if not isinstance(action, hidden)]


def usage(parser: argparse.ArgumentParser) -> str:
    words = [parser.prog]
    for action in sorted(arguments(parser), key=lambda action: not action.option_strings):
        word = shown(action)
        words.append(word if action.required else f"[{word}]")
    return " ".join(words)


def shown(action: argparse.Action) -> str:
    """An argument as it is typed, with the name of its value."""
    if action.nargs == 0:
        return action.option_strings[-1]
    value = str(action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper()))
    return f"{action.option_strings[-1]} {value}" if action.option_strings else value


def row(action: argparse.Action) -> str:
    said = (action.help or "").replace("%(default)s", str(action.default)).replace("|", "\\|")
    name = shown(action).replace("|", "\\|")
    return f"| `{name}` | {said} |"


def examples(parser: argparse.ArgumentParser) -> list[str]:
    """The lines after “example:” or “examples:” in the epilog."""
    _, *after = re.split(r"^examples?:\n", parser.epilog or "", maxsplit=1, flags=re.MULTILINE)
    return [line.strip() for lines in after for line in lines.splitlines() if line.strip()]


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
