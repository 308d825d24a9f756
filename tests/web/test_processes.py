"""The pages of processes, asked by everybody of the cast; the editor, with two people in it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from routebook.core.document import Kind, Process
from routebook.formats.drawing import STYLE
from routebook.formats.plain import to_plain
from routebook.store.actions import documents
from routebook.store.models import Document, Draft, HandOff, Version
from routebook.web.process_form import TEXTS, ProcessForm
from tests.world import World

REFUND = "/processes/refund-a-customer/"
EDIT = f"{REFUND}edit/"
READERS = ("owner", "manager", "support", "finance", "agent")
MAPPERS = ("owner", "manager")

As = Callable[[str], Client]
database = pytest.mark.django_db


@pytest.fixture
def as_(world: World, client: Client) -> As:
    def sign_in(name: str) -> Client:
        user = world.members[name].user
        assert user is not None
        client.force_login(user)
        return client

    return sign_in


def posted(response: Any, op: str = "save", **changed: str) -> dict[str, str]:
    """What a browser would post back for the page, after a person typed `changed` (``r1_then`` is row 1's)."""
    form: ProcessForm = response.context["form"]
    data = {"op": op, "base": str(form.base), "was": str(response.context["was"]), "title": form.title}
    data |= {"owner": form.owner, "trigger": form.trigger, "result": form.result, "within": form.within}
    data |= {"target_policy": form.target_policy, "start_fields": form.start_fields}
    for place, row in enumerate(form.rows):
        data |= {f"step-{place}-{name}": str(getattr(row, name)) for name in TEXTS}
    for name, value in changed.items():
        row_name, _, field = name.partition("_")
        data[f"step-{row_name[1:]}-{field}" if field and row_name[1:].isdecimal() else name] = value
    return data


def draft(world: World) -> Draft:
    return Draft.objects.get(document=world.process)


def steps(world: World) -> dict[str, dict[str, Any]]:
    return {step["id"]: step for step in draft(world).fields["steps"]}


# --- who sees what --------------------------------------------------------------------------------


@database
@pytest.mark.parametrize("who", READERS)
def test_members_see_the_published_map_whole(as_: As, who: str) -> None:
    page = as_(who).get(REFUND)
    text = page.content.decode()
    assert page.status_code == 200
    assert [row.step.id for row in page.context["rows"]] == [
        "request",
        "verify",
        "decline",
        "approve",
        "issue",
        "confirm",
    ]
    assert "none: one line in the inbox" in text
    assert "Issue a refund in Stripe" in text
    assert ('href="/processes/refund-a-customer/edit/"' in text) is (who in MAPPERS)
    for path in ("/processes/", f"{REFUND}ladder/", f"{REFUND}map.svg", f"{REFUND}map.mmd", f"{REFUND}versions/"):
        assert as_(who).get(path).status_code == 200, path


PAGES = (
    "/processes/",
    REFUND,
    f"{REFUND}ladder/",
    f"{REFUND}map.svg",
    EDIT,
    f"{REFUND}versions/",
    f"{REFUND}publication/",
)


@database
@pytest.mark.parametrize("path", PAGES)
def test_a_guest_sees_nothing(as_: As, path: str) -> None:
    assert as_("guest").get(path).status_code in (403, 404)


@database
@pytest.mark.parametrize("path", PAGES[1:])
def test_another_organisation_finds_nothing(as_: As, path: str) -> None:
    assert as_("outsider").get(path).status_code == 404


@database
def test_the_list_of_another_organisation_is_its_own(as_: As) -> None:
    assert REFUND not in as_("outsider").get("/processes/").content.decode()


@database
@pytest.mark.parametrize("who", ["support", "agent", "guest", "outsider"])
def test_only_who_may_map_can_edit(as_: As, who: str, world: World) -> None:
    client = as_(who)
    assert client.get(EDIT).status_code in (403, 404)
    assert client.post(EDIT, {"title": "Mine", "op": "save"}).status_code in (403, 404)
    if who != "outsider":  # she maps in her own organisation
        assert client.post("/processes/new/", {"title": "Mine"}).status_code in (403, 409)
    assert client.post(f"{REFUND}publication/").status_code in (403, 404)
    assert client.post(f"{REFUND}draft/removal/").status_code in (403, 404)
    assert client.post(f"{REFUND}versions/1/restoration/").status_code in (403, 404)
    assert not Draft.objects.filter(document=world.process).exists()
    assert not Document.objects.filter(org=world.organisation, title="Mine").exists()


@database
def test_a_draft_is_seen_by_who_may_map_only(as_: As, world: World) -> None:
    documents.create(world.actor("manager"), Kind.PROCESS, {"title": "Half a thought"}, now=world.at())
    assert "Half a thought" in as_("owner").get("/processes/").content.decode()
    assert "Half a thought" not in as_("support").get("/processes/").content.decode()
    assert as_("support").get("/processes/half-a-thought/").status_code == 404


# --- the pages ------------------------------------------------------------------------------------


@database
def test_the_pages_ask_the_database_a_bounded_number_of_times(
    as_: As, world: World, django_assert_max_num_queries: Any
) -> None:
    client = as_("owner")
    plain = to_plain(client.get(REFUND).context["process"])
    for number in range(8):
        documents.create(world.actor("owner"), Kind.PROCESS, {**plain, "title": f"Map {number}"}, now=world.at())
    for path, most in (("/processes/", 7), (REFUND, 12), (f"{REFUND}ladder/", 12), (EDIT, 17)):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    data = posted(client.get(EDIT), r0_role="Founder")
    with django_assert_max_num_queries(26):
        client.post(EDIT, data, headers={"HX-Request": "true"})


@database
def test_the_ladder_has_the_directions_in_the_order_of_the_steps(as_: As) -> None:
    rungs = as_("support").get(f"{REFUND}ladder/").context["rungs"]
    assert [rung.kind for rung in rungs] == ["policy", "process", "procedure", "sop", "work-instruction"]
    assert [view.row.slug for view in rungs[3].views] == [
        "verify-that-a-refund-is-due",
        "decline-a-refund-kindly",
        "issue-a-refund-in-stripe",
    ]


@database
def test_the_picture_is_a_file_that_stands_alone(as_: As) -> None:
    picture = as_("support").get(f"{REFUND}map.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Content-Disposition"] == 'attachment; filename="refund-a-customer.svg"'
    assert picture.content.startswith(b"<svg")
    assert as_("support").get(f"{REFUND}map.mmd").content.startswith(b"flowchart")
    assert as_("support").get(f"{REFUND}map.exe").status_code == 404


def test_the_page_styles_the_drawing_as_the_file_does() -> None:
    def rules(text: str) -> dict[str, str]:
        bare = re.sub(r"/\*.*?\*/|\s+", " ", text)
        return {
            " ".join(names.split()): " ".join(said.split()) for names, said in re.findall(r"([^{}]+)\{([^{}]*)\}", bare)
        }

    sheet = Path(__file__).parents[2] / "src/routebook/web/static/routebook/map.css"
    of_page, of_file = rules(sheet.read_text()), rules(STYLE)
    assert {name: of_page.get(name) for name in of_file} == of_file


@database
def test_a_break_along_the_map_is_marked_and_told_at_the_step(as_: As, world: World) -> None:
    client = as_("owner")
    assert "gapmark" not in client.get(REFUND).content.decode()
    page = client.post(EDIT, posted(client.get(EDIT), r4_takes="a stamp"))
    text = page.content.decode()
    assert "no earlier step gives “a stamp”</p>" in text
    assert re.search(r'id="k4"[^>]*aria-describedby="k4e"', text)
    assert text.count('class="gapmark"') == 2
    drawn = client.post(f"{REFUND}drawing/", posted(page)).content.decode()
    assert '<data hidden class="gap" value="takes" data-at="4">no earlier step gives “a stamp”</data>' in drawn
    read = client.get(f"{REFUND}?draft=1").content.decode()
    assert "no earlier step gives “a stamp”</small>" in read
    assert "no later step takes “approval”</small>" in read
    assert 'class="gaptext"' in read


@database
def test_a_break_that_the_owner_accepts_is_not_marked(as_: As, world: World) -> None:
    client = as_("owner")
    plain = {**to_plain(client.get(REFUND).context["process"]), "title": "Odd"}
    plain["steps"][4]["takes"] = ["a stamp"]
    plain["accepts"] = [
        {"rule": "RB305", "why": "It lies there."},
        {"rule": "output-nobody-takes", "why": "For later."},
    ]
    documents.create(world.actor("owner"), Kind.PROCESS, plain, now=world.at())
    assert "gap" not in client.get("/processes/odd/").content.decode()


# --- a new map ------------------------------------------------------------------------------------


@database
def test_a_new_map_from_a_list(as_: As) -> None:
    client = as_("manager")
    assert client.get("/processes/new/").status_code == 200
    answer = client.post("/processes/new/", {"title": "Onboard a client", "list": "1. Call\n2. Contract\n3. Kick-off"})
    assert answer.headers["Location"] == "/processes/onboard-a-client/edit/"
    page = client.get("/processes/onboard-a-client/edit/")
    assert [row.title for row in page.context["form"].rows] == ["Call", "Contract", "Kick-off"]


@database
def test_a_map_without_a_title_is_asked_for_one_and_keeps_the_list(as_: As) -> None:
    page = as_("owner").post("/processes/new/", {"title": "", "list": "Call"})
    assert page.status_code == 409
    assert 'aria-invalid="true"' in page.content.decode()
    assert ">Call</textarea>" in page.content.decode()


# --- the editor -----------------------------------------------------------------------------------


@database
def test_the_editor_of_a_published_map_opens_no_draft_until_something_changes(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.get(EDIT)
    assert "What you change becomes a draft" in page.content.decode()
    client.post(EDIT, posted(page))
    assert not Draft.objects.filter(document=world.process).exists()
    client.post(EDIT, posted(page, r0_role="Founder"))
    assert steps(world)["request"]["role"] == "Founder"


@database
def test_saving_answers_a_script_with_the_drawing_and_the_findings_only(as_: As) -> None:
    client = as_("owner")
    page = client.get(EDIT)
    answer = client.post(EDIT, posted(page, r0_title="A mail comes in"), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="map-form"' not in text
    assert "A mail comes" in text
    assert "Saved as a draft." in text


@database
def test_what_cannot_be_read_is_told_beside_the_field_and_the_rest_is_saved(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.post(EDIT, posted(client.get(EDIT), r1_then="go to 99", r0_role="Founder"))
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="go to 99"' in text
    assert "There is no step 99; the list has 6." in text
    assert re.search(r'name="step-1-then"[^>]*aria-invalid="true" aria-describedby="f1e"', text)
    assert steps(world)["request"]["role"] == "Founder"
    assert steps(world)["verify"]["then"]["outcomes"][0]["when"] == "eligible"


@database
def test_rows_move_by_their_buttons_without_a_script(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.post(EDIT, posted(client.get(EDIT), op="up-3"))
    assert [row.id for row in page.context["form"].rows][2:4] == ["approve", "decline"]
    assert page.context["form"].rows[1].then == "if eligible go to 3; if not eligible go to 4"
    page = client.post(EDIT, posted(page, op="add-5"))
    assert len(page.context["form"].rows) == 7
    client.post(EDIT, posted(page, r6_title="Ask how it went"))
    assert [*steps(world)][-1] == "ask-how-it"


@database
def test_an_unsound_map_is_saved_and_not_published_and_says_why(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.post(EDIT, posted(client.get(EDIT), r5_then="back to 1", r2_then="back to 2"))
    assert page.context["blocked"]
    assert "It stays a draft until what is marked red is mended." in page.content.decode()
    answer = client.post(f"{REFUND}publication/", {"rev": str(draft(world).rev)})
    assert answer.status_code == 409
    refusal = answer.context["refusal"]
    assert refusal.code == "unsound-flow"
    assert refusal.sentence in html.unescape(answer.content.decode())
    client.post(EDIT, posted(page, r5_then="end"))
    asked = client.get(f"{REFUND}publication/").content.decode()
    assert "Does the work change?" in asked
    answer = client.post(f"{REFUND}publication/", {"rev": str(draft(world).rev), "major": "yes", "note": "It ends"})
    assert answer.headers["Location"] == REFUND
    version = Version.objects.get(document=world.process, number=2)
    assert (version.major, version.note) == (True, "It ends")


@database
def test_an_old_version_comes_back_as_a_draft(as_: As, world: World) -> None:
    client = as_("owner")
    client.post(EDIT, posted(client.get(EDIT), r0_title="A mail comes in"))
    client.post(f"{REFUND}publication/", {"rev": str(draft(world).rev), "major": "no"})
    assert "Request received" in client.get(f"{REFUND}versions/2/?against=1").content.decode()
    assert client.get(f"{REFUND}versions/1/").status_code == 200
    answer = client.post(f"{REFUND}versions/1/restoration/")
    assert answer.headers["Location"] == EDIT
    assert steps(world)["request"]["title"] == "Request received"


@database
def test_a_draft_can_be_thrown_away(as_: As, world: World) -> None:
    client = as_("owner")
    client.post(EDIT, posted(client.get(EDIT), r0_role="Founder"))
    assert client.get(f"{REFUND}draft/removal/").status_code == 200
    assert client.post(f"{REFUND}draft/removal/").headers["Location"] == REFUND
    assert not Draft.objects.filter(document=world.process).exists()
    client.post("/processes/new/", {"title": "A whim"})
    assert client.post("/processes/a-whim/draft/removal/").headers["Location"] == "/processes/"


@database
def test_a_pasted_table_is_read_for_a_script_and_kept_without_one(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.get(EDIT)
    table = "<table><tr><th>Task<th>Responsible<tr><td>Ask how it went<td>Founder</table>"
    answer = client.post(EDIT, {"op": "read", "pasted": "Task Responsible", "pasted_html": table})
    found = answer.json()
    assert found["rows"] == [{"title": "Ask how it went", "role": "Founder"}]
    assert (found["sentence"], found["take"]) == ("1 step from a table with step, who.", "Make 1 step")
    assert '<th scope="row">Ask how it went</th><td>Founder</td>' in found["preview"]
    assert not Draft.objects.filter(document=world.process).exists()
    page = client.post(EDIT, posted(page, op="paste", pasted="Task\tWho\nAsk how it went\tFounder"))
    assert "1 step from a table with step, who." in page.content.decode()
    assert steps(world)["ask-how-it"]["role"] == "Founder"


@database
def test_without_a_script_one_looks_before_steps_are_made(as_: As, world: World) -> None:
    client = as_("owner")
    text = "Task\tWho\tMinutes\nAsk how it went\tFounder\t5"
    page = client.post(EDIT, posted(client.get(EDIT), op="look", pasted=text)).content.decode()
    assert "1 step from a table with step, who. Left out: “Minutes”." in page
    assert '<th scope="row">Ask how it went</th><td>Founder</td>' in page
    assert f"{text}</textarea>" in page
    assert not Draft.objects.filter(document=world.process).exists()


@database
def test_the_drawing_of_what_is_typed_keeps_nothing(as_: As, world: World, django_assert_max_num_queries: Any) -> None:
    client = as_("owner")
    data = posted(client.get(EDIT), r0_title="A mail comes in", r1_then="if eligible go")
    with django_assert_max_num_queries(6):
        drawn = client.post(f"{REFUND}drawing/", data).content.decode()
    assert "A mail comes" in drawn
    assert "not eligible" in drawn, "while a flow is being typed, the one before it stands"
    assert not Draft.objects.filter(document=world.process).exists()
    assert client.get(f"{REFUND}drawing/").status_code == 405


@database
def test_the_next_drawing_keeps_the_bands_of_the_one_before(as_: As) -> None:
    client = as_("owner")
    page = client.get(EDIT)
    assert 'data-step="issue" data-band="0"' in page.content.decode()
    bands = {"request": 0, "verify": 0, "decline": 0, "approve": 0, "issue": 1, "confirm": 1}
    for address in (f"{REFUND}drawing/", EDIT):
        drawn = client.post(address, {**posted(page), "bands": json.dumps(bands)}).content.decode()
        assert 'data-step="approve" data-band="0"' in drawn
        assert 'data-step="issue" data-band="1"' in drawn


@database
@pytest.mark.parametrize(
    "said", ["{", "[1, 2]", "7", '{"request": "top"}', '{"request": 1.5, "verify": null}', "[" * 9999]
)
def test_what_says_no_bands_is_drawn_as_the_first_time(as_: As, said: str) -> None:
    client = as_("owner")
    data = posted(client.get(EDIT))
    first = client.post(f"{REFUND}drawing/", data).content
    assert client.post(f"{REFUND}drawing/", {**data, "bands": said}).content == first


@database
def test_saving_draws_nothing_for_a_script_that_has_the_drawing(as_: As) -> None:
    client = as_("owner")
    page = client.get(EDIT)
    data = posted(page, r0_title="A mail comes in", sketched="1")
    answer = client.post(EDIT, data, headers={"HX-Request": "true"}).content.decode()
    assert "Saved as a draft." in answer
    assert "<svg" not in answer
    assert "<svg" in client.post(EDIT, {**data, "op": "up-1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<svg" in client.post(EDIT, data).content.decode(), "without a script there is nothing else to show it"


@database
@pytest.mark.parametrize("who", ["support", "agent", "guest", "outsider"])
def test_only_who_may_map_has_it_drawn(as_: As, who: str) -> None:
    assert as_(who).post(f"{REFUND}drawing/", {"title": "Mine"}).status_code in (403, 404)


# --- two people at once ---------------------------------------------------------------------------


def two_pages(world: World) -> tuple[Client, Any, Client, Any]:
    owner, manager = Client(), Client()
    for client, who in ((owner, "owner"), (manager, "manager")):
        user = world.members[who].user
        assert user is not None
        client.force_login(user)
    return owner, owner.get(EDIT), manager, manager.get(EDIT)


@database
def test_changes_of_different_steps_merge_and_are_shown(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    owner.post(EDIT, posted(of_owner, r0_role="Founder", result="happy customer"))
    page = manager.post(EDIT, posted(of_manager, r4_due="2 days"))
    assert page.status_code == 200
    assert "Saved, with what somebody else changed meanwhile." in page.content.decode()
    assert page.context["form"].rows[0].role == "Founder"
    assert page.context["form"].result == "happy customer"
    assert (steps(world)["request"]["role"], steps(world)["issue"]["due"]) == ("Founder", "2 days")


@database
def test_a_script_that_types_on_after_a_merge_goes_on_from_what_it_sent(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    script = {"HX-Request": "true"}
    owner.post(EDIT, posted(of_owner, r0_role="Founder"))
    answer = manager.post(EDIT, posted(of_manager, r4_due="2 days"), headers=script)
    assert 'id="map-form"' in answer.content.decode(), "the whole map, with the other one's change in it"
    on = posted(of_manager, r4_due="3 days", was=json.dumps(json.loads(answer.context["sent"])))
    again = manager.post(EDIT, on, headers=script)
    assert again.status_code == 200
    assert (steps(world)["request"]["role"], steps(world)["issue"]["due"]) == ("Founder", "3 days")


@database
def test_the_same_field_of_a_step_shows_both_texts_and_keeps_what_was_typed(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    owner.post(EDIT, posted(of_owner, r0_role="Founder"))
    mine = posted(of_manager, r0_role="Finance assistant", r4_due="2 days")
    page = manager.post(EDIT, mine)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Fern Adler changed the same at the same time." in text
    (clash,) = page.context["conflict"]["clashes"]
    assert (clash.label, clash.theirs, clash.yours) == ("“Request received”: who", "Founder", "Finance assistant")
    assert page.context["form"].rows[0].role == "Finance assistant"
    assert steps(world)["request"]["role"] == "Founder"
    assert "due" not in steps(world)["issue"]
    settled = {**mine, "looked_at": str(page.context["conflict"]["rev"])}
    kept = manager.post(EDIT, {**settled, "settle": "theirs"})
    assert kept.context["form"].rows[0].role == "Founder"
    assert (steps(world)["request"]["role"], steps(world)["issue"]["due"]) == ("Founder", "2 days")


@database
def test_mine_is_kept_only_over_what_i_looked_at(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    first = owner.post(EDIT, posted(of_owner, r0_role="Founder"))
    mine = posted(of_manager, r0_role="Finance assistant")
    rev = str(manager.post(EDIT, mine).context["conflict"]["rev"])
    owner.post(EDIT, posted(first, r0_role="Head of Support"))
    again = manager.post(EDIT, {**mine, "looked_at": rev, "settle": "yours"})
    assert again.status_code == 409
    rev = str(again.context["conflict"]["rev"])
    assert manager.post(EDIT, {**mine, "looked_at": rev, "settle": "yours"}).status_code == 200
    assert steps(world)["request"]["role"] == "Finance assistant"


@database
def test_a_step_that_one_removed_while_the_other_wrote_in_it(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    owner.post(EDIT, posted(of_owner, op="remove-2"))
    page = manager.post(EDIT, posted(of_manager, r2_due="1 day"))
    (clash,) = page.context["conflict"]["clashes"]
    assert (clash.label, clash.theirs) == ("“Decline and explain”", "removed")


@database
def test_a_map_published_meanwhile_merges_too(world: World) -> None:
    owner, of_owner, manager, of_manager = two_pages(world)
    owner.post(EDIT, posted(of_owner, r0_role="Founder"))
    documents.publish(world.actor("owner"), world.process.pk, now=timezone.now())
    assert manager.post(EDIT, posted(of_manager, r4_due="2 days")).status_code == 200
    assert (steps(world)["request"]["role"], steps(world)["issue"]["due"]) == ("Founder", "2 days")


@database
@pytest.mark.parametrize("was", ["", "[", "[]", '{"steps": 7}', '{"title": "x", "steps": [{"id": 3}]}', "[" * 5000])
def test_a_start_that_cannot_be_read_is_what_is_kept_now(as_: As, world: World, was: str) -> None:
    client = as_("owner")
    assert client.post(EDIT, posted(client.get(EDIT), r0_role="Founder", was=was)).status_code == 200
    assert steps(world)["request"]["role"] == "Founder"


@database
def test_a_map_of_two_hundred_steps_is_edited_as_one_form(as_: As, world: World) -> None:
    many = [{"id": f"s{n}", "title": f"Step {n}"} for n in range(200)]
    documents.create(world.actor("owner"), Kind.PROCESS, {"title": "Many", "steps": many}, now=world.at())
    client = as_("owner")
    answer = client.post("/processes/many/edit/", posted(client.get("/processes/many/edit/"), r199_role="Founder"))
    assert answer.status_code == 200
    process = answer.context["form"].process
    assert isinstance(process, Process)
    assert process.steps[199].role == "Founder"


@database
def test_a_step_says_who_has_it_and_offers_to_be_handed_off(as_: As, world: World) -> None:
    offer = 'href="/handoffs/new/?step=refund-a-customer/issue"'
    for who in ("owner", "manager"):
        assert offer in as_(who).get(REFUND).content.decode(), who
    for who in ("support", "agent"):
        assert "/handoffs/new/" not in as_(who).get(REFUND).content.decode(), who
    world.hand_off("issue", "finance", "prepared")
    row = HandOff.objects.get()
    shown = as_("manager").get(REFUND).content.decode()
    assert f'<a class="reach" href="/handoffs/{row.pk}/">Tove Dahl</a>, prepared' in shown
    assert offer not in shown, "nobody is offered what somebody has"
    assert f"/handoffs/{row.pk}/" in as_("finance").get(REFUND).content.decode(), "it is theirs"
    assert "/handoffs/" not in as_("support").get(REFUND).content.decode().replace('href="/handoffs/"', "")
