"""Signing in and out, the lock after wrong passwords, setting up, joining, and the sample's open door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from routebook.store.actions import leaving, members, organisations
from routebook.store.models import Invitation, Member, Organisation, User
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
GOOD = "harbour lights at nine"
As = Callable[[str], Client]


@pytest.fixture(autouse=True)
def nobody_locked_out() -> Iterator[None]:
    """What one test typed wrong must not lock the next one out."""
    from axes.utils import reset

    reset()
    yield
    reset()


def sign_in(client: Client, password: str, email: str = "support@adler.example", **extra: Any) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **extra})


# --- in and out ---------------------------------------------------------------------------------


def test_the_right_password_opens_home(world: World, client: Client) -> None:
    response = sign_in(client, PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert "Suri" in client.get("/").content.decode()


def test_the_address_may_be_typed_in_capitals(world: World, client: Client) -> None:
    assert sign_in(client, PASSWORD, "Support@Adler.Example").status_code == 302


def test_signing_in_goes_on_to_where_one_wanted_to_go(world: World, client: Client) -> None:
    assert sign_in(client, PASSWORD, next="/runs/").headers["Location"] == "/runs/"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(world: World, client: Client, target: str) -> None:
    assert sign_in(client, PASSWORD, next=target).headers["Location"] == "/"


def test_a_wrong_password_says_nothing_about_who_is_here(world: World, client: Client) -> None:
    known = sign_in(client, "wrong").content.decode()
    unknown = sign_in(client, "wrong", "nobody@adler.example").content.decode()
    said = "Please enter a correct"
    assert said in known
    assert said in unknown
    assert 'aria-invalid="true"' in known


def test_signing_out_needs_a_button_and_ends_the_session(world: World, as_: As) -> None:
    client = as_("support")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/").status_code == 302


def test_forms_are_protected_against_other_sites(world: World) -> None:
    assert sign_in(Client(enforce_csrf_checks=True), PASSWORD).status_code == 403


def test_five_wrong_passwords_lock_this_name_and_place(world: World, client: Client) -> None:
    statuses = [sign_in(client, "wrong").status_code for _ in range(5)]
    assert statuses[:4] == [200] * 4
    assert statuses[4] == 429
    assert sign_in(client, PASSWORD).status_code == 429, "even the right one, for a quarter of an hour"
    assert sign_in(client, PASSWORD, "finance@adler.example").status_code == 302, "others are not locked out"


def test_capitals_give_no_further_tries(world: World, client: Client) -> None:
    for spelled in (
        "support@adler.example",
        "Support@adler.example",
        "SUPPORT@adler.example",
        " support@Adler.example",
    ):
        sign_in(client, "wrong", spelled)
    assert sign_in(client, "wrong", "support@adler.EXAMPLE").status_code == 429
    assert sign_in(client, PASSWORD).status_code == 429


def test_the_lock_opens_after_a_quarter_of_an_hour(world: World, client: Client) -> None:
    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(client, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=16))
    assert sign_in(client, PASSWORD).status_code == 302


def test_a_person_who_left_finds_no_organisation(world: World, client: Client) -> None:
    Member.objects.filter(pk=world.members["support"].pk).update(active=False)
    sign_in(client, PASSWORD)
    response = client.get("/")
    assert response.status_code == 403
    assert "Refund" not in response.content.decode()


# --- setting up ---------------------------------------------------------------------------------

OWNER = {
    "organisation": "Harbour Studio",
    "time_zone": "Asia/Singapore",
    "name": "Nia Okoro",
    "email": "nia@example.com",
    "password": GOOD,
}


def test_the_set_up_link_makes_the_owner_and_works_once(client: Client) -> None:
    address = f"/setup/{organisations.new_setup_link()}/"
    assert client.get(address).status_code == 200
    response = client.post(address, OWNER)
    assert (response.status_code, response.headers["Location"]) == (302, "/plate/")
    assert "Map your first process" in client.get("/").content.decode()
    member = Member.objects.select_related("org", "user").get()
    assert (member.access, member.org.name, member.org.time_zone) == ("owner", "Harbour Studio", "Asia/Singapore")
    assert Client().post(address, {**OWNER, "email": "eve@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_a_newer_set_up_link_replaces_the_older(client: Client) -> None:
    old, new = organisations.new_setup_link(), organisations.new_setup_link()
    assert [client.get(f"/setup/{token}/").status_code for token in (old, new)] == [404, 200]


def test_nobody_sets_up_a_server_that_has_people(world: World, client: Client) -> None:
    token = organisations.new_setup_link()
    assert client.get(f"/setup/{token}/").status_code == 404
    assert client.post(f"/setup/{token}/", OWNER).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation", " "),
        ("name", ""),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "password1234"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(client: Client, field: str, value: str) -> None:
    address = f"/setup/{organisations.new_setup_link()}/"
    response = client.post(address, {**OWNER, field: value})
    shown = response.content.decode()
    assert response.status_code == 409
    assert f'id="{field}-error"' in shown
    for other in ("organisation", "name", "email"):
        if other != field:
            assert f'value="{OWNER[other]}"' in shown
    assert GOOD not in shown, "a password is never sent back"
    assert not User.objects.exists()
    assert not Organisation.objects.exists()
    assert client.post(address, OWNER).status_code == 302, "the link still works"


# --- joining ------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(world: World) -> Member:
    from routebook.core.document import Access

    return members.add(
        world.actor("owner"), name="Nia Okoro", access=Access.ASSISTANT, email="nia@example.com", now=timezone.now()
    )


def invited(world: World, member: Member, at: dt.datetime | None = None) -> str:
    return f"/join/{members.invite(world.actor('owner'), member.pk, now=at or timezone.now())}/"


def test_an_invitation_makes_an_account_once(world: World, newcomer: Member, client: Client) -> None:
    address = invited(world, newcomer)
    assert "Fern Adler invited you, Nia Okoro." in client.get(address).content.decode()
    response = client.post(address, {"email": "nia@example.com", "password": GOOD})
    assert response.headers["Location"] == "/"
    assert "Nia" in client.get("/").content.decode()
    again = Client().post(address, {"email": "eve@example.com", "password": GOOD})
    assert again.status_code == 404
    assert not User.objects.filter(email="eve@example.com").exists()


def test_an_invitation_ends_after_seven_days(world: World, newcomer: Member, client: Client) -> None:
    address = invited(world, newcomer, timezone.now() - dt.timedelta(days=7, minutes=1))
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "nia@example.com", "password": GOOD}).status_code == 404


def test_a_second_invitation_replaces_the_first(world: World, newcomer: Member, client: Client) -> None:
    first, second = invited(world, newcomer), invited(world, newcomer)
    assert [client.get(first).status_code, client.get(second).status_code] == [404, 200]


def test_who_left_meanwhile_can_not_join(world: World, newcomer: Member, client: Client) -> None:
    address = invited(world, newcomer)
    leaving.finish(world.actor("owner"), newcomer.pk, now=timezone.now())
    assert client.get(address).status_code == 404


def test_a_taken_address_is_refused_beside_its_field(world: World, newcomer: Member, client: Client) -> None:
    address = invited(world, newcomer)
    response = client.post(address, {"email": "support@adler.example", "password": GOOD})
    assert response.status_code == 409
    assert 'id="email-error"' in response.content.decode()
    assert Invitation.objects.get(member=newcomer).used_at is None


def test_who_has_an_account_elsewhere_joins_with_it(world: World, newcomer: Member, as_: As) -> None:
    address = invited(world, newcomer)
    client = as_("outsider")
    assert "outsider@zander.example" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.user == world.members["outsider"].user
    assert "Adler Coaching" in client.get("/").content.decode()


def test_nobody_joins_an_organisation_twice(world: World, newcomer: Member, as_: As) -> None:
    response = as_("support").post(invited(world, newcomer))
    assert response.status_code == 409
    assert "already belong" in response.content.decode()


# --- the sample's door --------------------------------------------------------------------------


@pytest.fixture
def sample(world: World) -> World:
    Organisation.objects.filter(pk=world.organisation.pk).update(sample=True)
    return world


@pytest.mark.parametrize(
    ("serving_on_loopback", "visitor", "is_open"),
    [
        (True, "127.0.0.1", True),
        (True, "::1", True),
        (True, "192.0.2.7", False),
        (True, "", False),
        (False, "127.0.0.1", False),
    ],
)
def test_one_click_opens_the_sample_on_this_machine_only(
    sample: World, settings: Any, serving_on_loopback: bool, visitor: str, is_open: bool
) -> None:
    settings.SERVING_ON_LOOPBACK = serving_on_loopback
    client = Client(REMOTE_ADDR=visitor)
    assert ("Look around as Suri Castell" in client.get("/sign-in/").content.decode()) is is_open
    response = client.post("/sign-in/sample/", {"as": "support"})
    assert response.status_code == (302 if is_open else 404)
    assert (client.get("/").status_code == 200) is is_open


@pytest.mark.parametrize("key", ["outsider", "nobody", ""])
def test_the_door_leads_to_the_sample_only(sample: World, settings: Any, key: str) -> None:
    settings.SERVING_ON_LOOPBACK = True
    client = Client(REMOTE_ADDR="127.0.0.1")
    assert client.post("/sign-in/sample/", {"as": key}).status_code == 404
    assert client.get("/").status_code == 302


def test_without_a_sample_there_is_no_door(world: World, settings: Any) -> None:
    settings.SERVING_ON_LOOPBACK = True
    client = Client(REMOTE_ADDR="127.0.0.1")
    assert "Look around" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/sample/", {"as": "owner"}).status_code == 404
