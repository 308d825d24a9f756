"""`routebook media --unused`: what nothing names is listed, and goes only once it is old."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings

from routebook.cli import main as cli

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
Captured = pytest.CaptureFixture[str]
PNG = b"\x89PNG\r\n\x1a\n"
LONG_AGO = 1_600_000_000


@pytest.fixture
def root(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def lay(file: Path, *, old: bool = True) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(PNG)
    if old:
        os.utime(file, (LONG_AGO, LONG_AGO))
    return file


def test_what_a_version_a_draft_or_a_suggestion_names_stays(world: World, root: Path, capsys: Captured) -> None:
    from routebook.core.document import Kind
    from routebook.store.actions import documents, suggestions

    mine, owner = root / str(world.organisation.pk), world.actor("owner")
    names = ("old", "new", "suggested", "nobody")
    files = {name: lay(mine / "full-refund" / f"{name}.png") for name in names}
    fields = {"title": "Full refund", "lines": ["Look"], "clip": "full-refund/old.png"}
    row = documents.create(owner, Kind.WORK_INSTRUCTION, fields, now=world.at())
    documents.publish(owner, row.pk, now=world.at())
    documents.change_draft(owner, row.pk, base=1, fields={"clip": "full-refund/new.png"}, now=world.at())
    text = "![here](../media/full-refund/suggested.png)"
    suggestions.make(world.actor("finance"), row.pk, place="lines.0", text=text, now=world.at())
    lay(root / str(world.other.pk) / "full-refund" / "old.png")  # the other organisation names nothing
    assert cli.main(["media", "--unused", "--delete"]) == cli.FINE
    out = capsys.readouterr().out
    assert {name for name, file in files.items() if file.exists()} == {"old", "new", "suggested"}
    assert "2 files that nothing names" in out
    assert f"{world.other.pk}/full-refund/old.png" in out


def test_nothing_goes_that_is_young_or_when_nobody_says_so(world: World, root: Path, capsys: Captured) -> None:
    mine = root / str(world.organisation.pk)
    old, young = lay(mine / "a" / "old.png"), lay(mine / "a" / "young.png", old=False)
    half = lay(mine / "a" / ".new-abc")
    cli.main(["media", "--unused"])
    assert "3 files that nothing names, 0.0 MB; 0 removed." in capsys.readouterr().out
    assert old.exists()
    cli.main(["media", "--unused", "--delete"])
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[:-1]] == ["removed", "removed", "young"]
    assert [old.exists(), half.exists(), young.exists()] == [False, False, True]


def test_evidence_of_a_run_stays_and_what_no_run_names_goes(world: World, root: Path) -> None:
    from routebook.core.run import commands as c
    from routebook.store.evidence import file_of, name_of

    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    task = _open_task(world, run.number)
    named, lost = name_of("proof.png", PNG), name_of("lost.png", PNG + b"x")
    run_id = _run_id(world, run.number)
    files = [lay(file_of(world.organisation.pk, run_id, name)) for name in (named, lost)]
    item = next(item for item, kind in _asked(world, run.number, task) if kind == "text")
    world.do("finance", run.number, c.AddEvidence(task, item, named))
    world.do("finance", run.number, c.AddEvidence(task, item, "something else by now"))
    stray = lay(root / "evidence" / "x" / "y.png")
    cli.main(["media", "--unused", "--delete"])
    assert [file.exists() for file in (*files, stray)] == [True, False, False]


def test_an_original_of_a_pile_stays_while_its_row_does(world: World, root: Path) -> None:
    from routebook.store import originals
    from routebook.store.models import PileItem

    org = world.organisation.pk
    kept, lost = originals.keep(org, b"# Kept"), originals.keep(org, b"# Lost")
    PileItem.objects.create(org_id=org, digest=kept, path="kept.md", kind="sop", found="sop", second="policy", score=1)
    for digest in (kept, lost):
        os.utime(originals.file_of(org, digest), (LONG_AGO, LONG_AGO))
    cli.main(["media", "--unused", "--delete"])
    assert [originals.file_of(org, digest).exists() for digest in (kept, lost)] == [True, False]


def test_the_file_that_a_map_was_made_of_stays(world: World, root: Path) -> None:
    from routebook.store import originals
    from routebook.store.models import Document, MapOriginal

    org = world.organisation.pk
    kept = originals.keep(org, b"<definitions/>")
    MapOriginal.objects.create(org_id=org, document=Document.objects.filter(org=org)[0], digest=kept, name="a.bpmn")
    os.utime(originals.file_of(org, kept), (LONG_AGO, LONG_AGO))
    cli.main(["media", "--unused", "--delete"])
    assert originals.file_of(org, kept).exists()


def test_what_is_not_ours_is_left_alone(world: World, root: Path) -> None:
    other = lay(root / "lost+found" / "readme.png")
    cli.main(["media", "--unused", "--delete"])
    assert other.exists()


def _open_task(world: World, number: int) -> int:
    from routebook.store.queries import runs

    return runs.get(world.actor("owner"), number).state.open_tasks()[0].number


def _asked(world: World, number: int, task: int) -> tuple[tuple[int, str], ...]:
    from routebook.store.queries import runs

    return runs.get(world.actor("owner"), number).state.tasks[task].asked


def _run_id(world: World, number: int) -> str:
    from routebook.store.queries import runs

    return runs.get(world.actor("owner"), number).row.pk
