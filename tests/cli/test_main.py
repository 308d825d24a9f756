"""The shell of the command line: one table, quick to start, errors in a sentence."""

import os
import subprocess
import sys
from importlib import import_module

import pytest

import routebook
from routebook.cli import main as cli

WORDS = ["map", "delegate", "write", "hand off", "run", "improve", "operate"]


def test_the_headings_are_the_words_of_the_product_in_order() -> None:
    assert list(cli.HEADINGS) == WORDS


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == cli.FINE
    shown = capsys.readouterr().out
    assert [command.name for command in cli.commands() if f"  {command.name} " not in shown] == []


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == cli.FINE
    assert capsys.readouterr().out == f"routebook {routebook.version()}\n"


@pytest.mark.parametrize("command", cli.commands(), ids=lambda command: command.name)
def test_a_command_explains_itself_with_an_example(command: cli.Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([command.name, "--help"])
    assert stop.value.code == cli.FINE
    assert "example" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["add", "password", "list"])
def test_so_does_a_command_of_a_command(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["user", verb, "--help"])
    assert f"example: routebook user {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("command", cli.commands(), ids=lambda command: command.name)
def test_a_command_is_a_module_with_two_functions(command: cli.Command) -> None:
    module = import_module(f"routebook.cli.{command.module}")
    assert callable(module.add)
    assert callable(module.run)


def test_a_mistyped_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serv"]) == cli.WRONG_USE
    assert "did you mean “serve”?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["which", "--help"], ["which", "--answers", "no,no,yes"]])
def test_a_reader_that_has_seen_enough_is_no_error(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "routebook", *words], stdout=nobody, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("words", [["--help"], ["which", "--answers", "no,no,yes"]])
def test_a_full_disk_is_one_sentence(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "routebook", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "routebook: No space left on device.\n")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["serve", "--help"]])
def test_what_needs_no_database_never_loads_django(words: list[str]) -> None:
    code = (
        "import sys; from routebook.cli.main import main\n"
        f"try: main({words!r})\n"
        "except SystemExit: pass\n"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_help_starts_at_once() -> None:
    def seconds(*words: str) -> float:
        """What Python takes of a processor to do this ten times: how busy the machine is does not count."""
        began = os.times()
        for _ in range(10):
            subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
        ended = os.times()
        return ended.children_user + ended.children_system - began.children_user - began.children_system

    # Three times what Python needs to begin at all; with Django it would be forty times.
    assert seconds("-m", "routebook", "--help") < 8 * seconds("-c", "pass")
