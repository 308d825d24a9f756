"""Recordings of every kind that is kept, made here: they are sent, play, and can be sought in."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
ISSUE = "/sops/issue-a-refund-in-stripe/"

RECORD = """async (type) => {
  if (!MediaRecorder.isTypeSupported(type)) return "";
  const canvas = document.createElement("canvas");
  canvas.width = 160; canvas.height = 90;
  const c = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), {mimeType: type});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const done = new Promise((stopped) => { recorder.onstop = stopped; });
  recorder.start();
  const began = performance.now();
  await new Promise((enough) => (function paint() {
    c.fillStyle = `hsl(${performance.now() / 5 % 360} 80% 50%)`; c.fillRect(0, 0, 160, 90);
    if (performance.now() - began < 1500) requestAnimationFrame(paint); else enough();
  })());
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
PLAY_AND_SEEK = """async (to) => {
  const media = document.querySelector("video, audio");
  media.muted = true;
  await media.play();
  await new Promise((went) => (function look() { if (media.currentTime > 0) went(); else requestAnimationFrame(look); })());
  const played = media.currentTime > 0;
  media.pause();
  const sought = new Promise((done) => media.addEventListener("seeked", done, {once: true}));
  media.currentTime = to;
  await sought;
  return [played, media.currentTime, media.error];
}"""


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def instruction(world: World) -> Document:
    fields = {"title": "Full refund in Stripe", "action": "Refund it all", "lines": ["Press Refund"]}
    return documents.create(world.actor("owner"), Kind.WORK_INSTRUCTION, fields, now=world.at())


def send_clip(page: Page, row: Document, name: str, data: bytes) -> str:
    """Send it as the clip of a work instruction; returns the name under which it is kept."""
    page.goto(f"/work-instructions/{row.slug}/edit/")
    file: Any = {"name": name, "mimeType": "", "buffer": data}
    with page.expect_response(lambda answer: answer.url.endswith("/draft/") and answer.status == 200):
        page.locator("#f-clip-upload").set_input_files(file)
    expect(page.locator("#f-clip")).not_to_have_value("")
    return page.locator("#f-clip").input_value()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("refund.webm", ["video/webm;codecs=vp8"]),
        ("refund.mp4", ["video/mp4;codecs=avc1.42E01E", "video/mp4;codecs=vp9"]),
    ],
)
def test_a_clip_is_sent_plays_and_is_sought_in(
    desktop_page: Page, world: World, sign_in: SignIn, instruction: Document, name: str, kinds: list[str]
) -> None:
    page = desktop_page
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, world.members["owner"].user)
    page.goto("/documents/")
    made = next((data for kind in kinds if (data := page.evaluate(RECORD, kind))), "")
    if not made:
        pytest.skip(f"this browser writes no {name.rpartition('.')[2]}")
    kept = send_clip(page, instruction, name, base64.b64decode(made))
    assert kept == f"full-refund-in-stripe/{name}"
    page.goto("/work-instructions/full-refund-in-stripe/?draft")
    clip = page.locator("video.clip")
    expect(clip).to_have_js_property("muted", True)
    expect(clip).to_have_js_property("paused", True)  # somebody who asked for less motion starts it by the button
    part = page.request.get(f"/media/{kept}", headers={"Range": "bytes=0-9"})
    assert (part.status, len(part.body())) == (206, 10)
    assert part.headers["content-type"] == f"video/{name.rpartition('.')[2]}"
    assert part.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in part.headers["content-security-policy"]
    assert page.evaluate(PLAY_AND_SEEK, 0.5) == [True, 0.5, None]


def test_a_clip_plays_by_itself_while_it_is_seen_and_stays_stopped(
    phone_page: Page, world: World, sign_in: SignIn, instruction: Document, no_axe_violations: Axe
) -> None:
    page = phone_page
    page.emulate_media(reduced_motion="no-preference")
    sign_in(page, world.members["owner"].user)
    page.goto("/documents/")
    send_clip(page, instruction, "refund.webm", base64.b64decode(page.evaluate(RECORD, "video/webm;codecs=vp8")))
    page.goto("/work-instructions/full-refund-in-stripe/?draft")
    clip = page.locator("video.clip")
    clip.scroll_into_view_if_needed()
    expect(clip).to_have_js_property("paused", False)
    clip.evaluate("it => it.pause()")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.evaluate("scrollTo(0, 0)")
    clip.scroll_into_view_if_needed()
    expect(clip).to_have_js_property("paused", True)
    no_axe_violations(page)


def test_sound_is_sent_plays_and_is_sought_in(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    sound: Any = {"name": "How I do it.mp3", "mimeType": "", "buffer": mp3(seconds=4)}
    with page.expect_response(lambda answer: answer.url.endswith("/draft/") and answer.status == 200):
        page.locator("#f-recording-upload").set_input_files(sound)
    page.goto(f"{ISSUE}?draft")
    with page.expect_response(lambda answer: "how-i-do-it.mp3" in answer.url and answer.status == 206):
        played, at, error = page.evaluate(PLAY_AND_SEEK, 3)
    assert (played, error) == (True, None)
    assert at == pytest.approx(3, abs=0.1)


def mp3(seconds: int) -> bytes:
    """Silence: frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, each 417 bytes and 1,152 samples."""
    frame = b"\xff\xfb\x90\xc4" + bytes(413)
    return frame * (seconds * 44_100 // 1_152)


@pytest.mark.parametrize("name", ["how.mp4", "how.webm", "how.mp3", "how.gif"])
def test_what_only_calls_itself_a_recording_is_refused(
    desktop_page: Page, world: World, sign_in: SignIn, instruction: Document, watch: Any, name: str
) -> None:
    watch.expect("422")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(f"/work-instructions/{instruction.slug}/edit/")
    lie: Any = {"name": name, "mimeType": "video/mp4", "buffer": b"<html><script>alert(1)</script>"}
    page.locator("#f-clip-upload").set_input_files(lie)
    status = page.locator(".field:has(> #f-clip)").get_by_role("status")
    expect(status).to_contain_text("doesn't hold what its name says")
    expect(page.locator("#f-clip")).to_have_value("")
