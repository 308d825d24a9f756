"""The commands that the documentation shows do what it says: they run, on the sample.

What starts a server or sets up a machine is left out here; other tests are about that.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from routebook.cli.main import commands
from tests import postgresql
from tests.docs import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
NOT_HERE = re.compile(r"routebook (serve|user password|import)|routebook manage (loaddata|check)|/backups/")
LOAD = "import django; django.setup(); from routebook.store.sample import load; load()"


def blocks_of(page: Path) -> list[str]:
    """The blocks of shell commands of a page."""
    blocks = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [block.content for block in blocks if block.type == "code_block" or block.info == "sh"]


def commands_of(page: Path) -> list[str]:
    return [line for block in blocks_of(page) for line in block.splitlines() if line.startswith("routebook ")]


def examples() -> list[str]:
    return [line for command in commands() for line in cli.examples(cli.parser_of(command.name))]


SHOWN = [line for page in PAGES for line in commands_of(page)] + examples()
COMMANDS = [line for line in dict.fromkeys(SHOWN) if not NOT_HERE.search(line)]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with the sample's files, a data folder with the sample in it, and `routebook` on the path."""
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "sample").symlink_to(ROOT / "sample")
    script = folder / "routebook"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m routebook "$@"\n', encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTEBOOK_", "DJANGO_"))}
    env |= {"PATH": f"{folder}:{env['PATH']}", "HOME": str(folder), "ROUTEBOOK_HOME": str(folder / "home")}
    env |= {"DJANGO_SETTINGS_MODULE": "routebook.settings", "PYTHONPATH": str(ROOT / "src")}
    for command in (["-m", "routebook", "manage", "migrate", "-v0"], ["-c", LOAD]):
        subprocess.run([sys.executable, *command], cwd=folder, env=env, check=True, capture_output=True)
    return folder, env


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_shown_runs(command: str, workshop: tuple[Path, dict[str, str]]) -> None:
    folder, env = workshop
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def empty_postgresql(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on a PostgreSQL of its own."""
    tmp_path.chmod(0o700)
    server = postgresql.start(tmp_path / "pg", lock=tmp_path)
    yield server.get_uri()
    server.cleanup()


def test_everything_moves_to_postgresql_as_the_guide_says(
    workshop: tuple[Path, dict[str, str]], empty_postgresql: str
) -> None:
    folder, env = workshop
    (block,) = [block for block in blocks_of(ROOT / "docs" / "guide" / "start.md") if "loaddata" in block]
    script = re.sub(r"postgresql://\S+", f"'{empty_postgresql}'", block)
    # The sample happens at whole minutes. The moments of a person have microseconds, and all of them are in the hashes.
    script = f"routebook user add kim@example.com --name Kim\n{script}"
    done = subprocess.run(["sh", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The record holds" in done.stdout
