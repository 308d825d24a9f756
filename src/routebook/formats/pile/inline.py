"""The text inside one block of Markdown, as pieces: bold, code and links are kept, other marks go.

A scanner of one regular expression with bounded parts rather than a full parser: it is linear on hostile text, and
what a document *is* doesn't hang on the last corner of emphasis rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType

from routebook.formats.pile.text import Piece, joined
from routebook.formats.pile.verbs import words

TAGS = words(
    """
    a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center
    cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure
    font footer form frame h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main
    map mark menu meta meter nav nobr noscript object ol optgroup option output p param picture pre progress q rp rt
    ruby s samp script section select slot small source span strike strong style sub summary sup svg table tbody td
    template textarea tfoot th thead time title tr track tt u ul var video wbr
    """
)
"""The elements of HTML. Any other name between angle brackets was most likely meant for the reader."""

_MARK = re.compile(
    r"(?P<ticks>`{1,3})(?P<code>[^`]{1,500}|[^`]{0,500}`[^`]{1,500})(?P=ticks)(?!`)"
    r"|!\[(?P<alt>[^\[\]]{0,300})\](?:\((?P<src>[^()\s]{0,1000})[^()]{0,300}\)|\[(?P<src_of>[^\[\]]{0,100})\])"
    r"|\[(?P<label>(?:[^\[\]]|\\[\[\]]){1,500})\](?:\((?P<to>(?:[^()\s]|\([^()\s]{0,100}\)){0,1000})[^()]{0,300}\)|\[(?P<of>[^\[\]]{0,100})\])"
    r"|<(?P<auto>(?:https?://|mailto:)[^<>\s]{1,1000})>"
    r"|(?P<strong>\*\*|__)"
    r"|(?P<break><br\s{0,3}/?>)"
    r"|(?P<tag></?(?P<name>[a-zA-Z][a-zA-Z0-9-]{0,40})(?:[\s/][^<>]{0,500})?>|<%[^<>]{0,300}%>)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<em>(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|~~)"
)


_APART = words("li p div tr ul ol td th dd dt")
"""What stands apart from the words before it, also where somebody put it into the cell of a table."""
_NONE: Mapping[str, str] = MappingProxyType({})


def pieces_of(text: str, addresses: Mapping[str, str] = _NONE) -> tuple[Piece, ...]:
    """The pieces of an inline Markdown text. Pictures are left out: `pictures_of` finds them.

    `addresses` are those that the document defines by name, for links such as ``[the list][1]``.
    """
    return joined(_scan(text, addresses, bold=False, link="", depth=0))


def pictures_of(text: str, addresses: Mapping[str, str] = _NONE) -> tuple[tuple[str, str], ...]:
    """What the pictures in a text show, and where they are."""
    return tuple(
        (unescape(found["alt"]), found["src"] or addresses.get(_name(found["src_of"] or found["alt"]), ""))
        for found in _MARK.finditer(text)
        if found["alt"] is not None
    )


def _scan(text: str, addresses: Mapping[str, str], *, bold: bool, link: str, depth: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for found in _MARK.finditer(text):
        pieces.append(Piece(unescape(text[at : found.start()]), bold, False, link))
        at = found.end()
        if found["code"] is not None:
            pieces.append(Piece(found["code"].strip(), bold, True, link))
        elif found["label"] is not None:
            to, loose = _address(found, addresses)
            if depth < 2:
                pieces += _scan(found["label"], addresses, bold=bold, link=to, depth=depth + 1)
            else:
                pieces.append(Piece(found["label"], bold, False, to))
            pieces.append(Piece(loose, bold, False, link))
        elif found["auto"]:
            pieces.append(Piece(found["auto"], bold, False, found["auto"]))
        elif found["strong"]:
            bold = not bold
        elif found["break"]:
            pieces.append(Piece("\n", bold, False, link))
        elif found["escaped"]:
            pieces.append(Piece(found["escaped"], bold, False, link))
        elif found["name"] and found["name"].lower() in _APART:
            pieces.append(Piece("\n", bold, False, link))
        elif found["name"] and _is_a_blank(found["name"], found["tag"], text):
            pieces.append(Piece(found["tag"], bold, False, link))
    pieces.append(Piece(unescape(text[at:]), bold, False, link))
    return pieces


def _address(found: re.Match[str], addresses: Mapping[str, str]) -> tuple[str, str]:
    """Where a link leads, and what stands in brackets behind its text where that names no address: it is read too."""
    if found["of"] is None:
        return found["to"] or "#", ""
    named = addresses.get(_name(found["of"] or found["label"]), "")
    return named or "#", "" if named or not found["of"] else f" [{found['of']}]"


def _name(text: str) -> str:
    return " ".join(text.split()).upper()


def _is_a_blank(name: str, tag: str, text: str) -> bool:
    """Whether what looks like a tag is a blank to fill in: “delete <pod name>”."""
    return name.lower() not in TAGS and "=" not in tag and "/" not in tag and f"</{name}" not in text and name.islower()
