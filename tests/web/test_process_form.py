"""The map editor's form: what people type, what it says, and what happens to it when rows move."""

from __future__ import annotations

import pytest

from routebook.core.document import (
    END,
    Decision,
    FieldType,
    FormField,
    Goes,
    Handling,
    Join,
    Outcome,
    Process,
    Step,
    Variations,
)
from routebook.formats.pasted import read_pasted
from routebook.web.process_form import (
    MOST_STEPS,
    TEXTS,
    ProcessForm,
    form_of,
    read_fields,
    read_form,
    steps_from_list,
    told,
)

BEFORE = Process(
    slug="refund",
    title="Refund",
    steps=(
        Step(id="request", title="Request received", role="Assistant"),
        Step(
            id="verify",
            title="Verify",
            then=Decision((Outcome("ok", Goes(("approve",))), Outcome("not ok", Goes(("decline",))))),
        ),
        Step(id="decline", title="Decline and explain", then=Goes((END,))),
        Step(id="approve", title="Approve", handling=Handling.KEEP),
    ),
)


def typed(form: ProcessForm, op: str = "save", **changed: str) -> dict[str, str]:
    """What the page would post for this form; `changed` by ``row_field``, such as ``r1_then``."""
    posted = {"title": form.title, "owner": form.owner, "trigger": form.trigger, "result": form.result, "op": op}
    posted |= {"within": form.within, "start_fields": form.start_fields, "base": str(form.base)}
    for place, row in enumerate(form.rows):
        posted |= {f"step-{place}-{name}": str(getattr(row, name)) for name in TEXTS}
        posted |= {f"step-{place}-{name}": "1" for name in ("review", "optional") if getattr(row, name)}
    for name, value in changed.items():
        row_name, _, field = name.partition("_")
        posted[f"step-{row_name[1:]}-{field}" if field and row_name[1:].isdecimal() else name] = value
    return posted


def after(op: str = "save", before: Process = BEFORE, **changed: str) -> ProcessForm:
    return read_form(typed(form_of(before, base=1), op, **changed), before)


def ids(form: ProcessForm) -> list[str]:
    return [step.id for step in form.process.steps]


def test_what_is_shown_reads_as_the_same_process() -> None:
    whole = Process(
        slug="refund",
        title="Refund",
        form=(FormField("amount", FieldType.MONEY, True), FormField("format", FieldType.CHOICE, False, ("a", "b"))),
        steps=(
            Step(id="a", title="A", takes=("x", "y"), gives=("z",), due="4 working hours", then=Goes(("b", "c"))),
            Step(
                id="b",
                title="B",
                no_document="one line",
                why="easy",
                variations=Variations("format", ("a", "b")),
                then=Goes(("d",)),
            ),
            Step(id="c", title="C", review=True, optional=True, handling=Handling.DELEGATE),
            Step(id="d", title="D", join=Join((("b",), ("c",)))),
        ),
    )
    form = after(before=whole)
    assert form.process == whole
    assert form.is_whole


@pytest.mark.parametrize(
    ("op", "order", "then"),
    [
        ("up-3", ["request", "verify", "approve", "decline"], "if ok go to 3; if not ok go to 4"),
        ("down-0", ["verify", "request", "decline", "approve"], "if ok go to 4; if not ok go to 3"),
        ("add-0", ["request", "verify", "decline", "approve"], "if ok go to 5; if not ok go to 4"),
        ("remove-0", ["verify", "decline", "approve"], "if ok go to 3; if not ok go to 2"),
        ("up-0", ["request", "verify", "decline", "approve"], "if ok go to 4; if not ok go to 3"),
        ("down-9", ["request", "verify", "decline", "approve"], "if ok go to 4; if not ok go to 3"),
        ("explode-1", ["request", "verify", "decline", "approve"], "if ok go to 4; if not ok go to 3"),
    ],
)
def test_references_by_number_follow_the_steps_they_meant(op: str, order: list[str], then: str) -> None:
    form = after(op)
    assert ids(form) == order
    assert form.process.step("verify") == BEFORE.step("verify")
    assert next(row.then for row in form.rows if row.id == "verify") == then


def test_an_empty_row_counts_where_it_stands() -> None:
    form = after("add-1")
    assert [row.id for row in form.rows] == ["request", "verify", "", "decline", "approve"]
    assert form.focus == 2
    assert form.rows[1].then == "if ok go to 5; if not ok go to 4"
    again = read_form(typed(form), form.process)
    assert again.process == form.process


def test_removing_a_step_that_others_point_to_says_what_is_broken_and_keeps_it_said() -> None:
    form = after("remove-2")
    row = form.rows[1]
    assert row.then == "if ok go to 3; if not ok go to “Decline and explain”"
    assert row.errors["then"].startswith("There is no step “Decline and explain”")
    assert form.process.step("verify") == BEFORE.step("verify"), "the map says what is broken, too"
    again = read_form(typed(form), form.process)
    assert again.rows[1].then == row.then
    assert not again.is_whole
    mended = read_form(typed(form, r1_then="if ok go to 3; if not ok end"), form.process)
    assert mended.is_whole
    step = mended.process.step("verify")
    assert step is not None
    assert step.then == Decision((Outcome("ok", Goes(("approve",))), Outcome("not ok", Goes((END,)))))


