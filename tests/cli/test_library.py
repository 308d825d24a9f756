"""`routebook import` and `routebook export`: what they say, and the round trip through real folders."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.conf import LazySettings

from routebook.cli import main as cli
from routebook.store.actions import organisations
from routebook.store.models import Document, Organisation, User

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
SAMPLE = Path(__file__).parents[2] / "src" / "routebook" / "sample"


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def found(name: str = "Clear Harbour Coaching") -> Organisation:
    user = User.objects.create_user(f"{len(name)}@example.com", name="Mei Tan")
    return Organisation.objects.get(pk=organisations.found(name, time_zone="UTC", owner=user, key="mei", now=NOW).org)


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_goes_in_and_comes_out_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found()
    assert cli.main(["import", str(SAMPLE)]) == cli.FINE
    out = capsys.readouterr().out
    assert "created    sops/issue-a-refund-in-stripe.md" in out
    assert out.splitlines()[-1] == "1 changed, 19 created."
    assert cli.main(["export", str(tmp_path / "out")]) == cli.FINE
    there = files_below(SAMPLE)
    assert files_below(tmp_path / "out") == {path: there[path] for path in files_below(tmp_path / "out")}


def test_a_second_import_says_that_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    found()
    cli.main(["import", str(SAMPLE)])
    capsys.readouterr()
    assert cli.main(["import", str(SAMPLE)]) == cli.FINE
    assert capsys.readouterr().out == "20 unchanged.\n"


def test_a_broken_folder_is_told_by_file_and_line_and_nothing_comes_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    organisation = found()
    shutil.copytree(SAMPLE, tmp_path / "library")
    policy = tmp_path / "library" / "policies" / "reply-in-a-day.md"
    policy.write_text(policy.read_text().replace("owner:", "ownr:"))
    assert cli.main(["import", str(tmp_path / "library")]) == cli.WRONG_USE
    assert "reply-in-a-day.md:4:" in capsys.readouterr().err
    assert not Document.objects.filter(org=organisation).exists()


def test_a_refusal_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    organisation = found()
    shutil.copytree(SAMPLE, tmp_path / "library")
    (tmp_path / "library" / "media" / "clip.mp4").write_bytes(b"no clip")
    assert cli.main(["import", str(tmp_path / "library")]) == cli.WRONG_USE
    said = capsys.readouterr().err
    assert "media/clip.mp4" in said
    assert "Nothing was imported." in said
    assert not Document.objects.filter(org=organisation).exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found()
    (tmp_path / "novel.txt").write_text("It was a dark and stormy night.")
    assert cli.main(["export", str(tmp_path)]) == cli.WRONG_USE
    assert "holds something else" in capsys.readouterr().err


def test_files_that_are_no_longer_ours_are_named_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found()
    shutil.copytree(SAMPLE, tmp_path / "library")
    assert cli.main(["export", str(tmp_path / "library")]) == cli.FINE
    assert "left alone: sops/verify-a-refund.md" in capsys.readouterr().err
    assert (tmp_path / "library" / "sops" / "verify-a-refund.md").is_file()


@pytest.mark.parametrize(
    ("names", "said"), [((), "no organisation yet"), (("One", "Another"), "say which organisation")]
)
def test_it_says_when_it_does_not_know_for_whom(
    names: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in names:
        found(name)
    assert cli.main(["import", str(SAMPLE)]) == cli.WRONG_USE
    assert said in capsys.readouterr().err


def test_one_of_several_is_named(tmp_path: Path) -> None:
    found("One")
    other = found("Another")
    assert cli.main(["import", str(SAMPLE), "--organisation", "another"]) == cli.FINE
    assert set(Document.objects.values_list("org", flat=True)) == {other.pk}
