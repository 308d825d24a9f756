"""The shape of the house, kept by tests: who may import whom, and what the pure parts may not do."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "routebook"
PURE = [*sorted((SOURCE / "core").rglob("*.py")), *sorted((SOURCE / "formats").rglob("*.py"))]

# What the import contracts can't see, because the module itself is welcome: `datetime` is, `datetime.now` isn't.
AMBIENT_CALLS = {
    "now": "the time is passed in",
    "utcnow": "the time is passed in",
    "today": "the date is passed in",
    "open": "the bytes are passed in",
    "read_text": "the text is passed in",
    "read_bytes": "the bytes are passed in",
    "write_text": "the text is returned",
    "write_bytes": "the bytes are returned",
    "uuid4": "ids are passed in",
    "print": "values are returned",
    "input": "values are passed in",
}


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", PURE, ids=lambda file: str(file.relative_to(SOURCE)))
def test_the_core_and_the_formats_are_pure(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert list(ambient_calls(tree)) == []


def test_an_ambient_call_is_found() -> None:
    tree = ast.parse("from datetime import datetime\nat = datetime.now()\nwith open('x') as file: pass\n")
    assert list(ambient_calls(tree)) == ["line 2: now: the time is passed in", "line 3: open: the bytes are passed in"]


def ambient_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called_name(node.func)
            if name in AMBIENT_CALLS:
                yield f"line {node.lineno}: {name}: {AMBIENT_CALLS[name]}"


def called_name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def test_there_is_no_drawer_for_things_without_a_place() -> None:
    drawers = {"utils", "util", "helpers", "misc", "common"}
    assert [file for file in SOURCE.rglob("*") if file.stem in drawers] == []


def test_nobody_catches_everything() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node) and not raises_again(node)
    ]
    # One rule that crashes must not take the other findings with it: the engine turns it into a finding.
    # A round of the dispatcher that crashes is logged, and the next one tries again: the thread has nobody above it.
    last_resorts = ("core/checks/engine.py", "worker/dispatcher.py")
    assert [place for place in found if not any(resort in place for resort in last_resorts)] == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
    )


def raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in handler.body)


def test_no_file_has_outgrown_one_subject() -> None:
    """600 lines is where a file becomes a folder; the tenth on top is for the last paragraph of a good one."""
    long = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in SOURCE.rglob("*.py")
    }
    assert {name: lines for name, lines in long.items() if lines > 660 and "/migrations/" not in name} == {}
