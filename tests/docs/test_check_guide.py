"""What docs/guide/check.md shows for editors, git hooks and CI works: each snippet is taken from the page and run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "check.md"
WORLD = ROOT / "tests" / "cases" / "checks" / "world"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """With `routebook` on the path, a home of its own, and git's settings of nobody."""
    program = tmp_path / "bin" / "routebook"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m routebook "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "XDG_"))}
    env |= {"PATH": f"{program.parent}:{env['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    people = {f"GIT_{who}_{what}": f"ana@{who}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return env | people | {"GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str]) -> Path:
    """A git repository that is a library, with everything committed."""
    folder = Path(shutil.copytree(WORLD, tmp_path / "repository"))
    for command in ("git init -q .", "git add .", "git commit -q -m Begin"):
        run(command, folder, environment, expected=0)
    return folder


def run(command: str, folder: Path, environment: dict[str, str], *, expected: int) -> str:
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == expected, said
    return said


def snippets(language: str) -> list[str]:
    return [block.content for block in MarkdownIt().parse(PAGE.read_text("utf-8")) if block.info == language]


def spoil(library: Path) -> Path:
    """Two mistakes in one document."""
    file = library / "policies" / "refund-within-14-days.md"
    file.write_text(file.read_text("utf-8").replace("owner: Founder", "owner: Fonder").replace("2027", "2025"), "utf-8")
    return file


def mend(library: Path) -> None:
    shutil.copy(WORLD / "policies" / "refund-within-14-days.md", library / "policies" / "refund-within-14-days.md")


def test_the_problem_matcher_takes_every_finding_and_nothing_else(
    repository: Path, environment: dict[str, str]
) -> None:
    (task,) = json.loads(snippets("json")[0])["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    spoil(repository)
    lines = run(task["command"], repository, environment, expected=1).splitlines()
    found = [match for line in lines if (match := re.match(pattern["regexp"], line))]
    assert len(found) == 2
    assert [match[pattern["file"]] for match in found] == ["policies/refund-within-14-days.md"] * 2
    assert [match[pattern["line"]] for match in found] == ["4", "5"]
    assert [match[pattern["code"]] for match in found] == ["RB504", "RB205"]
    assert found[0][pattern["message"]].startswith("broken-reference: The organisation has no role “Fonder”.")


def test_the_git_hook_refuses_a_commit_with_findings(repository: Path, environment: dict[str, str]) -> None:
    (script,) = [block for block in snippets("sh") if block.startswith("#!/bin/sh")]
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script, "utf-8")
    hook.chmod(0o755)
    spoil(repository)
    said = run("git commit -a -m Spoil", repository, environment, expected=1)
    assert "RB504 broken-reference" in said
    assert run("git log --oneline", repository, environment, expected=0).count("\n") == 1
    mend(repository)
    (repository / "goals" / "new.md").write_text(
        "---\nkind: goal\ntitle: New\nowner: Founder\nstatus: draft\n---\n", "utf-8"
    )
    process = repository / "processes" / "refund-a-customer.md"
    process.write_text(process.read_text("utf-8").replace("[ten-hours-back]", "[ten-hours-back, new]"), "utf-8")
    run("git add . && git commit -q -m Add", repository, environment, expected=0)


def hook_of(name: str) -> dict[str, Any]:
    (hook,) = [hook for hook in yaml.safe_load(HOOKS.read_text("utf-8")) if hook["id"] == name]
    return dict(hook)


def test_the_pre_commit_hook_checks_the_library_of_what_the_commit_changes(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (asked,) = yaml.safe_load(snippets("yaml")[0])["repos"][0]["hooks"]
    hook = hook_of(asked["id"])
    repository = tmp_path / "company"
    library = Path(shutil.copytree(WORLD, repository / "office" / "library"))
    (repository / "README.md").write_text("Hello", "utf-8")
    run("git init -q . && git add . && git commit -q -m Begin", repository, environment, expected=0)
    process = library / "processes" / "refund-a-customer.md"
    process.write_text(process.read_text("utf-8").replace("id: issue", "id: pay"), "utf-8")
    (repository / "README.md").write_text("Hello again", "utf-8")
    run("git add .", repository, environment, expected=0)
    staged = run("git diff --cached --name-only", repository, environment, expected=0).splitlines()
    passed = [file for file in staged if re.search(hook["files"], file)]  # as pre-commit chooses them
    assert passed == ["office/library/processes/refund-a-customer.md"]
    said = run(f"{hook['entry']} {shlex.join(passed)}", repository, environment, expected=1)
    assert "office/library/sops/issue-a-refund-in-stripe.md:5: RB106 sop-before-map" in said
    run("git checkout -q HEAD -- .", repository, environment, expected=0)
    assert run(f"{hook['entry']} {shlex.join(passed)}", repository, environment, expected=0) == ""


def test_the_pre_commit_hook_can_be_installed() -> None:
    hook = hook_of("routebook-check")
    assert hook["language"] == "python"
    assert (ROOT / "pyproject.toml").is_file()
    assert hook["require_serial"] is True  # one check per commit, not one per handful of files


def test_the_job_for_github_annotates_and_fails(repository: Path, environment: dict[str, str]) -> None:
    job = yaml.safe_load(next(block for block in snippets("yaml") if "actions/checkout" in block))
    command = job["jobs"]["check"]["steps"][-1]["run"]
    assert run(command, repository, environment, expected=0) == "9 documents checked, nothing found.\n"
    spoil(repository)
    said = run(command, repository, environment, expected=1)
    assert said.startswith("::warning file=policies/refund-within-14-days.md,line=4,title=RB504 broken-reference::")


def test_the_step_for_code_scanning_goes_on_to_the_upload(repository: Path, environment: dict[str, str]) -> None:
    steps = yaml.safe_load(next(block for block in snippets("yaml") if "upload-sarif" in block))
    spoil(repository)
    run(steps[0]["run"], repository, environment, expected=0)
    log = json.loads((repository / steps[1]["with"]["sarif_file"]).read_text("utf-8"))
    assert len(log["runs"][0]["results"]) == 2


def test_the_job_for_gitlab_leaves_a_report(repository: Path, environment: dict[str, str]) -> None:
    job = yaml.safe_load(next(block for block in snippets("yaml") if "codequality" in block))["library"]
    spoil(repository)
    run(job["script"][-1], repository, environment, expected=1)
    report = json.loads((repository / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert [entry["location"]["path"] for entry in report] == ["policies/refund-within-14-days.md"] * 2
