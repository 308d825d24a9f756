"""The BPMN files of other tools at the shell: what `routebook map` does with them."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from routebook.cli.main import FINDINGS, FINE, CommandError
from routebook.core.document import Process
from routebook.formats.bpmn.reading import BpmnFile, read_bpmn
from routebook.formats.bpmn.tree import MOST_BYTES, Unread
from routebook.formats.errors import did_you_mean

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20", ".xml")


def is_bpmn(path: Path) -> bool:
    """Whether a file is another tool's map: by its name, or because it begins as XML does."""
    if path.suffix.lower() in ENDINGS:
        return True
    try:
        with path.open("rb") as file:
            begins = file.read(64)
    except OSError:
        return False  # whoever reads it says so
    return begins.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<")


def read(path: Path) -> BpmnFile | Unread:
    """The processes of a file. Of one that is far too large only the beginning is read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    return read_bpmn(data, path.name.partition(".")[0])


def taken(args: argparse.Namespace) -> Process | int:
    """The process to draw, or the exit code where the answer is given already."""
    file = read(args.file)
    if isinstance(file, Unread):
        print(f"routebook: {args.file}: {file}", file=sys.stderr)
        return FINDINGS
    if args.to == "json":
        from routebook.formats.bpmn.told import told

        write_json(told(file))
        return FINE
    if args.into is not None:
        write_into(args.into, [draft.process for draft in file.drafts])
        return FINE
    return _chosen(file, args.process)


def _chosen(file: BpmnFile, wanted: str | None) -> Process:
    """The process that was asked for; without a word the first one that has a step."""
    by_name = {draft.process.slug: draft.process for draft in file.drafts}
    by_name |= {draft.source: draft.process for draft in file.drafts if draft.source not in by_name}
    if wanted is not None:
        if wanted in by_name:
            return by_name[wanted]
        near = did_you_mean(wanted, by_name)
        hint = f" Did you mean “{near}”?" if near else ""
        raise CommandError(f"there is no process “{wanted}” in this file.{hint}")
    processes = [draft.process for draft in file.drafts]
    chosen = next((process for process in processes if process.steps), processes[0])
    if len(processes) > 1:
        others = ", ".join(process.slug for process in processes if process is not chosen)
        print(f"routebook: this is {chosen.slug}; --process chooses another one: {others}.", file=sys.stderr)
    return chosen


def write_into(folder: Path | None, processes: Sequence[Process]) -> None:
    """The processes as files of a library, under names that are free; on standard output where there is no folder."""
    from routebook.formats.markdown import write_document

    if folder is None:
        sys.stdout.writelines(write_document(process) for process in processes)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for process in processes:
            file = _free_file(folder, process.slug)
            file.write_text(write_document(process), encoding="utf-8", newline="\n")
            print(file)
    except OSError as error:
        raise CommandError(f"{folder} can't be written to: {error.strerror}.") from error


def _free_file(folder: Path, slug: str) -> Path:
    file, number = folder / f"{slug}.md", 1
    while file.exists():
        number += 1
        file = folder / f"{slug}-{number}.md"
    return file


def write_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()
