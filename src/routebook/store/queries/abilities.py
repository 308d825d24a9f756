"""Who can do what: for each delegated step, who does it at which level, and which steps only one person can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routebook.core.handoff import Level
from routebook.core.handoff.cover import ABLE, Cover, cover
from routebook.store.access import Actor, Verb, require
from routebook.store.queries import handoffs, members
from routebook.store.queries.handoffs import Candidate, HandoffView
from routebook.store.queries.members import RoleView
from routebook.store.queries.readings import folded


@dataclass(frozen=True, slots=True)
class Ability:
    """One delegated step (× variation). `able` do it, `learning` have begun or practise; `role` is who gets its tasks
    where nobody took it on, None for a role that nobody made yet."""

    step: Candidate
    able: tuple[HandoffView, ...]
    learning: tuple[HandoffView, ...]
    role: RoleView | None
    cover: Cover


def abilities(actor: Actor) -> Sequence[Ability]:
    """Every delegated step of the published maps, in the order of the maps."""
    require(actor, Verb.SEE_ALL_HANDOFFS)
    roles = {view.row.folded: view for view in members.roles(actor)}
    return [_ability(step, roles) for step in handoffs.candidates(actor)]


def _ability(step: Candidate, roles: Mapping[str, RoleView]) -> Ability:
    here = [view for view in step.standing if view.row.receiver.active]
    able = tuple(view for view in here if view.state.level in ABLE)
    learning = tuple(view for view in here if view.state.level not in (*ABLE, Level.RETURNED))
    role = roles.get(folded(step.step.role))
    return Ability(step, able, learning, role, cover(view.state.level for view in able))
