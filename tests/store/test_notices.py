"""Who is told what, once; and when it becomes mail."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from routebook.core.document import MailWhen
from routebook.core.run import commands as c

if TYPE_CHECKING:
    from routebook.store.models import Notice, Outbox
    from tests.world import World

pytestmark = pytest.mark.django_db

LATER = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


def deliver(now: dt.datetime = LATER) -> None:
    from routebook.store.actions import notices

    while notices.deliver(now):
        pass


def told(world: World, who: str) -> list[Notice]:
    from routebook.store.models import Notice

    return list(Notice.objects.filter(member=world.members[who]).order_by("pk"))


def mails(world: World, who: str) -> list[dict[str, Any]]:
    from routebook.store import mails as written
    from routebook.store.models import Outbox

    rows: list[Outbox] = list(Outbox.objects.filter(kind="mail", key__startswith=f"{world.id(who)}:").order_by("pk"))
    return [asdict(written.mail_of(row.payload)) for row in rows]


def choose(world: World, who: str, when: MailWhen) -> None:
    from routebook.store.actions import notices

    notices.choose_mail(world.actor(who), when, now=LATER)


class TestARun:
    def test_whoever_has_the_ball_is_told_where_it_goes_on(self, world: World) -> None:
        run = world.start("support").run
        world.complete("support", run, "request")
        world.complete("support", run, "verify", "eligible")
        deliver()
        (notice,) = told(world, "owner")
        assert notice.title == "Your turn: Approve"
        assert notice.about.startswith("#1 ")
        assert notice.address == "/runs/1/tasks/3/"
        assert told(world, "support") == []  # what they did themselves is no news to them

    def test_told_again_it_says_nothing_new(self, world: World) -> None:
        from routebook.store.models import Outbox

        run = world.start("manager").run
        deliver()
        before = [notice.pk for notice in told(world, "support")]
        assert len(before) == 1
        Outbox.objects.filter(key__startswith=str(run)).update(
            done_at=None
        )  # as if the server died before it was noted
        deliver()
        assert [notice.pk for notice in told(world, "support")] == before
        assert len(mails(world, "support")) == 1

    def test_a_row_that_has_no_words_does_not_hold_up_the_others(self, world: World) -> None:
        from routebook.store import notices
        from routebook.store.models import Outbox

        about = {"run": "0" * 32, "task": 1}
        notices.post(world.organisation.pk, "task.opened", "gone", [world.members["owner"].pk], LATER, **about)
        notices.post(world.organisation.pk, "task.opened", "broken", [world.members["owner"].pk], LATER)
        world.start("manager")
        deliver()
        assert len(told(world, "support")) == 1
        assert told(world, "owner") == []
        gone, broken = Outbox.objects.get(key="gone"), Outbox.objects.get(key="broken")
        assert gone.done_at == LATER
        assert broken.done_at is None
        assert "KeyError" in broken.error
        assert broken.next_due is not None
        assert broken.next_due > LATER

    def test_a_late_task_is_told_once(self, world: World) -> None:
        from routebook.store.actions import notices

        run = world.start("support").run
        world.complete("support", run, "request")
        late = LATER + dt.timedelta(days=3)
        for _ in range(2):
            notices.remind(late)
            deliver(late)
        assert [notice.title for notice in told(world, "support")] in ([], ["Late: Verify eligibility"])
        near = _due_of(world, "verify") + dt.timedelta(minutes=5)
        for _ in range(2):
            notices.remind(near)
            deliver(near)
        assert [notice.title for notice in told(world, "support")] == ["Late: Verify eligibility"]


def _due_of(world: World, step: str) -> dt.datetime:
    from routebook.store.models import Task

    due = Task.objects.get(org=world.organisation, step=step).due
    assert due is not None
    return due


class TestAHandoff:
    def test_the_other_one_is_told(self, world: World) -> None:
        from routebook.core.handoff import AccessCard
        from routebook.core.handoff import commands as h
        from routebook.store.actions import handoffs

        row = handoffs.prepare(
            world.actor("manager"),
            world.process.pk,
            "verify",
            receiver=world.members["support"].pk,
            card=AccessCard(
                no_tools=True,
                spend_limit="nothing",
                may_decide="the order of the day",
                ask_when="when the order is older than a year",
                revoker=world.id("manager"),
            ),
            command_id=world.command_id(),
            now=world.at(),
        )
        handoffs.command(
            world.actor("support"), row.pk, h.Ask("Which orders?"), command_id=world.command_id(), now=world.at()
        )
        deliver()
        assert [notice.title for notice in told(world, "support")] == ["“Verify eligibility” is offered to you"]
        (question,) = told(world, "manager")
        assert question.title == "Suri Castell asks about taking over “Verify eligibility”"
        assert question.address == f"/handoffs/{row.pk}/"


class TestADocument:
    def test_readers_are_told_of_a_change_of_the_work_and_of_no_other(self, world: World) -> None:
        from routebook.store.actions import documents
        from routebook.store.models import Document

        sop = Document.objects.get(org=world.organisation, slug="issue-a-refund-in-stripe")
        for minutes, major in ((7, False), (8, True)):
            draft = documents.open_draft(sop, world.actor("manager"), world.at())
            fields = {**draft.fields, "minutes": minutes}
            documents.change_draft(world.actor("manager"), sop.pk, base=draft.rev, fields=fields, now=world.at())
            documents.publish(world.actor("manager"), sop.pk, now=world.at(), major=major, note="Eight minutes")
            deliver()
            assert len(told(world, "finance")) == int(major)
        assert told(world, "finance")[0].title == "Please read “Issue a refund in Stripe”"
        assert told(world, "manager") == []
        assert told(world, "support") == []

    def test_a_review_that_is_due_is_told_before_and_after_the_day(self, world: World) -> None:
        from routebook.store.actions import notices
        from routebook.store.models import Document

        Document.objects.filter(slug="issue-a-refund-in-stripe").update(review_by=dt.date(2026, 12, 1))
        for day in (23, 24, 25):
            moment = LATER.replace(day=day)
            notices.remind(moment)
            deliver(moment)
        assert len(told(world, "manager")) == 1  # Head of Support owns it
        after = dt.datetime(2026, 12, 2, 12, 0, tzinfo=dt.UTC)
        notices.remind(after)
        deliver(after)
        assert [notice.about for notice in told(world, "manager")] == [
            "Its review is due on 2026-12-01.",
            "Its review was due on 2026-12-01.",
        ]


class TestMail:
    def test_at_once_says_where_it_goes_on_and_how_to_switch_it_off(self, world: World) -> None:
        world.start("manager")
        deliver()
        (mail,) = mails(world, "support")
        assert mail["to"] == "support@adler.example"
        assert mail["subject"] == "Your turn: Request received"
        for part in (mail["text"], mail["html"]):
            assert "/runs/1/tasks/1/" in part
            assert mail["unsubscribe"] in part

    def test_off_means_none_but_for_a_decision(self, world: World) -> None:
        choose(world, "support", MailWhen.OFF)
        choose(world, "manager", MailWhen.OFF)
        run = world.start("manager").run
        options = ("Pay", "Decline", "Ask the bank")
        world.do("support", run, c.Escalate(1, "The card is stolen", options, "Ask the bank"))
        deliver()
        assert len(told(world, "support")) == 1
        assert mails(world, "support") == []
        (mail,) = mails(world, "manager")
        assert "needs your decision" in mail["subject"]
        assert mail["unsubscribe"] == ""
        assert "even while other mail is off" in mail["text"]

    def test_once_a_day_is_one_mail_in_the_readers_morning(self, world: World) -> None:
        from routebook.store.actions import notices

        choose(world, "support", MailWhen.DAILY)
        for _ in range(2):
            world.start("manager")
        deliver()
        assert notices.summarise(LATER) == 0  # eight in Manila was before the first of them
        midnight_utc = dt.datetime(2026, 11, 24, 0, 1, tzinfo=dt.UTC)  # one past eight in Manila
        assert notices.summarise(midnight_utc) == 1
        assert notices.summarise(midnight_utc) == 0
        (mail,) = mails(world, "support")
        assert mail["subject"] == "2 things for you · Adler Coaching"
        assert mail["text"].count("Your turn: Request received") == 2

    def test_what_was_read_needs_no_mail(self, world: World) -> None:
        from routebook.store.actions import notices

        choose(world, "support", MailWhen.DAILY)
        world.start("manager")
        deliver()
        notices.read_all(world.actor("support"), now=LATER)
        assert notices.summarise(LATER + dt.timedelta(days=1)) == 0
        assert mails(world, "support") == []

    def test_nobody_without_an_account_gets_mail(self, world: World) -> None:
        from routebook.store.models import Member

        Member.objects.filter(pk=world.members["support"].pk).update(user=None)
        world.start("manager")
        deliver()
        assert len(told(world, "support")) == 1
        assert mails(world, "support") == []

    def test_a_line_break_in_a_title_stays_out_of_the_subject(self, world: World) -> None:
        from routebook.store import mails as written
        from routebook.store.models import Notice

        notice = Notice(title="One\r\nBcc: all@example.com", about="<b>bold</b>", address="/", created_at=LATER)
        mail = written.about(world.members["support"], notice)
        assert mail.subject == "One Bcc: all@example.com"
        assert "&lt;b&gt;bold&lt;/b&gt;" in mail.html


class TestSwitchingOff:
    def test_the_link_works_once_and_again(self, world: World) -> None:
        from routebook.store import mails as written
        from routebook.store.actions import notices
        from routebook.store.models import Member

        token = written.token_of(world.members["support"])
        for _ in range(2):
            notices.unsubscribe(token, now=LATER)
        assert Member.objects.get(pk=world.members["support"].pk).mail == MailWhen.OFF

    @pytest.mark.parametrize("token", ["", "1", "1:forged", "x:y:z"])
    def test_a_token_that_we_never_made_is_not_found(self, world: World, token: str) -> None:
        from routebook.store.access import NotFound
        from routebook.store.actions import notices

        with pytest.raises(NotFound):
            notices.unsubscribe(token, now=LATER)


def test_what_is_long_done_is_forgotten(world: World) -> None:
    from routebook.store.actions import notices
    from routebook.store.models import Notice, Outbox

    world.start("manager")
    deliver()
    notices.read_all(world.actor("support"), now=LATER)
    notices.tidy(LATER + dt.timedelta(days=20))
    assert Notice.objects.exists()
    assert Outbox.objects.filter(done_at__isnull=False).exists()
    notices.tidy(LATER + dt.timedelta(days=200))
    assert not Notice.objects.exists()
    assert not Outbox.objects.filter(done_at__isnull=False).exists()
