"""The words of a document, counted: beside the signals, they tell what kind of language it speaks.

A policy says “entitled” and “may”, a work instruction “click” and “tab”. Which words count, and how much, the model
learned; nobody chose them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

from routebook.formats.pile.signals import Look
from routebook.formats.pile.text import BlockKind

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
CODE = "`"
"""Stands for a line of code: what it says is about a program, not about work."""


def word_counts(look: Look) -> Counter[str]:
    """How often each word is written, in lower case; a line of code is one `CODE`."""
    counts: Counter[str] = Counter()
    for block in look.blocks:
        if block.kind is BlockKind.CODE:
            counts.update([CODE] * len(block.text.splitlines()))
        else:
            counts.update(_WORD.findall(block.text.lower().replace("’", "'")))
    return counts


def share_of_words(counts: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    """How much each known word stands out: often here and rare elsewhere (tf-idf). The squares add up to 1.

    Source: Salton and Buckley, Term-weighting approaches in automatic text retrieval, 1988.
    """
    told = {word: (1 + math.log(count)) * rarity[word] for word, count in counts.items() if word in rarity}
    length = math.sqrt(sum(value * value for value in told.values())) or 1.0
    return {word: value / length for word, value in told.items()}
