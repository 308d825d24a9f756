"""Goals and processes belong together: what nobody works towards, and work towards nothing that is written down."""

from __future__ import annotations

from collections.abc import Iterator

from routebook.core.checks.rule import Around, Family, Hit, rule
from routebook.core.document import Goal, Kind, Process


@rule(
    "RB506",
    "goal-without-a-process",
    Family.LIBRARY,
    "No process serves this goal.",
    on=(Goal,),
    needs_library=True,
)
def goal_without_a_process(goal: Goal, around: Around) -> Iterator[Hit]:
    """A goal that no process serves is a wish: nothing that anybody does brings it nearer, and no step stands in its way.

    Wrong::

        kind: goal
        title: Mei has ten hours a week back   # and no map serves it

    Right::

        kind: process
        title: Refund a customer
        serves: [ten-hours-back]
    """
    if not around.catalogue.is_served(goal.slug) and not around.catalogue.has_unreadable(Kind.PROCESS):
        yield Hit(
            "", "No process serves this goal.", "Link the process that brings it nearer, or map that process first."
        )


@rule(
    "RB507",
    "process-without-a-goal",
    Family.LIBRARY,
    "This process serves no goal.",
    on=(Process,),
    needs_library=True,
)
def process_without_a_goal(process: Process, around: Around) -> Iterator[Hit]:
    """Where goals are written down, a process that serves none of them is work whose point nobody has said.

    It may be the first to drop. A library without goals is left alone.

    Wrong::

        kind: process
        title: Tidy the price list

    Right::

        kind: process
        title: Tidy the price list
        serves: [forty-strategy-calls]
    """
    if not process.serves and around.catalogue.slugs(Kind.GOAL):
        yield Hit("serves", "This process serves no goal.", "Name the goal that it serves, or ask who would miss it.")


RULES = (goal_without_a_process, process_without_a_goal)
