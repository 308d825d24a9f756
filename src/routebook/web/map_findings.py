"""What the checks find on a map, as the editor tells it: what stops it first, and the same of many steps once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routebook.core.checks import Finding, Severity, find_rule
from routebook.core.document import Process

FEW = 3
"""From so many steps on, one line tells it of all of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list. `where` names the steps that it is about (“Steps 2, 3 and 7:”), or is empty."""

    where: str
    sentence: str
    fix: str
    rule: str
    severity: Severity


def told_of(findings: Iterable[Finding], process: Process) -> list[Told]:
    """The findings of a map in the order in which they are told."""
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    groups: dict[tuple[str, ...], list[tuple[Finding, int | None]]] = {}
    for finding in ordered:
        at = _step_of(finding, process)
        groups.setdefault(_alike(finding, at, process), []).append((finding, at))
    return [line for group in groups.values() for line in _lines(group)]


def _step_of(finding: Finding, process: Process) -> int | None:
    if not finding.path.startswith("steps["):
        return None
    at = int(finding.path[6:].split("]", 1)[0])
    return at if at < len(process.steps) else None


def _alike(finding: Finding, at: int | None, process: Process) -> tuple[str, ...]:
    """What findings share that can be told together: all that they say, but for the title of the step that they are about."""
    title = "" if at is None else f"“{process.steps[at].title}”"
    said = finding.sentence.replace(title, "“”") if title else finding.sentence
    return (finding.rule, said, finding.fix, "" if at is None else "step")


def _lines(group: Sequence[tuple[Finding, int | None]]) -> list[Told]:
    findings = [finding for finding, _at in group]
    numbers = sorted({at + 1 for _finding, at in group if at is not None})
    is_one = len({finding.sentence for finding in findings}) == 1
    if is_one or len(numbers) >= FEW:
        return [_told(findings[0], numbers, "" if is_one else _message(findings[0]))]
    return [_told(finding, [] if at is None else [at + 1]) for finding, at in group]


def _message(finding: Finding) -> str:
    rule = find_rule(finding.rule)
    return rule.message if rule else finding.sentence


def _told(finding: Finding, numbers: Sequence[int], sentence: str = "") -> Told:
    where = ""
    if numbers:
        listed = _(" and ").join(part for part in (", ".join(map(str, numbers[:-1])), str(numbers[-1])) if part)
        where = ngettext("Step %(numbers)s:", "Steps %(numbers)s:", len(numbers)) % {"numbers": listed}
    return Told(where, sentence or finding.sentence, finding.fix, finding.rule, finding.severity)
