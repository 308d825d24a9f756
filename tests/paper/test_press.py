"""The press: bounded, closed, and the text that goes in stays text."""

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from routebook.core.document import Decision, Goes, Handling, Outcome, Process, Step
from routebook.formats.drawing import layout
from routebook.formats.drawing.lettering import width_of
from routebook.paper import Imprint, PaperError, map_pdf, map_png, press

IMPRINT = Imprint("Clear Harbour", "Version 3, published 8 Dec 2026", "printed 9 Dec 2026")


def process(count: int, **changed: object) -> Process:
    roles = ("Founder", "Assistant", "Bookkeeper")
    steps = tuple(
        Step(
            id=f"s{n}",
            title=f"Prepare part {n} of the report",
            role=roles[n // 2 % 3],
            handling=tuple(Handling)[n % 5],
            then=Decision((Outcome("sound", Goes((f"s{n + 1}",))), Outcome("not yet", Goes((f"s{n - 1}",)))))
            if n % 6 == 4 and n < count
            else None,
        )
        for n in range(1, count + 1)
    )
    fields = {"slug": "report", "title": "Write the report", "trigger": "Monday", "result": "a report", "steps": steps}
    return Process(**{**fields, **changed})  # type: ignore[arg-type]


def pages_of(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def size_of(pdf: bytes) -> tuple[int, int]:
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    return round(float(box[1])), round(float(box[2]))


@pytest.mark.parametrize("count", [0, 1, 5, 15, 30, 60])
def test_a_map_of_any_size_is_one_page(count: int) -> None:
    assert pages_of(map_pdf(process(count), IMPRINT)) == 1


def test_fifteen_steps_are_on_a4_and_on_their_side() -> None:
    assert size_of(map_pdf(process(15), IMPRINT)) == (842, 595)


def test_a_map_too_large_for_a4_gets_larger_paper_instead_of_small_letters() -> None:
    assert size_of(map_pdf(process(60), IMPRINT)) > (842, 595)


def test_the_picture_has_two_pixels_for_each_of_the_page() -> None:
    png = map_png(process(5), IMPRINT)
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (2245, 1587)  # 297 mm and 210 mm at 192 to the inch


def test_the_page_says_its_title_and_whose_it_is() -> None:
    pdf = map_pdf(process(2, title="Report"), IMPRINT)
    assert b"/Title (Report)" in pdf.replace(b"/Title(", b"/Title (")
    assert b"/Lang" in pdf
    assert b"/MarkInfo" in pdf  # tagged, for those who hear it


@pytest.mark.parametrize(
    "hostile",
    [
        '#panic("ran")',
        '#read("/etc/passwd")',
        "$ x $ #{ 1 / 0 } */ // ]]",
        "\\u{0} <svg onload=x> &lt; ]]>",
        "Kundenrückerstattungsabteilungsleiter مراجعة الطلب 🎉 \u0000\u202e",
        "W" * 400,
    ],
)
def test_what_somebody_wrote_is_shown_and_never_carried_out(hostile: str) -> None:
    step = Step(id="a", title=hostile, role=hostile, handling=Handling.KEEP, why=hostile)
    made = map_pdf(process(0, title=hostile, trigger=hostile, result=hostile, steps=(step,)), Imprint(hostile, hostile))
    assert pages_of(made) >= 1


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for source in (str(secret), f"../../../../../../{secret}"):
        monkeypatch.setattr(
            press, "_templates", lambda _name, source=source: {"main.typ": f'#read("{source}")'.encode()}
        )
        with pytest.raises(PaperError, match="could not be printed"):
            press.press("main.typ", {}, "pdf")


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "SECONDS", 0.5)
    endless = b"#for i in range(100000) { for j in range(100000) { let k = i * j } }"
    monkeypatch.setattr(press, "_templates", lambda _name: {"main.typ": endless})
    with pytest.raises(PaperError, match="longer than"):
        press.press("main.typ", {}, "pdf")


def test_too_much_is_refused_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "MOST_BYTES", 10)
    monkeypatch.setattr(press, "_run", lambda *_: pytest.fail("it started"))
    with pytest.raises(PaperError, match="too much"):
        press.press("map.typ", {"data.json": b"{}" * 6}, "pdf")


def test_whoever_waits_too_long_for_their_turn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PATIENCE", 0.01)
    for _ in range(press.AT_ONCE):
        assert press._turns.acquire(timeout=1)
    try:
        with pytest.raises(PaperError, match="Try again"):
            press.press("map.typ", {}, "pdf")
    finally:
        for _ in range(press.AT_ONCE):
            press._turns.release()


def test_typst_is_only_loaded_in_the_child() -> None:
    code = "import sys, routebook.paper; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_letters_on_paper_are_never_wider_than_their_boxes_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing measures without a font at hand; what is printed with ours must fit what it measured."""
    samples = [letter * 10 for letter in map(chr, range(33, 127)) if letter.isalnum()]
    samples += [letter * 10 for letter in "äöüßéñçÄÖÜÅøœłžЖЩΩπ"]
    samples += [
        "Verify eligibility",
        "Donaudampfschifffahrt",
        "Überprüfung",
        "5 “Issue” the refund – now…",
        "kept: yes",
    ]
    page = (
        '#set text(font: "Source Sans Pro", size: 13pt, fallback: false)\n'
        '#let samples = json("data.json")\n'
        "#context [#metadata(samples.map(s => (measure(text(s)).width.pt(), measure(text(weight: 600, s)).width.pt()))) <wide>]"
    )
    import typst

    files = {"main.typ": page.encode(), "data.json": json.dumps(samples).encode()}
    found = json.loads(typst.query(files, "<wide>", field="value", one=True, font_paths=[str(press._fonts())]))
    for sample, (regular, bold) in zip(samples, found, strict=True):
        assert regular <= width_of(sample, 13) + 0.01, sample
        assert bold <= width_of(sample, 13, bold=True) + 0.01, sample


def test_a_drawing_is_as_wide_on_the_page_as_there_is_room() -> None:
    from routebook.formats.drawing import draw
    from routebook.formats.sheets.inked import ALONE, fitting

    for count in (1, 5, 15, 30, 60):
        plan = layout(process(count))
        fits = fitting(draw(process(count)))
        room = {"a4": 1.0, "a3": 1.414, "a2": 2.0}[fits.paper]
        assert fits.width <= ALONE[0] * room + 0.01
        assert fits.width / plan.width * plan.height <= ALONE[1] * room + 0.01
        assert fits.letters >= 5
