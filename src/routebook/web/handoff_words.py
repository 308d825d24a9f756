"""Hand-offs in words: what each waits for, and its record, one sentence for each type of event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.template.defaultfilters import date as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routebook.core.events import Event
from routebook.core.handoff import CLEAN_IN_A_ROW, RECORDING, SOP, HandoffState, Level, Result
from routebook.core.handoff import events as e

LEVELS: Mapping[Level, str | Promise] = {
    Level.PREPARED: gettext_lazy("prepared"),
    Level.ACCEPTED: gettext_lazy("accepted"),
    Level.PRACTICE: gettext_lazy("practice"),
    Level.SUPERVISED: gettext_lazy("supervised"),
    Level.OWNED: gettext_lazy("owned"),
    Level.RETURNED: gettext_lazy("returned"),
}


def level(name: str) -> str:
    """The name of a level for people."""
    return str(LEVELS[Level(name)])


def waiting(state: HandoffState, names: Mapping[str, str]) -> str:
    """What has to happen next, and on whom it waits."""
    told = {"person": names.get(state.person, ""), "delegator": names.get(state.delegator, "")}
    if state.level is Level.RETURNED:
        return state.reason
    if any(not question.answer for question in state.questions):
        return _("%(delegator)s answers a question") % told
    if state.level is Level.PREPARED:
        return _("%(person)s says the outcome in their own words") % told
    if state.level is Level.ACCEPTED and state.missing_access:
        return _("%(delegator)s opens the access that is missing") % told
    if state.level is Level.ACCEPTED:
        return _("%(delegator)s reads whether it is understood") % told
    if state.proposal is not Level.NONE:
        return _("%(delegator)s decides about “%(level)s”") % {**told, "level": level(state.proposal)}
    if state.one_run:
        return _("one clean result with the changed SOP, then it is owned again")
    if state.level is Level.OWNED:
        return _("%(person)s owns it") % told
    return _("%(clean)d of %(all)d clean results in a row") % {"clean": state.clean, "all": CLEAN_IN_A_ROW}


def opened(state: HandoffState, what: str, name: str) -> str:
    """Whether the receiver opened the SOP or the recording from here; how long they looked is not known."""
    if state.has_opened(what):
        return str(_OPENED[what]) % {"who": name}
    return str(_NOT_OPENED[what]) % {"who": name}


# --- the record ---------------------------------------------------------------------------------


def sentence(event: Event | None, actor: str, names: Mapping[str, str]) -> str:
    """One event as a sentence. None is an event whose contents were erased."""
    who = names.get(actor, actor)
    if event is None:
        return _("What %(who)s did here was erased; who and when stay.") % {"who": who}
    return _SENTENCES[type(event)](event, who, names)


def detail(event: Event | None) -> str:
    """What somebody wrote with it, in their own words; "" for nothing."""
    for field in ("restated", "outcome", "text", "note", "reason"):
        said: str = getattr(event, field, "")
        if said:
            return said
    return ""


def _prepared(event: e.HandoffPrepared, who: str, names: Mapping[str, str]) -> str:
    told = {"who": who, "person": names.get(event.person, "")}
    return _("%(who)s offered the step to %(person)s, with the access and authority card.") % told


def _accepted(event: e.HandoffAccepted, who: str, names: Mapping[str, str]) -> str:
    if event.missing_access:
        told = {"who": who, "missing": ", ".join(event.missing_access)}
        return _("%(who)s took it on, and can't open yet: %(missing)s.") % told
    return _("%(who)s took it on, and said what comes out of it:") % {"who": who}


def _noted(event: e.ResultNoted, who: str, names: Mapping[str, str]) -> str:
    results = {
        Result.CLEAN: _("A result was clean."),
        Result.REWORKED: _("A result had to be done again."),
        Result.CONFIRMED: _("A practice result was confirmed by %(who)s."),
        Result.REDONE: _("A practice result was redone by %(who)s."),
    }
    said = results[Result(event.result)] % {"who": who}
    return said if event.counts else _("%(said)s It was done at another level and does not count.") % {"said": said}


def _promoted(event: e.Promoted, who: str, names: Mapping[str, str]) -> str:
    told = {"who": who, "level": level(event.to)}
    if event.proposed:
        return _("%(who)s raised it to “%(level)s”, as the results proposed.") % told
    return _("%(who)s raised it to “%(level)s” before the results proposed it:") % told


def _stepped_back(event: e.SteppedBack, who: str, names: Mapping[str, str]) -> str:
    told = {"who": who, "level": level(event.to)}
    if event.proposed:
        return _("%(who)s stepped back to “%(level)s”, as the results proposed.") % told
    return _("%(who)s stepped back to “%(level)s”:") % told


def _sop_changed(event: e.HandoffSopChanged, who: str, names: Mapping[str, str]) -> str:
    if event.for_one_run:
        return _("%(who)s published a new version of the SOP: supervised until one clean result.") % {"who": who}
    if event.major:
        return _("%(who)s published a new version of the SOP: counting begins anew.") % {"who": who}
    return _("%(who)s published a small change of the SOP.") % {"who": who}


def _arranged(event: e.HandoffArranged, who: str, names: Mapping[str, str]) -> str:
    said = [_("%(who)s arranged who and when") % {"who": who}]
    if event.starts:
        said.append(_("from %(day)s on") % {"day": day_words(dt.date.fromisoformat(event.starts))})
    if event.hours:
        said.append(event.hours)
    if event.backup:
        said.append(_("%(backup)s stands in") % {"backup": names.get(event.backup, "")})
    return ", ".join(said) + "."


def day_words(day: dt.date) -> str:
    """A day as people write it: 1 December 2026."""
    return format_date(day, "j F Y")


_OPENED: Mapping[str, str | Promise] = {
    SOP: gettext_lazy("%(who)s opened the SOP."),
    RECORDING: gettext_lazy("%(who)s opened the recording."),
}


_NOT_OPENED: Mapping[str, str | Promise] = {
    SOP: gettext_lazy("%(who)s has not opened the SOP from here yet."),
    RECORDING: gettext_lazy("%(who)s has not opened the recording from here yet."),
}


def _returned(event: e.HandoffReturned, who: str, names: Mapping[str, str]) -> str:
    if event.proposal:
        return _("%(who)s returned it and proposes: %(proposal)s") % {"who": who, "proposal": event.proposal}
    return _("%(who)s returned it:") % {"who": who}


def _said(words: str | Promise) -> Callable[[Any, str, Mapping[str, str]], str]:
    return lambda event, who, names: str(words) % {"who": who}


_SENTENCES: Mapping[type[Event], Callable[[Any, str, Mapping[str, str]], str]] = {
    e.HandoffPrepared: _prepared,
    e.CardChanged: _said(gettext_lazy("%(who)s changed the access and authority card.")),
    e.HandoffBriefed: _said(gettext_lazy("%(who)s wrote down what is handed over:")),
    e.HandoffArranged: _arranged,
    e.HandoffOpened: lambda event, who, names: str(_OPENED[event.what]) % {"who": who},
    e.DelegatorChanged: lambda event, who, names: (
        _("From now on %(to)s delegates it.") % {"to": names.get(event.delegator, "")}
    ),
    e.HandoffAccepted: _accepted,
    e.HandoffQuestionAsked: _said(gettext_lazy("%(who)s asked:")),
    e.HandoffQuestionAnswered: _said(gettext_lazy("%(who)s answered:")),
    e.AccessGiven: lambda event, who, names: (
        _("%(who)s opened the access to %(what)s.") % {"who": who, "what": event.what}
    ),
    e.RestatementDeclined: _said(gettext_lazy("%(who)s explained what was meant:")),
    e.UnderstandingConfirmed: _said(gettext_lazy("%(who)s found it understood: practice begins.")),
    e.ResultNoted: _noted,
    e.LevelProposed: lambda event, who, names: _("The results propose “%(to)s”.") % {"to": level(event.to)},
    e.ProposalDeclined: _said(gettext_lazy("%(who)s left the level as it is.")),
    e.Promoted: _promoted,
    e.SteppedBack: _stepped_back,
    e.HandoffSopChanged: _sop_changed,
    e.OwnershipResumed: _said(gettext_lazy("One clean result with the changed SOP: owned again.")),
    e.HandoffReturned: _returned,
    e.HandoffRevoked: _said(gettext_lazy("%(who)s ended it and takes the access away:")),
}
