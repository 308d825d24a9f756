"""`routebook check` as a person or a pipeline runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from routebook.cli.checking.findings import Placed, as_github
from routebook.cli.main import main

CASES = Path(__file__).parents[1] / "cases" / "checks"
CLEAN = CASES / "world"
ON_THAT_DAY = ["--today", "2026-11-22"]


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A library with two pieces of advice and one error."""
    for file in CLEAN.rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(CLEAN)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    sop = tmp_path / "sops" / "issue-a-refund-in-stripe.md"
    text = sop.read_text(encoding="utf-8").replace("vault: Stripe/finance", "password: hunter2")
    sop.write_text(
        text.replace("within five minutes", "soon").replace("owner: Head of Support\n", ""), encoding="utf-8"
    )
    return tmp_path


def test_a_clean_folder_ends_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(CLEAN), *ON_THAT_DAY]) == 0
    assert capsys.readouterr().out == "9 documents checked, nothing found.\n"


def test_findings_end_with_one_and_name_file_and_line(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 1
    lines = capsys.readouterr().out.splitlines()
    file = spoilt / "sops" / "issue-a-refund-in-stripe.md"
    assert lines[0] == f"{file}:1: RB204 no-owner: This document has no owner."
    assert lines[1] == "    Name the role that answers for it, such as “Head of Support”."
    assert lines[2] == f"{file}:8: RB401 secret-in-text: This text holds a password."
    assert lines[4].startswith(f"{file}:12: RB203 bar-nobody-can-check: Nobody can check “soon” in ")
    assert lines[6].startswith("9 documents checked, 3 findings. 1 of them keeps its document from being published.")
    assert "hunter2" not in "".join(lines)


def test_the_day_decides_what_is_overdue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(CLEAN), "--today", "2027-05-02"]) == 1
    assert capsys.readouterr().out.count("RB205 review-overdue") == 3


