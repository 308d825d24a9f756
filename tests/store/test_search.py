"""Finding: who finds what, how well it is ranked, and an index that every action keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routebook.core.document import Access, Kind
from routebook.core.handoff.card import AccessCard
from routebook.core.run import commands as c
from routebook.store import search as index
from routebook.store.access import actor_of
from routebook.store.actions import documents, leaving, members
from routebook.store.models import Document, Member, Role
from routebook.store.queries import search as queries
from routebook.store.queries.search import Hit, Tier, search
from tests.world import World

pytestmark = pytest.mark.django_db

READERS = ("owner", "manager", "support", "agent")


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """The words of titles are kept by organisation; a rolled-back test's number comes again with another."""
    queries._known.clear()
    yield
    queries._known.clear()


@pytest.fixture
def indexed(world: World) -> World:
    """The world makes its people as rows, which no action indexes."""
    index.rebuild(world.organisation.pk)
    index.rebuild(world.other.pk)
    return world


def titles(world: World, who: str, text: str, **options: Any) -> list[str]:
    return [hit.title for hit in search(world.actor(who), text, **options)]


def card_of(world: World) -> AccessCard:
    return AccessCard(
        no_tools=True, spend_limit="nothing", may_decide="the wording", ask_when="unsure", revoker=world.id("manager")
    )


def said(parts: Any) -> str:
    return "".join(f"[{part.text}]" if part.hit else part.text for part in parts)


def first(world: World, who: str, text: str) -> Hit:
    return search(world.actor(who), text)[0]


# --- how well -----------------------------------------------------------------------------------


def test_a_title_comes_before_a_text_that_says_it(indexed: World) -> None:
    found = titles(indexed, "support", "refund")
    assert found[0] == "Refund a customer"
    assert found.index("Issue a refund in Stripe") < len(found)
    assert {"Verify that a refund is due", "Decline a refund kindly"} <= set(found)


@pytest.mark.parametrize(
    ("typed", "tier"),
    [
        ("Refund a customer", Tier.EXACT),
        ("refund a c", Tier.BEGINNING),
        ("customer refu", Tier.TITLE),
        ("custmer refnud", Tier.SLIP),
        ("refud", Tier.SLIP),
        ("REFÚND À customer", Tier.EXACT),
    ],
)
def test_as_one_types(indexed: World, typed: str, tier: Tier) -> None:
    hit = first(indexed, "support", typed)
    assert (hit.title, hit.tier, hit.kind, hit.place) == ("Refund a customer", tier, "process", "refund-a-customer")


def test_a_text_is_found_with_the_place_that_says_it(indexed: World) -> None:
    hit = first(indexed, "support", "alternative mail")
    assert (hit.title, hit.tier) == ("Decline a refund kindly", Tier.TEXT)
    assert said(hit.snippet) == "The [mail] names the rule and one [alternative]"


def test_the_steps_of_a_map_are_its_text(indexed: World) -> None:
    hit = first(indexed, "support", "confirm log")
    assert (hit.kind, said(hit.snippet)) == ("process", "[Confirm] and [log]")


def test_small_words_ask_for_nothing(indexed: World) -> None:
    assert first(indexed, "support", "how do I issue a refund").title == "Issue a refund in Stripe"


def test_where_not_all_words_are_found_some_count(indexed: World) -> None:
    hit = first(indexed, "support", "stripe chargebacks")
    assert (hit.title, said(hit.parts)) == ("Issue a refund in Stripe", "Issue a refund in [Stripe]")


def test_a_run_is_found_by_its_number_its_name_and_its_fields(indexed: World) -> None:
    number = indexed.start(fields={"customer": "Zoë Ångström", "amount": "77.50"}).number
    for typed in (f"#{number}", "zoe ang", "Angstrom", "refund 77"):
        hit = next(hit for hit in search(indexed.actor("support"), typed) if hit.kind == "run")
        assert (hit.place, hit.state) == (str(number), "running"), typed
        assert said(hit.about).replace("[", "").replace("]", "") == "Refund a customer"


def test_a_run_that_is_over_says_so(indexed: World) -> None:
    run = indexed.start()
    indexed.do("manager", run.number, c.Cancel("a mistake"))
    assert first(indexed, "support", f"#{run.number}").state == "cancelled"


