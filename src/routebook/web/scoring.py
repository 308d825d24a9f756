"""Scores as people type them: the same few fields for a step of a map and for a line of somebody's plate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.delegation import EXPLANATIONS, Facts, Figure, Quadrant, Score, Term, formula, plain
from routebook.formats.matrix import MatrixWords

FIELDS = ("value", "energy", "minutes", "times", "costly", "judgement", "same", "nobody")
FIELD_OF = {"times_a_month": "times"}
"""Fields of the core whose name in a form is shorter."""

QUADRANTS = {
    Quadrant.DELEGATE_FIRST: gettext_lazy("Delegate first"),
    Quadrant.REPLACE_YOURSELF: gettext_lazy("Replace yourself"),
    Quadrant.LIMIT_OR_INVEST: gettext_lazy("Limit, or invest"),
    Quadrant.BEST_WORK: gettext_lazy("Your best work: keep"),
}
VALUES = (
    ("1", gettext_lazy("little")),
    ("2", ""),
    ("3", ""),
    ("4", ""),
    ("5", gettext_lazy("a lot")),
)
ENERGIES = (
    ("-2", "−2", gettext_lazy("drains")),
    ("-1", "−1", ""),
    ("0", "0", ""),
    ("1", "+1", ""),
    ("2", "+2", gettext_lazy("gives")),
)


@dataclass(slots=True)
class Entry:
    """What a form says of one line: its texts by field, and why one of them can't be meant."""

    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        return any(self.typed.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the quick table: its key in field names, its number on the matrix, and the page that asks for
    this line alone."""

    key: str
    number: int
    title: str
    handling: str
    address: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed of a line, as values; None where value or energy are not chosen."""

    value: int | None
    energy: int | None
    costly: bool
    judgement: bool
    minutes: int
    times_a_month: Decimal
    facts: Facts


def entry_of(posted: Mapping[str, str], key: str = "") -> Entry:
    """What the form says of the line with this key; without one, of the only line there is."""
    suffix = f"-{key}" if key else ""
    return Entry({name: posted.get(f"{name}{suffix}", "").strip() for name in FIELDS})


def read(entry: Entry) -> Given:
    """The values of an entry; what can't be read is noted in its errors."""
    typed = entry.typed
    return Given(
        value=_whole(entry, "value", _("Choose a value from 1 to 5.")),
        energy=_whole(entry, "energy", _("Choose what it does to your energy, from −2 to 2.")),
        costly=bool(typed["costly"]),
        judgement=bool(typed["judgement"]),
        minutes=_whole(entry, "minutes", _("Write whole minutes, such as 15.")) or 0,
        times_a_month=_times(entry),
        facts=Facts(bool(typed["same"]), bool(typed["nobody"])),
    )


def _whole(entry: Entry, name: str, sentence: str) -> int | None:
    text = entry.typed[name].replace("−", "-")
    if not text:
        return None
    try:
        return int(text[:9])
    except ValueError:
        entry.errors[name] = sentence
        return None


def _times(entry: Entry) -> Decimal:
    text = entry.typed["times"].replace(",", ".") or "0"
    try:
        times = Decimal(text[:12])
    except InvalidOperation:
        times = Decimal("NaN")
    if not times.is_finite():
        entry.errors["times"] = _("Write a number, such as 20 or 0.5.")
        return Decimal(0)
    return times.quantize(Decimal("0.01")).normalize() + 0 if abs(times) < 10**7 else times


def typed_of(score: Score, facts: Facts) -> dict[str, str]:
    """A stored score as the form's fields."""
    return {
        "value": str(score.value),
        "energy": str(score.energy),
        **typed_hours(score.minutes, score.times_a_month),
        "costly": "1" if score.costly_if_wrong else "",
        "judgement": "1" if score.needs_my_judgement else "",
        **typed_facts(facts),
    }


def typed_hours(minutes: int, times: Decimal) -> dict[str, str]:
    """Minutes and times a month as the form's fields."""
    return {"minutes": str(minutes or ""), "times": f"{times:f}" if times else ""}


def typed_facts(facts: Facts) -> dict[str, str]:
    """The two optional ticks as the form's fields."""
    return {"same": "1" if facts.always_the_same else "", "nobody": "1" if facts.nobody_needs_it else ""}


def place_of(typed: Mapping[str, str]) -> str:
    """Where a line stands, in a few signs: «2, −1»; "" while it is not placed."""
    if not typed.get("value") or not typed.get("energy"):
        return ""
    return f"{typed['value']}, {typed['energy'].replace('-', '−')}"


def formulas(figure: Figure, currency: str = "") -> list[str]:
    """The formula of a figure, then those of the figures in it that are calculated themselves."""
    terms: list[Term] = list(figure.terms)
    return [formula(figure, currency), *(formula(term.figure, currency) for term in terms if term.figure.terms)]


def tenths(hours: Decimal) -> str:
    """Hours to a tenth: six minutes are as fine as anybody plans."""
    return plain(hours.quantize(Decimal("0.1"), ROUND_HALF_UP))


def whole_money(money: Decimal) -> str:
    """Money without its small change, which nobody plans by: «1,787»."""
    return f"{money.quantize(Decimal(1), ROUND_HALF_UP):,}".replace("-", "−")


def matrix_words(title: str, tray: str = "") -> MatrixWords:
    """What is written on a matrix."""
    return MatrixWords(
        title=title,
        value=_("value to the business →"),
        drains=_("drains you"),
        gives=_("gives you energy"),
        tray=tray or _("Not placed yet: drag onto the matrix, or choose value and energy in the list"),
        quadrants={quadrant: str(name) for quadrant, name in QUADRANTS.items()},
    )


def says(number: int, title: str, score: Score | None) -> str:
    """A dot for those who can't see the picture."""
    place = {"number": number, "title": title}
    if score is None:
        return _("%(number)d %(title)s: not placed yet. Arrow keys place it.") % place
    where = {**place, "value": score.value, "energy": score.energy}
    return _("%(number)d %(title)s: value %(value)d, energy %(energy)d. Arrow keys move it.") % where


def quadrants_explained() -> Sequence[tuple[str, str]]:
    """The four quadrants by name, each with what it means."""
    meanings = {
        Quadrant.DELEGATE_FIRST: _("worth little and drains you: the first thing to leave your plate"),
        Quadrant.REPLACE_YOURSELF: _("worth a lot but drains you: train somebody up until they replace you"),
        Quadrant.LIMIT_OR_INVEST: _("you like it but it is worth little: limit it, or invest in it on purpose"),
        Quadrant.BEST_WORK: _("worth a lot and gives you energy: keep it, it is your best work"),
    }
    return [(str(QUADRANTS[quadrant]), meanings[quadrant]) for quadrant in EXPLANATIONS]
