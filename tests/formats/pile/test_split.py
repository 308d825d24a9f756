"""A mega-document comes apart, and no sentence is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sort_training import Example, examples
from routebook.core.document import Decision, Procedure, Sop, Status, WorkInstruction
from routebook.core.process_map import problems
from routebook.formats.markdown import read_document, write_document
from routebook.formats.pile import PileDocument, read_pile, split
from tests.formats.pile.accounting import assert_nothing_is_lost
from tests.formats.pile.mega_documents import mega_documents

MANUAL = """# Shop handbook

We sell bread.

## How an order travels

1. Assistant: takes the order and writes the slip
2. Baker: bakes it. If flour is missing, it goes back to the assistant.
3. Driver: delivers it
4. Bookkeeper: sends the bill

## Baking the bread

Takes two hours.

1. Weigh the flour
   - 500 g, no more
2. Mix and knead it
3. Bake it for 40 minutes

### Quality check

- The crust is brown
- It sounds hollow

## Sending the bill

### Step 1: Open the program

Click **New**.

### Step 2: Fill in the amount

Copy it from the slip.

## Holidays

Everyone gets 25 days.
"""


def read(text: str, name: str = "manual.md") -> PileDocument:
    (found,) = read_pile({name: text.encode()})
    assert isinstance(found, PileDocument)
    return found


def test_a_handbook_becomes_a_map_and_a_document_for_each_how_to() -> None:
    proposal = split(read(MANUAL))
    assert proposal.process.title == "Shop handbook"
    assert [(step.title, step.role) for step in proposal.process.steps] == [
        ("Takes the order and writes the slip", "Assistant"),
        ("Bakes it", "Baker"),
        ("Delivers it", "Driver"),
        ("Sends the bill", "Bookkeeper"),
    ]
    assert [document.title for document in proposal.documents] == ["Baking the bread", "Sending the bill"]
    assert [left.text for left in proposal.left_over] == [
        "### Holidays",
        "Everyone gets 25 days.",
    ]


def test_everything_proposed_is_a_draft() -> None:
    proposal = split(read(MANUAL))
    assert {document.status for document in (proposal.process, *proposal.documents)} == {Status.DRAFT}


def test_a_condition_becomes_a_decision() -> None:
    steps = split(read(MANUAL)).process.steps
    then = steps[1].then
    assert isinstance(then, Decision)
    assert [(way.when, way.goes.targets) for way in then.outcomes] == [
        ("flour is missing", (steps[0].id,)),
        ("otherwise", (steps[2].id,)),
    ]
    assert not problems(split(read(MANUAL)).process)


def test_a_column_of_numbers_names_no_step_but_may_be_gone_back_to() -> None:
    rows = [
        "| 1 | Sales | Takes the order |",
        "| 2 | Pastry chef | Draws the cake |",
        "| 3 | Sales | Shows the drawing. If they want changes, back to step 2 |",
        "| 4 | Baker | Bakes the layers |",
        "| 5 | Driver | Delivers |",
    ]
    steps = split(
        read("\n".join(["# Wedding cake", "", "| Step | Who | What |", "|---|---|---|", *rows]))
    ).process.steps
    assert [step.title for step in steps] == [
        "Takes the order",
        "Draws the cake",
        "Shows the drawing",
        "Bakes the layers",
        "Delivers",
    ]
    then = steps[2].then
    assert isinstance(then, Decision)
    assert [(way.when, way.goes.targets) for way in then.outcomes] == [
        ("they want changes", (steps[1].id,)),
        ("otherwise", (steps[3].id,)),
    ]


def test_a_how_to_keeps_its_items_their_details_and_its_quality_bar() -> None:
    baking = split(read(MANUAL)).documents[0]
    assert isinstance(baking, Sop)
    assert baking.step == "shop-handbook/bakes-it"
    assert [(item.text, item.instruction) for item in baking.checklist] == [
        ("Weigh the flour", "    - 500 g, no more"),
        ("Mix and knead it", ""),
        ("Bake it for 40 minutes", ""),
    ]
    assert baking.objective == "Takes two hours."
    assert baking.quality_bar == ("The crust is brown", "It sounds hollow")


def test_step_headings_are_the_items_of_one_how_to() -> None:
    billing = split(read(MANUAL)).documents[1]
    assert isinstance(billing, Procedure | Sop)
    assert [item.text for item in billing.checklist] == ["Open the program", "Fill in the amount"]


def test_without_a_map_the_how_tos_are_the_steps() -> None:
    proposal = split(
        read("# Guide\n\n## Open up\n1. Unlock\n2. Switch on\n3. Count\n\n## Close\n1. Count\n2. Write\n3. Lock\n")
    )
    assert [step.title for step in proposal.process.steps] == ["Open up", "Close"]
    assert [document.step for document in proposal.documents if isinstance(document, Procedure | Sop)] == [
        "guide/open-up",
        "guide/close",
    ]


PARTS = "".join(
    f"## {title}\n\n1. Open the ticket.\n2. Check {what}.\n3. Close the ticket.\n\n"
    for title, what in (("How to verify", "the date"), ("2. Intake", "the name"), ("Issuing the refund", "the amount"))
)
OVERVIEW = "1. Intake\n2. Verify the request\n3. Approve it\n4. Issue refund\n5. Confirm\n"


@pytest.mark.parametrize(
    "overview",
    [
        f"# Refunds\n\nThe process:\n\n{OVERVIEW}\n",
        f"# Refunds\n\nMoney goes back.\n\n## Overview\n\n{OVERVIEW.replace('1.', '-').replace('2.', '-').replace('3.', '-').replace('4.', '-').replace('5.', '-')}\n",
        "# Refunds\n\nIn short: Intake → Verify the request → Approve it → Issue refund → Confirm\n\n",
    ],
)
def test_an_overview_is_the_map_and_each_how_to_explains_its_step(overview: str) -> None:
    document = read(overview + PARTS)
    proposal = split(document)
    assert [step.title for step in proposal.process.steps] == [
        "Intake",
        "Verify the request",
        "Approve it",
        "Issue refund",
        "Confirm",
    ]
    assert {part.title: getattr(part, "step", "") for part in proposal.documents} == {
        "How to verify": "refunds/verify-the-request",
        "Intake": "refunds/intake",
        "Issuing the refund": "refunds/issue-refund",
    }
    assert not proposal.left_over
    assert_nothing_is_lost(document, proposal)


def test_a_list_that_names_other_things_is_no_overview() -> None:
    proposal = split(read(f"# Refunds\n\n1. Apples\n2. Pears\n3. Plums\n\n{PARTS}"))
    assert [step.title for step in proposal.process.steps] == ["Verify", "Intake", "Issuing the refund"]


def test_literal_commands_become_a_work_instruction() -> None:
    text = "# Ops\n\n## Restart the service\n\n1. Click **Stop**\n2. Press Enter\n3. Click **Start**\n"
    (document,) = split(read(text)).documents
    assert isinstance(document, WorkInstruction)
    assert document.lines == ("Click **Stop**", "Press Enter", "Click **Start**")


OWN = examples()
MEGA: list[Example] = [*OWN, *mega_documents(OWN)]


def test_every_sentence_of_our_examples_is_accounted_for() -> None:
    for example in MEGA:
        original = read(example.text)
        assert_nothing_is_lost(original, split(original))


WORDS = st.sampled_from(
    re.split(" ", "open the ticket if it is paid send clerk manager approves to back Step 1 quality 5 press Enter")
)
LINE = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
BLOCK = st.one_of(
    st.tuples(
        st.sampled_from(["# ", "## ", "### ", "- ", "1. ", "  - ", "- [ ] ", "", "> ", "Clerk: ", "## Step 2: "]), LINE
    ).map("".join),
    st.tuples(LINE, LINE).map(lambda two: f"**{two[0]}**\n\n{two[1].capitalize()}. And {two[0]}."),
    LINE.map(lambda line: f"```\n{line}\n$ git {line}\n```"),
    st.tuples(LINE, LINE).map(
        lambda two: f"| Role | Step |\n|---|---|\n| {two[0]} | {two[1]} |\n| Clerk | x |\n| Baker | y |"
    ),
    LINE.map(lambda line: f"![{line}](a.png)"),
    st.sampled_from(["# Quality bar", "<b>Html</b> here", "a*b_c [d] `e`", "\\*", "&amp; &lt;x&gt;", "**"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(BLOCK, max_size=14), st.sampled_from(("a.md", "a.txt")))
def test_no_sentence_is_ever_lost(blocks: list[str], name: str) -> None:
    (original,) = read_pile({name: ("\n\n".join(blocks) or "x").encode()})
    if isinstance(original, PileDocument):
        assert_nothing_is_lost(original, split(original))


@pytest.mark.parametrize("example", [one for one in MEGA if one.kind == "mixed"][:20], ids=lambda one: one.source)
def test_the_parts_are_documents_that_can_be_written_and_read(example: Example) -> None:
    proposal = split(read(example.text))
    for document in (proposal.process, *proposal.documents):
        text = write_document(document)
        again = read_document(f"{document.slug}.md", text)
        assert getattr(again, "document", again) is not None