def test_a_question_and_its_answer_are_found(indexed: World) -> None:
    run = indexed.start()
    indexed.do("support", run.number, c.Ask(1, "What if the card has expired?"))
    hit = first(indexed, "finance", "expired card")
    assert (hit.kind, hit.place, hit.state) == ("question", f"{run.number}/1", "")
    indexed.do("manager", run.number, c.Answer(1, 1, "Stripe forwards it to the new plastic."))
    hit = first(indexed, "finance", "new plastic")
    assert (hit.title, hit.state) == ("What if the card has expired?", "answered")
    assert said(hit.snippet) == "Stripe forwards it to the [new] [plastic]."


def test_people_and_roles_are_found(indexed: World) -> None:
    assert titles(indexed, "support", "finance assistant")[0] == "Finance assistant"
    assert "Tove Dahl" in titles(indexed, "support", "finance assistant")
    assert titles(indexed, "support", "suri")[0] == "Suri Castell"


def test_nothing_asked_finds_nothing(indexed: World) -> None:
    for typed in ("", "   ", "?!*", "\x00", "“”"):
        assert search(indexed.actor("owner"), typed) == []


def test_what_is_retired_comes_last(indexed: World) -> None:
    actor = indexed.actor("owner")
    old = documents.create(actor, Kind.PROCEDURE, {"title": "Kindly decline"}, now=indexed.at())
    documents.publish(actor, old.pk, now=indexed.at())
    documents.retire(actor, old.pk, why="the SOP says it", now=indexed.at())
    found = search(indexed.actor("support"), "decline kindly")
    assert [(hit.title, hit.state) for hit in found[:2]] == [
        ("Decline a refund kindly", ""),
        ("Kindly decline", "retired"),
    ]


def test_it_can_be_narrowed_to_kinds(indexed: World) -> None:
    indexed.start()
    assert {hit.kind for hit in search(indexed.actor("owner"), "refund", kinds={Kind.PROCESS})} == {"process"}
    assert {hit.kind for hit in search(indexed.actor("owner"), "refund", kinds={"run"})} == {"run"}


# --- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", READERS)
def test_members_find_what_is_published(indexed: World, who: str) -> None:
    indexed.start()
    kinds = {hit.kind for hit in search(indexed.actor(who), "refund", limit=60)}
    assert {"process", "sop", "run"} <= kinds


def test_a_draft_is_found_by_who_may_see_it(indexed: World) -> None:
    actor = indexed.actor("owner")
    documents.create(actor, Kind.POLICY, {"title": "Quibbles are settled"}, now=indexed.at())
    documents.create(actor, Kind.SOP, {"title": "Quibble by post"}, now=indexed.at())
    seen = {who: titles(indexed, who, "quibble") for who in (*READERS, "guest", "outsider")}
    both = ["Quibble by post", "Quibbles are settled"]
    assert {who: sorted(found) for who, found in seen.items()} == {
        "owner": both,
        "manager": both,
        "support": both[:1],
        "agent": both[:1],
        "guest": [],
        "outsider": [],
    }
    assert first(indexed, "owner", "quibble").state == "draft"


def test_the_draft_of_a_published_text_is_another_face_of_it(indexed: World) -> None:
    policy = documents.create(indexed.actor("owner"), Kind.POLICY, {"title": "Refund in a fortnight"}, now=indexed.at())
    documents.publish(indexed.actor("owner"), policy.pk, now=indexed.at())
    documents.change_draft(
        indexed.actor("owner"), policy.pk, base=1, fields={"title": "Refund in a jiffy"}, now=indexed.at()
    )
    assert titles(indexed, "support", "jiffy") == []
    assert [(hit.title, hit.state) for hit in search(indexed.actor("owner"), "jiffy")] == [
        ("Refund in a jiffy", "draft")
    ]
    assert [hit.state for hit in search(indexed.actor("owner"), "refund in a") if hit.kind == "policy"] == [""]


def test_a_hand_off_is_found_by_both_sides_and_by_who_sees_all(indexed: World) -> None:
    from routebook.store.actions import handoffs

    handoffs.prepare(
        indexed.actor("manager"),
        indexed.process.pk,
        "issue",
        receiver=indexed.members["finance"].pk,
        card=card_of(indexed),
        command_id=indexed.command_id(),
        now=indexed.at(),
    )
    seen = {
        who: [hit.kind for hit in search(indexed.actor(who), "issue the refund", limit=60) if hit.kind == "handoff"]
        for who in (*READERS, "finance", "guest", "outsider")
    }
    found = {who for who, kinds in seen.items() if kinds}
    assert found == {"owner", "manager", "finance"}


