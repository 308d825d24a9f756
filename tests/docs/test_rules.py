"""The pages about the rules say what the rules say."""

from __future__ import annotations

import pytest

from routebook.core.checks import RULES
from tests.docs.rules import FOLDER, ROOT, pages

HOW = "run `bin/python -m tests.docs.rules`"


@pytest.mark.parametrize(("name", "text"), pages().items(), ids=pages())
def test_each_page_is_current(name: str, text: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text, HOW


def test_no_page_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(pages()), HOW


def test_a_finding_points_at_a_page_that_is_there() -> None:
    assert [rule.page for rule in RULES if not (ROOT / rule.page).is_file()] == []
