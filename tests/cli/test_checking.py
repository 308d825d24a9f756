"""A check that only looks at what has changed finds what a check from nothing finds."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.checks_library import write_library
from routebook.cli.checking import folder, part, team
from routebook.cli.checking.cache import Cache
from routebook.cli.checking.folder import check_folder
from routebook.cli.checking.progress import Progress
from routebook.cli.folder import files_of
from routebook.cli.main import main
from routebook.core.checks import check
from routebook.formats.errors import Refused
from routebook.formats.library import read_library

WORLD = Path(__file__).parents[1] / "cases" / "checks" / "world"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copytree(WORLD, tmp_path / "library"))


def checked(directory: Path, today: dt.date = TODAY, **options: Any) -> list[list[Any]]:
    findings: list[list[Any]] = check_folder(directory, today, **options)["findings"]
    return findings


@contextmanager
def cache_in(place: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(place))
        yield


def from_nothing(directory: Path, today: dt.date = TODAY) -> list[list[Any]]:
    with tempfile.TemporaryDirectory() as place, cache_in(Path(place)):
        return checked(directory, today)


# --- the law --------------------------------------------------------------------------------------

SNIPPETS = {
    "sops/issue-a-refund-in-stripe.md": [
        ("role: Finance assistant", "role: Nobody we know"),
        ("refund-a-customer/issue", "refund-a-customer/ishue"),
        ("refund-a-customer/issue", "refund-a-customer/approve"),
        ("title: Issue a refund in Stripe", "title: Refund a customer"),
        ("title: Issue a refund in Stripe", "title: Decline and explain"),
        ("instruction: full-refund-in-stripe", "instruction: nothing-here"),
        ("kind: sop", "kind: sop\nstatus: retired"),
        ("kind: sop", "kind: sop\nstatus: draft"),
        ("kind: sop", "kind"),
        ("vault: Stripe/finance", "password: hunter2"),
        ("## Questions", "## Pictures\n![x](../media/shot.png)\n\n## Questions"),
        ("1. Open", "1. Founder: approve it\n1. Open"),
    ],
    "processes/refund-a-customer.md": [
        ("policies: [refund-within-14-days]", "policies: []"),
        ("policies: [refund-within-14-days]", "policies: [refund-within-41-days]"),
        ("id: issue, title: Issue the refund", "id: issue, title: Pay it back"),
        ("id: issue,", "id: pay,"),
        ("gives: payment reference, handling: delegate", "gives: payment reference, handling: keep"),
        ("title: Refund a customer", "title: Issue a refund in Stripe"),
        ("kind: process", "kind: process\nstatus: retired"),
        ("kind: process", "kind: process\nsteps: what"),
    ],
    "routebook.yaml": [
        ("title: Finance assistant", "title: Finance clerk"),
        ("holders: [leo]", "holders: [lea]"),
        ("name: Clear Harbour", "nam: Clear Harbour"),
        ("Leo Martins", "Leo password: hunter2"),
    ],
    "work-instructions/full-refund-in-stripe.md": [
        ("owner: Head of Support", "owner: Founder"),
        ("kind: work-instruction", "kind: work-instruction\nstatus: retired"),
    ],
    "policies/refund-within-14-days.md": [
        ("owner: Founder\n", ""),
        ("kind: policy", "kind: policy\napplies_to: [refund]"),
    ],
}
EDITS = [(file, old, new) for file, pairs in SNIPPETS.items() for old, new in pairs]
Edit = Callable[[Path], None]


def replaced(file: str, old: str, new: str) -> Edit:
    def edit(library: Path) -> None:
        path = library / file
        if path.exists():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(new, old) if new and new in text else text.replace(old, new), encoding="utf-8")

    return edit


def turned(file: str, content: str) -> Edit:
    """A file that comes or goes."""

    def edit(library: Path) -> None:
        path = library / file
        if path.exists():
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")

    return edit


def original(file: str) -> str:
    return (WORLD / file).read_text(encoding="utf-8")


COMING_AND_GOING = [
    turned("sops/issue-again.md", original("sops/issue-a-refund-in-stripe.md")),
    turned("sops/decline-and-explain.md", original("sops/decline-and-explain.md")),
    turned("processes/refund-a-customer.md", original("processes/refund-a-customer.md")),
    turned("work-instructions/full-refund-in-stripe.md", original("work-instructions/full-refund-in-stripe.md")),
    turned("policies/refund-within-14-days.md", original("policies/refund-within-14-days.md")),
    turned("goals/ten-hours-back.md", original("goals/ten-hours-back.md")),
    turned("routebook.yaml", original("routebook.yaml")),
    turned("media/shot.png", ""),
    turned("policy/lost.md", ""),
    turned("sops/README.txt", ""),
]
edits = st.one_of(st.sampled_from(EDITS).map(lambda one: replaced(*one)), st.sampled_from(COMING_AND_GOING))
days = st.sampled_from([TODAY, dt.date(2027, 2, 13), dt.date(2027, 2, 14), dt.date(2027, 5, 2)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(edits, max_size=3), days), min_size=2, max_size=6))
def test_after_any_edits_it_finds_what_a_check_from_nothing_finds(rounds: list[tuple[list[Edit], dt.date]]) -> None:
    with tempfile.TemporaryDirectory() as place, cache_in(Path(place, "cache")):
        library = Path(shutil.copytree(WORLD, Path(place, "library")))
        for changes, today in rounds:
            for change in changes:
                change(library)
            assert checked(library, today) == from_nothing(library, today)


def test_it_finds_what_the_rules_find_in_the_whole_library(tmp_path: Path) -> None:
    write_library(tmp_path / "library", 300)
    read = read_library(files_of(tmp_path / "library"))
    assert not isinstance(read, Refused)
    found = check(read.library, today=TODAY, media=frozenset())
    told = sorted((finding.rule, finding.slug, finding.path, finding.sentence, finding.fix) for finding in found)
    rows = from_nothing(tmp_path / "library")
    assert len(told) > 20
    assert sorted((row[2], row[6], row[7], row[8], row[9]) for row in rows) == told


def test_several_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "library"
    write_library(library, 300)
    alone = from_nothing(library)
    monkeypatch.setattr(folder, "workers_for", lambda work: 3 if work > 50 else 1)
    assert from_nothing(library) == alone
    with cache_in(tmp_path / "cache"):
        assert checked(library) == alone
        replaced("routebook.yaml", "title: Founder", "title: Maker")(library)  # every document asked for the roles
        assert checked(library) == from_nothing(library) != alone


def test_what_has_no_room_in_memory_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_library(tmp_path / "library", 120)
    expected = from_nothing(tmp_path / "library")
    for room in (0, 20_000):
        monkeypatch.setattr(part, "MOST_IN_MEMORY", room)
        assert from_nothing(tmp_path / "library") == expected
        assert len(expected) > 5


def test_the_share_of_a_process_is_worth_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert [team.workers_for(count) for count in (0, 18, 1599, 1600, 5000, 100_000)] == [1, 1, 1, 2, 6, 8]


# --- what is done again ----------------------------------------------------------------------------


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents at which the rules have looked since the list was emptied."""
    names: list[str] = []
    real = folder.Part._look

    def watched(part: folder.Part, name: str, checker: Any) -> Any:
        names.append(name)
        return real(part, name, checker)

    monkeypatch.setattr(folder.Part, "_look", watched)
    return names


