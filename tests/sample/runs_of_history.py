"""The runs of the sample's history: refunds, posts and funnels of half a year, and the five that are on the road.

Until a step is handed off, whoever holds its role does it, and at first that is Mei. What is said here of a question or
a failed review counts where there is somebody to ask and a review to fail.
"""

from __future__ import annotations

import random
from typing import Any

SEED = 482
LAST_FINISHED = 478
"""The number of the last run before those on the road; the fourth of these is #482."""
REFUND, POST, FUNNEL = "refund-a-customer", "publish-a-social-post", "launch-the-vsl-funnel"

Row = dict[str, Any]

CUSTOMERS = (
    "Kavitha Menon", "Daniel Ho", "Ingrid Vasquez", "Tomasz Bielak", "Siti Rahman", "Lena Fischer", "Marcus Yeo",
    "Chloe Dubois", "Arjun Pillai", "Grace Lim", "Owen Hartley", "Nadia Karim", "Hiroshi Sato", "Bea Lindqvist",
    "Wei Jie Koh", "Rosa Almeida", "Peter Nwosu", "Amelia Grant", "Faisal Aziz", "Jun Park",
)  # fmt: skip
EARLY_CUSTOMERS = (
    "Elif Demir", "Noah Brandt", "Priscilla Ong", "Matteo Ricci", "Aisha Bello", "Terence Goh", "Hanna Kowalska",
    "Julian Moreau", "Rina Takeda", "Samuel Ortiz", "Leila Haddad", "Benedict Chua", "Freya Nilsen", "Gaurav Shah",
    "Monica Petrova", "Dominic Lau", "Esther Boateng", "Iris van Dijk", "Ravi Subramaniam", "Carla Mendes",
    "Zoe Whitaker", "Adrian Foo", "Nurul Huda", "Oskar Lehto", "Beatriz Rocha", "Kenji Mori", "Alma Johansson",
    "Victor Teo", "Fatimah Yusof", "Stefan Meier", "Joanna Wells", "Dilip Rao",
)  # fmt: skip
AMOUNTS = ("480.00", "360.00", "1200.00", "240.00", "120.00", "960.00")
DECLINED = {3, 7, 11, 14, 17}
EARLY_DECLINED = {2, 6, 9, 13, 17, 21, 24, 28}
POSTS = (
    ("plain", "Fewer decisions"), ("sponsored", "Strategy call, October"), ("video", "Three questions before you hire"),
    ("plain", "The first hire"), ("plain", "Friday reviews"), ("video", "What a map is for"),
    ("plain", "Saying no kindly"), ("sponsored", "Strategy call, November"), ("plain", "A price in one sentence"),
    ("video", "The five-minute handover"), ("plain", "Notes nobody reads"), ("plain", "Your calendar is a budget"), ("plain", "The hour before lunch"),
    ("video", "Two lists"), ("sponsored", "Group programme"),
)  # fmt: skip
"""In the order of time; the last one is sponsored, so that what it proposes is news."""
EARLY_POSTS = (
    ("plain", "Why I stopped answering at night"), ("plain", "One page is enough"), ("video", "A whiteboard in June"),
    ("plain", "The meeting that was a message"), ("sponsored", "Strategy call, June"), ("plain", "Hire for the handover"),
    ("plain", "What your invoices say"), ("video", "Ten minutes on Monday"), ("plain", "A list is not a plan"),
    ("plain", "Read it aloud first"), ("plain", "Who has the ball?"), ("video", "The desk of a client"),
    ("sponsored", "Strategy call, July"), ("plain", "Nobody reads page two"), ("plain", "Start with the boring step"),
    ("video", "Before and after a map"), ("plain", "Good is a sentence you can check"), ("video", "Ask on the ticket"),
    ("plain", "The second no is easier"), ("video", "How we write directions"), ("sponsored", "Strategy call, August"),
    ("plain", "What I no longer do"), ("plain", "An hour is a price"), ("video", "A tour of our Monday"),
    ("plain", "Three clean ones in a row"), ("plain", "Holidays begin in a calendar"),
)  # fmt: skip
REASONS = (
    "Paid 9 days ago, no session held. Eligible for the full amount.",
    "Paid 12 days ago, one of four sessions held. Eligible for the three that are left.",
    "Charged on the day of the cancellation, nothing held. Eligible in full.",
)
VERIFIED = "https://example.com/payments/{number}"
ANA_BEGINS, FARAH_BEGINS = 76, 47
ANA_AWAY = (28, 27)
"""From which day on requests come to Ana, and the content calendar is Farah's."""
DECLINE_TEXT = (
    "Our window is 14 days and you wrote after {days}. I can hold your sessions until spring. Shall I? {name}"
)


