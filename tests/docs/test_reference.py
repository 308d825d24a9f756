"""The pages on commands, settings and access are the code's own account of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routebook.cli.main import Command, commands
from tests.docs import access, cli, settings

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "src").rglob("*.py")), *sorted((ROOT / "bin").iterdir())]
OF_OUR_OWN = {
    "ROUTEBOOK_SERVER_PID",  # from the server to its workers
    "ROUTEBOOK_BENCH_PEERS_PYTHON",
    "ROUTEBOOK_TRAINING_PYTHON",  # from the boot module to the benchmark
    "ROUTEBOOK_WITHOUT_UV",  # lets the set-up be tried on a machine that has uv
}


def test_the_page_of_commands_is_current() -> None:
    assert cli.PAGE.read_text(encoding="utf-8") == cli.page(), "run python -m tests.docs.cli"


def test_the_readme_lists_the_commands() -> None:
    assert cli.README.read_text(encoding="utf-8") == cli.readme(), "run python -m tests.docs.cli"


def test_the_page_of_settings_is_current() -> None:
    assert settings.PAGE.read_text(encoding="utf-8") == settings.page(), "run python -m tests.docs.settings"


def test_the_page_of_access_is_current() -> None:
    assert access.PAGE.read_text(encoding="utf-8") == access.page(), "run python -m tests.docs.access"


def test_every_setting_that_the_code_reads_is_documented() -> None:
    read = {name for file in SOURCES if file.is_file() for name in re.findall(r"\bROUTEBOOK_[A-Z_]+", text_of(file))}
    assert read - OF_OUR_OWN - set(re.findall(r"`(ROUTEBOOK_[A-Z_]+)`", settings.table())) == set()


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_the_page_of_commands_explains_every_argument(command: Command) -> None:
    parser = cli.parser_of(command.name)
    parsers = [parser, *(inner for _, inner, _ in cli.nested(parser))]
    assert [cli.shown(action) for each in parsers for action in cli.arguments(each) if not action.help] == []
