"""The pile in the store: what is taken, who sees it, and what is made of it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from routebook.core.document import Kind, Policy, Process, Sop
from routebook.formats.markdown import DocumentFile, read_document
from routebook.formats.pile import MAP, NEW, Adjustment, PileKind, moved, planned, split
from routebook.store import originals
from routebook.store.access import NotFound, Refused
from routebook.store.actions import pile
from routebook.store.models import Document, PileItem, PileMade
from routebook.store.queries import documents
from routebook.store.queries import pile as queries
from tests.formats.pile.accounting import letters
from tests.formats.pile.test_classify import MIXED, POLICY, PROCESS, SOP
from tests.world import World

pytestmark = pytest.mark.django_db


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_md", ".md"), text)
    return out.getvalue()


def one(world: World, text: str, name: str = "x.md", who: str = "owner") -> PileItem:
    (item,) = pile.take(world.actor(who), name, text.encode(), now=world.at()).kept
    return item


def test_a_zip_becomes_its_documents_and_what_is_refused_says_why(world: World) -> None:
    data = zipped(a_md=SOP, b__keys_md=POLICY)
    inner = io.BytesIO(data)
    with zipfile.ZipFile(inner, "a") as archive:
        archive.writestr("photo.png", b"\x89PNG")
        archive.writestr("inner.zip", zipped(c_md=SOP))
    taken = pile.take(world.actor("owner"), "drive.zip", inner.getvalue(), now=world.at())
    assert [(item.path, item.kind) for item in taken.kept] == [
        ("drive.zip/a.md", "sop"),
        ("drive.zip/b/keys.md", "policy"),
    ]
    assert [left.path for left in taken.refused] == ["drive.zip/inner.zip", "drive.zip/photo.png"]
    assert all(left.reason.endswith(".") for left in taken.refused)
    assert queries.data_of(taken.kept[0]) == SOP.encode()


LIBRARY = {
    "process": "---\nkind: process\ntitle: Refund a customer\ntrigger: a letter\nsteps:\n  - {id: ask, title: Ask, role: Clerk}\n---\n",
    "sop": "---\nkind: sop\ntitle: Ask the customer\nstatus: published\nstep: refund-a-customer/ask\nrole: Clerk\nquality_bar:\n  - It is polite\n---\n"
    "## Checklist\n\n1. Call\n2. Write it down\n",
    "goal": "---\nkind: goal\ntitle: Ten hours back\nnumber: 10\nunit: hours\n---\n",
}


@pytest.mark.parametrize("kind", LIBRARY)
def test_a_file_of_a_library_becomes_a_draft_with_every_field(world: World, kind: str) -> None:
    owner, item = world.actor("owner"), one(world, LIBRARY[kind], "a-file.md")
    (made,) = pile.accept(owner, item.pk, now=world.at())
    view = documents.find(owner, Kind(kind), made.slug)
    wanted = read_document("a-file.md", LIBRARY[kind])
    assert isinstance(wanted, DocumentFile)
    assert view.value == replace(wanted.document, slug=made.slug)
    assert made.published_id is None


def test_the_same_file_is_taken_once_and_kept_once(world: World) -> None:
    first, second = one(world, SOP), one(world, SOP)
    assert first.pk == second.pk
    elsewhere = one(world, SOP, "other.md")
    assert elsewhere.pk != first.pk
    assert elsewhere.digest == first.digest


def test_a_name_decides_nothing_about_the_disk(world: World) -> None:
    item = one(world, SOP, "../../etc/passwd.md")
    assert originals.file_of(item.org_id, item.digest).is_file()
    with pytest.raises(ValueError, match="digest"):
        originals.file_of(item.org_id, "../../x")


def test_assistants_see_what_they_brought_and_managers_all(world: World) -> None:
    mine, theirs = one(world, SOP, "a.md", "support"), one(world, POLICY, "b.md", "owner")
    assert [row.pk for row in queries.waiting(world.actor("support"))] == [mine.pk]
    assert {row.pk for row in queries.waiting(world.actor("manager"))} == {mine.pk, theirs.pk}
    for name, item in (("support", theirs), ("outsider", mine), ("guest", mine)):
        with pytest.raises(NotFound):
            queries.find(world.actor(name), item.pk)
        with pytest.raises(NotFound):
            pile.correct(world.actor(name), item.pk, "sop")
        with pytest.raises(NotFound):
            pile.accept(world.actor(name), item.pk, now=world.at())
        with pytest.raises(NotFound):
            pile.remove(world.actor(name), item.pk)
    with pytest.raises(Refused):
        pile.take(world.actor("guest"), "x.md", SOP.encode(), now=world.at())


def test_an_sop_becomes_a_draft_once_and_leads_back_to_its_original(world: World) -> None:
    owner, item = world.actor("owner"), one(world, SOP)
    (document,) = pile.accept(owner, item.pk, now=world.at())
    assert pile.accept(owner, item.pk, now=world.at()) == [document]
    value = documents.find(owner, Kind.SOP, document.slug).value
    assert isinstance(value, Sop)
    assert value.role == "Gardener"
    assert len(value.checklist) == 3
    assert len(value.quality_bar) == 3
    assert document.published_id is None
    found = queries.original_of(owner, Kind.SOP, document.slug)
    assert found is not None
    assert found.name == "x.md"
    assert queries.original_of(world.actor("support"), Kind.SOP, document.slug) is None


def test_a_policy_keeps_its_clauses(world: World) -> None:
    (document,) = pile.accept(world.actor("owner"), one(world, POLICY).pk, now=world.at())
    value = documents.find(world.actor("owner"), Kind.POLICY, document.slug).value
    assert isinstance(value, Policy)
    assert "Keys must not be copied." in value.statement + value.notes
    assert "Violations can lead to disciplinary action." in value.statement + value.notes


def test_an_assistant_may_not_make_a_map(world: World) -> None:
    item = one(world, PROCESS, who="support")
    with pytest.raises(Refused):
        pile.accept(world.actor("support"), item.pk, now=world.at())
    assert not PileMade.objects.exists()


def test_the_person_knows_better_what_it_is(world: World) -> None:
    owner, item = world.actor("owner"), one(world, SOP)
    assert pile.correct(owner, item.pk, "procedure").kind == "procedure"
    with pytest.raises(Refused):
        pile.correct(owner, item.pk, "recipe")
    (document,) = pile.accept(owner, item.pk, now=world.at())
    assert document.kind == "procedure"
    with pytest.raises(Refused):
        pile.correct(owner, item.pk, "sop")
    with pytest.raises(Refused):
        pile.remove(owner, item.pk)


def test_what_is_other_makes_nothing(world: World) -> None:
    item = pile.correct(world.actor("owner"), one(world, SOP).pk, "other")
    with pytest.raises(Refused):
        pile.accept(world.actor("owner"), item.pk, now=world.at())


def test_taken_off_the_pile_its_original_goes_unless_another_needs_it(
    world: World, django_capture_on_commit_callbacks: object
) -> None:
    owner, first, second = world.actor("owner"), one(world, SOP), one(world, SOP, "y.md")
    file = originals.file_of(first.org_id, first.digest)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        pile.remove(owner, first.pk)
    assert file.is_file()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        pile.remove(owner, second.pk)
    assert not file.exists()


def test_a_mixed_document_becomes_a_map_and_its_parts_as_adjusted(world: World) -> None:
    owner, item = world.actor("owner"), one(world, MIXED)
    pile.correct(owner, item.pk, "mixed")
    proposal = split(queries.document_of(item))
    first, second, *rest = proposal.documents
    step = proposal.process.steps[0]
    change = Adjustment(
        without=frozenset({rest[0].slug}),
        titles={MAP: "Running the office", first.slug: "Renamed"},
        at={second.slug: step.id},
        step_titles={step.id: "Open the post"},
        roles={step.id: "Porter"},
    )
    made = pile.accept_split(owner, item.pk, change, now=world.at())
    assert [document.title for document in made][:2] == ["Running the office", "Renamed"]
    assert len(made) == len(proposal.documents)
    process = documents.find(owner, Kind.PROCESS, made[0].slug).value
    assert isinstance(process, Process)
    assert (process.steps[0].title, process.steps[0].role) == ("Open the post", "Porter")
    assert made[2].step == f"{made[0].slug}/{step.id}"
    assert all(document.published_id is None for document in made)
    item.refresh_from_db()
    gone = [letters(place.sentence) for place in proposal.places if place.part == rest[0].slug]
    left = letters(" ".join(item.left))
    assert all(one in left for one in gone)
    assert pile.accept_split(owner, item.pk, Adjustment(), now=world.at()) == made


def test_a_map_whose_name_is_taken_takes_its_parts_along(world: World) -> None:
    owner = world.actor("owner")
    one_item, other = one(world, MIXED), one(world, MIXED + "\n", "again.md")
    for item in (one_item, other):
        pile.correct(owner, item.pk, "mixed")
    pile.accept_split(owner, one_item.pk, Adjustment(), now=world.at())
    made = pile.accept_split(owner, other.pk, Adjustment(), now=world.at())
    assert made[0].slug.endswith("-2")
    assert {document.step.partition("/")[0] for document in made[1:]} <= {made[0].slug, ""}


def test_drafts_are_made_all_or_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, item = world.actor("owner"), one(world, MIXED)
    pile.correct(owner, item.pk, "mixed")
    before = Document.objects.count()
    monkeypatch.setattr(PileMade.objects, "bulk_create", lambda rows: (_ for _ in ()).throw(RuntimeError("the disk")))
    with pytest.raises(RuntimeError):
        pile.accept_split(owner, item.pk, Adjustment(), now=world.at())
    assert Document.objects.count() == before
    item.refresh_from_db()
    assert item.accepted_at is None


def test_a_change_is_kept_for_another_day_and_only_while_the_document_reads_the_same(world: World) -> None:
    owner, item = world.actor("owner"), one(world, MIXED)
    pile.correct(owner, item.pk, "mixed")
    plan = planned(queries.document_of(item))
    change = Adjustment(titles={MAP: "Running the office"}, moved={2: MAP})
    pile.adjust(owner, item.pk, change)
    item.refresh_from_db()
    assert queries.change_of(item, plan) == change
    assert queries.change_of(item, replace(plan, slug="other")) == Adjustment()
    pile.adjust(owner, item.pk, Adjustment())
    item.refresh_from_db()
    assert item.change == {}
    with pytest.raises(Refused):
        pile.adjust(owner, item.pk, Adjustment(titles={str(at): "x" * 300 for at in range(2_000)}))


@pytest.mark.parametrize("name", ["support", "outsider", "guest", "agent"])
def test_nobody_changes_what_they_may_not_see(world: World, name: str) -> None:
    item = one(world, MIXED)
    with pytest.raises(NotFound):
        pile.adjust(world.actor(name), item.pk, Adjustment(titles={MAP: "Mine"}))


def test_passages_become_a_policy_called_after_them(world: World) -> None:
    owner, item = world.actor("owner"), one(world, f"{MIXED}\n## Our rule\n\nWe always lock the door at night.\n")
    pile.correct(owner, item.pk, "mixed")
    rule = [one.passage for one in split(queries.document_of(item)).left_over][-2:]
    name = f"{NEW}{rule[0]}"
    change = replace(moved(Adjustment(), rule, NEW), kinds={name: PileKind.POLICY})
    made = pile.accept_split(owner, item.pk, change, now=world.at())
    policy = documents.find(owner, Kind.POLICY, "our-rule").value
    assert isinstance(policy, Policy)
    assert policy.statement == "We always lock the door at night."
    assert "our-rule" in [document.slug for document in made]
