"""How well `routebook sort` tells kinds apart, honestly: `bin/bench sort [--write] [--labels FOLDER]`.

Our own examples are judged leave-one-source-out: each made-up organisation by a model that never saw a word of it.
`--labels FOLDER` judges documents of others too: a folder with a `labels.csv` (file, label), by the shipped model.
`--write` trains on all examples and writes the model that is shipped.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.sort_training import KINDS, Row, examples, fit, mega_documents, row_of, rows
from routebook.formats.pile import PileDocument, read_pile
from routebook.formats.pile.classify import Model, PileKind, probabilities, shipped_model

MODEL = Path(__file__).parent.parent / "src" / "routebook" / "formats" / "pile" / "model.json"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench sort", description=__doc__)
    parser.add_argument("--write", action="store_true", help="train on all examples and write the shipped model")
    parser.add_argument("--labels", type=Path, help="a folder of labelled documents of others, to judge as well")
    parser.add_argument("--rounds", type=int, default=400, help="of the training (400)")
    args = parser.parse_args(arguments)
    own = examples()
    short, made = rows(own), rows(mega_documents(own))
    print(f"{len(short)} examples of {len({row.source for row in short})} sources, and {len(made)} made of them")
    if args.write:
        write(fit([*short, *made], args.rounds))
    if args.labels:
        others = labelled(args.labels)
        show("documents of others, by the shipped model", judged(others, shipped_model(), length=True))
        print(f"    always the commonest kind: accuracy {commonest(others):.2f}")
        if not args.write:
            show(
                "documents of others, the other organisations in the training",
                without_each(others, [*short, *made], args.rounds),
            )
    if not args.write and not args.labels:
        show("our examples, leave one source out", left_out(short, made, args.rounds))
    return 0


def write(model: Model) -> None:
    plain = {name: {kind.value: weight for kind, weight in weights.items()} for name, weights in model.weights.items()}
    MODEL.write_text(json.dumps(plain, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    shipped_model.cache_clear()
    print(f"wrote {MODEL.name}: {len(plain)} signals")


def left_out(short: Sequence[Row], made: Sequence[Row], rounds: int) -> list[tuple[PileKind, PileKind]]:
    """Each source judged by a model of the others. The length says nothing here: our examples are short on purpose."""
    pairs = []
    for source in sorted({row.source for row in short}):
        began = time.monotonic()
        model = fit([row for row in [*short, *made] if row.source != source], rounds)
        pairs += judged([row for row in short if row.source == source], model, length=False)
        print(f"  {source}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return pairs


def without_each(others: Sequence[Row], own: Sequence[Row], rounds: int) -> list[tuple[PileKind, PileKind]]:
    pairs = []
    for source in sorted({row.source for row in others}):
        rest = [row for row in others if row.source != source]
        pairs += judged(
            [row for row in others if row.source == source], fit([*own, *rest, *rest, *rest], rounds), length=True
        )
    return pairs


def judged(given: Sequence[Row], model: Model, *, length: bool) -> list[tuple[PileKind, PileKind]]:
    """Pairs of what a row is and what the model says."""
    pairs = []
    for row in given:
        shares = probabilities(row.signals, row.words if length else 600, model)
        pairs.append((row.kind, max(KINDS, key=lambda kind: shares[kind])))
    return pairs


def labelled(folder: Path) -> list[Row]:
    """The documents of a folder by its labels.csv. The organisation is what stands before the first “__”."""
    found = []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            (document,) = read_pile({line["file"]: (folder / line["file"]).read_bytes()})
            assert isinstance(document, PileDocument)
            found.append(row_of(line["file"].split("__")[0], PileKind(line["label"].split("/")[0]), document))
    return found


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
