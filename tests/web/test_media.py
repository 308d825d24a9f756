"""Media over the web: to members only, in ranges, and with headers that let nothing in it run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client

from routebook.store.actions import media
from routebook.store.media import folder_of
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 800
SIZE = len(FILM)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(autouse=True)
def film(world: World, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    media.put(world.actor("owner"), "a/film.mp4", FILM)


def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


@pytest.mark.parametrize("name", ["owner", "manager", "support", "agent"])
def test_members_are_given_it(as_: As, name: str) -> None:
    response = as_(name).get("/media/a/film.mp4")
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == FILM


@pytest.mark.parametrize("name", ["guest", "outsider"])
def test_to_others_it_does_not_exist(as_: As, name: str) -> None:
    assert as_(name).get("/media/a/film.mp4").status_code == 404


def test_nobody_gets_it_without_signing_in(client: Client) -> None:
    assert client.get("/media/a/film.mp4").status_code == 302


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-70000", 100, 70000),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=5-{SIZE + 99}", 5, SIZE - 1),
        (f"bytes=-{SIZE + 99}", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
def test_a_range_is_that_part(as_: As, asked: str, first: int, last: int) -> None:
    response = as_("support").get("/media/a/film.mp4", headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == FILM[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 1}-{SIZE + 2}", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(as_: As, asked: str) -> None:
    response = as_("support").get("/media/a/film.mp4", headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "seconds=1-2", "bytes=0-1,5-6", "bytes=١-٢", f"bytes={'9' * 5000}-"]
)
def test_what_is_no_single_range_is_answered_whole(as_: As, asked: str) -> None:
    response = as_("support").get("/media/a/film.mp4", headers={"Range": asked})
    assert response.status_code == 200
    assert body(response) == FILM


def test_a_part_of_what_the_file_was_is_not_joined_to_what_it_is(as_: As, world: World) -> None:
    client = as_("support")
    held = client.head("/media/a/film.mp4")["ETag"]
    asked = {"Range": "bytes=3-5", "If-Range": held}
    assert client.get("/media/a/film.mp4", headers=asked).status_code == 206
    media.put(world.actor("owner"), "a/film.mp4", FILM + b"more")
    assert client.get("/media/a/film.mp4", headers=asked).status_code == 200


def test_what_the_browser_holds_is_not_sent_again(as_: As) -> None:
    client = as_("support")
    held = client.head("/media/a/film.mp4")
    assert (held.content, held["Content-Length"]) == (b"", str(SIZE))
    assert client.get("/media/a/film.mp4", headers={"If-None-Match": held["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "data", "disposition", "policy"),
    [
        ("a.png", PNG, "inline", "sandbox"),
        ("a.gif", b"GIF89a/*<script>alert(1)</script>*/", "inline", "sandbox"),
        ("a.pdf", b"%PDF-1.4", "attachment", "sandbox"),
        ("a.txt", b"<script>alert(1)</script>", "attachment", "sandbox"),
        ("a.mp3", b"ID3\x04", "inline", "media-src 'self'"),
    ],
)
def test_nothing_in_a_file_can_run(
    as_: As, world: World, path: str, data: bytes, disposition: str, policy: str
) -> None:
    media.put(world.actor("owner"), path, data)
    response = as_("support").get(f"/media/{path}")
    assert response["Content-Disposition"] == f'{disposition}; filename="{path}"'
    assert policy in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "html" not in response["Content-Type"]


def test_what_lies_in_the_folder_under_another_name_is_not_shown(as_: As, world: World) -> None:
    (folder_of(world.organisation.pk) / "a" / "page.svg").write_text("<svg/>")
    assert as_("owner").get("/media/a/page.svg").status_code == 404
