"""The checks: numbered rules over documents, and the engine that runs them.

`check` looks at a library, `check_document` at one document in an editor. Each `Finding` names its rule,
the field, what is wrong in one sentence and one concrete fix.
"""

from __future__ import annotations

from routebook.core.checks.document import Length, length_of
from routebook.core.checks.engine import (
    RETIRED,
    RULES,
    Checker,
    Looked,
    blocks_publishing,
    check,
    check_document,
    find_rule,
    unreadable,
)
from routebook.core.checks.rule import Explanation, Family, Finding, Rule, Severity, explanation
from routebook.core.checks.secrets import secrets_in
from routebook.core.checks.split import Part, Split, proposed_split

__all__ = [
    "RETIRED",
    "RULES",
    "Checker",
    "Explanation",
    "Family",
    "Finding",
    "Length",
    "Looked",
    "Part",
    "Rule",
    "Severity",
    "Split",
    "blocks_publishing",
    "check",
    "check_document",
    "explanation",
    "find_rule",
    "length_of",
    "proposed_split",
    "secrets_in",
    "unreadable",
]
