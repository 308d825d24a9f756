"""Delegation: the matrix, the vetoes, the order, and numbers that carry their formula."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.delegation import (
    EXPLANATIONS,
    LEAVES,
    NEXT_AT_MOST,
    NOW_AT_LEAST,
    NOW_AT_MOST,
    Arranged,
    Facts,
    Figure,
    Handed,
    Item,
    OutOfRange,
    Period,
    Quadrant,
    Rates,
    Receiver,
    Recommendation,
    Score,
    formula,
    hours_a_month,
    ledger,
    ledger_page,
    plain,
    plan,
    quadrant_of,
    rank,
    recommend,
    settled,
    weight,
    what_if,
)
from routebook.core.document import Handling

KEEP, DELEGATE, AUTOMATE, DROP = Handling.KEEP, Handling.DELEGATE, Handling.AUTOMATE, Handling.DROP
SAME, NOBODY = Facts(always_the_same=True), Facts(nobody_needs_it=True)


def test_the_vsl_funnel_comes_out_keep_keep_delegate_delegate_delegate() -> None:
    steps = [
        Score(5, 1, needs_my_judgement=True, minutes=480, times_a_month=Decimal("0.5")),  # script: the face of it
        Score(5, 2, needs_my_judgement=True, minutes=300, times_a_month=Decimal("0.5")),  # film: on camera
        Score(4, -1, minutes=600, times_a_month=Decimal("0.5")),  # build the funnel pages
        Score(4, -2, costly_if_wrong=True, minutes=180, times_a_month=Decimal("0.5")),  # test and launch
        Score(3, -2, minutes=120, times_a_month=Decimal(2)),  # tracking and reporting
    ]
    assert [recommend(score).handling for score in steps] == [KEEP, KEEP, DELEGATE, DELEGATE, DELEGATE]
    assert [recommend(score).with_review for score in steps] == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("value", "energy", "quadrant", "handling"),
    [
        (1, -2, Quadrant.DELEGATE_FIRST, DELEGATE),
        (3, -1, Quadrant.DELEGATE_FIRST, DELEGATE),
        (4, -1, Quadrant.REPLACE_YOURSELF, DELEGATE),
        (5, -2, Quadrant.REPLACE_YOURSELF, DELEGATE),
        (1, 0, Quadrant.LIMIT_OR_INVEST, KEEP),
        (3, 2, Quadrant.LIMIT_OR_INVEST, KEEP),
        (4, 0, Quadrant.BEST_WORK, KEEP),
        (5, 2, Quadrant.BEST_WORK, KEEP),
    ],
)
def test_each_quadrant_with_and_without_vetoes(value: int, energy: int, quadrant: Quadrant, handling: Handling) -> None:
    score = Score(value, energy)
    assert quadrant_of(score) is quadrant
    assert recommend(score) == Recommendation(handling, False, (EXPLANATIONS[quadrant],), quadrant)

    costly = recommend(Score(value, energy, costly_if_wrong=True))
    assert (costly.handling, costly.with_review) == (handling, handling is DELEGATE)
    assert any("costly" in reason for reason in costly.reasons)

    for costly_too in (False, True):
        judgement = recommend(Score(value, energy, costly_too, needs_my_judgement=True))
        assert (judgement.handling, judgement.with_review) == (KEEP, False)
        assert "judgement" in judgement.reasons[0]


@pytest.mark.parametrize(
    ("score", "facts", "handling", "with_review", "word"),
    [
        (Score(2, -1), SAME, AUTOMATE, False, "machine"),
        (Score(5, 2), SAME, AUTOMATE, False, "machine"),
        (Score(2, -1), NOBODY, DROP, False, "stop doing it"),
        (Score(5, 2), Facts(True, True), DROP, False, "stop doing it"),
        (Score(2, -1, costly_if_wrong=True), SAME, DELEGATE, True, "machine would repeat"),
        (Score(2, -1, costly_if_wrong=True), NOBODY, DELEGATE, True, "until you are sure"),
        (Score(2, -1, needs_my_judgement=True), SAME, KEEP, False, "judgement"),
        (Score(2, -1, needs_my_judgement=True), NOBODY, KEEP, False, "yours to stop"),
    ],
)
def test_the_two_facts_speak_after_the_vetoes(
    score: Score, facts: Facts, handling: Handling, with_review: bool, word: str
) -> None:
    recommendation = recommend(score, facts)
    assert (recommendation.handling, recommendation.with_review) == (handling, with_review)
    assert word in " ".join(recommendation.reasons)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("value", lambda: Score(0, 0)),
        ("value", lambda: Score(6, 0)),
        ("energy", lambda: Score(1, -3)),
        ("energy", lambda: Score(1, 3)),
        ("minutes", lambda: Score(1, 0, minutes=-1)),
        ("times_a_month", lambda: Score(1, 0, times_a_month=Decimal(-1))),
        ("times_a_month", lambda: Score(1, 0, times_a_month=Decimal("NaN"))),
        ("owner_hour", lambda: Rates(owner_hour=Decimal(-1))),
        ("taken", lambda: Receiver("VA", Decimal(1), Decimal(-1))),
        ("runs", lambda: Handed("Issue", Decimal(1), -1)),
    ],
)
def test_a_number_that_can_not_be_meant_names_its_field(field: str, make: object) -> None:
    assert callable(make)
    with pytest.raises(OutOfRange) as caught:
        make()
    assert caught.value.field == field
    assert caught.value.sentence.endswith(".")


scores = st.builds(
    Score,
    st.integers(1, 5),
    st.integers(-2, 2),
    st.booleans(),
    st.booleans(),
    st.integers(0, 600),
    st.decimals(0, 200, places=1),
)
facts = st.builds(Facts, st.booleans(), st.booleans())

CAREFUL = [(DROP, False), (AUTOMATE, False), (DELEGATE, False), (DELEGATE, True), (KEEP, False)]
"""From letting go altogether to not letting go at all."""


def care(recommendation: Recommendation) -> int:
    return CAREFUL.index((recommendation.handling, recommendation.with_review))


def test_a_veto_never_weakens_a_recommendation() -> None:
    for value, energy, same, nobody in product(range(1, 6), range(-2, 3), [False, True], [False, True]):
        known = Facts(same, nobody)
        for costly, judgement in product([False, True], repeat=2):
            careful = care(recommend(Score(value, energy, costly, judgement), known))
            assert careful >= care(recommend(Score(value, energy, costly, False), known))
            assert careful >= care(recommend(Score(value, energy, False, judgement), known))


@given(scores, facts)
def test_a_recommendation_is_always_made_and_always_explained(score: Score, known: Facts) -> None:
    recommendation = recommend(score, known)
    assert recommendation.handling is not Handling.UNDECIDED
    assert recommendation.quadrant is quadrant_of(score)
    assert recommendation.reasons
    assert all(reason.endswith(".") for reason in recommendation.reasons)


def test_hours_a_month_show_their_formula() -> None:
    hours = hours_a_month(Score(3, -1, minutes=15, times_a_month=Decimal(10)))
    assert hours.value == Decimal("2.5")
    assert formula(hours) == (
        "hours a month = 15 minutes each time × 10 times a month ÷ 60 minutes an hour = 2.5 hours"
    )


def test_weight_is_halved_if_costly() -> None:
    assert weight(Score(3, -1, False, minutes=60, times_a_month=Decimal(4))).value == 4
    assert weight(Score(3, -1, True, minutes=60, times_a_month=Decimal(4))).value == 2


@pytest.mark.parametrize(
    ("number", "text"), [("2.50", "2.5"), ("-3", "−3"), ("0", "0"), ("-0.001", "0"), ("100", "100")]
)
def test_plain_numbers(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def line(id_: str, times: int, cluster: str = "refund", handling: Handling = Handling.UNDECIDED) -> Item:
    return Item(id_, id_, Score(2, -1, minutes=60, times_a_month=Decimal(times)), cluster=cluster, handling=handling)


def test_the_first_cluster_is_the_one_with_most_hours_and_is_filled_up_to_five() -> None:
    order = rank(
        [line("a", 1), line("b", 9, "social"), line("c", 8, "social"), line("d", 2), line("e", 3), line("f", 4)]
    )
    assert order.cluster == "social"
    assert [item.id for item in order.now] == ["b", "c", "f", "e", "d"]
    assert [item.id for item in order.next_90_days] == ["a"]


def test_fifty_items_start_with_ten_of_one_cluster() -> None:
    order = rank([line(f"{n:02}", n, "a" if n % 2 else "b") for n in range(50)])
    assert [item.id for item in order.now] == [f"{n:02}" for n in range(49, 30, -2)]
    assert {item.cluster for item in order.now} == {order.cluster} == {"a"}
    assert len(order.next_90_days) == 20
    assert len(order.later) == 20


def test_what_the_owner_decided_counts_before_what_is_recommended() -> None:
    order = rank([line("a", 1, handling=KEEP), line("b", 2)])
    assert [item.id for item in order.kept] == ["a"]
    assert [item.id for item in order.now] == ["b"]
    assert settled(line("a", 1, handling=KEEP)) == (KEEP, False)


def test_nothing_to_let_go_is_an_empty_order() -> None:
    assert rank([]).now == ()
    assert rank([line("a", 1, handling=KEEP)]).cluster == ""


def test_two_items_with_one_id_are_an_error() -> None:
    with pytest.raises(OutOfRange, match="same id"):
        rank([line("a", 1), line("a", 2)])


items = st.builds(
    Item,
    st.text("abcdef", min_size=1, max_size=4),
    st.just("t"),
    scores,
    facts,
    st.sampled_from(["", "refund", "social", "vsl"]),
    st.sampled_from(Handling),
    st.booleans(),
)
plates = st.lists(items, max_size=50, unique_by=lambda item: item.id)


@given(plates, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_holds_every_item_once_within_its_caps_whatever_order_they_come_in(
    plate: list[Item], random: object
) -> None:
    order = rank(plate)
    everything = [*order.now, *order.next_90_days, *order.later, *order.kept]
    assert sorted(item.id for item in everything) == sorted(item.id for item in plate)
    assert len(order.now) <= NOW_AT_MOST
    assert len(order.next_90_days) <= NEXT_AT_MOST
    leaving = [item for item in plate if settled(item)[0] in LEAVES]
    assert len(order.now) >= min(NOW_AT_LEAST, len(leaving))
    for part in (order.now, order.next_90_days + order.later):
        weights = [weight(item.score).value for item in part]
        assert weights == sorted(weights, reverse=True)

    shuffled = list(plate)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = rank(shuffled)
    assert (again.now, again.next_90_days, again.later) == (order.now, order.next_90_days, order.later)


def test_what_if_in_numbers() -> None:
    plate = [
        line("pages", 10),
        Item("issue", "issue", Score(3, -1, True, minutes=6, times_a_month=Decimal(40))),
        Item("log", "log", Score(2, -1, minutes=3, times_a_month=Decimal(40)), SAME),
        line("script", 4, handling=KEEP),
    ]
    outcome = what_if(plate, Receiver("VA", Decimal(20), Decimal(7)), Rates(Decimal(100), Decimal(8)))
    assert outcome.hours_freed.value == 10 + 4 + 2 - 2  # less three minutes for each of forty approvals
    assert outcome.extra_load.value == 14  # nobody does what a machine does
    assert outcome.room_left.value == -1
    assert not outcome.fits
    assert outcome.cost.value == 14 * 8
    assert outcome.worth.value == 1400
    assert outcome.gain.value == 1400 - 112
    assert formula(outcome.hours_freed) == (
        "hours freed a month = 10 pages + 4 issue + 2 log − 2 approving issue = 14 hours"
    )


def test_the_ledger_in_numbers() -> None:
    handed = Handed(
        "Issue", Decimal(10), runs=30, answers=4, reviews=10, rework_minutes=Decimal(10), delegate_minutes=Decimal(360)
    )
    book = ledger(handed, Rates(Decimal(120), Decimal(10)))
    assert book.minutes.value == 300 - 20 - 30 - 10
    assert book.hours.value == 4
    assert book.money.value == 4 * 120 - 6 * 10
    assert formula(book.minutes) == (
        "minutes back = 300 done by others − 20 answering − 30 reviewing − 10 redone by you = 240 minutes"
    )


def test_the_minutes_for_answers_and_reviews_can_be_edited() -> None:
    rates = Rates(minutes_per_answer=Decimal(10), minutes_per_review=Decimal(0))
    assert ledger(Handed("Issue", Decimal(10), 1, answers=2, reviews=9), rates).minutes.value == -10


def test_a_page_adds_up_its_lines() -> None:
    rates = Rates(Decimal(60), Decimal(6))
    page = ledger_page([Handed("a", Decimal(30), 4), Handed("b", Decimal(60), 2, delegate_minutes=Decimal(60))], rates)
    assert [title for title, _ in page.lines] == ["a", "b"]
    assert page.total.hours.value == 4
    assert page.total.money.value == 240 - 6
    assert [term.figure.name for term in page.total.money.terms] == ["a", "b"]
    assert ledger_page([], rates).total.minutes.value == 0


def work_out(figure: Figure) -> Decimal:
    """The value again, from the printed formula alone."""
    if not figure.terms:
        return figure.value
    value = Decimal(0)
    for term in figure.terms:
        part = work_out(term.figure)
        match term.sign:
            case "" | "+":
                value += part
            case "−":
                value -= part
            case "×":
                value *= part
            case "÷":
                value /= part
    return value


@given(plates, st.decimals(0, 200, places=0))
@settings(max_examples=60, deadline=None)
def test_every_figure_is_what_its_formula_says(plate: list[Item], hours: Decimal) -> None:
    outcome = what_if(plate, Receiver("VA", hours), Rates(Decimal(90), Decimal(7)))
    for figure in (
        outcome.hours_freed,
        outcome.extra_load,
        outcome.room_left,
        outcome.cost,
        outcome.worth,
        outcome.gain,
    ):
        if figure.terms:
            assert work_out(figure) == figure.value
            signs = {term.sign for term in figure.terms} - {""}
            assert signs <= {"+", "−"} or signs <= {"×", "÷"}


# The plan


@st.composite
def arranged(draw: st.DrawFn) -> tuple[list[Item], dict[str, Arranged]]:
    items = draw(plates)
    by_hand = {}
    for item in items:
        if draw(st.booleans()):
            by_hand[item.id] = Arranged(draw(st.sampled_from(Period)), draw(st.integers(0, 40)))
    return items, by_hand


@settings(max_examples=150, deadline=None)
@given(arranged())
def test_a_plan_holds_what_the_order_holds_and_hands_come_first(made: tuple[list[Item], dict[str, Arranged]]) -> None:
    items, by_hand = made
    order, found = rank(items), plan(items, by_hand)
    groups = dict(zip(Period, (found.now, found.next_90_days, found.later), strict=True))
    leaving = {item.id for item in (*order.now, *order.next_90_days, *order.later)}
    assert sorted(item.id for group in groups.values() for item in group) == sorted(leaving)
    assert found.kept == order.kept
    for period, group in groups.items():
        for item in group:
            assert item.id not in by_hand or by_hand[item.id].period is period
    by_scores = [item for item in found.now if item.id not in by_hand]
    assert not by_scores or len(found.now) <= NOW_AT_MOST


def test_without_hands_the_plan_is_the_order() -> None:
    items = [
        Item(f"{n}", f"{n}", Score(2, -1, minutes=n, times_a_month=Decimal(1)), cluster="map") for n in range(1, 40)
    ]
    assert plan(items, {}) == rank(items)


def test_a_hand_puts_an_item_where_it_says_and_the_last_of_now_moves_on() -> None:
    items = [
        Item(f"{n:02}", f"{n}", Score(2, -1, minutes=100 - n, times_a_month=Decimal(1)), cluster="map")
        for n in range(12)
    ]
    found = plan(items, {"11": Arranged(Period.NOW, 0), "00": Arranged(Period.LATER, 9)})
    assert [item.id for item in found.now] == ["11", "01", "02", "03", "04", "05", "06", "07", "08", "09"]
    assert [item.id for item in found.next_90_days] == ["10"]
    assert [item.id for item in found.later] == ["00"]
    found = plan(items, {"11": Arranged(Period.NOW, 0)})
    assert [item.id for item in found.next_90_days] == ["09", "10"]
