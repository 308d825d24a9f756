"""What kind of document one is: a linear model over signals, length and words, and its reasons in words.

The weights are data (`model.json`), trained by `benchmarks/sort.py` on what is in `training/`: one number for each
signal or word, and kind.
"""

from __future__ import annotations

import json
import math
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from routebook.formats.pile.reasons import reason
from routebook.formats.pile.signals import Look, signals_of
from routebook.formats.pile.text import PileDocument
from routebook.formats.pile.wording import share_of_words, word_counts


class PileKind(StrEnum):
    """What a document of a pile can be: the kinds of a library, several of them in one, or none of them."""

    POLICY = "policy"
    PROCESS = "process"
    PROCEDURE = "procedure"
    SOP = "sop"
    WORK_INSTRUCTION = "work-instruction"
    MIXED = "mixed"
    OTHER = "other"


LENGTH = "length"
LENGTHS = (7, 8, 9, 10, 11)
"""Powers of two, in words, at which the length of a document begins to say something else."""
SHORTEST = 20
KINDS = tuple(PileKind)
Weights = tuple[float, ...]
WORDING = "wording"
MOST_REASONS = 4
WORTH_SAYING = 0.1
CLOSE = 0.12
"""Nearer than this, the second choice is worth a reason of its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, the second choice, how sure (0 to 1: the share that the model gives to `kind`), and why."""

    kind: PileKind
    second: PileKind
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """What the training learned: numbers for each kind, in the order of `PileKind`.

    `signals` has for each signal the most of it that counts, and its weights; `words` for each word how rare it is, and
    its weights.
    """

    bias: Weights
    signals: Mapping[str, tuple[float, Weights]]
    words: Mapping[str, tuple[float, Weights]]

    @cached_property
    def rarity(self) -> dict[str, float]:
        return {word: rare for word, (rare, _) in self.words.items()}


@dataclass(frozen=True)
class Facts:
    """What is measured of one document: its signals, its length in words, and how often each word stands in it."""

    signals: Mapping[str, float]
    length: int
    words: Mapping[str, int]


def facts_of(look: Look, length: int = 0) -> Facts:
    """The facts of a document; `length` where it is known to be only a part of a longer one."""
    signals = {name: value for name, value in signals_of(look).items() if value}
    return Facts(signals, length or look.document.words, word_counts(look))


def classify(document: PileDocument) -> Verdict:
    """What a document is. Never fails; an empty one is `other`."""
    return judge(Look(document), shipped_model())


def judge(look: Look, model: Model) -> Verdict:
    pulls = pulls_of(facts_of(look), model)
    shares = _shares(pulls, model)
    ranked = sorted(PileKind, key=lambda kind: -shares[kind])
    if said := _declared(look.document):
        other = next(kind for kind in ranked if kind is not said)
        return Verdict(said, other, 1.0, (f"Its front matter says so: kind {look.document.declared}.",))
    first, second = ranked[:2]
    told = _spoken(look, pulls, first) or ["Nothing in it is typical of a policy, a process or a how-to."]
    if shares[first] - shares[second] < CLOSE:
        also = next(iter(_spoken(look, pulls, second)), "")
        told.append(f"It is nearly as much like {_named(second)}{': ' + _lower(also) if also else '.'}")
    return Verdict(first, second, round(shares[first], 2), tuple(told))


def _declared(document: PileDocument) -> PileKind | None:
    """The kind that a document states of itself in its front matter. A goal is none of the kinds of a pile."""
    if document.declared == "goal":
        return PileKind.OTHER
    return next((kind for kind in PileKind if kind.value == document.declared), None)


def probabilities(facts: Facts, model: Model) -> dict[PileKind, float]:
    """How likely each kind is; they add up to 1."""
    return _shares(pulls_of(facts, model), model)


@dataclass(frozen=True, slots=True)
class Pull:
    """How a signal, the length or a word pulls towards each kind."""

    name: str
    is_word: bool
    weights: Weights

    def towards(self, kind: PileKind) -> float:
        """How much more it speaks for a kind than for the others on the whole."""
        return self.weights[KINDS.index(kind)] - sum(self.weights) / len(self.weights)


def pulls_of(facts: Facts, model: Model) -> list[Pull]:
    """Everything that speaks for or against a kind."""
    pulls = []
    for name, value in (*facts.signals.items(), *length_signals(facts.length)):
        if name in model.signals:
            most, weights = model.signals[name]
            pulls.append(Pull(name.partition(">")[0], False, _times(weights, min(value, most))))
    for word, share in share_of_words(facts.words, model.rarity).items():
        pulls.append(Pull(word, True, _times(model.words[word][1], share)))
    return pulls


def length_signals(words: int) -> list[tuple[str, float]]:
    """The length in doublings, and by how many it passes each of `LENGTHS`: pieces of a line that bends there."""
    doublings = math.log2(max(SHORTEST, words))
    return [(LENGTH, doublings), *((f"{LENGTH}>{bend}", max(0.0, doublings - bend)) for bend in LENGTHS)]


def _times(weights: Weights, value: float) -> Weights:
    return tuple(weight * value for weight in weights)


def _shares(pulls: Sequence[Pull], model: Model) -> dict[PileKind, float]:
    scores = list(model.bias)
    for pull in pulls:
        for at, weight in enumerate(pull.weights):
            scores[at] += weight
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return {kind: power / total for kind, power in zip(KINDS, powers, strict=True)}


def _spoken(look: Look, pulls: Sequence[Pull], kind: PileKind) -> list[str]:
    """What speaks for a kind, as sentences: the strongest fact first, and at last the words that it is written in."""
    strength: dict[str, float] = {}
    for pull in pulls:
        name = WORDING if pull.is_word else pull.name
        strength[name] = strength.get(name, 0.0) + pull.towards(kind)
    worth = sorted((name for name in strength if strength[name] > WORTH_SAYING), key=lambda name: -strength[name])
    facts = dict.fromkeys(said for name in worth if name != WORDING and (said := reason(name, look, kind)))
    wording = _wording(pulls, kind) if WORDING in worth else ""
    return [*list(facts)[: MOST_REASONS - bool(wording)], *([wording] if wording else [])]


def _wording(pulls: Sequence[Pull], kind: PileKind) -> str:
    words = sorted((pull for pull in pulls if pull.is_word), key=lambda pull: -pull.towards(kind))
    telling = [pull.name for pull in words if len(pull.name) > 3 and pull.towards(kind) > 0][:3]
    return f"Its words are usual in one: {', '.join(f'“{word}”' for word in telling)}." if len(telling) > 1 else ""


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


def read_model(plain: Mapping[str, Any]) -> Model:
    """The model that the training wrote: lists in the order of its `kinds`, those of signals and words after one number."""
    order = [plain["kinds"].index(kind.value) for kind in PileKind]

    def told(found: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, Weights]]:
        return {name: (first, tuple(weights[at] for at in order)) for name, (first, *weights) in found.items()}

    return Model(tuple(plain["bias"][at] for at in order), told(plain["signals"]), told(plain["words"]))
