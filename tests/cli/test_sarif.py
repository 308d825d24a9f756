"""The SARIF log beside what SARIF 2.1.0 asks for, and what forges ask for on top of it.

`LOG` says by hand what the standard's JSON schema says of the objects that we write: which properties there may be, which
there must be, and what each holds. An object may have no other property, as in the schema itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from routebook.cli.checking.findings import Placed, as_sarif
from routebook.cli.main import main
from routebook.core.checks import RULES

WORLD = Path(__file__).parents[1] / "cases" / "checks" / "world"

Problems = list[str]
Shape = Callable[[Any, str, Problems], None]


def told(is_right: bool, where: str, wanted: str, problems: Problems) -> None:
    if not is_right:
        problems.append(f"{where} is not {wanted}")


def text(value: Any, where: str, problems: Problems) -> None:
    told(isinstance(value, str) and value != "", where, "a text", problems)


def matching(pattern: str) -> Shape:
    return lambda value, where, problems: told(
        isinstance(value, str) and re.fullmatch(pattern, value) is not None, where, pattern, problems
    )


def number(least: int) -> Shape:
    return lambda value, where, problems: told(
        type(value) is int and value >= least, where, f"a number of {least} or more", problems
    )


def one_of(*words: str) -> Shape:
    return lambda value, where, problems: told(value in words, where, f"one of {words}", problems)


def many(of: Shape, *, least: int = 0) -> Shape:
    def check(value: Any, where: str, problems: Problems) -> None:
        told(isinstance(value, list) and len(value) >= least, where, f"a list of {least} or more", problems)
        texts = [json.dumps(item, sort_keys=True) for item in value]
        told(len(set(texts)) == len(texts), where, "a list of different items", problems)
        for place, item in enumerate(value):
            of(item, f"{where}[{place}]", problems)

    return check


def by_name(of: Shape) -> Shape:
    def check(value: Any, where: str, problems: Problems) -> None:
        for name, inside in value.items():
            of(inside, f"{where}.{name}", problems)

    return check


def having(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    known = required | (optional or {})

    def check(value: Any, where: str, problems: Problems) -> None:
        told(isinstance(value, dict), where, "an object", problems)
        problems.extend(f"{where} lacks {name}" for name in required if name not in value)
        problems.extend(f"{where} has an unknown {name}" for name in value if name not in known)
        for name, inside in value.items():
            if name in known:
                known[name](inside, f"{where}.{name}", problems)

    return check


ADDRESS = matching(r"[a-z][a-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=\[\]]|%[0-9A-F]{2})+")
REFERENCE = matching(r"(?:[A-Za-z0-9\-._~:/@!$&'()*+,;=]|%[0-9A-F]{2})+")
LEVEL = one_of("none", "note", "warning", "error")
MESSAGE = having({"text": text}, {"markdown": text})
RULE = having(
    {"id": matching(r"RB\d{3}"), "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE},
    {
        "name": text,
        "helpUri": ADDRESS,
        "defaultConfiguration": having({"level": LEVEL}),
        "properties": having({"tags": many(text)}),
    },
)
"""Forges want both descriptions and the help; the standard only wants the id."""
FILE = having({"uri": REFERENCE}, {"uriBaseId": one_of("SRCROOT")})
RESULT = having(
    {
        "ruleId": matching(r"RB\d{3}"),
        "ruleIndex": number(0),
        "level": LEVEL,
        "message": having({"text": text}),
        "locations": many(
            having(
                {"physicalLocation": having({"artifactLocation": FILE, "region": having({"startLine": number(1)})})}
            ),
            least=1,
        ),
        "partialFingerprints": by_name(text),
    }
)
SEMANTIC_VERSION = matching(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.\-]+)?(?:\+[0-9A-Za-z.\-]+)?")
LOG = having(
    {
        "$schema": ADDRESS,
        "version": one_of("2.1.0"),
        "runs": many(
            having(
                {
                    "tool": having(
                        {
                            "driver": having(
                                {"name": text, "rules": many(RULE)},
                                {"semanticVersion": SEMANTIC_VERSION, "informationUri": ADDRESS},
                            )
                        }
                    ),
                    "results": many(RESULT),
                },
                {
                    "columnKind": one_of("utf16CodeUnits", "unicodeCodePoints"),
                    "originalUriBaseIds": by_name(having({"uri": ADDRESS})),
                },
            ),
            least=1,
        ),
    }
)


def problems_of(log: str) -> Problems:
    problems: Problems = []
    LOG(json.loads(log), "log", problems)
    return problems


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    """A library with findings in documents, in its own file, in files that can't be read, and in files with awkward names."""
    for file in WORLD.rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(WORLD)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    own = tmp_path / "routebook.yaml"
    own.write_text(own.read_text(encoding="utf-8").replace("holders: [leo]", "holders: [nobody]"), encoding="utf-8")
    for name in ("a b.md", "ünï.md", "50%.md", "a#b?c.md", "[x].md", "a:b.md", "“q”.md"):
        (tmp_path / "sops" / name).write_text("---\nkind: sop\ntitle: “<b>” & % \\ `x`\n---\n", encoding="utf-8")
    (tmp_path / "sops" / "bytes.md").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def log_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["check", *arguments, "--format", "sarif", "--today", "2026-11-22"]) in (0, 1)
    return capsys.readouterr().out


@pytest.mark.parametrize("is_here", [True, False])
def test_the_log_is_what_the_standard_asks_for(
    awkward: Path, is_here: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_here:
        monkeypatch.chdir(awkward)
    log = log_of(capsys, "." if is_here else str(awkward))
    assert problems_of(log) == []
    assert len(json.loads(log)["runs"][0]["results"]) > 8


def test_a_log_without_findings_is_one_too(capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(capsys, str(WORLD))
    assert problems_of(log) == []
    assert json.loads(log)["runs"][0]["results"] == []


def test_rules_and_results_belong_together(awkward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = json.loads(log_of(capsys, str(awkward)))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_every_file_is_found_from_the_log(
    awkward: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(awkward)
    (run,) = json.loads(log_of(capsys, "."))["runs"]
    base = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert base.endswith("/")
    for result in run["results"]:
        (location,) = result["locations"]
        file = location["physicalLocation"]["artifactLocation"]
        assert file["uriBaseId"] == "SRCROOT"
        assert not urlsplit(file["uri"]).scheme
        assert Path(unquote(urlsplit(base).path) + unquote(file["uri"])).is_file()


def test_it_keeps_within_what_forges_take(awkward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A forge cuts longer descriptions and refuses more than so many rules, tags and results."""
    (run,) = json.loads(log_of(capsys, str(awkward)))["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["name"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
    fingerprints = [result["partialFingerprints"]["routebook/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)


def test_a_finding_without_a_line_is_on_the_first() -> None:
    finding = Placed("sops/a.md", 1, "RB204", "no-owner", "advice", "sop", "a", "owner", "No owner.", "Name one.")
    assert problems_of(as_sarif(1, [finding])) == []


def test_what_is_wrong_with_a_log_is_told() -> None:
    log = json.loads(as_sarif(0, []))
    log["runs"][0]["results"] = [{"ruleId": "RB204", "lines": 3}]
    assert problems_of(json.dumps(log)) == [
        "log.runs[0].results[0] lacks ruleIndex",
        "log.runs[0].results[0] lacks level",
        "log.runs[0].results[0] lacks message",
        "log.runs[0].results[0] lacks locations",
        "log.runs[0].results[0] lacks partialFingerprints",
        "log.runs[0].results[0] has an unknown lines",
    ]
