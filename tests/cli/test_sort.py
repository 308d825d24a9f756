"""`routebook sort` at the shell: a list by kind, exact JSON, and what was left alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
