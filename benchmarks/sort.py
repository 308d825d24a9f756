"""How well `routebook sort` tells kinds apart, honestly: `bin/bench sort [--labels FOLDER] [--measure FOLDER] [--write]`.

Every document is judged by a model that never saw a word of its organisation: the sources are dealt into ten hands, and
each hand is judged by what was learned from the other nine.

`--labels FOLDER` judges documents of yours by the shipped model: a folder with a `labels.csv` (file, label).
`--measure FOLDER` counts such documents and writes the counts, and no text, into `training/measured.jsonl`.
`--write` trains on everything and writes the model that is shipped.
"""

import argparse
import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path

from benchmarks.sort_training import Row, examples, fit, keep, measured, models, rows
from routebook.formats.pile import PileDocument, read_pile
from routebook.formats.pile.classify import KINDS, Model, PileKind, facts_of, probabilities, shipped_model
from routebook.formats.pile.signals import Look

MODEL = Path(__file__).parent.parent / "src" / "routebook" / "formats" / "pile" / "model.json"
HANDS = 10
DEALS = 3
"""How often the sources are dealt: which organisations stand together moves a figure by a point or two."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench sort", description=__doc__)
    parser.add_argument("--write", action="store_true", help="train on everything and write the shipped model")
    parser.add_argument("--labels", type=Path, help="a folder of labelled documents to judge by the shipped model")
    parser.add_argument("--measure", type=Path, nargs="*", default=[], help="folders of labelled documents to count")
    args = parser.parse_args(arguments)
    own = rows(examples())
    if args.measure:
        keep([row for folder in args.measure for row in labelled(folder)], own)
    if args.labels:
        others = labelled(args.labels)
        show("documents of others, by the shipped model", judged(others, shipped_model()))
        print(f"    always the commonest kind: accuracy {commonest(others):.2f}")
        return 0
    real = measured()
    print(f"{len(real)} real documents of {len({row.source for row in real})} sources, {len(own)} examples of our own")
    if args.write:
        write([*own, *real])
        return 0
    for title, share in (("real documents", real), ("our own examples", own)):
        pairs = left_out(share, [*own, *real])
        show(f"{title}, their sources left out, dealt {DEALS} times", pairs)
    return 0


def write(given: Sequence[Row]) -> None:
    (plain,) = fit(given)
    lines = [f'"kinds":{json.dumps(plain["kinds"])}', f'"bias":{json.dumps(plain["bias"])}']
    for part in ("signals", "words"):
        told = (f"{json.dumps(name, ensure_ascii=False)}:{_numbers(numbers)}" for name, numbers in plain[part].items())
        lines.append(f'"{part}":{{\n' + ",\n".join(told) + "\n}")
    MODEL.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    shipped_model.cache_clear()
    print(f"wrote {MODEL.name}: {len(plain['signals'])} signals and {len(plain['words'])} words")


def _numbers(numbers: Sequence[float]) -> str:
    return json.dumps([round(number, 3) for number in numbers], separators=(",", ":"))


def left_out(judge: Sequence[Row], learn: Sequence[Row]) -> list[tuple[PileKind, PileKind]]:
    """Each source judged by a model that never saw it, as often as the sources are dealt."""
    hands = [hand for seed in range(DEALS) for hand in deal({row.source for row in judge}, seed)]
    pairs = []
    for hand, model in zip(hands, models(fit(learn, hands)), strict=True):
        pairs += judged([row for row in judge if row.source in hand], model)
    return pairs


def deal(sources: set[str], seed: int) -> list[set[str]]:
    shuffled = sorted(sources)
    random.Random(seed).shuffle(shuffled)
    return [set(shuffled[at::HANDS]) for at in range(HANDS)]


def judged(given: Sequence[Row], model: Model) -> list[tuple[PileKind, PileKind]]:
    """Pairs of what a row is and what the model says."""
    pairs = []
    for row in given:
        shares = probabilities(row.facts, model)
        pairs.append((row.kind, max(KINDS, key=lambda kind: shares[kind])))
    return pairs


def labelled(folder: Path) -> list[Row]:
    """The documents of a folder by its labels.csv (file, label, and if you like second_label and length).

    The organisation is what stands before the first “__” of the name. `length` in words is for documents that are only
    parts of longer ones.
    """
    found = []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            (document,) = read_pile({line["file"]: (folder / line["file"]).read_bytes()})
            assert isinstance(document, PileDocument)
            source, _, name = Path(line["file"]).stem.partition("__")
            facts = facts_of(Look(document), int(line.get("length") or 0))
            kind, second = (
                PileKind(told) if told else "" for told in (_kind(line, "label"), _kind(line, "second_label"))
            )
            assert isinstance(kind, PileKind)
            found.append(Row(source, kind, facts, name, second))
    return found


def _kind(line: dict[str, str], column: str) -> str:
    return (line.get(column) or "").split("/")[0].strip()


def commonest(given: Sequence[Row]) -> float:
    return max(sum(1 for row in given if row.kind is kind) for kind in KINDS) / len(given)


def show(title: str, pairs: Sequence[tuple[PileKind, PileKind]]) -> None:
    right = sum(1 for kind, said in pairs if kind is said)
    print(f"{title}: accuracy {right / len(pairs):.2f}, macro-F1 {macro_f1(pairs):.2f} ({right} of {len(pairs)})")
    for kind in KINDS:
        said = {other: sum(1 for pair in pairs if pair == (kind, other)) for other in KINDS}
        if any(said.values()):
            print(
                f"    {kind.value:17}" + "  ".join(f"{other.value} {count}" for other, count in said.items() if count)
            )


def macro_f1(pairs: Sequence[tuple[PileKind, PileKind]]) -> float:
    """The mean over the kinds that occur of the harmonic mean of precision and recall."""
    scores = []
    for kind in {truth for truth, _ in pairs}:
        both = sum(1 for pair in pairs if pair == (kind, kind))
        either = sum(1 for truth, _ in pairs if truth is kind) + sum(1 for _, said in pairs if said is kind)
        scores.append(2 * both / either)
    return sum(scores) / len(scores)
