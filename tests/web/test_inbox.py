"""The pages of the inbox and of outgoing mail, asked by everybody of the cast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from routebook.store.models import Notice
    from tests.world import World

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
CAST = ("owner", "manager", "support", "finance", "guest", "agent", "outsider")

As = Callable[[str], Client]


@pytest.fixture
def notice(world: World) -> Notice:
    """Support's turn, told by inbox and mail."""
    from routebook.store.actions import notices
    from routebook.store.models import Notice

    world.start("manager")
    while notices.deliver(NOON):
        pass
    return Notice.objects.get(member=world.members["support"])


def mail_id() -> int:
    from routebook.store.models import Outbox

    return Outbox.objects.get(kind="mail").pk


@pytest.mark.parametrize("who", CAST)
def test_everybody_has_an_inbox_with_what_is_theirs(as_: As, notice: Notice, who: str) -> None:
    page = as_(who).get("/inbox/")
    assert page.status_code == 200
    assert ("Your turn: Request received" in page.content.decode()) == (who == "support")


@pytest.mark.parametrize("who", CAST)
def test_a_line_leads_its_reader_on_and_nobody_else(as_: As, notice: Notice, who: str) -> None:
    response = as_(who).get(f"/inbox/{notice.pk}/")
    notice.refresh_from_db()
    if who == "support":
        assert (response.status_code, response.headers["Location"]) == (302, "/runs/1/tasks/1/")
        assert notice.read_at is not None
    else:
        assert response.status_code == 404
        assert notice.read_at is None


def test_the_badge_counts_what_is_new(as_: As, notice: Notice) -> None:
    assert 'aria-label="Inbox, 1 new"' in as_("support").get("/").content.decode()
    as_("support").post("/inbox/readings/")
    assert 'aria-label="Inbox"' in as_("support").get("/").content.decode()


@pytest.mark.parametrize("who", CAST)
def test_a_mail_is_shown_to_its_reader_and_to_the_owner(as_: As, notice: Notice, who: str) -> None:
    may = who in ("owner", "support")
    for address in (f"/inbox/mails/{mail_id()}/", f"/inbox/mails/{mail_id()}/html/"):
        assert as_(who).get(address).status_code == (200 if may else 404)


def test_the_look_of_a_mail_may_load_nothing_and_run_nothing(as_: As, notice: Notice) -> None:
    response = as_("support").get(f"/inbox/mails/{mail_id()}/html/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize("when", ["daily", "off", "at-once"])
def test_when_mail_comes_is_each_ones_own_choice(as_: As, world: World, when: str) -> None:
    from routebook.store.models import Member

    assert as_("support").post("/inbox/mail/", {"mail": when}).status_code == 302
    assert Member.objects.get(pk=world.members["support"].pk).mail == when
    assert f'value="{when}" checked' in as_("support").get("/inbox/mail/").content.decode()


def test_no_other_choice_is_taken(as_: As, world: World) -> None:
    response = as_("support").post("/inbox/mail/", {"mail": "hourly"})
    assert response.status_code == 409
    assert "Choose at once, once a day, or off." in response.content.decode()


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("method", ["get", "test", "again"])
def test_outgoing_mail_is_the_owners(as_: As, notice: Notice, who: str, method: str) -> None:
    client = as_(who)
    ask: dict[str, Callable[[], Any]] = {
        "get": lambda: client.get("/organisation/mail/"),
        "test": lambda: client.post("/organisation/mail/test/"),
        "again": lambda: client.post(f"/organisation/mail/{mail_id()}/"),
    }
    fine = 200 if method == "get" else 302
    expected = {"owner": fine, "outsider": 404 if method == "again" else fine}
    assert ask[method]().status_code == expected.get(who, 403)


def test_what_did_not_go_stands_there_with_its_reason(as_: As, notice: Notice) -> None:
    from routebook.store.actions import mails

    mails.claim(NOON)
    mails.failed(mail_id(), "The mail server said 550 no such person.", now=NOON, for_good=True)
    page = as_("owner").get("/organisation/mail/").content.decode()
    assert "The mail server said 550 no such person." in page
    assert "It isn&#x27;t tried again by itself." in page or "It isn't tried again by itself." in page
    assert as_("owner").post(f"/organisation/mail/{mail_id()}/").status_code == 302
    assert "550" not in as_("owner").get("/organisation/mail/").content.decode()


class TestSwitchingOffFromAMail:
    def address(self, world: World) -> str:
        from routebook.store import mails

        return f"/unsubscribe/{mails.token_of(world.members['support'])}/"

    def test_opening_the_link_changes_nothing(self, client: Client, world: World) -> None:
        from routebook.store.models import Member

        page = client.get(self.address(world))
        assert "Switch mail off?" in page.content.decode()
        assert Member.objects.get(pk=world.members["support"].pk).mail == "at-once"

    def test_a_mail_program_may_post_without_signing_in(self, world: World) -> None:
        from routebook.store.models import Member

        strict = Client(enforce_csrf_checks=True)
        response = strict.post(self.address(world), {"List-Unsubscribe": "One-Click"})
        assert "Mail is off" in response.content.decode()
        assert Member.objects.get(pk=world.members["support"].pk).mail == "off"

    def test_a_forged_link_is_not_found(self, client: Client, world: World) -> None:
        assert client.post(f"/unsubscribe/{world.id('support')}:AAAA/").status_code == 404


def test_the_inbox_asks_a_bounded_number_of_questions(
    as_: As, notice: Notice, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    from routebook.store.models import Notice

    Notice.objects.bulk_create(
        Notice(
            org=notice.org,
            member=notice.member,
            kind="task.opened",
            key=f"k{n}",
            title="T",
            address="/",
            created_at=NOON,
        )
        for n in range(80)
    )
    client = as_("support")
    with django_assert_max_num_queries(8):
        client.get("/inbox/")
