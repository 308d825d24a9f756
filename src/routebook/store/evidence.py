"""Files that tasks ask for as evidence: where they lie and how they are named.

A file is kept below ``MEDIA_ROOT/evidence/<organisation's id>/<run's id>/``, apart from the library's media: it
belongs to the run's record and never leaves with an export of the library. Its name, which is the value in the
record, begins with the digest of its content, so the same file sent twice is kept once and nothing is overwritten.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.conf import settings

from routebook.store.media import KINDS, MediaKind

MOST_BYTES = 20_000_000
_DIGITS = 32
_NAME = re.compile(r"[0-9a-f]{32}-[\w-]{1,60}\.[a-z0-9]{1,8}")


def name_of(original: str, data: bytes) -> str:
    """The name under which a file is kept; it ends as the original does, in lower case."""
    path = PurePosixPath(original.replace("\\", "/"))
    stem = re.sub(r"[^\w]+", "-", path.stem).strip("-")[:60] or "file"
    return f"{sha256(data).hexdigest()[:_DIGITS]}-{stem}{path.suffix.lower()}"


def shown_name(name: str) -> str:
    """The name as people know it."""
    return name[_DIGITS + 1 :] if _NAME.fullmatch(name) else name


def kind_of(name: str) -> MediaKind | None:
    """What a kept file is, or None for a text that is no kept file's name."""
    return KINDS.get(PurePosixPath(name).suffix) if _NAME.fullmatch(name) else None


def file_of(org: int, run_id: str, name: str) -> Path:
    """Where a file lies. `name` is one that `kind_of` knows."""
    return Path(settings.MEDIA_ROOT) / "evidence" / str(org) / run_id / name
