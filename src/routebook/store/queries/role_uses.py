"""Where a role is used: the steps that it does, the SOPs that are written for it, and what it answers for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from routebook.core.document import Kind, Status
from routebook.store.access import Actor
from routebook.store.models import Document
from routebook.store.queries.documents import sees_drafts
from routebook.store.queries.ladder import StepPlace, all_places


@dataclass(frozen=True, slots=True)
class RoleUses:
    """`steps` in the order of the maps, published or drafted; `sops` written for the role; `owned`: it answers for them."""

    steps: Sequence[StepPlace]
    sops: Sequence[Document]
    owned: Sequence[Document]

    def __bool__(self) -> bool:
        return bool(self.steps or self.sops or self.owned)


def uses_of(actor: Actor, role: str) -> RoleUses:
    """Where the organisation uses the role with this title, case aside, in what the actor may see."""
    name = role.strip().casefold()
    steps = [
        place
        for _process, places in all_places(actor)
        for place in places
        if " ".join(place.step.role.split()).casefold() == name
    ]
    rows = Document.objects.filter(Q(role__iexact=role) | Q(owner__iexact=role), org_id=actor.org)
    rows = rows.exclude(status=Status.RETIRED).order_by("title", "pk")
    seen = [row for row in rows if row.published_id or sees_drafts(actor, Kind(row.kind))]
    return RoleUses(
        steps=steps,
        sops=[row for row in seen if row.kind == Kind.SOP and row.role.casefold() == name],
        owned=[row for row in seen if row.owner.casefold() == name],
    )
