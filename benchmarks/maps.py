"""Maps of any size from a seed, built of blocks as people build them, so that every one of them is sound.

A block is a step, two blocks in a row, a decision with two or three outcomes that meet again, parallel branches that
meet in a join, or a rework: a check that leads back to where its block begins. Roles change hands on the way.
"""

from __future__ import annotations

import random
from dataclasses import replace

from routebook.core.document import END, Decision, Goes, Handling, Join, Outcome, Process, Step

VERBS = ("Check", "Send", "Pack", "Approve", "Write", "File", "Call", "Collect", "Prepare", "Book", "Review", "Pay")
THINGS = ("the order", "the invoice", "the contract", "a reply to the customer", "the monthly report", "the parcel")
OUTCOMES = (
    ("yes", "no", "not sure yet"),
    ("approved", "rejected", "needs small changes"),
    ("due", "not due", "disputed"),
)
ROLES = ("Founder", "Support assistant", "Finance assistant", "Operations lead", "Digital marketing VA")


def made_map(steps: int, seed: int) -> Process:
    """A sound process of about `steps` steps, the same for the same seed."""
    made = _Making(random.Random(f"{seed} {steps}"), steps)
    made.block(steps, END)
    return Process(slug=f"map-{steps}-{seed}", title=f"Map {seed} of {steps} steps", steps=tuple(made.steps))


class _Making:
    """Steps in the order in which they are listed. A block is told what follows it."""

    def __init__(self, dice: random.Random, steps: int) -> None:
        self.dice = dice
        self.steps: list[Step] = []
        self.roles = ROLES[: max(2, min(len(ROLES), steps // 4))]
        self.role = self.roles[0]
        self.count = 0

    def block(self, budget: int, after: str) -> str:
        """Add a block of `budget` steps that leads to `after`; the id of its first step."""
        kind = self.dice.random()
        if budget >= 4 and kind < 0.22:
            return self._decision(budget, after)
        if budget >= 5 and after != END and kind < 0.36:
            return self._parallel(budget, after)
        if budget >= 3 and kind < 0.46:
            return self._rework(budget, after)
        if budget > 1:
            return self._row(budget, after)
        return self._step(Goes((after,)))

    def _row(self, budget: int, after: str) -> str:
        first = self.dice.randint(1, budget - 1)
        place = self._promise()
        begins = self.block(first, place)
        self._keep(place, self.block(budget - first, after))
        return begins

    def _decision(self, budget: int, after: str) -> str:
        ways = self.dice.choice((2, 2, 3))
        names = self.dice.choice(OUTCOMES)
        at = self._place()
        parts = self._parts(budget - 1, ways)
        goes = [self.block(part, after) if part else after for part in parts]
        outcomes = (Outcome(name, Goes((target,))) for name, target in zip(names, goes, strict=False))
        self.steps[at] = replace(self.steps[at], then=Decision(tuple(outcomes)))
        return self.steps[at].id

    def _parallel(self, budget: int, after: str) -> str:
        ways = self.dice.choice((2, 2, 3))
        at = self._place()
        place = self._promise()
        targets = tuple(self._closed(part, place) for part in self._parts(budget - 2, ways) if part)
        self.steps[at] = replace(self.steps[at], then=Goes(targets))
        joins = self._step(Goes((after,)), Join())
        self._keep(place, joins)
        return self.steps[at].id

    def _closed(self, budget: int, after: str) -> str:
        """A block of which only one line leads on, so that a join can wait for it."""
        if budget == 1:
            return self._step(Goes((after,)))
        place = self._promise()
        begins = self.block(budget - 1, place)
        self._keep(place, self._step(Goes((after,))))
        return begins

    def _rework(self, budget: int, after: str) -> str:
        place = self._promise()
        begins = self.block(budget - 1, place)
        good, bad, _ = self.dice.choice(OUTCOMES)
        self._keep(place, self._step(Decision((Outcome(good, Goes((after,))), Outcome(bad, Goes((begins,)))))))
        return begins

    def _parts(self, budget: int, ways: int) -> list[int]:
        cuts = sorted(self.dice.randint(0, budget) for _ in range(ways - 1))
        return [end - begin for begin, end in zip([0, *cuts], [*cuts, budget], strict=True)]

    def _step(self, then: Goes | Decision, join: Join | None = None) -> str:
        at = self._place()
        self.steps[at] = replace(self.steps[at], then=then, join=join)
        return self.steps[at].id

    def _place(self) -> int:
        """Room for a step in the list; where it goes is said later."""
        if self.dice.random() < 0.35:
            self.role = self.dice.choice(self.roles)
        self.count += 1
        title = f"{self.dice.choice(VERBS)} {self.dice.choice(THINGS)} {self.count}"
        handling = self.dice.choice((Handling.DELEGATE, Handling.DELEGATE, Handling.KEEP, Handling.AUTOMATE))
        self.steps.append(Step(id=f"s{self.count}", title=title, role=self.role, handling=handling))
        return len(self.steps) - 1

    def _promise(self) -> str:
        """A name for a step that is not there yet."""
        self.count += 1
        return f"promise {self.count}"

    def _keep(self, promise: str, step: str) -> None:
        """Let everything that leads to the promised step lead to this one."""
        self.steps = [replace(one, then=_led(one.then, promise, step)) for one in self.steps]


def _led(then: Goes | Decision | None, promise: str, step: str) -> Goes | Decision | None:
    if isinstance(then, Goes):
        return Goes(tuple(step if target == promise else target for target in then.targets))
    if isinstance(then, Decision):
        return Decision(
            tuple(
                replace(one, goes=Goes(tuple(step if t == promise else t for t in one.goes.targets)))
                for one in then.outcomes
            )
        )
    return then
