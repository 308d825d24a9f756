"""What is pasted from elsewhere: lists as people write them, and tables as programs copy them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.document import Handling
from routebook.formats.pasted import LONGEST_TITLE, Pasted, PastedStep, read_pasted

THREE = ["Take the order", "Pack it", "Ship it"]


def titles(pasted: Pasted) -> list[str]:
    return [step.title for step in pasted.steps]


@pytest.mark.parametrize(
    "text",
    [
        "Take the order\nPack it\nShip it",
        "1. Take the order\n2. Pack it\n3. Ship it",
        "1.\tTake the order\n2.\tPack it\n3.\tShip it",
        "1.Take the order\n2.Pack it\n3.Ship it",
        "1) Take the order\n\n2) Pack it\n\n3) Ship it\n",
        "(1) Take the order\r\n(2) Pack it\r\n(3) Ship it",
        "1: Take the order\n2: Pack it\n3: Ship it",
        "a. Take the order\nb. Pack it\nc. Ship it",
        "A) Take the order\nB) Pack it\nC) Ship it",
        "i. Take the order\nii. Pack it\niii. Ship it",
        "- Take the order\n- Pack it\n- Ship it",
        "* Take the order\n* Pack it\n+ Ship it",
        "• Take the order\n• Pack it\n• Ship it",
        "•\tTake the order\n•\tPack it\n•\tShip it",
        "– Take the order\n— Pack it\n→ Ship it",
        "☐ Take the order\n☑ Pack it\n✅ Ship it",
        "[ ] Take the order\n[x] Pack it\n[] Ship it",
        "- [ ] Take the order\n- [x] Pack it\n- [ ] Ship it",
        "1. Take the order\n   - Pack it\n     ◦ Ship it",
        "1. Take the order\n\t1.1 Pack it\n\t1.2 Ship it",
        "o Take the order\no Pack it\no Ship it",
        "Step 1: Take the order\nStep 2 - Pack it\nStep 3. Ship it",
        "How we ship:\n1. Take the order\n2. Pack it\n3. Ship it",
        "1. Take the\n   order\n2. Pack it\n3. Ship it",
    ],
)
def test_every_line_of_a_list_is_a_step_without_its_mark(text: str) -> None:
    assert titles(read_pasted(text)) == THREE


@pytest.mark.parametrize(
    "title",
    [
        "12:30 call",
        "2.5 hours of work",
        "A. Smith signs",
        "3D model",
        "-5 % for friends",
        "Q&A",
        "i18n check",
        "of age",
    ],
)
def test_what_only_looks_like_a_mark_stays(title: str) -> None:
    assert titles(read_pasted(f"{title}\nPack it")) == [title, "Pack it"]


def test_the_line_above_a_list_is_told_as_left_out() -> None:
    assert read_pasted("How we ship:\n- Pack it\n- Ship it").left_out == ("How we ship:",)


SHIP = (
    PastedStep("Take the order", "Assistant", "order mail", "order"),
    PastedStep("Pack it", "Packer", "order", "parcel"),
)
TABLES = {
    "a spreadsheet": "Step\tWho\tTakes\tGives\nTake the order\tAssistant\torder mail\torder\nPack it\tPacker\torder\tparcel",
    "other words and order": "Inputs\tOutputs\tResponsible\tActivity\norder mail\torder\tAssistant\tTake the order\n"
    "order\tparcel\tPacker\tPack it",
    "numbers in front": "#\tTask\tRole (who)\tInput:\tOutput:\n1\tTake the order\tAssistant\torder mail\torder\n"
    "2\tPack it\tPacker\torder\tparcel",
    "step is a number": "Step\tDescription\tOwner\tInput\tOutput\n1\tTake the order\tAssistant\torder mail\torder\n"
    "2\tPack it\tPacker\torder\tparcel",
    "no names": "Take the order\tAssistant\torder mail\torder\nPack it\tPacker\torder\tparcel",
    "no names, numbers": "1\tTake the order\tAssistant\torder mail\torder\n2\tPack it\tPacker\torder\tparcel",
    "markdown": "| Step | Who | Takes | Gives |\n|------|:---:|---|---|\n| **Take the order** | Assistant | order mail | order |\n"
    "| Pack it | Packer | order | parcel |",
    "markdown without its sides": "Step | Who | Takes | Gives\n--- | --- | --- | ---\nTake the order | Assistant | order mail | order\n"
    "Pack it | Packer | order | parcel",
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_is_a_step(name: str) -> None:
    assert read_pasted(TABLES[name]).steps == SHIP


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>td { color: red }</style></head><body>
<!--StartFragment--><table class=MsoTableGrid border=1><tr><td width=97 valign=top><p class=MsoNormal><b>Step<o:p></o:p></b></p></td>
<td><p class=MsoNormal>Who<o:p></o:p></p></td><td><p>Takes</p></td><td><p>Gives</p></td></tr>
<tr><td><p class=MsoNormal>Take the
order<o:p></o:p></p></td><td><p>Assistant</p></td><td><p>order&nbsp;mail</p></td><td><p>order</p></td></tr>
<tr><td><p>Pack it</p></td><td><p>Packer</p></td><td><p>order</p></td><td><p>parcel</p></td></tr></table><!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><div dir="ltr" align="left"><table><colgroup><col>
</colgroup><tbody><tr><td><p dir="ltr"><span>Step</span></p></td><td><p><span>Who</span></p></td><td><p><span>Takes</span></p></td>
<td><p><span>Gives</span></p></td></tr><tr><td><p><span>Take the order</span></p></td><td><p><span>Assistant</span></p></td>
<td><p><span>order mail</span></p></td><td><p><span>order</span></p></td></tr><tr><td><ul><li>Pack it</li></ul></td><td><p>Packer</p></td>
<td><p>order</p></td><td><p>parcel</p></td></tr></tbody></table></div></b>"""
SHEETS = """<google-sheets-html-origin><style>td {border: 1px}</style><table xmlns="http://www.w3.org/1999/xhtml"><tbody><tr><td>Step<td>Who
<td>Takes<td>Gives<tr><td>Take the order<td>Assistant<td>order mail<td>order<tr><td>Pack it<td>Packer<td>order<td>parcel</table>"""


