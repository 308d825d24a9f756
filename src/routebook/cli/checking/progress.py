"""How far a long check has come, for a person at a terminal."""

import time
from types import TracebackType
from typing import TextIO

PATIENCE = 0.4
"""Seconds. What is done sooner shows no bar."""
BETWEEN = 0.1
WIDTH = 30


class Progress:
    """One line that is drawn over and over, and gone at the end. Nothing at all where nobody watches."""

    def __init__(self, screen: TextIO, *, is_wanted: bool, says: str = "Checking") -> None:
        self._says = says
        self._screen = screen if is_wanted and screen.isatty() else None
        self._next = time.monotonic() + PATIENCE
        self._is_drawn = False

    def __enter__(self) -> "Progress":
        return self

    def show(self, done: int, work: int) -> None:
        """`done` of `work` is done."""
        if self._screen is None or not work or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BETWEEN
        self._is_drawn = True
        filled = WIDTH * done // work
        print(
            f"\r{self._says} [{'#' * filled:.<{WIDTH}}] {100 * done // work:3} %", end="", file=self._screen, flush=True
        )

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if self._screen is not None and self._is_drawn:
            print("\r\x1b[K", end="", file=self._screen, flush=True)
