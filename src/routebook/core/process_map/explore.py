"""Looking at every marking of a net, one bit a place."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from routebook.core.process_map.net import Net, TooEntangled, Trace

LOOK_ON = 2_000
"""How many more states to look at once something is wrong, to name other causes too."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A way to get into trouble: two tokens on one place, or else tokens that can't move."""

    two_tokens: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class _Move:
    pre: int
    post: int
    trace: Trace


def explore(net: Net, limit: int, most: int) -> tuple[Witness, ...]:
    """Up to `most` witnesses against a net, nearest first; () if there are none.

    Raises `TooEntangled` where `limit` states show nothing wrong and there are more.
    """
    bits = {place: 1 << at for at, place in enumerate(net.producers)}
    sinks = sum(bits[place] for place in net.sinks)
    moves = _moves_by_lowest_bit(net, bits)
    start = bits[net.initial]
    came: dict[int, tuple[int, _Move] | None] = {start: None}
    waiting = deque([start])
    found: list[Witness] = []
    while waiting and len(found) < most:
        marking = waiting.popleft()
        alive = not marking & ~sinks
        for move in _enabled(moves, marking):
            alive = True
            rest = marking ^ move.pre
            if rest & move.post:
                found.append(Witness(two_tokens=True, trace=(_trace(came, marking), move.trace)))
                limit = min(limit, len(came) + LOOK_ON)
            elif rest | move.post not in came:
                came[rest | move.post] = (marking, move)
                waiting.append(rest | move.post)
        if not alive:
            found.append(Witness(two_tokens=False, trace=_trace(came, marking)))
            limit = min(limit, len(came) + LOOK_ON)
        if len(came) > limit:
            if found:
                break
            raise TooEntangled
    return tuple(found[:most])


def _moves_by_lowest_bit(net: Net, bits: dict[int, int]) -> dict[int, list[_Move]]:
    moves: dict[int, list[_Move]] = {}
    for transition in net.transitions.values():
        pre = sum(bits[place] for place in transition.pre)
        post = sum(bits[place] for place in transition.post)
        moves.setdefault(pre & -pre, []).append(_Move(pre, post, transition.trace))
    return moves


def _enabled(moves: dict[int, list[_Move]], marking: int) -> list[_Move]:
    enabled = []
    rest = marking
    while rest:
        lowest = rest & -rest
        rest ^= lowest
        enabled += [move for move in moves.get(lowest, ()) if move.pre & marking == move.pre]
    return enabled


def _trace(came: dict[int, tuple[int, _Move] | None], marking: int) -> Trace:
    trace: Trace = None
    step = came[marking]
    while step is not None:
        marking, move = step
        trace = (move.trace, trace)
        step = came[marking]
    return trace
