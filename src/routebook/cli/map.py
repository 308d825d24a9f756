"""`routebook map FILE --to …`: the map of one process as a drawing, a page or text, without a database."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli import bpmn
from routebook.cli.main import FINE, WRONG_USE, CommandError
from routebook.core.document import Process, Sop
from routebook.formats.errors import Refused

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers
    from routebook.formats.library import LibraryFolder


FORMS = ("svg", "mermaid", "markdown", "pdf", "png", "bpmn", "json", "library")


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "map",
        help="draw the map of a process",
        description="Draw the map of one process: as an SVG with a lane per role, as a page (PDF, PNG), as text, or as "
        "BPMN 2.0 for other tools. Reads a process of a library folder, or the BPMN file of another tool.",
        epilog="example:\n  routebook map sample/processes/refund-a-customer.md --to pdf > refund.pdf",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a process of a library folder, or a BPMN file")
    parser.add_argument("--to", choices=FORMS, default="svg", help="how to draw (default: %(default)s)")
    parser.add_argument("--process", metavar="ID", help="which process of a BPMN file (json and --into have all)")
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="with --to library: write a file for each process into this folder"
    )


def run(args: argparse.Namespace) -> int:
    if args.into is not None and args.to != "library":
        raise CommandError("--into goes with --to library.")
    process = bpmn.taken(args) if bpmn.is_bpmn(args.file) else _process(args.file)
    if isinstance(process, int):
        return process
    if isinstance(process, Refused):
        for error in process.errors:
            print(error, file=sys.stderr)
        return WRONG_USE
    if args.to == "json":
        from routebook.formats.bpmn.told import told_process

        bpmn.write_json(told_process(process))
        return FINE
    if args.to == "library":
        bpmn.write_into(args.into, [process])
        return FINE
    if args.to == "bpmn":
        from routebook.formats.bpmn.writing import to_bpmn

        sys.stdout.write(to_bpmn(process))
        return FINE
    if args.to == "mermaid":
        from routebook.formats.mermaid import to_mermaid

        sys.stdout.write(to_mermaid(process))
        return FINE
    folder = _folder(args.file)
    if args.to == "markdown":
        from routebook.formats.sheets import sheet_of, to_markdown

        sys.stdout.write(to_markdown(sheet_of(process, folder.library.documents if folder else ())))
        return FINE
    documents = _documents(folder, process)
    if args.to in ("pdf", "png"):
        return _page(process, args.to, folder.library.organisation.name if folder else "", documents)
    from routebook.formats.drawing import draw

    print(draw(process, documents=documents, standalone=True))
    return FINE


def _page(process: Process, form: str, organisation: str, documents: dict[str, str]) -> int:
    """The one-page map, written to standard output: never into a terminal, which would show it as noise."""
    from routebook.paper import Imprint, PaperError, map_pdf, map_png

    if sys.stdout.isatty():
        raise CommandError(f"send the page into a file, such as `> {process.slug}.{form}`.")
    try:
        page = (map_pdf if form == "pdf" else map_png)(process, Imprint(organisation), documents)
    except PaperError as error:
        raise CommandError(str(error)) from error
    sys.stdout.buffer.write(page)
    return FINE


def _process(file: Path) -> Process | Refused:
    from routebook.cli.folder import content_of
    from routebook.formats.markdown import decode, read_document

    text = decode(str(file), content_of(file))
    read = text if isinstance(text, Refused) else read_document(str(file), text)
    if isinstance(read, Refused):
        return read
    if not isinstance(read.document, Process):
        raise CommandError(f"{file} is not a process, so it has no map.")
    return read.document


def _folder(file: Path) -> "LibraryFolder | None":
    """The library that the file lies in, if it can be read."""
    from routebook.cli.folder import files_of, library_root
    from routebook.formats.library import read_library

    root = library_root(file)
    folder = read_library(files_of(root)) if root is not None else None
    return None if isinstance(folder, Refused) else folder


def _documents(folder: "LibraryFolder | None", process: Process) -> dict[str, str]:
    """What stands below each step: its SOPs."""
    if folder is None:
        return {}
    served = [document.step for document in folder.library.documents if isinstance(document, Sop)]
    counts = {step.id: served.count(f"{process.slug}/{step.id}") for step in process.steps}
    return {step: "SOP" if count == 1 else f"{count} SOPs" for step, count in counts.items() if count}