def finished() -> list[Row]:
    """Every run that began before those on the road, with its number; most of them are over."""
    runs = sorted([*refunds(), *posts(), *funnels(), waiting_refund()], key=by_start)
    first = LAST_FINISHED + 1 - len(runs)
    return [{"number": first + n, **run} for n, run in enumerate(runs)]


def by_start(run: Row) -> tuple[int, int]:
    """Lisbon's morning is Singapore's afternoon."""
    hour, minute = map(int, run["at"].split(":"))
    return -run["day"], 60 * (hour + 8 * (run["by"] == "ana")) + minute


def refunds() -> list[Row]:
    dice, early = random.Random(SEED), random.Random(SEED + 2)
    days = spread(dice, len(CUSTOMERS), 51, 4)
    late = [
        refund(dice, 442 + n, name, day, declined=n in DECLINED, told=SPECIAL_REFUNDS.get(n, {}))
        for n, (name, day) in enumerate(zip(CUSTOMERS, days, strict=True))
    ]
    days = spread(early, len(EARLY_CUSTOMERS), 124, 53)
    return late + [
        refund(early, 380 + n, name, day, declined=n in EARLY_DECLINED, told=EARLY_REFUNDS.get(n, {}))
        for n, (name, day) in enumerate(zip(EARLY_CUSTOMERS, days, strict=True))
    ]


def spread(dice: random.Random, count: int, first: int, last: int) -> list[int]:
    """`count` days between two, about evenly."""
    gap = (first - last) / (count - 1)
    days = [round(first - n * gap + dice.uniform(-0.6, 0.6)) for n in range(count)]
    return [min(first, max(last, day)) for day in days]


def refund(dice: random.Random, payment: int, customer: str, day: int, *, declined: bool, told: dict[str, Row]) -> Row:
    work: Row = {"request": {"after": dice.randint(3, 9)}}
    evidence = [VERIFIED.format(number=payment), dice.choice(REASONS)]
    if declined:
        evidence[1] = "Paid 34 days before the request. Not eligible: the window is 14 days."
        work["verify"] = {"after": dice.randint(15, 40), "outcome": "not eligible", "evidence": evidence}
        text = DECLINE_TEXT.format(days=34, name=signed(day))
        work["decline"] = {"after": dice.randint(15, 45), "evidence": [text]}
    else:
        work["verify"] = {"after": dice.randint(12, 45), "outcome": "eligible", "evidence": evidence}
        work["approve"] = {"after": dice.randint(10, 150)}
        work["issue"] = {"after": dice.randint(15, 120), "evidence": [f"re_{dice.getrandbits(48):012x}"]}
        work["confirm"] = {"after": dice.randint(2, 12)}
    for step, more in told.items():
        work[step] = {**work[step], **more}
    by = "mei" if day >= ANA_BEGINS else "farah" if day in ANA_AWAY else "ana"
    return {
        "process": REFUND,
        "day": day,
        "at": f"08:{dice.randint(5, 55):02}" if by == "ana" else f"09:{dice.randint(5, 55):02}",
        "by": by,
        "fields": {"customer": customer, "amount": dice.choice(AMOUNTS)},
        "work": work,
    }


def signed(day: int) -> str:
    return "Ana" if day < ANA_BEGINS else "Mei"


