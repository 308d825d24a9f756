"""The sample's hand-offs: offered, accepted, confirmed, and carried on as far as the history says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from routebook.core.handoff import LINE, SOP, AccessCard, Brief, Level, Terms, ToolAccess, unpack
from routebook.core.handoff import commands as c
from routebook.store.access import Actor
from routebook.store.actions import handoffs
from routebook.store.models import HandOff
from routebook.store.sample.calendars import Calendars
from routebook.store.sample.history import Row

MINUTES_TO_ACCEPT = 70
MINUTES_TO_CONFIRM = 55
MINUTES_TO_DECIDE = 90

Act = Callable[[dt.datetime], None]
AddToAgenda = Callable[[dt.datetime, Act], None]


class Learning:
    """Every hand-off of the history on its way to the level at which it stands."""

    def __init__(
        self,
        people: Mapping[str, Actor],
        calendars: Calendars,
        rows: Sequence[Row],
        processes: Mapping[str, int],
        at: AddToAgenda,
    ) -> None:
        self.people, self.calendars, self.rows, self.processes, self.at = people, calendars, rows, processes, at
        self.begun: dict[int, Row] = {}
        self.deciding: set[int] = set()
        self.stepped_back: set[int] = set()

    def begin(self) -> None:
        for row in self.rows:
            self.at(self.calendars.days_back(row["day"], row["at"], row["by"]), self.preparing(row))

    def preparing(self, row: Row) -> Act:
        def act(now: dt.datetime) -> None:
            handoff = handoffs.prepare(
                self.people[row["by"]],
                self.processes[row["process"]],
                row["step"],
                variation=row.get("variation", ""),
                receiver=self.people[row["to"]].member,
                card=self.card(row),
                brief=self.brief(row),
                terms=self.terms(row),
                command_id="sample-prepare",
                now=now,
            )
            self.begun[handoff.pk] = row
            if row["stands"] == Level.RETURNED and "restated" not in row:
                self.plan_return(handoff, row, now)
            elif row["stands"] != Level.PREPARED:
                self.plan_acceptance(handoff, row, now)

        return act

    def card(self, row: Row) -> AccessCard:
        return AccessCard(
            tools=tuple(ToolAccess(**tool) for tool in row["tools"]),
            spend_limit=row["spend_limit"],
            may_decide=row["may_decide"],
            ask_when=row["ask_when"],
            revoker=self.people[row["by"]].id,
        )

    def brief(self, row: Row) -> Brief | None:
        """What the delegator said beside the SOP, if anything."""
        return Brief(outcome=row["outcome"]) if "outcome" in row else None

    def terms(self, row: Row) -> Terms:
        starts = (self.calendars.now + dt.timedelta(days=row["starts_in"])).date() if "starts_in" in row else None
        backup = self.people[row["backup"]].id if "backup" in row else ""
        return Terms(starts, row.get("hours", ""), backup=backup)

    def plan_return(self, handoff: HandOff, row: Row, now: dt.datetime) -> None:
        """The receiver opens the SOP, thinks it over, and gives the step back."""
        said = row["returned"]
        self.do(handoff, row["to"], self.calendars.after(row["to"], now, said["after"] // 2), c.Open(SOP))
        self.do(handoff, row["to"], self.calendars.after(row["to"], now, said["after"]), giving_back(row))

    def plan_acceptance(self, handoff: HandOff, row: Row, now: dt.datetime) -> None:
        """The receiver reads, asks and restates; the delegator answers and confirms."""
        moment = self.calendars.after(row["to"], now, 10)
        self.do(handoff, row["to"], moment, c.Open(SOP))
        if "ask" in row:
            moment = self.calendars.after(row["to"], moment, 20)
            self.do(handoff, row["to"], moment, c.Ask(row["ask"]))
            moment = self.calendars.after(row["by"], moment, 30)
            self.do(handoff, row["by"], moment, c.Answer(0, row["answer"]))
        moment = self.calendars.after(row["to"], moment, MINUTES_TO_ACCEPT)
        self.do(handoff, row["to"], moment, c.Accept(row["restated"], tuple(row.get("missing", ()))))
        if row["stands"] == Level.ACCEPTED:
            return
        moment = self.calendars.after(row["by"], moment, MINUTES_TO_CONFIRM)
        self.do(handoff, row["by"], moment, c.ConfirmUnderstanding())
        if "promote" in row:
            promotion = row["promote"]
            moment = self.calendars.days_back(promotion["day"], "10:00", row["by"])
            self.do(handoff, row["by"], moment, c.Promote(promotion["reason"]))
        if "returned" in row:
            moment = self.calendars.days_back(row["returned"]["day"], "10:00", row["to"])
            self.do(handoff, row["to"], moment, giving_back(row))

    def look_for_proposals(self, now: dt.datetime) -> None:
        """Delegators follow what is proposed, until the hand-off stands where the history says."""
        for handoff in HandOff.objects.filter(pk__in=self.begun).order_by("pk"):
            row, state = self.begun[handoff.pk], unpack(handoff.snapshot)
            if state.proposal is Level.NONE or handoff.pk in self.deciding:
                continue
            if LINE.index(state.proposal) > LINE.index(Level(row.get("highest", row["stands"]))):
                continue
            self.deciding.add(handoff.pk)
            moment = self.calendars.after(row["by"], now, MINUTES_TO_DECIDE)
            self.at(moment, self.deciding_about(handoff.pk, row, state.proposal))

    def deciding_about(self, handoff: int, row: Row, proposal: Level) -> Act:
        def act(now: dt.datetime) -> None:
            self.deciding.discard(handoff)
            state = unpack(HandOff.objects.get(pk=handoff).snapshot)
            if state.proposal is not proposal:
                return
            command = self.decision(handoff, row, back=LINE.index(proposal) < LINE.index(state.level))
            name = f"sample-decide-{now.isoformat()}"
            handoffs.command(self.people[row["by"]], handoff, command, command_id=name, now=now)

        return act

    def decision(self, handoff: int, row: Row, *, back: bool) -> c.HandoffCommand:
        """Up is followed; back once, where the history gives a reason for it."""
        if not back:
            return c.Promote()
        if "steps_back" not in row or handoff in self.stepped_back:
            return c.DeclineProposal(KEEP_GOING)
        self.stepped_back.add(handoff)
        return c.StepBack(row["steps_back"])

    def do(self, handoff: HandOff, who: str, moment: dt.datetime, command: c.HandoffCommand) -> None:
        name = f"sample-{type(command).__name__}-{moment.isoformat()}"

        def act(now: dt.datetime) -> None:
            handoffs.command(self.people[who], handoff.pk, command, command_id=name, now=now)

        self.at(moment, act)


def giving_back(row: Row) -> c.Return:
    said = row["returned"]
    return c.Return(said["reason"], said["proposal"], tuple(said["options"]))


KEEP_GOING = "One slip, explained on the spot."
