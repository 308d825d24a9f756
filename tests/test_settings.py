"""The environment decides; what it decides is safe."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from routebook import settings


def manage(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTEBOOK_", "DJANGO_"))}
    env |= {"ROUTEBOOK_HOME": str(home), **variables}
    command = [sys.executable, "-W", "error", "-m", "routebook", "manage", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_the_deployment_check_is_clean_in_production(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", ROUTEBOOK_HTTPS="1", ROUTEBOOK_HOSTS="routebook.example")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_models_and_the_migrations_agree(tmp_path: Path) -> None:
    done = manage(tmp_path, "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", ROUTEBOOK_DATABASE="mysql://localhost/x")
    assert done.returncode == 2
    assert done.stderr == "routebook: ROUTEBOOK_DATABASE must be empty or begin with postgresql://.\n"


def test_a_number_of_proxies_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", ROUTEBOOK_PROXIES="x")
    assert done.returncode == 2
    assert done.stderr == "routebook: ROUTEBOOK_PROXIES must be a whole number: how many proxies stand in front.\n"


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTEBOOK_SECRET")
    first = settings.secret_key(tmp_path / "home")
    assert settings.secret_key(tmp_path / "home") == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["secret"]


def test_a_home_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTEBOOK_SECRET")
    (tmp_path / "home").touch()
    with pytest.raises(ImproperlyConfigured, match="a file is in its way"):
        settings.secret_key(tmp_path / "home")
    with pytest.raises(ImproperlyConfigured, match="a file is in its way"):
        settings.secret_key(tmp_path / "home" / "below")


def test_an_empty_address_is_sqlite_in_the_home(tmp_path: Path) -> None:
    found = settings.database("", tmp_path)
    assert found["ENGINE"] == "routebook.store.sqlite_backend"
    assert found["NAME"] == str(tmp_path / "routebook.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_of_postgresql_is_taken_apart(tmp_path: Path) -> None:
    found = settings.database("postgresql://ann:p%40ss@db.example:5433/work?sslmode=require", tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "ann",
        "p@ss",
        "db.example",
        "5433",
        "work",
    )
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 16, "timeout": 10}
    assert found["CONN_MAX_AGE"] == 0


def test_a_socket_folder_comes_as_a_parameter() -> None:
    found = settings.postgresql(urlsplit("postgresql:///work?host=/run/postgresql"))
    assert found["HOST"] == "/run/postgresql"
    assert "host" not in found["OPTIONS"]


@pytest.mark.parametrize("value", ["OFF", "", "2"])
def test_sqlite_is_never_told_to_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ROUTEBOOK_SYNCHRONOUS", value)
    with pytest.raises(ImproperlyConfigured):
        settings.database("", tmp_path)


def test_full_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTEBOOK_SYNCHRONOUS", "full")
    assert "PRAGMA synchronous=FULL;" in settings.database("", tmp_path)["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    ("address", "port", "ssl", "tls"),
    [("smtp://h", 25, False, False), ("smtps://h", 465, True, False), ("smtp+tls://u:p@h:2525", 2525, False, True)],
)
def test_mail_goes_where_the_address_says(tmp_path: Path, address: str, port: int, ssl: bool, tls: bool) -> None:
    found = settings.mail(address, tmp_path)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (port, ssl, tls)


def test_every_variable_that_is_read_is_documented() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    table = settings.__doc__ or ""
    read = set(re.findall(r'environ\.get\(\s*"(ROUTEBOOK_[A-Z_]+)"', source))
    assert read == set(re.findall(r"\| `(ROUTEBOOK_[A-Z_]+)`", table))
