"""The whole folder: lossless both ways, all or nothing, and nothing missed without a word."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings

from routebook.core.document import Access, Library, Organisation, Person, Role, WorkingWeek
from routebook.formats import reference
from routebook.formats.errors import Refused
from routebook.formats.library import (
    LibraryFolder,
    normalise_library,
    path_of,
    read_library,
    read_organisation,
    write_library,
    write_organisation,
)
from routebook.formats.normal import normalise_organisation
from routebook.formats.schema import ORGANISATION, PERSON, ROLE, Record
from tests.formats.strategies import libraries, organisations

ROUTEBOOK = b"""\
name: Clear Harbour Coaching
time_zone: Asia/Singapore
currency: SGD
week: {mon-fri: 09:00-17:00}
roles:
  - {title: Founder, holders: [mei], backup: ana}
people:
  - {id: mei, name: Mei Tan, access: owner}
  - {id: ana, name: Ana Costa, time_zone: Europe/Lisbon, week: {mon-tue: [08:00-12:00, 13:00-15:30], sat: 10:00-12:00}}
"""
POLICY = b"---\nkind: policy\ntitle: Refund within 14 days\n---\n"


def read(files: dict[str, bytes]) -> LibraryFolder:
    found = read_library(files)
    assert isinstance(found, LibraryFolder), "\n".join(map(str, found.errors))
    return found


def errors(files: dict[str, bytes]) -> list[str]:
    found = read_library(files)
    assert isinstance(found, Refused)
    return [str(error) for error in found.errors]


@settings(max_examples=60, deadline=None)
@given(libraries())
def test_reading_what_was_written_gives_the_library_in_normal_form(library: Library) -> None:
    media = {"a/b.png": b"\x89PNG\x00\xff"}
    files = write_library(library, media)
    again = read(files)
    assert again.library == normalise_library(library)
    assert again.media == media
    assert write_library(again.library, again.media) == files


@settings(max_examples=100, deadline=None)
@given(organisations())
def test_an_organisation_survives(organisation: Organisation) -> None:
    again = read_organisation("routebook.yaml", write_organisation(organisation))
    assert not isinstance(again, Refused), "\n".join(map(str, again.errors))
    assert again[0] == normalise_organisation(organisation)


@pytest.mark.parametrize("record", [ORGANISATION, PERSON, ROLE])
def test_every_field_of_the_organisation_has_a_key(record: Record) -> None:
    assert {field.name for field in dataclasses.fields(record.cls)} == {key.field for key in record.keys}


def test_what_routebook_yaml_says() -> None:
    organisation = read({"routebook.yaml": ROUTEBOOK}).library.organisation
    assert organisation.week == WorkingWeek()
    assert organisation.roles == (Role("Founder", ("mei",), "ana"),)
    assert organisation.people[0] == Person("mei", "Mei Tan", access=Access.OWNER)
    halves = [(day, first, last) for day in (0, 1) for first, last in ((480, 720), (780, 930))]
    assert organisation.people[1].week == WorkingWeek((*halves, (5, 600, 720)))


def test_routebook_yaml_is_written_as_by_hand() -> None:
    text = write_organisation(read({"routebook.yaml": ROUTEBOOK}).library.organisation)
    assert text == ROUTEBOOK.decode().replace("week: {mon-fri: 09:00-17:00}\n", "")


def test_lines_are_kept_by_file() -> None:
    lines = read({"routebook.yaml": ROUTEBOOK, "policies/p.md": POLICY}).lines
    assert lines["routebook.yaml"]["people[1]"] == 9
    assert lines["policies/p.md"]["title"] == 3


def test_media_and_strangers() -> None:
    folder = read(
        {
            "routebook.yaml": ROUTEBOOK,
            "media/clips/refund.mp4": b"\x00",
            "README.md": b"# Hello",
            ".github/ci.md": b"",
            "docs/a.md": b"",
            "policies/.DS_Store": b"\x00",
        }
    )
    assert folder.media == {"clips/refund.mp4": b"\x00"}
    assert folder.ignored == (".github/ci.md", "README.md", "docs/a.md", "policies/.DS_Store")


def test_documents_come_by_kind_and_slug() -> None:
    files = {"routebook.yaml": ROUTEBOOK, "policies/b.md": POLICY, "policies/a.md": POLICY}
    files["goals/z.md"] = POLICY.replace(b"policy", b"goal")
    assert [path_of(one) for one in read(files).library.documents] == ["goals/z.md", "policies/a.md", "policies/b.md"]


def test_one_bad_file_refuses_the_folder_and_every_error_is_told() -> None:
    found = errors(
        {
            "routebook.yaml": ROUTEBOOK.replace(b"backup: ana", b"backup: anna"),
            "policies/good.md": POLICY,
            "policies/bad.md": POLICY.replace(b"title", b"titel"),
            "media/../../etc/passwd": b"",
            "policies/dir/deep.md": POLICY,
            "policies/picture.png": b"\x89PNG",
            "policy/lost.md": POLICY,
            "sops/large.md": b"a" * 1_000_001,
        }
    )
    assert found == [
        "media/../../etc/passwd:1: This file lies outside the folder. Take it out of the archive.",
        "policies/bad.md:2: `title` is missing from a policy. Add it, as in `title: Issue a refund in Stripe`.",
        "policies/bad.md:3: `titel` is not a key of a policy. Did you mean `title`?",
        "policies/dir/deep.md:1: This file is not a document of the library. "
        "Put documents directly into `policies/` as `name.md`, and everything else into `media/`.",
        "policies/picture.png:1: This file is not a document of the library. "
        "Put documents directly into `policies/` as `name.md`, and everything else into `media/`.",
        "policy/lost.md:1: `policy/` is not a folder of a library. Did you mean `policies/`?",
        "routebook.yaml:6: `anna` is not the id of anyone in `people`. Did you mean `ana`?",
        "sops/large.md:1: This file is too large: 1.0 MB, and a document is at most 1 MB. "
        "Put pictures and recordings into `media/`.",
    ]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("id: ana", "id: mei", "routebook.yaml:9: `mei` stands in `people` twice."),
        ("mon-fri", "mon-frie", "routebook.yaml:4: `mon-frie` is not a weekday."),
        ("09:00-17:00", "17:00-09:00", "routebook.yaml:4: `week` is working hours by weekday, not `17:00-09:00`."),
        ("09:00-17:00", "9-17", "routebook.yaml:4: `week` is working hours by weekday, not `9-17`."),
        ("name: Clear", "nam: Clear", "routebook.yaml:1: `name` is missing from routebook.yaml."),
        ("access: owner", "access: ower", "routebook.yaml:8: `ower` is none of the words for `access`."),
        ("people:", "people: [", "routebook.yaml:8: This is not valid YAML"),
        ("name: Clear", "---\nname: A\n---\nname: Clear", "routebook.yaml:3: A second YAML document starts here."),
    ],
)
def test_errors_in_routebook_yaml(before: str, after: str, says: str) -> None:
    found = errors({"routebook.yaml": ROUTEBOOK.decode().replace(before, after).encode()})
    assert any(error.startswith(says) for error in found), found


def test_a_folder_without_routebook_yaml_is_refused() -> None:
    assert errors({"policies/p.md": POLICY})[0].startswith("routebook.yaml:1: This folder has no routebook.yaml.")


def test_the_reference_page_is_the_schema() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "library-format.md"
    assert page.read_text() == reference.page(), "run: bin/python -m routebook.formats.reference > " + str(page)
