"""What a document is, and why: the definitions, on texts that are none of the examples the model was trained on."""

import json
from dataclasses import replace

import pytest

from benchmarks.sort import judged, macro_f1
from benchmarks.sort_training import MEASURED, examples, measured, rows
from routebook.formats.pile import PileDocument, PileKind, Verdict, classify, read_pile
from routebook.formats.pile.classify import facts_of, length_signals, probabilities, shipped_model
from routebook.formats.pile.roles import role_key, roles_in
from routebook.formats.pile.signals import Look, is_instruction, measure


def read(text: str, name: str = "x.md") -> PileDocument:
    (found,) = read_pile({name: text.encode()})
    assert isinstance(found, PileDocument)
    return found


def verdict(text: str) -> Verdict:
    return classify(read(text))


POLICY = """# Key policy
1. Keys must not be copied. All staff are responsible for the keys that they were given.
2. A lost key shall be reported to the office on the same day, because the building is insured only as long as we know
   where every key is.
3. Keys may not be lent to visitors or contractors. Exceptions are permitted in writing by the director.
4. Employees who leave are required to return their keys. Violations can lead to disciplinary action.
"""
PROCESS = """# How an invoice gets paid
1. The receptionist opens the post and forwards the invoice to the department.
2. The department head checks it and approves it, or returns it to the supplier.
3. The accountant posts it and passes it to the treasurer.
4. The treasurer releases the payment; above 10,000 the director signs as well.
5. The bookkeeper files the invoice and sends the confirmation to the supplier.
"""
PROCEDURE = """# How to change a tyre
1. Park on level ground and put on the hand brake.
2. Loosen the nuts half a turn.
3. Raise the car until the wheel is free.
4. Remove the nuts, take off the wheel and put on the spare.
5. Tighten the nuts crosswise by hand, lower the car, and tighten them again.
6. Check the pressure at the next station.
"""
SOP = """# SOP: Watering the greenhouse
**Role:** gardener  **Objective:** every plant gets what it needs, and none stands in water.
1. Read the humidity at three places.
2. Water from below until the saucer is full, and empty it after ten minutes.
3. Write the time and amount into the log.
## Quality check
- Soil is moist at 2 cm depth, within 10 % of the target
- No water stands in a saucer after 15 minutes
- The log is complete and legible
"""
WORK_INSTRUCTION = """# Turn on dark mode
1. Click your picture at the top right.
2. Click **Settings** > **Appearance**.
3. Select *Dark* in the drop-down.
4. Press Enter and click **Save**.
"""
OTHER = """# Minutes of 4 May 2025
Present: Ada, Ben, Cem.
- The roof was discussed. Two offers were received.
- Ben reported that the party cost 312.
- Next meeting on 1 June 2025.
"""
MIXED = (
    "# Office manual\n\n"
    + PROCESS.replace("# How", "## How")
    + "\n"
    + PROCEDURE.replace("# How", "## How")
    + "\n"
    + SOP.replace("# SOP: ", "## ").replace("## Quality", "### Quality")
    + "\n## Ordering paper\n1. Count the boxes.\n2. Compare with the list.\n3. Order what is missing.\n"
    + "\n## Booking a room\n1. Open the plan.\n2. Choose a free hour.\n3. Write your name in.\n"
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("policy", POLICY),
        ("process", PROCESS),
        ("procedure", PROCEDURE),
        ("sop", SOP),
        ("work-instruction", WORK_INSTRUCTION),
        ("mixed", MIXED),
        ("other", OTHER),
    ],
)
def test_a_plain_case_of_each_kind_is_told(kind: str, text: str) -> None:
    found = verdict(text)
    assert found.kind == kind, found
    assert found.second != found.kind
    assert 0 < found.score <= 1
    assert found.reasons


def test_three_roles_that_hand_on_are_a_process_even_if_called_sop() -> None:
    assert verdict(PROCESS.replace("# How an invoice gets paid", "# Paying invoices (SOP 12)")).kind is PileKind.PROCESS


def test_the_path_says_nothing() -> None:
    named = classify(read(PROCEDURE, "policies/policy-about-policies.md"))
    assert named == classify(read(PROCEDURE, "x.md"))


