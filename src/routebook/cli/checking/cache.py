"""What a check keeps for the next one: its result, and what it knows of each document.

It lies in the person's cache folder, not in the library: a library that somebody sends must not bring the answer along,
and nobody wants it in their commits. Two files, each complete in itself and replaced as a whole, so that two checks at
once do no harm: the later one wins. A file that is broken, or was written by another version of Routebook, counts as not
there; the check is then as slow as the first one, and as right.

Nothing heavy is imported here: a check of a folder in which nothing has changed must answer at once.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any

SHAPE = 1
"""The shape of what is kept. Another one isn't read."""
KEPT_FOR = 60 * 24 * 3600
"""After so many seconds without a check, what is kept of a folder is thrown away."""
RESULT, DOCUMENTS = "result", "documents"


class Cache:
    """What is kept of one folder. Never raises: without a place to write, nothing is kept."""

    def __init__(self, directory: Path) -> None:
        real = os.path.realpath(directory)
        name = blake2b(os.fsencode(real), digest_size=12).hexdigest()
        self.folder = cache_home() / "checks" / name
        self._key = f"{SHAPE} {real!a} {code_version()}"

    def result(self) -> dict[str, Any] | None:
        """What the last check found, with what it saw; None where nothing is kept."""
        return self._load(RESULT)

    def documents(self) -> dict[str, Any] | None:
        """What is known of each document."""
        return self._load(DOCUMENTS)

    def keep(self, result: dict[str, Any], documents: dict[str, Any] | None) -> None:
        """Keep the result and, unless that is the same as before, what is known of the documents."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if documents is not None:
                self._save(DOCUMENTS, documents)
            self._save(RESULT, result)
            self._throw_old_ones_away()
        except OSError:
            return  # a full disk, a read-only home: the next check is slower, that is all

    def _load(self, name: str) -> dict[str, Any] | None:
        try:
            written = (self.folder / name).read_bytes()
        except OSError:
            return None
        seal, _, body = written.partition(b"\n")
        if seal.decode("ascii", "replace") != _seal(body):
            return None
        kept: dict[str, Any] = json.loads(body)
        return kept if kept["key"] == self._key else None

    def _save(self, name: str, body: dict[str, Any]) -> None:
        text = json.dumps({"key": self._key, **body}, separators=(",", ":")).encode("ascii")
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=f"{name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_seal(text).encode("ascii") + b"\n" + text)
            os.replace(temporary, self.folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _throw_old_ones_away(self) -> None:
        oldest = time.time() - KEPT_FOR
        for other in self.folder.parent.iterdir():
            if other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)


def cache_home() -> Path:
    """Where this person's programs keep what can be made again."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(said):
        return Path(said, "routebook")
    try:
        return Path.home() / ".cache" / "routebook"
    except RuntimeError:  # nobody is at home here
        return Path(os.devnull)


def code_version() -> str:
    """Differs whenever a rule or a reader does: the Python, and the size and time of every file that findings come from."""
    package = Path(__file__).resolve().parents[2]
    files = sorted(file for name in ("core", "formats", "cli") for file in (package / name).rglob("*.py"))
    seen = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return _seal(repr((sys.version_info[:3], seen)).encode())


def _seal(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()
