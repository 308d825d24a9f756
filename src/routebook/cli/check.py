"""`routebook check PATH…`: the findings in library folders, or in single documents, without a database.

A folder in which nothing has changed since the last check is answered from what was kept of it; only then are the
rules and readers not even imported.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routebook.cli.checking.cache import Cache
from routebook.cli.checking.findings import FORMATS, Placed
from routebook.cli.checking.progress import Progress
from routebook.cli.checking.seen import ORGANISATION_FILE, look
from routebook.cli.main import FINDINGS, FINE, CommandError

if TYPE_CHECKING:
    import datetime as dt

    from routebook.cli.main import Subparsers

EXAMPLES = """examples:
  routebook check sample
  routebook check sample/sops/issue-a-refund-in-stripe.md
  routebook check sample --format sarif > findings.sarif
  routebook check --explain too-long"""


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "check",
        help="list what is wrong in a library folder",
        description="List the findings in a library folder, or in some of its documents. A second check only looks at what"
        " has changed. Exit code 1 means that there are findings.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a library folder, or documents in one")
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="how to print (text)")
    parser.add_argument("--whole", action="store_true", help="check the whole library of each document that is named")
    parser.add_argument("--rehash", action="store_true", help="compare contents even where size and time are the same")
    parser.add_argument("--quiet", action="store_true", help="show no progress, and no summary where nothing is found")
    parser.add_argument("--today", type=_day, metavar="DATE", help="judge review dates as on this day (2027-02-12)")
    parser.add_argument("--explain", metavar="RULE", help="explain one rule, by its id or name, and check nothing")


def run(args: argparse.Namespace) -> int:
    if args.explain:
        print(_explained(args.explain))
        return FINE
    if not args.paths:
        raise CommandError("name the folder to check, such as `routebook check sample`.")
    # What is read stays until the end and holds no cycles: to look for some takes a tenth of the time.
    gc.disable()
    try:
        count, findings = _checked(args)
        if findings or args.format != "text" or not args.quiet:
            print(FORMATS[args.format](count, findings))
    finally:
        gc.enable()
    return FINDINGS if findings else FINE


def _day(text: str) -> "dt.date":
    import datetime as dt

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2027-02-12") from None


def _checked(args: argparse.Namespace) -> tuple[int, list[Placed]]:
    """How many documents were checked, and what was found, by file and line."""
    count, findings = 0, []
    for root, paths in _by_library(args.paths).items():
        for documents, found in _in_library(root, paths, args) if root else (_alone(path, args) for path in paths):
            count += documents
            findings += found
    return count, findings


def _by_library(paths: list[Path]) -> dict[Path | None, list[Path]]:
    """The paths by the library that they lie in; None for a document without one."""
    found: dict[Path | None, list[Path]] = {}
    for path in dict.fromkeys(paths):
        found.setdefault(_library_of(path), []).append(path)
    return found


def _library_of(path: Path) -> Path | None:
    if not path.exists():
        raise CommandError(f"there is no file or folder “{path}”.")
    above = Path(os.path.normpath(path / ".."))
    if path.is_dir():
        return above if not _is_library(path) and _is_part(path) and _is_library(above) else path
    if path.name == ORGANISATION_FILE:
        return path.parent
    above = Path(os.path.normpath(path.parent / ".."))
    return above if _is_part(path.parent) and _is_library(above) else None


def _is_library(folder: Path) -> bool:
    return (folder / ORGANISATION_FILE).is_file()


def _is_part(folder: Path) -> bool:
    from routebook.core.document import FOLDERS

    return _name(folder) in FOLDERS.values()


def _name(path: Path) -> str:
    """The last part of a path, also of one such as `.`."""
    return os.path.basename(os.path.abspath(path))


def _in_library(root: Path, paths: list[Path], args: argparse.Namespace) -> Iterator[tuple[int, list[Placed]]]:
    """For each of the paths, how many documents it names and what was found there."""
    result = _result(root, args)
    findings = [Placed(*row) for row in result["findings"]]
    counts: dict[str, int] = result["documents"]
    if args.whole or root in paths:
        yield sum(counts.values()), [placed._replace(file=str(root / placed.file)) for placed in findings]
        return
    for path in paths:
        name = _name(path) if path.is_dir() or path.name == ORGANISATION_FILE else f"{_name(path.parent)}/{path.name}"
        count = counts.get(name, 0) if path.is_dir() else int(path.name != ORGANISATION_FILE)
        yield count, [_as_named(path, name, placed) for placed in findings if f"{placed.file}/".startswith(f"{name}/")]


def _as_named(path: Path, name: str, placed: Placed) -> Placed:
    return placed._replace(file=str(path / placed.file[len(name) + 1 :]) if placed.file != name else str(path))


def _result(root: Path, args: argparse.Namespace) -> dict[str, Any]:
    """What a check of the whole library finds: as it was kept where nothing has changed, else made anew."""
    kept = None if args.rehash else Cache(root).result()
    today = args.today.isoformat() if args.today else time.strftime("%Y-%m-%d")
    if kept is not None and kept["today"] == today and kept["seen"] and _looks_like(root, kept):
        return kept
    import datetime as dt

    from routebook.cli.checking.folder import check_folder

    with Progress(sys.stderr, is_wanted=not args.quiet) as progress:
        return check_folder(root, dt.date.fromisoformat(today), rehash=args.rehash, progress=progress.show)


def _looks_like(root: Path, kept: dict[str, Any]) -> bool:
    try:
        return bool(look(str(root), kept["folders"]).digest() == kept["seen"])
    except OSError:
        return False


def _alone(path: Path, args: argparse.Namespace) -> tuple[int, list[Placed]]:
    """One document that lies in no library."""
    from routebook.cli.checking.alone import findings_in

    return 1, findings_in(path, args.today)


def _explained(name: str) -> str:
    from routebook.core.checks import RULES, explanation, find_rule

    known = find_rule(name)
    if known is None:
        from difflib import get_close_matches

        close = get_close_matches(name, [each.name for each in RULES], n=1)
        raise CommandError(f"there is no rule “{name}”{f', did you mean “{close[0]}”?' if close else '.'}")
    said = explanation(known)
    parts = (f"{known.id} {known.name}: {known.message}", said.why, "Wrong:", _indented(said.wrong), "Right:")
    return "\n\n".join((*parts, _indented(said.right)))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
