"""The record in words: one sentence for each type of event, with its actor as the subject where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as format_date
from django.utils.translation import gettext as _

from routebook.core.document import Evidence
from routebook.core.events import Event
from routebook.core.run import Definition, RunState
from routebook.core.run import events as e
from routebook.store.evidence import shown_name
from routebook.web.templatetags.routebook import spell_seconds


@dataclass(frozen=True, slots=True)
class Words:
    """What sentences need to know: people's names by id, the run's map and its tasks, and the reader's time zone."""

    people: Mapping[str, str]
    definition: Definition
    state: RunState
    zone: str

    def person(self, who: str) -> str:
        """A name; a machine and somebody unknown are called what the record calls them."""
        return self.people.get(who, who) or _("nobody")

    def step(self, step: str) -> str:
        return self.definition.flow.titles.get(step, step)

    def task(self, number: int) -> str:
        """The title of a task's step."""
        return self.step(self.state.tasks[number].step)

    def moment(self, moment: Any) -> str:
        return format_date(moment.astimezone(ZoneInfo(self.zone)), "D j M Y, H:i")


def sentence(event: Event | None, actor: str, words: Words) -> str:
    """One event as a sentence. None is an event whose contents were erased."""
    if event is None:
        return _("What %(who)s did here was erased; who and when stay, and the chain still holds.") % {
            "who": words.person(actor)
        }
    return _SENTENCES[type(event)](event, words.person(actor), words)


def _started(event: e.RunStarted, who: str, words: Words) -> str:
    told = {"who": who, "version": event.version}
    return _("%(who)s started the run on version %(version)d of the map.") % told


def _opened(event: e.TaskOpened, who: str, words: Words) -> str:
    told = {"step": words.step(event.step), "whose": words.person(event.assignee)}
    if event.review_of:
        opened = _("The review of “%(step)s” went to %(whose)s") % told
    elif event.attempt > 1:
        opened = _("“%(step)s” opened again for %(whose)s") % told
    else:
        opened = _("“%(step)s” opened for %(whose)s") % told
    if event.instead_of:
        opened += _(", in place of %(away)s, who is away") % {"away": words.person(event.instead_of)}
    if event.due and not event.review_of:
        opened += _(", due %(due)s") % {"due": words.moment(event.due)}
    return opened + "."


def _assigned(event: e.TaskAssigned, who: str, words: Words) -> str:
    told = {"who": who, "step": words.task(event.task), "whose": words.person(event.assignee)}
    return _("%(who)s gave “%(step)s” to %(whose)s.") % told


def _begun(event: e.TaskStarted, who: str, words: Words) -> str:
    return _("%(who)s began “%(step)s”.") % {"who": who, "step": words.task(event.task)}


def _ticked(event: e.ItemTicked, who: str, words: Words) -> str:
    told = {"who": who, "item": event.item + 1, "step": words.task(event.task)}
    if event.ticked:
        return _("%(who)s ticked item %(item)d of “%(step)s”.") % told
    return _("%(who)s took the tick of item %(item)d of “%(step)s” away.") % told


def ticked(events: Sequence[e.ItemTicked], actor: str, words: Words) -> str:
    """Several ticks on one task, made one after the other, in one sentence: «ticked items 1–4 and 6»."""
    items = sorted({event.item + 1 for event in events})
    told = {"who": words.person(actor), "items": _spans(items), "step": words.task(events[0].task)}
    if len(items) == 1:
        return _ticked(events[0], words.person(actor), words)
    return _("%(who)s ticked items %(items)s of “%(step)s”.") % told


