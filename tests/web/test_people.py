"""People, roles and the organisation: who may see and change what, and that what was typed stays."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from routebook.store.actions import mails
from routebook.store.mails import mail_of
from routebook.store.models import Away, Event, Invitation, Member, Organisation, Outbox, Role
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]

NEW = {"name": "Nia Okoro", "email": "nia@example.com", "access": "assistant", "time_zone": "Africa/Lagos"}
WEEK = {f"{day}-{end}": at for day in ("mon", "tue") for end, at in (("from", "09:00"), ("to", "17:00"))}


def person(world: World, who: str) -> str:
    return f"/people/{world.members[who].pk}/"


def edit(world: World, who: str) -> str:
    return f"{person(world, who)}edit/"


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 200), ("support", 200), ("agent", 200), ("guest", 403), ("outsider", 200)],
)
def test_who_works_here_is_seen_by_who_works_here(world: World, as_: As, who: str, status: int) -> None:
    response = as_(who).get("/people/")
    assert response.status_code == status
    assert ("Tove Dahl" in response.content.decode()) is (status == 200 and who != "outsider")


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 200), ("support", 403), ("agent", 403), ("guest", 403)],
)
@pytest.mark.parametrize("address", ["/people/new/", "/roles/new/", "person", "role"])
def test_people_and_roles_are_changed_by_who_manages_them(
    world: World, as_: As, address: str, who: str, status: int
) -> None:
    found = {"person": edit(world, "finance"), "role": f"/roles/{Role.objects.get(title='Founder').pk}/"}
    address = found.get(address, address)
    client = as_(who)
    assert client.get(address).status_code == status
    if status == 403:
        before = (Member.objects.count(), list(Role.objects.values_list("title", "backup")))
        assert client.post(address, {**NEW, "title": "Spy"}).status_code == 403
        assert before == (Member.objects.count(), list(Role.objects.values_list("title", "backup")))


def test_a_person_who_is_sent_twice_by_one_form_is_added_once(world: World, as_: As) -> None:
    client = as_("owner")
    for _ in range(2):
        assert client.post("/people/new/", {**NEW, "command": "one-form"}).status_code == 302
    assert Member.objects.filter(name=NEW["name"]).count() == 1
    client.post("/people/new/", {**NEW, "email": "nia.two@example.com", "command": "another form"})
    assert Member.objects.filter(name=NEW["name"]).count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 403), ("support", 403), ("agent", 403), ("guest", 403)],
)
def test_the_organisation_is_the_owners(world: World, as_: As, who: str, status: int) -> None:
    client = as_(who)
    assert client.get("/organisation/").status_code == status
    if status == 403:
        assert client.post("/organisation/", {"name": "Mine", "time_zone": "UTC", **WEEK}).status_code == 403
        assert Organisation.objects.get(pk=world.organisation.pk).name == "Adler Coaching"


def test_things_of_another_organisation_are_not_there(world: World, as_: As) -> None:
    client = as_("outsider")
    role = Role.objects.get(title="Founder", org=world.organisation)
    assert client.get(person(world, "finance")).status_code == 404
    for address in (edit(world, "finance"), f"/roles/{role.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {**NEW, "title": "Founder"}).status_code == 404
    for part in ("invitation", "away", "back"):
        data = {"first": "2026-12-01", "last": "2026-12-02"}
        assert client.post(f"{person(world, 'finance')}{part}/", data).status_code == 404
    assert client.post("/roles/new/", {"title": "Spy", "holder": [str(world.members["finance"].pk)]}).status_code == 404
    assert not Role.objects.filter(title="Spy").exists()
    assert not Away.objects.exists()
    assert not Invitation.objects.exists()


# --- people -------------------------------------------------------------------------------------


def test_a_person_is_added_invited_and_the_link_is_shown_once(world: World, as_: As) -> None:
    client = as_("manager")
    assert client.post("/people/new/", NEW).headers["Location"] == "/people/"
    member = Member.objects.get(name="Nia Okoro")
    assert (member.org, member.access, member.time_zone) == (world.organisation, "assistant", "Africa/Lagos")
    client.post(f"/people/{member.pk}/invitation/")
    assert "/join/" in client.get("/people/").content.decode()
    assert "/join/" not in client.get("/people/").content.decode()


def test_an_invitation_goes_by_mail_where_there_is_a_server(world: World, as_: As, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    client = as_("manager")
    client.post("/people/new/", NEW)
    member = Member.objects.get(name="Nia Okoro")
    client.post(f"/people/{member.pk}/invitation/")
    shown = client.get("/people/").content.decode()
    assert "on its way to nia@example.com" in shown
    link = re.search(r"http://[^\"]+(/join/[^\"]+)", shown)
    assert link
    (row,) = Outbox.objects.filter(kind="mail")
    mail = mail_of(row.payload)
    assert (mail.to, mail.unsubscribe) == ("nia@example.com", "")
    assert link[1] in mail.text
    assert link[1] in mail.html
    assert mail.secret not in as_("owner").get(f"/inbox/mails/{row.pk}/").content.decode()

    mails.sent(row.pk, now=world.at())
    row.refresh_from_db()
    assert mail.secret not in row.payload, "only its digest is kept once it is sent"
    assert Client().get(link[1]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "marked"),
    [
        ("name", " ", "name"),
        ("email", "nobody", "email"),
        ("access", "king", "access"),
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("mon-from", "later", "mon"),
        ("mon-to", "08:00", "mon"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(world: World, as_: As, field: str, value: str, marked: str) -> None:
    response = as_("owner").post("/people/new/", {**NEW, **WEEK, "own_week": "1", field: value})
    shown = response.content.decode()
    assert response.status_code == 409
    assert f'id="{marked}-error"' in shown
    if field != "name":
        assert 'value="Nia Okoro"' in shown
    assert not Member.objects.filter(email="nia@example.com").exists()


def test_a_manager_makes_no_owner_and_changes_none(world: World, as_: As) -> None:
    client = as_("manager")
    assert client.post("/people/new/", {**NEW, "access": "owner"}).status_code == 409
    assert client.post(edit(world, "owner"), {**NEW, "access": "guest"}).status_code == 409
    assert Member.objects.get(pk=world.members["owner"].pk).access == "owner"
    assert client.post(edit(world, "manager"), {**NEW, "access": "owner"}).status_code == 409


def test_somebody_must_own_the_organisation(world: World, as_: As) -> None:
    response = as_("owner").post(edit(world, "owner"), {**NEW, "access": "manager"})
    assert response.status_code == 409
    assert 'id="access-error"' in response.content.decode()


def test_own_hours_are_kept_and_given_up_again(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(edit(world, "finance"), {**NEW, **WEEK, "own_week": "1"})
    member = Member.objects.get(pk=world.members["finance"].pk)
    assert member.week == [[0, 540, 1020], [1, 540, 1020]]
    client.post(edit(world, "finance"), {**NEW, **WEEK})
    assert Member.objects.get(pk=member.pk).week is None


def test_who_can_sign_in_is_not_invited_again(world: World, as_: As) -> None:
    response = as_("owner").post(f"{person(world, 'support')}invitation/")
    assert response.status_code == 409
    assert "can already sign in" in response.content.decode()


# --- one person ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "manager", "finance", "support", "agent"])
def test_everybody_who_works_here_sees_who_somebody_is(world: World, as_: As, who: str) -> None:
    shown = as_(who).get(person(world, "finance")).content.decode()
    for words in ("Tove Dahl", "Finance assistant", "Mon–Fri 09:00–17:00", "Calendar"):
        assert words in shown
    manages = who in ("owner", "manager")
    assert ("Open tasks" in shown) is (manages or who == "finance")
    assert ("An hour costs" in shown) is manages
    assert ("finance@adler.example" in shown) is (manages or who == "finance")


def test_guests_see_nobody(world: World, as_: As) -> None:
    assert as_("guest").get(person(world, "finance")).status_code == 403


def test_capacity_and_cost_are_kept_and_seen_by_owner_and_manager_only(world: World, as_: As) -> None:
    address = person(world, "finance")
    sent = as_("manager").post(f"{address}capacity/", {"capacity": "20", "cost": "17,50"})
    assert sent.status_code == 302
    row = Member.objects.get(pk=world.members["finance"].pk)
    assert (row.capacity, row.cost) == (Decimal(20), Decimal("17.5"))
    assert 'value="17.5"' in as_("owner").get(address).content.decode()
    for who in ("finance", "support", "agent"):
        assert "17.5" not in as_(who).get(address).content.decode()
        assert as_(who).post(f"{address}capacity/", {"capacity": "1", "cost": "1"}).status_code == 403
    assert as_("guest").post(f"{address}capacity/", {}).status_code == 403
    assert as_("outsider").post(f"{address}capacity/", {}).status_code == 404
    assert "17" not in Event.objects.filter(stream=f"member:{row.pk}").latest("seq").payload, "no sum in the record"


@pytest.mark.parametrize(
    ("field", "value"), [("capacity", "many"), ("capacity", "200"), ("cost", "-1"), ("cost", "NaN"), ("cost", "1e9")]
)
def test_numbers_that_are_none_stand_beside_their_field(world: World, as_: As, field: str, value: str) -> None:
    response = as_("owner").post(f"{person(world, 'finance')}capacity/", {field: value})
    assert response.status_code == 409
    assert f'id="{field}-error"' in response.content.decode()
    assert f'value="{value}"' in response.content.decode()


def test_days_away_that_are_over_are_no_longer_listed(world: World, as_: As) -> None:
    today = dt.datetime.now(ZoneInfo("Asia/Manila")).date()
    for back, forth in ((40, 30), (1, -3)):
        first, last = today - dt.timedelta(days=back), today - dt.timedelta(days=forth)
        Away.objects.create(org=world.organisation, member=world.members["support"], first=first, last=last)
    shown = as_("support").get(person(world, "support")).content.decode()
    assert shown.count("Take back") == 1
    assert f'name="first" value="{today - dt.timedelta(days=1)}"' in shown


def test_the_calendar_shows_days_away(world: World, as_: As) -> None:
    today = dt.datetime.now(ZoneInfo("Asia/Manila")).date()
    address = person(world, "support")
    as_("support").post(f"{address}away/", {"first": today.isoformat(), "last": today.isoformat()})
    shown = as_("finance").get(address).content.decode()
    assert 'class="away today" aria-current="date"' in shown
    assert "Take back" not in shown, "colleagues see the days and change nothing"


def test_one_person_s_hand_offs_are_seen_by_those_concerned(world: World, as_: As) -> None:
    world.hand_off("issue", "finance", "owned")
    for who in ("owner", "manager", "finance"):
        assert "Issue the refund" in as_(who).get(person(world, "finance")).content.decode(), who
    for who in ("support", "agent"):
        assert "Issue the refund" not in as_(who).get(person(world, "finance")).content.decode(), who


# --- who can do what ----------------------------------------------------------------------------

ABILITIES = "/people/abilities/"


def test_the_steps_that_only_one_person_can_do_stand_first(world: World, as_: As) -> None:
    world.hand_off("issue", "finance", "owned")
    world.hand_off("verify", "support", "supervised")
    world.hand_off("verify", "backup", "owned")
    world.hand_off("decline", "support", "practice")
    shown = " ".join(as_("manager").get(ABILITIES).content.decode().split())
    assert 'Only one person can <small class="num">1</small>' in shown
    assert 'aria-label="Let a second person learn Issue the refund "' in shown
    assert shown.count("nobody yet") == 2, "decline is only practised, the request never handed off"


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("support", 403), ("agent", 403), ("guest", 403), ("outsider", 200)]
)
def test_who_can_do_what_is_for_who_sees_all_hand_offs(world: World, as_: As, who: str, status: int) -> None:
    world.hand_off("issue", "finance", "owned")
    response = as_(who).get(ABILITIES)
    assert response.status_code == status
    assert ("Tove Dahl" in response.content.decode()) is (who == "owner")


def test_these_pages_ask_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    for step, receiver in (("issue", "finance"), ("verify", "support"), ("verify", "backup"), ("decline", "support")):
        world.hand_off(step, receiver, "owned")
    client = as_("owner")
    with django_assert_max_num_queries(13):
        client.get(ABILITIES)
    with django_assert_max_num_queries(25):
        client.get(person(world, "support"))


# --- out of office ------------------------------------------------------------------------------


def test_everybody_marks_their_own_days_and_takes_them_back(world: World, as_: As) -> None:
    client = as_("support")
    address = person(world, "support")
    assert client.get(address).status_code == 200
    client.post(f"{address}away/", {"first": "2026-12-01", "last": "2026-12-04"})
    away = Away.objects.get(member=world.members["support"])
    assert (away.first, away.last) == (dt.date(2026, 12, 1), dt.date(2026, 12, 4))
    client.post(f"{address}back/", {"first": "2026-12-01"})
    assert not Away.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "marked"),
    [("2026-12-04", "2026-12-01", "last"), ("", "2026-12-01", "first"), ("2026-12-01", "soon", "last")],
)
def test_wrong_days_stand_beside_their_field(world: World, as_: As, first: str, last: str, marked: str) -> None:
    response = as_("support").post(f"{person(world, 'support')}away/", {"first": first, "last": last})
    shown = response.content.decode()
    assert response.status_code == 409
    assert f'id="{marked}-error"' in shown
    assert f'name="first" required value="{first}"' in shown
    assert not Away.objects.exists()


def test_days_may_not_overlap(world: World, as_: As) -> None:
    client = as_("support")
    address = f"{person(world, 'support')}away/"
    client.post(address, {"first": "2026-12-01", "last": "2026-12-04"})
    assert client.post(address, {"first": "2026-12-04", "last": "2026-12-05"}).status_code == 409
    assert Away.objects.count() == 1


def test_the_days_of_others_are_for_who_manages_people(world: World, as_: As) -> None:
    address = f"{person(world, 'finance')}away/"
    data = {"first": "2026-12-01", "last": "2026-12-04"}
    assert as_("support").post(address, data).status_code == 403
    assert as_("manager").post(address, data).status_code == 302


# --- roles --------------------------------------------------------------------------------------


def test_a_role_gets_holders_and_a_backup(world: World, as_: As) -> None:
    client = as_("manager")
    data = {
        "title": " Night  desk ",
        "holder": [str(world.members["support"].pk), str(world.members["finance"].pk)],
        "backup": str(world.members["backup"].pk),
    }
    assert client.post("/roles/new/", data).status_code == 302
    role = Role.objects.get(title="Night desk")
    held = list(role.holdings.values_list("member_id", flat=True))
    assert held == [world.members["support"].pk, world.members["finance"].pk]
    assert role.backup == world.members["backup"]


@pytest.mark.parametrize("title", ["Founder", " founder ", ""])
def test_a_new_role_never_overwrites_one_that_is_there(world: World, as_: As, title: str) -> None:
    holder = str(world.members["support"].pk)
    response = as_("owner").post("/roles/new/", {"title": title, "holder": [holder]})
    shown = response.content.decode()
    assert response.status_code == 409
    assert 'id="title-error"' in shown
    assert f'value="{holder}" checked' in shown
    founder = Role.objects.get(title="Founder")
    assert list(founder.holdings.values_list("member_id", flat=True)) == [world.members["owner"].pk]


def test_a_role_that_is_not_there_is_not_made_by_its_address(world: World, as_: As) -> None:
    assert as_("owner").post("/roles/999999/", {"title": "Ghost"}).status_code == 404
    assert not Role.objects.filter(title="Ghost").exists()


# --- the organisation ---------------------------------------------------------------------------


def test_the_owner_changes_the_organisation(world: World, as_: As) -> None:
    data = {"name": "Adler & Co", "time_zone": "Europe/Vienna", "holidays": "AT", "currency": "eur", **WEEK}
    assert as_("owner").post("/organisation/", data).status_code == 302
    row = Organisation.objects.get(pk=world.organisation.pk)
    assert (row.name, row.time_zone, row.currency) == ("Adler & Co", "Europe/Vienna", "EUR")
    assert row.week == [[0, 540, 1020], [1, 540, 1020]]


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("time_zone", "Mars/Olympus"), ("holidays", "XX")])
def test_what_is_wrong_of_the_organisation_stands_beside_its_field(
    world: World, as_: As, field: str, value: str
) -> None:
    data = {"name": "Adler & Co", "time_zone": "Europe/Vienna", **WEEK, field: value}
    response = as_("owner").post("/organisation/", data)
    assert response.status_code == 409
    assert f'id="{field}-error"' in response.content.decode()


@pytest.mark.parametrize(
    ("country", "part", "said"),
    [
        ("XX", "", "“XX” is no country of the list: choose one."),
        ("DE", "XY", "Germany has no “XY” with holidays of its own: take BB, BE, BW, BY"),
        ("SG", "North", "Singapore has no “North” with holidays of its own: leave the part empty."),
    ],
)
def test_a_country_without_known_holidays_is_refused_and_kept_as_typed(
    world: World, as_: As, country: str, part: str, said: str
) -> None:
    bram = world.members["support"]
    page = f"/people/{bram.pk}/edit/"
    typed = {"name": bram.name, "email": bram.email, "access": "assistant", "holidays": country, "holidays_part": part}
    refused = as_("owner").post(page, typed)
    assert refused.status_code == 409
    assert said in refused.content.decode()
    assert f'name="holidays_part" maxlength="12" autocomplete="off" value="{part}"' in refused.content.decode()
    bram.refresh_from_db()
    assert bram.holidays == ""
    as_("owner").post(page, {**typed, "holidays": "DE", "holidays_part": "by"})
    bram.refresh_from_db()
    assert bram.holidays == "DE-BY"
    kept = as_("owner").get(page).content.decode()
    assert '<option value="DE" selected>Germany</option>' in kept
    assert 'value="BY"' in kept


def test_time_zones_are_places_by_part_of_the_world(world: World, as_: As) -> None:
    page = as_("owner").get("/organisation/").content.decode()
    assert '<optgroup label="Asia">' in page
    assert '<option value="Asia/Kolkata" data-once="Asia/Calcutta">Kolkata (UTC+5:30)</option>' in page
    assert 'value="Asia/Calcutta"' not in page, "one choice for each place"
    assert '<option value="Europe/Berlin" data-once="Europe/Stockholm' not in page
    world.organisation.time_zone = "Asia/Calcutta"
    world.organisation.save()
    page = as_("owner").get("/organisation/").content.decode()
    assert '<option value="Asia/Calcutta" selected>Calcutta (UTC+5:30)</option>' in page, "what is in use stays"


def test_a_role_that_only_a_map_names_is_offered_to_whoever_manages_people(world: World, as_: As) -> None:
    Role.objects.get(title="Finance assistant").delete()
    shown = as_("manager").get("/people/").content.decode()
    assert "/roles/new/?title=Finance%20assistant" in shown
    assert "Choose who holds Founder" not in shown
    assert "/roles/new/" not in as_("support").get("/people/").content.decode()
    form = as_("manager").get("/roles/new/", {"title": "Finance assistant"}).content.decode()
    assert 'value="Finance assistant"' in form


def test_two_people_never_share_an_address(world: World, as_: As) -> None:
    count = Member.objects.count()
    typed = {**NEW, "email": world.members["finance"].email.upper()}
    response = as_("manager").post("/people/new/", typed)
    assert response.status_code == 409
    assert "has this address already" in response.content.decode()
    assert 'value="Nia Okoro"' in response.content.decode()
    assert as_("manager").post(edit(world, "support"), {**typed, "access": "assistant"}).status_code == 409
    assert Member.objects.count() == count
