"""Playing the sample's history: everybody's commands in the order of time, through the same actions as any door.

A heap holds what somebody is about to do. When it is done, whoever has the next task plans their work on it, by their
own calendar. What would come after `now` doesn't happen.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

from routebook.core.delegation import Facts, Score
from routebook.core.run import RunState, Task, TaskStatus
from routebook.core.run import commands as c
from routebook.store.access import Actor
from routebook.store.actions import delegations, evidence, members, plate, runs
from routebook.store.models import Document, Organisation
from routebook.store.queries import delegations as delegations_read
from routebook.store.sample.calendars import Calendars
from routebook.store.sample.history import History
from routebook.store.sample.house import House
from routebook.store.sample.journeys import Journey, journeys_of
from routebook.store.sample.learning import Learning
from routebook.store.sample.photo import drawn_photo

Act = Callable[[dt.datetime], None]
Make = Callable[[RunState], c.Command]
MINUTES_TO_REVIEW = 25
MINUTES_OF_A_TASK = 20
REVIEW = "review"
SCORER = "mei"
TICK, PHOTO = "tick", "photo"


class Player:
    """Everybody of the sample at work."""

    def __init__(
        self, org: int, people: Mapping[str, Actor], calendars: Calendars, past: History, house: House, now: dt.datetime
    ) -> None:
        self.org, self.people, self.calendars, self.past, self.now = org, people, calendars, past, now
        self.house = house
        self.keys = {actor.id: key for key, actor in people.items()}
        self.processes = dict(Document.objects.filter(org_id=org, kind="process").values_list("slug", "id"))
        self.states: dict[int, RunState] = {}
        self.learning = Learning(people, calendars, past.handoffs, self.processes, self.at)
        self.agenda: list[tuple[dt.datetime, int, Act]] = []
        self.order = count()

    def play(self) -> None:
        self.at(self.calendars.days_back(self.past.scored, "09:00", SCORER), self.filling_the_plate)
        self.at(self.calendars.days_back(self.past.scored, "09:30", SCORER), self.scoring)
        for row in self.past.changes:
            self.at(self.calendars.days_back(row["day"], row["at"], row["by"]), partial(self.house.change, row))
        self.learning.begin()
        for journey in journeys_of(self.past.runs, self.calendars):
            self.at(journey.started, self.starting(journey))
        while self.agenda and self.agenda[0][0] < self.now:
            moment, _, act = heapq.heappop(self.agenda)
            act(moment)
        self.number_next(self.past.first_run + len(self.past.runs))

    def at(self, moment: dt.datetime, act: Act) -> None:
        heapq.heappush(self.agenda, (moment, next(self.order), act))

    # --- the plate ------------------------------------------------------------------------------

    def filling_the_plate(self, now: dt.datetime) -> None:
        """The founder writes down what she does that is on no map, and places most of it."""
        for row in self.past.plate:
            (item,) = plate.add(self.people[SCORER], row["line"], now=now)
            plate.score(
                self.people[SCORER],
                item.pk,
                value=row.get("value"),
                energy=row.get("energy"),
                costly=row.get("costly", False),
                judgement=row.get("judgement", False),
                minutes=row["minutes"],
                times_a_month=Decimal(row["times_a_month"]),
                facts=Facts(),
            )

    def scoring(self, now: dt.datetime) -> None:
        """The founder places the steps on the matrix, says again what the maps give a reason for, and how much of
        whom there is."""
        for row in self.past.scores:
            process = Document.objects.get(pk=self.processes[row["process"]])
            step = delegations_read.map_of(process).step(row["step"])
            assert step is not None
            score = Score(
                row["value"],
                row["energy"],
                row.get("costly", False),
                row.get("judgement", False),
                row["minutes"],
                Decimal(row["times_a_month"]),
            )
            facts = Facts(always_the_same=row.get("always_the_same", False))
            delegations.score(self.people[SCORER], process.pk, step.id, score, facts, now=now)
            if step.why:
                delegations.decide(self.people[SCORER], process.pk, step.id, step.handling, why=step.why, now=now)
        for row in self.past.capacity:
            hours, cost = Decimal(row["hours"]), Decimal(row["cost"])
            members.set_capacity(self.people[SCORER], self.people[row["who"]].member, hours=hours, cost=cost, now=now)

    # --- runs -----------------------------------------------------------------------------------

    def starting(self, journey: Journey) -> Act:
        def act(now: dt.datetime) -> None:
            self.number_next(journey.number)
            result = runs.start(
                self.people[journey.row["by"]],
                self.processes[journey.row["process"]],
                run_id=journey.id,
                fields=journey.row["fields"],
                command_id=journey.next_command(),
                now=now,
            )
            self.go_on(journey, result.state, now)

        return act

    def number_next(self, number: int) -> None:
        """The history gives its runs their numbers, so that one of them is #482 whatever the day."""
        Organisation.objects.filter(pk=self.org).update(next_run=number)

    def go_on(self, journey: Journey, state: RunState, now: dt.datetime) -> None:
        """Whoever got a task plans the work on it."""
        self.states[journey.number] = state
        for task in state.open_tasks():
            if task.status is not TaskStatus.OPEN or (task.number, task.attempt) in journey.seen:
                continue
            journey.seen.add((task.number, task.attempt))
            if task.review_of:
                self.plan_review(journey, state, task, now)
            else:
                self.plan_work(journey, state, task, now)

    def do(self, journey: Journey, who: str, moment: dt.datetime, command: Make) -> None:
        """Put a command on the agenda; it is made from the run as it then stands."""

        def act(now: dt.datetime) -> None:
            wanted = command(self.states[journey.number])
            result = runs.command(self.people[who], journey.id, wanted, command_id=journey.next_command(), now=now)
            self.go_on(journey, result.state, now)
            if isinstance(wanted, c.PassReview | c.FailReview):
                self.learning.look_for_proposals(now)

        self.at(moment, act)

    # --- one task -------------------------------------------------------------------------------

    def plan_work(self, journey: Journey, state: RunState, task: Task, opened: dt.datetime) -> None:
        """What its assignee does with it: begin, ask, wait, pass on, tick, give evidence, complete."""
        plan = journey.plan(task.step, task.attempt)
        who = self.keys[task.assignee]
        moment = opened
        if "hand_over" in plan:
            moment = self.calendars.after(who, moment, 5)
            other = plan["hand_over"]
            to = self.people[other["to"]].id
            self.do(journey, who, moment, lambda _: c.HandOver(task.number, to, other["note"]))
            who = other["to"]
        is_last = task.step == journey.stops_at
        done = journey.done.get(task.step)
        after = plan.get("after", MINUTES_OF_A_TASK)
        begun = self.calendars.after(who, moment, plan.get("begun_after", max(1, after // 5)))
        if done is not None:
            begun = min(begun, opened + (done - opened) / 3)
        if is_last and "begun_after" not in plan:
            return
        self.do(journey, who, begun, lambda _: c.StartTask(task.number))
        ready = self.plan_questions(journey, task, who, begun, plan, self.keys[task.delegator or state.owner])
        if is_last:
            return
        if done is None:
            done = self.calendars.after(who, max(ready, self.calendars.after(who, moment, after)), 1)
        self.plan_checklist(journey, task, who, (ready, done), plan.get("evidence", ()))
        self.do(journey, who, done, lambda _: c.CompleteTask(task.number, plan.get("outcome", "")))

    def plan_questions(
        self, journey: Journey, task: Task, who: str, begun: dt.datetime, plan: Mapping[str, Any], adviser: str
    ) -> dt.datetime:
        """Asking and waiting; answers when the work can go on. Nobody asks themselves."""
        moment = begun
        asks = "ask" in plan and who != adviser
        if asks:
            moment = self.calendars.after(who, moment, 4)
            self.do(journey, who, moment, lambda _: c.Ask(task.number, plan["ask"]))
        if asks and "answer" in plan:
            moment = self.calendars.after(adviser, moment, plan["answer_after"])
            self.do(journey, adviser, moment, lambda state: c.Answer(task.number, state.questions, plan["answer"]))
        if "block" in plan:
            block = plan["block"]
            moment = self.calendars.after(who, moment, 6)
            self.do(journey, who, moment, lambda _: c.BlockTask(task.number, block["on"], block["why"]))
            if "minutes" in block:
                moment = self.calendars.after(who, moment, block["minutes"])
                self.do(journey, who, moment, lambda _: c.UnblockTask(task.number))
        return moment

    def plan_checklist(
        self, journey: Journey, task: Task, who: str, span: tuple[dt.datetime, dt.datetime], given: Sequence[str]
    ) -> None:
        """Items are ticked one after the other over the time that the work takes, those with evidence too."""
        begun, done = span
        asked = {item: kind for item, kind in task.asked if kind != TICK}
        values = dict(zip(asked, given, strict=False))
        minutes = self.calendars.between(who, begun, done)
        for item in range(task.items):
            moment = self.calendars.after(who, begun, minutes * (item + 1) // (task.items + 2))
            if item in task.ticks and item not in values:
                continue
            if asked.get(item) == PHOTO:
                self.at(moment, self.giving_photo(journey, task.number, item, who, values[item]))
            elif item in values:
                self.do(journey, who, moment, partial(_evidence, task.number, item, values[item]))
            self.do(journey, who, moment, partial(_tick, task.number, item))

    def giving_photo(self, journey: Journey, task: int, item: int, who: str, name: str) -> Act:
        def act(now: dt.datetime) -> None:
            result = evidence.give(
                self.people[who],
                journey.number,
                task,
                item,
                upload=evidence.Upload(name, drawn_photo(journey.number)),
                command_id=journey.next_command(),
                now=now,
            )
            self.states[journey.number] = result.state

        return act

    def plan_review(self, journey: Journey, state: RunState, review: Task, opened: dt.datetime) -> None:
        """The reviewer looks at it: passes it, or once sends it back where the history says so."""
        if journey.stops_at == REVIEW:
            return
        who = self.keys[review.assignee]
        fault = journey.plan(review.step, 1).get("fail") if review.attempt == 1 else None
        moment = self.calendars.after(who, opened, MINUTES_TO_REVIEW)
        if fault:
            self.do(journey, who, moment, lambda _: c.FailReview(review.number, fault))
        else:
            self.do(journey, who, moment, lambda _: c.PassReview(review.number))


def _evidence(task: int, item: int, value: str, _: RunState) -> c.Command:
    return c.AddEvidence(task, item, value)


def _tick(task: int, item: int, _: RunState) -> c.Command:
    return c.TickItem(task, item)
