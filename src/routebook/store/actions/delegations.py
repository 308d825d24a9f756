"""What people decide about the steps of a map: score one, and say how it is handled.

A decision is kept for ever, and changes the open draft of the map: its handling, why, and whether each result is
approved. Readers and runs follow the published map until the draft is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from routebook.core.audit import StepDecided, StepScored
from routebook.core.delegation import EXPLANATIONS, Facts, OutOfRange, Recommendation, Score, recommend
from routebook.core.document import Handling, Kind, Process, Step
from routebook.core.events import Refusal
from routebook.formats.plain import to_plain
from routebook.store import audit
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions.documents import change_draft, document_for_change, stream_of
from routebook.store.models import Document, StepDecision, StepScore
from routebook.store.queries.delegations import FIRST_STEP, facts_of, map_of, score_of
from routebook.store.queries.documents import draft_row

MOST_MINUTES = 31 * 24 * 60
"""A step can't take longer than a month each time."""
MOST_TIMES = 100_000
"""Nor be done more often a month than this."""


def read_score(**values: object) -> Score:
    """A score within its ranges; raises `Refused`, naming the field."""
    try:
        score = Score(**values)  # type: ignore[arg-type]
    except OutOfRange as error:
        raise Refused(Refusal("out_of_range", error.sentence, error.field)) from error
    if score.minutes > MOST_MINUTES:
        raise Refused(Refusal("out_of_range", "Minutes are those of one time; a month has 44,640.", "minutes"))
    if score.times_a_month > MOST_TIMES:
        raise Refused(Refusal("out_of_range", "Times a month go up to 100,000.", "times_a_month"))
    return score


@transaction.atomic
def score(actor: Actor, process_id: int, step: str, score: Score, facts: Facts, *, now: dt.datetime) -> StepScore:
    """Place a step on the matrix; a score that says the same as before changes nothing."""
    process, _ = _map(actor, process_id, step)
    return _keep_score(actor, process, step, score, facts, now)


def score_first(actor: Actor, process: Document, score: Score, facts: Facts, *, now: dt.datetime) -> StepScore:
    """Place the step that a map without steps will begin with: what is written first there has the id `FIRST_STEP`."""
    return _keep_score(actor, process, FIRST_STEP, score, facts, now)


def _keep_score(actor: Actor, process: Document, step: str, score: Score, facts: Facts, now: dt.datetime) -> StepScore:
    row = StepScore.objects.filter(org_id=actor.org, process=process, step=step).first()
    if row is not None and (score_of(row), facts_of(row)) == (score, facts):
        return row
    values = {
        "value": score.value,
        "energy": score.energy,
        "costly": score.costly_if_wrong,
        "judgement": score.needs_my_judgement,
        "minutes": score.minutes,
        "times_a_month": score.times_a_month,
        "facts": {"always_the_same": facts.always_the_same, "nobody_needs_it": facts.nobody_needs_it},
        "scored_by_id": actor.member,
        "scored_at": now,
    }
    row, _ = StepScore.objects.update_or_create(org_id=actor.org, process=process, step=step, defaults=values)
    scored = StepScored(
        step,
        score.value,
        score.energy,
        score.costly_if_wrong,
        score.needs_my_judgement,
        score.minutes,
        str(score.times_a_month),
    )
    audit.record(actor.org, stream_of(process), scored, actor=actor.id, now=now)
    return row


@transaction.atomic
def place(actor: Actor, reference: str, value: int, energy: int, *, now: dt.datetime) -> StepScore:
    """Move a step (``process/step``) on the matrix; what else is known of it stays."""
    require(actor, Verb.DECIDE)
    slug, _, step = reference.partition("/")
    process = Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug=slug).first()
    if process is None:
        raise NotFound
    row = StepScore.objects.filter(org_id=actor.org, process=process, step=step).first()
    known, facts = (score_of(row), facts_of(row)) if row else (Score(3, 0), Facts())
    moved = read_score(
        value=value,
        energy=energy,
        costly_if_wrong=known.costly_if_wrong,
        needs_my_judgement=known.needs_my_judgement,
        minutes=known.minutes,
        times_a_month=known.times_a_month,
    )
    return score(actor, process.pk, step, moved, facts, now=now)


