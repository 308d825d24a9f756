"""Findings as `routebook check` prints them: for a person, for a program, and in the words that forges understand.

Nothing heavy is imported here: a check of a folder in which nothing has changed must answer at once.
"""

import json
import os
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_LEVELS = {"error": "error", "advice": "warning"}
GITHUB_COMMANDS = {"error": "error", "advice": "warning"}
GITLAB_SEVERITIES = {"error": "critical", "advice": "minor"}


class Placed(NamedTuple):
    """A finding and where it stands: the file as the person named it, and the line. `kind` is "" for `routebook.yaml`."""

    file: str
    line: int
    rule: str
    name: str
    severity: str
    kind: str
    slug: str
    path: str
    sentence: str
    fix: str

    @property
    def page(self) -> str:
        """Where the rule is explained, from the root of the project."""
        return f"docs/reference/rules/{self.rule}.md"


Findings = Sequence[Placed]


def summary(count: int, findings: Findings) -> str:
    """What was looked at and what was found, in one line."""
    looked = "1 document" if count == 1 else f"{count} documents"
    if not findings:
        return f"{looked} checked, nothing found."
    found = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    blocking = sum(1 for placed in findings if placed.severity == "error")
    verb = "keeps its document" if blocking == 1 else "keep their documents"
    blocks = f" {blocking} of them {verb} from being published." if blocking else ""
    return f"{looked} checked, {found}.{blocks} `routebook check --explain RULE` says more."


def as_text(count: int, findings: Findings) -> str:
    said = [
        f"{placed.file}:{placed.line}: {placed.rule} {placed.name}: {placed.sentence}\n    {placed.fix}"
        for placed in findings
    ]
    return "\n".join([*said, summary(count, findings)])


def as_json(count: int, findings: Findings) -> str:
    body = {"version": 1, "documents": count, "findings": [_plain(placed) for placed in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def _plain(placed: Placed) -> dict[str, Any]:
    return {
        "rule": placed.rule,
        "name": placed.name,
        "severity": placed.severity,
        "file": placed.file,
        "line": placed.line,
        "kind": placed.kind or None,
        "slug": placed.slug,
        "path": placed.path,
        "sentence": placed.sentence,
        "fix": placed.fix,
        "page": placed.page,
    }


def as_sarif(count: int, findings: Findings) -> str:
    """A SARIF 2.1.0 log. Files are named from the folder that the check was started in, where they lie below it."""
    from routebook import version
    from routebook.core.checks import RULES

    places = {known.id: place for place, known in enumerate(RULES)}
    driver = {
        "name": "Routebook",
        "semanticVersion": version(),
        "rules": [_sarif_rule(known) for known in RULES],
    }
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {"SRCROOT": {"uri": f"{Path.cwd().as_uri()}/"}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(placed, places[placed.rule]) for placed in findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_rule(known: Any) -> dict[str, Any]:
    from routebook.core.checks import explanation

    said = explanation(known)
    return {
        "id": known.id,
        "name": known.name,
        "shortDescription": {"text": known.message},
        "fullDescription": {"text": said.why},
        "help": {
            "text": f"{said.why}\n\nWrong:\n\n{said.wrong}\n\nRight:\n\n{said.right}",
            "markdown": f"{said.why}\n\n**Wrong**\n\n```yaml\n{said.wrong}\n```\n\n**Right**\n\n```yaml\n{said.right}\n```",
        },
        "defaultConfiguration": {"level": SARIF_LEVELS[known.severity]},
        "properties": {"tags": [known.family.value]},
    }


def _sarif_result(placed: Placed, rule_index: int) -> dict[str, Any]:
    place = {"artifactLocation": _sarif_file(placed.file), "region": {"startLine": placed.line}}
    return {
        "ruleId": placed.rule,
        "ruleIndex": rule_index,
        "level": SARIF_LEVELS[placed.severity],
        "message": {"text": f"{placed.sentence} {placed.fix}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"routebook/v1": fingerprint(placed)},
    }


def _sarif_file(file: str) -> dict[str, str]:
    near = from_here(file)
    return {"uri": Path(near).as_uri()} if Path(near).is_absolute() else {"uri": quote(near), "uriBaseId": "SRCROOT"}


def as_github(count: int, findings: Findings) -> str:
    """Workflow commands: GitHub shows each beside its line in the pull request."""
    said = [
        f"::{GITHUB_COMMANDS[placed.severity]} file={_github_value(from_here(placed.file))},line={placed.line},"
        f"title={_github_value(f'{placed.rule} {placed.name}')}::{_github_text(f'{placed.sentence} {placed.fix}')}"
        for placed in findings
    ]
    return "\n".join([*said, summary(count, findings)])


def _github_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_value(text: str) -> str:
    return _github_text(text).replace(":", "%3A").replace(",", "%2C")


def as_gitlab(count: int, findings: Findings) -> str:
    """A code quality report, as GitLab shows it in a merge request."""
    body = [
        {
            "description": f"{placed.sentence} {placed.fix}",
            "check_name": f"{placed.rule} {placed.name}",
            "fingerprint": fingerprint(placed),
            "severity": GITLAB_SEVERITIES[placed.severity],
            "location": {"path": from_here(placed.file), "lines": {"begin": placed.line}},
        }
        for placed in findings
    ]
    return json.dumps(body, indent=2, ensure_ascii=False)


def fingerprint(placed: Placed) -> str:
    """The same for the same finding in another run, also when lines above it have come or gone."""
    parts = (from_here(placed.file), placed.rule, placed.path, placed.sentence)
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def from_here(file: str) -> str:
    """A file as seen from the folder that the check was started in, where it lies below it; forges want that."""
    path, here = Path(os.path.abspath(file)), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


FORMATS: dict[str, Callable[[int, Findings], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
    "gitlab": as_gitlab,
}
