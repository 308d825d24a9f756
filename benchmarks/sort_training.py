"""The training of the classifier: our own examples, mega-documents made of them, and a regularised softmax.

Nothing but the standard library, and the same weights on every machine.
"""

import math
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from routebook.formats.pile import PileDocument, read_pile
from routebook.formats.pile.classify import Model, PileKind
from routebook.formats.pile.signals import measure

EXAMPLES = Path(__file__).parent.parent / "training"
KINDS = tuple(PileKind)
STYLE_ONLY = frozenset({"you", "we", "title_task"})
"""Signals that tell who wrote a text rather than what it is; they misled on documents of other organisations."""
STRENGTH = 0.12
"""Of the regularisation: how much a weight must explain to be worth having. Signals are scaled to a spread of 1 first,
so that it means the same for each of them, and the weights are scaled back."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text of one kind by one source (a made-up organisation with a style of its own)."""

    source: str
    kind: PileKind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    source: str
    kind: PileKind
    signals: dict[str, float]
    words: int


def examples() -> list[Example]:
    """Every example of `training/*.txt`, where a line `%%% kind` begins each."""
    found = []
    for file in sorted(EXAMPLES.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("%%% ")[1:]:
            kind, _, text = part.partition("\n")
            found.append(Example(file.stem, PileKind(kind.strip()), text))
    return found


def rows(given: Iterable[Example]) -> list[Row]:
    return [row_of(example.source, example.kind, read(example.text)) for example in given]


def row_of(source: str, kind: PileKind, document: PileDocument) -> Row:
    signals = {name: value for name, value in measure(document).items() if value and name not in STYLE_ONLY}
    return Row(source, kind, signals, document.words)


_LOOKS_LIKE_MARKDOWN = re.compile(r"(?m)^#|\*\*|^\|.*\|$|```|^---|^[-*] ")


def read(text: str) -> PileDocument:
    name = "example.md" if _LOOKS_LIKE_MARKDOWN.search(text) else "example.txt"
    (found,) = read_pile({name: text.encode()})
    assert isinstance(found, PileDocument)
    return found


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


def fit(given: Sequence[Row], rounds: int = 400, report: Callable[[str], None] | None = None) -> Model:
    """The weights that explain the rows best, kinds counting alike, held near zero. Accelerated gradient descent."""
    names = sorted({name for row in given for name in row.signals})
    spread = {name: _spread([row.signals.get(name, 0.0) for row in given]) for name in names}
    place = {name: i for i, name in enumerate(names)}
    sparse = [
        [(place[name], value / spread[name]) for name, value in row.signals.items()] + [(len(names), 1.0)]
        for row in given
    ]
    counts = {kind: sum(1 for row in given if row.kind is kind) for kind in KINDS}
    share = [1 / (len([kind for kind in KINDS if counts[kind]]) * counts[row.kind]) for row in given]
    held = [STRENGTH] * len(names) + [FREE]
    step = 1.0 / (0.5 * _steepest(sparse, share, len(names) + 1) + STRENGTH)
    weights = [[0.0] * len(KINDS) for _ in range(len(names) + 1)]
    ahead, momentum = [row[:] for row in weights], 1.0
    for at in range(rounds):
        slope = _slope(given, sparse, share, ahead)
        following = 0.5 * (1 + math.sqrt(1 + 4 * momentum * momentum))
        push = (momentum - 1) / following
        for i, row in enumerate(ahead):
            for k in range(len(KINDS)):
                moved = row[k] - step * (slope[i][k] + held[i] * row[k])
                row[k] = moved + push * (moved - weights[i][k])
                weights[i][k] = moved
        momentum = following
        if report and at % 50 == 49:
            report(f"round {at + 1} of {rounds}")
    named = {name: [weight / spread[name] for weight in weights[i]] for name, i in place.items()} | {"": weights[-1]}
    return Model(
        {name: dict(zip(KINDS, (round(weight, 3) for weight in line), strict=True)) for name, line in named.items()}
    )


FREE = 0.001
"""The bias is hardly held: it only says how common a kind is."""


def _spread(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0


def _steepest(sparse: list[list[tuple[int, float]]], share: list[float], width: int) -> float:
    """The largest curvature of the data, by power iteration; it bounds the step."""
    direction = [1.0] * width
    length = 1.0
    for _ in range(30):
        turned = [0.0] * width
        for row, weight in zip(sparse, share, strict=True):
            along = weight * sum(direction[i] * value for i, value in row)
            for i, value in row:
                turned[i] += along * value
        length = math.sqrt(sum(value * value for value in turned))
        direction = [value / length for value in turned]
    return length


def _slope(
    given: Sequence[Row],
    sparse: list[list[tuple[int, float]]],
    share: list[float],
    weights: list[list[float]],
) -> list[list[float]]:
    width = range(len(KINDS))
    slope = [[0.0] * len(KINDS) for _ in weights]
    for at, row in enumerate(given):
        scores = [0.0] * len(KINDS)
        for i, value in sparse[at]:
            line = weights[i]
            for k in width:
                scores[k] += value * line[k]
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = sum(powers)
        errors = [
            share[at] * (power / total - (1.0 if KINDS[k] is row.kind else 0.0)) for k, power in enumerate(powers)
        ]
        for i, value in sparse[at]:
            line = slope[i]
            for k in width:
                line[k] += value * errors[k]
    return slope
