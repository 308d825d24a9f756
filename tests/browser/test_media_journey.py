"""Pictures and recordings while writing: the original of what was blurred never leaves the device."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from playwright.sync_api import Page, expect

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document
from routebook.store.queries import media
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
ISSUE = "/sops/issue-a-refund-in-stripe/"
AT = "issue-a-refund-in-stripe"

SCREENSHOT = """async () => {
  const canvas = new OffscreenCanvas(600, 300), c = canvas.getContext("2d");
  c.fillStyle = "#fff"; c.fillRect(0, 0, 600, 300);
  c.fillStyle = "#000"; for (let x = 0; x < 600; x += 4) c.fillRect(x, 0, 2, 150); // fine stripes: text, so to say
  c.fillStyle = "#00f"; c.fillRect(400, 200, 100, 50);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({type: "image/png"})).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""
PASTE = """([target, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([bytes], "image.png", {type: "image/png"}));
  const element = document.querySelector(target);
  element.focus();
  const event = {clipboardData: clipboard, bubbles: true, cancelable: true};
  return element.dispatchEvent(new ClipboardEvent("paste", event));
}"""
SPREAD = """async ([address, x, y, w, h]) => {
  const answer = await fetch(address);
  const bitmap = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), c = canvas.getContext("2d");
  c.drawImage(bitmap, 0, 0);
  const {data} = c.getImageData(x * bitmap.width, y * bitmap.height, w * bitmap.width, h * bitmap.height);
  const values = [...data].filter((_, at) => at % 4 === 0);
  return Math.max(...values) - Math.min(...values);
}"""


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


class Reader:
    """A request's body as the server reads it, byte for byte kept: what a browser tells of its uploads lacks the files."""

    def __init__(self, stream: Any, arrived: bytearray) -> None:
        self.stream = stream
        self.arrived = arrived

    def read(self, *size: int) -> bytes:
        data: bytes = self.stream.read(*size)
        self.arrived += data
        return data

    def readline(self, *size: int) -> bytes:
        data: bytes = self.stream.readline(*size)
        self.arrived += data
        return data


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> bytearray:
    """Everything that reaches the server in the bodies of requests."""
    arrived, begin = bytearray(), WSGIRequest.__init__

    def listen(request: Any, environ: Any) -> None:
        begin(request, environ)
        request._stream = Reader(request._stream, arrived)

    monkeypatch.setattr(WSGIRequest, "__init__", listen)
    return arrived


def drag(page: Page, first: tuple[float, float], last: tuple[float, float]) -> None:
    box = page.locator(".stage canvas").bounding_box()
    assert box is not None
    (x, y), (to_x, to_y) = first, last
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + to_x * box["width"], box["y"] + to_y * box["height"], steps=5)
    page.mouse.up()


def draft_of(world: World) -> dict[str, Any]:
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug=AT)
    fields: dict[str, Any] = row.draft.fields
    return fields


def test_a_pasted_screenshot_is_blurred_before_it_leaves_the_device(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, arrived: bytearray
) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    original = page.evaluate(SCREENSHOT)
    assert page.evaluate(PASTE, ["#f-checklist-0-text", original]) is False  # taken by the page
    expect(page.get_by_role("dialog", name="Prepare the picture")).to_be_visible()
    drag(page, (-0.0, 0.0), (0.7, 0.6))
    page.get_by_role("button", name="Number", exact=True).click()
    drag(page, (0.9, 0.7), (0.9, 0.7))
    page.get_by_role("button", name="Arrow", exact=True).click()
    drag(page, (0.6, 0.95), (0.7, 0.8))
    expect(page.locator(".handle")).to_have_count(3)
    no_axe_violations(page)
    page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("Say what it shows"))
    assert arrived == b""
    page.locator("#picture-text").fill("The [Refund] button")
    with page.expect_response(re.compile("/draft/$")):
        page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    path = f"{AT}/the-refund-button.webp"
    expect(page.locator("#f-checklist-0-instruction")).to_have_value(f"![The Refund button](../media/{path})")
    expect(page.locator("#f-checklist-0 .thumbs img")).to_be_visible()
    assert draft_of(world)["checklist"][0]["instruction"] == f"![The Refund button](../media/{path})"

    assert media.paths(world.actor("owner")) == {path}
    assert page.evaluate(SPREAD, [f"/media/{path}", 0.72, 0.02, 0.2, 0.4]) > 150  # left as it was
    assert page.evaluate(SPREAD, [f"/media/{path}", 0.05, 0.05, 0.6, 0.4]) < 60  # blurred
    data = base64.b64decode(original)
    kept = media.find(world.actor("owner"), path).file.read_bytes()
    assert arrived.count(kept) == arrived.count(b"WEBP") == 1
    assert b"\x89PNG" not in arrived
    assert data[60:120] not in arrived

    page.get_by_role("button", name="Save and read it").click()
    expect(page.get_by_role("img", name="The Refund button")).to_be_visible()
    assert b"\x89PNG" not in arrived


