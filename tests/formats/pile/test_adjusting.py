"""What a person changes of a proposal, and documents of one kind as drafts: no sentence is ever lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sort_training import examples, read
from routebook.formats.pile import LEFT_OVER, MAKES, MAP, Adjustment, PileKind, adjusted, made_as, sentences_of, split
from routebook.formats.plain import to_plain
from tests.formats.pile.test_classify import MIXED
from tests.formats.pile.test_classify import read as read_text

EXAMPLES = [one for one in examples() if one.kind is not PileKind.OTHER]
MIXES = [one for one in examples() if one.kind is PileKind.MIXED]


def words_in(value: object) -> str:
    """All words of a value, without mark-up."""
    if isinstance(value, dict):
        return " ".join(words_in(part) for part in value.values())
    if isinstance(value, list | tuple):
        return " ".join(words_in(part) for part in value)
    return str(value)


def bare(text: str) -> str:
    return "".join(re.findall(r"\w+", re.sub(r"\]\([^)\s]*\)", "]", text).casefold()))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EXAMPLES), st.sampled_from(MAKES))
def test_a_draft_of_any_kind_holds_every_sentence(example: object, kind: PileKind) -> None:
    document = read(example.text)  # type: ignore[attr-defined]
    value = made_as(document, kind)
    held = bare(words_in(to_plain(value)) + " " + value.title)
    for block in document.blocks:
        for sentence in sentences_of(block):
            assert bare(sentence) in held or bare(re.sub(r"^\S+\s", "", sentence)) in held, sentence


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(MIXES), st.data())
def test_an_adjusted_proposal_keeps_a_place_for_every_sentence(example: object, data: st.DataObject) -> None:
    proposal = split(read(example.text))  # type: ignore[attr-defined]
    slugs = [part.slug for part in proposal.documents]
    without = frozenset(data.draw(st.sets(st.sampled_from(slugs)) if slugs else st.just(set())))
    to = st.sampled_from([LEFT_OVER, MAP, "nowhere", *slugs])
    moved = {at: data.draw(to) for at in range(len(proposal.left_over))}
    result = adjusted(proposal, Adjustment(without=without, moved=moved))
    assert [place.sentence for place in result.places] == [place.sentence for place in proposal.places]
    assert {part.slug for part in result.documents} == set(slugs) - without
    everything = bare(
        words_in([to_plain(one) for one in (result.process, *result.documents)])
        + " ".join(one.text for one in result.left_over)
    )
    for one in proposal.left_over:
        assert bare(one.text) in everything


def test_a_left_over_goes_where_the_person_wants_it() -> None:
    proposal = split(
        read_text(
            "# Manual\n\n## Tea\n1. Fill the kettle.\n2. Pour it.\n3. Wait for it.\n\n## History\n\nTea is old.\n"
        )
    )
    (part,) = proposal.documents
    at = next(at for at, one in enumerate(proposal.left_over) if "Tea is old" in one.text)
    assert "Tea is old." in adjusted(proposal, Adjustment(moved={at: part.slug})).documents[0].notes
    assert "Tea is old." in adjusted(proposal, Adjustment(moved={at: MAP})).process.notes
    assert "Tea is old." in [one.text for one in adjusted(proposal, Adjustment(moved={at: "gone"})).left_over]


@pytest.mark.parametrize("step", ["", "no-such-step"])
def test_a_part_may_explain_no_step(step: str) -> None:
    proposal = split(read_text(MIXED))
    part = proposal.documents[0]
    found = adjusted(proposal, Adjustment(at={part.slug: step})).documents[0]
    assert getattr(found, "step", "") == ""


def test_empty_titles_keep_what_was_proposed() -> None:
    proposal = split(read_text(MIXED))
    change = Adjustment(
        titles={proposal.process.slug: "  "}, step_titles={proposal.process.steps[0].id: ""}, roles={proposal.process.steps[0].id: ""}
    )  # fmt: skip
    result = adjusted(proposal, change)
    assert result.process.title == proposal.process.title
    assert result.process.steps[0].title == proposal.process.steps[0].title
    assert result.process.steps[0].role == ""