def test_a_guest_finds_the_runs_they_have_a_task_in(indexed: World) -> None:
    run, _other = indexed.start(), indexed.start(fields={"customer": "Paul Other", "amount": "1"})
    assert search(indexed.actor("guest"), "paul") == []
    indexed.do("support", run.number, c.HandOver(1, indexed.id("guest"), "please"))
    assert [(hit.kind, hit.place) for hit in search(indexed.actor("guest"), "paul")] == [("run", f"{run.number}/1")]
    assert search(indexed.actor("guest"), "paul stripe") == []


def test_the_other_organisation_finds_nothing_of_this_one(indexed: World) -> None:
    indexed.start()
    for typed in ("refund", "paul", "#1", "suri", "head of support", "stripe", "custmer"):
        found = search(indexed.actor("outsider"), typed, limit=60)
        assert {hit.title for hit in found} <= {"Olga Zander", "Head of Support"}, typed
    assert "Olga Zander" not in titles(indexed, "owner", "olga")


def test_who_left_is_found_no_more(indexed: World) -> None:
    see_off(indexed, indexed.members["backup"].pk)
    assert "Bram Eriksen" not in titles(indexed, "owner", "bram")


def see_off(world: World, member: int) -> None:
    """Somebody leaves, and the owner takes their roles."""
    owner = world.actor("owner")
    roles = Role.objects.filter(org_id=owner.org).values_list("pk", flat=True)
    leaving.pass_roles(owner, member, dict.fromkeys(roles, owner.member), now=world.at())
    leaving.finish(owner, member, now=world.at())


# --- whatever is typed --------------------------------------------------------------------------

HOSTILE = st.text(
    alphabet=st.sampled_from(list("\"'*:()^-+~|&<>!{}\\%_#, ;.ANDORNOT\x00\ud800é日\u0301refund")), max_size=40
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.one_of(HOSTILE, st.text(max_size=40)))
def test_nothing_that_is_typed_is_an_error(indexed: World, typed: str) -> None:
    for hit in search(indexed.actor("owner"), typed):
        assert "".join(part.text for part in hit.parts) == hit.title


@pytest.mark.parametrize(
    "typed", ['"', "refund AND", "NEAR(a b)", "title:refund", "refund*", "'a' & !b", "a:*b", "^x", "-refund"]
)
def test_operators_are_only_words(indexed: World, typed: str) -> None:
    found = search(indexed.actor("owner"), typed)
    assert "refund" not in typed or found[0].title == "Refund a customer"


# --- the index ----------------------------------------------------------------------------------


def entries(world: World) -> set[tuple[Any, ...]]:
    """Everything that the index says, but for the numbers of its rows."""
    columns = ", ".join(index.COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sql = f"SELECT {', '.join(f's.{name}' for name in index.COLUMNS)}, w.scopes, w.title, w.body"
            cursor.execute(
                f"{sql} FROM store_search s LEFT JOIN store_search_words w ON w.rowid = s.id WHERE s.org_id = %s",
                [world.organisation.pk],
            )
        else:
            cursor.execute(
                f"SELECT {columns}, title_words::text, words::text FROM store_search WHERE org_id = %s",
                [world.organisation.pk],
            )
        return set(cursor.fetchall())


def work(world: World) -> Iterator[str]:
    """A bit of every action that search depends on."""
    owner, manager = world.actor("owner"), world.actor("manager")
    sop = Document.objects.get(slug="issue-a-refund-in-stripe", org=world.organisation)
    draft = documents.change_draft(owner, sop.pk, base=1, fields={"title": "Pay it back in Stripe"}, now=world.at())
    yield "a draft"
    documents.change_draft(owner, sop.pk, base=draft.rev, fields={"objective": "Paid, to the cent"}, now=world.at())
    yield "a change of the draft"
    documents.publish(owner, sop.pk, now=world.at())
    yield "a version"
    documents.restore(owner, sop.pk, 1, now=world.at())
    yield "an old version as draft"
    documents.discard_draft(owner, sop.pk, now=world.at())
    yield "no draft"
    new = documents.create(manager, Kind.WORK_INSTRUCTION, {"title": "Open the till"}, now=world.at())
    yield "a new document"
    documents.discard_draft(manager, new.pk, now=world.at())
    yield "none again"
    run = world.start()
    yield "a run"
    world.do("support", run.number, c.Ask(1, "Who has the key?"))
    yield "a question"
    world.do("manager", run.number, c.Answer(1, 1, "Bram has it."))
    yield "an answer"
    yield from hand_off(world)
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "not eligible")
    world.complete("support", run.number, "decline")
    yield "the end of a run"
    person = members.add(owner, name="Nina Fox", access=Access.ASSISTANT, now=world.at())
    yield "a new person"
    members.set_role(owner, "Support assistant", holders=[person.pk], backup=None, now=world.at())
    yield "a role in other hands"
    members.set_role(owner, "Bookkeeper", holders=[], backup=person.pk, now=world.at())
    yield "a new role"
    members.change(owner, person.pk, name="Nina Wolf", now=world.at())
    yield "another name"
    members.change(owner, world.members["finance"].pk, name="Tove Berg", now=world.at())
    yield "another name of who has a hand-off"
    see_off(world, person.pk)
    yield "a person who left"
    documents.retire(owner, sop.pk, why="no refunds any more", now=world.at())
    yield "a retired document"


