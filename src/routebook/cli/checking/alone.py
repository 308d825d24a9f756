"""One document that lies in no library: only what shows in itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from routebook.cli.checking.findings import Placed
from routebook.cli.checking.part import placed, placed_error
from routebook.cli.folder import content_of
from routebook.core.checks import check_document
from routebook.formats.errors import Refused
from routebook.formats.markdown import decode, read_document


def findings_in(path: Path, today: dt.date | None) -> list[Placed]:
    """What is wrong with the document. Raises `CommandError` where the file can't be opened."""
    name = str(path)
    text = decode(name, content_of(path))
    read = text if isinstance(text, Refused) else read_document(name, text)
    if isinstance(read, Refused):
        return [placed_error(name, None, path.stem, error) for error in read.errors]
    day = today or dt.datetime.now().astimezone().date()
    return sorted(placed(name, read.lines, finding) for finding in check_document(read.document, today=day))
