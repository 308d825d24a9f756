"""Random maps that are sound by the way they are built: sequences, decisions, loops and parallel parts, one
inside another. Joins wait for each branch, also where a branch can arrive in several ways."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from routebook.core.document import END, Decision, Goes, Join, Outcome, Process, Step, Variations

MOST_STEPS = 7
"""From here on blocks are single steps; a map has a few more than that."""
TO_THE_END = Goes((END,))


@st.composite
def sound_maps(draw: st.DrawFn) -> Process:
    builder = Builder(draw)
    then = builder.block(TO_THE_END, depth=3, alone=True)
    builder.add("first", then)
    return Process(slug="any", title="Any", steps=tuple(reversed(builder.steps)))


class Builder:
    """Builds from the end to the start, so that each block knows where it goes on."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.steps: list[Step] = []
        self.named = 0

    def name(self, kind: str) -> str:
        self.named += 1
        return f"{kind}{self.named}"

    def add(self, name: str, then: Goes | Decision, join: Join | None = None) -> Goes:
        step = Step(
            id=name,
            title=name.title(),
            role=self.draw(st.sampled_from(("Support", "Finance", "Nobody's"))),
            due=self.draw(st.sampled_from(("", "4 working hours", "soon"))),
            optional=self.draw(st.booleans()),
            review=self.draw(st.integers(0, 5)) == 5,
            variations=Variations("format", ("plain", "video")) if self.draw(st.integers(0, 5)) == 5 else None,
            then=then,
            join=join,
        )
        self.steps.append(step)
        return Goes((name,))

    def block(self, goes: Goes, depth: int, alone: bool) -> Goes:
        """A block that goes on to `goes`; the answer is how to get into it. `alone`: no branch runs beside it."""
        if depth == 0 or self.named >= MOST_STEPS:
            return self.add(self.name("step"), goes)
        kind = self.draw(st.sampled_from(("step", "sequence", "decision", "loop", "parallel")))
        match kind:
            case "sequence":
                return self.block(self.block(goes, depth - 1, alone), depth - 1, alone)
            case "decision":
                return self.decision(goes, depth, alone)
            case "loop":
                return self.loop(goes, depth, alone)
            case "parallel":
                return self.parallel(goes, depth, alone)
        return self.add(self.name("step"), goes)

    def decision(self, goes: Goes, depth: int, alone: bool) -> Goes:
        name = self.name("decide")
        outcomes = []
        for at in range(self.draw(st.integers(1, 3))):
            way = self.draw(st.sampled_from(("straight on", "block", "end")))
            if way == "end" and alone and at:
                target = TO_THE_END
            elif way == "block":
                target = self.block(goes, depth - 1, alone)
            else:
                target = goes
            outcomes.append(Outcome(f"way {at}", target))
        return self.add(name, Decision(tuple(outcomes)))

    def loop(self, goes: Goes, depth: int, alone: bool) -> Goes:
        name = self.name("check")
        body = self.block(Goes((name,)), depth - 1, alone)
        self.add(name, Decision((Outcome("good", goes), Outcome("again", body))))
        return body

    def parallel(self, goes: Goes, depth: int, alone: bool) -> Goes:
        branches = self.draw(st.integers(2, 3))
        if goes == TO_THE_END and alone and self.draw(st.booleans()):
            # Each branch ends by itself: nothing has to wait.
            return self.split([self.block(goes, depth - 1, alone) for _ in range(branches)])
        join = self.name("join")
        self.add(join, goes)
        place = len(self.steps) - 1
        entries, groups = [], []
        for _ in range(branches):
            known = len(self.steps)
            entries.append(self.block(Goes((join,)), depth - 1, alone=False))
            groups.append(tuple(step.id for step in self.steps[known:] if join in targets_of(step)))
        plain = all(len(group) == 1 for group in groups)
        self.steps[place] = replace(self.steps[place], join=Join() if plain else Join(tuple(groups)))
        return self.split(entries)

    def split(self, entries: list[Goes]) -> Goes:
        together = Goes(tuple(target for entry in entries for target in entry.targets))
        return self.add(self.name("split"), together) if self.draw(st.booleans()) else together


def targets_of(step: Step) -> list[str]:
    if isinstance(step.then, Decision):
        return [target for outcome in step.then.outcomes for target in outcome.goes.targets]
    return list(step.then.targets) if step.then else []