def test_marks_are_placed_by_keys_alone(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    page.evaluate(PASTE, ["#f-checklist-0-text", page.evaluate(SCREENSHOT)])
    page.get_by_role("button", name="Add in the middle").press("Enter")
    mark = page.locator(".handle")
    expect(mark).to_be_focused()
    expect(mark).to_have_accessible_name("Blurred area: 35 % from the left, 42 % from the top, 30 % wide, 16 % high")
    expect(mark).to_have_accessible_description(re.compile("Arrow keys move it"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(mark).to_have_accessible_name("Blurred area: 36 % from the left, 42 % from the top, 30 % wide, 18 % high")
    page.keyboard.press("Delete")
    expect(mark).to_have_count(0)
    expect(page.get_by_role("button", name="Add in the middle")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#f-checklist-0-text")).to_be_focused()
    assert media.paths(world.actor("owner")) == frozenset()


def test_a_picture_is_chosen_on_a_phone(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, arrived: bytearray
) -> None:
    page = phone_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    data = base64.b64decode(page.evaluate(SCREENSHOT))
    page.locator("#f-checklist-1 summary").click()
    photo: Any = {"name": "IMG_0042.png", "mimeType": "image/png", "buffer": data}
    page.locator("#f-checklist-1-upload").set_input_files(photo)
    expect(page.get_by_role("dialog")).to_be_visible()
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#picture-text").fill("The amount")
    with page.expect_response(re.compile("/draft/$")):
        page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#f-checklist-1-instruction")).to_have_value(f"![The amount](../media/{AT}/the-amount.webp)")
    assert b"WEBP" in arrived
    assert b"\x89PNG" not in arrived
    assert b"IMG_0042" not in arrived


def test_what_is_no_picture_is_refused_on_the_spot(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    page.locator("#f-checklist-0 summary").click()
    lie: Any = {"name": "a.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"}
    page.locator("#f-checklist-0-upload").set_input_files(lie)
    expect(page.locator("#f-checklist-0 .upload [role=status]")).to_contain_text("can’t be read")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_recording_is_sent_and_plays_from_the_middle(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Any
) -> None:
    watch.expect("422")
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto(f"{ISSUE}edit/")
    lie: Any = {"name": "how.mp4", "mimeType": "video/mp4", "buffer": b"MZ not a film"}
    page.locator("#f-recording-upload").set_input_files(lie)
    field = page.locator(".field:has(> #f-recording)")
    expect(field.get_by_role("status")).to_contain_text("doesn't hold what its name says")
    sound: Any = {"name": "How I do it.wav", "mimeType": "audio/wav", "buffer": silence(seconds=8)}
    with page.expect_response(re.compile("/draft/$")):
        page.locator("#f-recording-upload").set_input_files(sound)
    expect(page.locator("#f-recording")).to_have_value(f"{AT}/how-i-do-it.wav")
    assert draft_of(world)["recording"] == f"{AT}/how-i-do-it.wav"
    page.goto(f"{ISSUE}?draft")
    with page.expect_response(lambda answer: answer.status == 206):
        at = page.evaluate(
            """async () => {
              const sound = document.querySelector("audio");
              sound.load(); sound.muted = true; await sound.play(); sound.pause();
              const sought = new Promise((done) => sound.addEventListener("seeked", done, {once: true}));
              sound.currentTime = 6; await sought;
              return [sound.currentTime, sound.duration];
            }"""
        )
    assert at == [6, 8]
    page.goto(f"/media/{AT}/how-i-do-it.wav")
    assert page.evaluate("document.querySelector('video, audio').error") is None


def silence(seconds: int) -> bytes:
    rate = 8000
    size = seconds * rate
    head = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    shape = (1).to_bytes(2, "little") * 2 + rate.to_bytes(4, "little") * 2 + (1).to_bytes(2, "little")
    return head + shape + (8).to_bytes(2, "little") + b"data" + size.to_bytes(4, "little") + b"\x80" * size


def test_a_dropped_picture_goes_where_it_fell(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    made = documents.create(world.actor("support"), Kind.WORK_INSTRUCTION, {"title": "Full refund"}, now=world.at())
    page.goto(f"/work-instructions/{made.slug}/edit/")
    drop = PASTE.replace("ClipboardEvent", "DragEvent").replace('"paste"', '"drop"')
    page.evaluate(drop.replace("clipboardData", "dataTransfer"), ["#f-title", page.evaluate(SCREENSHOT)])
    page.locator("#picture-text").fill("Where to click")
    with page.expect_response(re.compile("/draft/$")):
        page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#f-pictures-0-source")).to_have_value("full-refund/where-to-click.webp")
    expect(page.locator("#f-pictures-0-text")).to_have_value("Where to click")
