"""CommonMark as a tree of plain lists, for a typesetter that must never see it as markup of its own.

A block or an inline is a list whose first part names it:

    ["p", inlines]  ["h", inlines]  ["ul", [blocks, …]]  ["ol", first, [blocks, …]]  ["quote", blocks]  ["pre", text]
    ["rule"]  ["table", [[inlines, …], …]]
    ["text", text]  ["strong", inlines]  ["em", inlines]  ["code", text]  ["link", address, inlines]  ["break"]
    ["picture", path, text]  ["to", document, inlines]

`document` is another one of the library, such as ``sops/issue-a-refund``; any other address inside is only its words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from routebook.core.document import FOLDERS

Node = list[Any]

COMMONMARK = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_DOCUMENT = re.compile(rf"(?:\.\./|/)?({'|'.join(FOLDERS.values())})/([\w-]+)(?:\.md|/)?(?:#.*)?")
_OUTSIDE = ("http://", "https://", "mailto:", "tel:")


def blocks(text: str) -> list[Node]:
    """The blocks of a CommonMark text."""
    return _blocks(SyntaxTreeNode(list(_tokens(text))).children)


def line(text: str) -> list[Node]:
    """The inlines of a text of one line; of several paragraphs, one after the other."""
    found: list[Node] = []
    for block in blocks(text):
        if found:
            found.append(["break"])
        found += block[1] if block[0] in ("p", "h") else [["text", _said(block)]]
    return found


def pictures(text: str) -> list[str]:
    """The pictures of the media folder that a text shows, by their paths there."""
    sources = [
        child.attrGet("src") for token in _tokens(text) for child in token.children or () if child.type == "image"
    ]
    return [path for source in sources if (path := media_path(str(source or "")))]


def media_path(source: str) -> str:
    """The path below the media folder that a document means by `source`; "" for an address elsewhere."""
    if "://" in source or source.startswith(("data:", "//")):
        return ""
    return source.removeprefix("../").removeprefix("media/").lstrip("/")


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(COMMONMARK.parse(text))


def _blocks(nodes: list[SyntaxTreeNode]) -> list[Node]:
    return [made for node in nodes for made in _block(node)]


def _block(node: SyntaxTreeNode) -> list[Node]:
    match node.type:
        case "paragraph":
            return [["p", _inlines(node)]]
        case "heading":
            return [["h", _inlines(node)]]
        case "bullet_list":
            return [["ul", [_blocks(item.children) for item in node.children]]]
        case "ordered_list":
            return [["ol", int(node.attrs.get("start", 1)), [_blocks(item.children) for item in node.children]]]
        case "blockquote":
            return [["quote", _blocks(node.children)]]
        case "fence" | "code_block":
            return [["pre", node.content.rstrip("\n")]]
        case "hr":
            return [["rule"]]
        case "table":
            rows = [row for section in node.children for row in section.children]
            return [["table", [[_inlines(cell) for cell in row.children] for row in rows]]]
        case _:
            return [["p", [["text", node.content]]]]


def _inlines(node: SyntaxTreeNode) -> list[Node]:
    inline = node.children[0] if node.children else None
    return [] if inline is None else [made for child in inline.children for made in _inline(child)]


def _inline(node: SyntaxTreeNode) -> list[Node]:
    inside = [made for child in node.children for made in _inline(child)] if node.type != "image" else []
    match node.type:
        case "text":
            return [["text", node.content]] if node.content else []
        case "softbreak":
            return [["text", " "]]
        case "hardbreak":
            return [["break"]]
        case "code_inline":
            return [["code", node.content]]
        case "strong" | "em":
            return [[node.type, inside]]
        case "link":
            address = str(node.attrs.get("href", ""))
            if address.startswith(_OUTSIDE):
                return [["link", address, inside]]
            document = _DOCUMENT.fullmatch(address)
            return [["to", f"{document[1]}/{document[2]}", inside]] if document else inside
        case "image":
            return [["picture", media_path(str(node.attrs.get("src", ""))), node.content]]
        case _:
            return [["text", node.content]]


def _said(node: Node) -> str:
    """The bare words of a block that has no place in a line."""
    return " ".join(_said(part) if isinstance(part, list) else str(part) for part in node[1:]).strip()
