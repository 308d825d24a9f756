"""The laws of the run, on random sound maps and random commands.

Whatever people ask, in whatever order: a refused command changes nothing and `decide` never raises; the
tokens and open tasks are always a marking that the map can reach; the events alone give the same state,
also through their stored text; nobody reviews what they worked on; and the run can always be finished.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from routebook.core.document import Process
from routebook.core.events import Event, Refusal, decode, encode, type_of
from routebook.core.process_map import soundness
from routebook.core.run import (
    GATED,
    NEW_RUN,
    Context,
    Definition,
    HandOffFact,
    PublishedSop,
    RunState,
    RunStatus,
    Task,
    TaskStatus,
    carry_out,
    compile_definition,
    decide,
    evolve,
    fold,
    pack,
    unpack,
)
from routebook.core.run import commands as c
from routebook.core.run import events as e
from routebook.core.run.state import LIVE
from tests.core.run import company
from tests.core.run.maps import sound_maps
from tests.core.run.tokens import EMPTY, Marking, TokenGame

LAWS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
MOST_COMMANDS = 25

WORK = (c.StartTask, c.TickItem, c.AddEvidence, c.CompleteTask)
"""Who did any of these to a task has worked on it, and can't review it."""

ASKED = (("tick",), ("text", "number"), ("none", "link", "tick"), ())
VALUES = {"text": "ref-1", "number": "1,250.50", "link": "https://example.com/x", "photo": "file-1", "file": "file-2"}


Draw = Callable[[st.SearchStrategy[Any]], Any]


class Story:
    """One run of a random map, with everything that happened to it."""

    def __init__(self, draw: Draw, process: Process) -> None:
        self.definition = compile_definition(process, 7, 3)
        self.game = TokenGame(process)
        self.facts = draw(facts(process))
        self.away = draw(st.frozensets(st.sampled_from(company.PEOPLE), max_size=2))
        self.state = NEW_RUN
        self.events: list[Event] = []
        self.workers: set[tuple[int, str]] = set()
        self.minutes = 0
        assert self.tell(c.Start(482, {}), company.OWNER)

    def context(self, actor: str) -> Context:
        return company.context(actor, self.minutes, self.away, **self.facts)

    def tell(self, command: c.Command, actor: str) -> bool:
        """Give a command and check every law that holds at each moment. Says whether it was accepted."""
        self.minutes += 1
        before = pack(self.state)
        decided = carry_out(self.definition, self.state, command, self.context(actor))
        assert decide(self.definition, self.state, command, self.context(actor)) == (
            decided if isinstance(decided, Refusal) else decided[0]
        )
        assert pack(self.state) == before, "deciding changes nothing"
        if isinstance(decided, Refusal):
            assert decided.code
            assert decided.sentence.endswith((".", "?"))
            return False
        events, state = decided
        assert fold(self.state, events) == state
        self.check_gates(actor, events)
        if events and isinstance(command, WORK):
            self.workers.add((command.task, actor))
        self.state = state
        self.events += events
        self.check()
        return True

    def check(self) -> None:
        assert unpack(pack(self.state)) == self.state
        marking = marking_of(self.definition, self.state)
        assert marking in self.game.moves, "the marking can be reached"
        assert marking in self.game.distance, "the run can still finish"
        over = self.state.status in (RunStatus.COMPLETED, RunStatus.CANCELLED)
        assert over == (marking == EMPTY)
        if over:
            assert not self.state.open_tasks()
        for task in self.state.tasks.values():
            review = self.state.review_for(task.number)
            assert (task.status is TaskStatus.SUBMITTED) == (review is not None)
            if review:
                assert (task.number, review.assignee) not in self.workers

    def check_gates(self, actor: str, events: tuple[Event, ...]) -> None:
        """A gated result only counts after somebody else's review; required evidence is always there."""
        reviewed = {event.of for event in events if isinstance(event, e.ReviewPassed)}
        for happened in events:
            if isinstance(happened, e.TaskCompleted):
                task = self.state.tasks[happened.task]
                assert (happened.task in reviewed) == is_gated(task)
                assert all(gave(task, item, kind) for item, kind in task.asked)
                assert not task.blocked_on
                if happened.task in reviewed:
                    assert (happened.task, actor) not in self.workers
            if isinstance(happened, e.TaskSkipped):
                assert not is_gated(self.state.tasks[happened.task])

    def replayed(self) -> RunState:
        """The state from the stored text of the events alone."""
        state = NEW_RUN
        for happened in self.events:
            kind = type_of(happened)
            state = evolve(state, decode(kind.name, kind.version, encode(happened)))
        return state

    def finish(self) -> None:
        """Drive the run to its end, always by the shortest way."""
        for _ in range(400):
            if self.state.status is not RunStatus.RUNNING:
                return
            self.finish_one(self.state.open_tasks()[0])
        raise AssertionError("the run does not come to its end")

    def finish_one(self, task: Task) -> None:
        if task.status is TaskStatus.SUBMITTED:
            self.pass_review(self.state.review_for(task.number))
            return
        manager = company.MANAGER
        step = self.definition.steps[task.step]
        self.tell(c.UnblockTask(task.number), manager)
        if step.variations and not task.variation:
            assert self.tell(c.PickVariation(task.number, "video"), manager)
        for item, kind in self.state.tasks[task.number].asked:
            value = VALUES.get(kind, "")
            filled = c.AddEvidence(task.number, item, value) if value else c.TickItem(task.number, item)
            assert self.tell(filled, manager)
        outcome = self.game.best_outcome(marking_of(self.definition, self.state), task.step)
        if not self.tell(c.CompleteTask(task.number, outcome), manager):
            # Everybody who could review it has worked on it: another person starts it over.
            assert self.tell(c.ReturnTo(task.step, "needs a second person"), manager)

    def pass_review(self, review: Task | None) -> None:
        assert review is not None
        self.tell(c.UnblockTask(review.number), company.MANAGER)
        assert self.tell(c.PassReview(review.number), review.assignee)


