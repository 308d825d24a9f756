"""What a document says of itself lands in the field that it names."""

from __future__ import annotations

import datetime as dt

import pytest

from routebook.core.document import Need, Policy, Procedure, Process, Sop
from routebook.formats.pile import PileDocument, PileKind, made_as, read_pile, split
from tests.formats.pile.accounting import assert_draft_holds, assert_nothing_is_lost
from tests.formats.pile.word import paragraph, table, word

STEPS = "1. Fill the can.\n2. Water each pot.\n3. Empty the tray.\n"


def read(content: str | bytes, name: str = "x.md") -> PileDocument:
    (found,) = read_pile({name: content.encode() if isinstance(content, str) else content})
    assert isinstance(found, PileDocument)
    return found


def sop_of(content: str | bytes, name: str = "x.md") -> Sop:
    document = read(content, name)
    made = made_as(document, PileKind.SOP)
    assert_draft_holds(document, made)
    assert isinstance(made, Sop)
    return made


LINES = {
    "x.md": f"# Watering\n\n**Role:** Gardener\n**Owner:** Head of grounds\n**Purpose:** Every plant *lives*.\n**Time:** 15 minutes\n\n{STEPS}\nDefinition of done: The soil is damp; the tray is dry\n",
    "x.txt": f"WATERING\n\nRole: Gardener\nOwner: Head of grounds\nPurpose: Every plant lives.\nTime: 15 minutes\n\n{STEPS}\nDefinition of done: The soil is damp; the tray is dry\n",
    "x.html": "<h1>Watering</h1><p><b>Role:</b> Gardener<br><b>Owner:</b> Head of grounds<br>Purpose: Every plant lives.<br>Time: 15 minutes</p>"
    "<ol><li>Fill the can.</li><li>Water each pot.</li><li>Empty the tray.</li></ol><p>Definition of done: The soil is damp; the tray is dry</p>",
    "x.docx": word(
        paragraph("Watering", style="Heading1"),
        paragraph("Role: Gardener"),
        paragraph("Owner: Head of grounds"),
        paragraph("Purpose: Every plant lives."),
        paragraph("Time: 15 minutes"),
        *(paragraph(line, level=0) for line in ("Fill the can.", "Water each pot.", "Empty the tray.")),
        paragraph("Definition of done: The soil is damp; the tray is dry"),
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_labelled_lines_land_in_their_fields_in_every_format(name: str) -> None:
    made = sop_of(LINES[name], name)
    assert (made.role, made.owner, made.minutes) == ("Gardener", "Head of grounds", 15)
    assert made.objective.replace("*", "") == "Every plant lives."
    assert made.quality_bar == ("The soil is damp", "the tray is dry")
    assert len(made.checklist) == 3
    assert made.notes == ""


def test_a_table_of_fields_at_the_top_of_a_word_document_lands_in_them() -> None:
    rows = [
        ["SOP title", "Watering the greenhouse"],
        ["Responsible", "Gardener"],
        ["Process owner", "Head of grounds"],
        ["Purpose", "Every plant lives."],
        ["Tools", "Can, hose"],
        ["Minutes", "20"],
        ["Document no.", "SOP-17"],
    ]
    made = sop_of(
        word(
            paragraph("STANDARD OPERATING PROCEDURE", style="Heading1"),
            table(rows),
            *(paragraph(line, level=0) for line in ("Fill the can.", "Water each pot.", "Empty the tray.")),
        ),
        "x.docx",
    )
    assert made.title == "Watering the greenhouse"
    assert (made.role, made.owner, made.objective) == ("Gardener", "Head of grounds", "Every plant lives.")
    assert made.needs == (Need("Can"), Need("hose"))
    assert made.minutes == 20
    assert "SOP-17" in made.notes
    assert "Gardener" not in made.notes
    assert "STANDARD OPERATING PROCEDURE" in made.notes


def test_a_title_further_down_is_that_of_something_else() -> None:
    made = sop_of("# Watering\n\n" + "We water.\n\n" * 20 + f"Title: The long report\n\n{STEPS}")
    assert made.title == "Watering"
    assert "Title: The long report" in made.notes


@pytest.mark.parametrize(
    "top",
    [
        "| Role | Owner | Time |\n|---|---|---|\n| Gardener | Head of grounds | 1 hour |\n",
        "| Role | Gardener | Owner | Head of grounds |\n|---|---|---|---|\n| Duration | 45-60 min | No. | 7 |\n",
        "**Role:** Gardener **Owner:** Head of grounds  **Time:** 60 min\n",
        "- **Role:** Gardener\n- **Owner:** Head of grounds\n- **Time:** about 60 minutes\n",
    ],
)
def test_wide_tables_and_bullets_of_fields_are_read_too(top: str) -> None:
    made = sop_of(f"# Watering\n\n{top}\n{STEPS}")
    assert (made.role, made.owner, made.minutes) == ("Gardener", "Head of grounds", 60)


def test_sections_that_are_called_like_a_field_become_it() -> None:
    made = sop_of(
        f"# Watering\n\n## Purpose\n\nEvery plant lives.\n\n## Responsible\n\nGardener\n\n## Tools\n\n- Can\n- Hose\n\n## Steps\n\n{STEPS}\n"
        "## Definition of done\n\nThe soil is damp. The tray is dry.\n\n## Escalation\n\nCall Ann when the pump fails.\n\nReview by: 12 February 2027\n"
    )
    assert (made.objective, made.role) == ("Every plant lives.", "Gardener")
    assert made.needs == (Need("Can"), Need("Hose"))
    assert made.quality_bar == ("The soil is damp.", "The tray is dry.")
    assert "Call Ann" in made.ask_when
    assert "Purpose" not in made.notes


def test_a_date_of_review_is_read() -> None:
    for said in ("2027-02-12", "12 February 2027", "February 12, 2027"):
        assert sop_of(f"# T\n\nNext review: {said}\n\n{STEPS}").review_by == dt.date(2027, 2, 12)


@pytest.mark.parametrize(
    "line",
    [
        "Time: whenever the sun shines",
        "Next review: 2027-02-31",
        "Role: first the gardener, who looks after everything that grows, then the cook who takes what is ripe",
        "Owner: Ann; Ben",
        "Note: Role of the gardener",
        "The role: is not easy",
    ],
)
def test_what_suits_no_field_stays_where_it_was(line: str) -> None:
    made = sop_of(f"# T\n\nWe water.\n\n{line}\n\n{STEPS}")
    assert (made.minutes, made.review_by, made.owner) == (None, None, "")
    assert line in made.notes


def test_labels_between_the_steps_explain_a_step() -> None:
    made = sop_of("# T\n\n1. Fill the can.\n\n   Who: Ann\n\n   Time: 5 minutes\n2. Water it.\n3. Empty it.\n")
    assert made.minutes is None
    assert "5 minutes" in made.checklist[0].instruction


def test_only_the_first_of_two_is_the_field() -> None:
    made = sop_of(f"# T\n\nRole: Gardener\n\nRole: Cook\n\n{STEPS}")
    assert made.role == "Gardener"
    assert "Role: Cook" in made.notes


def test_each_kind_has_its_own_fields() -> None:
    text = f"# T\n\nOwner: Ann\nPurpose: To live\nTrigger: it is dry\nResult: it is wet\nTools: can\n\n{STEPS}"
    document = read(text)
    policy, process, procedure = (
        made_as(document, kind) for kind in (PileKind.POLICY, PileKind.PROCESS, PileKind.PROCEDURE)
    )
    assert isinstance(policy, Policy)
    assert isinstance(process, Process)
    assert isinstance(procedure, Procedure)
    assert (policy.owner, policy.why) == ("Ann", "To live")
    assert (process.owner, process.trigger, process.result) == ("Ann", "it is dry", "it is wet")
    assert (procedure.objective, procedure.trigger) == ("To live", "it is dry")
    for made in (policy, process, procedure):
        assert "can" in made.notes
        assert_draft_holds(document, made)


def test_fields_of_a_part_and_of_the_map_land_in_theirs() -> None:
    text = (
        "# Handbook\n\nOwner: Ann\nTrigger: a letter comes\n\n## Open the post\n\nRole: Clerk\nPurpose: Nothing waits.\n\n"
        "1. Open each letter.\n2. Stamp it.\n3. Sort it.\n\n## Pay the bills\n\nResponsible: Bookkeeper\n\n1. Check the sum.\n2. Pay it.\n3. File it.\n"
    )
    document = read(text)
    proposal = split(document)
    assert (proposal.process.owner, proposal.process.trigger) == ("Ann", "a letter comes")
    assert [step.role for step in proposal.process.steps] == ["Clerk", "Bookkeeper"]
    post = proposal.documents[0]
    assert isinstance(post, Sop)
    assert (post.role, post.objective) == ("Clerk", "Nothing waits.")
    assert_nothing_is_lost(document, proposal)
