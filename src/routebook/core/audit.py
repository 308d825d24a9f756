"""What happened to things that are kept as rows: documents, decisions, people, the organisation.

Their rows are the truth; these events are the record of who changed what, written in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from routebook.core.events import Event, event


@event("document.created")
@dataclass(frozen=True, slots=True)
class DocumentCreated(Event):
    """A document exists now, as a draft; `kind` is one of the five or a goal."""

    kind: str
    slug: str
    title: str


@event("document.published")
@dataclass(frozen=True, slots=True)
class DocumentPublished(Event):
    """Version `number` with this content hash is what readers see. `major`: they must read it again."""

    number: int
    content_hash: str
    major: bool
    note: str


@event("document.retired")
@dataclass(frozen=True, slots=True)
class DocumentRetired(Event):
    """Readers no longer see the document; its versions are kept."""

    why: str


@event("document.replaced")
@dataclass(frozen=True, slots=True)
class DocumentReplaced(Event):
    """The retired document's address leads to another one of its kind from now on."""

    by: str


@event("document.confirmed")
@dataclass(frozen=True, slots=True)
class DocumentConfirmed(Event):
    """Somebody who answers for it says that it is still correct; it is looked at again by `until` (an ISO date)."""

    number: int
    until: str


@event("document.read")
@dataclass(frozen=True, slots=True)
class DocumentRead(Event):
    """The actor says that they have read version `number`, with this content hash."""

    number: int
    content_hash: str


@event("approval.asked")
@dataclass(frozen=True, slots=True)
class ApprovalAsked(Event):
    """The draft, at its revision `rev`, waits for another person's approval; `major` and `note` as for publishing."""

    rev: int
    major: bool
    note: str


@event("approval.given")
@dataclass(frozen=True, slots=True)
class ApprovalGiven(Event):
    """The actor approved the draft that became version `number`; `asked_by` is who asked (a member's id)."""

    number: int
    asked_by: str


@event("approval.declined")
@dataclass(frozen=True, slots=True)
class ApprovalDeclined(Event):
    """The actor did not approve the draft; it goes back to those who write it, with the reason."""

    reason: str


@event("approval.withdrawn")
@dataclass(frozen=True, slots=True)
class ApprovalWithdrawn(Event):
    """The draft no longer waits for approval."""


@event("approval.waived")
@dataclass(frozen=True, slots=True)
class ApprovalWaived(Event):
    """The owner published version `number` without the approval that its kind asks for."""

    number: int


@event("suggestion.made")
@dataclass(frozen=True, slots=True)
class SuggestionMade(Event):
    """A reader suggests a text for one place of the document (``checklist.2.text``), or with none notes something."""

    suggestion: int
    place: str


@event("suggestion.accepted")
@dataclass(frozen=True, slots=True)
class SuggestionAccepted(Event):
    """The suggested text is in the draft now; a note was taken up."""

    suggestion: int


@event("suggestion.declined")
@dataclass(frozen=True, slots=True)
class SuggestionDeclined(Event):
    """The suggestion is not followed, for this reason."""

    suggestion: int
    reason: str


@event("draft.discarded")
@dataclass(frozen=True, slots=True)
class DraftDiscarded(Event):
    """The open draft, at its revision `rev`, was thrown away."""

    rev: int


@event("step.scored")
@dataclass(frozen=True, slots=True)
class StepScored(Event):
    """The owner placed a step on the matrix."""

    step: str
    value: int
    energy: int
    costly: bool
    judgement: bool
    minutes: int
    times_a_month: str


@event("step.planned")
@dataclass(frozen=True, slots=True)
class StepPlanned(Event):
    """A step of the map was put into this period of the plan by hand ("" leaves it to the scores); `by_day` is the day
    by which it should have left, an ISO date or ""."""

    step: str
    period: str
    by_day: str


@event("step.decided")
@dataclass(frozen=True, slots=True)
class StepDecided(Event):
    """How a step is handled from now on; `why` is the reason for going another way than `recommended`."""

    step: str
    handling: str
    with_review: bool
    recommended: str
    why: str


@event("organisation.created")
@dataclass(frozen=True, slots=True)
class OrganisationCreated(Event):
    """An organisation began to use Routebook."""

    name: str


@event("organisation.changed")
@dataclass(frozen=True, slots=True)
class OrganisationChanged(Event):
    """`fields` names what changed in the organisation's settings."""

    fields: tuple[str, ...]


@event("member.added")
@dataclass(frozen=True, slots=True)
class MemberAdded(Event):
    """A person belongs to the organisation now; `key` is their id in the library folder."""

    key: str
    name: str
    access: str


@event("member.changed")
@dataclass(frozen=True, slots=True)
class MemberChanged(Event):
    """`fields` names what changed about a person; `access` and `active` are what holds from now on."""

    fields: tuple[str, ...]
    access: str
    active: bool


@event("member.invited")
@dataclass(frozen=True, slots=True)
class MemberInvited(Event):
    """A person got a link to join; it works until `expires`."""

    expires: dt.datetime


@event("member.joined")
@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    """The person followed the link, and signs in from now on."""


@event("member.away")
@dataclass(frozen=True, slots=True)
class MemberAway(Event):
    """Out of office, both days included (ISO dates); `back` means that the dates were taken away."""

    first: str
    last: str
    back: bool = False


@event("member.access_revoked")
@dataclass(frozen=True, slots=True)
class MemberAccessRevoked(Event):
    """Somebody's way into a tool was taken away as they leave; `undone` means that it was not after all."""

    tool: str
    vault: str
    undone: bool = False


@event("member.left")
@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    """The person doesn't work here any more, and nothing was left to nobody. `access` names the tools that they can't
    open now, `handoffs` the ids of hand-offs that have to be done again with somebody else."""

    access: tuple[str, ...]
    handoffs: tuple[str, ...]


@event("role.changed")
@dataclass(frozen=True, slots=True)
class RoleChanged(Event):
    """Who holds a role (members' ids) and who stands in."""

    title: str
    holders: tuple[str, ...]
    backup: str


@event("library.imported")
@dataclass(frozen=True, slots=True)
class LibraryImported(Event):
    """A library folder was read in; the numbers count documents."""

    created: int
    published: int
    drafted: int
    unchanged: int
