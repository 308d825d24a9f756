"""What should leave your plate, in which order, and what it brought back.

A score places one item (a line of *On my plate*, or a step) on the matrix of value and energy. The two
ticks are vetoes, not averages: a veto can only make the recommendation more careful. Every number is a
`Figure` that carries its own formula, so a screen can print how it came about.

Units: minutes and hours of work, times and hours *a month*, money in the organisation's currency.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from routebook.core.document import Handling

HIGH_VALUE = 4
"""From this value on (of 5) an item counts as high value."""

NOW_AT_MOST = 10
NOW_AT_LEAST = 5
"""The first cluster: enough to notice on Friday, and few enough to finish."""
NEXT_AT_MOST = 20
"""The next 90 days: two more clusters of ten."""

LEAVES = frozenset({Handling.DELEGATE, Handling.AUTOMATE, Handling.DROP})
"""The handlings by which an item leaves the owner's plate."""


class OutOfRange(ValueError):
    """A number that can't be meant: `field` names it, `sentence` says what it may be."""

    def __init__(self, field_name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field_name
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Score:
    """What is asked about an item: value to the business 1-5, energy -2..2 (below 0 drains), the two
    vetoes, minutes each time and times a month. Raises `OutOfRange`."""

    value: int
    energy: int
    costly_if_wrong: bool = False
    needs_my_judgement: bool = False
    minutes: int = 0
    times_a_month: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not 1 <= self.value <= 5:
            raise OutOfRange("value", f"Value goes from 1 to 5, not {self.value}.")
        if not -2 <= self.energy <= 2:
            raise OutOfRange("energy", f"Energy goes from −2 to 2, not {self.energy}.")
        _not_negative("minutes", "Minutes", self.minutes)
        _not_negative("times_a_month", "Times a month", self.times_a_month)


@dataclass(frozen=True, slots=True)
class Facts:
    """Two optional ticks: a rule decides it, the same way every time; nobody would miss the result."""

    always_the_same: bool = False
    nobody_needs_it: bool = False


NO_FACTS = Facts()


class Quadrant(StrEnum):
    """The four fields of the matrix."""

    DELEGATE_FIRST = "delegate first"
    REPLACE_YOURSELF = "replace yourself"
    LIMIT_OR_INVEST = "limit or invest"
    BEST_WORK = "best work"


EXPLANATIONS = {
    Quadrant.DELEGATE_FIRST: "It is worth little and drains you: the first thing to leave your plate.",
    Quadrant.REPLACE_YOURSELF: "It is worth a lot but drains you: train somebody up until they replace you.",
    Quadrant.LIMIT_OR_INVEST: "You like it but it is worth little: limit it, or invest in it on purpose.",
    Quadrant.BEST_WORK: "It is worth a lot and gives you energy: keep it, it is your best work.",
}


def quadrant_of(score: Score) -> Quadrant:
    """Where the score stands on the matrix: value of 4 or more is high, energy below 0 drains."""
    high, drains = score.value >= HIGH_VALUE, score.energy < 0
    if drains:
        return Quadrant.REPLACE_YOURSELF if high else Quadrant.DELEGATE_FIRST
    return Quadrant.BEST_WORK if high else Quadrant.LIMIT_OR_INVEST


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do with an item, never `UNDECIDED`. `with_review`: delegate, but approve each result.

    `reasons` are whole sentences, the decisive one first.
    """

    handling: Handling
    with_review: bool
    reasons: tuple[str, ...]
    quadrant: Quadrant


def recommend(score: Score, facts: Facts = NO_FACTS) -> Recommendation:
    """Keep, delegate (with or without approval), automate or drop, and why.

    Judgement always keeps. Costly never lets go further than delegating with approval. Only then do the
    facts and the quadrant speak.
    """
    quadrant = quadrant_of(score)
    if score.needs_my_judgement:
        return Recommendation(Handling.KEEP, False, _why_judgement_keeps(facts, quadrant), quadrant)
    handling, reasons = _by_facts_or_quadrant(facts, quadrant)
    if not score.costly_if_wrong:
        return Recommendation(handling, False, reasons, quadrant)
    if handling is Handling.KEEP:
        return Recommendation(handling, False, (*reasons, "A mistake would be costly, so all the more."), quadrant)
    return Recommendation(Handling.DELEGATE, True, _why_costly_needs_approval(handling, quadrant), quadrant)


def _why_judgement_keeps(facts: Facts, quadrant: Quadrant) -> tuple[str, ...]:
    reasons = ["It needs your judgement, so it stays with you, whatever it scores."]
    if facts.nobody_needs_it:
        reasons.append("You also say that nobody needs it: if that is so, it is yours to stop.")
    if quadrant in (Quadrant.DELEGATE_FIRST, Quadrant.REPLACE_YOURSELF):
        reasons.append("It drains you: look for the part of it that needs no judgement, and split that off.")
    return tuple(reasons)


def _by_facts_or_quadrant(facts: Facts, quadrant: Quadrant) -> tuple[Handling, tuple[str, ...]]:
    if facts.nobody_needs_it:
        return Handling.DROP, ("Nobody needs the result, so stop doing it.",)
    if facts.always_the_same:
        same = "A rule decides it, the same way every time: a machine can do that."
        return Handling.AUTOMATE, (same, EXPLANATIONS[quadrant])
    if quadrant in (Quadrant.DELEGATE_FIRST, Quadrant.REPLACE_YOURSELF):
        return Handling.DELEGATE, (EXPLANATIONS[quadrant],)
    return Handling.KEEP, (EXPLANATIONS[quadrant],)


def _why_costly_needs_approval(without_veto: Handling, quadrant: Quadrant) -> tuple[str, ...]:
    costly = "A mistake would be costly, so you approve each result before it counts."
    if without_veto is Handling.DROP:
        return (costly, "You say that nobody needs it: approve until you are sure that it can stop.")
    if without_veto is Handling.AUTOMATE:
        return (costly, "A machine would repeat a mistake: let a person do it first.", EXPLANATIONS[quadrant])
    return (costly, EXPLANATIONS[quadrant])


# Figures: numbers that know their formula


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a formula: `sign` is "" for the first, else one of + − × ÷."""

    sign: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and unit; `terms`, worked through from left to right, give its value.

    A figure without terms is given, not calculated. Within one figure the signs are either + and − or
    × and ÷, so no reader needs to know which binds closer.
    """

    name: str
    value: Decimal
    unit: str
    terms: tuple[Term, ...] = ()


def formula(figure: Figure, currency: str = "") -> str:
    """The formula in one line: ``hours a month = 15 minutes each time × 10 times a month ÷ 60 …``.

    Money is named by its currency, where that is known.
    """
    parts = " ".join(f"{term.sign} {plain(term.figure.value)} {term.figure.name}".strip() for term in figure.terms)
    unit = currency if currency and figure.unit == "money" else figure.unit
    result = f"{plain(figure.value)} {unit}".strip()
    return f"{figure.name} = {parts} = {result}" if parts else f"{figure.name} = {result}"


def plain(number: Decimal) -> str:
    """A number for people: at most two places, no idle zeros, a true minus sign."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _given(name: str, value: Decimal | int, unit: str = "") -> Figure:
    return Figure(name, Decimal(value), unit)


def _product(name: str, unit: str, first: Figure, *rest: tuple[str, Figure]) -> Figure:
    value = first.value
    for sign, figure in rest:
        value = value * figure.value if sign == "×" else value / figure.value
    return Figure(name, value, unit, (Term("", first), *(Term(sign, figure) for sign, figure in rest)))


def _sum(name: str, unit: str, plus: Sequence[Figure], minus: Sequence[Figure] = ()) -> Figure:
    value = sum((figure.value for figure in plus), Decimal(0)) - sum((figure.value for figure in minus), Decimal(0))
    signed = [("+", figure) for figure in plus] + [("−", figure) for figure in minus]
    # A leading plus says nothing; a leading minus must stay.
    terms = tuple(Term("" if n == 0 and sign == "+" else sign, figure) for n, (sign, figure) in enumerate(signed))
    return Figure(name, value, unit, terms)


_AN_HOUR = _given("minutes an hour", 60)


def hours_a_month(score: Score) -> Figure:
    """How much of the owner's month the item takes: minutes each time × times a month ÷ 60."""
    return _product(
        "hours a month",
        "hours",
        _given("minutes each time", score.minutes, "minutes"),
        ("×", _given("times a month", score.times_a_month)),
        ("÷", _AN_HOUR),
    )


def planned_hours(score: Score, month: dt.date, *, since: dt.date, until: dt.date) -> Decimal:
    """What the score promises to bring back in the month that begins on `month`: all of its hours a month, or of a
    month that began before `since` or goes on after `until` the share of its days that lie between, both included."""
    following = (month + dt.timedelta(days=32)).replace(day=1)
    first, last = max(month, since), min(following - dt.timedelta(days=1), until)
    days = max(0, (last - first).days + 1)
    return hours_a_month(score).value * days / (following - month).days


def weight(score: Score) -> Figure:
    """What the order goes by: hours a month, halved if a mistake is costly."""
    hours = hours_a_month(score)
    halves = [("÷", _given("because a mistake is costly", 2))] if score.costly_if_wrong else []
    return _product("weight", "hours", hours, *halves)


# The order


@dataclass(frozen=True, slots=True)
class Item:
    """Something on the plate. `cluster` groups what belongs together (a process's slug, a role).

    `handling` is what the owner decided, with approval where `with_review`; while it is `UNDECIDED`, the
    recommendation stands in for it.
    """

    id: str
    title: str
    score: Score
    facts: Facts = NO_FACTS
    cluster: str = ""
    handling: Handling = Handling.UNDECIDED
    with_review: bool = False


def settled(item: Item) -> tuple[Handling, bool]:
    """The handling that counts for an item, and whether each result is approved: decided, else recommended."""
    if item.handling is not Handling.UNDECIDED:
        return item.handling, item.handling is Handling.DELEGATE and item.with_review
    recommendation = recommend(item.score, item.facts)
    return recommendation.handling, recommendation.with_review


@dataclass(frozen=True, slots=True)
class Order:
    """What to take on when; every item stands in exactly one of the four.

    `now` holds at most ten items, most of them of one `cluster`, `next_90_days` at most twenty.
    Within each, the heaviest stands first; `kept` keeps the order it was given in.
    """

    cluster: str
    now: tuple[Item, ...]
    next_90_days: tuple[Item, ...]
    later: tuple[Item, ...]
    kept: tuple[Item, ...]


def rank(items: Iterable[Item]) -> Order:
    """The order in which to let go.

    The cluster with the most weight in its first ten goes now, filled up to five with the heaviest of the
    rest. The result depends on the items only, not on the order they come in (but for `kept`).
    """
    given = tuple(items)
    if len({item.id for item in given}) < len(given):
        raise OutOfRange("id", "Two items have the same id.")
    leaving = sorted((item for item in given if settled(item)[0] in LEAVES), key=_heaviest_first)
    kept = tuple(item for item in given if settled(item)[0] not in LEAVES)
    if not leaving:
        return Order("", (), (), (), kept)
    cluster = _first_cluster(leaving)
    now = [item for item in leaving if item.cluster == cluster][:NOW_AT_MOST]
    first = {item.id for item in now}
    others = [item for item in leaving if item.id not in first]
    missing = max(0, NOW_AT_LEAST - len(now))
    now = sorted(now + others[:missing], key=_heaviest_first)
    rest = others[missing:]
    return Order(cluster, tuple(now), tuple(rest[:NEXT_AT_MOST]), tuple(rest[NEXT_AT_MOST:]), kept)


def _heaviest_first(item: Item) -> tuple[Decimal, str]:
    return -weight(item.score).value, item.id


def _first_cluster(leaving: Sequence[Item]) -> str:
    weights: dict[str, list[Decimal]] = {}
    for item in leaving:
        weights.setdefault(item.cluster, []).append(weight(item.score).value)
    return min(weights, key=lambda cluster: (-sum(weights[cluster][:NOW_AT_MOST]), cluster))


class Period(StrEnum):
    """When something of the plan is taken on."""

    NOW = "now"
    NEXT = "next 90 days"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Arranged:
    """Where somebody put an item by hand: the period, and its place there, counted from 0."""

    period: Period
    position: int


def plan(items: Iterable[Item], by_hand: Mapping[str, Arranged]) -> Order:
    """The order in which to let go, with what was arranged by hand in its place and the rest around it.

    `now` never holds more than ten: where hands filled it, what the scores put there goes first in the next period.
    What stays on the plate is in `kept`, wherever somebody had put it.
    """
    order = rank(items)
    free = {
        period: [item for item in group if item.id not in by_hand]
        for period, group in zip(Period, (order.now, order.next_90_days, order.later), strict=True)
    }
    leaving = (*order.now, *order.next_90_days, *order.later)
    placed = [(item, by_hand[item.id]) for item in leaving if item.id in by_hand]
    room = max(0, NOW_AT_MOST - sum(1 for _, at in placed if at.period is Period.NOW))
    free[Period.NEXT] = free[Period.NOW][room:] + free[Period.NEXT]
    free[Period.NOW] = free[Period.NOW][:room]
    for item, at in sorted(placed, key=lambda one: (one[1].position, one[0].id)):
        free[at.period].insert(at.position, item)
    return Order(
        order.cluster, tuple(free[Period.NOW]), tuple(free[Period.NEXT]), tuple(free[Period.LATER]), order.kept
    )


# What would happen if, and what did happen


@dataclass(frozen=True, slots=True)
class Rates:
    """What an hour is worth or costs, and what letting go takes of the owner: minutes for each answer and
    for each review. All four may be edited. Raises `OutOfRange`."""

    owner_hour: Decimal = Decimal(0)
    receiver_hour: Decimal = Decimal(0)
    minutes_per_answer: Decimal = Decimal(5)
    minutes_per_review: Decimal = Decimal(3)

    def __post_init__(self) -> None:
        _not_negative("owner_hour", "What your hour is worth", self.owner_hour)
        _not_negative("receiver_hour", "What their hour costs", self.receiver_hour)
        _not_negative("minutes_per_answer", "Minutes for an answer", self.minutes_per_answer)
        _not_negative("minutes_per_review", "Minutes for a review", self.minutes_per_review)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who would take it on: a role, the hours a month it has, and how many are taken. Raises `OutOfRange`."""

    role: str
    hours: Decimal
    taken: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _not_negative("hours", "Hours a month", self.hours)
        _not_negative("taken", "Hours already taken", self.taken)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Each month, if the items left: hours freed, load on the receiving role, its room left (below 0 it
    is too much), and money: cost, worth, and worth less cost."""

    hours_freed: Figure
    extra_load: Figure
    room_left: Figure
    cost: Figure
    worth: Figure
    gain: Figure

    @property
    def fits(self) -> bool:
        """Whether the receiving role has the hours."""
        return self.room_left.value >= 0


def what_if(items: Iterable[Item], receiver: Receiver, rates: Rates) -> WhatIf:
    """What a month would look like if every item that should leave the plate did.

    What is automated or dropped frees hours and loads nobody; approval costs the owner a review each time.
    """
    leaving = [(item, *settled(item)) for item in items]
    freed = [_named(item) for item, handling, _ in leaving if handling in LEAVES]
    load = [_named(item) for item, handling, _ in leaving if handling is Handling.DELEGATE]
    reviews = [_review_hours(item, rates) for item, _, with_review in leaving if with_review]
    hours_freed = _sum("hours freed a month", "hours", freed, reviews)
    extra_load = _sum(f"extra hours for {receiver.role}", "hours", load)
    room_left = _sum(
        f"room left for {receiver.role}",
        "hours",
        [_given("hours a month", receiver.hours, "hours")],
        [_given("hours already taken", receiver.taken, "hours"), extra_load],
    )
    cost = _product("cost", "money", extra_load, ("×", _given("cost of their hour", rates.receiver_hour, "money")))
    worth = _product("worth", "money", hours_freed, ("×", _given("worth of your hour", rates.owner_hour, "money")))
    return WhatIf(hours_freed, extra_load, room_left, cost, worth, _sum("gain", "money", [worth], [cost]))


def _named(item: Item) -> Figure:
    hours = hours_a_month(item.score)
    return Figure(item.title, hours.value, hours.unit, hours.terms)


def _review_hours(item: Item, rates: Rates) -> Figure:
    return _product(
        f"approving {item.title}",
        "hours",
        _given("minutes for a review", rates.minutes_per_review, "minutes"),
        ("×", _given("times a month", item.score.times_a_month)),
        ("÷", _AN_HOUR),
    )


@dataclass(frozen=True, slots=True)
class Handed:
    """What the record says of one step that left the plate, over any period.

    `minutes_before` is what one run took of the owner before; `runs` those done by others; `answers` and
    `reviews` those given by the owner; `rework_minutes` what the owner redid; `delegate_minutes` what all
    runs took of others. Raises `OutOfRange`.
    """

    title: str
    minutes_before: Decimal
    runs: int
    answers: int = 0
    reviews: int = 0
    rework_minutes: Decimal = Decimal(0)
    delegate_minutes: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name in ("minutes_before", "runs", "answers", "reviews", "rework_minutes", "delegate_minutes"):
            _not_negative(name, name.replace("_", " ").capitalize(), getattr(self, name))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What letting go brought back to the owner: minutes, the same in hours, and money. May be negative."""

    minutes: Figure
    hours: Figure
    money: Figure


def ledger(handed: Handed, rates: Rates) -> Ledger:
    """The ledger of one step.

    Minutes: minutes before × runs by others − minutes per answer × answers − minutes per review ×
    reviews − rework. Money: hours × worth of the owner's hour − the delegates' hours × what they cost.
    """
    before = _given("minutes it took you", handed.minutes_before, "minutes")
    per_answer = _given("minutes for an answer", rates.minutes_per_answer, "minutes")
    per_review = _given("minutes for a review", rates.minutes_per_review, "minutes")
    minutes = _sum(
        "minutes back",
        "minutes",
        [_product("done by others", "minutes", before, ("×", _given("runs by others", handed.runs)))],
        [
            _product("answering", "minutes", per_answer, ("×", _given("answers", handed.answers))),
            _product("reviewing", "minutes", per_review, ("×", _given("reviews", handed.reviews))),
            _given("redone by you", handed.rework_minutes, "minutes"),
        ],
    )
    hours = _product("hours back", "hours", minutes, ("÷", _AN_HOUR))
    theirs = _given("minutes it took them", handed.delegate_minutes, "minutes")
    return Ledger(minutes, hours, _money(hours, _product("their hours", "hours", theirs, ("÷", _AN_HOUR)), rates))


def _money(hours: Figure, theirs: Figure, rates: Rates) -> Figure:
    worth = _product("worth", "money", hours, ("×", _given("worth of your hour", rates.owner_hour, "money")))
    cost = _product("cost", "money", theirs, ("×", _given("cost of their hour", rates.receiver_hour, "money")))
    return _sum("money back", "money", [worth], [cost])


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The ledgers of several steps, by title, and what they come to."""

    lines: tuple[tuple[str, Ledger], ...]
    total: Ledger


def ledger_page(handed: Iterable[Handed], rates: Rates) -> LedgerPage:
    """One ledger per step and their total; the terms of the total are the steps by name."""
    lines = tuple((one.title, ledger(one, rates)) for one in handed)
    return LedgerPage(
        lines,
        Ledger(
            _total("minutes back", "minutes", [(title, line.minutes) for title, line in lines]),
            _total("hours back", "hours", [(title, line.hours) for title, line in lines]),
            _total("money back", "money", [(title, line.money) for title, line in lines]),
        ),
    )


def _total(name: str, unit: str, lines: Iterable[tuple[str, Figure]]) -> Figure:
    return _sum(name, unit, [Figure(title, line.value, line.unit, line.terms) for title, line in lines])


def _not_negative(field_name: str, words: str, number: Decimal | int) -> None:
    if not Decimal(number).is_finite() or number < 0:
        raise OutOfRange(field_name, f"{words} can't be {plain(Decimal(number))}: give 0 or more.")
