"""The pages of documents, asked by everybody of the cast, with and without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from routebook.core.document import Kind, Status
from routebook.store.actions import documents, media
from routebook.store.models import Document, Version
from tests.world import World

pytestmark = pytest.mark.django_db

ISSUE = "/sops/issue-a-refund-in-stripe/"
READERS = ("owner", "manager", "support", "agent")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def as_(world: World, client: Client) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client.force_login(world.members[name].user)
        return client

    return sign_in


As = Callable[[str], Client]


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def policy(world: World, published: bool = True) -> Document:
    fields = {"title": "Refund in time", "statement": "We refund within 14 days.", "owner": "Founder"}
    row = documents.create(world.actor("owner"), Kind.POLICY, fields, now=world.at())
    if published:
        documents.publish(world.actor("owner"), row.pk, now=world.at())
    row.refresh_from_db()
    return row


def whole_form(response: Any) -> dict[str, str]:
    """What a browser without a script would post back: every field as the page shows it."""
    posted = {"rev": str(response.context["rev"]), "version": str(response.context["view"].version)}
    for section in response.context["sections"]:
        for one in section.fields:
            posted[f"was-{one.field.name}"] = one.was
            inputs = [one.input] if one.input else [each for row in one.rows for each in (*row.inputs, *row.more)]
            for each in inputs:
                posted[each.name] = each.value or ("none" if each.widget == "evidence" else "")
    return posted


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/documents/", "/documents/?kind=sop", ISSUE, f"{ISSUE}versions/", "/which/"])
@pytest.mark.parametrize("name", READERS)
def test_members_read_the_library(as_: As, name: str, page: str) -> None:
    assert as_(name).get(page).status_code == 200


@pytest.mark.parametrize("page", ["/documents/", ISSUE, f"{ISSUE}edit/", f"{ISSUE}versions/"])
def test_a_guest_reads_nothing_of_it(as_: As, page: str) -> None:
    assert as_("guest").get(page).status_code == 403


@pytest.mark.parametrize("route", ["", "edit/", "versions/", "versions/1/", "publication/", "draft/removal/"])
def test_an_outsider_finds_nothing(as_: As, world: World, route: str) -> None:
    assert as_("outsider").get(ISSUE + route).status_code == 404


@pytest.mark.parametrize("route", ["edit/", "draft/", "publication/", "retirement/", "versions/1/restoration/"])
def test_an_outsider_changes_nothing(as_: As, world: World, route: str) -> None:
    assert as_("outsider").post(ISSUE + route, {"title": "Mine", "changed": "title", "why": "so"}).status_code == 404
    assert not hasattr(issue(world), "draft")


def test_the_other_organisation_s_library_is_empty(as_: As, world: World) -> None:
    assert "Issue a refund" not in as_("outsider").get("/documents/").content.decode()


def test_who_is_not_signed_in_is_asked_to(client: Client, world: World) -> None:
    assert client.get(ISSUE).headers["Location"].startswith("/sign-in/")


def test_an_assistant_drafts_directions_and_publishes_nothing(as_: As, world: World) -> None:
    client = as_("support")
    assert client.get(f"{ISSUE}edit/").status_code == 200
    assert client.post(f"{ISSUE}draft/", {"changed": "minutes", "minutes": "9", "rev": "1"}).status_code == 200
    assert client.get(f"{ISSUE}publication/").status_code == 403
    assert client.post(f"{ISSUE}publication/").status_code == 403
    assert client.post(f"{ISSUE}retirement/", {"why": "so"}).status_code == 403
    assert Version.objects.filter(document=issue(world)).count() == 1


def test_an_assistant_neither_edits_nor_sees_the_draft_of_a_policy(as_: As, world: World) -> None:
    row = policy(world, published=False)
    client = as_("support")
    assert client.get(f"/policies/{row.slug}/").status_code == 404
    assert client.get(f"/policies/{row.slug}/edit/").status_code == 403
    assert client.get("/policies/new/").status_code == 403
    assert row.title not in client.get("/documents/").content.decode()


def test_a_reader_sees_the_published_text_while_a_draft_is_open(as_: As, world: World) -> None:
    documents.change_draft(
        world.actor("owner"), issue(world).pk, base=1, fields={"objective": "Secretly new"}, now=world.at()
    )
    page = as_("finance").get(ISSUE).content.decode()
    assert "The customer has the money, to the cent" in page
    assert "Secretly new" not in page


def test_who_writes_can_read_the_draft_as_readers_will(as_: As, world: World) -> None:
    fields = {"objective": "Secretly new"}
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields=fields, now=world.at())
    assert "Secretly new" in as_("finance").get(f"{ISSUE}?draft").content.decode()
    row = policy(world)
    fields = {"statement": "Secretly new"}
    documents.change_draft(world.actor("owner"), row.pk, base=1, fields=fields, now=world.at())
    assert "Secretly new" not in as_("support").get(f"/policies/{row.slug}/?draft").content.decode()


# --- the library --------------------------------------------------------------------------------


def test_the_library_says_kind_owner_version_and_what_waits(as_: As, world: World) -> None:
    policy(world, published=False)
    page = as_("owner").get("/documents/").content.decode()
    assert "Issue a refund in Stripe" in page
    assert "Refund a customer: 5 Issue the refund" in page
    assert "Draft" in page


def test_a_library_of_one_kind(as_: As, world: World) -> None:
    response = as_("owner").get("/documents/?kind=sop")
    assert [shelf.kind for shelf, _lines in response.context["shelves"]] == [Kind.SOP]
    assert "No Goals yet" in as_("owner").get("/documents/?kind=goal").content.decode()


def many(world: World, count: int) -> None:
    """So many more policies, as rows: what the library reads of them."""
    org = world.organisation
    Document.objects.bulk_create(
        Document(org=org, kind=Kind.POLICY, slug=f"rule-{n}", title=f"Rule {n:05}", owner="Founder")
        for n in range(count)
    )


def test_a_long_shelf_has_pages_and_the_whole_library_the_first_few_of_each(
    as_: As, world: World, django_assert_max_num_queries: Any
) -> None:
    many(world, 120)
    client = as_("owner")
    client.get("/documents/")
    with django_assert_max_num_queries(24):
        whole = client.get("/documents/")
    assert [len(lines) for shelf, lines in whole.context["shelves"] if shelf.kind is Kind.POLICY] == [20]
    assert "All 120: Policies" in whole.content.decode()
    assert whole.content.decode().count("Rule 000") == 20
    with django_assert_max_num_queries(14):
        last = client.get("/documents/?kind=policy&page=3").content.decode()
    assert "Page 3 of 3" in last
    assert ("Rule 00119" in last, "Rule 00099" in last) == (True, False)
    assert "Page 3 of 3" in client.get("/documents/?kind=policy&page=99").content.decode()
    assert "Page 1 of 3" in client.get("/documents/?kind=policy&page=x").content.decode()


def test_words_narrow_the_library_by_title_and_owner(as_: As, world: World) -> None:
    many(world, 60)
    client = as_("owner")
    page = client.get("/documents/?q=rule+00007").content.decode()
    assert ("Rule 00007" in page, "Rule 00008" in page) == (True, False)
    assert "Handed off, and no SOP yet" not in page
    by_owner = client.get("/documents/?kind=policy&q=FOUNDER").content.decode()
    assert "Page 1 of 2" in by_owner
    assert "?kind=policy&amp;q=FOUNDER&amp;page=2" in by_owner
    nothing = client.get("/documents/?q=%3Cb%3E").content.decode()
    assert "Nothing here has “&lt;b&gt;”" in nothing


def test_a_reader_counts_only_what_they_may_see(as_: As, world: World) -> None:
    many(world, 3)
    assert dict(as_("owner").get("/documents/").context["counts"])[Kind.POLICY] == 3
    assert dict(as_("support").get("/documents/").context["counts"])[Kind.POLICY] == 0
    assert dict(as_("outsider").get("/documents/").context["counts"])[Kind.POLICY] == 0


def test_the_library_asks_the_database_a_bounded_number_of_times(
    as_: As, world: World, django_assert_max_num_queries: Any
) -> None:
    client = as_("owner")
    client.get("/documents/")
    for number in range(12):
        documents.create(world.actor("owner"), Kind.SOP, {"title": f"Draft {number}"}, now=world.at())
    with django_assert_max_num_queries(14):
        client.get("/documents/")


def test_reading_asks_the_database_a_bounded_number_of_times(
    as_: As, world: World, django_assert_max_num_queries: Any
) -> None:
    client = as_("finance")
    with django_assert_max_num_queries(18):
        client.get(ISSUE)


# --- beginning ----------------------------------------------------------------------------------


def test_a_new_sop_takes_what_the_map_knows(as_: As, world: World) -> None:
    response = as_("support").post("/sops/new/", {"step": "refund-a-customer/approve", "title": ""})
    assert response.headers["Location"] == "/sops/approve/edit/"
    draft = Document.objects.get(org=world.organisation, slug="approve").draft.fields
    assert draft == {
        "title": "Approve",
        "owner": "Head of Support",
        "step": "refund-a-customer/approve",
        "role": "Founder",
        "trigger": "decision",
        "outputs": ["approval"],
    }


def test_a_published_sop_leads_to_its_hand_off_for_who_may_delegate(as_: As, world: World) -> None:
    address = "/handoffs/new/?step=refund-a-customer/issue"
    assert address in as_("manager").get(ISSUE).content.decode()
    assert address not in as_("finance").get(ISSUE).content.decode()
    assert as_("manager").get(address).status_code == 200


def test_an_sop_without_a_step_stays_a_draft(as_: As, world: World) -> None:
    client = as_("owner")
    client.post("/sops/new/", {"title": "Float about"})
    response = client.post("/sops/float-about/publication/", {"rev": "1"})
    assert response.status_code == 409
    assert "without a step on a map stays a draft" in response.content.decode()
    assert Document.objects.get(org=world.organisation, slug="float-about").status == Status.DRAFT


def test_a_document_needs_a_title_and_a_step_that_exists(as_: As, world: World) -> None:
    client = as_("owner")
    untitled = client.post("/policies/new/", {"title": " "})
    assert untitled.status_code == 409
    assert 'id="title-error"' in untitled.content.decode()
    nowhere = client.post("/sops/new/", {"step": "refund-a-customer/nowhere", "title": "Kept typing"})
    assert nowhere.status_code == 409
    assert 'value="Kept typing"' in nowhere.content.decode()


@pytest.mark.parametrize("address", ["/policies/new/", "/processes/new/"])
def test_what_is_begun_twice_by_one_form_is_there_once(as_: As, world: World, address: str) -> None:
    client = as_("owner")
    sent = [client.post(address, {"title": "Onboard a client", "command": "one-form"}) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert Document.objects.filter(org=world.organisation, title="Onboard a client").count() == 1
    as_("manager").post(address, {"title": "Onboard a client", "command": "one-form"})
    assert Document.objects.filter(org=world.organisation, title="Onboard a client").count() == 2


def test_the_address_for_beginning_belongs_to_no_document(as_: As, world: World) -> None:
    as_("owner").post("/policies/new/", {"title": "New"})
    assert Document.objects.get(org=world.organisation, kind=Kind.POLICY).slug == "new-2"


# --- writing without a script -------------------------------------------------------------------


def test_saving_the_form_as_it_is_changes_nothing(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/"))
    assert client.post(f"{ISSUE}edit/", posted).status_code == 302
    assert not hasattr(issue(world), "draft")


def test_a_whole_form_saves_what_was_changed(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/"))
    posted |= {"objective": "Paid back", "checklist-3-text": "Tell them", "checklist-3-evidence": "photo"}
    client.post(f"{ISSUE}edit/", posted)
    fields = issue(world).draft.fields
    assert fields["objective"] == "Paid back"
    assert fields["checklist"][3] == {"text": "Tell them", "evidence": "photo"}
    assert fields["minutes"] == 6


@pytest.mark.parametrize(
    ("op", "order"),
    [
        ("up:checklist:1", [1, 0, 2]),
        ("down:checklist:1", [0, 2, 1]),
        ("remove:checklist:0", [1, 2]),
        ("up:checklist:0", [0, 1, 2]),
    ],
)
def test_rows_move_and_go_by_their_buttons(as_: As, world: World, op: str, order: list[int]) -> None:
    client = as_("owner")
    shown = client.get(f"{ISSUE}edit/")
    before = [item.text for item in shown.context["view"].value.checklist]
    client.post(f"{ISSUE}edit/", whole_form(shown) | {"op": op, "minutes": "7"})
    assert [item["text"] for item in issue(world).draft.fields["checklist"]] == [before[place] for place in order]


def test_more_rows_come_by_a_button(as_: As, world: World) -> None:
    client = as_("owner")
    response = client.post(f"{ISSUE}edit/", whole_form(client.get(f"{ISSUE}edit/")) | {"op": "add:checklist"})
    assert response.headers["Location"].endswith("/edit/?more=checklist#f-checklist")
    more = client.get(response.headers["Location"].split("#")[0])
    rows = next(
        one.rows for section in more.context["sections"] for one in section.fields if one.field.name == "checklist"
    )
    assert len(rows) == 6


def test_what_can_t_be_kept_is_shown_beside_its_field_and_stays_typed(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/")) | {"minutes": "soon", "objective": "Kept", "title": ""}
    response = client.post(f"{ISSUE}edit/", posted)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="error-minutes"' in page
    assert 'id="error-title"' in page
    assert 'value="soon"' in page
    assert issue(world).draft.fields["objective"] == "Kept"
    assert issue(world).draft.fields["title"] == "Issue a refund in Stripe"


def test_two_people_in_different_fields_merge(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/")) | {"minutes": "9"}
    documents.change_draft(
        world.actor("manager"), issue(world).pk, base=1, fields={"trigger": "an approval"}, now=world.at()
    )
    assert client.post(f"{ISSUE}edit/", posted).status_code == 302
    assert {"minutes": 9, "trigger": "an approval"}.items() <= issue(world).draft.fields.items()


def test_two_people_in_one_field_see_both_texts_and_saving_again_keeps_yours(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/")) | {"objective": "Mine"}
    documents.change_draft(
        world.actor("manager"), issue(world).pk, base=1, fields={"objective": "Theirs"}, now=world.at()
    )
    response = client.post(f"{ISSUE}edit/", posted)
    page = response.content.decode()
    assert response.status_code == 409
    assert all(word in page for word in ("Milo Brandt", "<pre>Theirs</pre>", "<pre>Mine</pre>", 'value="Mine"'))
    assert issue(world).draft.fields["objective"] == "Theirs"
    assert client.post(f"{ISSUE}edit/", whole_form(response)).status_code == 302
    assert issue(world).draft.fields["objective"] == "Mine"


def test_a_version_that_came_out_meanwhile_is_not_overwritten_unseen(as_: As, world: World) -> None:
    client = as_("owner")
    posted = whole_form(client.get(f"{ISSUE}edit/")) | {"objective": "Mine"}
    documents.change_draft(
        world.actor("manager"), issue(world).pk, base=1, fields={"objective": "Theirs"}, now=world.at()
    )
    documents.publish(world.actor("manager"), issue(world).pk, now=world.at())
    response = client.post(f"{ISSUE}edit/", posted)
    assert response.status_code == 409
    assert "Milo Brandt" in response.content.decode()


# --- autosave and findings ----------------------------------------------------------------------


def test_autosave_sends_only_what_changed_and_answers_with_the_findings(as_: As, world: World) -> None:
    posted = {"changed": "quality_bar", "rev": "1", "version": "1", "quality_bar-0": "Do it properly"}
    response = as_("owner").post(f"{ISSUE}draft/", posted)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="#f-quality_bar-0"' in page
    assert "/documents/rules/RB203/" in page
    assert issue(world).draft.fields["quality_bar"] == ["Do it properly"]
    assert len(issue(world).draft.fields["checklist"]) == 3


def test_autosave_empties_a_list(as_: As, world: World) -> None:
    as_("owner").post(f"{ISSUE}draft/", {"changed": "checklist", "rev": "1"})
    assert "checklist" not in issue(world).draft.fields


def test_autosave_of_a_field_somebody_else_changed_answers_409(as_: As, world: World) -> None:
    documents.change_draft(
        world.actor("manager"), issue(world).pk, base=1, fields={"objective": "Theirs"}, now=world.at()
    )
    response = as_("owner").post(f"{ISSUE}draft/", {"changed": "objective", "rev": "1", "objective": "Mine"})
    assert response.status_code == 409
    assert 'data-rev="2"' in response.content.decode()


def test_every_rule_that_a_finding_names_has_a_page(as_: As, world: World) -> None:
    from routebook.core.checks import RULES

    client = as_("finance")
    assert {client.get(f"/documents/rules/{rule.id}/").status_code for rule in RULES} == {200}
    assert client.get("/documents/rules/RB999/").status_code == 404


# --- publishing and versions --------------------------------------------------------------------


def publish(client: Client, address: str, world: World, **fields: str) -> Any:
    return client.post(f"{address}publication/", {"major": "no", **fields})


def test_publishing_a_policy_asks_which_rule_changed(as_: As, world: World) -> None:
    row = policy(world)
    documents.change_draft(
        world.actor("owner"), row.pk, base=1, fields={"statement": "Within 30 days."}, now=world.at()
    )
    client, address = as_("owner"), f"/policies/{row.slug}/"
    refused = publish(client, address, world)
    assert refused.status_code == 409
    assert 'id="note-error"' in refused.content.decode()
    assert publish(client, address, world, note="30 days instead of 14").status_code == 302
    newest = Version.objects.filter(document=row).first()
    assert newest is not None
    assert (newest.number, newest.note, newest.major) == (2, "30 days instead of 14", False)


def test_a_secret_is_refused_with_its_sentence(as_: As, world: World) -> None:
    client = as_("owner")
    fields = {"may_decide": "The key is sk_live_4eC39HqLyjWDarjtT1zdp7dc"}
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields=fields, now=world.at())
    response = publish(client, ISSUE, world)
    assert response.status_code == 409
    assert "Stripe key" in response.content.decode()
    assert f'href="{ISSUE}edit/#f-may_decide"' in response.content.decode()
    assert Version.objects.filter(document=issue(world)).count() == 1


def test_a_draft_that_could_not_be_read_as_a_file_is_refused(as_: As, world: World) -> None:
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields={"minutes": -5}, now=world.at())
    assert publish(as_("owner"), ISSUE, world).status_code == 409
    assert Version.objects.filter(document=issue(world)).count() == 1


def test_versions_are_compared_in_words_and_restored(as_: As, world: World) -> None:
    client = as_("owner")
    documents.change_draft(
        world.actor("owner"), issue(world).pk, base=1, fields={"objective": "The customer has the cash"}, now=world.at()
    )
    assert "<ins>" in client.get(f"{ISSUE}versions/draft/").content.decode()
    publish(client, ISSUE, world, note="cash")
    compared = client.get(f"{ISSUE}versions/2/?against=1").content.decode()
    assert "<del>money, to the cent</del><ins>cash</ins>" in compared
    assert "The customer has the money" in client.get(f"{ISSUE}versions/1/").content.decode()
    assert client.get(f"{ISSUE}versions/9/").status_code == 404
    client.post(f"{ISSUE}versions/1/restoration/")
    assert issue(world).draft.fields["objective"] == "The customer has the money, to the cent"


def test_a_draft_is_discarded_after_asking_once(as_: As, world: World) -> None:
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields={"minutes": 9}, now=world.at())
    client = as_("owner")
    assert client.get(f"{ISSUE}draft/removal/").status_code == 200
    assert hasattr(issue(world), "draft")
    client.post(f"{ISSUE}draft/removal/")
    assert not hasattr(issue(world), "draft")


def test_a_document_is_retired_with_a_reason(as_: As, world: World) -> None:
    client = as_("owner")
    assert client.post(f"{ISSUE}retirement/", {"why": ""}).status_code == 409
    client.post(f"{ISSUE}retirement/", {"why": "Stripe is gone"})
    assert issue(world).status == Status.RETIRED
    assert "Issue a refund in Stripe" not in client.get("/documents/?kind=sop").content.decode()


# --- which, and media ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "begins"),
    [("yes", "/policies/new/"), ("no,yes", "/processes/new/"), ("no,no,yes", "/sops/new/"),
     ("no,no,no,yes", "/work-instructions/new/"), ("no,no,no,no,yes", "/runs/"), ("no,no,no,no,no", "/processes/")],
)  # fmt: skip
def test_the_answer_leads_to_where_it_is_begun(as_: As, world: World, answers: str, begins: str) -> None:
    assert f'class="go" href="{begins}"' in as_("support").get(f"/which/?answers={answers}").content.decode()


def test_answers_that_make_no_sense_start_over(as_: As, world: World) -> None:
    assert "Question 1 of 5" in as_("support").get("/which/?answers=perhaps").content.decode()


def file_of(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_picture_is_shown_to_members_only(as_: As, world: World) -> None:
    media.put(world.actor("owner"), "pictures/dialog.png", PNG)
    response = as_("support").get("/media/pictures/dialog.png")
    assert file_of(response) == PNG
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert as_("guest").get("/media/pictures/dialog.png").status_code == 404
    assert as_("outsider").get("/media/pictures/dialog.png").status_code == 404


def test_what_a_browser_can_t_show_safely_is_saved_instead(as_: As, world: World) -> None:
    media.put(world.actor("owner"), "list.csv", b"a,b\n")
    response = as_("support").get("/media/list.csv")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert file_of(response) == b"a,b\n"
