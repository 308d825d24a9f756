"""`routebook check PATH`: the findings in a library folder, or in one document, without a database."""

import argparse
import datetime as dt
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from routebook.cli.folder import content_of, files_of, library_root
from routebook.cli.main import FINDINGS, FINE, WRONG_USE, CommandError
from routebook.core.checks import (
    RULES,
    Finding,
    Rule,
    Severity,
    blocks_publishing,
    check,
    check_document,
    explanation,
    find_rule,
)
from routebook.core.document import FOLDERS
from routebook.formats.errors import Lines, Refused, line_of
from routebook.formats.library import ORGANISATION_FILE, LibraryFolder, read_library
from routebook.formats.markdown import decode, read_document

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.ADVICE: "warning"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and where it stands: the file as the person named it, and the line."""

    file: str
    line: int
    finding: Finding


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "check",
        help="list what is wrong in a library folder",
        description="List the findings in a library folder, or in one document. Exit code 1 means that there are some.",
        epilog="example:\n  routebook check sample --format sarif > findings.sarif\n  routebook check --explain too-long",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="DIR", help="a library folder, or one document in it")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="how to print (text)")
    parser.add_argument("--today", type=_day, metavar="DATE", help="judge review dates as on this day (2027-02-12)")
    parser.add_argument("--explain", metavar="RULE", help="explain one rule, by its id or name, and check nothing")


def run(args: argparse.Namespace) -> int:
    if args.explain:
        print(_explained(args.explain))
        return FINE
    if args.path is None:
        raise CommandError("name the folder to check, such as `routebook check sample`.")
    today = args.today or dt.datetime.now().astimezone().date()
    checked = _checked(args.path, today)
    if isinstance(checked, Refused):
        for error in checked.errors:
            print(error, file=sys.stderr)
        return WRONG_USE
    count, findings = checked
    findings.sort(key=lambda placed: (placed.file, placed.line, placed.finding.rule, placed.finding.path))
    print({"text": _as_text, "json": _as_json, "sarif": _as_sarif}[args.format](count, findings))
    return FINDINGS if findings else FINE


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2027-02-12") from None


def _checked(path: Path, today: dt.date) -> tuple[int, list[Placed]] | Refused:
    """How many documents were checked, and what was found."""
    if path.is_dir():
        return _checked_folder(path, today)
    if path.is_file():
        return _checked_file(path, today)
    raise CommandError(f"there is no folder “{path}”.")


def _checked_folder(directory: Path, today: dt.date) -> tuple[int, list[Placed]] | Refused:
    folder = _read(directory)
    if isinstance(folder, Refused):
        return folder
    findings = check(folder.library, today=today, media=frozenset(folder.media))
    return len(folder.library.documents), [_placed(directory, folder, finding) for finding in findings]


def _read(directory: Path) -> LibraryFolder | Refused:
    read = read_library(files_of(directory))
    return _below(directory, read) if isinstance(read, Refused) else read


def _below(directory: Path, refused: Refused) -> Refused:
    return Refused(tuple(replace(error, path=str(directory / error.path)) for error in refused.errors))


def _placed(directory: Path, folder: LibraryFolder, finding: Finding) -> Placed:
    file = ORGANISATION_FILE if finding.kind is None else f"{FOLDERS[finding.kind]}/{finding.slug}.md"
    return Placed(str(directory / file), line_of(folder.lines[file], finding.path), finding)


def _checked_file(path: Path, today: dt.date) -> tuple[int, list[Placed]] | Refused:
    """One document, seen within its library where it lies in one."""
    text = decode(str(path), content_of(path))
    read = text if isinstance(text, Refused) else read_document(str(path), text)
    if isinstance(read, Refused):
        return read
    root = library_root(path)
    folder = _read(root) if root is not None else None
    if isinstance(folder, Refused):
        return folder
    library = folder.library if folder is not None else None
    media = frozenset(folder.media) if folder is not None else None
    findings = check_document(read.document, library, today=today, media=media)
    return 1, [_in_file(path, read.lines, finding) for finding in findings]


def _in_file(path: Path, lines: Lines, finding: Finding) -> Placed:
    return Placed(str(path), line_of(lines, finding.path), finding)


def _as_text(count: int, findings: list[Placed]) -> str:
    said = [
        f"{placed.file}:{placed.line}: {placed.finding.rule} {placed.finding.name}: {placed.finding.sentence}\n"
        f"    {placed.finding.fix}"
        for placed in findings
    ]
    return "\n".join([*said, _summary(count, findings)])


def _summary(count: int, findings: list[Placed]) -> str:
    looked = "1 document" if count == 1 else f"{count} documents"
    if not findings:
        return f"{looked} checked, nothing found."
    found = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    blocking = len(blocks_publishing(placed.finding for placed in findings))
    verb = "keeps its document" if blocking == 1 else "keep their documents"
    blocks = f" {blocking} of them {verb} from being published." if blocking else ""
    return f"{looked} checked, {found}.{blocks} `routebook check --explain RULE` says more."


def _as_json(count: int, findings: list[Placed]) -> str:
    body = {"version": 1, "documents": count, "findings": [_plain(placed) for placed in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def _plain(placed: Placed) -> dict[str, Any]:
    finding = placed.finding
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "file": placed.file,
        "line": placed.line,
        "kind": finding.kind.value if finding.kind is not None else None,
        "slug": finding.slug,
        "path": finding.path,
        "sentence": finding.sentence,
        "fix": finding.fix,
        "page": finding.page,
    }


def _as_sarif(count: int, findings: list[Placed]) -> str:
    from routebook import version

    driver = {"name": "Routebook", "version": version(), "rules": [_sarif_rule(known) for known in RULES]}
    results = [_sarif_result(placed) for placed in findings]
    body = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def _sarif_rule(known: Rule) -> dict[str, Any]:
    return {
        "id": known.id,
        "name": known.name,
        "shortDescription": {"text": known.message},
        "fullDescription": {"text": explanation(known).why},
        "defaultConfiguration": {"level": LEVELS[known.severity]},
    }


def _sarif_result(placed: Placed) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _address(Path(placed.file))},
        "region": {"startLine": placed.line},
    }
    return {
        "ruleId": placed.finding.rule,
        "ruleIndex": [known.id for known in RULES].index(placed.finding.rule),
        "level": LEVELS[placed.finding.severity],
        "message": {"text": f"{placed.finding.sentence} {placed.finding.fix}"},
        "locations": [{"physicalLocation": place}],
    }


def _address(file: Path) -> str:
    return file.as_uri() if file.is_absolute() else quote(file.as_posix())


def _explained(name: str) -> str:
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