@transaction.atomic
def decide(
    actor: Actor,
    process_id: int,
    step: str,
    handling: Handling,
    *,
    with_review: bool = False,
    why: str = "",
    now: dt.datetime,
) -> StepDecision:
    """Say how a step is handled. Going another way than recommended needs a reason; saying it twice changes nothing."""
    process, value = _map(actor, process_id, step)
    if handling is Handling.UNDECIDED:
        raise Refused(Refusal("not_decided", "Choose keep, delegate, automate or drop.", "handling"))
    with_review = with_review and handling is Handling.DELEGATE
    row = StepScore.objects.filter(org_id=actor.org, process=process, step=step).first()
    advice = recommend(score_of(row), facts_of(row)) if row else None
    why = _reason(why, advice, handling, with_review)
    latest = StepDecision.objects.filter(org_id=actor.org, process=process, step=step).first()
    if latest is not None and (latest.handling, latest.with_review, latest.why) == (handling, with_review, why):
        _change_map(actor, process, value, step, handling, with_review, why, now)
        return latest
    decision = StepDecision.objects.create(
        org_id=actor.org,
        process=process,
        step=step,
        was=_handled(value, step),
        handling=handling,
        with_review=with_review,
        recommended=advice.handling if advice else "",
        reasons=list(advice.reasons) if advice else [],
        why=why,
        decided_by_id=actor.member,
        decided_at=now,
    )
    _change_map(actor, process, value, step, handling, with_review, why, now)
    decided = StepDecided(step, handling, with_review, decision.recommended, why)
    audit.record(actor.org, stream_of(process), decided, actor=actor.id, now=now)
    return decision


@transaction.atomic
def follow_all(actor: Actor, process_id: int, *, now: dt.datetime) -> Sequence[StepDecision]:
    """Accept the recommendation of every step of a map that has one and is not decided yet; what is decided stays."""
    require(actor, Verb.DECIDE)
    process = document_for_change(actor, process_id)
    if process.kind != Kind.PROCESS:
        raise NotFound
    scores = {row.step: row for row in StepScore.objects.filter(org_id=actor.org, process=process)}
    made = []
    for step in map_of(process).steps:
        if step.handling is Handling.UNDECIDED and step.id in scores:
            row = scores[step.id]
            advice = recommend(score_of(row), facts_of(row))
            made.append(decide(actor, process_id, step.id, advice.handling, with_review=advice.with_review, now=now))
    return made


def _map(actor: Actor, process_id: int, step: str) -> tuple[Document, Process]:
    require(actor, Verb.DECIDE)
    process = document_for_change(actor, process_id)
    if process.kind != Kind.PROCESS:
        raise NotFound
    value = map_of(process)
    if value.step(step) is None:
        raise NotFound
    return process, value


def _handled(process: Process, step: str) -> Handling:
    """How the map handles the step before the decision."""
    before = process.step(step)
    return before.handling if before else Handling.UNDECIDED


def _reason(why: str, advice: Recommendation | None, handling: Handling, with_review: bool) -> str:
    """Why it is decided: the person's own words, else the reason of the recommendation that they follow."""
    why = why.replace("\0", "").strip()
    if why:
        return why
    if advice is None:
        raise Refused(Refusal("reason_needed", "Say why in a few words: it stands on the map.", "why"))
    if (handling, with_review) != (advice.handling, advice.with_review):
        raise Refused(Refusal("reason_needed", "You go another way than recommended: say why.", "why"))
    return advice.reasons[0]


def _for_readers(why: str) -> str:
    """What the map says to everybody who reads it: a risk or somebody's own words, never what a step is worth to
    its owner or whether it drains them. That stays with the decision."""
    return "" if why in EXPLANATIONS.values() else why


def _change_map(
    actor: Actor,
    process: Document,
    value: Process,
    step: str,
    handling: Handling,
    with_review: bool,
    why: str,
    now: dt.datetime,
) -> None:
    def decided(old: Step) -> Step:
        if old.id != step:
            return old
        said = _for_readers(why) or (old.why if old.handling is handling else "")
        return replace(old, handling=handling, why=said, review=with_review)

    changed = replace(value, steps=tuple(decided(old) for old in value.steps))
    if changed == value:
        return
    draft = draft_row(process)
    # The document's row is locked, so nobody is between the draft that was read and this change of it.
    base = draft.rev if draft else 1
    change_draft(actor, process.pk, base=base, fields={"steps": to_plain(changed)["steps"]}, now=now)
