"""The signals in words: one sentence for each, with the numbers a person can check in the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from routebook.formats.pile import words as w
from routebook.formats.pile.signals import Look, is_instruction
from routebook.formats.pile.text import BlockKind

Said = Callable[[Look], str]


def reason(signal: str, look: Look, kind: str) -> str:
    """What a signal says about a document, or "" where it says nothing that a person could check."""
    if signal.startswith("title_"):
        return (
            f"Its title reads like one: “{_short(look.title)}”."
            if (look.title and signal == f"title_{kind.replace('-', '_')}")
            or (look.title and signal == f"title_{kind}")
            else ""
        )
    if signal.startswith("headings_"):
        return _headings(look, signal.removeprefix("headings_"))
    if signal.startswith("self_"):
        return f"It calls itself that: “{found}”." if (found := _first(look, signal.removeprefix("self_"))) else ""
    said = _SAID.get(signal)
    return said(look) if said else ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "…"


def _headings(look: Look, kind: str) -> str:
    named = [block.text for block in look.headings if w.HEADING[kind].match(block.text.strip())]
    return (
        f"It has sections such as “{_short(named[0])}”{f' and “{_short(named[1])}”' if len(named) > 1 else ''}."
        if named
        else ""
    )


def _first(look: Look, kind: str) -> str:
    found = w.SELF[kind].search(look.text) if kind != "other" else None
    return _short(found[0]) if found else ""


def _items_told(look: Look) -> str:
    told = sum(1 for block in look.items if is_instruction(block.text))
    return f"{told} of its {len(look.items)} list items {'tells' if told == 1 else 'tell'} the reader to do something."


def _literal(look: Look) -> str:
    actions = len(look.actions) + len(look.commands)
    literal = look.literal_actions + len(look.commands)
    return f"{literal} of its {actions} actions {'is a literal click, key or command' if literal == 1 else 'are literal clicks, keys or commands'}."


def _roles(look: Look) -> str:
    named = [role for role, _ in Counter(look.roles).most_common(4)]
    return f"Several roles act in it: {', '.join(named)}." if len(named) > 2 else ""


def _length(look: Look) -> str:
    return f"Its length, {look.document.words:,} words, is usual for one."


def _counted(pattern_name: str, sentence: str) -> Said:
    pattern = getattr(w, pattern_name)

    def say(look: Look) -> str:
        told = (_short(one[0]).lower() for one in pattern.finditer(look.text))
        found = list(dict.fromkeys(one for one in told if sum(map(str.isalpha, one)) > 2))[:3]
        return f"{sentence}: {', '.join(f'“{one}”' for one in found)}." if found else ""

    return say


def _always(sentence: str) -> Said:
    return lambda look: sentence


_SAID: dict[str, Said] = {
    "telling_items": _items_told,
    "telling_prose": _always("Its sentences tell the reader what to do."),
    "actions": lambda look: f"It tells the reader to do {len(look.actions)} things.",
    "steps": _always("Its steps are numbered."),
    "step_headings": lambda look: f"It goes through {look.step_headings} headings that are steps.",
    "sequence": _always("Its headings follow one another in time."),
    "literal": _literal,
    "half_literal": _literal,
    "commands": lambda look: f"It holds {len(look.commands)} commands to type.",
    "ui": _counted("LITERAL", "It names what to click, press or type"),
    "code": _always("Much of it is code or commands."),
    "pictures": lambda look: f"It shows {sum(1 for block in look.blocks if block.kind is BlockKind.PICTURE)} pictures.",
    "one_task": _always("It teaches one task."),
    "several_tasks": lambda look: f"It teaches {len(look.how_tos)} tasks, each with its own how-to.",
    "how_to_share": lambda look: f"{len(look.how_tos)} of its {len(look.sections)} sections teach a task of their own.",
    "task_headings": _always("Its headings name tasks."),
    "no_action": _always("It tells nobody to do anything step by step."),
    "checks": _counted("VERIFY", "It says what to check"),
    "standard": _counted("STANDARD", "It states a standard to work to"),
    "should": _counted("SHOULD", "It says how the work should be done"),
    "dos": _always("It lists dos and don'ts or tips for doing the work well."),
    "donts": _always("It says what not to do."),
    "in_a_role": _always("It speaks to one role about its job."),
    "duties": _always("Its items are duties."),
    "scripts": _always("It gives the very words to use."),
    "modals": _counted("MODAL", "It sets rules"),
    "strong_modals": _counted("STRONG_MODAL", "It binds people"),
    "everyone": _counted("EVERYONE", "It speaks about everyone"),
    "rule_numbers": _counted("RULE_MAKING", "It sets limits"),
    "reasons_given": _always("It gives the reasons for what it says."),
    "clauses": _always("It has numbered clauses that are no steps."),
    "passive": _always("It states how things are to be, without saying who does what next."),
    "roles": _roles,
    "three_roles": _roles,
    "chain": _roles,
    "role_turns": _always("Different roles take turns."),
    "role_headings": _always("Its sections are roles."),
    "hands_on": _counted("HANDS_ON", "Work is handed on"),
    "stage_share": _always("Its headings are stages of one piece of work."),
    "conditions": _always("It says what happens in which case."),
    "ticks": _always("It has boxes to tick."),
    "tables": _always("Much of it is tables."),
    "links": _always("Much of it is links."),
    "link_items": _always("Its lists are lists of links."),
    "questions": _always("Its headings are questions."),
    "blanks": _always("It has blanks to fill in."),
    "dates": _always("It tells dates of what happened."),
    "past": _always("It tells what happened in the past."),
    "stub": lambda look: f"It is a stub of {look.document.words} words.",
    "prose": _always("Most of it is running text."),
    "long_paragraphs": _always("It is written in long paragraphs."),
    "bodies": _counted("BODIES", "It speaks of groups that decide together"),
    "status": _counted("STATUS", "It names the states that something passes through"),
    "template": _always("It has blanks to fill in."),
    "passes_through": _counted("PASSES_THROUGH", "It tells what becomes of a piece of work"),
    "and_then": _counted("AND_THEN", "It goes from one stage to the next"),
    "stage_nouns": _always("Its headings are names of stages."),
    "permits": _counted("PERMITS", "It says what is and isn't all right"),
    "describes": _counted("DESCRIBES", "It describes how things are"),
    "opinion": _always("Somebody tells what they think or have seen."),
    "question_items": _always("Its items are questions."),
    "you_will": _always("It tells the reader what to expect."),
    "manner": _counted("MANNER", "It says in what manner the work is done well"),
    "rules_and_how_tos": _always("It holds rules and several how-tos."),
    "contents": _always("It is long enough to have a table of contents."),
    "length": _length,
}
