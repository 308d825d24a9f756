"""`decide`: what a command does to a run, or why it can't be done.

Pure: everything that the answer depends on is in the definition, the state and the context. The rules
stand in `moves` (the flow), `work` (the tasks) and `reviews`; each gives the events and the state after
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from routebook.core.events import Event, Refusal
from routebook.core.run import commands as c
from routebook.core.run import moves, reviews, work
from routebook.core.run.evolve import fold
from routebook.core.run.moves import Decided
from routebook.core.run.refuse import Refused, be_pinned, be_running
from routebook.core.run.reviews import GATED
from routebook.core.run.state import Context, Definition, RunState, RunStatus

Rule = Callable[[Definition, RunState, Any, Context], Decided]


def decide(
    definition: Definition, state: RunState, command: c.Command, context: Context
) -> tuple[Event, ...] | Refusal:
    """The events that carry the command out (none where it changes nothing), or a refusal."""
    decided = carry_out(definition, state, command, context)
    return decided if isinstance(decided, Refusal) else decided[0]


def carry_out(definition: Definition, state: RunState, command: c.Command, context: Context) -> Decided | Refusal:
    """What `decide` answers, together with ``fold(state, events)``, which deciding knows anyway."""
    try:
        _be_open(definition, state, command)
        return _RULES[type(command)](definition, state, command, context)
    except Refused as refused:
        return refused.refusal


def _be_open(definition: Definition, state: RunState, command: c.Command) -> None:
    if isinstance(command, c.Answer) and state.status is not RunStatus.NEW:
        be_pinned(definition, state)
    elif not isinstance(command, c.Start):
        be_running(definition, state)


_RULES: Mapping[type[Any], Rule] = {
    c.Start: moves.start,
    c.AssignTask: work.assign,
    c.StartTask: work.start_task,
    c.TickItem: work.tick,
    c.AddEvidence: work.add_evidence,
    c.PickVariation: work.pick,
    c.CompleteTask: work.complete,
    c.SkipTask: work.skip,
    c.HandOver: work.hand_over,
    c.BlockTask: work.block,
    c.UnblockTask: work.unblock,
    c.Ask: work.ask,
    c.Escalate: work.escalate,
    c.Answer: work.answer,
    c.ChangeDue: work.change_due,
    c.PassReview: reviews.pass_review,
    c.FailReview: reviews.fail_review,
    c.ReturnTo: moves.go_back,
    c.Cancel: moves.cancel,
}

__all__ = ["GATED", "carry_out", "decide", "fold"]
