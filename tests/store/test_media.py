"""Media files: only what the name says, only below the organisation's own folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from routebook.store.access import NotFound, Refused
from routebook.store.actions import media
from routebook.store.media import folder_of
from routebook.store.queries import media as queries
from tests.world import World

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_a_file_is_created_changed_and_left_alone(world: World) -> None:
    actor = world.actor("support")
    results = [media.put(actor, "a/b.png", data) for data in (PNG, PNG, PNG + b"\x01")]
    assert results == ["created", "unchanged", "changed"]
    assert queries.find(actor, "a/b.png").file.read_bytes() == PNG + b"\x01"
    assert queries.paths(actor) == {"a/b.png"}


@pytest.mark.parametrize(
    "path",
    ["../secret.png", "a/../../b.png", "/etc/passwd.png", "a//b.png", ".hidden.png", "a/.b.png", "", "a\\b.png",
     "a/./b.png", "b.png\n", "x" * 200 + ".png", "a/b/c/d/e/f/g.png", "b.png ", "CON\x00.png"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(world: World, path: str) -> None:
    with pytest.raises(Refused):
        media.put(world.actor("owner"), path, PNG)
    with pytest.raises(NotFound):
        queries.find(world.actor("owner"), path)


@pytest.mark.parametrize(
    ("path", "data"),
    [("a.png", b"<svg onload=alert(1)>"), ("a.svg", b"<svg/>"), ("a.html", b"<p>"), ("a.js", b"1"), ("a", b"1"),
     ("a.mp4", b"GIF89a"), ("a.txt", b"\xff\xfe"), ("a.jpg", PNG), ("a.webp", b"RIFF1234AVI ")],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(world: World, path: str, data: bytes) -> None:
    with pytest.raises(Refused):
        media.put(world.actor("owner"), path, data)
    assert queries.paths(world.actor("owner")) == frozenset()


def test_a_link_out_of_the_folder_is_not_followed(world: World, tmp_path: Path) -> None:
    actor = world.actor("owner")
    media.put(actor, "a.png", PNG)
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    (folder_of(actor.org) / "link.png").symlink_to(secret)
    with pytest.raises(NotFound):
        queries.find(actor, "link.png")


def test_each_organisation_has_its_own(world: World) -> None:
    media.put(world.actor("owner"), "a.png", PNG)
    assert queries.paths(world.actor("outsider")) == frozenset()
    with pytest.raises(NotFound):
        queries.find(world.actor("outsider"), "a.png")


def test_a_guest_sees_and_keeps_nothing(world: World) -> None:
    media.put(world.actor("owner"), "a.png", PNG)
    with pytest.raises(NotFound):
        queries.find(world.actor("guest"), "a.png")
    with pytest.raises(Refused):
        media.put(world.actor("guest"), "b.png", PNG)
