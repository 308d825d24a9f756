"""What the pages for newcomers call by name is there: modules, functions, folders."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "ARCHITECTURE.md", ROOT / "docs" / "running.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
NAME = re.compile(r"`((?:core|formats|store|web|cli|journal)(?:\.\w+)+)`")
PATH = re.compile(r"`((?:src|tests|docs|bin|store|benchmarks)/[\w./-]*)`")
INSIDE = ROOT / "src" / "routebook"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [name for name in NAME.findall(text) if not is_there(name)] == []
    assert [path for path in PATH.findall(text) if not ((ROOT / path).exists() or (INSIDE / path).exists())] == []


def test_a_name_that_is_gone_is_found() -> None:
    assert is_there("core.run.carry_out")
    assert is_there("store.access")
    assert not is_there("core.run.no_such_function")
    assert not is_there("core.no_such_module.decide")


def is_there(name: str) -> bool:
    """Whether it is a module, or what a module holds."""
    full = f"routebook.{'store.' if name.startswith('journal.') else ''}{name}"
    above, _, last = full.rpartition(".")
    try:
        return find_spec(full) is not None or hasattr(import_module(above), last)
    except ModuleNotFoundError:
        above, _, thing = above.rpartition(".")
        return find_spec(above) is not None and hasattr(getattr(import_module(above), thing, None), last)
