"""`routebook which`: the same five questions at the shell."""

import pytest

from routebook.cli import main as cli
from routebook.cli import which


@pytest.mark.parametrize(
    ("answers", "need"),
    [("yes", "a policy"), ("no,yes", "a process"), ("no,no,yes", "an SOP"), ("n,n,n,y", "a work instruction"),
     ("no,no,no,no,yes", "no document, but a run"), ("no,no,no,no,no", "no document")],
)  # fmt: skip
def test_the_first_yes_decides(answers: str, need: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["which", "--answers", answers]) == cli.FINE
    assert capsys.readouterr().out.startswith(f"You need {need}. ")


def test_noes_so_far_get_the_next_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["which", "--answers", "no,no"]) == cli.FINE
    assert "--answers no,no,yes" in capsys.readouterr().out


@pytest.mark.parametrize("answers", ["perhaps", "no,no,no,no,no,no"])
def test_answers_that_make_no_sense_are_wrong_use(answers: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["which", "--answers", answers]) == cli.WRONG_USE
    assert capsys.readouterr().err.startswith("routebook: ")


def test_at_a_terminal_it_asks_until_the_first_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = iter(["no", "hm", "YES"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: next(said))
    assert cli.main(["which"]) == cli.FINE
    out = capsys.readouterr().out
    assert out.count("For example") == 2
    assert "You need a process." in out


def test_an_end_of_input_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", ended)
    assert cli.main(["which"]) == cli.WRONG_USE
    assert "ended before" in capsys.readouterr().err


def test_it_needs_no_django() -> None:
    assert "django" not in {name.split(".")[0] for name in vars(which)}
