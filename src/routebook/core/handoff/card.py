"""The access and authority card of a hand-off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolAccess:
    """A tool, who owns the account, and where the vault keeps the way in (never the secret itself)."""

    tool: str
    account_owner: str = ""
    vault: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not filled in: the field, and a sentence that asks for it.

    A tool's fields are `tool-0`, `account-0` and `vault-0`, by its place on the card.
    """

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AccessCard:
    """What the receiver may use, spend and decide, when to ask, and who takes it away again.

    `no_tools` says that the work needs none. `spend_limit` is in words: "50 a refund", or "nothing".
    """

    tools: tuple[ToolAccess, ...] = ()
    no_tools: bool = False
    spend_limit: str = ""
    may_decide: str = ""
    ask_when: str = ""
    revoker: str = ""

    def missing(self) -> tuple[Missing, ...]:
        """What is not filled in yet, in the order of the card; empty when the card is complete."""
        found = []
        if not self.tools and not self.no_tools:
            found.append(Missing("tools", "List the tools, or say that none is needed."))
        for n, tool in enumerate(self.tools):
            found += _missing_of(n, tool)
        for name, sentence in _CARD_FIELDS:
            if not getattr(self, name).strip():
                found.append(Missing(name, sentence))
        return tuple(found)


_CARD_FIELDS = (
    ("spend_limit", "Say how much they may spend, or “nothing”."),
    ("may_decide", "Say what they may decide alone."),
    ("ask_when", "Say when they should come to you: one problem, three options, one recommendation."),
    ("revoker", "Say who takes the access away again."),
)


def _missing_of(n: int, tool: ToolAccess) -> list[Missing]:
    if not tool.tool.strip():
        return [Missing(f"tool-{n}", "Name the tool.")]
    found = []
    if not tool.account_owner.strip():
        found.append(Missing(f"account-{n}", f"Say who owns the account of {tool.tool}."))
    if not tool.vault.strip():
        found.append(Missing(f"vault-{n}", f"Say where the vault keeps the access to {tool.tool}."))
    return found