def is_gated(task: Task) -> bool:
    return task.review or task.level in GATED


def gave(task: Task, item: int, kind: str) -> bool:
    return item in task.ticks if kind == "tick" else bool(task.evidence.get(item))


def marking_of(definition: Definition, state: RunState) -> Marking:
    lines = [definition.flow.lines[line] for line, _ in state.tokens]
    opened = [task.step for task in state.open_tasks() if not task.review_of]
    assert len(set(lines)) == len(lines), "no line holds two tokens"
    assert len(set(opened)) == len(opened), "no step is open twice"
    return frozenset(lines), frozenset(opened)


@st.composite
def facts(draw: st.DrawFn, process: Process) -> dict[str, object]:
    """Published SOPs and hand-offs of a few steps, of their variations too."""
    handoffs: dict[tuple[str, str], tuple[HandOffFact, ...]] = {}
    sops: dict[tuple[str, str], PublishedSop] = {}
    for step in process.steps:
        for variation in ("", *(step.variations.of if step.variations else ())):
            if draw(st.booleans()):
                asked = tuple((at, kind) for at, kind in enumerate(draw(st.sampled_from(ASKED))) if kind != "none")
                sops[step.id, variation] = PublishedSop(len(sops) + 1, 3, asked)
            if draw(st.booleans()):
                handoffs[step.id, variation] = tuple(
                    HandOffFact(
                        draw(st.sampled_from((*company.WORKERS, company.LEFT))),
                        draw(st.sampled_from(("prepared", "accepted", "practice", "supervised", "owned", "returned"))),
                        draw(st.sampled_from((company.OWNER, company.MANAGER, company.LEFT))),
                    )
                    for _ in range(draw(st.integers(1, 2)))
                )
    return {"handoffs": handoffs, "sops": sops}


