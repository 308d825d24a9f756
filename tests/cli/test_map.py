"""`routebook map`: one process as a drawing or as text."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from routebook.cli import main as cli

SAMPLE = Path(__file__).parents[2] / "src" / "routebook" / "sample"
REFUND = str(SAMPLE / "processes" / "refund-a-customer.md")


def test_the_drawing_stands_alone_and_shows_the_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", REFUND]) == cli.FINE
    drawn = ET.fromstring(capsys.readouterr().out)
    texts = ["".join(element.itertext()) for element in drawn.iter() if element.tag.endswith("text")]
    assert texts.count("SOP") == 3


def test_several_variations_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", str(SAMPLE / "processes" / "publish-a-social-post.md"), "--to", "svg"]) == cli.FINE
    assert "3 SOPs" in capsys.readouterr().out


def test_the_same_as_mermaid(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", REFUND, "--to", "mermaid"]) == cli.FINE
    assert capsys.readouterr().out.startswith("flowchart")


def test_the_same_as_markdown_that_people_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", REFUND, "--to", "markdown"]) == cli.FINE
    said = capsys.readouterr().out
    assert said.startswith("# Refund a customer\n")
    assert "\n2. Verify eligibility (Support assistant, delegated). Then if eligible, 4; if not eligible, 3.\n" in said
    assert "| 5 | Issue the refund<br>" in said
    assert "Issue a refund in Stripe" in said


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_the_same_as_one_page(form: str, begins: bytes, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["map", REFUND, "--to", form]) == cli.FINE
    sys.stdout.buffer.flush()
    assert capfdbinary.readouterr().out.startswith(begins)


def test_a_page_is_not_written_into_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert cli.main(["map", REFUND, "--to", "pdf"]) == cli.WRONG_USE
    assert "> refund-a-customer.pdf" in capsys.readouterr().err


def test_a_file_outside_a_library_is_drawn_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "refund-a-customer.md"
    alone.write_bytes(Path(REFUND).read_bytes())
    assert cli.main(["map", str(alone)]) == cli.FINE
    assert "<svg" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "said"),
    [(str(SAMPLE / "policies" / "reply-in-a-day.md"), "is not a process"), ("nowhere.md", "can't be read"),
     (str(SAMPLE / "routebook.yaml"), "---")],
)  # fmt: skip
def test_what_has_no_map_is_wrong_use(file: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", file]) == cli.WRONG_USE
    assert said in capsys.readouterr().err


def test_neither_map_nor_which_loads_django() -> None:
    code = (
        "import sys; from routebook.cli.main import main\n"
        f"main(['map', {REFUND!r}]); main(['which', '--answers', 'yes'])\n"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


# --- the maps of other tools --------------------------------------------------------------------


def written(folder: Path, body: str, name: str = "orders.bpmn") -> str:
    file = folder / name
    file.write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>'
        f'<task id="t" name="Pack it"/><sequenceFlow sourceRef="s" targetRef="t"/></process>{body}</definitions>'
    )
    return str(file)


def test_another_tools_file_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", written(tmp_path, ""), "--to", "json"]) == cli.FINE
    told = json.loads(capsys.readouterr().out)
    assert told["notes"] == []
    (process,) = told["processes"]
    assert (process["id"], process["title"], process["sound"]) == ("orders", "orders", True)
    assert [(step["id"], step["source"], step["title"], step["kind"]) for step in process["steps"]] == [
        ("pack-it", "t", "Pack it", "step"),
        ("start", "s", "", "start"),
    ]


@pytest.mark.parametrize(("form", "begins"), [("svg", "<svg"), ("mermaid", "flowchart"), ("bpmn", "<?xml")])
def test_another_tools_file_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, begins: str
) -> None:
    assert cli.main(["map", written(tmp_path, ""), "--to", form]) == cli.FINE
    shown = capsys.readouterr()
    assert shown.out.startswith(begins)
    assert "Pack it" in shown.out
    assert shown.err == ""


def test_of_several_processes_one_is_drawn_and_the_others_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, '<process id="q" name="Returns"><task id="u" name="Unpack"/></process>')
    assert cli.main(["map", file, "--to", "mermaid"]) == cli.FINE
    assert "--process chooses another one: returns" in capsys.readouterr().err
    assert cli.main(["map", file, "--to", "mermaid", "--process", "q"]) == cli.FINE
    assert "Unpack" in capsys.readouterr().out
    assert cli.main(["map", file, "--process", "return"]) == cli.WRONG_USE
    assert "Did you mean “returns”?" in capsys.readouterr().err


def test_a_file_without_a_map_is_a_sentence_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text("<definitions>")
    assert cli.main(["map", str(file), "--to", "json"]) == cli.FINDINGS
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert cli.main(["map", str(tmp_path / "none.bpmn")]) == cli.WRONG_USE


def test_a_process_of_a_library_goes_out_as_bpmn_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", REFUND, "--to", "bpmn"]) == cli.FINE
    assert ET.fromstring(capsys.readouterr().out).tag.endswith("}definitions")
    assert cli.main(["map", REFUND, "--to", "json"]) == cli.FINE
    told = json.loads(capsys.readouterr().out)
    assert [step["source"] for step in told["processes"][0]["steps"]][:2] == ["request", "verify"]


def test_reading_bpmn_starts_neither_django_nor_yaml(tmp_path: Path) -> None:
    script = "import sys; from routebook.cli.main import main; main(sys.argv[1:]); print([name for name in ('django', 'yaml') if name in sys.modules], file=sys.stderr)"
    asked = [sys.executable, "-c", script, "map", written(tmp_path, ""), "--to", "json"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stderr == "[]\n"


def test_all_processes_go_into_a_library_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, '<process id="q" name="Returns"><task id="u" name="Unpack"/></process>')
    into = tmp_path / "library" / "processes"
    for _ in range(2):
        assert cli.main(["map", file, "--to", "library", "--into", str(into)]) == cli.FINE
    assert sorted(path.name for path in into.iterdir()) == ["orders-2.md", "orders.md", "returns-2.md", "returns.md"]
    capsys.readouterr()
    assert cli.main(["map", str(into / "returns.md"), "--to", "json"]) == cli.FINE
    assert json.loads(capsys.readouterr().out)["processes"][0]["steps"][0]["title"] == "Unpack"
    assert cli.main(["map", file, "--into", str(into)]) == cli.WRONG_USE
    assert cli.main(["map", file, "--to", "library", "--process", "returns"]) == cli.FINE
    assert "title: Returns" in capsys.readouterr().out
