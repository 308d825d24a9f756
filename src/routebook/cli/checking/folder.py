"""A whole library folder checked, with as little work as is needed to be right.

1. Names, sizes and times are compared with those of the last check; where they differ, the content is.
2. Files whose content is new are read. A few facts of each document are enough to make the library's index.
3. The rules look again at a document that is new, and where the answer to a question that they asked has changed.

So the findings are always those of a check from nothing; a test holds that for any edits.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from routebook.cli.checking.cache import Cache
from routebook.cli.checking.findings import Placed
from routebook.cli.checking.keeping import Knowledge, Known, kept, knowledge_in
from routebook.cli.checking.part import Around, Part, Read, Task, bytes_of, placed, placed_error
from routebook.cli.checking.seen import MEDIA_FOLDER, ORGANISATION_FILE, Seen, look
from routebook.cli.checking.team import Team, workers_for
from routebook.cli.main import CommandError
from routebook.core.checks import Checker
from routebook.core.checks.catalogue import Index, Question, answer
from routebook.core.document import FOLDERS, Organisation
from routebook.formats.errors import FormatError, Lines, Refused, did_you_mean
from routebook.formats.library import read_organisation
from routebook.formats.markdown import decode

Progress = Callable[[int, int], None]
"""Told how much of the work is done, and how much there is."""

JUST_NOW = 50_000_000
"""Nanoseconds. A file that was changed so shortly before may change again without its time showing it …"""
JUST_NOW_IN_WHOLE_SECONDS = 2_000_000_000
"""… and so may one whose file system only knows seconds."""


def check_folder(
    directory: Path, today: dt.date, *, rehash: bool = False, progress: Progress = lambda _done, _all: None
) -> dict[str, Any]:
    """The result of a check, as the cache keeps it: `documents` (how many by folder) and `findings`, in order.

    `rehash` compares contents even where sizes and times are the same. Raises `CommandError` where there is no library.
    """
    begun = time.time_ns()
    cache = Cache(directory)
    folders = _watched(directory)
    seen = look(str(directory), folders)
    if not any(name.partition("/")[0] in (*FOLDERS.values(), ORGANISATION_FILE) for name in seen.files):
        raise CommandError(f"“{directory}” is no library: it has neither {ORGANISATION_FILE} nor documents.")
    check = _Check(str(directory), seen, knowledge_in(cache.documents()), progress)
    now = check.knowledge(today, rehash=rehash)
    in_documents = (each for known in now.documents.values() for each in known.findings)
    found = sorted([*_misplaced(seen), *check.in_organisation, *in_documents], key=_place)
    trusted = {name: _trusted(at, begun) for name, (_, at) in seen.files.items()}
    result = {
        "today": today.isoformat(),
        "folders": folders,
        "seen": seen.digest() if all(at or not seen.files[name][1] for name, at in trusted.items()) else "",
        "documents": Counter(name.partition("/")[0] for name in now.documents),
        "findings": [list(each) for each in found],
    }
    cache.keep(result, kept(now, trusted))
    return result


def _watched(directory: Path) -> list[str]:
    """The folders of a library, and those that nearly have such a name: their documents would be missed."""
    known = [*FOLDERS.values(), MEDIA_FOLDER]
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise CommandError(f"“{directory}” can't be read: {error.strerror}.") from error
    return [*known, *(name for name in names if name not in known and did_you_mean(name, FOLDERS.values()))]


def _organisation(directory: str, seen: Seen) -> tuple[_Organisation, list[Placed]]:
    data = bytes_of(directory, ORGANISATION_FILE) if ORGANISATION_FILE in seen.files else None
    if data is None:
        fix = "Add it, with a line such as `name: Clear Harbour Coaching`."
        missing = FormatError(ORGANISATION_FILE, 1, "", "This folder has no routebook.yaml that can be read.", fix)
        return _Organisation(None, {}), [placed_error(ORGANISATION_FILE, None, "", missing)]
    text = decode(ORGANISATION_FILE, data)
    read = text if isinstance(text, Refused) else read_organisation(ORGANISATION_FILE, text)
    if isinstance(read, Refused):
        return _Organisation(None, {}), [placed_error(ORGANISATION_FILE, None, "", error) for error in read.errors]
    return _Organisation(*read), []


def _misplaced(seen: Seen) -> Iterator[Placed]:
    """Documents in `policy/` or `SOPs/`: left alone, they would be missed without a word."""
    for name in seen.files:
        folder = name.partition("/")[0]
        if folder != name and folder not in (*FOLDERS.values(), MEDIA_FOLDER) and name.endswith(".md"):
            fix = f"Did you mean `{did_you_mean(folder, FOLDERS.values())}/`?"
            error = FormatError(name, 1, "", f"`{folder}/` is not a folder of a library.", fix)
            yield placed_error(name, None, "", error)


def _trusted(at: int, begun: int) -> int:
    """The time of a file, or 0 if another change might not move it."""
    span = JUST_NOW if at % 1_000_000_000 else JUST_NOW_IN_WHOLE_SECONDS
    return at if 0 < at < begun - span else 0


def _place(placed: Placed) -> tuple[str, int, str, str]:
    return placed.file, placed.line, placed.rule, placed.path


class _Organisation(NamedTuple):
    """The organisation's own file; None where it can't be read."""

    value: Organisation | None
    lines: Lines


class _Answers:
    """What the library answers to the questions that rules asked."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.said: dict[Question, str] = {}

    def add(self, asked: Iterable[Question]) -> None:
        for question in asked:
            if question not in self.said:
                self.said[question] = answer(self._index, question)

    def findings_in(self, organisation: _Organisation) -> list[Placed]:
        if organisation.value is None:
            return []
        findings = Checker(self._index).look_at(organisation.value).findings
        return [placed(ORGANISATION_FILE, organisation.lines, finding) for finding in findings]


