"""Mail to a real mail server on this machine, one that answers as told: nothing twice, nothing lost in silence."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import threading
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from routebook.store.models import Outbox
    from routebook.worker.mailer import Mailer
    from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


class Server:
    """A mail server's conduct: what it took, and what it answers to the next mails."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to: list[str] = []
        self.answers: list[str] = []
        self.refused: set[str] = set()
        self.break_after_data = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append(cast("EmailMessage", email.message_from_bytes(envelope.content, policy=email.policy.default)))
        self.to += envelope.rcpt_tos
        if self.break_after_data:
            assert server.transport is not None
            server.transport.abort()  # the mail is here, and the sender never hears of it
        return "250 OK"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    conduct = Server()
    controller = Controller(conduct, hostname="127.0.0.1", port=0)
    # The controller wants to know its port before it listens; the system chooses a free one.
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 5
    yield conduct
    if controller.loop.is_running():
        controller.stop()


@pytest.fixture
def mailer() -> Mailer:
    from routebook.worker.mailer import Mailer

    return Mailer()


def enqueue(world: World, who: str = "support", n: int = 1, **changed: Any) -> list[int]:
    from routebook.store.mails import Mail
    from routebook.store.models import Outbox

    made = []
    for _ in range(n):
        mail = Mail(
            **{
                "to": f"{who}@adler.example",
                "subject": "Your turn: Verify “eligibility” — ñ",
                "text": "Über alles.\n",
                "html": "<p>Über alles.</p>",
                "unsubscribe": "http://127.0.0.1:8000/unsubscribe/3:abc/",
                **changed,
            }
        )
        row = Outbox.objects.create(
            org=world.organisation, kind="mail", key=uuid.uuid4().hex, payload=mail.to_json(), next_due=NOON
        )
        made.append(row.pk)
    return made


def row(pk: int) -> Outbox:
    from routebook.store.models import Outbox

    return Outbox.objects.get(pk=pk)


def test_a_file_goes_with_it_and_is_not_kept_twice(world: World, server: Server, mailer: Mailer) -> None:
    from routebook.store.mails import Attachment

    file = Attachment("step.pdf", "application/pdf", "JVBERi0xLjcK")
    (pk,) = enqueue(world, attachments=(file,), text="The code is s3cret.", secret="s3cret")
    assert mailer.send_due(NOON) == 1
    (mail,) = server.taken
    (arrived,) = mail.iter_attachments()
    assert (arrived.get_filename(), arrived.get_content_type()) == ("step.pdf", "application/pdf")
    assert arrived.get_content() == b"%PDF-1.7\n"
    assert "s3cret" in str(mail.get_body(("plain",)))
    kept = row(pk).payload
    assert "step.pdf" in kept
    assert "JVBERi0" not in kept
    assert "s3cret" not in kept


def test_a_mail_arrives_whole_and_once(world: World, server: Server, mailer: Mailer) -> None:
    (pk,) = enqueue(world)
    assert [mailer.send_due(NOON), mailer.send_due(NOON + dt.timedelta(days=1))] == [1, 0]
    (mail,) = server.taken
    assert server.to == ["support@adler.example"]
    assert mail["Subject"] == "Your turn: Verify “eligibility” — ñ"
    assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/unsubscribe/3:abc/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == ("Über alles.", "<p>Über alles.</p>")
    assert row(pk).done_at is not None


def test_a_server_that_is_away_blocks_nothing_and_is_asked_again(
    world: World, server: Server, mailer: Mailer, settings: Any
) -> None:
    from routebook.store.queries import inbox

    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    pks = enqueue(world, n=3)
    assert mailer.send_due(NOON) == 0
    assert inbox.troubles(world.actor("owner"))[0] == 3
    assert inbox.troubles(world.actor("manager")) == (0, None)
    assert "can't be reached" in inbox.post(world.actor("owner")).troubles[0].reason
    assert mailer.send_due(NOON) == 0  # not before the pause is over
    settings.EMAIL_PORT = port
    assert mailer.send_due(NOON + dt.timedelta(minutes=1)) == 3
    assert all(row(pk).done_at for pk in pks)
    assert len(server.taken) == 3
    assert inbox.troubles(world.actor("owner")) == (0, None)


