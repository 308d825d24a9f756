"""A library folder goes in whole or not at all, a second time changes nothing, and it comes out as it went in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from routebook.core.document import Access, Away, Kind, Library, Policy, Sop, Status
from routebook.formats.library import LibraryFolder, read_library
from routebook.formats.markdown import read_document
from routebook.formats.markdown.document import DocumentFile
from routebook.store.access import Actor, Refused
from routebook.store.actions import documents, organisations
from routebook.store.actions.library import bring
from routebook.store.models import Document, Member, User, Version
from routebook.store.queries.library import export
from routebook.store.queries.media import paths

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
SAMPLE = Path(__file__).parents[2] / "src" / "routebook" / "sample"


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def sample() -> LibraryFolder:
    files = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()}
    return read(files)


def read(files: dict[str, bytes]) -> LibraryFolder:
    folder = read_library(files)
    assert isinstance(folder, LibraryFolder), folder
    return folder


def owner(name: str = "Clear Harbour Coaching", email: str = "mei@example.com") -> Actor:
    user = User.objects.create_user(email, name="Mei Tan")
    return organisations.found(name, time_zone="UTC", owner=user, key="mei", now=NOW)


def test_the_sample_comes_in_whole() -> None:
    actor = owner()
    folder = sample()
    brought = bring(actor, folder.library, folder.media, now=NOW)
    assert {one.result for one in brought if one.path != "routebook.yaml"} == {"created"}
    published = Document.objects.filter(org_id=actor.org, status=Status.PUBLISHED)
    assert published.count() == len(folder.library.documents)
    assert Member.objects.filter(org_id=actor.org).count() == 5
    assert Member.objects.get(org_id=actor.org, key="ana").time_zone == "Europe/Lisbon"
    assert paths(actor) == {"stripe-refund.png"}


def test_a_second_time_changes_nothing() -> None:
    actor = owner()
    folder = sample()
    bring(actor, folder.library, folder.media, now=NOW)
    again = bring(actor, folder.library, folder.media, now=NOW)
    assert {one.result for one in again} == {"unchanged"}
    assert Version.objects.filter(org_id=actor.org).count() == len(folder.library.documents)


def test_what_goes_in_comes_out_and_goes_in_again_the_same() -> None:
    first = owner()
    folder = sample()
    bring(first, folder.library, folder.media, now=NOW)
    leave_work_open(first)
    exported = export(first)
    assert exported.left_out == ()
    second = owner("Another", "other@example.com")
    Member.objects.filter(pk=second.member).update(email="mei@example.com")
    back = read(exported.files)
    bring(second, back.library, back.media, drafts_of(exported.files), now=NOW)
    assert export(second).files == exported.files
    assert {"drafts/sops/issue-a-refund-in-stripe.md", "policies/never-argue.md"} <= exported.files.keys()


def leave_work_open(actor: Actor) -> None:
    """A changed draft of a published SOP, a draft never published, a retired policy."""
    issue = Document.objects.get(org_id=actor.org, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    documents.change_draft(actor, issue.pk, base=1, fields={"minutes": 9}, now=NOW)
    documents.create(actor, Kind.POLICY, {"title": "Never argue"}, now=NOW)
    old = documents.create(actor, Kind.POLICY, {"title": "Old rule", "statement": "We did."}, now=NOW)
    documents.publish(actor, old.pk, now=NOW)
    documents.retire(actor, old.pk, why="It went.", now=NOW)


def drafts_of(files: dict[str, bytes]) -> list[Sop]:
    found = []
    for path, data in files.items():
        if path.startswith("drafts/"):
            file = read_document(path, data.decode())
            assert isinstance(file, DocumentFile)
            assert isinstance(file.document, Sop)
            found.append(file.document)
    return found


def test_the_sample_exports_to_its_own_files() -> None:
    actor = owner()
    folder = sample()
    bring(actor, folder.library, folder.media, now=NOW)
    expected = {path: (SAMPLE / path).read_bytes() for path in [*export(actor).files]}
    assert export(actor).files == expected


def test_a_secret_in_one_document_keeps_everything_out() -> None:
    actor = owner()
    folder = sample()
    leak = Policy(
        slug="zz-leak", title="Leak", owner="Founder", statement="The key is sk_live_4eC39HqLyjWDarjtT1zdp7dc."
    )
    library = Library(folder.library.organisation, (*folder.library.documents, leak))
    with pytest.raises(Refused) as refused:
        bring(actor, library, folder.media, now=NOW)
    assert refused.value.refusal.field == "policies/zz-leak.md"
    assert not Document.objects.filter(org_id=actor.org).exists()
    assert Member.objects.filter(org_id=actor.org).count() == 1
    assert paths(actor) == frozenset()


def test_a_picture_that_is_none_keeps_everything_out() -> None:
    actor = owner()
    folder = sample()
    with pytest.raises(Refused) as refused:
        bring(actor, folder.library, {"stripe-refund.png": b"<script>"}, now=NOW)
    assert refused.value.refusal.field == "media/stripe-refund.png"
    assert not Document.objects.filter(org_id=actor.org).exists()


def test_an_open_draft_survives_the_import_of_a_new_text() -> None:
    actor = owner()
    folder = sample()
    bring(actor, folder.library, folder.media, now=NOW)
    row = Document.objects.get(org_id=actor.org, kind=Kind.POLICY, slug="reply-in-a-day")
    documents.change_draft(actor, row.pk, base=1, fields={"why": "Half a thought"}, now=NOW)
    library = replace(
        folder.library,
        documents=tuple(
            replace(one, why="A new reason.") if isinstance(one, Policy) and one.slug == "reply-in-a-day" else one
            for one in folder.library.documents
        ),
    )
    brought = bring(actor, library, now=NOW)
    assert [one.path for one in brought if one.result == "published"] == ["policies/reply-in-a-day.md"]
    row.refresh_from_db()
    assert row.draft.fields["why"] == "Half a thought"


def test_an_sop_without_a_step_stays_a_draft() -> None:
    actor = owner()
    library = Library(sample().library.organisation, (Sop(slug="floating", title="Floating", owner="Founder"),))
    bring(actor, library, now=NOW)
    assert Document.objects.get(org_id=actor.org, slug="floating").status == Status.DRAFT


@pytest.mark.parametrize("access", [access for access in Access if access is not Access.OWNER])
def test_only_an_owner_imports_and_exports(access: Access) -> None:
    actor = replace(owner(), access=access)
    with pytest.raises(Refused):
        bring(actor, sample().library, now=NOW)
    with pytest.raises(Refused):
        export(actor)


def test_another_organisation_sees_none_of_it() -> None:
    actor = owner()
    stranger = owner("Elsewhere", "else@example.com")
    folder = sample()
    bring(actor, folder.library, folder.media, now=NOW)
    assert [path for path in export(stranger).files if path != "routebook.yaml"] == []


def test_a_file_name_that_is_an_address_of_ours_is_refused_by_name() -> None:
    actor = owner()
    library = Library(sample().library.organisation, (Policy(slug="new", title="New", owner="Founder"),))
    with pytest.raises(Refused) as refused:
        bring(actor, library, now=NOW)
    assert refused.value.refusal.field == "policies/new.md"
    assert not Document.objects.filter(org_id=actor.org).exists()


def test_a_retired_document_comes_back_when_the_folder_says_so() -> None:
    actor = owner()
    organisation = sample().library.organisation
    rule = Policy(slug="rule", title="Rule", owner="Founder", statement="We do.")
    results = [
        bring(actor, Library(organisation, (one,)), now=NOW)[1].result
        for one in (rule, replace(rule, status=Status.RETIRED), replace(rule, status=Status.RETIRED), rule)
    ]
    assert results == ["created", "retired", "unchanged", "published"]
    assert Document.objects.get(org_id=actor.org).status == Status.PUBLISHED


def test_days_away_follow_the_folder() -> None:
    actor = owner()
    organisation = sample().library.organisation
    away = Away(dt.date(2026, 12, 24), dt.date(2026, 12, 31))
    later = Away(dt.date(2027, 1, 4), dt.date(2027, 1, 8))
    for days in ((away,), (away, later), (later,)):
        people = tuple(replace(person, away=days) if person.id == "jon" else person for person in organisation.people)
        brought = bring(actor, Library(replace(organisation, people=people)), now=NOW)
        assert brought[0].result == "changed"
    jon = Member.objects.get(org_id=actor.org, key="jon")
    assert [(one.first, one.last) for one in jon.aways.all()] == [(later.first, later.last)]
