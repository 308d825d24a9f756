"""What readers suggest, and whoever answers for the document decides."""

from __future__ import annotations

import pytest

from routebook.core.document import Kind, Sop
from routebook.store.access import NotFound, Refused
from routebook.store.actions import documents, suggestions
from routebook.store.models import Document, Draft, Event, Role, RoleHolder, Suggestion
from routebook.store.parsing import draft_of
from routebook.store.queries import suggestions as queries
from routebook.store.queries.upkeep import answers_for
from tests.world import World

pytestmark = pytest.mark.django_db

LINE = "checklist.1.text"


def issue(world: World) -> Document:
    return Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")


def suggest(world: World, who: str = "finance", text: str = "Refund it all") -> Suggestion:
    return suggestions.make(world.actor(who), issue(world).pk, place=LINE, text=text, now=world.at())


def drafted(world: World) -> Sop:
    value = draft_of(Draft.objects.get(document=issue(world)), Kind.SOP, issue(world).slug)
    assert isinstance(value, Sop)
    return value


def names(world: World) -> list[str]:
    events = Event.objects.filter(stream=f"document:{issue(world).pk}", name__startswith="suggestion")
    return list(events.order_by("seq").values_list("name", flat=True))


@pytest.mark.parametrize("who", ["owner", "manager", "support", "agent"])
def test_any_member_suggests(world: World, who: str) -> None:
    made = suggest(world, who)
    assert (made.number, made.base, made.text) == (1, "Refund the approved amount", "Refund it all")
    assert names(world) == ["suggestion.made"]
    assert not Draft.objects.filter(document=issue(world)).exists()


def test_a_guest_and_an_outsider_suggest_nothing(world: World) -> None:
    with pytest.raises(Refused):
        suggest(world, "guest")
    with pytest.raises(NotFound):
        suggest(world, "outsider")
    assert not Suggestion.objects.exists()


def test_one_click_puts_it_into_the_draft(world: World) -> None:
    made = suggest(world)
    suggestions.accept(world.actor("manager"), issue(world).pk, made.number, now=world.at())
    value = drafted(world)
    assert value.checklist[1].text == "Refund it all"
    assert value.checklist[1].evidence == "tick"
    assert names(world) == ["suggestion.made", "suggestion.accepted"]
    assert queries.count_open(world.actor("finance"), issue(world)) == 0


def test_what_else_was_drafted_stays(world: World) -> None:
    made = suggest(world)
    fields = {"minutes": 11}
    documents.change_draft(world.actor("owner"), issue(world).pk, base=1, fields=fields, now=world.at())
    suggestions.accept(world.actor("manager"), issue(world).pk, made.number, now=world.at())
    assert (drafted(world).minutes, drafted(world).checklist[1].text) == (11, "Refund it all")


def test_two_suggestions_for_one_line_are_not_both_taken(world: World) -> None:
    first, second = suggest(world), suggest(world, "support", "Refund half")
    suggestions.accept(world.actor("manager"), issue(world).pk, first.number, now=world.at())
    with pytest.raises(Refused) as refused:
        suggestions.accept(world.actor("manager"), issue(world).pk, second.number, now=world.at())
    assert refused.value.refusal.code == "text_changed"
    assert drafted(world).checklist[1].text == "Refund it all"


def test_declining_takes_a_reason(world: World) -> None:
    made = suggest(world)
    with pytest.raises(Refused) as refused:
        suggestions.decline(world.actor("manager"), issue(world).pk, made.number, reason="", now=world.at())
    assert refused.value.refusal.field == "reason"
    suggestions.decline(world.actor("manager"), issue(world).pk, made.number, reason="The law", now=world.at())
    (decided,) = queries.decided_on(world.actor("finance"), issue(world))
    assert (decided.outcome, decided.reason) == ("declined", "The law")
    with pytest.raises(Refused) as refused:
        suggestions.accept(world.actor("manager"), issue(world).pk, made.number, now=world.at())
    assert refused.value.refusal.code == "decided"


def test_a_note_is_taken_up_without_touching_the_text(world: World) -> None:
    made = suggestions.make(world.actor("finance"), issue(world).pk, note="The link is old", now=world.at())
    suggestions.accept(world.actor("manager"), issue(world).pk, made.number, now=world.at())
    assert not Draft.objects.filter(document=issue(world)).exists()


@pytest.mark.parametrize(
    ("place", "text", "note", "code"),
    [
        (LINE, "Refund the approved amount", "", "same_text"),
        ("checklist.9.text", "More", "", "no_place"),
        ("title", "More", "", "no_place"),
        ("", "", "  ", "note_missing"),
        (LINE, "x" * 10_001, "", "too_long"),
    ],
)
def test_what_is_no_suggestion_is_refused(world: World, place: str, text: str, note: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        suggestions.make(world.actor("finance"), issue(world).pk, place=place, text=text, note=note, now=world.at())
    assert refused.value.refusal.code == code


def test_nothing_is_suggested_for_a_draft_or_a_map(world: World) -> None:
    draft = documents.create(world.actor("owner"), Kind.SOP, {"title": "Not yet"}, now=world.at())
    for document in (draft.pk, world.process.pk):
        with pytest.raises(NotFound):
            suggestions.make(world.actor("finance"), document, note="Hm", now=world.at())


@pytest.mark.parametrize("who", ["support", "finance", "agent"])
def test_who_does_not_answer_for_it_decides_nothing(world: World, who: str) -> None:
    made = suggest(world, "manager")
    with pytest.raises(Refused) as refused:
        suggestions.accept(world.actor(who), issue(world).pk, made.number, now=world.at())
    assert refused.value.refusal.code == "forbidden"
    assert list(queries.waiting(world.actor(who))) == []


def test_whoever_holds_the_owner_role_answers_for_it(world: World) -> None:
    made = suggest(world)
    role = Role.objects.get(org=world.organisation, title="Head of Support")
    RoleHolder.objects.create(org=world.organisation, role=role, member=world.members["support"], position=1)
    assert answers_for(world.actor("support"), issue(world))
    (waits,) = queries.waiting(world.actor("support"))
    assert (waits.row.pk, waits.count) == (issue(world).pk, 1)
    suggestions.accept(world.actor("support"), issue(world).pk, made.number, now=world.at())
    assert drafted(world).checklist[1].text == "Refund it all"


def test_it_waits_for_who_holds_the_owner_role_else_for_the_owner(world: World) -> None:
    suggest(world)
    assert [one.row.pk for one in queries.waiting(world.actor("manager"))] == [issue(world).pk]
    assert list(queries.waiting(world.actor("owner"))) == []
    Document.objects.filter(pk=issue(world).pk).update(owner="Nobody in particular")
    assert list(queries.waiting(world.actor("manager"))) == []
    assert [one.row.pk for one in queries.waiting(world.actor("owner"))] == [issue(world).pk]


def test_an_outsider_decides_nothing(world: World) -> None:
    made = suggest(world)
    with pytest.raises(NotFound):
        suggestions.accept(world.actor("outsider"), issue(world).pk, made.number, now=world.at())
    with pytest.raises(NotFound):
        suggestions.decline(world.actor("outsider"), issue(world).pk, made.number, reason="no", now=world.at())
    assert queries.open_on(world.actor("outsider"), issue(world)) == []
    assert list(queries.waiting(world.actor("outsider"))) == []
