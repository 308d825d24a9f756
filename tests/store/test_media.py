"""Media files: only what the name says, only below the organisation's own folder."""

from __future__ import annotations

import resource
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile

from routebook.core.document import Kind
from routebook.store.access import NotFound, Refused
from routebook.store.actions import documents, media
from routebook.store.media import Use, folder_of
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


# --- what people send while they write --------------------------------------------------------------


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_what_is_sent_gets_a_free_name_from_what_it_shows(world: World) -> None:
    actor = world.actor("support")
    names = [
        media.upload(actor, sent(file, PNG + data), use=Use.PICTURE, slug="issue", name=shows)
        for file, data, shows in (
            ("image.png", b"1", "The refund button"),
            ("image.png", b"2", "The refund button"),
            ("image.png", b"1", "The refund button"),
            ("Mail draft.PNG", b"3", ""),
            ("image.png", b"4", ""),
            ("C:\\x\\..\\évil name.png", b"5", ""),
            ("image.png", b"6", "../../etc"),
        )
    ]
    assert names == [
        "issue/the-refund-button.png",
        "issue/the-refund-button-2.png",
        "issue/the-refund-button.png",
        "issue/mail-draft.png",
        "issue/issue.png",
        "issue/evil-name.png",
        "issue/etc.png",
    ]
    assert queries.paths(actor) == set(names)
    assert queries.find(actor, names[1]).file.read_bytes() == PNG + b"2"


@pytest.mark.parametrize(
    ("name", "data", "use"),
    [
        ("a.svg", b"<svg onload=alert(1)>", Use.PICTURE),
        ("a.html", b"<p>", Use.PICTURE),
        ("a.png", b"<svg onload=alert(1)>", Use.PICTURE),
        ("a.png", b"GIF89a", Use.PICTURE),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", Use.PICTURE),
        ("a.png", PNG, Use.RECORDING),
        ("a.mp4", PNG, Use.RECORDING),
        ("a.pdf", b"%PDF-", Use.RECORDING),
        ("a", PNG, Use.PICTURE),
        ("a.png", b"", Use.PICTURE),
    ],
)
def test_what_is_sent_must_be_what_it_is_sent_for(world: World, name: str, data: bytes, use: Use) -> None:
    with pytest.raises(Refused) as refused:
        media.upload(world.actor("owner"), sent(name, data), use=use, slug="issue")
    assert refused.value.refusal.field == "file"
    assert queries.paths(world.actor("owner")) == frozenset()


def test_what_is_sent_has_a_limit(world: World, settings: LazySettings) -> None:
    settings.MEDIA_MOST_BYTES = 1_000_000
    with pytest.raises(Refused, match="1 MB"):
        media.upload(world.actor("owner"), sent("a.png", PNG + bytes(1_000_000)), use=Use.PICTURE, slug="issue")


def test_a_picture_that_unpacks_to_gigabytes_is_kept_as_the_few_bytes_it_is(world: World) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    bomb = PNG[:8] + struct.pack(">I", 13) + b"IHDR" + header + zlib.compress(bytes(50_000_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = media.upload(world.actor("owner"), sent("a.png", bomb), use=Use.PICTURE, slug="issue", name="bomb")
    assert queries.find(world.actor("owner"), path).file.stat().st_size == len(bomb) < 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize("name", ["guest"])
def test_who_may_not_write_sends_nothing(world: World, name: str) -> None:
    with pytest.raises(Refused):
        media.upload(world.actor(name), sent("a.png", PNG), use=Use.PICTURE, slug="issue")


def test_only_what_stands_nowhere_any_more_is_removed(world: World) -> None:
    actor = world.actor("owner")
    kept = [
        media.upload(actor, sent("a.png", PNG + bytes([n])), use=Use.PICTURE, slug="issue", name=f"n{n}")
        for n in range(4)
    ]
    media.put(actor, "issue/From a folder.png", PNG)
    media.put(actor, "elsewhere/a.png", PNG)
    text = f"![x](../media/{kept[0]})"
    first = documents.create(actor, Kind.WORK_INSTRUCTION, {"title": "Full refund", "action": text}, now=world.at())
    documents.publish(actor, first.pk, now=world.at())
    documents.change_draft(actor, first.pk, base=1, fields={"action": "No picture"}, now=world.at())
    documents.publish(actor, first.pk, now=world.at())
    second = {"title": "Partial refund", "pictures": [{"source": kept[1], "text": "x"}], "clip": kept[2]}
    documents.create(actor, Kind.WORK_INSTRUCTION, second, now=world.at())
    everything = queries.paths(actor)
    media.remove_unused(actor.org, "issue", everything)
    assert everything - queries.paths(actor) == {kept[3]}


def test_plain_fields_name_their_media() -> None:
    fields = {
        "checklist": [{"text": "a", "instruction": "![x](../media/a/b.png) and ![y](media/c.png)"}],
        "recording": "film.mp4",
        "minutes": 6,
    }
    assert queries.named_in(fields) >= {"a/b.png", "c.png", "film.mp4"}
