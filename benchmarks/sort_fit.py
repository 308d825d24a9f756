"""The fitting of the classifier's numbers: a softmax over signals, length and words, by scikit-learn.

    python -P sort_fit.py < work.json > models.json

Runs in the training's environment (requirements/training.txt), which the product and its tests don't need. The work is
``{"rows": [{"source", "kind", "signals", "words"}, …], "without": [[source, …], …]}``; the answer is a list of models,
one for each list of sources that it must not see, in the shape of the package's ``model.json``.
"""

import json
import sys
from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Row = dict[str, Any]
MOST_WORDS = 1500
FEWEST_SOURCES = 5
"""A word that fewer organisations write is about their trade."""
SIGNALS_COUNT = 0.08
"""How loud a signal is beside the words of a document, whose squares add up to 1. Both numbers, and `FREEDOM`, were
chosen by how well documents of organisations that the model hadn't seen were told; near values do as well."""
FREEDOM = 3.0
FAR = 4.0
"""Standard deviations; a signal that is further from usual counts as if it were there."""
DIGITS = 4


def main() -> None:
    work = json.load(sys.stdin)
    for row in work["rows"]:
        row["words"].setdefault("", 1)  # a document without a known word still has a row
    json.dump(
        [fit([row for row in work["rows"] if row["source"] not in set(out)]) for out in work["without"]], sys.stdout
    )


def fit(rows: list[Row]) -> Row:
    known = known_words(rows)
    told = DictVectorizer()
    counts = told.fit_transform([{word: n for word, n in row["words"].items() if word in known} for row in rows])
    rarity = TfidfTransformer(sublinear_tf=True)
    shares = rarity.fit_transform(counts)
    names = sorted({name for row in rows for name in row["signals"]})
    values = np.array([[row["signals"].get(name, 0.0) for name in names] for row in rows])
    scale = StandardScaler().fit(values)
    usual = np.clip(scale.transform(values), None, FAR) * SIGNALS_COUNT
    softmax = LogisticRegression(C=FREEDOM, max_iter=3000, class_weight="balanced")
    softmax.fit(hstack([shares, csr_matrix(usual)]).tocsr(), [row["kind"] for row in rows])
    words = list(told.get_feature_names_out())
    by_word, by_signal = softmax.coef_[:, : len(words)], softmax.coef_[:, len(words) :]
    slope = by_signal * SIGNALS_COUNT / scale.scale_
    return {
        "kinds": list(softmax.classes_),
        "bias": rounded(softmax.intercept_ - slope @ scale.mean_),
        "signals": {
            name: rounded([scale.mean_[at] + FAR * scale.scale_[at], *slope[:, at]]) for at, name in enumerate(names)
        },
        "words": {word: rounded([rarity.idf_[at], *by_word[:, at]]) for at, word in enumerate(words) if word},
    }


def known_words(rows: list[Row]) -> set[str]:
    """The commonest words that organisations share."""
    often: Counter[str] = Counter()
    sources: dict[str, set[str]] = {}
    for row in rows:
        often.update(row["words"])
        for word in row["words"]:
            sources.setdefault(word, set()).add(row["source"])
    shared = [word for word in often if len(sources[word]) >= FEWEST_SOURCES]
    return {"", *sorted(shared, key=lambda word: (-often[word], word))[:MOST_WORDS]}


def rounded(values: Any) -> list[float]:
    return [round(float(value), DIGITS) for value in values]


if __name__ == "__main__":
    main()
