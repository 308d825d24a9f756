"""The page on events is the code's own account of them."""

from tests.docs.events import PAGE, kinds, page


def test_the_page_of_events_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.docs.events"


def test_every_event_says_what_happened() -> None:
    assert len(kinds()) > 20
    for kind in kinds():
        assert f"## `{kind.name}`" in page()
