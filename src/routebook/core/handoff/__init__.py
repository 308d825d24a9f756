"""The hand-off: one step (× variation) given to one person, until they own it.

`decide(state, command, context)` answers a command with events or a refusal; `evolve(state, event)` is the
state after an event and looks nothing up. The levels stand in one line and are never skipped:

    prepared → accepted → practice → supervised → owned

`returned` is reached from each of them, and left by preparing anew. Three clean results in a row propose the
next level, a rework proposes a step back; the delegator decides. A receiver never decides about themselves.
"""

from routebook.core.handoff import commands, events
from routebook.core.handoff.brief import Brief, Terms
from routebook.core.handoff.card import AccessCard, Missing, ToolAccess
from routebook.core.handoff.decide import CLEAN_IN_A_ROW, OPTIONS, decide, shortcomings
from routebook.core.handoff.evolve import evolve, fold
from routebook.core.handoff.state import (
    BEGUN,
    LINE,
    NEW_HANDOFF,
    OPENED,
    RECORDING,
    SOP,
    WORKING,
    HandoffContext,
    HandoffQuestion,
    HandoffState,
    Level,
    Receives,
    Result,
    Standing,
    UnknownHandoffSnapshot,
    begun,
    pack,
    receiver_of,
    unpack,
    waits_for,
    works,
)

__all__ = [
    "BEGUN",
    "CLEAN_IN_A_ROW",
    "LINE",
    "NEW_HANDOFF",
    "OPENED",
    "OPTIONS",
    "RECORDING",
    "SOP",
    "WORKING",
    "AccessCard",
    "Brief",
    "HandoffContext",
    "HandoffQuestion",
    "HandoffState",
    "Level",
    "Missing",
    "Receives",
    "Result",
    "Standing",
    "Terms",
    "ToolAccess",
    "UnknownHandoffSnapshot",
    "begun",
    "commands",
    "decide",
    "events",
    "evolve",
    "fold",
    "pack",
    "receiver_of",
    "shortcomings",
    "unpack",
    "waits_for",
    "works",
]