EARLY_REFUNDS: dict[int, dict[str, Row]] = {
    1: {"verify": {"after": 300}, "issue": {"after": 260}},
    4: {"issue": {"after": 620, "block": {"on": "client", "why": "the card was cancelled", "minutes": 500}}},
    8: {"approve": {"after": 520}},
    10: {
        "verify": {
            "ask": "She wrote at night. Which day counts, hers or ours?",
            "answer": "Hers. The policy says the client's time zone.",
            "answer_after": 40,
        }
    },
    11: {
        "issue": {
            "ask": "The charge has two parts. Which one first?",
            "answer": "The later one. It is in the brief now.",
            "answer_after": 35,
        }
    },
    15: {"issue": {"after": 45}},
    16: {"issue": {"fail": "S$20.00 too much went back. Compare with the approved amount before you press Refund."}},
    19: {
        "verify": {
            "ask": "The invoice names a company, the mail a person. Is that one client?",
            "answer": "Yes, when the mail address is on the invoice.",
            "answer_after": 55,
        }
    },
    22: {
        "issue": {"ask": "The bank asks for a reason. Which one?", "answer": "Cancelled service.", "answer_after": 30}
    },
    26: {"approve": {"after": 610}},
    30: {"verify": {"hand_over": {"to": "priya", "note": "I am at the dentist; the payment link is on the ticket."}}},
}
SPECIAL_REFUNDS: dict[int, dict[str, Row]] = {
    2: {
        "verify": {
            "ask": "The client paid in two parts. Which day is day 0?",
            "answer": "The day of the first part.",
            "answer_after": 25,
        }
    },
    6: {
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
    dice, early = random.Random(SEED + 1), random.Random(SEED + 3)
    days = spread(dice, len(POSTS), 45, 5)
    late = [post(dice, 27 + n, *one, day) for n, (one, day) in enumerate(zip(POSTS, days, strict=True))]
    days = spread(early, len(EARLY_POSTS), 123, 47)
    return late + [post(early, 1 + n, *one, day) for n, (one, day) in enumerate(zip(EARLY_POSTS, days, strict=True))]


def post(dice: random.Random, n: int, kind: str, topic: str, day: int) -> Row:
    minutes = {"plain": 45, "video": 110, "sponsored": 80}[kind]
    link = f"https://example.com/drafts/{n}"
    evidence = {"plain": [link], "video": [f"cover-{n}.png", link], "sponsored": ["150", link]}[kind]
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
        "by": "farah" if day < FARAH_BEGINS else "mei",
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
    "Who has the ball?": {"fail": "It could be anybody's post. Say what you saw, then what it means."},
    "Nobody reads page two": {"fail": "Three thoughts in one post. Keep the second one."},
    "Start with the boring step": {
        "ask": "May I use a line from the workshop notes?",
        "answer": "Yes, when nobody can be recognised in it.",
        "answer_after": 50,
    },
    "Good is a sentence you can check": {"fail": "208 words. The calendar says 150; the first paragraph can go."},
    "How we write directions": {
        "ask": "The clip runs 70 seconds without a cut that hurts. Is that too long?",
        "answer": "Cut the greeting. Sixty is what people watch.",
        "answer_after": 45,
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
    """Two that Mei built alone, one that was launched together, and one whose pages are being built."""
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
    june = [link.replace("autumn", "midyear") for link in links]
    alone = {
        "script": {"after": 1300},
        "film": {"after": 900},
        "build": {"after": 1900, "evidence": [june[0]]},
        "test": {"after": 650, "evidence": ["booking-on-a-phone.png", june[1]]},
        "track": {"after": 900, "evidence": ["7", june[2]]},
    }
    second = [link.replace("autumn", "second-round") for link in links]
    again = {
        "script": {"after": 1000},
        "film": {"after": 800},
        "build": {"after": 1700, "evidence": [second[0]]},
        "test": {"after": 520, "evidence": ["booking-on-a-phone.png", second[1]]},
        "track": {"after": 700, "evidence": ["11", second[2]]},
    }
    building = {"script": {"after": 1000}, "film": {"after": 600}}
    return [
        {
            "process": FUNNEL, "day": 117, "at": "09:30", "by": "mei", "work": alone,
            "fields": {"offer": "Mid-year strategy calls", "launch day": "2026-06-29"},
        },
        {
            "process": FUNNEL, "day": 88, "at": "10:10", "by": "mei", "work": again,
            "fields": {"offer": "Group programme, second round", "launch day": "2026-08-17"},
        },
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
                "prepare": {"after": 95, "evidence": ["cover-41.png", "https://example.com/drafts/41"]},
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
