"""One document as a file: the law of the round trip, the look of what is written, and every error."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings

from routebook.core.document import (
    CLASS_OF,
    AnyDocument,
    ChecklistItem,
    Decision,
    Evidence,
    Goes,
    Join,
    Kind,
    Outcome,
    Policy,
    Process,
    Question,
    Sop,
    Step,
    WorkInstruction,
)
from routebook.formats.errors import Refused, line_of
from routebook.formats.markdown import MAX_BYTES, DocumentFile, decode, read_document, write_document
from routebook.formats.markdown.reading import MANY_ERRORS
from routebook.formats.normal import is_normal, normalise
from routebook.formats.schema import KEYS
from tests.formats.strategies import documents

PROCESS = """\
---
kind: process
title: Refund a customer
owner: Head of Support
trigger: refund request
result: closed ticket
target: {within: 1 working day, from: reply-in-a-day}
policies: [refund-within-14-days]
form:
  - {field: customer, type: text, required: true}
  - {field: amount, type: money, required: true}
steps:
  - id: request
    title: Request received
    role: Support assistant
    takes: refund request
    gives: refund ticket
    handling: delegate
    document: {none: one line in the inbox}
  - id: verify
    title: Verify eligibility
    role: Support assistant
    takes: refund ticket
    gives: decision
    handling: delegate
    due: 4 working hours
    then:
      - {when: eligible, go: approve}
      - {when: not eligible, go: decline}
  - {id: decline, title: Decline and explain, role: Support assistant, takes: decision, gives: closed ticket, handling: delegate, then: end}
  - {id: approve, title: Approve, role: Founder, takes: decision, gives: approval, handling: keep, why: spends money; only-you judgement}
  - {id: issue, title: Issue the refund, role: Finance assistant, takes: approval, gives: payment reference, handling: delegate}
  - {id: confirm, title: Confirm and log, role: Support assistant, takes: payment reference, gives: closed ticket, handling: automate}
---
"""

SOP = """\
---
kind: sop
title: Issue a refund in Stripe
owner: Head of Support
step: refund-a-customer/issue
role: Finance assistant
objective: The customer has the money, to the cent
needs:
  - {tool: Stripe, access: "vault: Stripe/finance"}
minutes: 6
quality_bar:
  - The amount equals the approved amount, to the cent
  - The confirmation reaches the customer within five minutes
review_by: 2027-02-12
---
## Checklist
1. Open the payment from the ticket
2. Refund the approved amount
   > Payments → the charge → **Refund** → full amount
   > ![](../media/stripe-refund.png)
3. Copy the refund reference here (evidence: text)

