"""Case files: small libraries that name the findings they must cause.

Each case lays its files over `world/`. The `wrong` twin must cause exactly the findings of its `expected.txt`
(file, line, rule, field path); the `right` twin must cause none at all, of any rule.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from routebook.core.checks import RULES, Finding, check
from routebook.core.document import FOLDERS
from routebook.formats.errors import Refused, line_of
from routebook.formats.library import ORGANISATION_FILE, LibraryFolder, read_library

CASES = Path(__file__).parents[2] / "cases" / "checks"
WORLD = CASES / "world"
TODAY = dt.date(2026, 11, 22)
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder != WORLD)
WITHOUT_A_FILE = {
    "RB000": "a rule that crashes is made in test_engine.py",
    "RB004": "a file that can not be read is no document: tests/cli/test_check.py makes some",
    "RB001": "a file without the reason is refused by its reader; test_engine.py builds the value",
}


def test_the_world_is_clean() -> None:
    assert findings_in(files_below(WORLD)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_wrong_twin_causes_exactly_what_it_names(name: str) -> None:
    expected = (CASES / name / "wrong" / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert expected
    assert findings_in(laid_over_world(CASES / name / "wrong")) == sorted(expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_right_twin_causes_nothing(name: str) -> None:
    assert findings_in(laid_over_world(CASES / name / "right")) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_about_the_rule_that_it_is_named_after(name: str) -> None:
    expected = (CASES / name / "wrong" / "expected.txt").read_text(encoding="utf-8")
    assert name in {f"{rule.id}-{rule.name}" for rule in RULES}
    assert f" {name.split('-')[0]}" in expected
    assert files_below(CASES / name / "right")


def test_every_rule_has_a_case() -> None:
    assert {name.split("-")[0] for name in NAMES} | set(WITHOUT_A_FILE) == {rule.id for rule in RULES}


def findings_in(files: dict[str, bytes]) -> list[str]:
    """The findings of a library, as lines like those of `expected.txt`, by file and line."""
    folder = read_library(files)
    assert not isinstance(folder, Refused), [str(error) for error in folder.errors]
    found = check(folder.library, today=TODAY, media=frozenset(folder.media))
    return sorted(told(finding, folder) for finding in found)


def told(finding: Finding, folder: LibraryFolder) -> str:
    file = ORGANISATION_FILE if finding.kind is None else f"{FOLDERS[finding.kind]}/{finding.slug}.md"
    return f"{file}:{line_of(folder.lines[file], finding.path)} {finding.rule} {finding.path}".rstrip()


def laid_over_world(folder: Path) -> dict[str, bytes]:
    return files_below(WORLD) | files_below(folder)


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "expected.txt"
    }