@st.composite
def commands(draw: st.DrawFn, story: Story) -> tuple[c.Command, str]:
    """Any command by anybody, more often a sensible one by whoever has the task."""
    state = story.state
    last = len(state.tasks)
    task = draw(st.integers(1, last + 1))
    opened = [each.number for each in state.open_tasks()]
    if bool(opened) and draw(st.integers(0, 5)):
        task = draw(st.sampled_from(opened))
    known = state.tasks.get(task)
    people = st.sampled_from((*company.PEOPLE, company.LEFT, "nobody"))
    actor = draw(people)
    if known and draw(st.integers(0, 3)):
        actor = known.assignee
    step = known.step if known else "first"
    outcome = draw(st.sampled_from((*story.game.ways(step), "", "nonsense")))
    words = draw(st.sampled_from(("because", " ", "x" * 10_001)))
    item = draw(st.integers(-1, 3))
    return (
        draw(
            st.one_of(
                st.just(c.CompleteTask(task, outcome)),
                st.just(c.CompleteTask(task, outcome)),
                st.just(c.SkipTask(task, words, outcome)),
                st.builds(c.AssignTask, st.just(task), people),
                st.just(c.StartTask(task)),
                st.builds(c.TickItem, st.just(task), st.just(item), st.booleans()),
                st.builds(c.AddEvidence, st.just(task), st.just(item), st.sampled_from((*VALUES.values(), ""))),
                st.builds(c.PickVariation, st.just(task), st.sampled_from(("plain", "VIDEO", "", "odd"))),
                st.builds(c.HandOver, st.just(task), people, st.just(words)),
                st.just(c.BlockTask(task, "client", words)),
                st.just(c.UnblockTask(task)),
                st.just(c.Ask(task, words)),
                st.just(c.Escalate(task, "problem", ("a", "b", words), "a")),
                st.builds(c.Answer, st.just(task), st.integers(0, 3), st.just(words)),
                st.just(c.ChangeDue(task, company.NOW + dt.timedelta(days=item), words)),
                st.just(c.PassReview(task)),
                st.just(c.PassReview(task)),
                st.builds(c.FailReview, st.just(task), st.just(words), st.booleans()),
                st.builds(c.ReturnTo, st.sampled_from((*story.definition.steps, "nowhere")), st.just(words)),
                st.just(c.Start(1)),
            )
        ),
        actor,
    )


@given(process=sound_maps())
@LAWS
def test_maps_built_of_blocks_are_sound(process: Process) -> None:
    """Else the laws below would say nothing. The game itself fails where a line would hold two tokens."""
    game = TokenGame(process)
    assert set(game.distance) == set(game.moves)
    assert {step for _, opened in game.moves for step in opened} == set(game.steps)
    assert not soundness(compile_definition(process, 7, 3).flow)


@given(data=st.data())
@LAWS
def test_whatever_people_ask_the_run_keeps_its_laws_and_can_be_finished(data: st.DataObject) -> None:
    story = Story(data.draw, data.draw(sound_maps()))
    for _ in range(data.draw(st.integers(0, MOST_COMMANDS))):
        command, actor = data.draw(commands(story))
        if story.tell(command, actor):
            event(type(command).__name__)
    assert story.replayed() == story.state
    story.finish()
    assert story.state.status is RunStatus.COMPLETED
    assert not [task for task in story.state.tasks.values() if task.status in LIVE]
    assert story.replayed() == story.state


@given(data=st.data())
@LAWS
def test_after_any_return_the_marking_is_reachable_and_the_run_can_finish(data: st.DataObject) -> None:
    story = Story(data.draw, data.draw(sound_maps()))
    for _ in range(data.draw(st.integers(1, 6))):
        for _ in range(data.draw(st.integers(1, 8))):
            if story.state.status is RunStatus.RUNNING:
                complete_any(data.draw, story)
        if story.state.status is not RunStatus.RUNNING:
            break
        steps = [task for task in story.state.tasks.values() if not task.review_of]
        reached = sorted({task.step for task in steps if task.status is not TaskStatus.RETURNED})
        step = data.draw(st.sampled_from(reached))
        assert story.tell(c.ReturnTo(step, "the customer changed their mind"), company.MANAGER)
        assert step in {task.step for task in story.state.open_tasks()}
    story.finish()
    assert story.state.status is RunStatus.COMPLETED
    assert story.replayed() == story.state


def complete_any(draw: Draw, story: Story) -> None:
    """Finish one of the open tasks as its owner can: by a reason instead of work, with any outcome."""
    task = draw(st.sampled_from(story.state.open_tasks()))
    outcome = draw(st.sampled_from(tuple(story.game.ways(task.step))))
    if not story.tell(c.SkipTask(task.number, "not now", outcome), company.OWNER):
        story.finish_one(task)


@given(data=st.data())
@LAWS
def test_a_cancelled_run_has_nothing_open_and_takes_no_more_commands(data: st.DataObject) -> None:
    story = Story(data.draw, data.draw(sound_maps()))
    for _ in range(data.draw(st.integers(0, 10))):
        story.tell(*data.draw(commands(story)))
    if story.state.status is RunStatus.COMPLETED:
        return
    assert story.tell(c.Cancel("the client left"), company.OWNER)
    assert story.state.status is RunStatus.CANCELLED
    command, actor = data.draw(commands(story))
    assert isinstance(command, c.Answer) or not story.tell(command, actor)
    assert story.replayed() == story.state
