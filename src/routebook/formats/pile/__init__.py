"""A pile of documents that somebody already has: what each of them is, and how a mega-document comes apart.

    read_pile({"drive.zip": b"…"}) -> (PileDocument(…), Unreadable(…), …)     never fails
    classify(document) -> Verdict(kind, second, score, reasons)
    split(document) -> Proposal(process, documents, left_over, places)        loses no sentence

Pure, bounded in time and memory on hostile files; the weights of the classifier are data of this package.
"""

from routebook.formats.pile.adjusting import (
    MAP,
    NEW,
    Adjustment,
    adjusted,
    change_from_plain,
    change_to_plain,
    mark_of,
    moved,
    plan_adjusted,
)
from routebook.formats.pile.classify import PileKind, Verdict, classify
from routebook.formats.pile.how_to import PARTS, Part, labelled_title
from routebook.formats.pile.reading import packed_in, read_originals, read_packed, read_pile
from routebook.formats.pile.single import MAKES, made_as, makes
from routebook.formats.pile.split import LEFT_OVER, Draft, LeftOver, Place, Plan, Proposal, built, planned, split
from routebook.formats.pile.text import Block, BlockKind, Piece, PileDocument, Span, Unreadable, sentences, sentences_of

__all__ = [
    "LEFT_OVER",
    "MAKES",
    "MAP",
    "NEW",
    "PARTS",
    "Adjustment",
    "Block",
    "BlockKind",
    "Draft",
    "LeftOver",
    "Part",
    "Piece",
    "PileDocument",
    "PileKind",
    "Place",
    "Plan",
    "Proposal",
    "Span",
    "Unreadable",
    "Verdict",
    "adjusted",
    "built",
    "change_from_plain",
    "change_to_plain",
    "classify",
    "labelled_title",
    "made_as",
    "makes",
    "mark_of",
    "moved",
    "packed_in",
    "plan_adjusted",
    "planned",
    "read_originals",
    "read_packed",
    "read_pile",
    "sentences",
    "sentences_of",
    "split",
]
