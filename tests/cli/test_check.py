"""`routebook check` as a person or a pipeline runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_file_that_cannot_be_read_is_wrong_use(spoilt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = spoilt / "policies" / "reply-in-a-day.md"
    broken.write_text("---\nkind: policy\ntitel: Answer\n---\n", encoding="utf-8")
    assert main(["check", str(spoilt), *ON_THAT_DAY]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{broken}:3: `titel` is not a key of a policy. Did you mean `title`?" in said.err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "routebook: there is no folder “nowhere”.\n"),
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
