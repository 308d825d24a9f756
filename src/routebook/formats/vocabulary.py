"""The words that titles use, and which of them somebody may have meant: near in letters, whole or only begun."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable

MOST_COMPARED = 150
"""Of the words that share most with a mistyped one, so many are compared letter by letter."""
MOST_NEAR = 6


class Vocabulary:
    """Words, folded. `near` finds those that a word may be a slip of; numbers are never guessed at."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = sorted(set(words))
        self._known = set(self._words)
        self._by_gram: dict[str, list[str]] = {}
        for word in self._words:
            self._note(word)

    def add(self, words: Iterable[str]) -> None:
        for word in set(words) - self._known:
            self._known.add(word)
            insort(self._words, word)
            self._note(word)

    def _note(self, word: str) -> None:
        if word.isalpha():
            for gram in _grams(word):
                self._by_gram.setdefault(gram, []).append(word)

    def knows(self, beginning: str) -> bool:
        """Whether a word begins like this."""
        at = bisect_left(self._words, beginning)
        return at < len(self._words) and self._words[at].startswith(beginning)

    def near(self, word: str) -> list[str]:
        """The words that `word` is a slip of, or the beginning of a slip of; the nearest first, `MOST_NEAR` at most."""
        slips = allowed_slips(word)
        if not slips or not word.isalpha():
            return []
        shared = Counter(other for gram in _grams(word) for other in self._by_gram.get(gram, ()))
        found = []
        for other, _ in shared.most_common(MOST_COMPARED):
            whole, begun = distances(word, other, slips)
            if begun <= slips:
                # A longer word that begins so is meant less often than one of this length.
                found.append((min(whole, begun + 0.5), abs(len(other) - len(word)), other))
        return [other for *_, other in sorted(found)[:MOST_NEAR]]


def allowed_slips(word: str) -> int:
    """How many letters of a word may be wrong: none of three, one of four to seven, two of eight or more."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _grams(word: str) -> set[str]:
    padded = f"  {word}"
    return {padded[at : at + 3] for at in range(len(word))}


def distances(word: str, other: str, most: int) -> tuple[int, int]:
    """How many letters to add, drop, change or swap to get from `word` to `other`, and to the best beginning of it.

    Counts above `most` are only known to be above it.
    """
    other = other[: len(word) + most + 1]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1, most + 1
    return row[-1], min(row)
