"""Mega-documents made of our own examples: long ones as they stand in a real drive, to be taken apart."""

import random
import re
from collections.abc import Sequence

from benchmarks.sort_training import Example
from routebook.formats.pile.classify import KINDS, PileKind

SEEDS = (7, 8, 9)
"""The mega-documents are drawn three times, so that the weights don't hang on one draw."""
TITLES = (
    "Operations", "Team guide", "How we work", "The way we do it", "{} handbook", "Working here", "Everyday work", "Manual",
    "Service desk and access", "Guide for new colleagues", "Support", "Running {}", "On the job", "Notes for the team",
    "Administration", "Procedures",
)  # fmt: skip


def mega_documents(given: Sequence[Example]) -> list[Example]:
    """Long documents made of the short ones of a source: several how-tos are mixed, several policies a policy.

    And each kind once with background around it, as it stands in a real handbook.
    """
    made: list[Example] = []
    padding = random.Random(SEEDS[0])
    around = [one.text for one in given if one.kind is PileKind.OTHER]
    for one in given:
        text = _called(one.text, one.kind, padding)
        if one.kind not in (PileKind.MIXED, PileKind.OTHER):
            text = _with_background(text, padding.choice(around), padding)
        made.append(Example(one.source, one.kind, text))
    for chance in map(random.Random, SEEDS):
        for source in sorted({example.source for example in given}):
            texts = {kind: [one.text for one in given if one.source == source and one.kind is kind] for kind in KINDS}
            made += [Example(source, kind, text) for kind, text in _made_of(source, texts, chance)]
    return made


CALLED = {
    PileKind.POLICY: ("{} policy", "{} policy", "{}: guidelines", "{} rules", "Policy on {}"),
    PileKind.PROCESS: ("{} process", "{} process", "{} workflow", "The {} process", "Process: {}"),
    PileKind.PROCEDURE: ("{} process", "{} procedure", "{} runbook", "How to: {}", "{} guide"),
    PileKind.SOP: ("{} guide", "{} guidelines", "{}: checklist", "SOP {}", "{}: best practices"),
    PileKind.WORK_INSTRUCTION: ("How to: {}", "{} guide", "{}: instructions", "{} setup", "Using it: {}"),
    PileKind.MIXED: ("{} handbook", "{} manual", "{} guide", "{} policy", "{} processes"),
    PileKind.OTHER: ("{} overview", "About {}", "{}"),
}
"""How documents of a kind are often called. A procedure is called a process as often as anything else."""


def _called(text: str, kind: PileKind, chance: random.Random) -> str:
    """The text under a title that says what it is, or is said to be."""
    pattern = chance.choice(CALLED[kind])
    return re.sub(r"(?m)^# (.+)$", lambda found: f"# {pattern.format(found[1])}", text, count=1)


def _made_of(source: str, texts: dict[PileKind, list[str]], chance: random.Random) -> list[tuple[PileKind, str]]:
    policies, others = texts[PileKind.POLICY], texts[PileKind.OTHER]
    made: list[tuple[PileKind, str]] = []
    for variant in range(3):
        parts = _mixed_parts(texts, variant, chance)
        if parts:
            made.append((PileKind.MIXED, _bound(chance.choice(TITLES), source, parts)))
    if len(policies) > 1:
        made.append(
            (PileKind.POLICY, _bound(chance.choice(("Policies", "Rules", "Standards of conduct")), source, policies))
        )
    if len(others) > 1:
        made.append((PileKind.OTHER, _bound(chance.choice(TITLES), source, chance.sample(others, 2))))
    alone = [kind for kind in KINDS if kind not in (PileKind.MIXED, PileKind.OTHER) and texts[kind] and others]
    made += [(kind, _with_background(chance.choice(texts[kind]), chance.choice(others), chance)) for kind in alone]
    return made


def _mixed_parts(texts: dict[PileKind, list[str]], variant: int, chance: random.Random) -> list[str]:
    how_tos = texts[PileKind.PROCEDURE] + texts[PileKind.SOP] + texts[PileKind.WORK_INSTRUCTION]
    if len(how_tos) < 3:
        return []
    parts = chance.sample(how_tos, min(len(how_tos), chance.choice((2, 3, 3, 4))))
    if variant != 1 and texts[PileKind.PROCESS]:
        parts = [chance.choice(texts[PileKind.PROCESS]), *parts]
    if variant != 0 and texts[PileKind.POLICY]:
        rule = chance.choice(texts[PileKind.POLICY])
        parts = [*parts, rule] if chance.random() < 0.5 else [rule, *parts]
    if texts[PileKind.OTHER] and chance.random() < 0.4:
        parts.append(chance.choice(texts[PileKind.OTHER]))
    return parts


def _bound(title: str, source: str, parts: Sequence[str]) -> str:
    return f"# {title.format(source.split('-')[0].title())}\n\n" + "\n\n".join(_as_chapter(part) for part in parts)


def _as_chapter(text: str) -> str:
    body = _deeper(text).strip()
    first, _, rest = body.partition("\n")
    return body if body.startswith("#") or len(first) >= 90 else f"## {first.strip('*= ')}\n{rest}"


def _deeper(text: str) -> str:
    without_front = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    return re.sub(r"(?m)^(#{1,4}) ", r"#\1 ", without_front)


def _with_background(text: str, other: str, chance: random.Random) -> str:
    heading = chance.choice(("Background", "Context", "About us", "Notes", "More information"))
    return f"{text}\n\n## {heading}\n\n" + re.sub(r"(?m)^#+ ", "", _deeper(other)).strip()
