"""reStructuredText and AsciiDoc as Markdown, line by line: enough to see headings, lists, code and sentences.

The number of lines stays, so that a block still knows where it stood.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*")
_ROLE = re.compile(r":[\w:+-]{1,40}:`([^`<]{1,300}?)(?:\s*<[^`<>]{0,500}>)?`")
_LINK = re.compile(r"`([^`<]{1,300}?)\s*<([^`<>\s]{1,1000})>`__?")
_DIRECTIVE = re.compile(r"\s*\.\.(?:\s+\[?[\w:|#-]|\s*$)|\s+:[\w-]{1,30}:(?:\s|$)|:[\w -]{1,30}:\s")
_CODE = re.compile(r"(\s*)\.\.\s+(?:code-block|code|sourcecode|prompt)::\s*(\w*)")
_IMAGE = re.compile(r"\s*\.\.\s+(?:image|figure)::\s*(\S{1,300})")
_AUTO = re.compile(r"(\s*)#\.\s+(?=\S)")


def from_restructured_text(text: str) -> str:
    lines = text.split("\n")
    levels: list[str] = []
    told: list[str] = []
    fence: int | None = None
    for at, line in enumerate([*lines, "."]):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        if fence is not None and line.strip() and len(line) - len(line.lstrip()) <= fence and told and not told[-1]:
            told[-1], fence = "```", None
        if code := _CODE.match(line):
            fence = len(code[1])
            told.append(f"```{code[2]}")
            continue
        if fence is not None:
            told.append(line.strip())
            continue
        if _LINE.fullmatch(line):
            told.append("")
        elif line.strip() and not line.startswith(" ") and _LINE.fullmatch(below) and len(below.rstrip()) >= 3:
            mark = below[0]
            if mark not in levels:
                levels.append(mark)
            told.append(f"{'#' * min(6, 1 + levels.index(mark))} {line.strip()}")
        else:
            told.append(_restructured(line))
    return "\n".join(told[: len(lines)])


def _restructured(line: str) -> str:
    if image := _IMAGE.match(line):
        return f"![]({image[1]})"
    if _DIRECTIVE.match(line):
        return ""
    line = _LINK.sub(r"[\1](\2)", _ROLE.sub(r"\1", line))
    return _AUTO.sub(r"\g<1>1. ", line).replace("``", "`")


_HEADING = re.compile(r"(={1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":[\w-]{1,40}:(?:\s.*)?|\[[^\]]{0,200}\]|//.*|\+|(?:={4,}|-{4,}|\.{4,}|\*{4,}|_{4,}|\|={3,})")
_STARS = re.compile(r"(\*{1,5}|\.{1,5})\s+(?=\S)")
_MACRO = re.compile(r"(?:link:|xref:|https?://)([^\s\[]{1,500})\[([^\]]{0,300})\]")


def from_asciidoc(text: str) -> str:
    return "\n".join(_asciidoc(line) for line in text.split("\n"))


def _asciidoc(line: str) -> str:
    stripped = line.strip()
    if heading := _HEADING.fullmatch(stripped):
        return f"{'#' * len(heading[1])} {heading[2]}"
    if _ATTRIBUTE.fullmatch(stripped):
        return ""
    if stars := _STARS.match(stripped):
        mark = "1." if stars[1][0] == "." else "-"
        line = f"{'    ' * (len(stars[1]) - 1)}{mark} {stripped[stars.end() :]}"
    elif stripped.startswith(".") and len(stripped) > 1 and stripped[1].isalpha():
        line = f"**{stripped[1:]}**"
    return _MACRO.sub(lambda found: f"[{found[2] or found[1]}]({found[1]})", line)