def _spans(numbers: Sequence[int]) -> str:
    """Numbers in rising order, those in a row as a span: «1–4, 6»."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


def _evidence(event: e.EvidenceAdded, who: str, words: Words) -> str:
    kept = event.kind in (Evidence.PHOTO, Evidence.FILE)
    told = {
        "who": who,
        "item": event.item + 1,
        "step": words.task(event.task),
        "value": _closed(shown_name(event.value) if kept else event.value),
    }
    if not event.value:
        return _("%(who)s took the evidence of item %(item)d of “%(step)s” away.") % told
    return _("%(who)s gave the evidence of item %(item)d of “%(step)s”: %(value)s") % told


def _variation(event: e.VariationPicked, who: str, words: Words) -> str:
    told = {"who": who, "variation": event.variation, "step": words.task(event.task)}
    return _("%(who)s picked “%(variation)s” for “%(step)s”.") % told


def _handed_over(event: e.HandedOver, who: str, words: Words) -> str:
    told = {
        "who": who,
        "step": words.task(event.task),
        "whose": words.person(event.receiver),
        "note": _closed(event.note),
    }
    if event.note:
        return _("%(who)s handed “%(step)s” over to %(whose)s: %(note)s") % told
    return _("%(who)s handed “%(step)s” over to %(whose)s.") % told


def _blocked(event: e.TaskBlocked, who: str, words: Words) -> str:
    told = {"who": who, "step": words.task(event.task), "on": event.on, "why": _closed(event.why)}
    return _("%(who)s said that “%(step)s” waits on %(on)s: %(why)s") % told


def _unblocked(event: e.TaskUnblocked, who: str, words: Words) -> str:
    told = {"step": words.task(event.task), "on": event.on, "time": spell_seconds(event.seconds), "who": who}
    return _("%(who)s took “%(step)s” up again; it had waited on %(on)s for %(time)s.") % told


def _asked(event: e.QuestionAsked, who: str, words: Words) -> str:
    told = {"who": who, "whom": words.person(event.to), "step": words.task(event.task), "text": _closed(event.text)}
    return _("%(who)s asked %(whom)s about “%(step)s”: %(text)s") % told


def _escalated(event: e.TaskEscalated, who: str, words: Words) -> str:
    told = {
        "who": who,
        "whom": words.person(event.to),
        "step": words.task(event.task),
        "problem": _closed(event.problem),
        "options": "; ".join(event.options),
        "advice": _closed(event.recommendation),
    }
    return (
        _("%(who)s asked %(whom)s to decide about “%(step)s”: %(problem)s Options: %(options)s. Advice: %(advice)s")
        % told
    )


def _answered(event: e.QuestionAnswered, who: str, words: Words) -> str:
    return _("%(who)s answered: %(text)s") % {"who": who, "text": _closed(event.text)}


def _due(event: e.DueChanged, who: str, words: Words) -> str:
    told = {"who": who, "step": words.task(event.task), "due": words.moment(event.due), "why": _closed(event.why)}
    return _("%(who)s moved “%(step)s” to %(due)s: %(why)s") % told


def _submitted(event: e.TaskSubmitted, who: str, words: Words) -> str:
    return _with_outcome(
        _("%(who)s handed “%(step)s” in for review") % {"who": who, "step": words.task(event.task)}, event.outcome
    )


def _completed(event: e.TaskCompleted, who: str, words: Words) -> str:
    # After a review the record's actor is who passed it; the work is whose it was.
    told = {"who": words.person(event.by), "step": words.task(event.task)}
    return _with_outcome(_("%(who)s completed “%(step)s”") % told, event.outcome)


def _skipped(event: e.TaskSkipped, who: str, words: Words) -> str:
    done = _with_outcome(_("%(who)s skipped “%(step)s”") % {"who": who, "step": words.task(event.task)}, event.outcome)
    return _("%(done)s The reason: %(reason)s") % {"done": done, "reason": _closed(event.reason)}


def _passed(event: e.ReviewPassed, who: str, words: Words) -> str:
    return _("%(who)s looked at “%(step)s” and passed it.") % {"who": who, "step": words.task(event.of)}


def _failed(event: e.ReviewFailed, who: str, words: Words) -> str:
    told = {
        "who": who,
        "step": words.task(event.of),
        "whose": words.person(event.assignee),
        "reasons": _closed(event.reasons),
    }
    if event.redo:
        return _("%(who)s took “%(step)s” on, to do it again: %(reasons)s") % told
    return _("%(who)s sent “%(step)s” back to %(whose)s: %(reasons)s") % told


def _returned(event: e.RunReturned, who: str, words: Words) -> str:
    told = {"who": who, "step": words.step(event.step), "reason": _closed(event.reason)}
    return _("%(who)s took the run back to “%(step)s”: %(reason)s") % told


def _arrived(event: e.RunCompleted, who: str, words: Words) -> str:
    return _("The run arrived, %(time)s after its start.") % {"time": spell_seconds(event.seconds)}


def _cancelled(event: e.RunCancelled, who: str, words: Words) -> str:
    return _("%(who)s cancelled the run: %(reason)s") % {"who": who, "reason": _closed(event.reason)}


def _closed(text: str) -> str:
    """What somebody wrote, with a full stop unless it ends with a mark of its own."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _with_outcome(done: str, outcome: str) -> str:
    return _("%(done)s: %(outcome)s.") % {"done": done, "outcome": outcome} if outcome else f"{done}."


_SENTENCES: Mapping[type[Event], Callable[[Any, str, Words], str]] = {
    e.RunStarted: _started,
    e.TaskOpened: _opened,
    e.TaskAssigned: _assigned,
    e.TaskStarted: _begun,
    e.ItemTicked: _ticked,
    e.EvidenceAdded: _evidence,
    e.VariationPicked: _variation,
    e.HandedOver: _handed_over,
    e.TaskBlocked: _blocked,
    e.TaskUnblocked: _unblocked,
    e.QuestionAsked: _asked,
    e.TaskEscalated: _escalated,
    e.QuestionAnswered: _answered,
    e.DueChanged: _due,
    e.TaskSubmitted: _submitted,
    e.TaskCompleted: _completed,
    e.TaskSkipped: _skipped,
    e.ReviewPassed: _passed,
    e.ReviewFailed: _failed,
    e.RunReturned: _returned,
    e.RunCompleted: _arrived,
    e.RunCancelled: _cancelled,
}
