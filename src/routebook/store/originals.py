"""The originals of a pile: where they lie. They are never served as pages, only offered for saving.

A file is kept below ``MEDIA_ROOT/originals/<organisation's id>/`` under the digest of its content, so that the same
file is kept once, and nothing that somebody sent decides about a name on the disk.
"""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}")


def file_of(org: int, digest: str) -> Path:
    """Where an original lies. `digest` is one that `keep` gave."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("an original is named by the digest of its content")
    return Path(settings.MEDIA_ROOT) / "originals" / str(org) / digest[:2] / digest


def keep(org: int, data: bytes) -> str:
    """Keep the bytes and return their digest. Written aside and moved into place, so that nobody reads half a file."""
    digest = sha256(data).hexdigest()
    file = file_of(org, digest)
    if file.is_file():
        return digest
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    Path(name).replace(file)
    return digest
