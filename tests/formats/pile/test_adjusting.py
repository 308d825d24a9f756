"""What a person changes of a proposal, and documents of one kind as drafts: no sentence is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sort_training import Example, examples, read
from routebook.core.document import Decision, Policy, Procedure, Sop, WorkInstruction
from routebook.core.process_map import problems
from routebook.formats.pile import (
    LEFT_OVER,
    MAKES,
    MAP,
    NEW,
    PARTS,
    Adjustment,
    PileKind,
    adjusted,
    change_from_plain,
    change_to_plain,
    made_as,
    mark_of,
    moved,
    split,
)
from tests.formats.pile.accounting import assert_draft_holds, assert_nothing_is_lost
from tests.formats.pile.test_classify import MIXED
from tests.formats.pile.test_classify import read as read_text
from tests.formats.pile.test_split import MANUAL

EXAMPLES = [one for one in examples() if one.kind is not PileKind.OTHER]
MIXES = [one for one in examples() if one.kind is PileKind.MIXED]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EXAMPLES), st.sampled_from(MAKES))
def test_a_draft_of_any_kind_holds_every_sentence(example: Example, kind: PileKind) -> None:
    document = read(example.text)
    assert_draft_holds(document, made_as(document, kind))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MIXES), st.data())
def test_an_adjusted_proposal_keeps_a_place_for_every_sentence(example: Example, data: st.DataObject) -> None:
    document = read(example.text)
    proposal = split(document)
    slugs = [part.slug for part in proposal.documents]
    parts = st.sampled_from(slugs) if slugs else st.just("none")
    numbers = st.integers(0, len(document.passages))
    steps = st.sampled_from([step.id for step in proposal.process.steps] or ["none"])
    change = Adjustment(
        without=data.draw(st.frozensets(parts, max_size=3)),
        joined=data.draw(st.dictionaries(parts, parts, max_size=3)),
        kinds=data.draw(st.dictionaries(parts, st.sampled_from(PARTS), max_size=4)),
        titles=data.draw(st.dictionaries(st.one_of(parts, st.just(MAP)), st.sampled_from(["", "Tea"]), max_size=3)),
        dropped=data.draw(st.frozensets(steps, max_size=2)),
        added=data.draw(st.sampled_from([(), (("Check it", "Cook"), ("", "Nobody"))])),
        moved=data.draw(
            st.dictionaries(
                numbers,
                st.one_of(st.sampled_from([LEFT_OVER, MAP, "nowhere", f"{NEW}3", f"{NEW}x"]), parts),
                max_size=8,
            )
        ),
    )
    result = adjusted(document, change)
    assert [place.sentence for place in result.places] == [place.sentence for place in proposal.places]
    assert_nothing_is_lost(document, result)
    assert change_from_plain(change_to_plain(change)) == change
    assert not {part.slug for part in result.documents} & change.without


def test_no_change_is_the_proposal() -> None:
    document = read_text(MIXED)
    assert adjusted(document, Adjustment()) == split(document)


def test_a_passage_goes_where_the_person_wants_it() -> None:
    document = read_text(
        "# Manual\n\n## Tea\n1. Fill the kettle.\n2. Pour it.\n3. Wait for it.\n\n## History\n\nTea is old.\n"
    )
    proposal = split(document)
    (part,) = proposal.documents
    at = next(one.passage for one in proposal.left_over if "Tea is old" in one.text)
    assert "Tea is old." in adjusted(document, Adjustment(moved={at: part.slug})).documents[0].notes
    assert "Tea is old." in adjusted(document, Adjustment(moved={at: MAP})).process.notes
    assert "Tea is old." in [one.text for one in adjusted(document, Adjustment(moved={at: "gone"})).left_over]


def test_an_item_of_a_part_moves_to_another_part_or_out() -> None:
    document = read_text(MANUAL)
    baking, billing = split(document).documents
    at = next(n for n, block in enumerate(document.passages) if block.text.startswith("Bake it for 40"))
    there = adjusted(document, Adjustment(moved={at: billing.slug}))
    assert "40 minutes" not in str(there.documents[0])
    assert "40 minutes" in str(there.documents[1])
    out = adjusted(document, Adjustment(moved={at: LEFT_OVER}))
    assert "1. Bake it for 40 minutes" in [one.text for one in out.left_over]
    assert baking.slug in {place.part for place in out.places}


def test_passages_become_a_document_of_their_own_such_as_a_policy() -> None:
    document = read_text(MANUAL)
    numbers = [one.passage for one in split(document).left_over]
    change = moved(Adjustment(), numbers, NEW)
    name = f"{NEW}{numbers[0]}"
    assert change.moved == dict.fromkeys(numbers, name)
    part = adjusted(document, change).documents[-1]
    assert part.title == "Holidays"
    policy = adjusted(document, Adjustment(moved=change.moved, kinds={name: PileKind.POLICY})).documents[-1]
    assert isinstance(policy, Policy)
    assert policy.statement == "Everyone gets 25 days."


def test_parts_joined_are_one_checklist_and_can_be_taken_apart_again() -> None:
    document = read_text(
        "# M\n\n## Open\n1. Open it\n2. Count it\n3. Clean it\n\n## Close\nAt six.\n1. Count it\n2. Write it\n3. Close it\n"
    )
    change = Adjustment(joined={"close": "open"})
    (part,) = adjusted(document, change).documents
    assert isinstance(part, Procedure | Sop)
    assert [item.text for item in part.checklist] == [
        "Open it",
        "Count it",
        "Clean it",
        "Count it",
        "Write it",
        "Close it",
    ]
    assert "Close" in part.notes
    assert "At six." in part.notes
    assert len(adjusted(document, Adjustment()).documents) == 2


def test_parts_that_are_joined_in_a_ring_stay_apart() -> None:
    document = read_text(MANUAL)
    one, two = (part.slug for part in split(document).documents)
    assert len(adjusted(document, Adjustment(joined={one: two, two: one})).documents) == 2


@pytest.mark.parametrize(
    ("kind", "made"),
    [("policy", Policy), ("procedure", Procedure), ("sop", Sop), ("work-instruction", WorkInstruction)],
)
def test_a_part_is_of_the_kind_that_the_person_says(kind: str, made: type) -> None:
    document = read_text(MANUAL)
    slug = split(document).documents[0].slug
    result = adjusted(document, Adjustment(kinds={slug: PileKind(kind)}))
    assert isinstance(result.documents[0], made)
    assert_nothing_is_lost(document, result)


def test_a_step_is_dropped_and_another_added_and_the_map_stays_sound() -> None:
    document = read_text(MANUAL)
    first, *_ = split(document).process.steps
    result = adjusted(document, Adjustment(dropped=frozenset({first.id}), added=(("Thank them", "Owner"),)))
    assert [step.title for step in result.process.steps] == ["Bakes it", "Delivers it", "Sends the bill", "Thank them"]
    assert result.process.steps[-1].role == "Owner"
    assert not problems(result.process)
    assert isinstance(result.process.steps[0].then, Decision)
    rest = frozenset(step.id for step in result.process.steps[1:-1])
    alone = adjusted(document, Adjustment(dropped=rest | {first.id})).process
    assert [step.title for step in alone.steps] == ["Bakes it"]
    assert not problems(alone)


def test_a_kept_change_knows_what_it_was_made_for() -> None:
    assert mark_of(split(read_text(MANUAL)).plan) == mark_of(split(read_text(MANUAL)).plan)
    assert mark_of(split(read_text(MANUAL)).plan) != mark_of(split(read_text(MANUAL + "\nMore.\n")).plan)


@pytest.mark.parametrize("step", ["", "no-such-step"])
def test_a_part_may_explain_no_step(step: str) -> None:
    document = read_text(MIXED)
    part = split(document).documents[0]
    found = adjusted(document, Adjustment(at={part.slug: step})).documents[0]
    assert getattr(found, "step", "") == ""


def test_empty_titles_keep_what_was_proposed() -> None:
    document = read_text(MIXED)
    first = split(document).process.steps[0]
    change = Adjustment(titles={MAP: "  "}, step_titles={first.id: ""}, roles={first.id: ""})
    result = adjusted(document, change)
    assert result.process.title == split(document).process.title
    assert result.process.steps[0].title == first.title
    assert result.process.steps[0].role == ""
