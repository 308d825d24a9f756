"""The sample is the example that docs, tests and screenshots hang on: it must read, and read well."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from routebook.core.checks import check
from routebook.core.document import Access, Goal, Handling, Library, Policy, Procedure, Process, Sop, WorkInstruction
from routebook.formats.errors import Refused
from routebook.formats.library import LibraryFolder, read_library, write_library

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src" / "routebook" / "sample"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def folder() -> LibraryFolder:
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    read = read_library(files)
    assert not isinstance(read, Refused), "\n".join(map(str, read.errors))
    return read


@pytest.fixture(scope="module")
def library(folder: LibraryFolder) -> Library:
    return folder.library


def process(library: Library, slug: str) -> Process:
    return next(one for one in library.documents if isinstance(one, Process) and one.slug == slug)


def sops_of(library: Library, step: str) -> list[Sop]:
    return [one for one in library.documents if isinstance(one, Sop) and one.step == step]


def test_the_link_at_the_root_leads_to_the_package_data() -> None:
    assert (ROOT / "sample").resolve() == FOLDER


def test_it_causes_no_finding(folder: LibraryFolder) -> None:
    assert check(folder.library, today=TODAY, media=frozenset(folder.media)) == ()


def test_every_file_is_as_the_writer_would_write_it(folder: LibraryFolder) -> None:
    for path, data in write_library(folder.library, folder.media).items():
        assert data == (FOLDER / path).read_bytes(), path


def test_every_picture_that_is_shown_exists(folder: LibraryFolder) -> None:
    assert set(folder.media) == {"stripe-refund.png"}
    assert folder.media["stripe-refund.png"].startswith(b"\x89PNG")
    issue = next(one for one in folder.library.documents if one.slug == "issue-a-refund-in-stripe")
    assert isinstance(issue, Sop)
    assert "(../media/stripe-refund.png)" in issue.checklist[1].instruction


def test_one_founder_one_manager_three_assistants_in_two_time_zones(library: Library) -> None:
    people = library.organisation.people
    assert sorted(person.access for person in people) == sorted(
        [Access.OWNER, Access.MANAGER, Access.ASSISTANT, Access.ASSISTANT, Access.ASSISTANT]
    )
    zones = {person.time_zone or library.organisation.time_zone for person in people}
    assert zones == {"Asia/Singapore", "Europe/Lisbon"}


def test_every_role_on_a_map_is_held_and_has_a_backup(library: Library) -> None:
    roles = {role.title: role for role in library.organisation.roles}
    on_maps = {step.role for one in library.documents if isinstance(one, Process) for step in one.steps}
    assert on_maps <= roles.keys()
    assert all(roles[title].holders and roles[title].backup for title in on_maps)


def test_a_refund_stands_at_every_level(library: Library) -> None:
    refund = process(library, "refund-a-customer")
    policies = {one.slug for one in library.documents if isinstance(one, Policy)}
    assert policies == {"refund-within-14-days", "reply-in-a-day"}
    assert refund.target is not None
    assert refund.target.policy == "reply-in-a-day"
    [procedure] = [one for one in library.documents if isinstance(one, Procedure)]
    assert (procedure.step, len(procedure.checklist)) == ("refund-a-customer/verify", 5)
    documented = [step.id for step in refund.steps if sops_of(library, f"refund-a-customer/{step.id}")]
    assert documented == ["verify", "decline", "issue"]
    assert [step.handling for step in refund.steps if step.id in ("approve", "confirm")] == [
        Handling.KEEP,
        Handling.AUTOMATE,
    ]
    [issue] = sops_of(library, "refund-a-customer/issue")
    [instruction] = [one for one in library.documents if isinstance(one, WorkInstruction)]
    assert instruction.slug in {item.uses for item in issue.checklist}


def test_the_funnel_keeps_two_steps_and_hands_three_to_one_role(library: Library) -> None:
    funnel = process(library, "launch-the-vsl-funnel")
    keep, delegate = Handling.KEEP, Handling.DELEGATE
    assert [step.handling for step in funnel.steps] == [keep, keep, delegate, delegate, delegate]
    sops = [sop for step in funnel.steps for sop in sops_of(library, f"{funnel.slug}/{step.id}")]
    assert [sop.title for sop in sops] == ["Build the VSL funnel", "QA & launch checklist", "Track funnel performance"]
    assert {sop.role for sop in sops} == {"Digital marketing VA"}


def test_a_post_has_three_variations_with_an_sop_each(library: Library) -> None:
    post = process(library, "publish-a-social-post")
    [step] = [step for step in post.steps if step.variations]
    assert step.variations is not None
    assert step.variations.of == ("plain", "video", "sponsored")
    assert {sop.variation for sop in sops_of(library, f"{post.slug}/{step.id}")} == set(step.variations.of)
    [field] = [field for field in post.form if field.field == step.variations.by]
    assert field.options == step.variations.of


def test_every_sop_is_one_page_with_a_bar_and_both_examples(library: Library) -> None:
    for sop in library.documents:
        if isinstance(sop, Sop):
            assert 3 <= len(sop.quality_bar) <= 5, sop.slug
            assert 3 <= len(sop.checklist) <= 9, sop.slug
            assert all((sop.good, sop.bad, sop.minutes, sop.may_decide, sop.ask_when)), sop.slug


def test_every_goal_is_a_number_with_a_day_and_is_served(library: Library) -> None:
    goals = [one for one in library.documents if isinstance(one, Goal)]
    served = {slug for one in library.documents if isinstance(one, Process) for slug in one.serves}
    assert {goal.slug for goal in goals} == served
    assert all(goal.number and goal.unit and goal.by for goal in goals)
