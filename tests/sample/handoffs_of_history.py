"""How the steps of the sample left Mei's plate: hand-offs, and what changed in the house around them."""

from __future__ import annotations

from tests.sample.runs_of_history import FUNNEL, POST, REFUND, Row


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
            "day": 100, "at": "10:15", "by": "mei", "to": "jon", "process": REFUND, "step": "issue", "stands": "owned",
            "tools": [stripe], "spend_limit": "what the ticket says, up to S$2,000 a refund",
            "may_decide": "Refund in two parts where the client paid in two.",
            "ask_when": "The amounts differ, or Stripe shows a dispute.",
            "restated": "The client has exactly the approved amount back and a mail that says so, and the reference "
            "is on the ticket.",
            "outcome": "The client has exactly the approved amount back, and knows it", "backup": "priya",
            "steps_back": "Money: three clean ones with me beside you first, then alone again.",
        },
        {
            "day": 105, "at": "16:30", "by": "priya", "to": "ana", "process": REFUND, "step": "verify",
            "stands": "owned", "tools": [inbox], "spend_limit": "nothing",
            "may_decide": "Whether a session counts as held when the client joined for less than ten minutes.",
            "ask_when": "The payment can't be found, or the client was charged twice.",
            "restated": "Anyone who opens the ticket sees in one sentence whether we refund, how much, and why.",
            "ask": "What counts when the client paid in two parts?",
            "answer": "The day of the first part. The amount is what was paid so far.",
        },
        {
            "day": 66, "at": "16:10", "by": "priya", "to": "ana", "process": REFUND, "step": "decline",
            "stands": "supervised", "tools": [inbox], "spend_limit": "one free 20-minute call",
            "may_decide": "Offer to move unused sessions up to six months ahead.",
            "ask_when": "The client mentions a lawyer, a chargeback or a public review.",
            "restated": "The client knows which date decided it and has something they can say yes to.",
        },
        {
            "day": 92, "at": "14:00", "by": "mei", "to": "jon", "process": POST, "step": "prepare",
            "variation": "plain", "stands": "returned", "highest": "practice", "tools": [calendar],
            "spend_limit": "nothing", "may_decide": "Wording and picture.",
            "ask_when": "The idea needs a client's story.",
            "restated": "A post that is ready to schedule.",
            "returned": {
                "day": 77,
                "reason": "Each draft takes me two hours and still doesn't sound like Mei. The refunds wait meanwhile.",
                "options": [
                    "I write two a month instead of four.", "Mei dictates, I correct and schedule.",
                    "Somebody who writes anyway takes it, with five of Mei's posts beside the SOP.",
                ],
                "proposal": "The third. Farah writes our pages already.",
            },
        },
        {
            "day": 74, "at": "11:00", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "plain", "stands": "owned", "tools": [calendar], "spend_limit": "nothing",
            "may_decide": "Wording, picture and the hour of the day.",
            "ask_when": "The idea needs a client's story.",
            "restated": "A post of 150 words that sounds like Mei and ends with one question, ready to schedule.",
        },
        {
            "day": 84, "at": "11:30", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "video", "stands": "supervised", "tools": [calendar], "spend_limit": "nothing",
            "may_decide": "Cuts, captions and music from the licensed list.",
            "ask_when": "A cut changes what Mei says.",
            "restated": "A clip under a minute that makes sense with the sound off.",
        },
        {
            "day": 48, "at": "14:00", "by": "mei", "to": "farah", "process": POST, "step": "prepare",
            "variation": "sponsored", "stands": "practice", "tools": [calendar],
            "spend_limit": "the amount in the budget sheet, at most S$150 a post",
            "may_decide": "Audience and days, within the budget sheet.",
            "ask_when": "The budget sheet has no line for it.",
            "restated": "A paid post that says so in its first line and ends on the day in the sheet.",
        },
        {
            "day": 49, "at": "15:00", "by": "mei", "to": "farah", "process": FUNNEL, "step": "build",
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


def changes() -> list[Row]:
    """Roles, days away, what an hour is worth, new editions of SOPs and who read them, the plate and the plan.

    `first` and `last` are days away, counted like `day`; below zero they are still to come.
    """
    return [
        # At first Mei does it all; the library says how it is today.
        *({"day": 126, "at": "10:00", "by": "mei", "role": role, "holders": ["mei"], "backup": "priya"} for role in HERS),
        {"day": 119, "at": "17:20", "by": "mei", "rates": {"owner_hour": 180, "answer": 5, "review": 3}},
        {"day": 99, "at": "17:30", "by": "mei", "role": "Finance assistant", "holders": ["jon"], "backup": "priya"},
        {"day": 97, "at": "10:30", "by": "jon", "read": [*POLICIES, "issue-a-refund-in-stripe"]},
        {"day": 77, "at": "09:20", "by": "mei", "role": "Support assistant", "holders": ["ana"], "backup": "farah"},
        {"day": 76, "at": "11:15", "by": "ana", "read": [*POLICIES, "verify-a-refund", "decline-a-refund"]},
        {"day": 73, "at": "09:40", "by": "jon", "away": "jon", "first": 70, "last": 66},
        {"day": 47, "at": "15:30", "by": "mei", "role": "Digital marketing VA", "holders": ["farah"], "backup": "jon"},
        {"day": 46, "at": "10:10", "by": "farah", "read": [*POLICIES, *FARAHS]},
        {"day": 45, "at": "15:40", "by": "priya", "read": list(POLICIES)},
        {
            "day": 31, "at": "15:10", "by": "priya", "publish": "verify-a-refund", "major": True,
            "note": "Below ten minutes a session isn't held, and every ticket lists the sessions.",
        },
        {"day": 31, "at": "08:25", "by": "ana", "read": ["verify-a-refund"]},
        {
            "day": 24, "at": "11:30", "by": "mei", "publish": "prepare-a-video-post", "major": False,
            "note": "The picture of the cover is taken on a phone.",
        },
        {"day": 31, "at": "09:15", "by": "ana", "away": "ana", "first": 28, "last": 27},
        {"day": 9, "at": "17:45", "by": "mei", "finish": "Reconcile the card statement"},
        {"day": 7, "at": "14:20", "by": "farah", "away": "farah", "first": -21, "last": -25},
        {
            "day": 4, "at": "17:15", "by": "mei", "plan": f"{FUNNEL}/test", "period": "now", "position": 0,
            "leaves_in": 12,
        },
        {"day": 4, "at": "17:20", "by": "mei", "plan": f"{FUNNEL}/track", "leaves_in": 33},
    ]  # fmt: skip


HERS = ("Support assistant", "Finance assistant", "Digital marketing VA")
POLICIES = ("refund-within-14-days", "reply-in-a-day")
FARAHS = (
    "build-the-vsl-funnel", "prepare-a-plain-post", "prepare-a-video-post", "prepare-a-sponsored-post",
    "track-funnel-performance",
)  # fmt: skip


def was() -> list[Row]:
    """What SOPs said at first where that was something else than today."""
    return [
        {
            "sop": "verify-a-refund",
            "quality_bar": [
                "The ticket names the payment date, the request date and the days between them",
                "The ticket says how many sessions were held",
                "The outcome has exactly one reason, in one sentence",
            ],
            "may_decide": "Nothing yet: ask whenever a session was shorter than planned.",
        },
        {"sop": "prepare-a-video-post", "may_decide": "Cuts and captions. Ask about music."},
    ]
