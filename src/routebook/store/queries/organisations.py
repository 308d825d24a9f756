"""What people read of their organisation."""

from __future__ import annotations

from routebook.store.access import Actor
from routebook.store.models import Organisation


def name_of(actor: Actor) -> str:
    """The name of the actor's organisation."""
    return Organisation.objects.values_list("name", flat=True).get(pk=actor.org)
