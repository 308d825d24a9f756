"""`routebook user`: accounts at the shell, for whoever operates the server."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from routebook.cli import main as cli

if TYPE_CHECKING:
    from tests.world import World

Captured = pytest.CaptureFixture[str]
GOOD = "harbour lights at nine"


@pytest.mark.django_db
def test_a_person_is_added_with_an_account(world: World, capsys: Captured) -> None:
    from routebook.store.models import Member

    words = ["user", "add", "Nia@Example.com", "--name", "Nia Okoro", "--access", "manager", "--org", "Adler Coaching"]
    assert cli.main(words) == cli.FINE
    assert "routebook user password nia@example.com" in capsys.readouterr().out
    member = Member.objects.select_related("user", "org").get(email="nia@example.com")
    assert (member.access, member.org.name) == ("manager", "Adler Coaching")
    assert member.user is not None
    assert not member.user.has_usable_password()


@pytest.mark.django_db
def test_the_organisation_is_named_where_there_are_two(world: World, capsys: Captured) -> None:
    assert cli.main(["user", "add", "nia@example.com", "--name", "Nia"]) == cli.WRONG_USE
    assert "“Adler Coaching”, “Zander Studio”" in capsys.readouterr().err


@pytest.mark.django_db
def test_one_account_can_belong_to_two_organisations(world: World) -> None:
    from routebook.store.models import Member, User

    for name in ("Adler Coaching", "Zander Studio"):
        assert cli.main(["user", "add", "nia@example.com", "--name", "Nia", "--org", name]) == cli.FINE
    user = User.objects.get(email="nia@example.com")
    assert Member.objects.filter(user=user).count() == 2


@pytest.mark.django_db
def test_nobody_is_added_twice(world: World, capsys: Captured) -> None:
    from routebook.store.models import Member

    words = ["user", "add", "nia@example.com", "--name", "Nia", "--org", "Adler Coaching"]
    assert [cli.main(words), cli.main(words)] == [cli.FINE, cli.WRONG_USE]
    assert Member.objects.filter(email="nia@example.com").count() == 1
    assert "Nia has this address already." in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", "nobody", "a@b@c"])
def test_what_is_no_address_is_refused(world: World, email: str, capsys: Captured) -> None:
    assert cli.main(["user", "add", email, "--name", "Nia", "--org", "Adler Coaching"]) == cli.WRONG_USE
    assert "e-mail address" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_password_from_standard_input_opens_the_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth import authenticate
    from django.test import RequestFactory

    email = _email(world, "support")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\nand not this\n"))
    assert cli.main(["user", "password", email, "--stdin"]) == cli.FINE
    request = RequestFactory().post("/sign-in/")
    assert authenticate(request, username=email, password=GOOD) is not None


@pytest.mark.django_db
def test_a_password_is_typed_twice(world: World, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    typed = iter([GOOD, "another one entirely"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert cli.main(["user", "password", _email(world, "support")]) == cli.WRONG_USE
    assert "differ" in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize("weak", ["", "short", "password1234"])
def test_a_weak_password_is_refused(world: World, weak: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{weak}\n"))
    assert cli.main(["user", "password", _email(world, "support"), "--stdin"]) == cli.WRONG_USE
    assert "password" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_stranger_gets_no_password(world: World, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["user", "password", "nobody@example.com", "--stdin"]) == cli.WRONG_USE
    assert "routebook user list" in capsys.readouterr().err


@pytest.mark.django_db
def test_everybody_is_listed(world: World, capsys: Captured) -> None:
    assert cli.main(["user", "list"]) == cli.FINE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert any("Olga Zander" in line and "Zander Studio" in line for line in lines)


@pytest.mark.django_db
def test_an_empty_list_says_so(capsys: Captured) -> None:
    assert cli.main(["user", "list"]) == cli.WRONG_USE
    assert "nobody" in capsys.readouterr().err


def _email(world: World, who: str) -> str:
    user = world.members[who].user
    assert user is not None
    return user.email


def test_the_data_may_be_named_on_the_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "routebook", "user", "list", "--home", str(tmp_path / "elsewhere")],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("ROUTEBOOK_", "DJANGO_"))},
    )
    assert done.returncode == 2
    assert "`routebook serve` makes it" in done.stderr
    assert (tmp_path / "elsewhere" / "secret").exists()
