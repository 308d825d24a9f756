"""The map of a process as something that can run: its flow, and whether that flow is sound.

`compile_flow` turns a process into lines and steps once; `opening_for` and `next_opening` answer what
can open next; `soundness` decides whether every run can finish; `problems` is all of it for a screen.
"""

from __future__ import annotations

from routebook.core.process_map.flow import (
    ONLY_EXIT,
    Flow,
    FlowError,
    Problem,
    compile_flow,
    next_opening,
    opening_for,
)
from routebook.core.process_map.soundness import MOST_STATES, problems, soundness

__all__ = [
    "MOST_STATES",
    "ONLY_EXIT",
    "Flow",
    "FlowError",
    "Problem",
    "compile_flow",
    "next_opening",
    "opening_for",
    "problems",
    "soundness",
]
