"""Who may do what. Refused by default; every door asks here and nowhere else.

An `Actor` is a member of one organisation, loaded once per request. Queries start from the actor's
organisation, so that things of another one are simply not found. What the actor may do with something
that they can see, `may` decides from one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import Access, Kind
from routebook.core.events import Refusal
from routebook.store.models import Member


class Refused(Exception):
    """An action that was not carried out; doors show its sentence beside the field that it names."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


class NotFound(Exception):
    """There is no such thing for this actor: it doesn't exist, or it isn't theirs to know of."""


class Verb(StrEnum):
    """What can be done, named as people would say it."""

    SEE_LIBRARY = "see published documents and maps"
    SEE_DRAFTS = "see drafts"
    DRAFT_PROCESS = "draft a process, a policy or a goal"
    DRAFT_DIRECTIONS = "draft an SOP, a procedure or a work instruction"
    SUGGEST = "suggest a change of a document"
    PUBLISH = "publish and approve"
    SEE_READINGS = "see who has read what"
    SEE_SCORES = "see scores, decisions and the matrix"
    DECIDE = "decide how a step is handled"
    DELEGATE = "hand a step off"
    SEE_ALL_HANDOFFS = "see everybody's hand-offs"
    SEE_RUNS = "see runs and their record"
    START_RUN = "start a run"
    MANAGE_RUNS = "decide for others in a run"
    SEE_OUTCOMES = "see outcomes"
    SEE_PEOPLE = "see who works here"
    SEE_COSTS = "see what people cost, and how many hours they have"
    MANAGE_PEOPLE = "invite and change people and roles"
    MANAGE_ORGANISATION = "change the organisation, import and export"


_WORKERS = frozenset(
    {Verb.SEE_LIBRARY, Verb.DRAFT_DIRECTIONS, Verb.SUGGEST, Verb.SEE_RUNS, Verb.START_RUN, Verb.SEE_PEOPLE}
)
_MANAGERS = frozenset(Verb) - {Verb.MANAGE_ORGANISATION}

_MAY: dict[Access, frozenset[Verb]] = {
    Access.OWNER: frozenset(Verb),
    Access.MANAGER: _MANAGERS,
    Access.ASSISTANT: _WORKERS,
    Access.AGENT: _WORKERS,
    Access.GUEST: frozenset(),
}


_DIRECTIONS = frozenset({Kind.PROCEDURE, Kind.SOP, Kind.WORK_INSTRUCTION})


def drafting(kind: Kind) -> Verb:
    """What somebody must be allowed to do to draft a document of this kind, and so to see its drafts.

    Directions are drafted by whoever receives the step; the map and the rules by who is accountable.
    """
    return Verb.DRAFT_DIRECTIONS if kind in _DIRECTIONS else Verb.DRAFT_PROCESS


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: one member of one organisation. `id` is what events name."""

    org: int
    member: int
    name: str
    access: Access
    time_zone: str
    sample: bool = False

    @property
    def id(self) -> str:
        return str(self.member)

    def may(self, verb: Verb) -> bool:
        return verb in _MAY[self.access]


def require(actor: Actor, verb: Verb) -> None:
    """Raise `Refused` unless the actor may."""
    if not actor.may(verb):
        raise Refused(Refusal("forbidden", f"You may not {verb.value} here. Ask the owner or a manager."))


def verbs_of(access: Access) -> frozenset[Verb]:
    """What somebody with this access may do; for the people page and the docs."""
    return _MAY[access]


def actor_for(user_id: int | None, org_id: int | None = None) -> Actor | None:
    """The actor behind a signed-in user: in the named organisation, else in the first they belong to."""
    if user_id is None:
        return None
    members = Member.objects.select_related("org").filter(user_id=user_id, active=True).order_by("id")
    member = (members.filter(org_id=org_id) if org_id else members).first()
    return None if member is None else actor_of(member)


def actor_of(member: Member) -> Actor:
    """The actor that a member row is."""
    return Actor(
        org=member.org_id,
        member=member.pk,
        name=member.name,
        access=Access(member.access),
        time_zone=member.time_zone or member.org.time_zone,
        sample=member.org.sample,
    )
