"""Documents as PDFs: every kind, empty and full, whatever stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from routebook.core.document import AnyDocument, Goal, Policy, Procedure, Process, Sop, WorkInstruction
from routebook.formats.library import read_library
from routebook.formats.sheets import pictures_of, sheet_of
from routebook.paper import Imprint, sheet_pages, sheet_pdf
from tests.formats import strategies

SAMPLE = Path(__file__).parents[2] / "sample"
IMPRINT = Imprint("Clear Harbour", "Version 3, published 8 Dec 2026", "printed 9 Dec 2026")


def pages_of(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_each_document_of_the_sample_is_at_most_two_pages() -> None:
    files = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()}
    folder = read_library(files)
    assert hasattr(folder, "library")
    for document in folder.library.documents:
        sheet = sheet_of(document, folder.library.documents)
        pictures = {path: folder.media[path] for path in pictures_of(sheet)}
        assert pages_of(sheet_pdf(sheet, IMPRINT, pictures)) <= 2, sheet.address
        assert len(pictures) == (
            sheet.address in ("sops/issue-a-refund-in-stripe", "work-instructions/full-refund-in-stripe")
        )


@pytest.mark.parametrize("kind", [Goal, Policy, Process, Procedure, Sop, WorkInstruction])
def test_an_empty_document_is_a_page(kind: type[AnyDocument]) -> None:
    assert pages_of(sheet_pdf(sheet_of(kind(slug="empty", title="")), IMPRINT)) == 1


def test_a_picture_stands_in_it_where_it_is_at_hand() -> None:
    picture = (SAMPLE / "media" / "stripe-refund.png").read_bytes()
    clicks = WorkInstruction(slug="w", title="W", lines=("![What it shows](../media/a.png)",))
    with_it = sheet_pdf(sheet_of(clicks), IMPRINT, {"a.png": picture})
    assert b"/Subtype /Image" in with_it.replace(b"/Subtype/Image", b"/Subtype /Image")
    assert b"/Subtype /Image" not in sheet_pdf(sheet_of(clicks), IMPRINT).replace(b"/Subtype/Image", b"/Subtype /Image")


def test_a_damaged_picture_does_not_keep_the_words_from_being_printed() -> None:
    clicks = WorkInstruction(slug="w", title="W", lines=("![What it shows](../media/a.png)",))
    assert pages_of(sheet_pdf(sheet_of(clicks), IMPRINT, {"a.png": b"\x89PNG\r\n\x1a\nnothing"})) == 1


def test_pictures_beyond_the_room_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_pages, "MOST_PICTURES", 10)
    assert sheet_pages._within({"a": b"12345", "b": b"123456", "c": b"1234"}) == {"a": b"12345", "c": b"1234"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.documents())
def test_any_document_is_printed(document: AnyDocument) -> None:
    assert pages_of(sheet_pdf(sheet_of(document), IMPRINT)) >= 1