def an_hour_old(library: Path) -> None:
    for file in library.rglob("*.*"):
        os.utime(file, ns=(0, file.stat().st_mtime_ns - 3_600_000_000_000))


def test_only_what_may_have_changed_is_looked_at_again(library: Path, looked_at: list[str]) -> None:
    an_hour_old(library)
    checked(library)
    assert len(looked_at) == 9
    looked_at.clear()
    checked(library)
    assert looked_at == []
    replaced("sops/decline-and-explain.md", "## Checklist", "Ana wrote this.\n\n## Checklist")(library)
    checked(library)
    assert looked_at == ["sops/decline-and-explain.md"]
    looked_at.clear()
    replaced("processes/refund-a-customer.md", "title: Approve,", "title: Say yes,")(library)
    checked(library)
    assert {name.partition("/")[0] for name in looked_at} == {"processes", "sops", "procedures"}


def test_a_day_that_changes_nothing_costs_nothing(library: Path, looked_at: list[str]) -> None:
    checked(library)
    looked_at.clear()
    assert checked(library, dt.date(2026, 11, 23)) == []
    assert looked_at == []
    overdue = [row[0] for row in checked(library, dt.date(2027, 2, 13))]
    assert sorted(looked_at) == overdue == ["sops/issue-a-refund-in-stripe.md", "sops/verify-a-refund-request.md"]


def test_a_file_that_was_only_touched_is_not_looked_at_again(library: Path, looked_at: list[str]) -> None:
    checked(library)
    an_hour_old(library)
    looked_at.clear()
    checked(library)
    assert looked_at == []


def test_a_change_that_size_and_time_hide_is_found_with_rehash(library: Path) -> None:
    file = library / "policies" / "reply-in-a-day.md"
    an_hour_old(library)
    assert checked(library) == []
    seen = file.stat()
    file.write_bytes(file.read_bytes().replace(b"owner: ", b"#wner: "))
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert checked(library) == []
    assert [row[2] for row in checked(library, rehash=True)] == ["RB204"]
    assert [row[2] for row in checked(library)] == ["RB204"]


