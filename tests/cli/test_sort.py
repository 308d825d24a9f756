"""`routebook sort` at the shell: a list by kind, exact JSON, and what was left alone."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from routebook.cli import sort
from routebook.cli.main import FINE, WRONG_USE, main
from tests.formats.pile.word import paragraph, word, zipped


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "keys.md").write_text(
        "# Key policy\n\nKeys must not be copied. Staff are responsible for them.\n"
    )
    (tmp_path / "more.zip").write_bytes(zipped({"tyre.docx": word(paragraph("Change a tyre", bold=True))}))
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / ".hidden.md").write_text("# No")
    return tmp_path


def test_json_names_each_document_with_exactly_five_facts(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sort", str(drive), "--format", "json"]) == FINE
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert [one["path"] for one in found] == [str(drive / "more.zip") + "/tyre.docx", str(drive / "old" / "keys.md")]
    assert all(list(one) == ["path", "kind", "second", "score", "reasons"] for one in found)
    assert found[1]["kind"] == "policy"
    assert "scan.pdf: It is a PDF" in shown.err


def test_text_lists_by_kind_with_reasons_and_what_was_left_alone(
    drive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sort", str(drive)]) == FINE
    shown = capsys.readouterr().out
    assert "Policies: a rule, and why (1)" in shown
    assert "          It sets rules: “must not”, “are responsible for”." in shown
    assert "Left alone (1)" in shown
    assert "2 documents sorted, 1 left alone." in shown


def test_a_file_named_twice_is_sorted_once(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = str(drive / "old" / "keys.md")
    assert main(["sort", keys, keys, "--format", "json"]) == FINE
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sort", str(tmp_path / "nowhere")]) == WRONG_USE
    assert "there is no file or folder" in capsys.readouterr().err


def test_sorting_never_loads_django(drive: Path) -> None:
    code = f"import sys; from routebook.cli.main import main; main(['sort', {str(drive)!r}]); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def sorted_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """The paths that the JSON names, and what was said beside it."""
    assert main(["sort", str(folder), "--format", "json"]) == FINE
    shown = capsys.readouterr()
    shown.out.encode("utf-8")
    found = json.loads(shown.out)
    assert all(list(one) == ["path", "kind", "second", "score", "reasons"] for one in found)
    return [one["path"] for one in found], shown.err


def test_an_empty_folder_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted_in(tmp_path, capsys) == ([], "")
    assert main(["sort", str(tmp_path)]) == FINE
    assert capsys.readouterr().out == "No document was found.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="such names aren't allowed there")
def test_odd_names_come_back_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [b"a b.md", b"line\nbreak.md", b"caf\xe9.md", "été “x”.md".encode(), b'tab\tquote".md', b"-rf.md"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("# Key policy\n\nKeys must not be copied.\n")
    paths, _ = sorted_in(tmp_path, capsys)
    assert {os.fsencode(path).rpartition(b"/")[2] for path in paths} == set(names)
    assert main(["sort", str(tmp_path)]) == FINE
    told = capsys.readouterr().out
    assert "line\\nbreak.md" in told
    assert "caf\\udce9.md" in told


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_followed_to_files_and_never_in_circles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("# Key policy\n\nKeys must not be copied.\n")
    (tmp_path / "b.md").symlink_to("a.md")
    (tmp_path / "gone.md").symlink_to("nowhere.md")
    (tmp_path / "round.md").symlink_to("round.md")
    (tmp_path / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.md")
    paths, beside = sorted_in(tmp_path, capsys)
    assert [Path(path).name for path in paths] == ["a.md", "b.md"]
    assert "gone.md: It is a link that leads nowhere." in beside
    assert "round.md: It is a link that leads nowhere." in beside
    assert "pipe.md: It is no ordinary file." in beside


def test_what_may_not_be_opened_is_named_and_the_rest_is_sorted(
    drive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (drive / "closed").mkdir()
    read, scan = Path.read_bytes, os.scandir

    def read_bytes(path: Path) -> bytes:
        if path.name == "keys.md":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    def scandir(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr(os, "scandir", scandir)
    paths, beside = sorted_in(drive, capsys)
    assert paths == [str(drive / "more.zip") + "/tyre.docx"]
    assert "keys.md: It can't be opened: Permission denied." in beside
    assert "closed: It can't be opened: Permission denied." in beside


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_of_many_files_a_terminal_sees_how_far_it_is_and_their_order_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(220):
        (tmp_path / f"{at:03}.md").write_text(f"# Key policy {at}\n\nKeys must not be copied.\n")
    alone, _ = sorted_in(tmp_path, capsys)
    monkeypatch.setattr(sort, "LEAST_FOR_A_PROCESS", 60)
    monkeypatch.setattr("routebook.cli.checking.progress.PATIENCE", 0)
    monkeypatch.setattr("routebook.cli.checking.progress.BETWEEN", 0)
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main(["sort", str(tmp_path), "--format", "json"]) == FINE
    assert [one["path"] for one in json.loads(capsys.readouterr().out)] == alone
    assert "Sorting [" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[K")
