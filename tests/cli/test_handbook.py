"""`routebook handbook`: a folder as a handbook, without a database."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from routebook.cli import main as cli

SAMPLE = Path(__file__).parents[2] / "sample"


def test_a_folder_becomes_a_handbook_with_its_media(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "handbook.zip"
    assert cli.main(["handbook", str(SAMPLE), str(target)]) == cli.FINE
    assert "18 documents written" in capsys.readouterr().out
    with zipfile.ZipFile(target) as archive:
        names = set(archive.namelist())
    assert {"handbook/index.html", "handbook/all.html", "handbook/media/stripe-refund.png"} <= names
    assert "handbook/policies/reply-in-a-day.html" in names


def test_drafts_stay_out(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "routebook.yaml").write_text("name: Small\n")
    for slug, status in (("told", "published"), ("secret", "draft"), ("old", "retired")):
        text = f"---\nkind: policy\ntitle: {slug}\nstatus: {status}\n---\n## Rule\nDo it.\n"
        (tmp_path / "policies" / f"{slug}.md").write_text(text)
    target = tmp_path / "out.zip"
    assert cli.main(["handbook", str(tmp_path), str(target)]) == cli.FINE
    with zipfile.ZipFile(target) as archive:
        assert "handbook/policies/told.html" in archive.namelist()
        assert all("secret" not in archive.read(name).decode() for name in archive.namelist())
        assert "handbook/policies/old.html" not in archive.namelist()


@pytest.mark.parametrize(
    ("folder", "target", "said"),
    [("nowhere", "x.zip", "there is no folder"), (str(SAMPLE), "no/such/folder/x.zip", "can't be written")],
)
def test_wrong_use_is_a_sentence(
    folder: str, target: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["handbook", folder, str(tmp_path / target)]) == cli.WRONG_USE
    assert said in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["handbook", str(tmp_path), str(tmp_path / "x.zip")]) == cli.WRONG_USE
    assert "routebook.yaml" in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


def test_it_loads_neither_django_nor_the_typesetter(tmp_path: Path) -> None:
    code = (
        "import sys; from routebook.cli.main import main\n"
        f"main(['handbook', {str(SAMPLE)!r}, {str(tmp_path / 'x.zip')!r}])\n"
        "sys.exit('django' in sys.modules or 'typst' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
