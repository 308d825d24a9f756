"""`routebook map FILE --to svg|mermaid`: the map of one process as a drawing or as text, without a database."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from routebook.cli.folder import content_of, files_of, library_root
from routebook.cli.main import FINE, WRONG_USE, CommandError
from routebook.core.document import Process, Sop
from routebook.formats.errors import Refused
from routebook.formats.library import read_library
from routebook.formats.markdown import decode, read_document

if TYPE_CHECKING:
    from routebook.cli.main import Subparsers


def add(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser(
        "map",
        help="draw the map of a process",
        description="Draw the map of one process: as an SVG with a lane per role, or as Mermaid text.",
        epilog="example:\n  routebook map sample/processes/refund-a-customer.md --to svg > refund.svg",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a process of a library folder")
    parser.add_argument("--to", choices=("svg", "mermaid"), default="svg", help="how to draw (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    process = _process(args.file)
    if isinstance(process, Refused):
        for error in process.errors:
            print(error, file=sys.stderr)
        return WRONG_USE
    if args.to == "mermaid":
        from routebook.formats.mermaid import to_mermaid

        sys.stdout.write(to_mermaid(process))
        return FINE
    from routebook.formats.drawing import draw

    print(draw(process, documents=_documents(args.file, process), standalone=True))
    return FINE


def _process(file: Path) -> Process | Refused:
    text = decode(str(file), content_of(file))
    read = text if isinstance(text, Refused) else read_document(str(file), text)
    if isinstance(read, Refused):
        return read
    if not isinstance(read.document, Process):
        raise CommandError(f"{file} is not a process, so it has no map.")
    return read.document


def _documents(file: Path, process: Process) -> dict[str, str]:
    """What stands below each step: its SOPs, where the file lies in a library that can be read."""
    root = library_root(file)
    folder = read_library(files_of(root)) if root is not None else None
    if folder is None or isinstance(folder, Refused):
        return {}
    served = [document.step for document in folder.library.documents if isinstance(document, Sop)]
    counts = {step.id: served.count(f"{process.slug}/{step.id}") for step in process.steps}
    return {step: "SOP" if count == 1 else f"{count} SOPs" for step, count in counts.items() if count}
