"""Good documents of many trades, written as people write them: no rule finds anything in them."""

from __future__ import annotations

import datetime as dt

import pytest

from routebook.core.checks import check
from routebook.formats.errors import Refused
from routebook.formats.library import read_library

TODAY = dt.date(2026, 11, 22)
ORGANISATION = b"""\
name: Corner Bakery
roles: [Owner, Head of Sales, Shift lead, Baker, Nurse, Site manager, Bookkeeper, Recruiter, Support agent]
"""

SOPS = {
    "a kitchen": """\
role: Baker
objective: Every loaf of the day is proofed and in the oven by six
quality_bar:
  - The dough has risen to the second mark of the tin
  - The core of one loaf per tray reads between 94 and 96 °C
---
## Checklist
1. Weigh 12 kg of flour and 7.8 l of water for each batch
2. Press the green button and set the timer to 14 minutes
3. Cover the dough; note the time on the card (evidence: text)
4. For each tray, turn the loaves after 20 minutes
""",
    "a clinic": """\
role: Nurse
objective: The right patient gets the right dose, and it is on the chart
quality_bar:
  - Name and date of birth match the wristband
  - The entry has the dose in mg, the time and two initials
---
## Checklist
1. Ask the patient for name and date of birth
2. Compare the label with the chart
3. If they do not match, stop and ask the doctor on call
4. Give the dose and enter it (evidence: tick)

## Questions
**What if the patient sleeps?** Wake them unless the chart says otherwise.
""",
    "a building site": """\
role: Site manager
objective: Nobody stands on a scaffold that was not inspected today
quality_bar:
  - The tag is green and carries today's date
  - Each missing board is listed with its bay, or the list says “none”
---
## Checklist
1. Walk each level from the bottom to the top
2. Shake each guard rail; mark loose ones with tape
3. Photograph the tag (evidence: photo)
""",
    "an office": """\
role: Bookkeeper
objective: Supplier invoices of the week are paid on Friday, none twice
needs:
  - {tool: Bank, access: "vault: Bank/payments; the token lies in the safe"}
quality_bar:
  - The total of the batch equals the total of the approved list
  - No invoice number appears twice in the last 12 months
---
## Checklist
1. Export the approved list from the shared folder
2. Open a new batch and add each line of the list
3. Compare both totals; when they differ, look for the missing line first
4. Log out, and hand the batch number to the owner (evidence: number)

## Questions
**Where is the password?** In the vault, under “Bank/payments”; it is never sent by mail.
""",
    "recruiting": """\
role: Recruiter
objective: A candidate knows within two days whether there will be a second talk
quality_bar:
  - The mail is sent within 2 working days of the talk
  - It names one thing that the candidate did well
---
## Checklist
1. Read your notes and the candidate's own summary
2. Choose a template: invitation, waiting list or refusal
3. Replace `[name]` and `[date]`, and read the mail aloud once
4. Send it, and set the status (evidence: link)
""",
    "support": """\
role: Support agent
objective: A customer who cannot sign in is in again, or knows when they will be
quality_bar:
  - The ticket names the cause in one sentence
  - The customer has confirmed that it works, or the ticket says when we look again
---
## Checklist
1. Ask for the address of the account, never for the password
2. Send a reset link: **Users** → the account → **Send link**
3. Wait for the customer's answer; the link holds for 30 minutes
4. Write the cause into the ticket (evidence: text)

## A bad one
“Should work now, please try again ASAP!”
""",
}

POLICIES = {
    "discounts": "We give at most 15 % on a first order. More is the owner's decision, in writing.",
    "answers": "Every mail from a customer is answered within one working day. An honest “I don't know yet” counts.",
    "photos": "We don't publish a picture of a person who has not agreed to it. For children a parent agrees.",
    "open door": "Whoever finds a mistake says so the same day. Nobody is blamed for one that was reported.",
    "suppliers": "We buy from at least two suppliers of flour, because one bad harvest must not close us.",
}

PROCESS = """\
---
kind: process
title: Fill an order
owner: Head of Sales
trigger: an order by mail or phone
result: a paid order
steps:
  - {id: take, title: Take the order, role: Head of Sales, takes: order, gives: order sheet, handling: keep}
  - id: bake
    title: Bake it
    role: Baker
    takes: order sheet
    gives: tray
    handling: delegate
    then: [{when: fits the sheet, go: bring}, {when: does not fit, go: bake-again}]
  - {id: bake-again, title: Bake what is missing, role: Baker, takes: tray, gives: tray, handling: delegate, document: {none: the same as before}}
  - {id: bring, title: Bring it, role: Shift lead, takes: tray, gives: delivery note, handling: delegate, document: {none: the address is on the sheet}}
  - {id: bill, title: Send the bill, role: Bookkeeper, takes: delivery note, gives: paid order, handling: automate}
policies: [%s]
---
"""


def library(sop: str) -> dict[str, bytes]:
    head = "---\nkind: sop\ntitle: Do one thing well\nowner: Owner\nstep: fill-an-order/bake\n"
    slugs = {name.replace(" ", "-"): text for name, text in POLICIES.items()}
    files = {
        f"policies/{slug}.md": f"---\nkind: policy\ntitle: About {slug}\nowner: Owner\n---\n## Statement\n{text}\n"
        for slug, text in slugs.items()
    }
    files |= {"sops/one.md": head + sop, "processes/fill-an-order.md": PROCESS % ", ".join(slugs)}
    return {"routebook.yaml": ORGANISATION, **{name: text.encode() for name, text in files.items()}}


@pytest.mark.parametrize("trade", SOPS)
def test_a_good_library_stays_clean(trade: str) -> None:
    read = read_library(library(SOPS[trade]))
    assert not isinstance(read, Refused), [str(error) for error in read.errors]
    found = check(read.library, today=TODAY, media=frozenset())
    assert [(finding.name, finding.slug, finding.path, finding.sentence) for finding in found] == []