def test_not_now_is_tried_again_later(world: World, server: Server, mailer: Mailer) -> None:
    (pk,) = enqueue(world)
    server.answers = ["451 4.3.0 try later"]
    mailer.send_due(NOON)
    assert (server.taken, row(pk).done_at) == ([], None)
    assert "451 4.3.0 try later" in row(pk).error
    row_due = row(pk).next_due
    assert row_due is not None
    assert mailer.send_due(row_due + dt.timedelta(seconds=1)) == 1
    assert len(server.taken) == 1
    assert row(pk).error == ""


def test_never_is_given_up_and_shown_and_the_others_go_out(world: World, server: Server, mailer: Mailer) -> None:
    from routebook.store.queries import inbox

    gone, fine = enqueue(world, "support")[0], enqueue(world, "finance")[0]
    server.refused = {"support@adler.example"}
    mailer.send_due(NOON)
    assert server.to == ["finance@adler.example"]
    assert row(fine).done_at is not None
    assert (row(gone).done_at, row(gone).next_due) == (None, None)
    (trouble,) = inbox.post(world.actor("owner")).troubles
    assert trouble.to == "support@adler.example"
    assert "550 5.1.1 no such person here" in trouble.reason


def test_a_mail_that_may_have_arrived_is_not_sent_again_by_itself(world: World, server: Server, mailer: Mailer) -> None:
    from routebook.store.actions import mails

    first, second = enqueue(world, n=2)
    server.break_after_data = True
    mailer.send_due(NOON)
    server.break_after_data = False
    mailer.send_due(NOON + dt.timedelta(days=1))
    assert len(server.taken) == 2  # the first, of which nobody knew, and the second
    assert row(second).done_at is not None
    assert row(first).next_due is None
    assert "It may have arrived" in row(first).error
    mails.send_again(world.actor("owner"), first, now=NOON)
    mailer.send_due(NOON)
    assert len(server.taken) == 3
    assert len({str(mail["Message-ID"]) for mail in server.taken}) == 2  # so a mailbox can tell


def test_a_server_that_died_while_sending_sends_nothing_twice(world: World, server: Server, mailer: Mailer) -> None:
    from routebook.store.actions import mails

    (pk,) = enqueue(world)
    assert [one.id for one in mails.claim(NOON)] == [pk]  # and here it died
    assert mailer.send_due(NOON) == 0
    assert mailer.send_due(NOON + mails.LEASE) == 0
    assert server.taken == []
    assert "The server stopped while this was being sent" in row(pk).error


def test_two_processes_share_the_mails(world: World, server: Server, database: str) -> None:
    from django.db import connection

    from routebook.worker.mailer import Mailer

    enqueue(world, n=30)

    def work() -> None:
        own = Mailer()
        while own.send_due(NOON):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.taken) == 30
    assert len({str(mail["Message-ID"]) for mail in server.taken}) == 30


def test_the_samples_mail_never_leaves_the_machine(
    world: World, server: Server, mailer: Mailer, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_FOLDER = tmp_path / "mail"
    enqueue(world, local=True)
    assert mailer.send_due(NOON) == 1
    assert server.taken == []
    (file,) = settings.MAIL_FOLDER.iterdir()
    assert b"To: support@adler.example" in file.read_bytes()


def test_a_folder_that_cannot_be_written_is_a_reason_to_wait(
    world: World, mailer: Mailer, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.MAIL_FOLDER.write_text("a file stands where the folder should be")
    (pk,) = enqueue(world)
    assert mailer.send_due(NOON) == 0
    assert (row(pk).done_at, row(pk).claimed_until) == (None, None)
    assert row(pk).next_due is not None
    assert "can't be written" in row(pk).error


class TestTheDispatcher:
    def test_a_round_tells_and_sends(self, world: World, server: Server) -> None:
        from routebook.worker.dispatcher import Work

        world.start("manager")
        work = Work()
        work.tick(NOON)
        work.tick(NOON + dt.timedelta(seconds=1))
        assert server.to == ["support@adler.example"]
        (mail,) = server.taken
        assert mail["Subject"] == "Your turn: Request received"

    def test_a_round_that_fails_does_not_end_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        from routebook.worker import dispatcher

        rounds, third = [], threading.Event()

        def tick(self: object, now: dt.datetime) -> None:
            rounds.append(now)
            if len(rounds) == 3:
                third.set()
            raise RuntimeError("a fault that nobody thought of")

        monkeypatch.setattr(dispatcher, "TICK_SECONDS", 0.01)
        monkeypatch.setattr(dispatcher.Work, "tick", tick)
        thread = dispatcher.start()
        assert third.wait(60)
        thread.stop()
        thread.join(60)
        assert not thread.is_alive()