def hand_off(world: World) -> Iterator[str]:
    from routebook.core.handoff import commands as h
    from routebook.store.actions import handoffs

    process, receiver = world.process.pk, world.members["finance"]
    row = handoffs.prepare(
        world.actor("manager"),
        process,
        "issue",
        receiver=receiver.pk,
        card=card_of(world),
        command_id=world.command_id(),
        now=world.at(),
    )
    yield "a hand-off"
    handoffs.command(
        world.actor("finance"), row.pk, h.Accept("The money is back"), command_id=world.command_id(), now=world.at()
    )
    yield "an accepted hand-off"
    steps = documents.open_draft(Document.objects.get(pk=process), world.actor("owner"), world.at()).fields["steps"]
    renamed = [{**step, "title": "Pay it back"} if step["id"] == "issue" else step for step in steps]
    documents.change_draft(world.actor("owner"), process, base=1, fields={"steps": renamed}, now=world.at())
    yield "a step of another name"


def test_every_action_keeps_the_index_as_a_rebuild_makes_it(indexed: World) -> None:
    for what in work(indexed):
        kept = entries(indexed)
        index.rebuild(indexed.organisation.pk)
        assert kept == entries(indexed), what


def test_a_rebuild_leaves_other_organisations_alone(indexed: World) -> None:
    before = titles(indexed, "outsider", "olga")
    index.rebuild(indexed.organisation.pk)
    assert before == titles(indexed, "outsider", "olga") == ["Olga Zander", "Head of Support"]


def test_an_empty_index_is_noticed_and_made(indexed: World) -> None:
    assert not index.is_missing()
    with connection.cursor() as cursor:
        for organisation in (indexed.organisation, indexed.other):
            index.index().clear(cursor, organisation.pk)
        cursor.execute("SELECT count(*) FROM store_search")
        left = cursor.fetchone()[0]
    assert index.is_missing() == (left == 0)
    assert titles(indexed, "owner", "refund") == []
    assert index.rebuild_all() >= 15
    assert titles(indexed, "owner", "refund")[0] == "Refund a customer"


def test_a_new_word_is_known_for_slips_at_once(indexed: World) -> None:
    assert titles(indexed, "owner", "reimbursment") == []
    documents.create(indexed.actor("owner"), Kind.GOAL, {"title": "Reimbursement in a day"}, now=indexed.at())
    assert titles(indexed, "owner", "reimbursment") == ["Reimbursement in a day"]


def test_what_failed_is_not_in_the_index(indexed: World) -> None:
    from django.db import transaction

    with transaction.atomic():
        documents.create(indexed.actor("owner"), Kind.GOAL, {"title": "Vanishing"}, now=indexed.at())
        assert titles(indexed, "owner", "vanishing") == ["Vanishing"]
        transaction.set_rollback(True)
    # The test's own transaction goes on, whose inner part was undone.
    assert titles(indexed, "owner", "vanishing") == []


def test_a_search_asks_a_bounded_number_of_statements(indexed: World, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        indexed.start(fields={"customer": f"Paul {n}", "amount": "1"})
    search(indexed.actor("owner"), "warm")
    with django_assert_max_num_queries(11):
        search(indexed.actor("owner"), "refnud custmer", limit=60)


def test_actors_scopes_are_words_of_their_own_organisation(indexed: World) -> None:
    for who in (*READERS, "guest", "outsider"):
        member = Member.objects.select_related("org").get(pk=indexed.members[who].pk)
        actor = actor_of(member)
        assert all(one.startswith(f"{actor.org}") and one.isalnum() for one in queries.scopes_of(actor))


def test_ties_are_settled_alike_on_both_databases(indexed: World) -> None:
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    for title in ("Pack the box", "Pack the bag", "Unpack a box", "Pack"):
        documents.create(indexed.actor("owner"), Kind.PROCEDURE, {"title": title}, now=now)
    assert titles(indexed, "owner", "pack") == ["Pack", "Pack the bag", "Pack the box"]
