"""Writes `history.yaml` of the sample: what its invented people did in the ten weeks before the first start.

    python -m tests.sample.write_history

Everything in it is invented. The seed is fixed, so the same file comes out every time; a test compares them.
Days count working days of the business backwards from the first start, times are the person's own, and `after` counts
working minutes of whoever has the task.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "src" / "routebook" / "sample" / "history.yaml"
SEED = 482
HEADER = """\
# What the people of the sample did before its first start. All of it is invented.
# Written by tests/sample/write_history.py, which explains the words; change that, not this.
"""
FIRST_RUN = 442
REFUND, POST, FUNNEL = "refund-a-customer", "publish-a-social-post", "launch-the-vsl-funnel"

Row = dict[str, Any]

CUSTOMERS = (
    "Kavitha Menon", "Daniel Ho", "Ingrid Vasquez", "Tomasz Bielak", "Siti Rahman", "Lena Fischer", "Marcus Yeo",
    "Chloe Dubois", "Arjun Pillai", "Grace Lim", "Owen Hartley", "Nadia Karim", "Hiroshi Sato", "Bea Lindqvist",
    "Wei Jie Koh", "Rosa Almeida", "Peter Nwosu", "Amelia Grant", "Faisal Aziz", "Jun Park",
)  # fmt: skip
AMOUNTS = ("480.00", "360.00", "1200.00", "240.00", "120.00", "960.00")
DECLINED = {3, 7, 11, 14, 17}
TOPICS = {
    "plain": (
        "Fewer decisions", "The first hire", "Friday reviews", "Saying no kindly", "A price in one sentence",
        "Notes nobody reads", "Your calendar is a budget",
    ),
    "video": ("Three questions before you hire", "What a map is for", "The five-minute handover", "Two lists"),
    "sponsored": ("Strategy call, October", "Strategy call, November", "Group programme"),
}  # fmt: skip
REASONS = (
    "Paid 9 days ago, no session held. Eligible for the full amount.",
    "Paid 12 days ago, one of four sessions held. Eligible for the three that are left.",
    "Charged on the day of the cancellation, nothing held. Eligible in full.",
)
VERIFIED = "https://example.com/payments/{number}"
DECLINE_TEXT = "Our window is 14 days and you wrote after {days}. I can hold your sessions until spring. Shall I? Ana"


def history() -> Row:
    """The whole file as plain values."""
    runs = sorted([*refunds(), *posts(), *funnels(), waiting_refund()], key=by_start)
    return {
        "began": 54,
        "scored": 53,
        "first_run": FIRST_RUN,
        "plate": plate(),
        "scores": scores(),
        "capacity": capacity(),
        "handoffs": handoffs(),
        "runs": [{"number": FIRST_RUN + n, **run} for n, run in enumerate([*runs, *on_the_road()])],
    }


def by_start(run: Row) -> tuple[int, int]:
    """Lisbon's morning is Singapore's afternoon."""
    hour, minute = map(int, run["at"].split(":"))
    return -run["day"], 60 * (hour + 8 * (run["by"] == "ana")) + minute


# --- what Mei does that is on no map yet --------------------------------------------------------


def plate() -> list[Row]:
    """A line without value and energy is not placed yet; `done` has left the plate."""
    return [
        {"line": "Chase unpaid invoices", "value": 2, "energy": -2, "minutes": 30, "times_a_month": 8},
        {"line": "Answer questions about prices", "value": 2, "energy": -1, "minutes": 10, "times_a_month": 30},
        {
            "line": "Prepare the monthly numbers",
            "value": 4,
            "energy": -1,
            "costly": True,
            "minutes": 150,
            "times_a_month": 1,
        },
        {"line": "Hold strategy calls", "value": 5, "energy": 2, "judgement": True, "minutes": 45, "times_a_month": 26},
        {"line": "Tidy the slides before each workshop", "value": 1, "energy": 1, "minutes": 40, "times_a_month": 4},
        {"line": "Book rooms for workshops", "minutes": 20, "times_a_month": 4},
        {
            "line": "Reconcile the card statement",
            "value": 1,
            "energy": -2,
            "minutes": 60,
            "times_a_month": 1,
            "done": True,
        },
    ]


# --- what Mei thinks of the steps ---------------------------------------------------------------


def scores() -> list[Row]:
    """Value 1-5, energy −2..2, minutes each time × times a month: as Mei would score them."""
    rows: tuple[tuple[str, str, int, int, Row, int, int], ...] = (
        (FUNNEL, "script", 5, 2, {"judgement": True}, 180, 1),
        (FUNNEL, "film", 5, 2, {"judgement": True}, 150, 1),
        (FUNNEL, "build", 3, -2, {}, 240, 1),
        (FUNNEL, "test", 2, -1, {}, 60, 1),
        (FUNNEL, "track", 2, -2, {}, 90, 4),
        (REFUND, "request", 1, -1, {}, 3, 9),
        (REFUND, "verify", 2, -2, {}, 15, 9),
        (REFUND, "decline", 2, -2, {}, 20, 2),
        (REFUND, "approve", 4, 0, {"judgement": True, "costly": True}, 4, 7),
        (REFUND, "issue", 2, -1, {"costly": True}, 12, 7),
        (REFUND, "confirm", 1, -1, {"always_the_same": True}, 5, 7),
        (POST, "pick", 2, -1, {}, 15, 7),
        (POST, "prepare", 3, -2, {}, 75, 7),
        (POST, "approve", 4, 1, {"judgement": True}, 8, 7),
        (POST, "schedule", 1, -1, {"always_the_same": True}, 6, 7),
    )
    return [
        {
            "process": process,
            "step": step,
            "value": value,
            "energy": energy,
            **ticks,
            "minutes": minutes,
            "times_a_month": n,
        }
        for process, step, value, energy, ticks, minutes, n in rows
    ]


# --- how much of whom there is ------------------------------------------------------------------


def capacity() -> list[Row]:
    """Hours a week for work here, and what one of them costs in Singapore dollars. All of it is invented."""
    return [
        {"who": "priya", "hours": 40, "cost": 42},
        {"who": "ana", "hours": 30, "cost": 16},
        {"who": "jon", "hours": 25, "cost": 15},
        {"who": "farah", "hours": 36, "cost": 18},
    ]


# --- what was handed off ------------------------------------------------------------------------


def handoffs() -> list[Row]:
    """`stands` is the level it has come to; on the way, proposals are followed after a morning's thought.

    `good` and `bad` are examples, `backup` stands in, `starts_in` counts the days until the first one. `returned` says
    after how many working minutes it was given back, and why.
    """
    stripe = {"tool": "Stripe", "account_owner": "Mei Tan", "vault": "vault: Stripe/finance"}
    inbox = {"tool": "Support inbox", "account_owner": "Priya Raman", "vault": "vault: Inbox/support"}
    pages = {"tool": "Page builder", "account_owner": "Mei Tan", "vault": "vault: Pages/editor"}
    calendar = {"tool": "Content calendar", "account_owner": "Mei Tan", "vault": "shared folder Content"}
    return [
        {
            "day": 52, "at": "10:15", "by": "mei", "to": "jon", "process": REFUND, "step": "issue", "stands": "owned",
            "tools": [stripe], "spend_limit": "what the ticket says, up to S$2,000 a refund",
            "may_decide": "Refund in two parts where the client paid in two.",
            "ask_when": "The amounts differ, or Stripe shows a dispute.",
            "restated": "The client has exactly the approved amount back and a mail that says so, and the reference "
            "is on the ticket.",
            "outcome": "The client has exactly the approved amount back, and knows it", "backup": "priya",
        },
        {
            "day": 52, "at": "16:30", "by": "priya", "to": "ana", "process": REFUND, "step": "verify",
            "stands": "owned", "tools": [inbox], "spend_limit": "nothing",
            "may_decide": "Whether a session counts as held when the client joined for less than ten minutes.",
            "ask_when": "The payment can't be found, or the client was charged twice.",
            "restated": "Anyone who opens the ticket sees in one sentence whether we refund, how much, and why.",
            "ask": "What counts when the client paid in two parts?",
            "answer": "The day of the first part. The amount is what was paid so far.",
        },
        {
            "day": 50, "at": "16:10", "by": "priya", "to": "ana", "process": REFUND, "step": "decline",
            "stands": "supervised", "tools": [inbox], "spend_limit": "one free 20-minute call",
            "may_decide": "Offer to move unused sessions up to six months ahead.",
            "ask_when": "The client mentions a lawyer, a chargeback or a public review.",
            "restated": "The client knows which date decided it and has something they can say yes to.",
        },
        {
            "day": 51, "at": "11:00", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "plain", "stands": "owned", "tools": [calendar], "spend_limit": "nothing",
            "may_decide": "Wording, picture and the hour of the day.",
            "ask_when": "The idea needs a client's story.",
            "restated": "A post of 150 words that sounds like Mei and ends with one question, ready to schedule.",
        },
        {
            "day": 49, "at": "11:30", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "video", "stands": "supervised", "tools": [calendar], "spend_limit": "nothing",
            "may_decide": "Cuts, captions and music from the licensed list.",
            "ask_when": "A cut changes what Mei says.",
            "restated": "A clip under a minute that makes sense with the sound off.",
        },
        {
            "day": 47, "at": "14:00", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "sponsored", "stands": "practice", "tools": [calendar],
            "spend_limit": "the amount in the budget sheet, at most S$150 a post",
            "may_decide": "Audience and days, within the budget sheet.",
            "ask_when": "The budget sheet has no line for it.",
            "restated": "A paid post that says so in its first line and ends on the day in the sheet.",
        },
        {
            "day": 48, "at": "15:00", "by": "mei", "to": "farah", "process": FUNNEL, "step": "build",
            "stands": "supervised", "tools": [pages], "spend_limit": "nothing",
            "may_decide": "Pictures, spacing and button colours from the brand sheet.",
            "ask_when": "A sentence of the script doesn't fit the page.",
            "restated": "A stranger watches the video on a phone and books a call without asking anybody.",
            "promote": {"day": 30, "reason": "The first funnel needed one correction; the next one is months away."},
        },
        {
            "day": 3, "at": "10:00", "by": "mei", "to": "farah", "process": FUNNEL, "step": "test",
            "stands": "accepted", "tools": [pages], "spend_limit": "nothing",
            "may_decide": "Put off the launch by one day when an item fails.",
            "ask_when": "The same item fails twice, or the launch would move by more than a day.",
            "restated": "The funnel is public, and a booking that I made as a stranger stands in the calendar.",
            "missing": ["Test card"], "hours": "Tuesday to Thursday, before noon",
        },
        {
            "day": 12, "at": "10:20", "by": "mei", "to": "jon", "process": FUNNEL, "step": "track",
            "stands": "returned", "spend_limit": "nothing",
            "tools": [{"tool": "Web analytics", "account_owner": "Mei Tan", "vault": "vault: Analytics/editor"}],
            "may_decide": "Leave our own visits out, by address.",
            "ask_when": "A number differs by more than a tenth between two tools.",
            "returned": {
                "after": 95,
                "reason": "The report is due on Monday at 10:00, when the refunds of the weekend wait for me.",
                "options": [
                    "Send the report on Monday at 16:00.", "I do it, and refunds wait until noon.",
                    "Farah does it: she builds the pages and sees the numbers anyway.",
                ],
                "proposal": "The third. Then whoever changes a page also sees what it did.",
            },
        },
        {
            "day": 2, "at": "11:40", "by": "mei", "to": "farah", "process": FUNNEL, "step": "track",
            "stands": "prepared", "spend_limit": "nothing",
            "tools": [{"tool": "Web analytics", "account_owner": "Mei Tan", "vault": "vault: Analytics/editor"}],
            "may_decide": "Leave our own visits out, by address.",
            "ask_when": "A number differs by more than a tenth between two tools.",
            "outcome": "Mei sees on one page where visitors drop out, every Monday by 10:00", "starts_in": 7,
        },
    ]  # fmt: skip


# --- runs that are over -------------------------------------------------------------------------


def refunds() -> list[Row]:
    dice = random.Random(SEED)
    days = spread(dice, len(CUSTOMERS), 51, 4)
    return [refund(dice, n, name, day) for n, (name, day) in enumerate(zip(CUSTOMERS, days, strict=True))]


def spread(dice: random.Random, count: int, first: int, last: int) -> list[int]:
    """`count` days between two, about evenly."""
    gap = (first - last) / (count - 1)
    days = [round(first - n * gap + dice.uniform(-0.6, 0.6)) for n in range(count)]
    return [min(first, max(last, day)) for day in days]


def refund(dice: random.Random, n: int, customer: str, day: int) -> Row:
    work: Row = {"request": {"after": dice.randint(3, 9)}}
    evidence = [VERIFIED.format(number=FIRST_RUN + n), dice.choice(REASONS)]
    if n in DECLINED:
        evidence[1] = "Paid 34 days before the request. Not eligible: the window is 14 days."
        work["verify"] = {"after": dice.randint(15, 40), "outcome": "not eligible", "evidence": evidence}
        work["decline"] = {"after": dice.randint(15, 45), "evidence": [DECLINE_TEXT.format(days=34)]}
    else:
        work["verify"] = {"after": dice.randint(12, 45), "outcome": "eligible", "evidence": evidence}
        work["approve"] = {"after": dice.randint(10, 150)}
        work["issue"] = {"after": dice.randint(15, 120), "evidence": [f"re_{dice.getrandbits(48):012x}"]}
        work["confirm"] = {"after": dice.randint(2, 12)}
    told = SPECIAL_REFUNDS.get(n, {})
    for step, more in told.items():
        work[step] = {**work[step], **more}
    fields = {"customer": customer, "amount": dice.choice(AMOUNTS)}
    return {
        "process": REFUND,
        "day": day,
        "at": f"08:{dice.randint(5, 55):02}",
        "by": "ana",
        "fields": fields,
        "work": work,
    }


SPECIAL_REFUNDS: dict[int, dict[str, Row]] = {
    1: {"issue": {"fail": "The reference on the ticket is the payment's, not the refund's. Copy it again."}},
    2: {
        "verify": {
            "ask": "The client paid in two parts. Which day is day 0?",
            "answer": "The day of the first part.",
            "answer_after": 25,
        }
    },
    6: {
        "issue": {"fail": "S$20.00 too much went back. Compare with the approved amount before you press Refund."},
        "verify": {
            "ask": "She joined one call for six minutes. Is that a session?",
            "answer": "No: below ten minutes it isn't held.",
            "answer_after": 90,
        },
    },
    9: {
        "issue": {
            "after": 190,
            "block": {"on": "Mei", "why": "Stripe says that the balance is too low", "minutes": 140},
        }
    },
    12: {"approve": {"after": 700}},
    13: {"issue": {"after": 600, "block": {"on": "client", "why": "the bank wants the new account", "minutes": 480}}},
    15: {
        "issue": {
            "ask": "Stripe shows a dispute on this charge. Refund anyway?",
            "answer": "Not before the dispute is closed; I closed it now. Go on.",
            "answer_after": 70,
            "after": 150,
        }
    },
    18: {"verify": {"hand_over": {"to": "farah", "note": "I leave early today; the payment link is on the ticket."}}},
}


def posts() -> list[Row]:
    dice = random.Random(SEED + 1)
    formats = [kind for kind in ("plain", "video", "sponsored") for _ in TOPICS[kind]]
    order = sorted(range(len(formats) - 1), key=lambda _: dice.random())
    order.append(len(formats) - 1)  # the last one is sponsored, so that what it proposes is news
    days = spread(dice, len(order), 45, 5)
    left = {kind: list(topics) for kind, topics in TOPICS.items()}
    return [
        post(dice, n, formats[i], left[formats[i]].pop(0), day)
        for n, (i, day) in enumerate(zip(order, days, strict=True))
    ]


def post(dice: random.Random, n: int, kind: str, topic: str, day: int) -> Row:
    minutes = {"plain": 45, "video": 110, "sponsored": 80}[kind]
    link = f"https://example.com/drafts/{n + 1}"
    evidence = {"plain": [link], "video": [f"cover-{n + 1}.png", link], "sponsored": ["150", link]}[kind]
    work: Row = {
        "pick": {"after": dice.randint(5, 20)},
        "prepare": {"after": minutes + dice.randint(-8, 40), "evidence": evidence},
        "approve": {"after": dice.randint(15, 200), "outcome": "good to go"},
        "schedule": {"after": dice.randint(3, 15)},
    }
    work["prepare"].update(SPECIAL_POSTS.get(topic, {}))
    work["approve"].update(SPECIAL_APPROVALS.get(topic, {}))
    return {
        "process": POST,
        "day": day,
        "at": f"{dice.choice((9, 10, 11, 14))}:{dice.randint(0, 59):02}".zfill(5),
        "by": "farah",
        "fields": {"topic": topic, "format": kind},
        "work": work,
    }


SPECIAL_POSTS: dict[str, Row] = {
    "Saying no kindly": {"fail": "Two questions. Keep the second one."},
    "Three questions before you hire": {"fail": "The captions cover your hands in the last ten seconds. Move them up."},
    "Friday reviews": {
        "ask": "Is a question in the first line also the one question?",
        "answer": "Yes. Then end with a sentence.",
        "answer_after": 60,
    },
    "What a map is for": {
        "ask": "May I show the client's whiteboard?",
        "answer": "Only with the release in the folder. It is there now.",
        "answer_after": 130,
        "after": 240,
    },
}
SPECIAL_APPROVALS: dict[str, Row] = {"A price in one sentence": {"after": 600}}


def funnels() -> list[Row]:
    """One that was launched, and one whose pages are being built."""
    links = ["https://example.com/preview/autumn", "https://example.com/autumn", "https://example.com/funnels/autumn"]
    launched = {
        "script": {"after": 900},
        "film": {"after": 700},
        "build": {
            "after": 1100,
            "evidence": [links[0]],
            "fail": "The button shows from the first second. The brief says 7:30.",
            "ask": "Which of the two logos goes on the thank-you page?",
            "answer": "The one with the harbour.",
            "answer_after": 45,
        },
        "test": {"after": 400, "evidence": ["booking-on-a-phone.png", links[1]]},
        "track": {"after": 420, "evidence": ["19", links[2]]},
    }
    building = {"script": {"after": 1000}, "film": {"after": 600}}
    return [
        {
            "process": FUNNEL, "day": 46, "at": "09:20", "by": "mei", "work": launched,
            "fields": {"offer": "Autumn strategy calls", "launch day": "2026-10-12"},
        },
        {
            "process": FUNNEL, "day": 6, "at": "09:40", "by": "mei", "work": building, "stops_at": "build",
            "fields": {"offer": "New Year group programme", "launch day": "2027-01-04"},
        },
    ]  # fmt: skip


def waiting_refund() -> Row:
    """Its ball lies with the client, and it is late."""
    return {
        "process": REFUND,
        "day": 3,
        "at": "08:20",
        "by": "ana",
        "fields": {"customer": "Simon Achebe", "amount": "360.00"},
        "work": {
            "request": {"after": 5},
            "verify": {
                "block": {"on": "client", "why": "he paid by two cards and has to say which"},
                "begun_after": 25,
            },
        },
        "stops_at": "verify",
    }


# --- runs on the road: reckoned backwards from the first start ----------------------------------


def on_the_road() -> list[Row]:
    """Each ends `since` working minutes of its last doer before the first start (or before a later run)."""
    return [
        {
            "process": POST, "fields": {"topic": "Spring intake", "format": "sponsored"}, "by": "farah",
            "since": 200, "work": {"pick": {"after": 12}}, "doers": {"pick": "farah"}, "stops_at": "prepare",
        },
        {
            "process": POST, "fields": {"topic": "The handover test", "format": "video"}, "by": "farah",
            "since": 60,
            "work": {
                "pick": {"after": 10},
                "prepare": {"after": 95, "evidence": ["cover-16.png", "https://example.com/drafts/16"]},
            },
            "doers": {"pick": "farah", "prepare": "farah"}, "stops_at": "review",
        },
        {
            "process": REFUND, "fields": {"customer": "Yasmin Idris", "amount": "1450.00"}, "by": "ana",
            "before": 482, "since": 20,
            "work": {
                "request": {"after": 4},
                "verify": {
                    "after": 28, "outcome": "eligible",
                    "evidence": [VERIFIED.format(number=481), "Paid 6 days ago, none of 12 sessions held. Eligible in full."],
                },
            },
            "doers": {"request": "ana", "verify": "ana"}, "stops_at": "approve",
        },
        {
            "process": REFUND, "fields": {"customer": "Paul Quint", "amount": "120.00"}, "by": "ana",
            "since": 50,
            "work": {
                "request": {"after": 6},
                "verify": {
                    "after": 24, "outcome": "eligible",
                    "evidence": [VERIFIED.format(number=482), "Paid 9 days ago, no session held. Eligible, S$120.00 in full."],
                },
                "approve": {"after": 35},
            },
            "doers": {"request": "ana", "verify": "ana", "approve": "mei"}, "stops_at": "issue",
        },
        {
            "process": REFUND, "fields": {"customer": "Miriam Costa", "amount": "240.00"}, "by": "ana",
            "since": 40, "doers": {"request": "ana"},
            "work": {
                "request": {"after": 4},
                "verify": {
                    "begun_after": 9,
                    "ask": "She bought for her sister, and the sister writes. Whose request counts?",
                },
            },
            "stops_at": "verify",
        },
    ]  # fmt: skip


def text() -> str:
    """The file as it is committed."""
    body = yaml.safe_dump(history(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=118)
    return HEADER + body


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
