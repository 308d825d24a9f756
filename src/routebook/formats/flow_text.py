"""The flow of one step as people type it, and back.

    (nothing), next                                  the next step in the list; the last one ends
    end                                              the run ends here
    go to 4 · back to 2                              another step, by number, id or title
    at the same time 5 and 6                         several steps at once
    if eligible go to 4; if not eligible go to 3     a decision with named outcomes

What a step waits for: `all` (a token on every line into it), or groups separated by commas, alternatives by
“or”: `2, 3 or 4` waits for step 2 and for one of 3 and 4.

Numbers are places in the list that the reader sees, from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from routebook.core.document import END, Decision, Goes, Join, Outcome, Step, same_name

_GOES = r"(?:go(?:es)?\s+back\s+to|go(?:es)?\s+to|goto|back\s+to|-+>|→|⇒)"
_CLAUSE = re.compile(rf"^(?:if|when)\s+(?P<when>.+?)\s*,?\s*(?:then\s+)?{_GOES}\s*(?P<to>.+)$", re.IGNORECASE)
_END_CLAUSE = re.compile(r"^(?:if|when)\s+(?P<when>.+?)\s*,?\s+(?:then\s+)?(?:the\s+)?(?P<to>end|stop)$", re.IGNORECASE)
_SHORT_CLAUSE = re.compile(r"^(?P<when>[^:→]+?)\s*(?:→|-+>)\s*(?P<to>.+)$")
_GO = re.compile(rf"^(?:then\s+)?{_GOES}\s*(?P<to>.+)$", re.IGNORECASE)
_ALL = re.compile(r"^(?:at\s+the\s+same\s+time|all(?:\s+of)?|both)\s*:?\s*(?P<to>.+)$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|&|\+|\band\b)\s*", re.IGNORECASE)
_OR = re.compile(r"\s*(?:/|\bor\b)\s*", re.IGNORECASE)
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_NEXT = re.compile(r"^(?:the\s+)?next(?:\s+(?:one|step))?$", re.IGNORECASE)
_END = re.compile(r"^(?:the\s+)?(?:end|stop|ends|done)(?:\s+here)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Misread:
    """Text that says no flow: what is wrong and what to write instead."""

    sentence: str


def write_then(step: Step, steps: Sequence[Step], gone: Sequence[Step] = ()) -> str:
    """What `read_then` reads as this step's flow. A target among `gone` is called by its title."""
    if step.then is None:
        return ""
    if isinstance(step.then, Decision):
        clauses = (f"if {one.when} {_write_goes(one.goes, step, steps, gone)}" for one in step.then.outcomes)
        return "; ".join(clauses)
    return _write_goes(step.then, step, steps, gone)


def _write_goes(goes: Goes, step: Step, steps: Sequence[Step], gone: Sequence[Step]) -> str:
    names = [_name(target, steps, gone) for target in goes.targets]
    if isinstance(step.then, Decision):
        return f"go to {' and '.join(names)}"
    if len(names) > 1:
        return f"at the same time {' and '.join(names)}"
    if goes.targets == (END,):
        return "end"
    places = {known.id: place for place, known in enumerate(steps)}
    back = places.get(goes.targets[0], 0) <= places.get(step.id, -1)
    return f"back to {names[0]}" if back else f"go to {names[0]}"


def _name(target: str, steps: Sequence[Step], gone: Sequence[Step]) -> str:
    """A target's number in the list; where the list doesn't have it, the title it had, or its id."""
    for place, step in enumerate(steps, start=1):
        if step.id == target:
            return str(place)
    return next((f"“{step.title}”" for step in gone if step.id == target), target)


def write_join(join: Join | None, steps: Sequence[Step], gone: Sequence[Step] = ()) -> str:
    """What `read_join` reads as this join."""
    if join is None:
        return ""
    if not join.groups:
        return "all"
    return ", ".join(" or ".join(_name(source, steps, gone) for source in group) for group in join.groups)