class _Check:
    """One check of one folder."""

    def __init__(self, directory: str, seen: Seen, before: Knowledge, progress: Progress) -> None:
        self.in_organisation: list[Placed] = []
        self._directory = directory
        self._seen = seen
        self._files = {name: at for name, at in seen.files.items() if name.partition("/")[0] in FOLDERS.values()}
        self._media = frozenset(name.partition("/")[2] for name in seen.files if name.partition("/")[0] == MEDIA_FOLDER)
        self._before = before
        self._progress = progress
        self._part = Part(directory)

    def knowledge(self, today: dt.date, *, rehash: bool) -> Knowledge:
        """What is known of each document now, with its findings.

        Where several processes do the work, this one does what is left to do while they are at it.
        """
        known, tasks = self._sorted_out(rehash)
        with ExitStack() as stack:
            crew = self._crew(len(tasks), stack)
            reads = crew.read(tasks)
            organisation, self.in_organisation = _organisation(self._directory, self._seen)
            for done, read in enumerate(reads, 1):
                known[read.name] = self._after_reading(read)
                self._progress(done, 2 * len(tasks))
            roles = organisation.value.roles if organisation.value is not None else ()
            around = Around(tuple(known[name].facts for name in sorted(known)), roles, today, self._media)
            stale = self._stale(known, self._changed(around))
            crew = crew if isinstance(crew, Team) else self._crew(len(stale), stack)
            looks = crew.look(stale, around)
            answers = _Answers(self._part.index(around))
            self.in_organisation += answers.findings_in(organisation)
            for done, looked in enumerate(looks, len(tasks) + 1):
                known[looked.name] = known[looked.name].looked_at(looked.findings, looked.asked)
                answers.add(looked.asked)
                self._progress(done, len(tasks) + len(stale))
        for each in known.values():
            answers.add(each.asked or ())
        return Knowledge(known, answers.said)

    def _sorted_out(self, rehash: bool) -> tuple[dict[str, Known], list[Task]]:
        """The documents whose files are as they were, and the files to read."""
        known: dict[str, Known] = {}
        tasks: list[Task] = []
        for name, (size, at) in self._files.items():
            before = self._before.documents.get(name)
            if before is not None and not rehash and before.time and (before.size, before.time) == (size, at):
                known[name] = before
            else:
                tasks.append(Task(name, size, at, before.content if before is not None else ""))
        return known, tasks

    def _crew(self, work: int, stack: ExitStack) -> Part | Team:
        """Who does the work: this process alone, or several where there is enough of it."""
        workers = workers_for(work)
        return stack.enter_context(Team(self._directory, workers)) if workers > 1 else self._part

    def _after_reading(self, read: Read) -> Known:
        size, at = self._files[read.name]
        if read.facts is None:
            return self._before.documents[read.name]._replace(size=size, time=at)
        return Known(size, at, read.content, read.facts, read.findings)

    def _changed(self, around: Around) -> set[Question]:
        """The questions that are answered otherwise than before."""
        before = self._before.answers
        if not before:
            return set()  # and the index can wait until others are at work
        index = self._part.index(around)
        return {asked for asked, said in before.items() if answer(index, asked) != said}

    def _stale(self, known: Mapping[str, Known], changed: set[Question]) -> list[str]:
        """The documents at which the rules have to look."""
        return [
            name
            for name, each in known.items()
            if each.facts.is_readable and (each.asked is None or not changed.isdisjoint(each.asked))
        ]
