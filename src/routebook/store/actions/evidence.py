"""Giving the evidence that an item of a checklist asks for: a text, a number, a link, a photo or a file."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from routebook.core.document import Evidence
from routebook.core.events import Refusal
from routebook.core.run import commands as c
from routebook.store.access import Actor, Refused
from routebook.store.actions import runs
from routebook.store.evidence import MOST_BYTES, file_of, kind_of, name_of
from routebook.store.media import BadMedia, check_content
from routebook.store.queries.runs import FoundRun, get

UPLOADED = frozenset({Evidence.PHOTO, Evidence.FILE})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent, with the name that it has on their machine."""

    name: str
    data: bytes


def give(
    actor: Actor,
    number: int,
    task: int,
    item: int,
    *,
    text: str = "",
    upload: Upload | None = None,
    command_id: str,
    now: dt.datetime,
) -> runs.Result:
    """Give an item its evidence. Raises `Refused` beside the field ``item-<n>``, or `NotFound`."""
    found = get(actor, number)
    kind = _asked(found, task, item)
    if kind not in UPLOADED:
        return runs.command(actor, number, c.AddEvidence(task, item, text), command_id=command_id, now=now)
    if upload is None:
        raise Refused(Refusal("file_missing", "Choose the file first.", f"item-{item}"))
    name = _checked(kind, upload, f"item-{item}")
    file = file_of(actor.org, found.row.pk, name)
    known = file.is_file()
    if not known:
        _write(file, upload.data)
    try:
        return runs.command(actor, number, c.AddEvidence(task, item, name), command_id=command_id, now=now)
    except Refused:
        if not known:
            file.unlink(missing_ok=True)
        raise


def _asked(found: FoundRun, task: int, item: int) -> Evidence:
    known = found.state.tasks.get(task)
    return Evidence(dict(known.asked).get(item, Evidence.NONE)) if known else Evidence.NONE


def _checked(kind: Evidence, upload: Upload, field: str) -> str:
    """The name under which the file will be kept; refuses what is too large or not what it says."""
    if len(upload.data) > MOST_BYTES:
        raise Refused(Refusal("too_large", f"A file has at most {MOST_BYTES // 1_000_000} MB here.", field))
    name = name_of(upload.name, upload.data)
    known = kind_of(name)
    if kind is Evidence.PHOTO and (known is None or not known.content_type.startswith("image/")):
        raise Refused(Refusal("no_photo", "This item asks for a photo: a JPEG, PNG or WebP picture.", field))
    try:
        check_content(name, upload.data)
    except BadMedia as error:
        sentence = str(error).replace(name, upload.name[:80])
        raise Refused(Refusal("bad_media", sentence, field)) from error
    return name


def _write(file: Path, data: bytes) -> None:
    """Written aside and moved into place, so that nobody ever reads half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
