"""Processes for the tests of the drawing: real ones, awkward ones, and random ones from a seed."""

from __future__ import annotations

import random

from routebook.core.document import END, Decision, Goes, Handling, Join, Outcome, Process, Step

DELEGATE, KEEP, AUTOMATE = Handling.DELEGATE, Handling.KEEP, Handling.AUTOMATE
SUPPORT, FOUNDER, FINANCE = "Support assistant", "Founder", "Finance assistant"


def goes(*targets: str) -> Goes:
    return Goes(targets)


def decision(**outcomes: str) -> Decision:
    return Decision(tuple(Outcome(when.replace("_", " "), goes(target)) for when, target in outcomes.items()))


def step(step_id: str, title: str, role: str = "", handling: Handling = DELEGATE, **rest: object) -> Step:
    return Step(id=step_id, title=title, role=role, handling=handling, **rest)  # type: ignore[arg-type]


REFUND = Process(
    slug="refund-a-customer",
    title="Refund a customer",
    trigger="refund request",
    result="closed ticket",
    steps=(
        step("request", "Request received", SUPPORT),
        step("verify", "Verify eligibility", SUPPORT, then=decision(eligible="approve", not_eligible="decline")),
        step("decline", "Decline and explain", SUPPORT, then=goes(END)),
        step("approve", "Approve", FOUNDER, KEEP, why="spends money; only-you judgement"),
        step("issue", "Issue the refund", FINANCE),
        step("confirm", "Confirm and log", SUPPORT, AUTOMATE),
    ),
)

VSL = Process(
    slug="launch-the-vsl-funnel",
    title="Launch the VSL funnel",
    steps=(
        step("script", "Write the script", FOUNDER, KEEP, why="your voice"),
        step("film", "Film the video", FOUNDER, KEEP, why="your face"),
        step("build", "Build the page", "Digital marketing VA"),
        step("test", "Test and launch", "Digital marketing VA"),
        step("track", "Set up tracking", "Digital marketing VA"),
    ),
)

PARALLEL = Process(
    slug="publish",
    title="Publish a client video",
    steps=(
        step("brief", "Collect the brief", "Manager"),
        step("script", "Write the script", "Editor", then=goes("cut", "art", "book")),
        step("cut", "Cut the footage", "Editor", then=goes("pack")),
        step("art", "Design the thumbnail", "Designer", then=goes("pack")),
        step("book", "Book the slot in the client's calendar", "Manager", AUTOMATE, then=goes("pack")),
        step("pack", "Assemble the package", "Manager", join=Join()),
        step(
            "review",
            "Review with the client",
            FOUNDER,
            KEEP,
            why="the relationship is yours",
            then=decision(approved="post", small_changes="fix", start_again="script"),
        ),
        step("fix", "Make small changes", "Editor", Handling.UNDECIDED, then=goes("review")),
        step("post", "Post it", "Manager"),
    ),
)

AWKWARD = {
    "no steps": Process(slug="empty", title="Nothing yet"),
    "one step": Process(slug="one", title="One", steps=(step("a", "Only this"),)),
    "no words": Process(slug="x", title="", steps=(Step(id="", title=""), Step(id="", title=""))),
    "unknown target": Process(slug="u", title="U", steps=(step("a", "A", then=goes("nowhere")), step("b", "B"))),
    "unknown outcomes": Process(
        slug="o",
        title="O",
        steps=(step("a", "A", then=decision(yes="b", no="gone", maybe=END, back="a")), step("b", "B")),
    ),
    "nothing reachable": Process(
        slug="n", title="N", steps=(step("a", "A", then=goes(END)), step("b", "B", then=goes("b")), step("c", "C"))
    ),
    "to itself": Process(slug="s", title="S", steps=(step("a", "A", then=goes("a")),)),
    "all back to the start": Process(
        slug="k", title="K", steps=tuple(step(f"s{n}", f"S{n}", f"r{n % 3}", then=goes("s0")) for n in range(6))
    ),
    "no outcomes": Process(
        slug="d", title="D", steps=(step("a", "A", then=Decision(())), step("b", "B", then=Goes(())))
    ),
    "split to the end": Process(
        slug="e", title="E", steps=(step("a", "A", then=goes("b", END, "gone")), step("b", "B"))
    ),
    "two of one id": Process(slug="t", title="T", steps=(step("a", "A"), step("a", "A again", then=goes("a")))),
    "a join at the start": Process(
        slug="j", title="J", steps=(step("a", "A", join=Join()), step("b", "B", then=decision(on=END, back="a")))
    ),
    "long words": Process(
        slug="l",
        title="L" * 300,
        steps=(step("a", "Donaudampfschifffahrtsgesellschaftskapitän " * 40, "W" * 200, KEEP, why="W" * 400),),
    ),
    "twelve outcomes": Process(
        slug="w",
        title="W",
        steps=(
            step("a", "A", then=decision(**{f"outcome_number_{n}_of_the_many": f"b{n}" for n in range(12)})),
            *(step(f"b{n}", f"B{n}", f"role {n % 4}", then=goes("z")) for n in range(12)),
            step("z", "Z"),
        ),
    ),
    "a wide join": Process(
        slug="v",
        title="V",
        steps=(
            step("a", "A", then=goes(*(f"b{n}" for n in range(12)))),
            *(step(f"b{n}", f"B{n}", f"role {n % 4}", then=goes("z")) for n in range(12)),
            step("z", "Z", join=Join()),
        ),
    ),
}


def random_process(seed: int, steps: int) -> Process:
    """A draft with every construct, wild enough to be unsound most of the time."""
    dice = random.Random(seed)
    roles = [f"Role {'with a long name ' * dice.randint(0, 2)}{n}" for n in range(dice.randint(1, 6))]
    return Process(
        slug=f"random-{seed}",
        title=f"Random {seed}",
        steps=tuple(
            Step(
                id=f"s{n}",
                title=" ".join(
                    dice.choices(("check", "the", "refund", "customer", "publish", "W"), k=dice.randint(1, 9))
                ),
                role=dice.choice([*roles, roles[0], "" if dice.random() < 0.2 else roles[0]]),
                handling=dice.choice(list(Handling)),
                why=dice.choice(("", "spends money; yours", "judgement about people and their money")),
                then=_random_flow(dice, n, steps),
                join=dice.choice((None, None, None, Join())),
            )
            for n in range(steps)
        ),
    )


def _random_flow(dice: random.Random, n: int, steps: int) -> Goes | Decision | None:
    kind = dice.random()
    if kind < 0.6:
        return None
    if kind < 0.7:
        return Goes((_random_target(dice, n, steps),))
    if kind < 0.78:
        return Goes(tuple(dict.fromkeys(_random_target(dice, n, steps) for _ in range(dice.randint(2, 4)))))
    return Decision(
        tuple(
            Outcome(
                dice.choice(("", "yes", "not eligible", "approved with a few small changes by the client")),
                Goes(tuple(dict.fromkeys(_random_target(dice, n, steps) for _ in range(dice.choice((1, 1, 1, 3)))))),
            )
            for _ in range(dice.randint(1, 5))
        )
    )


def _random_target(dice: random.Random, n: int, steps: int) -> str:
    place = dice.choice((n + 1, n + 2, n + dice.randint(1, 6), n - dice.randint(0, 4), dice.randrange(steps)))
    return f"s{place}" if 0 <= place < steps else dice.choice((END, END, "nowhere"))
