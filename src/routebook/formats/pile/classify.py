"""What kind of document one is: a linear model over the signals, and its reasons in words.

The weights are data (`model.json`), trained by `benchmarks/sort.py` on the examples in `training/`, which are our own.
They are few and readable: one number for each signal and kind.
"""

from __future__ import annotations

import json
import math
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from routebook.formats.pile.reasons import reason
from routebook.formats.pile.signals import Look, measure
from routebook.formats.pile.text import PileDocument


class PileKind(StrEnum):
    """What a document of a pile can be: the kinds of a library, several of them in one, or none of them."""

    POLICY = "policy"
    PROCESS = "process"
    PROCEDURE = "procedure"
    SOP = "sop"
    WORK_INSTRUCTION = "work-instruction"
    MIXED = "mixed"
    OTHER = "other"


LENGTHS: dict[PileKind, tuple[int, float]] = {
    PileKind.POLICY: (450, 1.3),
    PileKind.PROCESS: (850, 1.1),
    PileKind.PROCEDURE: (650, 1.1),
    PileKind.SOP: (650, 1.1),
    PileKind.WORK_INSTRUCTION: (330, 1.2),
    PileKind.MIXED: (1900, 1.1),
    PileKind.OTHER: (500, 1.7),
}
"""The middle length of a kind in words, and its spread in doublings. Set by hand: the examples are short on purpose."""

MOST_AWAY = 2.0
"""An unusual length speaks against a kind, but never louder than this."""
FEWEST_LITERAL = 0.25
OF_A_STANDARD = ("in_a_role", "dos", "headings_sop", "title_sop", "ticks", "self_sop")
FEWEST_OF_A_STANDARD = 0.2
BY_DEFINITION = 1.5
"""What speaks against a kind whose definition isn't met: a work instruction is at least half literal (and at least
half of that must have been seen), an SOP has a role and a stated standard."""
MOST_REASONS = 4
CLOSE = 0.12
"""Nearer than this, the second choice is worth a reason of its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, the second choice, how sure (0 to 1: the share that the model gives to `kind`), and why."""

    kind: PileKind
    second: PileKind
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights[signal][kind]`; the signal "" is the bias."""

    weights: Mapping[str, Mapping[PileKind, float]]


def classify(document: PileDocument) -> Verdict:
    """What a document is. Never fails; an empty one is `other`."""
    return judge(Look(document), shipped_model())


def judge(look: Look, model: Model) -> Verdict:
    signals = measure(look.document)
    shares = probabilities(signals, look.document.words, model)
    ranked = sorted(PileKind, key=lambda kind: -shares[kind])
    if said := _declared(look.document):
        other = next(kind for kind in ranked if kind is not said)
        return Verdict(said, other, 1.0, (f"Its front matter says so: kind {look.document.declared}.",))
    first, second = ranked[:2]
    told = _reasons(look, signals, first, model)
    if shares[first] - shares[second] < CLOSE:
        also = next(iter(_spoken(look, signals, second, model)), "")
        told.append(f"It is nearly as much like {_named(second)}{': ' + _lower(also) if also else '.'}")
    return Verdict(first, second, round(shares[first], 2), tuple(told))


def _declared(document: PileDocument) -> PileKind | None:
    """The kind that a document states of itself in its front matter. A goal is none of the kinds of a pile."""
    if document.declared == "goal":
        return PileKind.OTHER
    return next((kind for kind in PileKind if kind.value == document.declared), None)


def probabilities(signals: Mapping[str, float], words: int, model: Model) -> dict[PileKind, float]:
    """How likely each kind is, from the signals and the length; they add up to 1."""
    scores = {kind: model.weights.get("", {}).get(kind, 0.0) + length_score(kind, words) for kind in PileKind}
    for name, value in signals.items():
        if value and name in model.weights:
            for kind, weight in model.weights[name].items():
                scores[kind] += weight * value
    if signals.get("literal", 0.0) < FEWEST_LITERAL:
        scores[PileKind.WORK_INSTRUCTION] -= BY_DEFINITION
    if sum(signals.get(name, 0.0) for name in OF_A_STANDARD) < FEWEST_OF_A_STANDARD:
        scores[PileKind.SOP] -= BY_DEFINITION
    top = max(scores.values())
    powers = {kind: math.exp(score - top) for kind, score in scores.items()}
    total = sum(powers.values())
    return {kind: power / total for kind, power in powers.items()}


def length_score(kind: PileKind, words: int) -> float:
    """The logarithm of how usual a length is for a kind."""
    middle, spread = LENGTHS[kind]
    away = (math.log2(max(20, words)) - math.log2(middle)) / spread
    return max(-MOST_AWAY, -away * away / 2) - math.log(spread)


def _reasons(look: Look, signals: Mapping[str, float], kind: PileKind, model: Model) -> list[str]:
    told = _spoken(look, signals, kind, model)[:MOST_REASONS]
    return told or ["Nothing in it is typical of a policy, a process or a how-to."]


def _spoken(look: Look, signals: Mapping[str, float], kind: PileKind, model: Model) -> list[str]:
    """What speaks for a kind, the strongest first, each once."""
    pull = {name: _pull(model, name, value, kind) for name, value in signals.items() if value > 0.05}
    if length_score(kind, look.document.words) > length_score(kind, LENGTHS[kind][0]) - 0.5:
        pull["length"] = length_score(kind, look.document.words) - _mean(
            [length_score(other, look.document.words) for other in PileKind]
        )
    strongest = sorted((name for name in pull if pull[name] > 0.15), key=lambda name: -pull[name])
    return list(dict.fromkeys(said for name in strongest if (said := reason(name, look, kind))))


def _pull(model: Model, name: str, value: float, kind: PileKind) -> float:
    weights = model.weights.get(name, {})
    return value * (weights.get(kind, 0.0) - _mean([weights.get(other, 0.0) for other in PileKind]))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _named(kind: PileKind) -> str:
    if kind is PileKind.OTHER:
        return "something that is none of these"
    if kind is PileKind.MIXED:
        return "several documents in one"
    article = "an" if kind is PileKind.SOP else "a"
    return f"{article} {'SOP' if kind is PileKind.SOP else kind.value.replace('-', ' ')}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that comes with the package."""
    data = pkgutil.get_data("routebook.formats.pile", "model.json")
    return read_model(json.loads(data or b"{}"))


def read_model(plain: Mapping[str, Mapping[str, float]]) -> Model:
    return Model(
        {name: {PileKind(kind): weight for kind, weight in weights.items()} for name, weights in plain.items()}
    )