def test_an_error_keeps_what_was_typed_and_all_the_rest_is_read() -> None:
    form = after(r0_role="Finance", r1_then="if ok go to 9", r2_due="soonish", r3_join="2, 17", r3_of="a, b")
    assert form.rows[1].then == "if ok go to 9"
    assert form.rows[1].errors == {"then": "There is no step 9; the list has 4."}
    assert form.rows[2].due == "soonish"
    assert set(form.rows[2].errors) == {"due"}
    assert set(form.rows[3].errors) == {"join", "by"}
    assert form.process.steps[0].role == "Finance"
    assert form.process.step("verify") == BEFORE.step("verify"), "the map keeps what it said"


def test_rows_move_even_while_one_cannot_be_read() -> None:
    form = after("up-3", r1_then="if ok go to")
    assert ids(form) == ["request", "verify", "approve", "decline"]
    assert form.rows[1].then == "if ok go to"


def test_a_new_row_gets_an_id_of_its_own() -> None:
    grown = read_form(typed(after("add"), r4_title="Verify"), BEFORE)
    assert ids(grown) == ["request", "verify", "decline", "approve", "verify-2"]
    twice = after(r3_id="verify")
    assert ids(twice) == ["request", "verify", "decline", "approve"]
    assert ids(read_form(typed(after("add"), r4_title="End"), BEFORE))[-1] == "end-2"
    assert ids(read_form(typed(after("add"), r4_title="返金する"), BEFORE))[-1] == "step"


def test_a_title_is_needed_and_the_rest_is_kept() -> None:
    form = after(title=" ", trigger="a mail", within="a while", start_fields="amount: coins")
    assert set(form.errors) == {"title", "within", "start_fields"}
    assert form.title == " "
    assert form.process.title == "Refund"
    assert form.process.trigger == "a mail"


def test_two_hundred_steps_are_read_and_one_more_is_told() -> None:
    many = Process(slug="many", title="Many", steps=tuple(Step(id=f"s{n}", title=f"S {n}") for n in range(MOST_STEPS)))
    form = after(before=many)
    assert form.process == many
    assert form.is_whole
    assert len(after("add", before=many).rows) == MOST_STEPS
    posted = typed(form)
    posted |= {f"step-{MOST_STEPS}-{name}": "" for name in TEXTS}
    told = read_form(posted, many)
    assert "200 steps at most" in told.errors["rows"]
    assert told.process == many


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("amount: coins", "is no type"),
        (": money", "begins with the field's name"),
        ("amount: money\namount: text", "stands there twice"),
    ],
)
def test_a_start_form_that_cannot_be_read_is_told(text: str, told: str) -> None:
    fields, wrong = read_fields(text)
    assert fields == ()
    assert told in wrong


def test_a_start_form_is_a_line_per_field() -> None:
    fields, wrong = read_fields("customer *: text\n\nformat: plain, video\nnotes")
    assert wrong == ""
    assert fields == (
        FormField("customer", FieldType.TEXT, True),
        FormField("format", FieldType.CHOICE, False, ("plain", "video")),
        FormField("notes"),
    )


def test_a_pasted_list_loses_its_numbers_and_bullets() -> None:
    text = "1. Request received\n\n  2) Verify\n- Approve\n• Pay   back\n[x] Tell them\n- [ ] Verify\n3 coins in a box"
    found = steps_from_list(text)
    assert [step.title for step in found] == [
        "Request received",
        "Verify",
        "Approve",
        "Pay back",
        "Tell them",
        "Verify",
        "3 coins in a box",
    ]
    assert [step.id for step in found][-2:] == ["verify-2", "3-coins-in"]
    assert len(steps_from_list("x\n" * 300)) == MOST_STEPS


def test_a_pasted_table_makes_rows_behind_the_others() -> None:
    table = "Step\tWho\tHandling\tDue\tThen\nPay back\tFinance\tdelegate\t2d\tif wrong go to 2; if right end\nSay sorry\tFounder\tkeep\tsoon\t"
    form = after("paste", pasted=table)
    assert [row.title for row in form.rows][-2:] == ["Pay back", "Say sorry"]
    pay, sorry = form.process.steps[-2:]
    assert (pay.role, pay.handling, pay.due) == ("Finance", Handling.DELEGATE, "2 days")
    assert pay.then == Decision((Outcome("wrong", Goes((sorry.id,))), Outcome("right", Goes((END,)))))
    assert form.rows[-2].then == "if wrong go to 6; if right go to end"
    assert "is not a duration" in form.rows[-1].errors["due"]
    assert form.rows[-1].due == "soon"


def test_no_more_is_pasted_than_a_map_may_have() -> None:
    form = after("paste", pasted="x\n" * 300)
    assert len(form.rows) == MOST_STEPS
    assert "200 steps at most" in form.errors["rows"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b", "2 steps from a list."),
        ("How:\n- a\n- b", "2 steps from a list. Left out: “How”."),
        ("Step\tWho\tMinutes\na\tb\t3", "1 step from a table with step, who. Left out: “Minutes”."),
        ("  ", "There is no step in it. Paste a list with one step a line, or a table."),
    ],
)
def test_what_was_made_of_a_paste_is_told(text: str, sentence: str) -> None:
    assert told(read_pasted(text)) == sentence
