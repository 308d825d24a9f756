"""The handbook as one zip: its pages, its stylesheet and its media."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from routebook.formats.drawing import STYLE
from routebook.formats.handbook.pages import STYLE as STYLE_SHEET

FOLDER = "handbook/"
"""Everything lies in one folder, so that unpacking it scatters nothing."""
_WHEN = (2000, 1, 1, 0, 0, 0)
"""The date of every file inside: the same library gives the same zip."""


def bind(target: BinaryIO, pages: Mapping[str, str], media: Mapping[str, Path | bytes]) -> None:
    """Write the zip to `target`. Media are files or their bytes, by their path below ``media/``."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in {**pages, STYLE_SHEET: _style()}.items():
            archive.writestr(_entry(path, zipfile.ZIP_DEFLATED), text.encode())
        for path, data in media.items():
            # Pictures and recordings are packed already.
            with archive.open(_entry(f"media/{path}", zipfile.ZIP_STORED), "w", force_zip64=True) as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    with data.open("rb") as kept:
                        shutil.copyfileobj(kept, file)


def _entry(path: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{FOLDER}{path}", _WHEN)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry


def _style() -> str:
    """The handbook's stylesheet, and what a stylesheet must say about a map."""
    return f"{(Path(__file__).parent / 'handbook.css').read_text(encoding='utf-8')}{STYLE}"
