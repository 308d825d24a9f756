"""A pile of documents that somebody already has: what each of them is, and how a mega-document comes apart.

    read_pile({"drive.zip": b"…"}) -> (PileDocument(…), Unreadable(…), …)     never fails
    classify(document) -> Verdict(kind, second, score, reasons)
    split(document) -> Proposal(process, documents, left_over, places)        loses no sentence

Pure, bounded in time and memory on hostile files; the weights of the classifier are data of this package.
"""

from routebook.formats.pile.adjusting import MAP, Adjustment, adjusted
from routebook.formats.pile.classify import PileKind, Verdict, classify
from routebook.formats.pile.reading import read_originals, read_pile
from routebook.formats.pile.single import MAKES, made_as
from routebook.formats.pile.split import LEFT_OVER, LeftOver, Part, Place, Proposal, split
from routebook.formats.pile.text import Block, BlockKind, Piece, PileDocument, Span, Unreadable, sentences, sentences_of

__all__ = [
    "LEFT_OVER",
    "MAKES",
    "MAP",
    "Adjustment",
    "Block",
    "BlockKind",
    "LeftOver",
    "Part",
    "Piece",
    "PileDocument",
    "PileKind",
    "Place",
    "Proposal",
    "Span",
    "Unreadable",
    "Verdict",
    "adjusted",
    "classify",
    "made_as",
    "read_originals",
    "read_pile",
    "sentences",
    "sentences_of",
    "split",
]