def test_one_document_is_seen_within_its_library(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sop = spoilt / "sops" / "verify-a-refund-request.md"
    sop.write_text(
        sop.read_text(encoding="utf-8").replace("refund-a-customer/verify", "refund-a-customer/verfy"), encoding="utf-8"
    )
    assert main(["check", str(sop), *ON_THAT_DAY]) == 1
    out = capsys.readouterr().out
    assert f"{sop}:5: RB106 sop-before-map" in out
    assert "1 document checked, 1 finding." in out


def test_one_document_alone_is_checked_without_a_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "no-fridays.md"
    file.write_text("---\nkind: policy\ntitle: No calls on Fridays\n---\n", encoding="utf-8")
    assert main(["check", str(file), *ON_THAT_DAY]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:1: RB204 no-owner")


def test_json_holds_every_field(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(spoilt), "--format", "json", *ON_THAT_DAY]) == 1
    body = json.loads(capsys.readouterr().out)
    assert (body["version"], body["documents"], len(body["findings"])) == (1, 9, 3)
    assert body["findings"][0] == {
        "rule": "RB204",
        "name": "no-owner",
        "severity": "advice",
        "file": str(spoilt / "sops" / "issue-a-refund-in-stripe.md"),
        "line": 1,
        "kind": "sop",
        "slug": "issue-a-refund-in-stripe",
        "path": "owner",
        "sentence": "This document has no owner.",
        "fix": "Name the role that answers for it, such as “Head of Support”.",
        "page": "docs/reference/rules/RB204.md",
    }


def test_sarif_names_rules_levels_and_places(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(spoilt), "--format", "sarif", *ON_THAT_DAY]) == 1
    body = json.loads(capsys.readouterr().out)
    assert body["version"] == "2.1.0"
    (run,) = body["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [result["level"] for result in run["results"]] == ["warning", "error", "warning"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 8}
    assert place["artifactLocation"]["uri"].endswith("/sops/issue-a-refund-in-stripe.md")


def test_a_file_that_cannot_be_read_is_a_finding_and_hides_no_other(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = spoilt / "policies" / "reply-in-a-day.md"
    broken.write_text("---\nkind: policy\ntitle: Answer\ntitel: Answer\n---\n", encoding="utf-8")
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 1
    out = capsys.readouterr().out.splitlines()
    assert f"{broken}:4: RB004 unreadable-file: `titel` is not a key of a policy." in out
    assert "    Did you mean `title`?" in out
    assert out[-1].startswith("9 documents checked, 4 findings. 2 of them keep their documents from being published.")


def test_what_an_unreadable_document_would_say_is_not_guessed(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spoilt / "processes" / "refund-a-customer.md").write_text("no front matter", encoding="utf-8")
    assert main(["check", str(spoilt), "--format", "json", *ON_THAT_DAY]) == 1
    rules = [finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert rules == ["RB004", "RB204", "RB401", "RB203"]  # and no RB106, RB501 or RB504


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("sops/a.md", b"\xff\xfe\x00", ":1: RB004 unreadable-file: This file is not UTF-8 text."),
        ("sops/big.md", b"a" * 1_500_000, ":1: RB004 unreadable-file: This file is too large"),
        ("sops/notes.txt", b"", ":1: RB004 unreadable-file: This file is not a document of the library."),
        ("sops/deep/a.md", b"", ":1: RB004 unreadable-file: This file is not a document of the library."),
        ("SOPs/a.md", b"", ":1: RB004 unreadable-file: `SOPs/` is not a folder of a library."),
    ],
)
def test_a_file_that_is_no_document_is_a_finding(
    file: str, content: bytes, said: str, spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoilt / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 1
    assert f"{path}{said}" in capsys.readouterr().out


def test_what_cannot_be_opened_is_a_finding(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spoilt / "sops" / "gone.md").symlink_to("nowhere.md")
    os.mkfifo(spoilt / "sops" / "pipe.md")
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 1
    out = capsys.readouterr().out
    assert out.count("RB004 unreadable-file: This file can't be opened.") == 2


def test_a_folder_without_its_own_file_is_checked_all_the_same(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (spoilt / "routebook.yaml").unlink()
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 1
    out = capsys.readouterr().out
    assert f"{spoilt / 'routebook.yaml'}:1: RB004 unreadable-file: This folder has no routebook.yaml" in out
    assert "4 findings" in out


def test_a_folder_that_is_no_library_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("Hello", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 2
    assert "is no library: it has neither routebook.yaml nor documents." in capsys.readouterr().err


def test_documents_and_folders_of_a_library_can_be_named(
    spoilt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(spoilt / "sops")
    for path, count in (
        ("issue-a-refund-in-stripe.md", 3),
        ("../sops", 3),
        ("../policies", 0),
        ("../routebook.yaml", 0),
    ):
        assert main(["check", path, *ON_THAT_DAY]) == bool(count)
        out = capsys.readouterr().out
        assert out.count(": RB") == count
    assert main(["check", "issue-a-refund-in-stripe.md", "verify-a-refund-request.md", *ON_THAT_DAY]) == 1
    out = capsys.readouterr().out
    assert out.startswith("issue-a-refund-in-stripe.md:1: RB204")
    assert "2 documents checked, 3 findings." in out


def test_the_whole_library_of_a_document_is_checked_where_that_is_asked(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [str(spoilt / "policies" / "reply-in-a-day.md"), str(spoilt / "goals" / "ten-hours-back.md")]
    assert main(["check", "--whole", *named, *ON_THAT_DAY]) == 1
    assert "9 documents checked, 3 findings." in capsys.readouterr().out


def test_quiet_says_nothing_where_nothing_is_found(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--quiet", str(CLEAN), *ON_THAT_DAY]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "--quiet", str(spoilt), *ON_THAT_DAY]) == 1
    assert "3 findings" in capsys.readouterr().out


def test_github_gets_a_command_for_each_finding(
    spoilt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (spoilt / "docs").mkdir()
    monkeypatch.chdir(spoilt / "docs")
    assert main(["check", "..", "--format", "github", *ON_THAT_DAY]) == 1
    assert capsys.readouterr().out.splitlines()[0].startswith(f"::warning file={spoilt}/sops/issue")
    monkeypatch.chdir(spoilt)
    assert main(["check", str(spoilt), "--format", "github", *ON_THAT_DAY]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(
        "::error file=sops/issue-a-refund-in-stripe.md,line=8,title=RB401 secret-in-text::This text holds a password."
    )
    assert not lines[-1].startswith("::")


def test_a_message_to_github_stays_on_one_line() -> None:
    placed = Placed("a,b:c.md", 1, "RB999", "n", "advice", "", "", "", "100 %\ntwo", "f")
    assert as_github(1, [placed]).startswith("::warning file=a%2Cb%3Ac.md,line=1,title=RB999 n::100 %25%0Atwo f\n")


def test_gitlab_gets_a_code_quality_report(
    spoilt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(spoilt)
    assert main(["check", ".", "--format", "gitlab", *ON_THAT_DAY]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [entry["severity"] for entry in report] == ["minor", "critical", "minor"]
    assert len({entry["fingerprint"] for entry in report}) == 3
    assert report[0] == {
        "description": "This document has no owner. Name the role that answers for it, such as “Head of Support”.",
        "check_name": "RB204 no-owner",
        "fingerprint": report[0]["fingerprint"],
        "severity": "minor",
        "location": {"path": "sops/issue-a-refund-in-stripe.md", "lines": {"begin": 1}},
    }


def test_sarif_names_files_from_where_the_check_was_started(
    spoilt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(spoilt.parent)
    assert main(["check", str(spoilt), "--format", "sarif", *ON_THAT_DAY]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    file = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert file == {"uri": f"{spoilt.name}/sops/issue-a-refund-in-stripe.md", "uriBaseId": "SRCROOT"}
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == f"{spoilt.parent.as_uri()}/"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "routebook: there is no file or folder “nowhere”.\n"),
        ([], "routebook: name the folder to check, such as `routebook check sample`.\n"),
        (["--explain", "no-ownr"], "routebook: there is no rule “no-ownr”, did you mean “no-owner”?\n"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *arguments]) == 2
    assert capsys.readouterr().err == sentence


def test_a_rule_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "RB204"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "RB204 no-owner: Nobody answers for this document.\n\nWhat everyone owns, nobody keeps current."
    )
    assert "Wrong:\n\n    kind: policy" in out


def test_it_needs_no_django() -> None:
    program = "import sys; from routebook.cli.main import main; main(sys.argv[1:]); sys.exit('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", str(CLEAN)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


AWFUL = {
    "a line without an end in brackets": "[insert " * 40_000,
    "tags that never close": "<add " * 60_000,
    "pictures in pictures": "![](media/" * 30_000,
    "an address without an end": "@" + "a." * 150_000 + "://x",
    "a title that goes on": "process end-to-end " * 15_000,
    "full stops": ". " * 150_000 + "x",
    "blank lines": "a" + "\n" * 300_000 + "b",
    "numbers": "1 2-" * 75_000,
}


@pytest.mark.parametrize("name", AWFUL)
def test_no_text_makes_a_check_take_for_ever(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What takes a moment in a page takes minutes here wherever the time grows with the square of the length."""
    text = AWFUL[name]
    fields = f"title: T\nowner: Founder\nobjective: {json.dumps(text)}\nquality_bar: [{json.dumps(text)}]"
    sop = tmp_path / "sop.md"
    sop.write_text(f"---\nkind: sop\n{fields}\n---\n## Checklist\n1. {text}\n\n## Others\n{text}\n", encoding="utf-8")
    policy = tmp_path / "policy.md"
    title = " ".join(text.split()) if "title" in name else "T"
    policy.write_text(f"---\nkind: policy\ntitle: {title}\n---\n## Statement\n{text}\n", encoding="utf-8")
    begun = time.process_time()
    assert main(["check", str(sop), str(policy), *ON_THAT_DAY]) in (0, 1)
    assert time.process_time() - begun < 10
    assert "RB000" not in capsys.readouterr().out


def test_files_of_every_bad_kind_are_findings_and_hide_no_other(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sops = spoilt / "sops"
    (sops / "lines.md").write_bytes(b"---\nkind: sop\ntitle: T\nowner: Founder\n---\n" + b"\n" * 950_000)
    (sops / "million-lines.md").write_bytes(b"\n" * 1_000_000)
    (sops / "huge.md").write_bytes(b"---\n" + b"a" * 60_000_000)
    (sops / "binary.md").write_bytes(bytes(range(256)) * 100)
    (sops / "latin.md").write_bytes("---\nkind: sop\ntitle: Größe\n---\n".encode("latin-1"))
    (sops / "zeros.md").write_bytes(b"---\nkind: sop\ntitle: a\x00b\n---\n")
    (sops / "empty.md").write_bytes(b"")
    (sops / "closed.md").write_text("---\nkind: sop\ntitle: T\n---\n", encoding="utf-8")
    (sops / "closed.md").chmod(0)
    (sops / "loop.md").symlink_to("loop.md")
    (sops / "round").symlink_to("..")
    (spoilt / "policies" / "shut").mkdir(mode=0)
    (spoilt / "media").mkdir(exist_ok=True)
    (spoilt / "media" / "round").symlink_to("..")
    assert main(["check", str(spoilt), "--format", "json", *ON_THAT_DAY]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    said = {Path(each["file"]).name: each["sentence"] for each in found if each["rule"] == "RB004"}
    assert said.pop("million-lines.md").startswith("The file doesn't start with a line of `---`.")
    assert said.pop("empty.md").startswith("The file doesn't start with a line of `---`.")
    assert said.pop("huge.md").startswith("This file is too large: ")
    assert said.pop("binary.md") == said.pop("latin.md") == "This file is not UTF-8 text."
    assert said.pop("zeros.md") == "There is a control character in this file."
    assert said.pop("loop.md") == said.pop("round") == "This file can't be opened."
    if os.geteuid() != 0:  # who may do everything can read a closed file, too
        assert said.pop("closed.md") == said.pop("shut") == "This file can't be opened."
    assert said == {}
    assert {"RB401", "RB203", "RB204"} <= {each["rule"] for each in found}
