"""Whether every sentence of an original has arrived: the one question of every reader, split and draft."""

from __future__ import annotations

import re
from collections import Counter

from routebook.core.document import AnyDocument
from routebook.formats.pile import LEFT_OVER, PileDocument, Proposal, sentences_of
from routebook.formats.pile.fields import day_of, label_of_field, labelled, minutes_of
from routebook.formats.plain import to_plain


def letters(text: str) -> str:
    without_addresses = re.sub(r"\]\([^()\s]*\)", "]", text)
    return re.sub(r"[\W_]+", "", without_addresses).casefold()


def everything_said(document: AnyDocument) -> str:
    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for inner in value.values() for text in texts(inner)]
        if isinstance(value, list):
            return [text for inner in value for text in texts(inner)]
        return [str(value)]

    return " ".join(texts(to_plain(document)))


def holds(said: str, sentence: str, count: int = 1) -> bool:
    """Whether letters hold a sentence. A label (“Role: Gardener”) may have become the name of a field."""
    told = letters(sentence)
    if not told or said.count(told) >= count or label_of_field(sentence):
        return True
    name, start = labelled(sentence)
    if name and letters(sentence[start:]) in said:
        return True
    # Several labels may stand in one line: each part of it is somewhere.
    parts = [part for part in re.split(r"(?=\b[A-Z][\w ]{1,30}:\s)", sentence) if part.strip()]
    if len(parts) > 1:
        return all(holds(said, part) for part in parts)
    # A time or a day is kept as a value, not as it was written.
    value = sentence[start:] if name else sentence
    return minutes_of(value) is not None or day_of(value) is not None


def assert_nothing_is_lost(original: PileDocument, proposal: Proposal) -> None:
    """Every sentence has one place, and it stands there."""
    wanted = Counter(sentence for block in original.passages for sentence in sentences_of(block))
    assert Counter(place.sentence for place in proposal.places) == wanted
    parts = {document.slug: everything_said(document) for document in (proposal.process, *proposal.documents)}
    assert len(parts) == 1 + len(proposal.documents)
    parts[LEFT_OVER] = " ".join(left.text for left in proposal.left_over)
    found = {slug: letters(said) for slug, said in parts.items()}
    for (part, sentence), count in Counter((place.part, place.sentence) for place in proposal.places).items():
        assert holds(found[part], sentence, count), (part, sentence)


def assert_draft_holds(original: PileDocument, draft: AnyDocument) -> None:
    """Every sentence is in the draft of a document that is one thing."""
    said = letters(everything_said(draft))
    for block in original.passages:
        for sentence in sentences_of(block):
            without_number = re.sub(r"^\S+\s", "", sentence)
            assert holds(said, sentence) or letters(without_number) in said, sentence
