"""The rules about `accepts:`, by which an owner silences a rule for one document.

The engine decides them, since it alone knows which findings were silenced; their functions find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from routebook.core.checks.rule import Around, Family, Hit, rule


@rule(
    "RB001",
    "accepted-without-why",
    Family.ENGINE,
    "A finding is accepted without saying why.",
    acceptable=False,
)
def ACCEPTED_WITHOUT_WHY(_document: object, _around: Around) -> Iterable[Hit]:  # noqa: N802
    """An accepted finding is a decision, and the next reader needs its reason to keep or to undo it.

    Without a reason the acceptance has no effect: the finding stays.

    Wrong::

        accepts:
          - {rule: too-long, why: ""}

    Right::

        accepts:
          - {rule: too-long, why: "The bank asks for all twelve lines on one sheet"}
    """
    return ()


@rule(
    "RB002",
    "accepted-unknown-rule",
    Family.ENGINE,
    "A rule is accepted that does not exist.",
    acceptable=False,
)
def ACCEPTED_UNKNOWN(_document: object, _around: Around) -> Iterable[Hit]:  # noqa: N802
    """A slip in a rule's name silences nothing, and nobody notices until the finding comes back.

    Wrong::

        accepts:
          - {rule: to-long, why: "The bank asks for all twelve lines"}

    Right::

        accepts:
          - {rule: too-long, why: "The bank asks for all twelve lines"}
    """
    return ()


@rule(
    "RB003",
    "accepted-needlessly",
    Family.ENGINE,
    "A rule is accepted that finds nothing here, or that cannot be accepted.",
    acceptable=False,
)
def ACCEPTED_NEEDLESSLY(_document: object, _around: Around) -> Iterable[Hit]:  # noqa: N802
    """An acceptance that is no longer needed would hide the next mistake of the same kind.

    An unsound map cannot be accepted at all: a run of it would get stuck.

    Wrong::

        owner: Head of Support
        accepts:
          - {rule: no-owner, why: "We are still hiring"}

    Right::

        owner: Head of Support
    """
    return ()