def test_a_change_within_the_same_moment_is_found(library: Path) -> None:
    file = library / "policies" / "reply-in-a-day.md"
    os.utime(file, (0, 2_000_000_000))  # as young as can be: changed while we look
    assert checked(library) == []
    seen = file.stat()
    file.write_bytes(file.read_bytes().replace(b"owner: ", b"#wner: "))
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert [row[2] for row in checked(library)] == ["RB204"]  # the file was too young for its time to be trusted


# --- the cache ---------------------------------------------------------------------------------------


def test_an_unchanged_folder_is_answered_without_rules_and_readers(library: Path) -> None:
    an_hour_old(library)
    program = (
        "import sys; from routebook.cli.main import main; main(sys.argv[1:]);"
        "sys.exit(any(name.startswith(('routebook.core', 'routebook.formats', 'yaml')) for name in sys.modules))"
    )
    command = [sys.executable, "-c", program, "check", str(library), "--today", TODAY.isoformat()]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (first.returncode, second.returncode) == (1, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout == "9 documents checked, nothing found.\n"


@pytest.mark.parametrize("spoil", ["empty", "cut", "flipped", "text", "other version", "folder"])
@pytest.mark.parametrize("name", ["result", "documents"])
def test_a_broken_cache_counts_as_none(spoil: str, name: str, library: Path) -> None:
    replaced("policies/refund-within-14-days.md", "owner: Founder\n", "")(library)
    an_hour_old(library)
    before = checked(library)
    kept = Cache(library).folder / name
    written = kept.read_bytes()
    match spoil:
        case "folder":
            kept.unlink()
            kept.mkdir()
        case "other version":
            kept.write_bytes(written.replace(b'{"key":"1 ', b'{"key":"0 '))
        case _:
            broken = {"empty": b"", "cut": written[:-9], "flipped": written[:99] + b"\0" + written[100:], "text": b"[]"}
            kept.write_bytes(broken[spoil])
    assert main(["check", str(library), "--today", TODAY.isoformat()]) == 1
    assert checked(library) == before


def test_another_version_of_the_rules_starts_from_nothing(
    library: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(library)
    monkeypatch.setattr("routebook.cli.checking.cache.code_version", lambda: "another")
    looked_at.clear()
    checked(library)
    assert len(looked_at) == 9


def test_nothing_is_kept_where_nothing_can_be(library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert checked(library) == []
    assert main(["check", str(library), "--today", TODAY.isoformat()]) == 0


def test_nothing_is_written_into_the_library(library: Path) -> None:
    before = sorted(library.rglob("*"))
    checked(library)
    assert sorted(library.rglob("*")) == before


def test_what_was_kept_of_folders_that_nobody_checks_any_more_goes(library: Path, tmp_path: Path) -> None:
    old, young = (tmp_path / "cache" / "routebook" / "checks" / name for name in ("old", "young"))
    for place in (old, young):
        place.mkdir(parents=True)
    os.utime(old, (0, 0))
    checked(library)
    assert (old.exists(), young.exists()) == (False, True)


def test_two_checks_at_once_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    library = tmp_path / "library"
    write_library(library, 120)
    expected = json.dumps(from_nothing(library))
    program = (
        "import sys, json, datetime; from pathlib import Path; from routebook.cli.checking.folder import check_folder\n"
        "for _ in range(3):\n"
        f"    assert json.dumps(check_folder(Path(sys.argv[1]), datetime.date({TODAY:%Y, %-m, %-d}))['findings'])"
        " == sys.stdin.readline().strip()"
    )
    command = [sys.executable, "-c", program, str(library)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(f"{expected}\n" * 3)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert json.dumps(checked(library)) == expected


# --- progress ------------------------------------------------------------------------------------------


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    screen = Screen()
    with Progress(screen, is_wanted=True) as progress:
        progress.show(5, 10)
        progress.show(10, 10)
    half, whole = "#" * 15 + "." * 15, "#" * 30
    assert screen.getvalue() == f"\rChecking [{half}]  50 %\rChecking [{whole}] 100 %\r\x1b[K"


def test_no_progress_where_nobody_watches_or_wants_it_or_has_to_wait() -> None:
    for screen, is_wanted in ((io.StringIO(), True), (Screen(), False), (Screen(), True)):
        with Progress(screen, is_wanted=is_wanted) as progress:
            for done in range(5):
                progress.show(done, 5)
        assert screen.getvalue() == ""


def test_the_whole_work_is_told(library: Path) -> None:
    told: list[tuple[int, int]] = []
    checked(library, progress=lambda done, work: told.append((done, work)))
    assert told[-1] == (18, 18)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