@pytest.mark.parametrize("markup", [WORD, DOCS, SHEETS], ids=["word", "docs", "sheets"])
def test_a_table_of_the_clipboard_counts_more_than_its_text(markup: str) -> None:
    assert read_pasted("Step\nWho\nTakes\nGives\nTake the order\nAssistant", markup).steps == SHIP


def test_markup_without_a_table_is_not_looked_at() -> None:
    assert titles(read_pasted("Pack it\nShip it", "<ol><li>Something<li>else</ol>")) == ["Pack it", "Ship it"]


def test_a_table_inside_a_cell_is_text_of_that_cell() -> None:
    markup = "<table><tr><td>Pack it<td>Packer</tr><tr><td>Ship <table><tr><td>it</td></tr></table><td>Driver</td></tr></table>"
    assert [(step.title, step.role) for step in read_pasted("", markup).steps] == [
        ("Pack it", "Packer"),
        ("Ship it", "Driver"),
    ]


def test_all_columns_that_a_map_has_are_known() -> None:
    text = (
        "Step\tWho\tHandling\tDeadline\tMinutes\tWhy\tThen\tColour\n"
        "Look\tFounder\tKeep it\t4h\t15\tjudgement\tif good go to 3; if not end\tred\n"
        "Wait\tSystem\tautomated\twithin 2 working days\t\t\t\t\n"
        "Pack\tPacker\tDelegated\tsoon\t5\t\tback to 1\tblue"
    )
    found = read_pasted(text)
    assert found.columns == ("title", "role", "handling", "due", "why", "then")
    assert found.left_out == ("Minutes", "Colour")
    look, wait, pack = found.steps
    assert (look.handling, look.due, look.why) == (Handling.KEEP, "4 hours", "judgement")
    assert look.then == "if good go to “Pack”; if not go to end"
    assert (wait.handling, wait.due, wait.then) == (Handling.AUTOMATE, "2 working days", "")
    assert (pack.handling, pack.due, pack.then) == (Handling.DELEGATE, "soon", "go to “Look”")


def test_a_flow_that_cannot_be_read_stays_as_it_was_written() -> None:
    found = read_pasted("Step\tNext\nPack\twhatever comes\nShip\tnext")
    assert [step.then for step in found.steps] == ["whatever comes", ""]


def test_several_things_in_one_cell_are_several() -> None:
    text = 'Step\tTakes\tGives\nPack\t"order\n- box"\tparcel; label'
    (step,) = read_pasted(text).steps
    assert (step.takes, step.gives) == ("order, box", "parcel, label")


def test_one_column_is_a_list_and_its_name_is_no_step() -> None:
    markup = "<table><tr><td>Step</td></tr><tr><td>1. Pack it</td></tr><tr><td>2. Ship it</td></tr></table>"
    assert titles(read_pasted("", markup)) == ["Pack it", "Ship it"]


def test_prose_with_a_stray_tab_is_a_list() -> None:
    assert titles(read_pasted("Pack it\nShip it\twell\nBill it")) == ["Pack it", "Ship it well", "Bill it"]


@pytest.mark.parametrize("text", ["", "   \n\t\n", "|---|---|", "1.\n2.\n-"])
def test_nothing_makes_no_steps(text: str) -> None:
    assert read_pasted(text, text).steps == ()


@settings(max_examples=200)
@given(text=st.text(max_size=300), markup=st.text(max_size=100))
def test_anything_can_be_pasted(text: str, markup: str) -> None:
    for step in read_pasted(text, f"<table><tr><td>{markup}").steps:
        assert 0 < len(step.title) <= LONGEST_TITLE
        assert step.title == " ".join(step.title.split())


@settings(max_examples=100)
@given(
    words=st.lists(
        st.text("abcdefgh XYZ", min_size=2, max_size=20).map(str.strip).filter(lambda word: len(word) > 1),
        min_size=2,
        max_size=9,
    ),
    mark=st.sampled_from(["1. ", "• ", "- ", "[ ] ", "\t- ", "7) "]),
)
def test_no_word_of_a_list_is_lost(words: list[str], mark: str) -> None:
    assert titles(read_pasted("\n".join(mark + word for word in words))) == [" ".join(word.split()) for word in words]
