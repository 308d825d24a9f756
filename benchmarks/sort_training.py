"""What the classifier learns from: our own examples, and facts that were measured on real documents of others.

`training/*.txt` are texts of ours. `training/measured.jsonl` has a line for each real document: where it is public, the
kind that we found it to be, and what was counted in it; no text of others is here.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routebook.formats.pile import PileDocument, read_pile
from routebook.formats.pile.classify import Facts, Model, PileKind, facts_of, length_signals, read_model
from routebook.formats.pile.signals import Look

TRAINING = Path(__file__).parent.parent / "training"
MEASURED = TRAINING / "measured.jsonl"
STYLE_ONLY = frozenset({"you", "we", "title_task"})
"""Signals that tell who wrote a text rather than what it is; they misled on documents of other organisations."""
FEWEST_SOURCES = 5
"""Words that fewer organisations write aren't kept of real documents: they could be names."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text of one kind by one source (a made-up organisation with a style of its own)."""

    source: str
    kind: PileKind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a document by one source, and what it is. `second` is what else it could be taken for, or ""."""

    source: str
    kind: PileKind
    facts: Facts
    name: str = ""
    second: str = ""


def examples() -> list[Example]:
    """Every example of `training/*.txt`, where a line `%%% kind` begins each."""
    found = []
    for file in sorted(TRAINING.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("%%% ")[1:]:
            kind, _, text = part.partition("\n")
            found.append(Example(file.stem, PileKind(kind.strip()), text))
    return found


def rows(given: Iterable[Example]) -> list[Row]:
    return [Row(example.source, example.kind, facts_of(Look(read(example.text)))) for example in given]


_LOOKS_LIKE_MARKDOWN = re.compile(r"(?m)^#|\*\*|^\|.*\|$|```|^---|^[-*] ")


def read(text: str) -> PileDocument:
    name = "example.md" if _LOOKS_LIKE_MARKDOWN.search(text) else "example.txt"
    (found,) = read_pile({name: text.encode()})
    assert isinstance(found, PileDocument)
    return found


def measured() -> list[Row]:
    """The real documents, as they were counted."""
    found = []
    for line in MEASURED.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        facts = Facts(told["signals"], told["length"], told["words"])
        found.append(Row(told["source"], PileKind(told["kind"]), facts, told["name"], told["second"]))
    return found


def keep(given: Sequence[Row], shared: Sequence[Row]) -> None:
    """Write what was counted in real documents, without the words that only few of all sources write."""
    sources: dict[str, set[str]] = {}
    for row in (*given, *shared):
        for word in row.facts.words:
            sources.setdefault(word, set()).add(row.source)
    with MEASURED.open("w", encoding="utf-8") as file:
        for row in sorted(given, key=lambda row: (row.source, row.name)):
            told: dict[str, Any] = {"source": row.source, "name": row.name, "kind": row.kind, "second": row.second}
            told["length"] = row.facts.length
            told["signals"] = {name: round(value, 3) for name, value in sorted(row.facts.signals.items())}
            told["words"] = {
                word: n for word, n in sorted(row.facts.words.items()) if len(sources[word]) >= FEWEST_SOURCES
            }
            file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")


def fit(given: Sequence[Row], without: Sequence[Iterable[str]] = ((),)) -> list[dict[str, Any]]:
    """The models that explain the rows best, one for each set of sources that it must not see."""
    plain = [
        {
            "source": row.source,
            "kind": row.kind.value,
            "signals": {
                name: value
                for name, value in (*row.facts.signals.items(), *length_signals(row.facts.length))
                if name not in STYLE_ONLY
            },
            "words": dict(row.facts.words),
        }
        for row in given
    ]
    python = os.environ.get("ROUTEBOOK_TRAINING_PYTHON")
    if not python:
        raise SystemExit("The training has an environment of its own: run it as bin/bench sort.")
    done = subprocess.run(
        [python, "-P", str(Path(__file__).with_name("sort_fit.py"))],
        input=json.dumps({"rows": plain, "without": [sorted(set(out)) for out in without]}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def models(plain: Iterable[dict[str, Any]]) -> list[Model]:
    return [read_model(one) for one in plain]
