"""How a document that tries to teach a whole process would come apart: one map, and an SOP for each step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routebook.core.checks.catalogue import name_key
from routebook.core.checks.texts import holds_any
from routebook.core.document import ChecklistItem, Procedure, Sop

MOST_STEPS = 15
"""More steps than this don't fit on the one page of a map."""

_HEADING = re.compile(
    r"^#{1,6}[ \t]+(?:(?:phase|part|stage|step|section)\s+\w+\s*[:.\-–—]\s*)?(.+?)[ \t]{0,9}#*$", re.M | re.I
)
_HEADING_ITEM = re.compile(r"\A(?:\*\*|__)(?P<title>[^*_\n]{3,60}?):?(?:\*\*|__):?\Z")
_NUMBER = re.compile(r"\A(?:phase|part|stage|step|section)\s+\w+\s*[:.\-–—]\s*", re.IGNORECASE)
_DOCUMENT_WORDS = re.compile(
    r"\b(?:the|an?|our|complete|full|whole|entire|end[- ]to[- ]end|start[- ]to[- ]finish|sop|standard operating procedure"
    r"|guide|manual|handbook|process|workflow|procedure|for|of|to|how)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the proposed map: its title, the role that does it ("" unknown), its checklist items by index."""

    title: str
    role: str
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The proposed map (its title and steps, in order). Each part would be one SOP if it leaves your plate."""

    title: str
    parts: tuple[Part, ...]


def proposed_split(document: Sop | Procedure, roles: Mapping[str, str]) -> Split:
    """The map and the SOPs that a too wide document hides.

    Steps come from headings, else from the roles that take turns, else from spans of at most nine items.
    `roles` holds the titles of known roles by `name_key`.
    """
    title = _map_title(document.title)
    parts = (
        _by_heading(document.checklist)
        or _by_chapter(document.notes)
        or _by_role(document.checklist, roles)
        or _by_span(document.checklist)
    )
    return Split(title, parts[:MOST_STEPS])


def headings(text: str) -> tuple[str, ...]:
    """The headings of a Markdown text, without “Phase 1:” and the like."""
    return tuple(_HEADING.findall(text))


def actors_of(checklist: tuple[ChecklistItem, ...], roles: Mapping[str, str]) -> tuple[str, ...]:
    """The role that does each item, or ""."""
    told = "\n".join([item.text for item in checklist]).casefold()
    if not holds_any(told, tuple(roles)):
        return ("",) * len(checklist)
    return tuple(actor_of(item, roles) for item in checklist)


def actor_of(item: ChecklistItem, roles: Mapping[str, str]) -> str:
    """The role that an item says does it (“Founder: …”, “The founder approves …”), or ""."""
    text = item.text.lstrip("*_ ")
    text = text[4:] if text[:4].lower() == "the " else text
    folded = text.casefold()
    if not folded.startswith(tuple(roles)):
        return ""
    for key, title in roles.items():
        if folded.startswith(key) and _acts(text[len(key) :]):
            return title
    return ""


_ACTS = re.compile(
    r"(?:\*\*|__)?\s*(?::|[–—]|-\s)"
    r"|(?:\*\*|__)?\s+(?:then\s+|also\s+)?[a-z]+(?<!s)s\s+"
    r"(?:the|it|an?|this|that|these|those|each|every|all|whether|them|him|her|us|you|our|their|his|to)\b"
)
"""After a role: a colon, a dash, or a verb with its object. “Sales figures go to …” has no actor."""


def _acts(rest: str) -> bool:
    return _ACTS.match(rest) is not None


_BETWEEN_ROLES = re.compile(r"\s*(?:[;,/+&\n]|\band\b|\bor\b|\bthen\b)\s*", re.IGNORECASE)
_JOB = re.compile(
    r"(?:\b(?:head of|vp of|director of)\s+[\w ]+|\b(?:accountant|agent|assistant|bookkeeper|ceo|cfo|clerk|coach|coo|coordinator|cto|designer"
    r"|developer|director|editor|engineer|founder|lead|manager|officer|owner|rep|specialist|supervisor|va|writer))\Z",
    re.IGNORECASE,
)


def roles_named(role: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The several roles that one field names (“Finance assistant and Founder”), or () where it is one or none.

    `known` holds the titles of known roles by `name_key`; a known title is one role, whatever words it has.
    """
    if not role or name_key(role) in known:
        return ()
    parts = distinct(part.strip() for part in _BETWEEN_ROLES.split(role))
    if len(parts) < 2:
        return ()
    are_known = all(name_key(part) in known for part in parts)
    return parts if are_known or all(_JOB.search(part) for part in parts) else ()


def _by_heading(checklist: tuple[ChecklistItem, ...]) -> tuple[Part, ...]:
    starts = [
        (index, found["title"]) for index, item in enumerate(checklist) if (found := _HEADING_ITEM.match(item.text))
    ]
    if len(starts) < 2:
        return ()
    ends = [index for index, _ in starts[1:]] + [len(checklist)]
    return tuple(
        Part(_NUMBER.sub("", title), "", tuple(range(start + 1, end)))
        for (start, title), end in zip(starts, ends, strict=True)
    )


def _by_chapter(notes: str) -> tuple[Part, ...]:
    named = headings(notes)
    return tuple(Part(name, "", ()) for name in named) if len(named) > 1 else ()


def _by_role(checklist: tuple[ChecklistItem, ...], roles: Mapping[str, str]) -> tuple[Part, ...]:
    turns: list[tuple[str, list[int]]] = []
    for index, item in enumerate(checklist):
        role = actor_of(item, roles)
        if not turns or (role and role != turns[-1][0]):
            turns.append((role, []))
        turns[-1][1].append(index)
    if len(turns) < 2:
        return ()
    return tuple(Part(_task(checklist[items[0]], role), role, tuple(items)) for role, items in turns)


def _by_span(checklist: tuple[ChecklistItem, ...]) -> tuple[Part, ...]:
    spans = -(-len(checklist) // 9)
    if spans < 2:
        return ()
    size = -(-len(checklist) // spans)
    return tuple(
        Part(_task(checklist[start], ""), "", tuple(range(start, min(start + size, len(checklist)))))
        for start in range(0, len(checklist), size)
    )


def _task(item: ChecklistItem, role: str) -> str:
    """An item as a step's title: without the role before it and without what follows the first clause."""
    text = re.sub(r"[*_`]", "", item.text).strip()
    text = re.sub(r"\Athe\s+", "", text, flags=re.IGNORECASE) if role else text
    if role and name_key(text).startswith(name_key(role)):
        text = _as_told(text[len(role) :])
    text = re.split(r"[,;:.]\s|\s[–—-]\s", text, maxsplit=1)[0].strip(" .")
    return text[:1].upper() + text[1:60]


def _as_told(rest: str) -> str:
    """What follows a role, as one tells it to do so: “: approve it” and “ approves it” both become “approve it”."""
    verb, space, others = rest.lstrip(" :–—-").partition(" ")
    if rest.lstrip("*_")[:1] == " " and verb.endswith("s") and not verb.endswith("ss"):
        verb = (
            re.sub(r"ies\Z", "y", verb)
            if verb.endswith("ies")
            else re.sub(r"(?<=sh|ch|ss)es\Z|(?<=[xo])es\Z|s\Z", "", verb)
        )
    return f"{verb}{space}{others}"


def _map_title(title: str) -> str:
    rest = " ".join(_DOCUMENT_WORDS.sub(" ", title).split()).strip(" :–—-")
    return rest[:1].upper() + rest[1:] if rest else title


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names in order, each once, case and spaces aside, without the empty one."""
    return tuple({name_key(name): name for name in names if name}.values())