def test_reasons_are_sentences_with_facts_of_the_document() -> None:
    reasons = verdict(WORK_INSTRUCTION).reasons
    assert any("4 of its 4 actions are literal clicks, keys or commands" in reason for reason in reasons)
    assert all(reason.endswith(".") and not reason[0].islower() for reason in reasons)
    assert len(reasons) == len(set(reasons))


def test_a_stub_says_that_it_is_one() -> None:
    found = verdict("# Travel\n\nComing soon.\n")
    assert found.kind is PileKind.OTHER
    assert any("stub" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Open the ticket", True),
        ("**Open** the ticket", True),
        ("1. Then, open the ticket", True),
        ("If it is late, call the customer", True),
        ("You will need to raise a request", True),
        ("Report is due on Friday", False),
        ("Order: 12", False),
        ("The clerk opens the ticket", False),
        ("", False),
    ],
)
def test_an_instruction_begins_with_its_verb(text: str, told: bool) -> None:
    assert is_instruction(text) is told


def test_roles_act_take_turns_and_are_told_from_other_words() -> None:
    text = "The hiring manager approves it. IT creates the account. It creates trust. Sales figures go up. Checked by the nurse."
    assert list(roles_in(read(text).blocks)) == ["hiring manager", "it", "nurse"]
    assert role_key("the Designers") == "designer"


def test_numbered_headings_that_tell_to_do_something_are_steps_of_one_task() -> None:
    body = "\n\nOpen the shed. Take the key. Write it down.\n\n"
    steps = "# Mowing\n\n## 1. Fill the tank" + body + "## 2. Start the motor" + body + "## 3. Empty the bag" + body
    assert Look(read(steps)).step_headings == 3
    assert measure(read(steps))["several_tasks"] == 0
    chapters = "# Garden\n\n## 1. Mowing" + body + "## 2. Hedges" + body + "## 3. Compost" + body
    assert Look(read(chapters)).step_headings == 0
    assert measure(read(chapters))["several_tasks"] > 0


def test_a_template_is_told_from_what_is_made_with_it() -> None:
    template = (
        "# Standard procedure\n\n## Purpose\n[Describe the aim]\n\n## Steps\n1. [List the first step]\n2. {STEP}\n"
    )
    assert measure(read(template))["template"] == 1.0
    assert measure(read("# Purpose\n\nSee [describe it](a.md) and [list of tools](b.md).\n"))["template"] == 0


def test_the_shipped_weights_are_for_what_is_measured() -> None:
    signals = {*measure(read(MIXED)), *(name for name, _ in length_signals(500))}
    model = shipped_model()
    assert set(model.signals) <= signals
    assert {name for row in measured() for name in row.facts.signals} <= signals, "measure the real documents anew"
    assert len(model.words) > 1000
    assert all(word == word.casefold() for word in model.words)
    assert {len(weights) for _, weights in (*model.signals.values(), *model.words.values())} == {len(PileKind)}


def test_the_shipped_weights_explain_what_they_were_learned_from() -> None:
    assert macro_f1(judged(rows(examples()), shipped_model())) > 0.9
    assert macro_f1(judged(measured(), shipped_model())) > 0.8


def test_what_is_kept_of_documents_of_others_is_no_text() -> None:
    """Counts of words that at least five sources write, in the order of the alphabet."""
    for line in MEASURED.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        assert list(told["words"]) == sorted(told["words"])
        assert all(isinstance(n, int) for n in told["words"].values())
    own, real = rows(examples()), measured()
    sources: dict[str, set[str]] = {}
    for row in (*own, *real):
        for word in row.facts.words:
            sources.setdefault(word, set()).add(row.source)
    assert min(len(sources[word]) for row in real for word in row.facts.words) >= 5


def test_words_and_length_pull_too() -> None:
    click = facts_of(Look(read("# Form\n\nText.\n")))
    assert (
        probabilities(replace(click, words={"click": 9, "button": 4}), shipped_model())[PileKind.WORK_INSTRUCTION]
        > (probabilities(replace(click, words={"must": 9, "employees": 4}), shipped_model())[PileKind.WORK_INSTRUCTION])
    )
    long = probabilities(replace(click, length=4000), shipped_model())
    assert long[PileKind.MIXED] > probabilities(click, shipped_model())[PileKind.MIXED]
    assert sum(long.values()) == pytest.approx(1.0)


def test_a_long_document_is_measured_in_part() -> None:
    look = Look(read("word " * 400_000))
    assert len(look.blocks) == 1
    assert look.document.words == 400_000
