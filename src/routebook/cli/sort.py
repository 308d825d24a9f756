"""`routebook sort`: what each document of a pile is, with reasons; no database needed."""

import argparse
import json
import multiprocessing
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from routebook.cli.checking.progress import Progress
from routebook.cli.checking.team import processes_for, way_to_start
from routebook.cli.main import FINE, CommandError
from routebook.formats.pile import PileDocument, PileKind, Unreadable, Verdict, classify, read_pile

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers

MOST_FILE_BYTES = 200_000_000
LEAST_FOR_A_PROCESS = 100
"""Files. A smaller share isn't worth a process of its own."""
HEADINGS = {
    PileKind.POLICY: "Policies: a rule, and why",
    PileKind.PROCESS: "Processes: the map from start to end",
    PileKind.PROCEDURE: "Procedures: the steps of one task",
    PileKind.SOP: "SOPs: one role, one step, to a standard",
    PileKind.WORK_INSTRUCTION: "Work instructions: the literal clicks and commands",
    PileKind.MIXED: "Mixed: several documents in one, to be split",
    PileKind.OTHER: "Other: nothing to follow",
}


@dataclass(frozen=True, slots=True)
class Sorted:
    path: str
    verdict: Verdict


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "sort",
        help="tell what each document of a pile is",
        description="Say of each document whether it is a policy, a process, a procedure, an SOP, a work instruction,\n"
        "several of them in one, or none, and why. Reads Markdown, docx, HTML, reStructuredText, AsciiDoc,\n"
        "plain text, and a zip of them.",
        epilog="example:\n  routebook sort sample --format json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder, or a zip")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (text)")


def run(args: argparse.Namespace) -> int:
    found, unreadable = _sorted(args.paths, sys.stderr)
    if args.format == "json":
        print(_as_json(found))
        for left in unreadable:
            print(f"{shown(left.path)}: {left.reason}", file=sys.stderr)
    else:
        print(_as_text(found, unreadable))
    return FINE


def _sorted(paths: Sequence[Path], screen: TextIO) -> tuple[list[Sorted], list[Unreadable]]:
    """One file after the other, so that a large drive never lies in the memory at once; of many files several at a time."""
    unreadable: list[Unreadable] = []
    files = list(_files(paths, unreadable))
    found: list[Sorted] = []
    with Progress(screen, is_wanted=True, says="Sorting") as progress:
        for done, results in enumerate(_looked_at(files), start=1):
            found += [one for one in results if isinstance(one, Sorted)]
            unreadable += [one for one in results if isinstance(one, Unreadable)]
            progress.show(done, len(files))
    return found, unreadable


def _looked_at(files: Sequence[Path]) -> Iterator[list[Sorted | Unreadable]]:
    """What each file holds, in their order, by as many processes as pay."""
    workers = processes_for(len(files), LEAST_FOR_A_PROCESS)
    if workers == 1:
        yield from map(_look_at, files)
        return
    context = multiprocessing.get_context(way_to_start())
    with ProcessPoolExecutor(workers, mp_context=context) as processes:
        try:
            yield from processes.map(_look_at, files, chunksize=8)
        except BrokenProcessPool as error:
            raise CommandError(
                "a process ended before it was done; is there enough memory? Sort one folder at a time."
            ) from error


def _look_at(path: Path) -> list[Sorted | Unreadable]:
    return [one if isinstance(one, Unreadable) else Sorted(one.path, classify(one)) for one in _read(path)]


def _files(paths: Sequence[Path], unreadable: list[Unreadable]) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise CommandError(f"there is no file or folder “{shown(str(path))}”.")
        for file in _below(path, unreadable) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path, unreadable: list[Unreadable]) -> Iterator[Path]:
    """Every file of a folder in order of its path, without hidden ones; links to folders are not followed."""

    def closed(error: OSError) -> None:
        unreadable.append(Unreadable(str(error.filename), f"It can't be opened: {error.strerror or error}."))

    for where, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where, name) for name in sorted(files) if not name.startswith("."))


def _read(path: Path) -> tuple[PileDocument | Unreadable, ...]:
    try:
        if not path.is_file():
            reason = "It is a link that leads nowhere." if path.is_symlink() else "It is no ordinary file."
            return (Unreadable(str(path), reason),)
        if path.stat().st_size > MOST_FILE_BYTES:
            return (Unreadable(str(path), f"It is larger than {MOST_FILE_BYTES // 1_000_000} MB."),)
        return read_pile({str(path): path.read_bytes()})
    except OSError as error:
        return (Unreadable(str(path), f"It can't be opened: {error.strerror or error}."),)


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def shown(path: str) -> str:
    """A path on one line of a terminal: line breaks in a name, and bytes that are no text, are written as escapes."""
    plain = _CONTROLS.sub(lambda found: repr(found[0])[1:-1], path)
    return plain.encode("utf-8", "backslashreplace").decode()


def _as_json(found: Sequence[Sorted]) -> str:
    plain = [
        {
            "path": one.path,
            "kind": one.verdict.kind.value,
            "second": one.verdict.second.value,
            "score": one.verdict.score,
            "reasons": list(one.verdict.reasons),
        }
        for one in found
    ]
    # A byte of a name that is no text becomes an escape of JSON, from which a program gets the same name again.
    return json.dumps(plain, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _as_text(found: Sequence[Sorted], unreadable: Sequence[Unreadable]) -> str:
    lines: list[str] = []
    for kind, heading in HEADINGS.items():
        group = sorted((one for one in found if one.verdict.kind is kind), key=lambda one: -one.verdict.score)
        if group:
            lines += [f"{heading} ({len(group)})", *(line for one in group for line in _told(one)), ""]
    if unreadable:
        lines.append(f"Left alone ({len(unreadable)})")
        lines += [f"        {shown(left.path)}\n          {left.reason}" for left in unreadable]
        lines.append("")
    return "\n".join([*lines, _summary(found, unreadable)])


def _told(one: Sorted) -> Iterator[str]:
    yield f"  {one.verdict.score:>4.0%}  {shown(one.path)}   (else {one.verdict.second.value})"
    for reason in one.verdict.reasons:
        yield textwrap.fill(reason, 110, initial_indent=" " * 10, subsequent_indent=" " * 12)


def _summary(found: Sequence[Sorted], unreadable: Sequence[Unreadable]) -> str:
    count = "1 document" if len(found) == 1 else f"{len(found)} documents"
    left = f", {len(unreadable)} left alone" if unreadable else ""
    if not found:
        return f"No document was found{left}."
    return f"{count} sorted{left}. The share says how sure it is; read the reasons before you move anything."