def read_then(text: str, steps: Sequence[Step]) -> Goes | Decision | Misread | None:
    """The flow that the text says; `steps` is the list whose numbers and titles it uses."""
    text = " ".join(text.split())
    if not text or _NEXT.match(text):
        return None
    if _END.match(text):
        return Goes((END,))
    clauses = [clause.strip() for clause in text.split(";") if clause.strip()]
    if len(clauses) > 1 or _clause(text):
        return _read_decision(clauses, steps)
    for pattern in (_ALL, _GO):
        found = pattern.match(text)
        if found:
            return _read_targets(found["to"], steps)
    return _read_targets(text, steps)


def _read_decision(clauses: Sequence[str], steps: Sequence[Step]) -> Decision | Misread:
    outcomes: list[Outcome] = []
    for clause in clauses:
        found = _clause(clause)
        if found is None:
            return Misread(f"“{clause}” says no outcome. Write: if eligible go to 4; if not eligible go to 3.")
        goes = _read_targets(found["to"], steps)
        if isinstance(goes, Misread):
            return goes
        when = found["when"].strip(" “”\"'")
        if any(same_name(when, outcome.when) for outcome in outcomes):
            return Misread(f"“{when}” leads two ways. Give each outcome its own name.")
        outcomes.append(Outcome(when, goes))
    return Decision(tuple(outcomes))


def _clause(text: str) -> re.Match[str] | None:
    found = _CLAUSE.match(text) or _END_CLAUSE.match(text)
    return found or (None if _GO.match(text) else _SHORT_CLAUSE.match(text))


def _read_targets(text: str, steps: Sequence[Step]) -> Goes | Misread:
    """One target or several. A title may hold “and”, so the whole text is tried as one name first."""
    whole = _find(text, steps)
    if whole is not None:
        return Goes((whole,))
    targets: list[str] = []
    for part in _parts(_AND, text):
        if not part:
            continue
        target = _find(part, steps)
        if target is None:
            return _unknown(part, steps)
        if target == END:
            return Misread("The end can't be one of several ways at the same time; let only one branch end.")
        if target in targets:
            return Misread(f"“{part}” is named twice.")
        targets.append(target)
    if not targets:
        return Misread("Say where it goes: a step's number, or end.")
    return Goes(tuple(targets))


def _parts(between: re.Pattern[str], text: str) -> Iterator[str]:
    """The text cut where `between` stands, but never inside quotation marks."""
    quoted = _QUOTED.findall(text)
    for part in between.split(_QUOTED.sub("\0", text)):
        while "\0" in part and quoted:
            part = part.replace("\0", quoted.pop(0), 1)
        yield part


def _find(text: str, steps: Sequence[Step]) -> str | None:
    text = text.strip(" .“”\"'").removeprefix("#").removeprefix("step ").strip()
    if _END.match(text):
        return END
    if text.isdecimal() and 1 <= int(text) <= len(steps):
        return steps[int(text) - 1].id
    for step in steps:
        if text == step.id or same_name(text, step.title):
            return step.id
    return None


def _unknown(text: str, steps: Sequence[Step]) -> Misread:
    text = text.strip(' “”"')
    if text.isdecimal():
        return Misread(f"There is no step {text}; the list has {len(steps)}.")
    close = get_close_matches(text.casefold(), [step.title.casefold() for step in steps], n=1)
    if close:
        title = next(step.title for step in steps if step.title.casefold() == close[0])
        return Misread(f"There is no step “{text}”. Did you mean “{title}”?")
    return Misread(f"There is no step “{text}”. Write a step's number, such as “go to 3”, or end.")


def read_join(text: str, steps: Sequence[Step]) -> Join | Misread | None:
    """What the text says a step waits for."""
    text = " ".join(text.split())
    if not text:
        return None
    if text.casefold() in ("all", "all of them", "every line"):
        return Join()
    groups = []
    for part in _parts(_AND, text):
        group = []
        for name in _parts(_OR, part.strip(" ()")):
            source = _find(name, steps)
            if source is None or source == END:
                return _unknown(name, steps)
            group.append(source)
        groups.append(tuple(group))
    return Join(tuple(groups))
