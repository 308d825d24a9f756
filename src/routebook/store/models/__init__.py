"""The tables. Only `store` touches them; every other module asks `actions` and `queries`.

Two families: account tables (the user, sessions, sign-in attempts) belong to the installation; every
other table belongs to one organisation and says so in `org`, in every unique constraint as well.

Runs and hand-offs are folded from events: their row holds a packed snapshot, the number of its last event
(`seq`) and the hash of that event (`head`). Everything else is rows, whose actions write an audit event.
"""

from routebook.store.models.delegation import HandOff, PlanEntry, PlateItem, StepDecision, StepScore
from routebook.store.models.documents import (
    Approval,
    DelegatedStep,
    Document,
    Draft,
    Link,
    Reading,
    Suggestion,
    Version,
)
from routebook.store.models.journal import Event, Notice, Outbox
from routebook.store.models.maps import MapOriginal
from routebook.store.models.organisation import (
    Away,
    Invitation,
    Member,
    Organisation,
    RevokedAccess,
    Role,
    RoleHolder,
    SetupLink,
    User,
    UserManager,
)
from routebook.store.models.pile import PileArrival, PileItem, PileMade
from routebook.store.models.runs import Question, Run, Task

__all__ = [
    "Approval",
    "Away",
    "DelegatedStep",
    "Document",
    "Draft",
    "Event",
    "HandOff",
    "Invitation",
    "Link",
    "MapOriginal",
    "Member",
    "Notice",
    "Organisation",
    "Outbox",
    "PileArrival",
    "PileItem",
    "PileMade",
    "PlanEntry",
    "PlateItem",
    "Question",
    "Reading",
    "RevokedAccess",
    "Role",
    "RoleHolder",
    "Run",
    "SetupLink",
    "StepDecision",
    "StepScore",
    "Suggestion",
    "Task",
    "User",
    "UserManager",
    "Version",
]
