"""What people read of their organisation."""

from __future__ import annotations

from routebook.core.document import Access
from routebook.store.access import Actor, actor_of
from routebook.store.models import Member, Organisation


def name_of(actor: Actor) -> str:
    """The name of the actor's organisation."""
    return Organisation.objects.values_list("name", flat=True).get(pk=actor.org)


def currency_of(actor: Actor) -> str:
    """What the actor's organisation counts money in, such as «SGD»; "" if it doesn't say."""
    return Organisation.objects.values_list("currency", flat=True).get(pk=actor.org)


class NobodyToAct(LookupError):
    """A command at the shell that doesn't know for whom it acts; the sentence says what to name."""


def owner_at_the_shell(name: str = "") -> Actor:
    """Who acts for a command at the shell: the first owner of the named organisation, or of the only one.

    Raises `NobodyToAct`.
    """
    rows = list(Organisation.objects.order_by("id"))
    chosen = [row for row in rows if not name or row.name.casefold() == name.casefold()]
    if not chosen:
        known = f"there is no organisation “{name}”" if rows else "there is no organisation yet"
        raise NobodyToAct(f"{known}; `routebook serve` sets one up.")
    if len(chosen) > 1:
        raise NobodyToAct(f"say which organisation: {', '.join(f'“{row.name}”' for row in chosen)}.")
    owners = Member.objects.select_related("org").filter(org=chosen[0], access=Access.OWNER, active=True)
    owner = owners.order_by("id").first()
    if owner is None:
        raise NobodyToAct(f"“{chosen[0].name}” has no owner.")
    return actor_of(owner)