## Questions
**What if the card has expired?** Stripe still refunds it …
"""


def read(text: str, path: str = "sops/issue.md") -> DocumentFile:
    found = read_document(path, text)
    assert isinstance(found, DocumentFile), "\n".join(map(str, found.errors))
    return found


def errors(text: str, path: str = "sops/issue.md") -> list[str]:
    found = read_document(path, text)
    assert isinstance(found, Refused)
    return [str(error) for error in found.errors]


def sop_with(front: str = "", body: str = "") -> str:
    return f"---\nkind: sop\ntitle: Issue a refund\n{front}---\n{body}"


# --- the law


@settings(max_examples=200, deadline=None)
@given(documents())
def test_reading_what_was_written_gives_the_document_in_normal_form(document: AnyDocument) -> None:
    text = write_document(document)
    again = read(text, f"{document.slug}.md").document
    assert again == normalise(document)
    assert is_normal(again)
    assert write_document(again) == text


@settings(max_examples=100, deadline=None)
@given(documents())
def test_every_line_that_is_named_is_a_line_of_the_file(document: AnyDocument) -> None:
    text = write_document(document)
    lines = read(text, f"{document.slug}.md").lines
    assert all(1 <= line <= text.count("\n") for line in lines.values())


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_every_kind_has_a_key(kind: Kind) -> None:
    fields = {field.name for field in dataclasses.fields(CLASS_OF[kind])} - {"slug"}
    assert fields == {key.field for key in KEYS[kind]}


# --- the look


@pytest.mark.parametrize(("path", "text"), [("processes/refund.md", PROCESS), ("sops/issue.md", SOP)])
def test_a_file_written_by_hand_is_written_back_unchanged(path: str, text: str) -> None:
    assert write_document(read(text, path).document) == text


def test_what_the_process_file_says() -> None:
    process = read(PROCESS, "processes/refund-a-customer.md").document
    assert isinstance(process, Process)
    assert process.slug == "refund-a-customer"
    assert process.steps[0].no_document == "one line in the inbox"
    assert process.steps[1].then == Decision(
        (Outcome("eligible", Goes(("approve",))), Outcome("not eligible", Goes(("decline",))))
    )
    assert process.steps[2].then == Goes(("end",))
    assert process.steps[4].then is None


def test_what_the_sop_file_says() -> None:
    sop = read(SOP).document
    assert isinstance(sop, Sop)
    assert sop.checklist[1].instruction.endswith("full amount\n![](../media/stripe-refund.png)")
    assert sop.checklist[2] == ChecklistItem("Copy the refund reference here", Evidence.TEXT)
    assert sop.questions == (Question("What if the card has expired?", "Stripe still refunds it …"),)


def test_the_lines_of_fields() -> None:
    lines = read(PROCESS, "processes/refund.md").lines
    assert (lines["title"], lines["steps[1]"], lines["steps[1].then"], lines["steps[2].then"]) == (3, 20, 27, 30)
    assert line_of(lines, "steps[1].join") == 20
    assert line_of(lines, "steps[1].then[1].when") == 29
    assert line_of(lines, "nowhere") == 1
    body = read(SOP).lines
    assert (body["checklist"], body["checklist[2]"], body["questions[0]"]) == (16, 21, 24)


@pytest.mark.parametrize(
    ("written", "then", "join"),
    [
        ("then: end", Goes(("end",)), None),
        ("then: {all: [a, b]}", Goes(("a", "b")), None),
        ("then: [{when: yes, go: {all: [a, b]}}]", Decision((Outcome("yes", Goes(("a", "b"))),)), None),
        ("join: all", None, Join(())),
        ("join: [a, [b, c]]", None, Join((("a",), ("b", "c")))),
    ],
)
def test_the_flow_of_a_step(written: str, then: Goes | Decision | None, join: Join | None) -> None:
    text = f"---\nkind: process\ntitle: P\nsteps:\n  - {{id: s, title: T, {written}}}\n---\n"
    process = read(text, "processes/p.md").document
    assert isinstance(process, Process)
    assert process.steps == (Step(id="s", title="T", then=then, join=join),)


@pytest.mark.parametrize("text", ["no", "off", "12:30", "2027-02-12", "1e3", "0x1f", "007"])
def test_what_other_yaml_takes_for_something_else_stays_text(text: str) -> None:
    sop = read(sop_with(f"variation: {text}\n")).document
    assert isinstance(sop, Sop)
    assert sop.variation == text


def test_a_key_with_nothing_after_it_counts_as_not_written() -> None:
    assert read(sop_with("variation:\nminutes: ~\n")).document == read(sop_with()).document


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = decode("sops/issue.md", b"\xef\xbb\xbf" + SOP.replace("\n", "\r\n").encode())
    assert isinstance(text, str)
    assert read(text).document == read(SOP).document


def test_evidence_and_instruction_at_the_end_of_an_item() -> None:
    sop = read(
        sop_with(body="## Checklist\n1. Press (twice) it (evidence: photo; instruction: full-refund)\n")
    ).document
    assert isinstance(sop, Sop)
    assert sop.checklist == (ChecklistItem("Press (twice) it", Evidence.PHOTO, uses="full-refund"),)


def test_a_shared_block_is_an_item_of_an_sop_by_reference_or_item_by_item() -> None:
    file = read(
        "---\nkind: sop\ntitle: A\n---\n## Checklist\n1. (include: file-it)\n2. File (evidence: tick; include: b)\n"
    )
    assert isinstance(file.document, Sop)
    assert file.document.checklist == (
        ChecklistItem("", include="file-it"),
        ChecklistItem("File", Evidence.TICK, include="b"),
    )
    text = write_document(file.document)
    assert "1. (include: file-it)\n2. File (evidence: tick; include: b)\n" in text


def test_a_procedure_includes_no_block() -> None:
    text = "---\nkind: procedure\ntitle: A\n---\n## Steps\n1. (include: file-it)\n"
    assert "A procedure can't include “file-it”" in errors(text, "procedures/a.md")[0]


def test_anything_indented_below_an_item_is_its_how_to() -> None:
    body = "## Checklist\n- Open the page\n  of the day\n\n  ```\n  # no heading\n  ```\n- Close it\n   - left\n   - right\n"
    sop = read(sop_with(body=body)).document
    assert isinstance(sop, Sop)
    assert sop.checklist == (
        ChecklistItem("Open the page of the day", instruction="```\n# no heading\n```"),
        ChecklistItem("Close it", instruction="- left\n- right"),
    )


def test_other_sections_are_notes_and_nothing_of_them_is_lost() -> None:
    body = "Written with Ana.\n\n## Checklist\n1. One\n\n## History\nOld | new\n\n### Why\nBecause.\n"
    document = read(sop_with(body=body)).document
    assert document.notes == "Written with Ana.\n\n## History\nOld | new\n\n### Why\nBecause."
    assert write_document(document) == sop_with(body=body)


def test_text_that_would_break_the_body_stands_in_the_front_matter() -> None:
    sop = Sop(
        slug="s",
        title="T",
        good="```\nnever closed",
        notes="## Checklist\nnot one",
        questions=(Question("a**b?", "c"),),
    )
    text = write_document(sop)
    assert "good: |-\n  ```" in text
    assert "notes: |-\n  ## Checklist" in text
    assert "{question: a**b?, answer: c}" in text
    assert read(text, "s.md").document == sop


def test_a_policy_and_a_work_instruction() -> None:
    policy = read(
        "---\nkind: policy\ntitle: P\n---\n## Statement\nWe do.\n\n## Why\nTrust.\n", "policies/p.md"
    ).document
    assert isinstance(policy, Policy)
    assert (policy.statement, policy.why) == ("We do.", "Trust.")
    body = "## Lines\n1. Click **A**\n2. Click B\n\n## Pictures\n![The dialog](../media/a/b.png)\n"
    work = read(f"---\nkind: work-instruction\ntitle: W\n---\n{body}", "work-instructions/w.md").document
    assert isinstance(work, WorkInstruction)
    assert work.lines == ("Click **A**", "Click B")
    assert (work.pictures[0].source, work.pictures[0].text) == ("a/b.png", "The dialog")


# --- the errors


def test_all_errors_of_a_file_come_at_once_with_line_and_fix() -> None:
    text = sop_with(
        "ownr: Me\nminutes: six\nreview_by: 2027-02-30\n", "## Checklist\n1. Count (evidence: nmber)\nLoose\n"
    )
    assert errors(text) == [
        "sops/issue.md:4: `ownr` is not a key of an SOP. Did you mean `owner`?",
        "sops/issue.md:5: `minutes` is a whole number, not `six`. Write it as in `minutes: 6`.",
        "sops/issue.md:6: `review_by` is a date, year first, not `2027-02-30`. Write it as in `review_by: 2027-02-12`.",
        "sops/issue.md:9: `nmber` is not a kind of evidence. Did you mean `number`?",
        "sops/issue.md:10: “Loose” is not an item of this list. Number it, or indent it by three spaces below the item "
        "that it explains, or move it under a heading of its own.",
    ]


@pytest.mark.parametrize(
    ("text", "line", "says", "fix"),
    [
        ("", 1, "doesn't start with a line of `---`", "between two lines"),
        ("---\nkind: sop\n", 1, "front matter is not closed", "`---`"),
        ("---\n- a\n---\n", 2, "not a list of keys", "`key: value`"),
        ("---\ntitle: T\n---\n", 2, "`kind` is missing", "`kind: sop`"),
        ("---\nkind: spo\ntitle: T\n---\n", 2, "`spo` is not a kind", "`sop`"),
        ("---\nkind: policy\ntitle: T\n---\n", 2, "lies in `sops/`", "`policies/`"),
        ("---\nkind: sop\n---\n", 2, "`title` is missing", "title: Issue"),
        (sop_with("owner: a\nowner: b\n"), 5, "`owner` is written twice; first on line 4", "Keep one"),
        (sop_with("owner: &x a\n"), 4, "Anchors and aliases", "quote"),
        (sop_with("owner: *x\n"), 4, "Anchors and aliases", "quote"),
        (sop_with("owner: !!python/name:os a\n"), 4, "`!!python/name:os`", "Delete"),
        (sop_with("owner: a: b\n"), 4, "mapping values are not allowed", "colon in quotes"),
        (sop_with("needs:\n\t- a\n"), 5, "not valid YAML", "spaces instead of tabs"),
        (sop_with("needs: [a\n"), 5, "not valid YAML", "bracket"),
        (sop_with('owner: "a\n'), 4, "not valid YAML", "quote"),
        (sop_with("owner: a\x01b\n"), 4, "control character", "Delete it"),
        (sop_with("owner: " + "[" * 5000 + "\n"), 4, "nested too deeply", "levels"),
        (sop_with("? [a]\n: b\n"), 4, "A key must be a word", "`key: value`"),
        (sop_with("owner: [a]\n"), 4, "`owner` is a line of text", "`title: Refund a customer`"),
        (sop_with("quality_bar: {a: b}\n"), 4, "`quality_bar` is a list", "as in"),
        (sop_with("quality_bar:\n  - a\n  -\n"), 6, "is empty", "delete the line"),
        (sop_with("needs: [{acess: x}]\n"), 4, "`acess` is not a key", "`access`"),
        (sop_with("status: publish\n"), 4, "`publish` is none of the words", "`published`"),
        (sop_with("step: issue\n"), 4, "a process and one of its steps", "refund-a-customer/issue"),
        (sop_with("checklist: [a]\n", "## Checklist\n1. b\n"), 6, "in the front matter and in the body", "Keep one"),
        (sop_with(body="## Checklist\n1. a\n## Checklist\n1. b\n"), 7, "twice", "Keep one"),
        (sop_with(body="## Check list\n1. a\n"), 5, "`## Check list` is not a section", "`## Checklist`"),
        (sop_with(body="## Quality bar\n- a\n"), 5, "belongs between the `---` lines", "quality_bar:"),
        (sop_with(body="## Questions\nWhat?\n"), 6, "before the first question", "**The question?**"),
        (sop_with(body="## Pictures\na.png\n"), 6, "not a picture", "../media/name.png"),
        (sop_with(body="## Checklist\n1. a (instruction: A B)\n"), 6, "is not understood", "(evidence: text)"),
    ],
)
def test_an_error_says_where_what_and_what_to_do(text: str, line: int, says: str, fix: str) -> None:
    found = read_document("sops/issue.md", text)
    assert isinstance(found, Refused)
    first = found.errors[0]
    assert first.line == line
    assert says in first.sentence
    assert fix in first.fix


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("{id: end, title: T}", "`end` names an end of the map"),
        ("{id: a, title: T}\n  - {id: a, title: U}", "Two steps have the id `a`"),
        ("{id: A b, title: T}", "lower-case letters"),
        ("{title: T}", "`id` is missing"),
        ("{id: a, title: T, then: []}", "no outcomes"),
        ("{id: a, title: T, then: [{when: x, goo: b}]}", "a `when` and a `go`"),
        ("{id: a, title: T, then: {all: []}}", "`then` is a step"),
        ("{id: a, title: T, then: {al: [b]}}", "`then` is a step"),
        ("{id: a, title: T, join: any step}", "`join` is `all` or a list"),
        ("{id: a, title: T, join: [[]]}", "`join` is `all` or a list"),
        ("{id: a, title: T, document: none}", "`document` is a reason"),
        ("{id: a, title: T, optional: yes}", "`optional` is `true` or `false`, not `yes`"),
        ("{id: a, title: T, handling: delegat}", "`delegat` is none of the words"),
        ("just text", "Expected an item of `steps`"),
    ],
)
def test_an_error_in_a_step(step: str, says: str) -> None:
    found = errors(f"---\nkind: process\ntitle: P\nsteps:\n  - {step}\n---\n", "processes/p.md")
    assert says in found[0]


def test_a_file_that_is_too_large_or_not_utf8_is_refused_before_it_is_read() -> None:
    large = decode("sops/a.md", b"a" * (MAX_BYTES + 1))
    foreign = decode("sops/a.md", "---\ntitle: Größe\n".encode("latin-1"))
    assert isinstance(large, Refused)
    assert isinstance(foreign, Refused)
    assert "1 MB" in large.errors[0].sentence
    assert (foreign.errors[0].line, foreign.errors[0].sentence) == (2, "This file is not UTF-8 text.")


def test_a_file_name_that_is_no_slug_is_refused() -> None:
    assert "`My SOP` can't be a document's name" in errors(SOP, "sops/My SOP.md")[0]


def test_a_heading_may_be_closed_and_its_case_does_not_matter() -> None:
    sop = read(sop_with(body="## checklist ##\n1. One\n")).document
    assert isinstance(sop, Sop)
    assert sop.checklist == (ChecklistItem("One"),)


def test_a_file_full_of_unknown_keys_is_not_listed_to_its_end() -> None:
    assert len(errors(sop_with("".join(f"k{number}: a\n" for number in range(5000))))) == MANY_ERRORS
