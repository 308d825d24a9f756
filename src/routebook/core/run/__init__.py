"""The run: one journey through a process, decided and folded from events.

`decide(definition, state, command, context)` answers a command with events or a refusal;
`evolve(state, event)` is the state after an event; `carry_out` is both at once. Nothing here reads a
clock or a database.
"""

from routebook.core.run.decide import GATED, carry_out, decide
from routebook.core.run.evolve import evolve, fold
from routebook.core.run.state import (
    NEW_RUN,
    Context,
    Definition,
    HandOffFact,
    Member,
    PublishedSop,
    RoleHolders,
    RunState,
    RunStatus,
    Task,
    TaskStatus,
    compile_definition,
    pack,
    unpack,
)

__all__ = [
    "GATED",
    "NEW_RUN",
    "Context",
    "Definition",
    "HandOffFact",
    "Member",
    "PublishedSop",
    "RoleHolders",
    "RunState",
    "RunStatus",
    "Task",
    "TaskStatus",
    "carry_out",
    "compile_definition",
    "decide",
    "evolve",
    "fold",
    "pack",
    "unpack",
]
