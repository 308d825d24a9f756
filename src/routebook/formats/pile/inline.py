"""The text inside one block of Markdown, as pieces: bold, code and links are kept, other marks go.

A scanner of one regular expression with bounded parts rather than a full parser: it is linear on hostile text, and
what a document *is* doesn't hang on the last corner of emphasis rules.
"""

from __future__ import annotations

import re
from html import unescape

from routebook.formats.pile.text import Piece, joined

_MARK = re.compile(
    r"(?P<ticks>`{1,3})(?P<code>[^`]{1,500}|[^`]{0,500}`[^`]{1,500})(?P=ticks)(?!`)"
    r"|!\[(?P<alt>[^\[\]]{0,300})\](?:\((?P<src>[^()\s]{0,1000})[^()]{0,300}\)|\[[^\[\]]{0,100}\])"
    r"|\[(?P<label>(?:[^\[\]]|\\[\[\]]){1,500})\](?:\((?P<to>(?:[^()\s]|\([^()\s]{0,100}\)){0,1000})[^()]{0,300}\)|\[[^\[\]]{0,100}\])"
    r"|<(?P<auto>(?:https?://|mailto:)[^<>\s]{1,1000})>"
    r"|(?P<strong>\*\*|__)"
    r"|(?P<break><br\s{0,3}/?>)"
    r"|(?P<tag></?[a-zA-Z][^<>]{0,500}>|<%[^<>]{0,300}%>)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<em>(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|~~)"
)


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The pieces of an inline Markdown text. Pictures are left out: `pictures_of` finds them."""
    return joined(_scan(text, bold=False, link="", depth=0))


def pictures_of(text: str) -> tuple[tuple[str, str], ...]:
    """What the pictures in a text show, and where they are."""
    return tuple(
        (unescape(found["alt"]), found["src"] or "") for found in _MARK.finditer(text) if found["alt"] is not None
    )


def _scan(text: str, *, bold: bool, link: str, depth: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for found in _MARK.finditer(text):
        pieces.append(Piece(unescape(text[at : found.start()]), bold, False, link))
        at = found.end()
        if found["code"] is not None:
            pieces.append(Piece(found["code"].strip(), bold, True, link))
        elif found["label"] is not None:
            to = found["to"] or "#"
            if depth < 2:
                pieces += _scan(found["label"], bold=bold, link=to, depth=depth + 1)
            else:
                pieces.append(Piece(found["label"], bold, False, to))
        elif found["auto"]:
            pieces.append(Piece(found["auto"], bold, False, found["auto"]))
        elif found["strong"]:
            bold = not bold
        elif found["break"]:
            pieces.append(Piece("\n", bold, False, link))
        elif found["escaped"]:
            pieces.append(Piece(found["escaped"], bold, False, link))
    pieces.append(Piece(unescape(text[at:]), bold, False, link))
    return pieces
