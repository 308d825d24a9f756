"""What Priya threw on the pile of the sample: old documents, as businesses have them. All of it is invented."""

from __future__ import annotations

from tests.sample.runs_of_history import Row

ONBOARDING = """\
# Onboarding a new client

Everything about onboarding, last changed by Mei. Please read all of it before you start!

## Our rule

We never start a programme before the agreement is signed and the first invoice is paid. No exceptions without Mei.

## How to open a client folder

1. Copy the folder “Template client”.
2. Rename it to the client's name and the year.
3. Share it with the client, with the right to comment.
4. Paste its address into the client list.

The folder is done when the client can open it and nobody else can.

## How to send the first invoice

1. Open the invoice of the last client and duplicate it.
2. Change the name, the address and the amount from the agreement.
3. Check that the amount equals the agreement, to the cent.
4. Send it and note its number in the client list.

## How to book the kick-off call

1. Wait until the invoice is paid.
2. Offer three times in the client's time zone.
3. Put the call into the calendar “Sessions” and invite Mei.

## How to send the welcome mail

1. Take the template “Welcome”.
2. Fill in the dates of the programme and the address of the folder.
3. Read it once as if you were the client, then send it.

## To do

- [ ] ask Mei about clients who pay in three parts
- [ ] new questionnaire (Farah)
"""
NUMBERS = """\
# Monthly numbers

1. Open the card statement and the bank statement of the month.
2. Copy the totals into the sheet “Numbers”.
3. Compare them with the invoices that were sent.
4. Write one sentence about what changed.
5. Send the sheet to Mei by the third working day.

Done when every total has its source beside it and the sum equals the bank's.
"""
NOTES = """\
# Monday meeting, 12 October

Present: Mei, Priya, Farah. Farah says that the captions take long; we try the licensed music list. Priya wants one
place for the client list. Mei is away on Thursday. Next meeting: Monday, 09:30.
"""


def pile() -> list[Row]:
    rows = (
        ("Clients/Onboarding (all).md", ONBOARDING),
        ("Finance/monthly numbers.md", NUMBERS),
        ("notes 12-10.md", NOTES),
    )
    return [
        {"day": 8, "at": f"16:1{n}", "by": "priya", "pile": name, "text": text} for n, (name, text) in enumerate(rows)
    ]
